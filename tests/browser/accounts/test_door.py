"""A second factor set up and used, an invitation accepted, and text kept, in a real browser."""

from __future__ import annotations

import datetime as dt
import os
import re
from base64 import b32decode
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from lamplighter.hub.accounts.credentials import AuthenticatorApp
from lamplighter.hub.accounts.models import Role
from tests.browser import steps
from tests.integration.accounts import door

PICTURES = Path(os.environ.get("LAMPLIGHTER_LOOK", "/nowhere"))


def look(page: Page, name: str) -> None:
    """Axe, the width, and, when somebody wants to look, a picture."""
    steps.then_the_page_is_accessible(page)
    steps.then_it_fits_the_screen(page)
    if str(PICTURES) != "/nowhere":
        steps.take_picture(page, PICTURES, name)


def wide(page: Page, name: str) -> None:
    steps.then_it_is_good_at_every_width(page, PICTURES, name)


@pytest.fixture
def _required(_a_password_is_enough: None, settings: Any) -> None:
    settings.SECOND_FACTOR = "required"


def set_up_an_app(page: Page) -> bytes:
    page.get_by_role("button", name="Set up an app").click()
    steps.then_the_heading_is(page, "Set up an authenticator app")
    key = re.search(r"Key: ([A-Z2-7 ]+)", page.get_by_text("Key: ").inner_text())
    assert key
    seed = b32decode(key[1].replace(" ", ""))
    page.get_by_label("Code from your app").fill(door.code_of(seed, -1))
    page.get_by_role("button", name="Continue").click()
    return seed


def give_the_code(page: Page, seed: bytes) -> None:
    steps.then_the_heading_is(page, "Second step")
    page.get_by_label("Code from your app").fill(door.code_of(seed))
    page.get_by_role("button", name="Continue").click()


@pytest.mark.usefixtures("_required")
class TestWithoutJavaScript:
    @pytest.fixture
    def browser_context_args(self, browser_context_args: dict[str, object]) -> dict[str, object]:
        return browser_context_args | {"java_script_enabled": False}

    def test_an_app_and_a_recovery_code(self, page: Page, site: str) -> None:
        user = steps.given_a_user(Role.AUDITOR)
        steps.when_i_sign_in(page, site, user)
        steps.then_the_heading_is(page, "Set up a second step")
        seed = set_up_an_app(page)
        steps.then_the_heading_is(page, "Your recovery codes")
        code = page.locator("code").first.inner_text()
        page.get_by_role("button", name="I have written them down").click()
        steps.then_the_heading_is(page, "Audit log")
        steps.when_i_sign_out(page)
        steps.when_i_sign_in(page, site, user)
        give_the_code(page, seed)
        steps.then_the_heading_is(page, "Audit log")
        steps.when_i_sign_out(page)
        steps.when_i_sign_in(page, site, user)
        page.get_by_role("link", name="Use a recovery code").click()
        page.get_by_label("Recovery code").fill(code)
        page.get_by_role("button", name="Continue").click()
        steps.then_the_heading_is(page, "Audit log")

    def test_a_passkey_is_said_to_need_a_script(self, page: Page, site: str) -> None:
        steps.when_i_sign_in(page, site, steps.given_a_user(Role.AUDITOR))
        page.get_by_role("button", name="Set up a passkey").click()
        expect(page.get_by_text("Passkeys need JavaScript")).to_be_visible()
        expect(page.get_by_role("button", name="Make the passkey")).to_be_hidden()


@pytest.mark.usefixtures("_required")
def test_setting_up_is_accessible(page: Page, site: str) -> None:
    user = steps.given_a_user(Role.AUDITOR)
    steps.when_i_sign_in(page, site, user)
    steps.then_the_heading_is(page, "Set up a second step")
    look(page, "enrol")
    page.get_by_role("button", name="Set up an app").click()
    # The picture is there: the policy let it through.
    image = page.get_by_role("img", name="Square code for your app")
    expect(image).to_be_visible()
    assert image.evaluate("image => image.decode().then(() => image.naturalWidth)") > 100
    look(page, "enrol-app")
    page.get_by_role("button", name="Continue").click()
    steps.then_the_error_summary_leads_to(page, "Enter the code that your app shows", "Code from your app")
    page.get_by_role("link", name="Choose another way").click()
    set_up_an_app(page)
    steps.then_the_heading_is(page, "Your recovery codes")
    look(page, "codes")
    page.get_by_role("button", name="I have written them down").click()
    page.get_by_role("link", name="Sam Reed").click()
    steps.then_the_heading_is(page, "Your account")
    look(page, "own")
    page.get_by_role("button", name="Remove Authenticator app", exact=True).click()
    expect(page.get_by_text("It is your only second factor")).to_be_visible()
    steps.when_i_sign_out(page)
    steps.when_i_sign_in(page, site, user)
    steps.then_the_heading_is(page, "Second step")
    look(page, "second-step")


