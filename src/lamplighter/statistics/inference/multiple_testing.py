"""Several tests at once: Holm's step-down procedure over a family that is stated."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from lamplighter.statistics.arrays import checks
from lamplighter.statistics.arrays.checks import Bools, Floats
from lamplighter.statistics.arrays.errors import ValueRefused


@dataclass(frozen=True, slots=True)
class Holm:
    """Adjusted p-values.

    Attributes:
        family: what the tests were that were taken together.
        tests: how many.
        p_values: as given.
        adjusted: Holm's, to be compared with the level of one test.
        rejected: adjusted at or below ``level``.
        level: chance of one false rejection or more in the family.
    """

    family: str
    tests: int
    p_values: Floats
    adjusted: Floats
    rejected: Bools
    level: float


def holm(p_values: Any, *, family: str, level: float = 0.05) -> Holm:
    """Holm (1979): the smallest p times m, the next times m - 1, ..., never falling, at most 1.

    Args:
        p_values: (m,) from 0 to 1.
        family: what the tests have in common, for the methods page.
        level: chance of one false rejection or more.
    """
    given = checks.numbers(p_values, "p_values")
    wrong = (given < 0) | (given > 1)
    if wrong.any():
        raise ValueRefused(
            "not between 0 and 1", array="p_values", index=int(np.argmax(wrong)), remedy="Give p-values."
        )
    bound = checks.level(level)
    m = given.size
    order = np.argsort(given, kind="stable")
    climbed = np.minimum(np.maximum.accumulate(given[order] * np.arange(m, 0, -1)), 1.0)
    adjusted = np.empty(m)
    adjusted[order] = climbed
    return Holm(family, m, given, adjusted, adjusted <= bound, bound)
