"""Show: words that were missed, corrected on a page, taught, accepted by another, read elsewhere, taken back.

The site is signed in to the database with its own login, as it is where it is installed; everything is done
with the mouse on pages that lead to one another, and the worker's job is run in between.
"""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.db import connection
from playwright.sync_api import Locator, Page, expect
from procrastinate.contrib.django.models import ProcrastinateJob

from lamplighter.hub.accounts.models import Role, User
from lamplighter.hub.cases.referrals import from_pattern
from lamplighter.hub.patterns import selectors, services
from lamplighter.hub.patterns.learning.services import JOB
from lamplighter.hub.people.matching import services as relinking
from tests.browser import steps
from tests.browser.shows.pictures import picture
from tests.browser.shows.test_whose_report import Typed, when_i_type_and_save
from tests.integration.access import making
from tests.integration.cases import telling
from tests.integration.patterns import story

pytestmark = pytest.mark.slow
FIRST = story.STORY[0]["report_id"]
ACT = "Watched or spied on"
WORDS = "left a note under the wiper"
LATER = Typed(
    "harassment_s2",
    (3, 5, 2026),
    "Caller says that the suspect left a note under the wiper of her van.",
    {"First names": "Orla", "Last name": "Fenmoor", "Phone numbers": "07195 106644"},
    {"First names": "Gareth", "Last name": "Stannick", "Phone numbers": "07195 107755"},
    "Acquaintance",
)


def given_a_case_of_a_pattern(lead: User) -> str:
    """Three reports of two people, and their case; returns its address."""
    story.receive([*story.background(), *story.STORY])
    relinking.relink_all()
    services.refresh_all()
    course = selectors.of_report(FIRST).get()
    people: dict[str, Any] = {
        k: v for k, v in from_pattern.referral_of(course).items() if k in {"victim", "suspect"}
    }
    with making.as_the_owner():
        case = telling.a_working_case(lead, "direct", course_id=course.course_id, **people)
    return f"/cases/{case.key}"


def shown(page: Page, name: str, start: Locator | None = None) -> None:
    """Good at every width; its pictures are taken at two."""
    steps.then_the_page_is_accessible(page)
    for width in (1280, 375):
        page.set_viewport_size({"width": width, "height": 720})
        steps.then_it_fits_the_screen(page)
        picture(
            page, f"learned-{name}" if width == 1280 else f"learned-{name}-phone", 700, width, start=start
        )
    page.set_viewport_size({"width": 1280, "height": 720})


def sign_in_as(page: Page, site: str, user: User) -> None:
    page.context.clear_cookies()
    steps.when_i_sign_in(page, site, user)
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()


def when_the_worker_has_run() -> None:
    """What was queued is done; nothing was queued is a fault."""
    waiting = ProcrastinateJob.objects.filter(task_name=JOB, status="todo")
    assert waiting.exists(), "the page queued nothing"
    services.learn()
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs WHERE task_name = %s", [JOB])


def acts_of(page: Page) -> list[str]:
    acts = page.get_by_role("heading", name="Acts", exact=True)
    after = acts.locator("xpath=following-sibling::*[self::h2 or self::h3]")
    found: list[str] = []
    for heading in after.all():
        if heading.evaluate("e => e.tagName") == "H2":
            break
        found.append(heading.inner_text())
    return found


def marked(page: Page) -> list[str]:
    return page.locator("blockquote mark").all_inner_texts()


