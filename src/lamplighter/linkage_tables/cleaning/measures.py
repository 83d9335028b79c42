"""Return numbers as whole ones of which two that are nearly the same lie no more than two apart."""

from __future__ import annotations

import polars as pl

_FINE = 20
"""What lies in the middle of a column of decimals is so many units wide at the least: heights in metres would
all be 2."""
_DECIMALS = 4


def numbers(values: pl.Series) -> pl.Series:
    """Numbers as whole ones, with as many decimals as tell them apart."""
    given = values.cast(pl.Float64(), strict=False).fill_nan(None)
    low, high = given.quantile(0.05), given.quantile(0.95)
    wide = (high or 0.0) - (low or 0.0)
    places = next((p for p in range(_DECIMALS) if wide * 10**p >= _FINE), _DECIMALS) if wide else 0
    scale = float(10 ** (0 if (given == given.round(0)).all() else places))
    return (given * scale).round(0).cast(pl.Int64(), strict=False)
