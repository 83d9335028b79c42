"""Any table of people as the fields that are compared: said by the caller, or guessed and told.

Names of columns are looked up (:mod:`lamplighter.linkage.headings`); what has another name is judged by its
contents (:mod:`lamplighter.linkage.looks`). A column that holds the answer ("cluster",
"person id") is left out.

A caller may say the columns in three ways: which column a field is in (``{"surname": "last_name"}``), what
field a column is (``{"last_name": "surname"}``), or which columns to look at and no others (a list).
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from typing import Any

import polars as pl

from lamplighter.linkage.birth_parts import whole_births
from lamplighter.linkage.coded import all_different
from lamplighter.linkage.dating import days_of, told_on
from lamplighter.linkage.feature_columns import EXTRA, EXTRA_NUMBER
from lamplighter.linkage.guessing import KINDS, guessed
from lamplighter.linkage.headings import begins_with_surname, by_name, document, named_field, plain
from lamplighter.linkage.levels import Extra
from lamplighter.linkage.looks import field_by_look, kind_by_contents, of_firms
from lamplighter.linkage.nobody_told import warn_of_unread
from lamplighter.linkage.numbering import checked, row_ids, told_apart
from lamplighter.linkage.repeating import repeated
from lamplighter.linkage.shaping import shaped, without_firms, without_posts
from lamplighter.linkage.sources import MOST_SOURCES
from lamplighter.linkage.sourcing import source_among
from lamplighter.linkage.stacked import fill_each_other, put_together
from lamplighter.linkage.standins import without_standins
from lamplighter.linkage.tidying import clean, lists, numbered, numbers
from lamplighter.linkage.unnamed import named, titled
from lamplighter.linkage.whole_names import generations

IGNORE = "ignore"
_READ: Mapping[str, Callable[[pl.Series], pl.Series]] = {"number": numbers, "generation": generations}
_READ_AS = {"birth_date": ("birth_date", "birth_year"), "age": ("age_from",), "recorded_on": ("reported_at",)}
"""What is read, and where it is then."""
GENERATION = Extra("x_generation", "generation", "Junior or senior")
"""What stands behind whole names, where no column of its own has it."""
_FEWEST = 5


@dataclass(frozen=True, slots=True)
class Understood:
    """A table in our words: ``people``, the further columns that are compared (``extras``), and what each
    column was ``taken_for``, None for one that is left out."""

    people: pl.DataFrame
    extras: tuple[Extra, ...]
    taken_for: Mapping[str, str | None]


class ColumnUnknown(ValueError):
    """The caller names a column or a field that is not there; the text says which there are."""


@cache
def fields() -> tuple[str, ...]:
    """Every field that a column can be."""
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
    taken = whole_births(dict(said) if only else guessed(frame, said))
    several = document()["several"]["fields"]

    def tidy(field: str) -> pl.Series | None:
        own = [c for c, f in taken.items() if f == field]
        if not own or field == "record_id":
            return None
        if field not in several:
            values = put_together([clean(frame[c]) for c in own], field)
            return named(titled(values)) if field in ("full_name", "forenames") else values
        return lists([s if isinstance((s := frame[c]).dtype, pl.List) else clean(s) for c in own], field)

    with ThreadPoolExecutor(2) as pool:
        tidied = dict(zip(document()["fields"], pool.map(tidy, document()["fields"]), strict=True))
    made = {f: values for f, values in tidied.items() if values is not None}
    if "street" in made and not {"house", "address_text"} & set(made) and numbered(made["street"]):
        # A street with the number in it is a line of an address.
        made["address_text"] = made.pop("street")
        taken = {c: "address_text" if f == "street" and c not in said else f for c, f in taken.items()}
    extras: dict[str, Extra] = {}
    for column, kind in taken.items():
        if kind in KINDS:
            extra = Extra(_extra_name(column, kind, made), kind, title_of(column))
            extras[column] = extra
            made[extra.column] = _READ.get(kind, clean)(frame[column])
    made["record_id"] = _ids(frame, taken, made.get("source"), said)
    if "full_name" in made and not any(e.kind == "generation" for e in extras.values()):
        behind = generations(made["full_name"])
        if len(behind) - behind.null_count() >= _FEWEST:
            made[GENERATION.column] = behind
            extras[GENERATION.column] = GENERATION
    if "full_name" in made:
        others = [
            (e.kind, o)
            for e in extras.values()
            if e.kind in ("text", "category") and of_firms(o := made[e.column])
        ]
        own = without_firms(made["full_name"], [o for _, o in others])
        made["full_name"] = without_posts(own, [o for kind, o in others if kind == "category"])
    whole = next((c for c, f in taken.items() if f == "full_name"), "")
    people = shaped(pl.DataFrame(made), surname_first=begins_with_surname(whole))
    for field, read_as in _READ_AS.items():
        if (
            field in made
            and _tells(made[field])
            and not any(_tells(people[c]) for c in read_as if c in people)
        ):
            warn_of_unread(taken, field)
    people = without_standins(people, [e.column for e in extras.values() if e.kind == "identifier"])
    again = repeated(people, [e for c, e in extras.items() if c not in said])
    for column in [c for c, e in extras.items() if e.column in again]:
        taken[column] = None
        del extras[column]
    unsaid = {c: e.column for c, e in extras.items() if c not in said and e.kind == "category"}
    source = None if "source" in made else source_among(people, unsaid)
    if source is not None:
        people = people.rename({unsaid[source]: "source"})
        taken[source] = "source"
        del extras[source]
    if "recorded_on" not in made:
        people = _ages_told(people, taken, extras, said)
    told = {c: taken.get(c) for c in frame.columns}
    return Understood(people.drop(again), tuple(extras.values()), told)


def _tells(values: pl.Series) -> bool:
    return values.null_count() < len(values)


def _ages_told(
    people: pl.DataFrame,
    taken: dict[str, str | None],
    extras: dict[str, Extra],
    said: Mapping[str, str | None],
) -> pl.DataFrame:
    """Ages with the day on which they were told, where a column says it, which is then no further one. Of a
    few days each is a list, and a source: brothers and sisters of nearly one age stand beside each other in
    it, and hardly anybody twice.
    """
    days = {c: e.column for c, e in extras.items() if c not in said}
    days |= {c: f for c, f in taken.items() if f == "source"}
    column = told_on(people, days)
    if column is None:
        return people
    listed_on = days_of(people[days[column]]).alias("reported_at")
    people = people.with_columns(listed_on)
    if "source" not in people.columns and listed_on.n_unique() <= MOST_SOURCES:
        people = people.with_columns(source=listed_on.cast(pl.String()))
    if column in extras:
        taken[column] = "recorded_on"
        people = people.drop(extras.pop(column).column)
    return people


def _extra_name(column: str, kind: str, made: Mapping[str, pl.Series]) -> str:
    """A further column by a name that the table of levels can use, and no other has."""
    begin = EXTRA_NUMBER if kind == "number" else EXTRA
    name = begin + (re.sub(r"[^a-z0-9]+", "_", column.lower()).strip("_") or "column")
    return name if name not in made else f"{name}_{len(made)}"


def _ids(
    frame: pl.DataFrame,
    taken: dict[str, str | None],
    source: pl.Series | None,
    said: Mapping[str, str | None],
) -> pl.Series:
    """An id a record: the table's own, with its source where sources number alike, else the row.

    A column that was only guessed to number the rows, and does not, is left out.
    """
    own = [c for c, f in taken.items() if f == "record_id"]
    if not own:
        return row_ids(frame.height)
    ids = told_apart(frame[own[0]], source)
    if own[0] in said:
        return checked(ids, own[0])
    if not all_different(ids):
        taken[own[0]] = None
        return row_ids(frame.height)
    return ids


def _said(frame: pl.DataFrame, columns: Said) -> tuple[dict[str, str | None], bool]:
    """What the caller says each column is, and whether all others are left out."""
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
    """The columns that a caller lists, in the order in which the table has them.

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
    """The field that a caller means by a name."""
    if name in fields():
        return name
    known = named_field(name)
    return None if known == "answer" else known


def _further(name: str, values: pl.Series) -> str | None:
    """What a column is for which the caller has a name of their own: judged by its contents.

    A name that is nearly that of a field is taken for a slip.
    """
    near = difflib.get_close_matches(plain(name), list(by_name()), n=1, cutoff=0.85)
    if near:
        raise ColumnUnknown(
            f"There is no field {name!r}: is {by_name()[near[0]]!r} meant? Fields are: {', '.join(fields())}."
        )
    return field_by_look(values) or kind_by_contents(values)


def title_of(column: str) -> str:
    """What a further column is called in explanations."""
    words = re.sub(r"[\W_]+", " ", column).strip()
    return words[:1].upper() + words[1:]
