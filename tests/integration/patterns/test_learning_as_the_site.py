"""Queueing the job that works out what a correction teaches, signed in to the database as the site is."""

from __future__ import annotations

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob

from lamplighter.hub.access.wall import identity
from lamplighter.hub.accounts.models import Role, User
from lamplighter.hub.patterns import services
from lamplighter.hub.patterns.learning import services as lessons
from lamplighter.hub.patterns.models import Lesson, LessonDecision
from lamplighter.hub.people.matching import services as relinking
from lamplighter.hub.site.refusals import NotPossibleError
from tests.integration.access.site_login import as_the_site
from tests.integration.patterns import story
from tests.integration.patterns.test_learning import FIRST, WHY, WORDS, somebody

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("held"),
    pytest.mark.own_server,
]
Kind = LessonDecision.Kind


@pytest.fixture
def held() -> None:
    """Hold the story anew: each test here commits, and its rows are emptied."""
    story.receive([*story.background(), *story.STORY])
    relinking.relink_all()
    services.refresh_all()


def waiting() -> int:
    return ProcrastinateJob.objects.filter(task_name=lessons.JOB, status="todo").count()


def decided(lead: User, made: Lesson, kind: str) -> None:
    with as_the_site(), identity.as_person(lead):
        lessons.decide(lead, Lesson.objects.get(pk=made.pk), kind, WHY)


def test_whoever_proposes_accepts_or_undoes_has_the_effect_worked_out() -> None:
    officer, lead = somebody("officer", Role.INVESTIGATOR), somebody("lead", Role.STALKING_LEAD)
    with as_the_site(), identity.as_person(officer):
        services.correct(officer, FIRST, 1, "added", "watching", WORDS)
        made = lessons.propose(officer, FIRST, 1, "watching", WORDS)
    assert waiting() == 1
    with pytest.raises(NotPossibleError, match="is being worked out now"):
        decided(lead, made, Kind.ACCEPTED)
    services.learn()
    decided(lead, made, Kind.ACCEPTED)
    decided(lead, made, Kind.TAKEN_BACK)
    assert waiting() == 3


def test_a_decision_that_comes_too_early_has_the_effect_worked_out_all_the_same() -> None:
    officer, lead = somebody("officer", Role.INVESTIGATOR), somebody("lead", Role.STALKING_LEAD)
    services.correct(officer, FIRST, 1, "added", "watching", WORDS)
    made = lessons.propose(officer, FIRST, 1, "watching", WORDS)
    before = waiting()
    # As a page does it: the refusal is shown, and what the request did meanwhile stays.
    too_early = pytest.raises(NotPossibleError, match="is being worked out now")
    with as_the_site(), identity.as_person(lead), too_early:
        lessons.decide(lead, Lesson.objects.get(pk=made.pk), Kind.ACCEPTED, WHY)
    assert waiting() == before + 1
    assert not LessonDecision.objects.exists()
