"""What courses are told of two suspects is what is told of the two reports."""

from __future__ import annotations

from collections import defaultdict

import polars as pl
import pytest

from lamplighter.linkage import link
from lamplighter.linkage.dyads.same_suspect import SameSuspect
from lamplighter.linkage.results import LinkResult
from lamplighter.synthetic.worlds.world import generate


def test_the_judgement_of_two_records_is_that_of_the_two_reports() -> None:
    """Where the suspect is unclear, whether they were compared or one report lists nobody."""
    bundle = generate(11, person_records=600, bank="b").bundle
    linked = link(bundle)
    suspects = defaultdict(list)
    for report, record in (
        bundle["people"].filter(role="suspect").select("report_id", "record_id").iter_rows()
    ):
        suspects[report].append(record)
    told = {r["report_id"]: r for r in bundle["reports"].iter_rows(named=True)}
    judged = linked.same_suspect([r for records in suspects.values() for r in records])
    unclear = linked.report_pairs.filter(relation="same_victim_suspect_unclear")
    compared = unlisted = 0
    for row in unclear.iter_rows(named=True):
        if {"_rivals", "_group"} & {str(bar["comparison"]) for bar in row["levels"]}:
            continue  # what other reports add is worked out among the courses that a report fits
        left, right = told[row["left_report"]], told[row["right_report"]]
        ours = judged.probability(
            suspects[left["report_id"]],
            suspects[right["report_id"]],
            (left["recorded_as"], right["recorded_as"]),
            (left["reported_at"].date(), right["reported_at"].date()),
        )
        # Who the victim is has been settled; the bars of the suspect are what is left to ask.
        bits = sum(bar["weight"] for bar in row["levels"] if str(bar["title"]).startswith("Suspect: "))
        assert ours == pytest.approx(1 / (1 + 2.0**-bits), abs=1e-6)
        either = suspects[left["report_id"]] and suspects[right["report_id"]]
        compared, unlisted = compared + bool(either), unlisted + (not either)
    assert compared
    assert unlisted


def test_nothing_is_believed_before_anything_was_linked_and_who_was_parted_is_told() -> None:
    nobody = SameSuspect()
    assert nobody.probability(["a"], ["b"], (None, None), None) is None
    judged = SameSuspect.told([("b", "a", 0.7)], [("c", "a")], None)
    assert judged.probability(["a"], ["b"], (None, None), None) == 0.7
    assert judged.were_parted(["a"], ["b", "c"])
    assert not judged.were_parted(["b"], ["c"])


def test_the_pairs_that_are_asked_for_are_those_of_the_records(linked: LinkResult) -> None:
    record = linked.pairs["left_record"][0]
    wanted = linked.pairs.filter((pl.col("left_record") == record) | (pl.col("right_record") == record))
    assert len(linked.same_suspect([record]).beliefs) == wanted.height
