"""Find where the headings of a table stand in a file: in its first line, or below a title and what else a
report says of itself; in one line, or in two of which the upper one groups them.

A title fills a cell or two, where headings have one for nearly every column. Nothing is passed over that
could be a row: whatever stands above the headings fills fewer than half as many cells.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from lamplighter.records.formats.damaged_lines import parse_line
from lamplighter.records.formats.delimited import is_no_header

SEPARATORS = (",", ";", "\t", "|")
LOOKED_AT = 50
"""So many lines are looked at; the headings are among them."""
_NO_NAME = re.compile(r"^(?:[\d\s./+-]{5,}|\S[^\s@]*+@(?=\S++$)\S+\.\S+)$")
"""What no column is called: a number, a date, an e-mail address."""
_LAST_THIRD = 3


@dataclass(frozen=True, slots=True)
class HeadingsLine:
    """The line of the headings, counted from 0, its ``separator`` and ``cells``; the headings' ``names``
    where a line above groups them; how many lines above say something (``titles``)."""

    at: int
    separator: str
    cells: Sequence[str]
    names: Sequence[str] | None = None
    titles: int = 0

    @property
    def may_be_names(self) -> bool:
        """Tell whether no cell is a number, a date or an address, as in a row of the table."""
        return _may_be_names(self.cells)


def headings_line(lines: Sequence[str]) -> HeadingsLine:
    """Return the headings of a table by the first lines of its file; the first line where none is better."""
    written = [i for i, line in enumerate(lines[:LOOKED_AT]) if not is_no_header(line)]
    if not written:
        return HeadingsLine(0, ",", ())
    first = written[0]
    # The separator is the one that is most often in the line of names.
    separator = max(SEPARATORS, key=lines[first].count)
    regular = _most_regular([lines[i] for i in written])
    found = _below({i: _cells(lines[i], regular) for i in written}, regular)
    return found or HeadingsLine(first, separator, _cells(lines[first], separator))


def headings_row(rows: Sequence[Sequence[str]]) -> HeadingsLine:
    """Return the headings of a table by the first rows of its sheet; the first row where none is better."""
    cells = {i: [c.strip("\"' \ufeff") for c in row] for i, row in enumerate(rows[:LOOKED_AT])}
    # A title in merged cells stands in each of them.
    cells = {i: row if len({c for c in row if c}) > 1 else row[:1] for i, row in cells.items()}
    written = {i: row for i, row in cells.items() if any(row)}
    if not written:
        return HeadingsLine(0, ",", ())
    return _below(written, ",") or HeadingsLine(min(written), ",", written[min(written)])


def _below(cells: Mapping[int, Sequence[str]], separator: str) -> HeadingsLine | None:
    """Return the headings where they are not in the first line, or not in one line alone."""
    written = list(cells)
    most = max(map(_filled, cells.values()))
    full = [i for i in written if _filled(cells[i]) > 1 and 2 * _filled(cells[i]) > most]
    if not full:
        return None
    at = full[0]
    if _is_repeated(cells[at]) and full[1:2] == [at + 1] and _may_be_names(cells[at + 1]):
        # 'Victim, Victim, Suspect, Suspect', a word for each column.
        at += 1
    if at == written[0] or not (_may_be_names(cells[at]) and _in_letters(cells[at])):
        return None
    groups = cells.get(at - 1)
    names = None if groups is None else _grouped(groups, cells[at])
    titles = sum(i < at for i in written) - (names is not None)
    return HeadingsLine(at, separator, cells[at], names, titles)


def _most_regular(lines: Sequence[str]) -> str:
    """Return the separator that most lines have equally often, of equals the one that makes most cells."""

    def parted(separator: str) -> tuple[int, int]:
        times = Counter(n for line in lines if (n := len(_cells(line, separator))) > 1)
        return max(((many, cells) for cells, many in times.items()), default=(0, 0))

    return max(SEPARATORS, key=parted)


def _cells(line: str, separator: str) -> list[str]:
    return [c.strip("\"' \ufeff") for c in parse_line(line, separator, '"')[0]]


def _filled(cells: Sequence[str]) -> int:
    return sum(map(bool, cells))


def _may_be_names(cells: Sequence[str]) -> bool:
    return not any(map(_NO_NAME.match, cells))


def _in_letters(cells: Sequence[str]) -> bool:
    """Whether each cell that is filled has a letter in it, as a name has."""
    return all(any(map(str.isalpha, c)) for c in cells if c)


def _is_repeated(cells: Sequence[str]) -> bool:
    """Whether most of the words are there more than once."""
    return 2 * len({c for c in cells if c}) <= _filled(cells)


def _grouped(groups: Sequence[str], headings: Sequence[str]) -> list[str] | None:
    """Headings with the word of their group before them; None where the line above groups nothing.

    A word stands above the first column of its group, as where cells are merged, or above each. The last
    group has no end: what stands behind the last heading that another group has too is of none.
    """
    words = [i for i, g in enumerate(groups) if g]
    spread = len(words) > 1 and _LAST_THIRD * words[-1] >= len(headings)
    if len(groups) > len(headings) or not spread or any(groups[i].endswith(":") for i in words):
        return None
    if not _may_be_names(groups):
        return None
    held = Counter(h for h in headings if h)
    end = max((i for i, h in enumerate(headings) if held[h] > 1), default=words[-1])
    names, word = [], ""
    for i, heading in enumerate(headings):
        word = groups[i] if i < len(groups) and groups[i] else word
        in_group = bool(word) and (i < words[-1] or i <= end)
        names.append(f"{word} {heading}" if in_group and heading else heading)
    return names
