"""What must hold for any data: order, units and names of suspects do not matter."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from lamplighter.statistics.count_regression.count_models import poisson
from lamplighter.statistics.logistic_regression.firth import firth
from lamplighter.statistics.logistic_regression.logistic import logistic
from lamplighter.statistics.logistic_regression.marginal_effects import average_marginal_effects

SEEDS = st.integers(0, 2**32 - 1)
CLOSE = {"rel": 1e-7, "abs": 1e-9}


def _cohort(seed):
    rng = np.random.default_rng(seed)
    n = int(rng.integers(60, 150))
    x = np.column_stack([rng.normal(size=n), rng.random(n) < 0.5]).astype(float)
    suspect = rng.integers(0, n // 3, n)
    y = rng.random(n) < 1 / (1 + np.exp(-(0.3 * x[:, 0] + rng.normal(size=n)[suspect] * 0.5)))
    return rng, y, x, suspect


@settings(max_examples=12, deadline=None)
@given(SEEDS)
def test_the_order_of_rows_does_not_matter(seed):
    rng, y, x, suspect = _cohort(seed)
    order = rng.permutation(len(y))
    renamed = np.array([f"s{(7 * s) % 1009}" for s in suspect])
    for way in (suspect, (suspect, suspect % 7)):
        moved = tuple(w[order] for w in way) if isinstance(way, tuple) else renamed[order]
        one, other = logistic(y, x, clusters=way), logistic(y[order], x[order], clusters=moved)
        assert one.covariance == pytest.approx(other.covariance, **CLOSE)
    one, other = firth(y, x), firth(y[order], x[order])
    assert one.lower == pytest.approx(other.lower, rel=1e-6, abs=1e-7)


@settings(max_examples=12, deadline=None)
@given(SEEDS, st.floats(-50, 50), st.sampled_from([0.01, 3.0, 1000.0]))
def test_the_origin_and_unit_of_a_term_do_not_matter(seed, origin, unit):
    _, y, x, suspect = _cohort(seed)
    moved = x.copy()
    moved[:, 0] = (x[:, 0] + origin) * unit
    one, other = logistic(y, x, clusters=suspect), logistic(y, moved, clusters=suspect)
    for name in ("coefficients", "standard_errors", "lower"):
        before, after = getattr(one, name), getattr(other, name)
        assert after[1] * unit == pytest.approx(before[1], rel=1e-6, abs=1e-8)
        assert after[2] == pytest.approx(before[2], rel=1e-6, abs=1e-8)
    assert other.log_likelihood == pytest.approx(one.log_likelihood)
    effects = [average_marginal_effects(fit).effects for fit in (one, other)]
    assert effects[1][0] * unit == pytest.approx(effects[0][0], rel=1e-6, abs=1e-8)
    before, after = firth(y, x, profile=["x1"]), firth(y, moved, profile=["x1"])
    assert after.upper[1] * unit == pytest.approx(before.upper[1], rel=1e-6, abs=1e-6)


@settings(max_examples=12, deadline=None)
@given(SEEDS, st.sampled_from(["CR0", "CR1", "CR2", "CR3"]))
def test_clusters_of_one_row_are_robust_by_row(seed, correction):
    rng, y, x, _ = _cohort(seed)
    n = len(y)
    alone = rng.permutation(n)
    for fit, outcome in ((logistic, y), (poisson, rng.poisson(np.exp(0.2 * x[:, 0])) + (alone == 0))):
        by_row = fit(outcome, x, robust=True, correction=correction)
        by_cluster = fit(outcome, x, clusters=alone, correction=correction)
        assert by_cluster.covariance == pytest.approx(by_row.covariance, **CLOSE)


@settings(max_examples=8, deadline=None)
@given(SEEDS)
def test_corrections_only_widen_and_cr3_is_nearly_the_jackknife(seed):
    _, y, x, suspect = _cohort(seed)
    none, _, half, full = (
        logistic(y, x, clusters=suspect, correction=f"CR{j}").standard_errors for j in range(4)
    )
    assert (none < half).all()
    assert (half < full * 1.0001).all()
    groups = np.unique(suspect)
    whole = logistic(y, x)
    assume(not whole.separation)
    left_out = np.array(
        [logistic(y[suspect != s], x[suspect != s]).coefficients - whole.coefficients for s in groups]
    )
    jackknife = np.sqrt((len(groups) - 1) / len(groups) * (left_out**2).sum(axis=0))
    assert full == pytest.approx(jackknife, rel=0.1)
