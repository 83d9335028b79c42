"""Do counts vary more than Poisson's law allows? Cameron and Trivedi (1990), Dean (1992)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import stats

from lamplighter.statistics.arrays.checks import Floats
from lamplighter.statistics.arrays.flags import Flag


@dataclass(frozen=True, slots=True)
class Overdispersion:
    """Tests of whether counts vary more than Poisson's law allows (all one-sided, towards more).

    Attributes:
        pearson_ratio: Pearson chi-square over residual degrees of freedom; 1 under Poisson.
        cameron_trivedi_constant, cameron_trivedi_constant_p: variance (1 + a) mu, as ``AER::dispersiontest``.
        cameron_trivedi, cameron_trivedi_p: variance mu + a mu^2, the t statistic of the auxiliary regression.
        dean, dean_p: Dean's score test P_B against NB2, corrected for leverage; normal.
        found: any of the three p-values below 0.05.
    """

    pearson_ratio: float
    cameron_trivedi_constant: float
    cameron_trivedi_constant_p: float
    cameron_trivedi: float
    cameron_trivedi_p: float
    dean: float
    dean_p: float
    found: bool


def tests_of_spread(y: Floats, mean: Floats, matrix: Floats, bread: Floats) -> Overdispersion:
    """The three tests of a Poisson fit.

    Args:
        y, mean: (n,) counts and fitted means.
        matrix: (n, k) design. bread: (k, k) inverse of the information.
    """
    n, k = matrix.shape
    square = (y - mean) ** 2
    excess = (square - y) / mean
    spread = float(excess.std(ddof=1))
    constant = float(np.sqrt(n) * excess.mean() / spread) if spread > 0 else 0.0
    slope = float((mean @ excess) / (mean @ mean))
    left = excess - slope * mean
    error = float(np.sqrt((left @ left) / (n - 1) / (mean @ mean)))
    quadratic = slope / error if error > 0 else 0.0
    leverage = np.einsum("ij,jk,ik->i", matrix, bread, matrix, optimize=True) * mean
    dean = float((square - y + leverage * mean).sum() / np.sqrt(2 * (mean**2).sum()))
    p = [
        float(stats.norm.sf(constant)),
        float(stats.t.sf(quadratic, n - 1)),
        float(stats.norm.sf(dean)),
    ]
    return Overdispersion(
        pearson_ratio=float((square / mean).sum() / (n - k)),
        cameron_trivedi_constant=constant,
        cameron_trivedi_constant_p=p[0],
        cameron_trivedi=quadratic,
        cameron_trivedi_p=p[1],
        dean=dean,
        dean_p=p[2],
        found=min(p) < 0.05,
    )


def overdispersion_flags(tested: Overdispersion, *, trusted: bool) -> list[Flag]:
    """Return a flag when more spread was found; ``trusted``: whether the limits trust Poisson's law."""
    if not tested.found:
        return []
    told = f"Counts vary more than Poisson's law allows (Pearson ratio {tested.pearson_ratio:.2f})"
    if trusted:
        return [Flag("overdispersion", f"{told}: these limits are too narrow. Use a robust variance.")]
    return [Flag("overdispersion", f"{told}; the limits allow for it.")]
