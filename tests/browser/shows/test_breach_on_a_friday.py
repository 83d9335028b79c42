"""Show: a breach at ten to midnight on the Friday before a bank holiday: each time limit, each person told.

And on no list of those who must not know. Pictures are written into ``LAMPLIGHTER_SHOW_FOLDER``, or into a
folder of this run.
"""

from __future__ import annotations

import datetime as dt
import os
import re
from pathlib import Path
from typing import Any

from django.utils import timezone
from playwright.sync_api import Page, expect

from lamplighter.hub.access.wall import identity
from lamplighter.hub.accounts.models import Role
from tests.browser import steps
from tests.browser.shows.test_one_case import fill_day
from tests.browser.story import Told
from tests.integration.access import making

FRIDAY = dt.date(2026, 5, 22)
AGAIN = ("Assess the risk again: something changed", "24 May 2026 at 11:50pm")
# Hours run through the night and the weekend. Monday 25 May is a bank holiday: working days begin on Tuesday.
TOLD: dict[tuple[Role, str, str], tuple[tuple[str, str], ...]] = {
    (Role.INVESTIGATOR, "force-a", "police"): (
        ("Arrest for the breach, or record why not", "23 May 2026 at 11:50pm"),
        ("Say whether the breach was a further stalking offence", "27 May 2026 at 5pm"),
        AGAIN,
    ),
    (Role.ADVOCATE, "helpline", "advocacy"): (
        ("Speak with the victim about the breach, and look at the safety plan", "26 May 2026 at 5pm"),
        AGAIN,
    ),
    (Role.PROBATION, "probation", "probation"): (
        ("Decide on recall or enforcement after the breach", "26 May 2026 at 5pm"),
        AGAIN,
    ),
    (Role.CLINICIAN, "health", "health"): (AGAIN,),
}


def test_a_breach_on_the_friday_before_a_bank_holiday_is_on_the_list_of_each_who_acts(
    page: Page,
    site: str,
    clock: Told,
    settings: Any,
    tmp_path: Path,
) -> None:
    page.set_default_timeout(60_000)
    # The database ends what is over by the real clock, which is years on from the story.
    settings.SESSION_COOKIE_AGE = 20 * 365 * 24 * 60 * 60
    folder = Path(os.environ.get("LAMPLIGHTER_SHOW_FOLDER") or tmp_path)
    clock.at = timezone.make_aware(dt.datetime.combine(FRIDAY - dt.timedelta(days=9), dt.time(10)))
    users = {key: steps.given_a_user(key[0], agency=key[1], kind=key[2]) for key in TOLD}
    officer = users[Role.INVESTIGATOR, "force-a", "police"]
    outside = steps.given_a_user(Role.INVESTIGATOR, agency="force-b", kind="police")
    with identity.as_person(officer):
        case = making.a_case(officer, "helpline", "probation", "health")

    clock.at = timezone.make_aware(dt.datetime.combine(FRIDAY, dt.time(23, 50)))
    steps.when_i_sign_in(page, site, officer)
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()
    page.goto(f"{site}/cases/{case.key}/orders/breach")
    page.get_by_label("Not recorded here: licence conditions").check()
    fill_day(page.get_by_role("group", name="On which day?"), FRIDAY)
    page.get_by_label("At what time?").fill("9:50pm")
    page.get_by_label("What happened, and how is it known?").fill("Outside the victim’s work, on film.")
    steps.take_picture(page, folder, "breach-1-typed")
    page.get_by_role("button", name="Save and tell everybody on the case").click()
    expect(page.get_by_text("Everybody on the case has been told.")).to_be_visible()
    steps.then_it_is_good_at_every_width(page, folder, "breach-2-saved")

    every = {text for tasks in TOLD.values() for text, _ in tasks}
    for number, (key, tasks) in enumerate(TOLD.items(), 3):
        page.context.clear_cookies()
        steps.when_i_sign_in(page, site, users[key])
        expect(page.get_by_role("button", name="Sign out")).to_be_visible()
        page.goto(f"{site}/work/team")
        for text, due in tasks:
            name = re.compile(rf"^{re.escape(text)}, case {case.reference}\s*, due {due}$")
            expect(page.get_by_role("link", name=name)).to_have_count(1)
        for text in every - {text for text, _ in tasks}:
            expect(page.get_by_text(text)).to_have_count(0)
        steps.then_the_page_is_accessible(page)
        steps.take_picture(page, folder, f"breach-{number}-{key[1]}")
        page.goto(f"{site}/cases/{case.key}/timeline")
        expect(page.get_by_text("Breach: Licence conditions").first).to_be_visible()

    page.context.clear_cookies()
    steps.when_i_sign_in(page, site, outside)
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()
    page.goto(f"{site}/work/team")
    expect(page.get_by_text(case.reference)).to_have_count(0)
    answer = page.goto(f"{site}/cases/{case.key}/orders")
    assert answer is not None
    assert answer.status in {403, 404}
