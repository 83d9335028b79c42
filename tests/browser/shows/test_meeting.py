"""Show: a meeting of eight cases by a user, from the agenda to both printed minutes and the calendar file.

Pictures at 1280 and 375 px, the papers and the calendar file are written into ``LAMPLIGHTER_SHOW_FOLDER``, or
into a folder of this run.
"""

from __future__ import annotations

import datetime as dt
import os
import re
import shutil
import subprocess
from pathlib import Path

import pypdf
import pytest
from django.utils import timezone
from icalendar import Calendar
from playwright.sync_api import Page, expect

from lamplighter.hub.access import moment
from lamplighter.hub.access.wall import identity
from lamplighter.hub.accounts.models import Role, User
from lamplighter.hub.cases import services as cases
from lamplighter.hub.cases.models import Case
from lamplighter.hub.meetings import services
from lamplighter.hub.meetings.general import services as general
from lamplighter.hub.meetings.minutes import services as minutes
from lamplighter.hub.meetings.models import Business, Line, Meeting
from tests.browser import steps
from tests.integration.cases import telling
from tests.integration.meetings.making import plan

CASES = 8
WIDTHS = {1280: 900, 375: 740}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    given = os.environ.get("LAMPLIGHTER_SHOW_FOLDER")
    made = Path(given) if given else tmp_path
    made.mkdir(parents=True, exist_ok=True)
    return made


def shown(page: Page, folder: Path, name: str) -> None:
    """The page is good at both widths, and is kept as a picture of each."""
    for width, height in WIDTHS.items():
        page.set_viewport_size({"width": width, "height": height})
        steps.then_it_fits_the_screen(page)
        steps.take_picture(page, folder, f"meeting-{name}-{width}")
    page.set_viewport_size({"width": 1280, "height": WIDTHS[1280]})
    steps.then_the_page_is_accessible(page)


def given_eight_cases(coordinator: User, officer: User, advocate: User) -> list[Case]:
    """Of eight cases six are asked for, one has had a breach, and one waits with an overdue action."""
    found = [
        telling.a_working_case(coordinator, "consultation", "force-a", "helpline", "health")
        for _ in range(CASES)
    ]
    last = plan(coordinator, timezone.now() - dt.timedelta(days=7))
    for number, case in enumerate(found):
        if number < CASES - 2:
            with identity.as_person(advocate):
                services.ask_for(advocate, case, "discussion", "He has found her new work.")
    with identity.as_person(officer):
        cases.enter(officer, found[-2], "legal_status", "Breach of bail")
    with identity.as_person(coordinator), moment.at(last.starts_at):
        minutes.write(
            *(coordinator, found[-1], last, "action", "shared", "Fit an alarm"),
            doer=officer,
            due_on=timezone.localdate() - dt.timedelta(days=3),
            evidence="Its number",
        )
        item = general.add_item(coordinator, last, "Training of new staff")
        general.say(
            *(coordinator, item, "action", "Ask the trainer for dates"),
            doer=officer,
            due_on=timezone.localdate() - dt.timedelta(days=1),
            evidence="The dates",
        )
    return found


def when_i_write(page: Page, kind: str, words: str, side: str = "Everybody on the case") -> None:
    page.get_by_label(kind, exact=True).check()
    page.get_by_label("What was said?").fill(words)
    if page.get_by_label(side).count():
        page.get_by_label(side).check()
    page.get_by_role("button", name="Add to the minutes").click()


def the_paper(page: Page, site: str, folder: Path, meeting: Meeting, path: str, name: str) -> str:
    """Keep a paper, and its pages as pictures where this machine can draw them; return its text."""
    answer = page.request.get(f"{site}/meetings/{meeting.key}/{path}")
    assert answer.headers["content-type"] == "application/pdf"
    kept = folder / f"{name}.pdf"
    kept.write_bytes(answer.body())
    if draws := shutil.which("pdftoppm"):
        subprocess.run([draws, "-r", "70", "-png", kept, folder / name], check=True)
    return " ".join(" ".join(p.extract_text() for p in pypdf.PdfReader(kept).pages).split())


