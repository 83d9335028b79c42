"""Sign-on through an organisation, against a real provider in a process of its own."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from django.core.exceptions import ImproperlyConfigured
from django.test import Client
from django.utils import timezone

from lamplighter.hub.access.wall import identity
from lamplighter.hub.accounts.credentials import ExternalIdentity
from lamplighter.hub.accounts.models import Invitation, Role, User
from lamplighter.hub.accounts.sign_in import identity_provider
from lamplighter.hub.accounts.staff import members
from lamplighter.hub.site.refusals import NotPossibleError
from tests.integration.access import making
from tests.integration.accounts import door, provider_site

pytestmark = pytest.mark.django_db
BACK = "https://testserver/account/organisation/back"


@pytest.fixture(scope="module")
def issuer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with socket.socket() as probe:
        probe.bind(("localhost", 0))
        port = probe.getsockname()[1]
    folder = tmp_path_factory.mktemp("provider")
    said = folder / "said"
    with said.open("w") as file:
        process = subprocess.Popen(
            [sys.executable, str(Path(provider_site.__file__)), str(folder), str(port), BACK], stderr=file
        )
    address = f"http://localhost:{port}/o"
    try:
        for _ in range(300):
            try:
                requests.get(f"{address}/.well-known/openid-configuration", timeout=2).raise_for_status()
                break
            except requests.ConnectionError:
                assert process.poll() is None, said.read_text()
                time.sleep(0.1)
        yield address
    finally:
        process.terminate()
        process.wait()


@pytest.fixture(autouse=True)
def _configured(_a_password_is_enough: None, issuer: str, settings: Any) -> None:
    settings.SECOND_FACTOR = "required"
    settings.OIDC = {
        "issuer": issuer,
        "client_id": provider_site.CLIENT_ID,
        "client_secret": provider_site.CLIENT_SECRET,
        "name": "Force A",
        "claim": "",
        "agencies": "",
        "second_factor": "mfa",
    }


def signed_on(client: Client, name: str, *, spoil: Any = None, link: bool = False) -> Any:
    """To the provider, sign in there, and back; the answer of our own last page."""
    there = door.get(client, "/account/organisation" + ("?invitation" if link else ""))
    assert there.status_code == 302
    asked = parse_qs(urlsplit(there.url).query)
    assert asked["code_challenge_method"] == ["S256"]
    assert len(asked["nonce"][0]) >= 20
    assert len(asked["state"][0]) >= 20
    with requests.Session() as browser:
        page = browser.get(there.url, timeout=10)
        back = browser.post(
            page.url,
            data={"username": name, "password": provider_site.PASSWORD},
            timeout=10,
            allow_redirects=False,
        )
        answer = browser.get(
            requests.compat.urljoin(page.url, back.headers["Location"]), timeout=10, allow_redirects=False
        )
    location = answer.headers["Location"]
    assert location.startswith(BACK)
    if spoil:
        location = spoil(client, location) or location
    return door.get(client, location.removeprefix("https://testserver"))


def linked(user: User, name: str, issuer: str) -> None:
    """As an invitation does it: the subject is the provider's own number of the person."""
    with identity.as_service("let people in"):
        ExternalIdentity.objects.create(user=user, issuer=issuer, subject=_subject(name))


def _subject(name: str) -> str:
    return str(list(provider_site.PEOPLE).index(name) + 1)


def test_somebody_linked_is_in_with_the_providers_second_factor(client: Client, issuer: str) -> None:
    user = door.somebody()
    linked(user, "strong", issuer)
    assert signed_on(client, "strong").headers["Location"] == "/"
    assert door.is_in(client)
    user.refresh_from_db()
    # What the provider says about roles gives nobody one.
    assert user.role == Role.AUDITOR


def test_without_one_there_they_need_one_here(client: Client, issuer: str) -> None:
    user = door.somebody()
    linked(user, "jo", issuer)
    assert signed_on(client, "jo").headers["Location"] == "/account/second-factor"
    assert not door.is_in(client)
    door.with_app(user)
    other = Client()
    assert signed_on(other, "jo").headers["Location"] == "/account/second-step"
    door.post(other, "/account/second-step?with=app", {"code": door.code_of()})
    assert door.is_in(other)


