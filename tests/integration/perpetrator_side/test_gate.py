"""The gate: every legal status and kind of work, as it was ruled."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from lamplighter.hub.access.wall.identity import as_person
from lamplighter.hub.accounts.models import Role
from lamplighter.hub.cases.models import LegalStatus
from lamplighter.hub.perpetrator_side import library, policies
from lamplighter.hub.perpetrator_side.legal_gate import gate
from lamplighter.hub.site.refusals import NotPossibleError
from tests.integration.access import making
from tests.integration.perpetrator_side import telling

TODAY = dt.date(2026, 11, 29)
ALWAYS = {"advice", "consultation", "signposting"}
EVERY = {"assessment_met", "assessment_required", "direct_voluntary", "direct_required"}
# The legal status, and what it allows besides advising others; after a consultation where the matter is live.
MATRIX = {
    "not_known": set(),
    "not_reported": {"assessment_met", "direct_voluntary"},
    "investigation": {"assessment_required", "direct_required"},
    "charged": {"assessment_required", "direct_required"},
    "no_action": EVERY,
    "convicted": EVERY,
    "probation": EVERY,
    "acquitted": EVERY,
}


def test_every_legal_status_is_ruled_on() -> None:
    assert set(MATRIX) == {gate.NOT_KNOWN, *LegalStatus.Name.values}


@pytest.mark.parametrize("status", MATRIX)
def test_what_a_legal_status_allows(status: str) -> None:
    found = gate.rulings(status, TODAY)
    assert {w for w, r in found.items() if r.allowed} == ALWAYS | MATRIX[status]
    assert all(r.why and r.source and r.mark in {"S", "K", "I"} for r in found.values())


def test_every_pair_is_ruled_exactly_once() -> None:
    for status in MATRIX:
        ruled = [w for row in library.gate_rules(TODAY) if status in row["status"] for w in row["work"]]
        assert sorted(ruled) == sorted(library.kinds_of_work())


def test_before_the_rules_began_nothing_is_guessed() -> None:
    with pytest.raises(LookupError, match="no rule for investigation"):
        gate.rulings("investigation", dt.date(2020, 1, 1))


@pytest.mark.django_db
def test_the_gate_of_a_case_follows_its_legal_status_as_it_was_known() -> None:
    case = telling.a_case("")
    police = making.somebody(Role.INVESTIGATOR)
    telling.becomes(case, police, "investigation", at=telling.days_ago(60))
    telling.becomes(case, police, "no_action", at=telling.days_ago(20))
    with as_person(telling.clinician()):
        seen = [policies.check_gate(case, telling.days_ago(d)) for d in (90, 40, 10)]
        assert [g.statuses for g in seen] == [("not_known",), ("investigation",), ("no_action",)]
        assert [g.direct for g in seen] == [False, False, True]
        assert policies.check_gate(case).statuses == ("no_action",)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("status", "ground", "code", "told"),
    [
        ("investigation", "volunteer", "fact", "The criminal matter is live"),
        ("investigation", "spo", "cobi", "Record the consultation first"),
        ("charged", "volunteer", "fact", "The criminal matter is live"),
        ("", "volunteer", "fact", "Nobody has recorded"),
        ("no_action", "probation", "fact", "does not fit the legal status"),
        ("no_action", "spo", "fact", "not offered on that footing"),
        ("no_action", "volunteer", "fact", None),
        ("no_action", "spo", "cobi", None),
        ("probation", "licence", "skills_builder", None),
    ],
)
def test_enrolling_asks_the_gate(status: str, ground: str, code: str, told: str | None) -> None:
    case, user = telling.a_case(status), telling.clinician()
    if told is None:
        assert telling.enrolled(user, case, code, ground).ground == ground
    else:
        with pytest.raises(NotPossibleError, match=told):
            telling.enrolled(user, case, code, ground)


@pytest.mark.django_db
def test_a_status_that_changes_under_a_running_programme_stops_new_sessions() -> None:
    case, user = telling.a_case(), telling.clinician()
    course = telling.allocated(user, case)
    telling.becomes(case, making.somebody(Role.INVESTIGATOR), "investigation", at=timezone.now())
    with pytest.raises(NotPossibleError, match=r"criminal matter is live|live police investigation"):
        telling.held(user, case, course.enrolment.key, 1)


@pytest.mark.django_db
def test_advice_is_given_whatever_the_status() -> None:
    from lamplighter.hub.perpetrator_side import services

    case, user = telling.a_case("investigation"), telling.clinician()
    with as_person(user):
        made = services.advise(
            user,
            case,
            kind="advice",
            on=timezone.localdate(),
            to="The officer in the case",
            question="How to tell him of the order",
            advice="Two officers, in the morning, in plain words",
            minutes=40,
        )
    assert made.minutes == 40
