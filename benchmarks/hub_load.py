"""Load the site as it is served with fifty people at work, and ask what is hidden costs and tells.

python -m benchmarks.hub_load [--cases 100000 --entries 2000000 --people 50 --seconds 60]
python -m benchmarks.hub_load processor --home FOLDER [--role clinician --cases 12 --asked 2]
"""

from __future__ import annotations

import argparse
import http.client
import json
import logging
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from inspect import getdoc
from pathlib import Path
from random import Random
from typing import Any
from urllib.parse import urlencode

import numpy as np
import psutil
from numpy.typing import NDArray

from benchmarks import hub_load_world as world
from benchmarks import run_part

# People at work: each asks the site for a page every few seconds, over a connection of their own.

HOST = "localhost"
SECRET = "b" * 32  # of the form's cookie; every person here is one browser
Asked = tuple[str, str, dict[str, str]]  # page, address, what the form holds (empty: GET)


@dataclass
class Person:
    """Somebody signed in, and what they ask for, in turn."""

    cookie: str
    asks: Sequence[Asked]


@dataclass
class Times:
    """Seconds of every answer of one page, and how many were not what was asked for."""

    seconds: list[float] = field(default_factory=list)
    errors: int = 0
    bytes: int = 0

    def at(self, share: float) -> float:
        ordered = sorted(self.seconds)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else float("nan")

    def mean(self) -> float:
        return sum(self.seconds) / len(self.seconds) if self.seconds else float("nan")


def session_of(user: Any) -> str:
    """A session like the one that signing in with a second factor leaves behind; gives its key."""
    from lamplighter.hub.accounts.sign_in.sessions import SessionStore

    session = SessionStore()
    now = int(time.time())
    session["_auth_user_id"] = str(user.pk)
    session["_auth_user_backend"] = "django.contrib.auth.backends.ModelBackend"
    session["_auth_user_hash"] = user.get_session_auth_hash()
    session["began_at"] = session["seen_at"] = now
    session["factor"] = "app"
    session.create()
    return str(session.session_key)


