"""Papers for a court: who is told that they went out, or are not used any more, and who learns nothing."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone

from lamplighter.hub.access.wall import identity
from lamplighter.hub.accounts.models import Role, User
from lamplighter.hub.cases.models import Case
from lamplighter.hub.clocks.models import Clock
from lamplighter.hub.papers import rules, services
from lamplighter.hub.papers.models import Paper
from lamplighter.hub.victim_side.services import standing_by
from lamplighter.reporting.words import day
from lamplighter.vocabulary.working_days import LONDON
from tests.integration.access import making
from tests.integration.cases import telling as cases
from tests.integration.papers import telling
from tests.integration.papers.telling import issue, make, officer
from tests.integration.papers.test_papers import SAYS, verified
from tests.integration.risk import telling as risk

pytestmark = pytest.mark.django_db
TO_THE_VICTIM = "Speak with the victim: papers for a court went out"
TO_THE_FORCES = "Read the papers that went to a court"
ON_CASE = ("helpline", "health", "probation", "force-b")


def tasks(case: Case) -> dict[tuple[str, str], tuple[str, str]]:
    """Return the running tasks of papers: the kind and whose, with the side and the page."""
    rows = risk.running(case, "paper.")
    found = {(c.kind, c.owner_id): (c.partition, c.page) for c in rows}
    assert len(found) == len(rows), "Somebody is told twice."
    return found


def a_case(by: User, *others: str) -> Case:
    return risk.a_case(by, *(others or ON_CASE))


def issued(by: User, case: Case, code: str, **given: Any) -> Paper:
    if code == "restraining":
        telling.safe(case)
        given = verified(**given)
    row = make(by, case, code, **given)[0]
    issue(by, case, row)
    return row


@pytest.mark.parametrize("code", ["spo", "restraining", "bundle"])
def test_whoever_stands_by_the_victim_and_the_other_force_are_told_and_nobody_who_works_with_the_suspect(
    code: str,
) -> None:
    by = officer()
    case = a_case(by)
    if code == "bundle":
        schedule = issued(by, case, "schedule")
        assert tasks(case) == {}
        issued(by, case, code, court="Avonbridge Crown Court", parts=[f"paper:{schedule.key}"])
    else:
        issued(by, case, code)
    assert tasks(case) == {
        ("paper.victim", "helpline"): ("advocacy", "victim:contact"),
        ("paper.forces", "force-b"): ("police", "papers:paper"),
    }
    everybody = {
        (Role.ADVOCATE, "helpline"): {TO_THE_VICTIM},
        (Role.INVESTIGATOR, "force-b"): {TO_THE_FORCES},
        # On no list of theirs: the police on a case read what any of them is asked.
        (Role.INVESTIGATOR, "force-a"): {TO_THE_FORCES},
        (Role.CLINICIAN, "health"): set(),
        (Role.PROBATION, "probation"): set(),
        (Role.COORDINATOR, "hub"): set(),
    }
    for (role, agency), says in everybody.items():
        client = cases.browser(making.somebody(role, agency))
        pages = ("/work/", "/work/team", f"/cases/{case.key}", f"/cases/{case.key}/timeline")
        shown = "".join(client.get(page, secure=True).content.decode() for page in pages)
        assert {text for text in (TO_THE_VICTIM, TO_THE_FORCES) if text in shown} == says, role


def test_it_is_due_within_a_working_day_and_says_what_to_do_without_to_whom_it_went() -> None:
    by = officer()
    case = a_case(by)
    issued(by, case, "spo")
    (clock,) = risk.running(case, "paper.victim")
    assert clock.due_at == rules.limit("victim", clock.starts_at)[1]
    today = day(timezone.localdate())
    assert clock.why.startswith(f"Force A gave out papers on {today}: Stalking Protection Order. No order is")
    assert "before the respondent is served" in clock.why
    assert "Avonbridge" not in clock.why


def test_the_working_day_is_counted_through_a_bank_holiday() -> None:
    _, due = rules.limit("victim", dt.datetime(2026, 5, 22, 16, 30, tzinfo=LONDON))
    # A Friday; the Monday is the spring bank holiday.
    assert due == dt.datetime(2026, 5, 26, 17, tzinfo=LONDON)


def test_the_victims_own_advocate_is_told_by_name_where_somebody_was_appointed() -> None:
    by, advocate = officer(), making.somebody(Role.ADVOCATE, "helpline")
    case = a_case(by, "helpline", "force-b")
    with identity.as_person(advocate):
        standing_by.appoint(advocate, case, advocate, timezone.localdate())
    issued(by, case, "spo")
    (clock,) = risk.running(case, "paper.victim")
    assert clock.assigned_to == advocate


def test_without_an_advocate_the_police_who_issued_it_speak_with_the_victim() -> None:
    by = officer()
    case = a_case(by, "health", "probation")
    issued(by, case, "spo")
    assert tasks(case) == {("paper.victim", "force-a"): ("police", "victim:contact")}
    (clock,) = risk.running(case, "paper.victim")
    assert "No advocate is on the case." in clock.why


def test_papers_that_go_to_no_court_are_told_to_nobody() -> None:
    by = officer()
    case = a_case(by)
    for code in ("schedule", "summary", "marac", "letter_court"):
        issued(by, case, code, **SAYS.get(code, {}))
    assert tasks(case) == {}


def test_two_readers_of_one_version_are_told_of_once_and_a_later_version_takes_its_place() -> None:
    by = officer()
    case = a_case(by)
    telling.safe(case)
    court, respondent = make(by, case, "restraining", **verified())
    issue(by, case, court)
    issue(by, case, respondent)
    assert len(tasks(case)) == 2
    with identity.as_person(by):
        again = services.make(by, case, "restraining", verified(), thread=court.thread)
    issue(by, case, again[0])
    assert len(tasks(case)) == 2
    assert {c.of_key for c in risk.running(case, "paper.")} == {again[0].key}


def test_a_paper_that_is_withdrawn_is_told_to_whoever_has_spoken_with_the_victim() -> None:
    by, advocate = officer(), making.somebody(Role.ADVOCATE, "helpline")
    case = a_case(by)
    spoken, not_yet = issued(by, case, "spo"), issued(by, case, "spo")
    with making.as_the_owner():
        clock = Clock.objects.get(kind="paper.victim", of_key=spoken.key)
    told = {"outcome": "She knows, and wants it."}
    assert cases.browser(advocate).post(f"/work/{clock.key}/done", told, secure=True).status_code == 302
    for row in (spoken, not_yet):
        with identity.as_person(by):
            services.withdraw(by, case, row, "The court asked for another form.")
    (left,) = risk.running(case, "paper.")
    assert (left.kind, left.owner_id, left.partition, left.of_key) == (
        *("paper.withdrawn", "helpline", "advocacy"),
        spoken.key,
    )


def test_the_page_says_who_learns_of_it_before_it_is_issued() -> None:
    by = officer()
    case = a_case(by)
    says = "Nobody who works with the suspect learns of it."
    for code, told in (("spo", True), ("schedule", False)):
        row = make(by, case, code)[0]
        page = cases.browser(by).get(f"/cases/{case.key}/papers/{row.key}/issue", secure=True)
        assert (says in page.content.decode()) is told
