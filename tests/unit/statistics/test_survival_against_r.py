"""Ten frozen data sets with what R said of them (R 4.5.0, survival 3.8-3, cmprsk 2.2-12).

Made by ``python -m tools.verify.survival --sets 10 --seed 7 --rows 60 --keep FOLDER``.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tools.verify.survival import TOLERANCE, Table, read_r, worst
from tools.verify.survival_ours import quantities
from tools.verify.survival_sets import KINDS, read

FOLDER = Path(__file__).parents[2] / "data" / "statistics" / "survival"
SETS = sorted(FOLDER.glob("[0-9]*.csv"))


@pytest.fixture(scope="module")
def answers():
    return read_r(FOLDER / "answers.csv")


def test_every_kind_of_data_is_frozen():
    assert [read(path).kind for path in SETS] == list(KINDS)


@pytest.mark.parametrize("path", SETS, ids=[path.stem for path in SETS])
def test_within_a_millionth_of_r(path, answers):
    data = read(path)
    ours = {q: np.asarray(v, dtype=np.float64).reshape(-1) for q, v in quantities(data)}
    table = Table()
    table.add(data.kind, ours, answers[data.number])
    assert len(table.worst) >= 20
    assert {q: v for q, v in table.worst.items() if v > TOLERANCE} == {}


def test_a_wrong_number_is_noticed():
    theirs = np.array([1.0, 2.0])
    assert worst("rmst", np.array([1.0, 2.00001]), theirs, {}) > TOLERANCE
    assert worst("rmst", np.array([1.0]), theirs, {}) == float("inf")
    assert worst("rmst", np.array([1.0, np.nan]), theirs, {}) == float("inf")
