"""The same data given in another way: moved, in other units, as frames whose rows have names."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from lamplighter.statistics import (
    aalen_johansen,
    accelerated_failure,
    average_marginal_effects,
    compare,
    cox,
    fine_gray,
    firth,
    gray,
    influence,
    kaplan_meier,
    kappa_of_ratings,
    link_test,
    log_rank,
    logistic,
    negative_binomial,
    poisson,
    quasi_poisson,
    restricted_mean,
    rosenbaum_signed_rank,
    separation,
    time_lost,
)
from lamplighter.statistics.arrays.errors import NotAnArray, OptionRefused

RNG = np.random.default_rng(32)
N = 240
#: Eighths, which 1e9 can be added to without losing a digit.
X = np.column_stack([np.round(RNG.normal(size=N) * 8) / 8, RNG.random(N) < 0.4]).astype(float)
SUSPECT = RNG.integers(0, 90, N)
LINEAR = 0.5 * X[:, 0] - 0.7 * X[:, 1]
Y = (RNG.random(N) < 1 / (1 + np.exp(-LINEAR))).astype(int)
COUNT = RNG.poisson(np.exp(0.3 + LINEAR) * RNG.gamma(2.0, 0.5, N))
TIME = np.ceil(RNG.exponential(30 * np.exp(-LINEAR)))
CAUSE = np.where(TIME > 60, 0, RNG.integers(0, 3, N))
TIME = np.minimum(TIME, 60)

#: What is added to a column, and what it is multiplied by first.
MOVES = [(1e9, 1.0), (-1e9, 1.0), (0.0, 1e9), (0.0, 1e-9), (2.0**40, 2.0**12)]
FITS: dict[str, Callable[[np.ndarray], Any]] = {
    "logistic": lambda x: logistic(Y, x),
    "logistic by suspect": lambda x: logistic(Y, x, clusters=SUSPECT),
    "firth": lambda x: firth(Y, x),
    "poisson": lambda x: poisson(COUNT, x),
    "quasi-poisson": lambda x: quasi_poisson(COUNT, x),
    "negative binomial": lambda x: negative_binomial(COUNT, x),
    "cox": lambda x: cox(TIME, CAUSE == 1, x, clusters=SUSPECT),
    "fine and gray": lambda x: fine_gray(TIME, CAUSE, x, clusters=SUSPECT),
    "weibull": lambda x: accelerated_failure(TIME, CAUSE == 1, x),
    "lognormal": lambda x: accelerated_failure(TIME, CAUSE == 1, x, distribution="lognormal"),
}


def of_terms(fit: Any, values: np.ndarray) -> np.ndarray:
    """Leave the intercept out, which is where the origin is."""
    return np.asarray(values)[-2:]


@pytest.mark.parametrize("name", FITS)
@pytest.mark.parametrize(("moved", "unit"), MOVES)
def test_where_a_column_begins_and_its_unit_change_no_fit(name: str, moved: float, unit: float) -> None:
    plain = FITS[name](X)
    other = FITS[name](np.column_stack([X[:, 0] * unit + moved, X[:, 1]]))
    units = np.array([unit, 1.0])
    for part in ("coefficients", "standard_errors", "lower", "upper"):
        found, expected = of_terms(other, getattr(other, part)), of_terms(plain, getattr(plain, part))
        assert found * units == pytest.approx(expected, rel=1e-6), part
    assert of_terms(other, other.p_values) == pytest.approx(of_terms(plain, plain.p_values), rel=1e-6)


@pytest.mark.parametrize("fit", [logistic, firth])
def test_what_is_asked_of_a_fit_does_not_move_either(fit: Callable[..., Any]) -> None:
    plain = fit(Y, X, clusters=SUSPECT)
    moved = fit(Y, X * [1e6, 1.0] + [1e9, 0.0], clusters=SUSPECT)
    for population in (False, True):
        one = average_marginal_effects(plain, population=population)
        other = average_marginal_effects(moved, population=population)
        assert other.effects * [1e6, 1.0] == pytest.approx(one.effects, rel=1e-6)
        assert other.standard_errors * [1e6, 1.0] == pytest.approx(one.standard_errors, rel=1e-6)
    if fit is logistic:
        assert link_test(moved).p_value == pytest.approx(link_test(plain).p_value, rel=1e-5)
        assert influence(moved).largest[1:] == pytest.approx(influence(plain).largest[1:], rel=1e-6)
    else:
        assert any(flag.code == "intercept_far_away" for flag in moved.flags)
        assert np.isnan(moved.lower[0])


class Index:
    """What pandas says of its rows, as far as it is asked."""

    def __init__(self, labels: Any) -> None:
        self.labels = list(labels)

    def __len__(self) -> int:
        return len(self.labels)

    def equals(self, other: Index) -> bool:
        return self.labels == other.labels

    def sort_values(self) -> Index:
        return Index(sorted(self.labels))


class Series:
    """A pandas series, as far as it is asked."""

    def __init__(self, values: Any, index: Any) -> None:
        self.values, self.index = np.asarray(values), Index(index)

    def __array__(self, dtype: Any = None, copy: Any = None) -> np.ndarray:
        return self.values if dtype is None else self.values.astype(dtype)


class Frame:
    """A pandas frame, as far as it is asked."""

    def __init__(self, columns: dict[str, Any], index: Any) -> None:
        self.columns, self.index, self.parts = list(columns), Index(index), columns

    def __getitem__(self, name: str) -> Series:
        return Series(self.parts[name], self.index.labels)


def estimators(y: Any, other: Any, frame: Any) -> dict[str, Callable[[], Any]]:
    return {
        "logistic": lambda: logistic(y, frame),
        "by suspect": lambda: logistic(Y, frame, clusters=(y, SUSPECT)),
        "firth": lambda: firth(y, frame),
        "separation": lambda: separation(y, frame),
        "poisson": lambda: poisson(y, frame),
        "negative binomial": lambda: negative_binomial(COUNT, frame, weights=y),
        "quasi-poisson": lambda: quasi_poisson(y, frame),
        "cox": lambda: cox(TIME, y, frame),
        "fine and gray": lambda: fine_gray(TIME, y, frame),
        "weibull": lambda: accelerated_failure(TIME, y, frame),
        "kaplan-meier": lambda: kaplan_meier(y, other),
        "aalen-johansen": lambda: aalen_johansen(y, other),
        "log-rank": lambda: log_rank(y, Y, other),
        "gray": lambda: gray(y, CAUSE, other),
        "restricted mean": lambda: restricted_mean(y, other, horizon=1.0),
        "time lost": lambda: time_lost(y, other, of=1, horizon=1.0),
        "compared": lambda: compare(y, other, Y, horizon=1.0),
        "kappa": lambda: kappa_of_ratings(y, other),
        "rosenbaum": lambda: rosenbaum_signed_rank(y, other),
        "a mapping of series": lambda: logistic(Y, {"a": y, "b": other}),
    }


@pytest.mark.parametrize("name", estimators(0, 0, 0))
def test_rows_that_pandas_names_differently_are_refused(name: str) -> None:
    turned = np.arange(N)[::-1]
    y, other = Series(Y, range(N)), Series(Y, turned)
    frame = Frame({"a": X[:, 0], "b": X[:, 1]}, turned)
    with pytest.raises(NotAnArray, match=r"its rows are not those of .*: the same index in another order"):
        estimators(y, other, frame)[name]()


def test_rows_that_pandas_names_alike_are_read() -> None:
    index = [f"report {i}" for i in range(N)]
    frame = Frame({"age": X[:, 0], "female": X[:, 1]}, index)
    fit = logistic(Series(Y, index), frame, clusters=Series(SUSPECT, index))
    assert fit.names == ("intercept", "age", "female")
    assert fit.coefficients == pytest.approx(logistic(Y, X).coefficients)


def test_rows_of_other_people_are_refused_with_what_to_do() -> None:
    with pytest.raises(NotAnArray) as problem:
        logistic(Series(Y, range(N)), Frame({"a": X[:, 0]}, range(1, N + 1)))
    assert str(problem.value) == (
        "terms: its rows are not those of outcome: another index. Put them in one order first "
        "(terms.loc[outcome.index]), or give to_numpy() of both where the order of their rows is what counts."
    )


@pytest.mark.parametrize("share", [[0.25, 0.5], "half", None, np.array([0.5, 0.75])])
def test_several_quantiles_at_once_are_refused(share: Any) -> None:
    survival, competing = kaplan_meier(TIME, CAUSE == 1), aalen_johansen(TIME, CAUSE)
    for ask in (lambda: survival.quantile(share), lambda: competing.quantile(share, 1)):
        with pytest.raises(OptionRefused, match=r"p: one number is needed. Give 0.5 for one half. Ask one"):
            ask()
    with pytest.raises(OptionRefused, match=r"p: must lie between 0 and 1\. Give 0\.5"):
        survival.quantile(1.5)
    assert survival.quantile(0.25).p == 0.25
