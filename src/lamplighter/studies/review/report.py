"""The whole report, made from what may be shown."""

from __future__ import annotations

import sys
from importlib.metadata import version

from lamplighter.reporting.document import Report, Section
from lamplighter.reporting.words import day
from lamplighter.studies.review.engine import Review
from lamplighter.studies.review.results import Shown
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
    rows = review.cohort.bundle.table("reports").height > 0
    sections: list[Section | None] = [
        brief_section(review, shown) if rows else None,
        force_section(review, shown),
        conclusions_section(review),
        people_section(review, shown),
        behaviour_section(review, shown),
        outcome_section(review, shown),
        time_section(review, shown),
        model_section(review, shown),
        indicator_section(review, shown) if rows else None,
        equality_section(review, shown),
        trend_section(review, shown),
        comparison_section(review, shown) if rows else None,
        not_answered_section(review),
        methods_section(review, shown, versions()),
    ]
    warnings = []
    if meta.made_up:
        warnings.append("Every person and every event in this report is made up.")
    if meta.months and meta.months % 12:
        warnings.append(
            f"The period is {meta.months} months and not whole years: do not set its totals beside those "
            "of a year."
        )
    return Report(
        title="Review of the response to stalking",
        subtitle=f"{', '.join(meta.force)}, {day(meta.period_from)} to {day(meta.period_to)}",
        standing=RELEASED if shown.protected else INTERNAL,
        facts=(
            ("Reports recorded", f"{day(meta.period_from)} to {day(meta.period_to)}"),
            ("Followed until", day(meta.extracted_on)),
            ("Who was taken", meta.selection),
            ("Sources", "; ".join(meta.sources)),
        ),
        sections=tuple(section for section in sections if section is not None),
        warnings=tuple(warnings),
    )


def versions() -> tuple[tuple[str, str], ...]:
    """The programs a figure depends on. Python to its minor version: patches do not change a figure."""
    python = (("Python", f"{sys.version_info.major}.{sys.version_info.minor}"),)
    return (*python, *((name, version(name)) for name in _PROGRAMS))
