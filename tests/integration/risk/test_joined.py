"""What other contexts show of the risk: the caseload its level, the meeting a case that was judged high."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from lamplighter.hub.access.wall import identity
from lamplighter.hub.caseload.risk import levels
from lamplighter.hub.risk.second_opinion import second_rater
from tests.integration.meetings.making import hub, plan, texts
from tests.integration.risk import telling

pytestmark = pytest.mark.django_db
WEEK = dt.timedelta(days=7)


@pytest.fixture(autouse=True)
def nobody_is_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave out the lot that asks somebody to judge blind: they would not see what was judged."""
    monkeypatch.setattr(second_rater, "is_drawn", lambda percent: False)


def test_a_case_that_was_judged_high_since_the_last_meeting_is_on_the_agenda_and_another_is_not() -> None:
    h = hub()
    last = plan(h.coordinator, timezone.now() - WEEK)
    now = plan(h.coordinator)
    telling.assess(h.officer, h.case, telling.draft())
    assert texts(h.clinician, now, "discussion") == []
    telling.assess(h.officer, h.case, telling.a_high(h.officer))
    assert texts(h.clinician, now, "discussion") == ["Assessed, and the level is high"]
    assert texts(h.clinician, last, "discussion") == []


def test_the_caseload_is_told_the_level_of_every_case_by_one_question() -> None:
    h, other = hub(), telling.a_case()
    telling.assess(h.officer, h.case, telling.a_high(h.officer))
    with identity.as_person(h.officer), CaptureQueriesContext(connection) as asked:
        found = levels([h.case.pk, other.pk])
    assert found is not None
    assert {case: one.level for case, one in found.items()} == {h.case.pk: "high"}
    assert len([q for q in asked if "risk_assessment" in q["sql"]]) == 1
    with identity.as_person(h.outsider):
        assert levels([h.case.pk]) == {}
