"""Decisions outrank beliefs, and undo gives back exactly what was there."""

from __future__ import annotations

import datetime as dt

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lamplighter.linkage import LinkResult
from lamplighter.linkage.clustering import clusters, decisions, stable_ids
from lamplighter.linkage.comparisons.weight_bars import PAIRS_SCHEMA

RECORDS = [f"r{i}" for i in range(8)]
NONE = decisions.Standing((), (), ())


def log(*rows: tuple[str, str | None, str | None, str | None]) -> pl.DataFrame:
    """Rows of (kind, left, right, undoes), one a minute."""
    start = dt.datetime(2026, 1, 1)
    return pl.DataFrame(
        [
            {
                "decision_id": f"d{i:03d}",
                "at": start + dt.timedelta(minutes=i),
                "by": "anyone",
                "kind": kind,
                "left_record": left,
                "right_record": right,
                "undoes": undoes,
                "reason": None,
            }
            for i, (kind, left, right, undoes) in enumerate(rows)
        ],
        schema=decisions.SCHEMA,
    )


def believed(*pairs: tuple[str, str, float], about: str = "_prior") -> pl.DataFrame:
    rows = [
        {
            "left_record": a,
            "right_record": b,
            "match_weight": w,
            "probability": 0.5,
            "band": "",
            "hold": None,
            "levels": [{"comparison": about, "title": "", "level": "", "words": "", "weight": w}],
            "model": "m",
        }
        for a, b, w in pairs
    ]
    return pl.DataFrame(rows, schema=PAIRS_SCHEMA)


def resolve(
    pairs: pl.DataFrame, decided: pl.DataFrame | None = None, memory: pl.DataFrame | None = None
) -> stable_ids.Named:
    return clusters.resolve(pl.DataFrame({"record_id": RECORDS}), pairs, decided, memory, link_at=0.5)


CHAIN = believed(*[(RECORDS[i], RECORDS[i + 1], 9.0) for i in range(3)], ("r5", "r6", 9.0))


def test_a_decision_outranks_the_model() -> None:
    who = dict(
        resolve(CHAIN, log(("not_same", "r0", "r1", None), ("same", "r4", "r7", None))).persons.iter_rows()
    )
    assert who["r0"] != who["r1"] == who["r2"]
    assert who["r4"] == who["r7"]


def test_whom_somebody_joins_bring_all_their_records_along_whatever_the_others_say() -> None:
    """Two persons of two records each, all of whose other pairs speak against them being one."""
    against = [(a, b, -20.0) for a in ("r0", "r1") for b in ("r2", "r3")]
    pairs = believed(("r0", "r1", 9.0), ("r2", "r3", 9.0), *against, about="forename")
    joined = ("same", "r0", "r2", None)

    def persons(*decided: tuple[str, str | None, str | None, str | None]) -> set[frozenset[str]]:
        who = dict(resolve(pairs, log(*decided)).persons.iter_rows())
        return {frozenset(r for r, p in who.items() if p == person) for person in who.values()}

    assert frozenset({"r0", "r1", "r2", "r3"}) in persons(joined)
    assert {frozenset({"r0", "r1"}), frozenset({"r2", "r3"})} <= persons()
    # Where the two whole persons cannot be one, each record is asked by itself.
    parted = persons(joined, ("not_same", "r1", "r3", None))
    assert any({"r0", "r2"} <= person for person in parted)
    assert not any({"r1", "r3"} <= person for person in parted)


def test_on_a_merge_the_id_with_most_decisions_survives_then_the_older() -> None:
    first = resolve(believed(("r0", "r1", 9.0)))
    born = dict(first.persons.iter_rows())
    older = dict(resolve(CHAIN, log(("same", "r1", "r4", None)), first.memory).persons.iter_rows())
    assert older["r4"] == born["r0"]
    decided = log(("not_same", "r4", "r7", None), ("same", "r1", "r4", None), ("not_same", "r4", "r6", None))
    busier = dict(resolve(believed(("r0", "r1", 9.0)), decided, first.memory).persons.iter_rows())
    assert busier["r0"] == born["r4"]


def test_on_a_split_the_larger_part_keeps_the_id_and_the_rest_point_back() -> None:
    first = resolve(CHAIN)
    after = resolve(CHAIN, log(("not_same", "r2", "r3", None)), first.memory)
    before, now = dict(first.persons.iter_rows()), dict(after.persons.iter_rows())
    assert now["r0"] == now["r1"] == now["r2"] == before["r0"]
    assert now["r3"] != before["r0"]
    assert after.changes.filter(kind="split").row(0) == ("split", now["r3"], before["r0"])


def test_contradicting_decisions_are_reported_and_the_newer_stands() -> None:
    decided = log(("same", "r0", "r1", None), ("same", "r1", "r2", None), ("not_same", "r0", "r2", None))
    found = decisions.standing(decided)
    assert found.not_same == (("r0", "r2"),)
    assert found.conflicts == ("d000",)


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([("perhaps", "r0", "r1", None)], "Unknown kind"),
        ([("undo", None, None, "d999")], "not in the log"),
        ([("same", "r0", "r0", None)], "two different"),
    ],
)
def test_a_log_that_makes_no_sense_is_refused(rows: list[tuple[str, str, str, str]], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        decisions.standing(log(*rows))


pair = st.tuples(st.sampled_from(RECORDS), st.sampled_from(RECORDS)).filter(lambda p: p[0] < p[1])
beliefs = st.dictionaries(pair, st.floats(-9, 12), max_size=14).map(
    lambda d: believed(*[(a, b, w) for (a, b), w in sorted(d.items())])
)
verdict = st.tuples(st.sampled_from(["same", "not_same"]), pair).map(lambda t: (t[0], *t[1], None))


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(beliefs, st.lists(verdict, max_size=4), verdict)
def test_undo_gives_back_exactly_what_was_there(
    pairs: pl.DataFrame, earlier: list[tuple[str, str, str, None]], decision: tuple[str, str, str, None]
) -> None:
    before = resolve(pairs, log(*earlier))
    decided = log(*earlier, decision)
    after = resolve(pairs, decided, before.memory)
    undone = resolve(
        pairs, log(*earlier, decision, ("undo", None, None, f"d{len(earlier):03d}")), after.memory
    )
    assert undone.persons.equals(before.persons)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(beliefs, st.lists(verdict, max_size=6), st.randoms())
def test_persons_do_not_depend_on_the_order_of_rows(
    pairs: pl.DataFrame, rows: list[tuple[str, str, str, None]], random: object
) -> None:
    decided = log(*rows)
    turned = pairs.sample(fraction=1, shuffle=True, seed=5) if pairs.height else pairs
    again = decided.sample(fraction=1, shuffle=True, seed=6) if decided.height else decided
    assert resolve(turned, again).persons.equals(resolve(pairs, decided).persons)
    force = decisions.standing(decided)
    who = dict(resolve(pairs, decided).persons.iter_rows())
    assert all(who[a] == who[b] for a, b in force.same)
    assert all(who[a] != who[b] for a, b in force.not_same)


def test_ids_of_untouched_persons_do_not_move(linked: LinkResult) -> None:
    again = stable_ids.name(
        linked.persons.group_by("person_id").agg("record_id")["record_id"].to_list(),
        linked.memory,
        NONE,
    )
    assert again.persons.equals(linked.persons)
    assert again.changes.height == 0