def at_work(people: Sequence[Person], port: int, seconds: float, every: float) -> dict[str, Times]:
    """Everybody asks a page ``every`` so many seconds for ``seconds``; times by page.

    Whoever waits for an answer asks the next page at its appointed moment, or
    at once when that has passed: a slow site is not asked less because it is slow,
    and a time runs from the appointed moment.
    """
    found: dict[str, Times] = {}
    lock = threading.Lock()
    began = time.monotonic() + 0.5
    threads = [
        threading.Thread(
            target=_one, args=(p, n / len(people) * every + began, began + seconds, every, port, found, lock)
        )
        for n, p in enumerate(people)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


def _one(
    person: Person,
    at: float,
    until: float,
    every: float,
    port: int,
    found: dict[str, Times],
    lock: threading.Lock,
) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    chance = Random(person.cookie)
    turn = chance.randrange(len(person.asks))
    while at < until:
        time.sleep(max(0.0, at - time.monotonic()))
        page, address, form = person.asks[turn % len(person.asks)]
        right, size = _ask(connection, person.cookie, address, form, port)
        took = time.monotonic() - at
        with lock:
            times = found.setdefault(page, Times())
            times.seconds.append(took)
            times.errors += not right
            times.bytes += size
        turn += 1
        at += every * chance.uniform(0.9, 1.1)
    connection.close()


def _ask(
    connection: http.client.HTTPConnection, cookie: str, address: str, form: dict[str, str], port: int
) -> tuple[bool, int]:
    headers = {"Host": f"{HOST}:{port}", "Cookie": f"session={cookie}; csrf={SECRET}"}
    body = None
    if form:
        headers["Content-Type"] = "application/x-www-form-urlencoded"
        body = urlencode(form | {"csrfmiddlewaretoken": SECRET})
    try:
        connection.request("POST" if form else "GET", address, body=body, headers=headers)
        answer = connection.getresponse()
        return answer.status == 200, len(answer.read())
    except (OSError, http.client.HTTPException):
        connection.close()  # the next request opens another
        return False, 0


# How far apart two sets of times are, and whether one time tells which set it is of.

DRAWS = 2000
# Two-sided 1 in 100: about a dozen pages are compared at once.
SURE = 2.576
Seconds = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Compared:
    """One page with hidden rows there and set aside. Times in seconds.

    ``tells`` is the chance that a time with the rows there is longer than one
    without, the usual time of the page taken off (0.5: it tells nothing);
    ``margin`` is the half width of what chance alone gives, 99 of 100 times.
    ``low`` and ``high`` hold the difference of the medians, 99 of 100 times.
    """

    role: str
    page: str
    requests: int
    there: float
    aside: float
    difference: float
    low: float
    high: float
    tells: float
    margin: float

    @property
    def seen(self) -> bool:
        """Whether the two can be told apart beyond chance."""
        return abs(self.tells - 0.5) > self.margin

    def line(self) -> str:
        apart = f"{1000 * self.difference:+.2f} ({1000 * self.low:+.2f} to {1000 * self.high:+.2f})"
        return (
            f"{self.page:<22}{self.requests:>9}{1000 * self.there:>11.2f}{1000 * self.aside:>9.2f}"
            f"{self.there / self.aside:>7.3f}{apart:>26}{f'{self.tells:.3f} ± {self.margin:.3f}':>16}"
        )


def compare(role: str, page: str, subjects: Sequence[tuple[Sequence[float], Sequence[float]]]) -> Compared:
    """``subjects``: for each address its times with the rows there and with the rows set aside.

    Raises ``ValueError`` when one of the two was never asked for.
    """
    there = np.concatenate([np.asarray(a, float) for a, _ in subjects])
    aside = np.concatenate([np.asarray(b, float) for _, b in subjects])
    if not len(there) or not len(aside):
        raise ValueError(f"{page}: nothing to compare with")
    # One case is longer than another: what is left is how an address differs from itself.
    usual = [float(np.median(np.concatenate([a, b]))) for a, b in subjects]
    with_rows = np.concatenate([np.asarray(a, float) - u for (a, _), u in zip(subjects, usual, strict=True)])
    without = np.concatenate([np.asarray(b, float) - u for (_, b), u in zip(subjects, usual, strict=True)])
    chance = np.random.default_rng(20261124)
    drawn = _medians(with_rows, chance) - _medians(without, chance)
    low, high = np.quantile(drawn, (0.005, 0.995))
    many = len(with_rows), len(without)
    return Compared(
        role,
        page,
        sum(many),
        float(np.median(there)),
        float(np.median(aside)),
        float(np.median(with_rows) - np.median(without)),
        float(low),
        float(high),
        longer(with_rows, without),
        SURE * float(np.sqrt((sum(many) + 1) / (12.0 * many[0] * many[1]))),
    )


def longer(some: Seconds, others: Seconds) -> float:
    """The chance that one of ``some`` is longer than one of ``others``; equal ones count half."""
    ordered = np.sort(others)
    below = np.searchsorted(ordered, some, "left")
    up_to = np.searchsorted(ordered, some, "right")
    return float((below + up_to).sum() / (2.0 * len(some) * len(others)))


def _medians(times: Seconds, chance: np.random.Generator) -> Seconds:
    """Medians of as many draws with return."""
    found: Seconds = np.median(chance.choice(times, size=(DRAWS, len(times))), axis=1)
    return found


# Whether the time of a page betrays rows that one may not see.
#
# The same addresses are asked for by the same person while rows that the wall
# hides from them are in the hub, and while they are set aside in tables of their
# own; half of the cases have theirs when the other half have not, and the halves
# change places again and again. So each case is compared with itself, and what
# else the machine does falls on both alike. Afterwards every row is back.
#
# - A case of one's own: what the other sides wrote on it (``case``, ``timeline``).
# - A case that one may not open: the whole of it, so that "may not be opened" is
#   compared with "does not exist" (``no case``, and the search for it by its
#   reference and by a name in it).
# - The list of cases: what the other sides must do first on cases of one's own,
#   and what is due first on cases that one may not open.

ROLES = ("clinician", "advocate")
CASES = 12  # of each kind in each half
FIRST_DUE = 100  # clocks at the head of the hub's list
# When the rows of each group are there, turn by turn: half of the turns, none always the later one, and each
# pair of groups together as often as apart. The first two are the halves of the cases.
TURNS = (
    (0, 1, 1, 0, 0, 1, 1, 0),
    (1, 0, 0, 1, 1, 0, 0, 1),
    (0, 0, 1, 1, 1, 1, 0, 0),
    (0, 1, 0, 1, 1, 0, 1, 0),
)
OWN_CASES, OTHER_CASES = 2, 3
Say = Callable[[str], None]
Ids = dict[str, list[int]]  # table -> primary keys


@dataclass
class Subject:
    """Something to ask for, and the group of its hidden rows."""

    page: str
    address: str
    form: dict[str, str]
    group: int
    status: int = 200
    there: list[float] = field(default_factory=list)
    aside: list[float] = field(default_factory=list)
    sizes: set[int] = field(default_factory=set)


def measure_hidden(people: Sequence[Any], port: int, rounds: int, asked: int, say: Say) -> list[Compared]:
    """Ask and print the table: ``rounds`` of eight turns, each address ``asked`` times in each turn."""
    found: list[Compared] = []
    say("\nHidden rows there, and set aside: the same pages for the same person")
    for role in ROLES:
        user = next((p for p in people if p.role == role), None)
        if user is None:
            say(f"NOT MEASURED: nobody here is {role}")
            continue
        with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=60)) as connection:
            session = session_of(user)
            ask = partial(_ask_hidden, connection, session, port)
            found += compare_for(user, ask, rounds, asked, say)
    return found


