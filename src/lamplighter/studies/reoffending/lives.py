"""Put the events of one person together, under one reading of the links, and join one act in two books.

The links say which records are one person; twenty drawn partitions say it twenty ways. Everything that hangs
on it is worked out here, so that it can be done once for each.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from lamplighter.studies.reoffending.content.shapes import FAR, KIND_CODES, NONE, Ints, Rows, groups
from lamplighter.studies.reoffending.definitions import ACTS, Rules

Bools = npt.NDArray[np.bool_]
ACT_CODES = np.array([KIND_CODES[kind] for kind in ACTS], dtype=np.int8)


@dataclass(frozen=True, slots=True)
class Lives:
    """Events by person. ``act`` numbers one act of one person, in as many books as it stands.

    ``pair`` numbers a person with one victim (NONE where she is not known), ``first_seen`` is the first day
    that is known of a pair. ``occurred`` is the earlier day where two books have one act. ``joined`` counts
    acts that stood in the books of two forces and were made one without a force saying so.
    """

    rows: Rows
    person: Ints
    victim: Ints
    pair: Ints
    act: Ints
    occurred: Ints
    first_seen: Ints
    death: Ints
    persons: int
    joined: int


def lives_of(rows: Rows, person_of_record: Ints, persons: int, rules: Rules) -> Lives:
    """Return the events as lives, under one reading of the links."""
    person = person_of_record[rows.suspect]
    victim = np.where(rows.victim == NONE, NONE, person_of_record[np.maximum(rows.victim, 0)])
    keys = person.astype(np.int64) << 32
    act = _numbered(keys | rows.act)
    act, joined, many = _one_act(rows, person, victim, act, rules)
    occurred = rows.occurred
    if many.size:
        occurred = occurred.copy()
        earliest = np.full(int(act.max()) + 1, FAR, np.int32)
        known = occurred > -FAR
        np.minimum.at(earliest, act[known], occurred[known])
        in_two = np.zeros(earliest.size, bool)
        in_two[many] = True
        moved = known & in_two[act]
        occurred[moved] = earliest[act[moved]]
    pair = np.full(len(rows), NONE, np.int32)
    with_victim = victim != NONE
    first_seen = np.empty(0, np.int32)
    if with_victim.any():
        pair[with_victim] = _numbered(keys[with_victim] | victim[with_victim])
        first_seen = np.full(int(pair.max()) + 1, FAR, np.int32)
        seen = np.where(occurred == -FAR, np.minimum(rows.recorded, rows.proven), occurred)
        np.minimum.at(first_seen, pair[with_victim], seen[with_victim])
    death = np.full(persons, FAR, np.int32)
    died = rows.kind == KIND_CODES["death"]
    np.minimum.at(death, person[died], rows.occurred[died])
    return Lives(rows, person, victim, pair, act, occurred, first_seen, death, persons, joined)


def known_on(rows: Rows, day: int) -> Rows:
    """Return the rows as they were known on a day: what was recorded or proven later is not there yet."""
    proof = np.isin(rows.kind, [KIND_CODES["conviction"], KIND_CODES["caution"]])
    first = np.where(rows.recorded < FAR, rows.recorded, rows.occurred)
    known = np.where(proof, rows.proven, first) <= day
    kept = rows.take(known)
    return replace(kept, proven=np.where(kept.proven <= day, kept.proven, FAR).astype(np.int32))


def _numbered(keys: npt.NDArray[np.int64]) -> Ints:
    """Return the rank of each key among the keys that there are."""
    order = np.argsort(keys)
    ordered = keys[order]
    step = np.empty(ordered.size, np.int32)
    if ordered.size:
        step[0] = 0
        np.cumsum(ordered[1:] != ordered[:-1], out=step[1:])
    out = np.empty_like(step)
    out[order] = step
    return out


def _one_act(rows: Rows, person: Ints, victim: Ints, act: Ints, rules: Rules) -> tuple[Ints, int, Ints]:
    """Join acts that two forces have of one person: alike, so many days apart, and with no other victim.

    Each force tells of an act once: two crimes of one force stay two. An act with the same victim is joined
    before one whose victim a force does not name. Returns the acts, how many were joined, and the acts that
    now stand in several books.
    """
    family = _families(rules)[rows.group]
    usable = np.isin(rows.kind, ACT_CODES) & (rows.occurred > -FAR) & (family >= 0)
    several = _in_several_forces(rows, person)
    at = np.flatnonzero(usable & several[person])
    if not at.size:
        return act, 0, np.empty(0, np.int32)
    # One row an act: its earliest.
    at = at[np.lexsort((rows.occurred[at], act[at]))]
    firsts = at[np.append(True, act[at][1:] != act[at][:-1])]
    own_victim = np.full(int(act.max()) + 1, NONE, np.int32)
    named = at[victim[at] != NONE][::-1]
    own_victim[act[named]] = victim[named]
    order = np.lexsort((firsts, rows.occurred[firsts], family[firsts], person[firsts]))
    firsts = firsts[order]
    who, what, day = person[firsts], family[firsts], rows.occurred[firsts]
    fresh = np.append(
        True,
        (who[1:] != who[:-1]) | (what[1:] != what[:-1]) | (day[1:] - day[:-1] > rules.same_act_days),
    )
    run = np.cumsum(fresh) - 1
    force = rows.force[firsts]
    low, high = np.full(run[-1] + 1, 2**14, np.int16), np.full(run[-1] + 1, -1, np.int16)
    np.minimum.at(low, run, force)
    np.maximum.at(high, run, force)
    mixed = np.flatnonzero((low < high)[run])
    if not mixed.size:
        return act, 0, np.empty(0, np.int32)
    into = np.arange(int(act.max()) + 1, dtype=np.int32)
    joined = 0
    open_acts: list[_Open] = []
    here = -1
    acts = act[firsts]
    for place in mixed:
        if run[place] != here:
            here, open_acts = int(run[place]), []
        own = _Open(int(acts[place]), int(day[place]), int(own_victim[acts[place]]), {int(force[place])})
        fits = [o for o in open_acts if o.fits(own, rules.same_act_days)]
        if not fits:
            open_acts.append(own)
            continue
        best = min(fits, key=lambda o: (o.victim != own.victim, o.victim == NONE, o.day, o.act))
        best.forces |= own.forces
        best.victim = own.victim if best.victim == NONE else best.victim
        into[own.act] = best.act
        joined += 1
    return into[act], joined, np.unique(into[into != np.arange(into.size)])


@dataclass(slots=True)
class _Open:
    """An act that another force may have as well."""

    act: int
    day: int
    victim: int
    forces: set[int]

    def fits(self, other: _Open, days: int) -> bool:
        alike = NONE in (self.victim, other.victim) or self.victim == other.victim
        return alike and other.day - self.day <= days and not (self.forces & other.forces)


def _families(rules: Rules) -> npt.NDArray[np.int16]:
    """Return the family of each offence group: those that may be one act share one. No group is last."""
    names = groups()
    alike = min((names.index(name) for name in rules.alike), default=-1)
    own = [alike if name in rules.alike else place for place, name in enumerate(names)]
    return np.array([*own, -1], dtype=np.int16)


def _in_several_forces(rows: Rows, person: Ints) -> Bools:
    """Tell of each person whether more than one force has events of theirs."""
    size = int(person.max(initial=0)) + 1
    low, high = np.full(size, 2**14, np.int16), np.full(size, -1, np.int16)
    np.minimum.at(low, person, rows.force)
    np.maximum.at(high, person, rows.force)
    return low < high
