"""A2: what became of every report, on both bases, with what is still open beside what has ended."""

from __future__ import annotations

import polars as pl

from lamplighter.studies.review import dimensions
from lamplighter.studies.review.cohort import Cohort
from lamplighter.studies.review.held import not_held
from lamplighter.studies.review.results import Count, Field, NotAnswered, counted

#: Stages in order; a report counts at the furthest that it reached, so a later stage never holds more.
STAGES = {
    "recorded": "Recorded",
    "named": "Suspect named",
    "spoken_to": "Suspect arrested or interviewed",
    "decision": "Put to a charging decision",
    "charged": "Charged or summonsed",
    "convicted": "Convicted",
}


def stages_not_held(cohort: Cohort) -> dict[str, NotAnswered]:
    """Stages of which the force holds nothing: that no report reached one is not known."""
    asked = {
        f"stage-{name}": not_held(cohort.bundle, f"stage-{name}") for name in STAGES if name != "recorded"
    }
    return {name: why for name, why in asked.items() if why is not None}


def stages_of(cohort: Cohort) -> dict[str, str]:
    """The stages that the force holds, in order."""
    gone = stages_not_held(cohort)
    return {name: title for name, title in STAGES.items() if f"stage-{name}" not in gone}


def attrition(cohort: Cohort) -> list[Count]:
    """Outcomes of the reports of the period, outcomes assigned in the period, ends, and the funnel."""
    if cohort.bundle.metadata.basis != "recorded":
        # Crimes are here because their outcome came in the period: none is open, and no stage is a share.
        return _of_assigned(cohort)
    reports = cohort.reports.with_columns(
        outcome_group=pl.coalesce("outcome_group", pl.lit("open")),
        end=pl.col("end").cast(pl.String).fill_null("open"),
    )
    made = [
        counted(
            reports,
            "outcomes-of-recorded",
            "Outcomes of the reports of the period",
            [dimensions.outcome_group(cohort.settings)],
            measure="reports",
            unit="reports",
            basis="Reports recorded in the period, whatever has become of them by the day of the extract",
            notes=("What is open falls as cases end: look at it before comparing with another period.",),
        ),
        counted(
            reports,
            "how-reports-ended",
            "How reports first ended",
            [dimensions.ends()],
            measure="reports",
            unit="reports",
            basis="Reports recorded in the period; a recorded withdrawal counts before a later outcome code",
        ),
    ]
    apart = reports.filter("outcome_conflict")
    if apart.height:
        made.append(
            counted(
                apart,
                "outcome-conflicts",
                "Reports to which two outcomes are given, by the one that is used",
                [dimensions.outcome_group(cohort.settings)],
                measure="reports_in_conflict",
                unit="reports",
                basis="Reports whose reference has two lines with different outcomes, or two at one moment",
                notes=(
                    "Both are kept. Where the force says which line stands, its outcome is used. Elsewhere "
                    "the later one is used, because an outcome can be changed; of two on one day the last. "
                    "Find out which is right before anything is made of these reports.",
                ),
            )
        )
    made += _of_assigned(cohort)
    made.append(
        counted(
            furthest(cohort),
            "furthest-stage",
            "The furthest stage that reports reached",
            [Field("furthest", "Furthest stage", stages_of(cohort))],
            measure="reports",
            unit="reports",
            basis="Reports recorded in the period, each at the furthest stage it has reached so far",
        )
    )
    return made


def _of_assigned(cohort: Cohort) -> list[Count]:
    assigned = _assigned(cohort)
    if not assigned.height:
        return []
    return [
        counted(
            assigned,
            "outcomes-assigned",
            "Outcomes assigned in the period",
            [dimensions.outcome_group(cohort.settings)],
            measure="outcomes_assigned",
            unit="outcomes",
            basis="Outcomes assigned between the first and last day of the period to reports in the "
            "bundle, whenever those were recorded",
            notes=("Another basis than the table of recorded reports: never divide one by the other.",),
        )
    ]


def _assigned(cohort: Cohort) -> pl.DataFrame:
    meta = cohort.bundle.metadata
    # A bundle without clock times has no calendar: there it was said when the bundle was made.
    inside = pl.coalesce(
        pl.col("in_period") == "yes", pl.col("at").dt.date().is_between(meta.period_from, meta.period_to)
    )
    late = (pl.col("late") == "yes").fill_null(value=False)
    latest = (
        cohort.bundle.done("outcome")
        .filter(pl.col("at").is_not_null() | late)
        .sort("report_id", late, "at", "event_id")
        .unique("report_id", keep="last", maintain_order=True)
    )
    groups = dict(cohort.settings.group_of_code)
    return latest.filter(inside).with_columns(
        outcome_group=pl.col("code").replace_strict(groups, default=None, return_dtype=pl.String)
    )


def furthest(cohort: Cohort) -> pl.DataFrame:
    """One row a report with its furthest stage. A later stage implies the earlier ones."""
    bundle = cohort.bundle

    def having(kind: str, code: str | None = None) -> pl.Series:
        events = bundle.done(kind, ("code",))
        if code is not None:
            events = events.filter(pl.col("code") == code)
        return events["report_id"].unique().implode()

    ident = pl.col("report_id")
    reached = {
        "convicted": ident.is_in(having("court_conclusion", "convicted")),
        "charged": pl.col("outcome_group") == "charged",
        "decision": ident.is_in(having("charging_decision")),
        "spoken_to": ident.is_in(having("arrest")) | ident.is_in(having("interview")),
        "named": pl.col("suspect_id").is_not_null() | ident.is_in(having("suspect_named")),
    }
    stage = pl.lit("recorded")
    for name in list(stages_of(cohort))[1:]:
        stage = pl.when(reached[name].fill_null(value=False)).then(pl.lit(name)).otherwise(stage)
    return cohort.reports.select("report_id", furthest=stage)
