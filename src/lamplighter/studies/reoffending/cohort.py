"""Build a cohort: everybody's first index event of a period, and what they did afterwards.

Each person is in it once, with the first index event of the period. What was done on or before day 0 is
never reoffending, whenever it was proven; nor is the act of the index event in another force's book.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from lamplighter.studies.reoffending.content.shapes import FAR, KIND_CODES, NONE, Ints, groups
from lamplighter.studies.reoffending.definitions import Index, Outcome, Rules
from lamplighter.studies.reoffending.lives import ACT_CODES, Bools, Lives

SAME, NEW, EARLIER, UNKNOWN = range(4)
Bytes = npt.NDArray[np.int8]
_NO_ONE = -1
_EPOCH = dt.date(1970, 1, 1)


def number_of(day: dt.date) -> int:
    """Return a day as the number by which tables hold it."""
    return (day - _EPOCH).days


def date_of(number: int) -> dt.date:
    """Return the day of a number."""
    return _EPOCH + dt.timedelta(days=int(number))


def months_after(days: Ints, months: int) -> Ints:
    """Return the same day so many months later; the last of the month where there is no such day."""
    day = days.astype("datetime64[D]")
    month = day.astype("datetime64[M]")
    of_month = day - month.astype("datetime64[D]")
    target = month + np.timedelta64(months, "M")
    first = target.astype("datetime64[D]")
    last = (target + np.timedelta64(1, "M")).astype("datetime64[D]") - first - np.timedelta64(1, "D")
    return np.asarray((first + np.minimum(of_month, last)).astype(np.int64), dtype=np.int32)


@dataclass(frozen=True, slots=True)
class Window:
    """A period: its first day, and the first day after it."""

    first: dt.date
    before: dt.date

    def known_on(self, months: int) -> dt.date:
        """Return the day on which so many months have passed for the last person of the period."""
        last = np.array([number_of(self.before) - 1], dtype=np.int32)
        return date_of(int(months_after(last, months)[0]))


@dataclass(frozen=True, slots=True)
class Account:
    """Rules that decided something: how many people, or acts, each left out."""

    events: int
    dead_before: int
    not_dated: int
    pseudo: int
    straddling: int
    same_act: int


@dataclass(frozen=True, slots=True)
class Cohort:
    """People of one index event and period, and the rows of their later acts.

    ``person``, ``row``, ``day0``, ``force`` and ``death`` are of people; ``rows``, ``of`` (place of the
    person), ``day``, ``straddles`` and ``victim`` of later acts. ``act`` numbers acts within the
    cohort, and ``owner`` is the person of each.
    """

    index: Index
    window: Window
    lives: Lives
    person: Ints
    row: Ints
    day0: Ints
    force: npt.NDArray[np.int16]
    death: Ints
    victim_known: Bools
    rows: Ints
    of: Ints
    day: Ints
    straddles: Bools
    victim: Bytes
    act: Ints
    acts: int
    owner: Ints
    account: Account
    _due: dict[int, Ints] = field(default_factory=dict)

    def __len__(self) -> int:
        return int(self.person.size)

    def due_after(self, months: int) -> Ints:
        """Return for each person the same day so many months after day 0."""
        if months not in self._due:
            self._due[months] = months_after(self.day0, months)
        return self._due[months]


def group_mask(names: tuple[str, ...]) -> Bools:
    """Return which offence groups are named, by number; the last place is "no offence"."""
    return np.array([*(name in names for name in groups()), False])


def index_rows(lives: Lives, index: Index, window: Window) -> tuple[Ints, Ints]:
    """Return the rows that are index events of the period, and the day 0 of each."""
    rows = lives.rows
    fits = np.isin(rows.kind, [KIND_CODES[kind] for kind in index.kinds])
    if index.groups:
        fits &= group_mask(index.groups)[rows.group]
    if not index.custodial:
        fits &= (rows.kind != KIND_CODES["conviction"]) | (rows.custodial == 0)
    at = np.flatnonzero(fits)
    day = _index_days(lives, index, at)
    inside = (day >= number_of(window.first)) & (day < number_of(window.before))
    return at[inside].astype(np.int32), day[inside]


def _index_days(lives: Lives, index: Index, at: npt.NDArray[np.int64]) -> Ints:
    rows = lives.rows
    if index.day != "own":
        return np.asarray(getattr(rows, index.day)[at], dtype=np.int32)
    proven = np.isin(rows.kind[at], [KIND_CODES["conviction"], KIND_CODES["caution"]])
    return np.where(proven, rows.proven[at], rows.occurred[at]).astype(np.int32)


def cohort_of(lives: Lives, index: Index, window: Window, forces: frozenset[int] | None = None) -> Cohort:
    """Return the cohort of an index event and a period, of the whole country or of some forces' index events.

    What is done afterwards counts wherever it was done.
    """
    rows = lives.rows
    at, day = index_rows(lives, index, window)
    if forces is not None:
        mine = np.isin(rows.force[at], list(forces))
        at, day = at[mine], day[mine]
    events = int(at.size)
    who = lives.person[at]
    earliest = np.full(lives.persons, FAR, np.int32)
    np.minimum.at(earliest, who, day)
    first = day == earliest[who]
    at, day, who = at[first], day[first], who[first]
    order = np.lexsort((at, lives.occurred[at], day, who))
    at, day, who = at[order], day[order], who[order]
    first = np.append(True, who[1:] != who[:-1])[: who.size]
    at, day, who = at[first], day[first], who[first]
    dead = lives.death[who] <= day
    at, day, who = at[~dead], day[~dead], who[~dead]
    place = np.full(lives.persons, _NO_ONE, np.int32)
    place[who] = np.arange(who.size, dtype=np.int32)
    its_act = lives.act[at]
    of = place[lives.person]
    later = np.flatnonzero((of != _NO_ONE) & np.isin(rows.kind, ACT_CODES)).astype(np.int32)
    of = of[later]
    own_act = lives.act[later] == its_act[of]
    day0 = day[of]
    occurred, ended = lives.occurred[later], rows.ended[later]
    after = occurred > day0
    undated = occurred == -FAR
    straddles = ~after & ~undated & (ended > day0)
    found_out = np.minimum(rows.proven[later], rows.recorded[later])
    pseudo = ~after & ~straddles & ~undated & ~own_act & (rows.proven[later] > day0)
    pseudo &= rows.proven[later] < FAR
    account = Account(
        events=events,
        dead_before=int(dead.sum()),
        not_dated=int((undated & ~own_act & (found_out > day0) & (found_out < FAR)).sum()),
        pseudo=_people(of[pseudo], who.size),
        straddling=_people(of[straddles & ~own_act], who.size),
        same_act=_people(of[own_act & (rows.force[later] != rows.force[at[of]])], who.size),
    )
    keep = (after | straddles) & ~own_act
    later, of, straddles = later[keep], of[keep], straddles[keep]
    same, known = _index_victims(lives, its_act, place, who.size)
    act, acts = _compact(lives.act[later])
    owner = np.zeros(acts, np.int32)
    owner[act] = of
    return Cohort(
        index=index,
        window=window,
        lives=lives,
        person=who,
        row=at,
        day0=day,
        force=rows.force[at],
        death=lives.death[who],
        victim_known=known,
        rows=later,
        of=of,
        day=np.where(straddles, rows.ended[later], lives.occurred[later]).astype(np.int32),
        straddles=straddles,
        victim=_victims(lives, later, day[of], same),
        act=act,
        acts=acts,
        owner=owner,
        account=account,
    )


def _people(of: Ints, size: int) -> int:
    found = np.zeros(size, bool)
    found[of] = True
    return int(found.sum())


def _compact(values: Ints) -> tuple[Ints, int]:
    """Return numbers from 0 without gaps for values that may have some."""
    used = np.zeros(int(values.max(initial=-1)) + 1, bool)
    used[values] = True
    number = np.cumsum(used, dtype=np.int32) - 1
    return number[values].astype(np.int32), int(used.sum())


def _index_victims(lives: Lives, its_act: Ints, place: Ints, size: int) -> tuple[Bools, Bools]:
    """Return which pairs are a person with a victim of the index event, and who of the cohort has one."""
    same, known = np.zeros(lives.first_seen.size, bool), np.zeros(size, bool)
    marked = np.zeros(int(lives.act.max(initial=-1)) + 1, bool)
    marked[its_act] = True
    at = np.flatnonzero(marked[lives.act] & (lives.pair != NONE))
    same[lives.pair[at]] = True
    known[place[lives.person[at]]] = True
    return same, known


def _victims(lives: Lives, later: Ints, day0: Ints, same: Bools) -> Bytes:
    """Say of each later act against whom it was: the same victim, an earlier one, a new one, or not known."""
    if not same.size:
        return np.full(later.size, UNKNOWN, np.int8)
    pair = lives.pair[later]
    safe = np.maximum(pair, 0)
    fresh = lives.first_seen[safe] > day0
    found = np.where(same[safe], SAME, np.where(fresh, NEW, EARLIER))
    return np.where(pair == NONE, UNKNOWN, found).astype(np.int8)


@dataclass(frozen=True, slots=True)
class Later:
    """Later acts that an outcome counts, before any horizon.

    ``of`` is the place of the person in the cohort, ``known`` the day by which it was proven or recorded.
    """

    of: Ints
    day: Ints
    known: Ints
    act: Ints
    victim: Bytes
    force: npt.NDArray[np.int16]


def later_acts(cohort: Cohort, outcome: Outcome, rules: Rules) -> Later:
    """Return the rows that an outcome counts."""
    rows, at = cohort.lives.rows, cohort.rows
    fits = np.isin(rows.kind[at], [KIND_CODES[kind] for kind in outcome.kinds])
    group = rows.group[at]
    if outcome.groups:
        fits &= group_mask(outcome.groups)[group]
    elif outcome.is_proven:
        fits &= group != NONE
    if outcome.not_groups:
        fits &= ~group_mask(outcome.not_groups)[group]
    if outcome.same_victim_only:
        fits &= ~group_mask(outcome.same_victim_only)[group] | (cohort.victim == SAME)
    if outcome.course:
        fits &= cohort.lives.occurred[at] > rows.course_began[at]
    if rules.straddling == "not_counted":
        fits &= ~cohort.straddles
    kept = np.flatnonzero(fits)
    known = getattr(rows, outcome.known)[at[kept]]
    force = rows.force[at[kept]]
    return Later(cohort.of[kept], cohort.day[kept], known, cohort.act[kept], cohort.victim[kept], force)