def test_the_providers_second_factor_counts_only_if_configured(
    client: Client, issuer: str, settings: Any
) -> None:
    settings.OIDC = settings.OIDC | {"second_factor": ""}
    linked(door.somebody(), "strong", issuer)
    assert signed_on(client, "strong").headers["Location"] == "/account/second-factor"


def test_a_stranger_is_refused_and_nobody_is_made(client: Client, issuer: str) -> None:
    linked(door.somebody(), "jo", issuer)
    assert signed_on(client, "stranger").status_code == 403
    assert not door.is_in(client)
    assert User.objects.count() == 1


def test_a_leaver_is_refused(client: Client, issuer: str) -> None:
    user, by = door.somebody(), door.somebody("kim", Role.ADMINISTRATOR)
    with identity.as_person(by):
        members.leave(by, user)
    linked(user, "strong", issuer)
    assert signed_on(client, "strong").status_code == 403


def test_an_invitation_is_accepted_through_the_provider(client: Client, issuer: str) -> None:
    by = door.somebody("kim", Role.ADMINISTRATOR)
    agency = by.agency
    with identity.as_person(by):
        link = members.invite(by, username="ash", display_name="Ash", role=Role.ANALYST, agency=agency)
    door.post(client, f"/account/invited/{link.secret}")
    assert "sign in with Force A" in door.get(client, "/account/join").content.decode()
    assert "/account/organisation?invitation" in door.get(client, "/account/join").content.decode()
    assert signed_on(client, "strong", link=True).headers["Location"] == "/account/waits"
    user = User.objects.get(username="ash")
    assert (user.is_active, user.has_usable_password()) == (True, False)
    again = Client()
    signed_on(again, "strong")
    assert door.is_in(again)
    # The same account there cannot become a second person here.
    with identity.as_person(by):
        other = members.invite(by, username="bo", display_name="Bo", role=Role.ANALYST, agency=agency)
    third = Client()
    door.post(third, f"/account/invited/{other.secret}")
    assert signed_on(third, "strong", link=True).status_code == 403
    assert not User.objects.get(username="bo").is_active


def test_a_link_that_was_opened_before_joins_nobody_who_signs_on_from_the_sign_in_page(
    client: Client,
) -> None:
    """The bait: somebody opens a link, and later signs in with their organisation as every day."""
    by = door.somebody("kim", Role.ADMINISTRATOR)
    with identity.as_person(by):
        bait = members.invite(by, username="bait", display_name="Bait", role=Role.ANALYST, agency=by.agency)
    page = door.get(client, f"/account/invited/{bait.secret}")
    assert (page.status_code, "link" in client.session) == (200, False)
    assert door.get(client, "/account/join").status_code == 410
    door.post(client, f"/account/invited/{bait.secret}")
    assert signed_on(client, "strong").status_code == 403
    bait.invitation.refresh_from_db()
    assert (bait.invitation.used_at, bait.invitation.user.is_active) == (None, False)
    assert "link" not in client.session


@pytest.mark.parametrize(
    ("claim", "agencies", "expected"),
    [("preferred_username", "hub", True), ("preferred_username", "force-a", False), ("", "hub", False)],
)
def test_a_configured_claim_names_people_of_its_agencies_only(
    client: Client, settings: Any, claim: str, agencies: str, expected: bool
) -> None:
    settings.OIDC = settings.OIDC | {"claim": claim, "agencies": agencies}
    user = door.somebody("strong")
    signed_on(client, "strong")
    assert door.is_in(client) is expected
    with identity.as_person(user):
        assert ExternalIdentity.objects.exists() is expected


def _moved(user: User, agency: str, role: str) -> User:
    by = door.somebody("kim", Role.ADMINISTRATOR)
    with identity.as_person(by):
        members.transfer(by, user, making.agency(agency), role, "Moves")
    return by


