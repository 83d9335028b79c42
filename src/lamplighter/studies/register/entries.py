"""A recommendation with its rules, claims and evidence, and the register of them.

Nothing here says how a recommendation stands: that is worked out, as at a day, by ``verdicts``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from lamplighter.rule_files.dated import Rule as Dated
from lamplighter.studies.register.schema import NOT_HELD, NUMBER_NOT_HELD
from lamplighter.vocabulary.codes import code_set
from lamplighter.vocabulary.upkeep import Upkeep


class Recorded(Protocol):
    """Something that entered the register on one day, and may have been withdrawn from it on another."""

    @property
    def recorded(self) -> dt.date: ...
    @property
    def withdrawn(self) -> dt.date | None: ...


def known(entry: Recorded, as_at: dt.date) -> bool:
    """Tell whether the register held an entry on a day."""
    return entry.recorded <= as_at and (entry.withdrawn is None or as_at < entry.withdrawn)


@dataclass(frozen=True, slots=True)
class Claim:
    """Something that a body said of a recommendation. It counts for that body, and for nobody else."""

    number: int
    by: str
    kind: str
    on: dt.date
    recorded: dt.date
    text: str
    link: str
    about: str = ""
    by_then: bool = False
    new_date: dt.date | None = None
    archive: str = ""
    withdrawn: dt.date | None = None
    why_withdrawn: str = ""

    @property
    def own(self) -> bool:
        """Tell whether the body speaks of itself."""
        return self.about in ("", self.by)


@dataclass(frozen=True, slots=True)
class Evidence:
    """A measure or a document about one body. Without a ``rule`` it is shown and judges nothing."""

    number: int
    about: str
    published: dt.date
    recorded: dt.date
    text: str
    link: str
    rule: str = ""
    first: dt.date | None = None
    last: dt.date | None = None
    measure: str = ""
    value: float | None = None
    low: float | None = None
    high: float | None = None
    found: str = ""
    read_by: str = ""
    checked_by: str = ""
    archive: str = ""
    withdrawn: dt.date | None = None
    why_withdrawn: str = ""

    @property
    def until(self) -> dt.date:
        """Return the last day that it speaks of."""
        return self.last or self.published


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule of the verdict, written before what it judges. Without a ``measure`` a reading decides."""

    id: str
    written: dt.date
    by: str
    text: str
    measure: str = ""
    at_least: float | None = None
    at_most: float | None = None

    def judge(self, evidence: Evidence) -> bool | None:
        """Return whether evidence meets the rule; ``None`` where it cannot be told.

        With an interval the whole of it has to lie on one side: what chance could have done decides nothing.
        """
        if not self.measure:
            return {"met": True, "not_met": False}.get(evidence.found)
        if evidence.value is None:
            return None
        low = evidence.value if evidence.low is None else evidence.low
        high = evidence.value if evidence.high is None else evidence.high
        if self.at_least is not None:
            return True if low >= self.at_least else False if high < self.at_least else None
        assert self.at_most is not None
        return True if high <= self.at_most else False if low > self.at_most else None


@dataclass(frozen=True, slots=True)
class Part:
    """A numbered part of a recommendation."""

    number: str
    words: str
    asks: str


@dataclass(frozen=True, slots=True)
class Recommendation:
    """One recommendation. ``due`` is the first date that was set, and is never written over."""

    id: str
    source: str
    number: str
    title: str
    words: str
    to: tuple[str, ...]
    recorded: dt.date
    mark: str
    read_at: tuple[str, ...]
    upkeep: Upkeep
    asks: str = ""
    page: str = ""
    note: str = ""
    no_rule: str = ""
    due: dt.date | None = None
    due_source: str = ""
    parts: tuple[Part, ...] = ()
    rules: tuple[Rule, ...] = ()
    claims: tuple[Claim, ...] = ()
    evidence: tuple[Evidence, ...] = ()

    @property
    def words_held(self) -> bool:
        return self.words != NOT_HELD

    @property
    def says_something(self) -> bool:
        """Tell whether it is known what the recommendation asks."""
        return self.words_held or bool(self.asks)

    @property
    def numbered(self) -> bool:
        return self.number != NUMBER_NOT_HELD

    @property
    def entries(self) -> tuple[Claim | Evidence, ...]:
        """Return what was claimed and what the evidence shows, in the order of the file."""
        return (*self.claims, *self.evidence)

    def rule(self, name: str) -> Rule:
        """Return one rule. Raises ``KeyError``."""
        return {r.id: r for r in self.rules}[name]


