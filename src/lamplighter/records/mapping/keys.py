"""Report references and row references of rows just read: made, mended, and told apart when they repeat."""

from __future__ import annotations

import hashlib

import polars as pl

from lamplighter.records.canonical.references import tidy_references
from lamplighter.records.mapping.mappings import FileSpec, Mapping
from lamplighter.records.validation.limits import LONGEST_REFERENCE
from lamplighter.records.validation.problems import found, no_problems


def with_joined_columns(rows: pl.DataFrame, spec: FileSpec) -> pl.DataFrame:
    """Return the columns that the mapping puts together from others, beside those of the file."""
    for joined in spec.joined:
        parts = [
            pl.when(pl.col(c).str.strip_chars() != "").then(pl.col(c).str.strip_chars())
            for c in joined.source
            if c in rows.columns
        ]
        if parts:
            made = pl.concat_str(parts, separator=joined.sep, ignore_nulls=True)
            rows = rows.with_columns(made.alias(joined.name))
    return rows


def with_report_reference(
    rows: pl.DataFrame, spec: FileSpec, mapping: Mapping
) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """``_ref`` from the report column, mended where it is empty. Returns rows, findings, and rows that
    have none.
    """
    column = spec.report
    if column is None or column not in rows.columns:
        return rows, no_problems(), rows.clear()
    own = _blank_to_null(tidy_references(rows[column]).value, mapping)
    rows = rows.with_columns(own.alias("_ref"))
    rows, too_long, refused = without_the_too_long(rows, "_ref", column)
    rows, found_missing, lost = _with_missing_mended(rows, column, mapping)
    return rows, pl.concat([too_long, found_missing]), pl.concat([refused, lost])


def without_the_too_long(
    rows: pl.DataFrame, key: str, column: str | None
) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """Rows whose reference in ``key`` can be held, findings about the others, and those."""
    long = (rows[key].str.len_chars() > LONGEST_REFERENCE).fill_null(False)
    if not long.any():
        return rows, no_problems(), rows.clear()
    refused = rows.filter(long)
    # Which row it was is told by its line: a reference that is refused is not repeated.
    unsaid = refused.with_columns(pl.lit(None, pl.String).alias("_ref"))
    return rows.filter(~long), pl.concat(_at(unsaid, "reference_too_long", column)), refused


def _with_missing_mended(
    rows: pl.DataFrame, column: str, mapping: Mapping
) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    before = rows["_ref"]
    if before.null_count() == 0:
        return rows, no_problems(), rows.clear()
    guess = mapping.key_from
    if "column" in guess and guess["column"] in rows.columns:
        other = tidy_references(rows[guess["column"]].str.extract(guess["pattern"], 1)).value
        rows = rows.with_columns(pl.coalesce(pl.col("_ref"), other).alias("_ref"))
    elif "neighbours" in guess:
        same = [c for c in guess["neighbours"].split() if c in rows.columns]
        alike = pl.struct(pl.col(c).str.strip_chars() for c in same)
        rows = rows.with_columns(
            pl.coalesce(
                pl.col("_ref"),
                pl.when(alike == alike.shift(1)).then(pl.col("_ref").shift(1)),
                pl.when(alike == alike.shift(-1)).then(pl.col("_ref").shift(-1)),
            ).alias("_ref")
        )
    mended = rows.filter(before.is_null() & rows["_ref"].is_not_null())
    lost = rows.filter(pl.col("_ref").is_null())
    findings = pl.concat(
        [
            *(_at(mended, "key_missing_repaired", column)),
            *(_at(lost, "key_missing", column)),
            no_problems(),
        ]
    )
    return rows.filter(pl.col("_ref").is_not_null()), findings, lost


def _blank_to_null(values: pl.Series, mapping: Mapping) -> pl.Series:
    return pl.select(
        pl.when(values.is_in([w.upper() for w in mapping.nulls])).then(None).otherwise(values)
    ).to_series()


def _at(rows: pl.DataFrame, problem: str, column: str | None) -> list[pl.DataFrame]:
    return [
        found(str(file), part["_row"].to_list(), problem, column=column, refs=part["_ref"].to_list())
        for (file,), part in rows.group_by("_file", maintain_order=True)
    ]


def with_row_reference(rows: pl.DataFrame, spec: FileSpec, mapping: Mapping) -> pl.DataFrame:
    """``_rowref``: the row's own reference, trimmed and upper-cased, or null."""
    if spec.row is None or spec.row not in rows.columns:
        return rows.with_columns(pl.lit(None, pl.String).alias("_rowref"))
    own = rows[spec.row].str.strip_chars().str.to_uppercase()
    own = pl.select(
        pl.when((own == "") | own.is_in([w.upper() for w in mapping.nulls])).then(None).otherwise(own)
    ).to_series()
    return rows.with_columns(own.alias("_rowref"))


