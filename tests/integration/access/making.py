"""People, agencies and cases for the tests of the wall."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection, transaction

from lamplighter.hub.accounts import services as accounts
from lamplighter.hub.accounts.models import Agency, Role, User
from lamplighter.hub.cases import services
from lamplighter.hub.cases.models import Case
from lamplighter.hub.clocks.models import Clock

KINDS = {
    "force-a": Agency.Kind.POLICE,
    "force-b": Agency.Kind.POLICE,
    "helpline": Agency.Kind.ADVOCACY,
    "health": Agency.Kind.HEALTH,
    "probation": Agency.Kind.PROBATION,
    "hub": Agency.Kind.HUB,
}
_numbers = itertools.count(1)


@contextmanager
def as_the_owner() -> Iterator[None]:
    """Outside of any identity: only the owner of the tables simply makes people and agencies."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('role')")
        before = cursor.fetchone()[0]
        cursor.execute("SET LOCAL ROLE NONE")
        yield
        cursor.execute("SELECT set_config('role', %s, true)", [before])


def agency(code: str) -> Agency:
    with as_the_owner():
        return accounts.ensure_agency(code, kind=KINDS[code])


def somebody(role: str, code: str = "force-a") -> User:
    with as_the_owner():
        return User.objects.create(
            username=f"{role}-{next(_numbers)}",
            display_name="Sam Reed",
            role=role,
            agency=agency(code),
            password="!",
        )


def a_case(by: User | None = None, *others: str, **rest: Any) -> Case:
    """A case referred by ``by`` (an investigator of force-a); the agencies ``others`` work on it too."""
    values = {
        "victim": {"name": "Priya Nair"},
        "suspect": {"name": "Daniel Hollinshaw"},
        "why": "Follows her.",
    }
    return services.refer(
        by or somebody(Role.INVESTIGATOR), agencies=[agency(code) for code in others], **(values | rest)
    )


def running(case: Case, kind: str) -> list[Clock]:
    """The tasks of a case that run, of the kinds that begin so, whoever may read them."""
    with as_the_owner():
        rows = Clock.objects.filter(case=case, kind__startswith=kind, state=Clock.State.RUNNING)
        return list(rows.select_related("owner", "assigned_to").order_by("pk"))
