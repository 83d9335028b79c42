"""One search: everything is found by everything, within what the person may see."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from lamplighter.hub.access.models import Exclusion
from lamplighter.hub.access.wall import identity
from lamplighter.hub.accounts.models import Role
from lamplighter.hub.audit.models import Event
from lamplighter.hub.intake.documents import services as intake
from lamplighter.hub.intake.models import PersonRecord
from lamplighter.hub.patterns import services as patterns
from tests.integration.access import making
from tests.integration.cases import telling
from tests.integration.intake import making as documents
from tests.integration.patterns.conftest import the_story as the_story

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("the_story")]

VICTIM = {
    "role": "victim",
    "forenames": "Tamsin",
    "surname": "Orrell",
    "safe_contact": {"note": "07999 000111"},
}
NOTHING = "Not found among what you may see."


def found_by(user: Any, term: str) -> str:
    answer = telling.browser(user).post("/search/", {"term": term}, secure=True)
    assert answer.status_code == 200
    text = answer.content.decode().partition("<main")[2]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text))


@pytest.mark.parametrize(
    ("term", "by"),
    [
        ("Priya Nair", "Name"),
        ("nair", "Name"),
        ("07195 101083", "Same telephone"),
        ("av1 8zq", "Same postcode"),
        ("14 lark rise", "Same address"),
        ("3 May 1994", "Same date of birth"),
    ],
)
def test_a_person_is_found_by_name_and_by_every_detail(term: str, by: str) -> None:
    told = found_by(making.somebody(Role.INVESTIGATOR), term)
    assert "Priya Nair" in told
    assert by in told
    # Her reports and her pattern with her.
    assert "Reports" in told
    assert "Patterns" in told


def test_a_single_report_is_found_by_its_reference() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT source_ref FROM intake_reportversion WHERE superseded_at IS NULL LIMIT 1")
        (reference,) = cursor.fetchone()
    told = found_by(making.somebody(Role.INVESTIGATOR), reference.lower())
    assert reference in told
    assert "report" in told


def test_a_case_is_found_by_the_crime_number_of_its_referral() -> None:
    by = making.somebody(Role.INVESTIGATOR)
    with identity.as_person(by):
        case = making.a_case(by, crime_numbers="4A/900001/25")
    assert case.reference in found_by(by, "4a/900001/25")
    other = making.somebody(Role.ADVOCATE, "helpline")
    assert NOTHING in found_by(other, "4a/900001/25")


def test_those_who_work_with_the_person_stalking_search_their_cases_alone() -> None:
    for role, code in ((Role.CLINICIAN, "health"), (Role.PROBATION, "probation")):
        user = making.somebody(role, code)
        told = found_by(user, "07195 101083")
        assert NOTHING in told
        assert "Nair" not in told
        by = making.somebody(Role.INVESTIGATOR)
        case = making.a_case(by, code, victim={"name": "Tamsin Orrell"})
        assert case.reference in found_by(user, "Orrell")


def test_whoever_is_kept_off_a_case_does_not_find_it() -> None:
    by, officer = making.somebody(Role.INVESTIGATOR), making.somebody(Role.INVESTIGATOR)
    case = making.a_case(by, crime_numbers="4A/900002/25", victim={"name": "Tamsin Orrell"})
    assert case.reference in found_by(officer, "Orrell")
    Exclusion.objects.create(case=case, user=officer, reason="Knows her.", by=by, at=timezone.now())
    for term in ("Orrell", "4A/900002/25", case.reference):
        told = found_by(officer, term)
        assert NOTHING in told
        assert "Orrell" not in told


def test_how_to_reach_her_safely_answers_no_search() -> None:
    """Its tokens match records; a search by them would say whether a number is hers."""
    sent = documents.document(people=[VICTIM])
    received = intake.receive_document(sent, making.agency("helpline"))
    patterns.report_saved(received.report_id, None)
    assert PersonRecord.objects.get(version__report_id=received.report_id).match_tokens
    advocate = making.somebody(Role.ADVOCATE, "helpline")
    assert "Orrell" in found_by(advocate, "Tamsin Orrell")
    for user in (advocate, making.somebody(Role.INVESTIGATOR)):
        assert NOTHING in found_by(user, "07999 000111")


def test_what_was_typed_is_written_down_nowhere() -> None:
    user = making.somebody(Role.INVESTIGATOR)
    found_by(user, "Priya Nair")
    event = Event.objects.filter(verb="search.asked").latest("pk")
    # How much was found, and which: by ids, and never by what was typed.
    named = {"of_cases", "of_records"}
    assert event.detail.keys() - named == {"cases", "patterns", "persons", "reports"}
    assert "Nair" not in str(event.detail) + event.subject
    answer = telling.browser(user).get("/search/?term=Nair", secure=True).content.decode()
    assert "Nair" not in answer.partition("<main")[2]


@pytest.mark.parametrize("term", ["", "ab", "x" * 121])
def test_what_cannot_be_searched_for_is_said(term: str) -> None:
    user = making.somebody(Role.COORDINATOR)
    answer = telling.browser(user).post("/search/", {"term": term}, secure=True)
    assert answer.status_code == 422
    assert "There is a problem" in answer.content.decode()
