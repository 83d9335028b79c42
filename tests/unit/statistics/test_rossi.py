"""The published Rossi results, to the digits printed in ../shared/data/analysis/README.md."""

from __future__ import annotations

import numpy as np
import pytest

from lamplighter.statistics.hazard_regression.cox import cox
from lamplighter.statistics.hazard_regression.cox_postestimation import concordance_of, proportional_hazards
from lamplighter.statistics.survival.curve_tests import log_rank
from lamplighter.statistics.survival.kaplan_meier import kaplan_meier
from tests.unit.statistics import rossi

ESTIMATES = [-0.37942, -0.05744, 0.31390, -0.14980, -0.43370, -0.08487, 0.09150]
ERRORS = [0.19138, 0.02200, 0.30799, 0.21222, 0.38187, 0.19576, 0.02865]


def fit(**options):
    time, event, x = rossi.men()
    return cox(time, event, x, names=rossi.NAMES, **options)


def test_efron_coefficients_and_errors():
    found = fit()
    assert found.coefficients.round(5).tolist() == ESTIMATES
    assert found.standard_errors.round(5).tolist() == ERRORS
    assert (found.n, found.n_events, found.flags) == (432, 114, ())


def test_likelihoods_ratio_and_concordance():
    found = fit()
    assert round(found.loglik_null, 4) == -675.3806
    assert round(found.loglik, 4) == -658.7477
    assert (round(found.likelihood_ratio.statistic, 2), found.likelihood_ratio.df) == (33.27, 7)
    assert round(concordance_of(found).index, 4) == 0.6403


@pytest.mark.parametrize(("ties", "aid"), [("breslow", -0.37902), ("exact", -0.38157)])
def test_other_ways_with_ties(ties, aid):
    assert round(float(fit(ties=ties).coefficients[0]), 5) == aid


def test_proportional_hazards_score_test():
    found = proportional_hazards(fit())
    age = found.tests[rossi.NAMES.index("age")]
    assert (round(age.statistic, 3), round(age.p, 4)) == (5.974, 0.0145)
    assert (round(found.overall.statistic, 3), found.overall.df) == (17.694, 7)
    assert round(found.overall.p, 4) == 0.0134


@pytest.mark.parametrize(
    ("lag", "count", "estimate", "error"), [(0, 19_809, -1.32832, 0.25072), (1, 19_377, -0.78689, 0.21808)]
)
def test_employment_week_by_week(lag, count, estimate, error):
    start, end, event, x = rossi.weeks(lag)
    assert end.size == count
    found = cox(end, event, x, entry=start, names=(*rossi.NAMES, "emp"))
    assert round(float(found.coefficients[-1]), 5) == estimate
    assert round(float(found.standard_errors[-1]), 5) == error


def test_kaplan_meier():
    time, event, x = rossi.men()
    curve = kaplan_meier(time, event)
    read = curve.survival_at([10, 20, 30, 40, 52]).estimate
    assert read.round(5).tolist() == [0.96528, 0.90741, 0.86111, 0.80324, 0.73611]
    for aid, survival, error in ((0, 0.6944, 0.03134), (1, 0.7778, 0.02829)):
        part = x[:, 0] == aid
        end = kaplan_meier(time[part], event[part]).survival_at([52])
        assert (round(float(end.estimate[0]), 4), round(float(end.standard_error[0]), 5)) == (survival, error)


def test_log_rank_of_aid():
    time, event, x = rossi.men()
    found = log_rank(time, event, x[:, 0])
    assert (round(found.statistic, 3), found.df) == (3.838, 1)
    assert np.isclose(found.score.sum(), 0)
