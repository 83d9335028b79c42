"""A world linked at once, beside the same world of which the last tenth arrives in a hundred deliveries.

    python -m benchmarks.incremental [--person-records 20000] [--orders 2] [--replay]

The model is fitted to what is there at the beginning and stays. Printed: F1 of persons (pairwise, against the
truth) of both, how many weights agree to 1e-9, ids of persons whom nothing reached, and decisions that still
stand. Nothing is written to a database: records are kept as :mod:`benchmarks.memory_store` keeps them, those
that lie there at the beginning in arrays.
"""

from __future__ import annotations

import argparse
import datetime as dt
import random
import resource
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Collection, Container, Hashable, Iterable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple, TypeVar

import numpy as np
import numpy.typing as npt
import polars as pl

from benchmarks.memory_store import Shelf
from lamplighter.hub.site.collector import collector_at_rest
from lamplighter.linkage import LinkResult, link
from lamplighter.linkage.arrays.row_order import among, spread
from lamplighter.linkage.blocking import key_index
from lamplighter.linkage.blocking.hashed_keys import most_for
from lamplighter.linkage.comparisons.reasons import part_of
from lamplighter.linkage.comparisons.weight_bars import HELD
from lamplighter.linkage.explain.accuracy import pairwise
from lamplighter.linkage.features import compact_frames, compact_records
from lamplighter.linkage.features.compact_records import Compact, of_report
from lamplighter.linkage.features.record_features import prepare
from lamplighter.linkage.model.parameters import Model
from lamplighter.linkage.online import arrivals, store
from lamplighter.linkage.online.scorer import Judge, Pair, pair_of
from lamplighter.records.schema import Bundle
from lamplighter.synthetic.worlds.world import World, generate

# A shelf on which a million records lie already: in arrays, and as texts, and not as objects of Python.
#
# What comes is kept beside them as :class:`benchmarks.memory_store.Shelf` keeps it, and goes
# before.

PAIRS_AT_ONCE = 200_000
Rows = npt.NDArray[np.int32]
K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Grouped:
    """Numbers by a key: those of each lie together."""

    def __init__(self, keys: npt.NDArray[np.int64], values: Rows) -> None:
        order = np.argsort(keys, kind="stable")
        self._keys, self._values = keys[order], values[order]

    def of(self, key: int) -> Rows:
        first, last = np.searchsorted(self._keys, (key, key + 1))
        return self._values[first:last]


class Ties:
    """The beliefs of a result, by the rows of their records."""

    def __init__(self, pairs: pl.DataFrame, ids: pl.Series) -> None:
        place = pl.DataFrame({"record": ids, "row": np.arange(len(ids), dtype=np.int32)})
        self.left, self.right = (
            pairs.select(record=c)
            .join(place, on="record", how="left", maintain_order="left")["row"]
            .to_numpy()
            for c in ("left_record", "right_record")
        )
        self.weight = pairs["match_weight"].to_numpy()
        self.hold = pairs["hold"].replace_strict(HELD, return_dtype=pl.Int8()).to_numpy()
        self.sizes = pairs["levels"].list.len().to_numpy().astype(np.int64)
        self.starts = np.cumsum(self.sizes) - self.sizes
        told = [_told(some) for some in pairs.select("levels").iter_slices(PAIRS_AT_ONCE)]
        self.parts, self.bits = (np.concatenate(own) for own in zip(*told, strict=True))
        every = np.arange(len(self.left), dtype=np.int32)
        both = np.concatenate([self.left, self.right]).astype(np.int64)
        self.of = Grouped(both, np.concatenate([every, every]))

    def among(self, rows: Rows, ids: Sequence[str], known: Container[Pair]) -> store.Ties:
        """Those between two of some rows, in order, of records with these ``ids``, but the ``known`` ones."""
        tied = [self.of.of(row) for row in rows.tolist()]
        some = np.concatenate([np.empty(0, dtype=np.int32), *tied])
        # A tie is found from both of its ends.
        some = some[among(self.left[some], rows) & among(self.right[some], rows)]
        some = np.sort(some)[::2]
        sides = ([ids[row] for row in side[some].tolist()] for side in (self.left, self.right))
        left, right = sides
        new = np.array([pair not in known for pair in zip(left, right, strict=True)], dtype=bool)
        bars = spread(self.starts[some], self.sizes[some])
        parts = self.parts[bars].astype(np.int64)
        found = store.Ties(
            left, right, self.weight[some], self.hold[some], self.sizes[some], parts, self.bits[bars]
        )
        return found.of_some(new)


def _told(pairs: pl.DataFrame) -> tuple[npt.NDArray[np.int16], npt.NDArray[np.float64]]:
    """What each bar is about, and its bits, one after the other."""
    bars = pairs["levels"].explode().struct
    about = bars.field("comparison")
    numbers = {n: part_of(n) for n in about.unique().to_list()}
    return about.replace_strict(numbers, return_dtype=pl.Int16()).to_numpy(), bars.field("weight").to_numpy()


class _Known(dict[K, V]):
    """What is looked up once where it is about to be changed."""

    def __init__(self, find: Callable[[K], V]) -> None:
        super().__init__()
        self._find = find

    def __missing__(self, key: K) -> V:
        self[key] = self._find(key)
        return self[key]


