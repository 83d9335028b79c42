"""People, agencies and cases for the tests of the wall."""

from __future__ import annotations

import itertools
from typing import Any

from lamplighter.hub.accounts import services as accounts
from lamplighter.hub.accounts.models import Agency, Role, User
from lamplighter.hub.cases import services
from lamplighter.hub.cases.models import Case

KINDS = {
    "force-a": Agency.Kind.POLICE,
    "force-b": Agency.Kind.POLICE,
    "helpline": Agency.Kind.ADVOCACY,
    "health": Agency.Kind.HEALTH,
    "probation": Agency.Kind.PROBATION,
    "hub": Agency.Kind.HUB,
}
_numbers = itertools.count(1)


def agency(code: str) -> Agency:
    return accounts.ensure_agency(code, kind=KINDS[code])


def somebody(role: str, code: str = "force-a") -> User:
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
