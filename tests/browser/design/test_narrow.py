"""On a screen of 320 px, a phone or a laptop at 400 %, no page of any role is wider than the screen."""

from __future__ import annotations

from playwright.sync_api import Browser, Page

from lamplighter.hub.demo import world as hub
from lamplighter.hub.patterns.models import Course
from tests.browser.shows.test_two_sides import given_the_case, when_somebody_signs_in

WIDE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
# The outermost things that stick out, to name them in the failure.
CULPRITS = """() => [...document.querySelectorAll('body *')].filter(e => {
    const r = e.getBoundingClientRect();
    return r.right > document.documentElement.clientWidth + 1 && r.width > 0 && !e.closest('.ll-scroll');
}).slice(0, 3).map(e => e.tagName + '.' + e.className)"""
# What is not under a link of a page that is walked.
FURTHER = {
    "coordinator": ("/cases/refer", "/insight/start", "/account/invite", "/intake/sources"),
    "investigator": ("/rights/items", "/rights/take-in", "/intake/typed", "/cases/search"),
    "advocate": ("/patterns/?view=decided",),
    "administrator": ("/account/training", "/account/agencies", "/intake/send"),
    "auditor": (),
}


def _addresses(page: Page, site: str) -> list[str]:
    """Where the navigations of this page lead: the service's, a case's, a list's and its page contents."""
    links = page.locator("nav a[href^='/']").evaluate_all("all => all.map(a => a.getAttribute('href'))")
    return [site + link.split("#")[0] for link in dict.fromkeys(links)]


def test_no_page_is_wider_than_320_pixels(site: str, browser: Browser) -> None:
    case = given_the_case()
    pattern = Course.objects.filter(flagged=True).first()
    assert pattern is not None
    wide: dict[str, object] = {}
    walked: dict[str, int] = {}
    for username, *_ in hub.USERS:
        page = browser.new_context(viewport={"width": 320, "height": 640}).new_page()
        when_somebody_signs_in(page, site, username)
        todo = [page.url, *_addresses(page, site)]
        todo += [f"{site}/cases/{case.key}", f"{site}/patterns/{pattern.course_id}"]
        todo += [f"{site}/cases/{case.key}/need", f"{site}/cases/{case.key}/sharing/new"]
        todo += [site + further for further in FURTHER.get(username, ())]
        seen: set[str] = set()
        while todo:
            address = todo.pop(0)
            if address in seen or "sign-out" in address:
                continue
            seen.add(address)
            answer = page.goto(address)
            if answer is None or answer.status != 200 or "html" not in answer.headers["content-type"]:
                continue
            walked[username] = walked.get(username, 0) + 1
            if page.evaluate(WIDE) > 0:
                wide[f"{username} {address.removeprefix(site)}"] = page.evaluate(CULPRITS)
            if f"/cases/{case.key}" in address and address.count("/") < 8:
                todo += [a for a in _addresses(page, site) if a.startswith(f"{site}/cases/{case.key}")]
        page.context.close()
    assert wide == {}
    # A walk that is refused everywhere would find nothing.
    assert set(walked) == {name for name, *_ in hub.USERS}, walked
    assert sum(walked.values()) > 100, walked
