"""A second factor for everybody: nobody is in before it is shown."""

from __future__ import annotations

import datetime as dt
import os
import re
import subprocess
import sys
from typing import Any

import pytest
from django.db import connection
from django.test import Client, RequestFactory
from django.utils import timezone

from lamplighter.hub.access.wall import identity
from lamplighter.hub.accounts import encryption
from lamplighter.hub.accounts.credentials import AtTheDoor, AuthenticatorApp, Passkey, RecoveryCode
from lamplighter.hub.accounts.models import Role, User
from lamplighter.hub.accounts.own_account import second_factors
from lamplighter.hub.audit.access_log import anomalies
from lamplighter.hub.audit.models import Event, UnusualAccess
from tests.integration.accounts import door

pytestmark = pytest.mark.django_db
STEP = "/account/second-step?with=app"


@pytest.fixture(autouse=True)
def _required(_a_password_is_enough: None, settings: Any) -> None:
    settings.SECOND_FACTOR = "required"


@pytest.mark.parametrize("role", [r for r in Role if r != Role.ADMINISTRATOR])
def test_whoever_has_none_sets_one_up_before_anything_else(client: Client, role: str) -> None:
    door.somebody(role=role)
    assert door.password(client).headers["Location"] == "/account/second-factor"
    assert not door.is_in(client)
    assert door.get(client, "/account/second-factor").status_code == 200
    page = door.get(client, "/account/second-factor/app").content.decode()
    key = re.search(r"Key: <strong[^>]*>([A-Z2-7 ]+)</strong>", page)
    assert key
    import base64

    seed = base64.b32decode(key[1].replace(" ", ""))
    wrong = door.post(client, "/account/second-factor/app", {"code": "000000"})
    assert wrong.status_code == 200
    assert not door.is_in(client)
    right = door.post(client, "/account/second-factor/app", {"code": door.code_of(seed)})
    assert right.headers["Location"] == "/account/second-factor/codes"
    codes = re.findall(r"<code[^>]*>([A-Z2-9-]{14})</code>", door.get(client, right.url).content.decode())
    assert len(codes) == len(set(codes)) == 10
    # Shown once.
    assert door.get(client, right.url).headers["Location"] == "/account/"
    assert door.is_in(client)


def test_the_square_code_is_ours_and_is_not_kept(client: Client) -> None:
    door.somebody()
    door.password(client)
    assert door.get(client, "/account/second-factor/app.svg").status_code == 404
    door.get(client, "/account/second-factor/app")
    answer = door.get(client, "/account/second-factor/app.svg")
    assert answer.headers["Content-Type"] == "image/svg+xml"
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.content.startswith(b"<svg")
    assert b"style=" not in answer.content


def test_a_code_works_once_and_a_password_alone_does_not(client: Client) -> None:
    user = door.somebody()
    door.with_app(user)
    assert door.password(client).headers["Location"] == "/account/second-step"
    assert not door.is_in(client)
    code = door.code_of()
    assert door.post(client, "/account/second-step?with=app", {"code": code}).status_code == 302
    assert door.is_in(client)
    other = Client()
    door.password(other)
    again = door.post(other, "/account/second-step?with=app", {"code": code})
    assert again.status_code == 200
    assert not door.is_in(other)


def test_wrong_codes_make_the_next_try_wait_and_five_end_it(client: Client) -> None:
    user = door.somebody()
    door.with_app(user)
    door.password(client)
    for _ in range(4):
        assert door.post(client, "/account/second-step?with=app", {"code": "1"}).status_code == 200
    with identity.as_person(user):
        # The library counts only tries that it let happen; the right code is refused while it waits.
        app = AuthenticatorApp.objects.get(user=user)
        assert app.throttling_failure_count > 0
        # As if the last one had been just now, however slow this machine is.
        app.throttling_failure_count, app.throttling_failure_timestamp = 6, timezone.now()
        app.save()
        assert not second_factors.check_app(user, door.code_of())
    last = door.post(client, "/account/second-step?with=app", {"code": "1"})
    assert last.headers["Location"] == "/account/sign-in?why=step"
    assert door.get(client, "/account/second-step").headers["Location"] == "/account/sign-in?why=step"
    assert Event.objects.filter(verb="accounts.factor_refused", subject=f"user {user.key}").count() == 5


@pytest.mark.parametrize(("wrong", "since", "lets_in"), [(30, 301, True), (30, 200, False), (3, 5, True)])
def test_nobody_waits_longer_than_five_minutes_after_wrong_codes(
    client: Client, wrong: int, since: int, lets_in: bool
) -> None:
    """Whoever knows the password gives wrong codes all day; the owner is let in all the same."""
    user = door.somebody()
    door.with_app(user)
    at = timezone.now() - dt.timedelta(seconds=since)
    with identity.as_person(user):
        AuthenticatorApp.objects.filter(user=user).update(
            throttling_failure_count=wrong, throttling_failure_timestamp=at
        )
    door.password(client)
    if not lets_in:
        assert "There were wrong codes. Wait 2 minutes" in door.get(client, STEP).content.decode()
    answer = door.post(client, STEP, {"code": door.code_of()})
    assert (answer.status_code == 302) == lets_in
    if not lets_in:
        page = answer.content.decode()
        assert "There were wrong codes. Wait 2 minutes, then enter the code that your app shows" in page
        assert "The code is not right" not in page


