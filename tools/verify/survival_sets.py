"""Random data sets: ties, delayed entry, strata, weights, clusters, rare events, few rows."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

KINDS = (
    "plain",
    "heavy ties",
    "delayed entry",
    "whole weights",
    "uneven weights",
    "shared suspects",
    "rare events",
    "few rows",
    "start-stop rows",
    "no ties",
)


@dataclass(frozen=True)
class DataSet:
    """Rows of one made-up cohort. ``x`` is (n, p)."""

    number: int
    kind: str
    delayed: bool
    ident: npt.NDArray[np.int64]
    entry: Floats
    time: Floats
    cause: npt.NDArray[np.int64]
    group: npt.NDArray[np.int64]
    stratum: npt.NDArray[np.int64]
    weight: Floats
    x: Floats
    horizon: float


def make(number: int, seed: int, most: int = 400) -> DataSet:
    """Data set ``number``, of at most ``most`` rows before splitting; the kinds take turns."""
    rng = np.random.default_rng([seed, number])
    kind = KINDS[number % len(KINDS)]
    n = {"few rows": int(rng.integers(6, 16)), "rare events": int(rng.integers(150, 400))}.get(
        kind, int(rng.integers(40, 300))
    )
    n = min(n, most)
    p = 1 if kind == "few rows" else int(rng.integers(2, 5))
    x = rng.normal(size=(n, p)).round(3)
    for j in range(1, p, 2):
        x[:, j] = x[:, j] > rng.uniform(-0.5, 0.8)
    beta = rng.normal(size=p) * 0.5
    group = rng.integers(1, 4 if n > 60 else 3, n)
    ident = np.arange(n)
    frailty = np.zeros(n)
    if kind == "shared suspects":
        ident = rng.integers(0, max(n // 3, 6), n)
        frailty = rng.normal(size=n)[ident] * 0.7
    scale = {"heavy ties": 6.0, "few rows": 12.0}.get(kind, 60.0)
    rate = np.exp(x @ beta + frailty + 0.3 * (group - 2))
    first, second = rng.exponential(scale / rate), rng.exponential(scale * 1.4, n)
    end = rng.uniform(0.2, 2.5, n) * scale * (0.08 if kind == "rare events" else 1.0)
    time = np.minimum(np.minimum(first, second), end)
    cause = np.where(time == first, 1, np.where(time == second, 2, 0))
    time = time if kind == "no ties" else np.ceil(time)
    delayed = kind in {"delayed entry", "start-stop rows"}
    entry = np.zeros(n)
    if kind == "delayed entry":
        entry = np.floor(rng.uniform(0, 0.9, n) * time)
    weight = np.ones(n)
    if kind == "whole weights":
        weight = rng.integers(1, 4, n).astype(float)
    if kind == "uneven weights":
        weight = rng.uniform(0.3, 3, n).round(3)
    stratum = rng.integers(1, 4, n) if rng.random() < 0.5 and n > 60 else np.ones(n, dtype=np.int64)
    columns = [ident, entry, time, cause, group, stratum, weight]
    if kind == "start-stop rows":
        columns, x = _split(rng, columns, x)
    ident, entry, time, cause, group, stratum, weight = columns
    if not (cause == 1).any():
        cause[0] = 1
    seen = np.sort(time[cause > 0])
    # a day on which something happened: between such days R interpolates the error of the time lost
    horizon = float(seen[int(0.8 * (seen.size - 1))])
    return DataSet(number, kind, delayed, ident, entry, time, cause, group, stratum, weight, x, horizon)


def _split(rng: np.random.Generator, columns: list, x: Floats) -> tuple[list, Floats]:
    """Each row cut in two at a random day where there is room; a covariate changes at the cut."""
    ident, entry, time, cause, *rest = columns
    cut = np.floor(entry + rng.uniform(0.2, 0.8, time.size) * (time - entry))
    room = (cut > entry) & (cut < time)
    before = [
        ident[room],
        entry[room],
        cut[room],
        np.zeros(room.sum(), dtype=np.int64),
        *(r[room] for r in rest),
    ]
    after = [ident, np.where(room, cut, entry), time, cause, *rest]
    later = x.copy()
    later[:, 0] = (later[:, 0] + rng.normal(size=x.shape[0]) * room).round(3)
    return [np.concatenate(pair) for pair in zip(before, after, strict=True)], np.concatenate(
        [x[room], later]
    )


def write(data: DataSet, folder: Path) -> None:
    """One CSV that R reads back to the last bit."""
    with (folder / f"{data.number:04d}.csv").open("w", newline="") as file:
        out = csv.writer(file)
        p = data.x.shape[1]
        head = ["id", "entry", "time", "cause", "group", "stratum", "weight", "delayed", "horizon"]
        out.writerow([*head, *(f"x{j + 1}" for j in range(p))])
        for i in range(data.time.size):
            out.writerow(
                [
                    data.ident[i],
                    repr(float(data.entry[i])),
                    repr(float(data.time[i])),
                    data.cause[i],
                    data.group[i],
                    data.stratum[i],
                    repr(float(data.weight[i])),
                    "TRUE" if data.delayed else "FALSE",
                    repr(data.horizon),
                    *(repr(float(v)) for v in data.x[i]),
                ]
            )


def read(path: Path) -> DataSet:
    """A set as written by :func:`write`."""
    with path.open(newline="") as file:
        rows = list(csv.DictReader(file))

    def column(name: str) -> Floats:
        return np.array([float(row[name]) for row in rows])

    def whole(name: str) -> npt.NDArray[np.int64]:
        return column(name).astype(np.int64)

    names = [name for name in rows[0] if name.startswith("x")]
    number = int(path.stem)
    return DataSet(
        number,
        KINDS[number % len(KINDS)],
        rows[0]["delayed"] == "TRUE",
        whole("id"),
        column("entry"),
        column("time"),
        whole("cause"),
        whole("group"),
        whole("stratum"),
        column("weight"),
        np.column_stack([column(name) for name in names]),
        float(rows[0]["horizon"]),
    )
