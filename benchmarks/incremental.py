"""A world linked at once, beside the same world of which the last tenth arrives in a hundred deliveries.

    python -m benchmarks.incremental [--person-records 20000] [--orders 2] [--replay]

The model is fitted to what is there at the beginning and stays. Printed: F1 of persons (pairwise, against the
truth) of both, how many weights agree to 1e-9, ids of persons whom nothing reached, and decisions that still
stand. Nothing is written to a database: records are kept as ``memory_store`` keeps them, those that lie
there at the beginning in arrays.
"""

from __future__ import annotations

import argparse
import datetime as dt
import random
import resource
import sys
import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import numpy as np
import polars as pl

from benchmarks import metrics
from benchmarks.incremental_shelf import LaidShelf, placed
from lamplighter.hub.site.collector import collector_at_rest
from lamplighter.linkage import LinkResult, link
from lamplighter.linkage.blocking.hashed_keys import most_for
from lamplighter.linkage.features.compact_records import Compact, of_report
from lamplighter.linkage.model.parameters import Model
from lamplighter.linkage.online import arrivals
from lamplighter.linkage.online.memory_store import Shelf
from lamplighter.linkage.online.scorer import Judge
from lamplighter.records.schema import Bundle
from lamplighter.synthetic.worlds.world import World, generate

DELIVERIES = 100
DECISIONS = 20


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--person-records", type=int, default=20_000)
    parser.add_argument("--orders", type=int, default=2)
    parser.add_argument("--seed", type=int, default=2026)
    parser.add_argument("--replay", action="store_true", help="each order once more: does it come out alike?")
    options = parser.parse_args()
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        # What it took to make the world is given back with the process that made it.
        world = pool.submit(_world, options.seed, int(options.person_records * 1.1)).result()
    reports = world.bundle["reports"].sort("reported_at", "report_id")
    there = reports.head(int(reports.height / 1.1))
    rest = reports.tail(reports.height - there.height)
    begun, held = _of(world.bundle, there), _of(world.bundle, there)["people"].height
    say(f"{held:,} person records, then {rest.height:,} reports more")
    say(f"a key that more than {most_for(held)} records share is crowded")
    with TemporaryDirectory() as folder:
        before = link(begun)
        spent("linked what is there")
        aside = Path(folder) / "pairs.arrow"
        before.pairs.write_ipc(aside)
        before = replace(before, pairs=before.pairs.clear(), report_pairs=before.report_pairs.clear())
        whole = _whole(world, reports, before.model)
        before = replace(before, pairs=pl.read_ipc(aside))
    spent("linked all at once")
    say(f"all at once          F1 of persons {whole.f1:.4f}")
    people = people_of(_of(world.bundle, rest))
    # Decisions against the model make persons worse, so the last order is counted apart.
    for order in range(options.orders + 1):
        decisions = DECISIONS if order == options.orders else 0
        persons = _arriving(before, whole, begun, rest, people, world, order, decisions)
        if options.replay:
            again = _arriving(before, whole, begun, rest, people, world, order, decisions)
            say(f"  the same once more: {'the same persons and ids' if again == persons else 'NOT THE SAME'}")
    return 0


def _world(seed: int, records: int) -> World:
    return generate(seed, person_records=records, bank="b")


class Whole(NamedTuple):
    """What linking all at once found: F1 of persons, and the weights of pairs (left, right, weight) by the
    ``place`` of each record (record, row)."""

    f1: float
    place: pl.DataFrame
    pairs: pl.DataFrame


def _whole(world: World, reports: pl.DataFrame, model: Model) -> Whole:
    found = link(_of(world.bundle, reports), model=model)
    ids = found.persons["record_id"].sort()
    place = pl.DataFrame({"record": ids, "row": np.arange(len(ids), dtype=np.int32)})
    pairs = found.pairs.select("left_record", "right_record", weight="match_weight")
    return Whole(_f1(dict(found.persons.iter_rows()), world), place, placed(pairs, place))


def _of(bundle: Bundle, reports: pl.DataFrame) -> Bundle:
    people = bundle["people"].join(reports.select("report_id"), on="report_id", how="semi")
    return {"reports": reports, "people": people}


def people_of(bundle: Bundle) -> dict[str, list[Compact]]:
    """The people of every report, made ready as when it comes in alone."""
    rows = defaultdict(list)
    for row in bundle["people"].iter_rows(named=True):
        rows[row["report_id"]].append(row)
    return {
        r["report_id"]: of_report(r, rows[r["report_id"]]) for r in bundle["reports"].iter_rows(named=True)
    }