def test_five_tries_are_counted_in_the_row_and_not_in_the_session(client: Client) -> None:
    """Two tries at once both read the session as it was; here it is put back as the second one wrote it."""
    door.with_app(door.somebody())
    door.password(client)
    before = client.session["waiting"]
    for _ in range(4):
        assert door.post(client, STEP, {"code": "1"}).status_code == 200
    session = client.session
    session["waiting"] = before
    session.save()
    assert door.post(client, STEP, {"code": "1"}).headers["Location"] == "/account/sign-in?why=step"
    assert not AtTheDoor.objects.filter(tries__gt=5).exists()
    # The count is of one password given, and goes with it.
    door.password(client)
    door.post(client, "/account/second-step?with=recovery", {"code": "1"})
    with identity.as_person(User.objects.get()):
        codes = second_factors.new_codes(User.objects.get())
    assert door.post(client, "/account/second-step?with=recovery", {"code": codes[0]}).status_code == 302
    assert AtTheDoor.objects.filter(tries__lt=5).count() == 0


def test_the_right_password_and_ten_wrong_codes_are_put_before_an_auditor() -> None:
    user = door.somebody()
    door.with_app(user)
    auditor = door.somebody("ann")
    for expected in (0, 1):
        browser = Client()
        door.password(browser)
        for _ in range(5):
            door.post(browser, STEP, {"code": "1"})
        with identity.job("watch access"):
            anomalies.watch()
        with identity.as_person(auditor):
            assert UnusualAccess.objects.filter(rule="second_step", user=user).count() == expected


def test_a_recovery_code_works_once(client: Client) -> None:
    codes = door.with_app(door.somebody())
    for place, expected in ((codes[0].lower(), True), (codes[0], False), (codes[1], True)):
        browser = Client()
        door.password(browser)
        door.post(browser, "/account/second-step?with=recovery", {"code": place})
        assert door.is_in(browser) is expected


def test_the_step_is_for_who_gave_the_password_and_ends_when_it_changes(client: Client) -> None:
    user = door.somebody()
    codes = door.with_app(user)
    door.password(client)
    user.set_password("another lamp in the street")
    user.save()
    door.post(client, "/account/second-step?with=recovery", {"code": codes[0]})
    assert not door.is_in(client)


def test_a_session_made_without_the_second_factor_is_ended(client: Client) -> None:
    user = door.somebody()
    client.force_login(user)
    answer = door.get(client, "/account/")
    assert answer.headers["Location"] == "/account/sign-in?next=%2Faccount%2F&why=factor"
    assert "_auth_user_id" not in client.session


def test_the_database_holds_neither_the_seed_nor_the_codes() -> None:
    user = door.somebody()
    codes = door.with_app(user)
    with connection.cursor() as cursor:
        cursor.execute("SELECT key FROM otp_totp_totpdevice")
        stored = cursor.fetchone()[0]
    assert door.SEED.hex() not in stored
    assert door.SEED not in stored.encode()
    assert all(
        c.replace("-", "") not in d
        for c in codes
        for d in RecoveryCode.objects.values_list("digest", flat=True)
    )
    with pytest.raises(encryption.NotOpenedError):
        encryption.unseal(stored, use="authenticator app", of=user.pk + 1)


def test_nobody_sees_or_takes_away_what_another_signs_in_with() -> None:
    user, other = door.somebody("jo"), door.somebody("kim", Role.ADMINISTRATOR)
    door.with_app(user)
    with identity.as_person(other):
        assert AuthenticatorApp.objects.count() == RecoveryCode.objects.count() == 0
        assert AuthenticatorApp.objects.update(key="x") == 0
        assert AuthenticatorApp.objects.filter(user=user).delete()[0] == 0
    with identity.as_person(user):
        assert second_factors.held_by(user)


def test_the_last_factor_stays(client: Client) -> None:
    user = door.somebody()
    door.with_app(user)
    door.password(client)
    door.post(client, "/account/second-step?with=app", {"code": door.code_of()})
    with identity.as_person(user):
        handle = second_factors.handle(AuthenticatorApp.objects.get())
    door.post(client, "/account/second-factor/remove", {"factor": handle})
    with identity.as_person(user):
        assert len(second_factors.held_by(user).apps) == 1
        second_factors.add_app(user, b"another seed, twenty", door.code_of(b"another seed, twenty", -1))
    door.post(client, "/account/second-factor/remove", {"factor": handle})
    with identity.as_person(user):
        assert [second_factors.handle(a) == handle for a in second_factors.held_by(user).apps] == [False]


