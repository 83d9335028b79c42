"""A4 in days: of the first half year, how much lay after a victim had withdrawn, or after no further action?

A difference of mean days needs no hazard that keeps its ratio over time, and everybody understands a day.
Nothing else is held equal here: the models beside it do that. Suspects are shared between groups, so the
influence of each is summed over both before it is squared.
"""

from __future__ import annotations

from functools import partial

import numpy as np
import polars as pl

from lamplighter.disclosure.tables import Model
from lamplighter.statistics.arrays.errors import StatisticsError
from lamplighter.statistics.survival.restricted_mean_comparison import compare
from lamplighter.studies.review.analyses.predictors import left_out, modelled, said, terms_of, with_terms
from lamplighter.studies.review.cohort import Cohort, on_the_clock
from lamplighter.studies.review.finished import NOTHING, Finished
from lamplighter.studies.review.results import DaysLost, Effect
from lamplighter.studies.review.settings import ENDS

TITLES = {
    "withdrawal": "Days after the victim had withdrawn",
    "no_further_action": "Days after no further action",
}


def days_lost(cohort: Cohort, finished: Finished = NOTHING) -> tuple[list[DaysLost], tuple[str, ...]]:
    """Each end by what was known at the report, and by what was done by the landmark day; with notes."""
    choices = cohort.settings
    asked_of = (*choices.predictors, *choices.landmark_predictors)
    rows = on_the_clock(modelled(with_terms(cohort), asked_of)).filter(pl.col("followed") >= 0)
    frame = rows.with_columns(day=pl.coalesce("end_day", "followed"))
    landmark, mature = choices.landmark_days, choices.mature_days
    later = frame.filter(pl.col("day") > landmark).with_columns(day=pl.col("day") - landmark)
    asked = (
        ("at-report", frame, choices.predictors, mature, f"Reports of the period, from day 0 to {mature}"),
        (
            "by-landmark",
            later,
            choices.landmark_predictors,
            mature - landmark,
            f"Reports still open after day {landmark}, from then to day {mature}",
        ),
    )
    made: list[DaysLost] = []
    notes: list[str] = []
    for end in TITLES:
        for when, rows, names, horizon, basis in asked:
            title = TITLES[end] + (f", by what was done by day {landmark}" if when == "by-landmark" else "")
            name = f"days-{end.replace('_', '-')}-{when}"
            make = partial(_table, name, title, basis, end, rows, names, horizon, cohort)
            found = finished.days(name, title, make)
            if isinstance(found, str):
                notes.append(f"{title} ({basis.lower()}): {found}")
            else:
                made.append(found)
    return made, tuple(notes)


def _table(
    name: str,
    title: str,
    basis: str,
    end: str,
    rows: pl.DataFrame,
    names: tuple[str, ...],
    horizon: int,
    cohort: Cohort,
) -> DaysLost | str:
    """Every level of every characteristic beside the level that the others are compared with."""
    codes = {name: place for place, name in enumerate(ENDS, start=1)}
    cause = rows.select(
        pl.col("end").cast(pl.String).replace_strict(codes, default=0, return_dtype=pl.Int64).fill_null(0)
    ).to_series()
    time, causes = rows["day"].to_numpy().astype(np.float64), cause.to_numpy()
    had = (causes == codes[end]) & (time <= horizon)
    suspects = rows["suspect"].to_numpy()
    effects: list[Effect] = []
    values: dict[str, float] = {}
    least = cohort.settings.merge_below
    for term in (terms_of(cohort.settings)[own] for own in names):
        place_of = {code: place for place, code in enumerate(term.levels)}
        level = rows[term.name].replace_strict(place_of, default=-1, return_dtype=pl.Int16).to_numpy()
        sizes = {code: (int((level == n).sum()), int(had[level == n].sum())) for code, n in place_of.items()}
        enough = [code for code, (n, events) in sizes.items() if min(events, n - events) >= least]
        if len(enough) < 2:
            continue
        base = enough[0]
        effects.append(
            Effect(term.title, f"{term.title}: {term.levels[base].lower()}", *sizes[base], reference=True)
        )
        for code in enough[1:]:
            both = (level == place_of[base]) | (level == place_of[code])
            try:
                found = compare(
                    time[both],
                    causes[both],
                    level[both] == place_of[code],
                    horizon,
                    of=codes[end],
                    clusters=suspects[both],
                )
            except StatisticsError as problem:
                return str(problem)
            label = f"{term.title}: {term.levels[code].lower()}"
            effects.append(Effect(term.title, label, *sizes[code]))
            gap = found.difference
            values |= {
                f"{label}|days": found.one.estimate,
                f"{label}|others": found.zero.estimate,
                f"{label}|gap": gap.estimate,
                f"{label}|low": gap.lower,
                f"{label}|high": gap.upper,
            }
    gone = left_out(cohort, names, {effect.term for effect in effects})
    if not values:
        return f"nothing could be compared. {said(gone)}"
    smallest = min(min(effect.events, effect.n - effect.events) for effect in effects)
    model = Model(name, title, rows.height, len(effects), smallest, values)
    return DaysLost(model, title, basis, horizon, tuple(effects), gone)
