"""What the hub undertook to do better: who writes it, how it stands, and what is never written over."""

from __future__ import annotations

import csv
import datetime as dt
import io
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse
from django.utils import timezone

from lamplighter.hub.access import moment
from lamplighter.hub.access.wall import identity
from lamplighter.hub.accounts.models import Role, User
from lamplighter.hub.audit.models import Event
from lamplighter.hub.improvement import presenters, selectors, services
from lamplighter.hub.improvement.models import Action, Entry
from lamplighter.hub.site.refusals import ConflictError, NotPossibleError
from tests.integration.access import making
from tests.integration.cases import telling

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()
RULE = "A sample of twenty reports shows that each was screened on the day."


def ago(days: int) -> dt.date:
    return TODAY - dt.timedelta(days)


def act(by: User, do: Any, *args: Any, days: int = 0, **rest: Any) -> Any:
    """Do it as that person, as many days ago."""
    then = timezone.now() - dt.timedelta(days)
    with identity.as_person(by), moment.at(then):
        return do(by, *args, **rest)


def added(by: User, *, days: int = 100, due: int = 40, code: str = "force-a") -> Action:
    """Return an action that was added and was due so many days ago."""
    return act(
        by,
        services.add,
        days=days,
        agency=making.agency(code),
        title="Screen every report",
        comes_from="Recommendation 7",
        due_on=ago(due),
        rule=RULE,
    )


def status(by: User, action: Action, on: dt.date = TODAY) -> tuple[str, int]:
    with identity.as_person(by):
        found = selectors.stands(selectors.one(action.key), on)
    return found.standing.status, found.late


@pytest.fixture
def lead() -> User:
    return making.somebody(Role.STALKING_LEAD, "force-a")


@pytest.fixture
def coordinator() -> User:
    return making.somebody(Role.COORDINATOR, "hub")


def test_silence_is_late_what_is_said_is_not_shown_and_two_people_show_it(
    lead: User, coordinator: User
) -> None:
    action = added(coordinator)
    assert status(coordinator, action) == ("no_response", 40)
    act(lead, services.say, action, kind="in_progress", on=ago(50), words="Begun.", days=50)
    assert status(lead, action) == ("accepted", 40)
    act(lead, services.say, action, kind="done", on=ago(30), words="Done.", days=30)
    assert status(lead, action) == ("claimed_done", 0)
    finding = act(lead, services.find, action, found="met", on=ago(20), words="Twenty of twenty.", days=20)
    assert status(lead, action) == ("claimed_done", 0)  # nobody has checked it
    act(coordinator, services.check, finding, agrees=True, words="The same twenty.", days=10)
    assert status(lead, action) == ("evidenced", 0)
    # As at an earlier day nothing is known of what was entered later.
    assert status(lead, action, ago(11)) == ("claimed_done", 0)
    assert status(lead, action, ago(31))[0] == "accepted"


def test_a_finding_that_it_is_not_done_contradicts_and_one_not_agreed_with_does_nothing(
    lead: User, coordinator: User
) -> None:
    action = added(coordinator)
    act(lead, services.say, action, kind="done", on=ago(30), words="Done.", days=30)
    first = act(coordinator, services.find, action, found="not_met", on=ago(20), words="Five.", days=20)
    act(lead, services.check, first, agrees=False, words="Another sample.", days=19)
    assert status(lead, action) == ("claimed_done", 0)
    second = act(coordinator, services.find, action, found="not_met", on=ago(10), words="Six.", days=10)
    act(lead, services.check, second, agrees=True, words="Six of twenty.", days=9)
    assert status(lead, action) == ("contradicted", 40)


def test_the_due_date_and_the_rule_are_never_written_over(lead: User, coordinator: User) -> None:
    action = added(coordinator)
    later = {"kind": "date_moved", "on": ago(45), "words": "Later."}
    act(lead, services.say, action, **later, new_date=TODAY, days=45)
    assert status(lead, action) == ("accepted", 40)
    for change in ({"due_on": TODAY}, {"rule": "Somebody says so."}):
        with pytest.raises(DatabaseError), transaction.atomic(), identity.as_person(coordinator):
            Action.objects.filter(pk=action.pk).update(**change)
    with pytest.raises(DatabaseError), transaction.atomic(), identity.as_person(coordinator):
        Action.objects.filter(pk=action.pk).delete()
    with identity.as_person(coordinator):
        assert Action.objects.get(pk=action.pk).due_on == ago(40)


