"""The kinds of tables are made as they say: labelled, the same again for a seed, with their own columns."""

from functools import cache

import numpy as np
import polars as pl
import pytest

from benchmarks import foreign
from benchmarks.kinds import KINDS, Kind, fields, said

# Each table is made once for all of them, and so by one worker.
pytestmark = pytest.mark.xdist_group("kinds")


@cache
def made(kind: Kind) -> pl.DataFrame:
    return kind.make(3)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_a_kind_is_a_sane_labelled_table(kind: Kind) -> None:
    table = made(kind)
    assert table.equals(kind.make(3))
    assert not table.equals(kind.make(4))
    assert table["truth"].null_count() == 0
    assert 300 <= table.height <= 20_000
    # Somebody has several rows, and most of the table is not about them.
    assert 1 < table["truth"].value_counts()["count"].max() <= 40
    assert table["truth"].n_unique() > table.height / 6
    assert not [c for c in table.columns if table[c].null_count() == table.height]
    assert kind.hard


def test_every_kind_has_headings_of_its_own() -> None:
    headings = [frozenset(made(kind).columns) for kind in KINDS]
    assert len(set(headings)) == len(KINDS)
    for one in range(len(headings)):
        for other in range(one):
            assert len(headings[one] & headings[other] - {"truth"}) < len(headings[one]) / 2


def test_a_cell_says_one_of_its_ways_and_nothing_where_nothing_is_known() -> None:
    known = fields("", {"first": "William", "last": "Quarle", "born": "1990-02-31"})
    rng = np.random.default_rng(1)
    assert said(rng, "{LAST}, {first} {middle}", known) == "QUARLE, William"
    assert said(rng, "{uk}", known) == "1990-02-31"  # a date that is none stays as it was written
    assert said(rng, ["{phone}", ""], known) is None
    number = said(rng, "A{####}", known)
    assert number is not None
    assert number[0] == "A"
    assert number[1:].isdigit()
    assert len(number) == 5
    assert {said(rng, ["{first}", "{nick}"], known) for _ in range(40)} == {"William", known["nick"]}


@pytest.mark.parametrize("slip", [foreign.typo, foreign.read_badly, foreign.misheard, foreign.slip])
def test_a_slip_empties_nothing_and_is_the_same_for_a_seed(slip: object) -> None:
    assert callable(slip)
    values = ["Christopher", "O'Brien-Smith", "Li", "A", "07123 456789", "Flat 2, 14 Mill Road"]
    first = [slip(np.random.default_rng(1), v) for v in values]
    assert first == [slip(np.random.default_rng(1), v) for v in values]
    assert all(first)
    assert [slip(np.random.default_rng(n), v) for n in range(20) for v in values] != values * 20
