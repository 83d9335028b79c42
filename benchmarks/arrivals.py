"""One report after another into a hub that holds many: how long until its persons are known, and on disk.

    python -m benchmarks.arrivals --person-records 1000000 [--arrivals 300] [--splink]
    python -m benchmarks.arrivals --person-records 20000 --arrivals 200 --site

Each arrival is what the site does when a report has been stored: people made ready, keys looked up, pairs
weighed and explained, persons and ids settled, everything committed (``synchronous_commit`` on), as the
service that the site is then, behind row security. Times are in process, warm. How many reports a second can
be matched without a pause is told twice: one by one, and as a delivery is. ``--splink`` measures
Splink 5's ``predict_between`` on the same records, in the same run. ``--site`` goes through the site instead
(:mod:`benchmarks.arrivals_site`).
"""

from __future__ import annotations

import argparse
import gc
import os
import pickle
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import polars as pl
import psutil

from benchmarks.arrivals_world import Coming, World
from lamplighter.linkage.features.compact_records import Compact

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
                from benchmarks import arrivals_site

                say_times(arrivals_site.measure(options))
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
    from benchmarks import arrivals_state as state
    from benchmarks import arrivals_world

    kept = home / "coming.pickle"
    if kept.exists():
        loaded: tuple[World, Coming] = pickle.loads(kept.read_bytes())
        return loaded
    began = time.monotonic()
    world = arrivals_world.made(options.world or home / "world", options.person_records, options.seed)
    many = options.arrivals * PARTS + int(options.seconds * 800)
    world, coming = arrivals_world.parted(world, many, options.seed)
    say(f"a world made in {time.monotonic() - began:.0f} s")
    with tempfile.TemporaryDirectory(dir=home) as files:
        state.load(world, Path(files), say)
    kept.write_bytes(pickle.dumps((world, coming)))
    return world, coming


def _measure(home: Path, options: argparse.Namespace) -> None:
    import django

    django.setup()
    from django.core.management import call_command

    from benchmarks import arrivals_state as state

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
    state.warm(say)
    for report in coming[1:40]:
        arrive(state.compacted(report), roles(report))
    tables: list[tuple[str, list[float]]] = []
    full, thin, dry, alone = (coming[40 + i * n : 40 + (i + 1) * n] for i in range(PARTS))
    found: list[set[tuple[str, str]]] = []
    times = timed(lambda r: found.append(arrive(state.compacted(r), roles(r))), full)
    tables.append(("full report, committed", times))
    unawaited = timed(lambda r: arrive(state.compacted(r), roles(r), wait=False), dry)
    tables.append(("  not waiting for the disk", unawaited))
    fits: dict[str, set[str]] = {}
    weighed = timed(lambda r: fits.update(looked_up(state.compacted(r))), alone)
    tables.append(("  looked up and weighed alone", weighed))
    tables.append(
        (
            "sparse report, committed",
            timed(lambda r: arrive(state.compacted(state.sparse(r)), roles(r)), thin),
        )
    )
    say_times([*tables, ("decision and undo: undo", _undo(found))])
    done = 0
    for at_once in (1, options.at_once):
        done += _sustained(coming[40 + PARTS * n + done :], options.seconds, at_once)
        came.write_text(str(first + 40 + PARTS * n + done))
    if options.rebuild:
        from benchmarks.arrivals_anew import during

        took, times = during(world.whole(), kept.reports, first + 40 + PARTS * n + done)
        say_times([("while everything is being written anew", times)])
        say(f"  written anew in {took:.1f} s, load {os.getloadavg()[0]:.1f}")
        came.write_text(str(first + 40 + PARTS * n + done + len(times)))
    told = true_links(full, truth)
    say(f"true links: {told[0]:,} of {told[1]:,} records with a true partner held were linked to one")
    if options.splink:
        from benchmarks import arrivals_splink

        same = alone[: arrivals_splink.MOST_TIMED]
        for report in same:
            arrive(state.compacted(report), roles(report))
        arrivals_splink.compare(world.whole(), same, truth, fits, weighed, times, say)
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
    from lamplighter.hub.people.matching.locks import lock

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
    from benchmarks import arrivals_state as state

    ready = [(state.compacted(r), roles(r)) for r in reports]
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
    for link in Link.objects.filter(band="linked", left_record__in=records)[:40]:
        pair = [(link.left_record, link.right_record)]
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
    from benchmarks.arrivals_anew import written_anew

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
    from benchmarks import arrivals_state as state

    report = pickle.loads(Path(path).read_bytes())
    began = time.perf_counter()
    arrive(state.compacted(report), roles(report))
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


if __name__ == "__main__":
    sys.exit(main())
