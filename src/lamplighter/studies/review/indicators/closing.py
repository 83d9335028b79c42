"""Indicators 18 to 20 and 27: what was looked into, who signed, who was told, and how long it took."""

from __future__ import annotations

import polars as pl

from lamplighter.studies.review.cohort import Cohort
from lamplighter.studies.review.indicators.rules import first_at, judged, not_after, once, result, ripe
from lamplighter.vocabulary.codes import code_set

NO_FURTHER_ACTION = ("nfa_victim_supports", "nfa_other")
#: Behaviours that come by call, text or message, for which communications data can be asked.
COMMUNICATED = ("phone", "text_message", "email", "social_media")
ASKED = ("comms_data", "platform", "handset")


@once
def _ended_without_action(cohort: Cohort) -> pl.DataFrame:
    """Cases with a report whose standing outcome is one of no further action."""
    reports = cohort.reports.select("case", "outcome_group")
    ended = reports.filter(pl.col("outcome_group").is_in(NO_FURTHER_ACTION))
    return ended.select("case").unique().sort("case")


def resolved(cohort: Cohort) -> pl.DataFrame:
    """18a: every line of enquiry that applied was resolved, one way or another, with a reason.

    A "no" on record is a line that is not resolved, unless a state that the record has of it stands.
    """
    states = code_set("enquiry_states").codes
    done = [code for code, row in states.items() if row.extra.get("resolved")]
    no = cohort.said_no("enquiry_line").with_columns(pl.lit(None, pl.String).alias("status"))
    of_a_line = no.filter(pl.col("code").is_not_null())
    states_of = cohort.of_cases("enquiry_line", "code", "at", "event_id", "status").drop("report_id")
    last = (
        pl.concat([of_a_line.select(states_of.columns), states_of])
        .sort("at", "event_id", nulls_last=False)
        .group_by("case", "code")
        .agg(state=pl.col("status").last())
        .group_by("case")
        .agg(done=pl.col("state").is_in(done).fill_null(value=False).all())
    )
    return judged(cohort, _ended_without_action(cohort).join(last, on="case", how="left"), "enquiry_line")


def comms_not_asked(cohort: Cohort) -> pl.DataFrame:
    """18b: calls, texts or messages were described, and nobody asked for the data. Met means not asked.

    Where lines of enquiry are on record and none asks for the data, or a "no" is, nobody asked. Where nothing
    at all is recorded of any line, that is a silence and not an answer.
    """
    described = (
        cohort.bundle.table("behaviours")
        .filter(pl.col("channel").is_in(COMMUNICATED))
        .join(cohort.reports.select("report_id", "case"), on="report_id", how="inner")
        .select("case")
        .unique()
    )
    lines = cohort.of_cases("enquiry_line", "code", "status")
    asking = pl.col("code").is_in(ASKED) & pl.col("status").is_in(["requested", "done", "refused"])
    asked = lines.group_by("case").agg(asked=asking.fill_null(value=False).any())
    no = cohort.not_done("enquiry_line").implode()
    return (
        _ended_without_action(cohort)
        .join(described, on="case", how="semi")
        .join(asked, on="case", how="left")
        .with_columns(
            result(~pl.coalesce("asked", pl.when(pl.col("case").is_in(no)).then(pl.lit(value=False))))
        )
    )


def signed(cohort: Cohort) -> pl.DataFrame:
    """19a: supervisor and stalking lead both signed before outcome 15 or 16 was given."""
    closing = first_at(cohort, "outcome", pl.col("code").is_in(["15", "16"]))
    signatures = (
        cohort.of_cases("sign_off", "at", "at_precision", "code")
        .join(closing, on="case", how="inner")
        .filter(not_after("at", "since"))
        .group_by("case")
        .agg(both=pl.col("code").n_unique() == len(code_set("signatories").codes))
    )
    any_dated = cohort.of_cases("sign_off").select("case").unique().with_columns(any=pl.lit(value=True))
    return (
        closing.join(signatures, on="case", how="left")
        .join(any_dated, on="case", how="left")
        .with_columns(done=pl.when(pl.col("any")).then(pl.col("both").fill_null(value=False)))
        .pipe(lambda cases: judged(cohort, cases, "sign_off"))
    )


def told(cohort: Cohort) -> pl.DataFrame:
    """19b: the victim was told of the closure by the end of the Code's period, which the bundle gives.

    By case: whoever is told that nothing further happens is told of the case, not of each report in it.
    """
    ended = pl.col("outcome").is_not_null() & pl.col("outcome_group").ne_missing("charged")
    reports = cohort.reports.select("case", "outcome", "outcome_group")
    closed = reports.filter(ended).select("case").unique().sort("case")
    informed = (
        cohort.of_cases("victim_informed", "code", "at", "due_at")
        .filter(pl.col("code") == "closure")
        .group_by("case")
        .agg(
            done=pl.when(pl.col("due_at").is_null())
            .then(None)
            .otherwise(pl.col("at").dt.date() <= pl.col("due_at").dt.date())
            .any(ignore_nulls=False)  # told, with no day to hold it against, is not recorded
        )
    )
    return judged(cohort, closed.join(informed, on="case", how="left"), "victim_informed")


def devices(cohort: Cohort) -> pl.DataFrame:
    """20: a usable result in time, of devices whose time has passed, whether or not they had one sooner.

    Of a device without any result it is not recorded, unless a "no" is.
    """
    limit = cohort.settings.windows["device_days"]
    submitted = (
        cohort.bundle.events("device_submitted")
        .filter(pl.col("at").is_not_null() & pl.col("item").is_not_null())
        .group_by("item")
        .agg(since=pl.col("at").min())
    )
    results = (
        cohort.bundle.events("device_result")
        .join(submitted, on="item", how="inner")
        .with_columns(days=(pl.col("at").dt.date() - pl.col("since").dt.date()).dt.total_days())
        .group_by("item")
        .agg(
            done=((pl.col("days") <= limit) & pl.col("status").is_in(["usable", "nothing"]))
            .fill_null(value=False)
            .any()
        )
    )
    no = pl.col("item").is_in(cohort.bundle.said_no("device_result")["item"].implode())
    none = pl.when(no.fill_null(value=False)).then(pl.lit(value=False))
    return (
        submitted.join(results, on="item", how="left")
        .filter(ripe(cohort, "since", days=limit))
        .sort("item")
        .with_columns(result(pl.coalesce("done", none)))
    )


def days_to_outcome(cohort: Cohort) -> pl.DataFrame:
    """27a: days to the outcome that stands, ``event`` false for reports still open: for a survival method."""
    known = pl.col("outcome").is_null() | pl.col("outcome_day").is_not_null() | pl.col("end_late")
    reports = cohort.reports.select("report_id", "outcome", "outcome_day", "followed", "end_late")
    return reports.filter(known).select(
        "report_id",
        days=pl.coalesce("outcome_day", pl.col("followed").clip(0)),
        event=pl.col("outcome_day").is_not_null(),
    )


def time_limit(cohort: Cohort) -> pl.DataFrame:
    """27b: closed because the six months for the summary offence had passed, of reports with that offence."""
    summary_only = (
        cohort.bundle.table("offences")
        .filter(pl.col("offence") == "stalking_s2a")
        .select("report_id")
        .unique()
    )
    reports = cohort.reports.select("report_id", "case", "outcome")
    return reports.join(summary_only, on="report_id", how="semi").with_columns(
        result((pl.col("outcome") == "17").fill_null(value=False))
    )
