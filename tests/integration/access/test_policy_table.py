"""What the database returns is what the written rules say: for random people, cases, rows and histories.

``may_read`` and ``may_add`` say the rules again, in plain Python, from the
sentences in ``access/wall/partitions.py``; they share no code with what makes the SQL.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from lamplighter.hub.access.models import BreakGlass, Exclusion, owned
from lamplighter.hub.access.wall import identity
from lamplighter.hub.accounts.models import Role, User
from lamplighter.hub.cases.models import Case, Entry, Participation
from tests.integration.access import making

pytestmark = pytest.mark.django_db

AGENCIES = sorted(making.KINDS)
PARTITIONS = ["shared", "police", "health", "advocacy", "warning", "vault"]
# What emergency access opens: of "health" one area is what probation wrote.
AREAS = ["shared", "police", "health", "probation", "advocacy", "vault"]
CASEWORK = {"coordinator", "investigator", "stalking_lead", "probation", "clinician", "advocate"}
EXAMPLES = 60
checked = {"reads": 0, "adds": 0}


@dataclass(frozen=True)
class Row:
    case: int
    partition: str
    owner: str


@dataclass(frozen=True)
class Glass:
    person: int
    case: int
    partition: str
    open: bool


@dataclass
class World:
    """``people``: (role, agency, active); ``on``: agencies of each case; ``left``: those that were."""

    people: list[tuple[str, str, bool]]
    on: list[set[str]]
    left: list[set[str]]
    rows: list[Row]
    excluded: set[tuple[int, int]] = field(default_factory=set)
    glasses: list[Glass] = field(default_factory=list)


@st.composite
def worlds(draw: st.DrawFn) -> World:
    people = draw(
        st.lists(
            st.tuples(
                st.sampled_from([r.value for r in Role]),
                st.sampled_from(AGENCIES),
                st.integers(0, 9).map(bool),
            ),
            min_size=8,
            max_size=10,
        )
    )
    cases = range(draw(st.integers(2, 3)))
    sets = st.sets(st.sampled_from(AGENCIES), max_size=4)
    on = [draw(sets) for _ in cases]
    one_case = st.sampled_from(cases)
    rows = draw(
        st.lists(
            st.builds(Row, one_case, st.sampled_from(PARTITIONS), st.sampled_from(AGENCIES)),
            min_size=20,
            max_size=28,
        )
    )
    persons = st.integers(0, len(people) - 1)
    return World(
        people,
        on,
        [draw(sets) - agencies for agencies in on],
        rows,
        draw(st.sets(st.tuples(persons, one_case), max_size=3)),
        draw(
            st.lists(st.builds(Glass, persons, one_case, st.sampled_from(AREAS), st.booleans()), max_size=5)
        ),
    )


def is_reader(role: str, agency: str, partition: str, owner: str | None) -> bool:
    kind = making.KINDS[agency]
    if partition == "shared":
        return role in CASEWORK
    if partition == "police":
        return role in {"investigator", "stalking_lead", "coordinator"} and kind == "police"
    if partition == "health":
        own = role == "probation" and kind == "probation" and owner == agency
        return (role == "clinician" and kind == "health") or own
    if partition == "advocacy":
        return role == "advocate" and kind == "advocacy"
    police = role in {"investigator", "stalking_lead"} and kind == "police"
    warned = partition == "warning" and role == "coordinator"
    return police or (role == "advocate" and kind == "advocacy") or warned


def works_on(world: World, person: int, case: int, partition: str, owner: str) -> bool:
    role, agency, active = world.people[person]
    if not active or (person, case) in world.excluded:
        return False
    if partition in {"shared", "warning"} and role == "coordinator":
        return True
    return agency in world.on[case] and is_reader(role, agency, partition, owner)


def may_read(world: World, person: int, row: Row, *, reason: bool) -> bool:
    if row.partition == "vault" and not reason:
        return False
    if works_on(world, person, row.case, row.partition, row.owner):
        return True
    if (person, row.case) in world.excluded:
        return False
    return any(
        g.person == person and g.case == row.case and g.partition == area_of(row) and g.open
        for g in world.glasses
    )


def area_of(row: Row) -> str:
    """What has to be opened to read it: who wrote it decides, where the two of the suspect's side do."""
    of_probation = row.partition == "health" and making.KINDS[row.owner] == "probation"
    return "probation" if of_probation else row.partition


