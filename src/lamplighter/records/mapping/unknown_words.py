"""Words of coded columns that a mapping does not know, by the field they are for, and how often each came.

Somebody has to say what they mean before the next file comes. Rejects never repeat a value; these do, because
without the word nobody can map it. So only what can be a code is told of: short, and no number, address or
date of anybody. Where a column holds free text after all, its words are counted and not told.
"""

from __future__ import annotations

import polars as pl

from lamplighter.records.mapping.mappings import FieldSpec, Mapping
from lamplighter.records.transforms import Options
from lamplighter.records.transforms.plain import coded, words

SCHEMA = pl.Schema({"column": pl.String(), "field": pl.String(), "word": pl.String(), "times": pl.Int64()})
LONGEST_CODE, LONGEST_TITLE = 60, 120  # characters; titles of offences are longer than other words of lists
#: What no code looks like: an address of e-mail, five figures and more, a date or a time, a postcode.
_NO_CODE = (
    r"(?i)@|https?:|www\.|\d{5}|\d{1,4}[/.-]\d{1,2}[/.-]\d{1,4}|\d:\d\d|\b[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}\b"
)
#: A column with more different words than this is no list of codes, whatever the mapping took it for.
MOST_CODES = 200
_CODED = {"code", "codes", "words", "yes_no", "marker"}


def may_be_codes(text: pl.Series, longest: int = LONGEST_CODE) -> pl.Series:
    """Return for each text whether it can be a code or a word from a list, and not something of somebody."""
    t = pl.col("t").str.strip_chars()
    frame = pl.DataFrame({"t": text.cast(pl.String)})
    good = (t != "") & (t.str.len_chars() <= longest) & ~t.str.contains(_NO_CODE)
    return frame.select(good.fill_null(False)).to_series()


def none_unknown() -> pl.DataFrame:
    """Return no unknown words."""
    return pl.DataFrame(schema=SCHEMA)


def word_column(spec: FieldSpec) -> int:
    """Return which of a coded field's columns holds the words that somebody can put in a code table."""
    return int(spec.options.get("words_on", spec.options.get("patterns_on", 0)))


def unknown_words(
    rows: pl.DataFrame, columns: list[str], spec: FieldSpec, problem: pl.Series, mapping: Mapping
) -> pl.DataFrame:
    """Return the words behind ``code_unknown`` in ``problem``, one row each.

    Args:
        rows: cleaned text columns.
        columns: those of ``spec`` as they are in ``rows``; "" for one that is not there.
        problem: names of problems, one a row.
    """
    if spec.do not in _CODED:
        return none_unknown()
    hit = (problem == "code_unknown").fill_null(False)
    at = min(word_column(spec), len(columns) - 1)
    order = [columns[at], *(c for i, c in enumerate(columns) if i != at)]
    there = [c for c in order if c]
    if not there or not hit.any():
        return none_unknown()
    # Where the words are missing it is the code beside them that is not known.
    cells = rows.filter(hit).select(
        pl.coalesce(there).str.strip_chars().alias("word"),
        pl.coalesce(pl.when(pl.col(c).is_not_null()).then(pl.lit(c)) for c in there).alias("column"),
    )
    if spec.do in {"codes", "words"}:
        cells = _parts(cells, spec, mapping)
    counted = cells.drop_nulls().group_by("column", "word").agg(pl.len().cast(pl.Int64).alias("times"))
    return _sorted(counted.with_columns(pl.lit(spec.into[0]).alias("field")))


def _parts(cells: pl.DataFrame, spec: FieldSpec, mapping: Mapping) -> pl.DataFrame:
    """Return the parts of cells that hold several words, those that no table knows."""
    split = {k: v for k, v in spec.options.items() if k == "split"}
    parts = words([cells["word"]], Options(split, {}, {}))[0].value
    every = cells.with_columns(parts.alias("word")).explode("word")
    distinct = every["word"].drop_nulls().unique(maintain_order=True)
    _, problem = coded([distinct], Options(spec.options, mapping.maps, mapping.patterns))
    unknown = distinct.filter((problem == "code_unknown").fill_null(False))
    return every.filter(pl.col("word").is_in(unknown.implode()))


def together(frames: list[pl.DataFrame]) -> pl.DataFrame:
    """Return unknown words of several tables as one, without what can be no code, and without those of a
    column that has too many."""
    every = [f for f in frames if f.height]
    if not every:
        return none_unknown()
    counted = pl.concat(every).group_by("column", "field", "word").agg(pl.col("times").sum())
    counted = counted.filter(may_be_codes(counted["word"], LONGEST_TITLE))
    return _sorted(counted.filter(pl.len().over("column", "field") <= MOST_CODES))


def _sorted(counted: pl.DataFrame) -> pl.DataFrame:
    order = ["column", "field", "times", "word"]
    return counted.select(list(SCHEMA)).sort(order, descending=[False, False, True, False])