def test_nobody_checks_a_finding_of_their_own_also_past_the_service(lead: User, coordinator: User) -> None:
    action = added(coordinator)
    finding = act(lead, services.find, action, found="met", on=ago(1), words="All.", days=1)
    with pytest.raises(NotPossibleError, match="Somebody else must check it"):
        act(lead, services.check, finding, agrees=True, words="All.")
    row = {"action": action, "kind": "check", "on": TODAY, "of": finding, "agrees": True, "words": "All."}
    with pytest.raises(DatabaseError), transaction.atomic(), identity.as_person(lead):
        Entry.objects.create(**row, by=lead)
    with identity.as_person(coordinator), transaction.atomic():
        Entry.objects.create(**row, by=coordinator)
    with pytest.raises(ConflictError):
        act(making.somebody(Role.COORDINATOR, "hub"), services.check, finding, agrees=False, words="No.")


def test_a_rule_comes_before_what_it_judges(lead: User, coordinator: User) -> None:
    action = added(coordinator)
    with pytest.raises(NotPossibleError, match="cannot show that it was done"):
        act(lead, services.find, action, found="met", on=ago(100), words="All.")
    with pytest.raises(NotPossibleError, match="must not be before the action was added"):
        act(lead, services.find, action, found="met", on=ago(101), words="All.")
    with pytest.raises(NotPossibleError, match="must not be in the future"):
        act(lead, services.find, action, found="met", on=ago(-1), words="All.")


def test_what_is_withdrawn_counts_no_more_and_its_words_are_not_shown(lead: User, coordinator: User) -> None:
    action = added(coordinator)
    said = act(lead, services.say, action, kind="done", on=ago(30), words="Secret words.", days=30)
    with pytest.raises(NotPossibleError, match="Only whoever wrote it"):
        act(making.somebody(Role.STALKING_LEAD, "force-b"), services.withdraw, said, "Not mine.")
    act(coordinator, services.withdraw, said, "It named somebody.")
    assert status(lead, action) == ("no_response", 40)
    assert status(lead, action, ago(1)) == ("claimed_done", 0)
    page = telling.browser(lead).get(reverse("improvement:action", args=[action.key]), secure=True)
    assert "Secret words" not in page.content.decode()
    assert "It named somebody." in page.content.decode()
    with pytest.raises(ConflictError):
        act(coordinator, services.withdraw, said, "Again.")


def test_only_the_agency_that_undertook_it_or_a_coordinator_speaks_for_it(coordinator: User) -> None:
    action = added(coordinator)
    with pytest.raises(NotPossibleError, match="of the agency that undertook it"):
        act(
            making.somebody(Role.STALKING_LEAD, "force-b"),
            services.say,
            action,
            kind="done",
            on=TODAY,
            words="Done.",
        )
    act(coordinator, services.say, action, kind="done", on=TODAY, words="They told me.")
    assert status(coordinator, action)[0] == "claimed_done"


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"title": "Screen as in LL-2026-0042"}, "is the number of a case"),
        ({"rule": "Short."}, "at least 20 characters"),
        ({"rule": " "}, "Enter some words"),
        ({"due_on": TODAY}, "must be in the future"),
    ],
)
def test_an_action_that_cannot_be_judged_or_names_a_case_is_refused(
    coordinator: User, change: dict[str, Any], says: str
) -> None:
    case = making.a_case(making.somebody(Role.INVESTIGATOR, "force-a"))
    told = {"title": "Screen", "comes_from": "", "due_on": ago(-30), "rule": RULE} | change
    if "LL-" in told["title"]:
        told["title"] = f"Screen as in {case.reference}"
    with pytest.raises(NotPossibleError, match=says):
        act(coordinator, services.add, agency=making.agency("force-a"), **told)
    with identity.as_person(coordinator):
        assert not Action.objects.exists()


@pytest.mark.parametrize("role", [Role.INVESTIGATOR, Role.ADVOCATE, Role.ADMINISTRATOR, Role.ANALYST])
def test_nobody_else_sees_it(coordinator: User, role: Role) -> None:
    action = added(coordinator)
    code = {Role.ADVOCATE: "helpline"}.get(role, "hub" if role != Role.INVESTIGATOR else "force-a")
    user = making.somebody(role, code)
    client = telling.browser(user)
    for name, args in (("list", []), ("table", []), ("add", []), ("action", [action.key])):
        assert client.get(reverse(f"improvement:{name}", args=args), secure=True).status_code == 403
    with identity.as_person(user):
        assert not Action.objects.exists()