def test_words_are_corrected_taught_accepted_read_elsewhere_and_taken_back(page: Page, site: str) -> None:
    page.set_default_timeout(60_000)
    lead = steps.given_a_user(Role.STALKING_LEAD, agency="force-a", name="Alex Thorne")
    case = given_a_case_of_a_pattern(lead)
    officer = steps.given_i_am_signed_in(page, site, Role.INVESTIGATOR, agency="force-a", name="Jo Fenwick")
    when_i_type_and_save(page, site, LATER)
    page.get_by_role("link", name="See how its words were read").click()
    lone = page.url
    expect(page.get_by_text("It is in no pattern")).to_be_visible()
    at_first = (acts_of(page), marked(page))
    assert ACT not in at_first[0]

    own = _an_incident_of_the_case_is_corrected(page, site, case)
    lesson = _its_words_are_proposed(page)
    _another_accepts_it_from_their_work(page, site, lead)
    _the_other_report_reads_it_and_says_why(page, lone)
    _it_is_undone_and_everything_reads_as_before(page, lone, lesson, at_first)
    sign_in_as(page, site, officer)
    _and_so_is_the_correction(page, own)


def _an_incident_of_the_case_is_corrected(page: Page, site: str, case: str) -> str:
    page.goto(site + case)
    page.get_by_role("link", name=re.compile("criminal damage", re.IGNORECASE)).first.click()
    page.get_by_role("link", name=re.compile("See how its words were read ?: report 3")).click()
    expect(page.get_by_text("you can undo it here")).to_be_visible()
    page.get_by_label("What was missed").select_option(label=ACT)
    page.get_by_label("Where it says so").fill(WORDS)
    page.get_by_role("button", name="Add the act").click()
    assert ACT in acts_of(page)
    expect(page.get_by_text(re.compile(f"“{WORDS}”, added by Jo Fenwick on "))).to_be_visible()
    shown(page, "corrected", page.get_by_role("heading", name="Teach the hub these words"))
    return page.url


def _its_words_are_proposed(page: Page) -> str:
    page.get_by_role("link", name=re.compile("Teach the hub: ")).click()
    page.get_by_role("button", name="See what the hub would learn").click()
    expect(page.get_by_text(f"“{WORDS}” is read as: {ACT}")).to_be_visible()
    shown(page, "proposed")
    page.get_by_role("button", name="Propose it").click()
    expect(page.get_by_text("This is being worked out")).to_be_visible()
    when_the_worker_has_run()
    page.reload()
    expect(page.get_by_text("1 incident that you can see would gain the act.")).to_be_visible()
    return page.url


def _another_accepts_it_from_their_work(page: Page, site: str, lead: User) -> None:
    sign_in_as(page, site, lead)
    page.goto(f"{site}/work/")
    page.get_by_role("link", name=re.compile("Decide on what a correction teaches")).click()
    expect(page.get_by_text(re.compile("where Jo Fenwick added the act on"))).to_be_visible()
    expect(page.get_by_text("it is read in every report from today on")).to_be_visible()
    shown(page, "effect")
    page.get_by_label("Accept it from today on").check()
    page.get_by_label("Your reason").fill("It is what he leaves behind each time.")
    page.get_by_role("button", name="Save").click()
    when_the_worker_has_run()


def _the_other_report_reads_it_and_says_why(page: Page, lone: str) -> None:
    page.goto(lone)
    assert ACT in acts_of(page)
    expect(
        page.get_by_text(re.compile("learned from a correction; accepted by Alex Thorne on"))
    ).to_be_visible()
    shown(page, "elsewhere")
    page.get_by_role("link", name=re.compile("See what the hub learned")).click()


def _it_is_undone_and_everything_reads_as_before(
    page: Page, lone: str, lesson: str, before: tuple[list[str], list[str]]
) -> None:
    assert page.url == lesson
    page.get_by_label("Undo it from today on").check()
    page.get_by_label("Your reason").fill("Some of the notes are the warden's.")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text(re.compile("Undone by Alex Thorne on"))).to_be_visible()
    when_the_worker_has_run()
    shown(page, "undone")
    page.goto(lone)
    assert (acts_of(page), marked(page)) == before


def _and_so_is_the_correction(page: Page, own: str) -> None:
    page.goto(own)
    assert ACT in acts_of(page), "what somebody added by hand stays"
    page.get_by_role("button", name=re.compile(f"Undo ?: {ACT}")).click()
    assert ACT not in acts_of(page)
    expect(page.get_by_text("Jo Fenwick on")).to_have_count(0)
