"""Read ages as people write them: '34', 'approx. 40', '25-30', 'mid 30s'."""

from __future__ import annotations

import polars as pl

_ABOUT = r"(?i)^(?:(?:c|ca|circa|approx|approximately|about|around|aged?|est|~)[. ]*)*"
_OLD = r"\s*(?:y|yo|yrs?|years?)?\b[. ]*(?:old)?$"
AGE = rf"{_ABOUT}([1-9]\d?){_OLD}"
"""An age where a date of birth should stand."""
_BETWEEN = rf"{_ABOUT}(\d{{1,3}})\s*(?:-|–|/|to|and)\s*(\d{{1,3}}){_OLD}"
_DECADE = r"(?i)^(?:in )?(?:(?:his|her|their) )?(early|mid|late)?[ -]*([1-9]0)(?:'|’)?s$"
_PART_OF_IT = {"early": (0, 4), "mid": (3, 7), "late": (5, 9)}
_NO_AGES, _AROUND = (0, 98, 99, 998, 999), 5


def spans(ages: pl.Series) -> tuple[pl.Series, pl.Series]:
    """Return the least and the most that each of some ages may be, in years; null where it is none."""
    texts = ages.cast(pl.String()).str.strip_chars()
    between, decade = texts.str.extract_groups(_BETWEEN).struct, texts.str.extract_groups(_DECADE).struct
    alone = _told(texts.str.extract(rf"{_ABOUT}(\d{{1,3}})").cast(pl.Int64()))
    part = decade.field("1").str.to_lowercase()
    begin, end = (
        part.replace_strict({k: v[i] for k, v in _PART_OF_IT.items()}, default=9 * i, return_dtype=pl.Int64())
        for i in (0, 1)
    )
    told = pl.DataFrame(
        {
            "a": between.field("1").cast(pl.Int64()),
            "b": between.field("2").cast(pl.Int64()),
            "tens": decade.field("2").cast(pl.Int64()),
            "begin": begin,
            "end": end,
            "alone": alone,
        }
    )
    span = pl.col("a") <= pl.col("b")
    found = told.select(
        low=pl.coalesce(pl.when(span).then("a"), pl.col("tens") + pl.col("begin"), "alone"),
        high=pl.coalesce(pl.when(span).then("b"), pl.col("tens") + pl.col("end"), "alone"),
    )
    return found["low"], found["high"]


def _told(ages: pl.Series) -> pl.Series:
    """Ages without the numbers that stand for none: of 0, or of 99, there are then more than of all the ages
    around it."""
    counts = dict(ages.drop_nulls().value_counts().iter_rows())
    nothing = [
        code
        for code in _NO_AGES
        if counts.get(code, 0) > sum(counts.get(code + d, 0) for d in range(-_AROUND, _AROUND + 1) if d)
    ]
    return ages.set(ages.is_in(nothing), None) if nothing else ages
