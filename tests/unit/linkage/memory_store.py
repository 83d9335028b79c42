"""Keep records in memory for :mod:`online.arrivals`, which it answers as the tables of the hub do."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from lamplighter.linkage.arrays.row_order import Rows
from lamplighter.linkage.blocking import hashed_keys, key_index
from lamplighter.linkage.blocking.hashed_keys import MOST_RECORDS_A_KEY, Maker
from lamplighter.linkage.clustering.stable_ids import Remembered
from lamplighter.linkage.comparisons.reasons import Bar, Reason, bars_of, parts_of
from lamplighter.linkage.features.compact_records import Compact
from lamplighter.linkage.features.record_features import Features
from lamplighter.linkage.online.arrivals import Arrival
from lamplighter.linkage.online.scored_pairs import Belief
from lamplighter.linkage.online.scorer import Pair
from lamplighter.linkage.online.store import Near, OneTie, Sharing, Ties


def pair_of(a: str, b: str) -> Pair:
    """Return two ids in order."""
    return (a, b) if a < b else (b, a)


@dataclass(frozen=True, slots=True)
class Tie:
    """Keep a belief about two records with its reasons, and what each is worth."""

    left: str
    right: str
    weight: float
    hold: str | None
    reasons: Sequence[Reason]
    bits: Sequence[float]

    @property
    def levels(self) -> list[Bar]:
        return bars_of(self.reasons, self.bits)

    @property
    def parts(self) -> Rows:
        return parts_of(self.reasons)


def kept_of(features: Features, *, secret: bytes = b"", most: int) -> key_index.Kept:
    """Return every key of records that are all in memory."""
    part = key_index.Part(hashed_keys.Keyed(features, secret))
    return key_index.kept([lambda: part], [np.arange(len(features))], most)


class Shelf:
    """Records, their keys, ties, decisions and the memory of persons."""

    def __init__(self, maker: Maker | None = None, *, most: int = MOST_RECORDS_A_KEY) -> None:
        self.maker, self.most = maker or Maker(), most
        self.people: dict[str, Compact] = {}
        self.ties: dict[Pair, OneTie] = {}
        self.decisions: list[Mapping[str, Any]] = []
        self._in_report: dict[str, list[str]] = defaultdict(list)
        self._holders: dict[int, list[str]] = defaultdict(list)
        self._crowded: set[int] = set()
        self._keys: dict[str, list[int]] = {}
        self._made: dict[str, dict[int, tuple[int, int]]] = {}
        self._references: dict[str, set[str]] = defaultdict(set)
        self._tied: dict[str, set[str]] = defaultdict(set)
        self._decided: dict[str, set[int]] = defaultdict(set)
        self._persons: dict[str, list[Remembered]] = {}
        self._were: dict[str, set[str]] = defaultdict(set)

    # Writing

    def add(self, people: Iterable[Compact]) -> None:
        """Keep records, under their keys."""
        for c in people:
            self.people[c.record_id] = c
            self._in_report[c.report_id].append(c.record_id)
            for ref in {c.own_reference, *c.named_references} - {None}:
                self._references[str(ref)].add(c.report_id)
            self._keys[c.record_id] = []
            for key, origin in self._of(c).items():
                self._place(c.record_id, key, origin)
        self._made.clear()

    def _of(self, c: Compact) -> dict[int, tuple[int, int]]:
        """Return the keys of a record that comes in, worked out once."""
        if c.record_id not in self._made:
            self._made[c.record_id] = self.maker.keys(c.values)
        return self._made[c.record_id]

    def _place(self, record_id: str, key: int, origin: tuple[int, int] | None) -> None:
        """Keep a record under a key, or under what narrows it; a key that has become crowded is emptied."""
        if key in self._crowded:
            for finer in self.maker.narrowed(origin, self.people[record_id].values) if origin else ():
                self._place(record_id, finer, None)
            return
        holders = self._holders[key]
        if record_id in holders:
            return
        holders.append(record_id)
        self._keys[record_id].append(key)
        if len(holders) > self.most:
            self._crowded.add(key)
            for r in self._holders.pop(key):
                self._keys[r].remove(key)
                again = self.maker.keys(self.people[r].values).get(key)
                if again is not None:
                    self._place(r, key, again)

    def believe(self, beliefs: Iterable[Belief]) -> None:
        """Keep beliefs, in the place of earlier ones about the same pairs."""
        self.tie(
            Tie(b.left_record, b.right_record, b.match_weight, b.hold, b.reasons, b.bits) for b in beliefs
        )

    def tie(self, ties: Iterable[OneTie]) -> None:
        """Keep ties, in the place of earlier ones between the same two records."""
        for t in ties:
            self.ties[t.left, t.right] = t
            self._tied[t.left].add(t.right)
            self._tied[t.right].add(t.left)

    def remember(self, memory: Iterable[Remembered]) -> None:
        """Keep who is who: the rows of these persons, whole."""
        by_person: dict[str, list[Remembered]] = defaultdict(list)
        for row in memory:
            by_person[row[1]].append(row)
        moved = {row[0] for rows in by_person.values() for row in rows if row[3]}
        for record in moved:
            for other in [p for p in self._were[record] if p not in by_person]:
                self._persons[other] = [r for r in self._persons[other] if r[0] != record or not r[3]]
        for pid, rows in by_person.items():
            self._persons[pid] = rows
            for record, _, _, _ in rows:
                self._were[record].add(pid)

    def decide(self, row: Mapping[str, Any]) -> None:
        """Append a row to the log of decisions."""
        for record in (row["left_record"], row["right_record"]):
            self._decided[record].add(len(self.decisions))
        self.decisions.append(row)

    def take(self, arrival: Arrival, people: Iterable[Compact] = ()) -> None:
        """Keep all that a report changed."""
        self.add(people)
        self.believe(arrival.beliefs)
        self.remember(arrival.named.memory)

    # Reading

    def sharing(self, new: Sequence[Compact]) -> Sharing:
        """See :class:`store.Held`."""
        own = {c.report_id for c in new}
        asked = [self._asked(c) for c in new]
        wanted = {k for mine in asked for k in mine}
        holders = sorted({r for k in wanted for r in self.held_under(k)})
        held = [c for r in holders if (c := self.people[r]).report_id not in own]
        theirs = [[k for k in self.keys_of(c.record_id) if k in wanted] for c in held]
        one, other = hashed_keys.across(*_beside(asked), *_beside(theirs), self.most)
        i, j = hashed_keys.sharing(*_beside(asked), self.most)
        reports = np.array([c.report_id for c in new], dtype=object)
        apart = reports[i] != reports[j]
        refs = {r for c in new for r in (c.own_reference, *c.named_references) if r is not None}
        found = {r for ref in refs for r in self._references.get(ref, ())} - own
        return Sharing(
            [*new, *held],
            np.concatenate([one, i[apart]]),
            np.concatenate([other + len(new), j[apart]]),
            [self.people[self._in_report[r][0]] for r in sorted(found)],
        )

    def _asked(self, c: Compact) -> list[int]:
        """Return the keys that a new record is looked up by."""
        made = self._of(c).items()
        found = (self.maker.narrowed(o, c.values) if key in self._crowded else [key] for key, o in made)
        return list({k for some in found for k in some})

    def reports(self, report_ids: Collection[str]) -> list[Compact]:
        """See :class:`store.Held`."""
        return [self.people[r] for report in sorted(report_ids) for r in self._in_report.get(report, ())]

    def keys(self, people: Sequence[Compact]) -> Mapping[str, Collection[int]]:
        """Return the keys that these records are kept under."""
        return {c.record_id: self.keys_of(c.record_id) for c in people}

    def keys_of(self, record_id: str) -> Collection[int]:
        """Return the keys that a record is kept under."""
        return self._keys.get(record_id, ())

    def held_under(self, key: int) -> Collection[str]:
        """Return the records that are kept under a key."""
        return self._holders.get(key, ())

    def tied_over(self, record_id: str) -> Iterable[str]:
        """Return the records that ties over evens tie to a record."""
        return (r for r in self._tied.get(record_id, ()) if self.ties[pair_of(record_id, r)].weight >= 0)

    def ties_among(self, records: Collection[str]) -> Ties:
        """Return all ties of which both records are among some."""
        tied = ((a, b) for a in records for b in self._tied.get(a, ()) if a < b and b in records)
        return Ties.of([self.ties[pair] for pair in tied])

    def together(self, people: Sequence[Compact]) -> tuple[Rows, Rows]:
        """See :class:`store.Held`."""
        return hashed_keys.sharing(*_beside(list(self.keys(people).values())), self.most)

    def near(self, record_ids: Collection[str]) -> Near:
        """See :class:`store.Held`."""
        reached: set[str] = set()
        edge = set(record_ids)
        while edge:
            reached |= edge
            edge = {r for e in edge for r in self._beside(e)} - reached
        persons = {p for r in reached for p in self._were.get(r, ())}
        decided = sorted({i for r in reached for i in self._decided.get(r, ())})
        return Near(
            {r: self.people[r].report_id for r in reached if r in self.people},
            self.ties_among(reached),
            [self.decisions[i] for i in decided],
            [row for p in persons for row in self._persons.get(p, ())],
        )

    def _beside(self, record: str) -> Iterable[str]:
        yield from self.tied_over(record)
        for i in self._decided.get(record, ()):
            yield from (self.decisions[i]["left_record"], self.decisions[i]["right_record"])
        for person in self._were.get(record, ()):
            yield from (r for r, _, _, current in self._persons.get(person, ()) if current)

    def persons(self) -> dict[str, str]:
        """Today's person of every record."""
        return {r: pid for rows in self._persons.values() for r, pid, _, current in rows if current}


def _beside(own: Sequence[Collection[int]]) -> tuple[Rows, Rows]:
    """Return the place of each of some records, and one of its keys, side by side."""
    rows = np.repeat(np.arange(len(own)), [len(mine) for mine in own])
    return rows, np.array([k for mine in own for k in mine], dtype=np.int64)
