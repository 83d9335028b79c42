"""Stage A: link people in reports within each force, one job a force, and none above so many records.

A large force is cut into blocks of years that overlap, so that two reports less than a block apart are always
looked at together. Persons of two blocks are one where they share a record; whoever has reports further apart
than any block reaches is looked at again in stage B, as two forces are.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl

from lamplighter.linkage.api import linked_reports
from lamplighter.linkage.arrays.components import components
from lamplighter.linkage.blocking import blocking_rules, hashed_keys
from lamplighter.linkage.features.record_features import prepare
from lamplighter.linkage.model.parameters import Model
from lamplighter.linkage.settings import Asked
from lamplighter.linkage.thresholds import LEAST_BELIEF
from lamplighter.national.delivery.deliveries import Delivered
from lamplighter.national.linking import unseen
from lamplighter.national.linking.country_model import CountryModel
from lamplighter.national.linking.unseen import Unseen

MOST_RECORDS_A_JOB = 500_000
OVERLAP = 0.5
"""The share of a block that the next one begins with."""
PERSONS = pl.Schema({"record_id": pl.String(), "person": pl.String(), "block": pl.Int64()})
PAIRS = pl.Schema(
    {
        "left_record": pl.String(),
        "right_record": pl.String(),
        "probability": pl.Float64(),
        "hold": pl.String(),
    }
)


@dataclass(frozen=True, slots=True)
class ForcePersons:
    """``persons``: record_id, person (force and first record), block (its first one); ``pairs`` that may be
    of one person (:data:`PAIRS`); ``figures`` of the run."""

    persons: pl.DataFrame
    pairs: pl.DataFrame
    figures: dict[str, float]

    @classmethod
    def read(cls, folder: Path) -> ForcePersons:
        """Return what :func:`write_force` wrote."""
        return cls(
            pl.read_parquet(folder / "persons.parquet"),
            pl.read_parquet(folder / "pairs.parquet"),
            json.loads((folder / "figures.json").read_text("utf-8")),
        )


def write_force(
    force: Delivered, country: CountryModel, decisions: pl.DataFrame | None, most: int, folder: Path
) -> None:
    """Link a force within itself, and write what came of it."""
    found = within_force(force.people(), force.told(), country, decisions, most)
    found.persons.write_parquet(folder / "persons.parquet")
    found.pairs.write_parquet(folder / "pairs.parquet")
    (folder / "figures.json").write_text(json.dumps(found.figures, indent=1) + "\n", "utf-8")


def within_force(
    people: pl.DataFrame,
    reports: pl.DataFrame,
    country: CountryModel,
    decisions: pl.DataFrame | None = None,
    most: int = MOST_RECORDS_A_JOB,
) -> ForcePersons:
    """Return the persons of a force, and the pairs of its records that may be of one."""
    model = country.of_force(reports.height)
    people = people.sort("record_id")
    cut = blocks(people, reports, most)
    parts = [_linked(people, reports, block, model, decisions) for block in cut]
    label = _joined([p.persons for p in parts], people["record_id"])
    first = pl.DataFrame({"record_id": people["record_id"], "label": label}).with_columns(
        person=pl.col("record_id").min().over("label")
    )
    block = pl.concat([p.persons.select("record_id", block=pl.lit(i)) for i, p in enumerate(parts)])
    own = block.group_by("record_id").agg(pl.col("block").min())
    persons = first.join(own, on="record_id").select([pl.col(n).cast(t) for n, t in PERSONS.items()])
    # Two blocks weigh a pair that both hold; what the surer says counts.
    pairs = (
        pl.concat([p.pairs for p in parts])
        .sort("left_record", "right_record", "probability", descending=[False, False, True])
        .unique(["left_record", "right_record"], keep="first", maintain_order=True)
    )
    figures = Unseen.summed(p.figures for p in parts).figures()
    return ForcePersons(
        persons.sort("record_id"), pairs, figures | {"records": people.height, "blocks": len(cut)}
    )


def blocks(people: pl.DataFrame, reports: pl.DataFrame, most: int) -> list[pl.Series]:
    """Return the reports of each block, none of which has more than ``most`` records (unless one report has),
    each beginning in the middle of the one before."""
    many = people.group_by("report_id").len("people")
    dated = many.join(reports.select("report_id", "reported_at"), on="report_id", how="left")
    dated = dated.sort("reported_at", "report_id", nulls_last=False)
    if people.height <= most:
        return [dated["report_id"]]
    upto = np.cumsum(dated["people"].to_numpy().astype(np.int64))
    found: list[pl.Series] = []
    begin = 0
    while True:
        before = int(upto[begin - 1]) if begin else 0
        end = max(int(np.searchsorted(upto, before + most, side="right")), begin + 1)
        found.append(dated["report_id"][begin:end])
        if end >= len(upto):
            return found
        middle = before + (int(upto[end - 1]) - before) * (1 - OVERLAP)
        begin = max(int(np.searchsorted(upto, middle, side="right")), begin + 1)


def _linked(
    people: pl.DataFrame,
    reports: pl.DataFrame,
    block: pl.Series,
    model: Model,
    decisions: pl.DataFrame | None,
) -> ForcePersons:
    some = people.filter(pl.col("report_id").is_in(block.implode()))
    told = reports.filter(pl.col("report_id").is_in(block.implode()))
    found = linked_reports(
        some, told, Asked(decisions, model, None, None, None, None, None, b"", False, lambda step: None)
    )
    features = prepare(some, told)
    weak = hashed_keys.fewest(hashed_keys.most_for(len(features)))
    seen = unseen.of_reports(
        features, found.report_pairs, found.persons, blocking_rules.usable(features), weak
    )
    pairs = found.pairs.filter(pl.col("probability") >= LEAST_BELIEF)
    return ForcePersons(
        found.persons, pairs.select([pl.col(n).cast(t) for n, t in PAIRS.items()]), seen.figures()
    )


def _joined(parts: Sequence[pl.DataFrame], names: pl.Series) -> np.ndarray:
    """Return the number of the person of each record: persons of two blocks that share a record are one."""
    place = pl.DataFrame({"record_id": names, "row": np.arange(len(names), dtype=np.int64)})
    left, right = [], []
    for part in parts:
        own = part.join(place, on="record_id").sort("row").with_columns(
            first=pl.col("row").min().over("person_id")
        )  # fmt: skip
        left.append(own["row"].to_numpy())
        right.append(own["first"].to_numpy())
    return components(len(names), np.concatenate(left), np.concatenate(right))
