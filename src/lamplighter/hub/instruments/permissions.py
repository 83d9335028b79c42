"""Permissions of instruments. Which of them somebody may answer, the instrument says: ``policies``."""

from __future__ import annotations

from typing import Any

from lamplighter.hub.accounts.permissions import may_see_cases, may_see_licences
from lamplighter.hub.cases.permissions import may_work_on_cases

__all__ = ["may_answer", "may_read_wording", "may_see_cases", "may_see_licences"]


def may_answer(user: Any) -> bool:
    """Allow those who work on a case; which instruments they answer, each instrument says itself."""
    return may_work_on_cases(user)


def may_read_wording(user: Any) -> bool:
    """Allow those who answer instruments, and those who look after them."""
    return may_answer(user) or may_see_licences(user)
