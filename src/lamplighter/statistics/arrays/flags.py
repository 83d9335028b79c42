"""Warnings as data: what a reader of a result must be told, with a code that a program can test for."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Flag:
    """One warning. ``code`` is a stable lower-case name; ``text`` is a sentence for a reader."""

    code: str
    text: str


def has(flags: Iterable[Flag], code: str) -> bool:
    """Tell whether a flag with this code is among them."""
    return any(flag.code == code for flag in flags)
