"""The whole report, made from what may be shown."""

from __future__ import annotations

import sys
from importlib.metadata import version

from lamplighter.reporting.document import Figure, Report, Section
from lamplighter.reporting.words import day
from lamplighter.studies.review.engine import Review
from lamplighter.studies.review.results import Shown
from lamplighter.studies.review.sections.agreement import agreement_section
from lamplighter.studies.review.sections.appendix import methods_section, not_answered_section
from lamplighter.studies.review.sections.brief import brief_section, comparison_section, conclusions_section
from lamplighter.studies.review.sections.forces import force_section
from lamplighter.studies.review.sections.measures import equality_section, indicator_section
from lamplighter.studies.review.sections.models import model_section
from lamplighter.studies.review.sections.outcomes import outcome_section, time_section
from lamplighter.studies.review.sections.people import behaviour_section, people_section
from lamplighter.studies.review.sections.trends import trend_section

INTERNAL = "Internal: holds small numbers, not for release"
RELEASED = "Protected for release"
_PROGRAMS = ("lamplighter", "numpy", "scipy", "polars", "altair", "vl-convert-python", "odfdo")


def report_of(review: Review, shown: Shown) -> Report:
    """Every section that the bundle allows, in the order a reader needs them."""
    meta = review.cohort.bundle.metadata
    rows = review.cohort.bundle.height("reports") > 0
    period = f"{day(meta.period_from)} to {day(meta.period_to)}"
    behind: list[Section | None] = [
        force_section(review, shown),
        conclusions_section(review),
        people_section(review, shown),
        behaviour_section(review, shown),
        outcome_section(review, shown),
        time_section(review, shown),
        model_section(review, shown),
        indicator_section(review, shown) if rows else None,
        agreement_section(review, shown),
        equality_section(review, shown),
        trend_section(review, shown),
        comparison_section(review, shown) if rows else None,
        not_answered_section(review),
        methods_section(review, shown, versions()),
    ]
    drawn = [section for section in behind if section is not None]
    figures = [block for section in drawn for block in section.blocks if isinstance(block, Figure)]
    sections = [brief_section(review, shown, figures), *drawn] if rows else drawn
    warnings = []
    if meta.made_up:
        warnings.append("Every person and every event in this report is made up.")
    if meta.months and meta.months % 12:
        warnings.append(
            f"The period is {meta.months} months and not whole years: do not set its totals beside those "
            "of a year."
        )
    if not rows:
        warnings.append(
            "Totals only, of the crimes that the source counted: unless it says so, they are not of stalking."
        )
    warnings += warnings_of(review)
    return Report(
        title="Review of the response to stalking" if rows else "What became of crimes, from totals alone",
        subtitle=f"{', '.join(meta.force)}, {period}",
        standing=RELEASED if shown.protected else INTERNAL,
        facts=(
            ("Reports recorded" if rows else "Crimes of", period),
            ("Followed until", day(meta.extracted_on)),
            ("Which reports" if rows else "Which crimes", meta.selection),
            ("Sources", "; ".join(meta.sources)),
        ),
        sections=tuple(sections),
        warnings=tuple(warnings),
    )


#: Faults of the data that change what may be read into the figures; the others are in the appendix only.
_TOLD = {
    "outcome_conflict": "Some reports have two outcomes, on two lines or at one moment; the later is used.",
    "outcome_superseded": "Some reports have two outcomes; that of the line that stands is used.",
    "second_line": "Some references stand on several lines that differ; each is counted as one report.",
    "not_held_but_filled": "Some columns are said not to be held, and are filled: nothing counts them.",
    "not_held_but_filled_row": "Some tables are said not to be held, and have rows: nothing counts them.",
    "mixed_basis": "Some outcomes are of crimes recorded in the period and some were assigned in it.",
    "people_alike": "Some people may be in the data twice: counts of people may be high.",
    "reports_alike": "Some reports may be one report, counted twice.",
    "duplicate_row": "Some rows were there twice; each was counted once.",
    "pair_in_two_cases": "Some pairs of a victim and a suspect have several cases.",
    "slipped_rows": "Rows of the totals may have slipped: one force may have the counts of another.",
    "slipped_rates": "Rates of the totals may have slipped against their names; none is used.",
    "rate_disagrees": "Some printed rates are not what their counts give; ours are from counts.",
    "rate_without_count": "Some rates came without a count behind them, and are not used.",
    "zero_of_zero": "Some rates were of nobody: nought of nothing is shown as not applicable.",
    "sum_disagrees": "Some totals are not the sum of their parts.",
    "control_disagrees": "The counts do not add up to the source’s own totals.",
    "mixed_periods": "Some totals are of periods of different lengths: they are not added or compared.",
    "part_year_period_row": "Some totals are of a part of a year: they are not set beside whole years.",
}


def warnings_of(review: Review) -> list[str]:
    """List what a reader must know of the data before any figure: in the order of the list above."""
    there = {fault.problem for fault in review.found.faults}
    told = [f"{words} The appendix says how many." for name, words in _TOLD.items() if name in there]
    if review.cohort.bundle.metadata.basis != "recorded":
        told.insert(
            0,
            "The bundle holds outcomes assigned in the period, not the crimes recorded in it: shares of "
            "reports, times and predictors would mix two bases, and are not worked out.",
        )
    return told


def versions() -> tuple[tuple[str, str], ...]:
    """The programs a figure depends on. Python to its minor version: patches do not change a figure."""
    python = (("Python", f"{sys.version_info.major}.{sys.version_info.minor}"),)
    return (*python, *((name, version(name)) for name in _PROGRAMS))
