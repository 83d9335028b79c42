"""Run the three verbs of linking across sources on every engine, side by side (docs/engines.md).

    python -m tools.verify.engines [--profiles 100000 500000] [--engines arrays duckdb spark] [--sources 43]

Makes up countries of so many profiles and 43 sources, asks each engine for pairs, weights and components in a
process of its own, and prints seconds of processor, those of Java and of Spark's workers too, and the peak of
memory of all of them together. Leaves with 1 when two engines differ.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import pickle
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import psutil

from lamplighter.linkage.arrays.row_order import Rows
from lamplighter.linkage.engines.on_arrays import OnArrays
from lamplighter.linkage.engines.on_duckdb import OnDuckDB
from lamplighter.linkage.engines.on_spark import OnSpark, session
from lamplighter.linkage.engines.protocol import Engine
from tools.verify import countries
from tools.verify.countries import Country

ENGINES = ("arrays", "duckdb", "spark")
RECORDS_A_PROFILE = 1.75
LEAST, TIED = 4.0, 18.0
"""Bits of evidence from which a pair is kept, and from which it is an edge."""
SECONDS_BETWEEN = 0.1


class Watch:
    """Seconds of processor and the peak of memory of this process and of all that it started."""

    def __init__(self) -> None:
        self.peak = 0
        self._seconds: dict[int, float] = {}
        self._before = 0.0
        self._own = psutil.Process()
        threading.Thread(target=self._watch, daemon=True).start()

    def lap(self) -> float:
        """Return the seconds of processor since the last time."""
        self._look()
        before, self._before = self._before, sum(self._seconds.values())
        return self._before - before

    def _watch(self) -> None:
        while True:
            self._look()
            time.sleep(SECONDS_BETWEEN)

    def _look(self) -> None:
        memory = 0
        for process in [self._own, *self._own.children(recursive=True)]:
            try:
                spent = process.cpu_times()
                self._seconds[process.pid] = spent.user + spent.system
                memory += process.memory_info().rss
            except psutil.Error:
                continue
        self.peak = max(self.peak, memory)


def engine_of(name: str) -> Engine:
    if name == "arrays":
        return OnArrays()
    return OnDuckDB(threads=2) if name == "duckdb" else OnSpark(session(memory="3g"))


def run(name: str, country: Country) -> dict[str, Any]:
    """Run one engine in this process."""
    watch = Watch()
    watch.lap()
    engine = engine_of(name)
    found: dict[str, Any] = {"engine": name, "started": watch.lap()}
    left, right = engine.pairs(country.profiles, country.rules)
    found["pairs"] = watch.lap()
    weighed = engine.weights(country.profiles.features, country.model, left, right, LEAST)
    found["weights"] = watch.lap()
    tied = weighed.evidence >= TIED
    label = engine.components(len(country.profiles), weighed.left[tied], weighed.right[tied])
    found["components"] = watch.lap()
    true = country.persons[left] == country.persons[right]
    found |= {"many": len(left), "kept": len(weighed), "true": int(true.sum()), "peak": watch.peak}
    # Evidence is the same within 1e-9 bits, of which a digit may be rounded otherwise: not part of it.
    return found | {"same": _digest(left, right, weighed.left, weighed.right, weighed.levels.ravel(), label)}


def _digest(*arrays: Rows) -> str:
    made = hashlib.sha256()
    for array in arrays:
        made.update(np.ascontiguousarray(array).tobytes())
    return made.hexdigest()[:12]


def main() -> int:
    """Run them all and print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--profiles", type=int, nargs="+", default=[100_000, 500_000])
    parser.add_argument("--engines", nargs="+", choices=ENGINES, default=list(ENGINES))
    parser.add_argument("--sources", type=int, default=43)
    parser.add_argument("--one", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.one:
        country = pickle.loads(given.one.read_bytes())  # noqa: S301  # of this programme's own making
        print(json.dumps(run(given.engines[0], country)))
        return 0
    print("                                         | seconds of processor to              | peak")
    print(" profiles engine        pairs      kept |  start   pairs  weights  components | GB    | answer")
    differ = False
    for profiles in given.profiles:
        country = countries.made(round(profiles * RECORDS_A_PROFILE), given.sources, seed=34)
        answers = set()
        for name in given.engines:
            row = _apart(name, country)
            answers.add(row["same"])
            print(_line(len(country.profiles), row), flush=True)
        differ |= len(answers) > 1
    print("Engines DIFFER." if differ else "All engines answer alike.")
    return int(differ)


def _line(profiles: int, row: Mapping[str, Any]) -> str:
    many = f"{profiles:>9,} {row['engine']:8} {row['many']:>10,} {row['kept']:>9,}"
    spent = f"{row['started']:>6.1f} {row['pairs']:>7.1f} {row['weights']:>8.1f} {row['components']:>11.1f}"
    return f"{many} | {spent} | {row['peak'] / 1e9:<5.2f} | {row['same']}"


def _apart(name: str, country: Country) -> dict[str, Any]:
    """Run one engine in a process that nothing else ran in."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "country")
        path.write_bytes(pickle.dumps(country))
        command = [sys.executable, "-m", "tools.verify.engines", "--engines", name, "--one", str(path)]
        told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    found: dict[str, Any] = json.loads(told.splitlines()[-1])
    return found


if __name__ == "__main__":
    raise SystemExit(main())
