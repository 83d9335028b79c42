"""Permissions of cases. What is in a case is for the wall to show or not."""

from __future__ import annotations

from typing import Any

from lamplighter.hub.access.wall.partitions import SENIOR
from lamplighter.hub.accounts.models import Role
from lamplighter.hub.accounts.permissions import _has, may_see_cases, may_see_patterns

__all__ = [
    "may_decide_cases",
    "may_refer",
    "may_refer_pattern",
    "may_see_cases",
    "may_set_legal_status",
    "may_work_on_cases",
]
DECIDING = SENIOR
# Kinds of tasks that only those can do who decide.
DECIDED = ("case.triage",)
LEGAL = SENIOR | {Role.INVESTIGATOR, Role.PROBATION}


def may_refer(user: Any) -> bool:
    """Anybody who does casework may refer two people for their own agency."""
    return may_see_cases(user) and user.agency_id is not None


def may_refer_pattern(user: Any) -> bool:
    """Allow those who may read a pattern to refer its two people."""
    return may_refer(user) and may_see_patterns(user)


def may_work_on_cases(user: Any) -> bool:
    """Put right who somebody is, ask an agency in, record minutes: whoever works on the case."""
    return may_refer(user)


def may_decide_cases(user: Any) -> bool:
    """Triage, change of state, closing and follow-up: coordinators and stalking leads."""
    return may_refer(user) and _has(user, DECIDING)


def may_set_legal_status(user: Any) -> bool:
    """Police, probation and coordinators know where the criminal matter stands."""
    return may_refer(user) and _has(user, LEGAL)
