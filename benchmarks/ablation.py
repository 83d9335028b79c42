"""Switch each mechanism of the linkage off, and measure what it costs to be without it.

    python -m benchmarks.ablation [--public FOLDER] [--only NAME] [--quick]

A mechanism is a row of :data:`MECHANISMS`: its name, what it is for, and the functions that are replaced by
the trivial answer, from here and by no setting of the product. Data are lots that nobody tuned on: made-up
worlds, areas and kinds of tables of fresh seeds, and public tables (``tools/public_tables.py``). Each lot is
linked once whole, while every mechanism is asked beside its trivial answer, and without it where they differ.

Rule, said before anything was measured: the cost is F1 with the mechanism less F1 without, the mean over
kinds of data, with an interval of 95 of 100 draws (kinds are drawn, and lots within a kind). It goes where
the upper end of the interval is under 0.001 in every one of :data:`POOLS` where it does anything; and where
it does nothing anywhere, unless F1 is not what it is for.

Every lot is written to a file when it is done, and is not done again. The documents read
``benchmarks/ablation.json``, in which rows of mechanisms that are gone stay as they were.
"""

from __future__ import annotations

import datetime as dt
import importlib
import inspect
import json
import pkgutil
import threading
import time
import warnings
import zlib
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, fields, is_dataclass, replace
from functools import cache, lru_cache, partial
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

import lamplighter.linkage
import lamplighter.linkage_tables
from benchmarks import foreign, kinds
from benchmarks.ablation_rows import KEPT, MECHANISMS, Mechanism, Trivial
from benchmarks.harness import options, say
from benchmarks.linkage import AREAS, made, ours, reports_of, scores, true_pairs
from lamplighter.linkage import link
from lamplighter.linkage.explain.accuracy import pairwise
from lamplighter.linkage_tables.column_roles.columns import understood
from lamplighter.linkage_tables.two_party.parties import two_parties
from lamplighter.linkage_tables.whole_tables import linked
from lamplighter.records.schema import Bundle
from lamplighter.synthetic.worlds.world import generate

RESULTS = Path(__file__).with_name("ablation.json")
STATE = Path("var/ablation.jsonl")
POOLS = {
    "reports": "pairs of reports",
    "persons": "persons in reports",
    "one": "tables of a person a row",
    "two": "tables of two people a row",
}
SEEDS = (28101, 28102, 28103)
MOST_ROWS = 600
"""Of a larger table so many rows are linked, whole persons of it."""
PERSON_RECORDS = 2_000
AREA_PAIRS = 300
DRAWS = 4_000
LEAST_COST = 0.001
TRUTH = "truth"
Figures = Mapping[str, float]
Reports = tuple[Bundle, pl.DataFrame, pl.DataFrame, dt.datetime | None]
"""A bundle; who is in which report; whose each record is; the day it is linked."""


@dataclass(frozen=True, slots=True)
class Lot:
    """One set of records with its truth: ``measure`` links it and gives F1 by pool; ``read`` gives what its
    columns are taken for, of a table. ``turn``: the pass in which a table is linked."""

    kind: str
    seed: int
    pools: tuple[str, ...]
    measure: Callable[[], Figures]
    read: Callable[[], Any] = lambda: None
    turn: int | None = None

    @property
    def name(self) -> str:
        return f"{self.kind}/{self.seed}"


def cut(table: pl.DataFrame, seed: int, most: int = MOST_ROWS) -> pl.DataFrame:
    """Return the rows of some persons, drawn anew for each seed, no more than ``most`` rows."""
    if table.height <= most:
        return table
    sizes = table.group_by(TRUTH, maintain_order=True).len().sample(fraction=1, shuffle=True, seed=seed)
    kept = sizes.filter(pl.col("len").cum_sum() <= most)[TRUTH]
    return table.filter(pl.col(TRUTH).is_in(kept.implode()))


