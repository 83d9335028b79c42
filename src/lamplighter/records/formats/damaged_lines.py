"""Damaged lines of delimited files: repaired where one reading only fits, else left out with a reason."""

from __future__ import annotations

import re
from collections import defaultdict

import polars as pl

from lamplighter.records.mapping.mappings import FileSpec

_MOST_JOINED = 50  # physical lines that one quoted cell may run over


def parse_line(line: str, delimiter: str, quote: str | None) -> tuple[list[str], bool]:
    """Cells of one line and whether its quotation marks pair.

    A quotation mark closes a cell only before a separator or the end; another
    one inside a cell is taken as it stands, doubled ones as one.
    """
    if quote is None or quote not in line:
        return line.split(delimiter), True
    cells: list[str] = []
    at, size, paired = 0, len(line), True
    while True:
        if at < size and line[at] == quote:
            end = at + 1
            while True:
                end = line.find(quote, end)
                if end < 0:
                    cells.append(line[at + 1 :].replace(quote * 2, quote))
                    return cells, False
                if end + 1 == size or line[end + 1] == delimiter:
                    break
                if line[end + 1] == quote:
                    end += 2
                    continue
                paired = False
                end += 1
            cells.append(line[at + 1 : end].replace(quote * 2, quote))
            at = end + 1
        else:
            end = line.find(delimiter, at)
            end = size if end < 0 else end
            cell = line[at:end]
            paired = paired and quote not in cell
            cells.append(cell)
            at = end
        if at >= size:
            return cells, paired
        at += 1  # past the separator
        if at == size:
            cells.append("")
            return cells, paired