def test_an_auditor_reads_and_writes_nothing(coordinator: User) -> None:
    action = added(coordinator)
    auditor = making.somebody(Role.AUDITOR, "hub")
    client = telling.browser(auditor)
    page = client.get(reverse("improvement:action", args=[action.key]), secure=True)
    assert page.status_code == 200
    assert "Record an update" not in page.content.decode()
    assert client.get(reverse("improvement:say", args=[action.key]), secure=True).status_code == 403
    with pytest.raises(DatabaseError), transaction.atomic(), identity.as_person(auditor):
        Entry.objects.create(action=action, kind="done", on=TODAY, words="Done.", by=auditor)
    with making.as_the_owner():
        seen = Event.objects.filter(verb="improvement.action_seen", subject=f"improvement {action.key}")
        assert seen.count() == 1


def test_it_is_walked_from_the_list_to_the_verdict_on_its_pages(lead: User, coordinator: User) -> None:
    first, second = telling.browser(coordinator), telling.browser(lead)
    due = ago(-30)
    told = {
        "title": "Screen every report",
        "agency": "force-a",
        "owner": str(lead.key),
        "comes_from": "Review",
        "rule": RULE,
        "due_on_day": due.day,
        "due_on_month": due.month,
        "due_on_year": due.year,
    }
    making.agency("force-a")
    made = first.post(reverse("improvement:add"), told | {"rule": "Short."}, secure=True)
    assert made.status_code == 422
    assert "at least 20 characters" in made.content.decode()
    made = first.post(reverse("improvement:add"), told, secure=True, follow=True)
    assert "No answer yet." in made.content.decode()
    with identity.as_person(coordinator):
        action = Action.objects.get()
    day = {"on_day": TODAY.day, "on_month": TODAY.month, "on_year": TODAY.year}
    said = {"kind": "done", "words": "Done today."} | day
    page = second.post(reverse("improvement:say", args=[action.key]), said, secure=True, follow=True)
    assert "Said to be done, not shown." in page.content.decode()
    listed = first.get(reverse("improvement:list"), secure=True).content.decode()
    assert "Screen every report" in listed
    assert "Said to be done, not shown" in listed
    found = {"found": "met", "words": "Twenty."} | day
    page = second.post(reverse("improvement:find", args=[action.key]), found, secure=True)
    assert page.status_code == 422  # of the day on which the action was added
    assert "cannot show that it was done" in page.content.decode()


def test_the_table_for_a_return_names_nobody(lead: User, coordinator: User) -> None:
    action = added(coordinator)
    added(coordinator, code="force-b")
    act(lead, services.say, action, kind="done", on=ago(30), words="=Done by Sam.", days=30)
    finding = act(lead, services.find, action, found="met", on=ago(20), words="Twenty.", days=20)
    act(coordinator, services.check, finding, agrees=True, words="Twenty.", days=10)
    sent = telling.browser(lead).get(reverse("improvement:table") + "?agency=force-a", secure=True)
    rows = list(csv.DictReader(io.StringIO(sent.content.decode())))
    assert [tuple(row) for row in rows] == [presenters.HEADINGS]
    assert rows[0]["Status"] == "Shown to be done"
    assert (rows[0]["Due on"], rows[0]["Last said"]) == (str(ago(40)), "It is done")
    assert (rows[0]["Finding"], rows[0]["Days after the due date"]) == ("Yes, it is done", "20")
    assert "Sam" not in sent.content.decode()
    everything = telling.browser(lead).get(reverse("improvement:table"), secure=True)
    assert len(list(csv.DictReader(io.StringIO(everything.content.decode())))) == 2


def test_a_finding_is_checked_and_an_entry_withdrawn_on_their_pages(lead: User, coordinator: User) -> None:
    action = added(coordinator)
    finding = act(lead, services.find, action, found="met", on=ago(2), words="All of them.", days=2)
    client, there = telling.browser(coordinator), [action.key, finding.key]
    page = client.get(reverse("improvement:action", args=[action.key]), secure=True).content.decode()
    assert reverse("improvement:check", args=there) in page
    assert "A second person has not checked it yet: it does not count." in page
    checked = {"agrees": "yes", "words": "The same."}
    page = client.post(reverse("improvement:check", args=there), checked, secure=True, follow=True)
    assert "Shown to be done." in page.content.decode()
    own = telling.browser(lead).post(
        reverse("improvement:withdraw", args=there), {"words": "Wrong."}, secure=True
    )
    assert own.status_code == 302
    assert status(lead, action) == ("no_response", 40)
    nowhere = reverse("improvement:check", args=[action.key, action.key])
    assert client.get(nowhere, secure=True).status_code == 404
