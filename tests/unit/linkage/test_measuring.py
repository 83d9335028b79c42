"""How far beliefs lie from the truth, and how far they would if all were right."""

from __future__ import annotations

import numpy as np
import pytest

from lamplighter.linkage.explain.accuracy import LEAST_BELIEF, calibration_error, error_by_chance


def test_beliefs_that_are_right_err_by_chance_alone() -> None:
    draw = np.random.default_rng(3)
    few = draw.uniform(LEAST_BELIEF, 1.0, 400)
    errors = [calibration_error(few, draw.random(400) < few) for _ in range(100)]
    assert error_by_chance(few) == pytest.approx(np.mean(errors), rel=0.1)
    assert error_by_chance(np.tile(few, 100)) == pytest.approx(error_by_chance(few) / 10, rel=0.1)


def test_twenty_pairs_believed_half() -> None:
    # The mean distance of a binomial share from its probability.
    expected = np.mean(np.abs(np.random.default_rng(5).binomial(20, 0.5, 100_000) / 20 - 0.5))
    assert error_by_chance(np.full(20, 0.5)) == pytest.approx(expected, rel=0.15)


def test_nothing_is_left_to_chance_where_all_is_sure() -> None:
    assert error_by_chance(np.ones(50)) == 0.0
    assert error_by_chance(np.full(50, LEAST_BELIEF / 2)) == 0.0
    assert error_by_chance(np.empty(0)) == 0.0
