"""The service navigation on a laptop's screen: one line for every role, and the page "More" for the rest."""

import pytest
from playwright.sync_api import Page

from lamplighter.hub.accounts.models import Role
from tests.browser import steps

AGENCIES = {Role.PROBATION: "probation", Role.CLINICIAN: "health", Role.ADVOCATE: "helpline"}
TOPS = "all => [...new Set(all.map(e => Math.round(e.getBoundingClientRect().top)))]"


@pytest.mark.parametrize("role", Role)
def test_the_navigation_stands_on_one_line(page: Page, site: str, role: Role) -> None:
    steps.given_i_am_signed_in(page, site, role, agency=AGENCIES.get(role, "force-a"))
    items = page.get_by_role("navigation", name="Main").get_by_role("listitem")
    assert items.count() > 0
    assert len(items.evaluate_all(TOPS)) == 1, items.all_inner_texts()


def test_the_rest_is_under_more(page: Page, site: str) -> None:
    steps.given_i_am_signed_in(page, site)
    page.get_by_role("navigation", name="Main").get_by_role("link", name="More").click()
    steps.then_the_heading_is(page, "More")
    steps.then_the_page_is_accessible(page)
    page.get_by_role("main").get_by_role("link", name="Configuration").click()
    steps.then_the_heading_is(page, "Configuration")
