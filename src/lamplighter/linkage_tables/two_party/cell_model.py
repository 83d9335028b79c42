"""Weigh pairs of records about two people each: one mixture of four cells says which are about the same two.

The weights of the two parties are never added up. A pair of records is one of several *kinds*, each with
rates of its own: both people the same; the first the same and the second another; the second the same and
the first another; and in each case the other person may be anybody, or a relative who shares a surname and a
home, and who is the same may have moved. What agrees of both at once (an address, a kind of matter) has a
rate in each kind. So a sure first party and a shared address do not outvote another second party: that is a
kind that expects just this.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from lamplighter.linkage.arrays.pair_ids import pairs_of
from lamplighter.linkage.arrays.row_order import Rows, rows_of_words
from lamplighter.linkage.comparisons.comparison_levels import Kind, kinds
from lamplighter.linkage.frequencies.term_frequencies import Shared
from lamplighter.linkage.model import training
from lamplighter.linkage.model.agreement_patterns import Seen, collapsed
from lamplighter.linkage.model.expectation_maximisation import OF_A_TABLE, learn, starting
from lamplighter.linkage.model.fellegi_sunter import Levels, Mixture, Tables, log_sum, tables
from lamplighter.linkage.model.initials import shares_of_initials, with_initials
from lamplighter.linkage_tables.two_party.days import DAY
from lamplighter.linkage_tables.two_party.record_pairs import BOTH, FIRST, SECOND, Pairs, Scene

Bits = npt.NDArray[np.float64]
SAME, HAS_MOVED = "same", "moved"
CELLS = ("both", "first_only", "second_only", "neither")
MOST_PAIRS_FITTED = 600_000
AT_ONCE = 500_000
ROUNDS_FOR_A_WAY = 15
UNSEEN = 0.5
MOST_ROUNDS = 5
MOVED_ON = 0.5
"""What others have in common is learned until it moves by less than so many bits."""
BEGUN = (0.2, 0.01)
"""Pairs of records about the same two people, for each record, to begin with: straight, and swapped."""
ANOTHER, RELATIVE, MOVED = 0.1, 0.05, 0.02
"""The same of pairs of which one person is the same and the other is another, or a relative, or of which the
one has moved."""


@dataclass(frozen=True, slots=True)
class CellModel:
    """The kinds of pairs of records as arrays, and the odds of a pair, each straight and swapped, and what
    rates and frequencies they rest on."""

    ways: tuple[Tables, Tables]
    cells: npt.NDArray[np.int64]
    odds: Bits
    mixture: Mixture
    kinds: tuple[Kind, ...]


def _kinds(scene: Scene) -> tuple[tuple[Kind, ...], npt.NDArray[np.int64]]:
    """Return the kinds of pairs of records, those of the same two people first, and the cell of each; the
    last cell is of two pairs of people at random.
    """
    household = next(k for k in kinds() if k.name == "household")
    moved = next(k for k in kinds() if k.name == "moved")
    names = {mark: [c for c in scene.table if c.name.startswith(mark)] for mark in (FIRST, SECOND, BOTH)}

    def all_of(mark: str) -> frozenset[str]:
        return frozenset(c.name for c in names[mark])

    def of_a_relative(mark: str) -> frozenset[str]:
        bare = (replace(c, name=c.name.removeprefix(mark)) for c in names[mark])
        return frozenset(mark + c.name for c in bare if household.is_random(c))

    def of_people(names: frozenset[str]) -> frozenset[str]:
        return frozenset(mark + n for mark in (FIRST, SECOND) for n in names)

    changes, stays = of_people(moved.starts_at_random) | all_of(BOTH), of_people(moved.as_same)
    nothing: frozenset[str] = frozenset()

    def made(
        words: str,
        at_random: frozenset[str] = nothing,
        as_same: frozenset[str] = nothing,
        starts_at_random: frozenset[str] = nothing,
        share: float = 0.0,
        like: str | None = None,
    ) -> Kind:
        # Only kinds of other people have a share to begin with.
        return Kind(words, words, share == 0.0, at_random, as_same, starts_at_random, share, like=like)

    found = [(0, made(SAME)), (0, made(HAS_MOVED, starts_at_random=changes, as_same=stays))]
    for cell, kept, changed, who in ((1, FIRST, SECOND, "second"), (2, SECOND, FIRST, "first")):
        same, anybody, relative = all_of(kept), all_of(changed), of_a_relative(changed)
        found += [
            (cell, made(f"another {who}", anybody, same, share=ANOTHER)),
            (cell, made(f"a relative of the {who}", relative, same, share=RELATIVE)),
            # Were it only with both the same that one can have moved, another home would tell of the other.
            (cell, made(f"another {who}, the other moved", anybody, same, share=MOVED, like=HAS_MOVED)),
        ]
    relatives = of_a_relative(FIRST) | of_a_relative(SECOND)
    found.append((3, made("relatives of both", relatives, share=ANOTHER)))
    return tuple(kind for _, kind in found), np.array([*(cell for cell, _ in found), 3])


@dataclass(frozen=True, slots=True)
class _Compared:
    """Pairs of records and their levels (n, c)."""

    pairs: Pairs
    levels: Levels

    @classmethod
    def of(cls, scene: Scene, pairs: Pairs) -> _Compared:
        return cls(pairs, scene.levels(pairs))


def fitted(scene: Scene, pairs: Pairs, shared: tuple[Shared, Shared]) -> tuple[Scene, CellModel]:
    """Return the kinds of pairs, learned from (a sample of) the pairs that were proposed; and the records
    with what others of one victim, or of one suspect, have in common with her, or with him, learned on
    the way.
    """
    n = scene.n
    every = pairs_of(n)
    names, cells = _kinds(scene)
    some = _Compared.of(scene, pairs.at(_sampled(pairs)))
    chance = _Compared.of(scene, Pairs.plain(*training.random_rows(n)))
    times = len(pairs) / max(len(some.pairs), 1)
    weights, odds, moved = np.ones(len(chance.pairs)), np.array(BEGUN) * max(n, 1) / every, np.inf
    supposed, initials = _supposed(n), shares_of_initials(scene.people, scene.table)
    for turn in range(1, MOST_ROUNDS + 1):
        shades = scene.shades(some.pairs, some.levels, shared)
        seen = _seen(scene, some, shades, times)
        random = training.rates_at_random(chance.levels, weights, scene.table)
        begun = starting(scene.table, names, random, n, scene.has)
        begun = with_initials(begun, scene.table, names, initials)
        mixture, odds = learn(
            seen,
            begun,
            scene.table,
            names,
            odds=odds,
            of=np.array([every, every]),
            pairs=every,
            strength=OF_A_TABLE,
            supposed=supposed,
        )
        if turn >= training.ROUNDS_FOR_RANDOM and moved < MOVED_ON:
            break
        arrays = tables(mixture, scene.table, names)
        bits = _bits(arrays, chance, scene.shades(chance.pairs, chance.levels, shared), odds)
        weights = np.exp2(bits[:, -1] - log_sum(bits))
        scene, moved = _with_others(scene, some, _in_cells(_bits(arrays, some, shades, odds), cells))
    ways = [_of_way(g, seen, begun, mixture, float(odds[g]), scene, names) for g in (0, 1)]
    (straight, own), (swapped, other) = ways
    return scene, CellModel((straight, swapped), cells, np.array([own, other]), mixture, names)


def _supposed(records: int) -> Bits:
    """Tell how many pairs about the same two people, straight and swapped, are supposed beside those found.

    A kind of other people counts as so many that none was seen of it (``Strength.unseen``); these count as
    many times as many as they begin with more, or of a few rows that say little of the second people most
    would be of another.
    """
    begun = np.array(BEGUN)
    return np.asarray(np.minimum(begun * records, begun / ANOTHER * OF_A_TABLE.unseen))


def _seen(scene: Scene, some: _Compared, shades: Bits, times: float) -> Seen:
    """Tell how often each pattern is seen; each pair stands for so many (``times``)."""
    pairs, nothing = some.pairs, np.zeros(len(some.pairs))
    tells = rows_of_words(pairs.tells, len(scene.table))
    return collapsed(some.levels, shades, nothing, pairs.swapped.astype(np.int64), tells, times=times)


def _bits(arrays: Tables, some: _Compared, shades: Bits, odds: Bits) -> Bits:
    """Bits of every kind of pair with its prior, while it is learned: (n, kinds)."""
    bits = arrays.with_frequencies(arrays.patterns(some.levels), shades)
    bits[:, arrays.same] += np.log2(odds)[some.pairs.swapped.astype(np.int64)][:, None] + arrays.base
    return bits


def _with_others(scene: Scene, some: _Compared, cells: Bits) -> tuple[Scene, float]:
    """Return the records with what the others of :data:`CELLS` are seen to have in common: ``cells`` (n, 4)
    says how likely each is. And by how many bits that is more or less than before, at the most.
    """
    first, second = cells[:, CELLS.index("second_only")], cells[:, CELLS.index("first_only")]
    sides, table = scene.sides(some.levels), scene.of_people.table
    within = scene.within.learned(some.pairs.left, some.pairs.right, sides, (first, second), table)
    return replace(scene, within=within), within.moved_from(scene.within)


def _of_way(
    way: int, seen: Seen, begun: Mixture, mixture: Mixture, odds: float, scene: Scene, names: tuple[Kind, ...]
) -> tuple[Tables, float]:
    """Tell how common each kind is among straight pairs, or swapped ones, and how what is of both compares in
    each, with rates of the people that are known. Who was the first party before is the first party again far
    oftener than the second, with whomever; and a beat or a home is hers who comes first. Time passes the same
    either way."""
    every = pairs_of(scene.n)
    of_either = [c.name for c in scene.table if not c.name.startswith(BOTH) or c.kind == DAY]
    rates = {k.name: {c: mixture.rates[k.name][c] for c in of_either} for k in names}
    start = replace(mixture, rates={k: {**begun.rates[k], **known} for k, known in rates.items()})
    mine = seen.at(np.flatnonzero(seen.group == way))
    own, found = learn(
        replace(mine, group=np.zeros_like(mine.group)),
        start,
        scene.table,
        tuple(replace(k, known=rates[k.name]) for k in names),
        odds=np.array([odds]),
        of=np.array([every]),
        pairs=every,
        strength=replace(OF_A_TABLE, unseen=UNSEEN),
        rounds=ROUNDS_FOR_A_WAY,
        settling=0,
        supposed=_supposed(scene.n)[way : way + 1],
    )
    return tables(own, scene.table, names), float(found[0])


def _sampled(pairs: Pairs) -> Rows:
    if len(pairs) <= MOST_PAIRS_FITTED:
        return np.arange(len(pairs))
    chosen = np.random.default_rng(20261126).choice(len(pairs), MOST_PAIRS_FITTED, replace=False)
    return np.sort(chosen)


def kind_bits(scene: Scene, pairs: Pairs, shared: tuple[Shared, Shared], model: CellModel) -> Bits:
    """Bits of every kind of pair with its prior: (n, kinds)."""
    found = np.empty((len(pairs), len(model.cells)))
    for arrays, way in zip(model.ways, (~pairs.swapped, pairs.swapped), strict=True):
        rows = np.flatnonzero(way)
        for start in range(0, len(rows), AT_ONCE):
            at = rows[start : start + AT_ONCE]
            part = pairs.at(at)
            levels = scene.levels(part)
            bits = arrays.with_frequencies(arrays.patterns(levels), scene.shades(part, levels, shared))
            bits[:, arrays.same] += prior(part, model)[:, None] + arrays.base
            found[at] = bits
    return found


def bars(scene: Scene, pairs: Pairs, shared: tuple[Shared, Shared], model: CellModel) -> tuple[Levels, Bits]:
    """Levels of some pairs, and what each comparison adds to the log-odds of the same two people: (n, c);
    with :func:`prior` the bars of a pair sum to its weight."""
    levels = scene.levels(pairs)
    shades = scene.shades(pairs, levels, shared)
    straight, swapped = (arrays.bars(levels, shades) for arrays in model.ways)
    return levels, np.where(pairs.swapped[:, None], swapped, straight)


def prior(pairs: Pairs, model: CellModel) -> Bits:
    """Log-odds of pairs before anything is compared: (n,)."""
    return np.asarray(np.log2(model.odds)[pairs.swapped.astype(np.int64)])


def cells_of(bits: Bits, model: CellModel) -> Bits:
    """Return the probabilities of the four cells: (n, 4)."""
    return _in_cells(bits, model.cells)


def _in_cells(bits: Bits, cells: npt.NDArray[np.int64]) -> Bits:
    each = np.exp2(bits - log_sum(bits)[:, None])
    return np.column_stack([each[:, cells == c].sum(axis=1) for c in range(len(CELLS))])


def log_odds(one: Bits, other: Bits) -> Bits:
    """Bits for ``one`` against ``other``, at most 100 either way."""
    with np.errstate(divide="ignore"):
        return np.asarray(np.clip(np.log2(one) - np.log2(other), -100, 100))