@pytest.mark.parametrize("agencies", ["force-b", ""])
def test_the_old_organisation_signs_nobody_in_at_the_new_agency(
    client: Client, issuer: str, settings: Any, agencies: str
) -> None:
    settings.OIDC = settings.OIDC | {"claim": "preferred_username", "agencies": agencies}
    user = door.somebody("strong", Role.INVESTIGATOR, "force-b")
    linked(user, "strong", issuer)
    before = Client()
    signed_on(before, "strong")
    assert door.is_in(before)
    _moved(user, "helpline", Role.ADVOCATE)
    assert not door.is_in(before)
    with identity.as_person(user):
        assert not ExternalIdentity.objects.exists()
    assert signed_on(client, "strong").status_code == 403
    # Nor by the claim, once the provider speaks for the new agency as well.
    settings.OIDC = settings.OIDC | {"agencies": "force-b,helpline"}
    assert signed_on(client, "strong").status_code == 403
    # A link from before a move that left it, as moves did, is not used either.
    with identity.as_service("let people in"):
        ExternalIdentity.objects.create(
            user=user, issuer=issuer, subject=_subject("strong"), at=timezone.now() - timedelta(days=1)
        )
    assert signed_on(client, "strong").status_code == 403
    assert not door.is_in(client)


@pytest.mark.parametrize(
    ("agency", "agencies", "expected"),
    [
        ("hub", "force-a,hub", True),
        ("hub", "force-a", False),
        ("hub", "", True),
        (None, "force-a", False),
        (None, "force-a,-", True),
    ],
)
def test_a_link_counts_while_the_provider_speaks_for_the_agency(
    client: Client, issuer: str, settings: Any, agency: str | None, agencies: str, expected: bool
) -> None:
    settings.OIDC = settings.OIDC | {"agencies": agencies}
    linked(door.somebody(agency=agency), "strong", issuer)
    assert (signed_on(client, "strong").status_code, door.is_in(client)) == (
        302 if expected else 403,
        expected,
    )


def test_an_unused_link_of_the_old_agency_is_over_with_a_move() -> None:
    by = door.somebody("kim", Role.ADMINISTRATOR)
    with identity.as_person(by):
        link = members.invite(
            by, username="ash", display_name="Ash", role=Role.INVESTIGATOR, agency=making.agency("force-a")
        )
        user = link.invitation.user
        members.transfer(by, user, making.agency("helpline"), Role.ADVOCATE, "Moves")
    assert members.invited_by(link.secret) is None
    with pytest.raises(NotPossibleError):
        members.accept(link.invitation, password="seven quiet lanterns")


@pytest.mark.parametrize("word", ["", "seven quiet lanterns"])
def test_after_a_fresh_start_only_its_own_link_joins_an_account_there(
    client: Client, settings: Any, word: str
) -> None:
    settings.OIDC = settings.OIDC | {"claim": "preferred_username", "agencies": "hub"}
    user, by = door.somebody("strong"), door.somebody("kim", Role.ADMINISTRATOR)
    with identity.as_person(by):
        link = members.fresh_start(by, user, "Account there was stolen")
    assert signed_on(client, "strong").status_code == 403
    link.invitation.refresh_from_db()
    assert link.invitation.used_at is None
    # With a password it may be that the thief still has the account there: then no more than before.
    owner = Client()
    door.post(owner, f"/account/invited/{link.secret}")
    if word:
        door.post(owner, "/account/join", {"password": word, "again": word})
        assert signed_on(client, "strong").status_code == 403
    else:
        assert signed_on(owner, "strong", link=True).headers["Location"] == "/account/waits"
        assert door.is_in(owner)
        signed_on(client, "strong")
        assert door.is_in(client)


def test_while_an_invitation_stands_the_claim_joins_nobody(client: Client, settings: Any) -> None:
    settings.OIDC = settings.OIDC | {"claim": "preferred_username", "agencies": "hub"}
    user, by = door.somebody("strong"), door.somebody("kim", Role.ADMINISTRATOR)
    User.objects.filter(pk=user.pk).update(waits_since=timezone.now())
    with identity.as_person(by):
        Invitation.objects.create(
            user=user, by=by, digest="x" * 64, expires_at=timezone.now() + timedelta(hours=1)
        )
    assert signed_on(client, "strong").status_code == 403
    with identity.as_person(by):
        Invitation.objects.update(withdrawn_at=timezone.now())
    signed_on(client, "strong")
    assert door.is_in(client)


