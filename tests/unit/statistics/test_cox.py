"""Cox and Fine-Gray at the edges: what has no answer is refused by name, what is doubtful is flagged."""

from __future__ import annotations

import numpy as np
import pytest

from lamplighter.statistics.arrays.errors import (
    NotAnArray,
    NotEnoughData,
    NotIdentified,
    OptionRefused,
    ValueRefused,
)
from lamplighter.statistics.arrays.flags import has
from lamplighter.statistics.hazard_regression import exact_ties
from lamplighter.statistics.hazard_regression.cox import cox
from lamplighter.statistics.hazard_regression.cox_postestimation import (
    baseline,
    predicted,
    proportional_hazards,
)
from lamplighter.statistics.hazard_regression.fine_gray import fine_gray

RNG = np.random.default_rng(5)
N = 80
X = RNG.normal(size=(N, 2))
TIME = np.ceil(RNG.exponential(30, N) * np.exp(-0.5 * X[:, 0]))
EVENT = RNG.random(N) < 0.6


def test_no_events_is_refused():
    with pytest.raises(NotEnoughData, match="no events"):
        cox(TIME, np.zeros(N), X)
    with pytest.raises(NotEnoughData, match="never happened"):
        fine_gray(TIME, 2 * EVENT, X)


def test_all_events_and_one_event():
    assert cox(TIME, np.ones(N), X).n_events == N
    one = np.zeros(N)
    one[np.argsort(TIME)[3]] = 1
    assert has(cox(TIME, one, X[:, 0]).flags, "few_events")


def test_one_person_cannot_be_compared():
    with pytest.raises(NotIdentified, match="does not vary"):
        cox([3], [1], [[1.0]])


@pytest.mark.parametrize("ties", ["efron", "breslow", "exact"])
def test_constant_columns_are_named(ties):
    with pytest.raises(NotIdentified, match="'steady'"):
        cox(TIME, EVENT, np.column_stack([X, np.full(N, 7.3)]), names=["a", "b", "steady"], ties=ties)


def test_a_column_that_only_tells_strata_apart_is_named():
    stratum = np.arange(N) % 2
    with pytest.raises(NotIdentified, match="'which'"):
        cox(TIME, EVENT, np.column_stack([X, stratum]), names=["a", "b", "which"], strata=stratum)


def test_a_combination_of_columns_is_named_with_its_parts():
    made = X[:, 0] - 2 * X[:, 1]
    with pytest.raises(NotIdentified, match="'sum' is a combination of 'a', 'b'"):
        cox(TIME, EVENT, np.column_stack([X, made]), names=["a", "b", "sum"])
    with pytest.raises(NotIdentified, match="'sum' is a combination of 'a', 'b'"):
        fine_gray(TIME, EVENT, np.column_stack([X, made]), names=["a", "b", "sum"])


@pytest.mark.parametrize("ties", ["efron", "breslow", "exact"])
def test_a_likelihood_that_only_rises_is_flagged_with_the_column_and_direction(ties):
    never = (~EVENT & (np.arange(N) % 2 == 0)).astype(float)  # nobody with this had the event
    fit = cox(TIME, EVENT, np.column_stack([X, never]), names=["a", "b", "never"], ties=ties)
    flag = next(f for f in fit.flags if f.code == "monotone_likelihood")
    assert "'never' (down)" in flag.text
    assert "'a'" not in flag.text
    assert np.isfinite(fit.coefficients).all()
    without = cox(TIME, EVENT, X, ties=ties)
    assert fit.coefficients[0] == pytest.approx(without.coefficients[0], abs=0.5)
    competing = fine_gray(TIME, EVENT, np.column_stack([X, never]), names=["a", "b", "never"])
    assert has(competing.flags, "monotone_likelihood")


def test_everything_in_order_is_not_flagged():
    fit = cox(np.tile(TIME, 3), np.tile(EVENT, 3), np.tile(X, (3, 1)))
    assert fit.flags == ()


def test_extreme_columns_still_converge():
    wide = np.column_stack([X[:, 0] * 1e9 + 1e9, X[:, 1] * 1e-9])
    fit = cox(TIME, EVENT, wide)
    plain = cox(TIME, EVENT, X)
    assert fit.coefficients * [1e9, 1e-9] == pytest.approx(plain.coefficients, rel=1e-5)
    outlier = X.copy()
    outlier[0, 0] = 1e4
    assert np.isfinite(cox(TIME, EVENT, outlier).coefficients).all()


@pytest.mark.parametrize(
    ("covariates", "index", "array"),
    [
        (np.where(np.arange(2 * N).reshape(N, 2) == 7, np.nan, 1.0), 3, "covariates[:, 1]"),
        (np.where(np.arange(2 * N).reshape(N, 2) == 8, np.inf, 1.0), 4, "covariates[:, 0]"),
        (np.where(np.arange(2 * N).reshape(N, 2) == 8, None, 1.0), 4, "covariates[:, 0]"),
    ],
)
def test_missing_covariates_are_refused_by_place(covariates, index, array):
    with pytest.raises(ValueRefused) as refused:
        cox(TIME, EVENT, covariates)
    assert (refused.value.array, refused.value.index) == (array, index)


def test_shapes_options_and_clusters_are_checked():
    with pytest.raises(NotAnArray):
        cox(TIME, EVENT, X[:-1])
    with pytest.raises(NotAnArray):
        cox(TIME, EVENT, X, names=["one"])
    with pytest.raises(OptionRefused):
        cox(TIME, EVENT, X, ties="average")
    with pytest.raises(OptionRefused, match="neither weights nor clusters"):
        cox(TIME, EVENT, X, ties="exact", weights=np.ones(N))
    with pytest.raises(NotEnoughData, match="one cluster"):
        cox(TIME, EVENT, X, clusters=np.zeros(N))
    with pytest.raises(OptionRefused):
        fine_gray(TIME, EVENT, X, of=0)


