"""Read what other systems' words say plainly: one table of patterns for each code set, from
``common_words.toml``.

A proposal reads a sample's words with it, and a mapping may read with it whatever its own code table does
not list (``words = "relationships"``).
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

import polars as pl

from lamplighter.rule_files.reading import packaged as packaged_toml

#: What stands for the code of a pattern: the value itself; the number in it, without its noughts.
ITSELF, NUMBER = "=", "#"
#: Longer than this a text is an account of something and names no code.
LONGEST = 200
_NUMBER = r"0*(\d{1,2}) ?([A-Z]?)\b"


@cache
def common_words() -> Mapping[str, tuple[tuple[str, str], ...]]:
    """Return patterns with their codes, in order, by the name of their table."""
    body = packaged_toml("lamplighter.records.transforms", "common_words.toml")
    return {name: tuple((p, c) for p, c in table["words"]) for name, table in body.items()}


def code_set_of(table: str) -> str:
    """Return the code set that a table of words gives codes of."""
    return {"concerns": "offences", "kind_of_offence": "record_type"}.get(table, table)


def read_by_words(table: str, text: pl.Series) -> pl.Series:
    """Return the code that each text says plainly, or null. Raises ``KeyError`` for an unknown table."""
    words = common_words()[table]
    distinct = _plain(text).to_frame("t").with_row_index("i")
    known = distinct.select(pl.col("t").unique().drop_nulls())
    if known.is_empty():
        return pl.Series([None] * len(text), dtype=pl.String)
    read = known.with_columns(pl.coalesce(_read(p, c) for p, c in words).alias("code"))
    return distinct.join(read, on="t", how="left", maintain_order="left")["code"]


def _read(pattern: str, code: str) -> pl.Expr:
    return pl.when(pl.col("t").str.contains(f"(?i){pattern}")).then(_coded(code))


def _plain(text: pl.Series) -> pl.Series:
    """Texts as patterns see them: underscores and runs of blanks are one blank; accounts are none."""
    t = pl.col("t").str.replace_all(r"[_\s]+", " ").str.strip_chars()
    frame = pl.DataFrame({"t": text.cast(pl.String)})
    return frame.select(pl.when((t != "") & (t.str.len_chars() <= LONGEST)).then(t)).to_series()


def _coded(code: str) -> pl.Expr:
    upper = pl.col("t").str.to_uppercase()
    if code == ITSELF:
        return upper.str.extract(r"^(\w+)", 1)
    if code == NUMBER:
        return upper.str.extract(_NUMBER, 1) + upper.str.extract(_NUMBER, 2)
    return pl.lit(code, dtype=pl.String)