def of_table(kind: str, make: Callable[[int], pl.DataFrame], seed: int, turn: int, *, two: bool) -> Lot:
    """Return a lot of a table of which nothing is said."""
    pool = "two" if two else "one"

    @lru_cache(1)
    def every() -> pl.DataFrame:
        return make(seed)

    @lru_cache(1)
    def table() -> pl.DataFrame:
        return cut(every(), seed)

    def measure() -> Figures:
        found = linked(table().drop(TRUTH), two_party=two, explained=False)
        return {pool: found.measured(table()[TRUTH]).groups.f1}

    def read() -> Any:
        frame = every().drop(TRUTH)
        try:
            return two_parties(frame) if two else understood(frame)
        except ValueError as error:
            # Without a mechanism nothing may be understood of it.
            return str(error)

    return Lot(kind, seed, (pool,), measure, read, turn)


def of_reports(kind: str, seed: int, make: Callable[[], Reports]) -> Lot:
    """Return a lot of reports: a made-up world, or an area of another maker."""
    held = cache(make)

    def measure() -> Figures:
        bundle, about, truth, as_at = held()
        result = link(bundle, as_at=as_at)
        told = scores(ours(result), about, true_pairs(about), None)["f1"]
        return {"reports": told, "persons": pairwise(result.persons, truth, "record_id", "person_id").f1}

    return Lot(kind, seed, ("reports", "persons"), measure)


def _world(seed: int) -> Reports:
    world = generate(seed, person_records=PERSON_RECORDS, bank="b")
    truth = world.truth.records.filter("identifiable").select("record_id", "person_id")
    as_at = dt.datetime.combine(world.config.as_at, dt.time.max)
    return world.bundle, reports_of(world), truth, as_at


def _area(name: str, seed: int) -> Reports:
    own = made(replace(AREAS[name], pairs=min(AREAS[name].pairs, AREA_PAIRS)), seed)
    return own.bundle, own.about, own.truth, None


def _by_seed(make: foreign.Maker) -> Callable[[int], pl.DataFrame]:
    return lambda seed: make(seed=seed)


def lots(public: Path | None) -> list[Lot]:
    """Return every lot, in as many passes as there are seeds: in each pass every kind of table has another
    seed, every world one, and a third of the areas is there. Public tables are there once."""
    tables: list[tuple[str, Callable[[int], pl.DataFrame], bool]] = []
    tables += [(k.name, k.make, k.two_party) for k in kinds.KINDS]
    for name, make in (foreign.TABLES | foreign.TWO_PARTY).items():
        tables.append((f"foreign: {name}", _by_seed(make), name in foreign.TWO_PARTY))
    found: list[Lot] = []
    for turn, seed in enumerate(SEEDS):
        found.append(of_reports("made-up world", seed, partial(_world, seed)))
        for i, area in enumerate(AREAS):
            if i % len(SEEDS) == turn:
                found.append(of_reports(f"area: {area}", seed, partial(_area, area, seed)))
        for i, (name, make, two) in enumerate(tables):
            found.append(of_table(name, make, SEEDS[(i + turn) % len(SEEDS)], turn, two=two))
        for path in sorted(public.glob("*.csv")) if public and not turn else ():
            two, read = path.stem.startswith("pair"), foreign.read(path)
            found.append(of_table(f"public: {path.stem}", _by_seed(read), seed, turn, two=two))
    return found


# A function is replaced wherever a module holds it by its name, and in tables of functions.


@cache
def modules() -> list[Any]:
    """Return every module of the linkage and of its tables room."""
    found = []
    for package in (lamplighter.linkage, lamplighter.linkage_tables):
        for info in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if not info.name.endswith("sql_engines"):
                found.append(importlib.import_module(info.name))
    return found


def target_of(name: str) -> tuple[Any, str]:
    """Return what holds a function, a module or a class of one, and its name there."""
    within = f"linkage_{name}" if name.startswith("tables.") else f"linkage.{name}"
    module, _, attribute = f"lamplighter.{within}".partition(":")
    holder: Any = importlib.import_module(module)
    *outer, last = attribute.split(".")
    for part in outer:
        holder = getattr(holder, part)
    return holder, last


