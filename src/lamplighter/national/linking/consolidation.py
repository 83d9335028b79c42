"""Consolidate once: what hangs together across forces becomes persons, under constraints and decisions.

Persons of forces are the rows, and what was said of each two of them the evidence: groups are joined best
first as records are, so that one strong false edge chains nobody. Whoever stands in one report as somebody
else is never that person. A component that is too large to be one person's (a hostel's telephone, a number
that stands for "not known") is cut at a higher bar, and named.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from lamplighter.linkage.arrays import components
from lamplighter.linkage.arrays.components import LARGEST_GROUP
from lamplighter.linkage.arrays.row_order import Rows, numbered
from lamplighter.linkage.clustering import clusters, join_weights
from lamplighter.linkage.clustering.cluster_evidence import Holds
from lamplighter.linkage.clustering.decisions import Standing
from lamplighter.linkage.clustering.profiles import Evidence
from lamplighter.linkage.engines.protocol import Engine
from lamplighter.linkage.model.parameters import Model
from lamplighter.national.linking.border_reports import Judged

Bits = npt.NDArray[np.float64]
HIGHEST = 60.0
STEP = 4.0
"""A component that is too large is cut at so many bits more, again and again, up to the highest."""


@dataclass(frozen=True, slots=True)
class Capped:
    """A component that was too large: how many persons of forces it had, of which forces, what held it
    together most often, at which bar (bits) it was cut, and how many edges that cost; ``members``: the
    numbers of its persons, for the linker alone."""

    persons: int
    forces: tuple[str, ...]
    held_by: tuple[str, ...]
    bar: float
    edges_cut: int
    members: tuple[int, ...] = ()

    def figures(self) -> dict[str, Any]:
        """Return what may be told of it to others."""
        return {k: v for k, v in asdict(self).items() if k != "members"}


@dataclass(frozen=True, slots=True)
class Consolidated:
    """``label`` (p,): the number of the national person of each person of a force. ``judged``: all pairs that
    were looked at, within components also of one force, after what was capped was taken out; ``bits`` (n,)
    what each comes to with rivals taken off; ``capped``: see :class:`Capped`."""

    label: Rows
    judged: Judged
    bits: Bits
    capped: tuple[Capped, ...]


def consolidated(
    judged: Judged,
    force_of: npt.NDArray[np.str_],
    model: Model,
    engine: Engine,
    force: Standing,
    person_of: dict[str, int],
    apart: npt.NDArray[np.int64],
    look: Callable[[Rows, Rows], Judged],
    most: int = LARGEST_GROUP,
) -> Consolidated:
    """Return the persons of the country.

    Args:
        judged: pairs of persons of two forces.
        force_of: (p,) the force of each person.
        force: decisions; ``person_of``: of each record that they name its person.
        apart: (m, 2) persons who stand in one report beside each other.
        look: judges pairs of persons that nothing proposed.
        most: a component of more persons is capped.
    """
    n = len(force_of)
    judged, capped = _capped(judged, force_of, model, engine, n, most)
    linked = judged.total >= 0
    said = [(person_of[a], person_of[b]) for a, b in force.same if a in person_of and b in person_of]
    must = np.array([sorted(p) for p in said if p[0] != p[1]], dtype=np.int64).reshape(-1, 2)
    piece = engine.components(
        n, np.r_[judged.left[linked], must[:, 0]], np.r_[judged.right[linked], must[:, 1]]
    )
    piece = np.unique(piece, return_inverse=True)[1].astype(np.int64)
    absent = components.absent_pairs(piece, judged.left, judged.right)
    if len(absent[0]):
        judged = Judged.joined([judged, look(np.minimum(*absent), np.maximum(*absent))])
    sizes = np.bincount(piece)
    rows = np.flatnonzero(sizes[piece] > 1)
    label, bits = _grouped(judged, rows, n, model, force, person_of, apart)
    return Consolidated(label, judged, bits, capped)


def _grouped(
    judged: Judged, rows: Rows, n: int, model: Model, force: Standing, person_of: dict[str, int], apart: Rows
) -> tuple[Rows, Bits]:
    """Return the group of each of ``n`` persons, of whom ``rows`` hang together with somebody, and what each
    pair comes to."""
    place = np.full(n, -1, dtype=np.int64)
    place[rows] = np.arange(len(rows))
    inside = np.flatnonzero((place[judged.left] >= 0) & (place[judged.right] >= 0))
    own = judged.at(inside)
    left, right = place[own.left], place[own.right]
    # Not lasting: the last part is at its best, as it is of people in reports.
    evidence = Evidence(left, right, own.bars, own.compared, _lasting(model))
    barred = _among(own.left, own.right, apart, n)
    held = Holds(own.unnamed, barred, np.zeros(len(own), dtype=bool), own.named)
    local = {record: int(place[p]) for record, p in person_of.items() if place[p] >= 0}
    several = Standing(
        tuple(p for p in force.same if _two(p, person_of)),
        tuple(p for p in force.not_same if _two(p, person_of)), (),
    )  # fmt: skip
    found = clusters.grouped_rows(len(rows), evidence, held, several, local, model.bands.link_at)
    label = np.arange(n, dtype=np.int64)
    first = np.full(int(found.label.max(initial=-1)) + 1, n, dtype=np.int64)
    np.minimum.at(first, found.label, rows)
    label[rows] = first[found.label]
    bits = judged.total
    own_bits = bits[inside] + found.rivals
    # Two of a person are believed as the join is that brought them together, and as they are by themselves.
    bits[inside] = own_bits + join_weights.agreed(found.label, evidence.shifted(found.rivals), own_bits)
    bits[inside[barred]] = -HIGHEST
    return label, bits


def _two(pair: tuple[str, str], person_of: dict[str, int]) -> bool:
    """Tell whether a decision is about two persons: what is within one, its force's own job has heeded."""
    a, b = person_of.get(pair[0]), person_of.get(pair[1])
    return a is not None and b is not None and a != b


