"""Mechanisms are switched off where they stand, and put back; costs are counted as the rule says."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl
import pytest

from benchmarks import ablation
from benchmarks.ablation import (
    Lot,
    alike,
    asked_of,
    cut,
    interval,
    lines_of,
    replaced,
    run,
    summed,
    target_of,
)
from benchmarks.ablation_rows import MECHANISMS, Mechanism, answer
from lamplighter.linkage_tables import headings
from lamplighter.linkage_tables.column_roles import guessing

PLACE = "tables.headings:of_a_place"


def test_there_are_at_least_twenty_five_and_each_is_found_in_the_code() -> None:
    assert len(MECHANISMS) >= 25
    assert len({m.name for m in MECHANISMS}) == len(MECHANISMS)
    for mechanism in MECHANISMS:
        for name in mechanism.replaced:
            holder, attribute = target_of(name)
            assert attribute in vars(holder), name
        assert lines_of(mechanism.frees) > 0 or not mechanism.frees


def test_a_function_is_replaced_wherever_it_was_imported_and_put_back() -> None:
    own = headings.of_a_place
    assert guessing.of_a_place is own
    with replaced({PLACE: answer("nowhere")}):
        assert headings.of_a_place("GP address") == guessing.of_a_place("GP address") == "nowhere"
    assert headings.of_a_place is own
    assert guessing.of_a_place is own
    assert own("school address")


def lot_of(column: str) -> Lot:
    """A lot whose F1 tells whether a column is of a place."""

    def read() -> tuple[bool, str]:
        return headings.of_a_place(column), headings.title_of(column)

    return Lot(column, 1, ("one",), lambda: {"one": 1.0 if headings.of_a_place(column) else 0.9}, read)


ROWS = (
    Mechanism("places", "of a place", {PLACE: answer(False)}, ()),
    Mechanism("ends", "the end of a heading", {"tables.headings:title_of": lambda own, name: own(name)}, ()),
)


def test_what_never_answers_otherwise_is_not_measured_and_what_was_done_is_not_done_again(
    tmp_path: Path,
) -> None:
    state, measured = tmp_path / "lines", list[str]()
    lots = [lot_of("school address"), lot_of("surname")]
    rows = run(lots, ROWS, state)
    found = {(r["lot"], r["mechanism"]): r["f1"] for r in rows}
    assert found["school address/1", ""] == {"one": 1.0}
    assert found["school address/1", "places"] == {"one": 0.9}
    assert found["surname/1", "places"] is None
    assert found["school address/1", "ends"] is None

    def again() -> dict[str, float]:
        measured.append("again")
        return {"one": 0.0}

    lots = [Lot(lot.kind, 1, lot.pools, again) for lot in lots]
    with state.open("a") as file:
        file.write('{"lot": "broken')
    assert run(lots, ROWS, state) == rows
    assert not measured
    places, ends = summed(rows, ROWS)
    assert places["pools"]["one"]["cost"] == pytest.approx(0.05)
    assert (places["pools"]["one"]["lots"], places["pools"]["one"]["touched"]) == (2, 1)
    assert not places["passes"]
    assert ends["pools"] == {}
    assert ends["passes"]


def test_the_interval_is_of_kinds_and_holds_the_mean() -> None:
    assert interval({"a": [0.01], "b": [0.01, 0.01]}) == (pytest.approx(0.01),) * 3
    mean, low, high = interval({str(i): [0.02 if i == 0 else 0.0] for i in range(50)})
    assert mean == pytest.approx(0.0004)
    assert low == 0.0
    # One kind of fifty that needs it by 0.02 is enough to keep a mechanism.
    assert high > ablation.LEAST_COST


def test_a_table_is_cut_to_whole_persons() -> None:
    table = pl.DataFrame({"truth": [f"p{i // 3}" for i in range(900)], "n": range(900)})
    some = cut(table, 1, 100)
    assert 90 <= some.height <= 100
    assert set(some["truth"].value_counts()["count"]) == {3}
    assert some["n"].is_sorted()
    assert not cut(table, 2, 100).equals(some)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (pl.Series([1, None]), pl.Series([1, None]), True),
        (pl.Series([1]), pl.Series(["1"]), False),
        ((1, [2.0]), (1, [2.0]), True),
        ({"a": pl.Series([1])}, {"a": pl.Series([2])}, False),
        (None, 0, False),
    ],
)
def test_answers_are_compared_by_what_they_hold(one: Any, other: Any, same: bool) -> None:
    assert alike(one, other) is same


def test_every_mechanism_is_asked_of_every_kind_of_table_in_one_pass_at_least() -> None:
    lots = [Lot("taxis", s, ("one",), dict, turn=t) for t, s in enumerate(ablation.SEEDS)]
    seen = {m.name for lot in lots for m in asked_of(lot, MECHANISMS)}
    assert seen == {m.name for m in MECHANISMS if not m.pools or "one" in m.pools}
