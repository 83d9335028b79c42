"""The kinds of tables are made as they say: labelled, the same again for a seed, with their own columns."""

from functools import cache

import numpy as np
import polars as pl
import pytest

from benchmarks.kinds import ASIDE, KINDS, Kind, slips

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


def test_who_is_put_aside_is_known() -> None:
    assert {kind.name for kind in KINDS} > ASIDE


@pytest.mark.parametrize(
    "slip",
    [
        slips.typed, slips.scanned, slips.heard, slips.short_name, slips.initial, slips.part_lost,
        slips.parts_turned, slips.joined, slips.shouted, slips.titled, slips.digit_slip,
        slips.digits_turned, slips.cut(5), slips.key_slip, slips.letter_lost,
    ],
)  # fmt: skip
def test_a_slip_empties_nothing_and_is_the_same_for_a_seed(slip: slips.Slip) -> None:
    values = ["Christopher", "O'Brien-Smith", "Li", "A", "07123 456789", "Flat 2, 14 Mill Road", "Müller"]
    first = [slip(np.random.default_rng(1), v) for v in values]
    assert first == [slip(np.random.default_rng(1), v) for v in values]
    assert all(first)
    assert [slip(np.random.default_rng(n), v) for n in range(20) for v in values] != values * 20
