"""The table that linkage is timed on, and how pairs of reports are scored."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from benchmarks.linkage import Told, calibration_error, scores
from benchmarks.linkage_speed import COLUMNS, write


def test_a_table_of_people_is_the_same_every_time_and_has_its_truth(tmp_path: Path) -> None:
    write(tmp_path / "one", 900, 5)
    write(tmp_path / "again", 900, 5)
    read = [(pl.read_parquet(f / "people.parquet"), pl.read_parquet(f / "truth.parquet"))
            for f in (tmp_path / "one", tmp_path / "again")]  # fmt: skip
    people, truth = read[0]
    assert people.equals(read[1][0])
    assert tuple(people.columns) == COLUMNS
    assert people["record_id"].equals(truth["record_id"])
    assert people.height == 900 > truth["person_id"].n_unique() > 300
    # Slips and gaps are there: not everybody who is recorded twice is recorded alike.
    twice = people.join(truth, on="record_id").filter(pl.len().over("person_id") == 2)
    alike = twice.group_by("person_id").agg(pl.col("surname").n_unique() == 1)["surname"]
    assert 0.3 < float(alike.mean()) < 0.98  # type: ignore[arg-type]  # a share
    assert people["phones"].null_count() > 0


def test_pairs_of_reports_are_scored_by_hand() -> None:
    reports = pl.DataFrame({"report_id": ["a", "b", "c", "d"]})
    truth = pl.DataFrame({"left": ["a", "a", "b"], "right": ["b", "c", "c"], "named": [True, False, True]})
    said = pl.DataFrame(
        {"left": ["a", "b", "c", "a"], "right": ["b", "c", "d", "z"], "bits": [9.0, -1.0, 3.0, 9.0]}
    )
    told = scores(Told("by hand", said, 0.0), reports, truth, None)
    # Linked: a-b (right) and c-d (wrong); a-c is a miss, and z is no report that counts.
    assert (told["true"], told["precision"], told["recall"]) == (3, 0.5, pytest.approx(1 / 3))
    assert told["recall_at_99"] == pytest.approx(1 / 3)
    assert told["best_f1"] == pytest.approx(2 * 2 / (3 + 3))
    assert scores(Told("by hand", said, 0.0), reports, truth, "named")["true"] == 2


def test_beliefs_that_are_right_as_often_as_they_say_have_no_error() -> None:
    right = np.array([True] * 3 + [False] + [True] * 10)
    assert calibration_error(right, np.array([0.75] * 4 + [1.0] * 10)) == pytest.approx(0.0)
    assert calibration_error(right, np.array([0.25] * 4 + [1.0] * 10)) == pytest.approx(4 * 0.5 / 14)
