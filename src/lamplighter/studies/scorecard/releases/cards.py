"""Cards of the 33 indicators: why each is there, how it could be gamed, what must not be concluded.

What is counted, and of what, stands in the lines of the review; a card adds what a reader of published
figures has to know.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from lamplighter.rule_files import reading
from lamplighter.rule_files.faults import RuleFileError
from lamplighter.rule_files.schema import UPKEEP, Report, Rows, Value, check, text
from lamplighter.studies.review.indicators.lines import Line, lines
from lamplighter.studies.review.settings import settings
from lamplighter.vocabulary.upkeep import Change

FILE = "indicators.toml"


@dataclass(frozen=True, slots=True)
class Card:
    """One card, of every line of an indicator; ``paired`` is the number of the indicator beside it."""

    number: int
    why: str
    gaming: str
    paired: int
    must_not: str
    additive: bool
    author: str
    checker: str
    next_review: dt.date
    changes: tuple[Change, ...]
    lines: tuple[Line, ...]

    @property
    def name(self) -> str:
        """Return its name among the measures: 'indicator-15'."""
        return f"indicator-{self.number}"

    @property
    def title(self) -> str:
        """Return the title of its first line."""
        return self.lines[0].title

    @property
    def paired_name(self) -> str:
        """Return the name of the card to read beside it."""
        return f"indicator-{self.paired}"

    @property
    def numerator(self) -> str:
        """Return what is counted, of every line."""
        return "; ".join(line.numerator for line in self.lines)

    @property
    def denominator(self) -> str:
        """Return of what, of every line."""
        return "; ".join(line.denominator for line in self.lines)

    @property
    def comes_from(self) -> str:
        """Return where both come from."""
        return "Releases of hubs and forces that the gate has passed"

    @property
    def basis(self) -> str:
        """Return by what the cases are counted."""
        return "recorded"

    @property
    def counted_words(self) -> str:
        """Return of whom it is, for the page of the card."""
        return "cases recorded in the period of the release"

    @property
    def unit(self) -> str:
        """Return what one of them is, of the first line."""
        return self.lines[0].unit

    @property
    def maturity(self) -> str:
        """Return when it may be read as final."""
        return "As in the release: a case too young for a time limit is left out of its line."

    @property
    def direction(self) -> str:
        """Return which way is the wanted one: more, less, or none."""
        wanted = "".join({line.good for line in self.lines})
        return {"met": "more", "not_met": "less"}.get(wanted, "none")

    def overdue(self, on: dt.date) -> bool:
        """Tell whether the card should have been reviewed before ``on``."""
        return self.next_review < on


CHANGE = Rows(
    "change",
    "Changes",
    (Value("on", "On", of=dt.date), text("by", "By", longest=200), text("what", "What was changed")),
    code="",
    heading="what",
    dated=False,
)
CARD = Rows(
    "indicator",
    "Indicators",
    (
        Value("number", "Number", of=int, least=1, most=33),
        *(text(name, name.replace("_", " ").capitalize()) for name in ("why", "gaming", "must_not")),
        Value("paired", "Read beside it", of=int, least=1, most=33),
        Value("additive", "Whether counts of forces make up the count of all", of=bool),
        text("author", "Author", longest=200),
        text("checker", "Checked by", longest=200),
        Value("next_review", "Next review", of=dt.date),
        CHANGE,
    ),
    code="",
    heading="number",
    dated=False,
)


def cards_in(content: str, file: str = FILE) -> tuple[Card, ...]:
    """Return the cards of a file. Raises ``RuleFileError`` that names each fault, the file and the line."""
    document = reading.parsed(content, file)
    report = Report(file, content)
    check((CARD, UPKEEP), document, report)
    rows = document.get("indicator", [])
    found: dict[int, list[Line]] = {}
    for line in lines(settings()):
        found.setdefault(line.number, []).append(line)
    if not report.faults:
        numbers = [row["number"] for row in rows]
        for place, row in enumerate(rows, 1):
            where = report.row(CARD, place, rows)
            if numbers.count(row["number"]) > 1 or row["number"] not in found:
                report.add(
                    "no_such_indicator",
                    where,
                    "the indicator has another card, or is none.",
                    "Keep one card.",
                )
            elif row["paired"] not in set(numbers) - {row["number"]}:
                report.add(
                    "no_such_pair",
                    f"{where}, key paired",
                    "no other card has the number of the indicator to read beside it.",
                    "Give the number of another card of the file.",
                )
        for missing in sorted(found.keys() - set(numbers)):
            report.add(
                "no_card", "[[indicator]]", f"indicator {missing} has no card.", "Write a card for each."
            )
    if report.faults:
        raise RuleFileError(report.faults)
    return tuple(
        Card(
            **{name: value for name, value in row.items() if name != "change"},
            changes=tuple(Change(**c) for c in row["change"]),
            lines=tuple(found[row["number"]]),
        )
        for row in sorted(rows, key=lambda r: int(r["number"]))
    )


@cache
def cards() -> tuple[Card, ...]:
    """Return the cards as shipped, by number. Raises ``RuleFileError``."""
    return cards_in((files("lamplighter.studies.scorecard.releases") / FILE).read_text("utf-8"))
