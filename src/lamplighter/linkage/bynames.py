"""What somebody is called instead of by a name, in tables that keep no nicknames apart: "Tank", where a name
would stand."""

from __future__ import annotations

import polars as pl

from lamplighter.linkage.names import known_first_names

_MOSTLY = 0.5
"""Where more of those who have one word for a name have an unknown one, names are not told from nicknames."""


def with_bynames(people: pl.DataFrame) -> pl.DataFrame:
    """``people`` with a single word of those without a surname under ``nicknames``, where it is no known
    first name and nobody with a surname has it for one."""
    if not {"forenames", "surname"} <= set(people.columns):
        return people
    first = pl.col("forenames").str.to_lowercase().str.strip_chars()
    word = people.select(w=pl.when(first.str.contains(r"^\p{L}{2,}$")).then(first))["w"]
    alone = word.is_not_null() & people["surname"].is_null()
    given = people.filter(people["surname"].is_not_null()).select(first.str.extract(r"^(\p{L}+)"))
    known = given.to_series().unique().to_list()
    strange = alone & ~word.is_in(pl.Series([*known_first_names(), *known], dtype=pl.String()).implode())
    if not 0 < int(strange.sum()) < _MOSTLY * int(alone.sum()):
        return people
    called: pl.Expr = pl.when(strange).then(pl.concat_list("forenames"))
    if "nicknames" in people.columns:
        # Whoever has both is called by both.
        other = pl.col("nicknames").cast(pl.List(pl.String()))
        called = pl.when(strange).then(pl.concat_list("forenames", other.fill_null([]))).otherwise(other)
    return people.with_columns(called.alias("nicknames"), forenames=pl.when(~strange).then("forenames"))
