"""The list by what comes next, the search, and the signpost: what they say and what they keep."""

from __future__ import annotations

import datetime as dt
import logging
from typing import Any

import pytest
from django.db import DatabaseError, connection
from django.utils import timezone

from lamplighter.hub.access.models import Exclusion
from lamplighter.hub.access.wall import identity
from lamplighter.hub.accounts.models import Role
from lamplighter.hub.audit.models import Event
from lamplighter.hub.cases.models import Case
from lamplighter.hub.cases.referrals import selectors as listing
from lamplighter.hub.clocks import services as clocks
from tests.integration.access import making
from tests.integration.cases import telling

pytestmark = pytest.mark.django_db


def looks_for(user: Any, term: str) -> str:
    answer = telling.browser(user).post("/cases/search", {"term": term}, secure=True)
    assert answer.status_code == 200
    return answer.content.decode()


def named(user: Any, term: str) -> list[Case]:
    with identity.as_person(user):
        return listing.by_name(term)


def test_the_list_is_in_the_order_of_what_comes_next() -> None:
    by = making.somebody(Role.INVESTIGATOR)
    now = timezone.now()
    cases = [making.a_case(by) for _ in range(4)]
    with identity.as_person(by):
        for case in cases:
            for kind in ("case.triage", "risk.first", "orders.decision"):
                clocks.end_kind(by, case, kind)
        for case, days in zip(cases, (3, -2, 30), strict=False):
            clocks.start(
                by,
                case,
                "test",
                "Do it",
                due_at=now + dt.timedelta(days=days),
                why="A test",
                partition="police",
            )
        rows = listing.page_of("next", 1).rows
    assert [r.case for r in rows] == [cases[1], cases[0], cases[2], cases[3]]
    assert [bool(r.clock) for r in rows] == [True, True, True, False]
    body = telling.browser(by).get("/cases/", secure=True).content.decode()
    assert "overdue by 2 days" in body
    assert "Nothing is due" in body


def test_a_clock_that_one_may_not_see_moves_nothing() -> None:
    by = making.somebody(Role.INVESTIGATOR)
    clinician, advocate = (
        making.somebody(Role.CLINICIAN, "health"),
        making.somebody(Role.ADVOCATE, "helpline"),
    )
    first, second = (making.a_case(by, "health", "helpline") for _ in range(2))
    with identity.as_person(clinician):
        before = [r.case for r in listing.page_of("next", 1).rows]
    assert before == [first, second]
    with identity.as_person(advocate):
        due = timezone.now() - dt.timedelta(days=9)
        clocks.start(advocate, second, "test", "Call her", due_at=due, why="x", partition="advocacy")
    with identity.as_person(clinician):
        assert [r.case for r in listing.page_of("next", 1).rows] == before
    with identity.as_person(advocate):
        assert [r.case for r in listing.page_of("next", 1).rows] == [second, first]


def test_pages_of_the_list_hold_every_case_once() -> None:
    by = making.somebody(Role.INVESTIGATOR)
    cases = {making.a_case(by).pk for _ in range(listing.A_PAGE * 2 + 3)}
    with identity.as_person(by):
        for view in ("next", "newest"):
            pages = [listing.page_of(view, n) for n in (1, 2, 3)]
            assert [p.more for p in pages] == [True, True, False]
            assert [r.case.pk for p in pages for r in p.rows].__len__() == len(cases)
            assert {r.case.pk for p in pages for r in p.rows} == cases
        assert len(listing.page_of("triage", 1).rows) == listing.A_PAGE


def test_a_case_is_found_by_name_nickname_part_and_misspelling() -> None:
    by = making.somebody(Role.INVESTIGATOR)
    suspect = {"name": "Daniel Hollinshaw", "also_known_as": "Danno"}
    case = making.a_case(by, suspect=suspect)
    making.a_case(by, victim={"name": "Ana Petrov"}, suspect={"name": "Tom Lees"})
    for term in ("Priya Nair", "priya", "NAIR", "Hollinshaw", "Holinshaw", "Danno"):
        assert named(by, term) == [case], term
    assert named(by, "Wexford Quibble") == []


@pytest.mark.parametrize("how", ["{}", "{} ", "ll {}"])
def test_a_case_is_found_by_reference_however_it_is_written(how: str) -> None:
    by = making.somebody(Role.INVESTIGATOR)
    case = making.a_case(by)
    letters = case.reference.removeprefix("LL-").replace("-", " " if " " in how else "")
    assert case.reference in looks_for(by, how.format(letters.lower()))


