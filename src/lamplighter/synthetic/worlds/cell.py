"""One part of the world from start to end: lives, stories, occasions, reports, person rows, words."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lamplighter.synthetic.courses import dyads as d
from lamplighter.synthetic.courses import occasions
from lamplighter.synthetic.people import places
from lamplighter.synthetic.people import population as people
from lamplighter.synthetic.reports import narrative, recorded_values
from lamplighter.synthetic.reports import person_rows as rows
from lamplighter.synthetic.reports import references as refs
from lamplighter.synthetic.reports import reporting as reports
from lamplighter.synthetic.sampling.config import RECORDS_PER_CELL, Config
from lamplighter.synthetic.sampling.draws import Bools, Ints

# Person records a story, measured over many seeds; only a first guess at how many stories to draw.
RECORDS_PER_DOSSIER = 3.6


@dataclass(slots=True)
class Cell:
    """Everything about one part of the world, before it becomes frames."""

    config: Config
    number: int
    places: places.Places
    people: people.People
    dossiers: d.Dossiers
    occasions: occasions.Occasions
    reports: reports.Reports
    rows: rows.Rows
    recorded: recorded_values.Recorded
    told: narrative.Told
    references: list[str]
    report_ids: list[str]
    record_ids: list[str]
    kept: int
    """Stories 0..kept-1 belong to the world; the rest were drawn to have enough and are dropped."""


@dataclass(slots=True)
class Drawn:
    """Hold what happens in one part of the world and what is reported of it, before a name is typed."""

    people: people.People
    dossiers: d.Dossiers
    occasions: occasions.Occasions
    reports: reports.Reports
    rows: rows.Rows
    kept: int


def share(config: Config, cell: int) -> int:
    """Person records wanted from one part: the last part takes what is left."""
    return min(RECORDS_PER_CELL, config.person_records - cell * RECORDS_PER_CELL)


def make(config: Config, cell: int, where: places.Places) -> Cell:
    """One part of the world. Depends on (config, cell) only."""
    drawn = draw(config, cell, where, share(config, cell))
    return record(config, cell, where, drawn, reports.reference(config, drawn.reports))


def draw(config: Config, cell: int, where: places.Places, wanted: int) -> Drawn:
    """Draw lives, stories, occasions, reports and person rows, ``wanted`` rows or a few more."""
    count = int(wanted / RECORDS_PER_DOSSIER * 1.08) + 60
    while True:
        folk = people.make(config, cell, where, families=count)
        stories = d.make(config, cell, count, folk, where)
        occ = occasions.make(config, cell, stories)
        told = reports.make(config, cell, folk, where, stories, occ)
        lines = rows.make(config, cell, folk, stories, occ, told)
        per_story = np.bincount(told.dossier[lines.report], minlength=count)
        total = np.cumsum(per_story)
        if total[-1] >= wanted:
            break
        count = int(count * 1.3)
    kept = int(np.searchsorted(total, wanted)) + 1
    told, lines = _trim(told, lines, told.dossier < kept)
    return Drawn(people=folk, dossiers=stories, occasions=occ, reports=told, rows=lines, kept=kept)


def record(
    config: Config,
    cell: int,
    where: places.Places,
    drawn: Drawn,
    references: list[str],
    *,
    with_words: bool = True,
) -> Cell:
    """Record what was drawn under the given references: the details of each person row, and the words.

    ``with_words`` False leaves the free text out, which takes half the time.
    """
    folk, stories, occ, told, lines = (
        drawn.people,
        drawn.dossiers,
        drawn.occasions,
        drawn.reports,
        drawn.rows,
    )
    recorded = recorded_values.make(config, cell, folk, where, stories, occ, told, lines)
    if with_words:
        words = narrative.make(
            config, cell, folk, stories, occ, told, lines, references, recorded.columns["forenames"]
        )
    else:
        words = narrative.silent(len(told))
    return Cell(
        config=config,
        number=cell,
        places=where,
        people=folk,
        dossiers=stories,
        occasions=occ,
        reports=told,
        rows=lines,
        recorded=recorded,
        told=words,
        references=references,
        report_ids=refs.report_ids(config, told, references),
        record_ids=refs.record_ids(config, cell, told, lines, references),
        kept=drawn.kept,
    )


def _trim(told: reports.Reports, lines: rows.Rows, keep: Bools) -> tuple[reports.Reports, rows.Rows]:
    """Reports kept, with their rows, and every index that points at either repaired."""
    place = np.cumsum(keep) - 1
    earlier = np.where(told.earlier >= 0, place[told.earlier], -1)
    told.earlier = earlier
    kept_rows = keep[lines.report]
    row_place: Ints = np.where(kept_rows, np.cumsum(kept_rows) - 1, -1)
    details = row_place[lines.details_of]
    own = np.arange(len(lines))
    lost = details < 0
    details = np.where(lost, row_place[own], details)
    lines.wrong_nominal = lines.wrong_nominal & ~lost
    lines.details_of = details
    lines.report = place[lines.report]
    return (
        reports.select(told, keep),
        rows.Rows(*[getattr(lines, name)[kept_rows] for name in rows.Rows.__slots__]),
    )
