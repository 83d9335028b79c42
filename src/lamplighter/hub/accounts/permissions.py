"""List each role's permissions, in words. Every view asks one of these; nothing else decides.

A permission answers "may this person?"; whether the thing is possible in its
present state is a question for the ``policies`` of its context.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase

from lamplighter.hub.access.wall.partitions import CASEWORK, INSIGHT, PUBLISHED, RECORDS_READERS
from lamplighter.hub.accounts.models import Role, User

Permission = Callable[[User], bool]

DECIDERS = frozenset({Role.COORDINATOR, Role.STALKING_LEAD, Role.INVESTIGATOR})


def _has(user: Any, roles: frozenset[str]) -> bool:
    """Return whether somebody has one of these roles. Whoever waits to be confirmed has none yet."""
    return bool(getattr(user, "is_authenticated", False) and user.works and user.role in roles)


def may_report(user: Any) -> bool:
    """Anybody who does casework may file a new report for their own agency."""
    return _has(user, CASEWORK) and user.agency_id is not None


def may_open_reports(user: Any) -> bool:
    """Anybody who does casework may open a report; which, the wall says, and ``intake.versions``."""
    return _has(user, CASEWORK)


def may_see_patterns(user: Any) -> bool:
    """Allow those whom the wall lets read reports as received; see ``access.wall.partitions.RECORDS``."""
    return _has(user, RECORDS_READERS)


def may_see_cases(user: Any) -> bool:
    """Anybody who does casework may have cases; which, the wall says."""
    return _has(user, CASEWORK)


def may_see_caseload(user: Any) -> bool:
    """Coordinators and stalking leads, who plan work, have the caseload in their navigation."""
    return _has(user, frozenset({Role.COORDINATOR, Role.STALKING_LEAD}))


def may_search(user: Any) -> bool:
    """Anybody who does casework may search; what they find is what they may see."""
    return may_see_cases(user) or may_see_patterns(user)


def may_see_people(user: Any) -> bool:
    """Allow those who may see a pattern to see who its records belong to."""
    return may_see_patterns(user)


def may_decide_patterns(user: Any) -> bool:
    """Coordinators, stalking leads and investigators decide whether reports make a course of conduct."""
    return _has(user, DECIDERS)


def may_accept_lessons(user: Any) -> bool:
    """Coordinators and stalking leads accept what a correction teaches the hub, and take it back."""
    return _has(user, frozenset({Role.COORDINATOR, Role.STALKING_LEAD}))


def may_decide_links(user: Any) -> bool:
    """The same people decide whether two records are one person."""
    return _has(user, DECIDERS)


def may_import(user: Any) -> bool:
    """Coordinators and administrators import an agency's files."""
    return _has(user, frozenset({Role.COORDINATOR, Role.ADMINISTRATOR}))


def may_see_imports(user: Any) -> bool:
    """Allow those who may import, and auditors, to see imports, with counts. No report is shown there."""
    return may_import(user) or _has(user, frozenset({Role.AUDITOR}))


def may_see_rejects(user: Any) -> bool:
    """Rejected rows may be downloaded by whoever may import: they can hold what was received."""
    return may_import(user)


def may_see_sources(user: Any) -> bool:
    """Allow those who may import to see which systems send files, and what reads them."""
    return may_import(user)


def may_manage_sources(user: Any) -> bool:
    """Administrators add sources and say what their columns and words mean."""
    return _has(user, frozenset({Role.ADMINISTRATOR}))


def may_see_activity(user: Any) -> bool:
    """Auditors see who did what."""
    return _has(user, frozenset({Role.AUDITOR}))


def may_review_glass(user: Any) -> bool:
    """Coordinators, stalking leads and auditors see who broke the glass, and review what others did."""
    return _has(user, frozenset({Role.COORDINATOR, Role.STALKING_LEAD, Role.AUDITOR}))


def may_see_staff_reported(user: Any) -> bool:
    """Coordinators and stalking leads name who deals with a report about staff of another agency."""
    return _has(user, frozenset({Role.COORDINATOR, Role.STALKING_LEAD}))