def may_add(world: World, person: int, row: Row, *, reason: bool) -> bool:
    """For their own agency, where they work; a broken glass lets nobody write."""
    if row.partition == "vault" and not reason:
        return False
    own = row.owner == world.people[person][1]
    return own and works_on(world, person, row.case, row.partition, row.owner)


def build(world: World) -> tuple[list[User], list[Case], dict[int, Row]]:
    users = []
    for number, (role, agency, active) in enumerate(world.people):
        user = making.somebody(role, agency)
        if not active:
            # Shut, or not confirmed by a second person yet: neither opens anything.
            shut = {"waits_since": timezone.now()} if number % 2 else {"is_active": False}
            User.objects.filter(pk=user.pk).update(**shut)
        users.append(user)
    now = timezone.now()
    hub = making.agency("hub")
    cases = []
    for number, agencies in enumerate(world.on):
        case = Case.objects.create(reference=f"T{number}-{users[0].pk}", owner=hub)
        cases.append(case)
        for code in agencies | world.left[number]:
            ended = None if code in agencies else now
            Participation.objects.create(case=case, owner=hub, agency=making.agency(code), ended_at=ended)
    for person, number in world.excluded:
        Exclusion.objects.create(case=cases[number], user=users[person], reason="A neighbour")
    for glass in world.glasses:
        BreakGlass.objects.create(
            case=cases[glass.case],
            user=users[glass.person],
            partition=glass.partition,
            reason="Somebody may be in danger tonight",
            expires_at=now + dt.timedelta(hours=1 if glass.open else -1),
        )
    entries = {}
    for row in world.rows:
        made = Entry.objects.create(
            case=cases[row.case],
            owner=making.agency(row.owner),
            partition=row.partition,
            kind="note",
            happened_at=now,
            title="A line",
        )
        entries[made.pk] = row
    return users, cases, entries


@given(world=worlds())
@settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=True,
    # The failure names the person and the row; making a smaller world of it takes minutes of database.
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def _the_database_does_as_the_rules_say(world: World) -> None:
    with transaction.atomic():
        users, cases, entries = build(world)
        for person, user in enumerate(users):
            _reads(world, person, user, entries)
            _adds(world, person, user, cases)
        transaction.set_rollback(True)


def _reads(world: World, person: int, user: User, entries: dict[int, Row]) -> None:
    for reason in ("", "She asked for a lock to be changed"):
        with identity.as_person(user), identity.for_reason(reason):
            seen = set(Entry.objects.filter(kind="note").values_list("pk", flat=True))
            counted = Entry.objects.filter(kind="note").count()
        expected = {pk for pk, row in entries.items() if may_read(world, person, row, reason=bool(reason))}
        assert seen & set(entries) == expected, (world.people[person], reason)
        assert counted == len(seen)
        checked["reads"] += len(entries)


def _adds(world: World, person: int, user: User, cases: list[Case]) -> None:
    agency = world.people[person][1]
    for number, case in enumerate(cases):
        for partition in PARTITIONS:
            for owner in (agency, next(a for a in AGENCIES if a != agency)):
                row = Row(number, partition, owner)
                expected = may_add(world, person, row, reason=True)
                assert _could_add(user, case, row) == expected, (world.people[person], row)
                checked["adds"] += 1


def _could_add(user: User, case: Case, row: Row) -> bool:
    values = owned(user, case, partition=row.partition, kind="tried", title="A line")
    values["owner_id"] = row.owner
    try:
        with identity.as_person(user), identity.for_reason("She asked for a lock to be changed"):
            Entry.objects.create(**values, happened_at=timezone.now())
            raise _UndoneError
    except DatabaseError:
        return False
    except _UndoneError:
        return True


class _UndoneError(Exception):
    """Takes the row that was let in out again."""


def test_the_database_reads_and_writes_as_the_rules_say() -> None:
    """And looks at much: a property that looks at little proves little."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_policies WHERE policyname LIKE 'lamplighter_%'")
        assert cursor.fetchone()[0] > 50
    _the_database_does_as_the_rules_say()
    assert checked["reads"] >= 10_000
    assert checked["adds"] >= 5_000
