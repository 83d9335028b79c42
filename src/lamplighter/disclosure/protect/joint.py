"""Say which dimensions have to be taken together, for what several tables tell of the same people at once.

Tables that hang together like the branches of a tree say no more than each says beside the margins it shares.
Where they close a ring (force by sex, sex by age, age by force), one table of force by sex by age must lie
behind all three, with nobody fewer than none in any cell, and that says more than their margins do. The
dimensions are made into a graph, chords are added until no ring is open, and the cliques that no table has
are what must be written down as well (Lauritzen and Spiegelhalter, 1988; Dobra and Fienberg, 2000).
"""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from lamplighter.disclosure.tables import TOTAL, Correction

#: With more combinations of the smallest codes than this the programmes come to no end in a minute or two.
MOST = 2_000

Dims = tuple[str, ...]
#: Codes that have parts, each with the ways in which it is made up.
Ways = dict[str, list[tuple[str, ...]]]


@dataclass(frozen=True)
class Joint:
    """Dimensions to be taken together in one state of a measure, and the margins that others share."""

    measure: str
    as_at: str
    dims: Dims
    shared: tuple[Dims, ...]


def joints(
    printed: Iterable[tuple[str, str, Dims]], growing: Collection[str], corrections: Collection[Correction]
) -> Iterator[Joint]:
    """Yield what no table has and several tables together tell of.

    States of the data that grow, or of which a figure was corrected, are told of by the tables of each. Whom
    a correction touched is known by the dimensions it names, so these belong to every table of the measure.
    """
    tables: dict[str, dict[str, set[frozenset[str]]]] = defaultdict(lambda: defaultdict(set))
    for measure, as_at, dims in printed:
        tables[measure][as_at].add(frozenset(dims))
    for measure, states in tables.items():
        every = {dims for own in states.values() for dims in own}
        named = {d for c in corrections if c.measure == measure for cell in c.cells for d, _ in cell}
        touched = named & {dim for dims in every for dim in dims}
        for as_at, own in states.items():
            linked = touched or measure in growing
            mine = {dims | touched for dims in every} if linked else own
            found = cliques(mine)
            for clique in found:
                if clique in own:
                    continue
                shared = {clique & other for other in (*found, *own, *mine)} - {clique}
                yield Joint(
                    measure,
                    as_at,
                    tuple(sorted(clique)),
                    tuple(sorted(tuple(sorted(s)) for s in shared if not any(s < other for other in shared))),
                )


def cliques(tables: Collection[frozenset[str]]) -> list[frozenset[str]]:
    """Return the cliques of the dimensions' graph once every ring has its chords, the fewest at each step."""
    beside: dict[str, set[str]] = {dim: set() for dims in tables for dim in dims}
    for dims in tables:
        for one, other in itertools.permutations(dims, 2):
            beside[one].add(other)
    found: list[frozenset[str]] = []

    def missing(dim: str) -> int:
        return sum(b not in beside[a] for a, b in itertools.combinations(beside[dim], 2))

    while beside:
        dim = min(sorted(beside), key=lambda d: (missing(d), len(beside[d])))
        clique = frozenset({dim, *beside[dim]})
        if not any(clique <= other for other in found):
            found.append(clique)
        for one, other in itertools.permutations(beside[dim], 2):
            beside[one].add(other)
        for other in beside.pop(dim):
            beside[other].discard(dim)
    return found


def pieces(code: str, ways: Ways) -> tuple[str, ...]:
    """Return the smallest codes that a code is made of; one that is made up in two ways is left whole."""
    if len(ways.get(code, ())) != 1:
        return (code,)
    return tuple(piece for part in ways[code][0] for piece in pieces(part, ways))


def smallest(codes: Iterable[str], ways: Ways) -> tuple[str, ...]:
    """Return every piece of these codes once; the total is none."""
    return tuple(sorted({p for code in codes for p in pieces(code, ways)} - {TOTAL}))