def without_repeats(rows: pl.DataFrame, columns: list[str], key: str) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Rows without exact repeats (blanks at the ends and the case of references aside), and the repeats.

    Only rows whose ``key`` occurs twice, or is empty, are compared in full.
    """
    suspects = rows[key].is_duplicated() | rows[key].is_null()
    if suspects.sum() < 2:
        return rows, rows.clear()
    present = set(rows.columns)
    names = [c for c in columns if c in present]
    plain = rows.filter(suspects).select(
        pl.struct(
            *(pl.col(c).str.strip_chars().fill_null("") for c in names if c not in _keys(rows)),
            *(pl.col(c) for c in _keys(rows)),
        )
        .hash(seed=7)
        .alias("h")
    )["h"]
    again = pl.Series([False] * rows.height, dtype=pl.Boolean)
    again = again.scatter(suspects.arg_true(), ~plain.is_first_distinct())
    return rows.filter(~again), rows.filter(again)


def _keys(rows: pl.DataFrame) -> list[str]:
    return [c for c in ("_ref", "_rowref") if c in rows.columns]


class References:
    """Row references seen so far in one file, kept as hashes, so that one used twice is noticed across
    parts.
    """

    def __init__(self) -> None:
        self._seen: list[pl.DataFrame] = []

    def add(self, rows: pl.DataFrame) -> None:
        """Remember the references of rows."""
        self._seen.append(
            rows.filter(pl.col("_rowref").is_not_null()).select(
                pl.col("_rowref").hash(seed=11).alias("h"), "_row", pl.col("_file").hash(seed=11).alias("f")
            )
        )

    def repeated(self) -> pl.DataFrame:
        """Hashes of references that occur more than once, with the row that came first."""
        if not self._seen:
            return pl.DataFrame(schema={"h": pl.UInt64, "first_f": pl.UInt64, "first_row": pl.Int64})
        every = pl.concat(self._seen)
        return (
            every.filter(pl.col("h").is_duplicated())
            .group_by("h", maintain_order=True)
            .agg(pl.col("f").first().alias("first_f"), pl.col("_row").first().alias("first_row"))
        )


def _of_file(rows: pl.DataFrame) -> pl.Expr:
    """Return a few letters for the name of a row's file, the same in every run."""
    names = {n: "." + hashlib.blake2b(n.encode(), digest_size=3).hexdigest() for n in rows["_file"].unique()}
    return pl.col("_file").replace(names)


def unique_references(
    rows: pl.DataFrame, repeated: pl.DataFrame, *, has_own: bool = True
) -> tuple[pl.DataFrame, list[pl.DataFrame]]:
    """Give every row a reference of its own: an empty one is made from the report's and the line
    number, a repeated one gets the line number.

    Where a file has no column of them (``has_own`` is false) rows are numbered within their report, so that
    the next extract, in which they stand on other lines, gives them the same.
    """
    findings: list[pl.DataFrame] = []
    if not has_own:
        number = pl.int_range(1, pl.len() + 1).over("_ref").cast(pl.String)
        return rows.with_columns((pl.col("_ref") + pl.lit("#") + number).alias("_rowref")), findings
    missing = rows["_rowref"].is_null()
    if missing.any():
        findings += _at(rows.filter(missing), "row_reference_missing", "row reference")
        rows = rows.with_columns(
            pl.coalesce("_rowref", pl.col("_ref") + pl.lit("#") + pl.col("_row").cast(pl.String)).alias(
                "_rowref"
            )
        )
        # Another file of the same report has the same line numbers. All rows of a report are in one part.
        twice = missing & rows["_rowref"].is_duplicated() & ~rows["_rowref"].is_first_distinct()
        rows = rows.with_columns(pl.when(twice).then(pl.col("_rowref") + _of_file(rows)).otherwise("_rowref"))
    again = rows.select(
        pl.col("_rowref").hash(seed=11).alias("h"), "_row", pl.col("_file").hash(seed=11).alias("f")
    ).join(repeated, on="h", how="left", maintain_order="left")
    later = (
        again["first_row"].is_not_null()
        & ((again["first_row"] != again["_row"]) | (again["first_f"] != again["f"]))
    ).fill_null(False)
    if later.any():
        findings += _at(rows.filter(later), "row_reference_repeated", "row reference")
        elsewhere = (again["first_f"] != again["f"]).fill_null(False)
        of_file = pl.when(elsewhere).then(_of_file(rows)).otherwise(pl.lit(""))
        rows = rows.with_columns(
            pl.when(later)
            .then(pl.col("_rowref") + pl.lit("~") + pl.col("_row").cast(pl.String) + of_file)
            .otherwise("_rowref")
            .alias("_rowref")
        )
        still = rows["_rowref"].is_duplicated()
        if still.any():
            rows = rows.with_columns(
                pl.when(still)
                .then(pl.col("_rowref") + pl.lit("~") + pl.int_range(pl.len()).cast(pl.String))
                .otherwise("_rowref")
                .alias("_rowref")
            )
    return rows, findings
