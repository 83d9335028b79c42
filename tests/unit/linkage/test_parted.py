"""Two suspects whom all their records part stay parted, whatever two of the records say."""

from __future__ import annotations

import polars as pl

from lamplighter.linkage import LinkResult, believing, completing, explain, relations
from lamplighter.linkage.features import prepare
from tests.unit.linkage.made_up import Made


def test_two_records_do_not_outweigh_what_all_records_say(small: Made, linked: LinkResult) -> None:
    same = linked.report_pairs.filter(relation=relations.SAME).sort("weight", descending=True)
    assert same["weight"][0] > 10
    left, right = same["left_report"][0], same["right_report"][0]
    reports = small.bundle["reports"]
    features = prepare(small.bundle["people"].sort("record_id"), reports)
    references = completing.references(features, reports)
    believed = believing.of_reports(features, linked.model, references)
    names = features.record_ids
    frame = believed.parts.with_columns(
        a=names.gather(believed.weighed.left), b=names.gather(believed.weighed.right)
    ).with_columns(left_record=pl.min_horizontal("a", "b"), right_record=pl.max_horizontal("a", "b"))
    # As if the other records of the suspects had told them apart.
    suspects = small.bundle["people"].filter(pl.col("report_id") == right, pl.col("role") == "suspect")
    alone = linked.persons.with_columns(
        person_id=pl.when(pl.col("record_id").is_in(suspects["record_id"].implode()))
        .then(pl.lit("somebody else"))
        .otherwise("person_id")
    )
    told = relations.report_pairs(linked.pairs, frame, alone, features, linked.model)
    row = told.filter(left_report=left, right_report=right).row(0, named=True)
    assert row["relation"] == relations.UNCLEAR
    assert row["probability"] < linked.model.bands.link_at
    bars = explain.waterfall(row)
    assert [b.weight < 0 for b in bars if b.comparison == "_group"] == [True]
    assert "other records do not fit" in explain.sentence(row)