@pytest.mark.usefixtures("_required")
def test_a_passkey(page: Page, site: str) -> None:
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    device = session.send("WebAuthn.addVirtualAuthenticator", {"options": options})["authenticatorId"]
    user = steps.given_a_user(Role.AUDITOR)
    steps.when_i_sign_in(page, site, user)
    page.get_by_role("button", name="Set up a passkey").click()
    look(page, "enrol-passkey")
    page.get_by_label("What will you call it?").fill("Work laptop")
    page.get_by_role("button", name="Make the passkey").click()
    steps.then_the_heading_is(page, "Your recovery codes")
    page.get_by_role("button", name="I have written them down").click()
    steps.when_i_sign_out(page)

    steps.when_i_sign_in(page, site, user)
    steps.then_the_heading_is(page, "Second step")
    look(page, "second-step-passkey")
    page.get_by_role("button", name="Use your passkey").click()
    steps.then_the_heading_is(page, "Audit log")
    page.get_by_role("link", name="Sam Reed").click()
    expect(page.get_by_text("Work laptop, passkey. Last used")).to_be_visible()
    steps.when_i_sign_out(page)

    # Without the person's finger on it, and with another device, nobody is in.
    session.send("WebAuthn.setUserVerified", {"authenticatorId": device, "isUserVerified": False})
    steps.when_i_sign_in(page, site, user)
    page.get_by_role("button", name="Use your passkey").click()
    expect(page.get_by_role("alert")).to_contain_text("The passkey was not accepted")
    session.send("WebAuthn.removeVirtualAuthenticator", {"authenticatorId": device})
    session.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    page.goto(f"{site}/account/second-step?with=passkey")
    expect(page.get_by_role("alert")).to_have_count(0)
    page.get_by_role("button", name="Use your passkey").click()
    expect(page.get_by_role("alert")).to_contain_text("The passkey was not accepted")
    page.goto(f"{site}/account/")
    steps.then_the_heading_is(page, "Sign in")


