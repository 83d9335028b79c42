"""Work out what one person, or one cluster, does to a curve: the infinitesimal jackknife without a matrix of
people.

The influence of a row on a curve at time t is a linear form in three functions of time, with coefficients
that change twice in the row's life: when it comes under observation and when it ends. So the variance over
people, or over clusters of rows that share a suspect, needs only running sums of products of coefficients.
"""

from __future__ import annotations

import numpy as np

from lamplighter.statistics.arrays.checks import Floats, Ints
from lamplighter.statistics.survival.timeline import Timeline


def quadratic_form(
    line: Timeline,
    on_entry: Floats,
    on_exit: Floats,
    basis: Floats,
    w: Floats,
    clusters: Ints | None,
    cells: Ints,
    order: Ints | None = None,
) -> Floats:
    """Return the sum over clusters of squared influences at each time, (m,).

    Args:
        line: the rows' places on the time axis.
        on_entry: (m + 1, q) coefficients taken up by a row that enters at each position, per unit weight.
        on_exit: (cells, q) change of the coefficients at the end, by ``cells`` (what ended it, and when).
        basis: (m, q) the functions of time.
        w: (n,) row weights.
        clusters: (n,) codes, or None for every row its own.
        cells: (n,) row into ``on_exit``.
        order: from :func:`cluster_order`, to sort once for several causes.
    """
    m, q = basis.shape
    if clusters is None:
        products = _rows(line, on_entry, on_exit, w, cells, m, q)
    else:
        products = _clusters(line, on_entry, on_exit, w, cells, m, q, clusters, order)
    moments = np.cumsum(products, axis=0)
    out = np.zeros(m)
    for a in range(q):
        for b in range(q):
            out += basis[:, a] * basis[:, b] * moments[:, a * q + b]
    return np.maximum(out, 0.0)


def _rows(
    line: Timeline, on_entry: Floats, on_exit: Floats, w: Floats, cells: Ints, m: int, q: int
) -> Floats:
    products = np.zeros((m, q * q))
    w2 = w * w
    if line.entered is None:  # all rows of a cell are alike, so cells are enough
        per_cell = np.bincount(cells, weights=w2, minlength=on_exit.shape[0])
        position = np.arange(on_exit.shape[0]) % m
        before = np.broadcast_to(on_entry[0], on_exit.shape)
        after = before + on_exit
        start = w2.sum()
        for a in range(q):
            for b in range(q):
                change = per_cell * (after[:, a] * after[:, b] - before[:, a] * before[:, b])
                products[:, a * q + b] = np.bincount(position, weights=change, minlength=m)
                products[0, a * q + b] += start * on_entry[0, a] * on_entry[0, b]
        return products
    before_r = on_entry[line.entered]
    after_r = before_r + on_exit[cells]
    for a in range(q):
        for b in range(q):
            old = w2 * before_r[:, a] * before_r[:, b]
            new = w2 * after_r[:, a] * after_r[:, b]
            products[:, a * q + b] = np.bincount(line.entered, weights=old, minlength=m)[:m] + np.bincount(
                line.at, weights=new - old, minlength=m
            )
    return products


def cluster_order(line: Timeline, clusters: Ints) -> Ints:
    """Return the order of entries then exits (2n,) by cluster, then time, entries first at a tie."""
    n = line.at.size
    entered = np.zeros(n, dtype=np.int64) if line.entered is None else line.entered
    span = 2 * (line.times.size + 1)
    key = np.concatenate([clusters * span + 2 * entered, clusters * span + 2 * line.at + 1])
    return np.argsort(key, kind="stable")


def _clusters(
    line: Timeline,
    on_entry: Floats,
    on_exit: Floats,
    w: Floats,
    cells: Ints,
    m: int,
    q: int,
    clusters: Ints,
    order: Ints | None,
) -> Floats:
    n = line.at.size
    entered = np.zeros(n, dtype=np.int64) if line.entered is None else line.entered
    if order is None:
        order = cluster_order(line, clusters)
    position = np.concatenate([entered, line.at])[order]
    owner = np.concatenate([clusters, clusters])[order]
    first = np.flatnonzero(np.concatenate([[True], owner[1:] != owner[:-1]]))
    lengths = np.diff(np.concatenate([first, [2 * n]]))
    running = []
    for a in range(q):
        step = np.concatenate([w * on_entry[entered, a], w * on_exit[cells, a]])[order]
        total = np.cumsum(step)
        base = np.repeat(total[first] - step[first], lengths)
        after = total - base
        running.append((after - step, after))
    products = np.zeros((m, q * q))
    for a in range(q):
        for b in range(a, q):
            change = running[a][1] * running[b][1] - running[a][0] * running[b][0]
            products[:, a * q + b] = np.bincount(position, weights=change, minlength=m)[:m]
            products[:, b * q + a] = products[:, a * q + b]
    return products
