"""The service navigation of each role: what stands in it, in the order of work, and what is under "More"."""

import pytest
from django.test import RequestFactory

from lamplighter.hub.accounts.models import Role, User
from lamplighter.hub.design import navigation

CASEWORK = ["My work", "Patterns", "Cases", "Meetings", "New report"]
# role: (in the navigation, on the page "More")
EXPECTED = {
    Role.COORDINATOR: (
        [*CASEWORK, "Imports", "More"],
        [
            *("Emergency access", "Data requests", "Confirm accounts", "Caseload", "Statistics"),
            *("Staff who are reported", "Improvement", "National index", "Accounts", "Service"),
            *("Configuration", "Instruments"),
        ],
    ),
    Role.STALKING_LEAD: (
        [*CASEWORK, "Emergency access", "More"],
        [
            *("Data requests", "Confirm accounts", "Caseload", "Statistics"),
            *("Staff who are reported", "Improvement"),
        ],
    ),
    Role.INVESTIGATOR: ([*CASEWORK, "Data requests"], []),
    Role.ADVOCATE: ([*CASEWORK, "Data requests"], []),
    Role.PROBATION: (["My work", "Cases", "Meetings", "New report", "Data requests"], []),
    Role.CLINICIAN: (["My work", "Cases", "Meetings", "New report", "Data requests"], []),
    Role.ADMINISTRATOR: (
        ["Imports", "Statistics", "National index", "Accounts", "Service", "Configuration", "Instruments"],
        [],
    ),
    Role.ANALYST: (["Statistics"], []),
    Role.AUDITOR: (
        [
            *("Audit log", "Unusual access", "Imports", "Emergency access", "Confirm accounts"),
            "More",
        ],
        ["Statistics", "Improvement", "National index", "Service", "Configuration"],
    ),
}


def test_every_role_is_here() -> None:
    assert set(EXPECTED) == set(Role)


@pytest.mark.parametrize("role", EXPECTED)
def test_a_role_has_its_places_in_the_order_of_work(role: Role) -> None:
    user = User(role=role, agency_id=1, is_active=True)
    request = RequestFactory().get("/")
    request.user = user
    items, under_more = EXPECTED[role]
    assert [item["text"] for item in navigation.navigation(request)] == items
    assert [entry.text for entry in navigation.more(user)] == under_more
    # A place without a word of what it is for would be a bare link on the page "More".
    assert all(entry.about for entry in navigation.entries(user))


def test_a_page_that_is_under_more_lights_up_more() -> None:
    request = RequestFactory().get("/configuration/")
    request.user = User(role=Role.COORDINATOR, agency_id=1, is_active=True)
    assert [i["text"] for i in navigation.navigation(request) if i["active"]] == ["More"]


def test_nothing_in_the_navigation_is_named_twice() -> None:
    for role in Role:
        texts = [e.text for e in navigation.entries(User(role=role, agency_id=1, is_active=True))]
        assert len(texts) == len(set(texts))
