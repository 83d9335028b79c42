"""One's own email by keyboard, on a laptop and on a telephone; and what whoever looks after the hub reads."""

from __future__ import annotations

import os
import re
from pathlib import Path

from django.utils import timezone
from playwright.sync_api import Page, expect

from lamplighter.hub.access.wall import identity
from lamplighter.hub.accounts.models import Role, User
from lamplighter.hub.notices import addresses, services
from lamplighter.hub.notices.models import Mailbox
from tests.browser import steps
from tests.integration.access import making
from tests.integration.notices import servers
from tests.integration.notices.conftest import certificate as certificate
from tests.integration.notices.conftest import post as post
from tests.integration.notices.making import a_mailbox, a_minute, address_of

PICTURES = Path(os.environ.get("LAMPLIGHTER_NOTICES_PICTURES", "test-results/notices"))


def test_email_is_set_up_by_keyboard(page: Page, site: str, post: servers.Post) -> None:
    steps.given_i_am_signed_in(page, site, Role.ADVOCATE, agency="helpline")
    page.goto(f"{site}/account/email")
    steps.then_it_is_good_at_every_width(page, PICTURES, "none")
    page.get_by_role("button", name="Enter your email address").press("Enter")
    steps.then_the_heading_is(page, "Your email address")
    page.get_by_label("Your work email address").press_sequentially("sam@home.example")
    page.keyboard.press("Enter")
    expect(page.get_by_text("There is a problem")).to_be_visible()
    steps.then_it_is_good_at_every_width(page, PICTURES, "refused")
    page.get_by_label("Your work email address").fill("sam.reed@work.example")
    page.keyboard.press("Enter")
    steps.then_the_heading_is(page, "Confirm your email address")
    steps.then_it_is_good_at_every_width(page, PICTURES, "code")
    page.get_by_label("Code").press_sequentially(addresses.code_of(Mailbox.objects.get()))
    page.keyboard.press("Enter")
    steps.then_the_heading_is(page, "Email")
    steps.then_it_is_good_at_every_width(page, PICTURES, "settings")
    page.get_by_role("link", name=re.compile("quiet hours")).press("Enter")
    steps.then_the_heading_is(page, "What is emailed to you")
    steps.then_it_is_good_at_every_width(page, PICTURES, "choices")
    page.get_by_label("Quiet hours begin").fill("9pm")
    page.keyboard.press("Enter")
    steps.then_the_heading_is(page, "Email")
    assert Mailbox.objects.get().quiet_from.hour == 21


def test_whoever_looks_after_the_hub_sees_what_stops_email(page: Page, site: str, post: servers.Post) -> None:
    refused: User = making.somebody(Role.ADVOCATE, "helpline")
    a_mailbox(refused)
    with identity.as_person(refused):
        services.send_test(refused)
    post.refuses = {address_of(refused): 550}
    a_minute(timezone.now())
    steps.given_i_am_signed_in(page, site, Role.ADMINISTRATOR, agency="hub")
    page.goto(f"{site}/service/email")
    steps.then_it_is_good_at_every_width(page, PICTURES, "service")
