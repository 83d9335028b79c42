"""Reports by quarter, with the recording rules that changed on the way.

A quarter that the period does not hold whole is a part-quarter and is never
set beside whole ones; withdrawal is shown only for quarters all of whose reports
could be followed for long enough.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import polars as pl

from lamplighter.studies.review import dimensions
from lamplighter.studies.review.cohort import Cohort
from lamplighter.studies.review.held import not_held
from lamplighter.studies.review.results import Count, Field, counted
from lamplighter.vocabulary.codes import code_set

#: The measure of first classification by quarter; reports are counted by quarter without it.
FIRST_BY_QUARTER = "first-classified-by-quarter"


@dataclass(frozen=True, slots=True)
class Quarter:
    """A quarter of the calendar: its code, its first and last day, and whether the period holds all of it."""

    code: str
    first: dt.date
    last: dt.date
    whole: bool
    mature: bool

    @property
    def title(self) -> str:
        """'Apr to Jun 2024'."""
        return f"{self.first:%b} to {self.last:%b} {self.first.year}"


@dataclass(frozen=True, slots=True)
class RuleChange:
    """A recording rule that began or ended on ``on``, before the quarter at ``place``."""

    place: int
    on: dt.date
    title: str


def quarters(cohort: Cohort) -> list[Quarter]:
    """Every quarter that the period touches, in order."""
    meta = cohort.bundle.metadata
    day = dt.date(meta.period_from.year, 3 * ((meta.period_from.month - 1) // 3) + 1, 1)
    out = []
    while day <= meta.period_to:
        after = dt.date(day.year + (day.month == 10), (day.month + 2) % 12 + 1, 1)
        last = after - dt.timedelta(days=1)
        out.append(
            Quarter(
                code=f"{day.year}-q{(day.month - 1) // 3 + 1}",
                first=day,
                last=last,
                whole=meta.period_from <= day and last <= meta.period_to,
                mature=(meta.extracted_on - last).days >= cohort.settings.mature_days,
            )
        )
        day = after
    return out


def rule_changes(cohort: Cohort) -> list[RuleChange]:
    """Rules of recording that changed inside the period, by the quarter that the change comes before.

    A change in the middle of a quarter is put before that quarter: it is already not comparable.
    """
    held = quarters(cohort)
    meta = cohort.bundle.metadata
    changes = []
    for rule in code_set("recording_rules").codes.values():
        for on, what in ((rule.valid_from, "begins"), (rule.valid_until, "ends")):
            if on is None or not meta.period_from < on <= meta.period_to:
                continue
            place = next(place for place, quarter in enumerate(held) if quarter.last >= on)
            if place:
                changes.append(RuleChange(place, on, f"{rule.title} ({what} {on.day} {on:%B %Y})"))
    return sorted(changes, key=lambda change: (change.on, change.title))


def trend(cohort: Cohort) -> list[Count]:
    """Reports by quarter: whether first classified as stalking, and whether withdrawn in time."""
    own = Field("quarter", "Quarter", {quarter.code: quarter.title for quarter in quarters(cohort)})
    # By the day of recording, which is what the period and the recording rules are about.
    day = pl.col("recorded_at").dt
    frame = cohort.reports.with_columns(
        quarter=day.year().cast(pl.String) + "-q" + day.quarter().cast(pl.String),
    ).with_columns(quarter=pl.when(pl.col("quarter").is_in(list(own.titles))).then(pl.col("quarter")))
    limit = cohort.settings.mature_days
    stalking = pl.when(pl.col("stalking_first").is_null()).then(None)
    classified = not_held(cohort.bundle, FIRST_BY_QUARTER) is None
    made = [
        (
            "reports-by-quarter",
            "Reports by quarter" + (", and whether first classified as stalking" if classified else ""),
            "reports",
            frame.with_columns(
                result=stalking.when(pl.col("stalking_first"))
                .then(pl.lit("met"))
                .otherwise(pl.lit("not_met"))
            ),
            "All reports of the period",
        )
    ]
    mature = [quarter.code for quarter in quarters(cohort) if quarter.mature]
    if cohort.bundle.metadata.basis != "recorded":
        mature = []  # a crime that is here for its outcome says nothing of those still waiting for one
    if mature:
        unknown = pl.col("withdrawn") & pl.col("withdrawn_day").is_null() & ~pl.col("end_late")
        withdrew = (pl.col("withdrawn_day") <= limit).fill_null(value=False)
        made.append(
            (
                "withdrawn-by-quarter",
                f"Reports by quarter, and whether the victim withdrew within {limit} days",
                "mature_reports",
                frame.filter(pl.col("quarter").is_in(mature)).with_columns(
                    result=pl.when(unknown)
                    .then(None)
                    .when(withdrew)
                    .then(pl.lit("met"))
                    .otherwise(pl.lit("not_met"))
                ),
                f"Reports of quarters that ended at least {limit} days before the extract",
            )
        )
    young = frozenset(own.titles) - frozenset(mature)
    return [
        counted(
            rows,
            name,
            title,
            [own, dimensions.RESULT] if classified or name != "reports-by-quarter" else [own],
            measure=measure,
            unit="reports",
            basis=basis,
            not_asked=young if measure == "mature_reports" else frozenset(),
        )
        for name, title, measure, rows, basis in made
    ]
