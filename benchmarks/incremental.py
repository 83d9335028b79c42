"""A world linked at once, beside the same world of which the last tenth arrives in a hundred deliveries.

    python -m benchmarks.incremental [--person-records 20000] [--orders 2]

The model is fitted to what is there at the beginning and stays. Printed: F1 of persons (pairwise, against the
truth) of both, how many weights agree to 1e-9, ids of persons whom nothing reached, and decisions that still
stand. Nothing is written to a database: records are kept as ``linkage.shelf`` keeps them.
"""

from __future__ import annotations

import argparse
import datetime as dt
import random
import resource
import sys
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import polars as pl

from benchmarks import metrics
from lamplighter.hub.site.collector import collector_at_rest
from lamplighter.linkage import LinkResult, link, online
from lamplighter.linkage.compact import Compact, of_report
from lamplighter.linkage.keys import most_for
from lamplighter.linkage.reasons import part_of
from lamplighter.linkage.shelf import Shelf
from lamplighter.linkage.single import Judge
from lamplighter.records.schema import Bundle
from lamplighter.synthetic.world import World, generate

DELIVERIES = 100
DECISIONS = 20
PAIRS_AT_ONCE = 200_000


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--person-records", type=int, default=20_000)
    parser.add_argument("--orders", type=int, default=2)
    parser.add_argument("--seed", type=int, default=2026)
    options = parser.parse_args()
    world = generate(options.seed, person_records=int(options.person_records * 1.1), bank="b")
    reports = world.bundle["reports"].sort("reported_at", "report_id")
    there = reports.head(int(reports.height / 1.1))
    begun = _of(world.bundle, there)
    before = link(begun)
    whole = link(_of(world.bundle, reports), model=before.model)
    people = _people(world)
    f1 = _f1(dict(whole.persons.iter_rows()), world)
    held = begun["people"].height
    say(f"{held:,} person records, then {reports.height - there.height:,} reports more")
    say(f"a key that more than {most_for(held)} records share is crowded")
    say(f"all at once          F1 of persons {f1:.4f}")
    rest = reports.tail(reports.height - there.height)
    for order in range(options.orders):
        _arriving(before, whole, begun, rest, people, world, order, 0)
    # Decisions against the model make persons worse, so these are counted apart.
    _arriving(before, whole, begun, rest, people, world, options.orders, DECISIONS)
    return 0


def _of(bundle: Bundle, reports: pl.DataFrame) -> Bundle:
    people = bundle["people"].join(reports.select("report_id"), on="report_id", how="semi")
    return {"reports": reports, "people": people}


def _people(world: World) -> dict[str, list[Compact]]:
    rows = defaultdict(list)
    for row in world.bundle["people"].iter_rows(named=True):
        rows[row["report_id"]].append(row)
    return {
        r["report_id"]: of_report(r, rows[r["report_id"]])
        for r in world.bundle["reports"].iter_rows(named=True)
    }


class Stored(NamedTuple):
    """A belief of the batch as it is kept one by one: see ``asking.OneTie``."""

    left: str
    right: str
    weight: float
    hold: str | None
    parts: npt.NDArray[np.int64]
    bits: npt.NDArray[np.float64]


def shelved(result: LinkResult, bundle: Bundle, people: Mapping[str, list[Compact]]) -> Shelf:
    """A result of the batch, as records that are kept one by one."""
    shelf = Shelf(most=most_for(bundle["people"].height))
    for report in bundle["reports"]["report_id"]:
        shelf.add(people[report])
    for some in result.pairs.iter_slices(PAIRS_AT_ONCE):
        shelf.tie(_stored(some))
    shelf.remember(result.memory.iter_rows())
    return shelf


def _stored(pairs: pl.DataFrame) -> Iterator[Stored]:
    """Pairs with the bits of their bars, column by column: as dictionaries they take longer than to match."""
    bars = pairs.select(
        pl.col("levels").list.eval(pl.element().struct.field("comparison")).alias("about"),
        pl.col("levels").list.eval(pl.element().struct.field("weight")).alias("bits"),
    )
    ends = np.cumsum(pairs["levels"].list.len().to_numpy())[:-1]
    about = bars["about"].explode()
    parts = about.replace_strict({n: part_of(n) for n in about.unique().to_list()}, return_dtype=pl.Int64())
    yield from map(
        Stored,
        *(pairs[c].to_list() for c in ("left_record", "right_record", "match_weight", "hold")),
        np.split(parts.to_numpy(), ends),
        np.split(bars["bits"].explode().to_numpy(), ends),
    )


