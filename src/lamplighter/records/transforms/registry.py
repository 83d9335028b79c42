"""The vocabulary of transforms that mappings compose: each has a name, a meaning and one function."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from lamplighter.records.canonical.outcome import Outcome


@dataclass(frozen=True, slots=True)
class Options:
    """Hold what the mapping says beside a field: its options, code tables and patterns."""

    given: Mapping[str, Any]
    maps: Mapping[str, Mapping[str, str]]
    patterns: Mapping[str, tuple[tuple[str, str], ...]]

    def names(self, option: str) -> list[str]:
        """An option that may be one name or several."""
        value = self.given.get(option, [])
        return [value] if isinstance(value, str) else list(value)


Function = Callable[[list[pl.Series], Options], list[Outcome]]


@dataclass(frozen=True, slots=True)
class Transform:
    """``inputs`` and ``outputs`` say how many columns go in and fields come out; None is any number.

    A transform with ``merges`` gives lists and is applied to each input column
    in turn, the lists being joined.
    """

    name: str
    meaning: str
    function: Function
    outputs: int
    merges: bool


TRANSFORMS: dict[str, Transform] = {}


def transform(name: str, outputs: int = 1, *, merges: bool = False) -> Callable[[Function], Function]:
    """Register a function under ``name``; the first paragraph of its docstring is the meaning in the docs."""

    def register(function: Function) -> Function:
        meaning = " ".join((function.__doc__ or "").split("\n\n")[0].split())
        TRANSFORMS[name] = Transform(name, meaning, function, outputs, merges)
        return function

    return register
