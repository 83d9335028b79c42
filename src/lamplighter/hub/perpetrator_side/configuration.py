"""The parts of the configuration about work with the suspect: gate, programmes, typology."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from lamplighter.hub.site.config_files.part import Part
from lamplighter.hub.site.config_files.reading import Reading
from lamplighter.rule_files.faults import listed, nearest, quoted
from lamplighter.rule_files.schema import (
    MARKS,
    Document,
    Report,
    Row,
    Rows,
    Value,
    code,
    count,
    first_day,
    holds,
    origin,
    text,
    turns,
)

FOLDER = Path(__file__).with_name("data")
NOT_KNOWN = "not_known"
UNDETERMINED = "undetermined"
# What each means is written in the software: the gate says which of them a legal status allows.
MET = ("assessment_met", "assessment_required", "direct_voluntary", "direct_required")
WORKS = ("advice", "consultation", "signposting", *MET)
DIRECT = {"direct_voluntary": "Volunteers", "direct_required": "People under a requirement"}


def _statuses() -> Mapping[str, str]:
    from lamplighter.hub.cases.models import LegalStatus

    return {NOT_KNOWN: "Not recorded"} | dict(LegalStatus.Name.choices)


def _works() -> Mapping[str, str]:
    rows = (GATE.shipped_document() or {})["work"]
    return {row["code"]: row["title"] for row in rows}


def title(longest: int) -> Value:
    return text("title", "Words", longest=longest, shown=False)


# Claims ----------------------------------------------------------------------------------------------------


def _texts(given: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Yield every text of a document with the place that holds it."""
    if isinstance(given, str):
        yield path, given
    elif isinstance(given, dict):
        for name, inner in given.items():
            rows = isinstance(inner, list) and any(isinstance(one, dict) for one in inner)
            place = f"[[{name}]]" if rows else f"key {name}"
            yield from _texts(inner, f"{path}, {place}" if path else place)
    elif isinstance(given, list):
        for number, inner in enumerate(given, 1):
            yield from _texts(inner, f"{path} {number}" if isinstance(inner, dict) else path)


def _no_claims(document: Document, report: Report) -> None:
    """Refuse words that read as if what was delivered had made anybody less dangerous."""
    from lamplighter.hub.perpetrator_side import claims

    for place, words in _texts(document):
        for claim in claims.forbidden_in(words)[:1]:
            report.add(
                "claim",
                place,
                f"{quoted(claim)} is a claim about what a person is or will do.",
                "Say what is delivered, and nothing about danger.",
            )


def check_instrument(document: Document, report: Report) -> None:
    """Refuse such words in what is filled in during work with the suspect."""
    if document["use"] == "work":
        _no_claims(document, report)


# The gate --------------------------------------------------------------------------------------------------

RULE = Rows(
    "rule",
    "What a legal status allows",
    (
        Value("status", "Where the legal status is", many=True, one_of=_statuses),
        Value("work", "This work", many=True, one_of=_works),
        Value("allowed", "Is allowed", of=bool),
        Value("consultation", "After a consultation with the police or the CPS", of=bool, optional=True),
        text("why", "Because", longest=300),
        *origin(),
    ),
    code="",
    heading="status",
)
WORK = Rows("work", "Kinds of work", (code(), title(150)), dated=False)
GROUND = Rows(
    "ground",
    "On what footing somebody takes part",
    (
        code(longest=20),
        title(100),
        Value("work", "Kind of work", one_of=lambda: DIRECT),
        Value("status", "Only where the legal status is", many=True, optional=True, one_of=_statuses),
    ),
    dated=False,
)


def _check_gate(document: Document, report: Report, reading: Reading) -> None:
    there = {row["code"] for row in document["work"]}
    for name in sorted(set(WORKS) - there):
        what = f"there is no kind of work {quoted(name)}, which the software asks for."
        report.add("missing_code", "[[work]]", what, "Take it from the file as shipped.")
    for name in sorted(there - set(WORKS)):
        what = f"{quoted(name)} is a kind of work that the software does not know."
        report.add("unknown_code", "[[work]]", what, f"{nearest(name, WORKS)}It can be: {listed(WORKS)}.")
    _check_rulings(document["rule"], report)
    for number, row in enumerate(document["rule"], 1):
        unsafe = [work for work in MET if work in row["work"]]
        if row["allowed"] and NOT_KNOWN in row["status"] and unsafe:
            report.add(
                "unsafe",
                report.row(RULE, number, document["rule"]),
                f"allows {listed(unsafe)} where nobody has recorded the legal status.",
                f"Take {NOT_KNOWN} out of the row, or write allowed = false.",
            )
        if row.get("consultation") and not row["allowed"]:
            report.add(
                "contradiction",
                report.row(RULE, number, document["rule"]),
                "asks for a consultation, and allows nothing after it.",
                "Write allowed = true, or remove the key consultation.",
            )
    _no_claims(document, report)


