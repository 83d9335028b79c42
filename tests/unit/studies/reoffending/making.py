"""Make the folder of a country from events that can be read at a glance, and work out single cells of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl

from lamplighter.studies.reoffending.cohort import Cohort, Window, cohort_of
from lamplighter.studies.reoffending.content.events import read_held
from lamplighter.studies.reoffending.content.shapes import Held
from lamplighter.studies.reoffending.country import read_country
from lamplighter.studies.reoffending.definitions import Definitions, definitions
from lamplighter.studies.reoffending.grid import Cell, Cohorts
from lamplighter.studies.reoffending.lives import lives_of

COLUMNS = (
    "event",
    "force",
    "kind",
    "occurred",
    "ended",
    "recorded",
    "proven",
    "offence",
    "suspect",
    "victim",
)
COLUMNS += ("crime", "same_occasion_as", "course", "custodial")
YEAR = Window(dt.date(2020, 1, 1), dt.date(2021, 1, 1))
EXTRACT = dt.date(2026, 11, 30)
#: Kinds with the day that makes them one.
_DAY = {"report": "recorded", "charge": "recorded", "conviction": "proven", "caution": "proven"}


def event(kind: str, occurred: str, suspect: str = "a", **rest: Any) -> dict[str, Any]:
    """One event: what is not given is filled with what is usual for its kind."""
    made = {"force": "North", "offence": "stalking_s2a" if kind in (*_DAY, "breach", "release") else ""}
    if kind in _DAY and _DAY[kind] not in rest:
        made[_DAY[kind]] = occurred
    return {"kind": kind, "occurred": occurred, "suspect": suspect, **made, **rest}


def country(
    folder: Path,
    events: Sequence[Mapping[str, Any]],
    *,
    persons: Mapping[str, str] | None = None,
    draws: Sequence[Mapping[str, str]] = (),
    forces: Sequence[str] = ("North", "South", "East"),
    extra: str = "",
    without: Sequence[str] = (),
    extract: dt.date = EXTRACT,
) -> Path:
    """Write a country. Each record is a person of the same name, unless ``persons`` says otherwise."""
    (folder / "links").mkdir(parents=True, exist_ok=True)
    rows = [{"event": f"e{n}", **row} for n, row in enumerate(events, 1)]
    columns = [c for c in COLUMNS if c not in without]
    lines = [",".join(columns)] + [",".join(str(row.get(c, "")) for c in columns) for row in rows]
    (folder / "events.csv").write_text("\n".join(lines) + "\n", "utf-8")
    names = "\n".join(f'[[force]]\nname = "{name}"\n' for name in forces)
    (folder / "country.toml").write_text(
        f'title = "Test"\nmade_up = true\nextracted_on = {extract}\nperiod_from = 2010-01-01\n'
        f'sources = ["Made up"]\n{extra}\n{names}',
        "utf-8",
    )
    found: dict[str, tuple[str, str]] = {}
    for row in rows:
        for role in ("suspect", "victim"):
            if row.get(role):
                found[row[role]] = (row["force"], role)
    pl.DataFrame(
        [(r, f, role, (persons or {}).get(r, r)) for r, (f, role) in found.items()],
        schema=["record", "force", "role", "person"],
        orient="row",
    ).write_parquet(folder / "links" / "persons.parquet")
    pl.DataFrame(
        [(n, r, p) for n, draw in enumerate(draws, 1) for r, p in draw.items()],
        schema={"draw": pl.Int32, "record": pl.String, "person": pl.String},
        orient="row",
    ).write_parquet(folder / "links" / "partitions.parquet")
    (folder / "links" / "links.json").write_text(f'{{"draws": {len(draws)}}}')
    return folder


def held(folder: Path) -> Held:
    return read_held(folder, read_country(folder))


def defs(**rules: Any) -> Definitions:
    own = definitions(EXTRACT)
    return replace(own, rules=replace(own.rules, **rules))


def cohort(folder: Path, index: str = "proven", window: Window = YEAR, **rules: Any) -> Cohort:
    read, own = held(folder), defs(**rules)
    lives = lives_of(read.rows, read.links.person, read.links.persons, own.rules)
    return cohort_of(lives, own.index(index), window)


def cell(
    folder: Path,
    index: str = "proven",
    outcome: str = "stalking_proven",
    victim: str = "either",
    horizon: int = 12,
    wait: int = 12,
    window: Window = YEAR,
    **rules: Any,
) -> Cell:
    """Work out one cell."""
    read, own = held(folder), defs(**rules)
    lives = lives_of(read.rows, read.links.person, read.links.persons, own.rules)
    return Cohorts(read, own, lives, None).cell((index, outcome, victim, horizon, wait), window)


def counted(found: Cell) -> tuple[int, int, int]:
    """Return people, reoffenders and reoffences."""
    assert found.state == "held", found
    return found.people, found.reoffenders, found.reoffences
