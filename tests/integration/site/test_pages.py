"""Pages that everybody meets: sign-in, refusals, errors."""

from __future__ import annotations

import errno

import pytest
from django.conf import settings
from django.db import OperationalError
from django.test import Client

from lamplighter.hub.accounts.sign_in.sessions import SessionStore

pytestmark = pytest.mark.django_db


def test_a_stranger_is_sent_to_sign_in(client: Client) -> None:
    response = client.get("/intake/imports", secure=True)
    assert response.status_code == 302
    assert response.headers["Location"].startswith("/account/sign-in")


def test_sign_in_page_draws_the_form(client: Client) -> None:
    page = client.get("/account/sign-in", secure=True).content.decode()
    assert "<title>Sign in – Lamplighter</title>" in page
    assert 'class="govuk-input' in page
    assert 'type="password"' in page


def test_a_database_that_is_away_is_said_and_signs_nobody_out(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    client.raise_request_exception = False
    client.cookies[settings.SESSION_COOKIE_NAME] = "a" * 32

    def away(self: SessionStore) -> dict[str, object]:
        raise OperationalError("connection refused")

    monkeypatch.setattr(SessionStore, "load", away)
    answer = client.get("/patterns/", secure=True)
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "30"
    page = answer.content.decode()
    assert "The hub cannot answer just now" in page
    assert "connection refused" not in page
    assert not answer.cookies


def test_a_full_disk_is_said(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    client.raise_request_exception = False

    def full(*args: object, **kwargs: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device", "/var/lib/lamplighter/uploads/arriving/x")

    monkeypatch.setattr("lamplighter.hub.accounts.sign_in.views.SignIn.get", full)
    answer = client.get("/account/sign-in", secure=True)
    assert answer.status_code == 503
    page = answer.content.decode()
    assert "There is no room left on its disk" in page
    assert "uploads" not in page


def test_a_fault_of_ours_is_not_taken_for_the_database(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    client.raise_request_exception = False

    def wrong(*args: object, **kwargs: object) -> None:
        raise ValueError("a fault")

    monkeypatch.setattr("lamplighter.hub.accounts.sign_in.views.SignIn.get", wrong)
    answer = client.get("/account/sign-in", secure=True)
    assert answer.status_code == 500
    assert "Something went wrong here" in answer.content.decode()
