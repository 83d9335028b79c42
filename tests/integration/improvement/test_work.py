"""Who has what to do about an improvement action, from which day, who learns it is late, and who does not."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from lamplighter.hub.access import moment
from lamplighter.hub.access.wall import identity
from lamplighter.hub.accounts.models import Role, User
from lamplighter.hub.accounts.staff import members
from lamplighter.hub.audit.models import Event
from lamplighter.hub.clocks import notices as work_list
from lamplighter.hub.improvement import selectors, services, work
from lamplighter.hub.improvement.models import Action
from lamplighter.hub.notices import looking
from lamplighter.hub.site.refusals import ConflictError, NotPossibleError
from lamplighter.reporting import words
from tests.integration.access import making
from tests.integration.cases import telling
from tests.integration.improvement.test_improvement import RULE, TODAY, act, ago, status

pytestmark = pytest.mark.django_db
# A Wednesday, far from bank holidays: three working days on is the Monday after.
DUE = dt.date(2026, 6, 10)


@pytest.fixture
def lead() -> User:
    return making.somebody(Role.STALKING_LEAD, "force-a")


@pytest.fixture
def colleague() -> User:
    return making.somebody(Role.STALKING_LEAD, "force-a")


@pytest.fixture
def coordinator() -> User:
    return making.somebody(Role.COORDINATOR, "hub")


def at(moment_of: dt.date, by: User, do: Any, /, *args: Any, **rest: Any) -> Any:
    """Do it as that person, at ten of that day."""
    then = timezone.make_aware(dt.datetime.combine(moment_of, dt.time(10)))
    with identity.as_person(by), moment.at(then):
        return do(by, *args, **rest)


def day(number: int) -> dt.date:
    """A day counted from the one on which the action is due."""
    return DUE + dt.timedelta(days=number)


def owned(by: User, owner: User | None) -> Action:
    made: Action = at(
        day(-90),
        by,
        services.add,
        agency=making.agency("force-a"),
        title="Screen every report",
        comes_from="Recommendation 7",
        due_on=DUE,
        rule=RULE,
        owner=owner,
    )
    return made


def tasks(user: User, on: dt.date, *, team: bool = False) -> list[str]:
    found = at(on, user, lambda asked: work.notices(asked, team))
    return [n.text for n in found]


def test_whoever_answers_for_it_has_it_with_its_clock_from_the_first_day(
    lead: User, colleague: User, coordinator: User
) -> None:
    owned(coordinator, lead)
    (task,) = at(day(-89), lead, lambda user: work.notices(user, False))
    assert (task.text, timezone.localdate(task.due_at), task.whose) == (
        "Screen every report",
        DUE,
        "You answer for it",
    )
    assert RULE in task.why
    for other in (colleague, coordinator):
        assert tasks(other, day(-1)) == []
    assert tasks(colleague, day(-1), team=True) == ["Screen every report"]


def test_it_stands_on_my_work_and_leads_to_its_page(lead: User, coordinator: User) -> None:
    with identity.as_person(coordinator):
        action = services.add(
            coordinator,
            agency=making.agency("force-a"),
            title="Screen every report",
            comes_from="",
            due_on=ago(-3),
            rule=RULE,
            owner=lead,
        )
    page = telling.browser(lead).get("/work/", secure=True).content.decode()
    assert "Screen every report" in page
    assert reverse("improvement:action", args=[action.key]) in page
    assert "You answer for it" in page


def test_its_own_team_learns_that_it_is_late_and_then_the_hub(
    lead: User, colleague: User, coordinator: User
) -> None:
    owned(coordinator, lead)
    other = making.somebody(Role.STALKING_LEAD, "force-b")
    late = ["Overdue: Screen every report"]
    name = making.agency("force-a").name
    hub = [f"See to what {name} was to do by {words.day(DUE)}"]
    # On the morning after, 24 hours have not gone by; on the third working day the hub learns of it.
    seen = {n: (tasks(colleague, day(n)), tasks(coordinator, day(n))) for n in (0, 1, 2, 4, 5)}
    assert seen == {0: ([], []), 1: ([], []), 2: (late, []), 4: (late, []), 5: (late, hub)}
    assert tasks(lead, day(5)) == ["Screen every report"]
    assert tasks(other, day(60)) == []


def test_what_is_late_is_one_line_and_hides_no_task_of_a_case(lead: User, coordinator: User) -> None:
    for _ in range(12):
        owned(coordinator, lead)
    for user, whose in ((lead, "You answer for it"), (coordinator, "You coordinate")):
        (one,) = at(day(30), user, lambda user: work.notices(user, False))
        assert one.text == "See to 12 improvement actions that are overdue"
        assert (timezone.localdate(one.due_at), one.whose) == (DUE, whose)
        assert one.href == reverse("improvement:list")
    assert len(tasks(lead, day(-1))) == 12


def test_one_later_date_is_waited_for_and_another_puts_off_nothing(lead: User, coordinator: User) -> None:
    action = owned(coordinator, lead)

    def later(on: int, to: int) -> None:
        at(
            day(on),
            lead,
            services.say,
            action,
            kind="date_moved",
            on=day(on),
            words="Later.",
            new_date=day(to),
        )

    later(-5, 20)
    assert tasks(coordinator, day(10)) == []
    later(15, 100)
    (task,) = at(day(30), lead, lambda user: work.notices(user, False))
    assert timezone.localdate(task.due_at) == day(100)
    assert f"It was first due on {words.day(DUE)}" in task.why
    (told,) = at(day(30), coordinator, lambda user: work.notices(user, False))
    assert timezone.localdate(told.due_at) == day(20)
    assert status(coordinator, action, day(30)) == ("accepted", 30)  # by the date that was first


def test_without_an_owner_its_agency_has_it_and_where_nobody_there_may_the_hub_has(
    lead: User, coordinator: User
) -> None:
    owned(coordinator, None)
    (task,) = at(day(-1), lead, lambda user: work.notices(user, False))
    assert task.whose == "Nobody answers for it yet"
    assert tasks(coordinator, day(-1)) == []
    with making.as_the_owner():
        User.objects.filter(pk=lead.pk).update(is_active=False)
    assert tasks(coordinator, day(-1)) == ["Screen every report"]


def test_whoever_leaves_answers_for_nothing_and_somebody_else_is_named(
    lead: User, colleague: User, coordinator: User
) -> None:
    action = owned(coordinator, lead)
    administrator = making.somebody(Role.ADMINISTRATOR, "hub")
    with identity.as_person(administrator):
        members.leave(administrator, lead)
    assert tasks(colleague, day(-1)) == ["Screen every report"]
    act(colleague, services.name_owner, action, colleague)
    with identity.as_person(coordinator):
        assert selectors.stands(selectors.one(action.key), TODAY).owner == colleague
    with making.as_the_owner():
        assert Event.objects.filter(verb="improvement.owner_named").count() == 2
    page = telling.browser(coordinator).get(reverse("improvement:action", args=[action.key]), secure=True)
    told = page.content.decode()
    assert all(f"{who.display_name}, {who.agency.name} answers for it" in told for who in (lead, colleague))


@pytest.mark.parametrize("role", [Role.INVESTIGATOR, Role.AUDITOR, Role.STALKING_LEAD])
def test_nobody_answers_who_may_not_read_it_or_speak_for_it(role: Role, coordinator: User) -> None:
    code = "force-b" if role == Role.STALKING_LEAD else "force-a"
    action, somebody = owned(coordinator, None), making.somebody(role, code)
    with pytest.raises(NotPossibleError, match="Choose a stalking lead of"):
        act(coordinator, services.name_owner, action, somebody)
    if role == Role.STALKING_LEAD:
        with pytest.raises(NotPossibleError, match="Only somebody of the agency"):
            act(somebody, services.name_owner, action, coordinator)


def test_a_finding_waits_on_the_lists_of_those_who_can_check_it(
    lead: User, colleague: User, coordinator: User
) -> None:
    action = owned(coordinator, lead)
    finding = at(day(-20), lead, services.find, action, found="met", on=day(-21), words="Twenty.")
    check = "Check a finding: Screen every report"
    assert check in tasks(colleague, day(-19))
    assert check in tasks(coordinator, day(-19))
    assert check not in tasks(lead, day(-19))  # nobody checks their own
    assert check not in tasks(making.somebody(Role.STALKING_LEAD, "force-b"), day(-19))
    due = next(
        n for n in at(day(-19), coordinator, lambda u: work.notices(u, False)) if n.text == check
    ).due_at
    assert timezone.localdate(due) == day(-20 + 7 + 1)  # five working days over a bank holiday
    at(day(-10), coordinator, services.check, finding, agrees=True, words="The same.")
    assert {who: tasks(who, day(-9)) for who in (lead, colleague, coordinator)} == {
        lead: [],
        colleague: [],
        coordinator: [],
    }


def test_what_is_said_to_be_done_is_looked_at(lead: User, coordinator: User) -> None:
    action = owned(coordinator, lead)
    at(day(-20), lead, services.say, action, kind="done", on=day(-20), words="Done.")
    assert tasks(lead, day(-19)) == []
    assert tasks(coordinator, day(-19)) == ["Look whether it is shown: Screen every report"]
    finding = at(day(-5), coordinator, services.find, action, found="met", on=day(-6), words="Looked.")
    assert tasks(coordinator, day(-4)) == []  # whoever looked does not check it
    at(day(-3), lead, services.check, finding, agrees=False, words="Another sample.")
    assert tasks(coordinator, day(-2)) == ["Look whether it is shown: Screen every report"]


def test_evidence_that_it_is_not_done_is_the_owners_again(lead: User, coordinator: User) -> None:
    action = owned(coordinator, lead)
    at(day(-20), lead, services.say, action, kind="done", on=day(-20), words="Done.")
    finding = at(day(30), coordinator, services.find, action, found="not_met", on=day(28), words="Six.")
    at(day(33), lead, services.check, finding, agrees=True, words="Six.")
    (task,) = at(day(34), lead, lambda user: work.notices(user, False))
    assert task.text == "Say what happens next: Screen every report"
    assert timezone.localdate(task.due_at) == day(40)  # five working days from Monday 13 July
    assert tasks(coordinator, day(34)) == []
    at(day(35), lead, services.say, action, kind="done", on=day(35), words="Mended.")
    assert tasks(lead, day(36)) == []


def test_ending_it_ends_its_tasks_and_withdrawing_the_end_brings_them_back(
    lead: User, coordinator: User
) -> None:
    action = owned(coordinator, lead)
    at(day(-20), lead, services.find, action, found="cannot_tell", on=day(-21), words="Twenty.")
    with pytest.raises(NotPossibleError, match="Only a coordinator"):
        at(day(20), lead, services.end, action, kind="ended", words="Not needed.")
    ended = at(day(20), coordinator, services.end, action, kind="ended", words="The unit was closed.")
    for user in (lead, coordinator):
        assert tasks(user, day(21)) == []
        assert tasks(user, day(21), team=True) == []
    with pytest.raises(ConflictError, match="has ended this action"):
        at(day(21), lead, services.say, action, kind="done", on=day(21), words="Done.")
    with identity.as_person(coordinator):
        found = selectors.stands(selectors.one(action.key), day(60))
    assert (found.late, found.standing.slipped, found.undone) == (0, None, False)
    at(day(22), coordinator, services.withdraw, ended, "It was not closed.")
    assert tasks(lead, day(23)) == ["Screen every report"]


def test_a_rejected_action_waits_for_nobody(lead: User, coordinator: User) -> None:
    action = owned(coordinator, lead)
    at(day(-20), lead, services.say, action, kind="rejected", on=day(-20), words="No money.")
    assert tasks(lead, day(60)) == tasks(coordinator, day(60)) == []


def test_what_should_not_have_been_added_shows_its_words_nowhere(lead: User, coordinator: User) -> None:
    action = owned(coordinator, lead)
    at(day(-20), lead, services.say, action, kind="in_progress", on=day(-20), words="Begun with care.")
    at(day(-10), coordinator, services.end, action, kind="struck", words="It named somebody.")
    client = telling.browser(lead)
    for name, args in (("list", []), ("table", []), ("action", [action.key]), ("say", [action.key])):
        page = client.get(reverse(f"improvement:{name}", args=args), secure=True).content.decode()
        assert not [
            told for told in ("Screen every", RULE, "Begun with care", "Recommendation 7") if told in page
        ]
    assert (
        "It named somebody."
        in client.get(reverse("improvement:action", args=[action.key]), secure=True).content.decode()
    )


@pytest.mark.parametrize("role", [Role.INVESTIGATOR, Role.AUDITOR, Role.ADVOCATE, Role.ANALYST])
def test_nobody_else_is_told_or_asked(role: Role, lead: User, coordinator: User) -> None:
    action = owned(coordinator, lead)
    at(day(-20), lead, services.find, action, found="met", on=day(-21), words="Twenty.")
    somebody = making.somebody(role, "helpline" if role == Role.ADVOCATE else "force-a")
    for team in (False, True):
        assert tasks(somebody, day(60), team=team) == []


def test_an_email_knows_its_kind_and_a_digest_and_no_word_of_it(lead: User, coordinator: User) -> None:
    owned(coordinator, lead)
    now = timezone.now()
    found = [thing for thing in looking.everything(lead, now) if thing.kind == "improvement"]
    assert len(found) == 1
    assert not any(
        word in str(found).casefold() for word in ("screen", "force", lead.display_name.casefold())
    )
    labels = [label for label, _ in work_list.by_context(lead)]
    assert labels.count("improvement") == 1
    # The same thing on the next day is not told of again.
    with moment.at(now + dt.timedelta(days=1)):
        assert looking.everything(lead, now + dt.timedelta(days=1)) == looking.everything(lead, now)


@pytest.mark.parametrize("field", ["title", "rule", "comes_from"])
def test_the_name_of_a_colleague_is_refused_and_nothing_of_it_is_logged(
    field: str, lead: User, coordinator: User
) -> None:
    with making.as_the_owner():
        User.objects.filter(pk=lead.pk).update(display_name="Alex Thorne-Hale")
    told = {"title": "Screen every report", "rule": RULE, "comes_from": "Review"}
    told[field] += ", as alex  THORNE-HALE said"
    with pytest.raises(NotPossibleError, match="is the name of a colleague"):
        act(coordinator, services.add, agency=making.agency("force-a"), due_on=ago(-30), owner=lead, **told)
    with identity.as_person(coordinator):
        assert not Action.objects.exists()


def test_the_pages_title_the_log_and_the_trail_carry_no_name(
    lead: User, coordinator: User, caplog: pytest.LogCaptureFixture
) -> None:
    with making.as_the_owner():
        User.objects.filter(pk=lead.pk).update(display_name="Alex Thorne-Hale")
    action = owned(coordinator, lead)
    client = telling.browser(coordinator)
    for name in ("action", "owner", "end", "say", "find"):
        page = client.get(reverse(f"improvement:{name}", args=[action.key]), secure=True)
        assert page.status_code == 200
        head = page.content.decode().partition("<title>")[2].partition("</title>")[0]
        assert not [word for word in ("Thorne", "Screen", "Recommendation") if word in head]
    refused = client.post(reverse("improvement:owner", args=[action.key]), {"owner": "Thorne"}, secure=True)
    assert refused.status_code == 422
    assert "Thorne" not in caplog.text
    assert "Screen" not in caplog.text
    with making.as_the_owner():
        events = Event.objects.filter(verb__startswith="improvement.")
        assert events.count() == 3
        for event in events:
            told = f"{event.subject} {event.detail} {event.fields}"
            assert not [word for word in ("Thorne", "Screen", "Recommendation", "sample") if word in told]


def test_it_is_named_and_ended_on_its_pages(lead: User, colleague: User, coordinator: User) -> None:
    action = owned(coordinator, lead)
    client = telling.browser(coordinator)
    there = reverse("improvement:action", args=[action.key])
    named = client.post(
        reverse("improvement:owner", args=[action.key]),
        {"owner": str(colleague.key)},
        secure=True,
        follow=True,
    )
    assert f"{colleague.display_name}, {colleague.agency.name}" in named.content.decode()
    ended = {"kind": "ended", "words": "The unit was closed."}
    page = client.post(reverse("improvement:end", args=[action.key]), ended, secure=True, follow=True)
    told = page.content.decode()
    assert "Not needed any more." in told
    assert "The unit was closed." in told
    assert reverse("improvement:say", args=[action.key]) not in told
    again = client.post(reverse("improvement:end", args=[action.key]), ended, secure=True)
    assert again.status_code == 422
    assert there in client.get(reverse("improvement:list"), secure=True).content.decode()


def test_the_work_list_asks_as_often_for_many_actions_as_for_one(lead: User, coordinator: User) -> None:
    counts = []
    for many in (1, 12):
        for _ in range(many):
            owned(coordinator, lead)
        with identity.as_person(coordinator), CaptureQueriesContext(connection) as asked:
            assert len(work.notices(coordinator, False)) == 1
        counts.append(len(asked))
    assert counts[0] == counts[1] <= 4
