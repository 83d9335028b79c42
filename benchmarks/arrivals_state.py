"""A hub that holds a made-up world of any size, ready for one report more: written as a relinking writes it.

Persons and links are those that the linkage itself gives when it is asked about the pairs that are true: a
world of millions need not be searched to know what a hub would hold.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl
import psutil

from benchmarks.arrivals_world import World, rows_of
from lamplighter.linkage import link, linking
from lamplighter.linkage.clustering.decisions import standing
from lamplighter.linkage.comparisons.comparison_levels import supposed
from lamplighter.linkage.dyads import dyad_frames, pair_context, report_candidates, weighed_pairs
from lamplighter.linkage.features.compact_records import Compact, of_report
from lamplighter.linkage.features.record_features import Features
from lamplighter.linkage.frequencies.term_frequencies import Frequencies
from lamplighter.linkage.frequencies.value_counts import counts_of, shares_of
from lamplighter.linkage.model.match_weights import Weigher
from lamplighter.linkage.model.parameters import Model
from lamplighter.linkage.results import LinkResult
from lamplighter.records.schema import Bundle

Say = Callable[[str], None]
FITTED_TO = 20_000


def fitted(world: World, sizes: list[int], secret: bytes) -> Model:
    """A model fitted to some of the world's reports, for a hub that holds them all.

    Two reports at random are of one person less often the more there are: the priors of pairs fall with it.
    How common a value is, is counted in all.
    """
    held = world.held(0)
    reports = held["reports"].sort("report_id").head(FITTED_TO // 2)
    some = {
        "reports": reports,
        "people": held["people"].join(reports.select("report_id"), on="report_id", how="semi"),
    }
    model = link(some, secret=secret).model
    share = min(1.0, some["people"].height / sum(sizes))
    p = model.priors
    priors = replace(
        p,
        other=p.other * share,
        both=p.both * share,
        suspect_only=p.suspect_only * share,
        victim_only=p.victim_only * share,
        swapped=p.swapped * share,
    )
    frequencies = _frequencies(world, model, secret)
    return replace(model, priors=priors, frequencies=frequencies).named()


def _frequencies(world: World, model: Model, secret: bytes) -> Frequencies:
    """Those of a model, counted part by part: a person stands in one part only."""
    found: dict[str, tuple[pl.Series, npt.NDArray[np.int64]]] = {}
    parts: dict[str, list[pl.DataFrame]] = defaultdict(list)
    for part in range(world.parts):
        for name, (values, counts) in counts_of(world.features(part)[0], model.frequencies.rare).items():
            seen = pl.DataFrame({"value": values.rename("value"), "n": counts}).filter(pl.col("n") > 0)
            parts[name].append(seen)
    for name in sorted(parts):
        # The commonest stand in every part: in order, so that the same world gives the same model.
        whole = pl.concat(parts.pop(name)).group_by("value").agg(pl.col("n").sum()).sort("value")
        found[name] = whole["value"], whole["n"].to_numpy().astype(np.int64)
    return shares_of(found, supposed(model.table), secret)


def arrivals(world: Any, many: int, seed: int) -> tuple[Bundle, list[dict[str, Any]]]:
    """A world in memory without some of its reports, and those: each a row with its ``people``."""
    chosen = world.bundle["reports"].sort("report_id").sample(many, seed=seed, shuffle=True)
    ids = chosen.select("report_id")
    people = world.bundle["people"].join(ids, on="report_id", how="semi")
    held = {
        name: frame.join(ids, on="report_id", how="anti")
        for name, frame in world.bundle.items()
        if name in {"reports", "people"}
    }
    return held, rows_of(chosen, people)


def sparse(report: dict[str, Any]) -> dict[str, Any]:
    """The report as somebody would tell it who knows a first name and a town, or an account."""
    kept = {"record_id", "report_id", "role", "relationship"}
    people = []
    for p in report["people"]:
        some = {"handles"} if p.get("handles") else {"forenames", "town", "sex"}
        people.append({k: v if k in kept | some else None for k, v in p.items()})
    return {**report, "people": people}


def compacted(report: dict[str, Any]) -> list[Compact]:
    return of_report(report, report["people"])


def links_of(features: Features, reports: pl.DataFrame, truth: pl.DataFrame, model: Model) -> LinkResult:
    """Persons and links of a part of the world, from the pairs that are truly of one person."""
    place = pl.DataFrame({"record_id": features.record_ids, "row": np.arange(len(features))})
    of = truth.join(place, on="record_id")
    pairs = of.join(of, on="person_id", suffix="_2").filter(pl.col("row") < pl.col("row_2"))
    at = pairs.select("row", "row_2").sort("row", "row_2").to_numpy()
    weigher = Weigher(features, model)
    weighed = weigher.weigh(at[:, 0], at[:, 1])
    frame = pair_context.pair_frame(features, weighed, model.table)
    references = report_candidates.references(features, reports)
    context = dyad_frames.contexts(weighed_pairs.with_related(weigher, weighed, frame), model, references)
    believed = weighed_pairs.Believed(weigher, weighed, frame, context, len(at), len(at))
    return linking.settle(believed, standing(None), None)


def _numbers(named: list[pl.DataFrame]) -> list[npt.NDArray[np.int64]]:
    """Numbers for the records of all parts in the order of their names."""
    from lamplighter.hub.people.matching import prepared_records

    order = pl.concat(named).select(pl.arg_sort_by(prepared_records.SOUNDS)).to_series().to_numpy()
    numbers = np.empty(len(order), np.int64)
    numbers[order] = np.arange(1, len(order) + 1)
    return np.split(numbers, np.cumsum([part.height for part in named])[:-1])


def load(world: World, folder: Path, say: Say) -> None:
    """Write everything that a hub keeps of these reports for matching, no more than a part in memory."""
    from django.db import connection

    from lamplighter.hub.people.matching import frame_storage, prepared_records, staged_tables

    def since(began: float) -> str:
        return f"{time.monotonic() - began:.0f} s"

    began = time.monotonic()
    sizes = [len(world.features(part)[0]) for part in range(world.parts)]
    say(f"{sum(sizes):,} records made ready in {since(began)}")
    began = time.monotonic()
    model = fitted(world, sizes, prepared_records.secret())
    say(f"a model fitted, values counted in {since(began)}")
    began = time.monotonic()
    parts = [partial(world.features, part) for part in range(world.parts)]
    numbers = _numbers([prepared_records.named(features) for features, _ in (part() for part in parts)])
    prepared = prepared_records.prepared_in_parts(parts, numbers, folder)
    say(f"keys made in {since(began)}, {prepared.crowded.height:,} of them crowded")
    with staged_tables.alone(), staged_tables.beside():
        began = time.monotonic()
        frame_storage.keep_model(model, prepared.most)
        keys = frame_storage.add_prepared(prepared, fresh=True)
        say(f"{keys:,} keys and the records written in {since(began)}")
        began, links, persons = time.monotonic(), 0, 0
        for part in range(world.parts):
            features, reports = world.features(part)
            found = links_of(features, reports, world.truth(part), model)
            links += frame_storage.add_pairs(found.pairs, found.persons, fresh=True)
            frame_storage.add_memory(found.memory, world.held(part)["people"], fresh=True)
            persons += found.persons["person_id"].n_unique()
        say(f"{persons:,} persons and {links:,} links in {since(began)}")
        began = time.monotonic()
        staged_tables.indexed()
        staged_tables.switch()
        say(f"indexes in {since(began)}")
    world.forget_features()
    with connection.cursor() as cursor:
        for table in ("preparedrecord", "keypage", "crowdedkey", "link", "membership"):
            cursor.execute(f"VACUUM ANALYZE people_{table}")
        cursor.execute("SELECT pg_database_size(current_database())")
        say(f"database {cursor.fetchone()[0] / 1e9:.2f} GB")


def warm(say: Say) -> None:
    """Read the database's tables through, as a hub that has been up for a day has read them: where they do
    not fit into memory only what is looked at anywhere, keys and indexes."""
    from django.db import connection

    free = psutil.virtual_memory().available
    with connection.cursor() as cursor:
        cursor.execute("CREATE EXTENSION IF NOT EXISTS pg_prewarm")
        cursor.execute("SELECT pg_database_size(current_database())")
        fits = cursor.fetchone()[0] < free
        cursor.execute(
            "SELECT pg_relation_size(oid), pg_prewarm(oid::regclass, 'read') FROM pg_class"
            " WHERE relnamespace = 'public'::regnamespace AND relname NOT LIKE 'pg%%'"
            " AND (relkind = 'i' OR relkind = 'r' AND (%s OR relname = 'people_keypage'))",
            [fits],
        )
        gigabytes = sum(size for size, _ in cursor.fetchall()) / 1e9
    what = "tables and indexes" if fits else "keys and indexes"
    say(f"warm: {gigabytes:.1f} GB of {what} read, {free / 1e9:.1f} GB of memory free or holding files")