class OddLines:
    """Reads the odd lines of one chunk in order; gathers rows, problems by kind, and how many were
    left out.
    """

    def __init__(self, spec: FileSpec, columns: list[str], delimiter: str) -> None:
        self.spec, self.columns, self.delimiter = spec, columns, delimiter
        self.width = len(columns)
        self.rows: list[tuple[int, list[str], str | None]] = []
        self.problems: dict[str, list[int | None]] = defaultdict(list)
        self.rejected = 0
        self._shapes = {columns.index(c): re.compile(p) for c, p in spec.shapes.items() if c in columns}
        self._required = [columns.index(c) for c in spec.required if c in columns]
        self._row_shape = re.compile(spec.row_shape) if spec.row_shape else None
        self._text = columns.index(spec.free_text) if spec.free_text in columns else None

    def read(self, odd: list[tuple[int, int, str]]) -> None:
        """``odd`` holds (position in the chunk, line number, line); neighbours may belong together."""
        at = 0
        while at < len(odd):
            position, number, line = odd[at]
            if not line.strip():
                at += 1
                continue
            run = [odd[at]]
            while (
                at + len(run) < len(odd)
                and len(run) < _MOST_JOINED
                and odd[at + len(run)][0] == position + len(run)
            ):
                run.append(odd[at + len(run)])
            at += self._one(number, [text for _, _, text in run])

    def line_up(self, number: int, cells: list[str]) -> None:
        """Take a row of cells that need not be parted, but may stand one column off."""
        if self._fits(cells):
            self._accept(number, cells, None)
        else:
            self._shifted(number, cells)

    def _one(self, number: int, run: list[str]) -> int:
        """Take the row that starts with the first line of ``run``; say how many lines it used."""
        cells, paired = parse_line(run[0], self.delimiter, self.spec.quote)
        if not paired and self.spec.quote:
            used = self._quoted_over_lines(number, run)
            if used:
                return used
        if len(cells) < self.width:
            used = self._broken(number, cells, run)
            if used:
                return used
        if [self.spec.column_named(c) for c in cells[:2]] == self.columns[:2]:
            return self._reject(number, "header_repeated")
        if len(cells) > self.width:
            return self._too_many(number, cells, paired)
        if len(cells) < self.width:
            return self._too_few(number, cells)
        if not self._fits(cells):
            return self._shifted(number, cells)
        return self._accept(number, cells, None if paired else "quotes_damaged")

    def _quoted_over_lines(self, number: int, run: list[str]) -> int:
        for count in range(2, len(run) + 1):
            if self._starts_row(run[count - 1]):
                return 0
            cells, paired = parse_line("\n".join(run[:count]), self.delimiter, self.spec.quote)
            if paired and len(cells) == self.width:
                self._accept(number, cells, None)
                return count
        return 0

    def _broken(self, number: int, cells: list[str], run: list[str]) -> int:
        """Return a line break inside an unquoted cell: the parts fit when together they have one cell too
        many.
        """
        joined = cells
        for count in range(2, min(len(run), 4) + 1):
            line = run[count - 1]
            if not line.strip() or self._starts_row(line):
                return 0
            more, _ = parse_line(line, self.delimiter, self.spec.quote)
            joined = [*joined[:-1], f"{joined[-1]} {more[0]}".strip(), *more[1:]]
            if len(joined) == self.width and self._fits(joined):
                self._accept(number, joined, "line_break_inside")
                return count
            if len(joined) > self.width:
                return 0
        return 0

    def _starts_row(self, line: str) -> bool:
        """Whether a line begins as rows of this file begin."""
        return bool(self._row_shape and self._row_shape.match(line.lstrip(' "\t')))

    def _fits(self, cells: list[str]) -> bool:
        """Whether each cell that is there has the shape of its column (an empty cell always does)."""
        return all(
            not cells[i].strip() or cells[i].strip().upper() == "NULL" or p.search(cells[i].strip())
            for i, p in self._shapes.items()
            if i < len(cells)
        )

    def _too_many(self, number: int, cells: list[str], paired: bool) -> int:
        extra = len(cells) - self.width
        if not any(c.strip() for c in cells[self.width :]) and self._fits(cells[: self.width]):
            return self._accept(number, cells[: self.width], "cells_extra")
        # Where text can be quoted, a separator that begins an empty cell was not part of a sentence.
        goes_on = self.spec.quote is None or bool(cells[self.width].strip())
        if self._text == self.width - 1 and goes_on:
            joined = [*cells[: self.width - 1], self.delimiter.join(cells[self.width - 1 :])]
            if self._fits(joined):
                return self._accept(number, joined, "delimiter_in_text")
        if self._shapes and not cells[self.width].strip() and self._fits(cells[: self.width]):
            return self._accept(
                number, cells[: self.width], "cells_extra", self.delimiter.join(cells[self.width :])
            )
        fitting = []
        for at in range(self.width):
            joined = [*cells[:at], self.delimiter.join(cells[at : at + extra + 1]), *cells[at + extra + 1 :]]
            if self._shapes and at not in self._shapes and self._fits(joined):
                fitting.append(joined)
        # Several places may fit when the columns between them have no shape; then nothing tells them apart.
        if len(fitting) == 1:
            return self._accept(number, fitting[0], "delimiter_in_text")
        if not fitting and self._fits(cells[: self.width]):
            return self._accept(
                number, cells[: self.width], "cells_extra", self.delimiter.join(cells[self.width :])
            )
        return self._reject(number, "line_unreadable")

    def _shifted(self, number: int, cells: list[str]) -> int:
        """Return the right number of cells, in the wrong columns: one empty cell too many, or one too few,
        and a lost or empty end.
        """
        for at in range(self.width):
            if not cells[at].strip():
                moved = [*cells[:at], *cells[at + 1 :], ""]
                if self._fits(moved) and self._has_required(moved):
                    return self._accept(number, moved, "cells_shifted")
        if not cells[-1].strip():
            for at in range(self.width):
                moved = [*cells[:at], "", *cells[at:-1]]
                if self._fits(moved) and self._has_required(moved):
                    return self._accept(number, moved, "cells_shifted")
        # Nothing lines them up: the row is taken as it stands, and each cell is checked by itself.
        return self._accept(number, cells, None)

    def _has_required(self, cells: list[str]) -> bool:
        return all(i < len(cells) and cells[i].strip() for i in self._required)

    def _too_few(self, number: int, cells: list[str]) -> int:
        if self._has_required(cells) and len(cells) > 1 and self._fits(cells):
            return self._accept(number, cells + [""] * (self.width - len(cells)), "line_cut_short_kept")
        return self._reject(number, "line_cut_short")

    def _accept(self, number: int, cells: list[str], problem: str | None, extra: str | None = None) -> int:
        self.rows.append((number, cells, extra))
        if problem:
            self.problems[problem].append(number)
        return 1

    def _reject(self, number: int, problem: str) -> int:
        self.rejected += 1
        self.problems[problem].append(number)
        return 1

    def frame(self, schema: pl.Schema) -> pl.DataFrame:
        """Return the rows taken in, with the columns of ``schema``."""
        data: dict[str, list[str | int | None]] = {
            c: [cells[i] for _, cells, _ in self.rows] for i, c in enumerate(self.columns)
        }
        data["_row"] = [n for n, _, _ in self.rows]
        data["_extra"] = [extra for _, _, extra in self.rows]
        return pl.DataFrame(data, schema=schema)
