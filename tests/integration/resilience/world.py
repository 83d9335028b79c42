"""The people and the case that the calls are made with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from lamplighter.hub.accounts.models import Role, User
from lamplighter.hub.cases.models import Case

WHY = "Said at the meeting of the agencies."


@dataclass(frozen=True)
class World:
    """The people and the case, found by anybody who has the same database."""

    case: Case
    police: User
    advocate: User
    clinician: User

    @classmethod
    def found(cls, case: int) -> World:
        """Who works on this case: the newest of each role, who were made with it."""
        by_role = {user.role: user for user in User.objects.select_related("agency").order_by("pk")}
        return cls(
            case=Case.objects.get(pk=case),
            police=by_role[Role.INVESTIGATOR],
            advocate=by_role[Role.ADVOCATE],
            clinician=by_role[Role.CLINICIAN],
        )


Act = Callable[[World], Any]