class _People(dict[str, Compact]):
    """Records, of which those that lie already are read whenever they are asked for."""

    def __init__(self, row: dict[str, int], reports: list[str], texts: pl.Series) -> None:
        super().__init__()
        self._row, self._reports, self._texts = row, reports, texts

    def __missing__(self, record_id: str) -> Compact:
        row = self._row[record_id]
        return compact_records.read(record_id, self._reports[row], self._texts[row])

    def __contains__(self, record_id: object) -> bool:
        return super().__contains__(record_id) or record_id in self._row


class LaidShelf(Shelf):
    """A shelf with what a link of a bundle found."""

    def __init__(self, result: LinkResult, bundle: Bundle) -> None:
        features = prepare(bundle["people"].sort("record_id"), bundle["reports"])
        super().__init__(most=most_for(len(features)))
        self.ids = features.record_ids.to_list()
        self.row = {r: i for i, r in enumerate(self.ids)}
        reports = features.facts["report_id"].to_list()
        self.people = _People(self.row, reports, compact_frames.texts_of(features, bundle["reports"]))
        for record, report in zip(self.ids, reports, strict=True):
            self._in_report[report].append(record)
        for report, reference in compact_frames.references_of(bundle["reports"]).iter_rows():
            self._references[reference].add(report)
        kept = key_index.kept_of(features, most=self.most)
        self._crowded = set(kept.crowded.tolist())
        found = list(kept.sorted)
        self._under = np.concatenate([k for k, _ in found])
        self._whose = np.concatenate([rows for _, rows in found]).astype(np.int32)
        del found
        by_row = np.argsort(self._whose, kind="stable").astype(np.int32)
        self._own = by_row, np.searchsorted(self._whose[by_row], np.arange(len(self.ids) + 1))
        self._holders = _Known(self._laid_under)
        self._keys = _Known(self._laid_keys)
        self.laid = Ties(result.pairs, features.record_ids)
        self.remember(result.memory.iter_rows())

    def _laid_under(self, key: int) -> list[str]:
        first, last = (np.searchsorted(self._under, key, side=side) for side in ("left", "right"))
        return [self.ids[row] for row in self._whose[first:last].tolist()]

    def _laid_keys(self, record_id: str) -> list[int]:
        row = self.row.get(record_id)
        if row is None:
            return []
        order, starts = self._own
        return list(self._under[order[starts[row] : starts[row + 1]]].tolist())

    def keys_of(self, record_id: str) -> Collection[int]:
        known = self._keys.get(record_id)
        return self._laid_keys(record_id) if known is None else known

    def held_under(self, key: int) -> Collection[str]:
        known = self._holders.get(key)
        return self._laid_under(key) if known is None else known

    def tied_over(self, record_id: str) -> Iterable[str]:
        yield from super().tied_over(record_id)
        row = self.row.get(record_id)
        if row is None:
            return
        some = self.laid.of.of(row)
        some = some[self.laid.weight[some] >= 0]
        for other in (self.laid.left[some] + self.laid.right[some] - row).tolist():
            if pair_of(record_id, self.ids[other]) not in self.ties:
                yield self.ids[other]

    def ties_among(self, records: Collection[str]) -> store.Ties:
        rows = np.array(sorted(self.row[r] for r in records if r in self.row), dtype=np.int32)
        return store.Ties.joined([self.laid.among(rows, self.ids, self.ties), super().ties_among(records)])

    def weights(self, place: pl.DataFrame) -> pl.DataFrame:
        """Every tie: left and right by their ``place`` (record, row), and weight."""
        came = pl.DataFrame(
            [(a, b, t.weight) for (a, b), t in self.ties.items()],
            schema={"left_record": pl.String(), "right_record": pl.String(), "weight": pl.Float64()},
            orient="row",
        )
        own = (
            pl.Series(self.ids).to_frame("record").join(place, on="record", how="left", maintain_order="left")
        )
        rows = own["row"].to_numpy()
        laid = {"left": rows[self.laid.left], "right": rows[self.laid.right], "weight": self.laid.weight}
        came = placed(came, place)
        return pl.concat([pl.DataFrame(laid).join(came, on=["left", "right"], how="anti"), came])


def placed(pairs: pl.DataFrame, place: pl.DataFrame) -> pl.DataFrame:
    """Pairs of records (left_record, right_record, weight) by their ``place`` (record, row)."""
    sides = {
        side: pairs.select(record=f"{side}_record").join(
            place, on="record", how="left", maintain_order="left"
        )["row"]
        for side in ("left", "right")
    }
    return pl.DataFrame({**sides, "weight": pairs["weight"]})


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
    return pairwise(frame, truth, "record_id", "person_id").f1


def spent(what: str) -> None:
    most = resource.getrusage(resource.RUSAGE_SELF)
    processor, megabytes = most.ru_utime + most.ru_stime, most.ru_maxrss / 1024
    say(f"  {what}: so far {processor:,.0f} s of processor, {megabytes:,.0f} MB at most")


def say(text: str, end: str = "\n") -> None:
    sys.stdout.write(text + end)
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