def test_few_clusters_are_flagged():
    assert has(cox(TIME, EVENT, X, clusters=np.arange(N) % 6).flags, "few_clusters")


def test_exact_ties_are_refused_where_they_would_take_hours(monkeypatch):
    monkeypatch.setattr(exact_ties, "_MOST_WORK", 10)
    with pytest.raises(OptionRefused, match="too many ties"):
        cox(TIME, EVENT, X, ties="exact")


def test_exact_ties_by_enumeration():
    from itertools import combinations

    x = np.array([0.3, -1.0, 0.5, 2.0, 0.1])
    fit = cox([1, 1, 2, 2, 3], [1, 1, 1, 0, 0], x, ties="exact")
    r = np.exp(fit.coefficients[0] * x)
    pairs = sum(r[i] * r[j] for i, j in combinations(range(5), 2))
    assert fit.loglik == pytest.approx(np.log(r[0] * r[1] / pairs) + np.log(r[2] / r[2:].sum()))
    with pytest.raises(OptionRefused, match="exact ties"):
        proportional_hazards(fit)


def test_the_hazards_test_needs_more_than_one_time_and_a_log_that_exists():
    same = np.where(EVENT, 5.0, 9.0)
    with pytest.raises(NotIdentified, match="one time"):
        proportional_hazards(cox(same, EVENT, X))
    zero = np.where(np.arange(N) == np.flatnonzero(EVENT)[0], 0.0, TIME)
    with pytest.raises(NotIdentified, match="time 0"):
        proportional_hazards(cox(zero, EVENT, X), "log")
    with pytest.raises(OptionRefused):
        proportional_hazards(cox(TIME, EVENT, X), "sqrt")


def test_the_hazards_test_finds_an_effect_that_turns():
    rng = np.random.default_rng(8)
    x = rng.random(1_500) < 0.5
    time = np.ceil(np.where(x, rng.weibull(0.6, x.size), rng.weibull(1.6, x.size)) * 100)
    assert proportional_hazards(cox(time, np.ones(x.size), x)).overall.p < 1e-6
    assert proportional_hazards(cox(rng.permutation(time), np.ones(x.size), x)).overall.p > 0.01


def test_baseline_without_covariates_effect_is_nelson_aalen():
    from lamplighter.statistics.survival.kaplan_meier import kaplan_meier

    column = np.tile([0.0, 1.0], N // 2)
    both = np.repeat(TIME[: N // 2], 2), np.repeat(EVENT[: N // 2], 2)  # pairs alike: no effect
    fit = cox(*both, column, ties="breslow")
    assert fit.coefficients == pytest.approx([0], abs=1e-9)
    curve = kaplan_meier(*both)
    assert baseline(fit).hazard == pytest.approx(curve.hazard[curve.events > 0])
    assert predicted(fit, [[0.0], [1.0]]) == pytest.approx([0, 0], abs=1e-9)


def test_strata_add_up():
    stratum = np.arange(N) % 3
    fit = cox(TIME, EVENT, X, strata=stratum)
    parts = [cox(TIME[stratum == s], EVENT[stratum == s], X[stratum == s]) for s in range(3)]
    assert fit.loglik_null == pytest.approx(sum(p.loglik_null for p in parts))
    base = baseline(fit)
    assert np.unique(base.stratum).tolist() == [0, 1, 2]


def test_blocks_of_rows_join(monkeypatch):
    from lamplighter.statistics.hazard_regression import risk_sets

    whole = cox(TIME, EVENT, X, clusters=np.arange(N) % 30)
    monkeypatch.setattr(risk_sets, "_BLOCK", 7)
    pieces = cox(TIME, EVENT, X, clusters=np.arange(N) % 30)
    assert pieces.coefficients == pytest.approx(whole.coefficients, rel=1e-10)
    assert pieces.covariance == pytest.approx(whole.covariance, rel=1e-9)


def test_shared_suspects_widen_the_errors():
    rng = np.random.default_rng(3)
    suspect = np.repeat(np.arange(60), 4)
    x = rng.normal(size=60)[suspect]
    time = np.ceil(rng.exponential(50, 240) * np.exp(2 * rng.normal(size=60))[suspect])
    fit = cox(time, np.ones(240), x, clusters=suspect)
    assert fit.clusters == 60
    assert fit.standard_errors[0] > 1.3 * np.sqrt(fit.naive_covariance[0, 0])


def test_with_few_clusters_limits_are_students_unless_the_normal_is_asked_for() -> None:
    draw = np.random.default_rng(3)
    time, event, x = draw.exponential(10, 40), np.ones(40), draw.normal(size=(40, 1))
    suspects = np.arange(40) // 4
    wide = cox(time, event, x, clusters=suspects)
    narrow = cox(time, event, x, clusters=suspects, reference="normal")
    assert wide.standard_errors == pytest.approx(narrow.standard_errors)
    assert (wide.upper - wide.coefficients) / wide.standard_errors == pytest.approx(
        2.262157, abs=1e-5
    )  # t, 9 df
    assert (narrow.upper - narrow.coefficients) / narrow.standard_errors == pytest.approx(1.959964, abs=1e-5)
    assert wide.p_values[0] > narrow.p_values[0]
    plain = cox(time, event, x)
    assert plain.lower == pytest.approx(cox(time, event, x, reference="normal").lower)
