"""Make a profile of each person as one force knows them: all their names, births, homes, numbers and
accounts.

A person who was recorded under two surnames, or at two homes, has a row, a *face*, for each way in which they
were recorded; their telephones, accounts, marks and other lists are whole in every face. Two persons of two
forces are as alike as the two of their faces that are most alike.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from lamplighter.linkage.arrays.row_order import Hashes, Rows
from lamplighter.linkage.features.record_features import LIST_COLUMNS, Features, prepare

MOST_FACES = 8
_SEED = 73
FACE = (
    "surname", "forenames", "birth_date", "age_from", "age_to", "sex", "ethnicity", "address_text",
    "postcode", "town", "pnc_id", "cro",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Faces:
    """``features`` of n faces; ``person`` (n,) int64: whose each is; ``source`` (n,) int64: of which job;
    ``name`` (n,): a hash of all that a face is, and of nothing else."""

    features: Features
    person: Rows
    source: Rows
    name: Hashes


def faces_of(people: pl.DataFrame) -> Faces:
    """Return the faces of persons.

    ``people``: one row a record, with ``person`` and ``job`` (numbers) beside its fields and ``reported_at``.
    """
    lists = [c for c in LIST_COLUMNS if c in people.columns]
    fields = [c for c in FACE if c in people.columns]
    several = pl.len().over("person") > 1
    alone, more = people.filter(~several), people.filter(several)
    whole = more.group_by("person").agg(
        pl.col(c).explode(empty_as_null=False, keep_nulls=False).unique().sort() for c in lists
    ) if more.height else more.select("person", *lists)  # fmt: skip
    faces = (
        more.group_by("person", "job", *fields)
        .agg(
            pl.col("record_id").min(), pl.col("source").first(), pl.col("reported_at").min(),
            many=pl.len(), told=pl.sum_horizontal(pl.col(c).first().is_not_null() for c in fields),
        )
        .sort("person", "many", "told", "record_id", descending=[False, True, True, False])
        .group_by("person", maintain_order=True)
        .head(MOST_FACES)
        .join(whole, on="person")
    )  # fmt: skip
    columns = ["record_id", "person", "job", "source", "reported_at", *fields, *lists]
    every = pl.concat([alone.select(columns), faces.select(columns)]).sort("person", "record_id")
    # Jobs of a force are its blocks of years, in order.
    block = pl.col("job") - pl.col("job").min().over("source")
    name = every.with_columns(job=block).drop("person").hash_rows(_SEED).to_numpy()
    return Faces(
        prepare(every.drop("person", "job")),
        every["person"].to_numpy().astype(np.int64),
        every["job"].to_numpy().astype(np.int64),
        name,
    )
