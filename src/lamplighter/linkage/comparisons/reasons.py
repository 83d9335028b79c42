"""Say what a bar says: a reason, in words that many pairs share. The bits that it is worth are the pair's
own."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from lamplighter.linkage.comparisons import weight_bars
from lamplighter.linkage.comparisons.comparison_levels import Comparison

Bar = dict[str, Any]
_PARTS: dict[str, int] = {}


class Reason(NamedTuple):
    """A bar of ``weight_bars.BAR`` without its weight."""

    comparison: str
    title: str
    level: str
    words: str


def bars_of(reasons: Iterable[Reason], bits: Iterable[float]) -> list[Bar]:
    """Bars as ``weight_bars.BAR`` has them."""
    return [{**r._asdict(), "weight": b} for r, b in zip(reasons, bits, strict=True)]


def parts_of(reasons: Iterable[Reason]) -> npt.NDArray[np.int64]:
    """Return what each reason is about, as a number that this process gives to a comparison: shape (n,)."""
    return np.array([part_of(r.comparison) for r in reasons], dtype=np.int64)


def part_of(comparison: str) -> int:
    return _PARTS.setdefault(comparison, len(_PARTS))


def names_of_parts() -> list[str]:
    """Return the comparisons in the order of their numbers."""
    return list(_PARTS)


@lru_cache(64)
def before(kind: str) -> Reason:
    """Return what was known of a pair of this kind before anything was compared."""
    level = "within" if kind == "within" else "prior"
    words = weight_bars.PRIOR_WORDS.get(kind, weight_bars.OTHERWISE)
    return Reason(weight_bars.PRIOR, weight_bars.CONTEXT_WORDS[weight_bars.PRIOR][0], level, words)


@lru_cache(64)
def beside(name: str, towards: bool, kind: str) -> Reason:
    """Return what the rest of two reports says for (``towards``) or against a pair of this kind."""
    other = weight_bars.OTHER_PARTY.get(kind, weight_bars.ANYBODY)
    words = weight_bars.TOLD[name][0 if towards else 1].format(other)
    return Reason(name, weight_bars.CONTEXT_WORDS[name][0], "context", words)


_BESIDE = (
    weight_bars.SHARED,
    weight_bars.DESCRIBED,
    weight_bars.MATTER,
    weight_bars.APART,
    weight_bars.RELATED,
    weight_bars.TOGETHER,
)


class Told:
    """Every reason that a table can give, by number: ``every``; ``parts``, what each is about.

    ``before`` (kinds,): the number of :func:`before`, by the number of a kind of pair; ``beside`` (6, 2,
    kinds): those of what the other party, the relationship words, the matter, the time between, one home or
    family, and the records that the two belong with add, against and for; ``levels`` (c, v): those of the
    levels of each comparison.
    """

    def __init__(self, table: Sequence[Comparison], kinds: Sequence[str]) -> None:
        self.every: list[Reason] = []
        self.before = np.array([self._number(before(k)) for k in kinds])
        self.beside = np.array(
            [
                [[self._number(beside(n, towards, k)) for k in kinds] for towards in (False, True)]
                for n in _BESIDE
            ]
        )
        self.levels = np.zeros((len(table), max(len(c.levels) for c in table)), dtype=np.int64)
        for i, c in enumerate(table):
            for v in c.levels:
                self.levels[i, v.value] = self._number(Reason(c.name, c.title, v.name, v.title))
        self.parts = parts_of(self.every)

    def _number(self, reason: Reason) -> int:
        self.every.append(reason)
        return len(self.every) - 1
