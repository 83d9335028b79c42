"""Say what was known before, who moved, and what came after an order: counts of people, none causal."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lamplighter.studies.reoffending.cohort import Window, group_mask, months_after, number_of
from lamplighter.studies.reoffending.content.shapes import FAR, KIND_CODES, NONE, Ints
from lamplighter.studies.reoffending.lives import ACT_CODES, Bools, Lives

_ORDER_MONTHS = 12
MOST_FORCES = 4


@dataclass(frozen=True, slots=True)
class Known:
    """People by what was reported of them before their first report that was recorded as stalking.

    ``own`` had an earlier report of these groups in the force that recorded it; ``elsewhere`` in other forces
    only. ``reports`` counts earlier acts. ``by_force`` gives the three numbers for each force.
    """

    people: int
    none: int
    own: int
    elsewhere: int
    reports: int
    by_force: tuple[tuple[int, int, int, int], ...]


@dataclass(frozen=True, slots=True)
class Spread:
    """People, victims and forces of reports of a period.

    ``forces`` counts people by how many forces have reports of them, ``victims`` by how many victims;
    ``moved`` had a first report in one force and a later act in another, of ``returned`` the last act was in
    the first force again. ``victim_not_named`` are people no report of whom names a victim.
    """

    people: int
    victims: int
    reports: int
    acts: int
    forces: tuple[int, ...]
    by_victims: tuple[int, ...]
    victim_not_named: int
    moved: int
    returned: int
    moved_same_victim: int


@dataclass(frozen=True, slots=True)
class Orders:
    """Orders of a period, and what was recorded of the person afterwards. Not what the orders did.

    ``mature`` were made at least twelve months before the extract; the counts after are of these. ``median``
    is of the days to the first breach, among people with one.
    """

    orders: int
    people: int
    mature: int
    breach: int
    breach_proven: int
    report_same_victim: int
    nothing: int
    median: float | None
    breaches: int


def known_before(
    lives: Lives, window: Window, groups: tuple[str, ...], forces: int, own: frozenset[int] | None
) -> Known:
    """Return what was known of people before the first report of theirs that was recorded as stalking.

    The first such report ever must lie in the period. Earlier is by the day recorded, and by the day it was
    done; the same act in another book is not earlier.
    """
    rows = lives.rows
    report = rows.kind == KIND_CODES["report"]
    stalking = report & group_mask(("stalking",))[rows.group]
    first = np.full(lives.persons, FAR, np.int32)
    np.minimum.at(first, lives.person[stalking], rows.recorded[stalking])
    inside = (first >= number_of(window.first)) & (first < number_of(window.before))
    at = np.flatnonzero(stalking & inside[lives.person] & (rows.recorded == first[lives.person]))
    _, once = np.unique(lives.person[at], return_index=True)
    at = at[once]
    if own is not None:
        at = at[np.isin(rows.force[at], list(own))]
    who, home = lives.person[at], rows.force[at]
    place = np.full(lives.persons, NONE, np.int32)
    place[who] = np.arange(who.size, dtype=np.int32)
    earlier = report & group_mask(groups)[rows.group] & (place[lives.person] != NONE)
    e = np.flatnonzero(earlier)
    of = place[lives.person[e]]
    before = (rows.recorded[e] < first[lives.person[e]]) & (lives.act[e] != lives.act[at][of])
    before &= lives.occurred[e] <= first[lives.person[e]]
    e, of = e[before], of[before]
    in_own, in_any = np.zeros(who.size, bool), np.zeros(who.size, bool)
    in_any[of] = True
    in_own[of[rows.force[e] == home[of]]] = True
    elsewhere = in_any & ~in_own
    by_force = [
        (f, int((mine & ~in_any).sum()), int((mine & in_own).sum()), int((mine & elsewhere).sum()))
        for f in range(forces)
        for mine in [home == f]
    ]
    return Known(
        people=int(who.size),
        none=int((~in_any).sum()),
        own=int(in_own.sum()),
        elsewhere=int(elsewhere.sum()),
        reports=int(np.unique(lives.act[e]).size),
        by_force=tuple(by_force),
    )


def spread(lives: Lives, window: Window, groups: tuple[str, ...], own: frozenset[int] | None) -> Spread:
    """Return how many people, victims and forces the reports of a period are of.

    Of some forces: the people of whom they have a report in the period, with their reports everywhere.
    """
    rows = lives.rows
    inside = (rows.kind == KIND_CODES["report"]) & group_mask(groups)[rows.group]
    inside &= (rows.recorded >= number_of(window.first)) & (rows.recorded < number_of(window.before))
    at = np.flatnonzero(inside).astype(np.int32)
    if own is not None:
        mine = np.zeros(lives.persons, bool)
        mine[lives.person[at[np.isin(rows.force[at], list(own))]]] = True
        at = at[mine[lives.person[at]]]
    person, force, pair = lives.person[at], rows.force[at].astype(np.int32), lives.pair[at]
    people = np.unique(person)
    per_force = _distinct(person, force, people)
    named = pair != NONE
    victims = _distinct(person[named], pair[named], people)
    order = np.lexsort((rows.recorded[at], lives.occurred[at], person))
    person, force, pair = person[order], force[order], pair[order]
    starts = np.flatnonzero(np.append(True, person[1:] != person[:-1])[: person.size])
    ends = np.append(starts[1:], person.size)[: starts.size] - 1
    owner = np.repeat(np.arange(starts.size, dtype=np.int32), np.diff(np.append(starts, person.size)))
    home = force[starts][owner]
    away = force != home
    moved = np.zeros(starts.size, bool)
    moved[owner[away]] = True
    same = _same_victim_elsewhere(owner, pair, away, starts.size)
    return Spread(
        people=int(people.size),
        victims=_count_victims(lives, at),
        reports=int(at.size),
        acts=int(np.unique(lives.act[at]).size),
        forces=_bands(per_force, 1),
        by_victims=_bands(victims[victims > 0], 1),
        victim_not_named=int((victims == 0).sum()),
        moved=int(moved.sum()),
        returned=int((moved & (force[ends] == force[starts])).sum()),
        moved_same_victim=int(same.sum()),
    )


def _count_victims(lives: Lives, at: Ints) -> int:
    victims = lives.victim[at]
    return int(np.unique(victims[victims != NONE]).size)


def _same_victim_elsewhere(owner: Ints, pair: Ints, away: Bools, size: int) -> Bools:
    """Tell of each person whether a victim of the first force is a victim in another one too."""
    found = np.zeros(size, bool)
    at_home, abroad = pair[~away & (pair != NONE)], away & (pair != NONE)
    both = abroad & np.isin(pair, at_home)
    found[owner[both]] = True
    return found


def _distinct(person: Ints, what: Ints, people: Ints) -> Ints:
    """Return for each of the people how many different values they have."""
    keys = np.unique(person.astype(np.int64) << 32 | what)
    return np.bincount(np.searchsorted(people, keys >> 32), minlength=people.size).astype(np.int32)


def _bands(values: Ints, least: int) -> tuple[int, ...]:
    counted = np.bincount(np.minimum(values, MOST_FORCES), minlength=MOST_FORCES + 1)
    return tuple(int(n) for n in counted[least:])


def after_orders(lives: Lives, window: Window, extracted: int, own: frozenset[int] | None) -> Orders:
    """Return what was recorded after orders of a period. A person counts once, by their first order of it."""
    rows = lives.rows
    made = np.flatnonzero(
        (rows.kind == KIND_CODES["order_made"])
        & (rows.occurred >= number_of(window.first))
        & (rows.occurred < number_of(window.before))
    )
    if own is not None:
        made = made[np.isin(rows.force[made], list(own))]
    orders = int(made.size)
    made = made[np.lexsort((rows.occurred[made], lives.person[made]))]
    made = made[np.append(True, lives.person[made][1:] != lives.person[made][:-1])[: made.size]]
    people = int(made.size)
    made = made[months_after(rows.occurred[made], _ORDER_MONTHS) <= extracted]
    place = np.full(lives.persons, NONE, np.int32)
    place[lives.person[made]] = np.arange(made.size, dtype=np.int32)
    later = np.flatnonzero((place[lives.person] != NONE) & np.isin(rows.kind, ACT_CODES))
    of = place[lives.person[later]]
    day0, due = rows.occurred[made], months_after(rows.occurred[made], _ORDER_MONTHS)
    inside = (lives.occurred[later] > day0[of]) & (lives.occurred[later] <= due[of])
    later, of = later[inside], of[inside]
    is_breach = (rows.kind[later] == KIND_CODES["breach"]) | group_mask(("breach_of_order",))[
        rows.group[later]
    ]
    breach, proven = np.zeros(made.size, bool), np.zeros(made.size, bool)
    breach[of[is_breach]] = True
    proven[of[is_breach & (rows.proven[later] < FAR)]] = True
    her = lives.pair[made]
    again = (rows.kind[later] == KIND_CODES["report"]) & (her[of] != NONE) & (lives.pair[later] == her[of])
    reported, anything = np.zeros(made.size, bool), np.zeros(made.size, bool)
    reported[of[again]] = True
    anything[of] = True
    first = np.full(made.size, FAR, np.int32)
    np.minimum.at(first, of[is_breach], lives.occurred[later][is_breach])
    days = (first - day0)[breach]
    return Orders(
        orders=orders,
        people=people,
        mature=int(made.size),
        breach=int(breach.sum()),
        breach_proven=int(proven.sum()),
        report_same_victim=int(reported.sum()),
        nothing=int((~anything).sum()),
        median=float(np.median(days)) if days.size else None,
        breaches=int(np.unique(lives.act[later[is_breach]]).size),
    )
