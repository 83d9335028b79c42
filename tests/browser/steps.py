"""Given, when and then: what every browser test says in the same words."""

from __future__ import annotations

import itertools
import re
from pathlib import Path
from typing import Any, Literal

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from lamplighter.hub.accounts import services
from lamplighter.hub.accounts.models import Role, User
from tests.integration.access.making import KINDS

PASSWORD = "a lamp in every street"
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
_numbers = itertools.count(1)


def given_a_user(
    role: str = Role.COORDINATOR,
    *,
    agency: str | None = "force-a",
    kind: str | None = None,
    name: str = "Sam Reed",
) -> User:
    """Somebody with this role, working for this agency."""
    works_for = services.ensure_agency(agency, kind=kind or KINDS.get(agency)) if agency else None
    return services.ensure_user(
        f"{role}-{next(_numbers)}", password=PASSWORD, display_name=name, role=role, agency=works_for
    )


def when_i_sign_in(page: Page, site: str, user: User, password: str = PASSWORD) -> None:
    page.goto(f"{site}/account/sign-in")
    page.get_by_label("User name").fill(user.username)
    page.get_by_label("Password", exact=True).fill(password)
    page.get_by_role("button", name="Sign in").click()


def given_i_am_signed_in(page: Page, site: str, role: str = Role.COORDINATOR, **kwargs: Any) -> User:
    user = given_a_user(role, **kwargs)
    when_i_sign_in(page, site, user)
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()
    return user


def when_somebody_else_signs_in(page: Page, site: str, user: User) -> None:
    """Sign in where another was signed in."""
    page.context.clear_cookies()
    when_i_sign_in(page, site, user)
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()


def then_the_heading_is(page: Page, text: str) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text(text)


def then_the_page_is_accessible(page: Page) -> None:
    """No violation of WCAG 2.2 AA, and no two links that say the same and go to different places."""
    page.wait_for_load_state()
    found = Axe().run(page, options={"runOnly": WCAG, "resultTypes": ["violations"]}).response["violations"]
    told = [f"{v['id']}: {v['help']} at {[n['target'] for n in v['nodes']][:3]}" for v in found]
    assert told == [], f"{page.title()}: {told}"
    links = page.eval_on_selector_all(
        "a[href]", "all => all.map(a => [a.textContent.replace(/\\s+/g, ' ').trim(), a.href])"
    )
    places: dict[str, set[str]] = {}
    for text, href in links:
        places.setdefault(text, set()).add(href)
    apart = {text: sorted(hrefs) for text, hrefs in places.items() if len(hrefs) > 1}
    assert apart == {}, f"{page.title()}: links that say the same and lead elsewhere: {apart}"
    expect(page).to_have_title(re.compile(" – Lamplighter$"))


def then_the_error_summary_leads_to(page: Page, message: str, label: str) -> None:
    """The title says "Error", the summary names the problem, and its link moves to the field."""
    expect(page).to_have_title(re.compile("^Error: "))
    link = page.get_by_role("alert").get_by_role("link", name=message)
    expect(link).to_be_visible()
    link.click()
    expect(page.get_by_label(label, exact=True)).to_be_focused()


def then_it_fits_the_screen(page: Page) -> None:
    """Nothing is cut off at the side of a 1280 x 720 laptop."""
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


def take_picture(page: Page, folder: Path, name: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=folder / f"{name}.png", full_page=True)


def then_it_is_good(page: Page, folder: str = "", name: str = "") -> None:
    """It is accessible and fits a laptop; pictured where there is a folder for pictures and it has a name."""
    then_the_page_is_accessible(page)
    then_it_fits_the_screen(page)
    if folder and name:
        take_picture(page, Path(folder), name)


WIDTHS = {"laptop": (1280, 720), "phone": (375, 700), "": (320, 700)}


def then_it_is_good_at_every_width(page: Page, folder: Path, name: str) -> None:
    """It is accessible, and fits a laptop, a phone and the narrowest screen."""
    then_the_page_is_accessible(page)
    for words, (width, height) in WIDTHS.items():
        page.set_viewport_size({"width": width, "height": height})
        then_it_fits_the_screen(page)
        if words:
            take_picture(page, folder, f"{name}-{words}")
    page.set_viewport_size({"width": 1280, "height": 720})


BROKEN = """() => {
  const pen = document.createElement('canvas').getContext('2d');
  // The head of stacked rows is hidden from sight.
  const seen = cell => cell.offsetParent && !cell.closest('.ll-stack thead, .govuk-visually-hidden');
  return [...document.querySelectorAll('td, th')].filter(seen).flatMap(cell => {
    const style = getComputedStyle(cell);
    pen.font = `${style.fontWeight} ${style.fontSize} ${style.fontFamily}`;
    const room = cell.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight) + 1;
    return cell.innerText.split(/[\\s-]+/).filter(w => w.length <= 20 && pen.measureText(w).width > room);
  });
}"""


def then_no_word_of_a_table_is_broken_on_a_phone(page: Page) -> None:
    """No column of a table is so narrow that a word of ordinary length is cut into pieces."""
    width, height = WIDTHS["phone"]
    page.set_viewport_size({"width": width, "height": height})
    broken = page.evaluate(BROKEN)
    page.set_viewport_size({"width": 1280, "height": 720})
    assert broken == [], f"{page.title()}: {broken[:8]}"


def when_i_press(page: Page, role: Literal["button", "link"], name: str | re.Pattern[str]) -> None:
    """Reach it by the keyboard alone, and press Enter."""
    wanted = page.get_by_role(role, name=name, exact=True)
    wanted.focus()
    expect(wanted).to_be_focused()
    page.keyboard.press("Enter")


def when_i_sign_out(page: Page) -> None:
    """Press "Sign out", and wait for the page it leads to: what is opened sooner is lost to it."""
    page.get_by_role("button", name="Sign out").click()
    then_the_heading_is(page, "Sign in")
