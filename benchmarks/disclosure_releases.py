"""Random releases for the disclosure room: linked tables, hierarchies, two dates, zeros, skewed counts.

Every release is drawn from people of a made-up world, so that its tables agree with each other; the second
date is the same world later, with more people.
"""

from __future__ import annotations

import itertools
from collections import Counter
from dataclasses import dataclass

import numpy as np

from lamplighter.disclosure.tables import TOTAL, Cell, Code, Codes, Dimension, Release, Table

OUTCOMES = ("charged", "withdrew", "no-further-action", "open")
SEXES = ("women", "men")


@dataclass(frozen=True)
class Drawn:
    """A release and the one before it, if there are two dates."""

    release: Release
    earlier: Release | None


def draw(seed: int, *, largest: int = 6, small: bool = False) -> Drawn:
    """A random release of 1 to ``largest`` linked tables; every second one has an earlier date.

    ``small`` draws fewer forces and ages and no table of three dimensions.
    """
    rng = np.random.default_rng([20_261_124, seed])
    dimensions = _dimensions(rng, 3 if small else 4)
    two = bool(rng.random() < 0.5)
    how = str(rng.choice(["grows", "periods", "areas"])) if two else "none"
    people = _people(rng, dimensions, int(rng.choice([60, 200, 800, 3_000])))
    wanted = _wanted(rng, dimensions, int(rng.integers(1, largest + 1)), how, deep=not small)
    if how == "none":
        return Drawn(_release("now", dimensions, people, wanted, rng), None)
    share = float(rng.choice([0.85, 0.95, 0.99]))
    early = people[: int(len(people) * share)]
    if how == "grows":
        first = _release("first", dimensions, early, wanted, rng, as_at="2026-01", grows=True)
        return Drawn(_release("second", dimensions, people, wanted, rng, as_at="2026-02", grows=True), first)
    if how == "periods":
        # The same data, first only up to March, then up to June: "to June less to March" is a group too.
        nested = Dimension("period", (Code("to-march", "", None, "to-june"), Code("to-june", "", None)))
    else:
        nested = Dimension("area", (Code("old-town", "", None, "new-town"), Code("new-town", "", None)))
    inner, outer = (code.code for code in nested.codes)
    first = _nested(_release("first", dimensions, early, wanted, rng), nested, inner)
    return Drawn(_nested(_release("second", dimensions, people, wanted, rng), nested, outer), first)


def _dimensions(rng: np.random.Generator, most: int) -> list[Dimension]:
    regions = int(rng.integers(1, most))
    codes = []
    for r in range(regions):
        codes.append(Code(f"region-{r}"))
        codes += [Code(f"force-{r}-{f}", "", f"region-{r}") for f in range(int(rng.integers(1, most)))]
    force = Dimension("force", tuple(codes))
    outcome = Dimension("outcome", tuple(Code(o) for o in OUTCOMES[: int(rng.integers(2, most + 1))]))
    sex = Dimension("sex", tuple(Code(s) for s in SEXES))
    age = Dimension("age", tuple(Code(f"age-{a}") for a in range(int(rng.integers(2, most + 1)))))
    return [force, outcome, sex, age]


def _leaves(dimension: Dimension) -> list[str]:
    parents = {code.parent for code in dimension.codes}
    return [code.code for code in dimension.codes if code.code not in parents]


def _people(rng: np.random.Generator, dimensions: list[Dimension], size: int) -> list[Codes]:
    columns = []
    for dimension in dimensions:
        leaves = _leaves(dimension)
        skew = rng.dirichlet(np.full(len(leaves), float(rng.choice([0.4, 1.0, 4.0]))))
        columns.append([leaves[i] for i in rng.choice(len(leaves), size, p=skew)])
    return list(zip(*columns, strict=True))


def _wanted(
    rng: np.random.Generator, dimensions: list[Dimension], tables: int, how: str, *, deep: bool
) -> list[tuple[tuple[int, ...], bool]]:
    pairs = [c for n in (1, 2) for c in itertools.combinations(range(len(dimensions)), n)]
    pairs += [(0, 1, 2), (1, 2, 3)] if deep and (how == "none" or rng.random() < 0.2) else []
    chosen = rng.choice(len(pairs), min(tables, len(pairs)), replace=False)
    return [(pairs[i], bool(rng.random() < 0.3)) for i in sorted(chosen.tolist())]


def _release(
    name: str,
    dimensions: list[Dimension],
    people: list[Codes],
    wanted: list[tuple[tuple[int, ...], bool]],
    rng: np.random.Generator,
    *,
    as_at: str = "",
    grows: bool = False,
) -> Release:
    tables = []
    for number, (of, without_regions) in enumerate(wanted):
        tables.append(
            Table(
                name=f"table-{number}",
                title=f"Table {number}",
                measure="allegations",
                dimensions=tuple(dimensions[d].name for d in of),
                cells=_count(people, dimensions, of, without_regions=without_regions),
                as_at=as_at,
                grows=grows,
                percent_of=(dimensions[of[-1]].name,) if number % 2 else (),
                decimals=number % 3,
            )
        )
    return Release(name, name.title(), f"2026-{name}", tuple(dimensions), tuple(tables))


def _count(
    people: list[Codes], dimensions: list[Dimension], of: tuple[int, ...], *, without_regions: bool
) -> dict[Codes, Cell]:
    codes = []
    for d in of:
        mine = [TOTAL, *(code.code for code in dimensions[d].codes)]
        if without_regions:
            mine = [c for c in mine if not c.startswith("region")]
        codes.append(mine)
    counted: Counter[Codes] = Counter()
    for person, many in Counter(tuple(person[d] for d in of) for person in people).items():
        lines = [dimensions[d].line_of(code) for d, code in zip(of, person, strict=True)]
        for cell in itertools.product(*lines):
            counted[cell] += many
    return {cell: Cell(float(counted[cell])) for cell in itertools.product(*codes)}


def _nested(release: Release, nested: Dimension, code: str) -> Release:
    return Release(
        release.name,
        release.title,
        release.edition,
        (*release.dimensions, nested),
        tuple(
            Table(
                t.name,
                t.title,
                t.measure,
                (*t.dimensions, nested.name),
                {(*codes, code): cell for codes, cell in t.cells.items()},
                percent_of=t.percent_of,
                decimals=t.decimals,
            )
            for t in release.tables
        ),
    )
