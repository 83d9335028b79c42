"""How long the whole review takes, step by step, and the memory it needs.

``python -m benchmarks.review_speed [--reports 10000] [--scenario london]``

A bundle is made up, then: read and checked, analysed (200 bootstrap draws), drawn and written for those
inside, and protected, drawn again, attacked and released. Seconds of the clock, and the peak of the memory
of this process (VmHWM, MB) within each step. Processes that draw charts or attack are counted apart.
"""

from __future__ import annotations

import argparse
import resource
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

from lamplighter.disclosure import gate
from lamplighter.studies.review import engine
from lamplighter.studies.review.publication import publishing
from lamplighter.studies.review.publication.report import report_of
from lamplighter.studies.review.publication.report_folder import facts_of
from lamplighter.studies.review.results import Everything
from lamplighter.study_bundle import checking
from lamplighter.synthetic.study_bundles.bundle import make

TARGET_SECONDS = 60.0


class Clock:
    """Seconds and peak memory a step."""

    def __init__(self) -> None:
        self.rows: list[tuple[str, float, float]] = []

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        _forget_peak()
        began = time.perf_counter()
        yield
        self.rows.append((name, time.perf_counter() - began, _peak()))

    def timed(self, name: str, call: Callable[..., Any]) -> Callable[..., Any]:
        """The same call, with its seconds written down under ``name``."""

        def timing(*given: Any, **named: Any) -> Any:
            with self.step(name):
                return call(*given, **named)

        return timing


def _forget_peak() -> None:
    Path("/proc/self/clear_refs").write_text("5", "ascii")  # resets VmHWM (proc(5))


def _peak() -> float:
    line = next(row for row in Path("/proc/self/status").read_text("ascii").splitlines() if "VmHWM" in row)
    return int(line.split()[1]) / 1024


def measure(scenario: str, reports: int) -> list[tuple[str, float, float]]:
    """Every step in order, the parts of a step indented under it."""
    clock = Clock()
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        made = make(scenario, place / "bundle", reports=reports)
        with clock.step("Read and check the bundle"):
            bundle = checking.check(made.bundle.parent if made.bundle.is_file() else made.bundle).required()
        with clock.step("Every analysis"):
            found = engine.review(bundle)
        with clock.step("The page for those inside, with its charts"):
            report = report_of(found, Everything(found.found))
        from lamplighter.reporting import folder as writing

        with clock.step("Its files (HTML, ODS, CSV, SVG, PNG)"):
            writing.write_folder(place / "inside", writing.report_files(report), facts_of(found))
        parts = (
            ("   protect", gate, "protect"),
            ("   attack", gate, "check"),
            ("   page with its charts", publishing, "report_of"),
            ("   files", publishing, "report_files"),
        )
        with ExitStack() as timed, clock.step("Release: protect, draw, attack"):
            for words, room, name in parts:
                timed.enter_context(patch.object(room, name, clock.timed(words, getattr(room, name))))
            outcome = publishing.publish_review(found, "police-victim", place / "out", place / "ledger")
        print(outcome.words.replace(str(place), "…"))
    return clock.rows


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scenario", default="london")
    parser.add_argument("--reports", type=int, default=10_000)
    given = parser.parse_args()
    rows = measure(given.scenario, given.reports)
    print(f"\n{'step':46} {'seconds':>8} {'peak MB':>8}")
    for name, seconds, peak in rows:
        print(f"{name:46} {seconds:8.2f} {peak:8.0f}")
    whole = sum(seconds for name, seconds, _ in rows if not name.startswith(" "))
    children = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(f"{'All of it':46} {whole:8.2f} {max(peak for *_, peak in rows):8.0f}")
    print(f"Largest process beside this one: {children:.0f} MB. Target: {TARGET_SECONDS:.0f} s.")


if __name__ == "__main__":
    main()