def test_text_is_kept_across_a_time_out(page: Page, site: str, settings: Any) -> None:
    user = steps.given_i_am_signed_in(page, site, Role.ADMINISTRATOR)
    other = steps.given_a_user(Role.INVESTIGATOR)
    # A form with much to type: a role changed, with a reason.
    page.goto(f"{site}/account/people/{other.key}/role")
    settings.SESSION_IDLE_SECONDS = -1
    why = "She was appointed by the panel of 3 November after the interview, and starts today."
    page.get_by_label("Role", exact=True).select_option("stalking_lead")
    page.get_by_label("Why?").fill(why)
    page.get_by_role("button", name="Change the role").click()
    settings.SESSION_IDLE_SECONDS = 15 * 60
    steps.then_the_heading_is(page, "Sign in")
    expect(page.get_by_text("What you had typed in the form is saved")).to_be_visible()
    page.get_by_label("User name").fill(user.username)
    page.get_by_label("Password", exact=True).fill(steps.PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    steps.then_the_heading_is(page, "Your unsaved text is here")
    look(page, "kept")
    page.get_by_role("button", name="Look at it").click()
    look(page, "kept-one")
    expect(page.get_by_text("Role: stalking lead")).to_be_visible()
    expect(page.get_by_label("Reason")).to_have_value(why)
    page.get_by_role("button", name="Send it now").click()
    expect(page.get_by_text("The role is changed.")).to_be_visible()
    other.refresh_from_db()
    assert other.role == Role.STALKING_LEAD
    page.goto(f"{site}/account/kept")
    steps.then_the_heading_is(page, "You have no unsaved text")


def test_an_administrator_invites_and_looks_after_people(page: Page, site: str) -> None:
    steps.given_i_am_signed_in(page, site, Role.ADMINISTRATOR)
    page.get_by_role("link", name="Accounts").click()
    look(page, "people")
    page.get_by_role("button", name="Invite somebody").click()
    page.get_by_role("button", name="Make the link").click()
    steps.then_the_error_summary_leads_to(page, "Enter their name", "Name")
    look(page, "invite")
    page.get_by_label("Name", exact=True).fill("Ash Lund")
    page.get_by_label("User name").fill("ash.lund")
    page.get_by_label("Role").select_option("investigator")
    page.get_by_label("Agency").select_option("force-a")
    page.get_by_role("button", name="Make the link").click()
    steps.then_the_heading_is(page, "Hand over this link")
    look(page, "link")
    link = page.locator("code.ll-link").inner_text()
    page.get_by_role("link", name="Go to their account").click()
    look(page, "person")
    page.get_by_role("link", name="Remove access").click()
    look(page, "leave")
    page.goto(f"{site}/account/agencies")
    look(page, "agencies")
    page.goto(f"{site}/account/training")
    look(page, "training")
    page.goto(f"{site}/account/training/record")
    look(page, "record-training")
    steps.when_i_sign_out(page)
    page.goto(link)
    steps.then_the_heading_is(page, "Is this you?")
    look(page, "invited")
    page.get_by_role("button", name="Yes, continue").click()
    steps.then_the_heading_is(page, "Welcome")
    assert link.rsplit("/", 1)[1] not in page.url
    look(page, "join")
    page.get_by_label("New password", exact=True).fill("seven quiet lanterns")
    page.get_by_label("The same password again", exact=True).fill("seven quiet lanterns")
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()
    page.goto(link)
    steps.then_the_heading_is(page, "This link does not work any more")
    look(page, "link-over")


def test_two_people_make_an_account(page: Page, site: str, browser: Browser) -> None:
    """One asks, the invited person comes in and waits, somebody of the agency confirms."""
    lead = steps.given_a_user(Role.STALKING_LEAD)
    auditor = steps.given_a_user(Role.AUDITOR)
    steps.given_i_am_signed_in(page, site, Role.COORDINATOR)
    page.goto(f"{site}/account/people/invite")
    page.get_by_label("Name", exact=True).fill("Ash Lund")
    page.get_by_label("User name").fill("ash.lund")
    page.get_by_label("Role").select_option("investigator")
    page.get_by_role("button", name="Make the link").click()
    wide(page, "link-two")
    link = page.locator("code.ll-link").inner_text()
    page.goto(link)
    steps.then_the_heading_is(page, "Sign out first")
    wide(page, "link-signed-in")

    theirs = browser.new_context().new_page()
    theirs.goto(link)
    wide(theirs, "invited")
    theirs.get_by_role("button", name="Yes, continue").click()
    theirs.get_by_label("New password", exact=True).fill("seven quiet lanterns")
    theirs.get_by_label("The same password again", exact=True).fill("seven quiet lanterns")
    theirs.get_by_role("button", name="Continue").click()
    steps.then_the_heading_is(theirs, "Your account waits to be confirmed")
    wide(theirs, "waits")

    second = browser.new_context().new_page()
    steps.when_i_sign_in(second, site, lead)
    expect(second.get_by_text("Confirm an account: Ash Lund, investigator")).to_be_visible()
    wide(second, "work-with-account")
    second.goto(f"{site}/account/to-confirm")
    wide(second, "to-confirm")
    second.get_by_role("link", name="Confirm or refuse").click()
    second.get_by_role("button", name="Save answer").click()
    steps.then_the_error_summary_leads_to(second, "Say how you know", "How do you know?")
    wide(second, "answer-error")
    second.get_by_label("Yes: they work with us").check()
    second.get_by_label("How do you know?").fill("I spoke to her at her desk today.")
    second.get_by_role("button", name="Save answer").click()
    expect(second.get_by_text("Ash Lund: confirmed.")).to_be_visible()
    theirs.get_by_role("button", name="Check again").click()
    steps.then_the_heading_is(theirs, "My work")

    third = browser.new_context().new_page()
    steps.when_i_sign_in(third, site, auditor)
    third.get_by_role("link", name="Confirm accounts").click()
    expect(third.get_by_text("I spoke to her at her desk today.")).to_be_visible()
    wide(third, "to-confirm-auditor")
    for one in (theirs, second, third):
        one.context.close()


@pytest.mark.usefixtures("_required")
def test_the_wait_after_wrong_codes_is_said(page: Page, site: str) -> None:
    user = steps.given_a_user(Role.AUDITOR)
    door.with_app(user)
    at = timezone.now() - dt.timedelta(seconds=10)
    AuthenticatorApp.objects.filter(user=user).update(
        throttling_failure_count=30, throttling_failure_timestamp=at
    )
    steps.when_i_sign_in(page, site, user)
    expect(page.get_by_text("There were wrong codes. Wait 5 minutes")).to_be_visible()
    wide(page, "second-step-locked")
