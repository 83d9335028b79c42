"""A real Chromium against a real server, on a laptop's screen, with no way out to the network.

``site`` is the address of the running hub; ``page`` is a tab that opens it.
Every page a test has visited is checked at the end: nothing was refused by the
content security policy, and nothing was asked of any other host.
"""

from __future__ import annotations

import os
import sys
import warnings
from collections.abc import Iterator
from typing import Any
from unittest import mock
from urllib.parse import unquote, urlsplit

import pytest
from django.db import connection
from django.test import override_settings
from playwright.sync_api import BrowserContext, ConsoleMessage, Locator, Page, Request
from pytest_django.live_server_helper import LiveServer

from tests.browser.story import clock as clock
from tools import ensure_chromium

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
# Playwright's loop in this thread makes Django believe that its own calls are asynchronous; they are not.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")


@pytest.hookimpl(tryfirst=True)  # before groups are read
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "tests/browser/" in item.nodeid:
            item.add_marker(pytest.mark.browser)
            # Two Chromiums and two servers on two cores only wait for each other.
            item.add_marker(pytest.mark.xdist_group("browser"))


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of a Chromium; skips loudly when there is none, and fails in CI."""
    path = ensure_chromium.find() or ensure_chromium.get()
    if path:
        return path
    line = "NO CHROMIUM: the browser tests were NOT run. Install one, or set CHROMIUM=/path/to/chromium."
    if os.environ.get("CI"):
        pytest.fail(line)
    warnings.warn(line, stacklevel=1)
    sys.stderr.write(f"\n{'*' * 80}\n{line}\n{'*' * 80}\n")
    pytest.skip(line)


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any], chromium: str) -> dict[str, Any]:
    return browser_type_launch_args | {"executable_path": chromium, "args": ARGUMENTS}


@pytest.fixture
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    return browser_context_args | {
        "viewport": {"width": 1280, "height": 720},
        "locale": "en-GB",
        "timezone_id": "Europe/London",
    }


@pytest.fixture(scope="package")
def _server(django_db_setup: None) -> Iterator[LiveServer]:
    plain = override_settings(
        SECURE_SSL_REDIRECT=False,
        SESSION_COOKIE_SECURE=False,
        CSRF_COOKIE_SECURE=False,
        SESSION_COOKIE_NAME="session",
        CSRF_COOKIE_NAME="csrf",
    )
    plain.enable()
    server = LiveServer("localhost")
    yield server
    server.stop()
    plain.disable()


@pytest.fixture
def site(_server: LiveServer, transactional_db: None) -> str:
    """The address of the running hub. Its database is the test's own and is emptied afterwards."""
    return str(_server.url)


@pytest.fixture(autouse=True)
def _own_login(request: pytest.FixtureRequest) -> Iterator[None]:
    """Sign the site in to the database with its own login, as where it is installed.

    Each request has a connection of its own: these become the site's. The test's own stays the owner's, so
    that it makes its rows as before. A page that only the owner could serve is a page that nobody can open.
    """
    if "site" not in request.fixturenames:
        yield
        return
    request.getfixturevalue("site")
    before = dict(connection.settings_dict)
    connection.ensure_connection()
    if url := os.environ.get("DATABASE_URL"):
        login = urlsplit(url)
        connection.settings_dict.update(
            USER=unquote(login.username or ""), PASSWORD=unquote(login.password or "")
        )
    try:
        with mock.patch.dict(os.environ, LAMPLIGHTER_DATABASE_LOGIN="app"):
            yield
    finally:
        connection.settings_dict.update(before)


@pytest.fixture(autouse=True)
def _click_waits_for_the_page(monkeypatch: pytest.MonkeyPatch) -> None:
    """A click is over when the page it led to is there.

    Playwright's own click returns when the next page's first byte has come; on a
    busy machine that page has neither a title nor an element yet.
    """
    at_once = Locator.click

    def click(self: Locator, **options: Any) -> None:
        at_once(self, **options)
        self.page.wait_for_load_state()

    monkeypatch.setattr(Locator, "click", click)


@pytest.fixture
def page(context: BrowserContext, site: str) -> Iterator[Page]:
    page = context.new_page()
    page.set_default_timeout(15_000)
    complaints: list[str] = []
    elsewhere: list[str] = []

    def on_console(message: ConsoleMessage) -> None:
        if "Content Security Policy" in message.text or (
            message.type == "error" and "status of 4" not in message.text
        ):
            complaints.append(message.text)

    def on_request(request: Request) -> None:
        if not request.url.startswith((site, "data:", "blob:", "about:")):
            elsewhere.append(request.url)

    page.on("console", on_console)
    page.on("request", on_request)
    yield page
    assert complaints == []
    assert elsewhere == []
