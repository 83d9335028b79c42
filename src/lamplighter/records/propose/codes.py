"""Code tables: each different value of a coded column with the code of ours that its words say.

A table is made of columns that hold codes or words from a list. A column of free text, or of what may be
names, gets none: its values are read by the common words, and nothing of it is written down.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import polars as pl

from lamplighter.records.mapping.unknown_words import LONGEST_CODE, LONGEST_TITLE, may_be_codes
from lamplighter.records.propose.columns.guesses import Column
from lamplighter.records.propose.columns.meanings import meanings
from lamplighter.records.transforms.common_words import code_set_of, read_by_words

YES, NO = "yes", "no"
BY_TITLE = "~"
"""The code of an offence's code that says less than the title beside it: the title is read instead."""
_AGREED = 0.9
_MOST = {
    "offence_title": 150,
    "offence_code": 200,
    "offence_included": 200,
    "relationship": 60,
    "behaviours": 80,
}
_MOST_OF_OTHERS = 40
_MOSTLY_DIFFERENT = 0.6
_ENOUGH_TO_TELL = 20
_NAME_LIKE = (
    r"^(?:\p{Lu}[\p{Ll}'’\-]+|\p{Lu}\.?)(?: (?:\p{Lu}[\p{L}'’\-]+|\p{Lu}\.?)){1,3}$"
    r"|^[\p{L}'’\-]+, ?\p{Lu}[\p{L}'’\-]+$"
)
YES_NO = ("domestic_abuse", "marker")
SEVERAL_IN_A_CELL = ("behaviours", "offence_included")


@dataclass(frozen=True, slots=True)
class CodeEntry:
    """One value of a coded column: how often it is there, and the code proposed for it; ``None``: its words
    do not say."""

    value: str
    times: int
    code: str | None


@dataclass(frozen=True, slots=True)
class CodeProposal:
    """The values of one coded column. ``free``: why there is no table, where the column is not coded after
    all; then ``unread`` says how many rows have words that nobody knows."""

    table: str
    column: str
    heading: str
    meaning: str
    code_set: str
    entries: tuple[CodeEntry, ...]
    free: str = ""
    unread: int = 0

    @property
    def unknown(self) -> tuple[CodeEntry, ...]:
        return tuple(e for e in self.entries if e.code is None)


def words_table(meaning: str, kind: str | None) -> str | None:
    """Return the table of common words for a meaning: what a service that is no police force was asked about
    is another list than offences.
    """
    words = meanings()[meaning].words
    return "concerns" if words == "offences" and kind not in {None, "police"} else words


def codes_of(columns: Sequence[Column], kind: str | None) -> tuple[CodeProposal, ...]:
    """Return the code tables of the columns that were proposed as coded."""
    found = []
    for column in columns:
        if column.chosen is not None and (made := code_proposal(column, column.chosen.meaning, kind)):
            title = _beside(column, columns) if column.chosen.meaning == "offence_code" else None
            found.append(made if title is None else _as_titled(made, column, title, kind))
    return tuple(found)


def _beside(column: Column, columns: Sequence[Column]) -> Column | None:
    """Return the title that stands beside a code."""
    return next(
        (
            c
            for c in columns
            if c.table is column.table and c.chosen is not None and c.chosen.meaning == "offence_title"
        ),
        None,
    )


def _as_titled(made: CodeProposal, column: Column, title: Column, kind: str | None) -> CodeProposal:
    """Codes by what the titles beside them say; where these differ, or say nothing, the title is read."""
    words = words_table("offence_title", kind)
    assert words is not None
    rows = column.table.rows.select(
        pl.col(column.name).str.strip_chars().alias("v"), pl.col(title.name).str.strip_chars().alias("t")
    ).drop_nulls()
    read = rows.with_columns(read_by_words(words, rows["t"]).alias("c"))
    counted = read.group_by("v", "c").len().sort("len", descending=True)
    best = counted.group_by("v", maintain_order=True).agg(
        pl.col("c").first(), (pl.col("len").first() / pl.col("len").sum()).alias("share")
    )
    said = {v: c for v, c, share in best.iter_rows() if c is not None and share >= _AGREED}
    entries = tuple(CodeEntry(e.value, e.times, said.get(e.value, BY_TITLE)) for e in made.entries)
    return replace(made, entries=entries)


def code_proposal(column: Column, meaning: str, kind: str | None) -> CodeProposal | None:
    """Return the values of a column that means something coded, or ``None`` where it does not or says plain
    yes and no.
    """
    if meaning in YES_NO:
        return _yes_no(column, meaning)
    words = words_table(meaning, kind)
    if words is None:
        return None
    counts = column.values.words(words, several=meaning in SEVERAL_IN_A_CELL)
    if counts.is_empty():
        return None
    known = counts["c"].is_not_null()
    set_name = code_set_of(words)
    reason = no_code_list(counts, known, meaning)
    if reason:
        unread = int(counts["n"].filter(~known).sum())
        return CodeProposal(
            column.table.name, column.name, column.heading, meaning, set_name, (), reason, unread
        )
    entries = tuple(CodeEntry(str(value), int(times), code) for value, times, code in counts.iter_rows())
    return CodeProposal(column.table.name, column.name, column.heading, meaning, set_name, entries)


def no_code_list(counts: pl.DataFrame, known: pl.Series, meaning: str) -> str:
    """Return why a column is no list of codes; "" where it is one."""
    total, distinct = int(counts["n"].sum()), counts.height
    if distinct > _MOST.get(meaning, _MOST_OF_OTHERS):
        return f"{distinct} different texts are too many for a list of codes"
    if total >= _ENOUGH_TO_TELL and distinct > _MOSTLY_DIFFERENT * total:
        return "nearly every row says something else"
    longest = LONGEST_TITLE if meaning == "offence_title" else LONGEST_CODE
    if not bool(may_be_codes(counts["v"], longest).all()):
        return "some values are too long for codes, or look like a number, a date or an address of somebody"
    unread = counts["v"].filter(~known)
    names = int(unread.str.contains(_NAME_LIKE).sum())
    if meaning not in {"offence_title", "behaviours"} and names >= 3 and 2 * names > len(unread):
        return "what is not understood looks like names of people"
    return ""


def _yes_no(column: Column, meaning: str) -> CodeProposal | None:
    """Words for yes and no, where there are others than the usual ones."""
    counts = column.values.counted()
    plain = {"y", "yes", "true", "1", "t", "n", "no", "false", "0", "f", "u", "unknown", "not known"}
    if counts.is_empty() or set(counts["v"].str.to_lowercase().to_list()) <= plain:
        return None
    if counts.height > 12 or not bool(may_be_codes(counts["v"]).all()):
        why = f"{counts.height} different texts are too many for yes and no"
        return CodeProposal(
            column.table.name, column.name, column.heading, meaning, "", (), why, counts.height
        )
    entries = tuple(CodeEntry(str(v), int(n), _said_yes(str(v))) for v, n in counts.iter_rows())
    return CodeProposal(column.table.name, column.name, column.heading, meaning, "yes_no", entries)


def _said_yes(value: str) -> str | None:
    words = value.lower().replace("-", " ").split()
    if not words:
        return None
    if words[0] in {"n", "no", "non", "not", "false", "none", "0", "nonda"}:
        return NO
    return YES if words[0] in {"y", "yes", "true", "1", "da", "dv", "domestic", "flagged", "x"} else None
