"""Figures that a release says follow from its printed counts: worked out again, not believed.

A page may show the share of two printed counts or the interval of that share. The list beside the
page (``derived.json``) says which counts; a figure that does not follow from them is a stranger.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable

from lamplighter.disclosure.attack.findings import Finding
from lamplighter.disclosure.attack.reading import Papers

LIST = "derived.json"
_Z = 1.959963984540054  # the 97.5th centile of the normal distribution
_NEAR = 1e-6


def derived(papers: Papers) -> tuple[set[float], list[Finding]]:
    """Figures that follow from printed counts, and an entry for each that does not."""
    path = papers.folder / LIST
    if not path.exists():
        return set(), []
    counts = {
        float(figure.text)
        for sheet in (*papers.sheets, *papers.summaries)
        for figure in sheet.figures
        if figure.text is not None
    } | {0.0}
    try:
        entries = json.loads(path.read_text("utf-8"))["derived"]
        read = [
            (e["kind"], [float(v) for v in e["values"]], [float(v) for v in e["inputs"]]) for e in entries
        ]
    except (ValueError, KeyError, TypeError) as problem:
        return set(), [
            Finding("unreadable", LIST, "whole file", f"{type(problem).__name__}: not such a list.")
        ]
    allowed: set[float] = set()
    found: list[Finding] = []
    for place, (kind, values, inputs) in enumerate(read):
        follows = all(value in counts for value in inputs) and _follows(kind, values, inputs)
        if not follows:
            said = f"A {kind} does not follow from printed counts."
            found.append(Finding("text", LIST, f"entry {place}", said))
            continue
        allowed |= {abs(value) for value in values}
        if kind == "sum":
            counts.add(values[0])
    return allowed, found


def _follows(kind: str, values: list[float], inputs: list[float]) -> bool:
    try:
        again = _AGAIN[kind](*inputs)
    except (KeyError, TypeError, ZeroDivisionError, ValueError):
        return False
    return len(again) == len(values) and all(abs(a - b) <= _NEAR for a, b in zip(again, values, strict=True))


def _share(part: float, whole: float) -> tuple[float, ...]:
    return (100.0 * min(part, whole) / whole,)


def _score(part: float, whole: float) -> tuple[float, float, float]:
    """Return a share with the limits of Wilson (1927), as fractions."""
    p = min(part, whole) / whole
    shrink = 1 + _Z**2 / whole
    middle = (p + _Z**2 / (2 * whole)) / shrink
    half = _Z / shrink * math.sqrt(p * (1 - p) / whole + _Z**2 / (4 * whole**2))
    return p, 0.0 if p == 0 else middle - half, 1.0 if p == 1 else middle + half


def _wilson(part: float, whole: float) -> tuple[float, ...]:
    _, low, high = _score(part, whole)
    return 100 * low, 100 * high


def _newcombe(part: float, whole: float, other: float, rest: float) -> tuple[float, ...]:
    """Newcombe (1998), method 10: the distances of the two score intervals, squared and added."""
    p, p_low, p_high = _score(part, whole)
    q, q_low, q_high = _score(other, rest)
    gap = p - q
    low = gap - math.hypot(p - p_low, q_high - q)
    high = gap + math.hypot(p_high - p, q - q_low)
    return 100 * gap, 100 * low, 100 * high


def _sum(*parts: float) -> tuple[float, ...]:
    return (math.fsum(parts),)


_AGAIN: dict[str, Callable[..., tuple[float, ...]]] = {
    "share": _share,
    "wilson": _wilson,
    "newcombe": _newcombe,
    "sum": _sum,
}
