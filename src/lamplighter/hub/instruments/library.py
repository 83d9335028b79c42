"""Read the instruments of this hub: every version, and which one is begun on a day."""

from __future__ import annotations

import datetime as dt

from lamplighter.hub.instruments.configuration import INSTRUMENTS
from lamplighter.hub.site.config_files.reading import State
from lamplighter.instruments.definition import Definition
from lamplighter.instruments.loading import definition

Key = tuple[str, str]
_held: tuple[State, dict[Key, Definition]] | None = None


def every() -> dict[Key, Definition]:
    """Return every version of every instrument, by code and version; the hub's own files count last."""
    global _held
    state = INSTRUMENTS.state()
    # Tests and tools may let the process run on other files.
    if _held is None or _held[0] is not state:
        _held = (state, _read(state))
    return _held[1]


def of_work() -> dict[Key, Definition]:
    """Return those that are filled in during work with the suspect."""
    return {key: one for key, one in every().items() if one.use == "work"}


def current(code: str, on: dt.date) -> Definition | None:
    """Return the version that is begun on a day: of those in force, the one that began last."""
    there = [one for one in every().values() if one.code == code and one.in_force(on)]
    return max(there, key=lambda one: one.valid_from, default=None)


def _read(state: State) -> dict[Key, Definition]:
    found: dict[Key, Definition] = {}
    for document in state.documents.values():
        made = definition(document)
        if made.usable:
            # What a hub supplies takes the place of the bare name.
            found = {key: one for key, one in found.items() if key[0] != made.code or one.usable}
        elif any(key[0] == made.code for key in found):
            continue
        found[made.code, made.version] = made
    return found
