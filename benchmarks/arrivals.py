"""One report after another into a hub that holds many: how long until its persons are known, and on disk.

    python -m benchmarks.arrivals --person-records 1000000 [--arrivals 300] [--splink]
    python -m benchmarks.arrivals --person-records 20000 --arrivals 200 --site

Each arrival is what the site does when a report has been stored: people made ready, keys looked up, pairs
weighed and explained, persons and ids settled, everything committed (``synchronous_commit`` on), as the
service that the site is then, behind row security. Times are in process, warm. How many reports a second can
be matched without a pause is told twice: one by one, and as a delivery is. ``--splink`` measures
Splink 5's ``predict_between`` on the same records, in the same run. ``--site`` goes through the site instead
(``measure_site``).
"""

from __future__ import annotations

import argparse
import contextlib
import datetime as dt
import gc
import http.client
import io
import logging
import multiprocessing
import os
import pickle
import resource
import statistics
import subprocess
import sys
import tempfile
import time
import warnings
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import numpy as np
import numpy.typing as npt
import polars as pl
import psutil

from benchmarks import hub_load
from benchmarks.hub_load import HOST, SECRET, session_of
from lamplighter.linkage import api, link
from lamplighter.linkage.clustering.decisions import standing
from lamplighter.linkage.comparisons.comparison_levels import supposed
from lamplighter.linkage.dyads import dyad_frames, pair_context, report_candidates, weighed_pairs
from lamplighter.linkage.features.compact_records import Compact, of_report
from lamplighter.linkage.features.record_features import Features, prepare
from lamplighter.linkage.frequencies.term_frequencies import Frequencies
from lamplighter.linkage.frequencies.value_counts import counts_of, shares_of
from lamplighter.linkage.model.match_weights import Weigher
from lamplighter.linkage.model.parameters import Model
from lamplighter.linkage.results import LinkResult
from lamplighter.records.schema import Bundle
from lamplighter.synthetic.sampling.config import Config, Marginals
from lamplighter.synthetic.worlds.stream import write

# A made-up world of any size for a hub to hold, in parts on the disk, and reports that are still to come.

FROM, AS_AT = dt.date(2022, 7, 1), dt.date(2026, 6, 30)


@dataclass(frozen=True, slots=True)
class Coming:
    """Reports that are not held, each a row with its ``people``, and all true records of their persons
    (record_id, person_id), whether held or to come."""

    reports: list[dict[str, Any]]
    truth: pl.DataFrame


@dataclass(slots=True)
class World:
    """The world in a folder, without the reports whose ids are ``away``. A part has persons of its own."""

    folder: Path
    parts: int
    away: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema={"report_id": pl.String()}))

    def held(self, part: int) -> Bundle:
        """Reports and people that are held of one part."""
        return {
            name: self._read(name, part).join(self.away, on="report_id", how="anti")
            for name in ("reports", "people")
        }

    def whole(self) -> Bundle:
        """All that is held, where it fits into memory."""
        parts = [self.held(number) for number in range(self.parts)]
        return {name: pl.concat([p[name] for p in parts]) for name in ("reports", "people")}

    def truth(self, part: int) -> pl.DataFrame:
        """The true person of every record of a part (record_id, person_id)."""
        return self._read("truth/records", part).select("record_id", "person_id")

    def features(self, part: int) -> tuple[Features, pl.DataFrame]:
        """Return what is held of one part, ready to be compared, and its reports, read again if made."""
        file = self.folder / f"features-{part:05d}.pickle"
        if file.exists():
            found: tuple[Features, pl.DataFrame] = pickle.loads(file.read_bytes())
            return found
        held = self.held(part)
        made = prepare(held["people"], held["reports"]), held["reports"]
        file.write_bytes(pickle.dumps(made))
        return made

    def forget_features(self) -> None:
        for file in self.folder.glob("features-*.pickle"):
            file.unlink()

    def _read(self, table: str, part: int) -> pl.DataFrame:
        return pl.read_parquet(self.folder / table / f"part-{part:05d}.parquet")


def made(folder: Path, person_records: int, seed: int) -> World:
    """The world of this size and seed, written unless it is there."""
    config = Config(
        seed=seed, person_records=person_records, forces=4, bank="b", start=FROM, as_at=AS_AT,
        marginals=Marginals(),
    )  # fmt: skip
    return World(folder, write(folder, config).parts)