def _lasting(model: Model) -> npt.NDArray[np.bool_]:
    return np.array([*(c.stable for c in model.table), True, False])


def _among(left: Rows, right: Rows, apart: Rows, n: int) -> npt.NDArray[np.bool_]:
    low, high = np.minimum(apart[:, 0], apart[:, 1]), np.maximum(apart[:, 0], apart[:, 1])
    return np.isin(left * n + right, low * n + high)


def _capped(
    judged: Judged, force_of: npt.NDArray[np.str_], model: Model, engine: Engine, n: int, most: int
) -> tuple[Judged, tuple[Capped, ...]]:
    """Return the pairs without those that hold giants together, and the giants."""
    bits = judged.total
    linked = bits >= 0
    label, begun = _pieces(engine, n, judged, linked)
    giants = np.flatnonzero(np.bincount(begun, minlength=n) > most)
    if not len(giants):
        return judged, ()
    bar, cut = 0.0, np.zeros(len(judged), dtype=bool)
    bar_of = dict.fromkeys(giants.tolist(), 0.0)
    while bar < HIGHEST:
        large = np.bincount(label, minlength=n) > most
        if not large.any():
            break
        bar += STEP
        weak = linked & ~cut & large[label[judged.left]] & (bits < bar)
        cut |= weak
        for giant in np.unique(begun[np.flatnonzero(large[label])]).tolist():
            bar_of[giant] = bar
        label, _ = _pieces(engine, n, judged, linked & ~cut)
    # Nobody is joined through what is still too large at the highest bar.
    large = np.bincount(label, minlength=n) > most
    cut |= linked & large[label[judged.left]]
    told = [
        _told(judged, begun, giant, cut, linked, force_of, model, bar_of[giant]) for giant in giants.tolist()
    ]
    return judged.at(~cut), tuple(sorted(told, key=lambda c: -c.persons))


def _pieces(engine: Engine, n: int, judged: Judged, linked: npt.NDArray[np.bool_]) -> tuple[Rows, Rows]:
    found = engine.components(n, judged.left[linked], judged.right[linked])
    label = numbered(found)[1].astype(np.int64)
    return label, label


def _told(
    judged: Judged, begun: Rows, giant: int, cut: npt.NDArray[np.bool_], linked: npt.NDArray[np.bool_],
    force_of: npt.NDArray[np.str_], model: Model, bar: float,
) -> Capped:  # fmt: skip
    mine = linked & (begun[judged.left] == giant)
    members = np.flatnonzero(begun == giant)
    table = model.table
    # What speaks most for each pair, but for names, which everybody has.
    own = judged.bars[mine][:, : len(table)]
    held = Counter(table[i].title for i in own.argmax(axis=1).tolist())
    return Capped(
        len(members), tuple(sorted(set(force_of[members].tolist()))),
        tuple(name for name, _ in held.most_common(3)), bar, int((cut & mine).sum()),
        tuple(members.tolist()),
    )  # fmt: skip


def people_apart(people: pl.DataFrame) -> npt.NDArray[np.int64]:
    """Return pairs of persons of a force who stand in one report: (m, 2).

    ``people``: report_id, role and ``person``. Where somebody is listed twice in a report, their force's own
    job has made one person of the two.
    """
    main = people.filter(pl.col("role").is_in(["victim", "suspect", "reporting_person"]))
    main = main.select("report_id", "person").unique().filter(pl.len().over("report_id").is_between(2, 30))
    both = main.join(main, on="report_id", suffix="_2").filter(pl.col("person") < pl.col("person_2"))
    found = both.select("person", "person_2").unique().sort("person", "person_2")
    return np.asarray(found.to_numpy().astype(np.int64))
