"""The only writers of accounts: people, agencies and feed tokens."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from lamplighter.hub.accounts.configuration import AGENCIES
from lamplighter.hub.accounts.models import Agency, FeedToken, User
from lamplighter.hub.audit import services as audit
from lamplighter.hub.site.errors import OperatorError
from lamplighter.rule_files.faults import Fault, quoted
from lamplighter.vocabulary.codes import code_set


class UnknownAgencyError(OperatorError):
    """Nobody has said of which kind an agency is, and the kind decides what its people may read."""

    def __init__(self, code: str) -> None:
        super().__init__(
            f"There is no agency {quoted(code)} yet. An administrator adds it, with its kind, on the page "
            "Agencies, with `lamplighter hub add-agency`, or in agencies.toml of the installation."
        )


@dataclass(frozen=True, slots=True)
class Declared:
    """An agency as the hub's own file names it."""

    code: str
    name: str
    kind: str


def ensure_agency(code: str, name: str | None = None, kind: str | None = None) -> Agency:
    """Return the agency with this code; one that is new is made, of the kind that is given or listed.

    Raises ``UnknownAgencyError`` for an agency that is new and in no list: its
    kind is not guessed.
    """
    if agency := Agency.objects.filter(pk=code).first():
        return agency
    listed = code_set("agencies").codes.get(code)
    kind = kind or (str(listed.extra["kind"]) if listed else "")
    if not kind:
        raise UnknownAgencyError(code)
    plain_name = name or code.replace("-", " ").title()
    return Agency.objects.get_or_create(code=code, defaults={"name": plain_name, "kind": kind})[0]


def contradictions(declared: Iterable[Declared]) -> list[Fault]:
    """Return an error for each declared agency that the database has as of another kind."""
    rows = list(declared)
    there = Agency.objects.in_bulk([row.code for row in rows])
    return [
        Fault(
            "contradicts",
            AGENCIES.file,
            f"[[agency]] {quoted(row.code)}, key kind",
            f"is {quoted(row.kind)}, and in the hub it is {quoted(there[row.code].kind)}.",
            "The kind decides what its people may read, and no file changes it. Correct the file; where the "
            "hub is wrong, add the agency under another code and move its people there.",
        )
        for row in rows
        if row.code in there and there[row.code].kind != row.kind
    ]


def take_in_agencies(declared: Iterable[Declared]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Make each declared agency that is not there, and give those that are the name of the file.

    Returns the codes of those that were added, and renamed. None is removed.
    The caller has asked for ``contradictions`` in the same transaction.
    """
    added, renamed = [], []
    for row in declared:
        there = Agency.objects.filter(pk=row.code).first()
        if there is None:
            Agency.objects.create(code=row.code, name=row.name, kind=row.kind)
            added.append(row.code)
            audit.record(None, "accounts.agency_added", f"agency {row.code}", fields=["code", "name", "kind"])
        elif there.name != row.name:
            Agency.objects.filter(pk=row.code).update(name=row.name)
            renamed.append(row.code)
            audit.record(None, "accounts.agency_renamed", f"agency {row.code}", fields=["name"])
    return tuple(added), tuple(renamed)


@transaction.atomic
def ensure_user(username: str, *, password: str, display_name: str, role: str, agency: Agency | None) -> User:
    """Make a user, or give an existing one this name, role, agency and password."""
    known = User.objects.called(username)
    user = User.objects.select_for_update(of=("self",)).get(pk=known.pk) if known else None
    if user is None:
        return User.objects.create_user(
            username, password, display_name=display_name, role=role, agency=agency
        )
    user.display_name, user.role, user.agency, user.is_active = display_name, role, agency, True
    user.waits_since = None
    user.set_password(password)
    user.save()
    return user


def issue_feed_token(agency: Agency, label: str) -> tuple[FeedToken, str]:
    """A new token; its text is returned once and never stored."""
    text = f"llf_{secrets.token_urlsafe(32)}"
    return FeedToken.objects.create(agency=agency, label=label, digest=token_digest(text)), text


def revoke_feed_tokens(agency: Agency, label: str) -> int:
    """Refuse every token of an agency that carries a label, from now on. Returns how many were in use."""
    in_use = FeedToken.objects.filter(agency=agency, label=label, revoked_at=None)
    return in_use.update(revoked_at=timezone.now())


def feed_labels(agency: Agency) -> list[str]:
    """Return the labels of an agency's tokens that are in use, in order."""
    in_use = FeedToken.objects.filter(agency=agency, revoked_at=None)
    return list(in_use.order_by("label").values_list("label", flat=True).distinct())


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
