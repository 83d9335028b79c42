"""Required work under a live matter: after a recorded consultation, and not before."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from lamplighter.hub.access.wall.identity import as_person
from lamplighter.hub.accounts.models import Role
from lamplighter.hub.cases.status import changes, criminal_matters
from lamplighter.hub.perpetrator_side import policies, services
from lamplighter.hub.perpetrator_side.legal_gate import gate
from lamplighter.hub.perpetrator_side.models import OfficerConsultation
from lamplighter.hub.site.refusals import NotPossibleError
from tests.integration.access import making
from tests.integration.perpetrator_side import telling

pytestmark = pytest.mark.django_db
TODAY = dt.date(2026, 11, 29)


def consulted(user: Any, case: Any, **changed: Any) -> OfficerConsultation:
    given = {
        "work": "direct_required",
        "asked": "officer",
        "who": "DC Osei, officer in the case",
        "on": timezone.localdate(),
        "answer": "start",
        "content": "Nothing about the days under investigation.",
        "disclosure": "Attendance is written down; notes are kept apart.",
        "timing": "From now on.",
    }
    with as_person(user):
        return services.consult_officer(user, case, **(given | changed))


@pytest.mark.parametrize("status", ["investigation", "charged"])
def test_what_is_required_is_not_refused_under_a_live_matter(status: str) -> None:
    before, now = gate.rulings(status, TODAY - dt.timedelta(days=1)), gate.rulings(status, TODAY)
    required = ("direct_required", "assessment_required")
    assert not any(before[work].allowed for work in required)
    assert all(now[work].allowed and now[work].consultation for work in required)
    assert not any(now[work].allowed for work in ("direct_voluntary", "assessment_met"))
    assert all(now[work].mark == "I" for work in (*required, "direct_voluntary", "assessment_met"))


@pytest.mark.parametrize("ground", ["spo", "dapo", "probation", "treatment", "licence"])
@pytest.mark.parametrize("status", ["investigation", "charged"])
def test_required_work_goes_on_after_a_consultation(status: str, ground: str) -> None:
    case, user = telling.a_case(status), telling.clinician()
    if ground not in {"spo", "dapo"}:
        # A requirement of a sentence is of another matter, which stands beside the live one.
        with pytest.raises(NotPossibleError, match="does not fit the legal status"):
            telling.enrolled(user, case, "cobi", ground)
        police, day = making.somebody(Role.INVESTIGATOR), telling.days_ago(500).date()
        with as_person(police):
            changes.set_legal_status(police, case, "probation", day, matter=criminal_matters.new())
    with pytest.raises(NotPossibleError, match=r"not yet\. .* Record the consultation first"):
        telling.enrolled(user, case, "cobi", ground)
    consulted(user, case)
    assert status in telling.enrolled(user, case, "cobi", ground).legal_status.split()
    with pytest.raises(NotPossibleError, match="Voluntary work waits"):
        telling.enrolled(user, case, "bespoke", "volunteer")


def test_who_was_told_to_wait_waits_and_asks_again() -> None:
    case, user = telling.a_case("investigation"), telling.clinician()
    consulted(user, case, answer="wait", asked="cps")
    with pytest.raises(NotPossibleError, match=r"said on .* that the work has to wait"):
        telling.enrolled(user, case, "cobi", "spo")
    consulted(user, case)
    telling.enrolled(user, case, "cobi", "spo")


def test_a_consultation_ends_with_the_next_live_status_and_is_of_one_agency_and_one_kind_of_work() -> None:
    case, user = telling.a_case("investigation"), telling.clinician()
    consulted(user, case, work="assessment_required")
    with as_person(user):
        found = policies.check_gate(case, agency=user.agency_id)
        assert found.allows("assessment_required")
        assert not found.allows("direct_required")
    consulted(telling.officer(), case)
    with as_person(user):
        assert not policies.check_gate(case, agency=user.agency_id).allows("direct_required")
    consulted(user, case)
    course = telling.allocated(user, case, code="cobi", ground="spo")
    telling.becomes(case, making.somebody(Role.INVESTIGATOR), "charged", at=timezone.now())
    with as_person(user):
        assert not policies.check_gate(case, agency=user.agency_id).allows("direct_required")
    with pytest.raises(NotPossibleError, match="Record the consultation"):
        telling.held(user, case, course.enrolment.key, 1, ago=-2)


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"work": "direct_voluntary"}, "No consultation is needed"),
        ({"who": " "}, "who was asked"),
        ({"content": ""}, "may be talked about"),
        ({"disclosure": ""}, "disclosure"),
        ({"timing": ""}, "when the work can start"),
        ({"asked": "nobody"}, "who was asked"),
        ({"answer": "perhaps"}, "what was agreed"),
        ({"on": dt.date(2100, 1, 1)}, "not be in the future"),
        ({"on": dt.date(2020, 1, 1)}, "on or after that day"),
    ],
)
def test_a_consultation_says_who_when_and_what(changed: dict[str, Any], told: str) -> None:
    case, user = telling.a_case("investigation"), telling.clinician()
    with pytest.raises(NotPossibleError, match=told):
        consulted(user, case, **changed)
    assert not OfficerConsultation.objects.filter(case=case).exists()


def test_where_nothing_is_live_no_consultation_is_recorded() -> None:
    with pytest.raises(NotPossibleError, match="No consultation is needed"):
        consulted(telling.clinician(), telling.a_case("no_action"))


def test_a_requirement_comes_from_a_court_or_from_a_licence() -> None:
    told = gate.rulings("not_reported", TODAY)["direct_required"].why
    assert "or from a licence (the Secretary of State or the Parole Board)" in told


def test_the_page_says_what_is_asked_and_goes_on() -> None:
    case, user = telling.a_case("investigation"), telling.clinician()
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    overview = client.get(reverse("perpetrator_side:overview", args=[case.key]), secure=True).content.decode()
    address = reverse("perpetrator_side:consult_officer", args=[case.key])
    assert f'href="{address}"' in overview
    assert "After a consultation" in overview
    day = timezone.localdate()
    typed = {
        "work": "direct_required",
        "asked": "cps",
        "who": "A. Reed, reviewing lawyer",
        "on_day": str(day.day),
        "on_month": str(day.month),
        "on_year": str(day.year),
        "answer": "start",
        "content": "Coping, and nothing about the days charged.",
        "disclosure": "Notes go to the reviewing lawyer on request.",
    }
    again = client.post(address, typed, secure=True).content.decode()
    assert "Enter when the work can start" in again
    assert "A. Reed" in again
    told = client.post(
        address, typed | {"timing": "From next week."}, follow=True, secure=True
    ).content.decode()
    assert "Consultation saved." in told
    assert "nothing about the days charged" in told
    overview = client.get(reverse("perpetrator_side:overview", args=[case.key]), secure=True).content.decode()
    assert "Yes, as agreed on" in overview
