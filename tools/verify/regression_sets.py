"""Random data sets for the comparison with R, and what Lamplighter makes of each."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from lamplighter.statistics.agreement.intraclass_correlation import intraclass
from lamplighter.statistics.agreement.kappa import kappa_of_many, kappa_of_table, mcnemar
from lamplighter.statistics.arrays.flags import has
from lamplighter.statistics.count_regression.count_models import negative_binomial, poisson
from lamplighter.statistics.inference.multiple_testing import holm
from lamplighter.statistics.logistic_regression.diagnostics import calibration, link_test, variance_inflation
from lamplighter.statistics.logistic_regression.firth import firth
from lamplighter.statistics.logistic_regression.logistic import LogisticFit, logistic
from lamplighter.statistics.logistic_regression.marginal_effects import average_marginal_effects

TERMS = ("x1", "x2", "x3b", "x3c")
ALL = ("intercept", *TERMS)
GROUPS = {"x3": ("x3b", "x3c")}
Columns = dict[str, np.ndarray[Any, Any]]
Row = tuple[int, str, str, float]


def make_set(number: int) -> Columns:
    """One data set, a column a key, from its number alone."""
    rng = np.random.default_rng([20261124, number])
    n = int(rng.integers(60, 240))
    x1 = np.round(rng.normal(0, rng.choice([1.0, 10.0, 0.1]), n), 6)
    rare = rng.random() < 0.3  # a rare factor: some of these sets are separated
    x2 = (rng.random(n) < (0.03 if rare else 0.4)).astype(int)
    x2[:2] = (1, 0)
    level = rng.integers(0, 3, n)
    level[:3] = (0, 1, 2)
    suspect = rng.integers(0, max(n // 3, 5), n)
    victim = rng.integers(0, max(2 * n // 3, 5), n)
    shared = rng.normal(0, 0.7, n)[suspect]
    linear = (
        rng.normal(-0.3, 0.7) + 0.5 * x1 / max(x1.std(), 1e-9) * rng.normal() + 0.6 * x2 - 0.4 * (level == 2)
    )
    y = (rng.random(n) < 1 / (1 + np.exp(-(linear + shared)))).astype(int)
    y[:2] = (1, 0)
    exposure = np.round(rng.uniform(20, 400, n))
    rate = np.exp(0.5 * linear + shared) * exposure / 100
    count = rng.poisson(rate * rng.gamma(1.5, 1 / 1.5, n))
    count[0] += 1
    truth = rng.integers(1, 5, n)
    rater = {f"rater{j}": np.where(rng.random(n) < 0.65, truth, rng.integers(1, 5, n)) for j in range(1, 6)}
    true_score = rng.normal(5, 2, n)
    score = {f"score{j}": np.round(true_score + rng.normal(0.3 * j, 1.2, n), 3) for j in range(1, 5)}
    return {
        "y": y, "x1": x1, "x2": x2, "x3b": (level == 1).astype(int), "x3c": (level == 2).astype(int),
        "suspect": suspect, "victim": victim, "weight": rng.integers(1, 4, n), "exposure": exposure,
        "count": count, **rater, **score,
    }  # fmt: skip


def what_we_make(number: int, data: Columns) -> Iterator[Row]:
    """(set, quantity, term, value), in the words of ``regression.R``."""
    x = np.column_stack([data[name] for name in TERMS]).astype(float)

    def put(quantity: str, terms: tuple[str, ...], values: Any) -> Iterator[Row]:
        for term, value in zip(terms, np.atleast_1d(values), strict=True):
            yield number, quantity, term, float(value)

    yield from _logistic(put, data, x)
    for case, weights in (("firth", None), ("firth_weighted", data["weight"])):
        f = firth(data["y"], x, names=TERMS, weights=weights)
        yield from put(f"{case}.coefficient", ALL, f.coefficients)
        yield from put(f"{case}.se", ALL, f.standard_errors)
        yield from put(f"{case}.lower", ALL, f.lower)
        yield from put(f"{case}.upper", ALL, f.upper)
        yield from put(f"{case}.statistic", ALL, f.statistics)
        yield from put(f"{case}.value", ("",), f.penalised_log_likelihood)
    yield from _counts(put, data, x)
    yield from _agreement(put, data)


def _logistic(put: Any, data: Columns, x: Any) -> Iterator[Row]:
    y, suspect = data["y"], data["suspect"]

    def fit(**options: Any) -> LogisticFit:
        return logistic(y, x, names=TERMS, **options)

    plain = fit()
    yield from put("separated", ("",), float(bool(plain.separation)))
    if plain.separation:
        return
    yield from put("logistic.coefficient", ALL, plain.coefficients)
    yield from put("logistic.se", ALL, plain.standard_errors)
    yield from put("logistic.p", ALL, plain.p_values)
    yield from put("logistic.log_likelihood", ("",), plain.log_likelihood)
    yield from put("logistic.null", ("",), plain.null_log_likelihood)
    weighted = fit(weights=data["weight"])
    yield from put("weighted.coefficient", ALL, weighted.coefficients)
    yield from put("weighted.se", ALL, weighted.standard_errors)
    for j in range(4):
        yield from put(f"logistic.HC{j}", ALL, fit(robust=True, correction=f"CR{j}").standard_errors)
        one = fit(clusters=suspect, correction=f"CR{j}")
        yield from put(f"logistic.CR{j}", ALL, one.standard_errors)
        two = fit(clusters=(suspect, data["victim"]), correction=f"CR{j}")
        if j < 2:
            yield from put(f"logistic.two_way.CR{j}", ALL, two.standard_errors)
    effects = average_marginal_effects(plain, groups=GROUPS)
    yield from put("ame.effect", TERMS, effects.effects)
    yield from put("ame.se", TERMS, effects.standard_errors)
    clustered = average_marginal_effects(fit(clusters=suspect, correction="CR1"), groups=GROUPS)
    yield from put("ame.cluster_se", TERMS, clustered.standard_errors)
    yield from put("vif", TERMS, variance_inflation(x, names=TERMS).values)
    grouped = variance_inflation(x, names=TERMS, groups=GROUPS)
    yield from put("gvif", ("x3",), grouped.values[grouped.names.index("x3")])
    link = link_test(plain)
    yield from put("link", ("",), link.coefficient)
    yield from put("link.se", ("",), link.standard_error)
    calibrated = calibration(plain)
    yield from put("hosmer_lemeshow", ("",), calibrated.statistic)
    yield from put("c_statistic", ("",), calibrated.c_statistic)
    yield from put("holm", ALL, holm(plain.p_values, family="coefficients").adjusted)


def _counts(put: Any, data: Columns, x: Any) -> Iterator[Row]:
    given = {"names": TERMS, "exposure": data["exposure"]}
    y = data["count"]
    plain = poisson(y, x, robust=False, **given)
    yield from put("poisson.coefficient", ALL, plain.coefficients)
    yield from put("poisson.se", ALL, plain.standard_errors)
    yield from put("poisson.HC1", ALL, poisson(y, x, correction="CR1", **given).standard_errors)
    by_row = poisson(y, x, correction="CR3", **given)
    # Where one row alone fixes a coefficient R divides nothing by nothing, and ours says so.
    none = has(by_row.flags, "leverage_one")
    yield from put("poisson.HC3", ALL, by_row.standard_errors * (np.nan if none else 1.0))
    clustered = poisson(y, x, clusters=data["suspect"], correction="CR1", **given)
    yield from put("poisson.CR1", ALL, clustered.standard_errors)
    yield from put("poisson.log_likelihood", ("",), plain.log_likelihood)
    tested = plain.overdispersion
    yield from put("pearson_ratio", ("",), tested.pearson_ratio)
    yield from put("cameron_trivedi_constant", ("",), tested.cameron_trivedi_constant)
    yield from put("cameron_trivedi", ("",), tested.cameron_trivedi)
    yield from put("dean", ("",), tested.dean)
    nb = negative_binomial(y, x, **given)
    if nb.alpha > 1e-4:
        yield from put("nb.coefficient", ALL, nb.coefficients)
        yield from put("nb.se", ALL, nb.standard_errors)
        yield from put("nb.theta", ("",), 1 / nb.alpha)
        yield from put("nb.theta_se", ("",), nb.theta_standard_error)
        yield from put("nb.log_likelihood", ("",), nb.log_likelihood)


def _agreement(put: Any, data: Columns) -> Iterator[Row]:
    table = np.zeros((4, 4))
    np.add.at(table, (data["rater1"] - 1, data["rater2"] - 1), 1)
    for weights, called in (
        ("unweighted", "kappa"),
        ("linear", "kappa.linear"),
        ("quadratic", "kappa.quadratic"),
    ):
        k = kappa_of_table(table, weights=weights)
        yield from put(called, ("",), k.kappa)
        yield from put(f"{called}_se", ("",), k.standard_error)
    raters = np.column_stack([data[f"rater{j}"] for j in range(1, 6)])
    many = kappa_of_many((raters[:, :, None] == np.arange(1, 5)).sum(axis=1))
    yield from put("fleiss", ("",), many.kappa)
    yield from put("fleiss_null_se", ("",), many.null_standard_error)
    icc = intraclass(np.column_stack([data[f"score{j}"][:20] for j in range(1, 5)]))
    for form, found in icc.forms.items():
        yield from put("icc", (form,), found.value)
        yield from put("icc.lower", (form,), found.lower)
        yield from put("icc.upper", (form,), found.upper)
    y, x = data["y"] == 1, data["x2"] == 1
    tested = mcnemar([[(y & x).sum(), (y & ~x).sum()], [(~y & x).sum(), (~y & ~x).sum()]])
    yield from put("mcnemar", ("",), tested.statistic)
    yield from put("mcnemar.exact", ("",), tested.exact_p_value)
