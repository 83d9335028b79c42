"""Return what somebody is called instead of by a name, in tables that keep no nicknames apart: "Tank", where
a name would stand."""

from __future__ import annotations

import polars as pl

from lamplighter.linkage.features.names import known_first_names

_MOSTLY = 0.5
"""Where more of those who have one word for a name have an unknown one, names are not told from nicknames."""


def with_bynames(people: pl.DataFrame) -> pl.DataFrame:
    """``people`` with a single word of those without a surname under ``nicknames``, where it is no known
    first name and nobody with a surname has it for one."""
    if not {"forenames", "surname"} <= set(people.columns):
        return people
    # Hardly anybody has no surname: the others are not looked at.
    alone = people["surname"].is_null() & people["forenames"].is_not_null()
    told = people["forenames"].filter(alone).str.strip_chars()
    words = told.str.to_lowercase().set(~told.str.contains(r"^\p{L}{2,}$"), None)
    some = words.drop_nulls()
    strange = some.filter(~some.is_in(pl.Series(sorted(known_first_names())).implode())).unique()
    if len(strange):
        given = people["forenames"].filter(people["surname"].is_not_null()).unique().str.to_lowercase()
        strange = strange.filter(~strange.is_in(given.str.extract(r"^\s*(\p{L}+)").implode()))
    so_called = words.is_in(strange.implode()).fill_null(False)
    if not 0 < int(so_called.sum()) < _MOSTLY * len(some):
        return people
    rows = alone.arg_true().filter(so_called)
    return people.with_columns(
        _with(people, rows, told.filter(so_called)), people["forenames"].scatter(rows, None)
    )


def _with(people: pl.DataFrame, rows: pl.Series, words: pl.Series) -> pl.Series:
    """Return the column ``nicknames`` with the word of each of some rows; whoever has both is called by
    both.
    """
    lists = words.reshape((len(words), 1)).arr.to_list()
    if "nicknames" in people.columns:
        other = people["nicknames"].cast(pl.List(pl.String())).gather(rows)
        both = pl.DataFrame({"w": lists, "o": other})
        lists = both.select(pl.concat_list("w", pl.col("o").fill_null([])))["w"]
    place = pl.Series([None], dtype=pl.UInt32()).new_from_index(0, people.height)
    place = place.scatter(rows, pl.int_range(len(rows), dtype=pl.UInt32(), eager=True))
    made = lists.gather(place).alias("nicknames")
    if "nicknames" not in people.columns:
        return made
    return made.zip_with(made.is_not_null(), people["nicknames"].cast(pl.List(pl.String())))
