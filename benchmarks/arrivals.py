"""One report after another into a hub that holds many: how long until its persons are known, and on disk.

    python -m benchmarks.arrivals --person-records 20000 [--arrivals 200] [--splink]
    python -m benchmarks.arrivals site --person-records 10000 --arrivals 150

The hub is imported, linked and searched for patterns first, which takes a while for many records.
"""

from __future__ import annotations

import argparse
import contextlib
import gc
import os
import statistics
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import polars as pl

from benchmarks.harness import (
    SECRET,
    Browser,
    Splink,
    backend,
    by_name,
    hub,
    keep,
    milliseconds,
    options,
    peak,
    processor,
    quiet,
    run_part,
    say,
    served,
    session_of,
    show,
    timed,
)
from benchmarks.linkage import for_splink
from lamplighter.linkage.features.compact_records import Compact, of_report
from lamplighter.records.schema import Bundle
from lamplighter.synthetic.worlds.world import generate

Report = dict[str, Any]
WARM = 10
"""Reports that come before any is timed: the site imports and reads its model with the first."""
LINKED_AT = 0.5


@contextlib.contextmanager
def holding(asked: argparse.Namespace, more: int) -> Iterator[tuple[Bundle, list[Report], pl.DataFrame]]:
    """Bring up a hub that holds a made-up world, but for reports that are still to come.

    Gives what is held, those reports with their ``people``, and the true person of every record.
    """
    with tempfile.TemporaryDirectory(prefix="lamplighter-") as folder, hub(Path(folder)):
        world = generate(asked.seed, person_records=asked.person_records, bank="b")
        reports = world.bundle["reports"].sort("report_id")
        coming = reports.sample(min(more, reports.height // 3), seed=asked.seed, shuffle=True)
        people = world.bundle["people"].join(coming.select("report_id"), on="report_id", how="semi")
        gone = {"report_id": coming.select("report_id"), "record_id": people.select("record_id")}
        held = {}
        for name, frame in world.bundle.items():
            key = "report_id" if "report_id" in frame.columns else "record_id"
            held[name] = frame.join(gone[key], on=key, how="anti")
        _received(held)
        say(f"{held['people'].height:,} person records in {held['reports'].height:,} reports, linked")
        own: dict[str, list[Report]] = defaultdict(list)
        for row in people.iter_rows(named=True):
            own[row["report_id"]].append(row)
        rows = [{**r, "people": own[r["report_id"]]} for r in coming.iter_rows(named=True)]
        # The collector would walk through all that is to come, which a site does not hold.
        gc.collect()
        gc.freeze()
        yield held, rows, world.truth.records.select("record_id", "person_id")
        say(f"load {os.getloadavg()[0]:.1f}, memory at most {peak():,.0f} MB in this process")


def _received(bundle: Bundle) -> None:
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


def compacted(report: Report) -> list[Compact]:
    """Return the people of a report, made ready as when it comes in."""
    return of_report(report, report["people"])


def sparse(report: Report) -> Report:
    """Return the report as somebody would tell it who knows a first name and a town, or an account."""
    people = []
    for p in report["people"]:
        some = {"handles"} if p.get("handles") else {"forenames", "town", "sex"}
        kept = some | {"record_id", "report_id", "role", "relationship"}
        people.append({k: v if k in kept else None for k, v in p.items()})
    return {**report, "people": people}


def arrive(reports: Sequence[Report]) -> None:
    """Match reports at once as the hub does behind row security, and commit what follows."""
    from lamplighter.hub.access.wall.identity import as_service
    from lamplighter.hub.people import services
    from lamplighter.hub.site.postgresql.locks import lock

    with as_service("match a new report"):
        lock(services.LOCK)
        roles = {p["record_id"]: p["role"] for r in reports for p in r["people"]}
        services.match_people([c for r in reports for c in compacted(r)], roles)


def looked_up(report: Report) -> dict[str, set[str]]:
    """Return whom each record fits at even odds: looked up and weighed, and nobody settled or written."""
    from lamplighter.hub.access.wall.identity import as_service
    from lamplighter.hub.people import selectors
    from lamplighter.hub.people.matching.record_tables import Tables
    from lamplighter.linkage.online import arrivals

    new = compacted(report)
    with as_service("match a new report"):
        tables = Tables()
        assert tables.model is not None
        pairs = arrivals.compare(new, tables, selectors.judge_of(tables.model)).pairs_over(0.0)
    fits: dict[str, set[str]] = {c.record_id: set() for c in new}
    for a, b in (both for pair in pairs for both in (pair, pair[::-1])):
        if a in fits:
            fits[a].add(b)
    return fits


def measure_arrivals() -> None:
    """Do what the site does when a report has been stored, one report after another.

        python -m benchmarks.arrivals --person-records 20000 [--arrivals 200] [--splink]

    People are made ready, keys looked up, pairs weighed and explained, persons and ids settled, everything
    committed, as the service that the site is then, behind row security. Times are in process, warm. How many
    reports a second can be matched without a pause is told one by one, and as a delivery is. ``--splink``
    measures Splink 5's ``predict_between`` on the same records, in the same run.
    """
    parser = _options(measure_arrivals, 200)
    parser.add_argument("--at-once", type=int, default=25, help="how many a delivery joins at once")
    parser.add_argument("--splink", action="store_true", help="measure predict_between beside it")
    asked = parser.parse_args()
    n, fits = asked.arrivals, dict[str, set[str]]()
    with holding(asked, WARM + 5 * n) as (held, coming, truth):
        timed(lambda r: arrive([r]), coming[:WARM])
        full, thin, alone, single, many = (coming[WARM + i * n : WARM + (i + 1) * n] for i in range(5))
        times = {
            "full report, committed": timed(lambda r: arrive([r]), full),
            "looked up and weighed alone": timed(lambda r: fits.update(looked_up(r)), alone),
            "sparse report, committed": timed(lambda r: arrive([sparse(r)]), thin),
            "undo of a decision": _undo(full),
        }
        rows = milliseconds(times)
        show("Milliseconds", rows)
        keep("arrivals", "one", rows)
        for size, reports in ((1, single), (asked.at_once, many)):
            _sustained(reports, size)
        found, partners = _persons(full), _partners(held, full, truth)
        right = sum(bool(own & found.get(record, set())) for record, own in partners.items())
        say(f"{right:,} of {len(partners):,} records with a true partner held are of a person with one")
        if asked.splink:
            _beside_splink(held["people"], alone, _partners(held, alone, truth), fits, times)


def _options(part: Any, many: int) -> argparse.ArgumentParser:
    parser = options(part)
    parser.add_argument("--person-records", type=int, default=20_000)
    parser.add_argument("--arrivals", type=int, default=many)
    parser.add_argument("--seed", type=int, default=2026)
    return parser


def _sustained(reports: Sequence[Report], at_once: int) -> None:
    """Match reports without a pause, so many at once."""
    if not reports:
        return
    database = backend()
    here, there = time.process_time(), database()
    times = timed(arrive, [reports[i : i + at_once] for i in range(0, len(reports), at_once)])
    # On a machine that does other work as well, the processor says more than the time does.
    spent = [
        1e3 * (now - then) / len(reports) for now, then in ((time.process_time(), here), (database(), there))
    ]
    say(f"sustained, {at_once} at once: {len(reports) / sum(times):,.0f} reports a second, one process;")
    say(f"  processor {spent[0]:.1f} ms a report here, {spent[1]:.1f} ms in PostgreSQL;")
    say(f"  others wait for {1e3 * statistics.median(times):.0f} ms (p50), {1e3 * max(times):.0f} at most")


def _undo(reports: Sequence[Report]) -> list[float]:
    """Part somebody from the rest of their person, then take it back: the times of taking it back."""
    from lamplighter.hub.accounts.models import User
    from lamplighter.hub.people import services
    from lamplighter.hub.people.models import Link, Membership

    user, _ = User.objects.get_or_create(username="arrivals")
    records = [p["record_id"] for r in reports for p in r["people"]]
    times = []
    for row in Link.objects.filter(band="linked", left_record__in=records)[:40]:
        now = Membership.objects.filter(current=True)
        before = dict(now.values_list("record_id", "person_id")[:5_000])
        act, _ = services.decide(user, "not_same", [(row.left_record, row.right_record)], "A measurement.")
        times += timed(lambda a: services.undo(user, a, "A measurement."), [act])
        after = dict(now.filter(record_id__in=list(before)).values_list("record_id", "person_id"))
        assert after == before, "the undo was not exact"
    return times


def _partners(held: Bundle, reports: Sequence[Report], truth: pl.DataFrame) -> dict[str, set[str]]:
    """Return the true partners of each new record that has any held."""
    person = dict(truth.iter_rows())
    theirs: dict[str, set[str]] = defaultdict(set)
    for record in held["people"]["record_id"]:
        if record in person:
            theirs[person[record]].add(record)
    new = [p["record_id"] for r in reports for p in r["people"] if p["record_id"] in person]
    return {r: theirs[person[r]] for r in new if theirs[person[r]]}


def _persons(reports: Sequence[Report]) -> dict[str, set[str]]:
    """Return with whom each record is one person in the hub."""
    from lamplighter.hub.people.models import Membership

    now = Membership.objects.filter(current=True)
    records = [p["record_id"] for r in reports for p in r["people"]]
    person = dict(now.filter(record_id__in=records).values_list("record_id", "person_id"))
    members: dict[str, set[str]] = defaultdict(set)
    for of, record in now.filter(person_id__in=list(person.values())).values_list("person_id", "record_id"):
        members[of].add(record)
    return {r: members[p] for r, p in person.items()}


def _beside_splink(
    people: pl.DataFrame,
    reports: Sequence[Report],
    partners: Mapping[str, set[str]],
    fits: Mapping[str, set[str]],
    times: Mapping[str, Sequence[float]],
) -> None:
    """Tell how long ``predict_between`` takes for a record and a report, and how many partners each finds.

    It names nobody, explains nothing and writes nothing; "the same work" is ours looked up and weighed alone.
    """
    some = reports[:40]  # each takes Splink about half a second in two million records
    rules = (
        *(("first_name", "surname"), ("surname", "dob"), ("first_name", "dob"), ("postcode", "surname")),
        *(("postcode", "first_name"), ("phone",)),
    )
    likely: dict[str, set[str]] = defaultdict(set)
    with quiet():
        sure = (("first_name", "surname", "dob"), ("phone", "first_name"))
        peer = Splink(for_splink(people), by_name(), rules, sure)
        for column in ("first_name", "surname", "first_name_surname_concat", "dob", "postcode", "phone"):
            with contextlib.suppress(Exception):
                peer.linker.table_management.compute_tf_table(column)

        def between(new: Sequence[Report]) -> None:
            frame = for_splink(pl.DataFrame(new, schema=people.schema)).to_arrow()
            name = f"new{time.monotonic_ns()}"
            table = peer.database.register(frame, dataset_display_name=name)
            found = peer.linker.inference.predict_between(peer.whole, table).as_pyarrow_table()
            for row in found.to_pylist():
                if row["match_probability"] >= LINKED_AT:
                    likely[row["unique_id_l"]].add(row["unique_id_r"])
                    likely[row["unique_id_r"]].add(row["unique_id_l"])

        record = statistics.median(timed(between, [[p] for r in some for p in r["people"]]))
        report = statistics.median(timed(between, [r["people"] for r in some]))
    ids = {p["record_id"] for r in some for p in r["people"]}
    asked = {r: own for r, own in partners.items() if r in ids}
    of = [sum(bool(own & them.get(r, set())) for r, own in asked.items()) for them in (likely, fits)]
    say(f"Splink 5 predict_between: a record {1e3 * record:.1f} ms, a report {1e3 * report:.1f} ms (p50);")
    say(f"  of {len(asked)} records with a true partner held it found one of {of[0]}, ours of {of[1]}")
    each = statistics.mean(len(r["people"]) for r in some)
    for what in ("looked up and weighed alone", "full report, committed"):
        ours = statistics.median(times[what])
        say(f"  ours, {what}: {record * each / ours:.0f} times faster a record, {report / ours:.0f} a report")


# From the saved form to the page that says its pattern, through the site as it is served.

PORT = 8771
_TELLING = {"forenames", "surname", "nicknames", "phones", "emails"}
"""The form wants one of these of the person harmed."""


def measure_site() -> None:
    """From the saved form to the page that says whether these two people are known, through the site.

        python -m benchmarks.arrivals site --person-records 10000 --arrivals 150

    Somebody signed in types further reports of a made-up world, page by page; timed is what follows on
    "Save": the report stored, matched, its patterns found anew, and the page that tells them.
    """
    asked = _options(measure_site, 150).parse_args()
    with holding(asked, asked.arrivals + WARM) as (_, coming, _truth):
        from django.urls import reverse

        from lamplighter.hub.accounts.models import Role
        from lamplighter.hub.accounts.services import ensure_agency, ensure_user

        agency = ensure_agency("force-a", "Force A", "police")
        own: dict[str, Any] = {"display_name": "An officer", "role": Role.INVESTIGATOR, "agency": agency}
        officer = ensure_user("arrivals", password=SECRET, **own)
        browser = Browser(session_of(officer), PORT)
        times: dict[str, list[float]] = {"saved, through the site": [], "and the page says its pattern": []}
        known = 0
        with served(PORT) as site:
            for number, report in enumerate(coming):
                if number == WARM:
                    spent = processor(site)
                _asked(browser, reverse("intake:new"))
                for step, typed in _typed(report, agency):
                    _asked(browser, reverse("intake:page", args=[step]), typed)
                began = time.perf_counter()
                _, leads = _asked(browser, reverse("intake:check"), {})
                saved = time.perf_counter()
                page, _ = _asked(browser, leads)
                if number >= WARM:
                    for name, ended in zip(times, (saved, time.perf_counter()), strict=True):
                        times[name].append(ended - began)
                    known += b">What the report joins</h1>" in page
            each = [1e3 * (b - a) / asked.arrivals for a, b in zip(spent, processor(site), strict=True)]
        say(f"{known} of {asked.arrivals} reports joined others")
        say(f"processor a report, with its form: {each[0]:.0f} ms in the site, {each[1]:.0f} in the database")
        rows = milliseconds(times)
        show("Milliseconds", rows)
        keep("arrivals", "site", rows)


def _asked(browser: Browser, address: str, form: Mapping[str, Any] | None = None) -> tuple[bytes, str]:
    """Return a page and where it leads.

    Raises:
        RuntimeError: it is not there, or a form came back.
    """
    status, page, leads = browser.ask(address, form)
    if status not in {200, 302} or (form is not None and not leads):
        raise RuntimeError(f"{address} answers {status}, or the form came back ({len(page)} bytes).")
    return page, leads


def _typed(report: Report, agency: Any) -> list[tuple[str, dict[str, Any]]]:
    """Return what somebody types who has this report before them, page by page."""
    from lamplighter.hub.intake.new_report.forms import offence_choices

    day = report["reported_at"]
    date = {"day": str(day.day), "month": str(day.month), "year": str(day.year)}
    people = {p["role"]: p for p in report["people"]}
    offences = [code for code, _ in offence_choices(agency)]
    victim = _person(people.get("victim", {}))
    told = {
        "offence": "harassment_s2" if "harassment_s2" in offences else offences[0],
        "summary": report["summary"] or "He came to her door again.",
    }
    return [
        ("report", told | {f"reported_at_{part}": value for part, value in date.items()}),
        ("occasion", {"date_precision": "day", **{f"on_{part}": value for part, value in date.items()}}),
        ("victim", victim if victim.keys() & _TELLING else {**victim, "forenames": "A caller"}),
        ("suspect", _person(people.get("suspect", {}))),
    ]


def _person(person: Mapping[str, Any]) -> dict[str, Any]:
    single = {n: person.get(n) for n in ("forenames", "surname", "sex", "address_text", "postcode")}
    found: dict[str, Any] = single | {"relationship": person.get("relationship")}
    found |= {n: "\n".join(v for v in person.get(n) or () if v) for n in ("phones", "emails")}
    found["nicknames"] = ", ".join(v for v in person.get("nicknames") or () if v)
    if born := person.get("birth_date"):
        found |= {"birth_date_day": born.day, "birth_date_month": born.month, "birth_date_year": born.year}
    return {n: v for n, v in found.items() if v}


PARTS = {
    "one": measure_arrivals,
    "site": measure_site,
}
"""Each part by the word that asks for it; without a word, the first."""

if __name__ == "__main__":
    sys.exit(run_part("arrivals", PARTS))
