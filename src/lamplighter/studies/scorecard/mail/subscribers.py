"""Read subscribers with their topics, and how messages leave: two TOML files of the publisher.

A fault names the row and never the address.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from email.errors import MessageError
from email.headerregistry import Address
from pathlib import Path
from typing import Any

from lamplighter.rule_files import reading
from lamplighter.rule_files.faults import RuleFileError
from lamplighter.rule_files.schema import Report, Rows, Value, check, text
from lamplighter.studies.forces.measures import cards
from lamplighter.studies.scorecard.folder import ScorecardError
from lamplighter.studies.scorecard.releases.released import every_card
from lamplighter.vocabulary.codes import code_set

EVERYTHING, COUNTRY, REGISTER = "everything", "country", "register"
FORCE, MEASURE = "force:", "measure:"


@dataclass(frozen=True, slots=True)
class Subscriber:
    """One who asked on a day to be told of topics. Its address is in no text that is printed."""

    address: str
    topics: tuple[str, ...]
    since: dt.date

    def __repr__(self) -> str:
        return f"Subscriber(…, {self.topics}, {self.since})"


@dataclass(frozen=True, slots=True)
class Post:
    """Settings of messages: from whom, whom to write to in order to stop, and the mail server, if any."""

    sender: str
    stop: str
    site: str
    sender_name: str = ""
    host: str = ""
    port: int = 587
    security: str = "starttls"
    user: str = ""
    authority: str = ""


def _an_address(value: str) -> str | None:
    try:
        made = Address(addr_spec=value)
    except (MessageError, ValueError, IndexError):
        return "be an address, as name@example.org"
    whole = made.username and "." in made.domain and value.isascii() and not re.search(r"[\s,;<>]", value)
    return None if whole else "be an address, as name@example.org"


def _topics() -> dict[str, str]:
    named = {EVERYTHING: "", COUNTRY: "", REGISTER: ""}
    named |= {f"{FORCE}{code}": row.title for code, row in code_set("forces").codes.items()}
    named |= {f"{MEASURE}{card.name}": card.title for card in cards()}
    return named | {f"{MEASURE}{card.name}": card.title for card in every_card()}


_SUBSCRIBER = Rows(
    "subscriber",
    "Subscribers",
    (
        # Its shape is looked at below: a fault of the file's schema would print it.
        Value("address", "Address"),
        Value("topics", "Topics", many=True, one_of=_topics),
        Value("since", "Asked on", of=dt.date),
    ),
    code="",
    dated=False,
)
_POST = (
    text("sender", "Sender", shape=_an_address),
    text("sender_name", "Name of the sender", longest=100, optional=True),
    text("stop", "Address to write to in order to stop", shape=_an_address),
    text(
        "site",
        "Address of the site",
        shape=lambda v: None if re.fullmatch(r"https?://[^\s<>\"?#]+", v) else "begin with https://",
    ),
    text("host", "Mail server", longest=200, optional=True),
    Value("port", "Port", of=int, least=1, most=65_535, optional=True),
    Value("security", "Security", one_of=lambda: {"starttls": "", "tls": ""}, optional=True),
    text("user", "User name", longest=200, optional=True),
    text("authority", "File of certificates to trust", longest=400, optional=True),
)


def read_subscribers(path: Path) -> tuple[Subscriber, ...]:
    """Return everybody who asked to be told. Raises ``ScorecardError`` by file and row, no address."""
    rows = _read(path, (_SUBSCRIBER,))["subscriber"]
    report = Report(path.name, "")
    seen: set[str] = set()
    for number, row in enumerate(rows, 1):
        where = f"[[subscriber]] {number}"
        if _an_address(row["address"]) is not None:
            report.add("not_an_address", where, "address is none.", "Write it as name@example.org.")
        if row["address"].casefold() in seen:
            report.add("twice", where, "the address is listed twice.", "Keep one row with all its topics.")
        seen.add(row["address"].casefold())
    if report.faults:
        raise ScorecardError(str(RuleFileError(report.faults)))
    return tuple(Subscriber(r["address"], tuple(dict.fromkeys(r["topics"])), r["since"]) for r in rows)


def read_post(path: Path) -> Post:
    """Return how messages leave. Raises ``ScorecardError``."""
    return Post(**_read(path, _POST))


def _read(path: Path, schema: tuple[Any, ...]) -> dict[str, Any]:
    try:
        content = path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError):
        raise ScorecardError(
            "The file is missing, or is no text in UTF-8.",
            file=path.name,
            remedy="docs/scorecard.md shows one.",
        ) from None
    report = Report(path.name, content)
    document = reading.parse(report)
    if document is not None:
        check(schema, document, report)
    if document is None or report.faults:
        raise ScorecardError(str(RuleFileError(report.faults)))
    return dict(document)
