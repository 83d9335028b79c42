"""How long does a country take that was linked, when one per cent of its records are new?

    python -m tools.verify.national_more COUNTRY INTO [--forces force-07,force-12]

``COUNTRY`` is what ``lamplighter synth country`` makes. Every force delivers without its newest reports, or
those that are named alone do; all is linked; then they deliver whole, and all is linked again. Prints seconds
of the clock and of the processor, the largest process, and what was made, of both. With ``--anew`` it is
linked from nothing under the same model as well, and compared.
"""

from __future__ import annotations

import argparse
import resource
import shutil
import time
from collections.abc import Collection
from pathlib import Path

import numpy as np
import polars as pl

from lamplighter.national.delivery import deliveries, splitting
from lamplighter.national.delivery.keys import Key
from lamplighter.national.run import Linked, Settings, linked
from tools.verify.national import RELEASE, TABLES

SHARE = 0.01


def processor() -> float:
    """Return the seconds of the processor of this process and of those that have ended."""
    who = (resource.getrusage(w) for w in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(w.ru_utime + w.ru_stime for w in who)


def told(begun: tuple[float, float], what: str) -> None:
    """Print how long something took."""
    most = max(resource.getrusage(w).ru_maxrss for w in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    spent = processor() - begun[1]
    print(f"{what}: {time.perf_counter() - begun[0]:.0f} s, {spent:.0f} s of the processor, "
          f"largest process so far {most / 1e6:.2f} GB", flush=True)  # fmt: skip


def delivered(country: Path, into: Path, forces: Collection[str], without: dict[str, int]) -> int:
    """Deliver some forces, each without so many of its newest records; return how many records there are."""
    release, found = Key.read(deliveries.analyst_key(into / "analyst", RELEASE)), 0
    for force in forces:
        held = {name: pl.read_parquet(country / force / f"{name}.parquet") for name in TABLES}
        newest = held["reports"].sort("reported_at", "report_id", descending=True)["report_id"]
        sizes = dict(held["people"].group_by("report_id").len().iter_rows())
        gone = np.cumsum([sizes.get(r, 0) for r in newest.to_list()]) <= without.get(force, 0)
        out = newest.filter(pl.Series(gone))
        held = {n: f.filter(~pl.col("report_id").is_in(out.implode())) for n, f in held.items()}
        own = Key.kept(into / "forces" / force / "key")
        split = splitting.split(held, force, own, release)
        deliveries.deliver(split, force, into / "linker", into / "analyst", RELEASE, names=True)
        found += held["people"].height
    return found


def run(into: Path, what: str) -> Linked:
    """Link, and print how long it took, stage by stage."""
    begun = time.perf_counter(), processor()

    def step(words: str) -> None:
        if not words.startswith("force: ") or "of" not in words:
            told(begun, f"  before {words}")

    found = linked(into / "linker", RELEASE, Settings(), step)
    told(begun, what)
    print({stage: found.made.count(stage) for stage in dict.fromkeys(found.made)}, flush=True)
    return found


def main() -> None:
    """Run the programme."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("country", type=Path)
    parser.add_argument("into", type=Path)
    parser.add_argument("--forces", default="")
    parser.add_argument("--anew", action="store_true")
    asked = parser.parse_args()
    every = [p.name for p in sorted(asked.country.glob("force-*"))]
    sizes = {
        f: pl.read_parquet(asked.country / f / "people.parquet", columns=["record_id"]).height for f in every
    }
    every = [f for f in every if sizes[f]]
    some = asked.forces.split(",") if asked.forces else every
    less = {f: round(SHARE * sum(sizes.values()) * sizes[f] / sum(sizes[s] for s in some)) for f in some}
    there = (asked.into / "linker/deliveries" / RELEASE.label).exists()
    before = delivered(asked.country, asked.into, some if there else every, less)
    run(asked.into, "without them")
    after = delivered(asked.country, asked.into, some, {})
    print(f"{len(some)} forces deliver anew: {after:,} records, where it was {before:,}", flush=True)
    found = run(asked.into, "with one per cent more")
    if asked.anew:
        shutil.rmtree(asked.into / "linker/stages")
        anew = run(asked.into, "from nothing, same model")
        same = np.array_equal(found.group, anew.group) and np.array_equal(found.bits, anew.bits)
        print(f"persons and beliefs are {'the same' if same else 'NOT the same'}")


if __name__ == "__main__":
    main()
