"""Link reports as they arrive, with the weights of the batch and nothing of its arrays of millions.

The place that keeps the records (:class:`store.Held`: tables of the hub) answers four questions: who shares a
rare key with these people, who else stands in a report, which of some records share keys, and what is tied to
a record already. From the
answers :func:`arrive` works out the pairs of the new reports, the persons they touch, their ids, and the
reasons, and touches nobody else. It works on arrays, for one report as for a hundred.

The result does not depend on the order in which reports arrive: a pair is looked at when the batch would
look at it, and two reports are weighed as a whole. (Only a key that becomes crowded in between tells: who
came before has met everybody under it, who comes after only those under what narrows it.)
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations

import numpy as np

from lamplighter.linkage.arrays import components
from lamplighter.linkage.arrays.log_odds import bits_of, probability_of
from lamplighter.linkage.arrays.pair_words import Packed, distinct, ends, packed, packed_one, unpacked
from lamplighter.linkage.arrays.row_order import Rows, among, numbered
from lamplighter.linkage.clustering import clusters, stable_ids
from lamplighter.linkage.clustering.decisions import Standing, in_force
from lamplighter.linkage.comparisons.weight_bars import HELD, KEPT
from lamplighter.linkage.dyads.dyad_evidence import KINDS
from lamplighter.linkage.dyads.report_candidates import MOST_PEOPLE_A_REPORT
from lamplighter.linkage.features.compact_records import Compact
from lamplighter.linkage.online.compared_records import Met
from lamplighter.linkage.online.component import Tied
from lamplighter.linkage.online.scored_pairs import Beliefs, believed
from lamplighter.linkage.online.scorer import Judge, Judged, Weights
from lamplighter.linkage.online.store import Held, Near
from lamplighter.linkage.thresholds import LEAST_PROBABILITY_KEPT, STAYS

NONE = np.empty(0, dtype=np.int64)


@dataclass(frozen=True, slots=True)
class Arrival:
    """Hold what a report changes. ``beliefs``: new and changed pairs. ``named``: the touched persons.
    ``before``: who they were. ``reports``: those of everybody it reached."""

    beliefs: Beliefs
    named: stable_ids.Rows
    before: frozenset[str]
    reports: frozenset[str]


def arrive(new: Sequence[Compact], held: Held, judge: Judge, *, seeds: Collection[str] = ()) -> Arrival:
    """Match the people of new reports, one or many, and work out the touched persons again.

    ``new`` are not held yet. ``seeds``: further records whose persons are to be worked out again (those of
    earlier versions of the reports). Many reports at once cost less each, and come to the same as one after
    the other.
    """
    return compare(new, held, judge).settled({c.record_id: c.report_id for c in new}, seeds)


def compare(new: Sequence[Compact], held: Held, judge: Judge) -> Scene:
    """Return the first half of :func:`arrive`: the people of new reports looked up and weighed, nobody
    settled.
    """
    scene = Scene(judge, held)
    scene.meet(new)
    return scene


def resettle(seeds: Collection[str], held: Held, judge: Judge) -> Arrival:
    """Persons anew around some records, after somebody decided about them."""
    return Scene(judge, held).settled({}, seeds)


@dataclass(frozen=True, slots=True)
class _Standing:
    """Hold where judged pairs stand among the records that are tied, and the component of everybody, by
    place."""

    pairs: Packed
    component: Rows


@dataclass(slots=True)
class Scene:
    """New reports, whom they are compared with, and what it comes to. Pairs are packed numbers of those who
    have been met: ``proposed``, by keys and by pairs of reports, and ``judged``, which may come to
    something. ``looked_up``: the new reports, of which all who share a key with anybody are proposed."""

    judge: Judge
    held: Held
    met: Met = field(default_factory=Met)
    weights: Weights = field(init=False)
    proposed: Packed = field(default_factory=lambda: NONE)
    judged: Judged = field(init=False)
    looked_up: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.weights = Weights(self.judge, self.met)
        self.judged = self.judge.nothing

    def _judge(self, pairs: Packed) -> None:
        self.judged = self.judge.judged(pairs, self.weights)

    def pairs_over(self, bits: float) -> list[tuple[str, str]]:
        """Return the records of each judged pair of at least so many bits."""
        return list(zip(*self.met.ids_of(self.judged.pairs[self.judged.bits >= bits]), strict=True))

    # The new reports beside those that share a key with them, and beside each other

    def meet(self, new: Sequence[Compact]) -> None:
        """Weigh the people of new reports with whom the keys, and then the pairs of reports, propose."""
        sharing = self.held.sharing(new)
        self.met.add_whole(new)
        own = self.looked_up = list(self.met.whole)
        at = np.array(self.met.add(sharing.people), dtype=np.int64)
        found = distinct(packed(at[sharing.one], at[sharing.other]))
        referring = {self.met.report_of(n) for n in self.met.add(sharing.referring)}
        asked = distinct(self._asked(found), self._named_by(own, {*own, *referring}))
        names = list(self.met.reports)
        self._fetch(names[r] for r in ends(asked))
        inside = [
            packed_one(a, b)
            for who in map(self.met.whole.__getitem__, own)
            if len(who) <= MOST_PEOPLE_A_REPORT
            for a, b in combinations(who, 2)
        ]
        self.proposed = distinct(found, self._completed(asked), np.array(inside, dtype=np.int64))
        self._judge(self._worth_judging(self.proposed))

    def _named_by(self, new: Collection[int], known: Collection[int]) -> Packed:
        """Return the pairs of ``known`` reports, one of them new, of which one names the other."""
        naming = self.met.naming()
        if not len(naming):
            return naming
        one, other = unpacked(naming)
        fresh = np.isin(one, list(new)) | np.isin(other, list(new))
        return naming[fresh & np.isin(one, list(known)) & np.isin(other, list(known))]

    def _asked(self, pairs: Packed) -> Packed:
        """Return the pairs of reports that may share a person (:func:`report_candidates.report_pairs`)."""
        at = self.weights.weigh(pairs)
        sides = self.met.sides(pairs)
        return distinct(sides.reports[self.weights.evidence[at] >= self.judge.asks[sides.kind]])

    def _fetch(self, report_ids: Iterable[str]) -> None:
        """Meet everybody in some reports."""
        whole, number = self.met.whole, self.met.reports
        wanted = {r for r in report_ids if number.get(r) not in whole}
        if wanted:
            self.met.add_whole(self.held.reports(wanted))

    def _completed(self, reports: Packed) -> Packed:
        """Return every pair of people of the main parts of each pair of reports
        (:func:`report_candidates.completed`)."""
        one, other = (side.tolist() for side in unpacked(reports))
        people = self.met.people
        main = {
            r: [n for n in who if people[n].part != "O"] if len(who) <= MOST_PEOPLE_A_REPORT else []
            for r in {*one, *other}
            if (who := self.met.whole.get(r)) is not None
        }
        found = [
            packed_one(a, b)
            for r, s in zip(one, other, strict=True)
            for a in main.get(r, ())
            for b in main.get(s, ())
        ]
        return np.array(found, dtype=np.int64)

    def _worth_judging(self, pairs: Packed) -> Packed:
        """Without the pairs of reports of which nothing could come to a probability that is kept."""
        at = self.weights.weigh(pairs)
        reports, which = numbered(self.met.reports_of(pairs))
        most = np.full(len(reports), -np.inf)
        np.maximum.at(most, which, self.weights.evidence[at])
        one, other = unpacked(reports)
        worth = (most >= self.judge.negligible) | (one == other) | among(reports, self.met.naming())
        return np.asarray(pairs[worth[which]])

    # What is tied together

    def settled(self, new: Mapping[str, str], seeds: Collection[str]) -> Arrival:
        """Persons of everybody whom ties, decisions or persons tie to new records or seeds."""
        people = self.met.people
        linked = ends(self.judged.pairs[self.judged.bits >= 0])
        near = self.held.near({*new, *(people[n].record_id for n in linked), *seeds})
        tied, force = Tied.of({**near.records, **new}, near.ties), in_force(near.decisions)
        said = tied.places_of(force.same)
        standing = self._standing(tied, said)
        if self._fill(tied, standing):
            standing = self._standing(tied, said)
        self._stay(tied, standing)
        fresh = self._kept(standing)
        return Arrival(
            fresh,
            self._named(tied, near, fresh, force),
            frozenset(pid for record, pid, _, current in near.memory if current and record in tied.place),
            frozenset(tied.records.values()),
        )

    def _standing(self, tied: Tied, said: Packed) -> _Standing:
        """Tell where the judged pairs stand, and who hangs together by pairs over evens (those that are
        judged now, and stored ones that are not), and by what was ``said`` to be one."""
        pairs = tied.places(self.met, self.judged.pairs)
        linked = np.concatenate([pairs[self.judged.bits >= 0], said])
        return _Standing(pairs, tied.components(self.met, linked, pairs))

    def _fill(self, tied: Tied, standing: _Standing) -> bool:
        """Weigh the pairs of each component that nothing proposed: two persons whom a new record or a
        decision brings together were never compared with each other. Whether there were any."""
        have = np.concatenate([standing.pairs, tied.pairs])
        absent = packed(*components.absent_pairs(standing.component, *unpacked(have)))
        if not len(absent):
            return False
        self._fetch(tied.reports_of(absent))
        missing = tied.numbers(self.met, absent)
        apart = distinct(self.met.reports_of(missing))
        anew = self.proposed[among(self.met.reports_of(self.proposed), apart)]
        one, other = unpacked(apart)
        unmet = apart[(one != other) & ~among(apart, distinct(self.met.reports_of(self.proposed)))]
        wider = distinct(self.judged.pairs, anew, self._propose(unmet))
        # What was weighed of these reports for the same reason before is weighed again with the rest.
        stored = tied.numbers(self.met, tied.pairs)
        again = distinct(self.met.reports_of(wider), apart)
        stored = stored[among(self.met.reports_of(stored), again)]
        self._judge(distinct(wider, missing, stored))
        return True

    def _propose(self, reports: Packed) -> Packed:
        """Return the pairs that keys, and the pairs of reports themselves, propose among some pairs of
        reports.
        """
        # Keys would have proposed those with a new report already.
        known = np.isin(np.stack(unpacked(reports)), self.looked_up).any(axis=0)
        found = self._sharing(reports[~known])
        asked = distinct(self._asked(found), reports[among(reports, self.met.naming())])
        return np.concatenate([found, self._completed(asked)])

    def _sharing(self, reports: Packed) -> Packed:
        """Return the pairs that keys propose among some pairs of reports that are held."""
        whole = self.met.whole
        some = [n for r in ends(reports) for n in whole.get(r, ())]
        if not some:
            return NONE
        at = np.array(some, dtype=np.int64)
        one, other = self.held.together([self.met.people[n] for n in some])
        found = packed(at[one], at[other])
        return found[among(self.met.reports_of(found), reports)]

    def _stay(self, tied: Tied, standing: _Standing) -> None:
        """Keep what was kept although the model would not quite link it when it is weighed
        again."""
        stayed = tied.pairs[tied.ties.hold == HELD[KEPT]]
        if not len(stayed):
            return
        judged, bar = self.judged, bits_of(self.judge.model.bands.link_at)
        near = (judged.bits >= bar - STAYS) & (judged.bits < bar) & (judged.hold == HELD[None])
        judged.hold[near & among(standing.pairs, np.sort(stayed))] = HELD[KEPT]

    def _kept(self, standing: _Standing) -> Beliefs:
        """Pairs worth storing: of one component, likely enough, or the suspects of one victim's reports."""
        judged, kind = self.judged, self.judged.sides.kind
        one, other = (standing.component[side] for side in unpacked(standing.pairs))
        victims = distinct(judged.sides.reports[(kind == KINDS["victim"]) & (judged.bits >= 0)])
        at = np.flatnonzero(
            (probability_of(judged.bits) >= LEAST_PROBABILITY_KEPT)
            | (one == other)
            | ((kind == KINDS["suspect"]) & among(judged.sides.reports, victims))
        )
        return believed(judged, at, *self.met.ids_of(judged.pairs[at]), self.judge)

    def _named(self, tied: Tied, near: Near, fresh: Beliefs, force: Standing) -> stable_ids.Rows:
        """Persons from what is believed now, and from what is stored of other pairs."""
        evidence, held = tied.evidence(fresh)
        label = clusters.grouped_rows(
            len(tied.names), evidence, held, force, tied.place, self.judge.model.bands.link_at
        ).label
        groups: dict[int, list[str]] = defaultdict(list)
        for name, number in zip(tied.names, label.tolist(), strict=True):
            groups[number].append(name)
        return stable_ids.named(list(groups.values()), near.memory, force)
