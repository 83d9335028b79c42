"""Answer what every fitted model of ratios can be asked: where a coefficient stands, and the ratios with
limits.
"""

from __future__ import annotations

import numpy as np

from lamplighter.statistics.arrays.checks import Floats


class Ratios:
    """Mixed into a fit whose ``coefficients``, ``lower`` and ``upper`` are logarithms of ratios."""

    __slots__ = ()

    names: tuple[str, ...]
    coefficients: Floats
    lower: Floats
    upper: Floats

    def at(self, name: str) -> int:
        """Position of a coefficient."""
        return self.names.index(name)

    def _ratios(self) -> Floats:
        return np.asarray(np.exp(self.coefficients))

    def _ratio_limits(self) -> tuple[Floats, Floats]:
        return np.exp(self.lower), np.exp(self.upper)


class OddsRatios(Ratios):
    """The same for log odds ratios."""

    __slots__ = ()

    @property
    def odds_ratios(self) -> Floats:
        """exp(coefficients)."""
        return self._ratios()

    @property
    def odds_ratio_limits(self) -> tuple[Floats, Floats]:
        """exp(lower), exp(upper)."""
        return self._ratio_limits()
