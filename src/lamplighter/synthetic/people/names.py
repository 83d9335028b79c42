"""Names with skewed frequencies by group, sex and generation, and how they vary.

Frequencies fall as 1/(rank + 3)^s. Surnames of the white group have a long tail of
composed names, about 6,000 of them. All lists were compiled for this project; a real
person of the same name is chance.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np

from lamplighter.rule_files.reading import packaged as packaged_toml
from lamplighter.synthetic.sampling.draws import Bools, Floats, Ints, Words, words

GROUPS = ("white", "other_white", "indian", "muslim", "black", "chinese", "arab")
COHORTS = ("old", "mid", "new")
# Which name groups people of each 18+1 code draw from: (group, share). [I]
GROUPS_OF_ETHNICITY: dict[str, tuple[tuple[str, float], ...]] = {
    "W1": (("white", 1.0),),
    "W2": (("white", 1.0),),
    "W9": (("other_white", 0.85), ("white", 0.15)),
    "M1": (("white", 0.6), ("black", 0.4)),
    "M2": (("black", 0.6), ("white", 0.4)),
    "M3": (("white", 0.5), ("indian", 0.3), ("muslim", 0.2)),
    "M9": (("white", 0.6), ("arab", 0.2), ("black", 0.2)),
    "A1": (("indian", 0.86), ("muslim", 0.14)),
    "A2": (("muslim", 1.0),),
    "A3": (("muslim", 1.0),),
    "A4": (("chinese", 1.0),),
    "A9": (("indian", 0.5), ("muslim", 0.5)),
    "B1": (("black", 0.7), ("white", 0.3)),
    "B2": (("black", 0.9), ("muslim", 0.1)),
    "B9": (("black", 1.0),),
    "O2": (("arab", 1.0),),
    "O9": (("arab", 0.6), ("other_white", 0.4)),
}


@dataclass(frozen=True, slots=True)
class NameBook:
    """Every name once, and who draws which.

    ``forenames`` and ``surnames`` are the vocabularies; ``forename_draws[(group, sex, cohort)]`` and
    ``surname_draws[group]`` give indices and cumulative shares. Sex is 0 male, 1 female.
    """

    forenames: Words
    surnames: Words
    forename_draws: dict[tuple[int, int, int], tuple[Ints, Floats]]
    surname_draws: dict[int, tuple[Ints, Floats]]
    nicknames: dict[str, list[str]]
    forename_variants: dict[str, list[str]]
    surname_variants: dict[str, list[str]]


@cache
def book() -> NameBook:
    """Return the name lists, read once."""
    data = packaged_toml("lamplighter.synthetic.people", "names.toml")
    forename_ids: dict[str, int] = {}
    surname_ids: dict[str, int] = {}
    forename_draws: dict[tuple[int, int, int], tuple[Ints, Floats]] = {}
    surname_draws: dict[int, tuple[Ints, Floats]] = {}
    for g, group in enumerate(GROUPS):
        for s, sex in enumerate(("male", "female")):
            for c, cohort in enumerate(COHORTS):
                listed = data[group][sex][cohort].split()
                ids = [forename_ids.setdefault(name, len(forename_ids)) for name in listed]
                forename_draws[g, s, c] = (np.array(ids), _falling(len(ids), 0.9))
        listed = data[group]["surnames"]["names"].split()
        surname_draws[g] = (
            np.array([surname_ids.setdefault(name, len(surname_ids)) for name in listed]),
            _falling(len(listed), 0.95),
        )
    tail = [f + s for f in data["tail"]["first"].split() for s in data["tail"]["second"].split()]
    shuffled = np.random.Generator(np.random.PCG64(7)).permutation(len(tail))
    tail_ids = [surname_ids.setdefault(tail[i], len(surname_ids)) for i in shuffled]
    head_ids, shares = surname_draws[0]
    tail_shares = np.diff(_falling(len(tail_ids), 0.6), prepend=0.0) * 0.42
    head_shares = np.diff(shares, prepend=0.0) * 0.58
    surname_draws[0] = (
        np.concatenate([head_ids, np.array(tail_ids)]),
        np.cumsum(np.concatenate([head_shares, tail_shares])),
    )
    return NameBook(
        forenames=words(list(forename_ids)),
        surnames=words(list(surname_ids)),
        forename_draws=forename_draws,
        surname_draws=surname_draws,
        nicknames={name: short.split() for name, short in data["nicknames"].items()},
        forename_variants=_variants(data["variants"]["forenames"]),
        surname_variants=_variants(data["variants"]["surnames"]),
    )


def _falling(size: int, steepness: float) -> Floats:
    weights: Floats = (np.arange(size, dtype=np.float64) + 3.0) ** -steepness
    cumulative: Floats = np.cumsum(weights / weights.sum())
    return cumulative


def _variants(lines: list[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for line in lines:
        spellings = line.split()
        for name in spellings:
            found[name] = [other for other in spellings if other != name]
    return found


def draw_forenames(rng: np.random.Generator, group: Ints, sex: Ints, cohort: Ints) -> Ints:
    """One forename index for each person."""
    out = np.zeros(len(group), dtype=np.int64)
    code = (group * 2 + sex) * 3 + cohort
    for key, (ids, shares) in book().forename_draws.items():
        rows = np.flatnonzero(code == (key[0] * 2 + key[1]) * 3 + key[2])
        out[rows] = ids[np.searchsorted(shares, rng.random(len(rows)), side="right").clip(0, len(ids) - 1)]
    return out


def draw_surnames(rng: np.random.Generator, group: Ints) -> Ints:
    """One surname index for each person."""
    out = np.zeros(len(group), dtype=np.int64)
    for key, (ids, shares) in book().surname_draws.items():
        rows = np.flatnonzero(group == key)
        out[rows] = ids[np.searchsorted(shares, rng.random(len(rows)), side="right").clip(0, len(ids) - 1)]
    return out


def groups_for(rng: np.random.Generator, ethnicity: Ints, codes: list[str]) -> Ints:
    """Return the name group of each person, given the index of the ethnicity code."""
    out = np.zeros(len(ethnicity), dtype=np.int64)
    for i, code in enumerate(codes):
        rows = np.flatnonzero(ethnicity == i)
        options = GROUPS_OF_ETHNICITY[code]
        edges = np.cumsum([share for _, share in options])
        chosen = np.searchsorted(edges, rng.random(len(rows)) * edges[-1], side="right")
        out[rows] = np.array([GROUPS.index(name) for name, _ in options])[chosen.clip(0, len(options) - 1)]
    return out


def has_nickname() -> Bools:
    """For each forename in the vocabulary, whether a short form is known."""
    return np.array([name in book().nicknames for name in book().forenames], dtype=bool)