def test_changing_the_guards_asks_who_it_is_after_a_while(client: Client) -> None:
    user = door.somebody()
    door.with_app(user)
    door.password(client)
    door.post(client, "/account/second-step?with=app", {"code": door.code_of()})
    session = client.session
    session["confirmed_at"] = 0
    session.save()
    asked = door.get(client, "/account/second-factor/app")
    assert asked.headers["Location"] == "/account/confirm?next=/account/second-factor/app"
    assert door.post(client, asked.url, {"password": "wrong"}).status_code == 200
    assert door.get(client, "/account/second-factor/app").status_code == 302
    assert door.post(client, asked.url, {"password": door.PASSWORD}).headers["Location"] == (
        "/account/second-factor/app"
    )
    assert door.get(client, "/account/second-factor/app").status_code == 200


@pytest.mark.parametrize(("demo", "allowed"), [("0", False), ("1", True)])
def test_it_can_be_left_out_in_a_demonstration_only(demo: str, allowed: bool) -> None:
    told = {"LAMPLIGHTER_SECOND_FACTOR": "optional", "LAMPLIGHTER_DEMO": demo}
    ran = subprocess.run(
        [sys.executable, "-c", "import lamplighter.hub.site.settings"],
        env=os.environ | told | {"PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (ran.returncode == 0) is allowed, ran.stderr


def test_optional_lets_the_demonstration_in(client: Client, settings: Any) -> None:
    settings.SECOND_FACTOR = "optional"
    door.somebody()
    assert door.password(client).headers["Location"] == "/"
    assert door.is_in(client)
    settings.SECOND_FACTOR = "required"
    assert not door.is_in(client)


def test_a_passkey_that_is_none_is_refused(client: Client) -> None:
    user = door.somebody()
    with identity.as_person(user):
        Passkey.objects.create(user=user, credential_id="AAAA", public_key=b"none", name="Made up")
    door.password(client)
    answers = ("none", "{}", '{"id": "AAAA"}', '{"id": "AAAA", "rawId": "AAAA", "response": {}}')
    for answer in answers:
        page = door.post(client, "/account/second-step?with=passkey", {"answer": answer})
        assert b"The passkey was not accepted" in page.content
    assert not door.is_in(client)


def test_coming_and_going_is_in_the_audit_trail(client: Client) -> None:
    user = door.somebody()
    codes = door.with_app(user)
    door.password(client, word="not this one")
    door.password(client)
    door.post(client, "/account/second-step?with=recovery", {"code": codes[0]})
    door.post(client, "/account/sign-out")
    verbs = Event.objects.filter(operation="access").order_by("pk").values_list("verb", "subject", "actor")
    mine = f"user {user.key}"
    assert list(verbs)[-3:] == [
        ("accounts.sign_in_failed", mine, None),
        ("accounts.signed_in", mine, user.pk),
        ("accounts.signed_out", mine, user.pk),
    ]


@pytest.mark.parametrize(
    "answer",
    [
        "[" * 9_000 + "]" * 9_000,
        '{"id": ' + "[" * 9_000 + "]" * 9_000 + "}",
        '{"id": "A\\u0000"}',
        '{"id": "\\ud800"}',
        '{"id": {"a": 1}}',
    ],
    ids=["brackets", "brackets within", "null", "half", "object"],
)
def test_a_hostile_answer_of_a_passkey_is_refused_in_words(client: Client, answer: str) -> None:
    user = door.somebody()
    with identity.as_person(user):
        Passkey.objects.create(user=user, credential_id="AAAA", public_key=b"none", name="Made up")
    door.password(client)
    page = door.post(client, "/account/second-step?with=passkey", {"answer": answer})
    assert page.status_code == 200
    assert b"The passkey was not accepted" in page.content
    assert not door.is_in(client)


def test_a_passkey_that_somebody_has_already_is_not_made_again(monkeypatch: pytest.MonkeyPatch) -> None:
    user, other = door.somebody(), door.somebody("other")
    made = type("Made", (), {"credential_id": b"known", "credential_public_key": b"k", "sign_count": 0})()
    monkeypatch.setattr(second_factors.webauthn, "verify_registration_response", lambda **_: made)
    request = RequestFactory().get("/", secure=True)
    with identity.as_person(other):
        second_factors.add_passkey(request, other, "{}", "AAAA", "Theirs")
    for person in (user, other):
        with identity.as_person(person):
            with pytest.raises(second_factors.NotVerifiedError):
                second_factors.add_passkey(request, person, "{}", "AAAA", "Again")
            # The transaction of the page goes on.
            assert Passkey.objects.filter(user=person).count() == (person == other)
