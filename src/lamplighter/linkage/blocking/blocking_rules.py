"""Read the blocking rules, the kinds of keys that propose candidate pairs, from ``keys.toml``."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache

from lamplighter.linkage.comparisons.comparison_levels import Extra
from lamplighter.linkage.features.record_features import Features
from lamplighter.rule_files.reading import packaged as packaged_toml

_PART = re.compile(r"^(?P<column>\w+?)(?:\[(?P<begin>\d+):(?P<end>\d+)\])?$")


@dataclass(frozen=True, slots=True)
class Part:
    """A feature column, or a slice of its texts."""

    column: str
    begin: int | None = None
    end: int | None = None


@dataclass(frozen=True, slots=True)
class Key:
    """One kind of key: its parts, and what narrows it where it is common. ``of_many``: only of use among
    many records, ``of_few``: only among few; ``weak``: among many people in reports one alone is no reason
    to look at a pair; ``unnamed``: only of use where nobody's name is known; ``always``: taken whatever is
    expected of it (:func:`rule_selection.chosen`)."""

    name: str
    parts: tuple[Part, ...]
    narrow: tuple[Part, ...] = ()
    unordered: bool = False
    of_many: bool = False
    of_few: bool = False
    weak: bool = False
    unnamed: bool = False
    always: bool = False

    def columns(self) -> set[str]:
        return {p.column for p in self.parts}


def part(text: str) -> Part:
    """Return a part as the table writes it: 'sur' or 'sur[0:4]'."""
    found = _PART.match(text)
    if found is None:
        raise ValueError(f"Not a part of a key: {text!r}")
    if found["begin"] is None:
        return Part(found["column"])
    return Part(found["column"], int(found["begin"]), int(found["end"]))


@cache
def key_kinds(extras: tuple[Extra, ...] = (), *, many: bool = False, few: bool = False) -> tuple[Key, ...]:
    """Return the keys of the table, and those that a table with further columns adds; with those that are
    only of use among ``many`` records, or among ``few``.
    """
    own = [
        Key(
            row["name"],
            tuple(part(p) for p in row["parts"]),
            tuple(part(p) for p in row.get("narrow", ())),
            bool(row.get("unordered", False)),
            bool(row.get("of_many", False)),
            bool(row.get("of_few", False)),
            bool(row.get("weak", False)),
            always=bool(row.get("always", False)),
        )
        for row in packaged_toml("lamplighter.linkage.blocking", "keys.toml")["key"]
        if (many or not row.get("of_many", False)) and (few or not row.get("of_few", False))
    ]
    return (*own, *(k for e in extras for k in _of_extra(e)), *_of_texts(extras))


def _of_texts(extras: tuple[Extra, ...]) -> list[Key]:
    """Keys of texts by themselves, which :func:`usable` leaves out where anybody is named. Each is narrowed
    by the others."""
    texts = [Part(e.column) for e in extras if e.kind == "text"]
    by = [part(p) for p in ("birth_date[0:4]", "town", "outward", "sex")]
    return [
        Key(f"{t.column}_alone", (t,), (*(o for o in texts if o != t), *by), unnamed=True) for t in texts
    ] + [
        Key(f"{t.column}_begins", (Part(t.column, 0, 4),), (*(o for o in texts if o != t), *by), unnamed=True)
        for t in texts
    ]  # fmt: skip


def _of_extra(extra: Extra) -> list[Key]:
    narrow = tuple(part(p) for p in ("first[0:1]", "sur[0:1]", "birth_date[0:4]"))
    own = Part(extra.column)
    if extra.kind == "identifier":
        return [Key(extra.column, (own,), narrow)]
    if extra.kind == "text":
        return [
            _with(f"{extra.column}_class", own, "first_class", ["sur[0:2]", "birth_date[0:4]"]),
            _with(f"{extra.column}_surname", own, "sur_ph", ["first[0:2]", "birth_date[0:4]"]),
        ]
    return []


def _with(name: str, own: Part, other: str, narrow: Sequence[str]) -> Key:
    return Key(name, (own, part(other)), tuple(part(p) for p in narrow))


def usable(
    features: Features, extras: tuple[Extra, ...] = (), *, many: bool = False, few: bool = False
) -> list[Key]:
    """Return the keys of which these features have every part (see :func:`key_kinds`)."""
    named = features.has("first") or features.has("sur")
    return [
        replace(k, narrow=tuple(p for p in k.narrow if features.has(p.column)))
        for k in key_kinds(extras, many=many, few=few)
        if all(features.has(c) for c in k.columns()) and not (named and k.unnamed)
    ]


def named(features: Features, extras: tuple[Extra, ...], names: Sequence[str]) -> list[Key]:
    """Return the keys of a model, by their ``names``, that these features can have; all where they have none
    of these."""
    keys = {k.name: k for k in usable(features, extras, many=True, few=True)}
    return [keys[name] for name in names if name in keys] or list(keys.values())
