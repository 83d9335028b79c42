"""Probabilities as bits of log-odds, and back: what beliefs are added up in."""

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
    """The log-odds of a probability, or of each of an array."""
    found = np.log2(probability) - np.log2(1 - np.asarray(probability))
    return float(found) if found.ndim == 0 else np.asarray(found)


def probability_of(bits: Bits) -> Bits:
    """The probability of each of so many bits."""
    return np.asarray(1 / (1 + np.exp2(-np.clip(bits, -500.0, 500.0))))
