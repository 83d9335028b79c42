"""How other people's records go wrong: keys that lie side by side, letters read badly, sounds, gaps, dates.

Written apart from the made-up world of the project and from what the linkage knows. Rates are invented.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from functools import cache
from importlib.resources import files

import numpy as np

Rng = np.random.Generator
_ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm", "1234567890")
_READ_BADLY = {
    "m": "rn", "rn": "m", "cl": "d", "d": "cl", "l": "1", "i": "l", "o": "0", "0": "O", "1": "l", "5": "S",
    "b": "h", "h": "b", "u": "v", "e": "c", "vv": "w", "n": "ri",
}  # fmt: skip
_SOUNDS = (
    ("ph", "f"), ("f", "ph"), ("ck", "k"), ("c", "k"), ("k", "c"), ("y", "i"), ("ie", "y"), ("ee", "ea"),
    ("ea", "ee"), ("gh", ""), ("tt", "t"), ("ll", "l"), ("nn", "n"), ("ss", "s"), ("s", "z"), ("ai", "ay"),
    ("ough", "uff"), ("th", "t"), ("w", "wh"), ("er", "ar"), ("an", "en"), ("on", "en"),
)  # fmt: skip
NOTHING = ("", "NaN", "n/a", "Unknown", "-", "null")


def typo(rng: Rng, text: str) -> str:
    """One slip of the keyboard: a neighbouring key, two in the wrong order, one too many, one left out."""
    if len(text) < 2:
        return text
    at = int(rng.integers(0, len(text)))
    kind = int(rng.integers(0, 4))
    if kind == 0:
        row = next((r for r in _ROWS if text[at].lower() in r), None)
        if row is None:
            return text
        near = row[max(0, min(len(row) - 1, row.index(text[at].lower()) + (1 if rng.random() < 0.5 else -1)))]
        return text[:at] + near + text[at + 1 :]
    if kind == 1 and at + 1 < len(text):
        return text[:at] + text[at + 1] + text[at] + text[at + 2 :]
    return text[:at] + text[at] + text[at:] if kind == 2 else text[:at] + text[at + 1 :]


def read_badly(rng: Rng, text: str) -> str:
    """One letter as a scanner reads it."""
    hits = [(i, a) for a in _READ_BADLY for i in range(len(text)) if text.lower().startswith(a, i)]
    if not hits:
        return text
    at, a = hits[int(rng.integers(0, len(hits)))]
    return text[:at] + _READ_BADLY[a] + text[at + len(a) :]


def misheard(rng: Rng, text: str) -> str:
    """Spelt as it sounds."""
    hits = [(a, b) for a, b in _SOUNDS if a in text.lower()[1:]]
    if not hits:
        return text
    a, b = hits[int(rng.integers(0, len(hits)))]
    at = text.lower().index(a, 1)
    return text[:at] + b + text[at + len(a) :]


def slip(rng: Rng, text: str) -> str:
    """One of the three."""
    return (typo, read_badly, misheard)[int(rng.integers(0, 3))](rng, text)


def date_slip(rng: Rng, iso: str) -> str:
    """A date gone wrong: day and month changed over, a digit, the year beside it, or the first of January."""
    y, m, d = iso.split("-")
    kind = int(rng.integers(0, 4))
    if kind == 0 and int(d) <= 12:
        return f"{y}-{d}-{m}"
    if kind == 1:
        return f"{y}-01-01"
    if kind == 2:
        return f"{int(y) + (1 if rng.random() < 0.5 else -1)}-{m}-{d}"
    at = int(rng.choice([3, 6, 9]))
    return iso[:at] + str(int(rng.integers(0, 10))) + iso[at + 1 :]


@cache
def short_forms() -> dict[str, tuple[str, ...]]:
    """Names that have short forms, and these."""
    found: dict[str, set[str]] = defaultdict(set)
    with (files("nicknames") / "names.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            if row["relationship"] == "has_nickname":
                found[row["name1"]].add(row["name2"])
    return {name: tuple(sorted(forms)) for name, forms in sorted(found.items())}


_SURNAMES = [
    "smith",
    "jones",
    "taylor",
    "brown",
    "williams",
    "wilson",
    "johnson",
    "davies",
    "robinson",
    "wright",
    "thompson",
    "evans",
    "walker",
    "white",
    "roberts",
    "green",
    "hall",
    "wood",
    "jackson",
    "clarke",
    "patel",
    "khan",
    "lewis",
    "james",
    "phillips",
    "mason",
    "mitchell",
    "rose",
    "davis",
    "rodgers",
    "begum",
    "ali",
    "hussain",
    "ahmed",
    "singh",
    "kaur",
    "edwards",
    "hughes",
    "turner",
    "hill",
    "scott",
    "cooper",
    "morris",
    "ward",
    "moore",
    "king",
    "watson",
    "baker",
    "harris",
    "morgan",
    "harrison",
    "allen",
    "young",
    "bell",
    "lee",
    "bennett",
    "cook",
    "parker",
    "shaw",
    "carter",
    "collins",
    "marshall",
    "richardson",
    "bailey",
]
_BEGINS = (
    "bal bram car crow dun elm fair gar hart hol kel lang mar nor oak pem quin rad sel thorn ul wex yar zel"
)
_ENDS = (
    "bury combe dale der field ford ham ington ley lin man mere more ridge ster stock stone ton ward worth"
)


@cache
def surnames() -> tuple[str, ...]:
    """Surnames, the commonest first."""
    made = sorted(a + b for a in _BEGINS.split() for b in _ENDS.split())
    return (*_SURNAMES, *np.random.default_rng(5).permutation(made).tolist())


def chosen(rng: Rng, names: tuple[str, ...], flat: float = 8.0) -> str:
    """One of some names, those at the front more often (Zipf and Mandelbrot)."""
    weights = _falling(len(names), flat)
    return names[int(np.searchsorted(weights, rng.random()))]


@cache
def _falling(many: int, flat: float) -> np.ndarray:  # type: ignore[type-arg]  # cumulative shares
    shares = 1.0 / (np.arange(many) + flat)
    return np.cumsum(shares / shares.sum())
