"""Say what the files of a register and of a plan may hold."""

from __future__ import annotations

import datetime as dt
import re

from lamplighter.rule_files.schema import (
    UPKEEP,
    Group,
    Rows,
    Schema,
    Value,
    code,
    count,
    is_code,
    origin,
    text,
)

NOT_HELD = "text not held"
NUMBER_NOT_HELD = "not held"
CLAIMS = {
    "accepted": "accepted it",
    "accepted_in_part": "accepted part of it",
    "rejected": "rejected it",
    "in_progress": "said that work is under way",
    "date_moved": "gave a later date",
    "not_done": "said that it is not done",
    "done": "said that it is done",
}
"""What a body can say of a recommendation, and the words for it."""
FINDINGS = {"met": "met", "not_met": "not met", "cannot_tell": "cannot be told"}
_ADDRESS = re.compile(r"https?://[^\s<>\"]+")


def is_address(value: str) -> str | None:
    """Check an address of a page."""
    return None if _ADDRESS.fullmatch(value) else "begin with https:// and have no spaces"


def _address(name: str, label: str, many: bool = False) -> Value:
    return Value(name, label, longest=600, shape=is_address, many=many)


def _day(name: str, label: str, *, optional: bool = False) -> Value:
    return Value(name, label, of=dt.date, optional=optional)


def _number(name: str, label: str) -> Value:
    return Value(name, label, of=float, optional=True)


def _long(name: str, label: str, *, optional: bool = False) -> Value:
    return text(name, label, longest=3000, optional=optional)


def _body(name: str, label: str, *, optional: bool = False) -> Value:
    return Value(name, label, longest=60, shape=is_code, optional=optional)


_LATER_WITHDRAWN = (
    _day("withdrawn", "Withdrawn from the register on", optional=True),
    text("why_withdrawn", "Why it was withdrawn", optional=True),
)

SOURCE: Schema = (
    code(name="id"),
    text("title", "Title"),
    text("publisher", "Publisher"),
    _day("published", "Published"),
    _address("address", "Address"),
    count("recommendations", "Recommendations", "recommendation"),
    _day("recorded", "Entered in the register"),
    _long("held", "What is held of it"),
    *origin(),
    Rows(
        "addressed",
        "To whom how many are addressed",
        (_body("to", "To"), count("count", "Recommendations"), *origin()),
        code="to",
        dated=False,
        optional=True,
    ),
    Rows(
        "looked",
        "What was read for the register",
        (
            _day("on", "Read on"),
            _body("body", "Published by", optional=True),
            _address("address", "Address"),
            _long("found", "What it holds"),
            Value("whole", "All of it, as it stood that day", of=bool, optional=True),
        ),
        code="",
        dated=False,
        optional=True,
    ),
    UPKEEP,
)

RECOMMENDATION: Schema = (
    code(name="id", longest=80),
    Value("source", "Publication", longest=80, shape=is_code),
    text("number", "Number", longest=20),
    text("title", "Short title"),
    _long("words", "Exact words"),
    _long("asks", "What it asks, in our words", optional=True),
    text("page", "Page", optional=True),
    Value("to", "Addressed to", many=True, may_be_empty=True, shape=is_code),
    _day("recorded", "Entered in the register"),
    text("mark", "How firm"),
    Value("read_at", "Where it was read", many=True, shape=is_address),
    _long("note", "Note", optional=True),
    _long("no_rule", "Why there is no rule", optional=True),
    Group(
        "due",
        "First due date",
        (_day("date", "Due"), *origin()),
        optional=True,
    ),
    Rows(
        "part",
        "Parts",
        (text("number", "Number", longest=20), _long("words", "Exact words"), _long("asks", "What it asks")),
        code="number",
        dated=False,
        optional=True,
    ),
    Rows(
        "rule",
        "Rules of the verdict",
        (
            code(name="id"),
            _day("written", "Written on"),
            text("by", "Written by"),
            _long("text", "In words"),
            Value("measure", "Measure", optional=True, shape=is_code),
            _number("at_least", "Met from"),
            _number("at_most", "Met up to"),
        ),
        code="id",
        dated=False,
        optional=True,
    ),
    Rows(
        "claim",
        "What was said",
        (
            _body("by", "Said by"),
            _body("about", "Said of", optional=True),
            Value("kind", "What", one_of=lambda: CLAIMS),
            _day("on", "Said on"),
            Value("by_then", "Said on that day or before", of=bool, optional=True),
            _day("new_date", "The later date", optional=True),
            _day("recorded", "Entered in the register"),
            _long("text", "In our words"),
            _address("link", "Address"),
            text("archive", "Hash of the page as read", optional=True),
            *_LATER_WITHDRAWN,
        ),
        code="",
        dated=False,
        optional=True,
    ),
    Rows(
        "evidence",
        "What the evidence shows",
        (
            _body("about", "About"),
            Value("rule", "Judged by", optional=True, shape=is_code),
            _day("published", "Published on"),
            _day("recorded", "Entered in the register"),
            _day("first", "Period from", optional=True),
            _day("last", "Period to", optional=True),
            Value("measure", "Measure", optional=True, shape=is_code),
            _number("value", "Value"),
            _number("low", "Interval from"),
            _number("high", "Interval to"),
            Value("found", "Finding", one_of=lambda: FINDINGS, optional=True),
            text("read_by", "Read by", optional=True),
            text("checked_by", "Checked by", optional=True),
            _long("text", "In our words"),
            _address("link", "Address"),
            text("archive", "Hash of the page as read", optional=True),
            *_LATER_WITHDRAWN,
        ),
        code="",
        dated=False,
        optional=True,
    ),
    UPKEEP,
)

RULES: Schema = (
    Rows(
        "body",
        "Whom recommendations are addressed to",
        (
            code(longest=60),
            text("title", "Name"),
            Value("each", "Asked one by one", one_of=lambda: {"forces": "Police forces"}, optional=True),
            *origin(),
        ),
    ),
    Rows(
        "lapse",
        "When an accepted recommendation lapses",
        (code(), text("title", "Title"), count("days", "Days", "day"), *origin()),
        single=True,
    ),
    UPKEEP,
)
