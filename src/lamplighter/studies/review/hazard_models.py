"""A4 looked at a second way: hazards instead of shares, and whether the model can be believed.

The logistic model asks who had come to an end within the days. The two hazard models use every day: the
cause-specific hazard among reports still open, and the subdistribution hazard of Fine and Gray, which goes
with the cumulative incidence. Where the three disagree in direction, nothing should be said of that term.
Everything here is an aggregate, for those inside; none of it is in a release.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from lamplighter.statistics.arrays.errors import StatisticsError
from lamplighter.statistics.hazard_regression.cox import cox
from lamplighter.statistics.hazard_regression.cox_postestimation import proportional_hazards
from lamplighter.statistics.hazard_regression.fine_gray import fine_gray
from lamplighter.statistics.logistic_regression.diagnostics import (
    calibration,
    influence,
    link_test,
    variance_inflation,
)
from lamplighter.statistics.logistic_regression.logistic import LogisticFit
from lamplighter.studies.review.settings import ENDS

#: The share of units whose removal moves a term by this many standard errors is told.
_MOVES = 0.5


@dataclass(frozen=True, slots=True)
class Hazard:
    """One term's hazard ratios with 95% limits: cause-specific, and of the subdistribution."""

    label: str
    cause_specific: tuple[float, float, float]
    subdistribution: tuple[float, float, float]
    proportional_p: float


@dataclass(frozen=True, slots=True)
class Check:
    """One question to a model and what came of it, in words."""

    question: str
    answer: str


def hazards(
    rows: pl.DataFrame, end: str, terms: np.ndarray, labels: list[str], since: int
) -> tuple[Hazard, ...] | str:
    """Both hazard models over the same rows and terms, from day ``since`` on; or why there are none.

    A row whose end has no day cannot stand on a clock of days; the rows left out are said.
    """
    late = pl.col("end_late")
    rows = rows.with_columns(end=pl.when(~late).then(pl.col("end")))
    dated = (rows["end"].is_null() | rows["end_day"].is_not_null()).to_numpy()
    days = rows.select((pl.coalesce("end_day", "followed") - since).clip(0)).to_series().to_numpy()[dated]
    codes = {name: place for place, name in enumerate(ENDS, start=1)}
    cause = (
        rows["end"].cast(pl.String).replace_strict(codes, default=0, return_dtype=pl.Int64).fill_null(0)
    ).to_numpy()[dated]
    clusters = rows["suspect"].to_numpy()[dated]
    time, held = days.astype(np.float64), terms[dated]
    try:
        own = cox(time, cause == codes[end], held, names=labels, clusters=clusters)
        sub = fine_gray(time, cause, held, of=codes[end], names=labels, clusters=clusters)
        steady = [test.p for test in proportional_hazards(own).tests]
    except StatisticsError as problem:
        return str(problem)

    def ratio(fit: object, at: int) -> tuple[float, float, float]:
        found = [float(np.exp(getattr(fit, part)[at])) for part in ("coefficients", "lower", "upper")]
        return found[0], found[1], found[2]

    return tuple(Hazard(label, ratio(own, at), ratio(sub, at), steady[at]) for at, label in enumerate(labels))


def checks_of(fit: LogisticFit, terms: np.ndarray, labels: list[str]) -> tuple[Check, ...]:
    """Shared variance, calibration, form, and how much rests on one suspect. Asked of the plain fit."""
    made: list[Check] = []

    def ask(question: str, call: object) -> None:
        try:
            made.append(Check(question, call()))  # type: ignore[operator]  # a call without arguments
        except StatisticsError as problem:
            made.append(Check(question, f"Could not be asked: {problem}"))

    def shared() -> str:
        found = variance_inflation(terms, names=labels)
        at = int(np.argmax(found.values))
        return f"Largest variance inflation {found.values[at]:.1f} ({found.names[at]}); above 10 is high."

    def true() -> str:
        found = calibration(fit)
        return (
            f"Hosmer and Lemeshow's p {found.p_value:.3f}; Brier score {found.brier:.3f}; a report with the "
            f"outcome has the higher chance in {100 * found.c_statistic:.0f}% of pairs."
        )

    def form() -> str:
        found = link_test(fit)
        said = "finds a curve or an interaction left out" if found.flags else "finds nothing left out"
        return f"The link test {said} (p {found.p_value:.3f})."

    def rests() -> str:
        found = influence(fit, threshold=_MOVES)
        at = int(np.argmax(found.largest))
        return (
            f"Leaving out one of {found.units} {found.unit} moves a term by at most "
            f"{found.largest[at]:.2f} of its standard error ({found.names[at]}); {found.above} move one by "
            f"more than {_MOVES}."
        )

    ask("Do terms say the same thing?", shared)
    ask("Do the chances come true?", true)
    ask("Is the form right?", form)
    ask("Does it rest on a few suspects?", rests)
    return tuple(made)
