"""What a meeting agreed and nobody has done: carried over, chased, and put before whoever chairs."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from lamplighter.hub.access import moment
from lamplighter.hub.access.wall import identity
from lamplighter.hub.accounts.models import Role, User
from lamplighter.hub.clocks import overdue
from lamplighter.hub.clocks.models import Clock
from lamplighter.hub.clocks.notices import Notice, end_of
from lamplighter.hub.meetings import rules, work
from lamplighter.hub.meetings.agenda import items as agenda
from lamplighter.hub.meetings.general import services as general
from lamplighter.hub.meetings.minutes import services as minutes
from lamplighter.hub.meetings.models import Meeting
from lamplighter.hub.my_work import services as finishing
from lamplighter.reporting import words
from tests.integration.access import making
from tests.integration.meetings.making import Hub, hub, plan

pytestmark = pytest.mark.django_db

#: What is due on a day is put before whoever chairs on which (three working days after, counted by hand).
ESCALATED = [
    # A Tuesday: Friday. A Friday: Wednesday, for nobody counts the weekend.
    (dt.date(2026, 12, 1), dt.date(2026, 12, 4)),
    (dt.date(2026, 12, 4), dt.date(2026, 12, 9)),
    (dt.date(2026, 12, 5), dt.date(2026, 12, 9)),
    # 25 December is a Friday, and Boxing Day is kept on Monday the 28th.
    (dt.date(2026, 12, 22), dt.date(2026, 12, 29)),
    (dt.date(2026, 12, 24), dt.date(2026, 12, 31)),
    (dt.date(2026, 12, 30), dt.date(2027, 1, 5)),
    # Good Friday and Easter Monday, with the clocks changed between them.
    (dt.date(2027, 3, 25), dt.date(2027, 4, 1)),
]


def at(day: dt.date, hour: int = 0, minute: int = 0) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(day, dt.time(hour, minute)))


def agreed(
    h: Hub, meeting: Meeting, due_on: dt.date, partition: str = "shared", by: User | None = None
) -> Clock:
    by = by or h.coordinator
    with identity.as_person(by), moment.at(meeting.starts_at):
        line = minutes.write(
            *(by, h.case, meeting, "action", partition, "Fit an alarm"),
            doer=h.officer,
            due_on=due_on,
            evidence="Its number",
        )
    return Clock.objects.get(key=line.task)


def told(user: User, now: dt.datetime, *, team: bool = False) -> list[Notice]:
    with identity.as_person(user), moment.at(now):
        return [n for n in work.notices(user, team) if n.text.startswith("See to")]


@pytest.mark.parametrize(("due", "day"), ESCALATED)
def test_three_working_days_after_it_was_due_whoever_chairs_is_told(due: dt.date, day: dt.date) -> None:
    assert rules.is_escalated(due, day)
    assert not rules.is_escalated(due, day - dt.timedelta(days=1))


def test_who_chairs_and_coordinators_are_told_on_the_morning_and_nobody_else() -> None:
    h = hub()
    chair = h.clinician
    meeting = plan(h.coordinator, at(dt.date(2026, 12, 1), 10), chair=chair)
    due, day = dt.date(2026, 12, 4), dt.date(2026, 12, 9)
    task = agreed(h, meeting, due)
    of_force = making.somebody(Role.COORDINATOR, "force-a")
    everybody = [*h.people().values(), h.outsider, of_force]
    for user in everybody:
        assert told(user, at(day) - dt.timedelta(seconds=1)) == []
    first = at(day)
    for user in everybody:
        # The force's own coordinator is told by the rules of overdue tasks, as the team of whoever does it.
        assert len(told(user, first)) == (user in {chair, h.coordinator}), user.role
        assert told(user, first, team=True) == []
    (notice,) = told(chair, first)
    assert notice.text == f"See to what Force A was to do by {words.day(due)}"
    assert notice.case == h.case.reference
    assert notice.href.startswith(f"/cases/{h.case.key}/minutes/")
    with identity.as_person(h.officer), moment.at(first):
        finishing.done(h.officer, task, "Fitted, number 12.")
    assert told(chair, first) == told(h.coordinator, first) == []


def test_an_action_of_one_side_is_put_before_nobody_of_another() -> None:
    h = hub()
    meeting = plan(h.coordinator, at(dt.date(2026, 12, 1), 10))
    agreed(h, meeting, dt.date(2026, 12, 4), "police", by=h.officer)
    assert told(h.coordinator, at(dt.date(2026, 12, 20))) == []
    own = plan(h.coordinator, at(dt.date(2026, 12, 2), 10), chair=h.officer)
    lead = making.somebody(Role.STALKING_LEAD, "force-a")
    with identity.as_person(h.officer), moment.at(own.starts_at):
        minutes.write(
            *(h.officer, h.case, own, "action", "police", "Read the film"),
            doer=lead,
            due_on=dt.date(2026, 12, 4),
            evidence="A note",
        )
    assert len(told(h.officer, at(dt.date(2026, 12, 9)))) == 1


@pytest.mark.parametrize("due", [dt.date(2026, 12, 3), dt.date(2026, 12, 4), dt.date(2027, 3, 27)])
def test_it_is_brought_before_the_doers_own_coordinator_a_day_after_it_was_due(due: dt.date) -> None:
    """On 27 March 2027 the clocks change in the night after: 24 hours are 24 hours."""
    h = hub()
    meeting = plan(h.coordinator, at(dt.date(2026, 12, 1), 10))
    task = agreed(h, meeting, due)
    assert task.due_at == end_of(due)
    first, of_force = task.due_at + dt.timedelta(hours=24), making.somebody(Role.COORDINATOR, "force-a")
    making.somebody(Role.COORDINATOR, "hub")

    def chased() -> list[Clock]:
        return list(Clock.objects.filter(kind=overdue.NOTICE, of_key=task.key))

    with identity.as_service("run clocks"):
        overdue.tell(first)
        assert chased() == []
        overdue.tell(first + dt.timedelta(seconds=1))
    (found,) = chased()
    assert (found.owner_id, found.assigned_to, found.partition) == ("force-a", of_force, "shared")
    assert found.text == "Overdue: Fit an alarm"
    with identity.as_person(h.officer):
        finishing.done(h.officer, task, "Fitted, number 12.")
    with identity.as_service("run clocks"):
        overdue.tell(first + dt.timedelta(minutes=5))
    assert [c.state for c in chased()] == [Clock.State.DONE]


def test_it_is_carried_over_to_every_agenda_until_it_is_done() -> None:
    h = hub()
    days = [dt.date(2026, 12, d) for d in (1, 8, 15, 22)]
    meetings = [plan(h.coordinator, at(day, 10)) for day in days]
    task = agreed(h, meetings[0], dt.date(2026, 12, 10))

    def on(number: int, now: dt.datetime) -> list[str]:
        with identity.as_person(h.clinician):
            items = agenda.build(h.clinician, meetings[number], now).section("actions").items
        return [line.text for item in items for line in item.lines if "Fit an alarm" in line.text]

    noon = [at(day, 12) for day in days]
    assert [f"due {words.day(dt.date(2026, 12, 10))}" in text for text in on(1, noon[1])] == [True]
    assert ["overdue by 5 days" in text for text in on(2, noon[2])] == [True]
    with identity.as_person(h.officer), moment.at(at(dt.date(2026, 12, 17))):
        finishing.done(h.officer, task, "Fitted, number 12.")
    assert on(3, noon[3]) == ["Done: Fit an alarm. Fitted, number 12."]


def test_what_was_agreed_of_no_case_is_on_its_doers_list_and_is_escalated_too() -> None:
    h = hub()
    meeting = plan(h.coordinator, at(dt.date(2026, 12, 1), 10))
    due, day = dt.date(2026, 12, 4), dt.date(2026, 12, 9)
    with identity.as_person(h.coordinator), moment.at(meeting.starts_at):
        item = general.add_item(h.coordinator, meeting, "Training in January")
        row = general.say(
            *(h.coordinator, item, "action", "Ask the trainer for dates"),
            doer=h.officer,
            due_on=due,
            evidence="The dates",
        )

    def listed(user: User, now: dt.datetime, *, team: bool = False) -> list[str]:
        with identity.as_person(user), moment.at(now):
            return [n.text for n in work.notices(user, team) if "business" in n.href]

    before, first = at(day) - dt.timedelta(seconds=1), at(day)
    assert listed(h.officer, before) == listed(h.officer, first) == ["Ask the trainer for dates"]
    assert listed(making.somebody(Role.STALKING_LEAD), first, team=True) == ["Ask the trainer for dates"]
    assert listed(h.coordinator, before) == []
    assert listed(h.coordinator, first) == [f"See to what Force A was to do by {words.day(due)}"]
    assert listed(h.clinician, first) == listed(h.outsider, first) == []
    with identity.as_person(h.officer):
        general.finish(h.officer, row, "12 and 19 January.")
    assert listed(h.officer, first) == listed(h.coordinator, first) == []
