"""The review of one bundle: every analysis in turn, nothing printed and nothing hidden yet."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import polars as pl

from lamplighter.studies.review import evaluation as indicators
from lamplighter.studies.review.analyses.agreement import agreement
from lamplighter.studies.review.analyses.attrition import attrition, stages_not_held
from lamplighter.studies.review.analyses.days_lost import days_lost
from lamplighter.studies.review.analyses.force_totals import totals
from lamplighter.studies.review.analyses.medians import Median
from lamplighter.studies.review.analyses.predictors import predictors
from lamplighter.studies.review.analyses.profile import profile
from lamplighter.studies.review.analyses.quarterly_trend import FIRST_BY_QUARTER, trend
from lamplighter.studies.review.analyses.time_to_outcome import Timing, timing
from lamplighter.studies.review.cohort import Cohort
from lamplighter.studies.review.finished import Finished, Progress
from lamplighter.studies.review.held import not_held, sorted_out
from lamplighter.studies.review.results import Count, DaysLost, Fault, Fit, Found, NotAnswered
from lamplighter.studies.review.settings import Settings, settings
from lamplighter.study_bundle.bundle import StudyBundle
from lamplighter.study_bundle.limitations import lacking
from lamplighter.study_bundle.needs import Answerable, answerable

#: Analyses that follow reports from the day they were recorded, and what they ask of the bundle.
_FOLLOWED = ("A3", "A4")
_OF_RECORDED = (
    "the outcomes of all crimes recorded in the period: this bundle holds outcomes assigned in it",
)


@dataclass(frozen=True)
class Review:
    """Findings, with what the sections need beside them."""

    cohort: Cohort
    found: Found
    timing: Timing
    medians: dict[str, Median]
    equality: tuple[Count, ...]


def review(
    bundle: StudyBundle,
    choices: Settings | None = None,
    progress: Progress | None = None,
    rejects: pl.DataFrame | None = None,
    keep: Path | None = None,
) -> Review:
    """Run every analysis that the bundle can answer.

    Args:
        bundle: as read and checked.
        choices: settings; those that come with this version when ``None``.
        progress: told the name of each step before it runs.
        rejects: what the check of the bundle found (``Checked.rejects``), so that the report can say it.
        keep: folder for models that are finished; those of a run of the same that was stopped are taken
            from it. See :mod:`lamplighter.studies.review.finished`.
    """
    found = _review(bundle, choices, progress, keep)
    return replace(found, found=replace(found.found, faults=faults_of(rejects)))


def faults_of(rejects: pl.DataFrame | None) -> tuple[Fault, ...]:
    """The findings of a check by kind, those of the bundle as a whole with the others."""
    if rejects is None or not rejects.height:
        return ()
    kinds = ["reason_code", "reason", "remedy", "fate"]
    rows = rejects.group_by(kinds).agg(n=pl.len()).sort(kinds).iter_rows()
    return tuple(Fault(str(a), str(b), str(c), str(d), int(n)) for a, b, c, d, n in rows)


def _review(
    bundle: StudyBundle, choices: Settings | None, progress: Progress | None, keep: Path | None
) -> Review:
    say = progress or (lambda _: None)
    cohort = Cohort(bundle, choices or settings())
    finished = Finished.of(keep, bundle.digest, cohort.settings, say)
    possible = {answer.need.name: answer for answer in answerable(bundle)}
    not_answered = [
        NotAnswered(answer.need.label, answer.need.title, lacking(answer.missing))
        for answer in possible.values()
        if not answer.possible and answer.need.name in ("A1", "A2", "A3", "A4", "A12", "agreement")
    ]
    recorded = bundle.metadata.basis == "recorded"
    if not recorded:
        not_answered += [
            NotAnswered(answer.need.label, answer.need.title, _OF_RECORDED)
            for answer in possible.values()
            if answer.possible and answer.need.name in _FOLLOWED
        ]
    counts: list[Count] = []
    flags: list[str] = []
    say("Totals")
    if possible["totals"].possible:
        counts += totals(bundle, cohort.settings)
    if not bundle.height("reports"):
        return _of_totals(cohort, counts, list(possible.values()))
    say("Who the people are")
    if possible["A1"].possible:
        counts += profile(cohort)
    say("What became of the reports")
    if possible["A2"].possible:
        counts += attrition(cohort)
    say("Trend by quarter")
    counts += trend(cohort)
    say("How long it took")
    times = Timing(None, {}, {}, [], [], ())
    if possible["A3"].possible and recorded:
        times = timing(cohort)
        counts += times.counts
        flags += times.flags
    say("What goes with withdrawal and with no further action")
    fits: list[Fit] = []
    days: list[DaysLost] = []
    unfitted: list[str] = []
    if possible["A4"].possible and recorded:
        fits, notes = predictors(cohort, finished)
        unfitted += notes
        days, notes = days_lost(cohort, finished)
        unfitted += notes
    alike = None
    if possible["agreement"].possible:
        crossed, alike = agreement(cohort)
        counts += crossed
    say("The 33 indicators")
    found = indicators.evaluate(cohort)
    say("Done")
    counts, without = sorted_out(bundle, counts)
    without = {**without, **stages_not_held(cohort), **_beside_counts(cohort)}
    return Review(
        cohort=cohort,
        found=Found(
            counts={count.name: count for count in [*counts, *found.equality]},
            curves={curve.name: curve for curve in times.named.values()},
            summaries=found.summaries,
            fits={fit.model.name: fit for fit in fits},
            indicators=tuple(found.indicators),
            not_answered=(*not_answered, *without.values(), *found.not_answered),
            not_held=without,
            not_fitted=tuple(unfitted),
            flags=tuple(flags),
            limits=times.limits,
            days=tuple(days),
            agreement=alike,
        ),
        timing=times,
        medians=found.medians,
        equality=tuple(found.equality),
    )


def _beside_counts(cohort: Cohort) -> dict[str, NotAnswered]:
    """Measures that are a part of a table which stands without them."""
    why = not_held(cohort.bundle, FIRST_BY_QUARTER)
    return {FIRST_BY_QUARTER: why} if why is not None else {}


def _of_totals(cohort: Cohort, counts: list[Count], answers: list[Answerable]) -> Review:
    """What a bundle without rows gives: its totals, and a list of what it cannot answer."""
    left = tuple(
        NotAnswered(answer.need.label, answer.need.title, lacking(answer.missing or ("reports",)))
        for answer in answers
        if answer.need.name != "totals"
    )
    found = Found({count.name: count for count in counts}, {}, {}, {}, (), left, ())
    return Review(cohort, found, Timing(None, {}, {}, [], [], ()), {}, ())
