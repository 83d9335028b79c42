"""Say in words what can be expected of a force, with what all forces show taken into account.

Empirical Bayes on the scale of the funnel: each force is drawn towards the centre by as much as chance has a
part in its figure. The interval is printed, the estimate itself is not: it would be read as an order.

Source: Efron and Morris, JASA 1975, 70: 311-319; the spread between forces as in ``forces.funnel``.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import special

from lamplighter.studies.forces.comparison import Cell, Compared
from lamplighter.studies.forces.funnel import Funnel

CHANCE = "About what one would expect of chance"
SPREAD = "About what one would expect of chance and of the spread between forces"
AWAY = "Away from the centre, within the spread that forces have among themselves"
OUTSIDE = "Further from the centre than the spread between forces"
NOT_SAID = "Cannot be said"


@dataclass(frozen=True, slots=True)
class Expected:
    """The interval, as shown, and the words. Both ends are ``None`` where nothing can be said."""

    low: float | None
    high: float | None
    words: str


def expected(compared: Compared | None, cell: Cell, level: float = 0.95) -> Expected:
    """Return what can be expected of a force; ``compared`` is its measure, ``None`` where it is not held."""
    found = None if compared is None else compared.funnel
    if compared is None or found is None or not cell.compared or cell.n <= 0:
        return Expected(None, None, NOT_SAID)
    low, high = _interval(found, cell.x, cell.n, level)
    if cell.outside:
        # It is not of the spread from which an interval would draw.
        return Expected(None, None, OUTSIDE)
    within = low <= found.centre <= high
    words = (SPREAD if found.spread else CHANCE) if within else AWAY
    return Expected(low * compared.scale, high * compared.scale, words)


def _interval(found: Funnel, x: float, n: float, level: float) -> tuple[float, float]:
    """Return the ends of the interval of the force's own share or rate, drawn towards the centre."""
    up, down = (np.sqrt, np.square) if found.rate else (_arcsine, _share)
    y, middle = float(up(x / n)), float(up(found.centre))
    chance, spread = 1 / (4 * n), found.spread**2
    kept = spread / (spread + chance)
    half = float(special.ndtri((1 + level) / 2)) * float(np.sqrt(kept * chance))
    at = middle + kept * (y - middle)
    top = np.inf if found.rate else np.pi / 2
    ends = [float(down(np.clip(v, 0.0, top))) for v in (at - half, at + half)]
    return ends[0], ends[1]


def _arcsine(share: float) -> float:
    return float(np.arcsin(np.sqrt(share)))


def _share(angle: float) -> float:
    return float(np.square(np.sin(angle)))
