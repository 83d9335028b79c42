"""How long the whole review takes, step by step, and the memory it needs.

``python -m benchmarks.review_speed [--reports 10000] [--scenario london] [--forces 1]``

A bundle is made up, then: read and checked, analysed (200 bootstrap draws), drawn and written for those
inside, and protected, drawn again, attacked and released. Seconds of the clock, seconds of the processor (of
this process and of those that it waited for), and the peak of the memory of this process (VmHWM, MB) within
each step, without the processes that draw charts or attack.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

from benchmarks.harness import keep, options, run_part, say, show
from lamplighter.disclosure import gate
from lamplighter.reporting import folder as writing
from lamplighter.studies.review import engine
from lamplighter.studies.review.publication import publishing
from lamplighter.studies.review.publication.report import report_of
from lamplighter.studies.review.publication.report_folder import facts_of
from lamplighter.studies.review.results import Everything
from lamplighter.study_bundle import checking
from lamplighter.synthetic.study_bundles.bundle import make

TARGET_SECONDS = 60.0
RELEASE = (
    ("   protect", gate, "protect"),
    ("   attack", gate, "check"),
    ("   page with its charts", publishing, "report_of"),
    ("   files", publishing, "report_files"),
)
Steps = list[tuple[str, float, float, float]]


@contextmanager
def step(rows: Steps, name: str) -> Iterator[None]:
    """Note the seconds and the peak memory of a step."""
    Path("/proc/self/clear_refs").write_text("5", "ascii")  # resets VmHWM (proc(5))
    began, worked = time.perf_counter(), processor()
    yield
    took, status = time.perf_counter() - began, Path("/proc/self/status").read_text("ascii").splitlines()
    peak = int(next(row for row in status if "VmHWM" in row).split()[1]) / 1024
    rows.append((name, took, processor() - worked, peak))


def processor() -> float:
    """Return the seconds of the processor so far, of this process and of those that have ended."""
    return sum(os.times()[:4])


def timed(rows: Steps, name: str, call: Callable[..., Any]) -> Callable[..., Any]:
    """Return the same call, with its seconds written down under a name."""

    def timing(*given: Any, **named: Any) -> Any:
        with step(rows, name):
            return call(*given, **named)

    return timing


def measure(scenario: str, reports: int, forces: int) -> Steps:
    """Return every step in order, the parts of a step indented before it."""
    rows: Steps = []
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        with step(rows, "Make the bundle up (not counted)"):
            made = make(scenario, place / "bundle", reports=reports, forces=forces)
        with step(rows, "Read and check the bundle"):
            bundle = checking.check(made.bundle.parent if made.bundle.is_file() else made.bundle).required()
        with step(rows, "Every analysis"):
            found = engine.review(bundle)
        with step(rows, "The page for those inside, with its charts"):
            report = report_of(found, Everything(found.found))
        with step(rows, "Its files (HTML, ODS, CSV, SVG, PNG)"):
            writing.write_folder(place / "inside", writing.report_files(report), facts_of(found))
        with ExitStack() as held, step(rows, "Release: protect, draw, attack"):
            for words, room, name in RELEASE:
                held.enter_context(patch.object(room, name, timed(rows, words, getattr(room, name))))
            outcome = publishing.publish_review(found, "police-victim", place / "out", place / "ledger")
        say(outcome.words.replace(str(place), "…"))
    return rows


def measure_review() -> None:
    """Make up a bundle, review it, release it, and print what each step takes."""
    parser = options(measure_review)
    parser.add_argument("--scenario", default="london")
    parser.add_argument("--reports", type=int, default=10_000)
    parser.add_argument("--forces", type=int, default=1)
    asked = parser.parse_args()
    rows = measure(asked.scenario, asked.reports, asked.forces)
    counted = [row for row in rows[1:] if not row[0].startswith(" ")]
    clock, worked = sum(row[1] for row in counted), sum(row[2] for row in counted)
    rows.insert(0, ("All of it", clock, worked, max(row[3] for row in counted)))
    told = [
        {"step": n, "seconds": round(t, 1), "processor": round(w, 1), "MB": round(m)} for n, t, w, m in rows
    ]
    show("", told, 90)
    say(f"Target: {TARGET_SECONDS:.0f} s.")
    keep("review", "speed", told)


if __name__ == "__main__":
    sys.exit(run_part("review_speed", {"speed": measure_review}))
