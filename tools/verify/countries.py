"""Make up a country of many sources: one profile a person and source, as a national index has them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from lamplighter.linkage.arrays.row_order import Rows
from lamplighter.linkage.engines.protocol import Profiles, Rules
from lamplighter.linkage.features.record_features import prepare
from lamplighter.linkage.model.parameters import Model
from lamplighter.linkage_tables import link
from lamplighter.synthetic.worlds import world

LARGEST_WORLD = 29
"""Forces of one world; it has a helpline besides."""
TRAINED_ON = 100_000


@dataclass(frozen=True, slots=True)
class Country:
    """``persons`` (n,): who each profile is truly of; ``model``: fitted to a sample of the profiles."""

    profiles: Profiles
    persons: Rows
    model: Model
    rules: Rules


def made(records: int, sources: int, seed: int) -> Country:
    """Return a country of so many person records, of which its sources make fewer profiles."""
    table = profiles(records, sources, seed)
    plain = table.drop("person", "agency")
    few = plain if plain.height <= TRAINED_ON else plain.sample(TRAINED_ON, seed=seed).sort("record_id")
    features, model = prepare(plain), link(few).model
    of = Profiles(features, _codes(table["agency"]))
    return Country(of, _codes(table["person"]), model, Rules.of_model(model, features))


def profiles(records: int, sources: int, seed: int) -> pl.DataFrame:
    """Return a row a person and source, in the schema of people without their reports, with ``person`` and
    ``agency``."""
    worlds = -(-sources // (LARGEST_WORLD + 1))
    parts = []
    for number in range(worlds):
        many = sources // worlds + (number < sources % worlds)
        made = world.generate(seed + number, person_records=records // worlds, forces=many - 1)
        apart = pl.lit(f"{number}:")
        truth = made.truth.records.select("record_id", person=apart + pl.col("person_id"))
        agencies = made.truth.reports.select("report_id", agency=apart + pl.col("agency"))
        people = made.bundle["people"].join(truth, on="record_id").join(agencies, on="report_id")
        parts.append(people.with_columns(record_id=apart + pl.col("record_id")))
    return _by_source(pl.concat(parts))


def _by_source(people: pl.DataFrame) -> pl.DataFrame:
    """Return what each source knows of each person: the first text of each column, and every one listed."""
    people = people.drop("report_id", "role", "relationship", "relationship_raw", "raw", "source_person_ref")
    lists = [n for n, kind in people.schema.items() if kind == pl.List]
    plain = [n for n in people.columns if n not in (*lists, "person", "agency")]
    return (
        people.sort("record_id")
        .group_by("agency", "person", maintain_order=True)
        .agg(
            *(pl.col(n).drop_nulls().first() for n in plain),
            *(pl.col(n).explode(empty_as_null=False).drop_nulls().unique().sort() for n in lists),
        )
        .sort("record_id")
    )


def _codes(values: pl.Series) -> Rows:
    return values.rank("dense").to_numpy().astype(np.int64) - 1
