"""The site under load: a hub of many cases, and fifty people who each ask a page every five seconds.

    python -m benchmarks.hub_load [--cases 100000 --entries 2000000 --people 50 --seconds 60]

Builds the hub (or takes the one that ``--home`` keeps), starts the site as it is
served, and prints a table. Then whether the time of a page betrays rows that
one may not see. Then, without the least time that pages of cases take, the
table again with row security and with it taken off every table, and the ratio:
what the wall costs. The target is 300 ms for the slowest twentieth of each
page. With ``--home`` the hub stays for the next run.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from random import Random
from typing import Any

import psutil

from benchmarks import hub_load_hidden as hidden
from benchmarks import hub_load_people as driver
from benchmarks import hub_load_world as world
from benchmarks.hub_load_people import Person, Times

TARGET = 0.3  # seconds, 95 of 100
EVERY = 5.0
WARM_UP = 15.0
CASES_A_PERSON = 40


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--cases", type=int, default=100_000)
    parser.add_argument("--entries", type=int, default=2_000_000)
    parser.add_argument("--people", type=int, default=50)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--port", type=int, default=8765)
    parser.add_argument("--home", type=Path, help="folder of the hub, kept and used again")
    parser.add_argument("--rounds", type=int, default=1, help="of hidden rows set aside; 0: leave out")
    parser.add_argument("--asked", type=int, default=4, help="how often each address is asked in a round")
    parser.add_argument("--no-ratio", action="store_true", help="leave out the run without row security")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="lamplighter-") as temporary:
        os.environ["LAMPLIGHTER_HOME"] = str((options.home or Path(temporary)).resolve())
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lamplighter.hub.site.settings")
        os.environ |= {"LAMPLIGHTER_LOG_LEVEL": "ERROR", "LAMPLIGHTER_HTTPS": "0"}
        import django

        django.setup()
        from lamplighter.hub.site import database

        try:
            return _measure(options)
        finally:
            database.stop()


def _measure(options: argparse.Namespace) -> int:
    people = _hub(options)
    _say(f"{len(people)} people: {_counted(u.role for u in people)}")
    workers = [Person(driver.session_of(user), _asks(user, number)) for number, user in enumerate(people)]
    queries = _queries(people[0], workers[0])
    with served(options.port) as site:
        with_wall = _run(workers, options, site)
        _table(with_wall, queries)
        if options.rounds:
            hidden.measure(people, options.port, options.rounds, options.asked, _say)
    if not options.no_ratio:
        _ratio(workers, options, queries)
    return _verdict(with_wall)


def _ratio(workers: list[Person], options: argparse.Namespace, queries: dict[str, int]) -> None:
    """What the wall costs. An answer that waits for its time would cost the same with and without."""
    with served(options.port, LAMPLIGHTER_ANSWERS_TAKE_AT_LEAST="0") as site:
        _say("\nAnswers as soon as they are ready:")
        with_wall = _run(workers, options, site)
        _table(with_wall, queries)
        with _no_wall() as tables:
            _say(f"\nThe same with row security taken off {tables} tables:")
            without = _run(workers, options, site)
            _table(without, queries)
    _say("\nWith row security to without, same pages, same people:")
    _say(f"{'page':<14}{'mean':>8}{'p50':>8}{'p95':>8}")
    for page, times in with_wall.items():
        other = without[page]
        ratios = (times.mean() / other.mean(), *(times.at(s) / other.at(s) for s in (0.5, 0.95)))
        _say(f"{page:<14}" + "".join(f"{r:>8.2f}" for r in ratios))


def _hub(options: argparse.Namespace) -> list[Any]:
    """The people of a hub of this size, made unless the folder has it already."""
    from django.core.management import call_command

    from lamplighter.hub.site import places

    call_command("migrate", verbosity=0)
    hidden.back(_say)
    # Not everybody with an account is at work: about seventy cases for each.
    accounts = options.cases // 70
    note = places.home() / "hub_load.json"
    wanted = {"world": world.VERSION, "cases": options.cases, "entries": options.entries}
    if note.exists() and json.loads(note.read_text()) == wanted:
        _say("the hub is the one of the run before")
        return world.people(options.people, accounts)
    if note.exists():
        raise SystemExit(f"The hub in {places.home()} is another one: remove the folder, or give its size.")
    people = world.people(options.people, accounts)
    _say(f"{options.cases:,} cases and {options.entries:,} lines of history:")
    world.build(options.cases, options.entries, _say)
    note.write_text(json.dumps(wanted))
    return people


def _asks(user: Any, number: int) -> list[driver.Asked]:
    """What this person asks for in turn: the pages of their work, on cases that they may open."""
    from django.urls import reverse

    from lamplighter.hub.access.wall import identity
    from lamplighter.hub.cases.models import Case, Party

    chance = Random(number)
    with identity.as_person(user):
        newest = list(Case.objects.order_by("-opened_at").values_list("pk", "key")[: 20 * CASES_A_PERSON])
        some = chance.sample(newest, min(CASES_A_PERSON, len(newest)))
        names = dict(Party.objects.filter(case__in=[pk for pk, _ in some]).values_list("case_id", "name"))
    found: list[driver.Asked] = []
    work = _work_list()
    for turn, (pk, key) in enumerate(some):
        name = names[pk]
        # A whole name as often as only a surname.
        term = name if turn % 2 else name.split()[-1]
        found += [
            ("case list", reverse("cases:list") + ("?view=newest" if turn % 3 == 2 else ""), {}),
            ("case", reverse("cases:case", args=[key]), {}),
            ("timeline", reverse("cases:history", args=[key]), {}),
            ("search", reverse("cases:search"), {"term": term}),
        ]
        if work:
            found.append(("work list", work, {}))
    return found


def _work_list() -> str:
    from django.urls import Resolver404, resolve

    for address in ("/work", "/work/"):
        try:
            resolve(address)
        except Resolver404:
            continue
        return address
    if not getattr(_work_list, "told", False):
        _work_list.told = True  # type: ignore[attr-defined]  # said once
        _say("NOT MEASURED: this version has no work list at /work")
    return ""


def _queries(user: Any, person: Person) -> dict[str, int]:
    """Statements of each page, counted in this process."""
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    client = Client(headers={"host": "localhost"})
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    session = client.session
    session["factor"] = "app"
    session.save()
    counts: dict[str, int] = {}
    # Twice: what is looked up once in a process is not of the page.
    for page, address, form in [*person.asks[:10], *person.asks[:10]]:
        with CaptureQueriesContext(connection) as caught:
            answer = client.post(address, form) if form else client.get(address)
        if answer.status_code != 200:
            raise SystemExit(f"{address} answers {answer.status_code}")
        counts[page] = len(caught)
    return counts


@contextmanager
def served(port: int, **different: str) -> Iterator[int]:
    """The site as it is served; gives the number of its process."""
    from lamplighter.hub.site import places, processes

    environment = os.environ | {"LAMPLIGHTER_DATABASE_LOGIN": "app"} | different
    # Pages that are not there are asked for on purpose; what the site says of them is kept for whoever looks.
    with (places.home() / "hub_load_site.log").open("wb") as log:
        process = subprocess.Popen(processes.site("127.0.0.1", port), env=environment, stderr=log)
        try:
            # On a busy machine; how long it takes to start is not measured.
            processes.wait_until_live(port, [process], 240.0)
            yield process.pid
        finally:
            process.terminate()
            process.wait(timeout=30)


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


def _run(workers: list[Person], options: argparse.Namespace, site: int) -> dict[str, Times]:
    driver.at_work(workers, options.port, WARM_UP, EVERY)
    before = _processor(site)
    found = driver.at_work(workers, options.port, options.seconds, EVERY)
    asked = sum(len(times.seconds) for times in found.values())
    # Unlike the times, this does not grow when others compute on the machine.
    shares = [1000 * (now - then) / asked for now, then in zip(_processor(site), before, strict=True)]
    _say(
        f"\nprocessor for each page: {shares[0]:.0f} ms in the site, {shares[1]:.0f} ms in the database;"
        f" {len(workers) / EVERY * sum(shares) / 1000:.2f} cores for {len(workers)} people"
    )
    return dict(sorted(found.items()))


def _processor(site: int) -> tuple[float, float]:
    """Seconds of processor that the site and the database have used, with those of their children."""
    from lamplighter.hub.site import database
    from lamplighter.hub.site.embedded import postmaster as postmaster_of

    postmaster = postmaster_of(database.data_folder())
    if postmaster is None:
        raise SystemExit("The load benchmark needs the embedded server: unset DATABASE_URL.")

    def used(root: psutil.Process) -> float:
        ended = root.cpu_times()
        total = ended.children_user + ended.children_system
        for process in [root, *root.children(recursive=True)]:
            with suppress(psutil.Error):
                times = process.cpu_times()
                total += times.user + times.system
        return total

    return used(psutil.Process(site)), used(postmaster)


def _table(found: dict[str, Times], queries: dict[str, int]) -> None:
    heads = (("requests", 9), ("p50 ms", 9), ("p95 ms", 9), ("p99 ms", 9), ("errors", 8), ("queries", 9))
    _say(f"\n{'page':<14}" + "".join(f"{text:>{wide}}" for text, wide in (*heads, ("kB", 7))))
    for page, times in found.items():
        of = "".join(f"{1000 * times.at(share):>9.0f}" for share in (0.5, 0.95, 0.99))
        size = times.bytes / len(times.seconds) / 1000
        _say(f"{page:<14}{len(times.seconds):>9}{of}{times.errors:>8}{queries.get(page, 0):>9}{size:>7.0f}")


def _verdict(found: dict[str, Times]) -> int:
    slow = [page for page, times in found.items() if times.at(0.95) >= TARGET]
    wrong = sum(times.errors for times in found.values())
    cores, busy = len(os.sched_getaffinity(0)), os.getloadavg()[1]
    # Whoever else computes on this machine is in the times too.
    _say(f"\n{cores} cores, load average of 5 minutes {busy:.1f}.")
    _say(f"Target: 95 of 100 below {1000 * TARGET:.0f} ms on every page, no error.")
    _say(f"Not met: {', '.join(slow)}; {wrong} errors" if slow or wrong else "Met.")
    return 1 if slow or wrong else 0


def _counted(values: Iterator[str]) -> str:
    counts: dict[str, int] = {}
    for value in values:
        counts[value] = counts.get(value, 0) + 1
    return ", ".join(f"{n} {value}" for value, n in counts.items())


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
