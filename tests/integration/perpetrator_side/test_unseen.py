"""No page of this side speaks for everybody about rows that its reader cannot see."""

from __future__ import annotations

import re
from html import unescape

import pytest
from django.urls import reverse

from lamplighter.hub.access.wall.identity import as_person
from lamplighter.hub.accounts.models import User
from lamplighter.hub.cases.models import Case
from lamplighter.hub.perpetrator_side import services
from tests.integration.cases import telling as browsers
from tests.integration.perpetrator_side import telling

pytestmark = pytest.mark.django_db
PAGES = (
    "overview",
    "programmes",
    "typology",
    "formulation",
    "formulation_history",
    "measures",
    "consultations",
)
# Sentences that say of everybody what only the reader does not see.
SPEAKS = re.compile(
    r"\b(nobody (is|has)|nothing (is stated|has been)|none (recorded|filled|given|offered)"
    r"|no \w+ (yet|so far))\b",
    re.IGNORECASE,
)
# Of rows that everybody on the case reads.
OF_EVERYBODY = ("Nothing has been published from this side.",)


def said(user: User, case: Case, page: str) -> str:
    answer = browsers.browser(user).get(reverse(f"perpetrator_side:{page}", args=[case.key]), secure=True)
    assert answer.status_code == 200
    main = answer.content.decode().split("<main")[1].split("</main>")[0]
    text = " ".join(unescape(re.sub(r"<[^>]+>", " ", main)).split())
    for known in OF_EVERYBODY:
        text = text.replace(known, "")
    return text


@pytest.mark.parametrize("which", PAGES)
def test_a_probation_officer_is_told_whom_to_ask_and_never_nobody(which: str) -> None:
    clinician, officer, case = telling.clinician(), telling.officer(), telling.a_case()
    telling.allocated(clinician, case)
    with as_person(clinician):
        services.state(clinician, case, "presenting", "He writes to her")
    text = said(officer, case, which)
    assert SPEAKS.findall(text) == []
    if which in {"overview", "typology", "formulation", "formulation_history", "measures"}:
        assert "Nothing that you can see. Ask Health." in text


def test_whoever_sees_every_row_is_told_that_there_is_none() -> None:
    assert "Nobody is enrolled." in said(telling.clinician(), telling.a_case(), "overview")


def test_what_an_officer_publishes_does_not_speak_for_the_health_service() -> None:
    clinician, officer, case = telling.clinician(), telling.officer(), telling.a_case()
    telling.enrolled(clinician, case)
    with as_person(officer):
        assert "Nobody is enrolled" not in services.publish(officer, case).body
