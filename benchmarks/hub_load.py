"""Load the site as it is served with fifty people at work, and ask what is hidden costs and tells.

python -m benchmarks.hub_load [--cases 100000 --entries 2000000 --people 50 --seconds 60]
python -m benchmarks.hub_load processor --home FOLDER [--role clinician --cases 12 --asked 2]
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

from benchmarks import hub_load_world as world
from benchmarks.harness import (
    Browser,
    at,
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
from tests.integration.wall import times_betray

# People at work: each asks the site for a page every few seconds, over a connection of their own.

Asked = tuple[str, str, dict[str, str]]  # page, address, what the form holds (empty: GET)


@dataclass
class Person:
    """Somebody signed in, and what they ask for, in turn."""

    session: str
    asks: Sequence[Asked]


@dataclass
class Times:
    """Seconds of every answer of one page, and how many were not what was asked for."""

    seconds: list[float] = field(default_factory=list)
    errors: int = 0
    bytes: int = 0

    def at(self, share: float) -> float:
        return at(self.seconds, share)

    def mean(self) -> float:
        return sum(self.seconds) / len(self.seconds) if self.seconds else float("nan")


def at_work(people: Sequence[Person], port: int, seconds: float, every: float) -> dict[str, Times]:
    """Everybody asks a page ``every`` so many seconds for ``seconds``; times by page.

    Whoever waits for an answer asks the next page at its appointed moment, or
    at once when that has passed: a slow site is not asked less because it is slow,
    and a time runs from the appointed moment.
    """
    found: dict[str, Times] = {}
    lock = threading.Lock()
    began = time.monotonic() + 0.5

    def one(person: Person, at: float) -> None:
        browser, chance = Browser(person.session, port), Random(person.session)
        turn = chance.randrange(len(person.asks))
        while at < began + seconds:
            time.sleep(max(0.0, at - time.monotonic()))
            page, address, form = person.asks[turn % len(person.asks)]
            try:
                status, content, _ = browser.ask(address, form or None)
            except (OSError, http.client.HTTPException):
                browser.close()
                status, content = 0, b""
            took = time.monotonic() - at
            with lock:
                times = found.setdefault(page, Times())
                times.seconds.append(took)
                times.errors += status != 200
                times.bytes += len(content)
            turn += 1
            at += every * chance.uniform(0.9, 1.1)
        browser.close()

    threads = [
        threading.Thread(target=one, args=(p, n / len(people) * every + began)) for n, p in enumerate(people)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


TARGET = 0.3  # seconds, 95 of 100
EVERY = 5.0
WARM_UP = 15.0
CASES_A_PERSON = 40


def measure_load() -> int:
    """The site under load: a hub of many cases, and fifty people who each ask a page every five seconds.

        python -m benchmarks.hub_load [--cases 100000 --entries 2000000 --people 50 --seconds 60]

    Builds the hub (or takes the one that ``--home`` keeps for the next run), starts the site as it is served,
    and prints a table; then whether the time of a page betrays rows that one may not see; then, without the
    least time that pages of cases take, the table with row security and with it taken off every table: what
    the wall costs. The target is 300 ms for the slowest twentieth of each page.
    """
    parser = options(measure_load)
    parser.add_argument("--cases", type=int, default=100_000)
    parser.add_argument("--entries", type=int, default=2_000_000)
    parser.add_argument("--people", type=int, default=50)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--port", type=int, default=8765)
    parser.add_argument("--home", type=Path, help="folder of the hub, kept and used again")
    parser.add_argument("--rounds", type=int, default=1, help="of hidden rows set aside; 0: leave out")
    parser.add_argument("--asked", type=int, default=4, help="how often each address is asked in a round")
    parser.add_argument("--no-ratio", action="store_true", help="leave out the run without row security")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="lamplighter-") as temporary, hub(asked.home or Path(temporary)):
        return _measure(asked)


def _measure(asked: argparse.Namespace) -> int:
    people = _hub(asked)
    counts = Counter(user.role for user in people)
    say(f"{len(people)} people: " + ", ".join(f"{n} {role}" for role, n in counts.items()))
    workers = [Person(session_of(user), _asks(user, number)) for number, user in enumerate(people)]
    queries = _queries(people[0], workers[0])
    with served(asked.port) as site:
        with_wall = _run(workers, asked, site, queries)
        keep("load", "pages")
        if asked.rounds:
            times_betray.measure_hidden(people, asked.port, asked.rounds, asked.asked)
            keep("load", "hidden")
    if not asked.no_ratio:
        _ratio(workers, asked, queries)
        keep("load", "ratio")
    return _verdict(with_wall)


def _ratio(workers: list[Person], asked: argparse.Namespace, queries: Mapping[str, int]) -> None:
    """Tell what the wall costs. An answer that waits for its time would cost the same with and without."""
    with served(asked.port, LAMPLIGHTER_ANSWERS_TAKE_AT_LEAST="0") as site:
        say("\nAnswers as soon as they are ready:")
        with_wall = _run(workers, asked, site, queries)
        with _no_wall() as tables:
            say(f"\nThe same with row security taken off {tables} tables:")
            without = _run(workers, asked, site, queries)
    say("\nWith row security to without, same pages, same people:")
    say(f"{'page':<14}{'mean':>8}{'p50':>8}{'p95':>8}")
    for page, times in with_wall.items():
        other = without[page]
        ratios = (times.mean() / other.mean(), *(times.at(s) / other.at(s) for s in (0.5, 0.95)))
        say(f"{page:<14}" + "".join(f"{r:>8.2f}" for r in ratios))


def _hub(asked: argparse.Namespace) -> list[Any]:
    """Return the people of a hub of this size, made unless the folder has it already."""
    from lamplighter.hub.site import places

    times_betray.back()
    # Not everybody with an account is at work: about seventy cases for each.
    accounts = asked.cases // 70
    note = places.home() / "hub_load.json"
    wanted = {"world": world.VERSION, "cases": asked.cases, "entries": asked.entries}
    if note.exists() and json.loads(note.read_text()) == wanted:
        say("the hub is the one of the run before")
        return world.people(asked.people, accounts)
    if note.exists():
        raise SystemExit(f"The hub in {places.home()} is another one: remove the folder, or give its size.")
    people = world.people(asked.people, accounts)
    say(f"{asked.cases:,} cases and {asked.entries:,} lines of history:")
    world.build(asked.cases, asked.entries)
    note.write_text(json.dumps(wanted))
    return people


def _asks(user: Any, number: int) -> list[Asked]:
    """Return what this person asks for in turn: the pages of their work, on cases that they may open."""
    from django.urls import reverse

    from lamplighter.hub.access.wall import identity
    from lamplighter.hub.cases.models import Case, Party

    chance = Random(number)
    with identity.as_person(user):
        newest = list(Case.objects.order_by("-opened_at").values_list("pk", "key")[: 20 * CASES_A_PERSON])
        some = chance.sample(newest, min(CASES_A_PERSON, len(newest)))
        names = dict(Party.objects.filter(case__in=[pk for pk, _ in some]).values_list("case_id", "name"))
    found: list[Asked] = []
    for turn, (pk, key) in enumerate(some):
        name = names[pk]
        # A whole name as often as only a surname.
        term = name if turn % 2 else name.split()[-1]
        found += [
            ("case list", reverse("cases:list") + ("?view=newest" if turn % 3 == 2 else ""), {}),
            ("case", reverse("cases:case", args=[key]), {}),
            ("timeline", reverse("cases:history", args=[key]), {}),
            ("search", reverse("cases:search"), {"term": term}),
            ("work list", "/work/", {}),
        ]
    return found


def _queries(user: Any, person: Person) -> dict[str, int]:
    """Return the statements of each page, counted in this process."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client, counts = client_of(user), dict[str, int]()
    # Twice: what is looked up once in a process is not of the page.
    for page, address, form in [*person.asks[:10], *person.asks[:10]]:
        with CaptureQueriesContext(connection) as caught:
            answer = client.post(address, form) if form else client.get(address)
        if answer.status_code != 200:
            raise SystemExit(f"{address} answers {answer.status_code}")
        counts[page] = len(caught)
    return counts


