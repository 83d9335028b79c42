"""Compare the grades of two assessors of the same assessment: the table, and kappa with limits.

London found that assessment was inconsistent. A share of equal grades alone does not say it: where most
grades are low, two people who guess agree often. Kappa takes out what chance gives; the linear one counts a
grade two steps away as twice as far off as one step.
"""

from __future__ import annotations

import polars as pl

from lamplighter.statistics.agreement.kappa import Kappa, kappa_of_ratings
from lamplighter.statistics.arrays.errors import StatisticsError
from lamplighter.studies.review.cohort import Cohort
from lamplighter.studies.review.results import Agreement, Count, Field, counted

#: Lowest first.
ORDER = ("standard", "medium", "high")
_TITLES = {"standard": "Standard or low", "medium": "Medium or moderate", "high": "High"}
TABLE = "second-grades"


def graded_twice(cohort: Cohort) -> pl.DataFrame:
    """A row for each assessment that somebody else graded too: ``first_grade``, ``second_grade``, ``blind``.

    The earliest second grade counts. A grade that an instrument does not give is no judgement and left out.
    """
    first = cohort.bundle.events("risk_assessment").select("event_id", first_grade="grade")
    second = (
        cohort.bundle.events("second_assessment")
        .sort("at", "event_id", nulls_last=True)
        .unique("refers_to", keep="first", maintain_order=True)
        .select(
            pl.col("refers_to").alias("event_id"),
            second_grade="grade",
            blind=pl.col("answer").fill_null("yes") != "no",
        )
    )
    graded = pl.col("first_grade").is_in(ORDER) & pl.col("second_grade").is_in(ORDER)
    return first.join(second, on="event_id", how="inner").filter(graded).sort("event_id")


def agreement(cohort: Cohort) -> tuple[list[Count], Agreement | None]:
    """The grades crossed, and how far they agree; nothing when no assessment was graded twice."""
    rows = graded_twice(cohort)
    blind = rows.filter("blind")
    if not blind.height:
        return [], None
    count = counted(
        blind,
        TABLE,
        "The first grade and that of another assessor",
        [Field("first_grade", "First grade", _TITLES), Field("second_grade", "Second grade", _TITLES)],
        measure="graded_twice",
        unit="assessments",
        basis="Assessments that a second assessor graded without knowing the first grade",
    )
    grades = blind["first_grade"].to_list(), blind["second_grade"].to_list()
    found: dict[str, Kappa] = {}
    why = ""
    for weights in ("unweighted", "linear"):
        try:
            found[weights] = kappa_of_ratings(*grades, weights=weights, order=ORDER)
        except StatisticsError as problem:
            why = str(problem)
    return [count], Agreement(found.get("unweighted"), found.get("linear"), rows.height - blind.height, why)
