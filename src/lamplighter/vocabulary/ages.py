"""Bands of age in which people are told of where their date of birth may not be."""

from __future__ import annotations

AGE_BANDS = ((0, 17), (18, 24), (25, 34), (35, 44), (45, 54), (55, 64), (65, 120))
"""The first and the last year of each band."""


def band_words(low: int, high: int) -> str:
    """Return a band in words: "under 18", "18 to 24", "65 and over"."""
    if low == 0:
        return f"under {high + 1}"
    return f"{low} and over" if high == AGE_BANDS[-1][1] else f"{low} to {high}"