def test_search_finds_for_everybody_exactly_what_the_wall_shows_them() -> None:
    made = [
        making.a_case(making.somebody(Role.INVESTIGATOR, "force-a"), "helpline"),
        making.a_case(making.somebody(Role.INVESTIGATOR, "force-b"), "health"),
        making.a_case(making.somebody(Role.ADVOCATE, "helpline"), "probation"),
    ]
    kept_off = telling.coordinator("force-b")
    Exclusion.objects.create(case=made[0], user=kept_off, reason="Her neighbour")
    users = [making.somebody(role, code) for role in Role for code in making.KINDS] + [kept_off]
    for user in users:
        with identity.as_person(user):
            seen = set(Case.objects.all())
        assert set(named(user, "Priya Nair")) == seen, (user.role, user.agency_id)
    assert set(named(kept_off, "Priya Nair")) == set(made[1:])


def test_a_hidden_case_is_answered_like_none() -> None:
    case = making.a_case()
    advocate = making.somebody(Role.ADVOCATE, "helpline")
    for hidden, never in ((case.reference, "LL-7KQ2-M9XB"), ("Priya Nair", "Wexford Quibble")):
        one, other = looks_for(advocate, hidden), looks_for(advocate, never)
        assert "Nothing found" in one
        assert one.count("<") == other.count("<")
        assert "ask:" not in one


def test_a_stalking_lead_gets_the_agency_to_ask_and_nothing_else() -> None:
    case = making.a_case(making.somebody(Role.INVESTIGATOR, "force-b"), "helpline")
    making.a_case(making.somebody(Role.INVESTIGATOR, "force-b"))
    lead = making.somebody(Role.STALKING_LEAD)
    for term in ("Priya Nair", "priya nair", "Priya Nairr"):
        body = looks_for(lead, term)
        assert "ask: <strong>Force B</strong>" in body, term
        assert case.reference not in body
        assert "Hollinshaw" not in body
        assert "2" not in body.split("inset-text")[1].split("</div>")[0]
    for term in ("Priya", "Nair", "Pr Na", "Wexford Quibble", case.reference):
        assert "inset-text" not in looks_for(lead, term), term
    found = [e.detail["found"] for e in Event.objects.filter(verb="cases.signpost").order_by("pk")]
    # Parts of a name and references do not ask; these did.
    assert found == [True, True, True, False, False]
    assert set(Event.objects.filter(verb="cases.signpost").values_list("actor_id", flat=True)) == {lead.pk}
    searched = Event.objects.filter(verb__startswith="cases.s").values_list("subject", "detail", "reason")
    assert "nair" not in str(list(searched)).lower()


def test_the_signpost_never_says_that_somebody_has_an_advocate_or_a_clinician() -> None:
    making.agency("hub")
    making.a_case(making.somebody(Role.ADVOCATE, "helpline"), "health")
    assert "ask: <strong>Hub</strong>" in looks_for(making.somebody(Role.STALKING_LEAD), "Priya Nair")


def test_nobody_else_gets_a_signpost_nor_anybody_kept_off() -> None:
    case = making.a_case(making.somebody(Role.INVESTIGATOR, "force-b"))
    for role, code in (
        (Role.INVESTIGATOR, "force-a"),
        (Role.ADVOCATE, "helpline"),
        (Role.CLINICIAN, "health"),
    ):
        assert "inset-text" not in looks_for(making.somebody(role, code), "Priya Nair"), role
    lead = making.somebody(Role.STALKING_LEAD)
    Exclusion.objects.create(case=case, user=lead, reason="His brother")
    assert "inset-text" not in looks_for(lead, "Priya Nair")
    with identity.as_person(None):
        assert listing.signpost("Priya Nair") == ""


def test_services_cannot_ask_for_names() -> None:
    making.a_case()
    with pytest.raises(DatabaseError, match="permission denied"), identity.as_service("run clocks"):
        listing.by_name("Priya Nair")
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM cases_search('Priya Nair', 5)")
        # Even the owner of the tables, without a person, finds nothing.
        assert cursor.fetchone() == (0,)


def test_what_was_looked_for_is_in_no_address_and_no_log(caplog: pytest.LogCaptureFixture) -> None:
    by = making.somebody(Role.INVESTIGATOR)
    making.a_case(by)
    client = telling.browser(by)
    with caplog.at_level(logging.DEBUG, logger="django.request"):
        answer = client.post("/cases/search", {"term": "Priya Nair"}, secure=True)
    assert answer.status_code == 200
    assert "Nair" in answer.content.decode()
    assert "Nair" not in caplog.text
    assert "Nair" not in str(dict(answer.headers))
    assert "Nair" not in str(dict(client.session))
    # An address with a name in it looks for nothing.
    assert "Nothing found" not in client.get("/cases/search?term=Priya+Nair", secure=True).content.decode()
