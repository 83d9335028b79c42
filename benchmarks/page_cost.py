"""Measure what pages cost, on a hub that ``python -m lamplighter.hub.demo --no-serve`` has built in FOLDER.

    python -m benchmarks.page_cost [pages] --home FOLDER [--asked 20]
    python -m benchmarks.page_cost minutes --home FOLDER [--lines 20]

``pages``: processor time of the site and of the database, page by page. Compare two versions by running it
with each, on a copy of the same folder. The time is the processor's, so that what else runs on the machine
does not count; of the requests to a page the median is told. Linux only.

``minutes``: twelve people of ten agencies write the minutes of forty cases at once, each over a connection of
their own, and beside them one person alone. It adds cases and a meeting; every line that was sent is looked
for.
"""

from __future__ import annotations

import argparse
import logging
import os
import statistics
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks import run_part

PEOPLE, CASES = 12, 40
# Kinds of ten agencies; the first two have two people each.
KINDS = (
    *("police", "advocacy", "health", "police", "probation"),
    *("advocacy", "health", "police", "police", "hub"),
)
ROLES = {
    "police": "investigator",
    "advocacy": "advocate",
    "health": "clinician",
    "probation": "probation",
    "hub": "coordinator",
}


def pages() -> int:
    return _on_a_hub("--asked", "requests to each page", _measure_pages)


def minutes() -> int:
    return _on_a_hub("--lines", "lines that each person writes", _measure_minutes)


