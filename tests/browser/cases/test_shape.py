"""The shape of a case: tabs on one line, the title high, short on a telephone, and a paper when printed."""

from __future__ import annotations

import datetime as dt
import io
import os
import re
from pathlib import Path

import pypdf
import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from lamplighter.hub.access import moment
from lamplighter.hub.access.wall import identity
from lamplighter.hub.accounts.models import Role, User
from lamplighter.hub.arrivals.models import CaseReport
from lamplighter.hub.cases import services
from lamplighter.hub.cases.models import Case
from lamplighter.hub.casework import notes
from lamplighter.hub.clocks import services as clocks
from lamplighter.hub.victim_side.services import documents
from tests.browser import steps
from tests.integration.access import making
from tests.integration.cases import telling

PICTURES = os.environ.get("LAMPLIGHTER_CASE_PICTURES", "")
SIZES = ((1280, 900), (375, 667), (320, 667))
MIDDLE = 450
LINE = 60  # pixels; two lines of tabs are higher
BAR = 80  # two lines: which case, its stage and its risk; who leads it, and what is next


def given_a_case(by: User) -> Case:
    case = telling.a_story(telling.coordinator())
    for code in ("helpline", "health"):
        making.agency(code)
    with identity.as_person(by):
        notes.add(by, case, "call", "shared", "He waited at the door.", happened_at=moment.now())
        services.enter(by, case, "status", "A line")
        late = timezone.now() - dt.timedelta(days=2)
        clocks.start(by, case, "task", "Ring the court", due_at=late, why="Asked for.")
    happened = dt.datetime(2026, 3, 4, 18, 20)
    shown = {"rule": "police", "recorded_as": "malicious_communications", "acts": ["breach"]}
    CaseReport.objects.create(
        case=case, owner=case.owner, at=telling.days_ago(3), agency="force-a", happened_at=happened, **shown
    )
    return case


def look(page: Page, name: str) -> None:
    """It is accessible, fits every width, the title is on the first screen, the tabs are short."""
    steps.then_the_page_is_accessible(page)
    for width, height in SIZES:
        page.set_viewport_size({"width": width, "height": height})
        steps.then_it_fits_the_screen(page)
        if PICTURES:
            steps.take_picture(page, Path(PICTURES), f"{name}-{width}")
        most = MIDDLE if width == 1280 else height
        title = page.locator("h1").bounding_box()
        # What opens on a wide screen closes on a narrow one, by a script that may come a moment later.
        for _ in range(50):
            if title and title["y"] + title["height"] < most:
                break
            page.wait_for_timeout(100)
            title = page.locator("h1").bounding_box()
        tabs = page.locator(".ll-tabs").bounding_box()
        bar = page.locator(".ll-identity").bounding_box()
        assert title
        assert tabs
        assert bar
        assert width != 1280 or bar["height"] < BAR, (name, bar)
        assert title["y"] + title["height"] < most, (name, width, title)
        assert tabs["height"] < (LINE if width == 1280 else 2 * LINE), (name, width, tabs)
    page.set_viewport_size({"width": 1280, "height": 900})


@pytest.mark.parametrize(
    ("role", "code", "kind", "side"),
    [
        (Role.ADVOCATE, "helpline", "advocacy", "Victim’s side"),
        (Role.CLINICIAN, "health", "health", "Suspect’s side"),
    ],
)
def test_the_title_is_high_and_the_tabs_are_on_one_line(
    page: Page, site: str, role: str, code: str, kind: str, side: str
) -> None:
    user = steps.given_i_am_signed_in(page, site, role, agency=code, kind=kind)
    case = given_a_case(user)
    page.goto(f"{site}/cases/{case.key}")
    look(page, f"{role}-overview")
    for tab in ("Timeline", side, "Sharing", "Case administration"):
        page.get_by_label("This case").get_by_role("link", name=tab).click()
        expect(page.get_by_label("This case").locator("[aria-current]")).to_have_text(tab)
        look(page, f"{role}-{tab.split('’')[0].lower()}")
    # On a telephone the pages of the tab are behind one line, and there by keyboard.
    page.set_viewport_size({"width": 375, "height": 667})
    pages = page.get_by_role("navigation", name="Case administration")
    expect(pages.get_by_role("link", name="Legal status")).to_be_hidden()
    pages.get_by_text(re.compile(r"Case administration: \d+ pages")).focus()
    page.keyboard.press("Enter")
    pages.get_by_role("link", name="Legal status").click()
    steps.then_the_heading_is(page, "Legal status")
    page.set_viewport_size({"width": 1280, "height": 900})
    expect(page.get_by_role("link", name="Time spent")).to_be_visible()


def test_the_timeline_is_filtered_by_links(page: Page, site: str) -> None:
    user = steps.given_i_am_signed_in(page, site, Role.ADVOCATE, agency="helpline", kind="advocacy")
    case = given_a_case(user)
    page.goto(f"{site}/cases/{case.key}")
    page.get_by_label("This case").get_by_role("link", name="Timeline").click()
    expect(page.get_by_text("He waited at the door.")).to_be_visible()
    page.get_by_role("link", name="Reports on the timeline").click()
    expect(page.get_by_text("4 March 2026, 6:20pm", exact=True)).to_be_visible()
    expect(page.get_by_text("He waited at the door.")).to_have_count(0)
    look(page, "timeline-reports")


def test_a_case_and_a_safety_plan_print_as_papers(page: Page, site: str) -> None:
    user = steps.given_i_am_signed_in(page, site, Role.ADVOCATE, agency="helpline", kind="advocacy")
    case = given_a_case(user)
    with identity.as_person(user):
        documents.plan_safety(user, case, seen="", sections={"home": "New locks are fitted."})
    for path, words in (
        ("", "He waited at the door."),
        ("/timeline", "Incident"),
        ("/victim/safety-plan", "New locks"),
    ):
        page.goto(f"{site}/cases/{case.key}{path}")
        paper = pypdf.PdfReader(io.BytesIO(page.pdf(prefer_css_page_size=True)))
        sheets = [sheet.extract_text().replace("\xa0", " ") for sheet in paper.pages]
        told = " ".join(" ".join(sheets).split())
        assert all("OFFICIAL-SENSITIVE" in sheet for sheet in sheets), path
        assert f"Printed by {user.display_name}" in told
        assert f"{timezone.localdate():%-d %B %Y}" in told
        assert words in told
        for unwanted in (
            str(case.key),
            "/cases/",
            "http",
            "Case administration",
            "Save",
            "Show names",
            "Search",
        ):
            assert unwanted not in told, (path, unwanted)
        assert "Write the next version" not in told
        # The two people are on paper only when somebody has opened who they are.
        assert not re.search("Nair|Hollinshaw", told)