def _check_rulings(rows: list[Row], report: Report) -> None:
    """Check that every status and kind of work is ruled on exactly once, on each day."""
    found: dict[tuple[str, str, int], dt.date] = {}
    for day in turns(rows, first_day((GATE.shipped_document() or {})["rule"])):
        held = [row for row in rows if holds(row, day)]
        for status in _statuses():
            for work in WORKS:
                times = sum(1 for row in held if status in row["status"] and work in row["work"])
                if times != 1:
                    found.setdefault((status, work, times), day)
    together: dict[tuple[dt.date, str, int], list[str]] = {}
    for (status, work, times), day in found.items():
        together.setdefault((day, work, times), []).append(status)
    for (day, work, times), statuses in together.items():
        who = f"{times} rules say" if times else "no rule says"
        what = f"from {day} on {who} whether {quoted(work)} is allowed for {listed(statuses)}."
        remedy = "One rule must, on each day." if times else "Add one that holds from that day."
        report.add("ruled_twice" if times else "not_ruled", "[[rule]]", what, remedy)


GATE = Part(
    "gate",
    "Legal status and work with the suspect",
    "Which work with the suspect each legal status allows, and on what footing somebody takes part.",
    FOLDER / "gate.toml",
    (RULE, GROUND, WORK),
    rules=_check_gate,
    also=("legal_status",),
)

# Programmes ------------------------------------------------------------------------------------------------


def _grounds() -> Mapping[str, str]:
    return {row["code"]: row["title"] for row in GATE.document()["ground"]}


HEALTH = Part(
    "health",
    "Health flags",
    "How soon somebody decides on a referral to a health service after a flag about the suspect.",
    FOLDER / "health.toml",
    (
        Rows(
            "limit",
            "Days",
            (
                code(),
                text("title", "Words", longest=150, shown=False),
                count("days", "For", "day", most=92),
                *origin(),
            ),
            # The software itself asks for it.
            always=("decision",),
        ),
    ),
    also=("referral", "mental"),
)


PROGRAMME = Rows(
    "programme",
    "Programmes",
    (
        code(),
        title(100),
        text("for_whom", "For whom", longest=200),
        text("dose", "Dose", longest=200),
        count("sessions", "Sessions (0: no fixed number)", least=0, most=200),
        count("follow_up_sessions", "Follow-up sessions", least=0, most=50),
        count("every_days", "One every", "day", most=366),
        Value("grounds", "Takes part as", many=True, words=_grounds),
        count("allocation_days", "A practitioner is allocated within", "day", most=366),
        count("chase_days", "A missed session is followed up within", "day", most=366),
        Value("allocation_mark", "How firm the time to allocate is", one_of=lambda: MARKS, optional=True),
        Value("chase_mark", "How firm the time to follow up is", one_of=lambda: MARKS, optional=True),
        *origin(),
        Rows(
            "criterion",
            "Asked before somebody is enrolled",
            (code(), text("question", "Question"), *origin(optional=True)),
            dated=False,
        ),
    ),
)


def _check_programmes(document: Document, report: Report, reading: Reading) -> None:
    gate = reading.state(GATE)
    grounds = [] if gate.faults else [row["code"] for row in gate.document["ground"]]
    rows = document["programme"]
    for number, row in enumerate(rows, 1):
        for ground in row["grounds"] if grounds else ():
            if ground not in grounds:
                report.add(
                    "unknown_code",
                    f"{report.row(PROGRAMME, number, rows)}, key grounds",
                    f"{quoted(ground)} is no ground of gate.toml.",
                    f"{nearest(ground, grounds)}It can be: {listed(grounds)}.",
                )
    _no_claims(document, report)


PROGRAMMES = Part(
    "programmes",
    "Programmes",
    "Which programmes are offered to suspects, to whom, how much of them, and how soon.",
    FOLDER / "programmes.toml",
    (PROGRAMME,),
    rules=_check_programmes,
)


# Typology --------------------------------------------------------------------------------------------------


def _check_words(document: Document, report: Report, reading: Reading) -> None:
    _no_claims(document, report)


TYPOLOGY = Part(
    "typology",
    "Types of stalking behaviour",
    "Which types and prior relationships can be recorded about a suspect, and in which words.",
    FOLDER / "typology.toml",
    (
        text("scheme", "Code of the scheme", longest=30, shown=False),
        text("scheme_title", "Scheme", longest=100),
        text("caution", "To keep in mind"),
        Rows(
            "type",
            "Types",
            (code(longest=30), title(100), text("words", "In words"), *origin()),
            always=(UNDETERMINED,),
        ),
        Rows(
            "relationship",
            "Prior relationship",
            (code(longest=30), title(100), *origin()),
            always=(NOT_KNOWN,),
        ),
    ),
    rules=_check_words,
)

PARTS = (GATE, PROGRAMMES, TYPOLOGY, HEALTH)
