"""Applying a mapping's fields to rows: every transform sees each distinct combination of values once."""

from __future__ import annotations

import re
from collections.abc import Iterable
from collections.abc import Mapping as MappingType

import polars as pl

from lamplighter.records.canonical.outcome import Outcome
from lamplighter.records.mapping.mappings import FieldSpec, Mapping
from lamplighter.records.mapping.unknown_words import unknown_words
from lamplighter.records.schema import POLARS_TYPES, TABLES_BY_NAME
from lamplighter.records.transforms import TRANSFORMS, Options
from lamplighter.records.validation.problems import FOUND_SCHEMA

LONGEST_CELL = 100_000  # characters
_CONTINUED = "[\u0080-\u00bfŒœŠšŸŽžƒˆ˜\u2013-\u203a€™]"
"""What the second byte of a letter is in Windows-1252, or in Latin-1."""
_LETTER = f"[ÃÄÅ]{_CONTINUED}|Â[\u00a0-\u00bf]"
DOUBLE = f"â[€\u0080]|{_LETTER}"
"""Text whose UTF-8 was read as Windows-1252 and encoded again."""
_MOSTLY_DISTINCT = 0.6  # above this share of distinct values, looking them up costs more than it saves


class Applied:
    """Fields worked out for rows, what was found wrong on the way (``_at`` is the position of the row), and
    the words that no code table knows.
    """

    def __init__(self, height: int) -> None:
        self.columns: dict[str, pl.Series] = {}
        self.found: list[pl.DataFrame] = []
        self.unknown: list[pl.DataFrame] = []
        self.height = height

    def note(self, column: str, problem: pl.Series, lengths: pl.Series | None) -> None:
        frame = (
            pl.DataFrame({"problem": problem}).with_row_index("_at").filter(pl.col("problem").is_not_null())
        )
        if frame.is_empty():
            return
        length = (
            lengths.gather(frame["_at"])
            if lengths is not None
            else pl.Series([None] * frame.height, dtype=pl.UInt32)
        )
        self.found.append(
            frame.with_columns(
                pl.lit(column).alias("column"),
                length.cast(pl.Int64).alias("length"),
                pl.col("_at").cast(pl.Int64),
            )
        )


def clean(
    rows: pl.DataFrame, columns: Iterable[str], nulls: Iterable[str]
) -> tuple[pl.DataFrame, list[tuple[str, pl.Series, str]]]:
    """Trimmed cells with empty and null-like ones made null, damage of encoding put right, overlong ones cut.

    Returns the rows and, per column, the positions and the problem.
    """
    present = [c for c in columns if c in rows.columns]
    words = list(nulls)
    out = rows.with_columns(
        pl.col(c).str.strip_chars(" \t\r\n\u00a0\ufeff\u200b") for c in present
    ).with_columns(
        pl.when((pl.col(c) == "") | pl.col(c).is_in(words) | pl.col(c).is_in([w.lower() for w in words]))
        .then(None)
        .otherwise(pl.col(c))
        .alias(c)
        for c in present
    )
    notes: list[tuple[str, pl.Series, str]] = []
    if out.is_empty() or not present:
        return out, notes
    tests = out.select(
        [pl.col(c).str.contains(DOUBLE).any().alias(f"d{i}") for i, c in enumerate(present)]
        + [(pl.col(c).str.len_bytes() > LONGEST_CELL).any().alias(f"l{i}") for i, c in enumerate(present)]
    ).row(0, named=True)
    for i, c in enumerate(present):
        if tests[f"d{i}"]:
            hit = out[c].str.contains(DOUBLE).fill_null(False)
            fixed = {v: undouble(v) for v in out[c].filter(hit).unique().to_list()}
            out = out.with_columns(
                pl.when(hit)
                .then(pl.col(c).replace_strict(fixed, default=None, return_dtype=pl.String))
                .otherwise(c)
                .alias(c)
            )
            notes.append((c, hit.arg_true(), "double_encoded"))
        if tests[f"l{i}"]:
            long = (out[c].str.len_chars() > LONGEST_CELL).fill_null(False)
            out = out.with_columns(pl.col(c).str.slice(0, LONGEST_CELL))
            notes.append((c, long.arg_true(), "value_too_long"))
    return out, notes


def undouble(text: str) -> str:
    """Text whose UTF-8 was read as Windows-1252 and encoded again, put right piece by piece: 'â€“' to '–'."""

    def mend(match: re.Match[str]) -> str:
        try:
            return b"".join(map(_byte, match.group())).decode("utf-8")
        except UnicodeError:
            return match.group()

    return re.sub(f"(?:â[€\u0080][^ ]|{_LETTER})+", mend, text)