def compare_for(
    user: Any, ask: Callable[[Subject], tuple[float, int]], rounds: int, asked: int, say: Say
) -> list[Compared]:
    """The same for one person and any way to ask."""
    subjects, groups = _subjects(user)
    with _aside(groups) as (change, many):
        say(f"\n{user.role}: {many:,} rows that they may not see, set aside in turn")
        _ask_all(subjects, ask, rounds, asked, change)
    return _report(user.role, subjects, say)


def _report(role: str, subjects: list[Subject], say: Say) -> list[Compared]:
    say(
        f"{'page':<22}{'requests':>9}{'p50 there':>11}{'aside':>9}{'ratio':>7}"
        f"{'difference, ms':>26}{'tells':>16}"
    )
    found = []
    for page in dict.fromkeys(s.page for s in subjects):
        of_page = [s for s in subjects if s.page == page]
        result = compare(role, page, [(s.there, s.aside) for s in of_page])
        found.append(result)
        say(result.line() + ("  <- seen" if result.seen else ""))
        if other := sum(len(s.sizes) > 1 for s in of_page):
            say(f"  {other} of {len(of_page)} addresses gave pages of another length")
    return found


def _subjects(user: Any) -> tuple[list[Subject], list[Ids]]:
    """What is asked for, and for each group the rows that this person may not see."""
    from django.urls import reverse

    from lamplighter.hub.access.wall import identity
    from lamplighter.hub.cases.models import Case, Entry, Party
    from lamplighter.hub.clocks.models import Clock

    chance = Random(user.pk)
    several = 40 * CASES
    everything = list(Case.objects.order_by("pk").values_list("pk", flat=True))
    drawn = chance.sample(everything, min(several, len(everything)))
    with identity.as_person(user):
        own = set(Case.objects.filter(pk__in=drawn).values_list("pk", flat=True))
    closed = [pk for pk in drawn if pk not in own][: 2 * CASES]
    # Those on which the others wrote most: if the time tells of anything, then of these.
    lines: dict[int, int] = dict.fromkeys(own, 0)
    for pk in Entry.objects.filter(case__in=own).values_list("case_id", flat=True):
        lines[pk] += 1
    with identity.as_person(user):
        for pk in Entry.objects.filter(case__in=own).values_list("case_id", flat=True):
            lines[pk] -= 1
    own_most = sorted(lines, key=lambda pk: (-lines[pk], pk))[: 2 * CASES]

    cases = Case.objects.in_bulk([*own_most, *closed])
    names = dict(Party.objects.filter(case__in=closed, side="victim").values_list("case_id", "name"))
    subjects: list[Subject] = []
    for place, pk in enumerate(own_most):
        key = cases[pk].key
        subjects += [
            Subject("case", reverse("cases:case", args=[key]), {}, place % 2),
            Subject("timeline", reverse("cases:history", args=[key]), {}, place % 2),
        ]
    search = reverse("cases:search")
    for place, pk in enumerate(closed):
        subjects += [
            Subject("no case", reverse("cases:case", args=[cases[pk].key]), {}, place % 2, 404),
            Subject("search: reference", search, {"term": cases[pk].reference}, place % 2),
            Subject("search: name", search, {"term": names[pk]}, place % 2),
        ]
    here = reverse("cases:list")
    subjects += [Subject("case list: own", here, {}, OWN_CASES) for _ in range(CASES)]
    subjects += [Subject("case list: others", here, {}, OTHER_CASES) for _ in range(CASES)]

    groups: list[Ids] = [_hidden(user, own_most[half::2]) for half in (0, 1)]
    for half in (0, 1):
        for table, ids in _whole(closed[half::2]).items():
            groups[half].setdefault(table, []).extend(ids)
    table = Clock._meta.db_table
    taken = {pk for ids in groups for pk in ids.get(table, [])}
    return subjects, [*groups, *({table: ids} for ids in _first_due(user, taken))]