@contextmanager
def replaced(changes: Mapping[str, Trivial]) -> Iterator[None]:
    """Hold every function that is named replaced by its trivial answer."""
    undo: list[tuple[Any, str, Any]] = []
    for name, trivial in changes.items():
        holder, attribute = target_of(name)
        own = holder.__dict__[attribute]
        plain = own.__func__ if isinstance(own, (classmethod, staticmethod)) else own
        new: Any = _standing_in(plain, trivial)
        if isinstance(own, (classmethod, staticmethod)):
            new = type(own)(new)
        undo.append((holder, attribute, own))
        setattr(holder, attribute, new)
        for module in modules():
            for key, value in list(vars(module).items()):
                if value is own and (module, key) != (holder, attribute):
                    undo.append((module, key, own))
                    setattr(module, key, new)
                elif isinstance(value, dict) and any(v is own for v in value.values()):
                    undo.append((module, key, value))
                    setattr(module, key, {k: new if v is own else v for k, v in value.items()})
    _forget(changes)
    try:
        yield
    finally:
        for holder, attribute, own in reversed(undo):
            setattr(holder, attribute, own)
        _forget(changes)


def _standing_in(own: Callable[..., Any], trivial: Trivial) -> Callable[..., Any]:
    def stand_in(*args: Any, **kwargs: Any) -> Any:
        return trivial(own, *args, **kwargs)

    return stand_in


def _forget(names: Collection[str]) -> None:
    """Empty what is remembered between calls: it may rest on what was replaced. What is known of names is
    dear, and kept unless they are what was replaced."""
    of_names = any(name.startswith("features.names") for name in names)
    for module in modules():
        for value in vars(module).values():
            clear = getattr(value, "cache_clear", None)
            if clear is not None and (of_names or value.__module__ != "lamplighter.linkage.features.names"):
                clear()


def alike(one: Any, other: Any) -> bool:
    """Tell whether two answers are the same."""
    if one is other:
        return True
    if type(one) is not type(other):
        return False
    if isinstance(one, pl.Series):
        return one.dtype == other.dtype and one.equals(other)
    if isinstance(one, pl.DataFrame):
        return one.schema == other.schema and one.equals(other)
    if isinstance(one, np.ndarray):
        return one.shape == other.shape and bool(np.array_equal(one, other, equal_nan=one.dtype.kind == "f"))
    if isinstance(one, (list, tuple)):
        return len(one) == len(other) and all(map(alike, one, other))
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(alike(one[k], other[k]) for k in one)
    if is_dataclass(one):
        return all(alike(getattr(one, f.name), getattr(other, f.name)) for f in fields(one))
    return bool(one == other)


