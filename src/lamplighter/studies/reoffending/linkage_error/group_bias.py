"""Say how far missed and false links move the rate of each group, and in which direction.

A rate by sex, age, ethnicity or size of the force can differ because the records of one group are linked less
well. Each drawn partition is held against the published one and against what both agree on (their meet): the
step from the published one to the meet takes false links apart, that from the meet to the draw joins what was
missed. Only people whom a draw touches are worked out again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from lamplighter.statistics import signed_bias
from lamplighter.studies.reoffending.cohort import Cohort, Window, index_rows
from lamplighter.studies.reoffending.content.shapes import Grouping, Held, Ints
from lamplighter.studies.reoffending.definitions import Definitions
from lamplighter.studies.reoffending.grid import Cohorts, Key, asked_of, counts_of
from lamplighter.studies.reoffending.lives import lives_of
from lamplighter.studies.reoffending.partitions import loose_rows

FORCE_SIZE = "force_size"
GROUPINGS = ("sex", "age_band", "ethnicity", FORCE_SIZE)
#: Names of the three parts that forces are put into by the number of their records.
SIZES = ("Forces with the fewest records", "Forces in the middle", "Forces with the most records")
_FEWEST_DRAWS = 2
#: A moved rate is told with a direction if nought is so many errors away.
_TOLD = 1.96
_NOUGHT = 1e-12
_Counts = npt.NDArray[np.int64]  # (2, groups): people and reoffenders
_Found = dict[tuple[Key, str], _Counts]


@dataclass(frozen=True, slots=True)
class GroupBias:
    """One group: its published rate, and how much of it, as shares, false and missed links make or hide.

    ``moved`` is above 0 where the published rate is too high; ``error`` is that of it, from the draws.
    """

    by: str
    group: str
    people: int
    rate: float
    false_links: float
    missed_links: float
    moved: float
    error: float

    @property
    def low(self) -> float:
        return self.moved - _TOLD * self.error

    @property
    def high(self) -> float:
        return self.moved + _TOLD * self.error

    @property
    def still(self) -> bool:
        """Tell whether the rate is the same in every draw."""
        return abs(self.moved) < _NOUGHT and self.error < _NOUGHT

    @property
    def direction(self) -> str:
        """Return "too low", "too high", or "" where the draws do not say which."""
        return "too low" if self.high < 0 else "too high" if self.low > 0 else ""


@dataclass(frozen=True, slots=True)
class Biases:
    """Hold how links move the rates of the groups of a cell; ``unsaid`` are groupings with nothing, and why.

    ``too_few`` has the groups, by grouping, that hold too few people to say anything of.
    """

    key: Key
    groups: tuple[GroupBias, ...]
    unsaid: Mapping[str, str]
    too_few: tuple[tuple[str, str], ...] = ()


def group_biases(
    held: Held, defs: Definitions, forces: frozenset[int] | None, keys: Mapping[Key, Window]
) -> tuple[Biases, ...]:
    """Return how links move the rates of groups, for each cell."""
    if len(held.links.draws) < _FEWEST_DRAWS:
        why = "The linker drew fewer than two partitions."
        return tuple(Biases(key, (), dict.fromkeys(GROUPINGS, why)) for key in keys)
    groupings, unsaid = _groupings(held)
    loose = loose_rows(held)
    links = held.links

    def counted(rows: npt.NDArray[np.bool_], person: Ints, persons: int) -> _Found:
        own = replace(held, rows=held.rows.take(rows))
        cohorts = Cohorts(own, defs, lives_of(own.rows, person, persons, defs.rules), forces)
        return _counts(cohorts, keys, groupings)

    firm = counted(~loose, links.person, links.persons) if not loose.all() else {}
    loose = _asked_about(held, defs, loose, keys)
    if not loose.any():
        published, met, drawn = firm, [firm] * len(links.draws), [firm] * len(links.draws)
    else:
        published = _sum(firm, counted(loose, links.person, links.persons))
        met, drawn = [], []
        for draw in range(len(links.draws)):
            met.append(_sum(firm, counted(loose, *met_with(held, draw))))
            drawn.append(_sum(firm, counted(loose, links.of_draw(draw), links.persons)))
    return tuple(_biases(key, groupings, unsaid, published, met, drawn, defs.read_out.people) for key in keys)


def _asked_about(
    held: Held, defs: Definitions, loose: npt.NDArray[np.bool_], keys: Mapping[Key, Window]
) -> npt.NDArray[np.bool_]:
    """Return the rows of everybody who may be, in any draw, one with somebody who is asked about.

    The others are in no cohort of these cells under any reading, and nothing of theirs can come into one.
    """
    links, rows = held.links, held.rows.take(loose)
    lives = lives_of(rows, links.person, links.persons, defs.rules)
    asked = np.zeros(len(rows), bool)
    for key, window in keys.items():
        asked[index_rows(lives, defs.index(key[0]), window)[0]] = True
    left = np.concatenate([links.person[places] for places, _ in links.draws])
    right = np.concatenate([persons for _, persons in links.draws])
    edges = coo_matrix((np.ones(left.size, bool), (left, right)), shape=(links.persons, links.persons))
    count, together = connected_components(edges, directed=False)
    of = together[links.person[rows.suspect]]
    some = np.zeros(count, bool)
    some[of[asked]] = True
    out = loose.copy()
    out[loose] = some[of]
    return out


def met_with(held: Held, draw: int) -> tuple[Ints, int]:
    """Return the person of each record where the published links and a draw agree, and how many there are."""
    links = held.links
    places, persons = links.draws[draw]
    before = links.person[places]
    apart = persons != before
    pairs = before[apart].astype(np.int64) << 32 | persons[apart]
    kinds, fresh = np.unique(pairs, return_inverse=True)
    out = links.person.copy()
    out[places[apart]] = links.persons + fresh.reshape(-1)
    return out, links.persons + len(kinds)


def _groupings(held: Held) -> tuple[dict[str, Grouping], dict[str, str]]:
    """Return the groups that the data hold, that of forces by size among them, and why others are missing."""
    found = {name: own for name, own in held.links.groups.items() if name in GROUPINGS}
    unsaid = {
        name: "The folder does not hold it of the people that forces delivered."
        for name in GROUPINGS
        if name not in found and name != FORCE_SIZE
    }
    many = len(held.country.forces)
    if many < len(SIZES):
        return found, unsaid | {FORCE_SIZE: "There are fewer than three forces."}
    records = np.bincount(held.rows.force, minlength=many)
    order = np.argsort(records, kind="stable")
    size = np.empty(many, np.int8)
    size[order] = np.arange(many) * len(SIZES) // many
    return found | {FORCE_SIZE: Grouping(SIZES, size)}, unsaid


def _counts(cohorts: Cohorts, keys: Mapping[Key, Window], groupings: Mapping[str, Grouping]) -> _Found:
    """Return people and reoffenders of each group, of each cell."""
    found: _Found = {}
    for key, window in keys.items():
        index, outcome, victim, horizon, wait = key
        told = cohorts.defs.outcome(outcome)
        cohort = cohorts.cohort(cohorts.defs.index(index), window)
        asked = asked_of(cohorts.held, cohort, told, victim)
        again = counts_of(cohort, cohorts.later(cohort, told), victim, horizon, wait) > 0
        for by, grouping in groupings.items():
            of = _group_of(cohort, by, grouping)
            size = len(grouping.labels)
            found[key, by] = np.array(
                [np.bincount(of[asked], minlength=size), np.bincount(of[asked & again], minlength=size)]
            )
    return found


def _group_of(cohort: Cohort, by: str, grouping: Grouping) -> npt.NDArray[np.int8]:
    """Return the group of each person of a cohort: of the force, or of the record, of the index event."""
    if by == FORCE_SIZE:
        return grouping.codes[cohort.force]
    return grouping.codes[cohort.lives.rows.suspect[cohort.row]]


def _sum(firm: _Found, loose: _Found) -> _Found:
    return {k: loose[k] + firm[k] if k in firm else loose[k] for k in loose} if loose else firm


def _biases(
    key: Key,
    groupings: Mapping[str, Grouping],
    unsaid: Mapping[str, str],
    published: _Found,
    met: Sequence[_Found],
    drawn: Sequence[_Found],
    fewest: int,
) -> Biases:
    groups: list[GroupBias] = []
    why, few = dict(unsaid), []
    for by, grouping in groupings.items():
        own = published[key, by]
        every = np.array([own, *(f[key, by] for f in (*met, *drawn))])
        enough = (every[:, 0, :] >= fewest).all(axis=0)
        some = own[0] > 0
        few += [(by, grouping.labels[g]) for g in np.flatnonzero(some & ~enough)]
        places = np.flatnonzero(enough)
        if not places.size:
            why[by] = f"No group has {fewest} people in every reading of who is who."
            continue
        rates = every[:, 1, :][:, places] / every[:, 0, :][:, places]
        said = signed_bias(rates[0], rates[1 : 1 + len(met)], rates[1 + len(met) :])
        for at, g in enumerate(places.tolist()):
            groups.append(
                GroupBias(
                    by=by,
                    group=grouping.labels[g],
                    people=int(own[0, g]),
                    rate=float(rates[0, at]),
                    false_links=float(said.false_links[at]),
                    missed_links=float(said.missed_links[at]),
                    moved=float(said.bias[at]),
                    error=float(said.error[at]),
                )
            )
    return Biases(key, tuple(groups), why, tuple(few))
