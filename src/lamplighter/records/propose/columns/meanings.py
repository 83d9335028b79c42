"""List what a column of an agency's export can mean, from ``meanings.toml``: what a page offers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from lamplighter.rule_files.reading import packaged as packaged_toml

NOT_USED, LEFT_OUT = "not_used", "left_out"


@dataclass(frozen=True, slots=True)
class Meaning:
    """One meaning. ``of``: 'report', 'person' or 'none'; ``gives``: the fields it fills, as 'table.field';
    ``words``: the table of common words that reads its codes, where it is coded; ``by_look``: the look by
    which it is known without a heading."""

    name: str
    of: str
    group: str
    label: str
    gives: tuple[str, ...]
    looks: tuple[str, ...]
    headings: tuple[str, ...] = ()
    maybe: tuple[str, ...] = ()
    hint: str = ""
    several: bool = False
    by_look: str = ""
    words: str | None = None

    @property
    def of_person(self) -> bool:
        return self.of == "person"

    @property
    def is_used(self) -> bool:
        """Tell whether a column of this meaning is read at all."""
        return self.of != "none"


@cache
def meanings() -> Mapping[str, Meaning]:
    """Return every meaning by name, in the order of the file."""
    body = packaged_toml("lamplighter.records.propose.columns", "meanings.toml")
    found = {}
    for name, row in body.items():
        given: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in row.items()}
        found[name] = Meaning(name, **given)
    return found
