"""Five frozen data sets with what R said of them; ``python -m tools.verify.regression`` does five hundred.

Made by ``python -m tools.verify.regression --sets 5 --freeze tests/data/statistics/regression``.
"""

from __future__ import annotations

import csv

import numpy as np
import pytest

from tests.unit.statistics.regression_fixtures import FOLDER
from tools.verify.regression import TOLERANCE, compare, difference, read_results, report
from tools.verify.regression_sets import what_we_make


@pytest.fixture(scope="module")
def sets():
    with (FOLDER / "random_sets.csv").open(newline="") as lines:
        rows = list(csv.DictReader(lines))
    found = {}
    for number in sorted({int(row["set"]) for row in rows}):
        own = [row for row in rows if int(row["set"]) == number]
        whole = {"x1", "exposure", "score1", "score2", "score3", "score4"}
        found[number] = {
            key: np.array([float(row[key]) if key in whole else int(row[key]) for row in own])
            for key in own[0]
            if key != "set"
        }
    return found


def test_within_a_millionth_of_r(sets):
    mine = {row[:3]: row[3] for number, data in sets.items() for row in what_we_make(number, data)}
    gaps = compare(mine, read_results(FOLDER / "random_sets_r.csv"))
    assert len(gaps) > 55
    assert {quantity: max(found) for quantity, found in gaps.items() if max(found) > TOLERANCE} == {}


def test_a_wrong_number_and_a_missing_one_are_noticed(capsys):
    theirs = {(0, "kappa", ""): 0.5, (0, "dean", ""): 2.0}
    assert report({(0, "kappa", ""): 0.5, (0, "dean", ""): 2.0}, theirs, 1) == 0
    assert report({(0, "kappa", ""): 0.500001, (0, "dean", ""): 2.0}, theirs, 1) == 1
    assert report({(0, "kappa", ""): 0.5}, theirs, 1) == 1
    assert "DIFFER" in capsys.readouterr().out
    assert difference(1.0, float("nan")) == np.inf
