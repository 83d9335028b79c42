"""Read the instruments of this hub: every version, and which one is begun on a day, by whom."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from functools import lru_cache

from lamplighter.hub.instruments.configuration import INSTRUMENTS
from lamplighter.hub.instruments.models import Licence, UsedVersion
from lamplighter.hub.site.config_files.reading import State
from lamplighter.instruments.definition import Definition
from lamplighter.instruments.loading import definition
from lamplighter.instruments.versions import Licence as Recorded
from lamplighter.instruments.versions import check_use
from lamplighter.rule_files.faults import Fault
from lamplighter.rule_files.reading import parsed
from lamplighter.rule_files.schema import Report

Key = tuple[str, str]
_held: tuple[State, dict[Key, Definition], dict[Key, str]] | None = None


def every() -> dict[Key, Definition]:
    """Return every version of every instrument, by code and version; the hub's own files count last."""
    return _reading()[0]


def text_of(one: Definition) -> str:
    """Return the file of a version, as this process runs on it."""
    state = INSTRUMENTS.state()
    return state.texts[_reading()[1][one.code, one.version]]


def of_work() -> dict[Key, Definition]:
    """Return those that are filled in during work with the suspect."""
    return {key: one for key, one in every().items() if one.use == "work"}


def of_cases(on: dt.date) -> list[Definition]:
    """Return the version of each instrument that is begun on a case on a day, by title; bare names last."""
    codes = {one.code for one in every().values() if one.use == "case"}
    found = [one for code in codes if (one := current(code, on))]
    return sorted(found, key=lambda one: (not one.usable, one.title))


def current(code: str, on: dt.date) -> Definition | None:
    """Return the version that is begun on a day: of those in force, the one that began last."""
    there = [one for one in every().values() if one.code == code and one.in_force(on)]
    return max(there, key=lambda one: one.valid_from, default=None)


def pinned_ones(wanted: Iterable[tuple[str, str]]) -> dict[tuple[str, str], Definition]:
    """Return versions by code and hash as they were answered, whatever the files say now."""
    asked = set(wanted)
    rows = UsedVersion.objects.filter(digest__in={digest for _, digest in asked})
    found = {(row.code, row.digest): _parsed(row.text) for row in rows}
    return {key: one for key, one in found.items() if one is not None and key in asked}


@lru_cache(maxsize=64)
def _parsed(text: str) -> Definition | None:
    try:
        return definition(parsed(text, "a version that was answered"))
    except (KeyError, ValueError):
        return None  # of another software than this


def licences(on: dt.date | None = None) -> list[Licence]:
    """Return the newest row of each licence, those of ``on`` alone where a day is given."""
    newest: dict[tuple[str, str], Licence] = {}
    for row in Licence.objects.select_related("by").order_by("pk"):
        newest[row.code, row.reference] = row
    rows = sorted(newest.values(), key=lambda row: (row.code, row.valid_from))
    return [row for row in rows if on is None or _recorded(row).holds(on)]


def _recorded(row: Licence) -> Recorded:
    return Recorded(row.code, row.holder, row.reference, row.valid_from, row.valid_until)


def refusals(on: dt.date) -> dict[Key, list[Fault]]:
    """Return what forbids beginning each version on a day: no licence, or words changed after use."""
    state = INSTRUMENTS.state()
    reports = {name: Report(name, text) for name, text in state.texts.items()}
    used = {(c, v): d for c, v, d in UsedVersion.objects.values_list("code", "version", "digest")}
    held = [_recorded(row) for row in licences()]
    check_use(state.documents, reports.__getitem__, held, used, on)
    documents = state.documents
    return {
        (documents[name]["code"], documents[name]["version"]): report.faults
        for name, report in reports.items()
        if report.faults
    }


def _reading() -> tuple[dict[Key, Definition], dict[Key, str]]:
    global _held
    state = INSTRUMENTS.state()
    # Tests and tools may let the process run on other files.
    if _held is None or _held[0] is not state:
        _held = (state, *_read(state))
    return _held[1:]


def _read(state: State) -> tuple[dict[Key, Definition], dict[Key, str]]:
    found: dict[Key, Definition] = {}
    files: dict[Key, str] = {}
    for name, document in state.documents.items():
        made = definition(document)
        if made.usable:
            # What a hub supplies takes the place of the bare name.
            found = {key: one for key, one in found.items() if key[0] != made.code or one.usable}
        elif any(key[0] == made.code for key in found):
            continue
        found[made.code, made.version] = made
        files[made.code, made.version] = name
    return found, files