def _byte(letter: str) -> bytes:
    """What a letter was made of. Windows-1252 has none for five of the bytes, which stay what they are."""
    return letter.encode("latin-1" if "\u0080" <= letter <= "\u009f" else "cp1252")


def apply_fields(rows: pl.DataFrame, specs: Iterable[FieldSpec], table: str, mapping: Mapping) -> Applied:
    """Work out the fields of one table for each row. ``rows`` holds cleaned text columns."""
    applied = Applied(rows.height)
    kinds = {f.name: POLARS_TYPES[f.kind] for f in TABLES_BY_NAME[table].fields}
    for spec in specs:
        sources = [c for c in spec.source if c in rows.columns]
        if spec.source and not sources:
            continue
        if TRANSFORMS[spec.do].merges:
            steps = [([c], spec) for c in sources]
        else:
            steps = [([c if c in rows.columns else "" for c in spec.source], spec)]
        for columns, _ in steps:
            outcomes = _outcomes(rows, columns, spec, mapping.maps, mapping.patterns)
            for name, outcome in zip(spec.into, outcomes, strict=False):
                kind = kinds.get(name, outcome.value.dtype)
                value = (
                    outcome.value if outcome.value.dtype == kind else outcome.value.cast(kind, strict=False)
                )
                if name in applied.columns:
                    value = _merged(applied.columns[name], value)
                applied.columns[name] = value.rename(name)
                if outcome.problem is not None and outcome.problem.null_count() < rows.height:
                    lengths = rows[columns[0]].str.len_chars() if columns and columns[0] else None
                    applied.note("/".join(c for c in columns if c) or name, outcome.problem, lengths)
                    applied.unknown.append(unknown_words(rows, columns, spec, outcome.problem, mapping))
    return applied


def _merged(first: pl.Series, second: pl.Series) -> pl.Series:
    frame = pl.DataFrame({"a": first, "b": second})
    if isinstance(first.dtype, pl.List):
        both = pl.concat_list(pl.col("a").fill_null([]), pl.col("b").fill_null([])).list.unique(
            maintain_order=True
        )
        return frame.select(
            pl.when(pl.col("b").is_null()).then("a").when(pl.col("a").is_null()).then("b").otherwise(both)
        ).to_series()
    return frame.select(pl.coalesce("a", "b")).to_series()


def _outcomes(
    rows: pl.DataFrame,
    columns: list[str],
    spec: FieldSpec,
    maps: MappingType[str, MappingType[str, str]],
    patterns: MappingType[str, tuple[tuple[str, str], ...]],
) -> list[Outcome]:
    options = Options(spec.options, maps, patterns)
    function = TRANSFORMS[spec.do].function
    if not columns:
        return function([pl.Series([None] * rows.height, dtype=pl.String)], options)
    frame = rows.select(
        (pl.col(c) if c else pl.lit(None, pl.String)).alias(str(i)) for i, c in enumerate(columns)
    )
    empty = frame.select(pl.all_horizontal(pl.all().is_null())).to_series()
    names = list(frame.columns)
    distinct = frame.unique(maintain_order=False)
    if distinct.height > _MOSTLY_DISTINCT * max(rows.height, 1) and not empty.any():
        return function([frame[n] for n in names], options)
    outcomes = function([distinct[n] for n in names], options)
    table = distinct.with_columns(
        *(o.value.alias(f"v{i}") for i, o in enumerate(outcomes)),
        *(o.problem.alias(f"p{i}") for i, o in enumerate(outcomes) if o.problem is not None),
    )
    joined = frame.join(table, on=names, how="left", nulls_equal=True, maintain_order="left")
    return [
        Outcome(joined[f"v{i}"], joined[f"p{i}"] if o.problem is not None else None)
        for i, o in enumerate(outcomes)
    ]


def findings_of(applied: Applied, where: pl.DataFrame) -> pl.DataFrame:
    """Return what was found wrong, as rows of file, line and reference; ``where`` has ``_file``, ``_row`` and
    ``_ref`` per row.
    """
    if not applied.found:
        return pl.DataFrame(schema=FOUND_SCHEMA)
    every = pl.concat(applied.found, how="vertical_relaxed")
    return placed(every, where)


def placed(every: pl.DataFrame, where: pl.DataFrame) -> pl.DataFrame:
    """Positions (``_at``) to file, line and reference."""
    spot = where.select(
        pl.col("_file").alias("file"), pl.col("_row").alias("row"), pl.col("_ref").alias("report_ref")
    )
    at = every["_at"]
    return (
        pl.concat([every.drop("_at"), spot[at.to_list()]], how="horizontal")
        .select(list(FOUND_SCHEMA))
        .cast(FOUND_SCHEMA)
    )