@dataclass(frozen=True, slots=True)
class Looked:
    """A page that was read for the register; ``body`` published it, where that is one body.

    ``whole``: all of it was read as it stood on that day, and not a part or an older copy.
    """

    on: dt.date
    address: str
    found: str
    body: str = ""
    whole: bool = False


@dataclass(frozen=True, slots=True)
class Source:
    """A publication with its number of recommendations, and how many are for whom."""

    id: str
    title: str
    publisher: str
    published: dt.date
    address: str
    recommendations: int
    recorded: dt.date
    held: str
    upkeep: Upkeep
    addressed: Mapping[str, int] = field(default_factory=dict)
    looked: tuple[Looked, ...] = ()


@dataclass(frozen=True)
class Register:
    """All recommendations by id, and all publications. ``bodies`` and ``lapses`` are dated rules."""

    sources: Mapping[str, Source]
    recommendations: Mapping[str, Recommendation]
    bodies: tuple[Dated, ...]
    lapses: tuple[Dated, ...]

    def held(self, as_at: dt.date) -> list[Recommendation]:
        """Return the recommendations that were in the register on a day, the newest publication first."""
        there = [
            r
            for r in self.recommendations.values()
            if r.recorded <= as_at and self.sources[r.source].recorded <= as_at
        ]
        place = {s.id: number for number, s in enumerate(self.publications(as_at))}
        return sorted(there, key=lambda r: (place[r.source], _order(r), r.id))

    def publications(self, as_at: dt.date) -> list[Source]:
        """Return the publications that were in the register on a day, newest first."""
        there = (s for s in self.sources.values() if s.recorded <= as_at)
        return sorted(there, key=lambda s: (-s.published.toordinal(), s.id))

    def title(self, body: str) -> str:
        """Return the name of a body or a force."""
        own = {b.code: b.title for b in self.bodies}
        return own[body] if body in own else code_set("forces").codes[body].title

    def each(self, group: str, as_at: dt.date) -> tuple[str, ...]:
        """Return the bodies that are asked one by one when a group is: itself, unless it stands for many."""
        row = next((b for b in self.bodies if b.code == group), None)
        return forces(as_at) if row is not None and row.extra.get("each") == "forces" else (group,)

    def asked(self, recommendation: Recommendation, as_at: dt.date) -> tuple[str, ...]:
        """Return every body that has to answer a recommendation, forces in alphabetical order."""
        return tuple(body for group in recommendation.to for body in self.each(group, as_at))

    def lapse_days(self, as_at: dt.date) -> int:
        """Return after how many days of silence an accepted recommendation lapses."""
        return next(int(row.extra["days"]) for row in self.lapses if row.in_force(as_at))

    def looked(self, source: str, body: str, as_at: dt.date) -> tuple[Looked, ...]:
        """Return the pages of a body that were read for the register by a day."""
        return tuple(x for x in self.sources[source].looked if x.body == body and x.on <= as_at)


def forces(as_at: dt.date) -> tuple[str, ...]:
    """Return the codes of the police forces with an area on a day, by their names."""
    held = code_set("forces").on(as_at).values()
    return tuple(f.code for f in sorted(held, key=lambda f: f.title) if f.extra.get("territorial"))


def _order(recommendation: Recommendation) -> tuple[int, str]:
    number = recommendation.number
    return (int(number), "") if number.isdigit() else (10_000, number)
