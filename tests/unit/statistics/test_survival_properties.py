"""What must hold for any data: order, splitting, weighting and summing change nothing they should not."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from lamplighter.statistics.arrays.errors import NotEnoughData, NotIdentified
from lamplighter.statistics.arrays.flags import has
from lamplighter.statistics.hazard_regression.cox import cox
from lamplighter.statistics.hazard_regression.cox_postestimation import proportional_hazards
from lamplighter.statistics.hazard_regression.fine_gray import fine_gray
from lamplighter.statistics.survival.aalen_johansen import aalen_johansen
from lamplighter.statistics.survival.concordance import concordance
from lamplighter.statistics.survival.curve_tests import gray, log_rank
from lamplighter.statistics.survival.kaplan_meier import kaplan_meier
from lamplighter.statistics.survival.restricted_mean import restricted_mean, time_lost

EXAMPLES = settings(max_examples=25, deadline=None)
seeds = st.integers(0, 2**32 - 1)


def settled(fit):
    """Whether the coefficients are finite and known to the last figures: a fit that is not says so."""
    return not (has(fit.flags, "monotone_likelihood") or has(fit.flags, "rounding"))


def cohort(seed: int, n: int = 40):
    rng = np.random.default_rng(seed)
    n = int(rng.integers(12, n))
    time = rng.integers(2, 15, n).astype(float)
    entry = np.floor(rng.uniform(0, 0.8, n) * time)
    return rng, time, rng.integers(0, 3, n), entry, np.column_stack([rng.normal(size=n), rng.random(n) < 0.5])


@EXAMPLES
@given(seeds)
@example(69)  # a coefficient that grows until its risks overflow
def test_order_of_rows_does_not_matter(seed):
    rng, time, cause, entry, x = cohort(seed)
    cause[:2] = 1, 2
    owner, mixed = rng.integers(0, 6, time.size), rng.permutation(time.size)
    a = aalen_johansen(time, cause, entry=entry, clusters=owner)
    b = aalen_johansen(time[mixed], cause[mixed], entry=entry[mixed], clusters=owner[mixed])
    assert b.incidence == pytest.approx(a.incidence, abs=1e-12)
    assert b.standard_error == pytest.approx(a.standard_error, abs=1e-10)
    try:
        f = cox(time, cause == 1, x, entry=entry, clusters=owner)
    except NotIdentified:
        return
    g = cox(time[mixed], cause[mixed] == 1, x[mixed], entry=entry[mixed], clusters=owner[mixed])
    if settled(f):
        assert g.coefficients == pytest.approx(f.coefficients, rel=1e-7, abs=1e-9)
        assert g.covariance == pytest.approx(f.covariance, rel=1e-6, abs=1e-9)


@EXAMPLES
@given(seeds)
def test_splitting_a_row_changes_nothing(seed):
    _, time, cause, entry, x = cohort(seed)
    cause[:2] = 1, 2
    person = np.arange(time.size)
    cut = entry + (time - entry) * 0.5
    twice = {
        "time": np.concatenate([cut, time]),
        "entry": np.concatenate([entry, cut]),
        "cause": np.concatenate([np.zeros_like(cause), cause]),
        "x": np.vstack([x, x]),
        "person": np.concatenate([person, person]),
    }
    whole = aalen_johansen(time, cause, entry=entry)
    split = aalen_johansen(twice["time"], twice["cause"], entry=twice["entry"], clusters=twice["person"])
    days = np.unique(time)
    for of in (1, 2):
        a, b = whole.risk_at(days, of), split.risk_at(days, of)
        assert b.estimate == pytest.approx(a.estimate, abs=1e-12)
        assert b.standard_error == pytest.approx(a.standard_error, abs=1e-9)
        assert b.at_risk.tolist() == a.at_risk.tolist()
    horizon = float(days[days.size // 2]) + 0.25
    lost = [time_lost(time, cause, horizon, of=1, entry=entry)]
    lost.append(
        time_lost(
            twice["time"], twice["cause"], horizon, of=1, entry=twice["entry"], clusters=twice["person"]
        )
    )
    assert lost[1].estimate == pytest.approx(lost[0].estimate, abs=1e-10)
    assert lost[1].standard_error == pytest.approx(lost[0].standard_error, abs=1e-8)
    try:
        f = cox(time, cause == 1, x, entry=entry, clusters=person)
    except NotIdentified:
        return
    g = cox(twice["time"], twice["cause"] == 1, twice["x"], entry=twice["entry"], clusters=twice["person"])
    if settled(f):
        assert g.coefficients == pytest.approx(f.coefficients, rel=1e-7, abs=1e-9)
        assert g.covariance == pytest.approx(f.covariance, rel=1e-6, abs=1e-9)
        assert g.loglik == pytest.approx(f.loglik)


@EXAMPLES
@given(seeds)
@example(1_525_122_090)
@example(196)  # the last steps of its Cox model never fall below rounding
def test_two_of_each_are_weights_of_two(seed):
    _, time, cause, entry, x = cohort(seed)
    event = cause == 1
    event[0] = True
    weighted = kaplan_meier(time, event, entry=entry, weights=np.full(time.size, 2))
    doubled = kaplan_meier(np.tile(time, 2), np.tile(event, 2), entry=np.tile(entry, 2))
    assert weighted.survival == pytest.approx(doubled.survival)
    assert weighted.standard_error == pytest.approx(doubled.standard_error, nan_ok=True)
    try:
        f = cox(time, event, x, entry=entry, ties="breslow", weights=np.full(time.size, 2))
    except NotIdentified:
        return
    g = cox(np.tile(time, 2), np.tile(event, 2), np.tile(x, (2, 1)), entry=np.tile(entry, 2), ties="breslow")
    if settled(f):
        assert g.coefficients == pytest.approx(f.coefficients, rel=1e-7, abs=1e-9)
        assert g.standard_errors == pytest.approx(f.standard_errors, rel=1e-6)


@EXAMPLES
@given(seeds)
def test_outcomes_and_nobody_yet_add_up_to_one(seed):
    rng, time, cause, entry, _ = cohort(seed)
    w = rng.uniform(0.2, 4, time.size)
    curves = aalen_johansen(time, cause, entry=entry, weights=w)
    assert curves.incidence.sum(axis=1) + curves.free == pytest.approx(np.ones(curves.times.size))
    any_outcome = kaplan_meier(time, cause > 0, entry=entry, weights=w)
    assert curves.free == pytest.approx(any_outcome.survival, abs=1e-12)
    assert (np.diff(curves.incidence, axis=0) >= -1e-15).all()


@settings(max_examples=8, deadline=None)
@given(seeds)
@example(126813999)  # at the last day rounding leaves somebody at risk who is not there
def test_jackknife_is_the_derivative_by_a_persons_weight(seed):
    rng, time, cause, entry, _ = cohort(seed, 25)
    cause[:2] = 1, 2
    w = rng.uniform(0.5, 2, time.size)
    curves = aalen_johansen(time, cause, entry=entry, weights=w)
    if (curves.free[:-1] == 0).any():
        return  # an emptied risk set: the curve has a corner there
    total = np.zeros_like(curves.incidence)
    for i in range(time.size):
        up, down = w.copy(), w.copy()
        up[i] += 1e-5
        down[i] -= 1e-5
        slope = (
            aalen_johansen(time, cause, entry=entry, weights=up).incidence
            - aalen_johansen(time, cause, entry=entry, weights=down).incidence
        ) / 2e-5
        total += (w[i] * slope) ** 2
    assert curves.standard_error == pytest.approx(np.sqrt(total), abs=1e-6)


@EXAMPLES
@given(seeds)
def test_one_outcome_makes_the_two_estimators_one(seed):
    _, time, cause, entry, x = cohort(seed)
    event = cause > 0
    event[0] = True
    assert aalen_johansen(time, event, entry=entry).free == pytest.approx(
        kaplan_meier(time, event, entry=entry).survival, abs=1e-12
    )
    last = float(time.max())
    free = restricted_mean(time, event, last)
    lost = time_lost(time, event, last, of=1)
    assert free.estimate + lost.estimate == pytest.approx(last)
    try:
        f, g = fine_gray(time, event, x), cox(time, event, x, ties="breslow", clusters=np.arange(time.size))
    except NotIdentified:
        return
    if not has(g.flags, "monotone_likelihood"):
        assert f.coefficients == pytest.approx(g.coefficients, rel=1e-6, abs=1e-8)
        assert f.standard_errors == pytest.approx(g.standard_errors, rel=1e-6)


@EXAMPLES
@given(seeds)
@example(69)  # a coefficient that grows until its risks overflow
def test_units_and_origin_of_a_column_do_not_matter(seed):
    _, time, cause, entry, x = cohort(seed)
    event = cause == 1
    event[0] = True
    try:
        f = cox(time, event, x, entry=entry)
    except NotIdentified:
        return
    g = cox(time, event, 1e6 * x + 300, entry=entry)
    if settled(f):
        assert 1e6 * g.coefficients == pytest.approx(f.coefficients, rel=1e-5, abs=1e-7)
        try:
            a, b = proportional_hazards(f), proportional_hazards(g)
        except NotIdentified:
            return
        assert b.overall.statistic == pytest.approx(a.overall.statistic, rel=1e-5, abs=1e-7)


@EXAMPLES
@given(seeds)
def test_the_log_rank_is_the_score_test_of_cox_without_ties(seed):
    rng, _, cause, _, _ = cohort(seed)
    time = rng.permutation(cause.size) + 1.0
    group = np.arange(cause.size) % 2
    event = cause > 0
    try:
        test, fit = log_rank(time, event, group), cox(time, event, group)
    except (NotEnoughData, NotIdentified):
        return
    assert test.statistic == pytest.approx(fit.score.statistic)
    assert gray(time, event, group).df == 1


@EXAMPLES
@given(seeds)
def test_concordance_counts_every_pair(seed):
    rng, time, cause, entry, _ = cohort(seed)
    event, score, w = cause > 0, rng.integers(0, 6, time.size), rng.uniform(0.5, 2, time.size)
    event[np.argmin(time)] = True
    right = wrong = tied = 0.0
    for i in np.flatnonzero(event):
        for j in range(time.size):
            longer = time[j] > time[i] or (time[j] == time[i] and not event[j])
            if longer and entry[j] < time[i]:
                right += w[i] * w[j] * (score[j] < score[i])
                wrong += w[i] * w[j] * (score[j] > score[i])
                tied += w[i] * w[j] * (score[j] == score[i])
    if right + wrong + tied == 0:
        with pytest.raises(NotEnoughData):
            concordance(time, event, score, entry=entry, weights=w)
        return
    found = concordance(time, event, score, entry=entry, weights=w)
    assert (found.concordant, found.discordant, found.tied) == pytest.approx((right, wrong, tied))
