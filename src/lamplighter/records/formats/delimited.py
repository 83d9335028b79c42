"""Delimited text to rows: the good lines all at once, the odd ones looked at one by one.

A line is good when it has the right number of cells by a test that runs over
all lines together; a damaged line is repaired where only one reading fits, and
otherwise left out with a reason.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import polars as pl

from lamplighter.records.errors import HeaderNotFound
from lamplighter.records.formats.damaged_lines import OddLines, parse_line
from lamplighter.records.formats.text_lines import Lines, read_lines
from lamplighter.records.mapping.mappings import FileSpec
from lamplighter.records.validation.problems import found, no_problems

_MISFITS = 2  # cells out of shape that make a row be looked at by itself
MOST_COLUMNS = 1_000
"""A line of separators is no header."""
_SEPARATOR_TOLD = re.compile(r'^\s*"?sep=.?"?\s*$', re.IGNORECASE)
_AROUND = " \t\ufeff\"'"
"""What may stand around a heading and is no part of it."""
_HELD_BACK = 64  # odd lines at the end of a chunk that wait for what follows


class Rows(NamedTuple):
    """Rows of one file: its columns as text, ``_row`` (line number) and ``_extra`` (cells beyond the
    last column).
    """

    frame: pl.DataFrame
    findings: pl.DataFrame
    rejected: int


class Header(NamedTuple):
    """The columns of a file in the order they are in, by the mapping's names; ``written``: as the file
    writes them, in capitals."""

    columns: list[str]
    delimiter: str
    line: int
    written: list[str]


def find_header(label: str, spec: FileSpec, lines: Lines, above: int = 0) -> Header:
    """Return the first line that is not blank, read as a header; ``above`` it are so many that are none.
    Where something stands above the headings it may be a line more or less the next time: then the first
    line from there that names the columns, else one above. Raises ``HeaderNotFound``.
    """
    looked_at = range(above, min(above + 50, len(lines.text)))
    for i in (*looked_at, *range(min(above, len(lines.text)))):
        line = lines.text[i]
        if is_no_header(line):
            continue
        others = [d for d in (",", "|", ";", "\t") if d != spec.delimiter]
        for delimiter in (spec.delimiter, *others):
            if line.count(delimiter) >= MOST_COLUMNS:
                continue
            cells, _ = parse_line(line, delimiter, spec.quote or '"')
            columns = [spec.column_named(c) for c in cells]
            if len(columns) > 1 and spec.needed <= set(columns):
                written = [c.strip(_AROUND).upper() for c in cells]
                return Header(distinct(columns), delimiter, lines.first + i, written)
        if not (above and spec.needed):
            break
    wanted = ", ".join(spec.as_received([*spec.required, *sorted(spec.needed - set(spec.required))]))
    raise HeaderNotFound(
        f"The first line does not name the columns {wanted}."
        if wanted
        else "The first line is not a line of headings.",
        file=label,
        place=f"line {above + 1}",
        remedy="Export the file again with its header line first, nothing above, or choose another mapping."
        if not above
        else "Export the file as before, or make a new version of the mapping.",
    )


def is_no_header(line: str) -> bool:
    """Tell whether a line before the headings is none: a blank one, or that in which a spreadsheet is told
    the separator ("sep=;")."""
    return not line.strip() or _SEPARATOR_TOLD.match(line) is not None


def distinct(columns: list[str]) -> list[str]:
    """Return a name of its own for every column, whatever its heading says or does not say."""
    out: list[str] = []
    for i, column in enumerate(columns):
        name, number = column or f"COLUMN_{i + 1}", 1
        first = bool(column) and column not in columns[:i]
        while not first and (name in out or name in columns):
            number += 1
            name = f"{column or f'COLUMN_{i + 1}'}_{number}"
        out.append(name)
    return out


def read_delimited(path: Path, spec: FileSpec, above: int = 0, *, label: str = "") -> Iterator[Rows]:
    """Yield the rows of one file, a chunk at a time; ``above`` the header are so many lines that are none.

    ``label`` is what findings call the file: its name, unless said. Raises ``RecordsError``.
    """
    label = label or path.name
    header: Header | None = None
    held: list[tuple[int, str]] = []
    for lines in read_lines(path, spec.encoding, label):
        findings = [
            found(label, lines.other_encoding, "other_encoding"),
            found(label, lines.controls, "control_characters"),
            found(label, lines.too_long, "line_too_long"),
        ]
        rejected = len(lines.too_long)
        numbers = range(lines.first, lines.first + len(lines.text))
        text = lines.text
        if header is None:
            header = find_header(label, spec, lines, above)
            findings.append(columns_findings(label, spec, header))
            start = header.line - lines.first + 1
            text, numbers = text[start:], numbers[start:]
        rows, held = _rows(label, spec, header, numbers, text, held, last=False)
        yield Rows(rows.frame, pl.concat([*findings, rows.findings]), rows.rejected + rejected)
    if header is not None and held:
        rows, _ = _rows(label, spec, header, range(0), [], held, last=True)
        yield rows


def columns_findings(label: str, spec: FileSpec, header: Header) -> pl.DataFrame:
    """Return what is said of columns that are not there, or that the mapping does not know."""
    frames = [no_problems()]
    for column in spec.columns:
        if column not in header.columns:
            frames.append(found(label, [header.line], "column_missing", column=column))
    if spec.columns:
        for column in header.columns:
            if column not in spec.columns:
                frames.append(found(label, [header.line], "column_unknown", column="unknown column"))
    if header.delimiter != spec.delimiter:
        frames.append(found(label, [header.line], "delimiter_other"))
    return pl.concat(frames)


def _rows(
    label: str,
    spec: FileSpec,
    header: Header,
    numbers: range,
    text: list[str],
    held: list[tuple[int, str]],
    *,
    last: bool,
) -> tuple[Rows, list[tuple[int, str]]]:
    width = len(header.columns)
    series = pl.Series([line for _, line in held] + text, dtype=pl.String)
    line_numbers = pl.Series([n for n, _ in held] + list(numbers), dtype=pl.Int64)
    good = _good(series, width, header.delimiter, spec.quote)
    frame, good = _parse_good(series, good, line_numbers, header, spec.quote)
    frame, good = _lined_up(frame, good, line_numbers, spec)
    odd = (~good).arg_true().to_list()
    back: list[tuple[int, str]] = []
    if not last:
        # What stands at the end may go on in the next chunk.
        end = len(series)
        while odd and odd[-1] == end - 1 and len(back) < _HELD_BACK:
            end = odd.pop()
            back.insert(0, (line_numbers[end], series[end]))
    reader = OddLines(spec, header.columns, header.delimiter)
    reader.read([(i, line_numbers[i], series[i]) for i in odd])
    repeated = frame.filter(_is_header(header))
    frame = frame.filter(~_is_header(header))
    findings = [
        found(label, repeated["_row"].to_list(), "header_repeated"),
        *(found(label, rows, problem) for problem, rows in reader.problems.items()),
    ]
    if reader.rows:
        frame = pl.concat([frame, reader.frame(frame.schema)]).sort("_row")
    return Rows(frame, pl.concat(findings), repeated.height + reader.rejected), back


def misfits(frame: pl.DataFrame, spec: FileSpec) -> pl.Series:
    """Return which rows have :data:`_MISFITS` cells or more that do not look like their columns: cells may
    have been shifted.
    """
    shaped = [
        (
            (pl.col(c).str.strip_chars() != "")
            & ~pl.col(c).str.strip_chars().str.contains(p)
            & (pl.col(c).str.strip_chars().str.to_uppercase() != "NULL")
        ).cast(pl.UInt8)
        for c, p in spec.shapes.items()
        if c in frame.columns
    ]
    if not shaped or frame.is_empty():
        return pl.Series([False] * frame.height, dtype=pl.Boolean)
    return frame.select(pl.sum_horizontal(shaped) >= _MISFITS).to_series()


def _lined_up(
    frame: pl.DataFrame, good: pl.Series, numbers: pl.Series, spec: FileSpec
) -> tuple[pl.DataFrame, pl.Series]:
    """Take out the rows that do not fit their columns."""
    odd = misfits(frame, spec)
    if not odd.any():
        return frame, good
    out = frame.filter(odd)["_row"]
    return frame.filter(~odd), good & ~numbers.is_in(out.implode())


def _is_header(header: Header) -> pl.Expr:
    """Whether a row says again what the columns are called."""
    said = [
        pl.col(column).str.strip_chars(_AROUND).str.to_uppercase().is_in([column, written]).fill_null(False)
        for column, written in zip(header.columns[:2], header.written, strict=False)
    ]
    return said[0] & said[1]


def _good(lines: pl.Series, width: int, delimiter: str, quote: str | None) -> pl.Series:
    """Which lines have exactly ``width`` well-formed cells."""
    t = pl.col("t")
    frame = lines.to_frame("t")
    count = t.str.count_matches(delimiter, literal=True) == width - 1
    if quote is None:
        return frame.select(count).to_series()
    d = delimiter if delimiter not in "|\t" else {"|": r"\|", "\t": r"\t"}[delimiter]
    plain = frame.select((~t.str.contains(quote, literal=True)) & count).to_series()
    quoted = frame.filter(t.str.contains(quote, literal=True)).with_columns(
        t.str.replace_all(f"{quote}(?:[^{quote}]|{quote}{quote})*{quote}", "\x02").alias("t")
    )
    if quoted.height:
        neat = count & ~t.str.contains(quote, literal=True) & ~t.str.contains(f"[^{d}]\x02|\x02[^{d}]")
        index = frame.with_row_index("i").filter(t.str.contains(quote, literal=True))["i"]
        plain = plain.scatter(index, quoted.select(neat).to_series())
    return plain


def _parse_good(
    lines: pl.Series, good: pl.Series, numbers: pl.Series, header: Header, quote: str | None
) -> tuple[pl.DataFrame, pl.Series]:
    schema = dict.fromkeys(header.columns, pl.String)
    chosen = lines.filter(good)
    if len(chosen):
        # A first cell that is empty in a blank-looking first line would be skipped: the newline stays at
        # the end.
        body = ("\n".join(chosen.to_list()) + "\n").encode("utf-8")
        frame = pl.read_csv(
            body,
            has_header=False,
            new_columns=header.columns,
            schema=schema,
            separator=header.delimiter,
            quote_char=quote,
            infer_schema=False,
            empty_string_is_null=False,
        )
        if frame.height != len(chosen):  # the two tests disagree about some line: look at each line by itself
            return _parse_good(
                lines, pl.Series([False] * len(lines), dtype=pl.Boolean), numbers, header, quote
            )
        frame = frame.with_columns(
            numbers.filter(good).alias("_row"), pl.lit(None, pl.String).alias("_extra")
        )
    else:
        frame = pl.DataFrame(schema={**schema, "_row": pl.Int64, "_extra": pl.String})
    return frame, good
