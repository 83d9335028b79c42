"""The plan of the first week, support, and the Victims' Code, over the weeks in which days are miscounted."""

from __future__ import annotations

import datetime as dt

import pytest

from lamplighter.hub.cases.models import Entry
from lamplighter.hub.clocks.models import Clock
from lamplighter.hub.site.refusals import NotPossibleError
from lamplighter.hub.victim_side import policies, selectors
from lamplighter.hub.victim_side.models import Contact
from lamplighter.hub.victim_side.services import contact, standing_by, updates
from lamplighter.vocabulary.working_days import PastTheEndError
from tests.integration.access import making as access
from tests.integration.victim_side import making
from tests.integration.victim_side.making import PRESSURE, london, told

pytestmark = pytest.mark.django_db
D = dt.date


@pytest.fixture
def world() -> making.World:
    return making.a_world()


@pytest.mark.parametrize(
    ("happened", "enhanced", "due"),
    [
        (D(2026, 11, 23), True, london(2026, 11, 24, 17)),
        (D(2026, 11, 23), False, london(2026, 11, 30, 17)),
        (D(2026, 4, 2), True, london(2026, 4, 7, 17)),  # Maundy Thursday
        (D(2026, 4, 2), False, london(2026, 4, 13, 17)),
        (D(2026, 12, 24), True, london(2026, 12, 29, 17)),  # Boxing Day's Monday
        (D(2026, 12, 24), False, london(2027, 1, 5, 17)),
        (D(2026, 3, 27), True, london(2026, 3, 30, 17)),  # the clocks go forward on Sunday
    ],
)
def test_the_victim_is_told_within_working_days(
    world: making.World, happened: dt.date, enhanced: bool, due: dt.datetime
) -> None:
    with told(world.investigator, 2027, 1, 6, 9):
        if not enhanced:
            updates.set_enhanced(
                world.investigator, world.case, making.NO_RIGHTS, "She asked for fewer calls"
            )
        updates.enter_event(world.investigator, world.case, "arrest", happened)
        clock = Clock.objects.get(case=world.case, kind=selectors.UPDATE)
    assert (clock.due_at, clock.partition, clock.text) == (due, "shared", "Tell the victim: arrest")


def test_a_day_past_the_known_holidays_is_refused_and_nothing_is_kept(world: making.World) -> None:
    with told(world.investigator, 2028, 12, 30, 9):
        with pytest.raises(PastTheEndError, match="until"):
            updates.enter_event(world.investigator, world.case, "arrest", D(2028, 12, 29))
        assert not selectors.code_events(world.case)


def test_telling_the_victim_ends_the_clock_and_is_checked_first(world: making.World) -> None:
    making.a_rule(world.advocate, world.case, channels=["text"])
    user, case = world.investigator, world.case
    with told(user, 2026, 11, 24, 11):
        event = updates.enter_event(user, case, "charge", D(2026, 11, 23))
        with pytest.raises(policies.NotSafeError):
            updates.tell(user, case, event, channel="call", at=london(2026, 11, 24, 10))
        assert selectors.clocks(case, of=selectors.UPDATE)
        updates.tell(user, case, event, channel="text", at=london(2026, 11, 24, 10))
        assert not selectors.clocks(case, of=selectors.UPDATE)
        with pytest.raises(NotPossibleError):
            updates.tell(user, case, event, channel="text", at=london(2026, 11, 24, 10))
        assert Contact.objects.get().partition == "police"
    with told(world.clinician, 2026, 11, 24, 12):
        [seen] = selectors.code_events(case)
        assert len(seen.told) == 1
        assert not Contact.objects.exists()


def test_the_first_week_over_christmas_brings_days_off_forward(world: making.World) -> None:
    with told(world.advocate, 2026, 12, 23, 10):
        standing_by.appoint(world.advocate, world.case, world.advocate, D(2026, 12, 23))
        due = [c.due_at for c in selectors.clocks(world.case)]
    # Day 3 is Boxing Day: Christmas Eve, the working day before it, is also day 1.
    assert due == [london(2026, 12, 24, 17), london(2026, 12, 24, 17), london(2026, 12, 30, 17)]


