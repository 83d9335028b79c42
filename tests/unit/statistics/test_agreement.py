"""Agreement: exact small cases, edges, and standard errors against the jackknife."""

from __future__ import annotations

import numpy as np
import pytest

from lamplighter.statistics.agreement.intraclass_correlation import intraclass
from lamplighter.statistics.agreement.kappa import kappa_of_many, kappa_of_ratings, kappa_of_table, mcnemar
from lamplighter.statistics.arrays.errors import (
    NotAnArray,
    NotEnoughData,
    NotIdentified,
    OptionRefused,
    ValueRefused,
)
from lamplighter.statistics.arrays.flags import has
from lamplighter.statistics.inference.e_value import evalue


def test_labels_and_table_give_the_same():
    first = ["high", "low", "low", "medium", "high", "low"]
    second = ["high", "low", "medium", "medium", "low", "low"]
    by_label = kappa_of_ratings(first, second)
    assert by_label == kappa_of_table([[1, 1, 0], [0, 2, 1], [0, 0, 1]])
    assert has(by_label.flags, "few_cases")


def test_weights_matter_only_with_three_categories():
    two = [[20, 5], [10, 15]]
    for weights in ("linear", "quadratic"):
        assert kappa_of_table(two, weights=weights).kappa == pytest.approx(kappa_of_table(two).kappa)
    near, far = [[10, 4, 0], [4, 10, 4], [0, 4, 10]], [[10, 0, 4], [4, 10, 4], [4, 0, 10]]
    assert kappa_of_table(near, weights="quadratic").kappa > kappa_of_table(near).kappa
    assert kappa_of_table(far, weights="quadratic").kappa < kappa_of_table(near, weights="quadratic").kappa


def test_full_agreement_and_its_opposite():
    assert kappa_of_table([[10, 0], [0, 10]]).kappa == 1
    assert kappa_of_table([[0, 10], [10, 0]]).kappa == -1
    assert kappa_of_table([[0, 10], [10, 0]]).lower == -1


def test_kappa_refuses():
    with pytest.raises(NotIdentified, match="0/0"):
        kappa_of_table([[10, 0], [0, 0]])
    with pytest.raises(NotEnoughData, match="no case"):
        kappa_of_table([[0, 0], [0, 0]])
    with pytest.raises(NotAnArray, match="not square"):
        kappa_of_table([[1, 2, 3], [4, 5, 6]])
    with pytest.raises(ValueRefused, match="below zero"):
        kappa_of_table([[1, -2], [4, 5]])
    with pytest.raises(OptionRefused, match="unweighted, linear, quadratic"):
        kappa_of_table([[1, 2], [4, 5]], weights="cubic")
    with pytest.raises(NotAnArray, match="not as long as first"):
        kappa_of_ratings([1, 2], [1, 2, 3])
    with pytest.raises(ValueRefused, match=r"counts\[1\]: every case needs the same number"):
        kappa_of_many([[3, 2], [3, 1]])
    with pytest.raises(NotIdentified, match="one category"):
        kappa_of_many([[3, 0], [3, 0]])


def test_the_standard_error_of_many_raters_is_the_jackknife():
    rng = np.random.default_rng(1)
    truth = rng.integers(0, 3, 300)
    raters = np.where(rng.random((300, 4)) < 0.7, truth[:, None], rng.integers(0, 3, (300, 4)))
    counts = (raters[:, :, None] == np.arange(3)).sum(axis=1)
    whole = kappa_of_many(counts)
    left_out = np.array([kappa_of_many(np.delete(counts, i, axis=0)).kappa for i in range(300)])
    jackknife = np.sqrt(299 / 300 * ((left_out - left_out.mean()) ** 2).sum())
    assert whole.standard_error == pytest.approx(jackknife, rel=0.02)
    assert whole.null_standard_error < whole.standard_error


def test_intraclass_edges():
    with pytest.raises(NotEnoughData, match="one rater"):
        intraclass([[1], [2], [3]])
    with pytest.raises(NotEnoughData, match="1 rows"):
        intraclass([[1, 2]])
    with pytest.raises(NotIdentified, match="every rating is the same"):
        intraclass([[2, 2], [2, 2], [2, 2]])
    shifted = intraclass([[1, 2], [3, 4], [7, 8]])
    assert shifted.forms["3,1"].value == 1
    assert shifted.forms["2,1"].value < 1
    assert has(shifted.flags, "no_residual")
    with pytest.raises(ValueRefused, match="missing"):
        intraclass([[1, 2], [3, float("nan")]])


def test_mcnemar_edges():
    none = mcnemar([[5, 0], [0, 7]])
    assert (none.exact_p_value, none.n) == (1.0, 12)
    assert np.isnan(none.statistic)
    assert has(none.flags, "no_pair_differs")
    few = mcnemar([[10, 1], [8, 10]])
    assert few.exact_p_value == pytest.approx(2 * (1 + 9) / 2**9)
    assert has(few.flags, "few_discordant_pairs")
    with pytest.raises(NotAnArray, match="2 by 2"):
        mcnemar([[1, 2, 3], [4, 5, 6], [7, 8, 9]])


def test_evalue():
    assert evalue(1 / 3.9, 1 / 8.7, 1 / 1.8).estimate == pytest.approx(evalue(3.9, 1.8, 8.7).estimate)
    assert evalue(1 / 3.9, 1 / 8.7, 1 / 1.8).limit == pytest.approx(evalue(3.9, 1.8, 8.7).limit)
    assert evalue(1.5, 0.9, 2.5).limit == 1
    assert evalue(1.0).estimate == 1
    assert np.isnan(evalue(2.0).limit)
    assert evalue(4.0, measure="odds ratio", rare=False).risk_ratio == 2
    assert evalue(4.0, measure="odds ratio", rare=True).risk_ratio == 4
    common = evalue(0.5, measure="hazard ratio", rare=False).risk_ratio
    assert common == pytest.approx((1 - 0.5 ** np.sqrt(0.5)) / (1 - 0.5 ** np.sqrt(2)))
    with pytest.raises(OptionRefused, match="Say whether the outcome is rare"):
        evalue(2.0, measure="hazard ratio")
    with pytest.raises(ValueRefused, match="not a number above zero"):
        evalue(-0.5)
    with pytest.raises(ValueRefused, match="not between its limits"):
        evalue(2.0, 2.5, 3.0)


def test_two_cases_that_two_raters_swap_have_no_form_2_and_stop_nothing() -> None:
    found = intraclass([[1.0, 2.0], [2.0, 1.0]]).forms
    assert found["1,1"].value == -1.0
    assert not np.isfinite(found["2,1"].value)
