"""Hold each stratum's pace against that of all, in bands of delay, small strata drawn towards all.

In every band the proofs of a stratum are held against those expected of it at the pace of all: their ratio is
a factor on its reverse-time hazards. The factors of all strata are taken as draws from one gamma distribution
with mean 1, whose spread is learned from them (empirical Bayes): a court with four proofs is nearly all
courts, one with four thousand is itself. A large court's *shape* may differ too, which is why there are
bands.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import special

from lamplighter.statistics.arrays.checks import Floats, Ints

#: Where bands end, as shares of all proofs: late delays decide what is still to come.
ENDS = (0.5, 0.75, 0.9)
#: Proofs that a factor of 1 counts for, tried on this grid; the last one is as good as one pace for all.
_STRENGTHS = np.geomspace(0.5, 1e6, 80)


@dataclass(frozen=True, slots=True)
class Factors:
    """Factors (strata, bands) with the proofs behind them.

    ``band`` (days,) gives each day its band; ``strength`` (bands,) is how many proofs the pace of all counts
    for.
    """

    band: Ints
    proofs: Floats
    expected: Floats
    strength: Floats
    factor: Floats

    @property
    def slack(self) -> Floats:
        """The denominators of the factors."""
        return self.expected + self.strength


def bands_of(share: Floats) -> Ints:
    """Return the band of each day from the share of all proofs by that day."""
    return np.searchsorted(np.asarray(ENDS), share, side="left").astype(np.int64)


def by_band(values: Floats, band: Ints) -> Floats:
    """Add up (strata, days) to (strata, bands)."""
    out = np.zeros((values.shape[0], len(ENDS) + 1))
    for b in range(out.shape[1]):
        out[:, b] = values[:, band == b].sum(axis=1)
    return out


def factors(events: Floats, at_risk: Floats, hazard: Floats, band: Ints) -> Factors:
    """Return the factors of every stratum. One stratum, or two, are not drawn towards each other.

    Args:
        events, at_risk: (strata, days).
        hazard: (days,) of all strata together.
        band: (days,).
    """
    proofs, expected = by_band(events, band), by_band(at_risk * hazard, band)
    bands = proofs.shape[1]
    if proofs.shape[0] == 1:
        return Factors(band, proofs, expected, np.full(bands, np.inf), np.ones_like(proofs))
    if proofs.shape[0] == 2:
        strength = np.full(bands, 1.0)
    else:
        strength = np.asarray([_strength(proofs[:, b], expected[:, b]) for b in range(bands)])
    return Factors(band, proofs, expected, strength, (proofs + strength) / (expected + strength))


def _strength(proofs: Floats, expected: Floats) -> float:
    """Return the most likely strength: proofs are negative binomial about what is expected."""
    a = _STRENGTHS[:, None]
    held = expected[None, :] > 0
    mean = np.where(held, expected[None, :], 1.0)
    likelihood = np.where(
        held,
        special.gammaln(proofs + a)
        - special.gammaln(a)
        + a * np.log(a / (a + mean))
        + proofs * np.log(mean / (a + mean)),
        0.0,
    ).sum(axis=1)
    return float(_STRENGTHS[int(np.argmax(likelihood))])
