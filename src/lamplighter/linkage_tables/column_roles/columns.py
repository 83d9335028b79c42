"""Read any table of people as the fields that are compared: said by the caller, or guessed and told.

Names of columns are looked up (:mod:`headings`); what has another name is judged by its contents
(:mod:`looks`). A column that holds the answer ("cluster", "person id") is left out.

A caller may say the columns in three ways: which column a field is in (``{"surname": "last_name"}``), what
field a column is (``{"last_name": "surname"}``), or which columns to look at and no others (a list).
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any

import polars as pl

from lamplighter.linkage_tables.cleaning.birth_parts import whole_births
from lamplighter.linkage_tables.column_roles.guessing import KINDS, guessed
from lamplighter.linkage_tables.column_roles.looks import field_by_look, kind_by_contents
from lamplighter.linkage_tables.column_roles.reading import Understood, read
from lamplighter.linkage_tables.column_roles.stacked_columns import fill_each_other
from lamplighter.linkage_tables.headings import by_name, document, named_field, plain

IGNORE = "ignore"


class ColumnUnknown(ValueError):
    """The caller names a column or a field that is not there; the text says which there are."""


@cache
def fields() -> tuple[str, ...]:
    """Return every field that a column can be."""
    return (*document()["fields"], *KINDS, IGNORE)


Said = Mapping[str, Any] | Sequence[str] | None


def understood(frame: pl.DataFrame, columns: Said = None) -> Understood:
    """``frame`` in our words.

    ``columns``: see the module; fields are those of :func:`fields` and the names that people give them. What
    is not mentioned is guessed; with ``{"only": True}`` among the rest, or a list, it is left out.

    Raises:
        ColumnUnknown: a column or a field that is not there.
    """
    said, only = _said(frame, columns)
    return read(frame, whole_births(dict(said) if only else guessed(frame, said)), frozenset(said))


def _said(frame: pl.DataFrame, columns: Said) -> tuple[dict[str, str | None], bool]:
    """Return what the caller says each column is, and whether all others are left out."""
    if columns is None:
        return {}, False
    if not isinstance(columns, Mapping):
        return guessed(listed(frame, columns), {}), True
    rest = dict(columns)
    only = rest.pop("only", False)
    if not isinstance(only, bool):
        raise ColumnUnknown(
            f"'only' is True where what is not said is left out, or False, and no field for {only!r}."
        )
    found: dict[str, str | None] = {}
    for one, other in rest.items():
        if other is None and one in frame.columns:
            # As ``taken_for`` has it.
            found[one] = IGNORE
            continue
        named = names_of(other)
        other_way = _field(one) is None or (len(named) == 1 and named[0] not in frame.columns)
        if other_way and one in frame.columns and len(named) == 1 and _field(named[0]):
            # The other way round: the field of a column, which may have the name of a field itself.
            found[one] = _field(named[0])
        else:
            for column in named:
                there(frame, column, one)
                field = _field(one) or _further(one, frame[column])
                if found.setdefault(column, field) != field:
                    raise ColumnUnknown(
                        f"Column {column!r} is said to be {found[column]!r} and {field!r}: leave one out."
                    )
    _once_each(frame, found)
    return {c: None if f == IGNORE else f for c, f in found.items()}, only


def _once_each(frame: pl.DataFrame, said: Mapping[str, str | None]) -> None:
    """Raises ``ColumnUnknown`` where two columns are said to be what a person has one of, and both tell it of
    one row."""
    several = {*document()["several"]["fields"], *KINDS, IGNORE, None}
    columns: dict[str | None, str] = {}
    for column, field in said.items():
        both = field not in several and field in columns
        if both and (field == "record_id" or not fill_each_other(frame[column], frame[columns[field]])):
            raise ColumnUnknown(
                f"Columns {columns[field]!r} and {column!r} are both said to be {field!r}, which is one "
                "column: put them together first, or say 'text' or 'ignore' for one."
            )
        columns[field] = column


def listed(frame: pl.DataFrame, columns: Any) -> pl.DataFrame:
    """Return the columns that a caller lists, in the order in which the table has them.

    Raises:
        ColumnUnknown: none is said, or one that is not there.
    """
    wanted = names_of(columns)
    if not wanted:
        raise ColumnUnknown(f"No column is said. Columns are: {', '.join(frame.columns)}.")
    for column in wanted:
        there(frame, column)
    return frame.select(c for c in frame.columns if c in wanted)


def names_of(columns: Any) -> list[str]:
    """One column or several, by their names."""
    named = [columns] if isinstance(columns, str) or not isinstance(columns, Iterable) else list(columns)
    if not all(isinstance(n, str) for n in named):
        raise ColumnUnknown(f"Columns are said by their names, or lists of names, not {columns!r}.")
    return named


def there(frame: pl.DataFrame, column: str, field: str | None = None) -> None:
    """Raises ``ColumnUnknown`` where a table has no such column."""
    if column not in frame.columns:
        wanted = f" for {field!r}" if field else ""
        raise ColumnUnknown(
            f"There is no column {column!r}{wanted}. Columns are: {', '.join(frame.columns)}."
        )


def _field(name: str) -> str | None:
    """Return the field that a caller means by a name."""
    if name in fields():
        return name
    known = named_field(name)
    return None if known == "answer" else known


def _further(name: str, values: pl.Series) -> str | None:
    """Return what a column is for which the caller has a name of their own: judged by its contents.

    A name that is nearly that of a field is taken for a slip.
    """
    near = difflib.get_close_matches(plain(name), list(by_name()), n=1, cutoff=0.85)
    if near:
        raise ColumnUnknown(
            f"There is no field {name!r}: is {by_name()[near[0]]!r} meant? Fields are: {', '.join(fields())}."
        )
    return field_by_look(values) or kind_by_contents(values)
