"""How far apart two sets of times are, and whether one time tells which set it is of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

DRAWS = 2000
# Two-sided 1 in 100: about a dozen pages are compared at once.
SURE = 2.576
Times = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Compared:
    """One page with hidden rows there and set aside. Times in seconds.

    ``tells`` is the chance that a time with the rows there is longer than one
    without, the usual time of the page taken off (0.5: it tells nothing);
    ``margin`` is the half width of what chance alone gives, 99 of 100 times.
    ``low`` and ``high`` hold the difference of the medians, 99 of 100 times.
    """

    role: str
    page: str
    requests: int
    there: float
    aside: float
    difference: float
    low: float
    high: float
    tells: float
    margin: float

    @property
    def seen(self) -> bool:
        """Whether the two can be told apart beyond chance."""
        return abs(self.tells - 0.5) > self.margin

    def line(self) -> str:
        apart = f"{1000 * self.difference:+.2f} ({1000 * self.low:+.2f} to {1000 * self.high:+.2f})"
        return (
            f"{self.page:<22}{self.requests:>9}{1000 * self.there:>11.2f}{1000 * self.aside:>9.2f}"
            f"{self.there / self.aside:>7.3f}{apart:>26}{f'{self.tells:.3f} ± {self.margin:.3f}':>16}"
        )


def compare(role: str, page: str, subjects: Sequence[tuple[Sequence[float], Sequence[float]]]) -> Compared:
    """``subjects``: for each address its times with the rows there and with the rows set aside.

    Raises ``ValueError`` when one of the two was never asked for.
    """
    there = np.concatenate([np.asarray(a, float) for a, _ in subjects])
    aside = np.concatenate([np.asarray(b, float) for _, b in subjects])
    if not len(there) or not len(aside):
        raise ValueError(f"{page}: nothing to compare with")
    # One case is longer than another: what is left is how an address differs from itself.
    usual = [float(np.median(np.concatenate([a, b]))) for a, b in subjects]
    with_rows = np.concatenate([np.asarray(a, float) - u for (a, _), u in zip(subjects, usual, strict=True)])
    without = np.concatenate([np.asarray(b, float) - u for (_, b), u in zip(subjects, usual, strict=True)])
    chance = np.random.default_rng(20261124)
    drawn = _medians(with_rows, chance) - _medians(without, chance)
    low, high = np.quantile(drawn, (0.005, 0.995))
    many = len(with_rows), len(without)
    return Compared(
        role,
        page,
        sum(many),
        float(np.median(there)),
        float(np.median(aside)),
        float(np.median(with_rows) - np.median(without)),
        float(low),
        float(high),
        longer(with_rows, without),
        SURE * float(np.sqrt((sum(many) + 1) / (12.0 * many[0] * many[1]))),
    )


def longer(some: Times, others: Times) -> float:
    """The chance that one of ``some`` is longer than one of ``others``; equal ones count half."""
    ordered = np.sort(others)
    below = np.searchsorted(ordered, some, "left")
    up_to = np.searchsorted(ordered, some, "right")
    return float((below + up_to).sum() / (2.0 * len(some) * len(others)))


def _medians(times: Times, chance: np.random.Generator) -> Times:
    """Medians of as many draws with return."""
    found: Times = np.median(chance.choice(times, size=(DRAWS, len(times))), axis=1)
    return found
