"""Check a message of the feed before anything is made of it, and say what is wrong with it.

A sender that is told of a fault of ours sends again for ever, so that whatever can be wrong with a message is
said of the message. Nothing that is said repeats it: of names, only those that we know ourselves.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator
from typing import Any

from lamplighter.hub.intake.documents.services import OURS_IN_PERSON, OURS_IN_REPORT
from lamplighter.records import schema
from lamplighter.records.validation.limits import DEEPEST, MOST_ROWS, MOST_VALUES

Reason = dict[str, Any]
# Halves of a character, which no text holds, and the one character that no table holds.
_NOT_TEXT = re.compile("[\x00\ud800-\udfff]")
_LISTS = ("offences", "occasions", "people")
_TABLES = {name: schema.TABLES_BY_NAME[name] for name in ("reports", *_LISTS)}
_KNOWN = {f.name for table in _TABLES.values() for f in table.fields} | {*_LISTS, "readers", "safe_contact"}
_OURS = {"reports": OURS_IN_REPORT, "people": OURS_IN_PERSON}
_SCALARS: dict[str, tuple[type, ...]] = {
    # A number that stands as text, and a yes, are read; what cannot be one is warned of, field by field.
    "text": (str,),
    "date": (str,),
    "datetime": (str,),
    "integer": (int, str),
    "boolean": (bool, str),
}
_IN_LISTS: dict[str, tuple[type, ...]] = {"texts": (str,), "integers": (int,)}
_WORDS = {
    "text": "a text",
    "date": "a date such as 2026-05-03",
    "datetime": "a date and time such as 2026-05-03T10:00:00",
    "integer": "a whole number",
    "boolean": "true or false",
    "texts": "a list of texts",
    "integers": "a list of whole numbers",
}
MOST_REASONS = 100
_TOO_DEEP = f"Brackets stand within brackets more than {DEEPEST} deep. Send one report, as described."


class NotAMessageError(ValueError):
    """A body that is no report: the status to answer with, a sentence, and reasons field by field."""

    def __init__(self, status: int, message: str, reasons: list[Reason] | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.reasons = reasons or []


class _RepeatedError(ValueError):
    """A name that stands twice in one object: readers of JSON differ about which of them counts."""


def read(body: bytes) -> dict[str, Any]:
    """Return the report that a body holds. Raises :class:`NotAMessageError`."""
    try:
        told = json.loads(
            body.decode("utf-8"),
            object_pairs_hook=_once,
            parse_constant=_no_number,
            parse_float=_finite,
        )
    except _RepeatedError:
        raise NotAMessageError(
            400, "A name stands twice in one object of the message. Send each name once."
        ) from None
    except RecursionError:
        raise NotAMessageError(400, _TOO_DEEP) from None
    except ValueError:
        raise NotAMessageError(400, "The body is not JSON in UTF-8.") from None
    if not isinstance(told, dict):
        raise NotAMessageError(400, "The body must be one JSON object: one report.")
    if _deeper_than(told, DEEPEST):
        raise NotAMessageError(400, _TOO_DEEP)
    reasons = []
    for reason in _wrong(told):
        reasons.append(reason)
        if len(reasons) == MOST_REASONS:
            break
    if reasons:
        raise NotAMessageError(422, "The report was not stored.", reasons)
    return told


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise _RepeatedError
    return found


def _no_number(word: str) -> Any:
    raise ValueError("NaN and Infinity are not JSON")


def _finite(digits: str) -> float:
    value = float(digits)
    if not math.isfinite(value):
        raise ValueError("larger than any number")
    return value


def _deeper_than(value: Any, most: int) -> bool:
    """Return whether lists and objects are nested deeper; without recursion, which deep ones would end."""
    level = [value]
    for _ in range(most):
        level = [
            inner
            for outer in level
            for inner in (outer.values() if isinstance(outer, dict) else outer)
            if isinstance(inner, dict | list)
        ]
        if not level:
            return False
    return True


def _wrong(told: dict[str, Any]) -> Iterator[Reason]:
    for path in _with_characters_that_are_none(told, ""):
        yield _reason(
            path,
            "text with a character that cannot be stored",
            "A text holds a null character or half of a character.",
            "Take it out, or repair how the text is encoded.",
        )
    yield from _of_table(told, "reports")
    for name in _LISTS:
        part = told.get(name)
        if part is None:
            continue
        if not isinstance(part, list) or not all(isinstance(one, dict) for one in part):
            yield _reason(
                name,
                "something else than a list of objects",
                f"“{name}” must be a list of objects.",
                "Send a list, also where there is one only, or leave it out.",
            )
            continue
        if len(part) > MOST_ROWS[name]:
            yield _reason(
                name,
                f"more than {MOST_ROWS[name]} {name}",
                f"There are more than {MOST_ROWS[name]} {name} in one report.",
                "Send them as several reports that name each other.",
            )
            continue
        for one in part:
            yield from _of_table(one, name)
    yield from _of_people(told.get("people"))


def _of_people(people: Any) -> Iterator[Reason]:
    for person in people if isinstance(people, list) else ():
        safe = person.get("safe_contact") if isinstance(person, dict) else None
        if safe is not None and not isinstance(safe, dict | str):
            yield _reason(
                "people.safe_contact",
                "something else than an object",
                "How to reach a person safely must be an object or a text.",
                "Send it as described, or leave it out.",
            )


def _of_table(row: dict[str, Any], name: str) -> Iterator[Reason]:
    for field in _TABLES[name].fields:
        value = row.get(field.name)
        if value is None or field.name in _OURS.get(name, ()):
            continue
        column = f"{name}.{field.name}"
        if not _is_of_kind(value, field.kind):
            yield _reason(
                column,
                _class_of(value),
                f"It must be {_WORDS.get(field.kind, 'a text')}.",
                "Send it as the description of the feed has it, or leave it out.",
            )
        elif isinstance(value, list) and len(value) > MOST_VALUES:
            yield _reason(
                column,
                f"list of more than {MOST_VALUES} values",
                f"There are more than {MOST_VALUES} values in one list.",
                "Send those that are this person's or report's own.",
            )


def _is_of_kind(value: Any, kind: str) -> bool:
    if kind in _IN_LISTS:
        if isinstance(value, str):
            return True
        return isinstance(value, list) and all(_is(v, _IN_LISTS[kind]) for v in value)
    return _is(value, _SCALARS.get(kind, (str,)))


def _is(value: Any, kinds: tuple[type, ...]) -> bool:
    return isinstance(value, kinds) and (not isinstance(value, bool) or bool in kinds)


def _class_of(value: Any) -> str:
    if isinstance(value, dict):
        return "an object"
    if isinstance(value, list):
        return "a list"
    if isinstance(value, bool):
        return "true or false"
    return "a number" if isinstance(value, int | float) else "a text"


def _with_characters_that_are_none(value: Any, path: str) -> list[str]:
    """Return the places of texts that no table holds, each once. Called where nothing is nested deep."""
    found: dict[str, None] = {}
    if isinstance(value, str):
        if _NOT_TEXT.search(value):
            found[path or "report"] = None
    elif isinstance(value, dict):
        for key, inner in value.items():
            here = f"{path}.{key}" if path in _LISTS else (path or key)
            name = here if key in _KNOWN else (path or "a field that is not known")
            if _NOT_TEXT.search(key):
                found[name] = None
            found |= dict.fromkeys(_with_characters_that_are_none(inner, name))
    elif isinstance(value, list):
        for inner in value:
            found |= dict.fromkeys(_with_characters_that_are_none(inner, path))
    return list(found)


def _reason(column: str, value_class: str, reason: str, remedy: str) -> Reason:
    return {
        "column": column,
        "value_class": value_class,
        "reason": reason,
        "remedy": remedy,
        "severity": "reject",
    }
