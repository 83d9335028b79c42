"""A later version of a mapping: the choices that an earlier one was made of, and words added to it."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from lamplighter.records.mapping.mappings import plain_code
from lamplighter.records.propose.choices import Choices
from lamplighter.records.propose.codes import NO, YES
from lamplighter.records.propose.columns.meanings import meanings
from lamplighter.records.propose.proposal import Proposal
from lamplighter.records.propose.questions import DAY, MONTH
from lamplighter.records.schema import TABLES

_CODED = {"code", "codes", "words", "yes_no", "marker"}
_PRINCIPAL, _INCLUDED = "_principal", "_included"


class Word(NamedTuple):
    """One word of a column, the field it is for, and the code that it got; "" leaves it open."""

    column: str
    field: str
    word: str
    code: str


class NoSuchFieldError(ValueError):
    """No coded field of the mapping comes from this column."""


def code_set_of_field(field: str) -> str:
    """Return the code set that a field of a mapping holds; 'yes_no' for what is true or false."""
    if field in {_PRINCIPAL, _INCLUDED}:
        return "offences"
    for table in TABLES:
        for f in table.fields:
            if f.name == field and f.codes:
                return f.codes
    return "yes_no"


def with_words(body: Mapping[str, Any], words: Iterable[Word]) -> dict[str, Any]:
    """Return the parts of a mapping with words added to its code tables. What was there stays as it is.

    Raises:
        NoSuchFieldError: the mapping has no coded field of such a column.
    """
    made: dict[str, Any] = copy.deepcopy(dict(body))
    for word in words:
        fields = [f for f in _coded_fields(made) if _is_of(f, word)]
        if not fields:
            raise NoSuchFieldError(f"No coded field comes from the column {word.column!r}.")
        for one in fields:
            table = made.setdefault("maps", {}).setdefault(_table_for(made, one, word), {})
            for known in [k for k in table if plain_code(k) == plain_code(word.word)]:
                del table[known]
            table[word.word] = word.code
    return made


def _coded_fields(body: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for table in ("reports", "offences", "occasions", "people"):
        yield from (f for f in body.get(table, {}).get("fields", []) if f.get("do") in _CODED)
    for party in body.get("parties", []):
        yield from (f for f in party["fields"] if f.get("do") in _CODED)


def _listed(value: Any) -> list[Any]:
    return [] if value is None else list(value) if isinstance(value, list) else [value]


def _is_of(one: Mapping[str, Any], word: Word) -> bool:
    return _listed(one["into"])[0] == word.field and word.column in _listed(one.get("from"))


def _table_for(body: Mapping[str, Any], one: dict[str, Any], word: Word) -> str:
    """Return the name of the table in which a field looks a column's words up first, made where it has
    none.
    """
    at = _listed(one.get("from")).index(word.column)
    names, by = _listed(one.get("map")), _listed(one.get("by"))
    by += [0] * (len(names) - len(by))
    # A table that looks at the first word only knows no phrase.
    first = set(_listed(one.get("first_word")))
    for name, place in zip(names, by, strict=True):
        if place == at and name not in first:
            return str(name)
    wanted = f"{word.field.strip('_')}_words"
    taken = body.get("maps", {})
    name = next(n for n in (wanted, *(f"{wanted}_{i}" for i in range(2, 99))) if n not in taken)
    one["map"] = [*names, name] if names else name
    if at or any(by):
        one["by"] = [*by, at]
    return name


# What a page begins with -----------------------------------------------------------


def choices_of(body: Mapping[str, Any], proposal: Proposal) -> Choices:
    """Return the choices that an earlier version was made of, for a new sample; the proposal's own for
    columns that the earlier version does not know.
    """
    choices = Choices.of(proposal)
    said = _said(body)
    codes = _codes(body)
    for table in proposal.tables:
        for column in table.columns:
            if column not in said:
                continue
            choices.columns[table.name, column] = said[column]
            known = codes.get((column, said[column][0]), {})
            choices.codes[table.name, column] = choices.codes.get((table.name, column), {}) | known
    choices.nulls = tuple(dict.fromkeys([*choices.nulls, *_listed(body["source"].get("nulls"))]))
    choices.answers |= _answers(body, proposal)
    return choices


def _said(body: Mapping[str, Any]) -> dict[str, tuple[str, str]]:
    """Column to meaning and whose, as an earlier version says it."""
    found: dict[str, tuple[str, str]] = {}
    for columns in body.get("columns", {}).values():
        for column, told in columns.items():
            whose, _, meaning = told.rpartition(": ")
            if meaning in meanings():
                found[column.removeprefix("PERSON_")] = found[column] = (meaning, whose)
    return found


_MEANING_OF = {
    _PRINCIPAL: ("offence_code", "offence_title"),
    _INCLUDED: ("offence_included",),
    "channel": ("occasion_channel",),
    "flags": ("marker",),
}


def _codes(body: Mapping[str, Any]) -> dict[tuple[str, str], dict[str, str]]:
    """Return the code tables of an earlier version, by column and meaning."""
    found: dict[tuple[str, str], dict[str, str]] = {}
    for one in _coded_fields(body):
        into, source = _listed(one["into"])[0], _listed(one.get("from"))
        names, by = _listed(one.get("map")), _listed(one.get("by"))
        by += [0] * (len(names) - len(by))
        for name, at in zip(names, by, strict=True):
            table = body.get("maps", {}).get(name, {})
            for meaning in _MEANING_OF.get(into, (into,)):
                found.setdefault((source[at], meaning), {}).update(table)
    return found


def _answers(body: Mapping[str, Any], proposal: Proposal) -> dict[str, str]:
    """The answers that an earlier version holds to the questions of a new sample."""
    fields = [f for t in ("reports", "occasions", "people") for f in body.get(t, {}).get("fields", [])]
    fields += [f for p in body.get("parties", []) for f in p["fields"]]
    month = any(f.get("day_first") is False for f in fields)
    role = next((f.get("value") for f in fields if f["into"] == "role" and f.get("do") == "constant"), None)
    levels = {p["path"]: p.get("role") for p in body.get("json", {}).get("people", [])}
    marked = {f"da_flag:{f['flag']}" for f in fields if f["into"] == "domestic_abuse" and "flag" in f}
    found: dict[str, str] = {}
    for question in proposal.questions:
        key = question.key
        if key == "day_first":
            found[key] = MONTH if month else DAY
        elif key == "people" and role:
            found[key] = str(role)
        elif key.startswith("level:") and levels.get(key.removeprefix("level:")):
            found[key] = str(levels[key.removeprefix("level:")])
        elif key.startswith("da_flag:"):
            found[key] = YES if key in marked else NO
        elif key.startswith("whose:") and question.proposed:
            found[key] = question.proposed
    return found
