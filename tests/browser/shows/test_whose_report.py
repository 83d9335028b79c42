"""Show: a mother's report joins her daughter's pattern, a stranger's two incidents are one, twins stay apart.

Every report that matters is typed into the form by an officer; what each page says of why is checked.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

import pytest
from playwright.sync_api import Locator, Page, expect

from lamplighter.hub.patterns import services
from lamplighter.hub.people.matching import services as relinking
from lamplighter.hub.people.models import Decision
from tests.browser import steps
from tests.browser.shows.pictures import picture
from tests.integration.patterns import story

PHONE = 375
FAMILY = (
    "Done to somebody close to the victim. The suspect is the same, and the two victims have the same "
    "postcode and surname."
)


@dataclass(frozen=True)
class Typed:
    """One report as an officer types it; people are the labels of the form and what goes there."""

    offence: str
    day: tuple[int, int, int]
    words: str
    victim: dict[str, str]
    suspect: dict[str, str] = field(default_factory=dict)
    knows: str = "Stranger"


DAUGHTER, MOTHER_AND_HOME = "Priya Nair", {"Home address": "14 Lark Rise, Avonbridge", "Postcode": "AV1 8ZQ"}
MOTHER = Typed(
    "harassment_s2",
    (2, 5, 2026),
    "The suspect came to the door and shouted that she must tell her daughter to ring him.",
    {"First names": "Meera", "Last name": "Nair", **MOTHER_AND_HOME},
    {"First names": "Daniel", "Last name": "Marsh", "Phone numbers": "07195 102002"},
    "Acquaintance",
)
GRACE = {"First names": "Grace", "Last name": "Holloway", "Phone numbers": "07195 104417"}
FOLLOWED = Typed(
    "public_order",
    (3, 5, 2026),
    "An unknown man followed her from the tram stop to her door.",
    GRACE,
)
WATCHED = Typed(
    "harassment_s2", (14, 5, 2026), "An unknown man was watching her house from a parked car.", GRACE
)
HANNAH = {"First names": "Hannah", "Last name": "Ellery", "Phone numbers": "07195 105521"}
HOME_OF_TWINS = {"Last name": "Lister", "Home address": "5 Mill Lane, Avonbridge", "Postcode": "AV3 2AB"}
ONE = Typed(
    "harassment_s2",
    (4, 5, 2026),
    "The suspect waited outside her work and followed her to the bus.",
    HANNAH,
    {"First names": "Adam", "Date of birth": "12 3 1991", **HOME_OF_TWINS},
    "Acquaintance",
)
OTHER = Typed(
    "harassment_s2",
    (15, 5, 2026),
    "The suspect was watching her flat from the car park.",
    HANNAH,
    {"First names": "Jacob", "Date of birth": "12 3 1991", **HOME_OF_TWINS},
    "Acquaintance",
)


def given_reports_of_others() -> None:
    """What the two forces hold already: three reports of a daughter among other people's."""
    story.receive([*story.background(), *story.STORY])
    relinking.relink_all()
    services.refresh_all()


def fill_date(page: Page, group: str, parts: list[str]) -> None:
    date = page.get_by_role("group", name=group)
    for part, number in zip(("Day", "Month", "Year"), parts, strict=True):
        date.get_by_label(part, exact=True).fill(number)


def fill_person(page: Page, told: dict[str, str]) -> None:
    for label, words in told.items():
        if label == "Date of birth":
            fill_date(page, label, words.split())
        else:
            page.get_by_label(label, exact=True).fill(words)


def proceed(page: Page) -> None:
    page.get_by_role("button", name="Continue").click()


def when_i_type_and_save(page: Page, site: str, report: Typed) -> None:
    page.goto(f"{site}/intake/new")
    day = [str(n) for n in report.day]
    page.get_by_label("How is it recorded?").select_option(report.offence)
    fill_date(page, "Date it was reported", day)
    page.get_by_label("What happened?").fill(report.words)
    proceed(page)
    page.get_by_label("To the day", exact=True).check()
    fill_date(page, "Date it happened", day)
    proceed(page)
    fill_person(page, report.victim)
    proceed(page)
    fill_person(page, report.suspect)
    page.get_by_label(report.knows, exact=True).check()
    proceed(page)
    page.get_by_role("button", name="Save the report").click()
    page.wait_for_url("**/patterns/saved/**")