def _arriving(
    before: LinkResult,
    whole: Whole,
    begun: Bundle,
    rest: pl.DataFrame,
    people: Mapping[str, list[Compact]],
    world: World,
    order: int,
    decisions: int,
) -> dict[str, str]:
    """The person of each record once all has arrived."""
    judge = Judge(before.model)
    shelf = LaidShelf(before, begun)
    said = _decide(shelf, judge, before, order, decisions)
    start = shelf.persons()
    spent("laid on the shelf")
    coming = rest["report_id"].to_list()
    size = -(-len(coming) // DELIVERIES)
    deliveries = [coming[i : i + size] for i in range(0, len(coming), size)]
    random.Random(order).shuffle(deliveries)
    reached: set[str] = set()
    began, processor = time.perf_counter(), time.process_time()
    for delivery in deliveries:
        new = [c for report in delivery for c in people[report]]
        with collector_at_rest():
            found = arrivals.arrive(new, shelf, judge)
            reached |= {r for r, _ in found.named.persons}
            shelf.take(found, new)
    took, worked = time.perf_counter() - began, time.process_time() - processor
    persons = shelf.persons()
    untouched = [r for r in start if r not in reached]
    same = sum(persons[r] == start[r] for r in untouched)
    arrived = shelf.weights(whole.place)
    both = whole.pairs.join(arrived, on=["left", "right"], suffix="_arriving")
    agree = both.filter((pl.col("weight") - pl.col("weight_arriving")).abs() <= 1e-9).height
    stand = sum((persons[a] == persons[b]) == together for a, b, together in said)
    say(f"order {order + 1}, {len(deliveries)} deliveries   F1 of persons {_f1(persons, world):.4f}")
    say(f"  weights alike to 1e-9: {agree:,} of {both.height:,} pairs of both; in one only: ", end="")
    say(f"{whole.pairs.height - both.height:,} at once, {arrived.height - both.height:,} arriving")
    say(f"  ids unchanged: {same:,} of {len(untouched):,} untouched records; decisions that stand: ", end="")
    say(f"{stand} of {len(said)}")
    say(f"  in memory, a delivery at once: {len(coming) / took:,.0f} reports a second, ", end="")
    say(f"{len(coming) / worked:,.0f} a second of processor")
    _undo(shelf, judge, said)
    if said:
        say(f"  once all are undone F1 of persons is {_f1(shelf.persons(), world):.4f}")
    spent("all told")
    return persons


def _undo(shelf: Shelf, judge: Judge, said: Sequence[tuple[str, str, bool]]) -> None:
    """Undo the decisions, the last first."""
    took, worked = [], []
    for number, (a, b, _) in reversed([*enumerate(said)]):
        began, processor = time.perf_counter(), time.process_time()
        shelf.decide(_decision(f"u{number:04d}", number + len(said), "undo", a, b, f"{number:04d}"))
        found = arrivals.resettle([a, b], shelf, judge)
        took.append(1000 * (time.perf_counter() - began))
        worked.append(1000 * (time.process_time() - processor))
        shelf.take(found)
    if took:
        say("  undoing a decision, ms at p50 and at most: ", end="")
        say(
            ", ".join(
                f"{name} {np.percentile(x, 50):.1f}, {max(x):.1f}"
                for name, x in (("clock", took), ("processor", worked))
            )
        )


def _decide(
    shelf: Shelf, judge: Judge, result: LinkResult, seed: int, many: int
) -> list[tuple[str, str, bool]]:
    """Some decisions against the model: linked pairs parted, pairs for a person to decide joined."""
    said: list[tuple[str, str, bool]] = []
    for kind, band in (("not_same", "linked"), ("same", "to_decide")):
        chosen = result.pairs.filter((pl.col("band") == band) & pl.col("hold").is_null())
        for a, b in (
            chosen.sample(min(many, chosen.height), seed=seed).select("left_record", "right_record").rows()
        ):
            shelf.decide(_decision(f"{len(said):04d}", len(said), kind, a, b, None))
            shelf.take(arrivals.resettle([a, b], shelf, judge))
            said.append((a, b, kind == "same"))
    return said


def _decision(name: str, minute: int, kind: str, a: str, b: str, undoes: str | None) -> dict[str, Any]:
    return {
        "decision_id": name,
        "at": dt.datetime(2026, 7, 1) + dt.timedelta(minutes=minute),
        "by": "somebody",
        "kind": kind,
        "left_record": a,
        "right_record": b,
        "undoes": undoes,
        "reason": "a benchmark",
    }


def _f1(persons: Mapping[str, str], world: World) -> float:
    frame = pl.DataFrame({"record_id": list(persons), "person_id": list(persons.values())})
    truth = world.truth.records.select("record_id", "person_id").join(
        frame.select("record_id"), on="record_id"
    )
    return metrics.pairwise(frame, truth, "record_id", "person_id").f1


def spent(what: str) -> None:
    most = resource.getrusage(resource.RUSAGE_SELF)
    processor, megabytes = most.ru_utime + most.ru_stime, most.ru_maxrss / 1024
    say(f"  {what}: so far {processor:,.0f} s of processor, {megabytes:,.0f} MB at most")


def say(text: str, end: str = "\n") -> None:
    sys.stdout.write(text + end)
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
