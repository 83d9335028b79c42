"""Return which column of a table says where its records are from, where no heading says so.

Two registers in one table, or the years of one, hold nobody twice: who is in both is there once with each
value. That is seen without labels, in rows that agree in so much that they are one person.
"""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

MOST_SOURCES = 20
LEAST_PAIRS = 30
"""So many pairs of rows that agree must be seen."""
MOST_TOGETHER = 0.1
"""Rows of one person have the value in common at most this often, measured by how often any two rows do."""
_NAMES = ("forenames", "surname")
_BESIDE = ("birth_date", "address_text", "postcode", "birth_year")
_LARGEST_GROUP = 6


def source_among(people: pl.DataFrame, candidates: Mapping[str, str]) -> str | None:
    """Return the column, if any, whose values hold nobody twice.

    Args:
        people: a table in our words.
        candidates: columns of codes: heading -> the column of ``people``.
    """
    if not set(_NAMES) <= set(people.columns):
        return None
    beside = next((c for c in _BESIDE if c in people.columns), None)
    some = [h for h, c in candidates.items() if 2 <= people[c].drop_nulls().n_unique() <= MOST_SOURCES]
    if beside is None or not some:
        return None
    names = [pl.col(c).str.to_lowercase().str.strip_chars() for c in _NAMES]
    keyed = people.select(*names, pl.col(beside).cast(pl.String()), *{candidates[h] for h in some})
    known = keyed.drop_nulls([*_NAMES, beside]).with_columns(n=pl.len().over(*_NAMES, beside))
    groups = known.filter(pl.col("n").is_between(2, _LARGEST_GROUP))
    found = {h: _together(groups.drop_nulls(candidates[h]), candidates[h], beside) for h in some}
    shares = {h: share / _by_chance(people[candidates[h]]) for h, share in found.items() if share is not None}
    best = min(shares, key=lambda h: shares[h], default=None)
    return best if best is not None and shares[best] <= MOST_TOGETHER else None


def _together(groups: pl.DataFrame, column: str, beside: str) -> float | None:
    """Return the share of the pairs that agree with the value of ``column`` in common; None where pairs are
    few.
    """
    sizes = groups.group_by(*_NAMES, beside).agg(all=pl.len())
    same = groups.group_by(*_NAMES, beside, column).agg(own=pl.len())
    pairs = float((sizes["all"] * (sizes["all"] - 1)).sum()) / 2
    return None if pairs < LEAST_PAIRS else float((same["own"] * (same["own"] - 1)).sum()) / 2 / pairs


def _by_chance(values: pl.Series) -> float:
    """Return the share of any two rows that have a value in common."""
    counts = values.drop_nulls().value_counts()["count"]
    return float(((counts / counts.sum()) ** 2).sum())
