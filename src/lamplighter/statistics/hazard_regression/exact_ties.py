"""Cox's exact conditional likelihood of ties: given that d of those at risk had the event, which d?

For each event time the sum over all choices of d people is an elementary symmetric function: a coefficient of
the product of (1 + r z) over those at risk. The product is formed by halves, together with its first two
derivatives, from factors tilted so that they read as chances that add up to d: nothing can overflow.

Sources: Cox, JRSS B 1972 (discussion); Gail, Lubin and Rubinstein, Biometrika 1981.
"""

from __future__ import annotations

import numpy as np

from lamplighter.statistics.arrays.checks import Floats
from lamplighter.statistics.arrays.errors import OptionRefused
from lamplighter.statistics.hazard_regression import risk_sets
from lamplighter.statistics.hazard_regression.newton_raphson import Found, maximise
from lamplighter.statistics.hazard_regression.risk_sets import RiskSets

_MOST_WORK = 50_000_000  # people at risk times deaths, summed over event times


def fit(sets: RiskSets, events: int, names: tuple[str, ...]) -> Found:
    """Maximise the exact conditional likelihood.

    Raises:
        OptionRefused: the ties are so many that the sums would take hours; Efron's are as good there.
    """
    members = [_members(sets, j) for j in range(sets.m)]
    work = sum(int(rows.size) * int(d) for rows, d in zip(members, sets.deaths, strict=True))
    if work > _MOST_WORK:
        raise OptionRefused("too many ties for the exact likelihood", array="ties", remedy="Use efron.")

    x = np.ascontiguousarray(sets.x.T)  # a pattern a row here, in the order of the rows
    start = risk_sets.evaluate(sets, np.zeros(x.shape[0]))
    assert start is not None  # zero cannot overflow
    size = start[0].size

    def evaluate(beta: Floats) -> tuple[float, Floats, Floats, Floats] | None:
        eta = beta @ x
        if not np.isfinite(eta).all() or np.ptp(eta) > 500:
            return None
        p = beta.size
        loglik = float(eta[sets.dead].sum())
        score, information = x[:, sets.dead].sum(axis=1), np.zeros((p, p))
        for rows, d in zip(members, sets.deaths, strict=True):
            log_sum, first, second = _log_choices(eta[rows], x[:, rows], int(d))
            loglik -= log_sum
            score = score - first
            information += second
        return loglik, score, information, size

    spread = np.ptp(sets.x, axis=0)
    return maximise(evaluate, spread, events, names)


def _members(sets: RiskSets, j: int) -> np.typing.NDArray[np.int64]:
    at_risk = (sets.last >= j) & (sets.last <= sets.stratum_end[j])
    if sets.first is not None:
        at_risk &= sets.first <= j
    return np.flatnonzero(at_risk)


def _log_choices(eta: Floats, x: Floats, d: int) -> tuple[float, Floats, Floats]:
    """log of the sum over choices of d of exp(sum of eta), its gradient (p,) and second derivative (p, p)."""
    n, p = eta.size, x.shape[0]
    if d == n:
        return float(eta.sum()), x.sum(axis=1), np.zeros((p, p))
    if d == 1:
        top = float(eta.max())
        share = np.exp(eta - top)
        total = float(share.sum())
        share /= total
        mean = x @ share
        return top + float(np.log(total)), mean, (x * share) @ x.T - np.outer(mean, mean)
    r, log_tilt = _tilted(eta, d)
    chance = r / (1 + r)
    xt = x.T
    value = np.stack([1 - chance, chance], axis=1)
    first = np.zeros((n, 2, p))
    first[:, 1] = chance[:, None] * xt
    second = np.zeros((n, 2, p, p))
    second[:, 1] = first[:, 1][:, :, None] * xt[:, None, :]
    while value.shape[0] > 1:
        value, first, second = _merged(value, first, second, d)
    v, gradient = value[0, d], first[0, d] / value[0, d]
    curvature = second[0, d] / v - np.outer(gradient, gradient)
    return float(np.log(v) + np.log1p(r).sum() - d * log_tilt), gradient, curvature


def _tilted(eta: Floats, d: int) -> tuple[Floats, float]:
    """Odds r = exp(eta + tilt) whose chances r / (1 + r) add up to about d, and the tilt."""
    low, high = -float(eta.max()) - 40.0, -float(eta.min()) + 40.0
    for _ in range(60):
        middle = (low + high) / 2
        if (1 / (1 + np.exp(-np.clip(eta + middle, -700, 700)))).sum() < d:
            low = middle
        else:
            high = middle
    return np.exp(np.clip(eta + low, -700, 700)), low


def _merged(a: Floats, b: Floats, c: Floats, d: int) -> tuple[Floats, Floats, Floats]:
    """Multiply neighbouring polynomials (and their derivatives), keeping powers up to d."""
    if a.shape[0] % 2:  # one more that is the number 1
        a, b, c = (np.concatenate([y, np.zeros((1, *y.shape[1:]))]) for y in (a, b, c))
        a[-1, 0] = 1.0
    left, right = slice(0, None, 2), slice(1, None, 2)
    length = min(2 * a.shape[1] - 1, d + 1)
    half, p = a.shape[0] // 2, b.shape[2]
    value, first, second = (
        np.zeros((half, length)),
        np.zeros((half, length, p)),
        np.zeros((half, length, p, p)),
    )
    va, fa, sa = a[right], b[right], c[right]
    for i in range(a.shape[1]):
        k = min(a.shape[1], length - i)
        if k <= 0:
            break
        v, f, s = a[left, i], b[left, i], c[left, i]
        value[:, i : i + k] += v[:, None] * va[:, :k]
        first[:, i : i + k] += v[:, None, None] * fa[:, :k] + f[:, None, :] * va[:, :k, None]
        cross = f[:, None, :, None] * fa[:, :k, None, :]
        second[:, i : i + k] += (
            v[:, None, None, None] * sa[:, :k]
            + s[:, None] * va[:, :k, None, None]
            + cross
            + cross.transpose(0, 1, 3, 2)
        )
    return value, first, second
