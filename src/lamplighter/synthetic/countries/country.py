"""A whole made-up country: in memory, or as a folder with one sub-folder a force and the truth beside them.

Layout of the folder: ``<force>/people.parquet``, ``reports.parquet``, ``offences.parquet``,
``occasions.parquet`` and ``safe_contacts.parquet`` in the columns of the canonical schema; ``events.parquet``
(what became of the reports, for a study of reoffending); ``forces.csv``
(the forces, what they hold); ``country.json`` (the settings); ``truth/*.parquet``. A folder of a force is
what that force would hand to a linker, and may be left out or come late without touching another's.
"""

from __future__ import annotations

import dataclasses
import gc
import json
import multiprocessing
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

import polars as pl

from lamplighter.records.schema import TABLES
from lamplighter.synthetic.countries import (
    borders,
    events,
    forces,
    habits,
    identities,
    parts,
    passing_on,
    truth,
)
from lamplighter.synthetic.countries.forces import Force
from lamplighter.synthetic.countries.settings import CountrySettings
from lamplighter.synthetic.countries.truth import CountryTruth, PartTruth
from lamplighter.synthetic.sampling.draws import stream
from lamplighter.synthetic.worlds import canonical_frames

Progress = Callable[[int, int], None]
Tables = dict[str, pl.DataFrame]
TABLE_NAMES = (*(t.name for t in TABLES), "events")
Job = tuple[CountrySettings, Force, int]
T = TypeVar("T")
U = TypeVar("U")


class OtherCountryError(ValueError):
    """The folder holds something else."""


@dataclass(slots=True)
class PartMade:
    """Hold one part: its own force's tables, those passed to others (by force), and what is so.

    The tables are those of the canonical schema, and ``events``.
    """

    tables: Tables
    passed: dict[str, Tables]
    truth: PartTruth


@dataclass(slots=True)
class Country:
    """A country in memory. ``forces``: one row a force; ``held``: each force's tables, by its code.

    ``events`` is what a study of reoffending reads, one row an event, columns of
    :data:`lamplighter.synthetic.countries.events.SCHEMA`.
    """

    settings: CountrySettings
    forces: pl.DataFrame
    held: dict[str, Tables]
    truth: CountryTruth = field(repr=False)

    @property
    def people(self) -> pl.DataFrame:
        """Return every force's person records, with a column ``force``."""
        return self._table("people")

    @property
    def reports(self) -> pl.DataFrame:
        """Return every force's reports, with a column ``force``."""
        return self._table("reports")

    @property
    def events(self) -> pl.DataFrame:
        """Return every force's events."""
        return pl.concat([held["events"] for held in self.held.values()], rechunk=True)

    def _table(self, name: str) -> pl.DataFrame:
        return pl.concat(
            [held[name].with_columns(force=pl.lit(code)) for code, held in self.held.items()], rechunk=True
        )


def generate(settings: CountrySettings) -> Country:
    """Return the country of these settings, in memory. The same settings give the same country."""
    those = forces.make(settings)
    jobs = _jobs(settings, those)
    come = _arrivals(settings, [_survey(job) for job in jobs])
    held: dict[str, list[Tables]] = {f.code: [] for f in those}
    known: list[PartTruth] = []
    for job in jobs:
        made = make_part(job, come)
        held[job[1].code].append(made.tables)
        for code, tables in made.passed.items():
            held[code].append(tables)
        known.append(made.truth)
    whole = {code: _whole(pieces) for code, pieces in held.items()}
    counts = {code: (b["people"].height, b["reports"].height) for code, b in whole.items()}
    return Country(
        settings=settings,
        forces=_with_counts(those, counts),
        held=whole,
        truth=truth.of_country(known),
    )


def write(
    folder: Path, settings: CountrySettings, *, workers: int | None = None, progress: Progress | None = None
) -> pl.DataFrame:
    """Write the country into ``folder``, part by part; return the forces with their counts.

    Args:
        folder: made if it is not there; must be empty or hold the same country.
        workers: processes; by default one a processor.
        progress: called with (parts done, parts in all).

    Raises:
        OtherCountryError: the folder holds files of something else.
    """
    _claim(folder, settings)
    those = forces.make(settings)
    jobs = _jobs(settings, those)
    pool = min(workers or os.cpu_count() or 1, len(jobs))
    steps = 2 * len(jobs)
    surveys: list[borders.Stories] = []
    for done in _each(_survey, jobs, pool):
        surveys.append(done)
        if progress:
            progress(len(surveys), steps)
    come = _arrivals(settings, surveys)
    making = [(folder, job, come) for job in jobs]
    for k, _ in enumerate(_each(_write_part, making, pool), start=len(jobs) + 1):
        if progress:
            progress(k, steps)
    counts = {force.code: _gather(folder, force) for force in those}
    _write_truth(folder, len(jobs))
    shown = _with_counts(those, counts)
    shown.write_csv(folder / "forces.csv")
    return shown


