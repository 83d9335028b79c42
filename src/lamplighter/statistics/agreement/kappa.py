"""Do two or more people who judged the same cases agree, beyond what chance would give?

Cohen's kappa, plain and weighted, with the standard errors of Fleiss, Cohen and Everitt (1969); Fleiss' kappa
for many raters (1971, standard error of Fleiss, Nee and Landis 1979); McNemar's test for pairs. Agreement of
numbers is in :mod:`lamplighter.statistics.agreement.intraclass_correlation`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import stats

from lamplighter.statistics.arrays import checks
from lamplighter.statistics.arrays.checks import Floats
from lamplighter.statistics.arrays.errors import (
    NotAnArray,
    NotEnoughData,
    NotIdentified,
    OptionRefused,
    ValueRefused,
)
from lamplighter.statistics.arrays.flags import Flag
from lamplighter.statistics.arrays.pandas_rows import rows_alike

WEIGHTS = ("unweighted", "linear", "quadratic")


@dataclass(frozen=True, slots=True)
class Kappa:
    """Agreement beyond chance.

    Attributes:
        kappa: 1 is agreement throughout, 0 is chance.
        standard_error: for limits.
        null_standard_error: for the test of no agreement beyond chance.
        lower, upper: limits, kept within -1 and 1.
        statistic, p_value: test of kappa = 0, two-sided.
        observed, expected: (weighted) shares of agreement, seen and by chance.
        n: cases; ``raters`` and ``categories`` as named.
        weights: ``unweighted``, ``linear`` or ``quadratic``.
    """

    kappa: float
    standard_error: float
    null_standard_error: float
    lower: float
    upper: float
    statistic: float
    p_value: float
    observed: float
    expected: float
    n: float
    raters: int
    categories: int
    weights: str
    confidence: float
    flags: tuple[Flag, ...]


@rows_alike
def kappa_of_ratings(
    first: Any,
    second: Any,
    *,
    weights: str = "unweighted",
    order: Sequence[Any] | None = None,
    confidence: float = 0.95,
) -> Kappa:
    """Cohen's kappa of two raters' labels, one a case.

    Args:
        first, second: (n,) labels.
        weights: as for :func:`kappa_of_table`.
        order: every category, lowest first, those that nobody used among them. Numbers go in their own
            order when it is not given.

    Raises:
        OptionRefused: weights over words without an ``order``: sorted, "high" would come before "low".
        ValueRefused: a label that ``order`` does not hold.
    """
    a, b = np.asarray(first), np.asarray(second)
    codes, labels = checks.labels(np.concatenate([a, b]), "first and second", length=a.size + b.size)
    if a.size != b.size:
        raise NotAnArray(
            "not as long as first", array="second", remedy="Give one label a case from each rater."
        )
    checks.some(a.size, "first")
    if order is not None:
        place = {label: at for at, label in enumerate(order)}
        strange = np.array([label not in place for label in labels])[codes]
        if strange.any():
            raise ValueRefused(
                "not in the order that was given",
                array="first" if int(np.argmax(strange)) < a.size else "second",
                index=int(np.argmax(strange)) % a.size,
                remedy="Name every category, lowest first.",
            )
        codes, labels = np.array([place[label] for label in labels])[codes], tuple(order)
    elif weights != "unweighted" and any(isinstance(label, str) for label in labels):
        raise OptionRefused(
            "weights need the order of the categories",
            array="weights",
            remedy="Give order, the categories from lowest to highest.",
        )
    table = np.zeros((len(labels), len(labels)))
    np.add.at(table, (codes[: a.size], codes[a.size :]), 1)
    return kappa_of_table(table, weights=weights, confidence=confidence)


def kappa_of_table(table: Any, *, weights: str = "unweighted", confidence: float = 0.95) -> Kappa:
    """Cohen's kappa of a square table of counts, rows the first rater and columns the second.

    Args:
        table: (categories, categories), zero or more.
        weights: disagreement counts alike (``unweighted``), by distance, or by distance squared.

    Raises:
        NotIdentified: both raters used one and the same category throughout: kappa is 0/0.
    """
    checks.choice(weights, WEIGHTS, "weights")
    level = checks.level(confidence)
    counts = _table(table)
    k, n = counts.shape[0], float(counts.sum())
    p = counts / n
    row, column = p.sum(axis=1), p.sum(axis=0)
    far = np.abs(np.subtract.outer(np.arange(k), np.arange(k))) / max(k - 1, 1)
    w = {"unweighted": np.eye(k), "linear": 1 - far, "quadratic": 1 - far**2}[weights]
    seen, chance = float((w * p).sum()), float((w * np.outer(row, column)).sum())
    if 1 - chance < 1e-12:
        raise NotIdentified(
            "both raters used one category only, so kappa is 0/0",
            array="table",
            remedy="Report the share of agreement and say that one category was used.",
        )
    value = (seen - chance) / (1 - chance)
    mean_row, mean_column = w @ column, row @ w
    mean = np.add.outer(mean_row, mean_column)
    spread = (p * (w * (1 - chance) - mean * (1 - seen)) ** 2).sum() - (
        seen * chance - 2 * chance + seen
    ) ** 2
    error = math.sqrt(max(float(spread), 0.0) / n) / (1 - chance) ** 2
    null = (np.outer(row, column) * (w - mean) ** 2).sum() - chance**2
    null_error = math.sqrt(max(float(null), 0.0) / n) / (1 - chance)
    return _kappa(value, error, null_error, seen, chance, n, 2, k, weights, level)


def kappa_of_many(counts: Any, *, confidence: float = 0.95) -> Kappa:
    """Fleiss' kappa: many raters, the same number a case, who need not be the same people.

    Args:
        counts: (cases, categories), how many raters put the case in the category.

    Raises:
        ValueRefused: a case with another number of raters than the first.
        NotIdentified: every rating is in one category.
    """
    level = checks.level(confidence)
    given = checks.columns(counts, np.shape(counts)[0] if np.ndim(counts) else 0, "counts")
    checks.some(given.shape[0], "counts", 2)
    raters = given.sum(axis=1)
    wrong = (raters != raters[0]) | (given < 0).any(axis=1) | (given != np.floor(given)).any(axis=1)
    if wrong.any() or raters[0] < 2:
        raise ValueRefused(
            "every case needs the same number of raters, two or more",
            array="counts",
            index=int(np.argmax(wrong)),
            remedy="Leave the case out, or use pairs of raters.",
        )
    n, m = given.shape[0], float(raters[0])
    share = given.sum(axis=0) / (n * m)
    seen = float(((given**2).sum(axis=1) - m).sum() / (n * m * (m - 1)))
    chance = float((share**2).sum())
    if 1 - chance < 1e-12:
        raise NotIdentified("every rating is in one category", array="counts", remedy="Say so instead.")
    value = (seen - chance) / (1 - chance)
    q = share * (1 - share)
    null_error = (
        math.sqrt(2 / (n * m * (m - 1)))
        * math.sqrt(q.sum() ** 2 - (q * (1 - 2 * share)).sum())
        / float(q.sum())
    )
    error = _infinitesimal_jackknife(given, m, seen, chance, value)
    return _kappa(value, error, null_error, seen, chance, n, int(m), given.shape[1], "unweighted", level)


def _infinitesimal_jackknife(counts: Floats, m: float, seen: float, chance: float, value: float) -> float:
    """Standard error away from kappa = 0: the influence of each case (Gwet 2008)."""
    n = counts.shape[0]
    agree = ((counts**2).sum(axis=1) - m) / (m * (m - 1))
    by_chance = (counts / m) @ (counts.sum(axis=0) / (n * m))
    influence = (agree - chance) / (1 - chance) - 2 * (1 - value) * (by_chance - chance) / (1 - chance)
    return float(np.sqrt(((influence - value) ** 2).sum() / (n * (n - 1))))


def _kappa(
    value: float,
    error: float,
    null_error: float,
    seen: float,
    chance: float,
    n: float,
    raters: int,
    categories: int,
    weights: str,
    level: float,
) -> Kappa:
    z = float(stats.norm.ppf((1 + level) / 2))
    statistic = value / null_error if null_error > 0 else math.nan
    flags = []
    if n < 30:
        flags.append(Flag("few_cases", f"{n:.0f} cases: the limits of kappa are rough below 30."))
    return Kappa(
        kappa=value,
        standard_error=error,
        null_standard_error=null_error,
        lower=max(value - z * error, -1.0),
        upper=min(value + z * error, 1.0),
        statistic=statistic,
        p_value=float(2 * stats.norm.sf(abs(statistic))),
        observed=seen,
        expected=chance,
        n=n,
        raters=raters,
        categories=categories,
        weights=weights,
        confidence=level,
        flags=tuple(flags),
    )


def _table(table: Any) -> Floats:
    counts = checks.columns(table, np.shape(table)[0] if np.ndim(table) else 0, "table")
    if counts.shape[0] != counts.shape[1]:
        raise NotAnArray("not square", array="table", remedy="Give a row and a column a category, in order.")
    if (counts < 0).any():
        raise ValueRefused("a count below zero", array="table", remedy="Give counts.")
    if counts.sum() <= 0:
        raise NotEnoughData("no case", array="table", remedy="Check the filter that made the table.")
    return counts


@dataclass(frozen=True, slots=True)
class McNemar:
    """Pairs that differ.

    Attributes:
        first_only, second_only: discordant pairs.
        statistic, p_value: chi-square on 1 degree of freedom, without continuity correction; NaN when no pair
            differs.
        exact_p_value: two-sided binomial test; 1 when no pair differs.
        odds_ratio: first_only / second_only.
        n: pairs.
    """

    first_only: float
    second_only: float
    statistic: float
    p_value: float
    exact_p_value: float
    odds_ratio: float
    n: float
    flags: tuple[Flag, ...]


def mcnemar(table: Any) -> McNemar:
    """McNemar's test of a 2 by 2 table of pairs: rows the first member yes, no; columns the second.

    Args:
        table: (2, 2) whole counts.
    """
    counts = _table(table)
    if counts.shape != (2, 2) or (counts != np.floor(counts)).any():
        raise NotAnArray("not a 2 by 2 table of whole counts", array="table", remedy="Count pairs.")
    b, c = float(counts[0, 1]), float(counts[1, 0])
    flags = []
    if b + c == 0:
        flags.append(Flag("no_pair_differs", "No pair differs, so there is nothing to test."))
        return McNemar(b, c, math.nan, math.nan, 1.0, math.nan, float(counts.sum()), tuple(flags))
    if b + c < 25:
        flags.append(Flag("few_discordant_pairs", "Fewer than 25 pairs differ: report the exact test."))
    statistic = (b - c) ** 2 / (b + c)
    return McNemar(
        first_only=b,
        second_only=c,
        statistic=statistic,
        p_value=float(stats.chi2.sf(statistic, 1)),
        exact_p_value=float(stats.binomtest(int(b), int(b + c)).pvalue),
        odds_ratio=b / c if c else math.inf,
        n=float(counts.sum()),
        flags=tuple(flags),
    )
