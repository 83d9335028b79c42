"""Every task can be ended by a person on a page, belongs to whoever must act, and recurs where it should."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone

from lamplighter.hub.access.wall import identity
from lamplighter.hub.accounts.models import Role, User
from lamplighter.hub.cases import rules, services
from lamplighter.hub.cases.models import Case, Entry
from lamplighter.hub.cases.participants import services as lead_workers
from lamplighter.hub.cases.referrals import rejections
from lamplighter.hub.cases.status import changes
from lamplighter.hub.cases.status import services as deadlines
from lamplighter.hub.cases.status.states import TRIAGE, WORKING
from lamplighter.hub.clocks import models as clock_models
from lamplighter.hub.clocks import overdue
from lamplighter.hub.clocks import selectors as clock_selectors
from lamplighter.hub.clocks import services as clocks
from lamplighter.hub.clocks.models import Clock
from lamplighter.hub.my_work import selectors
from lamplighter.hub.my_work import services as my_work
from tests.integration.access import making
from tests.integration.cases import telling

pytestmark = pytest.mark.django_db
KINDS = sorted({rule.code for rule in rules.every("clock")})


def a_case_in(state: str, by: User) -> Case:
    """A case that has come to ``state`` by the ways that the hub has."""
    with identity.as_person(by):
        case = making.a_case(by, "health")
        if state == "referred":
            return case
        if state == "rejected":
            return rejected(by)
        if state in TRIAGE:
            sent = {"redirected_to": "Another area"} if state == "redirected" else {}
            on = rules.thresholds_for(state, timezone.localdate())
            changes.triage(by, case, state, next(iter(on)), "A reason.", **sent)
            return case
        changes.triage(by, case, WORKING[-1], "fixation", "A reason.")
        if state == "step_down":
            services.move(by, case, state, "A reason.")
        else:
            changes.close(by, case, why="plan_done", reason="A reason.", current="no")
            if state == "retention_review":
                services.move(by, case, state, "A reason.")
        return case


def rejected(by: User) -> Case:
    """A case whose rejection a coordinator proposed, and both readers of other agencies agreed to."""
    case = making.a_case(by, "health", "helpline", "force-a")
    lead, advocate = (
        making.somebody(Role.STALKING_LEAD, "force-a"),
        making.somebody(Role.ADVOCATE, "helpline"),
    )
    readers = {Role.STALKING_LEAD: lead, Role.ADVOCATE: advocate}
    told = {"told": "Rung, and told why.", "turn_to": "The helpline; 999 in danger."}
    on = rules.thresholds_for("rejected", timezone.localdate())
    row = rejections.propose(by, case, next(iter(on)), "A reason.", readers=readers, **told)
    for reader in (lead, advocate):
        with identity.as_person(reader):
            rejections.answer(reader, case, row, "agreed", "I read it.")
    return case


def a_page_ends(client: Any, case: Case, kind: str) -> Any:
    """The page that records what the task asks for, sent as a person sends it."""
    if kind == "case.triage":
        given = {"decision": "advice_only", "threshold": "one_question", "reason": "One question."}
        return client.post(f"/cases/{case.key}/triage", given, secure=True)
    months = kind.removeprefix("case.follow_up_")
    given = {"months": months, "found": "nothing", "words": "By her own account."}
    return client.post(f"/cases/{case.key}/follow-up", given, secure=True)


@pytest.mark.parametrize("kind", KINDS)
def test_every_task_of_a_case_is_ended_by_a_person_on_a_page(kind: str) -> None:
    rule = rules.on("clock", timezone.localdate())[kind]
    by = telling.coordinator("hub")
    case = a_case_in(rule.extra["starts_with"][0], by)
    clock = Clock.objects.get(case=case, kind=kind, state="running")
    holder = making.somebody(Role.CLINICIAN, "health") if clock.owner_id == "health" else by
    client = telling.browser(holder)
    page = client.get(f"/work/{clock.key}", secure=True).content.decode()
    if clock_selectors.ends_on_a_page(clock):
        assert "Open the page that records it" in page
        assert a_page_ends(client, case, kind).status_code == 302
        ended = Clock.objects.get(pk=clock.pk)
    else:
        assert "Save as done" in page
        given = {"outcome": "It was done, and this came of it."}
        assert client.post(f"/work/{clock.key}/done", given, secure=True).status_code == 302
        ended = Clock.objects.get(pk=clock.pk)
        assert ended.ended_why == given["outcome"]
        told = Entry.objects.get(case=case, of_key=clock.key)
        assert (told.partition, told.body, told.by) == (clock.partition, given["outcome"], holder)
    assert (ended.state, ended.ended_by) == ("done", holder)
    again = Clock.objects.filter(case=case, kind=kind, state="running")
    assert again.count() == (1 if rule.extra.get("again") else 0)
    for one in again:
        assert one.due_at > ended.due_at - dt.timedelta(minutes=1)
        assert one.owner_id == ended.owner_id


def test_the_review_in_the_meeting_comes_round_again_while_the_case_is_worked_on() -> None:
    by = telling.coordinator("hub")
    case = a_case_in("direct", by)
    with identity.as_person(by):
        clock = Clock.objects.get(case=case, kind="case.review")
        services.move(by, case, "step_down", "The sessions are over.")
        # Ended by the move: it does not come back.
        deadlines.again(by, clock)
        assert not Clock.objects.filter(case=case, kind="case.review", state="running").exists()


def test_a_referral_belongs_to_who_decides_and_is_on_their_list_from_the_start() -> None:
    coordinator, lead = telling.coordinator("hub"), making.somebody(Role.STALKING_LEAD, "force-a")
    sender = making.somebody(Role.CLINICIAN, "health")
    case = making.a_case(sender, "force-a")
    clock = Clock.objects.get(case=case, kind="case.triage")
    assert (clock.owner_id, clock.assigned_to) == ("hub", None)
    Clock.objects.filter(pk=clock.pk).update(due_at=timezone.now() - dt.timedelta(days=6))
    page = telling.browser(coordinator).get("/work/", secure=True).content.decode()
    assert "1 thing is overdue" in page
    assert "Overdue by 6 days" in page
    assert f'href="/cases/{case.key}/triage"' in page
    for other in (sender, lead):
        with identity.as_person(other):
            assert not selectors.mine(other).exists()
            # The police have to decide on an order, whoever decides on the referral.
            assert not selectors.of_team(other).exclude(kind="orders.decision").exists()
    # A lead worker who cannot decide on it does not take it from the list of those who can.
    with making.as_the_owner():
        lead_workers.assign(
            coordinator, case, making.somebody(Role.CLINICIAN, "hub"), list(User.objects.all())
        )
    with identity.as_person(coordinator):
        assert selectors.mine(coordinator).get() == clock
    with pytest.raises(Exception, match="can open"), identity.as_person(sender):
        my_work.assign(sender, clock, sender)


def test_without_a_hub_a_referral_belongs_to_an_agency_on_the_case_that_decides() -> None:
    making.somebody(Role.STALKING_LEAD, "force-b")
    case = making.a_case(making.somebody(Role.ADVOCATE, "helpline"), "force-b")
    assert Clock.objects.get(case=case, kind="case.triage").owner_id == "force-b"
    alone = making.a_case(making.somebody(Role.ADVOCATE, "helpline"))
    # Nobody on it decides and no agency has a coordinator: it stays with who sent it, and is not lost.
    assert Clock.objects.get(case=alone, kind="case.triage").owner_id == "helpline"


def test_the_list_says_what_the_team_has_left_lying() -> None:
    user = making.somebody(Role.ADVOCATE, "helpline")
    case = making.a_case(user, "force-a")
    with identity.as_person(user):
        clocks.start(
            user,
            case,
            "x",
            "Call",
            due_at=timezone.now() - dt.timedelta(days=29),
            why="Day 3.",
            partition="advocacy",
        )
    page = telling.browser(user).get("/work/", secure=True).content.decode()
    assert "1 task of your team is overdue and nobody has taken it" in page
    Clock.objects.filter(kind="case.triage").update(due_at=timezone.now() + dt.timedelta(days=3))
    overdue.tell()
    notice = Clock.objects.get(kind=overdue.NOTICE)
    page = telling.browser(user).get("/work/team", secure=True).content.decode()
    assert page.count("Overdue by 29 days") == 2
    assert "In 7 hours" not in page
    assert f'case <span class="ll-unbroken">{case.reference}</span>' in page
    # Answered without the task being done, it is told again after as long.
    with identity.as_person(user):
        clocks.end(user, notice)
    overdue.tell()
    assert Clock.objects.filter(kind=overdue.NOTICE).count() == 1
    later = timezone.now() + dt.timedelta(hours=overdue.config()["told_after_hours"] + 1)
    overdue.tell(later)
    assert Clock.objects.filter(kind=overdue.NOTICE, state="running").count() == 1


def give(user: User, case: Case, to: User, **changed: str) -> Any:
    day = timezone.localdate() + dt.timedelta(days=3)
    given = {
        "text": "Ask the court for the date",
        "why": "She must know it first.",
        "to": str(to.key),
        "due_day": str(day.day),
        "due_month": str(day.month),
        "due_year": str(day.year),
        "side": "shared",
    }
    return telling.browser(user).post(f"/cases/{case.key}/tasks/new", given | changed, secure=True)


def test_a_task_for_somebody_in_another_agency_is_found_done_and_told() -> None:
    giver, worker = making.somebody(Role.ADVOCATE, "helpline"), making.somebody(Role.INVESTIGATOR, "force-a")
    colleague = making.somebody(Role.INVESTIGATOR, "force-a")
    case = making.a_case(giver, "force-a", "health")
    assert give(giver, case, worker).status_code == 302
    clock = Clock.objects.get(kind=clock_models.BY_HAND)
    page = telling.browser(worker).get("/work/", secure=True).content.decode()
    assert "Ask the court for the date" in page
    assert "Ask the court" not in telling.browser(colleague).get("/work/", secure=True).content.decode()
    done = {"outcome": "The hearing is on 3 May 2027."}
    assert telling.browser(worker).post(f"/work/{clock.key}/done", done, secure=True).status_code == 302
    told = telling.browser(giver).get("/work/given", secure=True).content.decode()
    assert done["outcome"] in told
    assert (
        done["outcome"]
        in telling.browser(giver).get(f"/cases/{case.key}/history", secure=True).content.decode()
    )
    assert done["outcome"] not in telling.browser(worker).get("/work/given", secure=True).content.decode()


def test_a_task_on_a_side_goes_to_those_who_read_it_and_to_nobody_who_is_kept_off() -> None:
    giver, other = making.somebody(Role.INVESTIGATOR, "force-a"), making.somebody(Role.CLINICIAN, "health")
    colleague = making.somebody(Role.INVESTIGATOR, "force-a")
    case = making.a_case(giver, "health")
    assert give(giver, case, other, side="police").status_code == 422
    assert give(giver, case, other, side="advocacy").status_code == 422
    assert give(giver, case, colleague, side="police").status_code == 302
    page = telling.browser(other).get(f"/cases/{case.key}/history", secure=True).content.decode()
    assert "Ask the court" not in page
    from lamplighter.hub.access.models import Exclusion

    with making.as_the_owner():
        Exclusion.objects.create(case=case, user=colleague, reason="Her brother.", by=giver)
    assert give(giver, case, colleague).status_code == 422
    outsider = making.somebody(Role.INVESTIGATOR, "force-b")
    assert give(giver, case, outsider).status_code == 422
    assert Clock.objects.filter(kind=clock_models.BY_HAND).count() == 1


def test_a_lead_worker_gets_the_tasks_of_their_agency_and_passes_them_on() -> None:
    first, second = making.somebody(Role.CLINICIAN, "health"), making.somebody(Role.CLINICIAN, "health")
    by = telling.coordinator("hub")
    case = a_case_in("consultation", by)
    clock = Clock.objects.get(case=case, kind="case.formulation")
    assert (clock.owner_id, clock.assigned_to) == ("health", None)
    address = f"/cases/{case.key}/agencies/lead"

    def name(user: User, worker: User | None, version: str = "") -> int:
        given = {"worker": str(worker.key) if worker else "", "version": version}
        return telling.browser(user).post(address, given, secure=True).status_code

    def held_by() -> User | None:
        return Clock.objects.get(pk=clock.pk).assigned_to

    assert name(first, first) == 302
    assert held_by() == first
    page = telling.browser(by).get(f"/cases/{case.key}", secure=True).content.decode()
    assert f"{making.agency('health').name}: {first.display_name}, since" in page
    # One who read the page before is told who was first.
    assert name(second, second, version="") == 422
    from lamplighter.hub.cases.models import LeadWorker

    newest = LeadWorker.objects.latest("pk")
    assert name(second, second, version=str(newest.key)) == 302
    assert held_by() == second
    assert "Sam Reed" in telling.browser(second).get("/cases/", secure=True).content.decode()
    # Only of one's own agency.
    assert name(first, by, version=str(LeadWorker.objects.latest("pk").key)) == 422
    assert name(first, None, version=str(LeadWorker.objects.latest("pk").key)) == 302
    assert held_by() is None
