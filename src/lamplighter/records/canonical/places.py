"""Postcodes."""

from __future__ import annotations

import polars as pl

from lamplighter.records.canonical.outcome import Outcome, evaluate, problem_when

_FULL = r"^(GIR|[A-Z]{1,2}[0-9][A-Z0-9]?)([0-9][A-Z]{2})$"
_OUTWARD = r"^([A-Z]{1,2}[0-9][A-Z0-9]?)$"


def postcodes(text: pl.Series) -> Outcome:
    """'av18zq' to 'AV1 8ZQ'; the outward part alone ('AV4') is kept as it is."""
    squeezed = pl.col("t").str.to_uppercase().str.replace_all(r"[^A-Z0-9]", "")
    full = squeezed.str.extract(_FULL, 1) + pl.lit(" ") + squeezed.str.extract(_FULL, 2)
    value = pl.coalesce(full, squeezed.str.extract(_OUTWARD, 1))
    return evaluate(
        text, value, problem_when(value.is_null() & pl.col("t").is_not_null(), "postcode_unreadable")
    )


def postcode(text: str) -> str | None:
    """One postcode in canonical form, or ``None``."""
    value: str | None = postcodes(pl.Series([text], dtype=pl.String)).value[0]
    return value
