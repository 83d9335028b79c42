"""Signing in and out, with a mouse, a keyboard, and without JavaScript."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser import steps


def test_sign_in_and_out(page: Page, site: str) -> None:
    user = steps.given_a_user("auditor")
    page.goto(site)
    steps.then_the_heading_is(page, "Sign in")
    steps.then_the_page_is_accessible(page)
    steps.when_i_sign_in(page, site, user)
    steps.then_the_heading_is(page, "Audit log")
    steps.when_i_sign_out(page)
    steps.then_the_heading_is(page, "Sign in")


def test_a_wrong_password_is_told_without_saying_which(page: Page, site: str) -> None:
    user = steps.given_a_user("auditor")
    steps.when_i_sign_in(page, site, user, password="not this one at all")
    expect(page).to_have_title("Error: Sign in – Lamplighter")
    expect(page.get_by_role("alert")).to_contain_text("The user name or the password is not right")
    steps.then_the_page_is_accessible(page)


def test_an_empty_form_leads_to_its_fields(page: Page, site: str) -> None:
    page.goto(f"{site}/account/sign-in")
    page.get_by_role("button", name="Sign in").click()
    steps.then_the_page_is_accessible(page)
    steps.then_the_error_summary_leads_to(page, "Enter your user name", "User name")


def test_sign_in_by_keyboard_alone(page: Page, site: str) -> None:
    user = steps.given_a_user("auditor")
    page.goto(f"{site}/account/sign-in")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to main content")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.get_by_label("User name")).to_be_focused()
    page.keyboard.type(user.username)
    page.keyboard.press("Tab")
    page.keyboard.type(steps.PASSWORD)
    page.keyboard.press("Enter")
    steps.then_the_heading_is(page, "Audit log")


class TestWithoutJavaScript:
    @pytest.fixture
    def browser_context_args(self, browser_context_args: dict[str, object]) -> dict[str, object]:
        return browser_context_args | {"java_script_enabled": False}

    def test_sign_in(self, page: Page, site: str) -> None:
        user = steps.given_a_user("auditor")
        steps.when_i_sign_in(page, site, user)
        steps.then_the_heading_is(page, "Audit log")