def test_an_invitation_to_an_agency_that_the_provider_does_not_speak_for_is_not_used_there(
    client: Client, settings: Any
) -> None:
    settings.OIDC = settings.OIDC | {"agencies": "force-a"}
    by = door.somebody("kim", Role.ADMINISTRATOR)
    with identity.as_person(by):
        link = members.invite(
            by, username="ash", display_name="Ash", role=Role.ADVOCATE, agency=making.agency("helpline")
        )
    door.post(client, f"/account/invited/{link.secret}")
    assert "sign in with" not in door.get(client, "/account/join").content.decode()
    assert signed_on(client, "strong", link=True).status_code == 403
    assert not User.objects.get(username="ash").is_active


def _another_state(client: Client, location: str) -> str:
    return location.replace("state=", "state=x")


def _another_nonce(client: Client, location: str) -> None:
    _in_session(client, "nonce")


def _another_proof(client: Client, location: str) -> None:
    _in_session(client, "code_verifier")


def _in_session(client: Client, name: str) -> None:
    session = client.session
    (key,) = [k for k in session.keys() if k.startswith("_state_")]  # noqa: SIM118  a session, not a dict
    session[key]["data"][name] = "x" * 48
    session.save()


def _used_already(client: Client, location: str) -> None:
    door.get(client, location.removeprefix("https://testserver"))
    client.cookies.clear()


@pytest.mark.parametrize("spoil", [_another_state, _another_nonce, _another_proof, _used_already])
def test_state_nonce_and_proof_key_are_checked(client: Client, issuer: str, spoil: Any) -> None:
    linked(door.somebody(), "strong", issuer)
    assert signed_on(client, "strong", spoil=spoil).status_code == 403
    assert not door.is_in(client)


def test_the_provider_must_be_who_it_is_configured_to_be(
    client: Client, issuer: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    linked(door.somebody(), "strong", issuer)
    real = identity_provider.client

    def client_of_another() -> Any:
        app = real()
        metadata = app.load_server_metadata()
        metadata["issuer"] = "https://elsewhere.example"
        return app

    monkeypatch.setattr(identity_provider, "client", client_of_another)
    assert signed_on(client, "strong").status_code == 403


def test_away_or_not_configured(client: Client, settings: Any) -> None:
    with socket.socket() as unused:
        unused.bind(("localhost", 0))
        settings.OIDC = settings.OIDC | {"issuer": f"http://localhost:{unused.getsockname()[1]}"}
        assert door.get(client, "/account/organisation").status_code == 403
    settings.OIDC = settings.OIDC | {"issuer": "http://provider.example"}
    with pytest.raises(ImproperlyConfigured):
        door.get(client, "/account/organisation")
    settings.OIDC = settings.OIDC | {"issuer": ""}
    assert door.get(client, "/account/organisation").status_code == 404
    assert "Force A" not in door.get(client, "/account/sign-in").content.decode()


@pytest.mark.parametrize("subject", ["s" * 256, "a\x00b", "", "a\nb"], ids=["long", "null", "empty", "line"])
def test_a_subject_that_cannot_be_one_signs_nobody_on(
    client: Client, monkeypatch: pytest.MonkeyPatch, issuer: str, subject: str
) -> None:
    real = identity_provider.client

    def client_of_it() -> Any:
        app = real()
        accept = app.authorize_access_token

        def answered(*args: Any, **kwargs: Any) -> Any:
            token = accept(*args, **kwargs)
            token["userinfo"]["sub"] = subject
            return token

        app.authorize_access_token = answered
        return app

    door.somebody()
    monkeypatch.setattr(identity_provider, "client", client_of_it)
    assert signed_on(client, "strong").status_code < 500
    assert not door.is_in(client)


def test_a_claim_with_a_null_character_names_nobody(settings: Any) -> None:
    settings.OIDC |= {"claim": "preferred_username", "agencies": "force-a"}
    known = identity_provider.Known("https://issuer", "subject", {"preferred_username": "some\x00body"})
    assert identity_provider.person(known) is None


def test_a_user_name_with_a_null_character_is_answered_in_words(client: Client) -> None:
    answer = door.post(client, "/account/sign-in", {"username": "a\x00b", "password": "x"})
    assert answer.status_code == 200
    assert not door.is_in(client)