def test_an_attempt_leaves_the_task_and_reaching_her_ends_it_and_starts_the_next(world: making.World) -> None:
    making.a_rule(world.advocate, world.case)
    user, case = world.advocate, world.case
    with told(user, 2026, 11, 16, 10):
        standing_by.appoint(user, case, user, D(2026, 11, 16))
    for day, result, left in ((17, "no_answer", 3), (17, "reached", 2), (19, "reached", 1)):
        with told(user, 2026, 11, day, 11):
            contact.record(user, case, channel="call", at=london(2026, 11, day, 11), result=result)
            assert len(selectors.clocks(case)) == left
    with told(user, 2026, 11, 23, 11):
        contact.agree_cadence(user, case, 10)
        contact.record(user, case, channel="call", at=london(2026, 11, 23, 11), result="reached")
        [following] = selectors.clocks(case)
        assert (following.kind, following.due_at) == (contact.NEXT, london(2026, 12, 3, 17))
        assert len(selectors.clocks_ended(case)) == 3


def test_the_police_reaching_her_ends_no_task_of_the_advocate(world: making.World) -> None:
    making.a_rule(world.advocate, world.case)
    with told(world.advocate, 2026, 11, 16, 10):
        standing_by.appoint(world.advocate, world.case, world.advocate, D(2026, 11, 16))
    with told(world.investigator, 2026, 11, 17, 11):
        contact.record(
            world.investigator, world.case, channel="call", at=london(2026, 11, 17, 11), result="reached"
        )
    with told(world.advocate, 2026, 11, 17, 12):
        assert len(selectors.clocks(world.case)) == 3


@pytest.mark.parametrize("share", [False, True])
def test_doubt_starts_a_clock_and_is_shared_only_with_consent(world: making.World, share: bool) -> None:
    user, case = world.advocate, world.case
    with told(user, 2026, 12, 24, 11):
        standing_by.change_support(
            user,
            case,
            "withdrawn",
            since=D(2026, 12, 24),
            may_share=share,
            reasons=["fear", "court"],
            words="I cannot stand in a court with him.",
            **PRESSURE,
        )
        [clock] = selectors.clocks(case)
        assert (clock.due_at, clock.partition) == (london(2026, 12, 29, 17), "advocacy")
    for other in world.others():
        with told(other, 2026, 12, 24, 12):
            found = Entry.objects.filter(case=case, kind="victim.support").values_list("title", "body")
            expected = [("The victim: has withdrawn support", "")] if share else []
            assert list(found) == expected
            assert not selectors.clocks(case)


def test_coming_back_ends_the_clock_of_the_doubt(world: making.World) -> None:
    user, case = world.advocate, world.case
    for day, state, left in ((16, "unsure", 1), (17, "withdrawn", 1), (18, "returned", 0)):
        with told(user, 2026, 11, day, 11):
            standing_by.change_support(
                user, case, state, since=D(2026, 11, day), reasons=["delay"], words="So long.", **PRESSURE
            )
            assert len(selectors.clocks(case)) == left


def test_what_support_cannot_be(world: making.World) -> None:
    user, case, day = world.advocate, world.case, D(2026, 11, 16)
    with told(user, 2026, 11, 16, 11):
        for state, reasons, words in (
            ("returned", ["again"], "Yes."),
            ("unsure", [], "No reason"),
            ("unsure", ["fear"], " "),
            ("unsure", ["of no list"], "No."),
        ):
            with pytest.raises(NotPossibleError):
                standing_by.change_support(
                    user, case, state, since=day, reasons=reasons, words=words, **PRESSURE
                )
        assert selectors.support(case) == []


def test_a_broken_rule_is_told_and_her_safety_looked_at(world: making.World) -> None:
    with told(world.advocate, 2026, 11, 20, 11):
        contact.tell_broken(
            world.advocate, world.case, channel="voicemail", at=london(2026, 11, 20, 10), words="We left one."
        )
        [clock] = selectors.clocks(world.case)
        assert (clock.kind, clock.due_at) == (contact.BROKEN, london(2026, 11, 23, 17))


def test_only_an_advocate_of_a_service_on_the_case_stands_by_and_a_second_takes_over(
    world: making.World,
) -> None:
    user, case = world.advocate, world.case
    second = access.somebody("advocate", "helpline")
    with told(user, 2026, 11, 16, 10):
        for wrong in (world.clinician, access.somebody("advocate", "hub")):
            with pytest.raises(NotPossibleError):
                standing_by.appoint(user, case, wrong, D(2026, 11, 16))
        standing_by.appoint(user, case, user, D(2026, 11, 16))
    with told(user, 2026, 11, 18, 10):
        standing_by.appoint(user, case, second, D(2026, 11, 18))
        assert {c.assigned_to for c in selectors.clocks(case)} == {second}
        assert len(selectors.clocks(case)) == 3
        assert selectors.advocate(case, london(2026, 11, 17, 9)).advocate == user
        assert selectors.advocate(case).advocate == second
        shared = Entry.objects.filter(case=case, partition="shared", kind="victim.advocate")
        assert [e.title for e in shared] == [standing_by.SHARED_FACT]
