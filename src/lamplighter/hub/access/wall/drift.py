"""Compare what the database holds with what was declared, and say in words where they differ.

Declared are the policies, rights, functions, triggers, rules, views, settings and memberships that this
version makes, and no others (``undeclared``). ``sync.apply`` makes all of them anew, takes away what is not
among them, and seals a list of what stands then with the key that signs the audit trail. That key is in no
database: whoever changes the database, its superuser included, cannot make the list agree with the change.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from django.db import connection, transaction

from lamplighter.hub.site import places, signatures

STATE = (Path(__file__).with_name("state.sql")).read_text()
KIND = "lamplighter wall 1"
MOST_NAMED = 40  # in one event of the trail; the rest is counted
Thing = tuple[str, str]  # kind and name
FIRST = ("role", "membership", "policy", "right", "table", "view", "rule", "function", "trigger", "setting")


class How(StrEnum):
    """In which way something is not as declared."""

    ADDED = "is not declared"
    MISSING = "is missing"
    CHANGED = "is not as declared"


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing of the database that is not as declared. Names of objects are in it and nobody's data."""

    kind: str
    name: str
    how: How

    def __str__(self) -> str:
        # What belongs to the hub's own schema is what people know it by.
        return f"The {self.kind} {self.name.replace('public.', '')} {self.how.value}."


@dataclass(frozen=True, slots=True)
class Comparison:
    """``differences`` are worth what the sealed list is worth; ``why`` says what is wrong with that list."""

    differences: tuple[Difference, ...] = ()
    why: str = ""

    @property
    def as_declared(self) -> bool:
        return not self.differences and not self.why

    @property
    def words(self) -> list[str]:
        """One sentence a thing."""
        return [*([self.why] if self.why else []), *map(str, self.differences)]

    @property
    def digest(self) -> str:
        """Return what tells one finding from another."""
        return hashlib.sha256("\0".join(self.words).encode()).hexdigest()[:16]


def held(cursor: Any) -> dict[Thing, str]:
    """Return what the database holds of it now: kind and name, and all else that is to be as declared."""
    with transaction.atomic(savepoint=False):
        cursor.execute("SELECT current_setting('search_path')")
        (path,) = cursor.fetchone()
        cursor.execute("SELECT pg_catalog.set_config('search_path', 'pg_catalog', true)")
        cursor.execute(STATE)
        found = {(kind, name): detail or "" for kind, name, detail in cursor.fetchall()}
        cursor.execute("SELECT pg_catalog.set_config('search_path', %s, true)", [path])
    return found


def to_text(state: dict[Thing, str]) -> str:
    """Return the list as text, the same for the same list."""
    return json.dumps([[*thing, detail] for thing, detail in sorted(state.items())])


def seal(declared: str, text: str) -> str:
    """Sign a list of what stands where the declarations have this digest."""
    return signatures.sign_text(_told(declared, text))


def _told(declared: str, text: str) -> str:
    return f"{KIND}\n{declared}\n{hashlib.sha256(text.encode()).hexdigest()}\n"


def differences(declared: dict[Thing, str], found: dict[Thing, str]) -> list[Difference]:
    """Return what ``found`` has that is not as declared, what matters most first."""
    added = found.keys() - declared.keys()
    # Who hears of a table need not hear of its columns.
    tables = {name for kind, name in added if kind in {"table", "view"}}
    made = [
        Difference(*thing, How.ADDED)
        for thing in added
        if thing[0] not in {"column", "index", "constraint"} or thing[1].split()[-1] not in tables
    ]
    made += [Difference(*thing, How.MISSING) for thing in declared.keys() - found.keys()]
    both = declared.keys() & found.keys()
    made += [Difference(*thing, How.CHANGED) for thing in both if declared[thing] != found[thing]]
    place = {kind: n for n, kind in enumerate(FIRST)}
    return sorted(made, key=lambda d: (place.get(d.kind, len(FIRST)), d.kind, d.name, d.how))


def sealed(cursor: Any, declared: str | None) -> dict[Thing, str] | str:
    """Return the list that was sealed for these declarations, or in words why there is none to believe.

    ``declared``: ``None`` for those of any version.
    """
    cursor.execute(
        "SELECT EXISTS (SELECT FROM pg_catalog.pg_attribute a WHERE a.attname = 'seal'"
        " AND a.attrelid = pg_catalog.to_regclass('access.applied'))"
    )
    if not cursor.fetchone()[0]:
        return "There is no sealed list of what is declared in this database."
    cursor.execute("SELECT declared, state, seal FROM access.applied")
    of, text, signature = cursor.fetchone() or ("", "", "")
    if not signature:
        return "There is no sealed list of what is declared in this database."
    if declared is not None and of != declared:
        return "The rules in the database were made by another version, or were not finished."
    if not signatures.is_signed_text(
        _told(of, text), signature, signatures.known_keys(places.private_folder(signatures.FOLDER))
    ):
        return "The list of what is declared was changed, or sealed by another installation."
    return {(kind, name): detail for kind, name, detail in json.loads(text)}


def compare(declared: str) -> Comparison:
    """Hold the database against the sealed list. ``declared``: the digest of this version's declarations."""
    with transaction.atomic(), connection.cursor() as cursor:
        known = sealed(cursor, declared)
        if isinstance(known, str):
            return Comparison(why=known)
        return Comparison(tuple(differences(known, held(cursor))))


def in_words(found: Iterable[Difference]) -> str:
    """Return what an event of the trail says of them: names of objects, never what is in them."""
    told = [str(d)[:200] for d in found]
    more = len(told) - MOST_NAMED
    return " ".join([*told[:MOST_NAMED], *([f"And {more:,} more."] if more > 0 else [])])
