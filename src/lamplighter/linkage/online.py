"""Reports as they arrive, with the weights of the batch and nothing of its arrays of millions.

The place that keeps the records (:class:`asking.Held`: tables of the hub, or, in memory,
:class:`lamplighter.linkage.shelf.Shelf`) answers four questions: who shares a rare key with these people,
who else stands in a report, what are their keys, and what is tied to a record already. From the answers
:func:`arrive` works out the pairs of the new report, the persons they touch, their ids, and the reasons,
and touches nobody else.

The result does not depend on the order in which reports arrive: a pair is looked at when the batch would
look at it, and two reports are weighed as a whole. (Only a key that becomes crowded in between tells: who
came before has met everybody under it, who comes after only those under what narrows it.)
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations

from lamplighter.linkage import clusters, ids
from lamplighter.linkage.asking import Held, Near, Tied
from lamplighter.linkage.beliefs import Belief, believed, probability_of
from lamplighter.linkage.compact import Compact
from lamplighter.linkage.completing import MOST_PEOPLE_A_REPORT
from lamplighter.linkage.decisions import in_force
from lamplighter.linkage.grouping import LARGEST_GROUP
from lamplighter.linkage.results import KEPT
from lamplighter.linkage.single import (
    LEAST_PROBABILITY_KEPT,
    Judge,
    Judged,
    Pair,
    Weights,
    names_each_other,
    pair_of,
    side_of,
)

Pairs = dict[Pair, tuple[Compact, Compact]]


@dataclass(frozen=True, slots=True)
class Arrival:
    """What a report changes. ``beliefs``: new and changed pairs. ``named``: the touched persons. ``before``:
    who they were. ``reports``: those of everybody it reached."""

    beliefs: Sequence[Belief]
    named: ids.Rows
    before: frozenset[str]
    reports: frozenset[str]


def arrive(new: Sequence[Compact], held: Held, judge: Judge, *, seeds: Collection[str] = ()) -> Arrival:
    """Match the people of new reports, one or many, and work out the touched persons again.

    ``new`` are not held yet. ``seeds``: further records whose persons are to be worked out again (those of
    earlier versions of the reports). Many reports at once cost less each, and come to the same as one after
    the other.
    """
    scene = _Scene(judge, held)
    scene.meet(new)
    return scene.settled({c.record_id: c.report_id for c in new}, seeds)


def resettle(seeds: Collection[str], held: Held, judge: Judge) -> Arrival:
    """Persons anew around some records, after somebody decided about them."""
    return _Scene(judge, held).settled({}, seeds)


@dataclass(slots=True)
class _Scene:
    """One report pair after another, and what they come to."""

    judge: Judge
    held: Held
    weights: Weights = field(init=False)
    proposed: Pairs = field(default_factory=dict)
    pairs: Pairs = field(default_factory=dict)
    judged: Judged | None = None

    def __post_init__(self) -> None:
        self.weights = Weights(self.judge)

    # The new reports beside those that share a key with them, and beside each other

    def meet(self, new: Sequence[Compact]) -> None:
        """Weigh the people of new reports with whom the keys, and then the pairs of reports, propose."""
        sharing = self.held.sharing(new)
        found: Pairs = {}
        for i, other in sharing.proposed:
            _add(found, new[i], other)
        self.weights.weigh(found.values())
        everybody: dict[str, Sequence[Compact]] = {**_by_report(new)}
        own = list(everybody.values())
        asked = self._asked(found.values()) | _naming([who[0] for who in own], sharing.referring)
        wanted = {r for pair in asked for r in pair} - everybody.keys()
        everybody |= _by_report(self.held.reports(wanted)) if wanted else {}
        self._complete(found, asked, everybody)
        for who in own:
            if len(who) <= MOST_PEOPLE_A_REPORT:
                for a, b in combinations(who, 2):
                    _add(found, a, b)
        self.proposed, self.pairs = found, self._worth_judging(found)
        self._judge()

    def _asked(self, pairs: Iterable[tuple[Compact, Compact]]) -> set[Pair]:
        """Pairs of reports that may share a person (:func:`completing.report_pairs`)."""
        found = set()
        for a, b in pairs:
            side = side_of(a, b)
            if self.weights.evidence_of(a, b) >= self.judge.asks.get(side.kind, float("inf")):
                found.add(side.reports)
        return found

    @staticmethod
    def _complete(found: Pairs, asked: Iterable[Pair], people: Mapping[str, Sequence[Compact]]) -> None:
        """Every pair of people of the main parts of each pair of reports (:func:`completing.completed`)."""
        main = {
            r: [c for c in who if c.part != "O"] if len(who) <= MOST_PEOPLE_A_REPORT else []
            for r, who in people.items()
        }
        for one, other in asked:
            for a in main.get(one, ()):
                for b in main.get(other, ()):
                    _add(found, a, b)

    def _worth_judging(self, found: Pairs) -> Pairs:
        """Without the pairs of reports of which nothing could come to a probability that is kept."""
        self.weights.weigh(found.values())
        most: dict[Pair, float] = defaultdict(lambda: -float("inf"))
        reports = {}
        for key, (a, b) in found.items():
            reports[key] = pair = pair_of(a.report_id, b.report_id)
            most[pair] = max(most[pair], self.weights.seen[key][2])
            if names_each_other(a, b):
                most[pair] = float("inf")
        least = self.judge.negligible
        return {k: p for k, p in found.items() if most[reports[k]] >= least or reports[k][0] == reports[k][1]}

    def _judge(self) -> None:
        self.judged = self.judge.judged(list(self.pairs.values()), self.weights) if self.pairs else None

    # What is tied together

    def settled(self, new: Mapping[str, str], seeds: Collection[str]) -> Arrival:
        """Persons of everybody whom ties, decisions or persons tie to new records or seeds."""
        ends = {r for pair in self._linked() for r in pair}
        near = self.held.near({*new, *ends, *seeds})
        records = {**near.records, **new}
        ties = {pair_of(t.left, t.right): t for t in near.ties}
        self._fill(records, ties)
        label = clusters.labels(records, self._edges(ties))
        self._stay(ties)
        fresh = self._kept(label)
        rows: dict[Pair, Tied | Belief] = {**ties, **{b.pair: b for b in fresh}}
        named = self._named(records, rows, near)
        return Arrival(
            fresh,
            named,
            frozenset(pid for record, pid, _, current in near.memory if current and record in records),
            frozenset(records.values()),
        )

    def _linked(self) -> Iterator[Pair]:
        """Judged pairs over evens."""
        if self.judged is not None:
            for (a, b), bits in zip(self.judged.pairs, self.judged.bits.tolist(), strict=True):
                if bits >= 0:
                    yield a.record_id, b.record_id

    def _edges(self, ties: Mapping[Pair, Tied]) -> Iterator[Pair]:
        yield from self._linked()
        together = (p for p, t in ties.items() if t.weight >= 0 or t.hold == KEPT)
        yield from (p for p in together if p not in self.pairs)

    def _fill(self, records: Mapping[str, str], ties: Mapping[Pair, Tied]) -> None:
        """Weigh the pairs of each component that nothing proposed: two persons whom a new record brings
        together were never compared with each other."""
        missing: list[Pair] = []
        for members in clusters.parts_of(clusters.labels(records, self._edges(ties))):
            if 2 < len(members) <= LARGEST_GROUP:
                missing += [
                    p for p in combinations(sorted(members), 2) if p not in ties and p not in self.pairs
                ]
        if not missing:
            return
        known = {c.record_id: c for pair in self.pairs.values() for c in pair}
        wanted = {records[r] for pair in missing for r in pair}
        people = _by_report(c for c in self.held.reports(wanted) if c.record_id not in known)
        for c in known.values():
            people.setdefault(c.report_id, []).append(c)
        at = {c.record_id: c for who in people.values() for c in who}
        missing = [p for p in missing if p[0] in at and p[1] in at]
        apart = {pair_of(records[a], records[b]) for a, b in missing}
        proposed = {
            k: p for k, p in self.proposed.items() if pair_of(p[0].report_id, p[1].report_id) in apart
        }
        self.pairs |= proposed
        met = {pair_of(a.report_id, b.report_id) for a, b in self.proposed.values()}
        self._propose([p for p in apart if p[0] != p[1] and p not in met], people)
        again = {pair_of(a.report_id, b.report_id) for a, b in self.pairs.values()} | apart
        # What was weighed of these reports for the same reason before is weighed again with the rest.
        missing += [
            p for p in ties if p[0] in at and p[1] in at and pair_of(records[p[0]], records[p[1]]) in again
        ]
        for a, b in missing:
            _add(self.pairs, at[a], at[b])
        self._judge()

    def _propose(self, reports: Sequence[Pair], people: Mapping[str, Sequence[Compact]]) -> None:
        """The pairs that keys, and the pairs of reports themselves, propose among reports that are held."""
        some = [c for r in {r for pair in reports for r in pair} for c in people.get(r, ())]
        keys = {r: frozenset(k) for r, k in self.held.keys(some).items()} if some else {}
        found: Pairs = {}
        named, nothing = set(), frozenset[int]()
        for one, other in reports:
            for a in people.get(one, ()):
                for b in people.get(other, ()):
                    if self.held.proposes(keys.get(a.record_id, nothing) & keys.get(b.record_id, nothing)):
                        _add(found, a, b)
                    if names_each_other(a, b):
                        named.add((one, other))
        self.weights.weigh(found.values())
        self._complete(found, self._asked(found.values()) | named, people)
        self.pairs |= found

    def _stay(self, ties: Mapping[Pair, Tied]) -> None:
        """What was kept although the model would not quite link it is kept when it is weighed again."""
        if self.judged is None or not any(t.hold == KEPT for t in ties.values()):
            return
        bar = clusters.bits_of(self.judge.model.bands.link_at)
        for i, (a, b) in enumerate(self.judged.pairs):
            tie = ties.get((a.record_id, b.record_id))
            near = bar - clusters.STAYS <= self.judged.bits[i] < bar
            if near and tie is not None and tie.hold == KEPT and self.judged.hold[i] is None:
                self.judged.hold[i] = KEPT

    def _kept(self, label: Mapping[str, int]) -> list[Belief]:
        """Pairs worth storing: of one component, likely enough, or the suspects of one victim's reports."""
        judged = self.judged
        if judged is None:
            return []
        bits = judged.bits.tolist()
        victims = {
            r for r, k, b in zip(judged.reports, judged.kinds, bits, strict=True) if k == "victim" and b >= 0
        }
        at = [
            i
            for i, (a, b) in enumerate(judged.pairs)
            if probability_of(bits[i]) >= LEAST_PROBABILITY_KEPT
            or label.get(a.record_id, -1) == label.get(b.record_id, -2)
            or (judged.kinds[i] == "suspect" and judged.reports[i] in victims)
        ]
        return believed(judged, at, self.judge)

    def _named(
        self,
        records: Collection[str],
        rows: Mapping[Pair, Tied | Belief],
        near: Near,
    ) -> ids.Rows:
        names = sorted(records)
        place = {r: i for i, r in enumerate(names)}
        force = in_force(near.decisions)
        evidence, held = clusters.from_rows(
            (place[a], place[b], row.hold, row.parts, row.bits)
            for (a, b), row in rows.items()
            if a in place and b in place
        )
        label = clusters.grouped_rows(
            len(names), evidence, held, force, place, self.judge.model.bands.link_at
        )
        groups: dict[int, list[str]] = defaultdict(list)
        for name, number in zip(names, label.tolist(), strict=True):
            groups[number].append(name)
        return ids.named(list(groups.values()), near.memory, force)


def _naming(first: Sequence[Compact], referring: Iterable[Compact]) -> set[Pair]:
    """Pairs of reports of which one names the other: of one of the new ones, whose ``first`` records are
    given, with another of them or with one that has a reference in common with it."""
    with_reference: dict[str, list[Compact]] = defaultdict(list)
    for c in first:
        for reference in {c.own_reference, *c.named_references} - {None}:
            with_reference[str(reference)].append(c)
    return {
        pair_of(a.report_id, b.report_id)
        for b in (*first, *referring)
        for reference in (b.own_reference, *b.named_references)
        for a in with_reference.get(str(reference), ())
        if names_each_other(a, b)
    }


def _add(pairs: Pairs, a: Compact, b: Compact) -> None:
    if a.record_id != b.record_id:
        pairs.setdefault(pair_of(a.record_id, b.record_id), (a, b))


def _by_report(people: Iterable[Compact]) -> dict[str, list[Compact]]:
    found: dict[str, list[Compact]] = defaultdict(list)
    for c in people:
        found[c.report_id].append(c)
    return found
