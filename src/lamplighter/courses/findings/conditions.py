"""Show a rule the view of a course that it asks, and keep the condition of each rule."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from lamplighter.courses.grouping.occasions import Occasion
from lamplighter.courses.reports.facts import Fact
from lamplighter.courses.reports.readings import ReadingResult
from lamplighter.courses.words import LATE


@dataclass(frozen=True, slots=True)
class OtherVictim:
    """Another course of the same suspect."""

    course_id: str
    reports: int
    first_at: dt.datetime | None
    possible_stalking: bool


@dataclass(frozen=True)
class View:
    """View of a course for a rule. ``occasions`` are in order, accounts of one occasion side by side."""

    occasions: Sequence[Occasion]
    facts: Mapping[str, Fact]
    relationships: frozenset[str]
    reading: ReadingResult
    suspect: str | None
    as_at: dt.datetime
    others: Sequence[OtherVictim] = field(default_factory=tuple)

    @cached_property
    def forward(self) -> list[Occasion]:
        """Accounts in which the suspect acts on the victim."""
        return [o for o in self.occasions if not o.reversed]

    @cached_property
    def reports(self) -> list[Fact]:
        """The reports of those accounts, each once, by date of the report."""
        ids = dict.fromkeys(o.report_id for o in self.forward)
        return sorted((self.facts[i] for i in ids), key=lambda f: (f.reported_at or LATE, f.report_id))

    @cached_property
    def told(self) -> list[Occasion]:
        """One account of every occasion that has a date, in order."""
        first: dict[int, Occasion] = {}
        for o in self.forward:
            first.setdefault(o.number, o)
        return sorted((o for o in first.values() if o.at is not None), key=lambda o: (o.at or LATE, o.number))


@dataclass(frozen=True, slots=True)
class Met:
    """Result of a condition: whether it is met, its evidence and its words."""

    met: bool
    evidence: tuple[str, ...]
    words: str


Condition = Callable[[View], Met]
CONDITIONS: dict[str, Condition] = {}


def condition(rule_id: str) -> Callable[[Condition], Condition]:
    """Registers the condition of a rule of ``rules.toml``."""

    def register(function: Condition) -> Condition:
        if rule_id in CONDITIONS:
            raise ValueError(f"rule {rule_id!r} has two conditions")
        CONDITIONS[rule_id] = function
        return function

    return register
