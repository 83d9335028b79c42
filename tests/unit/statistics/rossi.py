"""The Rossi men, as arrays: one row a man, or one row a week at risk with that week's employment."""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
PATH = Path(__file__).parents[2] / "data" / "statistics" / "rossi.csv"
NAMES = ("fin", "age", "race", "wexp", "mar", "paro", "prio")


@cache
def rows() -> list[dict[str, str]]:
    with PATH.open(newline="") as file:
        return list(csv.DictReader(file))


def column(name: str, level: str | None = None) -> Floats:
    return np.array([float(r[name]) if level is None else float(r[name] == level) for r in rows()])


def men() -> tuple[Floats, Floats, Floats]:
    """Weeks, arrests and the seven covariates."""
    x = np.column_stack(
        [
            column("fin", "yes"),
            column("age"),
            column("race", "black"),
            column("wexp", "yes"),
            column("mar", "married"),
            column("paro", "yes"),
            column("prio"),
        ]
    )
    return column("week"), column("arrest"), x


def weeks(lag: int) -> tuple[Floats, Floats, Floats, Floats]:
    """Start, end, arrest and covariates with employment (``lag`` weeks ago) of every man-week."""
    time, arrest, x = men()
    start, end, event, covariates = [], [], [], []
    for i, row in enumerate(rows()):
        for week in range(1 + lag, int(time[i]) + 1):
            start.append(week - 1)
            end.append(week)
            event.append(arrest[i] * (week == time[i]))
            covariates.append([*x[i], float(row[f"emp{week - lag}"] == "yes")])
    return np.array(start, float), np.array(end, float), np.array(event), np.array(covariates)