def _on_a_hub(option: str, meaning: str, measure: Callable[[int], None]) -> int:
    """Read the options, bring the hub of ``--home`` up, measure, and stop the server that this started."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument(option, dest="count", type=int, default=20, help=meaning)
    options = parser.parse_args()
    os.environ["LAMPLIGHTER_HOME"] = str(options.home.resolve())
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lamplighter.hub.site.settings")
    os.environ |= {
        "LAMPLIGHTER_LOG_LEVEL": "ERROR",
        "LAMPLIGHTER_HTTPS": "0",
        "LAMPLIGHTER_DEMO": "1",
        "LAMPLIGHTER_HOSTS": "localhost,127.0.0.1",
        "LAMPLIGHTER_SECOND_FACTOR": "optional",
    }
    import django

    django.setup()
    logging.getLogger("django.request").setLevel(logging.CRITICAL)
    from django.core.management import call_command

    from lamplighter.hub.site import database

    try:
        call_command("migrate", verbosity=0)
        measure(options.count)
    finally:
        database.stop(only_if_idle=True)
    return 0


def _pages(case: Any, course: str) -> list[tuple[str, str, dict[str, str] | None]]:
    return [
        ("case overview", f"/cases/{case.key}", None),
        ("case timeline", f"/cases/{case.key}/timeline", None),
        ("case history", f"/cases/{case.key}/history", None),
        ("people of a case", f"/cases/{case.key}/people", None),
        ("a form of a case", f"/cases/{case.key}/agencies", None),
        ("list of cases, names shown", "/cases/", None),
        ("search of cases", "/cases/search", {"term": "Nair"}),
        ("search of all", "/search/", {"term": "Nair"}),
        ("my work", "/work/", None),
        ("work of the team", "/work/team", None),
        ("list of patterns", "/patterns/", None),
        ("pattern", f"/patterns/{course}", None),
        ("chart of a pattern", f"/patterns/{course}/chart.svg", None),
    ]


def _measure_pages(asked: int) -> None:
    from django.conf import settings
    from django.db import connection
    from django.test import Client

    from lamplighter.hub.access.wall import identity
    from lamplighter.hub.accounts.models import User
    from lamplighter.hub.cases.models import Case
    from lamplighter.hub.patterns.models import Course

    settings.ANSWERS_TAKE_AT_LEAST = 0
    user = User.objects.get(username="lead")
    client = Client(headers={"host": "localhost"})
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    session = client.session
    session["factor"] = "app"
    session["case_names"] = True
    session.save()
    with identity.as_person(user):
        case = Case.objects.order_by("pk").first()
        course = Course.objects.filter(superseded_at=None, flagged=True).order_by("course_id").first()
    if case is None or course is None:
        raise SystemExit("The hub of --home has no case or no pattern. Build it with the demonstration.")
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        used = Path(f"/proc/{cursor.fetchone()[0]}/schedstat")

    def spent() -> tuple[float, float]:
        return time.process_time(), int(used.read_text().split()[0]) / 1e9

    sys.stdout.write(f"{'page':<28}{'site ms':>9}{'database ms':>13}{'both ms':>9}\n")
    for page, address, form in _pages(case, course.course_id):
        times = []
        for number in range(asked + 3):
            before = spent()
            answer = client.post(address, form) if form else client.get(address)
            after = spent()
            if answer.status_code != 200:
                raise SystemExit(f"{page} answers {answer.status_code}.")
            if number >= 3:  # the first ones fill caches
                times.append([1000 * (b - a) for a, b in zip(before, after, strict=True)])
        site, held = (statistics.median(column) for column in zip(*times, strict=True))
        both = statistics.median(sum(row) for row in times)
        sys.stdout.write(f"{page:<28}{site:>9.1f}{held:>13.1f}{both:>9.1f}\n")
        sys.stdout.flush()


def _world() -> tuple[list[Any], list[Any], Any]:
    """Make ten agencies, twelve people, forty cases that all work on, and a meeting that goes on."""
    import datetime as dt

    from django.utils import timezone

    from lamplighter.hub.access import moment
    from lamplighter.hub.access.wall import identity
    from lamplighter.hub.accounts import services as accounts
    from lamplighter.hub.accounts.models import User
    from lamplighter.hub.cases import services
    from lamplighter.hub.meetings import services as meetings

    agencies = [accounts.ensure_agency(f"bench-{n}", kind=kind) for n, kind in enumerate(KINDS)]
    mark = f"{time.time():.0f}"
    of = [*agencies, *agencies[: PEOPLE - len(agencies)]]
    people = [
        User.objects.create(
            username=f"bench-{mark}-{number}",
            display_name=f"Writer {number}",
            role=ROLES[agency.kind],
            agency=agency,
            password="!",
        )
        for number, agency in enumerate(of)
    ]
    coordinator = next(user for user in people if user.role == "coordinator")
    with identity.as_person(coordinator):
        given = {"suspect": {"name": "Not known"}, "why": "Made up for a benchmark.", "agencies": agencies}
        cases = [
            services.refer(coordinator, victim={"name": f"Made Up {mark} {number}"}, **given)
            for number in range(CASES)
        ]
        now = timezone.now()
        with moment.at(now - dt.timedelta(days=1)):
            asked = {"chair": coordinator, "agencies": agencies, "minutes": 90}
            (meeting,) = meetings.plan(coordinator, starts_at=now - dt.timedelta(minutes=5), **asked)
    return people, cases, meeting


def _measure_minutes(lines: int) -> None:
    from django.conf import settings
    from django.db import connection

    from lamplighter.hub.meetings.models import Line

    settings.ANSWERS_TAKE_AT_LEAST = 0
    people, cases, meeting = _world()
    for writers in (people[:1], people):
        before = Line.objects.filter(meeting=meeting).count()
        times: list[float] = []
        threads = [
            threading.Thread(target=_write, args=(user, number, cases, meeting, lines, times))
            for number, user in enumerate(writers)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        kept = Line.objects.filter(meeting=meeting).count() - before
        ordered = sorted(times)
        p95 = ordered[max(0, round(0.95 * len(ordered)) - 1)]
        sys.stdout.write(
            f"{len(writers):>2} at once: {kept} of {lines * len(writers)} lines held; a save takes"
            f" {1000 * statistics.median(times):.0f} ms, p95 {1000 * p95:.0f} ms\n"
        )
        sys.stdout.flush()
    connection.close()


def _write(user: Any, number: int, cases: list[Any], meeting: Any, lines: int, times: list[float]) -> None:
    from django.db import connection
    from django.test import Client

    client = Client(headers={"host": "localhost"})
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    session = client.session
    session["factor"] = "app"
    session.save()
    try:
        for n in range(lines):
            case = cases[(n + number) % len(cases)]
            sent = {"kind": "note", "side": "shared", "words": f"Line {n} of writer {number}."}
            began = time.monotonic()
            answer = client.post(f"/cases/{case.key}/meetings/{meeting.key}", sent)
            times.append(time.monotonic() - began)
            if answer.status_code != 302:
                raise SystemExit(f"A save answers {answer.status_code}.")
    finally:
        connection.close()


PARTS: dict[str, Callable[[], int]] = {
    "pages": pages,
    "minutes": minutes,
}


if __name__ == "__main__":
    sys.exit(run_part("page_cost", PARTS))
