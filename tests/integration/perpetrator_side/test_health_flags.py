"""A health flag has a source and a day, is of this side alone, and asks for a decision in ten days."""

from __future__ import annotations

import datetime as dt
from html import unescape

import pytest
from django.utils import timezone

from lamplighter.hub.access.wall import identity
from lamplighter.hub.clocks.models import Clock
from lamplighter.hub.clocks.notices import end_of
from lamplighter.hub.perpetrator_side.health_flags import services
from lamplighter.hub.perpetrator_side.models import HealthDecision, HealthFlag
from lamplighter.hub.site.refusals import NotPossibleError
from tests.integration.access import making
from tests.integration.cases import telling as browsing
from tests.integration.perpetrator_side import telling

pytestmark = pytest.mark.django_db


def test_a_flag_of_probation_is_decided_by_health_within_ten_days_of_its_day() -> None:
    case, officer, clinician = telling.a_case(), telling.officer(), telling.clinician()
    today = timezone.localdate()
    page = f"/cases/{case.key}/intervention/health"
    given = {"source": "liaison", "words": "He has not slept for a week.", "noted_on_year": today.year}
    given |= {"noted_on_day": today.day, "noted_on_month": today.month}
    client = browsing.browser(officer)
    refused = client.post(f"{page}/flag", given | {"source": ""}, secure=True)
    assert refused.status_code in {200, 422}
    assert "Choose who said so" in refused.content.decode()
    assert client.post(f"{page}/flag", given, secure=True).status_code == 302
    flag = HealthFlag.objects.get(case=case)
    (task,) = Clock.objects.filter(case=case, kind=services.DECIDE)
    assert (task.owner_id, task.partition) == ("health", "health")
    assert task.due_at == end_of(today + dt.timedelta(days=10))
    told = unescape(browsing.browser(clinician).get(page, secure=True).content.decode())
    assert "He has not slept for a week." in told
    assert "Nobody has decided on a referral yet." in told
    for other in (making.somebody("investigator"), making.somebody("advocate", "helpline")):
        answer = browsing.browser(other).get(page, secure=True)
        assert answer.status_code in {403, 404}
    sent = {"decision": "not_refer", "on_day": today.day, "on_month": today.month, "on_year": today.year}
    decide = f"{page}/{flag.key}/decide"
    without = browsing.browser(clinician).post(decide, sent, secure=True)
    assert "Enter the reason" in without.content.decode()
    assert HealthDecision.objects.count() == 0
    assert (
        browsing.browser(clinician).post(decide, sent | {"words": "Known there."}, secure=True).status_code
        == 302
    )
    task.refresh_from_db()
    assert (task.state, task.ended_by) == (Clock.State.DONE, clinician)


def test_a_day_to_come_and_a_decision_before_its_flag_are_refused() -> None:
    case, user, today = telling.a_case(), telling.clinician(), timezone.localdate()
    with identity.as_person(user):
        with pytest.raises(NotPossibleError, match="future"):
            services.flag(
                user, case, source="self", noted_on=today + dt.timedelta(days=1), words="He said so."
            )
        row = services.flag(user, case, source="self", noted_on=today, words="He said so.")
        with pytest.raises(NotPossibleError, match="before the day of the flag"):
            services.decide(
                *(user, case, row), decision="refer", on=today - dt.timedelta(days=1), words="He asks."
            )
