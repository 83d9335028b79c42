"""Return what a line of an address says beside the dwelling, in a table that has no column for it."""

from __future__ import annotations

import polars as pl

from lamplighter.linkage_tables.headings import document

_POSTCODE = r"(?i)[,\s]*\b([A-Z]{1,2}\d[A-Z\d]?\s?\d[A-Z]{2})\s*$"
"""A British postcode at the end; elsewhere a number may be of a house."""
_LAST = r",\s*([^\d,]{3,}?)\s*$"
_WITHOUT_DIGITS = r"^[^\d,]{3,}$"
_LEAST = 0.05
"""Of fewer lines that end in one nothing is read."""


def read(people: pl.DataFrame) -> pl.DataFrame:
    """``people`` with the postcode and the town that stand in their addresses, in columns of their own."""
    lines = people["address_text"]
    if lines.dtype != pl.String or "house" in people.columns or "street" in people.columns:
        return people
    codes = lines.str.extract(_POSTCODE)
    if len(codes) - codes.null_count() > _LEAST * len(lines):
        lines = lines.str.replace(_POSTCODE, "")
        known = [people["postcode"]] if "postcode" in people.columns else []
        people = people.with_columns(
            pl.coalesce(*known, codes).alias("postcode"), lines.alias("address_text")
        )
    if "town" in people.columns:
        return people
    streets = "|".join(document()["addresses"]["streets"])
    whole = ~lines.str.contains(rf"(?i)\b(?:{streets})\b") & lines.str.contains(_WITHOUT_DIGITS)
    towns = pl.DataFrame({"l": lines, "w": whole, "t": lines.str.extract(_LAST)}).select(
        t=pl.when("w").then("l").otherwise("t")
    )["t"]
    some = len(towns) - towns.null_count() > _LEAST * len(lines)
    return people.with_columns(towns.alias("town")) if some else people
