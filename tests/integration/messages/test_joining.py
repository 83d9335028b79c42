"""Confirmed incidents join the pattern and the case of the two people, and start what a report starts."""

from __future__ import annotations

import pytest

from lamplighter.hub.access.wall import identity
from lamplighter.hub.accounts.models import Role
from lamplighter.hub.arrivals.configuration import READ
from lamplighter.hub.arrivals.models import CaseReport
from lamplighter.hub.cases import services as cases
from lamplighter.hub.cases.models import Case
from lamplighter.hub.cases.referrals import from_pattern
from lamplighter.hub.clocks.models import Clock
from lamplighter.hub.intake.confidentiality.selectors import OWN
from lamplighter.hub.messages import confirming, services
from lamplighter.hub.patterns import selectors as patterns
from lamplighter.hub.patterns.models import Course
from lamplighter.hub.patterns.services import refresh_all
from lamplighter.hub.people.matching.services import relink_all
from lamplighter.hub.risk.models import Trigger
from tests.integration.access import making
from tests.integration.messages import exports
from tests.integration.patterns import story

pytestmark = pytest.mark.django_db


def a_case_of_the_story() -> tuple[Case, Course]:
    story.receive([*story.background(), *story.STORY])
    relink_all()
    refresh_all()
    course = patterns.of_report(story.STORY[0]["report_id"]).get()
    people = {k: v for k, v in from_pattern.referral_of(course).items() if k in ("victim", "suspect")}
    by = making.somebody(Role.STALKING_LEAD)
    agencies = [making.agency("helpline"), making.agency("health")]
    with identity.as_person(by):
        case = cases.refer(by, why="Reports.", agencies=agencies, course_id=course.course_id, **people)
    return case, course


def test_a_chat_of_the_victim_joins_the_pattern_the_case_and_the_triggers() -> None:
    case, course = a_case_of_the_story()
    advocate = making.somebody(Role.ADVOCATE, "helpline")
    with identity.as_person(advocate):
        made = services.bring(advocate, case, "chat.txt", exports.chat())
        drafts = services.answer(advocate, made, {exports.HER: "victim", exports.HIM: "suspect"})
        found = confirming.confirm(advocate, made, drafts, OWN)
        assert found.joined
    with making.as_the_owner():
        now = Course.objects.get(superseded_at=None, course_id=course.course_id)
        assert now.n_reports == course.n_reports + 1
        row = CaseReport.objects.get(case=case, report_key=found.report_key, ended_at=None)
        assert row.news
        # Told in confidence: that it exists, and no word of it.
        assert row.acts == []
        assert Clock.objects.filter(case=case, kind=READ).exists()
        assert Trigger.objects.filter(case=case).exists()
