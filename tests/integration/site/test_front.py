"""What is answered before anything else: probes, a proxy that nobody named, a number for each request."""

from __future__ import annotations

import io
import logging
from typing import Any

import pytest
from django.db import connection
from django.test import Client, RequestFactory

from lamplighter.hub.access.wall import sync
from lamplighter.hub.site import logs
from lamplighter.hub.web import front

pytestmark = pytest.mark.django_db


@pytest.fixture
def applied() -> None:
    sync.apply()


def test_a_probe_needs_neither_a_name_of_the_host_nor_tls(client: Client) -> None:
    answer = client.get("/health/live", HTTP_HOST="10.0.0.7:8801")
    assert (answer.status_code, answer.content) == (200, b"alive\n")
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.usefixtures("applied")
def test_ready_when_the_database_is_of_this_version_and_knows_the_site(client: Client) -> None:
    answer = client.get("/health/ready", HTTP_HOST="10.0.0.7")
    assert (answer.status_code, answer.content) == (200, b"ready\n")


@pytest.mark.usefixtures("applied")
@pytest.mark.parametrize(
    ("statement", "word"),
    [
        ("UPDATE access.applied SET declared = 'of another version'", b"upgrade\n"),
        ("UPDATE access.identity_key SET key = 'another'", b"key\n"),
        ("ALTER TABLE access.applied RENAME TO gone", b"database\n"),
    ],
)
def test_not_ready_says_in_one_word_why(client: Client, statement: str, word: bytes) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)
    answer = client.get("/health/ready")
    assert (answer.status_code, answer.content) == (503, word)


def test_a_proxy_that_nobody_named_is_said_and_leads_in_no_circle(client: Client, settings: Any) -> None:
    settings.HTTPS, settings.PROXIES = True, []
    answer = client.get("/account/sign-in", HTTP_X_FORWARDED_PROTO="https")
    assert (answer.status_code, answer.content) == (
        500,
        b"This site is behind a proxy that its settings do not name.\n",
    )
    # Somebody who comes without TLS, by no proxy, is sent there.
    assert client.get("/account/sign-in").status_code == 301


@pytest.mark.parametrize(
    ("sender", "address", "scheme"),
    [("127.0.0.1", "198.51.100.7", "https"), ("203.0.113.9", "203.0.113.9", "http")],
)
def test_only_a_proxy_that_is_named_is_believed(
    settings: Any, sender: str, address: str, scheme: str
) -> None:
    settings.PROXIES = ["127.0.0.1", "::1"]
    seen: dict[str, str] = {}

    def application(environ: dict[str, Any], start: Any) -> list[bytes]:
        seen.update({k: environ[k] for k in ("REMOTE_ADDR", "wsgi.url_scheme")})
        return []

    environ = RequestFactory().get("/").environ | {
        "REMOTE_ADDR": sender,
        "HTTP_X_FORWARDED_FOR": "198.51.100.7",
        "HTTP_X_FORWARDED_PROTO": "https",
    }
    front.behind_proxies(application)(environ, None)
    assert seen == {"REMOTE_ADDR": address, "wsgi.url_scheme": scheme}


def test_every_request_has_a_number_and_its_lines_have_it_too(client: Client, settings: Any) -> None:
    settings.PROXIES = []
    given = "a" * 32
    first = client.get("/account/sign-in", secure=True, HTTP_X_REQUEST_ID=given).headers["X-Request-ID"]
    assert first != given
    settings.PROXIES = ["127.0.0.1"]
    for sent, kept in ((given, True), ("<script>", False), ("", False)):
        answer = client.get("/account/sign-in", secure=True, HTTP_X_REQUEST_ID=sent)
        assert (answer.headers["X-Request-ID"] == sent) is kept
    token = logs.request_id.set(given)
    try:
        line = logs.Line().format(logging.LogRecord("x", 20, "x", 1, "something", None, None))
    finally:
        logs.request_id.reset(token)
    assert f" [{given}] something" in line


def test_a_body_that_nobody_wanted_is_taken_in_to_its_end() -> None:
    content = io.BytesIO(b"x" * (3 * front.CHUNK))
    request = RequestFactory().post("/", data=b"", content_type="text/csv")
    request.environ["wsgi.input"] = request._stream = content  # type: ignore[attr-defined]
    front._take_in(request)
    assert content.read() == b""
