"""A hub that holds a made-up world of any size, ready for one report more: loaded by COPY, not by arriving.

Persons and links are those that the linkage itself gives when it is asked about the pairs that are true: a
world of millions need not be searched to know what a hub would hold.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import polars as pl

from lamplighter.linkage import believing, completing, dyads, link, linking_reports, pairing
from lamplighter.linkage.compact import Compact, of_report
from lamplighter.linkage.features import prepare
from lamplighter.linkage.model import Model
from lamplighter.linkage.results import LinkResult
from lamplighter.linkage.weighing import Weigher
from lamplighter.records.schema import Bundle
from lamplighter.synthetic.world import World

Say = Callable[[str], None]
FITTED_TO = 20_000
PART = 100_000


def fitted(world: World, secret: bytes) -> Model:
    """A model fitted to some of the world's reports, for a hub that holds them all.

    Two reports at random are of one person less often the more there are: the priors of pairs fall with it.
    """
    reports = world.bundle["reports"].sort("report_id").head(FITTED_TO // 2)
    some = {
        "reports": reports,
        "people": world.bundle["people"].join(reports.select("report_id"), on="report_id", how="semi"),
    }
    model = link(some, secret=secret).model
    share = min(1.0, some["people"].height / world.bundle["people"].height)
    p = model.priors
    priors = replace(
        p,
        other=p.other * share,
        both=p.both * share,
        suspect_only=p.suspect_only * share,
        victim_only=p.victim_only * share,
        swapped=p.swapped * share,
    )
    return replace(model, priors=priors).named()


def arrivals(world: World, many: int, seed: int) -> tuple[Bundle, list[dict[str, Any]]]:
    """The world without some of its reports, and those: each a row with its ``people``."""
    chosen = world.bundle["reports"].sort("report_id").sample(many, seed=seed, shuffle=True)
    ids = chosen.select("report_id")
    people = defaultdict(list)
    for row in world.bundle["people"].join(ids, on="report_id", how="semi").iter_rows(named=True):
        people[row["report_id"]].append(row)
    rows = [{**r, "people": people[r["report_id"]]} for r in chosen.iter_rows(named=True)]
    held = {
        name: frame.join(ids, on="report_id", how="anti")
        for name, frame in world.bundle.items()
        if name in {"reports", "people"}
    }
    return held, rows


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


def links_of(held: Bundle, truth: pl.DataFrame, model: Model) -> LinkResult:
    """Persons and links of a part of the world, from the pairs that are truly of one person."""
    people = held["people"].sort("record_id")
    features = prepare(people, held["reports"])
    place = pl.DataFrame({"record_id": features.record_ids, "row": np.arange(len(features))})
    of = truth.select("record_id", "person_id").join(place, on="record_id")
    pairs = of.join(of, on="person_id", suffix="_2").filter(pl.col("row") < pl.col("row_2"))
    at = pairs.select("row", "row_2").sort("row", "row_2").to_numpy()
    weigher = Weigher(features, model)
    weighed = weigher.weigh(at[:, 0], at[:, 1])
    frame = pairing.pair_frame(features, weighed, model.table)
    references = completing.references(features, held["reports"])
    context = dyads.contexts(frame, model, references)
    believed = believing.Believed(weigher, weighed, frame, context, len(at), len(at))
    return linking_reports.settle(believed, None, None)


def load(held: Bundle, truth: pl.DataFrame, model: Model, say: Say) -> None:
    """Write everything that a hub keeps of these reports for matching."""
    from django.db import connection, transaction

    from lamplighter.hub.people import lookup, storage

    began = time.monotonic()
    prepared = lookup.prepared(held)
    say(f"records made ready in {time.monotonic() - began:.0f} s: {prepared.records.height:,} records,")
    say(f"  {prepared.keys.height:,} keys, {prepared.crowded.height:,} crowded keys")
    began = time.monotonic()
    with transaction.atomic():
        storage.keep_model(model, prepared.most)
        storage.add_prepared(prepared)
    del prepared
    say(f"  written in {time.monotonic() - began:.0f} s")
    began, links, persons = time.monotonic(), 0, 0
    reports = held["reports"].sort("report_id")
    for start in range(0, reports.height, PART // 2):
        some = reports.slice(start, PART // 2)
        part = {
            "reports": some,
            "people": held["people"].join(some.select("report_id"), on="report_id", how="semi"),
        }
        found = links_of(part, truth, model)
        with transaction.atomic():
            links += storage.add_pairs(found.pairs)
            storage.add_memory(found.memory, part["people"])
        persons += found.persons["person_id"].n_unique()
    say(f"{persons:,} persons and {links:,} links in {time.monotonic() - began:.0f} s")
    with connection.cursor() as cursor:
        for table in ("preparedrecord", "candidatekey", "crowdedkey", "link", "membership"):
            cursor.execute(f"VACUUM ANALYZE people_{table}")
        cursor.execute("SELECT pg_database_size(current_database())")
        say(f"database {cursor.fetchone()[0] / 1e9:.2f} GB")
