"""Estimate, without labels, how many of the true pairs the blocking rules propose at all.

A match that no key proposes is never seen, so it cannot be counted. But a surname that was mistyped does not
know whether the birth date was too: how often surnames agree is read off matches that other keys proposed,
and so with every field (the idea of capture and recapture, field by field; Sekar and Deming, 1949). Matches
are then made up: what both records hold, and which of their keys are too common to be looked at, is taken
from one match, and whether each field agrees from others, drawn for each field by itself. So each match
that was seen tells how likely ones like it are to be seen, and stands for those that were not (Huggins,
1989; Alho, 1990). Drawing the matches again and again gives the interval.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from lamplighter.linkage.arrays.pair_ids import packed
from lamplighter.linkage.arrays.row_order import Rows
from lamplighter.linkage.blocking import candidate_pairs
from lamplighter.linkage.blocking.blocking_rules import Key, Part
from lamplighter.linkage.blocking.candidate_pairs import Hashed
from lamplighter.linkage.blocking.rule_selection import Sampled, crowded_when_narrowed, is_common
from lamplighter.linkage.features.record_features import Features, related
from lamplighter.linkage.thresholds import LEAST_BELIEF

Bits = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
MOST_LOOKED_AT = 4_000
LIKE_EACH = 15
TIMES = 20
FEWEST = 30
MISSED = ((1.4, 0.003), (2.25, 0.008), (0.75, 0.0))
"""Slips go together in bad records more than can be known here, and now and then nothing is right. On
labelled tables of thirty kinds keys missed so many times what was estimated and so many more: as a rule, at
the most and at the least."""
_SEED = 20261126


@dataclass(frozen=True, slots=True)
class Recall:
    """The share of true pairs that were proposed, with a 95% interval."""

    estimate: float
    lower: float
    upper: float

    def with_brought(self, more: float, most: float) -> Recall:
        """Return the same with ``more`` pairs for each proposed one that others' links brought along: no
        more than the share ``most`` of those that were not proposed.
        """

        def together(proposed: float) -> float:
            return proposed + min(proposed * more, (1 - proposed) * most)

        return Recall(together(self.estimate), together(self.lower), together(self.upper))


@dataclass(frozen=True, slots=True)
class Expected:
    """Matches that were seen in a sample: pairs of rows (n,), how likely each is one (n,), and, for the
    sample itself and for each time that it was drawn again, ``which`` of them and for how many matches,
    seen or not, each of these stands."""

    left: Rows
    right: Rows
    weight: Bits
    turns: Sequence[tuple[Rows, Bits]]

    def among(self, left: Rows, right: Rows, n: int) -> Recall:
        """Return the recall of some pairs of ``n`` rows, left < right."""
        have = np.sort(packed(left, right, n))
        own = packed(np.minimum(self.left, self.right), np.maximum(self.left, self.right), n)
        at = np.minimum(np.searchsorted(have, own), max(len(have) - 1, 0))
        there = have[at] == own if len(have) else np.zeros(len(own), dtype=bool)
        found = [
            float((self.weight * there)[which].sum() / stands_for.sum()) for which, stands_for in self.turns
        ]
        lower, upper = np.quantile(found[1:], [0.025, 0.975])
        estimate, low, high = (
            max(1 - times * (1 - min(float(proposed), 1.0)) - always, 0.0)
            for (times, always), proposed in zip(MISSED, (found[0], lower, upper), strict=True)
        )
        return Recall(max(estimate, low), low, max(estimate, high))


@dataclass(frozen=True, slots=True)
class _Matches:
    """Matches among the sampled pairs. ``weight`` (n,): how likely each is one; ``agree`` and ``held``
    (n, parts): whether a part is the same, and is there at all; ``families``: parts of one recorded value,
    and ``told`` which matches tell how often it agrees."""

    weight: Bits
    agree: Bools
    held: Bools
    families: list[Rows]
    told: list[Bools]


@dataclass(frozen=True, slots=True)
class _Needs:
    """Hold what a key needs: its parts, and where it is ``common`` (n,) one of those that narrow it, if
    it is not ``crowded`` (n, narrow) then too."""

    parts: list[int]
    narrow: list[int]
    common: Bools
    crowded: Bools


@dataclass(frozen=True, slots=True)
class Proposed:
    """``sampled`` pairs of some ``features``, which ``keys`` proposed and each of which is a match as
    ``belief`` says; ``rows`` of all records are those of the features."""

    features: Features
    keys: Sequence[Key]
    sampled: Sampled
    belief: Bits
    rows: Rows


def expected(proposed: Proposed) -> Expected | None:
    """Matches among the pairs of a sample, and those they stand for; None where too few are matches."""
    features, keys, sampled, belief, rows = (
        proposed.features, proposed.keys, proposed.sampled, proposed.belief, proposed.rows,
    )  # fmt: skip
    at = np.flatnonzero(belief > LEAST_BELIEF)
    if belief[at].sum() < FEWEST:
        return None
    if len(at) > MOST_LOOKED_AT:
        at = np.sort(np.random.default_rng(_SEED).choice(at, MOST_LOOKED_AT, replace=False))
    hashed = Hashed(features)
    left, right, members = sampled.left[at], sampled.right[at], sampled.members[at]
    parts = sorted({p for k in keys for p in (*k.parts, *k.narrow)}, key=repr)
    # A part lies in one piece: it is looked up over and over.
    agree = np.array([candidate_pairs.shares_part(hashed, p, left, right) for p in parts]).T
    held = np.array(
        [
            candidate_pairs.holds_part(hashed, p, left) & candidate_pairs.holds_part(hashed, p, right)
            for p in parts
        ]
    ).T
    families = _families(parts)
    told = [
        _without(keys, members, {parts[i].column for i in family}) & held[:, family].any(axis=1)
        for family in families
    ]
    matches = _Matches(belief[at] * sampled.times[at], agree, held, families, told)
    needs = [
        _Needs(
            [parts.index(p) for p in key.parts],
            [parts.index(p) for p in key.narrow],
            is_common(key, hashed, crowds, left),
            crowded_when_narrowed(key, hashed, crowds, left),
        )
        for key, crowds in zip(keys, sampled.crowds, strict=True)
    ]
    rng = np.random.default_rng(_SEED)
    turns = [_stands_for(rng, matches, needs, again=turn > 0) for turn in range(TIMES + 1)]
    return Expected(rows[left], rows[right], matches.weight, turns)


def _families(parts: Sequence[Part]) -> list[Rows]:
    """Parts by the recorded value that they are made of."""
    groups: dict[frozenset[str], list[int]] = {}
    for i, p in enumerate(parts):
        groups.setdefault(frozenset(related({p.column})), []).append(i)
    return [np.array(g, dtype=np.int64) for g in groups.values()]


def _without(keys: Sequence[Key], members: Bools, columns: set[str]) -> Bools:
    """Return which matches some key proposed without the help of these columns."""
    family = related(columns)
    free = [i for i, k in enumerate(keys) if not related(k.columns()) & family]
    return np.asarray(members[:, free].any(axis=1)) if free else np.zeros(len(members), dtype=bool)


def _stands_for(
    rng: np.random.Generator, matches: _Matches, needs: Sequence[_Needs], *, again: bool
) -> tuple[Rows, Bits]:
    """Return which matches, drawn anew where it is done ``again``, and for how many matches each one
    stands."""
    weight, n = matches.weight, len(matches.weight)
    rows = rng.integers(0, n, n) if again else np.arange(n)
    base = np.repeat(rows, LIKE_EACH)
    made = np.zeros((matches.agree.shape[1], len(base)), dtype=bool)
    for family, told in zip(matches.families, matches.told, strict=True):
        pool = rows[told[rows]]
        if weight[pool].sum() < FEWEST:
            # Nothing proposed a match without this field: it is taken to agree as it does where it helped.
            pool = rows[matches.held[np.ix_(rows, family)].any(axis=1)]
        if len(pool):
            like = _drawn(rng, pool, weight, len(base))
            for part in family:
                made[part] = matches.agree[:, part][like] & matches.held[:, part][base]
    proposed = np.zeros(len(base), dtype=bool)
    for need in needs:
        few = ~need.common[base]
        for i, part in enumerate(need.narrow):
            few |= made[part] & ~need.crowded[:, i][base]
        proposed |= made[need.parts].all(axis=0) & few
    seen = proposed.reshape(n, LIKE_EACH).mean(axis=1)
    # As many as are made for one to be seen (Huggins and Alho).
    return rows, weight[rows] / np.maximum(seen, 1 / LIKE_EACH)


def _drawn(rng: np.random.Generator, rows: Rows, weight: Bits, many: int) -> Rows:
    """Some of the rows, each as often as it is likely to be a match."""
    upto, last = np.cumsum(weight[rows]), len(rows) - 1
    wanted = rng.random(many) * upto[-1]
    # Where to look first is read off a table, from which few steps are left (Chen and Asau, 1974).
    begin = np.searchsorted(upto, np.arange(last + 1) * (upto[-1] / (last + 1)), side="right")
    found = np.minimum(begin[np.maximum((wanted * ((last + 1) / upto[-1])).astype(np.int64) - 1, 0)], last)
    short = np.flatnonzero((upto[found] <= wanted) & (found < last))
    while len(short):
        found[short] += 1
        short = short[(upto[found[short]] <= wanted[short]) & (found[short] < last)]
    return np.asarray(rows[found])
