"""Hold the one partition that was published against what is believed: a bias, signed, by group.

A link that is false makes one person of two, and reoffenders of people who did nothing again; a link that was
missed hides a reoffender. The two pull in opposite directions and may cancel in the whole while a group bears
one of them. They are told apart by a partition that lies between: what the published one and a draw agree on
(their meet), which is the published one with the links taken apart that the draw does not believe, and
nothing joined.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from lamplighter.statistics.arrays import checks
from lamplighter.statistics.arrays.checks import Floats, Ints
from lamplighter.statistics.arrays.errors import NotAnArray, ValueRefused


@dataclass(frozen=True, slots=True)
class SignedBias:
    """By group (groups,): how much the published rate is too high (above 0) or too low.

    ``false_links`` and ``missed_links`` add up to ``bias``. ``error`` is that of the bias, from the draws.
    """

    groups: tuple[Any, ...]
    published: Floats
    bias: Floats
    false_links: Floats
    missed_links: Floats
    error: Floats
    draws: int


def meet(first: Any, second: Any) -> Ints:
    """Return the partition on which two agree: records are together where both have them together.

    Labels are 0, 1, ... in order of the pairs of labels.
    """
    a, _ = _codes(first, "first")
    b, _ = _codes(second, "second", a.size)
    width = int(b.max()) + 1 if b.size else 1
    _, out = np.unique(a * width + b, return_inverse=True)
    return np.asarray(out.reshape(-1), dtype=np.int64)


def splits_and_merges(published: Any, drawn: Any) -> tuple[int, int]:
    """Return how many more people a draw takes the published ones apart into, and how many it then joins."""
    met = int(meet(published, drawn).max(initial=-1)) + 1
    return met - len(_codes(published, "published")[1]), met - len(_codes(drawn, "drawn")[1])


def signed_bias(published: Any, met: Any, drawn: Any, groups: Any = None) -> SignedBias:
    """Return the bias of the published rates, signed, by group.

    Args:
        published: (groups,) the rate of the published partition in each group.
        met: (draws, groups) the rate on the meet of the published partition and each draw.
        drawn: (draws, groups) the rate on each draw.
        groups: (groups,) labels; numbers without them.
    """
    one = checks.numbers(np.atleast_1d(np.asarray(published)), "published")
    split = checks.columns(met, None, "met")
    whole = checks.columns(drawn, split.shape[0], "drawn")
    if split.shape != whole.shape or split.shape[1] != one.size:
        raise NotAnArray(
            f"has shape {whole.shape} where (draws, {one.size}) is needed",
            array="drawn",
            remedy="Give a row a draw and a column a group, for met and drawn alike.",
        )
    if split.shape[0] < 2:
        raise ValueRefused("one draw", array="drawn", index=0, remedy="Give two or more.")
    names = tuple(range(one.size)) if groups is None else tuple(groups)
    if len(names) != one.size:
        raise NotAnArray(
            f"{len(names)} labels for {one.size} groups", array="groups", remedy="Give one each."
        )
    draws = split.shape[0]
    too_much = one - split.mean(axis=0)
    too_little = (split - whole).mean(axis=0)
    return SignedBias(
        groups=names,
        published=one,
        bias=one - whole.mean(axis=0),
        false_links=too_much,
        missed_links=too_little,
        error=np.sqrt(whole.var(axis=0, ddof=1) * (1 + 1 / draws)),
        draws=draws,
    )


def _codes(values: Any, name: str, length: int | None = None) -> tuple[Ints, tuple[Any, ...]]:
    size = np.asarray(values).size if length is None else length
    return checks.labels(values, name, length=size)
