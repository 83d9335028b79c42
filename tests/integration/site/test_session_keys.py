"""What a browser shows to be let in: made anew at the door, in no address and no log, worth nothing later."""

from __future__ import annotations

import logging

import pytest
from django.test import Client

from lamplighter.hub.accounts import services
from lamplighter.hub.accounts.models import Role
from tests.integration.printed import Lines

pytestmark = pytest.mark.django_db
PASSWORD = "a lamp in every street"
SESSION = "__Host-session"


def sign_in(client: Client) -> str:
    services.ensure_user("pat", password=PASSWORD, display_name="Pat", role=Role.AUDITOR, agency=None)
    client.post("/account/sign-in", {"username": "pat", "password": PASSWORD}, secure=True)
    return client.cookies[SESSION].value


def test_signing_in_makes_a_new_session_whatever_the_browser_brought() -> None:
    client = Client()
    client.cookies[SESSION] = "chosenbysomebodyelse0123456789ab"
    key = sign_in(client)
    assert key != "chosenbysomebodyelse0123456789ab"
    assert client.get("/audit/", secure=True).status_code == 200
    other = Client()
    other.cookies[SESSION] = "chosenbysomebodyelse0123456789ab"
    assert other.get("/audit/", secure=True).status_code == 302


def test_the_key_of_a_session_is_in_no_page_and_no_address() -> None:
    client = Client()
    key = sign_in(client)
    for path in ("/", "/audit/", "/account/", "/no/such/page", "/insight/"):
        answer = client.get(path, secure=True, follow=True)
        went = " ".join(address for address, _ in answer.redirect_chain)
        assert key not in answer.content.decode() + went, path


def test_a_session_that_was_signed_out_opens_nothing_any_more() -> None:
    client = Client()
    key = sign_in(client)
    assert client.get("/audit/", secure=True).status_code == 200
    client.post("/account/sign-out", secure=True)
    client.cookies[SESSION] = key
    assert client.get("/audit/", secure=True).status_code == 302


def test_neither_password_nor_session_is_in_a_log() -> None:
    handler, root = Lines(), logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    try:
        client = Client(raise_request_exception=False)
        key = sign_in(client)
        client.post("/account/sign-in", {"username": "pat", "password": "wrong-zq-words"}, secure=True)
        client.get("/no/such/page?password=wrong-zq-words", secure=True)
    finally:
        root.removeHandler(handler)
        root.setLevel(level)
    said = "\n".join(handler.printed)
    assert said
    assert [word for word in (PASSWORD, "wrong-zq-words", key) if word in said] == []
