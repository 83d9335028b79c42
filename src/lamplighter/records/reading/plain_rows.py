"""One report's rows without frames, for whoever waits for the answer.

A frame costs the same for each of a hundred columns whether it holds one row or fifty thousand. Here the
values of one report are read one by one, where they are plainly what the frames would make of them. About
whatever is to be refused, emptied or warned of nothing is said here: the frames decide it and say why
(:mod:`lamplighter.records.reading.documents`). A test holds both to the same rows.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any, TypeAlias

import polars as pl

from lamplighter.records import canonical
from lamplighter.records.canonical.names import is_plainly_a_name
from lamplighter.records.mapping.safe_contacts import contact_points
from lamplighter.records.reading.typed_texts import CANONICAL, CANONICAL_ONE, pieces
from lamplighter.records.schema import TABLES, Table
from lamplighter.records.validation.limits import (
    LONGEST_ID,
    LONGEST_REFERENCE,
    LONGEST_TEXT,
    MOST_ROWS,
    MOST_VALUES,
)
from lamplighter.records.validation.plausible_dates import LEEWAY
from lamplighter.vocabulary.codes import code_set

Row: TypeAlias = dict[str, Any]
Rows: TypeAlias = dict[str, list[Row]]
"""Rows by table, with the fields of the schema and values of its kinds."""

# Of these characters Python and Polars do not agree whether they are blank, or cannot hold them.
_ODD = re.compile("[\x00-\x08\x0e-\x1f\ud800-\udfff]")
_DATETIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_INTEGER = re.compile(r"-?[0-9]{1,9}")
_WORDS = {"true": True, "false": False, "yes": True, "no": False}
_OLDEST = 118  # years; what is older the frames look at


class _NotPlainError(ValueError):
    """Something for the frames to decide."""


def plain_rows(told: Rows, *, match_key: bytes, as_at: dt.datetime | None, source_file: str) -> Rows | None:
    """Return the rows of one report that nothing is wrong with; ``None`` when the frames must look at it.

    Args:
        told: every table's rows as text, as ``documents`` takes them from a document.
        match_key: keys the one-way tokens of safe contacts.
        as_at: the moment after which a date is in the future.
        source_file: what the report is said to come from.
    """
    try:
        found = {t.name: [_read(row, t, source_file) for row in told[t.name]] for t in TABLES}
        _whole(found)
        _in_time(found, as_at)
        for person in found["people"]:
            _name(person)
        _token(found, match_key)
    except (_NotPlainError, ValueError, RecursionError):
        return None
    return found


# Values ---------------------------------------------------------------------


def _text(value: str) -> str:
    return value


def _datetime(value: str) -> dt.datetime:
    if not _DATETIME.fullmatch(value):
        raise _NotPlainError
    return dt.datetime.fromisoformat(value)


def _date(value: str) -> dt.date:
    if not _DATE.fullmatch(value):
        raise _NotPlainError
    return dt.date.fromisoformat(value)


def _integer(value: str) -> int:
    if not _INTEGER.fullmatch(value):
        raise _NotPlainError
    return int(value)


def _boolean(value: str) -> bool:
    if value not in _WORDS:
        raise _NotPlainError
    return _WORDS[value]


def _texts(value: str) -> list[str] | None:
    found = json.loads(value)
    if not isinstance(found, list) or not all(isinstance(v, str) and v.strip() for v in found):
        raise _NotPlainError
    if len(found) > MOST_VALUES or any(_ODD.search(v) for v in found):
        raise _NotPlainError
    return found or None


def _integers(value: str) -> list[int] | None:
    found = json.loads(value)
    if not isinstance(found, list) or not all(type(v) is int and 0 <= v < 10**9 for v in found):
        raise _NotPlainError
    return found or None


_KINDS: dict[str, Callable[[str], Any]] = {
    "text": _text,
    "json": _text,
    "datetime": _datetime,
    "date": _date,
    "integer": _integer,
    "boolean": _boolean,
    "texts": _texts,
    "integers": _integers,
}
Step: TypeAlias = tuple[str, Callable[[str], Any], bool, frozenset[str], Callable[[Any], Any] | None]


@cache
def _steps(name: str) -> tuple[Step, ...]:
    """Of each field of a table: its name, how it is read, whether it must be there, its codes, and what
    brings it to canonical form."""
    table = next(t for t in TABLES if t.name == name)
    return tuple(
        (
            f.name,
            _KINDS[f.kind],
            f.required,
            frozenset(code_set(f.codes).codes) if f.codes and f.kind == "text" else frozenset(),
            _canonical_form(f.name),
        )
        for f in table.fields
    )


def _read(told: Row, table: Table, source_file: str) -> Row:
    row: Row = {}
    for name, read, required, codes, form in _steps(table.name):
        value = told[name]
        if value is None and name == "source_file" and table.name == "reports":
            value = source_file
        if value is not None:
            if _ODD.search(value) or (len(value) > LONGEST_TEXT and name != "raw"):
                raise _NotPlainError
            value = read(value) if value.strip() else None
        if value is None:
            if required:
                raise _NotPlainError
        elif codes and value not in codes:
            raise _NotPlainError
        elif form is not None:
            value = form(value)
        row[name] = value
    return row


def _canonical_form(name: str) -> Callable[[Any], Any] | None:
    """What is in canonical form stays as it is; anything else is worked out by the columns' own function."""
    if name in CANONICAL:
        pattern, function = CANONICAL[name]
        right = re.compile(pattern)

        def of_list(values: list[str]) -> list[str] | None:
            if all(right.fullmatch(v) for v in values):
                return values
            made: list[str] | None = _only(pieces(pl.Series(["; ".join(values)]), pattern, function))
            return made

        return of_list
    if name in CANONICAL_ONE:
        pattern, function = CANONICAL_ONE[name]
        one = re.compile(pattern)
        return lambda value: value if one.fullmatch(value) else _only(function(pl.Series([value])))
    return None


