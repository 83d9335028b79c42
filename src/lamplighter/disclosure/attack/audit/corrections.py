"""Knowledge of a reader who hears that some figures were put right: that all the others were not.

A figure of the later state in which nobody of a corrected one can be is the earlier figure, printed again,
and may be hidden in one edition and shown in the other. What was corrected can be subtracted.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from lamplighter.disclosure.attack.reading import Papers

#: Codes by dimension, without those that are totals.
Told = tuple[tuple[str, str], ...]
#: How what lies between two areas is named, after the wider one.
WITHOUT = " without "


@dataclass(frozen=True)
class Corrections:
    """By measure and the state after a correction: the state before, and the cells that were put right."""

    states: Mapping[tuple[str, str], tuple[str, tuple[Told, ...]]] = field(default_factory=dict)
    above: Mapping[tuple[str, str], frozenset[str]] = field(default_factory=dict)

    def since(self, measure: str, as_at: str, codes: Told) -> str:
        """Return the earliest state in which this figure is known to have been what it is."""
        while (measure, as_at) in self.states:
            before, cells = self.states[measure, as_at]
            if any(self._can_share(dict(codes), cell) for cell in cells):
                break
            as_at = before
        return as_at

    def after(self, measure: str, as_at: str) -> Iterator[str]:
        """Yield each state that corrects this one, or one that corrects it, and so on."""
        for (own, late), (early, _) in self.states.items():
            if (own, early) == (measure, as_at):
                yield late
                yield from self.after(measure, late)

    def _can_share(self, mine: Mapping[str, str], cell: Told) -> bool:
        return all(self._overlap(dim, mine[dim], code) for dim, code in cell if dim in mine)

    def _overlap(self, dim: str, one: str, other: str) -> bool:
        one, _, taken_off = one.partition(WITHOUT)
        if taken_off in self._around(dim, other):
            return False
        return one in self._around(dim, other) or other in self._around(dim, one)

    def _around(self, dim: str, code: str) -> frozenset[str]:
        return self.above.get((dim, code), frozenset((code,)))


def corrections(papers: Papers) -> Corrections:
    """Return what the papers say was corrected."""
    if not papers.corrections:
        return Corrections()
    states = {
        (str(c["measure"]), str(c["after"])): (
            str(c["before"]),
            tuple(tuple((str(d), str(code)) for d, code in cell.items()) for cell in c["cells"]),
        )
        for c in papers.corrections
    }
    above = {
        (dim, code): frozenset(_climb(listed, code))
        for dim, listed in papers.dimensions.items()
        for code in listed
    }
    return Corrections(states, above)


def _climb(listed: Mapping[str, Mapping[str, object]], code: str) -> Iterator[str]:
    """Yield a code and every code that holds it, as a sum or around it; the total is none of them."""
    todo, seen = [code], set()
    while todo:
        at = todo.pop()
        if at in seen or at not in listed:
            continue
        seen.add(at)
        yield at
        todo += [str(listed[at][way]) for way in ("parent", "within") if listed[at].get(way) is not None]
