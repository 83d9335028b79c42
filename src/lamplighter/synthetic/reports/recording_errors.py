"""Slips of the keyboard, the ear and the eye: how a true value becomes the recorded one."""

from __future__ import annotations

import random
from collections.abc import Callable

_KEYBOARD = (
    "q:wa w:qes e:wrd r:etf t:ryg y:tuh u:yij i:uok o:ipl p:ol a:qsz s:adwx d:sfec f:dgrv g:fhtb h:gjyn "
    "j:hkum k:jlim l:kop z:axs x:zsc c:xdv v:cfb b:vgn n:bhm m:njk"
)
_NEIGHBOURS = dict(pair.split(":") for pair in _KEYBOARD.split())
_BY_EAR = (
    ("ph", "f"),
    ("ck", "k"),
    ("th", "t"),
    ("ie", "y"),
    ("ey", "y"),
    ("ou", "oo"),
    ("ea", "ee"),
    ("ei", "ie"),
    ("ll", "l"),
    ("nn", "n"),
    ("tt", "t"),
    ("ss", "s"),
    ("c", "k"),
    ("z", "s"),
    ("y", "i"),
    ("er", "a"),
    ("son", "sen"),
    ("w", "wh"),
)


def typo(value: str, rng: random.Random) -> str:
    """One slip: a neighbouring key, a letter lost, doubled or swapped, or a spelling by ear."""
    if len(value) < 3:
        return value
    kind = rng.random()
    i = rng.randrange(1, len(value) - 1)
    if kind < 0.28:
        options = _NEIGHBOURS.get(value[i].lower(), "")
        return value[:i] + rng.choice(options) + value[i + 1 :] if options else value
    if kind < 0.48:
        return value[:i] + value[i + 1] + value[i] + value[i + 2 :]
    if kind < 0.62:
        return value[:i] + value[i + 1 :]
    if kind < 0.72:
        return value[:i] + value[i] + value[i:]
    lower = value.lower()
    found = [(a, b) for a, b in _BY_EAR if a in lower[1:]]
    if not found:
        return value[:i] + value[i + 1] + value[i] + value[i + 2 :]
    a, b = rng.choice(found)
    at = lower.index(a, 1)
    return value[:at] + b + value[at + len(a) :]


def digits(value: str, rng: random.Random) -> str:
    """One wrong digit, or two neighbours swapped, anywhere after the fourth character."""
    places = [i for i, c in enumerate(value) if c.isdigit() and i > 4]
    if len(places) < 2:
        return value
    k = rng.randrange(len(places) - 1)
    i, j = places[k], places[k + 1]
    if rng.random() < 0.5 and value[i] != value[j]:
        return value[:i] + value[j] + value[i + 1 : j] + value[i] + value[j + 1 :]
    return value[:i] + str((int(value[i]) + rng.randrange(1, 10)) % 10) + value[i + 1 :]


def text_slip(text: str, rng: random.Random) -> str:
    """One typo in one of the longer words of a narrative."""
    words = text.split(" ")
    long = [i for i, w in enumerate(words) if len(w) > 4 and w.isalpha()]
    if not long:
        return text
    i = rng.choice(long)
    words[i] = typo(words[i], rng)
    return " ".join(words)


def apply(
    values: list[str | None], rows: list[int], rng: random.Random, slip: Callable[[str, random.Random], str]
) -> None:
    """Slip the chosen rows in place; empty values stay empty."""
    for i in rows:
        value = values[i]
        if value:
            values[i] = slip(value, rng)
