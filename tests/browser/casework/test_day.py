"""A day's work on a case in a browser: a note, a task given and done, a lead worker, and what is new."""

from __future__ import annotations

import datetime as dt
import os
from pathlib import Path

from django.utils import timezone
from playwright.sync_api import Page, expect

from lamplighter.hub.accounts.models import Role, User
from lamplighter.hub.casework.models import LastVisit
from lamplighter.hub.clocks.models import Clock
from tests.browser import steps
from tests.integration.access import making

PICTURES = Path(os.environ.get("LAMPLIGHTER_DAY_PICTURES", "test-results/day"))


def look(page: Page, name: str) -> None:
    steps.then_it_is_good_at_every_width(page, PICTURES, name)


def test_a_note_a_task_and_what_is_new(page: Page, site: str) -> None:
    advocate = steps.given_i_am_signed_in(page, site, Role.ADVOCATE, agency="helpline", kind="advocacy")
    officer = User.objects.create(
        username="officer", display_name="Jo Fenwick", role=Role.INVESTIGATOR, agency=making.agency("force-a")
    )
    officer.set_password(steps.PASSWORD)
    officer.save()
    case = making.a_case(advocate, "force-a", "health")
    page.goto(f"{site}/cases/{case.key}")
    steps.when_i_press(page, "button", "Add to the case")
    steps.then_the_heading_is(page, "Add to the case")
    look(page, "note")
    steps.when_i_press(page, "button", "Save")
    steps.then_the_error_summary_leads_to(
        page, "Enter what happened and the outcome", "What happened, and what was the outcome?"
    )
    page.get_by_label("Phone call").check()
    page.get_by_label("Who with?").fill("Her manager")
    page.get_by_label("What happened, and what was the outcome?").fill(
        "He waited at the door. The police were called."
    )
    page.get_by_label("Everybody on the case").check()
    steps.when_i_press(page, "button", "Save")
    expect(page.get_by_text("Note saved. Read by everybody on the case")).to_be_visible()
    expect(page.get_by_text("With: Her manager. He waited at the door.")).to_be_visible()
    steps.when_i_press(page, "link", "Give somebody a task")
    steps.then_the_heading_is(page, "Give somebody a task")
    look(page, "task")
    page.get_by_label("What is to be done?").fill("Ask the court for the date of the hearing")
    page.get_by_label("Who should do it?").select_option(str(officer.key))
    day = timezone.localdate() + dt.timedelta(days=2)
    for part in ("day", "month", "year"):
        page.get_by_label(part.capitalize(), exact=True).fill(str(getattr(day, part)))
    page.get_by_label("Everybody on the case").check()
    steps.when_i_press(page, "button", "Give the task")
    expect(page.get_by_text("Task given to Jo Fenwick")).to_be_visible()
    steps.when_i_press(page, "link", "Assign the lead worker of your agency")
    expect(page.get_by_label("Who is the lead worker of your agency?")).to_be_visible()
    look(page, "lead")
    page.get_by_label("Who is the lead worker of your agency?").select_option(str(advocate.key))
    steps.when_i_press(page, "button", "Save")
    expect(page.get_by_text("Lead worker: Sam Reed.")).to_be_visible()
    page.goto(f"{site}/work/given")
    look(page, "given")

    steps.when_i_sign_out(page)
    steps.when_i_sign_in(page, site, officer)
    page.goto(f"{site}/cases/{case.key}")
    expect(page.get_by_text("Since you were last here")).to_have_count(0)
    seen = timezone.now() - dt.timedelta(hours=5)
    LastVisit.objects.filter(user=officer).update(seen_at=seen)
    page.goto(f"{site}/work/")
    expect(page.get_by_text("Since you were last on these cases")).to_be_visible()
    look(page, "work")
    page.goto(f"{site}/cases/{case.key}")
    expect(page.get_by_text("Since you were last here")).to_be_visible()
    look(page, "case")
    page.goto(f"{site}/work/{Clock.objects.get(kind='task').key}/done")
    look(page, "done")
    page.get_by_label("Outcome").fill("The hearing is in May.")
    steps.when_i_press(page, "button", "Save as done")
    expect(page.get_by_text("Done: Ask the court for the date of the hearing")).to_be_visible()


def test_triage_has_the_pattern_beside_it(page: Page, site: str) -> None:
    steps.given_i_am_signed_in(page, site, Role.COORDINATOR, agency="hub", kind="hub")
    case = making.a_case(
        making.somebody(Role.ADVOCATE, "helpline"), "force-a", risk_now="She is afraid to go out."
    )
    page.goto(f"{site}/cases/{case.key}/triage")
    expect(page.get_by_text("Danger when it was referred")).to_be_visible()
    look(page, "triage")
