"""Measures by which forces are compared, as cards that can be read, reviewed and changed without code."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files

from lamplighter.rule_files import reading
from lamplighter.rule_files.faults import RuleFileError
from lamplighter.rule_files.schema import UPKEEP, Group, Report, Rows, Value, check, code, text
from lamplighter.vocabulary.upkeep import Change

FILE = "measures.toml"
BASES = {"recorded": "of crimes recorded in the period", "assigned": "of outcomes assigned in it"}
DIRECTIONS = {
    "none": "no direction: neither more nor less is better",
    "more": "more is better",
    "less": "less is better",
}


@dataclass(frozen=True, slots=True)
class Measure:
    """One card. A measure without ``outcomes`` is a rate for every 1,000 crimes of all kinds.

    ``not_held`` says why there is no figure; empty where there is one.
    """

    name: str
    title: str
    outcomes: tuple[str, ...]
    basis: str
    of: str
    gate: bool
    why: str
    gaming: str
    paired: str
    must_not: str
    numerator: str
    denominator: str
    comes_from: str
    unit: str
    maturity: str
    direction: str
    author: str
    checker: str
    next_review: dt.date
    changes: tuple[Change, ...]
    not_held: str = ""

    @property
    def is_rate(self) -> bool:
        return not self.outcomes

    def overdue(self, on: dt.date) -> bool:
        """Tell whether the card should have been reviewed before ``on``."""
        return self.next_review < on


@dataclass(frozen=True, slots=True)
class Settings:
    """Limits of the gate and of the page."""

    open_share: float
    fewest: int
    quarter_expected: float
    page_level: float
    winsorised: float
    inner: float
    outer: float
    intervals: float


_CHANGE = Rows(
    "change",
    "Changes",
    (Value("on", "On", of=dt.date), text("by", "By", longest=200), text("what", "What was changed")),
    code="",
    heading="what",
    dated=False,
)
_WORDS = ("why", "gaming", "must_not", "numerator", "denominator", "comes_from", "unit", "maturity")
CARD = Rows(
    "measure",
    "Measures",
    (
        code("Name", name="name"),
        text("title", "Title", longest=120),
        Value("outcomes", "Outcomes that count", many=True, may_be_empty=True),
        Value("basis", "Basis", one_of=lambda: BASES),
        text("of", "Of what", longest=120),
        Value("gate", "Left out with many open cases", of=bool),
        *(text(name, name.replace("_", " ").capitalize()) for name in _WORDS),
        Value("direction", "Direction", one_of=lambda: DIRECTIONS),
        text("paired", "Read beside it"),
        text("author", "Author", longest=200),
        text("checker", "Checked by", longest=200),
        Value("next_review", "Next review", of=dt.date),
        text("not_held", "Why there is no figure", optional=True),
        _CHANGE,
    ),
    code="name",
    dated=False,
)
_SETTINGS = Group(
    "settings",
    "Limits",
    tuple(Value(name, name, of=int if name == "fewest" else float) for name in Settings.__dataclass_fields__),
)


def cards_in(content: str, file: str = FILE) -> tuple[Measure, ...]:
    """Return the cards of a file. Raises ``RuleFileError`` that names each fault, the file and the line."""
    document = reading.parsed(content, file)
    report = Report(file, content)
    check((CARD, _SETTINGS, UPKEEP), document, report)
    rows = document.get("measure", [])
    if not report.faults:
        names = {row["name"] for row in rows}
        for number, row in enumerate(rows, 1):
            if row["paired"] not in names - {row["name"]}:
                report.add(
                    "no_such_pair",
                    f"{report.row(CARD, number, rows)}, key paired",
                    "no other card has the name of the measure to read beside it.",
                    "Name another card of the file.",
                )
    if report.faults:
        raise RuleFileError(report.faults)
    return tuple(_card(row) for row in rows)


def _card(row: dict[str, object]) -> Measure:
    rest = {name: value for name, value in row.items() if name not in ("change", "outcomes")}
    outcomes, changes = row["outcomes"], row["change"]
    assert isinstance(outcomes, list)
    assert isinstance(changes, list)
    return Measure(**rest, outcomes=tuple(outcomes), changes=tuple(Change(**c) for c in changes))  # type: ignore[arg-type]  # checked above


@cache
def cards() -> tuple[Measure, ...]:
    """Return every card, also of what is not held, in the order of the page. Raises ``RuleFileError``."""
    return cards_in(_shipped())


@cache
def measures(*, of_reports: bool = False) -> tuple[Measure, ...]:
    """Return the cards of what can be counted, in the order of the page.

    Args:
        of_reports: in words for reports of stalking.

    Raises:
        RuleFileError: the file of the cards is not as it should be.
    """
    held = tuple(card for card in cards() if not card.not_held)
    if not of_reports:
        return held
    return tuple(_of_reports(card) for card in held)


def _of_reports(card: Measure) -> Measure:
    def said(text: str) -> str:
        return text.replace("crime", "report").replace("Crime", "Report")

    return replace(
        card,
        title=said(card.title),
        of=said(card.of),
        why=said(card.why),
        gaming=said(card.gaming),
        must_not=said(card.must_not),
    )


@cache
def settings() -> Settings:
    """Return the limits as shipped."""
    return Settings(**reading.parsed(_shipped(), FILE)["settings"])


def _shipped() -> str:
    return (files("lamplighter.studies.forces") / FILE).read_text("utf-8")
