"""Tell which police force a table means by a name, which of its rows are sums, and what became of a force."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from functools import cache

from lamplighter.vocabulary.codes import Code, code_set

_SAYS_NOTHING = frozenset({"police", "constabulary", "service", "force", "the"})
ALL, PART = "all", "part"


def plain(name: str) -> str:
    """Return a name without case, signs and the words that every force has."""
    words = re.findall(r"[a-z0-9]+", name[:200].lower().replace("&", " and "))
    return " ".join(w for w in words if w not in _SAYS_NOTHING) or " ".join(words)


@cache
def _by_name(codes: str) -> Mapping[str, Code]:
    found = {}
    for code in code_set(codes).codes.values():
        for name in (code.title, *code.extra.get("names", ())):
            found[plain(name)] = code
    return found


def force_named(name: str) -> Code | None:
    """Return the force that a table writes so; ``None`` for a name that is not in the list."""
    return _by_name("forces").get(plain(name))


def sums_up(name: str) -> str | None:
    """Tell whether a row so named sums up ``all`` forces or a ``part`` of them; ``None`` for any other."""
    found = _by_name("force_totals").get(plain(name)) if force_named(name) is None else None
    return None if found is None else str(found.extra["of"])


def has_an_area(name: str) -> bool:
    """Tell whether a force polices an area; a name that is not in the list is taken for one that does."""
    found = force_named(name)
    return found is None or bool(found.extra.get("territorial", True))


def successor(code: str, on: dt.date, forces: Mapping[str, Code] | None = None) -> str:
    """Return the force that does on a day what ``code`` did: itself, or the one that followed it.

    Raises ``KeyError`` for a code that is not in the list, or a successor that is not.
    """
    known = code_set("forces").codes if forces is None else forces
    seen = {code}
    while (force := known[code]).valid_until is not None and force.valid_until <= on:
        code = force.extra.get("successor", code)
        if code in seen:
            break
        seen.add(code)
    return code


def missing(names: Iterable[str], on: dt.date) -> list[str]:
    """Return the titles of forces with an area that held on a day and are not among ``names``, in order."""
    there = {found.code for name in names if (found := force_named(name))}
    held = code_set("forces").on(on).values()
    return sorted(f.title for f in held if f.extra.get("territorial") and f.code not in there)
