"""Carry doubt about who is who into the intervals: the grid, and delays to proof, on each drawn partition.

Only people whom a draw touches are worked out again; everybody else is counted once, for counts add up.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np

from lamplighter.statistics import Combined, combine
from lamplighter.statistics.inference.proportions import wilson
from lamplighter.studies.reoffending.cohort import Window
from lamplighter.studies.reoffending.content.shapes import NONE, Held
from lamplighter.studies.reoffending.definitions import Definitions
from lamplighter.studies.reoffending.grid import Cell, Cohorts, Estimate, Key, estimates, frequency_estimates
from lamplighter.studies.reoffending.lag import Learnt, Reading
from lamplighter.studies.reoffending.lives import Bools, lives_of

Cells = dict[Key, Cell]
_FEWEST_DRAWS = 2
#: What is worked out of the cohorts of one reading of the links.
Work = Callable[[Cohorts], Cells]
#: Delays to proof of the cohorts of one reading of the links.
Learns = Callable[[Cohorts], Learnt]
#: Cells, and delays to proof, of some people.
_Found = tuple[Cells | None, tuple[Learnt, ...]]


@dataclass(frozen=True, slots=True)
class Readings:
    """Cells of the published links, and of each draw; and of each the delays to proof, where asked for."""

    published: Cells
    draws: tuple[Cells, ...]
    proof: Reading = ()
    proof_drawn: tuple[Reading, ...] = ()

    def rates(self, key: Key) -> list[Estimate]:
        """Return the rate of a cell in each draw; empty where a draw has none."""
        return _each(self.draws, key, estimates)

    def frequencies(self, key: Key) -> list[Estimate]:
        """Return the reoffences a person of a cell in each draw; empty where a draw has none."""
        return _each(self.draws, key, frequency_estimates)


def _each(
    draws: tuple[Cells, ...], key: Key, made: Callable[[Mapping[Key, Cell]], dict[Key, Estimate]]
) -> list[Estimate]:
    found = [made({key: cells[key]}) for cells in draws if key in cells]
    return [own[key] for own in found if key in own] if all(key in own for own in found) else []


def loose_rows(held: Held) -> Bools:
    """Return the rows of people whom a draw may change, by themselves or by their victims."""
    links, rows = held.links, held.rows
    touched = np.zeros(links.persons, bool)
    for places, persons in links.draws:
        touched[persons] = True
        touched[links.person[places]] = True
    # A draw may give a touched person a record of somebody whom no other draw names.
    suspect = touched[links.person[rows.suspect]]
    victim = (rows.victim != NONE) & touched[links.person[np.maximum(rows.victim, 0)]]
    loose = np.zeros(links.persons, bool)
    loose[links.person[rows.suspect[suspect | victim]]] = True
    return np.asarray(loose[links.person[rows.suspect]])


def readings(
    held: Held,
    defs: Definitions,
    forces: frozenset[int] | None,
    work: Work,
    progress: Callable[[str], None] = lambda _: None,
    learns: Learns = lambda _: {},
) -> Readings:
    """Return the cells, and the delays to proof, under the published links and under each draw."""
    rows, links = held.rows, held.links
    loose = loose_rows(held)
    firm: _Found = (None, ())
    if not loose.all():
        cohorts = _cohorts(held, defs, forces, ~loose, None)
        firm = (work(cohorts), (learns(cohorts),))
    own = replace(held, rows=rows.take(loose))
    cells, proof = _with(firm, _work(own, defs, forces, None, work, learns))
    made, proofs = [], []
    for draw in range(len(links.draws)):
        progress(f"Drawn partition {draw + 1} of {len(links.draws)}")
        drawn, its_proof = _with(firm, _work(own, defs, forces, draw, work, learns))
        made.append(drawn)
        proofs.append(its_proof)
    return Readings(cells, tuple(made), proof, tuple(proofs))


def _with(firm: _Found, loose: _Found) -> tuple[Cells, Reading]:
    """Put together what was found of two groups of people that share nobody.

    Delays stay in two parts, so that those of people whom no draw touches are held once.
    """
    return _sum(firm[0], loose[0]), (*firm[1], *loose[1])


def _work(
    own: Held, defs: Definitions, forces: frozenset[int] | None, draw: int | None, work: Work, learns: Learns
) -> _Found:
    if not len(own.rows):
        return None, ()
    cohorts = _cohorts(own, defs, forces, None, draw)
    return work(cohorts), (learns(cohorts),)


def _cohorts(
    held: Held, defs: Definitions, forces: frozenset[int] | None, keep: Bools | None, draw: int | None
) -> Cohorts:
    rows = held.rows if keep is None else held.rows.take(keep)
    person = held.links.person if draw is None else held.links.of_draw(draw)
    return Cohorts(held, defs, lives_of(rows, person, held.links.persons, defs.rules), forces)


def _sum(firm: Cells | None, loose: Cells | None) -> Cells:
    """Add up the cells of two groups of people that share nobody."""
    if firm is None or loose is None:
        return dict(firm or loose or {})
    return {key: added(firm[key], loose[key]) for key in firm}


def added(a: Cell, b: Cell) -> Cell:
    """Return the cell of two groups of people that share nobody."""
    if a.state not in ("held", "nobody") or b.state not in ("held", "nobody"):
        return a
    repeats = tuple(x + y for x, y in zip(a.repeats or b.repeats, b.repeats or a.repeats, strict=True))
    if not (a.repeats and b.repeats):
        repeats = a.repeats or b.repeats
    return replace(
        a,
        state="held" if "held" in (a.state, b.state) else "nobody",
        people=a.people + b.people,
        reoffenders=a.reoffenders + b.reoffenders,
        reoffences=a.reoffences + b.reoffences,
        squares=a.squares + b.squares,
        left_out=a.left_out + b.left_out,
        repeats=repeats,
    )


def window_cells(keys: Mapping[Key, Window]) -> Work:
    """Return the work of some cells, each with its period."""

    def work(cohorts: Cohorts) -> Cells:
        # In the order of cohorts, for one is kept at a time.
        order = sorted(keys, key=lambda k: (k[0], keys[k].first, k[1]))
        return {key: cohorts.cell(key, keys[key]) for key in order}

    return work


def combined(found: Readings, key: Key) -> Combined | None:
    """Return the rate of a cell over all draws, with doubt about who is who in its interval.

    ``None`` without two draws, or where a draw has no figure. Where nobody, or everybody, reoffends in a
    draw its variance is nought and says nothing: limits then reach as far as those of any draw by itself.
    """
    each = found.rates(key)
    if len(each) < _FEWEST_DRAWS:
        return None
    values, people = [own.value for own in each], found.published[key].people
    inner = all(0 < value < 1 for value in values)
    said = combine(
        values,
        [own.variance for own in each],
        complete_df=max(people - 1, 1),
        scale="logit" if inner else "as it is",
    )
    if inner:
        return said
    cells = [cells[key] for cells in found.draws if key in cells]
    alone = [wilson(cell.reoffenders, cell.people) for cell in cells]
    low, high = min(float(one.lower) for one in alone), max(float(one.upper) for one in alone)
    return replace(said, lower=max(0.0, min(said.lower, low)), upper=min(1.0, max(said.upper, high)))
