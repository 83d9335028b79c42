"""Models to the digits R prints. What R said is stored; its commands are in tools/verify/models.R.

``Rscript tools/verify/models.R tests/data/statistics/models`` makes data and answers again (R 4.5.0, survival
3.8-3, MASS).
"""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from lamplighter.statistics import (
    StatisticsError,
    accelerated_failure,
    cox,
    fine_gray,
    logistic,
    negative_binomial,
    poisson,
    quasi_poisson,
    rosenbaum_binary,
    rosenbaum_signed_rank,
)
from lamplighter.statistics.inference.rosenbaum import RosenbaumBounds
from tests.unit.statistics.regression_fixtures import columns_of

FOLDER = Path(__file__).parents[2] / "data" / "statistics" / "models"
SEVEN = 1e-7


@cache
def data(name: str) -> dict[str, np.ndarray]:
    return columns_of(FOLDER / f"{name}.csv")


@cache
def said(model: str, quantity: str) -> np.ndarray:
    with (FOLDER / "r.csv").open(newline="") as lines:
        rows = [row for row in csv.DictReader(lines) if (row["model"], row["quantity"]) == (model, quantity)]
    found = [float(row["value"]) for row in rows]
    assert found, (model, quantity)
    return np.array(found)


def terms(name: str, *columns: str) -> np.ndarray:
    return np.column_stack([data(name)[column] for column in columns])


def lung(distribution: str, **more):
    d = data("lung")
    return accelerated_failure(
        d["time"], d["dead"], terms("lung", "age", "female", "ecog"), distribution=distribution, **more
    )


@pytest.mark.parametrize("distribution", ["weibull", "lognormal", "exponential", "loglogistic"])
def test_accelerated_failure_as_survreg(distribution):
    """survreg(Surv(time, dead) ~ age + female + ecog, lung, dist = ...)"""
    fit, name = lung(distribution), f"lung_{distribution}"
    errors = fit.standard_errors
    if distribution != "exponential":
        errors = np.append(errors, fit.log_scale_standard_error)
    assert fit.coefficients == pytest.approx(said(name, "coefficient"), rel=SEVEN)
    assert errors == pytest.approx(said(name, "se"), rel=SEVEN)
    assert np.log(fit.scale) == pytest.approx(said(name, "log_scale")[0], rel=SEVEN, abs=1e-12)
    assert fit.loglik == pytest.approx(said(name, "loglik")[0], rel=1e-10)
    assert fit.loglik_null == pytest.approx(said(name, "loglik_null")[0], rel=1e-10)
    assert fit.aic == pytest.approx(said(name, "aic")[0], rel=1e-10)
    new = [[50.0, 1.0, 0.0], [70.0, 0.0, 2.0]]
    medians = fit.quantile_of(new)
    assert medians == pytest.approx(said(name, "median"), rel=1e-6)
    assert np.diag(fit.survival_of(new, medians)) == pytest.approx([0.5, 0.5])
    assert fit.survival_of(new, [0.0]) == pytest.approx(1.0)


@pytest.mark.parametrize("distribution", ["weibull", "lognormal"])
def test_accelerated_failure_by_cluster(distribution):
    """survreg(..., cluster = inst): the robust variance, limits from the normal as R prints them."""
    name = f"lung_{distribution}_clusters"
    fit = lung(distribution, clusters=data("lung")["inst"], reference="normal")
    assert np.sqrt(np.diag(fit.covariance)) == pytest.approx(said(name, "se"), rel=1e-6)
    assert np.sqrt(np.diag(fit.naive_covariance)) == pytest.approx(said(name, "naive_se"), rel=1e-6)
    assert fit.upper - fit.lower == pytest.approx(2 * 1.959963984540054 * fit.standard_errors)
    assert lung(distribution, clusters=data("lung")["inst"]).upper[1] > fit.upper[1]  # Student's t is wider
    assert any(flag.code == "few_clusters" for flag in fit.flags)


def test_accelerated_failure_with_weights():
    weights = np.resize([1.0, 2.0, 3.0], data("lung")["time"].size)
    fit, name = lung("weibull", weights=weights), "lung_weibull_weights"
    assert fit.coefficients == pytest.approx(said(name, "coefficient"), rel=SEVEN)
    errors = np.append(fit.standard_errors, fit.log_scale_standard_error)
    assert errors == pytest.approx(said(name, "se"), rel=1e-6)
    assert fit.aic == pytest.approx(said(name, "aic")[0], rel=1e-10)


