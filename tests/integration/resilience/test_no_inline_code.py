"""Every page of the site, as those who can open it: no script or style stands in it, none is allowed."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from lamplighter.hub.accounts.models import Role
from lamplighter.hub.web.middleware import CONTENT_SECURITY_POLICY
from tests.integration.access import making
from tests.integration.wall import walking
from tests.integration.wall.test_leak import BACKEND, Scene

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

WALKERS = (
    (Role.COORDINATOR, "force-a"),
    (Role.INVESTIGATOR, "force-a"),
    (Role.ADVOCATE, "helpline"),
    (Role.CLINICIAN, "health"),
    (Role.AUDITOR, "hub"),
    (Role.ADMINISTRATOR, "hub"),
)
INLINE = re.compile(
    r"<style\b|<[a-z][^<>]*\sstyle\s*=|<[a-z][^<>]*\son[a-z]+\s*=|<script\b(?![^>]*\ssrc=)|javascript:", re.I
)
ADDRESSES = 3  # of one page: its parameters filled in as many ways
# Answers that hold a page each: nearly every address but downloads and redirects.
LEAST_PAGES = 60


def problems(answer: Any) -> list[str]:
    """What of this answer a strict policy would not run, and what its own policy leaves open."""
    found = []
    if answer.headers.get("Content-Security-Policy") != CONTENT_SECURITY_POLICY:
        found.append("another policy, or none")
    if answer.headers.get("Content-Type", "").startswith("text/html"):
        text = answer.content.decode()
        found += [f"inline: {match.group(0)[:60]}" for match in INLINE.finditer(text)]
    return found


def test_the_search_finds_what_it_looks_for() -> None:
    for page in (
        "<p style='x'>",
        '<a onclick="x()">',
        "<script>x()</script>",
        "<style>",
        '<a href="javascript:x">',
    ):
        assert INLINE.search(page), page
    for page in (
        '<script src="/static/x.js" defer></script>',
        '<p data-style="x">style="x"</p>',
        "<p>on it = x",
    ):
        assert not INLINE.search(page), page


def test_no_page_holds_code_and_every_answer_forbids_it() -> None:
    scene = Scene()
    found: list[str] = []
    pages: set[str] = set()
    for role, code in WALKERS:
        client = Client(raise_request_exception=False)
        client.force_login(making.somebody(role, code), backend=BACKEND)
        for page in walking.pages():
            for address in walking.addresses(page, scene.known())[:ADDRESSES]:
                # What is wrong with an answer to a form without a field is a page as well.
                for answer in (client.get(address, secure=True), client.post(address, {}, secure=True)):
                    found += [f"{role} at {address}: {p}" for p in problems(answer)]
                    if answer.status_code in {200, 422}:
                        pages.add(page.name)
    assert not found
    assert len(pages) >= LEAST_PAGES, sorted(pages)
