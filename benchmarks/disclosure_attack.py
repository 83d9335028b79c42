"""Random releases protected, printed and attacked: python -m benchmarks.disclosure_attack --releases 10000.

Every release is drawn anew (1 to 6 linked tables, forces in regions, zeros, skewed counts; half of them after
an earlier release: a later state of the data, a longer period, a larger area). Ends with status 1 when a
hidden cell could be worked out or the hidden value is more than 1.3 of the least possible.

In slices: ``--kept FILE --minutes 2`` keeps a line a release in FILE, stops in time (status 3) and, run
again, goes on from there.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from benchmarks.disclosure_optimum import optimum
from benchmarks.disclosure_releases import draw
from lamplighter.disclosure import gate
from lamplighter.disclosure.profiles import Profile, profile
from lamplighter.disclosure.protect.primary import sensitive
from lamplighter.disclosure.protect.protecting import problem_of
from lamplighter.disclosure.protect.system import build
from lamplighter.disclosure.tables import Release

LEAST_WIDTH = 5
MOST_RATIO = 1.3
#: Every so many releases, if small, the optimum is found a second way.
EVERY = 10
SMALL = 40
#: Status when time ran out with releases left to do.
UNFINISHED = 3


@dataclass(frozen=True)
class Line:
    """What came of one release (and of the one before it)."""

    seed: int
    profile: str
    releases: int
    tables: int
    cells: int
    primary: int
    secondary: int
    narrowest: float | None
    broken: int
    blocked: int
    words: str
    ratio: float
    second_ratio: float | None
    proved: bool
    seconds: float


def rules(seed: int) -> Profile:
    """Profiles in turn; the fourth leans on conventional rounding when it hides."""
    chosen = ("police-victim", "moj-convictions", "tre", "leaning")[seed % 4]
    if chosen != "leaning":
        return profile(chosen)
    return replace(profile("tre"), name="leaning", rounding_counts=True)


def one(seed: int, largest: int = 6, every: int = EVERY, *, small: bool = False) -> Line:
    """Protect and attack one random release and the one before it."""
    drawn, chosen, started = draw(seed, largest=largest, small=small), rules(seed), time.perf_counter()
    releases = [r for r in (drawn.earlier, drawn.release) if r is not None]
    printed = []
    tables = cells = primary = secondary = broken = blocked = 0
    widths, words, ratio = [], [], 1.0
    second: float | None = None
    proved = False
    for number, release in enumerate(releases):
        outcome = gate.release(release, chosen, printed)
        account = outcome.account
        assert account is not None
        tables += len(release.tables)
        cells += account.cells
        of_primary = sum(cell.primary for cell in account.hidden)
        primary, secondary = primary + of_primary, secondary + len(account.hidden) - of_primary
        ratio = max(ratio, account.ratio)
        if outcome.attack.narrowest is not None:
            widths.append(outcome.attack.narrowest)
        if (
            number == len(releases) - 1
            and seed % every == 0
            and account.cells <= SMALL
            and account.cost > 0
            and not account.beyond_help
        ):
            other = _second(release, chosen, printed, account.cost)
            if other is not None:
                second, proved = account.cost / other[0], other[1]
        if isinstance(outcome, gate.Blocked):
            blocked += 1
            broken += len(outcome.attack.findings)
            words.append(outcome.words)
            break
        printed.append(outcome.printed)
    return Line(
        seed,
        chosen.name,
        len(releases),
        tables,
        cells,
        primary,
        secondary,
        min(widths) if widths else None,
        broken,
        blocked,
        "\n".join(words),
        ratio,
        second,
        proved,
        time.perf_counter() - started,
    )


def _second(
    release: Release, chosen: Profile, printed: list[gate.Printed], reached: float
) -> tuple[float, bool] | None:
    system = build(release, printed)
    found = optimum(problem_of(system, chosen, sensitive(system, chosen)), reached)
    return None if found is None else (found.least, found.proved)


def summary(lines: Iterable[Line], wall: float) -> tuple[str, bool]:
    """The table of results, and whether the pass lines hold."""
    rows = list(lines)
    widths = [r.narrowest for r in rows if r.narrowest is not None]
    # Where the second way ran out of time it gives a bound, which nothing may reach.
    seconds = [r.second_ratio for r in rows if r.second_ratio is not None and r.proved]
    ratios = [r.ratio for r in rows]
    narrowest, worst = min(widths, default=float("inf")), max(ratios)
    said = [
        ("random releases (with the one before)", f"{len(rows):,} ({sum(r.releases for r in rows):,})"),
        ("tables", f"{sum(r.tables for r in rows):,}"),
        ("cells", f"{sum(r.cells for r in rows):,}"),
        ("hidden for themselves", f"{sum(r.primary for r in rows):,}"),
        ("hidden to protect those", f"{sum(r.secondary for r in rows):,}"),
        ("findings of the attack", f"{sum(r.broken for r in rows):,}"),
        ("releases blocked", f"{sum(r.blocked for r in rows):,}"),
        (f"least width seen of a hidden cell (pass: {LEAST_WIDTH})", f"{narrowest:g}"),
        ("hidden value to the proved bound, mean", f"{sum(ratios) / len(ratios):.4f}"),
        (f"hidden value to the proved bound, worst (pass: {MOST_RATIO})", f"{worst:.4f}"),
    ]
    if seconds:
        tried = sum(r.second_ratio is not None for r in rows)
        said += [
            ("optimum found a second way, releases (of tried)", f"{len(seconds):,} ({tried:,})"),
            ("hidden value to that optimum, mean", f"{sum(seconds) / len(seconds):.4f}"),
            ("hidden value to that optimum, worst", f"{max(seconds):.4f}"),
        ]
    said += [("slowest release, seconds", f"{max(r.seconds for r in rows):.1f}"), ("seconds", f"{wall:,.0f}")]
    width = max(len(name) for name, _ in said)
    text = "\n".join(f"{name:<{width}}  {value:>16}" for name, value in said)
    good = (
        not any(r.blocked for r in rows) and narrowest >= LEAST_WIDTH and max([worst, *seconds]) <= MOST_RATIO
    )
    return text, good


def kept(file: Path | None) -> list[Line]:
    """The lines of slices that were run before."""
    if file is None or not file.exists():
        return []
    return [Line(**json.loads(text)) for text in file.read_text("utf-8").splitlines()]


def dear(line: Line) -> bool:
    """Whether more was hidden than the pass line allows."""
    second = line.second_ratio if line.second_ratio is not None and line.proved else 1.0
    return max(line.ratio, second) > MOST_RATIO


def main() -> int:
    """Run and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--releases", type=int, default=500)
    parser.add_argument("--first", type=int, default=0, help="first seed")
    parser.add_argument("--tables", type=int, default=6, help="most tables in a release")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--minutes", type=float, help="stop after so long with what was done by then")
    parser.add_argument("--kept", type=Path, help="a file with a line for each release that is done")
    given = parser.parse_args()
    began = time.perf_counter()
    lines = kept(given.kept)
    before = sum(line.seconds for line in lines)
    done = {line.seed for line in lines}
    seeds = [s for s in range(given.first, given.first + given.releases) if s not in done]
    with ProcessPoolExecutor(given.workers) as pool:
        for line in pool.map(one, seeds, [given.tables] * len(seeds), chunksize=4):
            lines.append(line)
            if given.kept is not None:
                with given.kept.open("a", encoding="utf-8") as file:
                    file.write(json.dumps(asdict(line)) + "\n")
            if line.blocked:
                print(f"seed {line.seed}, {line.profile}: {line.words}", flush=True)
            if dear(line):
                print(f"seed {line.seed}, {line.profile}: {line.ratio:.4f} of the proved bound", flush=True)
            spent = time.perf_counter() - began
            if len(lines) % 250 == 0:
                print(f"{len(lines):,} releases, {spent:,.0f} s", flush=True)
            if given.minutes is not None and spent > 60 * given.minutes:
                pool.shutdown(wait=False, cancel_futures=True)
                break
    wall = before + time.perf_counter() - began
    text, good = summary(lines, wall)
    print(text)
    if good and len(lines) < given.releases:
        print(f"{given.releases - len(lines):,} releases are still to be done.")
        return UNFINISHED
    print("Passed." if good else "FAILED.")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
