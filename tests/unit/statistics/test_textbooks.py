"""Printed examples of survival texts, called the way a statistician would: from the package itself."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

from lamplighter import statistics as st

# Weeks in remission, 6-mercaptopurine and placebo: Gehan 1965, Freireich et al. 1963.
TREATED = [6, 6, 6, 6, 7, 9, 10, 10, 11, 13, 16, 17, 19, 20, 22, 23, 25, 32, 32, 34, 35]
RELAPSED = [1, 1, 1, 0, 1, 0, 1, 0, 0, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0]
PLACEBO = [1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23]
WEEKS, EVENT, UNTREATED = TREATED + PLACEBO, RELAPSED + [1] * 21, [0] * 21 + [1] * 21

#: 312 people of the Mayo Clinic trial in primary biliary cirrhosis (Fleming and Harrington 1991, as in R's
#: survival): days, 0 alive, 1 transplant, 2 died, 1 for D-penicillamine, age in years, bilirubin in mg/dl.
MAYO = Path(__file__).parents[2] / "data" / "statistics" / "pbc_trial.csv"


def mayo_rows() -> np.ndarray:
    with MAYO.open(newline="") as file:
        return np.array([[float(cell) for cell in row] for row in list(csv.reader(file))[1:]])


def mayo() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Years, status and arm."""
    rows = mayo_rows()
    return rows[:, 0] / 365.25, rows[:, 1].astype(int), rows[:, 2].astype(int)


def test_every_name_of_the_package_is_there_and_is_a_thing_to_call_or_a_result():
    for name in st.__all__:
        assert callable(getattr(st, name)), name
        assert getattr(st, name).__doc__, name


def test_remission_kaplan_meier():
    curve = st.kaplan_meier(TREATED, RELAPSED)
    at = curve.survival_at([6, 7, 10, 13, 16, 22, 23])
    assert at.estimate == pytest.approx([0.857, 0.807, 0.753, 0.690, 0.627, 0.538, 0.448], abs=5e-4)
    errors = [0.0764, 0.0869, 0.0963, 0.1068, 0.1141, 0.1282, 0.1346]
    assert at.standard_error == pytest.approx(errors, abs=5e-5)
    assert curve.quantile(0.5).time == 23
    assert st.kaplan_meier(PLACEBO, [1] * 21).quantile(0.5).time == 8


@pytest.mark.parametrize(
    ("scheme", "printed"),
    [("harrington-fleming", 16.793), ("gehan", 13.458), ("tarone-ware", 15.124), ("peto", 14.084)],
)
def test_remission_tests_of_curves(scheme: str, printed: float):
    found = st.log_rank(WEEKS, EVENT, UNTREATED, scheme=scheme)
    assert found.statistic == pytest.approx(printed, abs=5e-4)
    assert (found.df, found.scheme) == (1, scheme)


def test_late_differences_weigh_more_with_gamma():
    late = st.log_rank(WEEKS, EVENT, UNTREATED, gamma=1)
    assert late.statistic < st.log_rank(WEEKS, EVENT, UNTREATED).statistic
    curve = st.kaplan_meier(WEEKS, EVENT)
    gone = 1 - np.concatenate([[1.0], curve.survival[:-1]])
    share = np.array([np.mean(np.array(UNTREATED)[np.array(WEEKS) >= t]) for t in curve.times])
    died = [
        sum(e and u for w, e, u in zip(WEEKS, EVENT, UNTREATED, strict=True) if w == t) for t in curve.times
    ]
    assert late.score[1] == pytest.approx(gone @ (np.array(died) - curve.events * share))
    with pytest.raises(st.StatisticsError, match="harrington-fleming only"):
        st.log_rank(WEEKS, EVENT, UNTREATED, scheme="gehan", rho=1)
    with pytest.raises(st.StatisticsError, match="not offered"):
        st.log_rank(WEEKS, EVENT, UNTREATED, scheme="wilcoxon")


@pytest.mark.parametrize(
    ("ties", "estimate", "error"),
    [("breslow", 1.5092, 0.4096), ("efron", 1.5721, 0.4124), ("exact", 1.6282, 0.4331)],
)
def test_remission_cox(ties: str, estimate: float, error: float):
    fit = st.cox(WEEKS, EVENT, UNTREATED, ties=ties)
    assert fit.coefficients[0] == pytest.approx(estimate, abs=5e-5)
    assert fit.standard_errors[0] == pytest.approx(error, abs=5e-5)


def test_restricted_means_beside_each_other_as_printed_for_survrm2():
    years, status, arm = mayo()
    found = st.compare(years, status == 2, arm, 10)
    assert (found.one.estimate, found.one.standard_error) == pytest.approx((7.146, 0.283), abs=5e-4)
    assert (found.zero.estimate, found.zero.standard_error) == pytest.approx((7.283, 0.295), abs=5e-4)
    gap = found.difference
    assert (gap.estimate, gap.lower, gap.upper, gap.p) == pytest.approx(
        (-0.137, -0.939, 0.665, 0.738), abs=5e-4
    )
    for ratio, printed in (
        (found.ratio, (0.981, 0.878, 1.096)),
        (found.ratio_of_lost, (1.050, 0.787, 1.402)),
    ):
        assert ratio is not None
        assert (ratio.estimate, ratio.lower, ratio.upper) == pytest.approx(printed, abs=6e-4)
        assert ratio.p == pytest.approx(0.738, abs=6e-4)