def _first_due(user: Any, taken: set[int]) -> tuple[list[int], list[int]]:
    """Clocks that one does not see, the first due: on cases that one may open, and on others."""
    from lamplighter.hub.access.wall import identity
    from lamplighter.hub.cases.models import Case
    from lamplighter.hub.clocks.models import Clock

    running = Clock.objects.filter(state=Clock.State.RUNNING).order_by("due_at", "pk")
    first = list(running.values_list("pk", "case_id")[: 30 * FIRST_DUE])
    with identity.as_person(user):
        seen = set(Clock.objects.filter(pk__in=[pk for pk, _ in first]).values_list("pk", flat=True))
        own = set(Case.objects.filter(pk__in={case for _, case in first}).values_list("pk", flat=True))
    hidden = [(pk, case in own) for pk, case in first if pk not in seen and pk not in taken]
    of_own, of_others = ([pk for pk, is_own in hidden if is_own is wanted] for wanted in (True, False))
    return of_own[:FIRST_DUE], of_others[:FIRST_DUE]


def _models() -> list[Any]:
    """Every model of rows on a case."""
    from lamplighter.hub.access.models import CaseRow
    from lamplighter.hub.access.wall.declared_tables import declared

    return [d.model for d in declared() if issubclass(d.model, CaseRow)]


def _hidden(user: Any, cases: Sequence[int]) -> Ids:
    """The rows on these cases that the wall hides from this person, table by table."""
    from lamplighter.hub.access.wall import identity

    found: Ids = {}
    for model in _models():
        rows = model._default_manager.filter(case__in=cases)
        with identity.as_person(user):
            seen = set(rows.values_list("pk", flat=True))
        if ids := [pk for pk in rows.values_list("pk", flat=True) if pk not in seen]:
            found[model._meta.db_table] = ids
    return found


def _whole(cases: Sequence[int]) -> Ids:
    from lamplighter.hub.cases.models import Case

    found = {Case._meta.db_table: list(cases)}
    for model in _models():
        if ids := list(model._default_manager.filter(case__in=cases).values_list("pk", flat=True)):
            found[model._meta.db_table] = ids
    return found


