"""Administrators come in with a passkey; with anything else they come to the page that makes one."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from lamplighter.hub.access.wall import identity
from lamplighter.hub.accounts.credentials import Passkey
from lamplighter.hub.accounts.models import Role, User
from lamplighter.hub.accounts.own_account import second_factors
from lamplighter.hub.operations import installed_checks
from tests.integration.accounts import door

pytestmark = pytest.mark.django_db
MAKE = "/account/second-factor/passkey"


@pytest.fixture(autouse=True)
def _required(_a_password_is_enough: None, settings: Any) -> None:
    settings.SECOND_FACTOR = "required"


def with_passkey(user: User) -> Passkey:
    with identity.as_person(user):
        return Passkey.objects.create(
            user=user, name="Key", credential_id="Y" * 43, public_key=b"k" * 32, sign_count=0
        )


def by_app(client: Client) -> Any:
    door.password(client)
    return door.post(client, "/account/second-step?with=app", {"code": door.code_of()})


def test_an_app_leads_an_administrator_to_the_page_that_makes_a_passkey_and_to_nothing_else(
    client: Client,
) -> None:
    door.with_app(door.somebody(role=Role.ADMINISTRATOR))
    assert by_app(client).status_code == 302
    for path in ("/account/people", "/account/", "/service/", "/account/people/invite"):
        assert door.get(client, path).headers["Location"] == MAKE, path
    page = door.get(client, MAKE).content.decode()
    assert "Administrators sign in with a passkey" in page
    assert "Choose another way" not in page
    assert door.get(client, "/account/second-factor").headers["Location"] == MAKE
    assert door.get(client, "/account/second-factor/app").headers["Location"] == MAKE


def test_one_without_anything_is_offered_a_passkey_only(client: Client) -> None:
    door.somebody(role=Role.ADMINISTRATOR)
    assert door.password(client).headers["Location"] == "/account/second-factor"
    assert door.get(client, "/account/second-factor").headers["Location"] == MAKE
    assert door.get(client, "/account/second-factor/app").headers["Location"] == MAKE
    assert door.get(client, MAKE).status_code == 200


def test_whoever_has_a_passkey_is_not_let_in_by_an_app_any_more(client: Client) -> None:
    user = door.somebody(role=Role.ADMINISTRATOR)
    codes = door.with_app(user)
    with_passkey(user)
    by_app(client)
    assert not door.is_in(client)
    page = door.get(client, "/account/second-step").content.decode()
    assert "?with=app" not in page
    assert "Use your passkey" in page
    # A recovery code is for the way back: it leads to a new passkey.
    assert door.post(client, "/account/second-step?with=recovery", {"code": codes[0]}).status_code == 302
    assert door.get(client, "/account/people").headers["Location"] == MAKE


def test_a_session_that_a_passkey_or_the_organisation_opened_goes_on(client: Client) -> None:
    user = door.somebody(role=Role.ADMINISTRATOR)
    for factor in ("passkey", "organisation"):
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        session = client.session
        session["factor"] = factor
        session.save()
        assert door.get(client, "/account/people").status_code == 200


def test_the_last_passkey_of_an_administrator_stays() -> None:
    user = door.somebody(role=Role.ADMINISTRATOR)
    door.with_app(user)
    row = with_passkey(user)
    with identity.as_person(user):
        assert not second_factors.remove(user, second_factors.handle(row))
        assert second_factors.held_by(user).passkeys == [row]
        assert second_factors.remove(user, second_factors.handle(second_factors.held_by(user).apps[0]))
        assert second_factors.held_by(user).apps == []


@pytest.mark.parametrize("role", [r for r in Role if r != Role.ADMINISTRATOR])
def test_nobody_else_has_to(client: Client, role: str) -> None:
    door.with_app(door.somebody(role=role))
    by_app(client)
    assert door.is_in(client)


def test_an_installation_may_wait_for_the_keys_and_the_check_says_so(client: Client, settings: Any) -> None:
    settings.ADMINISTRATOR_STEP = "any"
    door.with_app(door.somebody(role=Role.ADMINISTRATOR))
    by_app(client)
    assert door.get(client, "/account/people").status_code == 200
    found = installed_checks._administrators()
    assert (found.state, "false page" in found.says) == ("soon", True)