def _only(out: canonical.Outcome) -> Any:
    if out.problem is not None and out.problem[0] is not None:
        raise _NotPlainError
    return out.value.to_list()[0]


# The report as a whole --------------------------------------------------------


def _whole(found: Rows) -> None:
    """One report, every row its own, no row of another."""
    if len(found["reports"]) != 1:
        raise _NotPlainError
    report = found["reports"][0]
    ids = (report["report_id"], *(row["record_id"] for row in found["people"]))
    if len(report["source_ref"]) > LONGEST_REFERENCE or any(len(i) > LONGEST_ID for i in ids):
        raise _NotPlainError
    for table in TABLES:
        rows = found[table.name]
        if len(rows) > MOST_ROWS.get(table.name, len(rows)):
            raise _NotPlainError
        if len({tuple(row[k] for k in table.key) for row in rows}) < len(rows):
            raise _NotPlainError
        for column, (parent, key) in table.parents.items():
            there = {row[key] for row in found[parent]}
            if any(row[column] not in there for row in rows):
                raise _NotPlainError


def _in_time(found: Rows, as_at: dt.datetime | None) -> None:
    """Nothing that :mod:`lamplighter.records.validation.plausible_dates` would empty."""
    told = found["reports"][0]["reported_at"]
    limit = told or as_at
    if as_at is not None and told is not None and told > as_at + LEEWAY:
        raise _NotPlainError
    for row in found["occasions"]:
        started, ended = row["started_at"], row["ended_at"]
        if started is None and ended is None:
            row["date_precision"] = "not_known"
        if started is not None and ended is not None and ended < started:
            raise _NotPlainError
        if limit is not None and any(at is not None and at > limit + LEEWAY for at in (started, ended)):
            raise _NotPlainError
    for row in found["people"]:
        born = row["birth_date"]
        if born and limit and (born > limit.date() or born.year < limit.year - _OLDEST):
            raise _NotPlainError
        ages = [age for age in (row["age_from"], row["age_to"]) if age is not None]
        if any(not 0 <= age <= 150 for age in ages) or ages != sorted(ages):
            raise _NotPlainError


def _name(person: Row) -> None:
    surname, forenames = person["surname"], person["forenames"]
    if all(part is None or is_plainly_a_name(part) for part in (surname, forenames)):
        return
    s, f, d = canonical.names(_series(surname), _series(forenames))
    person["surname"], person["forenames"] = s.value[0], f.value[0]
    if person["descriptor"] is None:
        person["descriptor"] = d.value[0]


def _series(value: str | None) -> pl.Series:
    return pl.Series([value], dtype=pl.String)


def _token(found: Rows, match_key: bytes) -> None:
    """What of safe contacts may be matched on, to the people they are of."""
    of_record = {row["record_id"]: row for row in found["people"]}
    for record_id, details in _safe(found):
        person = of_record[record_id]
        if person["match_tokens"] is None:
            tokens = canonical.match_tokens(contact_points(_series(details)), match_key)
            person["match_tokens"] = tokens.to_list()[0]


def _safe(found: Rows) -> Iterator[tuple[str, str]]:
    for row in found["safe_contacts"]:
        yield row["record_id"], row["details"]