@contextmanager
def _aside(groups: list[Ids]) -> Iterator[tuple[Callable[[Sequence[int]], None], int]]:
    """Gives ``change(there)``: from then on the rows of those groups are there, and the others set aside.

    At the end every row is there, also those that an interrupted run left aside.
    """
    from django.db import connection, transaction

    held = [(group, table) for group, ids in enumerate(groups) for table in sorted(ids)]
    back(say=lambda _: None)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("CREATE SCHEMA bench_aside")
        for group, table in held:
            rows = f'SELECT * FROM "{table}" WHERE id = ANY(%s)'
            cursor.execute(f'CREATE TABLE bench_aside."{table}.{group}" AS {rows}', [groups[group][table]])

    def change(there: Sequence[int]) -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL session_replication_role = replica")
            for group, table in held:
                if group in there:
                    _put(cursor, table, group)
                else:
                    kept = f'bench_aside."{table}.{group}"'
                    cursor.execute(f'DELETE FROM "{table}" t USING {kept} a WHERE a.id = t.id')
        _sweep(sorted({table for _, table in held}))

    try:
        yield change, sum(len(ids) for group in groups for ids in group.values())
    finally:
        back(say=lambda _: None)


def _sweep(tables: list[str]) -> None:
    """Nobody is to pay for the traces of rows that have gone. Not within a transaction."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("VACUUM (INDEX_CLEANUP ON) " + ", ".join(f'"{table}"' for table in tables))


def _put(cursor: Any, table: str, group: int) -> None:
    cursor.execute(
        f'INSERT INTO "{table}" SELECT a.* FROM bench_aside."{table}.{group}" a'
        f' WHERE NOT EXISTS (SELECT 1 FROM "{table}" t WHERE t.id = a.id)'
    )


def back(say: Say) -> None:
    """Put back whatever a run has set aside."""
    from django.db import connection, transaction

    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'bench_aside'")
        kept = [row[0] for row in cursor.fetchall()]
        for name in kept:
            table, group = name.rsplit(".", 1)
            _put(cursor, table, int(group))
        cursor.execute("DROP SCHEMA IF EXISTS bench_aside CASCADE")
    if kept:
        say("rows that a run had set aside are back")


def _ask_all(
    subjects: list[Subject],
    ask: Callable[[Subject], tuple[float, int]],
    rounds: int,
    asked: int,
    change: Callable[[Sequence[int]], None],
) -> None:
    """One after the other, in another order every time; ``ask`` gives seconds and the size of the page."""
    chance = Random(20261124)
    for turn in [*range(len(TURNS[0]))] * rounds:
        there = [group for group, turns in enumerate(TURNS) if turns[turn]]
        change(there)
        for counted in [False] + [True] * asked:
            for subject in chance.sample(subjects, len(subjects)):
                took, size = ask(subject)
                subject.sizes.add(size)
                if counted:
                    (subject.there if subject.group in there else subject.aside).append(took)


def _ask_hidden(
    connection: http.client.HTTPConnection, session: str, port: int, subject: Subject
) -> tuple[float, int]:
    headers = {"Host": f"{HOST}:{port}", "Cookie": f"session={session}; csrf={SECRET}"}
    body = None
    if subject.form:
        headers["Content-Type"] = "application/x-www-form-urlencoded"
        body = urlencode(subject.form | {"csrfmiddlewaretoken": SECRET})
    began = time.perf_counter()
    connection.request("POST" if body else "GET", subject.address, body=body, headers=headers)
    answer = connection.getresponse()
    size = len(answer.read())
    took = time.perf_counter() - began
    if answer.status != subject.status:
        raise SystemExit(f"{subject.page} answers {answer.status} instead of {subject.status}")
    return took, size


def measure_processor() -> int:
    """What a page costs the database with hidden rows there, and with them set aside.

        python -m benchmarks.hub_load processor --home FOLDER [--role clinician --cases 12 --asked 2]

    As :func:`measure_hidden`, on a hub that ``--home`` has built, with the
    processor time of the database's own process in place of the time of an answer.
    It does not grow when others compute on the machine, so differences of a tenth
    of a millisecond are seen that nobody sees from outside. Linux only.
    """
    parser = argparse.ArgumentParser(
        description=getdoc(measure_processor), formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument("--role", default="clinician")
    parser.add_argument("--cases", type=int, default=12, help="of each kind in each half")
    parser.add_argument("--asked", type=int, default=2)
    options = parser.parse_args()
    os.environ["LAMPLIGHTER_HOME"] = str(options.home.resolve())
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lamplighter.hub.site.settings")
    os.environ |= {"LAMPLIGHTER_LOG_LEVEL": "ERROR", "LAMPLIGHTER_HTTPS": "0"}
    import django

    django.setup()
    # Pages that are not there are asked for on purpose.
    logging.getLogger("django.request").setLevel(logging.CRITICAL)
    from lamplighter.hub.site import database

    try:
        _measure_processor(options.role, options.cases, options.asked)
    finally:
        database.stop(only_if_idle=True)
    return 0


def _measure_processor(role: str, cases: int, asked: int) -> None:
    from django.db import connection
    from django.test import Client

    from lamplighter.hub.accounts.models import User

    global CASES
    CASES = cases
    user = User.objects.filter(role=role).order_by("pk").first()
    client = Client(headers={"host": "localhost"})
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    session = client.session
    session["factor"] = "app"
    session.save()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        used = Path(f"/proc/{cursor.fetchone()[0]}/schedstat")

    def processor() -> float:
        return int(used.read_text().split()[0]) / 1e9

    def ask(subject: Subject) -> tuple[float, int]:
        began = processor()
        answer = client.post(subject.address, subject.form) if subject.form else client.get(subject.address)
        took = processor() - began
        if answer.status_code != subject.status:
            raise SystemExit(f"{subject.page} answers {answer.status_code} instead of {subject.status}")
        return took, len(answer.content)

    compare_for(user, ask, 1, asked, _say)


TARGET = 0.3  # seconds, 95 of 100
EVERY = 5.0
WARM_UP = 15.0
CASES_A_PERSON = 40


def measure_load() -> int:
    """The site under load: a hub of many cases, and fifty people who each ask a page every five seconds.

        python -m benchmarks.hub_load [--cases 100000 --entries 2000000 --people 50 --seconds 60]

    Builds the hub (or takes the one that ``--home`` keeps), starts the site as it is
    served, and prints a table. Then whether the time of a page betrays rows that
    one may not see. Then, without the least time that pages of cases take, the
    table again with row security and with it taken off every table, and the ratio:
    what the wall costs. The target is 300 ms for the slowest twentieth of each
    page. With ``--home`` the hub stays for the next run.
    """
    parser = argparse.ArgumentParser(
        description=getdoc(measure_load), formatter_class=argparse.RawDescriptionHelpFormatter
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
    workers = [Person(session_of(user), _asks(user, number)) for number, user in enumerate(people)]
    queries = _queries(people[0], workers[0])
    with served(options.port) as site:
        with_wall = _run(workers, options, site)
        _table(with_wall, queries)
        if options.rounds:
            measure_hidden(people, options.port, options.rounds, options.asked, _say)
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
    back(_say)
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


def _asks(user: Any, number: int) -> list[Asked]:
    """What this person asks for in turn: the pages of their work, on cases that they may open."""
    from django.urls import reverse

    from lamplighter.hub.access.wall import identity
    from lamplighter.hub.cases.models import Case, Party

    chance = Random(number)
    with identity.as_person(user):
        newest = list(Case.objects.order_by("-opened_at").values_list("pk", "key")[: 20 * CASES_A_PERSON])
        some = chance.sample(newest, min(CASES_A_PERSON, len(newest)))
        names = dict(Party.objects.filter(case__in=[pk for pk, _ in some]).values_list("case_id", "name"))
    found: list[Asked] = []
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
    at_work(workers, options.port, WARM_UP, EVERY)
    before = _processor(site)
    found = at_work(workers, options.port, options.seconds, EVERY)
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


PARTS = {
    "load": measure_load,
    "processor": measure_processor,
}
"""Each part by the word that asks for it; without a word, the first."""

if __name__ == "__main__":
    sys.exit(run_part("hub_load", PARTS))
