"""Programmes: eligibility, the clocks of allocation, session and follow-up, the dose, the end."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from lamplighter.hub.access import moment
from lamplighter.hub.access.wall.identity import as_person
from lamplighter.hub.accounts.models import User
from lamplighter.hub.cases import selectors as cases
from lamplighter.hub.cases.models import Case
from lamplighter.hub.clocks.models import Clock
from lamplighter.hub.perpetrator_side import library, selectors
from lamplighter.hub.perpetrator_side.models import SessionOutcome
from lamplighter.hub.perpetrator_side.programmes import delivery
from lamplighter.hub.site.refusals import ConflictError, NotPossibleError
from tests.integration.perpetrator_side import telling

pytestmark = pytest.mark.django_db


@pytest.fixture
def user() -> User:
    return telling.clinician()


@pytest.fixture
def case() -> Case:
    return telling.a_case()


def clocks(case: Case, kind: str) -> list[Clock]:
    return list(Clock.objects.filter(case=case, kind=kind).order_by("pk"))


def test_what_is_published_is_what_is_there() -> None:
    found = library.programmes(dt.date(2026, 11, 24))
    assert {c: (p.sessions, p.follow_up_sessions) for c, p in found.items()} == {
        "fact": (8, 1),
        "skills_builder": (8, 1),
        "cobi": (12, 0),
        "bespoke": (0, 0),
    }
    assert found["cobi"].allocation_days == 14


def test_a_programme_that_is_no_longer_described_can_still_be_read() -> None:
    gone = library.programme("retired", dt.date(2026, 11, 24))
    assert (gone.title, gone.planned, gone.session_name(3)) == ("retired", 0, "session 3")


@pytest.mark.parametrize("answer", ["no", "not_known", ""])
def test_a_criterion_that_is_not_met_is_named(user: User, case: Case, answer: str) -> None:
    programme = library.programmes(timezone.localdate())["fact"]
    answers = dict.fromkeys(programme.criteria, "yes") | {"moving_on": answer}
    with as_person(user), pytest.raises(NotPossibleError, match="move on from a relationship"):
        delivery.enrol(user, case, programme, "volunteer", answers, "Because")


def test_allocation_runs_two_weeks_from_enrolment(user: User, case: Case) -> None:
    made = telling.enrolled(user, case, "cobi", "spo")
    (clock,) = clocks(case, delivery.ALLOCATION)
    assert clock.partition == "health"
    assert (clock.due_at - made.at).days in {13, 14}
    assert clock.state == "running"
    with as_person(user):
        delivery.allocate(user, case, selectors.course(case, made.key), user, "Dr Wren")
    assert clocks(case, delivery.ALLOCATION)[0].state == "done"


def test_no_session_before_somebody_is_allocated_and_only_from_the_own_service(
    user: User, case: Case
) -> None:
    made = telling.enrolled(user, case)
    with as_person(user):
        course = selectors.course(case, made.key)
        with pytest.raises(NotPossibleError, match="Allocate a practitioner first"):
            delivery.offer(user, case, course, 1, timezone.now())
        with pytest.raises(NotPossibleError, match="your own service"):
            delivery.allocate(user, case, course, telling.officer(), "Dr Wren")


def test_a_session_has_a_clock_until_it_is_recorded_and_a_missed_one_until_it_is_followed_up(
    user: User, case: Case
) -> None:
    key = telling.allocated(user, case).enrolment.key
    telling.held(user, case, key, 1, "missed", ago=5)
    (session,) = clocks(case, delivery.SESSION)
    (chase,) = clocks(case, delivery.CHASE)
    assert session.state == "done"
    assert (chase.state, chase.assigned_to_id, chase.partition) == ("running", user.pk, "health")
    assert chase.due_at - chase.starts_at == dt.timedelta(days=2)
    with as_person(user):
        course = selectors.course(case, key)
        assert course.sessions[0].to_chase
        delivery.chase(user, case, course, course.sessions[0], "Rang him; he comes on Friday")
        course = selectors.course(case, key)
    assert not course.sessions[0].to_chase
    assert clocks(case, delivery.CHASE)[0].state == "done"
    assert (course.missed, course.offered, course.attended, course.next_number) == (1, 1, set(), 1)


def test_a_correction_keeps_what_was_recorded_and_ends_the_chase(user: User, case: Case) -> None:
    key = telling.allocated(user, case).enrolment.key
    telling.held(user, case, key, 1, "missed")
    with as_person(user):
        course = selectors.course(case, key)
        state = course.sessions[0]
        with pytest.raises(NotPossibleError, match="why the record is corrected"):
            delivery.record(user, case, course, state, "attended", seen=state.outcome)
        delivery.record(user, case, course, state, "attended", words="He came late", seen=state.outcome)
        assert selectors.course(case, key).attended == {1}
        assert SessionOutcome.objects.filter(session=state.session).count() == 2
    assert clocks(case, delivery.CHASE)[0].state == "cancelled"


def test_two_who_record_the_same_session_do_not_overwrite_each_other(user: User, case: Case) -> None:
    key = telling.allocated(user, case).enrolment.key
    with as_person(user):
        with moment.at(telling.days_ago(2)):
            delivery.offer(user, case, selectors.course(case, key), 1, telling.days_ago(1))
        course = selectors.course(case, key)
        delivery.record(user, case, course, course.sessions[0], "attended")
        with pytest.raises(ConflictError) as stale:
            delivery.record(user, case, course, course.sessions[0], "missed")
    assert stale.value.newest.what == "attended"
    assert clocks(case, delivery.CHASE) == []


def test_what_is_still_to_come_can_only_be_called_off(user: User, case: Case) -> None:
    key = telling.allocated(user, case).enrolment.key
    with as_person(user):
        delivery.offer(user, case, selectors.course(case, key), 1, timezone.now() + dt.timedelta(days=2))
        course = selectors.course(case, key)
        with pytest.raises(NotPossibleError, match="still to come"):
            delivery.record(user, case, course, course.sessions[0], "attended")
        delivery.record(user, case, course, course.sessions[0], "called_off")
        assert selectors.course(case, key).offered == 0


def test_delivered_in_full_needs_every_session_and_stops_every_clock(user: User, case: Case) -> None:
    key = telling.allocated(user, case).enrolment.key
    for number in range(1, 9):
        telling.held(user, case, key, number, ago=80 - 8 * number)
    with as_person(user):
        course = selectors.course(case, key)
        with pytest.raises(NotPossibleError, match="8 of 9 attended"):
            delivery.end(user, case, course, "completed", "Done")
    telling.held(user, case, key, 9, ago=1)
    with as_person(user):
        delivery.end(user, case, selectors.course(case, key), "completed", "A booklet to keep")
        ended = selectors.course(case, key)
        assert ended.ending is not None
        with pytest.raises(NotPossibleError, match="has ended"):
            delivery.offer(user, case, ended, 1, timezone.now())
        # Whoever ends it again is shown how it ended.
        with pytest.raises(ConflictError) as again:
            delivery.end(user, case, ended, "person", "x")
        assert again.value.newest == ended.ending
    assert not Clock.objects.filter(case=case, kind__startswith="intervention.", state="running").exists()


def test_stopped_says_by_whom_and_cancels_what_still_ran(user: User, case: Case) -> None:
    key = telling.allocated(user, case).enrolment.key
    telling.held(user, case, key, 1, "missed")
    with as_person(user):
        delivery.end(user, case, selectors.course(case, key), "person", "He does not want to come")
    assert [c.state for c in clocks(case, delivery.CHASE)] == ["cancelled"]


def test_minutes_of_a_session_count_as_work_by_role(user: User, case: Case) -> None:
    key = telling.allocated(user, case).enrolment.key
    with as_person(user):
        with moment.at(telling.days_ago(2)):
            delivery.offer(user, case, selectors.course(case, key), 1, telling.days_ago(1))
        course = selectors.course(case, key)
        delivery.record(user, case, course, course.sessions[0], "attended", minutes=75)
        assert cases.minutes(case) == {"clinician": 75}


def test_as_at_shows_the_dose_as_it_was_known(user: User, case: Case) -> None:
    with moment.at(telling.days_ago(40)):
        key = telling.allocated(user, case).enrolment.key
    telling.held(user, case, key, 1, ago=30)
    telling.held(user, case, key, 2, "missed", ago=20)
    with as_person(user):
        with moment.at(telling.days_ago(10)):
            delivery.end(user, case, selectors.course(case, key), "service", "No room")
        for days, attended, missed, ended in (
            (35, 0, 0, False),
            (25, 1, 0, False),
            (15, 1, 1, False),
            (5, 1, 1, True),
        ):
            course = selectors.course(case, key, telling.days_ago(days))
            seen = (len(course.attended), course.missed, course.ending is not None)
            assert seen == (attended, missed, ended), days
        assert selectors.courses(case, telling.days_ago(41)) == []
