"""Accounts, aliases and registration marks of a foreign table in the forms of
:mod:`lamplighter.records.canonical`: 'instagram.com/dan' is 'instagram:dan'."""

from __future__ import annotations

from collections.abc import Callable

import polars as pl

from lamplighter.records import canonical

_KNOWN_PART = r"[A-Z0-9]{3,10}"
"""What is read of a mark that is not British, or was half seen."""

_PAGE = r"(?i)^https?://[^/\s]+/@?([\w.-]{2,})/?$"
"""The page of an account on a platform that is not known."""

_BETWEEN_ALIASES = r"(?i)[|/\n]|\ba\.?k\.?a\b\.?"
_SURNAME_FIRST = r"^(\p{Lu}[\p{Lu}'’ -]+),\s*(\p{Lu}\p{Ll}.*)$"


def accounts(lists: pl.Series) -> pl.Series:
    """Accounts as '<platform>:<name>'; of a page on an unknown platform the name is read. A text in which
    none can be read, as a name to be shown may be, stays in lower case."""

    def read(texts: pl.Series) -> pl.Series:
        plain = pl.concat_list(pl.col("t").str.to_lowercase())
        found = canonical.handles(texts).value
        pages = texts.str.extract(_PAGE).set(found.is_not_null(), None)
        if pages.null_count() < len(pages):
            found = found.zip_with(found.is_not_null(), canonical.handles(pages).value)
        return _else(found, texts, plain)

    return _read_each(lists, read)


def aliases(lists: pl.Series) -> pl.Series:
    """Return what somebody is also called, each name by itself: "JONES, Ann; Annie" is Ann JONES and
    Annie."""

    def read(texts: pl.Series) -> pl.Series:
        each = pl.col("t").str.replace_all(_BETWEEN_ALIASES, ";").str.split(";")
        # What is not written as a surname, and what was given, behind it is one name after another.
        turned = each.list.eval(pl.element().str.strip_chars().str.replace(_SURNAME_FIRST, "$2 $1"))
        single = turned.list.join(";").str.replace_all(",", ";", literal=True).str.split(";")
        name = pl.element().str.strip_chars()
        return texts.to_frame("t").select(single.list.eval(name.filter(name != ""))).to_series()

    return _read_each(lists, read)


def marks(lists: pl.Series) -> pl.Series:
    """Registration marks in capitals, without spaces; a part of one ends with '*'."""

    def read(texts: pl.Series) -> pl.Series:
        shown = pl.col("t").str.to_uppercase().str.replace_all(r"[\s.-]", "")
        parts = shown.str.extract_all(_KNOWN_PART)
        longest = parts.list.get(
            parts.list.eval(pl.element().str.len_bytes()).list.arg_max(), null_on_oob=True
        )
        whole = pl.when(longest == shown).then(longest).otherwise(longest + "*")
        told = pl.when(longest.str.contains(r"\d") | (longest.str.len_bytes() == 3)).then(whole)
        return _else(canonical.vehicles(texts)[0].value, texts, pl.concat_list(told).list.drop_nulls())

    return _read_each(lists, read)


def _else(read: pl.Series, texts: pl.Series, otherwise: pl.Expr) -> pl.Series:
    return pl.DataFrame({"r": read, "t": texts}).select(pl.coalesce("r", otherwise)).to_series()


def _read_each(lists: pl.Series, read: Callable[[pl.Series], pl.Series]) -> pl.Series:
    """Lists of what ``read`` makes of each distinct text of ``lists``, or of a series of texts."""
    rows = lists.cast(pl.List(pl.String())).to_frame("v").with_row_index("i")
    held = rows.explode("v").drop_nulls("v")
    known = held["v"].unique(maintain_order=True)
    forms = pl.DataFrame({"v": known, "w": read(known).cast(pl.List(pl.String()))})
    told = (
        held.join(forms, on="v", maintain_order="left")
        .explode("w")
        .drop_nulls("w")
        .group_by("i", maintain_order=True)
        .agg(pl.col("w").unique(maintain_order=True))
    )
    return rows.join(told, on="i", how="left", maintain_order="left")["w"].alias(lists.name)
