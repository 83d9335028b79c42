"""One part of one force from start to end: lives, stories and reports, then the records typed of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lamplighter.synthetic.countries import forces as force_settings
from lamplighter.synthetic.countries.forces import Force
from lamplighter.synthetic.countries.settings import CountrySettings
from lamplighter.synthetic.people.places import Places
from lamplighter.synthetic.sampling.config import RECORDS_PER_CELL, Config
from lamplighter.synthetic.sampling.draws import DAY
from lamplighter.synthetic.worlds import cell as cells

# Numbers set aside for a part, for each person record: more than a part ever uses.
_LANDLINES_A_RECORD = 0.25
_PEOPLE_A_RECORD = 0.8
_SPARE = 300


@dataclass(slots=True)
class Part:
    """A part of a force before anything is typed. ``number`` is its own in the whole country."""

    force: Force
    number: int
    config: Config
    where: Places
    drawn: cells.Drawn


def draw(settings: CountrySettings, force: Force, index: int) -> Part:
    """Draw the lives, stories, reports and person rows of part ``index`` of a force."""
    config = force_settings.config_of(settings, force)
    where = force_settings.places_of(settings, force)
    number = force.first_part + index
    wanted = min(RECORDS_PER_CELL, force.size - index * RECORDS_PER_CELL)
    drawn = cells.draw(config, number, where, wanted)
    part = Part(force=force, number=number, config=config, where=where, drawn=drawn)
    _number_through(settings, part)
    return part


def record(settings: CountrySettings, part: Part) -> cells.Cell:
    """Record a part in its force's own references and with ids that no other force uses."""
    force, reports, rows = part.force, part.drawn.reports, part.drawn.rows
    years = (reports.at // DAY).astype("datetime64[D]").astype("datetime64[Y]").astype(np.int64) + 1970
    references = force_settings.references(force, years.tolist(), reports.number.tolist())
    if force.habits.system == "force_b":
        # In this system a second crime shares the number of the first and carries a suffix.
        second = reports.second_crime.tolist()
        references = [f"{ref}X" if also else ref for ref, also in zip(references, second, strict=True)]
    made = cells.record(
        part.config, part.number, part.where, part.drawn, references, with_words=settings.with_words
    )
    made.report_ids = [f"{force.source}:{r}" for r in references]
    first = part.number - force.first_part
    made.record_ids = [f"{force.source}:P{i * force.parts + first + 1:07d}" for i in range(len(rows))]
    made.recorded.columns["uprn"] = [
        None if x is None else f"990{int(x[3:]) + force.number * 10_000_000:09d}"
        for x in made.recorded.columns["uprn"]
    ]
    return made


def _number_through(settings: CountrySettings, part: Part) -> None:
    """Number homes' landlines and people's police references through the whole country.

    A part's own numbers come round again after a score of parts, and there are more. Landlines are then one
    home's up to four million records, references one person's up to twelve million.
    """
    index = part.number - part.force.first_part
    before = int(settings.sizes()[: part.force.number].sum()) + index * RECORDS_PER_CELL
    people = part.drawn.people
    held = people.landline >= 0
    first = int(before * _LANDLINES_A_RECORD) + part.number * _SPARE
    people.landline[held] = first + np.arange(int(held.sum()))
    people.pnc = (
        int(before * _PEOPLE_A_RECORD) + part.number * _SPARE + np.arange(len(people), dtype=np.int64)
    )
