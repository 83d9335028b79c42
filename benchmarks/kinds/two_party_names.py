"""Words the two-party kinds are made of: names by group, short names, streets and towns."""

from __future__ import annotations

import tomllib
from bisect import bisect
from itertools import accumulate
from pathlib import Path

from numpy.random import Generator

from benchmarks.kinds.slips import one_of, short_name

_HELD = tomllib.loads(Path(__file__).with_name("two_party_names.toml").read_text("utf-8"))
#: The two parts of the name of a street.
STREET_PARTS: tuple[list[str], list[str]] = tuple(words.split() for words in _HELD["street_parts"])
#: Towns and the letters their postcodes begin with.
TOWNS: list[tuple[str, str]] = [(town, code) for town, code in _HELD["towns"]]
ADJECTIVES: list[str] = _HELD["adjectives"].split()
THINGS: list[str] = _HELD["things"].split()
#: The groups beside the largest, which is "white".
GROUPS = ("south_asian", "polish", "west_african")
TAILS = "ABDEFGHJLNPQRSTUWXYZ"


class Skewed:
    """A list drawn from with a weight of 1 / (rank + 4): a few common, a long tail."""

    def __init__(self, words: str) -> None:
        self.words = words.split()
        self.steps = list(accumulate(1 / (rank + 4) for rank in range(len(self.words))))

    def __call__(self, rng: Generator) -> str:
        return self.words[min(bisect(self.steps, rng.random() * self.steps[-1]), len(self.words) - 1)]


_GROUPS = {"white": _HELD, **_HELD["groups"]}
_NAMES = {
    group: {what: Skewed(held[what]) for what in ("women", "men", "surnames")}
    for group, held in _GROUPS.items()
}
_PARTS = {
    group: [words.split() for words in held.get("surname_parts", ())] for group, held in _GROUPS.items()
}


def surname(rng: Generator, group: str) -> str:
    """One surname: three in five are common ones, where a group has parts to put others together of."""
    if not _PARTS[group] or rng.random() < 0.6:
        return _NAMES[group]["surnames"](rng)
    first, second = _PARTS[group]
    return one_of(rng, first) + one_of(rng, second)


def forename(rng: Generator, group: str, sex: str) -> str:
    """One first name of a group and sex ("f" or "m")."""
    return _NAMES[group]["women" if sex == "f" else "men"](rng)


def short(rng: Generator, name: str) -> str:
    """A short name of a first name, or the name itself where none is known."""
    if name in _HELD["short"] and rng.random() < 0.5:
        return one_of(rng, _HELD["short"][name].split())
    return short_name(rng, name)
