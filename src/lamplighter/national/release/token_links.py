"""Find the records of an agency that sends tokens alone among the persons of the country, exactly.

How sure one kind of token is, is counted where names are known: of persons of two forces who share a token of
the kind, so many are one person by all of their fields. A record is linked where its tokens agree on one
person and are sure enough; where they speak for two, it is linked to neither. How many true links tokens can
find at all is counted there too, and is the recall that the page gives.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl

from lamplighter.linkage.arrays.components import components
from lamplighter.national.delivery.tokens import KINDS

AS_MANY = 10.0
SUPPOSED: Mapping[str, float] = {"pnc": 0.98, "cro": 0.98, "born": 0.9, "phone": 0.8, "email": 0.9}
"""How sure each kind is before anything is counted: as so many pairs (by judgement)."""
MOST_SHARED = 8
"""A token that more persons share tells nobody apart: a hostel's telephone."""
LEAST_SURE = 0.85


@dataclass(frozen=True, slots=True)
class TokenLinks:
    """``persons``: record_id and ``person`` (a person of the country by their number, or below nought for one
    whom no force knows); ``sure``: how sure each kind is; ``recall``: the share of true links across forces
    that tokens find, as the forces' own show; ``linked``: how many records were found, and ``unclear`` how
    many fit two."""

    persons: pl.DataFrame
    sure: Mapping[str, float]
    recall: float
    linked: int
    unclear: int


def found(
    tokens: pl.DataFrame, known: pl.DataFrame, records: pl.DataFrame, agency: pl.DataFrame
) -> TokenLinks:
    """Return whose the records of agencies are.

    Args:
        tokens: of all records, of forces and of agencies: record_id, kind, token.
        known: record_id and ``group``, the national person, ``person`` and ``force``, of forces' records.
        records: record_id of the agencies' records.
        agency: record_id, ``force`` of these.
    """
    few = tokens.join(known.select("record_id", "group"), on="record_id", how="left").filter(
        pl.col("group").n_unique().over("kind", "token") <= MOST_SHARED
    )
    sure, recall = _counted(few, known)
    mine = few.join(records, on="record_id", how="semi").select("record_id", "kind", "token")
    theirs = few.drop_nulls("group").select("kind", "token", "group").unique()
    chance = pl.DataFrame({"kind": list(sure), "sure": list(sure.values())})
    votes = (
        mine.join(theirs, on=["kind", "token"]).join(chance, on="kind")
        .group_by("record_id", "group").agg(sure=1 - (1 - pl.col("sure")).product())
        .filter(pl.col("sure") >= LEAST_SURE)
    )  # fmt: skip
    one = votes.filter(pl.len().over("record_id") == 1)
    unclear = votes.filter(pl.len().over("record_id") > 1)["record_id"].n_unique()
    own = _among_themselves(mine, records.join(one, on="record_id", how="anti"), sure)
    persons = pl.concat([one.select("record_id", person="group"), own])
    return TokenLinks(persons.sort("record_id"), sure, recall, one.height, unclear)


def _counted(tokens: pl.DataFrame, known: pl.DataFrame) -> tuple[dict[str, float], float]:
    """Return how sure each kind of token is, and how many links across forces share any."""
    placed = tokens.drop("group").join(known, on="record_id")
    own = placed.select("kind", "token", "person", "force", "group").unique()
    pairs = own.join(own, on=["kind", "token"], suffix="_2").filter(
        (pl.col("force") < pl.col("force_2")) & (pl.col("person") != pl.col("person_2"))
    )
    same = pairs.with_columns(same=pl.col("group") == pl.col("group_2"))
    told = {k: (float(n), float(s)) for k, n, s in same.group_by("kind").agg(
        n=pl.len(), s=pl.col("same").sum()).iter_rows()}  # fmt: skip
    sure = {}
    for kind in KINDS:
        n, s = told.get(kind, (0.0, 0.0))
        sure[kind] = round((s + AS_MANY * SUPPOSED[kind]) / (n + AS_MANY), 4)
    good = [k for k in KINDS if sure[k] >= LEAST_SURE]
    reached = same.filter(pl.col("same") & pl.col("kind").is_in(good)).select("person", "person_2").unique()
    linked = known.select("person", "force", "group").unique()
    every = linked.join(linked, on="group", suffix="_2").filter(pl.col("force") < pl.col("force_2")).height
    return sure, round(reached.height / every, 4) if every else 0.0


def _among_themselves(tokens: pl.DataFrame, rest: pl.DataFrame, sure: Mapping[str, float]) -> pl.DataFrame:
    """Return persons of records whom no force knows: those are one that share a token that is sure."""
    names = rest.select("record_id").unique().sort("record_id").with_row_index("row")
    good = [k for k in KINDS if sure[k] >= LEAST_SURE]
    own = tokens.filter(pl.col("kind").is_in(good)).join(names, on="record_id")
    tied = own.with_columns(first=pl.col("row").min().over("kind", "token"))
    label = components(
        names.height, tied["row"].to_numpy().astype(np.int64), tied["first"].to_numpy().astype(np.int64)
    )
    # Below nought: numbers of the country's persons begin there.
    return names.select("record_id", person=pl.Series(-1 - label, dtype=pl.Int64()))
