"""Name the persons of the country with ids that stay, and look only at what has changed.

A group of records that is as it was keeps its id and costs nothing; the others are named as clustering names
them (:mod:`linkage.clustering.stable_ids`), with the memory of whoever their records were.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import polars as pl

from lamplighter.linkage.clustering import stable_ids
from lamplighter.linkage.clustering.decisions import Standing


@dataclass(frozen=True, slots=True)
class Names:
    """``persons``: record_id, person_id; ``changes`` and ``memory`` as :class:`stable_ids.Named` has them."""

    persons: pl.DataFrame
    changes: pl.DataFrame
    memory: pl.DataFrame


def named(groups: pl.DataFrame, memory: pl.DataFrame | None, standing: Standing) -> Names:
    """Return the persons of ``groups`` (record_id, group), given the memory of the last time."""
    if memory is None:
        memory = pl.DataFrame(schema=stable_ids.MEMORY_SCHEMA)
    current = memory.filter("current")
    now = _shape(groups, "group")
    before = _shape(current.select("record_id", group="person_id"), "group").rename({"group": "person_id"})
    same = now.join(before, on=["first", "many", "whole"]).select("group", "person_id")
    rest = groups.join(same, on="group", how="anti")
    gone = current.join(same, on="person_id", how="anti")
    touched = pl.concat([rest["record_id"], gone["record_id"]]).unique()
    kept = memory.filter(pl.col("person_id").is_in(same["person_id"].implode()) & pl.col("current"))
    asked = memory.join(
        kept.select("record_id", "person_id", "born"), on=["record_id", "person_id", "born"], how="anti"
    )
    whose = asked.filter(pl.col("record_id").is_in(touched.implode()))["person_id"].unique()
    asked, aside = _parted(asked, whose)
    members = rest.group_by("group").agg("record_id")["record_id"].to_list()
    found = stable_ids.name(members, _with_clock(asked, memory), standing)
    persons = groups.join(same, on="group").select("record_id", "person_id")
    return Names(
        pl.concat([persons, found.persons]).sort("record_id"),
        found.changes,
        pl.concat([kept, aside, _without_clock(found.memory)]).sort("person_id", "born", "record_id"),
    )


_CLOCK = "\x00clock"
"""A former person who is nobody: so that the next one to be born is born after everybody."""


def _with_clock(asked: pl.DataFrame, memory: pl.DataFrame) -> pl.DataFrame:
    last = memory.select(pl.col("born").mod(2**32).max()).item() or 0
    clock = pl.DataFrame(
        {"record_id": [_CLOCK], "person_id": [_CLOCK], "born": [last], "current": [False]},
        schema=stable_ids.MEMORY_SCHEMA,
    )
    return pl.concat([asked, clock])


def _without_clock(memory: pl.DataFrame) -> pl.DataFrame:
    return memory.filter(pl.col("person_id") != _CLOCK)


def _parted(memory: pl.DataFrame, whose: pl.Series) -> tuple[pl.DataFrame, pl.DataFrame]:
    mine = pl.col("person_id").is_in(whose.implode())
    return memory.filter(mine), memory.filter(~mine)


def _shape(groups: pl.DataFrame, by: str) -> pl.DataFrame:
    """Return what tells one set of records from another: the first, how many, and a hash of all."""
    return groups.group_by(by).agg(
        first=pl.col("record_id").min(), many=pl.len(), whole=pl.col("record_id").hash(7).sum()
    )


def read_memory(path: Path) -> pl.DataFrame | None:
    """Return the memory of the last time; ``None`` where there is none."""
    return pl.read_parquet(path) if path.exists() else None