def _arriving(
    before: LinkResult,
    whole: LinkResult,
    begun: Bundle,
    rest: pl.DataFrame,
    people: Mapping[str, list[Compact]],
    world: World,
    order: int,
    decisions: int,
) -> None:
    judge = Judge(before.model)
    shelf = shelved(before, begun, people)
    said = _decide(shelf, judge, before, order, decisions)
    start = shelf.persons()
    coming = rest["report_id"].to_list()
    size = -(-len(coming) // DELIVERIES)
    deliveries = [coming[i : i + size] for i in range(0, len(coming), size)]
    random.Random(order).shuffle(deliveries)
    reached: set[str] = set()
    began = time.perf_counter()
    for delivery in deliveries:
        new = [c for report in delivery for c in people[report]]
        with collector_at_rest():
            found = online.arrive(new, shelf, judge)
            reached |= {r for r, _ in found.named.persons}
            shelf.take(found, new)
    took = time.perf_counter() - began
    persons = shelf.persons()
    untouched = [r for r in start if r not in reached]
    same = sum(persons[r] == start[r] for r in untouched)
    arrived = pl.DataFrame(
        {
            "left_record": [a for a, _ in shelf.ties],
            "right_record": [b for _, b in shelf.ties],
            "arrived": [t.weight for t in shelf.ties.values()],
        }
    )
    both = whole.pairs.select("left_record", "right_record", "match_weight").join(
        arrived, on=["left_record", "right_record"]
    )
    agree = both.filter((pl.col("match_weight") - pl.col("arrived")).abs() <= 1e-9).height
    stand = sum((persons[a] == persons[b]) == together for a, b, together in said)
    say(f"order {order + 1}, {len(deliveries)} deliveries   F1 of persons {_f1(persons, world):.4f}")
    say(f"  weights alike to 1e-9: {agree:,} of {both.height:,} pairs of both; in one only: ", end="")
    say(f"{whole.pairs.height - both.height:,} at once, {arrived.height - both.height:,} arriving")
    say(f"  ids unchanged: {same:,} of {len(untouched):,} untouched records; decisions that stand: ", end="")
    say(f"{stand} of {len(said)}")
    say(f"  in memory, a delivery at once: {len(coming) / took:,.0f} reports a second")
    most = resource.getrusage(resource.RUSAGE_SELF)
    say(f"  so far {most.ru_utime + most.ru_stime:,.0f} s of processor, {most.ru_maxrss / 1024:,.0f} MB")


def _decide(
    shelf: Shelf, judge: Judge, result: LinkResult, seed: int, many: int
) -> list[tuple[str, str, bool]]:
    """Some decisions against the model: linked pairs parted, pairs for a person to decide joined."""
    said = []
    for kind, band in (("not_same", "linked"), ("same", "to_decide")):
        chosen = result.pairs.filter((pl.col("band") == band) & pl.col("hold").is_null())
        for a, b in (
            chosen.sample(min(many, chosen.height), seed=seed).select("left_record", "right_record").rows()
        ):
            row = {
                "decision_id": f"{len(said):04d}",
                "at": dt.datetime(2026, 7, 1) + dt.timedelta(minutes=len(said)),
                "by": "somebody",
                "kind": kind,
                "left_record": a,
                "right_record": b,
                "undoes": None,
                "reason": "a benchmark",
            }
            shelf.decide(row)
            shelf.take(online.resettle([a, b], shelf, judge))
            said.append((a, b, kind == "same"))
    return said


def _f1(persons: Mapping[str, str], world: World) -> float:
    frame = pl.DataFrame({"record_id": list(persons), "person_id": list(persons.values())})
    truth = world.truth.records.select("record_id", "person_id").join(
        frame.select("record_id"), on="record_id"
    )
    return metrics.pairwise(frame, truth, "record_id", "person_id").f1


def say(text: str, end: str = "\n") -> None:
    sys.stdout.write(text + end)
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
