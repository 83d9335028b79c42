"""Turn probabilities into bits of log odds, in which match weights are added up, and back."""

from __future__ import annotations

from typing import overload

import numpy as np
import numpy.typing as npt

Bits = npt.NDArray[np.float64]


@overload
def bits_of(probability: float) -> float: ...


@overload
def bits_of(probability: Bits) -> Bits: ...


def bits_of(probability: float | Bits) -> float | Bits:
    """Return the log-odds of a probability, or of each of an array."""
    found = np.log2(probability) - np.log2(1 - np.asarray(probability))
    return float(found) if found.ndim == 0 else np.asarray(found)


def probability_of(bits: Bits) -> Bits:
    """Return the probability of each of so many bits."""
    found = np.clip(bits, -500.0, 500.0)
    # In place: there may be tens of millions.
    np.exp2(np.negative(found, out=found), out=found)
    found += 1.0
    return np.asarray(np.divide(1.0, found, out=found))


def rounded(value: float) -> float:
    """Round to six significant figures: sums over threads differ in the last digits, and a model's id must
    not."""
    return float(f"{value:.6g}")


DIGITS = 6


def rounded_bits(bits: Bits) -> Bits:
    """Round bits to six digits after the point: the last ones depend on what else was worked out at the same
    time, and what an earlier run found must be what is found now."""
    # Nought has one sign.
    return np.asarray(np.round(bits, DIGITS) + 0.0)
