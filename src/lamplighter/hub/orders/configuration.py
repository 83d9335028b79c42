"""The part of the configuration about orders: kinds, what each asks for, time limits, warnings, grounds."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from lamplighter.hub.law import configuration as law
from lamplighter.hub.site.config_files.part import Part
from lamplighter.hub.site.config_files.reading import Reading
from lamplighter.rule_files.faults import listed, quoted
from lamplighter.rule_files.schema import Document, Report, Rows, Value, code, count, origin, text
from lamplighter.vocabulary.codes import code_set

SHIPPED = Path(__file__).with_name("rules.toml")
PERIODS = ("hours", "days", "working_days")
# The software itself starts these.
LIMITS = ("decision", "court_end", "service", "answer", "stalking", "victim", "enforce", "zone")
NOTIFY = {"served": "The day of service", "made": "The day on which it was made"}
WARNINGS = ("early", "late", "last")
OTHER = "other"
KINDS = ("spo_interim", "spo", "restraining", OTHER)


def _counted() -> Mapping[str, str]:
    return {name: str(found.title) for name, found in code_set("order_kinds").codes.items()}


def _declined() -> Mapping[str, str]:
    return {name: str(found.title) for name, found in code_set("decline_reasons").codes.items()}


def _switches() -> Mapping[str, str]:
    return {name: name for name in law.CODES}


TITLE = text("title", "Words", longest=150, shown=False)
HINT = text("hint", "Hint", longest=400, optional=True)
WITHIN = (
    count("hours", "Within", "hour", most=24 * 60, optional=True),
    count("days", "Within", "day", most=366, optional=True),
    count("working_days", "Within", "working day", most=60, optional=True),
)
KIND = Rows(
    "kind",
    "Kinds of orders",
    (
        code(),
        TITLE,
        HINT,
        Value("counts_as", "Counted as", one_of=_counted),
        # Signed for each area where the switch is.
        Value("switch", "Applied for where this change of law is in force", one_of=_switches, optional=True),
        Value("applied_for", "Is applied for", bool),
        Value("requirements", "Can require something", bool),
        Value("open_ended", "Can hold until a further order", bool),
        count("least_months", "Holds for at least", "month", most=240, optional=True),
        count("monitoring_months", "Electronic monitoring for at most", "month", most=60, optional=True),
        count("notify_days", "Name and address are notified within", "day", most=60, optional=True),
        Value("notify_from", "Counted from", one_of=lambda: NOTIFY, optional=True),
        # An interim order that a full one of this kind takes the place of.
        text("then", "Is followed by", longest=40, optional=True, shown=False),
        Value("probation", "Probation enforces it", bool, optional=True),
        Value("bail", "A change of it is a change of bail", bool, optional=True),
        text("breach", "Where it is broken", longest=300),
        *origin(),
    ),
    always=KINDS,
)
LIMIT = Rows("limit", "Time limits", (code(), TITLE, *WITHIN, *origin()), always=LIMITS)
WARNING = Rows(
    "warning",
    "Orders that end soon",
    (
        code(),
        TITLE,
        count("before_days", "This long before the last day", "day", most=366),
        count("days", "And is decided within", "day", most=366),
        Value("triggers", "Makes an assessment of the risk due", bool),
        *origin(),
    ),
    always=WARNINGS,
)
GROUND = Rows(
    "ground",
    "Grounds not to apply",
    (code(), TITLE, HINT, Value("counts_as", "Counted as", one_of=_declined), *origin()),
    some=True,
)


def _check(document: Document, report: Report, reading: Reading) -> None:
    limits = document["limit"]
    for number, row in enumerate(limits, 1):
        given = [name for name in PERIODS if name in row]
        if len(given) != 1:
            what = f"has {listed(given)}." if given else "has no period."
            remedy = f"Give one of {listed(PERIODS)}."
            report.add("not_one_period", report.row(LIMIT, number, limits), what, remedy)
    kinds = document["kind"]
    codes = {row["code"] for row in kinds}
    for number, row in enumerate(kinds, 1):
        place = report.row(KIND, number, kinds)
        if ("notify_days" in row) != ("notify_from" in row):
            missing = "notify_from" if "notify_days" in row else "notify_days"
            report.add("half_a_period", f"{place}, key {missing}", "is missing.", "Give both, or neither.")
        if "then" in row and row["then"] not in codes:
            what = f"{quoted(row['then'])} is no kind."
            report.add("no_such_kind", f"{place}, key then", what, "Name the code of a kind.")
    warnings = document["warning"]
    for number, row in enumerate(warnings, 1):
        if row["days"] >= row["before_days"]:
            what = "is decided no sooner than the order ends."
            place = report.row(WARNING, number, warnings)
            report.add("too_late", f"{place}, key days", what, "Give fewer days than before_days.")


PART = Part(
    "orders",
    "Orders",
    "Kinds of orders that protect, what each asks for, time limits, warnings before they end, and grounds.",
    SHIPPED,
    (KIND, LIMIT, WARNING, GROUND),
    rules=_check,
    also=("spo", "protection_orders", "breaches"),
)
PARTS = (PART,)
