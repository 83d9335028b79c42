"""Bound the headline for links across forces that nobody looked at: no drawn partition can hold them."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from lamplighter.statistics import UnseenLinks, unseen_links
from lamplighter.studies.reoffending.cohort import Cohort, Later, Window, index_rows
from lamplighter.studies.reoffending.content.shapes import Ints, Links
from lamplighter.studies.reoffending.grid import Cohorts, Key, asked_of, counted_in
from lamplighter.studies.reoffending.lives import Bools, Lives

_COLUMNS = ("scope", "by", "links", "false_links", "missed_links", "never_looked_at", "never_looked_at_most")


def never_looked_at(links: Links) -> tuple[float, float] | None:
    """Return the share of true links across forces that nobody looked at, and at most, if it is told."""
    told = links.quality
    if told is None or not set(_COLUMNS) <= set(told.columns):
        return None
    for row in told.iter_rows(named=True):
        numbers = [row[name] for name in _COLUMNS[2:]]
        if (row["scope"], row["by"]) == ("across", "all") and None not in numbers:
            found, false, missed, unseen, most = map(float, numbers)
            seen = max(found - false, 0.0) + missed
            if not seen + unseen > 0:
                return None
            return unseen / (seen + unseen), max(unseen, most) / (seen + max(unseen, most))
    return None


def bounded(cohorts: Cohorts, key: Key, window: Window) -> UnseenLinks | None:
    """Return what links that nobody looked at may do to a cell; ``None`` where the linker does not say.

    A reoffender of whom the force of the index event holds a reoffence rests on no link; anybody else on as
    many as there are forces that hold one.
    """
    share = never_looked_at(cohorts.held.links)
    if share is None or cohorts.cell(key, window).state != "held" or max(share) >= 1:
        return None
    outcome = cohorts.defs.outcome(key[1])
    cohort = cohorts.cohort(cohorts.defs.index(key[0]), window)
    asked = asked_of(cohorts.held, cohort, outcome, key[2])
    later = cohorts.later(cohort, outcome)
    counted = counted_in(cohort, later, key[2], key[3], key[4])
    resting = _resting_on(cohort, later, counted)[asked]
    forces = _forces_each(cohort.lives, cohort.lives.person, cohort.lives.rows.force)
    at, _ = index_rows(cohort.lives, cohort.index, window)
    of_index = _forces_each(cohort.lives, cohort.lives.person[at], cohort.lives.rows.force[at])
    mine = cohort.person[asked]
    return unseen_links(
        resting[resting >= 0],
        int(asked.sum()),
        float(np.maximum(forces[mine] - 1, 0).sum()),
        unseen=share[0],
        unseen_at_most=share[1],
        joining=float(np.maximum(of_index[mine] - 1, 0).sum()),
    )


def _resting_on(cohort: Cohort, later: Later, counted: Bools) -> npt.NDArray[np.int64]:
    """Return for each how many forces hold a reoffence: 0 if the index event's does, -1 if none does."""
    of, force = later.of[counted], later.force[counted]
    found = np.full(len(cohort), -1, np.int64)
    keys = np.unique(of.astype(np.int64) << 16 | force)
    several = np.bincount((keys >> 16).astype(np.int64), minlength=len(cohort))
    found[several > 0] = several[several > 0]
    found[of[force == cohort.force[of]]] = 0
    return found


def _forces_each(lives: Lives, person: Ints, force: npt.NDArray[np.int16]) -> npt.NDArray[np.int64]:
    """Return for each person how many forces these rows of theirs are in."""
    keys = np.unique(person.astype(np.int64) << 16 | force)
    return np.bincount(keys >> 16, minlength=lives.persons)
