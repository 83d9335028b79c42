"""Frozen data sets of textbooks and what R made of them (tools/verify/regression_published.R)."""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path

import numpy as np

FOLDER = Path(__file__).parents[2] / "data" / "statistics" / "regression"


def columns_of(path: Path) -> dict[str, np.ndarray]:
    """Every column of a file of numbers."""
    with path.open(newline="") as lines:
        rows = list(csv.DictReader(lines))
    return {key: np.array([float(row[key]) for row in rows]) for key in rows[0]}


@cache
def data(name: str) -> dict[str, np.ndarray]:
    return columns_of(FOLDER / f"{name}.csv")


def terms(name: str, *columns: str) -> np.ndarray:
    return np.column_stack([data(name)[column] for column in columns])


@cache
def r_said(name: str, quantity: str) -> np.ndarray:
    with (FOLDER / "r.csv").open(newline="") as lines:
        found = [
            float(row["value"])
            for row in csv.DictReader(lines)
            if (row["data"], row["quantity"]) == (name, quantity)
        ]
    assert found, (name, quantity)
    return np.array(found)