def shown(page: Page, name: str, height: int, beginning: Locator | None = None) -> None:
    """The page is accessible and fits a laptop and a phone; its pictures are taken at both widths."""
    steps.then_the_page_is_accessible(page)
    for width in (1280, PHONE):
        page.set_viewport_size({"width": width, "height": 720})
        steps.then_it_fits_the_screen(page)
        page.evaluate("window.scrollTo(0, 0)")
        box = beginning.bounding_box() if beginning is not None else None
        name_of_it = f"whose-{name}" if width == 1280 else f"whose-{name}-phone"
        picture(page, name_of_it, height, width, box["y"] if box else 0)
    page.set_viewport_size({"width": 1280, "height": 720})


def pattern_of(page: Page) -> None:
    page.get_by_role("button", name="See the pattern").click()
    page.wait_for_url("**/patterns/C-*")


@pytest.mark.slow
def test_whose_a_report_is_and_why(page: Page, site: str) -> None:
    page.set_default_timeout(60_000)
    given_reports_of_others()
    steps.given_i_am_signed_in(page, site, "investigator", agency="force-a")
    _what_was_done_to_her_mother_joins_and_says_so(page, site)
    _two_incidents_by_a_stranger_are_one_pattern(page, site)
    _twins_stay_apart_until_somebody_says(page, site)


def _what_was_done_to_her_mother_joins_and_says_so(page: Page, site: str) -> None:
    when_i_type_and_save(page, site, MOTHER)
    expect(page.locator(".ll-answer")).to_contain_text(f"This is the 4th report about {DAUGHTER}")
    why = page.get_by_text("Why this report is there.").locator("..")
    expect(why).to_contain_text(f"In this report the victim is Meera Nair. {FAMILY}")
    shown(page, "mother-saved", 700)
    pattern_of(page)
    expect(page.locator(".ll-answer")).to_contain_text(f"Four reports about {DAUGHTER}")
    joined = page.locator("#occasion-4")
    expect(joined).to_contain_text(FAMILY)
    shown(page, "mother", 700, page.locator("#occasion-3"))


def _two_incidents_by_a_stranger_are_one_pattern(page: Page, site: str) -> None:
    when_i_type_and_save(page, site, FOLLOWED)
    expect(page.locator(".ll-answer")).to_contain_text("No earlier report was found")
    when_i_type_and_save(page, site, WATCHED)
    answer = page.locator(".ll-answer")
    expect(answer).to_contain_text(
        "This is the 2nd report about Grace Holloway and somebody not yet identified"
    )
    expect(page.get_by_text("Why this report is there.").locator("..")).to_contain_text(
        "Nobody is named in this report. One of several acts aimed at the same victim by an unknown person."
    )
    shown(page, "stranger-saved", 700)
    pattern_of(page)
    expect(page.locator("[id^=occasion-]")).to_have_count(2)
    named = page.get_by_role("heading", name="Reports that name nobody").locator(
        "xpath=following-sibling::ul[1]"
    )
    expect(named.get_by_role("listitem")).to_have_count(2)
    shown(page, "stranger", 1_300)


def _twins_stay_apart_until_somebody_says(page: Page, site: str) -> None:
    when_i_type_and_save(page, site, ONE)
    when_i_type_and_save(page, site, OTHER)
    expect(page.locator(".ll-answer")).to_contain_text(
        re.compile("No earlier report was found.*weak possibilit")
    )
    expect(page.get_by_role("button", name="See the pattern")).to_have_count(0)
    expect(page.get_by_text("they may be twins, so a person must decide.")).to_be_visible()
    compare = page.get_by_role("link", name=re.compile("Adam Lister"))
    shown(page, "twins-saved", 800)
    compare.click()
    expect(page.locator(".ll-answer")).to_contain_text(
        "Whether they are one person is for a person to decide."
    )
    expect(page.get_by_text("they may be twins, so a person must decide")).to_be_visible()
    shown(page, "twins", 1_500)
    assert "Lister" not in page.url + page.title()
    assert not Decision.objects.exists()
