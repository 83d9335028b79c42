"""Ask whether the time of a page betrays rows that one may not see, and put every row back.

``python -m benchmarks.hub_load`` asks so of a hub of a hundred thousand cases, from outside; its part
``processor`` of the database's own process.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.harness import Browser, backend, client_of, hub, options, say, session_of

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
        """Tell whether the two can be told apart beyond chance."""
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


def measure_hidden(people: Sequence[Any], port: int, rounds: int, asked: int) -> None:
    """Ask and print the table: ``rounds`` of eight turns, each address ``asked`` times in each turn."""
    say("\nHidden rows there, and set aside: the same pages for the same person")
    for role in ROLES:
        user = next((p for p in people if p.role == role), None)
        if user is None:
            say(f"NOT MEASURED: nobody here is {role}")
            continue
        browser = Browser(session_of(user), port)

        def ask(subject: Subject, browser: Browser = browser) -> tuple[float, int]:
            began = time.perf_counter()
            status, content, _ = browser.ask(subject.address, subject.form or None)
            took = time.perf_counter() - began
            _hold(subject, status)
            return took, len(content)

        compare_for(user, ask, rounds, asked)
        browser.close()


def _hold(subject: Subject, status: int) -> None:
    if status != subject.status:
        raise SystemExit(f"{subject.page} answers {status} instead of {subject.status}")


def compare_for(user: Any, ask: Callable[[Subject], tuple[float, int]], rounds: int, asked: int) -> None:
    """Compare what the rows that one person may not see do to pages, and print it; any way to ask."""
    subjects, groups = _subjects(user)
    with _aside(groups) as (change, many):
        say(f"\n{user.role}: {many:,} rows that they may not see, set aside in turn")
        _ask_all(subjects, ask, rounds, asked, change)
    heads = f"{'page':<22}{'requests':>9}{'p50 there':>11}{'aside':>9}{'ratio':>7}"
    say(heads + f"{'difference, ms':>26}{'tells':>16}")
    for page in dict.fromkeys(s.page for s in subjects):
        of_page = [s for s in subjects if s.page == page]
        result = compare(user.role, page, [(s.there, s.aside) for s in of_page])
        say(result.line() + ("  <- seen" if result.seen else ""))
        if other := sum(len(s.sizes) > 1 for s in of_page):
            say(f"  {other} of {len(of_page)} addresses gave pages of another length")


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
    back(quietly=True)
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
        back(quietly=True)


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


def back(*, quietly: bool = False) -> None:
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
    if kept and not quietly:
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


def measure_processor() -> None:
    """What a page costs the database with hidden rows there, and with them set aside.

        python -m benchmarks.hub_load processor --home FOLDER [--role clinician --cases 12 --asked 2]

    As :func:`measure_hidden`, on a hub that ``--home`` has built, with the
    processor time of the database's own process in place of the time of an answer.
    It does not grow when others compute on the machine, so differences of a tenth
    of a millisecond are seen that nobody sees from outside. Linux only.
    """
    parser = options(measure_processor)
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument("--role", default="clinician")
    parser.add_argument("--cases", type=int, default=12, help="of each kind in each half")
    parser.add_argument("--asked", type=int, default=2)
    given = parser.parse_args()
    with hub(given.home, idle=True):
        from lamplighter.hub.accounts.models import User

        global CASES
        CASES = given.cases
        user = User.objects.filter(role=given.role).order_by("pk").first()
        if user is None:
            raise SystemExit(
                f"Nobody in the hub of {given.home} is {given.role}: give --role, or more --people."
            )
        client, spent = client_of(user), backend()

        def ask(subject: Subject) -> tuple[float, int]:
            began = spent()
            answer = (
                client.post(subject.address, subject.form) if subject.form else client.get(subject.address)
            )
            took = spent() - began
            _hold(subject, answer.status_code)
            return took, len(answer.content)

        compare_for(user, ask, 1, given.asked)