def parted(world: World, many: int, seed: int) -> tuple[World, Coming]:
    """The world without ``many`` of its reports, or a third of them, and those."""
    every = pl.scan_parquet(world.folder / "reports" / "*.parquet").select("report_id").collect()
    ids = every.sort("report_id").sample(min(many, every.height // 3), seed=seed, shuffle=True)
    left = World(world.folder, world.parts, ids)
    reports, people, truth = [], [], []
    for part in range(world.parts):
        reports.append(world._read("reports", part).join(ids, on="report_id", how="semi"))
        people.append(world._read("people", part).join(ids, on="report_id", how="semi"))
        whose = world.truth(part)
        asked = whose.join(people[-1].select("record_id"), on="record_id", how="semi")
        truth.append(whose.join(asked.select("person_id").unique(), on="person_id", how="semi"))
    rows = rows_of(ids.join(pl.concat(reports), on="report_id", how="left"), pl.concat(people))
    return left, Coming(rows, pl.concat(truth))


def rows_of(reports: pl.DataFrame, people: pl.DataFrame) -> list[dict[str, Any]]:
    """Each report as a row with its ``people``."""
    own = defaultdict(list)
    for row in people.iter_rows(named=True):
        own[row["report_id"]].append(row)
    return [{**r, "people": own[r["report_id"]]} for r in reports.iter_rows(named=True)]


# A hub that holds a made-up world of any size, ready for one report more: written as a relinking writes it.
#
# Persons and links are those that the linkage itself gives when it is asked about the pairs that are true: a
# world of millions need not be searched to know what a hub would hold.

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
    return api.settle(believed, standing(None), None)


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


# Splink 5's ``predict_between`` on the records of :mod:`benchmarks.arrivals`, one new record at a time.

MOST_TIMED = 40
"""Reports that are looked up: each takes Splink about half a second in two million records."""
LINKED_AT = 0.5


def compare_splink(
    held: dict[str, pl.DataFrame],
    reports: Sequence[dict[str, Any]],
    truth: pl.DataFrame,
    fits: Mapping[str, set[str]],
    weighed: Sequence[float],
    whole: Sequence[float],
    say: Callable[[str], None],
) -> None:
    """Times of single records and of whole reports, how many true partners were found, and how many times
    faster ours is: at the same work (``weighed``, and whom each record ``fits``), and with all that a report
    comes to (``whole``). Times are seconds a report; ``reports`` have been matched."""
    with contextlib.redirect_stdout(io.StringIO()), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for name in [n for n in logging.root.manager.loggerDict if n.startswith("splink")]:
            logging.getLogger(name).setLevel(logging.CRITICAL)
        singly, at_once, likely = _measured_splink(held["people"], reports)
    record, report = statistics.median(singly), statistics.median(at_once)
    people = statistics.mean(len(r["people"]) for r in reports)
    say(f"Splink 5 predict_between, one record: p50 {1e3 * record:.1f} ms, max {1e3 * max(singly):.1f} ms")
    say(f"  the {people:.1f} people of a report at once: p50 {1e3 * report:.1f} ms")
    partners = _partners(held["people"], reports, truth)
    found = [_found(partners, of) for of in (likely, fits, _persons(partners))]
    say(f"  of {len(partners)} records with a true partner held it found one of {found[0]};")
    say(f"  ours, looked up and weighed alone, of {found[1]}, and by whose person it then was, of {found[2]}")
    for what, times in (
        ("looked up and weighed alone, as predict_between does", weighed),
        ("all of it: named, explained and committed as well", whole),
    ):
        ours = statistics.median(times)
        say(f"  ours, {what}: p50 {1e3 * ours:.1f} ms a report;")
        say(f"    {record * people / ours:.0f} times faster a record, {report / ours:.0f} a whole report")


def _partners(
    people: pl.DataFrame, reports: Sequence[dict[str, Any]], truth: pl.DataFrame
) -> dict[str, set[str]]:
    """The true partners of each new record that has any held."""
    person = dict(truth.select("record_id", "person_id").iter_rows())
    held: dict[str, set[str]] = defaultdict(set)
    for record in people["record_id"].filter(people["record_id"].is_in(list(person))):
        held[person[record]].add(record)
    new = [p["record_id"] for r in reports for p in r["people"]]
    return {r: held[person[r]] for r in new if held[person[r]]}


def _persons(records: Iterable[str]) -> dict[str, set[str]]:
    """With whom each of some records is one person in the hub."""
    from lamplighter.hub.people.models import Membership

    now = Membership.objects.filter(current=True)
    person = dict(now.filter(record_id__in=list(records)).values_list("record_id", "person_id"))
    members: dict[str, set[str]] = defaultdict(set)
    of_those = now.filter(person_id__in=list(person.values()))
    for person_id, record in of_those.values_list("person_id", "record_id"):
        members[person_id].add(record)
    return {r: members[p] for r, p in person.items()}


def _found(partners: Mapping[str, set[str]], likely: Mapping[str, set[str]]) -> int:
    """Of how many records a true partner is among those who are likely to be the same."""
    return sum(bool(own & likely.get(record, set())) for record, own in partners.items())


def _splink_frame(people: pl.DataFrame) -> pl.DataFrame:
    return people.select(
        pl.col("record_id").alias("unique_id"),
        pl.col("forenames").str.to_lowercase().str.split(" ").list.first().alias("first_name"),
        pl.col("surname").str.to_lowercase().alias("surname"),
        pl.col("birth_date").cast(pl.String).alias("dob"),
        "postcode",
        pl.col("phones").list.first().alias("phone"),
    )


def _measured_splink(
    people: pl.DataFrame, reports: Sequence[dict[str, Any]]
) -> tuple[list[float], list[float], dict[str, set[str]]]:
    """Seconds for each record, seconds for all records of each report at once, and whom each record is likely
    to be."""
    from splink import Linker, block_on
    from splink.backends.duckdb import DuckDBAPI

    database = DuckDBAPI()
    whole = database.register(_splink_frame(people).to_arrow(), dataset_display_name="held")
    linker = Linker(whole, _splink_settings())
    linker.training.estimate_probability_two_random_records_match(
        [block_on("first_name", "surname", "dob"), block_on("phone", "first_name")], recall=0.7
    )
    linker.training.estimate_u_using_random_sampling(max_pairs=1e6)
    for rule in (block_on("first_name", "surname"), block_on("dob")):
        linker.training.estimate_parameters_using_expectation_maximisation(rule, max_pairs=5e5)
    for column in ("first_name", "surname", "first_name_surname_concat", "dob", "postcode", "phone"):
        with contextlib.suppress(Exception):
            linker.table_management.compute_tf_table(column)
    likely: dict[str, set[str]] = {}

    def asked(new: Sequence[dict[str, Any]]) -> float:
        frame = _splink_frame(pl.DataFrame(new, schema=people.schema))
        began = time.perf_counter()
        name = f"new{time.monotonic_ns()}"
        some = database.register(frame.to_arrow(), dataset_display_name=name)
        found = linker.inference.predict_between(whole, some).as_pyarrow_table().to_pylist()
        took = time.perf_counter() - began
        for row in found:
            if row["match_probability"] >= LINKED_AT:
                for one, other in (("unique_id_l", "unique_id_r"), ("unique_id_r", "unique_id_l")):
                    likely.setdefault(row[one], set()).add(row[other])
        return took

    singly = [asked([new]) for report in reports for new in report["people"]]
    return singly, [asked(report["people"]) for report in reports], likely


def _splink_settings() -> Any:
    import splink.comparison_library as cl
    from splink import SettingsCreator, block_on

    return SettingsCreator(
        link_type="dedupe_only",
        blocking_rules_to_generate_predictions=[
            block_on("first_name", "surname"),
            block_on("surname", "dob"),
            block_on("first_name", "dob"),
            block_on("postcode", "surname"),
            block_on("postcode", "first_name"),
            block_on("phone"),
        ],
        comparisons=[
            cl.ForenameSurnameComparison("first_name", "surname"),
            cl.DateOfBirthComparison("dob", input_is_string=True),
            cl.PostcodeComparison("postcode"),
            cl.ExactMatch("phone").configure(term_frequency_adjustments=True),
        ],
    )


AT_ONCE = 25
PARTS = 4
"""How many samples of ``--arrivals`` reports are timed one by one."""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--person-records", type=int, default=20_000)
    parser.add_argument("--arrivals", type=int, default=300)
    parser.add_argument("--seconds", type=float, default=10.0, help="how long each sustained run lasts")
    parser.add_argument("--at-once", type=int, default=AT_ONCE, help="how many a delivery joins at once")
    parser.add_argument("--seed", type=int, default=2026)
    parser.add_argument("--splink", action="store_true", help="measure predict_between beside it")
    parser.add_argument("--site", action="store_true", help="from the saved form to its pattern, instead")
    parser.add_argument("--keep", type=Path, help="folder of a hub that is loaded once and measured again")
    parser.add_argument("--world", type=Path, help="folder of the world, where several hubs hold the same")
    parser.add_argument("--rebuild", action="store_true", help="arrivals while all is written anew, too")
    parser.add_argument("--load-only", action="store_true", help="load the hub into --keep, measure nothing")
    parser.add_argument("--cold", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.cold:
        return _first_report(options.cold)
    with tempfile.TemporaryDirectory(prefix="lamplighter-") as temporary:
        home = options.keep or Path(temporary)
        os.environ["LAMPLIGHTER_HOME"] = str(home / "hub")
        os.environ["DJANGO_SETTINGS_MODULE"] = "lamplighter.hub.site.settings"
        os.environ |= {"LAMPLIGHTER_LOG_LEVEL": "ERROR", "LAMPLIGHTER_HTTPS": "0"}
        try:
            if options.site:
                say_times(measure_site(options))
                say(f"  load {os.getloadavg()[0]:.1f}")
            else:
                _measure(home, options)
        finally:
            from lamplighter.hub.site import database

            database.stop()
    return 0


def _loaded(home: Path, options: argparse.Namespace) -> tuple[World, Coming]:
    """The hub of this benchmark, loaded now or by an earlier run: the world that it holds, on the disk, and
    what is to come."""

    kept = home / "coming.pickle"
    if kept.exists():
        loaded: tuple[World, Coming] = pickle.loads(kept.read_bytes())
        return loaded
    began = time.monotonic()
    world = made(options.world or home / "world", options.person_records, options.seed)
    many = options.arrivals * PARTS + int(options.seconds * 800)
    world, coming = parted(world, many, options.seed)
    say(f"a world made in {time.monotonic() - began:.0f} s")
    with tempfile.TemporaryDirectory(dir=home) as files:
        load(world, Path(files), say)
    kept.write_bytes(pickle.dumps((world, coming)))
    return world, coming


def _measure(home: Path, options: argparse.Namespace) -> None:
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    say(f"{options.person_records:,} person records, load {os.getloadavg()[0]:.1f}")
    world, kept = _loaded(home, options)
    if options.load_only:
        return
    truth = kept.truth
    # A hub that is measured again has the reports of the times before.
    came = home / "next"
    first = int(came.read_text()) if came.exists() else 0
    coming = kept.reports[first:]
    # The collector would walk through all that is to come, which a site does not hold, 0.2 s at a time.
    gc.collect()
    gc.freeze()
    n = options.arrivals
    say(f"cold start: {_cold(coming[0])}")
    warm(say)
    for report in coming[1:40]:
        arrive(compacted(report), roles(report))
    tables: list[tuple[str, list[float]]] = []
    full, thin, dry, alone = (coming[40 + i * n : 40 + (i + 1) * n] for i in range(PARTS))
    found: list[set[tuple[str, str]]] = []
    times = timed(lambda r: found.append(arrive(compacted(r), roles(r))), full)
    tables.append(("full report, committed", times))
    unawaited = timed(lambda r: arrive(compacted(r), roles(r), wait=False), dry)
    tables.append(("  not waiting for the disk", unawaited))
    fits: dict[str, set[str]] = {}
    weighed = timed(lambda r: fits.update(looked_up(compacted(r))), alone)
    tables.append(("  looked up and weighed alone", weighed))
    tables.append(
        (
            "sparse report, committed",
            timed(lambda r: arrive(compacted(sparse(r)), roles(r)), thin),
        )
    )
    say_times([*tables, ("decision and undo: undo", _undo(found))])
    done = 0
    for at_once in (1, options.at_once):
        done += _sustained(coming[40 + PARTS * n + done :], options.seconds, at_once)
        came.write_text(str(first + 40 + PARTS * n + done))
    if options.rebuild:
        took, times = during(world.whole(), kept.reports, first + 40 + PARTS * n + done)
        say_times([("while everything is being written anew", times)])
        say(f"  written anew in {took:.1f} s, load {os.getloadavg()[0]:.1f}")
        came.write_text(str(first + 40 + PARTS * n + done + len(times)))
    told = true_links(full, truth)
    say(f"true links: {told[0]:,} of {told[1]:,} records with a true partner held were linked to one")
    if options.splink:
        same = alone[:MOST_TIMED]
        for report in same:
            arrive(compacted(report), roles(report))
        compare_splink(world.whole(), same, truth, fits, weighed, times, say)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    say(f"memory at most {memory:,.0f} MB in this process")


def _processor() -> tuple[float, float]:
    """Seconds of processor of this process, and of the server's process that works for it."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        times = psutil.Process(cursor.fetchone()[0]).cpu_times()
    return time.process_time(), times.user + times.system


def roles(report: dict[str, Any]) -> dict[str, str]:
    return {p["record_id"]: p["role"] for p in report["people"]}


def arrive(new: Sequence[Compact], parts: dict[str, str], *, wait: bool = True) -> set[tuple[str, str]]:
    """One report, as the hub matches it, its records and their report: on disk, or, without the ``wait`` for
    that, on its way there."""
    from django.db import connection

    from lamplighter.hub.access.wall.identity import as_service
    from lamplighter.hub.people import services
    from lamplighter.hub.site.postgresql.locks import lock

    with as_service("match a new report"):
        lock(services.LOCK)
        services.match_people(new, parts)
        if not wait:
            connection.cursor().execute("SET LOCAL synchronous_commit = off")
    return {(c.record_id, c.report_id) for c in new}


def looked_up(new: Sequence[Compact]) -> dict[str, set[str]]:
    """No more than the pairs of new records and those held, looked up and weighed: whom each fits, at even
    odds or over. Nobody is settled, and nothing explained or written."""
    from lamplighter.hub.access.wall.identity import as_service
    from lamplighter.hub.people import selectors
    from lamplighter.hub.people.matching.record_tables import Tables
    from lamplighter.linkage.online import arrivals

    with as_service("match a new report"):
        tables = Tables()
        assert tables.model is not None
        pairs = arrivals.compare(new, tables, selectors.judge_of(tables.model)).pairs_over(0.0)
    fits: dict[str, set[str]] = {c.record_id: set() for c in new}
    for a, b in (both for pair in pairs for both in (pair, pair[::-1])):
        if a in fits:
            fits[a].add(b)
    return fits


def timed(function: Callable[[Any], Any], reports: Iterable[Any]) -> list[float]:
    found = []
    for report in reports:
        began = time.perf_counter()
        function(report)
        found.append(time.perf_counter() - began)
    return found


def _sustained(reports: Sequence[dict[str, Any]], most: float, at_once: int) -> int:
    """Match reports without a pause, so many at once, for so many seconds; how many were."""

    ready = [(compacted(r), roles(r)) for r in reports]
    if not ready:
        return 0
    spent, began, done = _processor(), time.perf_counter(), 0
    times: list[float] = []
    while done < len(ready) and sum(times) < most:
        some = ready[done : done + at_once]
        before = time.perf_counter()
        arrive([c for new, _ in some for c in new], {r: role for _, own in some for r, role in own.items()})
        times.append(time.perf_counter() - before)
        done += len(some)
    took = time.perf_counter() - began
    here, there = (1e3 * (after - before) / done for before, after in zip(spent, _processor(), strict=True))
    say(f"sustained, {at_once} at once: {done / took:,.0f} reports a second over {took:.1f} s, one process")
    # On a machine that does other work as well, this says more than the time does.
    load = os.getloadavg()[0]
    say(f"  processor {here:.1f} ms a report here, {there:.1f} ms in PostgreSQL, load {load:.1f}")
    say(f"  others wait for {1e3 * statistics.median(times):.0f} ms (p50), {1e3 * max(times):.0f} at most")
    return done


def _undo(found: Sequence[set[tuple[str, str]]]) -> list[float]:
    """Parting somebody from the rest of their person, then taking it back: the time of taking it back."""
    from lamplighter.hub.accounts.models import User
    from lamplighter.hub.people import services
    from lamplighter.hub.people.models import Link, Membership

    user, _ = User.objects.get_or_create(username="arrivals")
    records = [r for made in found for r, _ in made]
    times = []
    for row in Link.objects.filter(band="linked", left_record__in=records)[:40]:
        pair = [(row.left_record, row.right_record)]
        before = dict(Membership.objects.filter(current=True).values_list("record_id", "person_id")[:5_000])
        act, _ = services.decide(user, "not_same", pair, "A measurement.")
        began = time.perf_counter()
        services.undo(user, act, "A measurement.")
        times.append(time.perf_counter() - began)
        after = Membership.objects.filter(current=True, record_id__in=list(before))
        assert dict(after.values_list("record_id", "person_id")) == before, "the undo was not exact"
    return times


def rebuild(held: Any, reports: Any, tell: Any) -> None:
    """In a process of its own: write everything anew, and tell when it begins and how long it took."""
    import django

    django.setup()

    began = time.perf_counter()
    tell.send(None)
    written_anew(held, reports)
    tell.send(time.perf_counter() - began)


def _cold(report: dict[str, Any]) -> str:
    """The first report of a new process: start, model, connection, match."""
    with tempfile.NamedTemporaryFile(suffix=".report") as file:
        Path(file.name).write_bytes(pickle.dumps(report))
        began = time.perf_counter()
        told = subprocess.run(
            [sys.executable, "-m", "benchmarks.arrivals", "--cold", file.name],
            check=True,
            capture_output=True,
            text=True,
        )
    return f"{told.stdout.strip()}, {1e3 * (time.perf_counter() - began):,.0f} ms with the start of Python"


def _first_report(path: str) -> int:
    import django

    django.setup()

    report = pickle.loads(Path(path).read_bytes())
    began = time.perf_counter()
    arrive(compacted(report), roles(report))
    say(f"first report {1e3 * (time.perf_counter() - began):,.0f} ms")
    return 0


def true_links(reports: Sequence[dict[str, Any]], truth: pl.DataFrame) -> tuple[int, int]:
    """How many new records whose true person was held are now of a person with one of their true records."""
    from lamplighter.hub.people.models import Membership

    person = dict(truth.select("record_id", "person_id").iter_rows())
    new = [p["record_id"] for r in reports for p in r["people"]]
    place = dict(
        Membership.objects.filter(record_id__in=new, current=True).values_list("record_id", "person_id")
    )
    together: dict[str, list[str]] = {}
    for pid, record in Membership.objects.filter(
        person_id__in=list(place.values()), current=True
    ).values_list("person_id", "record_id"):
        together.setdefault(pid, []).append(record)
    counts: dict[str, int] = {}
    held = Membership.objects.filter(current=True, record_id__in=list(person))
    for record in held.values_list("record_id", flat=True):
        counts[person[record]] = counts.get(person[record], 0) + 1
    asked = [r for r in new if counts.get(person[r], 0) > 1]
    right = sum(
        any(o != r and person.get(o) == person[r] for o in together.get(place.get(r, ""), ())) for r in asked
    )
    return right, len(asked)


def say_times(rows: Sequence[tuple[str, list[float]]]) -> None:
    say(f"{'milliseconds':<42}{'n':>7}{'p50':>9}{'p95':>9}{'p99':>9}{'max':>9}")
    for name, times in rows:
        if times:
            ordered = sorted(times)
            marks = [ordered[min(int(len(ordered) * q), len(ordered) - 1)] for q in (0.5, 0.95, 0.99, 1.0)]
            say(f"{name:<42}{len(times):>7}" + "".join(f"{1e3 * t:>9.1f}" for t in marks))


def say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


# Arrivals while everything is written anew beside what is in use, and takes its place.


def followed(told: int, reports: dict[str, dict[str, Any]]) -> Any:
    """Follow what comes as the hub does, except that the reports are none of the hub's: this one holds what
    matching keeps."""
    from lamplighter.hub.people import services
    from lamplighter.hub.people.matching import services as relinking
    from lamplighter.hub.people.matching import staged_tables

    class Followed(relinking.Meanwhile):
        def _match_again(self, report_ids: Sequence[str]) -> None:
            for start in range(0, len(report_ids), relinking.AT_ONCE):
                rows = [reports[report_id] for report_id in report_ids[start : start + relinking.AT_ONCE]]
                for report in rows:
                    staged_tables.bring_members(report["report_id"])
                services.match_rows([(report, report["people"]) for report in rows])

    return Followed(told=told)


def during(held: Bundle, coming: Sequence[dict[str, Any]], came: int) -> tuple[float, list[float]]:
    """Seconds to write everything anew, and to match each report of ``coming`` meanwhile: of those ``came``
    already, and are followed with the rest."""
    here, there = multiprocessing.get_context("spawn").Pipe()
    reports = {r["report_id"]: r for r in coming}
    # In a process of its own, as a worker is one beside the site.
    other = multiprocessing.get_context("spawn").Process(target=rebuild, args=(held, reports, there))
    other.start()
    here.recv()
    times: list[float] = []
    for report in coming[came:]:
        times += timed(lambda r: arrive(compacted(r), roles(r)), [report])
        if here.poll():
            break
    took: float = here.recv()
    other.join()
    return took, times


def written_anew(held: Bundle, reports: dict[str, dict[str, Any]]) -> None:
    """Records made ready and keys anew, their links and persons as they are: no model need be fitted."""
    from django.db import connection

    from lamplighter.hub.people.matching import frame_storage, prepared_records, staged_tables
    from lamplighter.hub.people.models import Link, Membership

    # Whoever came before this is not among those held, and is followed with those who come now.
    with staged_tables.alone():
        meanwhile = followed(held["people"].height, reports)
        prepared = prepared_records.prepared(held)
        with staged_tables.beside(), connection.cursor() as cursor:
            frame_storage.add_prepared(prepared, fresh=True)
            for table, records in ((Link, ("left_record", "right_record")), (Membership, ("record_id",))):
                name = table._meta.db_table
                columns = ", ".join(f.column for f in table._meta.concrete_fields if f.column != "id")
                made_ready = " AND ".join(
                    f"{r} IN (SELECT record_id FROM people_preparedrecord)" for r in records
                )
                cursor.execute(
                    f"INSERT INTO {name} ({columns}) SELECT {columns} FROM public.{name} WHERE {made_ready}"
                )
            staged_tables.indexed()
            meanwhile.switch()


# From the saved form to the page that says its pattern, through the site as it is served.
#
# The hub holds a made-up world of reports, linked, with its patterns. Somebody signed in types further
# reports of that world, one after another; timed is what follows on "Save": the report stored, matched, its
# patterns found anew, and the page that says whether these two people are known.

PORT = 8771
_TELLING = {"forenames", "surname", "nicknames", "phones", "emails"}
"""The form wants one of these of the person harmed."""
WARM = 10
"""Reports that are saved before any is timed: the site imports and reads its model with the first."""


def measure_site(options: argparse.Namespace) -> list[tuple[str, list[float]]]:
    """Rows of a table of times, in seconds."""
    import django

    django.setup()
    from django.core.management import call_command
    from django.urls import reverse

    from lamplighter.hub.accounts.models import Role
    from lamplighter.hub.accounts.services import ensure_agency, ensure_user
    from lamplighter.synthetic.worlds.world import generate

    call_command("migrate", verbosity=0)
    world = generate(options.seed, person_records=options.person_records, bank="b")
    held, coming = arrivals(world, options.arrivals + WARM, options.seed)
    whole = {name: _of(frame, held["reports"], held["people"]) for name, frame in world.bundle.items()}
    _received(whole)
    say(f"{whole['people'].height:,} person records in {whole['reports'].height:,} reports, linked")
    agency = ensure_agency("force-a", "Force A", "police")
    officer = ensure_user(
        "arrivals", password=SECRET, display_name="An officer", role=Role.INVESTIGATOR, agency=agency
    )
    browser = _Browser(session_of(officer))
    save: list[float] = []
    told: list[float] = []
    processor: list[tuple[float, float]] = []
    known = 0
    with hub_load.served(PORT) as site:
        for number, report in enumerate(coming):
            browser.get(reverse("intake:new"))
            for step, typed in _typed(report, agency):
                browser.post(reverse("intake:page", args=[step]), typed)
            spent = hub_load._processor(site)
            began = time.perf_counter()
            address = browser.post(reverse("intake:check"), {})
            saved = time.perf_counter()
            page = browser.get(address)
            ended = time.perf_counter()
            if number >= WARM:
                save.append(saved - began)
                told.append(ended - began)
                now = hub_load._processor(site)
                processor.append((now[0] - spent[0], now[1] - spent[1]))
                known += b">What the report joins</h1>" in page
    say(f"{known} of {len(told)} reports joined others")
    # On a machine that does other work as well, this says more than the time does.
    of_site, of_database = (1e3 * sum(times) / len(processor) for times in zip(*processor, strict=True))
    say(f"processor a report: {of_site:.0f} ms in the site, {of_database:.0f} ms in the database")
    return [("saved, through the site", save), ("  and the page says its pattern", told)]


def _received(bundle: dict[str, pl.DataFrame]) -> None:
    """Store a bundle as an import does, link everything and find the patterns."""
    from django.utils import timezone

    from lamplighter.hub.intake.models import Delivery
    from lamplighter.hub.intake.storage import batch_writer
    from lamplighter.hub.patterns import services as patterns
    from lamplighter.hub.people.matching import services as relinking
    from lamplighter.records import ingest
    from lamplighter.records.reading.batches import Batch, Counts
    from lamplighter.records.validation.problems import REJECTS_SCHEMA

    now = timezone.now()
    delivery = Delivery.objects.create(
        door=Delivery.Door.FILES, state=Delivery.State.DONE, mapping="lamplighter", received_at=now
    )
    read = Batch(bundle, pl.DataFrame(schema=REJECTS_SCHEMA), Counts())
    batch_writer.write(delivery, batch_writer.Incoming(0, read, ingest.digest(bundle)), now)
    relinking.relink_all()
    patterns.refresh_all()


def _of(frame: pl.DataFrame, reports: pl.DataFrame, people: pl.DataFrame) -> pl.DataFrame:
    """The rows of the reports that are held."""
    key, whole = ("report_id", reports) if "report_id" in frame.columns else ("record_id", people)
    return frame.join(whole.select(key), on=key, how="semi")


def _typed(report: dict[str, Any], agency: Any) -> list[tuple[str, dict[str, Any]]]:
    """Return what somebody types who has this report before them, page by page."""
    from lamplighter.hub.intake.new_report.forms import offence_choices

    day = report["reported_at"]
    date = {"day": str(day.day), "month": str(day.month), "year": str(day.year)}
    people = {p["role"]: p for p in report["people"]}
    offences = [code for code, _ in offence_choices(agency)]
    victim = _person(people.get("victim", {}))
    return [
        (
            "report",
            {
                "offence": "harassment_s2" if "harassment_s2" in offences else offences[0],
                "summary": report["summary"] or "He came to her door again.",
                **{f"reported_at_{part}": value for part, value in date.items()},
            },
        ),
        ("occasion", {"date_precision": "day", **{f"on_{part}": value for part, value in date.items()}}),
        ("victim", victim if victim.keys() & _TELLING else {**victim, "forenames": "A caller"}),
        ("suspect", _person(people.get("suspect", {}))),
    ]


def _person(person: dict[str, Any]) -> dict[str, Any]:
    single = {n: person.get(n) for n in ("forenames", "surname", "sex", "address_text", "postcode")}
    several = {n: "\n".join(v for v in person.get(n) or () if v) for n in ("phones", "emails")}
    found = {n: v for n, v in (single | several).items() if v}
    found |= {"nicknames": ", ".join(v for v in person.get("nicknames") or () if v)}
    if born := person.get("birth_date"):
        found |= {"birth_date_day": born.day, "birth_date_month": born.month, "birth_date_year": born.year}
    if person.get("relationship"):
        found["relationship"] = person["relationship"]
    return {n: v for n, v in found.items() if v}


class _Browser:
    """Somebody's browser, over one connection that stays open."""

    def __init__(self, session: str) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", PORT, timeout=60)
        self._headers = {"Host": f"{HOST}:{PORT}", "Cookie": f"session={session}; csrf={SECRET}"}

    def get(self, address: str) -> bytes:
        """The page, or where it leads."""
        answer = self._ask("GET", address, None)
        return answer[1]

    def post(self, address: str, typed: dict[str, Any]) -> str:
        """Send a form; the address that follows. Raises ``RuntimeError`` when the form comes back."""
        body = urlencode(typed | {"csrfmiddlewaretoken": SECRET}, doseq=True)
        location, page = self._ask("POST", address, body)
        if not location:
            raise RuntimeError(f"The form at {address} came back ({len(page)} bytes).")
        return location

    def _ask(self, method: str, address: str, body: str | None) -> tuple[str, bytes]:
        headers = dict(self._headers)
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        self._connection.request(method, address, body=body, headers=headers)
        answer = self._connection.getresponse()
        page = answer.read()
        if answer.status not in {200, 302}:
            raise RuntimeError(f"{address} answers {answer.status}")
        return answer.getheader("Location") or "", page


if __name__ == "__main__":
    sys.exit(main())
