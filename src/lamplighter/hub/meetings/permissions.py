"""Permissions of meetings. What is said of a case is for the wall to show or not."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from lamplighter.hub.accounts.models import Agency, Role
from lamplighter.hub.accounts.permissions import _has, may_see_cases
from lamplighter.hub.cases.permissions import may_work_on_cases
from lamplighter.hub.meetings.models import Meeting

__all__ = [
    "may_agree",
    "may_plan",
    "may_see_cases",
    "may_work_on_cases",
    "works_among",
]


def may_plan(user: Any) -> bool:
    """Coordinators plan meetings, ask for returns and order the agenda."""
    return _has(user, frozenset({Role.COORDINATOR})) and user.agency_id is not None


def may_agree(user: Any, meeting: Meeting) -> bool:
    """Let the chair of a meeting agree its minutes."""
    return may_work_on_cases(user) and meeting.chair_id == user.pk


def works_among(user: Any, agencies: Collection[Agency]) -> bool:
    """Tell whether somebody writes on a case on which these agencies work: ``cases.selectors.writes_on``."""
    return user.role == Role.COORDINATOR or any(agency.pk == user.agency_id for agency in agencies)
