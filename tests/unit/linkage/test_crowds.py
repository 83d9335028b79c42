"""People with hundreds of records: they are one person, and what is theirs is not common."""

from __future__ import annotations

import numpy as np
import polars as pl

from lamplighter.linkage.arrays import components
from lamplighter.linkage.blocking import candidate_pairs
from lamplighter.linkage.blocking.blocking_rules import Key, Part
from lamplighter.linkage.blocking.candidate_pairs import Hashed, Limits
from lamplighter.linkage.clustering import agglomeration
from lamplighter.linkage.clustering.profiles import Evidence
from lamplighter.linkage.features.record_features import prepare
from lamplighter.linkage.frequencies import value_counts
from lamplighter.linkage_tables.column_roles.columns import understood
from lamplighter.linkage_tables.whole_tables import linked, truth_of
from tests.unit.linkage.test_other_tables import people_of

NAMED = ["first", "last", "born"]


def _crowd(rows: int, others: int) -> pl.DataFrame:
    """Somebody with so many records, all alike, among so many other people."""
    theirs = [{"truth": "crowd", "first": "Ottoline", "last": "Quarrington", "born": "1961-04-09"}] * rows
    made = pl.DataFrame([*theirs, *people_of(others)], infer_schema_length=None)
    return made.sample(fraction=1.0, shuffle=True, seed=3)


def test_somebody_with_hundreds_of_records_is_one_person() -> None:
    table = _crowd(600, 1_700)
    truth = truth_of(table, "truth")
    assert truth is not None
    found = linked(table.drop("truth"))
    person = found.groups["person_id"].filter(truth == "crowd")
    assert int(person.value_counts()["count"].max()) >= 0.99 * len(person)
    assert found.measured(truth).groups.precision > 0.98


def test_a_chain_holds_together_all_who_share_a_key_that_is_too_common() -> None:
    features = prepare(understood(_crowd(200, 20).select(NAMED)).people)
    key = Key("name", (Part("first"), Part("sur")), (Part("birth_date", 0, 4),))
    limits = Limits.of_table(1_000_000, float("inf"))
    assert limits.most < 200
    pairs = [
        p
        for block in candidate_pairs.blocks(key, Hashed(features), limits)
        for p in candidate_pairs.pairs_in(block)
    ]
    left, right = (np.concatenate(side) for side in zip(*pairs, strict=True))
    assert (left < right).all()
    assert int(np.bincount(components.components(len(features), left, right)).max()) == 200
    # Far fewer than one with each other.
    assert len(left) < 10 * 200


def test_the_pieces_of_a_giant_are_joined_again_where_they_come_to_the_bar() -> None:
    half = components.LARGEST_GROUP // 2 + 10
    left, right = (side.astype(np.int64) for side in np.triu_indices(2 * half, 1))
    within = (left < half) == (right < half)
    for between, groups in ((3.0, 1), (-3.0, 2)):
        bars = np.where(within, 10.0, between)
        # One weak link between two people makes a giant of them.
        bars[np.flatnonzero(~within)[:1]] = 3.0
        evidence = Evidence(
            left, right, np.column_stack([bars, np.zeros(len(bars))]), np.ones((len(bars), 2), dtype=bool),
            np.array([True, False]),
        )  # fmt: skip
        assert len(set(agglomeration.group(2 * half, evidence, link_at=1.0))) == groups


def test_a_value_counts_once_for_a_person() -> None:
    table = pl.DataFrame(
        {
            "first": ["Ann", "Anne", "An", "Bea"],
            "last": ["Low", "Lowe", "Lo", "Low"],
            "born": ["1950-01-01"] * 4,
        }
    )
    features = prepare(understood(table).people)
    rough = value_counts.counts_of(features, {"birth_date", "sur"})
    known = value_counts.counts_of(features, {"birth_date", "sur"}, np.array([0, 0, 0, 1]))
    assert rough["birth_date"][1].tolist() == [4]
    assert known["birth_date"][1].tolist() == [2]
    values, counts = known["sur"]
    assert dict(zip(values.to_list(), counts.tolist(), strict=True)) == {"low": 2, "lowe": 1, "lo": 1}


def test_whoever_is_written_in_many_ways_does_not_make_their_birth_look_common() -> None:
    rng = np.random.default_rng(5)
    rows = [
        {**r, "first": r["first"][: int(rng.integers(2, 9))], "last": r["last"][: int(rng.integers(3, 9))]}
        for r in people_of(150)
        for _ in range(4)
    ]
    table = pl.DataFrame(rows).sample(fraction=1.0, shuffle=True, seed=3)
    bars = linked(table.drop("truth")).pairs.explode("levels")["levels"].struct.unnest()
    born = bars.filter((pl.col("comparison") == "birth_date") & (pl.col("weight") > 0))["weight"]
    # Of 150 people hardly two share one of 22,000 days, but for twins. Where every way of writing counts as a
    # person it is 6.5.
    assert (born.median() or 0.0) > 8
