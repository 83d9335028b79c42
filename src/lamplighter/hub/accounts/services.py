"""The only writers of accounts: people, agencies and feed tokens."""

from __future__ import annotations

import hashlib
import secrets

from django.db import transaction
from django.utils import timezone

from lamplighter.hub.accounts.models import Agency, FeedToken, User


class UnknownAgencyError(LookupError):
    """There is no agency with this code, and nobody said what kind of agency it would be."""


def ensure_agency(code: str, name: str | None = None, kind: str | None = None) -> Agency:
    """Return the agency with this code; make it where there is none and its kind is said.

    The kind opens partitions of the wall: it is never assumed. Raises ``UnknownAgencyError``.
    """
    found = Agency.objects.filter(code=code).first()
    if found is not None:
        return found
    if kind not in Agency.Kind.values:
        kinds = ", ".join(Agency.Kind.values)
        raise UnknownAgencyError(f"There is no agency {code!r}. Add it first, and say its kind: {kinds}.")
    plain_name = name or code.replace("-", " ").title()
    agency, _ = Agency.objects.get_or_create(code=code, defaults={"name": plain_name, "kind": kind})
    return agency


@transaction.atomic
def ensure_user(username: str, *, password: str, display_name: str, role: str, agency: Agency | None) -> User:
    """Make a user, or give an existing one this name, role, agency and password."""
    user = User.objects.select_for_update(of=("self",)).filter(username=username.lower()).first()
    if user is None:
        return User.objects.create_user(
            username, password, display_name=display_name, role=role, agency=agency
        )
    user.display_name, user.role, user.agency, user.is_active = display_name, role, agency, True
    user.set_password(password)
    user.save()
    return user


def issue_feed_token(agency: Agency, label: str) -> tuple[FeedToken, str]:
    """A new token; its text is returned once and never stored."""
    text = f"llf_{secrets.token_urlsafe(32)}"
    return FeedToken.objects.create(agency=agency, label=label, digest=token_digest(text)), text


def revoke_feed_token(token: FeedToken) -> None:
    token.revoked_at = token.revoked_at or timezone.now()
    token.save(update_fields=["revoked_at"])


def token_digest(text: str) -> str:
    # A random token of 256 bits needs no salt or slow hash; the digest only keeps it out of the database.
    return hashlib.sha256(text.encode()).hexdigest()


def agency_of_token(text: str) -> Agency | None:
    """The agency whose feed shows this token, or ``None``; notes that it was used."""
    token = (
        FeedToken.objects.select_related("agency").filter(digest=token_digest(text), revoked_at=None).first()
    )
    if token is None:
        return None
    FeedToken.objects.filter(pk=token.pk).update(last_used_at=timezone.now())
    return token.agency
