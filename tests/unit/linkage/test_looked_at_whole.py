"""A small table is looked at whole: whoever has no key in common with their other records is found too."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from lamplighter.linkage.blocking.candidate_pairs import EVERY_PAIR, Limits
from lamplighter.linkage_tables import link
from lamplighter.linkage_tables.whole_tables import linked
from tests.unit.linkage.tables import persons_table


def without_keys() -> pl.DataFrame:
    """People of whom in a fifth of the rows both names have lost their first letter, and the birth is a day
    off: no key is left that the other rows have."""
    table = persons_table(loss=0.05).select("fname", "lname", "dob", "truth")
    bad = pl.Series(np.random.default_rng(1).random(table.height) < 0.2)
    later = pl.col("dob").str.to_date().dt.offset_by("1d").cast(pl.String())
    return table.with_columns(
        *(pl.when(bad).then(pl.col(n).str.slice(1)).otherwise(n).alias(n) for n in ("fname", "lname")),
        pl.when(bad).then(later).otherwise("dob").alias("dob"),
    )


def true_pairs(table: pl.DataFrame) -> int:
    sizes = table.group_by("truth").len()["len"].cast(pl.Int64)
    return int((sizes * (sizes - 1) // 2).sum())


def test_every_pair_of_a_small_table_is_looked_at() -> None:
    table = without_keys()
    found = linked(table.drop("truth"))
    assert found.notes["pairs_looked_at"] == table.height * (table.height - 1) // 2
    assert found.notes["recall_of_keys"].lower == 1
    # By keys it was 0.71.
    assert found.measured(table["truth"]).beliefs.proposed > 0.9


def test_pairs_that_no_key_proposes_count_among_those_of_one_person() -> None:
    table = without_keys()
    model = link(table.drop("truth")).model
    pairs = table.height * (table.height - 1) / 2
    # Of those that keys propose alone it was 0.70.
    assert model.priors.other * pairs > 0.715 * true_pairs(table)
    # Under a model that is handed in the share stays what it was.
    again = link(table.drop("truth"), model=model).model
    assert again.priors.other == model.priors.other


@pytest.mark.parametrize(("records", "whole"), [(3_000, True), (3_001, False)])
def test_a_larger_table_is_looked_at_by_its_keys(records: int, whole: bool) -> None:
    assert Limits.of_table(records, 0.0).whole is whole
    assert (records * (records - 1) / 2 <= EVERY_PAIR) is whole


def test_who_says_how_many_pairs_has_no_more() -> None:
    table = without_keys()
    notes = link(table.drop("truth"), pairs_a_record=2.0).notes
    assert notes["pairs_looked_at"] <= 2 * table.height
