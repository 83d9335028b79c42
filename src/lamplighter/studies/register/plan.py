"""Check whether a national plan can be held to account, and if not, say why, line by line.

A target can be held to account when it says what is aimed at, how it is measured, from where, to where and by
when, who answers for it, and with what money. Whether it is a good aim is not judged here.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from lamplighter.reporting.words import count
from lamplighter.rule_files.faults import Fault, nearest, quoted
from lamplighter.rule_files.reading import parse
from lamplighter.rule_files.schema import Report, Row, Rows
from lamplighter.studies.register.entries import Register
from lamplighter.vocabulary.upkeep import packaged

TARGET = Rows("target", "Targets", (), code="id")
CARD = Rows("measure", "Measures", (), code="id")
CARD_KEYS = {
    "title": "its title",
    "why": "why it is measured",
    "numerator": "what is counted",
    "denominator": "of how many",
    "source": "where the data come from",
    "unit": "its unit",
    "every": "how often it is published",
    "gaming": "how it could move without anything changing for victims",
    "must_not": "what must not be concluded from it",
}
"""What a card of a plan’s own has to say."""
KEYS = (
    "id",
    "recommendations",
    "aim",
    "measure",
    "baseline",
    "baseline_low",
    "baseline_high",
    "baseline_from",
    "baseline_to",
    "target",
    "target_low",
    "target_high",
    "by",
    "owner",
    "money",
    "money_from",
)
_DIGIT = re.compile(r"\d")
_KEY = re.compile(r"\s*([a-z_]+)\s*=")


@dataclass(frozen=True)
class Checked:
    """Findings about a plan. ``answered`` are the recommendations that its targets name."""

    title: str
    targets: int
    faults: tuple[Fault, ...]
    answered: frozenset[str] = frozenset()
    left_out: tuple[str, ...] = ()
    refused: Mapping[str, int] = field(default_factory=dict)

    @property
    def accountable(self) -> bool:
        """Tell whether all of it can be held to account."""
        return not self.faults

    @property
    def in_short(self) -> str:
        """Return in one sentence what became of the plan."""
        if self.accountable:
            return f"Every one of {count(self.targets, 'target')} can be held to account."
        if not self.targets:
            return "There is no target: nothing in it can be held to account."
        return f"{len(self.refused)} of {count(self.targets, 'target')} cannot be held to account."


def check_plan(
    text: str, file: str, register: Register, as_at: dt.date, measures: Collection[str] = ()
) -> Checked:
    """Return what a plan lacks, with the name, line and remedy of each thing.

    ``measures`` are cards that exist elsewhere; a plan can bring cards of its own.
    """
    report = Report(file, text)
    body = parse(report)
    if body is None:
        return Checked("", 0, tuple(report.faults))
    title = body.get("title")
    if not isinstance(title, str) or not title.strip():
        report.add("no_title", "key title", "the plan has no title.", 'Write title = "National …".')
    allowed = {"title", "measure", "target", "left_out"}
    for key in body:
        if key not in allowed:
            what = "this is not a part of a plan."
            report.add(
                "unknown_key",
                f"key {key[:40]}",
                what,
                nearest(key, allowed) + f"It can hold: {', '.join(sorted(allowed))}.",
            )
    cards = _cards(body.get("measure", []), report)
    targets = _tables(body.get("target", []), TARGET, report)
    if not targets:
        what = "there is no target."
        report.add("no_target", "[[target]]", what, "Begin each target with [[target]].")
    refused: dict[str, int] = {}
    seen: set[str] = set()
    answered: set[str] = set()
    for number, row in enumerate(targets, 1):
        before = len(report.faults)
        place = report.row(TARGET, number, targets)
        name = str(row.get("id", number))
        if name in seen:
            report.add(
                "repeated", place, f"{quoted(name)} is there twice.", "Give each target an id of its own."
            )
        seen.add(name)
        _Target(row, place, report, as_at, _lines(report, number)).check({*cards, *measures}, register)
        named = row.get("recommendations", [])
        answered |= {r for r in named if isinstance(r, str)} if isinstance(named, list) else set()
        if len(report.faults) > before:
            refused[name] = len(report.faults) - before
    left = _left_out(body.get("left_out", []), register, report)
    open_ = [r.id for r in register.held(as_at) if r.says_something and r.id not in answered | left]
    return Checked(
        str(title or ""), len(targets), tuple(report.faults), frozenset(answered), tuple(open_), refused
    )


def _tables(rows: Any, table: Rows, report: Report) -> list[dict[str, Any]]:
    if isinstance(rows, list) and all(isinstance(row, dict) for row in rows):
        return rows
    report.add("wrong_type", table.name, "must be rows.", f"Begin each with [[{table.name}]].")
    return []


def _cards(rows: Any, report: Report) -> set[str]:
    found = set()
    there = _tables(rows, CARD, report)
    for number, row in enumerate(there, 1):
        place = report.row(CARD, number, there)
        blank = [words for key, words in CARD_KEYS.items() if not _said(row.get(key))]
        if not _said(row.get("id")):
            report.add("no_id", place, "the card has no id.", 'Add id = "…", by which targets name it.')
            continue
        found.add(row["id"])
        if blank:
            what = f"the card does not say {', '.join(blank)}."
            keys = [key for key in CARD_KEYS if not _said(row.get(key))]
            report.add("card_incomplete", place, what, f"Fill in {', '.join(keys)}.")
    return found


def _left_out(rows: Any, register: Register, report: Report) -> set[str]:
    table = Rows("left_out", "", (), code="recommendation")
    there = _tables(rows, table, report)
    found = set()
    for number, row in enumerate(there, 1):
        name = str(row.get("recommendation", ""))
        if name not in register.recommendations or not _said(row.get("why")):
            what = "a recommendation that the plan leaves out has its id and the reason."
            report.add(
                "left_out_without_why", report.row(table, number, there), what, "Give recommendation and why."
            )
        else:
            found.add(name)
    return found


def _lines(report: Report, number: int) -> dict[str, int]:
    """Return on which line of the text each key of the target of that number stands."""
    found: dict[str, int] = {}
    at = 0
    for line, text in enumerate(report.text.split("\n"), 1):
        at += text.strip().startswith("[[target]]")
        if at == number and (key := _KEY.match(text)):
            found.setdefault(key[1], line)
        if at > number or (at == number and found and text.strip().startswith("[")):
            break
    return found


def _said(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _as_number(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


@dataclass(frozen=True)
class _Target:
    row: Row
    place: str
    report: Report
    as_at: dt.date
    lines: Mapping[str, int]

    def add(self, name: str, what: str, remedy: str, key: str = "") -> None:
        line = self.lines.get(key)
        place = self.place if line is None else f"{self.place}, key {key} (line {line})"
        self.report.add(name, place, what, remedy)

    def check(self, cards: set[str], register: Register) -> None:
        """Add a fault for each thing without which nobody could say whether the target was met."""
        for key in self.row:
            if key not in KEYS:
                remedy = nearest(key, KEYS) + f"It can hold: {', '.join(KEYS)}."
                self.add("unknown_key", f"{quoted(key)} is not a key of a target.", remedy)
        if not _said(self.row.get("aim")):
            self.add(
                "no_aim",
                "it does not say what is aimed at.",
                'Write aim = "…": what changes, for whom.',
                "aim",
            )
        self._recommendations(register)
        self._measure(cards)
        self._baseline()
        self._target()
        self._apart()
        self._date()
        self._owner()
        self._money()

    def _recommendations(self, register: Register) -> None:
        named = self.row.get("recommendations", [])
        for name in named if isinstance(named, list) else [named]:
            if name not in register.recommendations:
                what = f"there is no recommendation {quoted(name)} in the register."
                remedy = nearest(str(name), register.recommendations) + "Name ids of the register, or none."
                self.add("unknown_recommendation", what, remedy, "recommendations")

    def _measure(self, cards: set[str]) -> None:
        name = self.row.get("measure")
        if not _said(name):
            remedy = 'Write measure = "…", and a [[measure]] with a card for it, unless the card exists.'
            self.add("no_measure", "it does not say by what it is measured.", remedy, "measure")
        elif name not in cards:
            remedy = (
                nearest(str(name), cards) + "Add a [[measure]] with this id, and what is counted, of whom."
            )
            self.add("no_card", f"there is no card for the measure {quoted(name)}.", remedy, "measure")

    def _number(self, key: str, words: str) -> float | None:
        value = self.row.get(key)
        if (held := _as_number(value)) is not None:
            return held
        if value is None or value == "":
            what = f"it does not say {words}."
            self.add(f"no_{key}", what, f"Write {key} = 12.5, in the unit of the measure.", key)
        elif _DIGIT.search(str(value)):
            what = f"{words} is {quoted(value)}: text, and no number."
            self.add(
                f"{key}_is_words", what, f"Write {key} = 12.5, without quotation marks, sign or unit.", key
            )
        else:
            what = f"{words} is {quoted(value)}: nobody could say whether that was reached."
            self.add(f"{key}_is_words", what, f"Write {key} = 12.5, in the unit of the measure.", key)
        return None

    def _interval(self, key: str, words: str) -> tuple[float, float] | None:
        middle, low, high = (_as_number(self.row.get(f"{key}{end}")) for end in ("", "_low", "_high"))
        if low is None or high is None:
            what = f"{words} has no interval: a change that chance makes would pass for success."
            self.add(f"no_{key}_interval", what, f"Write {key}_low and {key}_high, as numbers.", key)
            return None
        if middle is not None and not low <= middle <= high:
            what = f"{words}, {middle:g}, is not inside its interval, {low:g} to {high:g}."
            self.add(f"{key}_outside", what, "Correct one of the three.", key)
            return None
        return low, high

    def _baseline(self) -> None:
        if self._number("baseline", "from where it starts (the baseline)") is None:
            return
        first, last = (self.row.get(f"baseline_{end}") for end in ("from", "to"))
        if type(first) is not dt.date or type(last) is not dt.date or last < first:
            remedy = "Write baseline_from = 2025-04-01 and baseline_to = 2026-03-31."
            self.add("no_baseline_period", "the baseline has no period.", remedy, "baseline")

    def _target(self) -> None:
        self._number("target", "to where it goes (the target)")

    def _apart(self) -> None:
        if None in (_as_number(self.row.get("baseline")), _as_number(self.row.get("target"))):
            return
        was = self._interval("baseline", "the baseline")
        will = self._interval("target", "the target")
        if was and will and was[0] <= will[1] and will[0] <= was[1]:
            what = (
                f"its interval, {will[0]:g} to {will[1]:g}, and that of the baseline, {was[0]:g} to "
                f"{was[1]:g}, overlap: it could be met without any change."
            )
            self.add("not_told_apart", what, "Aim further, or measure on more cases.", "target")

    def _date(self) -> None:
        by = self.row.get("by")
        if type(by) is not dt.date:
            what = "it does not say by when." if by in (None, "") else f"{quoted(by)} is no date."
            self.add(
                "no_date", what, "Write by = 2029-03-31: year, month and day, without quotation marks.", "by"
            )
            return
        last = self.row.get("baseline_to")
        if by <= self.as_at or (type(last) is dt.date and by <= last):
            what = f"{by} has passed, or lies in the period of the baseline."
            self.add("date_passed", what, "Give a day that is still to come.", "by")

    def _owner(self) -> None:
        owner = self.row.get("owner")
        if not _said(owner):
            self.add(
                "no_owner",
                "nobody answers for it.",
                'Write owner = "…": one post, such as a minister.',
                "owner",
            )
            return
        for words in everybody():
            if re.search(rf"\b{re.escape(words)}\b", str(owner).lower()):
                what = f"{quoted(owner)} is many: where all answer, nobody does."
                self.add("owner_is_many", what, "Name one post that answers for it.", "owner")
                return

    def _money(self) -> None:
        money = self.row.get("money")
        if _as_number(money) is None:
            what = (
                "it does not say with what money." if money in (None, "") else f"{quoted(money)} is no sum."
            )
            self.add("no_money", what, "Write money = 1200000, in pounds; 0 is an answer.", "money")
        if not _said(self.row.get("money_from")):
            remedy = 'Write money_from = "…": which budget, and which years; for 0, why it costs nothing.'
            self.add("no_money_from", "it does not say where the money comes from.", remedy, "money_from")


@cache
def everybody() -> tuple[str, ...]:
    """Return words for owners that are nobody in particular."""
    return tuple(packaged("lamplighter.studies.register", "plan.toml").body["owner_is_many"])
