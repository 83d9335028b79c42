"""Headers, sessions, lock-out, refusals, and logs without people in them."""

from __future__ import annotations

import importlib
import logging
import time
from datetime import timedelta
from typing import Any

import pytest
from axes.models import AccessAttempt
from django.conf import settings
from django.test import Client, RequestFactory
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import timezone

from lamplighter.hub.accounts import services
from lamplighter.hub.accounts.models import Role, User
from lamplighter.hub.site import logs
from lamplighter.hub.site import settings as settings_module
from lamplighter.hub.web import middleware, views

pytestmark = pytest.mark.django_db
PASSWORD = "a lamp in every street"


@pytest.fixture
def auditor() -> User:
    return services.ensure_user(
        "pat", password=PASSWORD, display_name="Pat Vance", role=Role.AUDITOR, agency=None
    )


def test_the_policy_is_exactly_this(client: Client) -> None:
    response = client.get("/account/sign-in", secure=True)
    assert response.headers["Content-Security-Policy"] == (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; "
        "connect-src 'self'; "
        "manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )
    assert response.headers["Cache-Control"] == "no-store"
    assert response.headers["Strict-Transport-Security"].startswith("max-age=31536000")
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Referrer-Policy"] == "same-origin"


@pytest.mark.parametrize("path", ["/account/sign-in", "/no/such/page", "/"])
def test_no_script_or_style_stands_in_a_page(client: Client, path: str) -> None:
    page = client.get(path, secure=True, follow=True).content.decode()
    assert "<style" not in page
    assert " style=" not in page
    assert "<script>" not in page
    assert "://" not in page.replace("http://www.w3.org/2000/svg", "")


def test_cookies_go_over_tls_only_and_scripts_cannot_read_them(client: Client, auditor: User) -> None:
    client.post("/account/sign-in", {"username": "pat", "password": PASSWORD}, secure=True)
    for name in ("__Host-session", "__Host-csrf"):
        cookie = client.cookies[name]
        assert cookie["secure"]
        assert cookie["httponly"]
        assert cookie["samesite"] == "Lax"
        assert cookie["path"] == "/"
        assert cookie["domain"] == ""


def test_plain_http_is_sent_to_tls(client: Client) -> None:
    response = client.get("/account/sign-in")
    assert (response.status_code, response.headers["Location"][:8]) == (301, "https://")


def test_the_style_sheet_is_ours_and_asks_for_nothing() -> None:
    from django.contrib.staticfiles import finders

    for name in ("lamplighter.css", "govuk-frontend.min.js", "start.js", "watch.js"):
        text = open(finders.find(f"design/{name}"), encoding="utf-8").read()  # noqa: PTH123, SIM115  a short-lived test
        assert "url(" not in text
        assert "GDS Transport" not in text
        assert "sourceMappingURL" not in text
        assert "//fonts" not in text


def patterns(found: list[Any] | None = None, prefix: str = "") -> list[tuple[str, URLPattern]]:
    result = []
    for entry in found if found is not None else get_resolver().url_patterns:
        if isinstance(entry, URLResolver):
            result += patterns(entry.url_patterns, prefix + str(entry.pattern))
        else:
            result.append((prefix + str(entry.pattern), entry))
    return result


def test_every_page_but_these_needs_signing_in() -> None:
    open_pages = {path for path, entry in patterns() if not getattr(entry.callback, "login_required", True)}
    # At the door somebody is nobody yet: each of these asks for itself how far they have come.
    door = {
        f"account/{page}"
        for page in (
            *("sign-in", "second-step", "join", "invited/<slug:secret>", "organisation", "organisation/back"),
            *("second-factor", "second-factor/app", "second-factor/app.svg", "second-factor/passkey"),
        )
    }
    assert open_pages == door | {"feed/v1/", "feed/v1/openapi.json", "feed/v1/reports"}


@pytest.mark.parametrize(
    "path",
    ["second-step", "second-factor", "second-factor/app", "second-factor/app.svg", "second-factor/passkey"],
)
def test_a_stranger_is_sent_to_sign_in(client: Client, path: str) -> None:
    answer = client.get(f"/account/{path}", secure=True)
    assert answer.headers["Location"] == "/account/sign-in?why=step"


def test_addresses_carry_only_opaque_ids() -> None:
    converters = {type(c).__name__ for _, entry in patterns() for c in entry.pattern.converters.values()}
    # An integer numbers an occasion within its report; nothing takes a free path.
    assert converters <= {"UUIDConverter", "SlugConverter", "StringConverter", "IntConverter"}


def test_five_wrong_passwords_lock_the_name_out_without_saying_whether_it_exists(
    client: Client, auditor: User
) -> None:
    def attempts(name: str) -> Any:
        for _ in range(5):
            answer = client.post("/account/sign-in", {"username": name, "password": "wrong"}, secure=True)
        return answer

    real, made_up = attempts("pat"), attempts("nobody")
    assert real.status_code == made_up.status_code == 429
    assert real.content == made_up.content
    right = client.post("/account/sign-in", {"username": "pat", "password": PASSWORD}, secure=True)
    assert right.status_code == 429


WIDE = "\uff50\uff41\uff54"


@pytest.mark.parametrize("right_as", ["pat", "PAT", WIDE])
def test_five_tries_under_five_spellings_lock_the_name_under_every_spelling(
    client: Client, auditor: User, right_as: str
) -> None:
    answers = [
        client.post("/account/sign-in", {"username": name, "password": "wrong"}, secure=True).status_code
        for name in ("pat", "Pat", "PAT", WIDE, " pat")
    ]
    assert answers == [200, 200, 200, 200, 429]
    right = client.post("/account/sign-in", {"username": right_as, "password": PASSWORD}, secure=True)
    assert right.status_code == 429


@pytest.mark.parametrize("typed", ["Pat", " PAT ", WIDE])
def test_the_right_password_lets_in_under_any_spelling_and_ends_the_count(
    client: Client, auditor: User, typed: str
) -> None:
    for name in ("pat", "PAT", "pAt", WIDE):
        client.post("/account/sign-in", {"username": name, "password": "wrong"}, secure=True)
    assert client.post("/account/sign-in", {"username": typed, "password": PASSWORD}, secure=True).url == "/"
    assert not AccessAttempt.objects.exists()


def test_a_name_that_was_stored_before_in_another_form_still_signs_in(client: Client, auditor: User) -> None:
    User.objects.filter(pk=auditor.pk).update(username="stra\u00dfe")
    tried = {"username": "STRASSE", "password": "wrong"}
    assert [client.post("/account/sign-in", tried, secure=True).status_code for _ in range(4)] == [200] * 4
    right = {"username": "Stra\u00dfe", "password": PASSWORD}
    assert client.post("/account/sign-in", right, secure=True).url == "/"
    # The other spelling is nobody's, is counted as the same name, and can be given to nobody else.
    assert not AccessAttempt.objects.exists()
    assert User.objects.taken("STRASSE")


def test_a_name_as_long_as_a_form_may_send_is_refused_as_any_other(client: Client) -> None:
    tried = {"username": "\ufdfa" * 200, "password": "wrong"}
    assert client.post("/account/sign-in", tried, secure=True).status_code == 200
    tried["username"] = "\ufdfa" * 150
    assert client.post("/account/sign-in", tried, secure=True).status_code == 200


def _spray(client: Client, names: range, address: str = "198.51.100.7") -> list[int]:
    return [
        client.post(
            "/account/sign-in",
            {"username": f"name{n}", "password": "wrong"},
            secure=True,
            REMOTE_ADDR=address,
        ).status_code
        for n in names
    ]


def _right(client: Client, address: str) -> int:
    right = {"username": "pat", "password": PASSWORD}
    return client.post("/account/sign-in", right, secure=True, REMOTE_ADDR=address).status_code


def test_one_password_on_many_names_locks_the_address_out(
    client: Client, auditor: User, settings: Any
) -> None:
    assert settings.FAILURES_FROM_ONE_ADDRESS == 50
    settings.FAILURES_FROM_ONE_ADDRESS = 12
    assert _spray(client, range(9)) == [200] * 9
    # Somebody else who mistypes once and then signs in from there takes nothing of the others' off.
    wrong = {"username": "pat", "password": "wrong"}
    client.post("/account/sign-in", wrong, secure=True, REMOTE_ADDR="198.51.100.7")
    signed_in = Client()
    assert _right(signed_in, "198.51.100.7") == 302
    assert _spray(client, range(9, 12)) == [200, 200, 429]
    page = client.post("/account/sign-in", wrong, secure=True, REMOTE_ADDR="198.51.100.7")
    assert (page.status_code, "with any name" in page.content.decode()) == (429, True)
    assert _right(Client(), "198.51.100.7") == 429
    assert _right(Client(), "198.51.100.8") == 302
    # Whoever is in already confirms their own password, and is not kept from it by what others try.
    confirmed = signed_in.post(
        "/account/confirm", {"password": PASSWORD}, secure=True, REMOTE_ADDR="198.51.100.7"
    )
    assert confirmed.status_code == 302
    # A quarter of an hour later it is over.
    AccessAttempt.objects.update(attempt_time=timezone.now() - timedelta(minutes=16))
    assert _right(Client(), "198.51.100.7") == 302


def test_addresses_of_one_subscriber_are_one(client: Client, auditor: User, settings: Any) -> None:
    settings.FAILURES_FROM_ONE_ADDRESS = 5
    for n in range(4):
        assert _spray(client, range(n, n + 1), f"2001:db8:0:1::{n}") == [200]
    assert _spray(client, range(4, 5), "2001:db8:0:1:ffff::9") == [429]
    assert _right(Client(), "2001:db8:0:2::1") == 302


@pytest.mark.parametrize(("seconds", "why"), [(14 * 60, None), (15 * 60 + 2, "idle")])
def test_idle_for_15_minutes_is_signed_out(
    client: Client, auditor: User, seconds: int, why: str | None
) -> None:
    client.force_login(auditor)
    client.get("/intake/imports", secure=True)
    session = client.session
    session["seen_at"] = int(time.time()) - seconds
    session.save()
    response = client.get("/intake/imports", secure=True)
    assert response.status_code == (302 if why else 200)
    if why:
        assert response.headers["Location"] == f"/account/sign-in?next=%2Fintake%2Fimports&why={why}"
        assert "_auth_user_id" not in client.session


def test_after_12_hours_is_signed_out_however_busy(client: Client, auditor: User) -> None:
    client.force_login(auditor)
    client.get("/intake/imports", secure=True)
    session = client.session
    session["began_at"] = int(time.time()) - 12 * 3600 - 2
    session["seen_at"] = int(time.time())
    session.save()
    assert "why=long" in client.get("/intake/imports", secure=True).headers["Location"]


def test_sign_out_needs_a_form(client: Client, auditor: User) -> None:
    client.force_login(auditor)
    assert client.get("/account/sign-out", secure=True).status_code == 405
    assert client.post("/account/sign-out", secure=True).status_code == 302
    assert client.get("/intake/imports", secure=True).status_code == 302


def test_error_pages_are_neutral(client: Client, auditor: User) -> None:
    client.force_login(auditor)
    refused = client.get("/intake/imports/send", secure=True)
    missing = client.get("/patterns/nothing/like/this", secure=True)
    assert (refused.status_code, missing.status_code) == (403, 404)
    for response, title in ((refused, "You cannot open this page"), (missing, "Page not found")):
        assert f"<title>{title} – Lamplighter</title>" in response.content.decode()
    request = RequestFactory().get("/x?name=Nair")
    request.user = auditor
    broken = views.went_wrong(request)
    assert broken.status_code == 500
    assert "Nair" not in broken.content.decode()


def test_settings_follow_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LAMPLIGHTER_HTTPS", "1")
    monkeypatch.setenv("LAMPLIGHTER_HSTS", "60")
    monkeypatch.setenv("LAMPLIGHTER_HOSTS", "hub.example, other.example")
    try:
        loaded = importlib.reload(settings_module)
        assert (loaded.DEBUG, loaded.SECURE_HSTS_SECONDS) == (False, 60)
        assert loaded.ALLOWED_HOSTS == ["hub.example", "other.example"]
    finally:
        monkeypatch.undo()
        importlib.reload(settings_module)


class TestLogs:
    @staticmethod
    def line(record: logging.LogRecord) -> str:
        assert logs.Discreet().filter(record)
        return logs.Line().format(record)

    def test_a_query_string_is_cut_off(self) -> None:
        record = logging.LogRecord(
            "django.request", 30, "x", 1, "Not Found: %s", ("/people?name=Nair",), None
        )
        assert "Nair" not in self.line(record)

    def test_an_exception_is_its_type_and_place(self) -> None:
        try:
            raise ValueError("Key (surname)=(Nair) already exists")
        except ValueError as problem:
            record = logging.LogRecord(
                "x", 40, "x", 1, "failed", None, (type(problem), problem, problem.__traceback__)
            )
        line = self.line(record)
        assert "Nair" not in line
        assert "ValueError at test_security.py" in line

    def test_a_line_cannot_be_forged(self) -> None:
        record = logging.LogRecord("x", 20, "x", 1, "a\nFORGED", None, None)
        assert "\n" not in self.line(record)

    def test_statements_are_never_logged(self) -> None:
        record = logging.LogRecord("django.db.backends", 10, "x", 1, "SELECT 'Nair'", None, None)
        assert not logs.Discreet().filter(record)

    def test_the_filter_and_the_formatter_are_on_every_handler(self) -> None:
        for handler in settings.LOGGING["handlers"].values():
            assert handler["filters"] == ["discreet"]
            assert handler["formatter"] == "line"


def test_the_security_headers_come_first() -> None:
    assert settings.MIDDLEWARE[0] == f"{middleware.SecurityHeaders.__module__}.SecurityHeaders"