@pytest.mark.slow
def test_a_meeting_of_eight_cases(page: Page, site: str, folder: Path) -> None:
    page.set_default_timeout(60_000)
    user = steps.given_i_am_signed_in(page, site, Role.COORDINATOR, agency="hub", name="Sam Okafor")
    officer = steps.given_a_user(Role.INVESTIGATOR, name="Jo Fenwick")
    advocate = steps.given_a_user(Role.ADVOCATE, agency="helpline", name="Mina Castell")
    found = given_eight_cases(user, officer, advocate)
    meeting = plan(user, timezone.now() + dt.timedelta(hours=2))
    address = f"{site}/meetings/{meeting.key}"

    page.goto(f"{site}/meetings/")
    shown(page, folder, "1-meetings")
    page.goto(address)
    expect(page.locator("#discussion .ll-agenda__item")).to_have_count(CASES - 2)
    for section in ("#incidents", "#actions", "#general"):
        expect(page.locator(section)).to_contain_text(re.compile("Breach|alarm|trainer"))
    shown(page, folder, "2-agenda")
    page.goto(f"{address}/returns")
    shown(page, folder, "3-returns")
    page.get_by_role("button", name=re.compile("Ask")).click()
    for by, side, new in (
        (officer, "police", "Filmed"),
        (advocate, "advocacy", "Moves"),
        (officer, "shared", "Seen"),
    ):
        with identity.as_person(by):
            services.send_return(by, found[0], meeting, side, new=f"{new}-{side}.", did="", ask="")
    page.goto(address)
    page.get_by_role("link", name="Add general business").click()
    shown(page, folder, "4-general-business")
    page.get_by_label("What is it about?").fill("A new refuge opens")
    page.get_by_role("button", name="Put it on the agenda").click()
    when_i_write(page, "Decision", "The helpline visits it first.")
    shown(page, folder, "5-general-minutes")
    Meeting.objects.filter(pk=meeting.pk).update(
        starts_at=timezone.now() - dt.timedelta(minutes=10), ends_at=timezone.now() + dt.timedelta(hours=1)
    )
    page.goto(f"{address}/attendance")
    page.locator("select[name^=state_]").first.select_option("present")
    page.get_by_role("button", name="Save").click()

    for case in found:
        page.goto(f"{site}/cases/{case.key}/meetings/{meeting.key}")
        when_i_write(page, "The victim’s side, told by their advocate", "She asks for a call on Friday.")
        expect(page.locator(".ll-timeline__words").first).to_have_text("She asks for a call on Friday.")
    # A decision that asks for something is somebody's task: what is missing is named, and nothing is lost.
    page.get_by_text("If somebody is asked to do something").click()
    page.get_by_label("Who does it?").select_option(str(officer.key))
    when_i_write(page, "Decision", "Ask the court for an order")
    expect(page.get_by_label("What was said?")).to_have_value("Ask the court for an order")
    shown(page, folder, "6-what-is-missing")
    day = timezone.localdate() + dt.timedelta(days=7)
    for part, value in (("Day", day.day), ("Month", day.month), ("Year", day.year)):
        page.get_by_label(part, exact=True).fill(str(value))
    page.get_by_label("What would show that it is done?").fill("The order")
    page.get_by_role("button", name="Add to the minutes").click()
    expect(page.get_by_text("Not done yet")).to_be_visible()
    shown(page, folder, "7-live-minutes")
    with identity.as_person(officer):
        minutes.write(officer, found[0], meeting, "note", "police", "Arrest-police on Monday.")

    page.goto(f"{address}/agree")
    shown(page, folder, "8-agree")
    page.get_by_role("button", name="Agree the minutes").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Minutes agreed")
    shown(page, folder, "9-agreed")
    assert Line.objects.filter(meeting=meeting).count() == CASES + 2
    assert Business.objects.filter(meeting=meeting).count() == 2

    full = the_paper(page, site, folder, meeting, "minutes", "minutes-full")
    safe = the_paper(page, site, folder, meeting, "minutes-for-every-side", "minutes-for-every-side")
    for text in (full, safe):
        assert "Version 1, agreed by the chair" in text
        assert all(case.reference in text for case in found)
        assert "Seen-shared." in text
        assert "A new refuge opens" in text
        assert not re.search("Filmed-police|Moves-advocacy|Arrest-police", text)
    answer = page.request.get(f"{address}/calendar")
    (folder / "meeting.ics").write_bytes(answer.body())
    (event,) = Calendar.from_ical(answer.body()).walk("VEVENT")
    assert str(event["summary"]) == "Meeting"
    assert not any(case.reference in answer.text() for case in found)

    # Full minutes are of their reader: the police read what they said among themselves, and no other side.
    page.context.clear_cookies()
    steps.when_i_sign_in(page, site, officer)
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()
    police = the_paper(page, site, folder, meeting, "minutes", "minutes-full-police")
    assert "Full minutes for Jo Fenwick" in police
    assert "Arrest-police on Monday." in police
    assert "Moves-advocacy" not in police
    same = the_paper(page, site, folder, meeting, "minutes-for-every-side", "minutes-for-every-side-police")
    assert not re.search("Filmed-police|Moves-advocacy|Arrest-police", same)
