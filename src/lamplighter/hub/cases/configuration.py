"""The part of the configuration that is about cases: thresholds, time limits, and why a case closes."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from lamplighter.hub.cases.status.states import MOVES, TRIAGE, State
from lamplighter.hub.site.config_files.part import Part
from lamplighter.hub.site.config_files.reading import Reading
from lamplighter.rule_files.faults import listed, quoted
from lamplighter.rule_files.reading import at as toml_at
from lamplighter.rule_files.schema import (
    Document,
    Report,
    Row,
    Rows,
    Value,
    code,
    count,
    first_day,
    holds,
    is_kind,
    origin,
    text,
    turns,
)
from lamplighter.vocabulary import current

SHIPPED = Path(__file__).with_name("rules.toml")
FOLLOW_UP = "case.follow_up_"
PERIODS = {"working_days": "working day", "days": "day", "months": "month"}
PREFIX = "case."
# Pages of a case that a time limit can lead to.
PAGES = {
    "cases:case": "The case",
    "cases:triage": "Decide on the referral",
    "cases:move": "Change the stage",
    "cases:close": "Close the case",
    "cases:follow_up": "Follow-up",
    "cases:legal": "Legal status",
    "cases:people": "People",
    "cases:agencies": "Agencies",
    "cases:work": "Time spent",
}

# Whom a time limit belongs to: who decides on referrals, who put the case into this state, or the agency
# of this kind that works on the case.
HUB, DECIDER = "hub", "decider"
WHOSE = {
    HUB: "Who decides on referrals",
    DECIDER: "Who took this decision",
    "police": "The police force on the case",
    "health": "The health service on the case",
    "advocacy": "The advocacy service on the case",
    "probation": "The probation service on the case",
}


def _states() -> Mapping[str, str]:
    return {state.value: state.label for state in State}


def _decisions() -> Mapping[str, str]:
    return {state.value: state.label for state in TRIAGE}


def _is_kind(value: str) -> str | None:
    return is_kind(value) if value.startswith(PREFIX) else f"begin with {PREFIX}"


TITLE = text("title", "Words", longest=200, shown=False)
THRESHOLDS = Rows(
    "threshold",
    "Thresholds for deciding on a referral",
    (
        code(longest=60),
        TITLE,
        Value("for", "Allows", many=True, one_of=_decisions),
        Value("police_check", "Asks for a police safeguarding check first", bool, optional=True),
        *origin(),
    ),
)
CLOCKS = Rows(
    "clock",
    "Time limits",
    (
        Value("kind", "Code", longest=60, shape=_is_kind, shown=False),
        text("text", "What is to be done", longest=200, shown=False),
        count("working_days", "Within", "working day", most=366, optional=True),
        count("days", "Within", "day", most=3_660, optional=True),
        count("months", "Within", "month", most=120, optional=True),
        count("danger_hours", "Where somebody is in danger now, within", "hour", most=72, optional=True),
        Value("starts_with", "Starts when the case is", many=True, one_of=_states, may_be_empty=True),
        Value("runs_in", "Runs while the case is", many=True, one_of=_states),
        Value("done_on", "Done when the case becomes", many=True, one_of=_states, may_be_empty=True),
        Value("page", "Done on the page", one_of=lambda: PAGES),
        Value("whose", "Belongs to", one_of=lambda: WHOSE, optional=True),
        Value("again", "Starts again when it is done", bool, optional=True),
        *origin(),
    ),
    code="kind",
    heading="text",
    # The list of referrals and the page of a follow-up ask for these.
    always=(
        "case.triage",
        *(row["kind"] for row in toml_at(SHIPPED)["clock"] if row["kind"].startswith(FOLLOW_UP)),
    ),
)
CURRENT = Rows(
    "current",
    "What “current” means when a case closes",
    (
        code(longest=60),
        TITLE,
        # Of before: the days are those of vocabulary/current.toml, by which the list of patterns counts.
        count("weeks", "Looked back", "week", most=520, optional=True),
        *origin(),
    ),
    single=True,
)
OUT_OF_HOURS = Rows(
    "out_of_hours",
    "What the pages say when somebody is in danger, at any hour",
    (code(longest=60), text("title", "Words", longest=600, shown=False), *origin()),
    single=True,
)
AGE = Rows(
    "age",
    "Until when somebody is a child",
    (
        code(longest=60),
        TITLE,
        count("years", "Until the age of", "year", most=25),
        Value("adults_only", "Not for a suspect who is a child", many=True, may_be_empty=True, shown=False),
        *origin(),
    ),
    single=True,
)
CHOICES = (code(longest=60), TITLE, *origin(optional=True))
CLOSINGS = Rows(
    "closing",
    "Reasons for closing a case",
    (
        *CHOICES,
        Value("not_current", "Asks that it is not current, and that two agencies agree", bool, optional=True),
    ),
    some=True,
)
ACTIVITIES = Rows("activity", "What time is spent on", CHOICES, some=True)
MAPPA = Rows(
    "mappa",
    "Categories of MAPPA",
    (code(longest=20), text("title", "Words", longest=100, shown=False), *origin()),
    # A hub whose file was written before this table was has no category to choose.
    optional=True,
)


def _check(document: Document, report: Report, reading: Reading) -> None:
    held = {row["code"] for row in document["threshold"]}
    for number, row in enumerate(document["age"], 1):
        for name in sorted({*row.get("adults_only", ())} - held):
            place = report.row(AGE, number, document["age"])
            report.add(
                "no_such_threshold",
                f"{place}, key adults_only",
                f"{quoted(name)} is no threshold.",
                "Name codes of [[threshold]].",
            )
    _thresholds(document["threshold"], report)
    for number, row in enumerate(document["current"], 1):
        since = current.newest().valid_from
        if "weeks" in row and ("until" not in row or row["until"] > since):
            report.add(
                "weeks_not_used",
                report.row(CURRENT, number, document["current"]),
                f"has weeks, and from {since} on the software counts {current.newest_days()} days.",
                f"End it with until = {since}, and take the row after it from the file as shipped.",
            )
    for number, row in enumerate(document["clock"], 1):
        _clock(row, report.row(CLOCKS, number, document["clock"]), report)


def _thresholds(rows: list[Row], report: Report) -> None:
    """Every decision needs a threshold on each day since the hub has it: without one it cannot be taken."""
    shipped = (PART.shipped_document() or {})["threshold"]
    for decision in TRIAGE:
        since = first_day([row for row in shipped if decision in row["for"]])
        for day in turns(rows, since):
            if not any(decision in row["for"] for row in rows if holds(row, day)):
                report.add(
                    "no_threshold",
                    "[[threshold]]",
                    f"from {day} on no threshold allows the decision {quoted(decision.value)}.",
                    f"Name {decision.value} in “for” of a threshold that holds on that day.",
                )
                break


def _clock(row: Row, place: str, report: Report) -> None:
    given = [name for name in PERIODS if name in row]
    if len(given) != 1:
        what = f"has {listed(given)}." if given else "has no period."
        report.add("not_one_period", place, what, f"Give one of {listed(PERIODS)}.")
    starts, runs, done = (set(row[name]) for name in ("starts_with", "runs_in", "done_on"))
    if not starts:
        report.add(
            "never_starts",
            place,
            "nothing can start this time limit: starts_with is empty.",
            "Name the states in which it starts.",
        )
    for state in sorted(starts - runs):
        report.add(
            "starts_where_it_does_not_run",
            place,
            f"starts when a case becomes {quoted(state)}, in which it does not run.",
            f"Add {state} to runs_in.",
        )
    for state in sorted(done & runs):
        report.add(
            "never_done",
            place,
            f"is done when a case becomes {quoted(state)}, in which it goes on running.",
            f"Take {state} out of runs_in or of done_on.",
        )
    after = {to for state in runs for to in MOVES[State(state)]}
    for state in sorted(done - runs - after):
        report.add(
            "cannot_follow",
            place,
            f"is done when a case becomes {quoted(state)}, which no state in runs_in leads to.",
            f"From {listed(sorted(runs))} a case can become {listed(sorted(after - runs))}.",
        )


def period(row: Mapping[str, Any]) -> tuple[int, str]:
    """Return how long a time limit is: how many, and of what (``"working day"``, ``"day"``, ``"month"``)."""
    return next((row[name], one) for name, one in PERIODS.items() if name in row)


PART = Part(
    "cases",
    "Cases",
    "When a referral is taken on, which time limits run in each stage of a case, and why a case may close.",
    SHIPPED,
    (THRESHOLDS, CLOCKS, OUT_OF_HOURS, CURRENT, CLOSINGS, ACTIVITIES, AGE, MAPPA),
    rules=_check,
    also=("clocks", "time_limits", "thresholds", "rules"),
)
PARTS = (PART,)
