"""Pages that everybody meets: sign-in, refusals, errors."""

from __future__ import annotations

import pytest
from django.test import Client

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
