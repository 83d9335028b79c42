"""Cox, its hazards test, Kaplan-Meier and Aalen-Johansen on a million people, beside R and lifelines.

    python -m benchmarks.survival_speed [--people 1000000] [--peers VENV/bin/python] [--repeats 5]

One made-up cohort: ten covariates, whole-day times, about 40% with the event, two people a suspect. Every
measurement is a fit only (the data are in memory), in a process of its own, one after the other; the median
of the repeats is shown, with the memory that the process grew by above the loaded data. R runs fewer repeats
of what takes it long, and lifelines as many. lifelines lives in an environment made of its own lock:

    python3 -m venv PEERS && PEERS/bin/python -m pip install --require-hashes -r requirements/peers.txt
"""

from __future__ import annotations

import argparse
import json
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np

HERE = Path(__file__).parent
COVARIATES = 10


@dataclass(frozen=True)
class Task:
    """What is measured: its name, whether lifelines can, R's repeats, the share of R's time it may take."""

    key: str
    title: str
    peer: bool
    r_repeats: int
    target: float | None


TASKS = (
    Task("cox", "Cox, Efron ties", True, 3, 0.5),
    Task("cluster", "Cox, cluster-robust", False, 2, 0.5),
    Task("ph", "proportional-hazards score test", False, 2, 1.0),
    Task("km", "Kaplan-Meier with limits", True, 3, None),
    Task("aj", "Aalen-Johansen with limits", True, 1, 0.05),
)


def cohort(people: int, seed: int) -> np.ndarray:
    """(4 + covariates, people): time, event, cause, suspect, covariates."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(COVARIATES, people))
    x[5:] = x[5:] > 0.5
    beta = rng.normal(size=COVARIATES) * 0.25
    first = rng.exponential(1_400, people) * np.exp(-beta @ x)
    second = rng.exponential(2_500, people)
    end = np.minimum(rng.exponential(2_500, people), 1_830)
    time_ = np.ceil(np.minimum(np.minimum(first, second), end))
    cause = np.where(first <= np.minimum(second, end), 1, np.where(second <= end, 2, 0))
    suspect = rng.integers(0, people // 2, people)
    return np.vstack([time_, cause == 1, cause, suspect, x])


def resident(field: str) -> float:
    """MB of this process: VmRSS now, VmHWM at most."""
    found = re.search(rf"^{field}:\s+(\d+)", Path("/proc/self/status").read_text(), re.MULTILINE)
    assert found is not None
    return int(found.group(1)) / 1024


def ours(task: str, path: str, people: int, repeats: int) -> dict[str, object]:
    """Run one task in this process."""
    from lamplighter.statistics.hazard_regression.cox import cox
    from lamplighter.statistics.hazard_regression.cox_postestimation import proportional_hazards
    from lamplighter.statistics.survival.aalen_johansen import aalen_johansen
    from lamplighter.statistics.survival.kaplan_meier import kaplan_meier

    d = np.fromfile(path).reshape(4 + COVARIATES, people)
    t, event, cause, suspect = d[0].copy(), d[1] == 1, d[2].astype(np.int64), d[3].astype(np.int64)
    x = np.ascontiguousarray(d[4:].T)
    del d
    before = resident("VmRSS")
    fit = cox(t, event, x) if task == "ph" else None
    seconds, value = [], 0.0
    for _ in range(repeats):
        start = time.perf_counter()
        if task == "cox":
            value = float(cox(t, event, x).coefficients[0])
        elif task == "cluster":
            value = float(cox(t, event, x, clusters=suspect).standard_errors[0])
        elif task == "ph":
            assert fit is not None
            value = proportional_hazards(fit).overall.statistic
        elif task == "km":
            value = float(kaplan_meier(t, event).upper[-1])
        else:
            value = float(aalen_johansen(t, cause).standard_error[-1, 0])
        seconds.append(time.perf_counter() - start)
    peak = resident("VmHWM")
    return {"seconds": seconds, "value": value, "growth": peak - before, "peak": peak}


def run(command: list[str]) -> dict[str, float]:
    """The median time, value, growth and peak that a worker printed."""
    done = subprocess.run(command, check=True, capture_output=True, text=True, cwd=HERE.parent)
    said = json.loads(done.stdout.strip().splitlines()[-1])
    return {**said, "seconds": statistics.median(said["seconds"])}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--people", type=int, default=1_000_000)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--peers", type=Path, help="a Python that has lifelines")
    parser.add_argument("--tasks", nargs="*", default=[t.key for t in TASKS])
    parser.add_argument("--worker", nargs=2, metavar=("TASK", "DATA"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.worker:
        print(json.dumps(ours(*options.worker, options.people, options.repeats)))
        return
    rscript = shutil.which("Rscript")
    head = ("task", "ours s", "MB", "R s", "MB", "ours/R", "target", "lifelines s", "MB", "ours/lifelines")
    print(f"{options.people:,} people, {COVARIATES} covariates; MB is growth over the loaded data")
    print("{:32} {:>7} {:>5} {:>7} {:>5} {:>7} {:>7} {:>11} {:>5} {:>14}".format(*head))
    with tempfile.TemporaryDirectory() as scratch:
        data = str(Path(scratch) / "cohort.bin")
        cohort(options.people, options.seed).tofile(data)
        for task in TASKS:
            if task.key in options.tasks:
                print(_line(task, data, options, rscript), flush=True)


def _line(task: Task, data: str, options: argparse.Namespace, rscript: str | None) -> str:
    size = ["--people", str(options.people), "--repeats", str(options.repeats)]
    us = run([sys.executable, "-m", "benchmarks.survival_speed", *size, "--worker", task.key, data])
    shape = [task.key, data, str(options.people), str(COVARIATES)]
    line = f"{task.title:32} {us['seconds']:7.3f} {us['growth']:5.0f}"
    if rscript:
        r = run([rscript, "--vanilla", str(HERE / "survival_speed.R"), *shape, str(task.r_repeats)])
        target = "" if task.target is None else f"{task.target:g}"
        line += f" {r['seconds']:7.2f} {r['growth']:5.0f} {us['seconds'] / r['seconds']:7.4f} {target:>7}"
        gap = abs(us["value"] - r["value"]) / abs(r["value"])
        assert gap < 1e-6, f"{task.key}: {us['value']} is not R's {r['value']}"
    else:
        line += f" {'-':>7} {'-':>5} {'-':>7} {'-':>7}"
    if options.peers and task.peer:
        script = str(HERE / "survival_speed_peer.py")
        peer = run([str(options.peers), script, *shape, str(task.r_repeats)])
        line += f" {peer['seconds']:11.2f} {peer['growth']:5.0f} {us['seconds'] / peer['seconds']:14.3f}"
    else:
        line += f" {'-':>11} {'-':>5} {'-':>14}"
    return line


if __name__ == "__main__":
    main()
