"""Measure what pages cost, on a hub that ``python -m lamplighter.hub.demo --no-serve`` has built in FOLDER.

    python -m benchmarks.page_cost [pages] --home FOLDER [--asked 20]
    python -m benchmarks.page_cost minutes --home FOLDER [--lines 20]

``pages``: processor time of the site and of the database, page by page. Compare two versions by running it
with each, on a copy of the same folder. The time is the processor's, so that what else runs on the machine
does not count; of the requests to a page the median is told. Linux only.

``minutes``: twelve people write the minutes of forty cases at once on the site as it is served, each over a
connection of their own: a line every five seconds each, and without a pause; and one person alone. It adds
cases and a meeting; every line that was sent is looked for. A save waits for its tenth of a
second, as served.
"""

from __future__ import annotations

import datetime as dt
import statistics
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks import hub_load_world as world
from benchmarks.harness import (
    Browser,
    at,
    backend,
    client_of,
    hub,
    keep,
    options,
    processor,
    run_part,
    say,
    served,
    session_of,
)

PEOPLE, CASES, PORT = 12, 40, 8973
DEMO = {
    "LAMPLIGHTER_DEMO": "1", "LAMPLIGHTER_HOSTS": "localhost,127.0.0.1",
    "LAMPLIGHTER_SECOND_FACTOR": "optional",
}  # fmt: skip


def pages() -> None:
    """Measure what pages cost the processor, page by page: see the beginning of this module."""
    _on_a_hub("--asked", "requests to each page", _measure_pages)


def minutes() -> None:
    """Measure a save of minutes, one person alone and twelve at once: see the beginning of this module."""
    _on_a_hub("--lines", "lines that each person writes", _measure_minutes)


def _on_a_hub(option: str, meaning: str, measure: Callable[[int], None]) -> None:
    parser = options(pages if measure is _measure_pages else minutes)
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument(option, dest="count", type=int, default=20, help=meaning)
    asked = parser.parse_args()
    with hub(asked.home, idle=True, **DEMO):
        from django.conf import settings

        settings.ANSWERS_TAKE_AT_LEAST = 0
        measure(asked.count)


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
    from lamplighter.hub.access.wall import identity
    from lamplighter.hub.accounts.models import User
    from lamplighter.hub.cases.models import Case
    from lamplighter.hub.patterns.models import Course

    user = User.objects.get(username="lead")
    client = client_of(user, case_names=True)
    with identity.as_person(user):
        case = Case.objects.order_by("pk").first()
        course = Course.objects.filter(superseded_at=None, flagged=True).order_by("course_id").first()
    if case is None or course is None:
        raise SystemExit("The hub of --home has no case or no pattern. Build it with the demonstration.")
    database, rows = backend(), []
    say(f"{'page':<28}{'site ms':>9}{'database ms':>13}{'both ms':>9}")
    for page, address, form in _pages(case, course.course_id):
        times = []
        for number in range(asked + 3):
            before = time.process_time(), database()
            answer = client.post(address, form) if form else client.get(address)
            after = time.process_time(), database()
            if answer.status_code != 200:
                raise SystemExit(f"{page} answers {answer.status_code}.")
            if number >= 3:  # the first ones fill caches
                times.append([1000 * (b - a) for a, b in zip(before, after, strict=True)])
        site, held = (statistics.median(column) for column in zip(*times, strict=True))
        both = statistics.median(sum(row) for row in times)
        say(f"{page:<28}{site:>9.1f}{held:>13.1f}{both:>9.1f}")
        rows.append(
            {"page": page, "site": round(site, 1), "database": round(held, 1), "both": round(both, 1)}
        )
    keep("pages", "cost", rows)


def _world() -> tuple[list[Any], list[Any], Any]:
    """Make twelve people, one of each agency, forty cases that all work on, and a meeting that goes on."""
    from django.utils import timezone

    from lamplighter.hub.access import moment
    from lamplighter.hub.access.wall import identity
    from lamplighter.hub.cases import services
    from lamplighter.hub.meetings import services as meetings

    people = world.people(PEOPLE, PEOPLE)
    agencies = [user.agency for user in people]
    coordinator = next(user for user in people if user.role == "coordinator")
    with identity.as_person(coordinator):
        given: dict[str, Any] = {
            "suspect": {"name": "Not known"},
            "why": "A benchmark.",
            "agencies": agencies,
        }
        cases = [
            services.refer(coordinator, victim={"name": f"Made Up {time.time():.0f} {n}"}, **given)
            for n in range(CASES)
        ]
        now = timezone.now()
        with moment.at(now - dt.timedelta(days=1)):
            asked = {"chair": coordinator, "agencies": agencies, "minutes": 90}
            (meeting,) = meetings.plan(coordinator, starts_at=now - dt.timedelta(minutes=5), **asked)
    return people, cases, meeting


def _measure_minutes(lines: int) -> None:
    from lamplighter.hub.meetings.models import Line

    people, cases, meeting = _world()
    addresses = [f"/cases/{case.key}/meetings/{meeting.key}" for case in cases]
    sessions = [session_of(user) for user in people]
    with served(PORT) as site:
        for title, writers, pace in (
            ("one alone, without a pause", sessions[:1], 0.0),
            ("twelve, each a line every five seconds", sessions, 5.0),
            ("twelve, each without a pause", sessions, 0.0),
        ):
            before, used = Line.objects.filter(meeting=meeting).count(), processor(site)
            times: list[float] = []
            began = time.monotonic()
            threads = [
                threading.Thread(
                    target=_write,
                    args=(key, addresses[n:] + addresses[:n], lines, times),
                    kwargs={"pace": pace, "began": began + n * pace / len(writers)},
                )
                for n, key in enumerate(writers)
            ]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            sent, kept = lines * len(writers), Line.objects.filter(meeting=meeting).count() - before
            spent = [1000 * (b - a) / sent for a, b in zip(used, processor(site), strict=True)]
            middle, most = (round(1000 * at(times, share)) for share in (0.5, 0.95))
            say(f"{title}: {kept} of {sent} lines held; a save takes {middle} ms, p95 {most} ms;")
            say(f"  processor: {spent[0]:.1f} ms in the site, {spent[1]:.1f} ms in the database")
    keep("pages", "minutes")


def _write(
    session: str, addresses: list[str], lines: int, times: list[float], pace: float, began: float
) -> None:
    """Send lines over one connection; a time runs from the moment at which the line was due."""
    browser = Browser(session, PORT)
    for n in range(lines):
        due = began + n * pace if pace else time.monotonic()
        time.sleep(max(0.0, due - time.monotonic()))
        form = {"kind": "note", "side": "shared", "words": f"Line {n} of {session[:4]}."}
        status, _, _ = browser.ask(addresses[n % len(addresses)], form)
        times.append(time.monotonic() - due)
        if status != 302:
            raise SystemExit(f"A save answers {status}.")
    browser.close()


PARTS = {
    "pages": pages,
    "minutes": minutes,
}


if __name__ == "__main__":
    sys.exit(run_part("page_cost", PARTS))