class Asked:
    """Note which mechanisms ever answer otherwise than they would trivially, while a lot is linked."""

    def __init__(self) -> None:
        self.touched: set[str] = set()
        self._within = threading.local()

    def beside(self, mechanism: str, trivial: Trivial) -> Trivial:
        """Return the function itself, which asks the trivial answer too."""

        def probe(own: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
            found = own(*args, **kwargs)
            if mechanism not in self.touched and not getattr(self._within, "asking", False):
                self._within.asking = True
                try:
                    same = alike(found, trivial(own, *args, **kwargs))
                finally:
                    self._within.asking = False
                if not same:
                    self.touched.add(mechanism)
            return found

        return probe

    @contextmanager
    def all_of(self, mechanisms: Sequence[Mechanism]) -> Iterator[None]:
        changes: dict[str, Trivial] = {}
        for mechanism in mechanisms:
            for name, trivial in mechanism.replaced.items():
                probe = self.beside(mechanism.name, trivial)
                changes[name] = _both(changes[name], probe) if name in changes else probe
        with replaced(changes):
            yield


def _both(first: Trivial, then: Trivial) -> Trivial:
    """Return one probe that asks two."""

    def probe(own: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        return first(_standing_in(own, then), *args, **kwargs)

    return probe


def measured(lot: Lot, mechanisms: Sequence[Mechanism]) -> Iterator[tuple[str, Figures | None]]:
    """Yield F1 of a lot whole (by the name ``""``) and without each mechanism; None where it does nothing.

    Columns are read of the whole table, which is soon done, and what changes nothing there is not linked
    without.
    """
    asked = Asked()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        reading = [m for m in mechanisms if m.of_reading]
        with asked.all_of([m for m in reading if not m.reads]):
            whole = lot.read()
        for mechanism in (m for m in reading if m.reads):
            with replaced(mechanism.replaced):
                if not alike(whole, lot.read()):
                    asked.touched.add(mechanism.name)
        probed = [m for m in mechanisms if not m.of_reading and not m.always]
        if asked.touched or len(reading) < len(mechanisms):
            with asked.all_of(probed):
                yield "", lot.measure()
        for mechanism in mechanisms:
            if not mechanism.always and mechanism.name not in asked.touched:
                yield mechanism.name, None
                continue
            with replaced(mechanism.replaced):
                if mechanism.of_reading and alike(whole, lot.read()):
                    yield mechanism.name, None
                    continue
                try:
                    figures = lot.measure()
                except ValueError:
                    # Without it nothing is understood of the table, and nobody is linked.
                    figures = dict.fromkeys(lot.pools, 0.0)
            yield mechanism.name, figures


def interval(differences: Mapping[str, Sequence[float]]) -> tuple[float, float, float]:
    """Return the mean over kinds, and 95 of 100 draws of kinds and of lots within them; kinds -> lots."""
    rng = np.random.default_rng(0)
    each = [np.asarray(v, dtype=float) for v in differences.values()]
    means = np.array([v.mean() for v in each])
    drawn = np.stack(
        [v[rng.integers(0, len(v), (DRAWS, len(v)))].mean(axis=1) if len(v) > 1 else np.full(DRAWS, v[0])
         for v in each], axis=1,
    )  # fmt: skip
    at = rng.integers(0, len(each), (DRAWS, len(each)))
    spread = np.take_along_axis(drawn, at, axis=1).mean(axis=1)
    low, high = np.quantile(spread, [0.025, 0.975])
    return float(means.mean()), float(low), float(high)


def summed(rows: Sequence[Mapping[str, Any]], mechanisms: Sequence[Mechanism]) -> list[dict[str, Any]]:
    """Return what each mechanism costs, from the lines that were written."""
    whole = {r["lot"]: r["f1"] for r in rows if not r["mechanism"]}
    found = []
    for mechanism in mechanisms:
        own = [r for r in rows if r["mechanism"] == mechanism.name]
        costs: dict[str, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
        touched: dict[str, int] = defaultdict(int)
        for row in own:
            for pool in row["pools"]:
                cost = 0.0 if row["f1"] is None else whole[row["lot"]][pool] - row["f1"][pool]
                costs[pool][row["kind"]].append(cost)
                touched[pool] += row["f1"] is not None
        pools: dict[str, dict[str, Any]] = {}
        for pool in (p for p in POOLS if touched[p]):
            mean, low, high = interval(costs[pool])
            most = max(costs[pool], key=lambda k: float(np.mean(costs[pool][k])))
            pools[pool] = {
                "cost": round(mean, 5), "low": round(low, 5), "high": round(high, 5),
                "lots": sum(map(len, costs[pool].values())), "touched": touched[pool], "most": most,
                "most_cost": round(float(np.mean(costs[pool][most])), 4),
            }  # fmt: skip
        passes = bool(own) and all(p["high"] < LEAST_COST for p in pools.values())
        told = {"name": mechanism.name, "purpose": mechanism.purpose, "lines": lines_of(mechanism.frees)}
        told |= {"lots": len(own), "pools": pools, "waiting": 0, "passes": passes}
        found.append(told | {"kept": KEPT.get(mechanism.name, ""), "gone": False})
    return found


def lines_of(names: Sequence[str]) -> int:
    """Return how many lines some functions have, or modules where no function is named."""
    lines = 0
    for name in names:
        holder, attribute = target_of(name)
        own = getattr(holder, attribute) if attribute else holder
        lines += len(inspect.getsource(inspect.unwrap(own)).splitlines())
    return lines


def written(path: Path) -> list[dict[str, Any]]:
    """Return the lines of a run that was begun, without one that was broken off."""
    if not path.exists():
        return []
    found = []
    for line in path.read_text("utf-8").splitlines():
        try:
            found.append(json.loads(line))
        except json.JSONDecodeError:
            continue
    return found


def asked_of(lot: Lot, mechanisms: Sequence[Mechanism]) -> list[Mechanism]:
    """Return the mechanisms that a lot is asked without. Of a table those that change more than what its
    columns are read as are asked in one pass of the three, since they change every table a little."""
    own = [m for m in mechanisms if not m.pools or set(m.pools) & set(lot.pools)]
    if lot.turn is None:
        return own
    turn = zlib.crc32(lot.kind.encode()) + lot.turn
    return [m for m in own if m.of_reading or (zlib.crc32(m.name.encode()) + turn) % len(SEEDS) == 0]


def run(every: Sequence[Lot], mechanisms: Sequence[Mechanism], state: Path) -> list[dict[str, Any]]:
    """Measure what was not measured yet, and return all lines."""
    rows = written(state)
    done = {(r["lot"], r["mechanism"]) for r in rows}
    state.parent.mkdir(parents=True, exist_ok=True)
    with state.open("a", encoding="utf-8") as file:
        # What was broken off ends here.
        file.write("\n")
        for lot in every:
            left = [m for m in asked_of(lot, mechanisms) if (lot.name, m.name) not in done]
            if not left:
                continue
            began = time.perf_counter()
            for mechanism, f1 in measured(lot, left):
                row: dict[str, Any] = {"lot": lot.name, "kind": lot.kind, "pools": list(lot.pools)}
                row |= {"mechanism": mechanism, "f1": f1}
                if (lot.name, mechanism) not in done:
                    rows.append(row)
                    file.write(json.dumps(row) + "\n")
                    file.flush()
            say(f"{lot.name}: {time.perf_counter() - began:.0f} s")
    return rows


def put(results: Sequence[Mapping[str, Any]], path: Path) -> None:
    """Write results for the documents; of mechanisms that are gone the rows stay as they were."""
    old = json.loads(path.read_text("utf-8"))["mechanisms"] if path.exists() else []
    now = {r["name"] for r in results}
    kept = [{**r, "gone": True} for r in old if r["name"] not in now]
    rows = sorted([*results, *kept], key=lambda r: r["name"])
    path.write_text(json.dumps({"mechanisms": rows}, indent=1, ensure_ascii=False) + "\n", "utf-8")


def measure() -> None:
    """Link without each mechanism in turn, and write what each is worth: see the beginning of this module."""
    parser = options(measure)
    parser.add_argument("--public", type=Path, help="a folder that tools/public_tables.py wrote")
    parser.add_argument("--only", help="mechanisms whose names hold this")
    parser.add_argument("--quick", action="store_true", help="three lots; nothing is written for documents")
    parser.add_argument("--part", default="0/1", help="every n-th lot, beginning with this: 0/2 and 1/2")
    parser.add_argument("--state", type=Path, default=STATE, help="what is done; delete it to begin anew")
    parser.add_argument("--out", type=Path, default=RESULTS)
    asked = parser.parse_args()
    mechanisms = [m for m in MECHANISMS if not asked.only or asked.only in m.name]
    every = lots(asked.public)
    if asked.quick:
        every = [lot for lot in every if lot.kind in ("fled", "asked", "area: small")][:3]
    first, of = map(int, asked.part.split("/"))
    results = summed(run(every[first::of], mechanisms, asked.state), mechanisms)
    for r in results:
        costs = (f"{p} {v['cost']:+.4f} ({v['low']:+.4f} to {v['high']:+.4f})" for p, v in r["pools"].items())
        goes, told = "goes " if r["passes"] else "stays", "; ".join(costs)
        say(f"{goes} {r['name']} [{r['lines']}]: {told or 'nothing'}")
    if not asked.quick and not asked.only:
        put(results, asked.out)


if __name__ == "__main__":
    measure()
