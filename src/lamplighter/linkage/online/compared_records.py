"""Number everybody whom some new reports are compared with, and hold what their reports say, as arrays.

A pair of records, or of reports, is one whole number (:func:`packed`), the lower number first: so pairs are
sorted, looked up and told apart by arrays, whether one report comes or a hundred.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from lamplighter.linkage.arrays.pair_words import Packed, packed, packed_one, unpacked
from lamplighter.linkage.arrays.row_order import Rows
from lamplighter.linkage.dyads.dyad_evidence import KINDS
from lamplighter.linkage.features.compact_records import Compact

PARTS: Mapping[str, int] = {"V": 0, "S": 1, "O": 2}
_KIND_OF_PARTS = np.full(len(PARTS) ** 2, KINDS["other"], dtype=np.int8)
for _parts, _kind in (("VV", "victim"), ("SS", "suspect"), ("VS", "swapped"), ("SV", "swapped")):
    _KIND_OF_PARTS[PARTS[_parts[0]] * len(PARTS) + PARTS[_parts[1]]] = KINDS[_kind]


def role(parts: str) -> int:
    """Two parts as a number: see :class:`Sides`."""
    return PARTS[parts[0]] * len(PARTS) + PARTS[parts[1]]


@dataclass(frozen=True, slots=True)
class Sides:
    """Hold where the two records of n pairs stand: ``kind``, a number of :data:`dyad_evidence.KINDS`;
    ``reports``, packed; ``roles``, the part in the report of the lower number and that in the other
    (:func:`role`)."""

    kind: npt.NDArray[np.int8]
    reports: Packed
    roles: Rows


@dataclass(slots=True)
class Met:
    """Records that have a number, in the order in which they were met. ``number`` by record id; ``reports``:
    the number of each report; ``whole``: who is in those reports of which everybody has been met."""

    people: list[Compact] = field(default_factory=list)
    number: dict[str, int] = field(default_factory=dict)
    reports: dict[str, int] = field(default_factory=dict)
    whole: dict[int, list[int]] = field(default_factory=dict)
    _report: list[int] = field(default_factory=list)
    _arrays: tuple[Rows, Rows] = field(default_factory=lambda: (np.empty(0, np.int64), np.empty(0, np.int64)))
    _owners: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    _naming: dict[int, Sequence[str]] = field(default_factory=dict)

    def add(self, people: Iterable[Compact]) -> list[int]:
        """Return the numbers of some records; those who have none are given one."""
        found, number, reports = [], self.number, self.reports
        for c in people:
            at = number.get(c.record_id)
            if at is None:
                at = number[c.record_id] = len(self.people)
                self.people.append(c)
                report = reports.get(c.report_id)
                self._report.append(self._new_report(c) if report is None else report)
            found.append(at)
        return found

    def _new_report(self, c: Compact) -> int:
        report = self.reports[c.report_id] = len(self.reports)
        if c.own_reference is not None:
            self._owners[c.own_reference].append(report)
        if c.named_references:
            self._naming[report] = c.named_references
        return report

    def add_whole(self, people: Iterable[Compact]) -> None:
        """Everybody of some reports."""
        for at in self.add(people):
            who = self.whole.setdefault(self._report[at], [])
            if at not in who:
                who.append(at)

    def report_of(self, number: int) -> int:
        """Return the report of one record."""
        return self._report[number]

    def _stand(self) -> tuple[Rows, Rows]:
        """Return the report of each record, and its part in it."""
        known = len(self._arrays[0])
        if known < len(self.people):
            new = self._report[known:], [PARTS[c.part] for c in self.people[known:]]
            report, part = (np.append(a, n) for a, n in zip(self._arrays, new, strict=True))
            self._arrays = report, part
        return self._arrays

    def sides(self, pairs: Packed) -> Sides:
        """Tell where the records of some pairs stand."""
        a, b = unpacked(pairs)
        report, part = self._stand()
        one, other = report[a], report[b]
        turned = one > other
        mine, theirs = part[a], part[b]
        roles = np.where(turned, theirs, mine) * len(PARTS) + np.where(turned, mine, theirs)
        kind = np.where(one == other, np.int8(KINDS["within"]), _KIND_OF_PARTS[roles])
        return Sides(kind, packed(one, other), roles)

    def reports_of(self, pairs: Packed) -> Packed:
        """Return the pairs of reports in which the records of some pairs stand."""
        a, b = unpacked(pairs)
        report, _ = self._stand()
        return packed(report[a], report[b])

    def naming(self) -> Packed:
        """Return the pairs of reports of which one names the other, in order."""
        found = {
            packed_one(one, other)
            for one, references in self._naming.items()
            for reference in references
            for other in self._owners.get(reference, ())
            if other != one
        }
        return np.array(sorted(found), dtype=np.int64)

    def ids_of(self, pairs: Packed) -> tuple[list[str], list[str]]:
        """Return the records of some pairs by their ids, each pair in the order of these."""
        people = self.people
        both = zip(*(side.tolist() for side in unpacked(pairs)), strict=True)
        ends = [sorted((people[a].record_id, people[b].record_id)) for a, b in both]
        return [e[0] for e in ends], [e[1] for e in ends]
