"""Anything may be handed in: an estimator answers, or says what is wrong; it never breaks in another way."""

from __future__ import annotations

import os
import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lamplighter.statistics.arrays.errors import StatisticsError
from lamplighter.statistics.hazard_regression.cox import cox
from lamplighter.statistics.hazard_regression.cox_postestimation import proportional_hazards
from lamplighter.statistics.hazard_regression.fine_gray import fine_gray
from lamplighter.statistics.survival.aalen_johansen import aalen_johansen
from lamplighter.statistics.survival.concordance import concordance
from lamplighter.statistics.survival.curve_tests import gray, log_rank
from lamplighter.statistics.survival.kaplan_meier import kaplan_meier
from lamplighter.statistics.survival.restricted_mean import restricted_mean, time_lost

ODD = st.sampled_from([None, float("nan"), float("inf"), -1.0, -0.0, 1e300, "x", 0.5, 2**70])
EXAMPLES = int(os.environ.get("LAMPLIGHTER_FUZZ", "20"))
DAY = st.integers(0, 5) | st.floats(0, 1e6)


def columns(clean: bool):
    def element(usual):
        return usual if clean else usual | ODD

    return st.integers(0, 9).flatmap(
        lambda n: st.fixed_dictionaries(
            {
                "time": st.lists(element(DAY), min_size=n, max_size=n),
                "cause": st.lists(element(st.integers(0, 2)), min_size=n, max_size=n),
                "group": st.lists(st.sampled_from(["a", "b", "c"]), min_size=n, max_size=n),
                "x": st.lists(element(st.integers(-2, 2) | st.floats(-1e3, 1e3)), min_size=n, max_size=n),
                "entry": st.none() | st.lists(element(st.integers(0, 3)), min_size=n, max_size=n),
                "weights": st.none() | st.lists(element(st.floats(0.1, 5)), min_size=n, max_size=n),
                "clusters": st.none() | st.lists(st.integers(0, 2), min_size=n, max_size=n),
            }
        )
    )


def calls(d):
    event = [c == 1 if isinstance(c, int) else c for c in d["cause"]]
    shared = {"entry": d["entry"], "weights": d["weights"], "clusters": d["clusters"]}
    mean = {"entry": d["entry"], "weights": d["weights"]}
    yield lambda: kaplan_meier(d["time"], event, **shared)
    yield lambda: kaplan_meier(d["time"], d["cause"], cause=1)
    yield lambda: aalen_johansen(d["time"], d["cause"], **shared)
    yield lambda: restricted_mean(d["time"], event, 2.5, **mean)
    yield lambda: time_lost(d["time"], d["cause"], 2.5, of=1, **shared)
    yield lambda: log_rank(d["time"], event, d["group"], entry=d["entry"], strata=d["clusters"])
    yield lambda: gray(d["time"], d["cause"], d["group"], strata=d["clusters"], rho=1)
    yield lambda: concordance(d["time"], event, d["x"], **mean)
    yield lambda: proportional_hazards(cox(d["time"], event, d["x"], **shared))
    yield lambda: cox(d["time"], event, d["x"], entry=d["entry"], ties="exact")
    yield lambda: fine_gray(d["time"], d["cause"], d["x"])


@pytest.mark.parametrize("clean", [True, False], ids=["well formed", "odd values"])
def test_an_answer_or_a_reason(clean):
    reasons = set()
    answers = 0

    @settings(max_examples=EXAMPLES, deadline=None, database=None)
    @given(columns(clean))
    def check(d):
        nonlocal answers
        for call in calls(d):
            with warnings.catch_warnings():
                warnings.simplefilter("error")
                try:
                    found = call()
                except StatisticsError as reason:
                    reasons.add((type(reason).__name__, str(reason)[-1]))
                    continue
            answers += 1
            lower, upper = getattr(found, "lower", None), getattr(found, "upper", None)
            if lower is not None:
                assert not (np.asarray(lower) > np.asarray(upper)).any()

    check()
    assert answers > (2 * EXAMPLES if clean else 0)
    assert len(reasons) >= 3
    assert {last for _, last in reasons} == {"."}
