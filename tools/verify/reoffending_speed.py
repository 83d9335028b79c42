"""Measure how long all ladders of a country take: reading, lives under the links, and every cell.

One period takes in everybody, so that each cohort of the index event "allegation" is a million people.

    python -m tools.verify.reoffending_speed --people 1000000 FOLDER

FOLDER is made if it is not there (``tools/verify/reoffending_country.py``); the time for that is not counted.
"""

from __future__ import annotations

import argparse
import datetime as dt
import resource
import subprocess
import sys
import time
from pathlib import Path

from lamplighter.studies.reoffending.cohort import Window
from lamplighter.studies.reoffending.content.events import read_held
from lamplighter.studies.reoffending.country import read_country
from lamplighter.studies.reoffending.definitions import definitions
from lamplighter.studies.reoffending.grid import Cohorts, grid_of
from lamplighter.studies.reoffending.lives import lives_of

EVERYBODY = Window(dt.date(2012, 12, 1), dt.date(2020, 12, 1))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--people", type=int, default=1_000_000)
    parser.add_argument("--acts", type=float, default=6.0)
    told = parser.parse_args()
    if not told.folder.exists():
        words = [sys.executable, "-m", "tools.verify.reoffending_country", str(told.folder)]
        words += ["--people", str(told.people), "--acts", str(told.acts), "--last-first", "2020-11-30"]
        subprocess.run(words, check=True)
    since, processor = time.perf_counter(), time.process_time()
    started = since

    def say(what: str) -> None:
        nonlocal since, processor
        now, used = time.perf_counter(), time.process_time()
        print(f"{what:<34} {now - since:6.1f} s, {used - processor:6.1f} s of processor")
        since, processor = now, used

    country = read_country(told.folder)
    defs = definitions(country.extracted_on)
    held = read_held(told.folder, country)
    say(f"Read {held.read:,} events")
    lives = lives_of(held.rows, held.links.person, held.links.persons, defs.rules)
    say(f"Lives; {lives.joined:,} acts in two books")
    cells = grid_of(Cohorts(held, defs, lives, None), EVERYBODY)
    say(f"{len(cells)} cells")
    largest = max(cell.people for cell in cells.values())
    mature = sum(cell.state == "held" for cell in cells.values())
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2
    print(f"All: {time.perf_counter() - started:.1f} s; {mature} cells with a figure")
    print(f"Largest cohort: {largest:,} people")
    print(f"Peak memory: {peak:.2f} GB")


if __name__ == "__main__":
    main()