@pytest.mark.parametrize("distribution", ["weibull", "lognormal"])
def test_accelerated_failure_of_few(distribution):
    d = data("ovarian")
    fit = accelerated_failure(d["time"], d["dead"], terms("ovarian", "age", "rx"), distribution=distribution)
    assert fit.coefficients == pytest.approx(said(f"ovarian_{distribution}", "coefficient"), rel=SEVEN)
    assert fit.aic == pytest.approx(said(f"ovarian_{distribution}", "aic")[0], rel=1e-10)
    assert fit.time_ratios == pytest.approx(np.exp(fit.coefficients))
    assert any(flag.code == "few_events" for flag in fit.flags)


def test_accelerated_failure_moves_with_the_unit_of_time():
    d = data("lung")
    days = lung("weibull")
    years = accelerated_failure(d["time"] / 365.25, d["dead"], terms("lung", "age", "female", "ecog"))
    assert years.coefficients[1:] == pytest.approx(days.coefficients[1:], rel=1e-8)
    assert years.coefficients[0] == pytest.approx(days.coefficients[0] - np.log(365.25))
    assert years.scale == pytest.approx(days.scale)


def test_accelerated_failure_of_a_group_without_events():
    rng = np.random.default_rng(5)
    group = np.repeat([0.0, 1.0], 50)
    fit = accelerated_failure(rng.exponential(10, 100) + 0.1, (group == 0).astype(int), group)
    assert [flag.code for flag in fit.flags] == ["monotone_likelihood"]


@pytest.mark.parametrize(
    ("time", "event", "says"),
    [
        ([0.0, 1, 2, 3], [1, 1, 0, 1], r"time\[0\]: zero has no logarithm. Count in hours"),
        ([1.0, 1, 2, 3], [0, 0, 0, 0], "no events"),
        ([1.0, -1, 2, 3], [1, 1, 0, 1], r"time\[1\]: negative"),
    ],
)
def test_accelerated_failure_refuses(time, event, says):
    with pytest.raises(StatisticsError, match=says):
        accelerated_failure(time, event, [0.0, 1.0, 1.0, 0.0])
    with pytest.raises(StatisticsError, match="distribution: not offered"):
        accelerated_failure(time, event, [0.0, 1.0, 1.0, 0.0], distribution="gamma")


QUINE = ("eth", "sex", "f1", "f2", "f3", "sl")


def test_quasi_poisson_as_r():
    """summary(glm(days ~ eth + sex + f1 + f2 + f3 + sl, quasipoisson, quine))"""
    fit = quasi_poisson(data("quine")["days"], terms("quine", *QUINE))
    assert fit.coefficients == pytest.approx(said("quine_quasi", "coefficient"), rel=SEVEN)
    assert fit.standard_errors == pytest.approx(said("quine_quasi", "se"), rel=SEVEN)
    assert fit.statistics == pytest.approx(said("quine_quasi", "t"), rel=SEVEN)
    assert fit.p_values == pytest.approx(said("quine_quasi", "p"), rel=1e-6)
    assert fit.dispersion == pytest.approx(said("quine_quasi", "dispersion")[0], rel=SEVEN)
    assert f"the dispersion, {fit.dispersion:.3f}; t with 139 degrees of freedom" in fit.variance
    assert np.isnan(fit.log_likelihood)
    assert np.isnan(fit.aic)


def test_a_row_of_weight_two_is_two_rows_of_a_quasi_poisson():
    days, x = data("quine")["days"], terms("quine", "eth", "sl")
    twice = quasi_poisson(np.r_[days, days], np.vstack([x, x]))
    weighted = quasi_poisson(days, x, weights=np.full(days.size, 2.0))
    assert weighted.standard_errors == pytest.approx(twice.standard_errors)
    assert weighted.freedom == twice.freedom
    with pytest.raises(StatisticsError, match="weights: the weights add up to no more than there are"):
        quasi_poisson(days, x, weights=np.full(days.size, 0.01))


def test_akaikes_criterion_as_r():
    days, quine = data("quine")["days"], terms("quine", *QUINE)
    assert poisson(days, quine).aic == pytest.approx(said("quine_poisson", "aic")[0], rel=1e-9)
    assert negative_binomial(days, quine).aic == pytest.approx(said("quine_nb", "aic")[0], rel=1e-7)
    born = logistic(data("birthwt")["low"], terms("birthwt", "age", "lwt", "smoke"))
    assert born.aic == pytest.approx(said("birthwt", "aic")[0], rel=1e-9)
    hazards = cox(data("lung")["time"], data("lung")["dead"], terms("lung", "age", "female", "ecog"))
    assert hazards.aic == pytest.approx(said("lung_cox", "aic")[0], rel=1e-9)
    apart = logistic([0, 0, 0, 1, 1, 1], [1.0, 2, 3, 4, 5, 6])
    assert apart.separation
    assert np.isnan(apart.aic)


