"""Numbers that textbooks and papers print, and R's on the same data to six figures."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

from lamplighter.statistics.agreement.intraclass_correlation import intraclass
from lamplighter.statistics.agreement.kappa import kappa_of_many, kappa_of_table, mcnemar
from lamplighter.statistics.arrays.flags import has
from lamplighter.statistics.count_regression.count_models import negative_binomial, poisson
from lamplighter.statistics.inference.e_value import evalue
from lamplighter.statistics.logistic_regression.firth import firth
from lamplighter.statistics.logistic_regression.logistic import logistic
from tests.unit.statistics.regression_fixtures import data, r_said, terms

SIX_FIGURES = 1e-6


def test_low_birth_weight_as_hosmer_and_lemeshow_print_it():
    # Applied Logistic Regression (1989), table 2.2
    names = ("age", "lwt", "black", "other", "ftv")
    fit = logistic(data("birthwt")["low"], terms("birthwt", *names), names=names)
    assert np.round(fit.coefficients, 3).tolist() == [1.295, -0.024, -0.014, 1.004, 0.433, -0.049]
    assert np.round(fit.standard_errors[1:], 3).tolist() == [0.034, 0.007, 0.498, 0.362, 0.167]
    assert round(fit.log_likelihood, 3) == -111.286
    assert round(fit.null_log_likelihood, 3) == -117.336
    assert (fit.n, fit.events) == (189, 59)


@pytest.mark.parametrize(
    ("case", "name", "outcome", "columns", "weights"),
    [
        ("birthwt", "birthwt", "low", ("age", "lwt", "black", "other", "ftv"), None),
        ("birthwt_final", "birthwt", "low", ("lwt", "black", "other", "smoke", "ptl", "ht", "ui"), None),
        (
            "infert",
            "infert",
            "case",
            ("spontaneous", "induced", "parity", "age", "school6", "school12"),
            None,
        ),
        ("esoph", "esoph", "y", ("age", "alcohol", "tobacco"), "weight"),
    ],
)
def test_logistic_within_a_millionth_of_r(case, name, outcome, columns, weights):
    fit = logistic(
        data(name)[outcome], terms(name, *columns), weights=None if weights is None else data(name)[weights]
    )
    assert fit.coefficients == pytest.approx(r_said(case, "coefficient"), rel=SIX_FIGURES)
    assert fit.standard_errors == pytest.approx(r_said(case, "se"), rel=SIX_FIGURES)
    if weights is None:
        assert fit.log_likelihood == pytest.approx(r_said(case, "log_likelihood")[0], rel=SIX_FIGURES)


def test_cluster_robust_within_a_millionth_of_r():
    columns = ("spontaneous", "induced", "parity", "age", "school6", "school12")
    given = (data("infert")["case"], terms("infert", *columns))
    clustered = logistic(*given, clusters=data("infert")["stratum"], correction="CR1")
    assert clustered.standard_errors == pytest.approx(r_said("infert", "CR1"), rel=SIX_FIGURES)
    assert clustered.clusters == (83,)
    assert clustered.freedom == 82
    by_row = logistic(*given, robust=True, correction="CR3")
    assert by_row.standard_errors == pytest.approx(r_said("infert", "HC3"), rel=SIX_FIGURES)


def test_endometrial_cancer_as_heinze_and_schemper_print_it():
    # Statistics in Medicine (2002) 21:2409: quasi-separation by neovasculation
    names = ("nv", "pi", "eh")
    fit = firth(data("endometrial")["hg"], terms("endometrial", *names), names=names)
    assert np.round(fit.coefficients[1:], 2).tolist() == [2.93, -0.03, -2.60]
    assert np.round(fit.lower[1:], 2).tolist() == [0.61, -0.12, -4.37]
    assert np.round(fit.upper[1:], 2).tolist() == [7.85, 0.04, -1.23]
    assert (fit.separation.kind, fit.separation.terms) == ("quasi", ("nv",))
    for quantity, ours in (
        ("coefficient", fit.coefficients),
        ("brglm2_coefficient", fit.coefficients),
        ("se", fit.standard_errors),
        ("lower", fit.lower),
        ("upper", fit.upper),
        ("statistic", fit.statistics),
    ):
        assert ours == pytest.approx(r_said("endometrial", quantity), rel=SIX_FIGURES), quantity


def test_days_off_school_as_venables_and_ripley_print_them():
    columns = ("eth", "sex", "f1", "f2", "f3", "sl")
    given = (data("quine")["days"], terms("quine", *columns))
    fit = negative_binomial(*given, names=columns)
    assert round(1 / fit.alpha, 3) == 1.275  # theta
    assert round(fit.theta_standard_error, 3) == 0.161
    assert np.round(fit.coefficients[:3], 4).tolist() == [2.8946, -0.5694, 0.0823]
    assert fit.coefficients == pytest.approx(
        r_said("quine_nb", "coefficient"), rel=2e-6
    )  # glm.nb stops early
    assert fit.standard_errors == pytest.approx(r_said("quine_nb", "se"), rel=2e-6)
    assert fit.log_likelihood == pytest.approx(r_said("quine_nb", "log_likelihood")[0], rel=SIX_FIGURES)
    plain = poisson(*given, robust=False)
    assert plain.coefficients == pytest.approx(r_said("quine_poisson", "coefficient"), rel=SIX_FIGURES)
    assert plain.standard_errors == pytest.approx(r_said("quine_poisson", "se"), rel=SIX_FIGURES)
    assert plain.overdispersion.cameron_trivedi_constant == pytest.approx(
        r_said("quine_poisson", "cameron_trivedi_constant")[0], rel=SIX_FIGURES
    )
    robust = poisson(*given, correction="CR1")
    assert robust.standard_errors == pytest.approx(r_said("quine_poisson", "HC1"), rel=SIX_FIGURES)
    assert has(plain.flags, "overdispersion")


def test_rearrested_pairs():
    with (Path(__file__).parents[2] / "data" / "statistics" / "rearrests_pairs.csv").open(
        newline=""
    ) as lines:
        rows = list(csv.DictReader(lines))
    table = np.zeros((2, 2))
    for row in rows:
        table[int(row["Adult.court"] != "Rearrest"), int(row["Juvenile.court"] != "Rearrest")] = int(
            row["Freq"]
        )
    found = mcnemar(table)
    assert (found.first_only, found.second_only, found.n) == (515, 290, 2097)
    assert round(found.statistic, 4) == 62.8882


def test_evalue_as_vanderweele_and_ding_print_it():
    found = evalue(3.9, 1.8, 8.7)
    assert (round(found.estimate, 2), round(found.limit, 2)) == (7.26, 3.00)


def test_intraclass_correlations_as_shrout_and_fleiss_print_them():
    # Psychological Bulletin (1979) 86:420, table 4: six targets, four judges
    ratings = [[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]]
    found = intraclass(ratings)
    said = {"1,1": 0.17, "2,1": 0.29, "3,1": 0.71, "1,k": 0.44, "2,k": 0.62, "3,k": 0.91}
    assert {form: round(one.value, 2) for form, one in found.forms.items()} == said
    assert np.round(found.mean_squares, 2).tolist() == [11.24, 6.26, 32.49, 1.02]


def test_fleiss_kappa_of_fourteen_raters():
    # the worked example of ten subjects, fourteen raters and five categories
    counts = [
        [0, 0, 0, 0, 14], [0, 2, 6, 4, 2], [0, 0, 3, 5, 6], [0, 3, 9, 2, 0], [2, 2, 8, 1, 1],
        [7, 7, 0, 0, 0], [3, 2, 6, 3, 0], [2, 5, 3, 2, 2], [6, 5, 2, 1, 0], [0, 2, 2, 3, 7],
    ]  # fmt: skip
    found = kappa_of_many(counts)
    assert (round(found.kappa, 3), round(found.observed, 3), round(found.expected, 3)) == (
        0.210,
        0.378,
        0.213,
    )
    assert (found.n, found.raters, found.categories) == (10, 14, 5)


def test_cohens_kappa_of_fifty_proposals():
    # two readers, fifty proposals: both yes 20, both no 15, only the first 5, only the second 10
    found = kappa_of_table([[20, 5], [10, 15]])
    assert found.kappa == pytest.approx(0.4)
    assert (found.observed, found.expected) == (pytest.approx(0.7), pytest.approx(0.5))
