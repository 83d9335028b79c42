"""A course in the making: two people, the reports that concern them, and why each report is there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from lamplighter.courses.reports.facts import Fact, Party

NAMED = "named"
LINKED = "same_person_linked"
PROXY = "by_proxy"
RELATIVE = "against_relative"
INFERRED = "inferred_unknown_suspect"


@dataclass(frozen=True, slots=True)
class Membership:
    """Reason why a report is in a course; ``reversed`` when the roles are swapped in it."""

    attribution: str
    reason: str
    reversed: bool = False


@dataclass(frozen=True, slots=True)
class Unclear:
    """A report by the victim of a course that is not in it: its suspect may be the same. A person decides.

    ``probability`` is that of the linkage.
    """

    probability: float
    reason: str


@dataclass(slots=True)
class Dyad:
    """One victim and one suspect (``None`` when nobody knows who) and their reports.

    ``relationships``, ``names`` and ``contacts`` are what the reports say of the suspect. ``mirrored``: each
    of the two has reported the other, and there is a course each way; ``second``: this was reported later.
    ``unclear``: reports of which a person has to say whether they belong here.
    """

    victim: str
    suspect: str | None
    reports: dict[str, Membership] = field(default_factory=dict)
    relationships: set[str] = field(default_factory=set)
    names: set[str] = field(default_factory=set)
    contacts: set[str] = field(default_factory=set)
    mirrored: bool = False
    second: bool = False
    unclear: dict[str, Unclear] = field(default_factory=dict)

    @property
    def key(self) -> tuple[str, str]:
        return (self.victim, self.suspect or "")

    def forward(self, facts: Mapping[str, Fact]) -> list[Fact]:
        """Reports in which the suspect acts on the victim, in order of id."""
        return [facts[r] for r, m in sorted(self.reports.items()) if not m.reversed]

    def describe(self, suspect: Party, fact: Fact) -> None:
        """Take over what one report says of the suspect."""
        if suspect.relationship and suspect.relationship != "not_known":
            self.relationships.add(suspect.relationship)
        self.names |= suspect.names
        self.contacts |= suspect.contacts | {c.split(":", 1)[-1] for c in suspect.contacts}
        self.contacts |= fact.contacts_in_text if len(fact.suspects) == 1 else frozenset()

    def take_over(self, other: Dyad, attribution: str, reason: str) -> None:
        """Fold another dyad into this one."""
        for report_id, m in sorted(other.reports.items()):
            held = self.reports.get(report_id)
            if held is not None and held.attribution in (NAMED, LINKED):
                continue
            self.reports[report_id] = Membership(attribution, reason, m.reversed)
        self.contacts |= other.contacts
