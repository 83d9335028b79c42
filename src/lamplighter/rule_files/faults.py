"""Errors of files of rules. Each names the file, the place in it, and what to do."""

from __future__ import annotations

import datetime as dt
import difflib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

LONGEST_SHOWN = 40  # characters of a value that a message repeats


@dataclass(frozen=True, slots=True)
class Fault:
    """One error. ``name`` says of which kind it is; ``place`` is empty where the whole file is meant."""

    name: str
    file: str
    place: str
    what: str
    remedy: str

    @property
    def where(self) -> str:
        return f"{self.file}, {self.place}" if self.place else self.file

    def __str__(self) -> str:
        return f"{self.where}: {self.what} {self.remedy}"


class RuleFileError(ValueError):
    """A file of rules cannot be used. The text names the file, the place in it, and what to do."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(map(str, self.faults)))


def not_toml(error: RuleFileError) -> str:
    """Return in one sentence where and why a text is no TOML."""
    fault = error.faults[0]
    place = f" ({fault.place})" if fault.place else ""
    return f"Not valid TOML{place}: {fault.what.removeprefix('this is not valid TOML: ')}"


def quoted(value: Any) -> str:
    """Return a value as a message repeats it: short, and on one line."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float | dt.date | dt.time):
        return str(value)[:LONGEST_SHOWN]
    if isinstance(value, list):
        return "a list"
    if isinstance(value, dict):
        return "a table"
    return f"“{short(str(value))}”"


def short(text: str) -> str:
    """Return text on one line, cut where it is long."""
    plain = " ".join(text.split())
    return f"{plain[:LONGEST_SHOWN]}…" if len(plain) > LONGEST_SHOWN else plain


def nearest(word: str, known: Iterable[str]) -> str:
    """Return "Did you mean …? " for the known word that is most like ``word``, or nothing."""
    found = difflib.get_close_matches(word[:LONGEST_SHOWN], list(known), n=1, cutoff=0.6)
    return f"Did you mean {found[0]}? " if found else ""


def listed(words: Iterable[str]) -> str:
    """Return words with commas between."""
    return ", ".join(words)
