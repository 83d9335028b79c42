"""What runs, what waits, what failed, and putting failed work back. In a browser."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect
from procrastinate.contrib.django import app

from lamplighter.hub.accounts.models import Role
from lamplighter.hub.operations import checks
from lamplighter.hub.operations.models import Copy, JobFault
from tests.browser import steps
from tests.integration.operations.test_jobs import failed

PICTURES = Path(os.environ.get("LAMPLIGHTER_SERVICE_PICTURES", "test-results/service"))


@pytest.fixture(autouse=True)
def _asked_anew() -> None:
    checks.forget()


def test_an_administrator_sees_what_stopped_and_puts_it_back(page: Page, site: str) -> None:
    now = timezone.now()
    job = failed(delivery_key="0")
    JobFault.objects.create(
        job_id=job, attempt=6, at=now, kind="OSError", place="intake/storage/batch_writer.py, line 12"
    )
    app.configure_task("clocks.overdue", allow_unknown=True).defer()
    Copy.objects.create(what=Copy.What.MADE, at=now, made_at=now, bytes=123_000_000, seconds=41.0)
    steps.given_i_am_signed_in(page, site, Role.ADMINISTRATOR, agency="hub")
    # Where it affects people, every page says so to those who look after the service.
    expect(page.get_by_text("No worker is running")).to_be_visible()
    page.get_by_role("link", name="Service", exact=True).first.click()
    steps.then_the_heading_is(page, "Service")
    expect(page.get_by_text("For support: OSError")).to_be_visible()
    steps.then_it_is_good_at_every_width(page, PICTURES, "stopped")
    page.get_by_role("button", name="Try again").click()
    expect(page.get_by_text("It is back in the queue.")).to_be_visible()
    expect(page.get_by_role("button", name="Try again")).to_have_count(0)
    steps.then_it_is_good_at_every_width(page, PICTURES, "again")