def test_restricted_means_with_pairs_across_the_groups_as_r_has_them():
    """R: influence of ``survfit``, summed by pair before it is squared."""
    years, status, arm = mayo()
    pairs = np.arange(312) // 2
    free = st.compare(years, status == 2, arm, 10, clusters=pairs)
    assert free.difference.standard_error == pytest.approx(0.418853240946, rel=1e-10)
    assert free.one.standard_error == pytest.approx(0.275086366737, rel=1e-10)
    assert free.clusters == 156
    lost = st.compare(years, status, arm, 10, of=2, clusters=pairs)
    assert lost.difference.standard_error == pytest.approx(0.41023763336, rel=1e-10)
    assert lost.ratio_of_lost is None


def test_restricted_means_with_each_person_a_cluster_are_those_without():
    years, status, arm = mayo()
    plain = st.compare(years, status, arm, 8, of=1)
    single = st.compare(years, status, arm, 8, of=1, clusters=np.arange(312))
    assert single.difference.standard_error == pytest.approx(plain.difference.standard_error, rel=1e-10)
    assert plain.difference.estimate == pytest.approx(plain.one.estimate - plain.zero.estimate)


def test_comparisons_that_are_refused():
    years, status, arm = mayo()
    with pytest.raises(st.StatisticsError, match="one group"):
        st.compare(years, status == 2, np.ones(312), 10)
    with pytest.raises(st.StatisticsError, match="beyond the last day"):
        st.compare(years, status == 2, arm, 13)
    with pytest.raises(st.StatisticsError, match="never observed"):
        st.compare(years, status, arm, 10, of=3)


def test_kappa_of_words_needs_their_order():
    first = ["standard", "medium", "high", "medium", "standard", "high"]
    second = ["standard", "high", "high", "medium", "medium", "standard"]
    order = ("standard", "medium", "high")
    with pytest.raises(st.StatisticsError, match="order of the categories"):
        st.kappa_of_ratings(first, second, weights="linear")
    found = st.kappa_of_ratings(first, second, weights="linear", order=order)
    assert found == st.kappa_of_table([[1, 1, 0], [0, 1, 1], [1, 0, 1]], weights="linear")
    with pytest.raises(st.StatisticsError, match=r"first\[2\]: not in the order"):
        st.kappa_of_ratings(first, second, order=("standard", "medium"))
    unused = st.kappa_of_ratings(first, second, weights="linear", order=(*order, "extreme"))
    assert unused.categories == 4


def test_predicted_survival_as_r_has_it():
    rows = mayo_rows()
    fit = st.cox(rows[:, 0], rows[:, 1] == 2, rows[:, 2:], names=["arm", "age", "bilirubin"])
    found = st.survival_of(fit, [[1, 50, 1], [0, 60, 5]], [0, 1000, 3000, 9000])
    assert found[:, 0].tolist() == [1, 1]
    printed = [[0.903796967557, 0.664447726702], [0.773336208511, 0.353868233403]]
    assert found[:, 1:3] == pytest.approx(np.array(printed), rel=1e-9)
    assert np.isnan(found[:, 3]).all()


def test_fine_gray_and_its_predictions_as_cmprsk_has_them():
    years, status, _ = mayo()
    fit = st.fine_gray(years, status, mayo_rows()[:, 2:], of=2)
    assert fit.coefficients == pytest.approx([0.03855637780, 0.04431614514, 0.14606150784], rel=1e-7)
    assert fit.standard_errors == pytest.approx([0.185224313671, 0.009483379986, 0.016144785835], rel=1e-7)
    found = fit.incidence_of([[1, 50, 1], [0, 60, 5]])
    assert found[:, 0] == pytest.approx([0.001337335654, 0.003590894454], rel=1e-7)
    assert found[:, -1] == pytest.approx([0.554118533251, 0.885961581571], rel=1e-7)
    assert fit.hazard_ratios == pytest.approx(np.exp(fit.coefficients))


def test_fine_gray_knows_that_a_person_who_is_there_twice_tells_nothing_new():
    years, status, _ = mayo()
    terms = mayo_rows()[:, 2:]
    once = st.fine_gray(years, status, terms, of=2)
    twice = st.fine_gray(
        np.tile(years, 2),
        np.tile(status, 2),
        np.tile(terms, (2, 1)),
        of=2,
        clusters=np.tile(np.arange(312), 2),
    )
    assert twice.coefficients == pytest.approx(once.coefficients, rel=1e-6)
    assert twice.standard_errors == pytest.approx(once.standard_errors, rel=1e-6)
    assert twice.clusters == 312
    plain = st.fine_gray(years, status, terms, of=2, clusters=np.arange(312), reference="normal")
    assert plain.covariance == pytest.approx(once.covariance, rel=1e-9)
    assert plain.p_values == pytest.approx(once.p_values)
    with pytest.raises(st.StatisticsError, match="one cluster"):
        st.fine_gray(years, status, terms, of=2, clusters=np.zeros(312))
