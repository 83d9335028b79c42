"""Let twelve people of ten agencies write the minutes of forty cases at once, and time each save.

    python -m benchmarks.meeting_minutes --home FOLDER [--lines 20]

On a hub that ``python -m lamplighter.hub.demo --no-serve`` has built in FOLDER; it adds cases and a meeting
there. Each person sends the form of a case through the site's own stack, over a connection of their own, in
one process; beside them, one person alone. Every line that was sent is then looked for.
"""

from __future__ import annotations

import argparse
import logging
import os
import statistics
import sys
import threading
import time
from pathlib import Path
from typing import Any

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


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument("--lines", type=int, default=20, help="lines that each person writes")
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
        _measure(options.lines)
    finally:
        database.stop(only_if_idle=True)
    return 0


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


def _measure(lines: int) -> None:
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


if __name__ == "__main__":
    sys.exit(main())
