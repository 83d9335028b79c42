"""What a decision leads to: tasks for the forces, a referral, a review date."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from lamplighter.hub.accounts.models import Role
from lamplighter.hub.intake.models import ReportVersion
from lamplighter.hub.patterns import configuration, services, work
from lamplighter.hub.patterns.decisions import steps
from lamplighter.hub.patterns.models import Course, Decision, NextStep
from tests.integration.access import making
from tests.integration.cases import telling
from tests.integration.patterns import story

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("the_story")]
BREACH = story.STORY[2]["report_id"]


@pytest.fixture
def course() -> Course:
    for code in ("force-a", "force-b"):
        making.agency(code)
    return Course.objects.get(superseded_at=None, report_ids__contains=[BREACH])


def decide(client, course, kind):
    sent = {"kind": kind, "reason": "Four in six weeks.", "version": course.pk}
    return client.post(f"/patterns/{course.course_id}/decide", sent, secure=True)


def keys(*report_ids):
    rows = ReportVersion.objects.filter(report_id__in=report_ids, superseded_at=None)
    return [str(k) for k in rows.values_list("key", flat=True)]


def test_after_it_is_stalking_each_force_can_be_asked_to_correct_its_record(course):
    by = making.somebody(Role.STALKING_LEAD)
    client = telling.browser(by)
    page = f"/patterns/{course.course_id}/next"
    assert decide(client, course, "course_of_conduct")["Location"] == page
    body = client.get(page, secure=True).content.decode()
    assert f'href="/cases/refer/pattern/{course.course_id}"' in body
    assert "HM2600001299, Force B: recorded as" in body
    client.post(page, {"reports": keys(BREACH)}, secure=True)
    again = client.get(page, secure=True).content.decode()
    assert "HM2600001299" not in again.split('name="reports"', 1)[-1].split("review_on")[0]
    theirs, other = (making.somebody(Role.STALKING_LEAD, code) for code in ("force-b", "force-a"))
    for list_ in ("/work/", "/work/team"):
        assert (
            "Correct how HM2600001299 was recorded"
            in telling.browser(theirs).get(list_, secure=True).content.decode()
        )
        assert "Correct how" not in telling.browser(other).get(list_, secure=True).content.decode()
    [step] = NextStep.objects.all()
    assert step.due_on == timezone.localdate() + dt.timedelta(
        days=configuration.correct_within(timezone.localdate())
    )
    address = f"/patterns/steps/{step.key}"
    assert telling.browser(other).post(address, {"outcome": "No."}, secure=True).status_code == 403
    sent = telling.browser(theirs).post(address, {"outcome": "Recorded as stalking now."}, secure=True)
    assert sent.status_code == 302
    assert work.notices(theirs, team=True) == []
    pattern = client.get(f"/patterns/{course.course_id}", secure=True).content.decode()
    assert "answered by force b" in pattern.lower()


def test_the_task_ends_when_the_record_says_stalking(course):
    by, theirs = making.somebody(Role.STALKING_LEAD), making.somebody(Role.STALKING_LEAD, "force-b")
    services.decide(by, course, Decision.Kind.COURSE, "Four in six weeks.")
    steps.take(by, course, list(ReportVersion.objects.filter(report_id=BREACH)), None)
    assert len(work.notices(theirs, team=True)) == 1
    story.receive([story.STORY[2] | {"recorded_as": "stalking"}])
    assert work.notices(theirs, team=True) == []


def test_a_review_date_waits_for_whoever_set_it_until_somebody_decides_again(course):
    by, other = making.somebody(Role.INVESTIGATOR), making.somebody(Role.INVESTIGATOR)
    client = telling.browser(by)
    assert decide(client, course, "need_more")["Location"] == f"/patterns/{course.course_id}/next"
    past = {"review_on_day": "1", "review_on_month": "1", "review_on_year": "2020"}
    page = f"/patterns/{course.course_id}/next"
    refused = client.post(page, past, secure=True)
    assert refused.status_code == 422
    assert "The review date must be in the future." in refused.content.decode()
    on = timezone.localdate() + dt.timedelta(days=5)
    sent = {"review_on_day": on.day, "review_on_month": on.month, "review_on_year": on.year}
    assert client.post(page, sent, secure=True).status_code == 302
    [notice] = work.notices(by, team=False)
    assert (notice.text, notice.due_at.date()) == (f"Review pattern {course.course_id}", on)
    assert work.notices(other, team=False) == []
    services.hold(other, course.course_id, other)
    assert [n.text for n in work.notices(other, team=False)] == [notice.text]
    services.decide(other, course, Decision.Kind.NOT_COURSE, "A quarrel.")
    assert work.notices(by, team=False) == work.notices(other, team=False) == []
