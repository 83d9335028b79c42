"""What each role may do, as one table."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import Client
from django.utils import timezone

from lamplighter.hub.accounts import permissions, services
from lamplighter.hub.accounts.models import Role, User

C, I, L, P, D, A, M, N, R = (  # noqa: E741  one letter a role, for a table that can be read
    Role.COORDINATOR,
    Role.INVESTIGATOR,
    Role.STALKING_LEAD,
    Role.PROBATION,
    Role.CLINICIAN,
    Role.ADVOCATE,
    Role.ADMINISTRATOR,
    Role.ANALYST,
    Role.AUDITOR,
)
TABLE = {
    "may_report": {C, I, L, P, D, A},
    "may_open_reports": {C, I, L, P, D, A},
    "may_see_patterns": {C, I, L, A},
    "may_see_people": {C, I, L, A},
    "may_see_cases": {C, I, L, P, D, A},
    "may_see_caseload": {C, L},
    "may_search": {C, I, L, P, D, A},
    "may_decide_patterns": {C, I, L},
    "may_accept_lessons": {C, L},
    "may_decide_links": {C, I, L},
    "may_import": {C, M},
    "may_see_imports": {C, M, R},
    "may_see_rejects": {C, M},
    "may_see_sources": {C, M},
    "may_manage_sources": {M},
    "may_see_activity": {R},
    "may_review_glass": {C, L, R},
    "may_see_staff_reported": {C, L},
    "may_see_improvement": {C, L, R},
    "may_see_accounts": {M, C},
    "may_invite": {M, C},
    "may_manage_accounts": {M},
    "may_confirm_accounts": {C, I, L, P, D, A, R},
    "may_see_accounts_to_confirm": {C, L, R},
    "may_see_licences": {M, C},
    "may_see_training": {M, C, L},
    "may_see_configuration": {M, C, R},
    "may_see_service": {M, C, R},
    "may_run_service": {M, C},
    "may_see_insight": {C, L, N, R, M},
    "may_see_index": {C, M, R},
    "may_see_reviews": {C, N, R},
    "may_run_reviews": {C, N},
    "may_review_cases": {N},
}


def test_the_table_names_every_permission() -> None:
    assert set(TABLE) == {name for name in vars(permissions) if name.startswith("may_")}


@pytest.mark.parametrize("name", sorted(TABLE))
@pytest.mark.parametrize("role", list(Role))
def test_who_may(name: str, role: Role) -> None:
    permission = getattr(permissions, name)
    user = User(role=role, agency_id="force-a")
    assert permission(user) == (role in TABLE[name])
    user.waits_since = timezone.now()
    assert not permission(user)
    user.waits_since, user.is_active = None, False
    assert not permission(user)
    assert not permission(AnonymousUser())


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        ("/intake/new/report", TABLE["may_report"]),
        ("/intake/new/check", TABLE["may_report"]),
        ("/intake/imports", TABLE["may_see_imports"]),
        ("/intake/imports/set-aside", TABLE["may_see_imports"]),
        ("/intake/imports/send", TABLE["may_import"]),
        ("/intake/imports/sources", TABLE["may_see_sources"]),
        ("/intake/imports/sources/new", TABLE["may_manage_sources"]),
    ],
)
def test_every_page_of_intake_asks(client: Client, path: str, allowed: set[Role]) -> None:
    agency = services.ensure_agency("force-a", kind="police")
    for role in Role:
        user = services.ensure_user(
            role, password="a lamp in every street", display_name="X", role=role, agency=agency
        )
        client.force_login(user)
        status = client.get(path, secure=True).status_code
        assert (status == 403) == (role not in allowed), (role, status)
