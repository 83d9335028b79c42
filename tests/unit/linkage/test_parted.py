"""Two suspects whom all their records part stay parted, whatever two of the records say."""

from __future__ import annotations

import math

import numpy as np
import polars as pl
import pytest

from lamplighter.linkage import LinkResult
from lamplighter.linkage.clustering.agglomeration import between
from lamplighter.linkage.clustering.join_weights import joins
from lamplighter.linkage.clustering.profiles import Evidence
from lamplighter.linkage.dyads import cell_priors, report_candidates, report_pairs, weighed_pairs
from lamplighter.linkage.explain import explanations
from lamplighter.linkage.features.record_features import prepare
from tests.unit.linkage.made_up import Made


def test_two_records_do_not_outweigh_what_all_records_say(small: Made, linked: LinkResult) -> None:
    same = linked.report_pairs.filter(relation=report_pairs.SAME).sort("weight", descending=True)
    assert same["weight"][0] > 10
    left, right = same["left_report"][0], same["right_report"][0]
    reports = small.bundle["reports"]
    features = prepare(small.bundle["people"].sort("record_id"), reports)
    references = report_candidates.references(features, reports)
    believed = weighed_pairs.of_reports(features, linked.model, references)
    names = features.record_ids
    # As if the other records of the suspects had told them apart, by four bits.
    every = believed.parts.with_columns(
        left_record=names.gather(believed.weighed.left),
        right_record=names.gather(believed.weighed.right),
        groups=pl.lit(-4.0),
        agreed=pl.lit(0.0),
        rivals=pl.lit(0.0),
    )
    on = ["left_record", "right_record"]
    frame = linked.pairs.select(on).join(every, on=on, how="left", maintain_order="left")
    suspects = small.bundle["people"].filter(pl.col("report_id") == right, pl.col("role") == "suspect")
    alone = linked.persons.with_columns(
        person_id=pl.when(pl.col("record_id").is_in(suspects["record_id"].implode()))
        .then(pl.lit("somebody else"))
        .otherwise("person_id")
    )
    told = report_pairs.report_pairs(linked.pairs, frame, alone, features, linked.model)
    row = told.filter(left_report=left, right_report=right).row(0, named=True)
    assert row["relation"] == report_pairs.UNCLEAR
    assert row["probability"] < linked.model.bands.decide_at * 2
    assert row["both_weight"] == pytest.approx(row["weight"], abs=1e-9)
    bars = explanations.waterfall(row)
    assert [b.weight < 0 for b in bars if b.comparison == "_group"] == [True]
    assert sum(b.weight for b in bars) == pytest.approx(row["weight"], abs=1e-9)
    assert "other records do not fit" in explanations.sentence(row)


def test_whatever_relation_is_told_the_belief_in_both_is_that_of_both(linked: LinkResult) -> None:
    told = linked.report_pairs
    of_both = told.filter(
        pl.col("relation").is_in([report_pairs.SAME, report_pairs.COUNTER, report_pairs.UNCLEAR])
    )
    assert of_both["both_weight"].to_list() == pytest.approx(of_both["weight"].to_list(), abs=1e-9)


def test_the_score_between_groups_is_the_mean_of_what_lasts_and_half_the_best_of_what_changes() -> None:
    left, right = np.array([0, 0, 1, 2]), np.array([1, 2, 2, 3])
    bars = np.array([[9.0, 1.0, 0.0], [-8.0, 3.0, 1.0], [-2.0, 7.0, 2.0], [5.0, 0.0, 0.0]])
    compared = np.array([[True, True, True], [True, True, True], [True, True, True], [True, False, True]])
    evidence = Evidence(left, right, bars, compared, np.array([True, False, False]))
    # Rows 0 and 1 are one group: with row 2 they have two pairs.
    label, asked = np.array([0, 0, 1, 2]), np.ones(4, dtype=bool)
    assert between(label, evidence, asked).tolist() == [10.0, -5 + 6 + 2, -5 + 6 + 2, 5.0]
    # Where one of two pairs is asked for, both count.
    assert between(label, evidence, np.array([False, False, True, False]))[2] == -5 + 6 + 2
    nothing = evidence.of(np.array([], dtype=np.int64))
    assert len(between(np.array([0, 1]), nothing, np.array([], dtype=bool))) == 0


def test_who_came_last_to_a_group_is_believed_as_that_join_is() -> None:
    """Two that fit well, one that fits both a little; a pair beside them, and one of two groups."""
    left, right = np.array([0, 0, 1, 3, 2]), np.array([1, 2, 2, 4, 4])
    bits = np.array([9.0, 4.0, 2.0, 7.0, -6.0])
    evidence = Evidence(
        left,
        right,
        np.column_stack([bits, np.zeros(5)]),
        np.ones((5, 2), dtype=bool),
        np.array([True, False]),
    )
    found = joins(np.array([0, 0, 0, 1, 1]), evidence)
    assert found[:3].tolist() == [9.0, 3.0, 3.0]
    assert np.isnan(found[3:]).all()


@pytest.mark.parametrize("share", [0.2, 0.5, 0.8])
def test_how_often_nobody_named_is_the_same_is_read_off_what_goes_together(
    linked: LinkResult, share: float
) -> None:
    """Ten times as likely of one suspect as of two, in as many pairs as one suspect and two would give."""
    n = 4_000
    agrees = round(n * (share * 0.91 + (1 - share) * 0.091))
    bits = [math.log2(10)] * agrees + [math.log2(0.09 / 0.909)] * (n - agrees)
    suspects = pl.DataFrame({"ev": bits, "rep_l": np.arange(n), "rep_r": np.arange(n) + n}).with_columns(
        kind=pl.lit("suspect"),
        identified=pl.lit(False),
        relation=pl.lit("unsaid"),
        matter=pl.lit("unsaid"),
        apart=pl.lit("unsaid"),
    )
    victims = suspects.with_columns(kind=pl.lit("victim"), identified=pl.lit(True), ev=pl.lit(20.0))
    frame = pl.concat([suspects, victims])
    posterior = np.where(frame["kind"].to_numpy() == "victim", 1.0, 0.5)
    assert cell_priors.unnamed(frame, posterior, linked.model, 1.0) == pytest.approx(share, abs=0.02)
    # Never more often than where suspects are named.
    assert cell_priors.unnamed(frame, posterior, linked.model, 0.1) == 1.0
