"""People with several codes at once, whom no sheet counts but several sheets tell of.

Force by sex, sex by age and age by force are three sides of one table. Whoever holds all three knows that it
exists, with nobody fewer than none in any cell: that can say more than the margins that the sheets share.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain, combinations, product
from math import prod

from lamplighter.disclosure.attack.audit.corrections import WITHOUT
from lamplighter.disclosure.attack.reading import Papers

Dims = frozenset[str]
Name = tuple[str, str, tuple[tuple[str, str], ...]]
ALL = "all"
#: Of more combinations than this it cannot be found out in a minute or two what they allow.
MOST = 2_000


def crossings(papers: Papers, beyond: set[str]) -> Iterator[tuple[Name, list[Name]]]:
    """Yield each sum over people with several codes at once: of whom, and the pieces that add up to it.

    One state of the data that follows from another by growth or by a correction is told of by the sheets of
    both. A correction says by some dimensions whom it touched; the others are the same in both states.
    Measures of which more would have to be asked than can be answered are put into ``beyond``.
    """
    sheets: dict[str, dict[str, set[Dims]]] = defaultdict(lambda: defaultdict(set))
    seen: dict[tuple[str, str], set[str]] = defaultdict(set)
    tied = {str(sheet.spec["measure"]) for sheet in papers.sheets if sheet.spec.get("grows")}
    mended: dict[str, set[str]] = defaultdict(set)
    for sheet in papers.sheets:
        measure, as_at = sheet.universe
        sheets[measure][as_at].add(frozenset(map(str, sheet.spec["dimensions"])))
        for dim, code in chain.from_iterable(figure.codes for figure in sheet.figures):
            seen[measure, dim].add(code)
    for correction in papers.corrections:
        mended[str(correction["measure"])] |= {str(dim) for cell in correction["cells"] for dim in cell}
    for measure, states in sheets.items():
        every = set(chain.from_iterable(states.values()))
        names = mended[measure] & set(chain.from_iterable(every))
        lines = {dim: _Line(papers, dim, seen[measure, dim]) for dim in chain.from_iterable(every)}
        for as_at, own in states.items():
            drawn = {dims | names for dims in every} if names or measure in tied else own
            sets = meeting(drawn)
            for dims in sets:
                if dims in own:
                    continue
                if prod(len(lines[dim].codes) for dim in dims) > MOST:
                    beyond.add(measure)
                else:
                    sides = {dims & other for other in sets | own | drawn} - {dims}
                    for whole, parts in _sums(dims, sides, lines):
                        yield (measure, as_at, whole), [(measure, as_at, part) for part in parts]


def meeting(tables: Iterable[Dims]) -> set[Dims]:
    """Return the sets of dimensions that have to be looked at together.

    Dimensions of one sheet are linked. One after another is taken away, the one that leaves fewest of its
    neighbours unlinked, and what is left of its neighbourhood is linked.
    """
    left = set(chain.from_iterable(tables))
    linked = {pair for dims in tables for pair in map(frozenset, combinations(dims, 2))}
    found: set[Dims] = set()

    def around(dim: str) -> list[str]:
        return sorted(other for other in left if frozenset((dim, other)) in linked and other != dim)

    def unlinked(dim: str) -> tuple[int, str]:
        return sum(frozenset(pair) not in linked for pair in combinations(around(dim), 2)), dim

    while left:
        gone = min(left, key=unlinked)
        near = around(gone)
        linked |= {frozenset(pair) for pair in combinations(near, 2)}
        left.remove(gone)
        if not any({gone, *near} <= other for other in found):
            found.add(frozenset((gone, *near)))
    return found


class _Line:
    """One dimension of a measure: what its codes are made of."""

    def __init__(self, papers: Papers, dim: str, seen: set[str]) -> None:
        listed = papers.dimensions.get(dim, {})
        children: Mapping[str, list[str]] = defaultdict(list)
        for code, spec in listed.items():
            if spec.get("parent") is not None:
                children[str(spec["parent"])].append(code)
        self.made: dict[str, list[list[str]]] = defaultdict(list)
        codes, todo = {ALL}, sorted(seen)
        while todo:
            code = todo.pop()
            if code in codes:
                continue
            codes.add(code)
            parent = listed.get(code, {}).get("parent")
            if parent is not None:
                if children[parent] not in self.made[parent]:
                    self.made[parent].append(children[parent])
                todo += [parent, *children[parent]]
            outer = listed.get(code, {}).get("within")
            for _ in listed:  # no further out than there are codes
                if outer is None:
                    break
                if outer in seen:
                    self.made[outer].append([code, f"{outer}{WITHOUT}{code}"])
                outer = listed.get(outer, {}).get("within")
        self.codes = sorted({piece for code in codes for piece in self.pieces(code)} - {ALL})
        #: Codes that are made up in several ways; each of them is one sum.
        self.twice = {code: made for code, made in self.made.items() if len(made) > 1 and code != ALL}

    def pieces(self, code: str) -> list[str]:
        """Return the smallest codes that add up to one; one that is made up in several ways is its own."""
        made = self.made.get(code, [])
        return [code] if len(made) != 1 else [p for part in made[0] for p in self.pieces(part)]


def _sums(
    dims: Dims, sides: set[Dims], lines: Mapping[str, _Line]
) -> Iterator[tuple[tuple[tuple[str, str], ...], list[tuple[tuple[str, str], ...]]]]:
    """Yield what the cells of these dimensions add up to: the cells of every side, and each code of parts."""
    added: list[tuple[dict[str, list[str]], dict[str, str]]] = [
        ({dim: lines[dim].pieces(ALL) for dim in sorted(dims - side)}, {})
        for side in sides
        if not any(side < other for other in sides)
    ]
    for dim in sorted(dims):
        for code, made in lines[dim].twice.items():
            added += [
                ({dim: [p for part in parts for p in lines[dim].pieces(part)]}, {dim: code}) for parts in made
            ]
    for over, whole in added:
        if [ALL] in over.values():
            continue  # codes that stand apart from the total add up to nothing
        fixed = sorted(dims - over.keys())
        for codes in product(*(lines[dim].codes for dim in fixed)):
            rest = dict(zip(fixed, codes, strict=True))
            parts = [rest | dict(zip(over, own, strict=True)) for own in product(*over.values())]
            yield tuple(sorted((rest | whole).items())), [tuple(sorted(part.items())) for part in parts]
