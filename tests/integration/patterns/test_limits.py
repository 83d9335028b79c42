"""The six-month limit in the list, its filter, and what is said when a finding goes away."""

from __future__ import annotations

import datetime as dt
from unittest import mock

import pytest
from django.utils import timezone

from lamplighter.hub.accounts.models import Role
from lamplighter.hub.patterns import presenters, selectors, services, work
from lamplighter.hub.patterns.decisions import time_limits
from lamplighter.hub.patterns.models import Course, CourseChange, Decision, Look
from lamplighter.hub.patterns.one_pattern.selectors import read
from tests.integration.access import making
from tests.integration.cases import telling
from tests.integration.patterns import story

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("the_story")]
# The last act of the story is on 13 April 2026.
ENDS = dt.date(2026, 10, 13)


@pytest.fixture
def course() -> Course:
    return Course.objects.get(superseded_at=None, report_ids__contains=[story.STORY[0]["report_id"]])


@pytest.mark.parametrize(("left", "there"), [(29, False), (28, True), (0, True), (-1, False)])
def test_it_stands_in_the_list_from_28_days_before_until_its_day(course, left, there):
    today = ENDS - dt.timedelta(days=left)
    assert (course.course_id in time_limits.soon(today)) is there
    filters = selectors.Filters(limit="soon")
    user = making.somebody(Role.INVESTIGATOR)
    with mock.patch.object(timezone, "localdate", return_value=today):
        listed = selectors.listed(filters, user)
        assert (course.course_id in [c.course_id for c in listed]) is there


def test_its_holder_is_warned_and_nobody_else(course):
    holder, other = making.somebody(Role.INVESTIGATOR), making.somebody(Role.INVESTIGATOR)
    services.hold(holder, course.course_id, holder)
    with mock.patch.object(timezone, "localdate", return_value=ENDS - dt.timedelta(days=3)):
        [notice] = work.notices(holder, team=False)
        assert course.course_id in notice.text
        assert notice.due_at.date() == ENDS
        assert work.notices(other, team=False) == work.notices(holder, team=True) == []
        services.decide(holder, selectors.one(course.course_id), Decision.Kind.NOT_COURSE, "A quarrel.")
        assert work.notices(holder, team=False) == []


def test_its_holder_looks_at_it_after_three_four_and_five_months(course):
    holder = making.somebody(Role.INVESTIGATOR)
    services.hold(holder, course.course_id, holder)
    act = story.STORY[2]["at"].date()

    def notices(day):
        with mock.patch.object(timezone, "localdate", return_value=day):
            return work.notices(holder, team=False)

    assert notices(dt.date(2026, 7, 12)) == []
    for month in (7, 8, 9):
        day = dt.date(2026, month, act.day)
        [notice] = notices(day)
        assert notice.due_at.date() == day
        with mock.patch.object(
            timezone, "now", return_value=timezone.make_aware(dt.datetime(2026, month, 20))
        ):
            Look.objects.create(course_id=course.course_id, version=course, by=holder, at=timezone.now())
        # Opened since: nothing more until the next warning, and until its last four weeks.
        assert (notices(day + dt.timedelta(days=8)) != []) is (month == 9)


def test_who_answers_for_the_force_is_told_of_those_that_nobody_has(course):
    lead = making.somebody(Role.STALKING_LEAD, "force-b")
    elsewhere = making.somebody(Role.STALKING_LEAD, "health")
    day = dt.date(2026, 7, 14)

    def told(user):
        with mock.patch.object(timezone, "localdate", return_value=day):
            return [n for n in work.notices(user, team=False) if "time limit that runs" in n.text]

    [notice] = told(lead)
    assert notice.href == "/patterns/?limit=runs&held=nobody"
    assert told(elsewhere) == []
    with mock.patch.object(timezone, "localdate", return_value=day):
        rows = selectors.listed(selectors.Filters(limit="runs", held="nobody"), lead)
        assert course.course_id in [c.course_id for c in rows]
    services.hold(lead, course.course_id, lead)
    assert told(lead) == []


def test_the_page_says_it_as_of_today_however_old_the_sentence_is(course):
    with mock.patch.object(timezone, "localdate", return_value=ENDS - dt.timedelta(days=2)):
        words = read(course).findings["six_month_limit"].words.replace("\xa0", " ")
    assert words.startswith(
        "Proceedings for a summary-only charge must begin not later than 13 October 2026, 2 days from now"
    )


def test_the_list_offers_the_filter_and_shows_the_day(course):
    client = telling.browser(making.somebody(Role.INVESTIGATOR))
    assert 'href="/patterns/?limit=soon"' in client.get("/patterns/", secure=True).content.decode()
    with mock.patch.object(
        time_limits,
        "soon",
        return_value={course.course_id: time_limits.Ending(ENDS, 2, story.STORY[2]["at"].date())},
    ):
        body = client.get("/patterns/?limit=soon", secure=True).content.decode().replace("\xa0", " ")
    assert "Time limit for a summary-only charge: in 2 days, 13 October 2026" in body


def test_what_went_away_is_said_with_the_report_since_which(course):
    course.rules_met = [r for r in course.rules_met if not r.startswith("escalation.")]
    change = CourseChange(
        kind="changed", reports_joined=[story.STORY[2]["report_id"]], rules_lost=["escalation.kind"]
    )
    told = presenters.gone(read(course), [change])
    assert [t.replace("\xa0", " ") for t in told] == [
        "No longer escalating since the report of 13 April 2026 (Force B)"
    ]
    assert presenters.changed([change], None, course.rules_met) == "1 report joined; no longer escalating"
    course.rules_met = [*course.rules_met, "escalation.rate"]
    assert presenters.gone(read(course), [change]) == []
    assert presenters.changed([change], None, course.rules_met) == "1 report joined"
