"""Bring into beliefs what they did not use: how true and false pairs differ in something else.

Beliefs of pairs may be right on average, and wrong for the pairs that matter: records of one person follow
one another sooner, and more often in one force, than records of two people who look alike. A belief made of
names alone does not know it, and draws from it hide reoffending in every draw alike. How often each kind of
pair (a band of days between the records, say, within or across forces) is found among true and among false
ones is learned from the pairs and their beliefs themselves, by the EM algorithm; no pair needs to be judged
by hand. Each belief then changes by Bayes' rule.

It assumes that the kind has nothing more to do with the belief once it is known whether a pair is true: give
pairs in doubt alone, since certain ones are another sort of pair.

Source: Dempster, Laird and Rubin, JRSS B 1977, 39: 1-38; the model is Fellegi and Sunter's with one more
comparison.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from lamplighter.statistics.arrays import checks
from lamplighter.statistics.arrays.checks import Floats
from lamplighter.statistics.arrays.errors import DidNotConverge, ValueRefused

_STEPS, _SETTLED = 5_000, 1e-6


@dataclass(frozen=True, slots=True)
class RefinedBeliefs:
    """Beliefs after the kinds of pairs are known.

    ``among_true`` and ``among_false`` (kinds,) are the shares of each kind, in the order of ``kinds``.
    """

    belief: Floats
    kinds: tuple[Any, ...]
    among_true: Floats
    among_false: Floats
    steps: int


def refine(beliefs: Any, kind: Any) -> RefinedBeliefs:
    """Return beliefs that know of the kind of each pair.

    Args:
        beliefs: (n,) that each pair is true, between 0 and 1, right on average for each value.
        kind: (n,) labels of kinds.

    Raises:
        ValueRefused: a belief is not between 0 and 1, or nothing is in doubt.
        DidNotConverge: the shares did not settle.
    """
    p = checks.numbers(beliefs, "beliefs")
    checks.some(p.size, "beliefs", 2)
    outside = (p < 0) | (p > 1)
    if outside.any():
        raise ValueRefused(
            "not between 0 and 1", array="beliefs", index=int(np.argmax(outside)), remedy="Give shares."
        )
    codes, labels = checks.labels(kind, "kind", length=p.size)
    if not 0 < p.mean() < 1:
        raise ValueRefused("nothing is in doubt", array="beliefs", index=0, remedy="Leave them as they are.")
    k = len(labels)
    now = p
    true = false = np.full(k, 1 / k)
    for step in range(1, _STEPS + 1):
        true = np.bincount(codes, weights=now, minlength=k) / now.sum()
        false = np.bincount(codes, weights=1 - now, minlength=k) / (1 - now).sum()
        one, other = p * true[codes], (1 - p) * false[codes]
        after = np.divide(one, one + other, out=p.copy(), where=one + other > 0)
        moved = float(np.abs(after - now).max())
        now = after
        if moved < _SETTLED:
            return RefinedBeliefs(now, labels, true, false, step)
    raise DidNotConverge(
        f"shares did not settle in {_STEPS} steps", array="kind", remedy="Give fewer kinds of pairs."
    )
