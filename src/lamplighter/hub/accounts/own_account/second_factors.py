"""Second factors: authenticator apps, passkeys and recovery codes. The only writer of them.

Everything here runs as the person whose factors they are (``identity.as_person``):
the database shows nobody else's.
"""

from __future__ import annotations

import base64
import json
import math
import re
import secrets
from dataclasses import dataclass
from typing import Any

import webauthn
from django.conf import settings
from django.db import DataError, IntegrityError, transaction
from django.http import HttpRequest
from django.utils import timezone
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url, structs
from webauthn.helpers.exceptions import WebAuthnException

from lamplighter.hub.accounts import encryption
from lamplighter.hub.accounts.credentials import AuthenticatorApp, ExternalIdentity, Passkey, RecoveryCode
from lamplighter.hub.accounts.models import Role, User
from lamplighter.hub.audit import services as audit
from lamplighter.hub.audit.models import Operation

SEED_BYTES = 20
CODES = 10
CODE_LENGTH = 12  # of 31 letters and figures: 59 bits each
ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ".replace("L", "")
CODE_USE = "recovery code"
_CREDENTIAL_ID = re.compile(r"[A-Za-z0-9_=-]{1,1400}")


class NotVerifiedError(ValueError):
    """Refusal of an answer that is not this person's second factor."""


@dataclass(frozen=True, slots=True)
class Held:
    """Second factors that somebody can use."""

    apps: list[AuthenticatorApp]
    passkeys: list[Passkey]
    codes_left: int

    def __bool__(self) -> bool:
        """Whether there is a second factor. Recovery codes alone are none: they are for the way back."""
        return bool(self.apps or self.passkeys)


def held_by(user: User) -> Held:
    return Held(
        list(AuthenticatorApp.objects.filter(user=user, confirmed=True).order_by("pk")),
        list(Passkey.objects.filter(user=user).order_by("pk")),
        RecoveryCode.objects.filter(user=user, used_at=None).count(),
    )


def must_be_passkey(user: Any) -> bool:
    """Tell whether this person's second step is to be one that cannot be given away to a false page.

    Whoever makes accounts is worth deceiving; figures that somebody types can be typed on a page that only
    looks like ours.
    """
    required = settings.SECOND_FACTOR == "required" and settings.ADMINISTRATOR_STEP == "passkey"
    return required and user.role == Role.ADMINISTRATOR


# Authenticator apps -----------------------------------------------------------


def new_seed() -> bytes:
    return secrets.token_bytes(SEED_BYTES)


def app_of(user: User, seed: bytes, name: str = "Authenticator app") -> AuthenticatorApp:
    """The device for this seed, not saved yet: for its address, its square code and a first check."""
    return AuthenticatorApp(user=user, name=name, confirmed=True, key=AuthenticatorApp.sealed(seed, user.pk))


def written_out(seed: bytes) -> str:
    """The seed as somebody types it into an app that cannot see: groups of four."""
    text = base64.b32encode(seed).decode().rstrip("=")
    return " ".join(text[i : i + 4] for i in range(0, len(text), 4))


@transaction.atomic
def add_app(user: User, seed: bytes, code: str) -> AuthenticatorApp:
    """Keep the app if it shows the right code now. Raises ``NotVerifiedError``."""
    device = app_of(user, seed)
    device.save()
    if not device.verify_token(_figures(code)):
        device.delete()
        raise NotVerifiedError("The code does not match.")
    audit.record(user, "accounts.factor_added", f"user {user.key}", operation=Operation.ACCESS, factor="app")
    return device


@transaction.atomic
def check_app(user: User, code: str) -> bool:
    """Accept a code once, from any of the person's apps.

    Returns and does not raise: what a wrong try leaves behind, a longer wait
    before the next, must not be rolled back.
    """
    # Locked, so that one code shown twice at the same moment is accepted once.
    devices = AuthenticatorApp.objects.select_for_update().filter(user=user, confirmed=True)
    return any(device.verify_token(_figures(code)) for device in devices)


def seconds_to_wait(user: User) -> int:
    """Return for how long no code of any app is looked at, after wrong ones; 0 where one is looked at now."""
    apps = AuthenticatorApp.objects.filter(user=user, confirmed=True)
    return math.ceil(min((app.seconds_to_wait() for app in apps), default=0))


def _figures(code: str) -> str:
    return "".join(c for c in code if c.isascii() and c.isdigit())


# Recovery codes -----------------------------------------------------------------


@transaction.atomic
def new_codes(user: User) -> list[str]:
    """Ten new codes; older ones stop working. They are shown once and stored as digests."""
    RecoveryCode.objects.filter(user=user).delete()
    codes = ["".join(secrets.choice(ALPHABET) for _ in range(CODE_LENGTH)) for _ in range(CODES)]
    RecoveryCode.objects.bulk_create(RecoveryCode(user=user, digest=_digest(user, c)) for c in codes)
    audit.record(user, "accounts.codes_made", f"user {user.key}", operation=Operation.ACCESS, count=CODES)
    return ["-".join((c[:4], c[4:8], c[8:])) for c in codes]


@transaction.atomic
def use_code(user: User, code: str) -> bool:
    """Use one up; ``False`` when it is not one of theirs, or was used."""
    plain = "".join(c for c in code.upper() if c in ALPHABET)
    rows = RecoveryCode.objects.select_for_update().filter(
        user=user, digest=_digest(user, plain), used_at=None
    )
    row = rows.first()
    if row is None:
        return False
    row.used_at = timezone.now()
    row.save(update_fields=["used_at"])
    return True