def make_part(job: Job, come: identities.Arrivals) -> PartMade:
    """Make one part of one force, with those who came to it from elsewhere."""
    settings, force, index = job
    part = parts.draw(settings, force, index)
    arrived = come.people.get(part.number, [])
    identities.settle(part, arrived)
    cell = parts.record(settings, part)
    identities.respell(settings, cell, arrived)
    drawn = canonical_frames.bundle(cell)
    passed = passing_on.passed_on(settings, forces.make(settings), cell, force, drawn)
    own, others, later = events.of_part(settings, part, cell, come, passed)
    told = truth.of_part(part, cell, arrived, come.courses.get(part.number, {}), passed, later)
    rng = stream(settings.seed, part.number, "force habits")
    return PartMade(
        tables={**habits.apply(rng, force, drawn), "events": own},
        passed={p.force.code: {**p.bundle, "events": others[p.force.code]} for p in passed},
        truth=told,
    )


def _jobs(settings: CountrySettings, those: Iterable[Force]) -> list[Job]:
    return [(settings, force, index) for force in those for index in range(force.parts)]


def _survey(job: Job) -> borders.Stories:
    return borders.stories_of(parts.draw(*job))


def _arrivals(settings: CountrySettings, surveys: list[borders.Stories]) -> identities.Arrivals:
    stories = borders.joined(surveys)
    return identities.arrivals(settings, stories, borders.choose(settings, stories))


def _whole(pieces: list[Tables]) -> Tables:
    """Return one force's tables in the order in which they were recorded."""
    whole = {name: pl.concat([p[name] for p in pieces], rechunk=True) for name in TABLE_NAMES}
    whole["events"] = whole["events"].sort("event")
    order = whole["reports"].sort("reported_at", "report_id").select("report_id")
    for t in TABLES:
        if t.name == "safe_contacts":
            continue
        whole[t.name] = order.join(
            whole[t.name], on="report_id", how="inner", maintain_order="left_right"
        ).select(t.columns)
    return whole


def _with_counts(those: list[Force], counts: Mapping[str, tuple[int, int]]) -> pl.DataFrame:
    return forces.frame(those).with_columns(
        person_records=pl.Series([counts[f.code][0] for f in those], dtype=pl.Int64),
        reports=pl.Series([counts[f.code][1] for f in those], dtype=pl.Int64),
    )


def _each(work: Callable[[T], U], items: list[T], workers: int) -> Iterator[U]:
    """Yield the result of each item in order, made by as many processes as asked for."""
    if workers <= 1:
        yield from map(work, items)
        return
    before = os.environ.get("POLARS_MAX_THREADS")
    # Each worker has a processor to itself, so its Polars needs one thread.
    os.environ["POLARS_MAX_THREADS"] = "1"
    try:
        # Spawned, not forked: a forked child may inherit a lock that a Polars thread holds.
        with ProcessPoolExecutor(workers, mp_context=multiprocessing.get_context("spawn")) as pool:
            yield from pool.map(work, items)
    finally:
        if before is None:
            del os.environ["POLARS_MAX_THREADS"]
        else:
            os.environ["POLARS_MAX_THREADS"] = before


def _claim(folder: Path, settings: CountrySettings) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    note = folder / "country.json"
    wanted = json.dumps(dataclasses.asdict(settings), default=str, indent=2, sort_keys=True)
    held = note.read_text("utf-8") if note.exists() else None
    if held != wanted and any(folder.iterdir()):
        raise OtherCountryError(f"{folder} is not empty and holds something else; choose another folder")
    note.write_text(wanted, "utf-8")


def _write_part(task: tuple[Path, Job, identities.Arrivals]) -> int:
    folder, job, come = task
    # A part makes millions of small objects and no cycles: looking for cycles costs a fifth of the time.
    gc.disable()
    try:
        made = make_part(job, come)
        number = job[1].first_part + job[2]
        _spool(folder / job[1].code / "unfinished" / f"{number:04d}", made.tables)
        for code, tables in made.passed.items():
            _spool(folder / code / "unfinished" / f"{number:04d}-passed-on", tables)
        _spool(
            folder / "truth" / "unfinished" / f"{number:04d}",
            {f.name: getattr(made.truth, f.name) for f in dataclasses.fields(PartTruth)},
        )
    finally:
        gc.enable()
    return number


def _spool(folder: Path, tables: Mapping[str, pl.DataFrame]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, table in tables.items():
        table.write_parquet(folder / f"{name}.parquet", compression="lz4", statistics=False)


def _gather(folder: Path, force: Force) -> tuple[int, int]:
    """Put one force's parts together and remove them; returns its person records and reports."""
    unfinished = folder / force.code / "unfinished"
    pieces = sorted(unfinished.iterdir())
    whole = _whole(
        [{name: pl.read_parquet(piece / f"{name}.parquet") for name in TABLE_NAMES} for piece in pieces]
    )
    for name in TABLE_NAMES:
        whole[name].write_parquet(folder / force.code / f"{name}.parquet")
    _remove(unfinished, pieces)
    return whole["people"].height, whole["reports"].height


def _write_truth(folder: Path, count: int) -> None:
    unfinished = folder / "truth" / "unfinished"
    pieces = [unfinished / f"{number:04d}" for number in range(count)]
    known = [
        PartTruth(*[pl.read_parquet(p / f"{f.name}.parquet") for f in dataclasses.fields(PartTruth)])
        for p in pieces
    ]
    truth.of_country(known).write(folder / "truth")
    _remove(unfinished, pieces)


def _remove(unfinished: Path, pieces: list[Path]) -> None:
    for piece in pieces:
        for file in piece.iterdir():
            file.unlink()
        piece.rmdir()
    unfinished.rmdir()