def may_see_improvement(user: Any) -> bool:
    """Coordinators, stalking leads and auditors see what the hub undertook to do better."""
    return _has(user, frozenset({Role.COORDINATOR, Role.STALKING_LEAD, Role.AUDITOR}))


def may_see_accounts(user: Any) -> bool:
    """Administrators see who works here; coordinators see their own agency's people."""
    return _has(user, frozenset({Role.ADMINISTRATOR, Role.COORDINATOR}))


def may_invite(user: Any) -> bool:
    """The same people invite; coordinators to casework in their own agency only (``staff.members``)."""
    return may_see_accounts(user)


def may_manage_accounts(user: Any) -> bool:
    """Administrators change roles, move people between agencies, let them leave, and add agencies."""
    return _has(user, frozenset({Role.ADMINISTRATOR}))


def may_confirm_accounts(user: Any) -> bool:
    """Let whoever does casework confirm accounts of their agency, and auditors the rest.

    Of which account it is who, the database says (``access.confirmers``).
    """
    return _has(user, CASEWORK) or _has(user, frozenset({Role.AUDITOR}))


def may_see_accounts_to_confirm(user: Any) -> bool:
    """Those who are asked first have the list in their navigation; others come to it from their work list."""
    return _has(user, frozenset({Role.COORDINATOR, Role.STALKING_LEAD, Role.AUDITOR}))


def may_see_service(user: Any) -> bool:
    """Administrators and coordinators see how the service stands, and auditors may look."""
    return may_run_service(user) or _has(user, frozenset({Role.AUDITOR}))


def may_run_service(user: Any) -> bool:
    """Administrators and coordinators put failed background work back into the queue."""
    return _has(user, frozenset({Role.ADMINISTRATOR, Role.COORDINATOR}))


def may_see_configuration(user: Any) -> bool:
    """Administrators and coordinators, who answer for the hub's rules, and auditors see what is in force."""
    return _has(user, frozenset({Role.ADMINISTRATOR, Role.COORDINATOR, Role.AUDITOR}))


def may_see_licences(user: Any) -> bool:
    """Coordinators and administrators record which licences the hub holds for instruments."""
    return _has(user, frozenset({Role.COORDINATOR, Role.ADMINISTRATOR}))


def may_see_training(user: Any) -> bool:
    """Administrators see and record everybody's training; coordinators and stalking leads their agency's."""
    return _has(user, frozenset({Role.ADMINISTRATOR, Role.COORDINATOR, Role.STALKING_LEAD}))


def may_see_insight(user: Any) -> bool:
    """Those who run the hub see what may leave it; of them, ``may_see_reviews`` also what may not."""
    return _has(user, PUBLISHED.readers[0].roles)


def may_see_index(user: Any) -> bool:
    """Coordinators, administrators and auditors see which releases of the national index were taken in."""
    return _has(user, frozenset({Role.COORDINATOR, Role.ADMINISTRATOR, Role.AUDITOR}))


def may_see_reviews(user: Any) -> bool:
    """Coordinators, analysts and auditors read reviews with small numbers; which of them, the wall says."""
    return _has(user, INSIGHT.readers[0].roles)


def may_run_reviews(user: Any) -> bool:
    """Coordinators and analysts have a review made, and prepare its release."""
    return _has(user, frozenset({Role.COORDINATOR, Role.ANALYST}))


def may_review_cases(user: Any) -> bool:
    """Analysts, whose work is not with a case, have what the hub did in its cases counted."""
    return _has(user, frozenset({Role.ANALYST}))


def require(
    permission: Permission,
) -> Callable[[Callable[..., HttpResponseBase]], Callable[..., HttpResponseBase]]:
    """Refuse a view, without saying what lies behind it, to those who may not."""

    def decorate(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not permission(request.user):  # type: ignore[arg-type]  # anonymous people are refused by every permission
                raise PermissionDenied
            return view(request, *args, **kwargs)

        guarded.permission = permission  # type: ignore[attr-defined]  # so that no link leads to a refusal
        return guarded

    return decorate