@contextmanager
def _no_wall() -> Iterator[int]:
    """Row security off on every table of the hub, and on again whatever happens."""
    from django.db import connection

    from lamplighter.hub.access.wall import sync
    from lamplighter.hub.access.wall.declared_tables import declared

    with connection.cursor() as cursor:
        cursor.execute("SELECT relname FROM pg_class WHERE relrowsecurity")
        tables = {row[0] for row in cursor.fetchall()} & {d.table for d in declared()}
        for table in tables:
            cursor.execute(f'ALTER TABLE "{table}" DISABLE ROW LEVEL SECURITY')
    try:
        yield len(tables)
    finally:
        sync.apply()


def _run(
    workers: list[Person], asked: argparse.Namespace, site: int, queries: Mapping[str, int]
) -> dict[str, Times]:
    at_work(workers, asked.port, WARM_UP, EVERY)
    before = processor(site)
    found = dict(sorted(at_work(workers, asked.port, asked.seconds, EVERY).items()))
    pages = sum(len(times.seconds) for times in found.values())
    # Unlike the times, this does not grow when others compute on the machine.
    shares = [1000 * (now - then) / pages for now, then in zip(processor(site), before, strict=True)]
    say(
        f"\nprocessor for each page: {shares[0]:.0f} ms in the site, {shares[1]:.0f} ms in the database;"
        f" {len(workers) / EVERY * sum(shares) / 1000:.2f} cores for {len(workers)} people"
    )
    heads = (("requests", 9), ("p50 ms", 9), ("p95 ms", 9), ("p99 ms", 9), ("errors", 8), ("queries", 9))
    lines = [f"{'page':<14}" + "".join(f"{text:>{wide}}" for text, wide in (*heads, ("kB", 7)))]
    for page, times in found.items():
        of = "".join(f"{1000 * times.at(share):>9.0f}" for share in (0.5, 0.95, 0.99))
        size = times.bytes / len(times.seconds) / 1000
        many = len(times.seconds)
        lines.append(f"{page:<14}{many:>9}{of}{times.errors:>8}{queries.get(page, 0):>9}{size:>7.0f}")
    say("\n" + "\n".join(lines))
    return found


def _verdict(found: Mapping[str, Times]) -> int:
    slow = [page for page, times in found.items() if times.at(0.95) >= TARGET]
    wrong = sum(times.errors for times in found.values())
    # Whoever else computes on this machine is in the times too.
    say(f"\n{len(os.sched_getaffinity(0))} cores, load average of 5 minutes {os.getloadavg()[1]:.1f}.")
    say(f"Target: 95 of 100 below {1000 * TARGET:.0f} ms on every page, no error.")
    say(f"Not met: {', '.join(slow)}; {wrong} errors" if slow or wrong else "Met.")
    return 1 if slow or wrong else 0


PARTS = {
    "load": measure_load,
    "processor": times_betray.measure_processor,
}
"""Each part by the word that asks for it; without a word, the first."""

if __name__ == "__main__":
    sys.exit(run_part("hub_load", PARTS))
