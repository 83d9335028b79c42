"""Find which cells may not be shown for themselves, and by which rule."""

from __future__ import annotations

from collections import defaultdict
from math import ceil

import numpy as np

from lamplighter.disclosure.profiles import Profile
from lamplighter.disclosure.protect.system import System
from lamplighter.disclosure.tables import Cell

RULES = {
    "threshold": "fewer people than the smallest count that is shown",
    "class": "everybody in a row or column is in one cell",
    "contributors": "too few people behind a sum",
    "dominance": "a few people make up most of a sum",
    "p per cent": "somebody's share of a sum could be estimated too closely",
    "difference": "too few people between two figures that can be subtracted",
    "left out": "too few people in a code that is left out, which a margin less its listed parts would tell",
    "hidden before": "hidden in an earlier release, which must not be undone now",
}


def sensitive(system: System, profile: Profile) -> dict[int, list[str]]:
    """Unknown to the rules that hide it. Differences that are never printed are among them."""
    found: dict[int, list[str]] = defaultdict(list)
    for i, cell in system.cells.items():
        for rule in _own_rules(cell, profile, magnitude=i in system.magnitudes):
            found[i].append(rule)
    if profile.class_disclosure:
        for i in _one_class(system):
            found[i].append("class")
    sums_of = {system.keys[i][0] for i in system.magnitudes}
    for i in sorted(system.implied):
        if system.keys[i][0] not in sums_of and _may_be_few(system, i, profile.threshold):
            found[i].append("difference")
    for i in sorted(system.left_out):
        if system.keys[i][0] not in sums_of and 0 < system.value[i] < profile.threshold:
            found[i].append("left out")
    for i in sorted(system.hidden_before):
        found[i].append("hidden before")
    return dict(found)


def needed_width(system: System, profile: Profile) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Return how uncertain each unknown must be when it is hidden, in people or in the magnitude's unit."""
    width = np.full(len(system.keys), float(profile.least_width))
    for i in system.magnitudes:
        value = system.value[i]
        if not np.isnan(value):
            width[i] = max(width[i], ceil(profile.p_percent / 100 * value))
    return width


def _own_rules(cell: Cell, profile: Profile, *, magnitude: bool) -> list[str]:
    if not magnitude:
        return ["threshold"] if profile.too_few(cell.value) else []
    rules = []
    people = cell.contributors or 0
    if profile.too_few(people):
        rules.append("contributors")
    n, share = profile.dominance
    top = cell.largest + (cell.second if n > 1 else 0.0)
    if cell.value > 0 and top > share / 100 * cell.value:
        rules.append("dominance")
    if cell.value > 0 and cell.value - cell.largest - cell.second < profile.p_percent / 100 * cell.largest:
        rules.append("p per cent")
    return rules


def _one_class(system: System) -> set[int]:
    found: set[int] = set()
    for (whole, parts), kind in system.relations.items():
        if kind != "sum" or len(parts) < 2 or whole in system.magnitudes:
            continue
        if sum(i in system.cells or i in system.before or i in system.hidden_before for i in parts) < 2:
            continue  # one part alone is no row: the others are not told of
        values = system.value[list(parts)]
        if system.value[whole] > 0 and np.count_nonzero(values) == 1 and not np.isnan(values).any():
            found |= {i for i in parts if i in system.cells}
    return found


def _may_be_few(system: System, i: int, threshold: int) -> bool:
    value = system.value[i]
    if not np.isnan(value):
        return bool(0 < abs(value) < threshold)
    # Between figures of which we ourselves hold only the rounded print: few if it could be few.
    for (whole, parts), _ in system.relations.items():
        if i in parts and len(parts) == 2:
            other = parts[0] if parts[1] == i else parts[1]
            low = _least(system, whole) - _most(system, other)
            high = _most(system, whole) - _least(system, other)
            if np.isfinite(high) and high >= 1 and low < threshold:
                return True
            if i in system.signed and low <= -1 and high > -threshold:
                return True
    return False


def _least(system: System, i: int) -> float:
    value = system.value[i]
    return float(system.low[i] if np.isnan(value) else value)


def _most(system: System, i: int) -> float:
    value = system.value[i]
    return float(system.high[i] if np.isnan(value) else value)
