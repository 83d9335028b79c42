"""Coming in, as the tests of the door do it."""

from __future__ import annotations

import time
from typing import Any

from django.test import Client
from django_otp.oath import TOTP

from lamplighter.hub.access.wall import identity
from lamplighter.hub.accounts import services
from lamplighter.hub.accounts.models import Role, User
from lamplighter.hub.accounts.own_account import second_factors
from tests.integration.access.making import KINDS

PASSWORD = "a lamp in every street"
SEED = b"twenty bytes of seed"


def somebody(username: str = "jo", role: str = Role.AUDITOR, agency: str | None = "hub") -> User:
    where = services.ensure_agency(agency, kind=KINDS[agency]) if agency else None
    return services.ensure_user(
        username, password=PASSWORD, display_name="Jo Fenwick", role=role, agency=where
    )


def code_of(seed: bytes = SEED, steps: int = 0) -> str:
    """What an app with this seed shows now, or ``steps`` half-minutes later."""
    made = TOTP(seed)
    made.time = time.time() + 30 * steps
    return f"{made.token():06d}"


def with_app(user: User, seed: bytes = SEED) -> list[str]:
    """Give somebody an app and recovery codes; the app's code of half a minute ago is the one used up."""
    with identity.as_person(user):
        second_factors.add_app(user, seed, code_of(seed, -1))
        return second_factors.new_codes(user)


def post(client: Client, path: str, data: dict[str, Any] | None = None) -> Any:
    return client.post(path, data or {}, secure=True)


def get(client: Client, path: str) -> Any:
    return client.get(path, secure=True)


def password(client: Client, username: str = "jo", word: str = PASSWORD) -> Any:
    return post(client, "/account/sign-in", {"username": username, "password": word})


def is_in(client: Client) -> bool:
    return get(client, "/account/").status_code == 200
