"""A1: who the victims and suspects are, what was done to whom, and how it was first recorded.

Three units are kept apart: victims and suspects are counted once each however
many reports there are, reports once each.
"""

from __future__ import annotations

import polars as pl

from lamplighter.studies.review import dimensions
from lamplighter.studies.review.cohort import Cohort
from lamplighter.studies.review.results import Count, Field, counted
from lamplighter.vocabulary.codes import code_set


def profile(cohort: Cohort) -> list[Count]:
    """Every table of the profile that the bundle can fill."""
    return [*_people(cohort), *_reports(cohort), *_behaviours(cohort), *_history(cohort)]


def with_groups(frame: pl.DataFrame) -> pl.DataFrame:
    """The wider groups that tables count by, beside the columns as recorded."""
    answers = pl.col("domestic_abuse", "anonymous", "escalated")
    ages = (
        pl.col(f"{side}_band")
        .cast(pl.String)
        .replace_strict(dict(dimensions.AGE_OF_BAND), default=None, return_dtype=pl.String)
        .alias(f"{side}_age_group")
        for side in ("victim", "suspect")
    )
    return frame.with_columns(
        answers.replace_strict({"yes": "yes", "no": "no"}, default=None, return_dtype=pl.String),
        *ages,
        relationship_group=pl.col("relationship").replace_strict(
            dict(dimensions.RELATIONSHIP_GROUPS), default=None, return_dtype=pl.String
        ),
        first_class_group=pl.when(pl.col("first_class").is_in(list(dimensions.CLASSES)))
        .then(pl.col("first_class"))
        .when(pl.col("first_class").is_not_null())
        .then(pl.lit("other")),
    )


def _people(cohort: Cohort) -> list[Count]:
    made = []
    for side, title in (("victim", "Victims"), ("suspect", "Suspects")):
        people = (
            with_groups(cohort.reports)
            # of a million reports every column that is sorted along is another 16 MB, or more
            .select(
                "report_id",
                "started",
                *(f"{side}_{of}" for of in ("id", "sex", "age_group", "ethnic_group", "disability")),
            )
            .filter(pl.col(f"{side}_id").is_not_null())
            .sort("started", "report_id")
            .unique(f"{side}_id", keep="first", maintain_order=True)
        )
        basis = f"{title} who are identified, each once, as at their first report in the period"
        for name, words, titles in (
            (f"{side}_sex", "sex", dimensions.SEXES),
            (f"{side}_age_group", "age at the first report", dimensions.AGE_GROUPS),
            (f"{side}_ethnic_group", "ethnic group", dimensions.ETHNIC_GROUPS),
            (f"{side}_disability", "disability", dimensions.YES_NO),
        ):
            frame = people
            if name.endswith("disability"):
                frame = people.with_columns(_answer(name))
            made.append(
                counted(
                    frame,
                    f"{name.replace('_', '-')}",
                    f"{title} by {words}",
                    [Field(name, words.capitalize(), titles)],
                    measure=f"{side}s",
                    unit=f"{side}s",
                    basis=basis,
                )
            )
    return made


def _reports(cohort: Cohort) -> list[Count]:
    frame = with_groups(cohort.reports)
    own = [
        (
            "relationship-of-suspect",
            "relationship_group",
            "Relationship of the suspect",
            dimensions.RELATIONSHIPS,
        ),
        ("domestic-abuse", "domestic_abuse", "Marked as domestic abuse", dimensions.YES_NO),
        ("escalation", "escalated", "The behaviour had grown worse before the report", dimensions.YES_NO),
        (
            "first-classification",
            "first_class_group",
            "How the report was first classified",
            dimensions.CLASSES,
        ),
    ]
    return [
        counted(
            frame,
            name,
            title,
            [Field(column, title, titles)],
            measure="reports",
            unit="reports",
            basis="All reports of the period",
        )
        for name, column, title, titles in own
    ]


def _behaviours(cohort: Cohort) -> list[Count]:
    """A report may describe several behaviours, so these are separate yes-or-no counts, one a behaviour."""
    behaviours = cohort.bundle.table("behaviours")
    if not behaviours.height:
        return []
    clusters = code_set("behaviours").codes
    kinds = {
        "surveillance": "Watched, followed or tracked",
        "mediated_contact": "Calls, texts, messages",
        "interactional_contact": "Approached, or contacted through others",
        "coercion_threat": "Threatened or coerced",
        "harassment_intimidation": "Harassed, published or impersonated",
        "invasion": "Damaged, entered or breached an order",
        "aggression": "Violence",
    }
    told = behaviours.with_columns(
        cluster=pl.col("behaviour").replace_strict(
            {code: row.extra.get("cluster", "") for code, row in clusters.items()},
            default="",
            return_dtype=pl.String,
        )
    )
    described = cohort.reports.select("report_id").join(
        told.select("report_id").unique(), on="report_id", how="semi"
    )
    made = []
    for cluster, title in kinds.items():
        having = told.filter(pl.col("cluster") == cluster).select("report_id").unique()
        column = f"behaviour_{cluster}"
        frame = described.with_columns(
            pl.when(pl.col("report_id").is_in(having["report_id"].implode()))
            .then(pl.lit("yes"))
            .otherwise(pl.lit("no"))
            .alias(column)
        )
        made.append(
            counted(
                frame,
                f"behaviour-{cluster.replace('_', '-')}",
                title,
                [dimensions.yes_no(column, title)],
                measure="reports_with_behaviours",
                unit="reports",
                basis="Reports that describe at least one behaviour; a report may describe several",
            )
        )
    return made


def _history(cohort: Cohort) -> list[Count]:
    """Earlier allegations and offending, of suspects and of reports: two readings, never one label."""
    made = []
    for column, words, name in (
        ("prior_allegations", "earlier stalking or harassment allegations", "accused-before"),
        ("prior_offences", "earlier recorded offences", "offended-before"),
    ):
        flagged = (
            cohort.reports.select("report_id", "started", "suspect_id", column)
            .filter(pl.col("suspect_id").is_not_null())
            .with_columns(
                pl.when(pl.col(column) > 0)
                .then(pl.lit("yes"))
                .when(pl.col(column) == 0)
                .then(pl.lit("no"))
                .alias(f"{column}_any")
            )
            .sort("started", "report_id")
        )
        suspects = flagged.unique("suspect_id", keep="first", maintain_order=True)
        for frame, unit, basis in (
            (suspects, "suspects", "Named suspects, each once, as at their first report in the period"),
            (flagged, "reports", "Reports with a named suspect"),
        ):
            made.append(
                counted(
                    frame,
                    f"{name}-{unit}",
                    f"Suspects with {words}" if unit == "suspects" else f"Reports whose suspect has {words}",
                    [dimensions.yes_no(f"{column}_any", words.capitalize())],
                    measure=f"{unit}_named",
                    unit=unit,
                    basis=basis,
                )
            )
    return made


def _answer(column: str) -> pl.Expr:
    return pl.col(column).replace_strict({"yes": "yes", "no": "no"}, default=None, return_dtype=pl.String)
