"""Tables in which an initial is all that is told of a first name."""

from __future__ import annotations

import polars as pl
import pytest

from lamplighter.linkage_tables import link, link_pairs
from tests.unit.linkage.tables import grouped_right, pairs_table, persons_table


def f1(groups: pl.Series, truth: pl.Series) -> float:
    rows = pl.int_range(len(truth), eager=True).cast(pl.String())
    precision, recall = grouped_right(
        pl.DataFrame({"r": rows, "f": groups}), pl.DataFrame({"r": rows, "t": truth})
    )
    return 2 * precision * recall / (precision + recall)


def test_people_of_whom_an_initial_is_told_are_found() -> None:
    table = persons_table(150, seed=7, loss=0.05)
    table = table.with_columns(fname=pl.col("fname").str.slice(0, 1) + ".")
    people = table.select(
        name=pl.concat_str("fname", "lname", separator=" ", ignore_nulls=True), phone="mobile", dob="dob"
    )
    found = link(people).rows(people)["person_id"]
    assert f1(found, table["truth"]) > 0.9


@pytest.mark.parametrize("party", ["victim", "suspect"])
def test_so_are_two_people_of_a_record(party: str) -> None:
    table = pairs_table(120, seed=7, loss=0.05)
    rest = table.with_columns(pl.col(f"{party}_fname").str.slice(0, 1)).drop("truth")
    assert f1(link_pairs(rest).rows(rest)["dyad_id"], table["truth"]) > 0.9
