"""Rounding of what is shown: controlled (tables still add up) or conventional."""

from __future__ import annotations

from collections.abc import Iterator
from math import floor

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import connected_components

from lamplighter.disclosure.profiles import Profile
from lamplighter.disclosure.protect.system import System, interval
from lamplighter.disclosure.protect.widths import NEAR, Mover

NODES = 3_000
#: How much more a figure that differs from its earlier print costs than one that is off by a person.
DIFFERS = 100.0


def nearest(value: float, base: int) -> int:
    """Return the nearest multiple of ``base``; halves go up."""
    return int(floor(value / base + 0.5) * base)


def rounded(
    system: System, rows: csr_array, hidden: NDArray[np.bool_], profile: Profile, ceiling: float
) -> tuple[dict[int, float], str]:
    """Return every unknown that is shown, rounded, and the kind of rounding that was used in the end.

    Conventional rounding that sums undo, or that one exact count of an earlier figure would turn into a small
    group, is given up for controlled rounding; controlled rounding that does not exist (tables of three
    dimensions can lack one) for conventional.
    """
    shown = [i for i in system.cells if not hidden[i]]
    if profile.rounding == "none" or profile.base == 1:
        return {i: float(nearest(system.value[i], 1)) for i in shown}, "none"
    plain = {i: float(nearest(system.value[i], profile.base)) for i in shown}
    if profile.rounding == "conventional" and not (
        _told_by_one(system, plain, profile, "conventional")
        or _undone(system, rows, hidden, plain, profile, ceiling)
    ):
        return plain, "conventional"
    below = {i: float(floor(system.value[i] / profile.base) * profile.base) for i in shown}
    up = _told_by_one(system, below, profile, "controlled")
    kept = _controlled(system, rows, hidden, profile, ceiling, up)
    if kept is None and up:
        kept = _controlled(system, rows, hidden, profile, ceiling, set())
    return (kept, "controlled") if kept is not None else (plain, "conventional")


def _controlled(
    system: System,
    rows: csr_array,
    hidden: NDArray[np.bool_],
    profile: Profile,
    ceiling: float,
    up: set[int],
) -> dict[int, float] | None:
    """Return neighbouring multiples that add up, the upper ones for ``up``; ``None`` if there are none."""
    base, threshold = profile.base, profile.threshold
    n = len(system.keys)
    shown = np.array([i for i in system.cells if not hidden[i]], dtype=np.intp)
    if not len(shown):
        return {}
    scale, offset = np.ones(n), np.zeros(n)
    low, high = np.maximum(system.low, -ceiling), np.minimum(system.high, ceiling)
    cost, whole = np.zeros(n), np.zeros(n)
    for i in shown:
        value = float(system.value[i])
        below = floor(value / base) * base
        rest = value - below
        scale[i], offset[i], whole[i] = base, below, 1
        low[i], high[i] = 0, 1 if rest else 0
        if rest and (0 < below < threshold or i in up):
            low[i] = 1
        cost[i] = base - 2 * rest
        earlier = {before[2] for before in system.before.get(i, ())}
        if below in earlier and rest:
            cost[i] += DIFFERS
        elif below + base in earlier:
            cost[i] -= DIFFERS
    side = -(rows @ offset)
    scaled = csr_array(rows.multiply(scale))
    chosen = np.zeros(n)
    # Figures that share no sum are rounded apart: each is a small question.
    for own_rows, own in _components(rows):
        found = milp(
            cost[own],
            constraints=LinearConstraint(scaled[own_rows][:, own], side[own_rows], side[own_rows])
            if len(own_rows)
            else (),
            bounds=Bounds(low[own], high[own]),
            integrality=whole[own],
            options={"node_limit": NODES, "mip_rel_gap": 0.01},
        )
        if found.x is None:
            return None
        chosen[own] = found.x
    return {int(i): float(offset[i] + base * round(chosen[i])) for i in shown}


def _components(rows: csr_array) -> Iterator[tuple[NDArray[np.intp], NDArray[np.intp]]]:
    """Yield the sums and the figures that hang together."""
    many, wide = rows.shape
    links = rows.tocoo()
    graph = coo_array((np.ones(links.nnz), (links.row, many + links.col)), shape=(many + wide,) * 2)
    _, labels = connected_components(graph, directed=False)
    order = np.argsort(labels, kind="stable")
    for members in np.split(order, np.flatnonzero(np.diff(labels[order])) + 1):
        yield members[members < many], members[members >= many] - many


def _told_by_one(system: System, shown: dict[int, float], profile: Profile, rounding: str) -> set[int]:
    """Return what, so printed, one exact earlier count would turn into a small group, told too closely.

    Nearest multiples leave less room than neighbouring ones, and so does the least figure that may be shown.
    The earlier count, which we do not hold either, may be had elsewhere.
    """
    if profile.rounding_counts:
        return set()
    rules = profile.published() | {"rounding": rounding}
    found = set()
    for late, parts in system.relations:
        if late not in shown or len(parts) != 2 or parts[1] not in system.implied:
            continue
        early = parts[0]
        if early not in system.before or late in system.magnitudes:
            continue
        low, high = interval(shown[late], rules)
        ends = [(high - profile.threshold + 1, low - 1)]
        if parts[1] in system.signed:
            ends.append((high + 1, low + profile.threshold - 1))
        if high - low < profile.least_width and any(
            max(system.low[early], a) <= min(system.high[early], b) for a, b in ends
        ):
            found.add(late)
    return found


def _undone(
    system: System,
    rows: csr_array,
    hidden: NDArray[np.bool_],
    shown: dict[int, float],
    profile: Profile,
    ceiling: float,
) -> bool:
    """Whether some true figure follows from the rounded ones."""
    low, high = np.maximum(system.low, -ceiling), np.minimum(system.high, ceiling)
    rules = profile.published() | {"rounding": "conventional"}
    for i, figure in shown.items():
        at_least, at_most = interval(figure, rules, magnitude=i in system.magnitudes)
        low[i], high[i] = max(low[i], at_least), min(high[i], at_most)
    mover = Mover(rows, low, high, system.whole())
    open_ = [i for i in shown if high[i] > low[i]]
    mover.scatter(np.random.default_rng(0), 4, dict.fromkeys(open_, 1.0))
    # In whole numbers less can be possible than between them.
    left = [i for i in open_ if mover.seen(i) < 1]
    return any(mover.seen(i) < 1 and (mover.move(i).width < 1 - NEAR or mover.exact(i) < 1) for i in left)
