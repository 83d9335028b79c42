"""What was typed when the session ran out."""

from __future__ import annotations

import datetime as dt
import time

import pytest
from django.test import Client
from django.utils import timezone

from lamplighter.hub.access.wall import identity
from lamplighter.hub.accounts import tasks
from lamplighter.hub.accounts.credentials import KeptText
from lamplighter.hub.accounts.models import Role, User
from lamplighter.hub.accounts.own_account import timed_out_text
from tests.integration.accounts import door

pytestmark = pytest.mark.django_db
WORDS = "He stood outside until four in the morning. <b>Again</b>"
FORM = {"reason": WORDS, "password": "hidden", "feed_token": "hidden", "version": "7"}
PATH = "/intake/new/report"


def too_late(client: Client, name: str = "seen_at", ago: int = 15 * 60 + 5) -> None:
    session = client.session
    session[name] = int(time.time()) - ago
    session.save()


@pytest.fixture
def user(client: Client) -> User:
    made = door.somebody("jo", Role.INVESTIGATOR, "force-a")
    door.password(client)
    return made


@pytest.mark.parametrize(("name", "ago"), [("seen_at", 15 * 60 + 5), ("began_at", 12 * 3600 + 5)])
def test_a_form_sent_too_late_is_kept_and_shown_after_signing_in(
    client: Client, user: User, name: str, ago: int
) -> None:
    too_late(client, name, ago)
    answer = door.post(client, PATH, FORM)
    assert answer.headers["Location"].endswith("&kept=1")
    assert "is saved for you for 24 hours" in door.get(client, answer.url).content.decode()
    assert not door.is_in(client)
    assert door.password(client).headers["Location"] == "/account/kept"
    with identity.as_person(user):
        (found,) = timed_out_text.of(user)
    assert (found.path, dict(found.fields)) == (PATH, {"reason": WORDS, "version": "7"})
    page = door.get(client, f"/account/kept/{found.key}").content.decode()
    assert "outside until four in the morning. &lt;b&gt;Again&lt;/b&gt;" in page
    assert f'action="{PATH}"' in page
    # What the form carried goes along unseen.
    assert '<input type="hidden" name="version" value="7">' in page


def test_it_is_encrypted_and_nobody_elses(client: Client, user: User) -> None:
    too_late(client)
    door.post(client, PATH, FORM)
    row = KeptText.objects.get()
    assert "morning" not in row.sealed
    other = door.somebody("kim", Role.ADMINISTRATOR)
    with identity.as_person(other):
        assert timed_out_text.of(user) == []
    stranger = Client()
    door.password(stranger, "kim")
    assert door.get(stranger, f"/account/kept/{row.key}").status_code == 404
    door.post(stranger, "/account/kept", {"kept": str(row.key)})
    assert KeptText.objects.count() == 1


def test_sent_after_all_or_thrown_away_it_is_gone(client: Client, user: User) -> None:
    for _ in range(2):
        too_late(client)
        door.post(client, PATH, FORM)
        door.password(client)
    first, second = KeptText.objects.all()
    door.post(client, "/account/kept", {"kept": str(first.key)})
    assert KeptText.objects.get() == second
    # A form that is accepted answers with a redirection; one with errors shows itself again and stays kept.
    door.post(client, PATH, {"_kept": str(second.key)})
    assert KeptText.objects.exists()
    door.post(client, "/account/sign-out-everywhere", {"_kept": str(second.key)})
    assert not KeptText.objects.exists()


def test_a_form_of_another_site_is_not_kept(user: User) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    door.get(strict, "/account/")
    too_late(strict)
    assert "kept" not in door.post(strict, PATH, FORM).headers["Location"]
    assert not KeptText.objects.exists()


@pytest.mark.parametrize(
    ("path", "form"),
    [
        ("/account/password", {"current": "x y"}),
        (PATH, {"password": "x"}),
        (PATH, {"reason": " "}),
        (PATH, {}),
    ],
)
def test_what_is_not_worth_keeping(client: Client, user: User, path: str, form: dict[str, str]) -> None:
    too_late(client)
    assert "kept" not in door.post(client, path, form).headers["Location"]
    assert not KeptText.objects.exists()


def test_five_are_kept_for_a_day(client: Client, user: User) -> None:
    with identity.as_person(user):
        for number in range(7):
            timed_out_text.keep(user, PATH, [("reason", str(number))])
        assert [k.fields[0][1] for k in timed_out_text.of(user)] == ["6", "5", "4", "3", "2"]
    old = KeptText.objects.order_by("at").first()
    assert old
    KeptText.objects.filter(pk=old.pk).update(at=timezone.now() - dt.timedelta(hours=24, seconds=1))
    with identity.as_person(user):
        assert len(timed_out_text.of(user)) == 4
    assert tasks.clear() == 1
    assert KeptText.objects.count() == 4


def test_a_second_tab_after_the_first_found_out(client: Client, user: User) -> None:
    too_late(client)
    door.get(client, "/intake/imports")
    assert not door.is_in(client)
    assert door.post(client, PATH, FORM).headers["Location"].endswith("why=idle&kept=1")
    with identity.as_person(user):
        assert len(timed_out_text.of(user)) == 1
    # What says whose text it is opens nothing, and is nobody's to make up or to use after a new password.
    assert not door.is_in(client)
    assert door.password(client).headers["Location"] == "/account/kept"
    user.set_password("another lamp in the street")
    user.save()
    too_late_again = Client()
    too_late_again.cookies = client.cookies
    too_late_again.cookies.pop("__Host-session")
    assert "kept" not in door.post(too_late_again, PATH, FORM).headers["Location"]
    too_late_again.cookies["__Host-was"] = "made-up"
    assert "kept" not in door.post(too_late_again, PATH, FORM).headers["Location"]


def test_whoever_signs_out_leaves_no_mark(client: Client, user: User) -> None:
    door.post(client, "/account/sign-out")
    assert "__Host-was" not in client.cookies
    assert "kept" not in door.post(client, PATH, FORM).headers["Location"]
    assert not KeptText.objects.exists()
