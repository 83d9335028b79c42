"""Count rows of an export that an outsider could tell from all others by what they know."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

#: What a neighbour, an officer or the suspect may know of a report: where, in which quarter, how old, who
#: they were to each other.
KNOWN = ("force", "recorded_in", "victim_age_band", "suspect_age_band", "relationship")
#: What is left out, in this order, until few enough rows stand alone; in words.
COARSER = {
    "suspect_age_band": "the suspect's age band",
    "victim_age_band": "the victim's age band",
    "relationship": "the relationship of suspect and victim",
}


@dataclass(frozen=True, slots=True)
class Unique:
    """Rows, and how many of them are of the only victim with what an outsider knows."""

    rows: int
    alone: int

    @property
    def percent(self) -> float:
        return 100 * self.alone / self.rows if self.rows else 0.0


def count(reports: pl.DataFrame) -> Unique:
    """Count the rows whose force, quarter, ages and relationship only one victim in the export has.

    Several reports of one victim are one person: a row does not hide among her own others.
    """
    known = [column for column in KNOWN if column in reports.columns]
    who = pl.coalesce("victim_id", "report_id")
    alone = reports.select((who.n_unique().over(known) == 1).sum())
    return Unique(reports.height, int(alone.item()))


def coarsened(reports: pl.DataFrame, most: float) -> tuple[pl.DataFrame, tuple[str, ...], Unique]:
    """Return the reports with columns left out until at most ``most`` per cent of the rows stand alone.

    Returns:
        The reports, the columns that were left out, and what is still alone: more than ``most`` where leaving
        everything out that may be is not enough.
    """
    left: list[str] = []
    found = count(reports)
    for column in COARSER:
        if found.percent <= most:
            break
        reports = reports.drop(column)
        left.append(column)
        found = count(reports)
    return reports, tuple(left), found
