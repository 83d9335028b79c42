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
import sys
import time
from collections import defaultdict
from collections.abc import Mapping

import polars as pl

from benchmarks import metrics
from lamplighter.hub.site.collector import collector_at_rest
from lamplighter.linkage import LinkResult, link, online
from lamplighter.linkage.asking import Tie
from lamplighter.linkage.compact import Compact, of_report
from lamplighter.linkage.keys import most_for
from lamplighter.linkage.reasons import reason_of
from lamplighter.linkage.shelf import Shelf
from lamplighter.linkage.single import Judge
from lamplighter.records.schema import Bundle
from lamplighter.synthetic.world import World, generate

DELIVERIES = 100
DECISIONS = 20


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


def shelved(result: LinkResult, bundle: Bundle, people: Mapping[str, list[Compact]]) -> Shelf:
    """A result of the batch, as records that are kept one by one."""
    shelf = Shelf(most=most_for(bundle["people"].height))
    for report in bundle["reports"]["report_id"]:
        shelf.add(people[report])
    ties = [
        Tie(
            r["left_record"],
            r["right_record"],
            r["match_weight"],
            r["hold"],
            [reason_of(b) for b in r["levels"]],
            [b["weight"] for b in r["levels"]],
        )
        for r in result.pairs.iter_rows(named=True)
    ]
    shelf.tie(ties)
    shelf.remember(result.memory.iter_rows())
    return shelf


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
    weights = {
        (r[0], r[1]): r[2] for r in whole.pairs.select("left_record", "right_record", "match_weight").rows()
    }
    both = weights.keys() & shelf.ties.keys()
    agree = sum(abs(weights[p] - shelf.ties[p].weight) <= 1e-9 for p in both)
    stand = sum((persons[a] == persons[b]) == together for a, b, together in said)
    say(f"order {order + 1}, {len(deliveries)} deliveries   F1 of persons {_f1(persons, world):.4f}")
    say(f"  weights alike to 1e-9: {agree:,} of {len(both):,} pairs of both; in one only: ", end="")
    say(f"{len(weights.keys() - both):,} at once, {len(shelf.ties.keys() - both):,} arriving")
    say(f"  ids unchanged: {same:,} of {len(untouched):,} untouched records; decisions that stand: ", end="")
    say(f"{stand} of {len(said)}")
    say(f"  in memory, a delivery at once: {len(coming) / took:,.0f} reports a second")


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
