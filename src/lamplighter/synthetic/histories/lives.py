"""Make acts of people one after another: some stop, some go on and on, some move, are imprisoned, or die.

Days are whole numbers since 1970. Custody follows proof, so that slow courts leave people at liberty for
longer.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from lamplighter.synthetic.histories.proofs import NEVER, Courts, proof_days
from lamplighter.synthetic.histories.settings import AREAS, FORCES, SHARES, Settings
from lamplighter.synthetic.sampling.draws import Bools, Floats, Ints

_MOST_ACTS = 14
_YEAR = 365.25
#: Shape of the differences between people in how likely they go on (beta), and of gaps (Weibull) [I].
_SPREAD, _SHAPE = 3.0, 0.85
#: Mean days of a custody after the first 30 [I].
_CUSTODY = 150.0
#: Next acts against the same victim, and people of the smaller group [I].
_SAME_VICTIM, _SMALLER = 0.75, 0.25


@dataclass(frozen=True, slots=True)
class Acts:
    """Acts in order of person and day.

    ``life`` is whose; ``proven`` and ``released`` are ``NEVER`` where that does not come. ``group`` is 1 for
    the smaller of two groups of people, whose links are more often in doubt. ``death`` (lives,).
    """

    life: Ints
    day: Ints
    force: Ints
    offence: Ints
    victim: Ints
    proven: Ints
    custodial: Bools
    released: Ints
    group: Ints
    death: Ints


def last_day(settings: Settings) -> int:
    """Return the day of the extract as a number."""
    return int(np.datetime64(settings.extract).astype("datetime64[D]").astype(np.int64))


def area_of(force: Ints) -> Ints:
    """Return the court area of each force: neighbours share one."""
    return np.asarray(force * AREAS // FORCES)


def force_shares(rng: np.random.Generator) -> Floats:
    """Return unequal shares of the forces, the largest some twenty times the smallest."""
    size = np.exp(0.75 * rng.standard_normal(FORCES))
    return np.asarray(size / size.sum())


def acts_of(settings: Settings, courts: Courts, rng: np.random.Generator, beyond: int) -> Acts:
    """Return all acts of all people up to ``beyond`` days after the extract."""
    end = last_day(settings)
    n = settings.people
    began = end - round((settings.years + settings.before) * _YEAR)
    day = rng.integers(began, end + beyond + 1, n) if beyond else rng.integers(began, end + 1, n)
    death = day + np.ceil(rng.exponential(_YEAR / max(settings.dies, 1e-9), n)).astype(np.int64)
    force = np.searchsorted(np.cumsum(force_shares(rng)), rng.random(n)).clip(0, FORCES - 1)
    again = rng.beta(_SPREAD * settings.again, _SPREAD * (1 - settings.again), n)
    group = (rng.random(n) < _SMALLER).astype(np.int64)
    victim = np.zeros(n, dtype=np.int64)
    free_from = np.zeros(n, dtype=np.int64)
    live = np.arange(n)
    scale = settings.gap / 1.0878  # the mean of a Weibull of this shape and scale 1
    parts: list[tuple[npt.NDArray[Any], ...]] = []
    for _ in range(_MOST_ACTS):
        m = live.size
        if not m:
            break
        offence = np.searchsorted(np.cumsum(SHARES), rng.random(m)).clip(0, len(SHARES) - 1)
        proof = proof_days(settings, courts, day[live], force[live], rng)
        # Nobody is proven to have done anything once they are dead.
        is_proven = (rng.random(m) < settings.proven) & (proof < death[live])
        proven = np.where(is_proven, proof, NEVER)
        jailed = (proven < NEVER) & (rng.random(m) < settings.custodial)
        stay = 30 + rng.exponential(_CUSTODY, m).astype(np.int64)
        released = np.where(jailed, proven + stay, NEVER)
        parts.append((live, day[live], force[live], offence, victim[live], proven, jailed, released))
        goes_on = rng.random(m) < again[live]
        gap = np.ceil(scale * rng.weibull(_SHAPE, m)).astype(np.int64)
        # What falls into a custody that has come by then waits for its end.
        following = day[live] + gap
        free_from[live] = np.where(jailed, np.maximum(free_from[live], released), free_from[live])
        inside = jailed & (following >= proven) & (following < released)
        following = np.where(inside, released + gap // 4 + 1, following)
        moved = rng.random(m) < settings.moves
        force[live] = np.where(moved, (force[live] + rng.integers(1, FORCES, m)) % FORCES, force[live])
        victim[live] += rng.random(m) >= _SAME_VICTIM
        day[live] = following
        goes_on &= (following < death[live]) & (following <= end + beyond)
        live = live[goes_on]
    life, at, where, offence, whom, proven, jailed, released = (
        np.concatenate(column) for column in zip(*parts, strict=True)
    )
    order = np.lexsort((at, life))
    first = end - round(settings.years * _YEAR)
    order = order[at[order] >= first]
    return Acts(
        life=life[order],
        day=at[order],
        force=where[order],
        offence=offence[order],
        victim=whom[order],
        proven=proven[order],
        custodial=jailed[order].astype(np.bool_),
        released=released[order],
        group=group[life[order]],
        death=death,
    )
