"""Measure what pages cost: processor time of the site and of the database, page by page, 20 requests each.

    python -m benchmarks.page_cost --home FOLDER [--asked 20]

On a hub that ``python -m lamplighter.hub.demo --no-serve`` has built in FOLDER. Compare two versions by
running it with each, on a copy of the same folder. The time is the processor's, so that what else runs on
the machine does not count; of the requests to a page the median is told. Linux only.
"""

from __future__ import annotations

import argparse
import logging
import os
import statistics
import sys
import time
from pathlib import Path
from typing import Any


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument("--asked", type=int, default=20)
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
        _measure(options.asked)
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


def _measure(asked: int) -> None:
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


if __name__ == "__main__":
    sys.exit(main())
