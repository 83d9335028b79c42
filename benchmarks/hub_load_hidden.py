"""Whether the time of a page betrays rows that one may not see.

The same addresses are asked for by the same person while rows that the wall
hides from them are in the hub, and while they are set aside in tables of their
own; half of the cases have theirs when the other half have not, and the halves
change places again and again. So each case is compared with itself, and what
else the machine does falls on both alike. Afterwards every row is back.

- A case of one's own: what the other sides wrote on it (``case``, ``timeline``).
- A case that one may not open: the whole of it, so that "may not be opened" is
  compared with "does not exist" (``no case``, and the search for it by its
  reference and by a name in it).
- The list of cases: what the other sides must do first on cases of one's own,
  and what is due first on cases that one may not open.
"""

from __future__ import annotations

import http.client
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from functools import partial
from random import Random
from typing import Any
from urllib.parse import urlencode

from benchmarks import hub_load_people as driver
from benchmarks.hub_load_effect import Compared, compare

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


def measure(people: Sequence[Any], port: int, rounds: int, asked: int, say: Say) -> list[Compared]:
    """Ask and print the table: ``rounds`` of eight turns, each address ``asked`` times in each turn."""
    found: list[Compared] = []
    say("\nHidden rows there, and set aside: the same pages for the same person")
    for role in ROLES:
        user = next((p for p in people if p.role == role), None)
        if user is None:
            say(f"NOT MEASURED: nobody here is {role}")
            continue
        with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=60)) as connection:
            session = driver.session_of(user)
            ask = partial(_ask, connection, session, port)
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


def _ask(
    connection: http.client.HTTPConnection, session: str, port: int, subject: Subject
) -> tuple[float, int]:
    headers = {"Host": f"{driver.HOST}:{port}", "Cookie": f"session={session}; csrf={driver.SECRET}"}
    body = None
    if subject.form:
        headers["Content-Type"] = "application/x-www-form-urlencoded"
        body = urlencode(subject.form | {"csrfmiddlewaretoken": driver.SECRET})
    began = time.perf_counter()
    connection.request("POST" if body else "GET", subject.address, body=body, headers=headers)
    answer = connection.getresponse()
    size = len(answer.read())
    took = time.perf_counter() - began
    if answer.status != subject.status:
        raise SystemExit(f"{subject.page} answers {answer.status} instead of {subject.status}")
    return took, size