def bounds_agree(found: RosenbaumBounds, name: str) -> None:
    assert found.upper == pytest.approx(said(name, "upper"), rel=1e-9)
    assert found.lower[1:] == pytest.approx(said(name, "lower")[-found.gammas.size + 1 :], rel=1e-9)
    assert found.lower[0] == pytest.approx(found.upper[0])


def test_rosenbaum_bounds_of_lead_in_the_blood():
    """rbounds::psens(trt, ctrl), by its own formulas in R."""
    gammas = [1, 2, 3, 4, 4.25, 5, 6]
    found = rosenbaum_signed_rank(data("lead")["exposed"], data("lead")["control"], gammas=gammas)
    assert found.upper == pytest.approx(np.unique(said("lead", "upper")), rel=1e-9)
    assert found.lower[1:] == pytest.approx(said("lead", "lower"), rel=1e-9)
    assert found.lower[0] == found.upper[0]
    assert found.pairs == 33 - int((data("lead")["exposed"] == data("lead")["control"]).sum())
    assert 4.25 < found.breaks_at < 5  # 0.0441 at 4.25, 0.0694 at 5
    at = rosenbaum_signed_rank(data("lead")["exposed"], data("lead")["control"], gammas=found.breaks_at)
    assert at.upper[0] == pytest.approx(0.05, rel=1e-9)


def test_rosenbaum_bounds_of_smoking_and_lung_cancer():
    """pbinom(109, 122, gamma / (1 + gamma), lower.tail = FALSE)"""
    found = rosenbaum_binary(110, 12, gammas=range(1, 7))
    bounds_agree(found, "smoking")
    assert 5 < found.breaks_at < 6


def test_rosenbaum_bounds_where_there_is_nothing_to_undo_or_nothing_undoes():
    assert np.isnan(rosenbaum_binary(6, 5).breaks_at)
    assert rosenbaum_binary(50, 0, level=0.99).breaks_at > 100
    for wrong, says in (
        (lambda: rosenbaum_binary(0, 0), "no pair differs"),
        (lambda: rosenbaum_binary(-1, 2), "exposed_only: not a whole number"),
        (lambda: rosenbaum_binary(1, 2, gammas=[0.5]), "gammas: below 1"),
        (lambda: rosenbaum_signed_rank([1.0, 2.0], [1.0, 2.0]), "no pair differs"),
    ):
        with pytest.raises(StatisticsError, match=says):
            wrong()


@pytest.mark.parametrize(
    ("name", "of", "file"),
    [("mgus_progression", 1, "mgus"), ("mgus_death", 2, "mgus"), ("mgus_years_death", 2, "mgus_years")],
)
def test_fine_and_gray_with_delayed_entry(name, of, file):
    """coxph(Surv(fgstart, fgstop, fgstatus) ~ male + hgb + creat, finegray(Surv(entry, end, cause) ~ ., ...),
    weights = fgwt, cluster = id, ties = "breslow"); age is the clock, in one file whole years."""
    d = data(file)
    x = terms(file, "male", "hgb", "creat")
    fit = fine_gray(d["end"], d["cause"], x, of=of, entry=d["entry"])
    assert fit.coefficients == pytest.approx(said(name, "coefficient"), rel=1e-6)
    assert np.sqrt(np.diag(fit.naive_covariance)) == pytest.approx(said(name, "naive_se"), rel=1e-6)
    assert fit.standard_errors == pytest.approx(said(name, "se"), rel=1e-6)
    assert fit.loglik == pytest.approx(said(name, "loglik")[0], rel=1e-9)
    turned = np.random.default_rng(1).permutation(d["end"].size)
    again = fine_gray(d["end"][turned], d["cause"][turned], x[turned], of=of, entry=d["entry"][turned])
    assert again.coefficients == pytest.approx(fit.coefficients, rel=1e-9)


def test_fine_and_gray_where_everybody_entered_at_the_start():
    """Without ties between events and censoring it is the fit without entry."""
    rng = np.random.default_rng(9)
    time, x = rng.exponential(10, 200), rng.normal(size=200)
    cause = rng.integers(0, 3, 200)
    late = fine_gray(time, cause, x, entry=np.full(200, -1.0))
    assert late.coefficients == pytest.approx(fine_gray(time, cause, x).coefficients, rel=1e-9)


def test_fine_and_gray_refuses_a_day_on_which_nobody_was_there():
    time, cause = [5.0, 6, 7, 15, 16, 17, 18], [2, 1, 1, 1, 1, 2, 1]
    with pytest.raises(
        StatisticsError, match=r"entry\[0\]: after this row's end there is a day .* Begin the clock"
    ):
        fine_gray(time, cause, [0.0, 1, 0, 1, 0, 1, 0], entry=[0.0, 0, 0, 10, 10, 10, 10])
