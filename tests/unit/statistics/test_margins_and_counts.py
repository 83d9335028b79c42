"""Average marginal effects and models of counts: exact small cases, edges, robust variance."""

from __future__ import annotations

import numpy as np
import pytest

from lamplighter.statistics.arrays.errors import (
    NotEnoughData,
    NotIdentified,
    OptionRefused,
    ValueRefused,
)
from lamplighter.statistics.arrays.flags import has
from lamplighter.statistics.count_regression.count_models import negative_binomial, overdispersion, poisson
from lamplighter.statistics.logistic_regression.firth import firth
from lamplighter.statistics.logistic_regression.logistic import logistic
from lamplighter.statistics.logistic_regression.marginal_effects import average_marginal_effects


def test_one_indicator_gives_the_difference_of_two_proportions():
    x, y = np.repeat([0, 1], [100, 50]), np.r_[np.repeat([1, 0], [30, 70]), np.repeat([1, 0], [25, 25])]
    found = average_marginal_effects(logistic(y, x))
    assert found.kinds == ("difference",)
    assert found.effects == pytest.approx([0.5 - 0.3])
    # the delta method is then the textbook standard error of a difference
    assert found.standard_errors == pytest.approx([np.sqrt(0.3 * 0.7 / 100 + 0.5 * 0.5 / 50)])
    whole = average_marginal_effects(logistic(y, x), population=True)
    assert whole.standard_errors == pytest.approx(found.standard_errors)  # nothing else varies


def test_levels_are_against_the_level_left_out():
    level = np.repeat([0, 1, 2], 40)
    y = np.r_[np.repeat([1, 0], [10, 30]), np.repeat([1, 0], [20, 20]), np.repeat([1, 0], [30, 10])]
    x = (level[:, None] == [1, 2]).astype(float)
    found = average_marginal_effects(logistic(y, x), groups={"level": ["x1", "x2"]})
    assert found.effects == pytest.approx([0.25, 0.5])
    assert found.kinds == ("level", "level")


def test_a_slope_is_the_mean_derivative():
    rng = np.random.default_rng(2)
    x = rng.normal(size=(300, 2))
    fit = logistic(rng.random(300) < 1 / (1 + np.exp(-x[:, 0])), x)
    found = average_marginal_effects(fit, terms=["x1"])
    step = 1e-5
    moved = [
        1 / (1 + np.exp(-(fit.design.matrix @ fit.coefficients + s * fit.coefficients[1])))
        for s in (step, -step)
    ]
    assert found.effects == pytest.approx([(moved[0] - moved[1]).mean() / (2 * step)], rel=1e-7)
    assert found.names == ("x1",)


def test_effects_take_the_variance_of_the_fit():
    rng = np.random.default_rng(3)
    suspect = np.repeat(np.arange(80), 3)
    x = (suspect % 2).astype(float)
    y = rng.random(240) < 1 / (1 + np.exp(-rng.normal(size=80)[suspect] * 1.5))
    plain = average_marginal_effects(logistic(y, x))
    clustered = average_marginal_effects(logistic(y, x, clusters=suspect))
    assert clustered.standard_errors > 1.2 * plain.standard_errors
    assert clustered.freedom == 79
    by_firth = average_marginal_effects(firth(y, x, clusters=suspect))
    assert by_firth.effects == pytest.approx(clustered.effects, abs=0.01)


def test_effects_of_a_separated_model_are_refused():
    x, y = np.array([0, 0, 0, 1, 1, 0]), np.array([0, 1, 0, 1, 1, 1])
    with pytest.raises(NotIdentified, match="firth"):
        average_marginal_effects(logistic(y, x))
    assert np.isfinite(average_marginal_effects(firth(y, x)).effects).all()
    with pytest.raises(OptionRefused, match="no term 'age'"):
        average_marginal_effects(firth(y, x), terms=["age"])


def test_poisson_of_one_group_is_events_over_time():
    fit = poisson([2, 0, 5, 1], None, exposure=[100, 50, 200, 50], robust=False)
    assert fit.coefficients == pytest.approx([np.log(8 / 400)])
    assert fit.standard_errors == pytest.approx([1 / np.sqrt(8)])
    assert fit.events == 8


def test_robust_limits_hold_what_plain_ones_do_not():
    rng = np.random.default_rng(4)
    x = rng.random(400) < 0.5
    count = rng.poisson(rng.gamma(0.4, 5.0, 400))
    plain, robust = poisson(count, x, robust=False), poisson(count, x)
    assert robust.standard_errors[1] > 1.5 * plain.standard_errors[1]
    assert has(plain.flags, "overdispersion")
    assert "too narrow" in next(f.text for f in plain.flags if f.code == "overdispersion")
    assert "allow for it" in next(f.text for f in robust.flags if f.code == "overdispersion")
    assert plain.overdispersion.pearson_ratio > 3
    assert overdispersion(count, x) == plain.overdispersion
    nb = negative_binomial(count, x)
    assert nb.alpha == pytest.approx(2.5, rel=0.25)
    assert nb.log_likelihood > plain.log_likelihood + 100


def test_counts_that_vary_less_than_poisson_have_no_alpha():
    x = np.tile([0, 1], 60)
    count = 3 + x + np.tile([0, 0, 1, 1], 30)
    fit = negative_binomial(count, x)
    assert has(fit.flags, "no_overdispersion")
    assert fit.alpha == 0
    assert fit.coefficients == pytest.approx(poisson(count, x).coefficients)
    assert not fit.overdispersion.found


def test_what_counts_refuse():
    with pytest.raises(ValueRefused, match=r"outcome\[1\]: not a whole number"):
        poisson([1, 1.5, 2], [1, 2, 4])
    with pytest.raises(ValueRefused, match=r"exposure\[2\]: not above zero"):
        poisson([1, 1, 2], [1, 2, 4], exposure=[1, 1, 0])
    with pytest.raises(NotEnoughData, match="every count is zero"):
        poisson([0, 0, 0], [1, 2, 4])
    for model in (poisson, negative_binomial):
        with pytest.raises(NotIdentified, match="rate of nothing for strangers"):
            model([1, 2, 1, 0, 0], [0, 0, 0, 1, 1], names=["strangers"])
    assert np.isfinite(poisson([1, 2, 1, 0, 1], [0, 0, 0, 1, 1]).coefficients).all()
    with pytest.raises(NotEnoughData, match="no rows"):
        negative_binomial([], np.zeros((0, 1)))


def test_a_row_that_alone_fixes_a_coefficient_is_told():
    x, y = [[1, 0], [2, 0], [3, 0], [4, 0], [2, 0], [3, 1]], [1, 2, 2, 4, 1, 3]
    alone = poisson(y, x, correction="CR3")
    assert has(alone.flags, "leverage_one")
    assert np.isfinite(alone.standard_errors).all()
    shared = poisson([*y, 2], [*x, [1, 1]], correction="CR3")
    assert not has(shared.flags, "leverage_one")
