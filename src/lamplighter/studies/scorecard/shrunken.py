"""Say in words what can be expected of a force, with what all forces show taken into account.

Empirical Bayes on the scale of the funnel: each force is drawn towards the centre by as much as chance has a
part in its figure, and the interval allows for centre and spread being estimates themselves. The spread is
that of the forces inside the limits, with nothing drawn in: drawn in, it would make the intervals too narrow.
The interval is printed, the estimate itself is not: it would be read as an order.

Source: Morris, JASA 1983, 78: 47-55.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import special

from lamplighter.studies.forces.comparison import Cell, Compared
from lamplighter.studies.forces.funnel import FEWEST_FORCES, Funnel, funnel

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


def spread_of(compared: Compared | None) -> float:
    """Return the standard deviation between the forces that lie inside the limits, on the funnel's scale."""
    if compared is None or compared.funnel is None:
        return 0.0
    inside = [c for c in compared.cells if c.compared and not c.outside]
    if len(inside) < FEWEST_FORCES or not sum(c.x for c in inside):
        return 0.0
    counts = [c.x for c in inside], [c.n for c in inside]
    return funnel(*counts, rate=compared.measure.is_rate, level=1.0, winsorised=0.0).spread


def expected(compared: Compared | None, cell: Cell, spread: float, level: float = 0.95) -> Expected:
    """Return what can be expected of a force; ``compared`` is its measure, ``None`` where it is not held."""
    found = None if compared is None else compared.funnel
    if compared is None or found is None or not cell.compared or cell.n <= 0 or len(found.x) <= FEWEST_FORCES:
        return Expected(None, None, NOT_SAID)
    if cell.outside:
        # It is not of the spread from which an interval would draw.
        return Expected(None, None, OUTSIDE)
    low, high = _interval(found, cell.x, cell.n, spread, level)
    within = low <= found.centre <= high
    words = (SPREAD if found.spread else CHANCE) if within else AWAY
    return Expected(low * compared.scale, high * compared.scale, words)


def _interval(found: Funnel, x: float, n: float, spread: float, level: float) -> tuple[float, float]:
    """Return the ends of the interval of the force's own share or rate, drawn towards the centre."""
    up, down = (np.sqrt, np.square) if found.rate else (_arcsine, _share)
    y, middle = float(up(x / n)), float(up(found.centre))
    chance, k = 1 / (4 * n), len(found.x)
    drawn = (k - 3) / (k - 1) * chance / (spread**2 + chance)
    variance = chance * (1 - (k - 1) / k * drawn) + 2 / (k - 3) * drawn**2 * (y - middle) ** 2
    half = float(special.ndtri((1 + level) / 2)) * float(np.sqrt(variance))
    at = middle + (1 - drawn) * (y - middle)
    top = np.inf if found.rate else np.pi / 2
    ends = [float(down(np.clip(v, 0.0, top))) for v in (at - half, at + half)]
    return ends[0], ends[1]


def _arcsine(share: float) -> float:
    return float(np.arcsin(np.sqrt(share)))


def _share(angle: float) -> float:
    return float(np.square(np.sin(angle)))