def _digest(user: User, code: str) -> str:
    return encryption.digest(f"{user.pk} {code}", use=CODE_USE)


# Passkeys -----------------------------------------------------------------------


def _site(request: HttpRequest) -> tuple[str, str]:
    """The name that a passkey is bound to, and the address that it may be used from."""
    host = request.get_host()
    return host.rsplit(":", 1)[0] if host.rsplit(":", 1)[-1].isdigit() else host, f"{request.scheme}://{host}"


def passkey_to_make(request: HttpRequest, user: User) -> tuple[str, str]:
    """``(options, challenge)``: JSON for the browser, and what its answer must contain."""
    known = Passkey.objects.filter(user=user).values_list("credential_id", flat=True)
    options = webauthn.generate_registration_options(
        rp_id=_site(request)[0],
        rp_name="Lamplighter",
        user_id=user.key.bytes,
        user_name=user.username,
        user_display_name=user.display_name,
        authenticator_selection=structs.AuthenticatorSelectionCriteria(
            user_verification=structs.UserVerificationRequirement.REQUIRED
        ),
        exclude_credentials=[structs.PublicKeyCredentialDescriptor(base64url_to_bytes(i)) for i in known],
    )
    return webauthn.options_to_json(options), bytes_to_base64url(options.challenge)


def add_passkey(request: HttpRequest, user: User, answer: str, challenge: str, name: str) -> Passkey:
    """Keep what the browser made. Raises ``NotVerifiedError``."""
    rp_id, origin = _site(request)
    try:
        made = webauthn.verify_registration_response(
            credential=answer,
            expected_challenge=base64url_to_bytes(challenge),
            expected_rp_id=rp_id,
            expected_origin=origin,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError, KeyError, TypeError, RecursionError) as problem:
        raise NotVerifiedError("The passkey was not made.") from problem
    try:
        with transaction.atomic():
            row = Passkey.objects.create(
                user=user,
                credential_id=bytes_to_base64url(made.credential_id),
                public_key=made.credential_public_key,
                sign_count=made.sign_count,
                name=name or "Passkey",
            )
    except (IntegrityError, DataError) as problem:
        # Somebody's already, or longer than any: whose it is, is not said.
        raise NotVerifiedError("The passkey was not made.") from problem
    audit.record(
        user, "accounts.factor_added", f"user {user.key}", operation=Operation.ACCESS, factor="passkey"
    )
    return row


def passkey_to_use(request: HttpRequest, user: User) -> tuple[str, str]:
    known = Passkey.objects.filter(user=user).values_list("credential_id", flat=True)
    options = webauthn.generate_authentication_options(
        rp_id=_site(request)[0],
        allow_credentials=[structs.PublicKeyCredentialDescriptor(base64url_to_bytes(i)) for i in known],
        user_verification=structs.UserVerificationRequirement.REQUIRED,
    )
    return webauthn.options_to_json(options), bytes_to_base64url(options.challenge)


@transaction.atomic
def check_passkey(request: HttpRequest, user: User, answer: str, challenge: str) -> bool:
    """Tell whether the browser's answer to this challenge was made with one of the person's passkeys."""
    rp_id, origin = _site(request)
    row = Passkey.objects.select_for_update().filter(user=user, credential_id=_id_in(answer)).first()
    if row is None:
        return False
    try:
        used = webauthn.verify_authentication_response(
            credential=answer,
            expected_challenge=base64url_to_bytes(challenge),
            expected_rp_id=rp_id,
            expected_origin=origin,
            credential_public_key=bytes(row.public_key),
            credential_current_sign_count=row.sign_count,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError, KeyError, TypeError, RecursionError):
        return False
    row.sign_count, row.last_used_at = used.new_sign_count, timezone.now()
    row.save(update_fields=["sign_count", "last_used_at"])
    return True


def _id_in(answer: str) -> str:
    try:
        found: Any = json.loads(answer)
    except (ValueError, RecursionError):
        return ""
    told = found.get("id", "") if isinstance(found, dict) else ""
    return told if isinstance(told, str) and _CREDENTIAL_ID.fullmatch(told) else ""


# Taking away ----------------------------------------------------------------------


@transaction.atomic
def remove(user: User, key: str) -> bool:
    """Take one factor away; ``False`` when it is the last one and one is required."""
    held = held_by(user)
    if len(held.apps) + len(held.passkeys) == 1 and settings.SECOND_FACTOR == "required":
        return False
    if must_be_passkey(user) and [handle(passkey) for passkey in held.passkeys] == [key]:
        return False
    factors: list[AuthenticatorApp | Passkey] = [*held.apps, *held.passkeys]
    for factor in factors:
        if handle(factor) == key:
            factor.delete()
            audit.record(
                user,
                "accounts.factor_removed",
                f"user {user.key}",
                operation=Operation.ACCESS,
                factor=type(factor).__name__.lower(),
            )
    return True


def handle(factor: AuthenticatorApp | Passkey) -> str:
    """Return the name that a form uses for one of the person's factors."""
    return f"{'app' if isinstance(factor, AuthenticatorApp) else 'passkey'}-{factor.pk}"


def remove_all(user: User) -> None:
    """For somebody who starts afresh, or who has left: the caller runs as ``let people in``."""
    for model in (AuthenticatorApp, Passkey, RecoveryCode, ExternalIdentity):
        model.objects.filter(user=user).delete()
