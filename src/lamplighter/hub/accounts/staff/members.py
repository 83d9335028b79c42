"""Invite people, change their roles and agencies, and end their accounts.

One function a business verb; each is audited. What gives an account more, or to somebody else, waits
for a second person (``accounts.staff.confirmations``).

Whatever changes what somebody may see ends their sessions at once: the stamp
is part of every session's hash.
"""

from __future__ import annotations

import datetime as dt
import secrets
from dataclasses import dataclass

from django.contrib.auth.password_validation import validate_password
from django.db import transaction
from django.utils import timezone

from lamplighter.hub.access.models import BreakGlass
from lamplighter.hub.access.wall import identity
from lamplighter.hub.accounts import encryption, hooks
from lamplighter.hub.accounts.credentials import ExternalIdentity, SignedIn
from lamplighter.hub.accounts.models import (
    ASKS,
    Agency,
    Confirmation,
    Invitation,
    Posting,
    Role,
    User,
    new_stamp,
)
from lamplighter.hub.accounts.own_account import second_factors
from lamplighter.hub.audit import services as audit
from lamplighter.hub.audit.models import Operation
from lamplighter.hub.site.refusals import ConflictError, NotPossibleError

LINK_HOURS = 72
LINK_USE = "invitation"
AT_THE_SERVER = "Made on the server, by whoever may run its commands."
What = Posting.What
# Coordinators invite people who do casework for their own agency; other roles are administrators' to give.
COORDINATORS_GIVE = frozenset(
    {Role.COORDINATOR, Role.INVESTIGATOR, Role.STALKING_LEAD, Role.PROBATION, Role.CLINICIAN, Role.ADVOCATE}
)


@dataclass(frozen=True, slots=True)
class Link:
    """An invitation and its secret, which is told once and stored nowhere."""

    invitation: Invitation
    secret: str


def may_give(by: User, role: str, agency: Agency | None) -> bool:
    if by.role == Role.ADMINISTRATOR:
        return True
    return (
        by.role == Role.COORDINATOR
        and role in COORDINATORS_GIVE
        and agency is not None
        and (agency.pk == by.agency_id)
    )


@transaction.atomic
def invite(by: User, *, username: str, display_name: str, role: str, agency: Agency | None) -> Link:
    """Make the person, who cannot sign in yet, and a link that lets them. Raises ``NotPossibleError``."""
    if not may_give(by, role, agency):
        raise NotPossibleError("You can invite people to casework in your own agency only.")
    if agency is None and role in COORDINATORS_GIVE:
        raise NotPossibleError("Somebody who does casework works for an agency.")
    if User.objects.taken(username):
        raise NotPossibleError("There is somebody with this user name already. Choose another.")
    user = User.objects.create_user(
        username,
        None,
        display_name=display_name,
        role=role,
        agency=agency,
        is_active=False,
        waits_since=timezone.now(),
        asked_by=[by.pk],
    )
    _posted(by, user, What.INVITED)
    return _link(by, user)


@transaction.atomic
def invited_at_the_server(*, username: str, display_name: str, role: str, agency: Agency | None) -> Link:
    """Make somebody, and a link that lets them in, for whoever may run commands on the server.

    Somebody who was made so before and never came in gets a new link. Raises ``NotPossibleError``.
    """
    if agency is None and role in COORDINATORS_GIVE:
        raise NotPossibleError("Somebody who does casework works for an agency: name it.")
    user = User.objects.called(username)
    if user is None and User.objects.taken(username):
        raise NotPossibleError("There is somebody whose user name reads the same. Choose another.")
    if user is None:
        user = User.objects.create_user(
            username, None, display_name=display_name, role=role, agency=agency, is_active=False
        )
        _posted(None, user, What.INVITED)
        confirmed_at_the_server(user)
    elif user.is_active or user.left_at is not None or user.role != role:
        raise NotPossibleError(
            f"There is somebody with the user name {username} already. Send a new sign-in link on the page "
            "Accounts."
        )
    if user.waits_since is not None:
        confirmed_at_the_server(user)
    return _link(None, user)


def confirmed_at_the_server(user: User) -> None:
    """Count an account as confirmed by whoever may run commands on the server, and write that down."""
    newest = Posting.objects.filter(user=user, what__in=ASKS).order_by("pk").last()
    User.objects.filter(pk=user.pk).update(waits_since=None, asked_by=[])
    user.waits_since, user.asked_by = None, []
    Confirmation.objects.create(user=user, posting=newest, agrees=True, words=AT_THE_SERVER)
    audit.record(None, "accounts.confirmed", f"user {user.key}", reason=AT_THE_SERVER, by="operator")


@transaction.atomic
def fresh_start(by: User, user: User, reason: str, *, seen: str | None = None) -> Link:
    """A new link for somebody who lost what they sign in with. What they had stops working at once."""
    _not_oneself(by, user)
    nobody_was_first(user, seen)
    if not may_give(by, user.role, user.agency):
        raise NotPossibleError("You can do this for people who do casework in your own agency only.")
    if user.left_at is not None:
        raise NotPossibleError("They have left.")
    user.set_unusable_password()
    _waits(by, user, "password")
    end_sessions(user)
    _end_glasses(user)
    with identity.as_service("let people in"):
        second_factors.remove_all(user)
    _posted(by, user, What.FRESH_START, reason)
    return _link(by, user)


def _waits(by: User, user: User, *changed: str) -> None:
    """Save a change that somebody else must confirm before the account opens anything again."""
    before = user.asked_by if user.waits_since is not None else []
    user.waits_since, user.asked_by = timezone.now(), [*before, by.pk]
    user.save(update_fields=[*changed, "waits_since", "asked_by"])


def _link(by: User | None, user: User) -> Link:
    now = timezone.now()
    Invitation.objects.filter(user=user, used_at=None, withdrawn_at=None).update(withdrawn_at=now)
    secret = secrets.token_urlsafe(24)
    made = Invitation.objects.create(
        user=user,
        by=by,
        digest=encryption.digest(secret, use=LINK_USE),
        expires_at=now + dt.timedelta(hours=LINK_HOURS),
    )
    return Link(made, secret)


def invited_by(secret: str) -> Invitation | None:
    """The invitation that this link opens, if it still does."""
    with identity.as_service("let people in"):
        return (
            Invitation.objects.select_related("user", "user__agency", "by")
            .filter(
                digest=encryption.digest(secret, use=LINK_USE),
                used_at=None,
                withdrawn_at=None,
                expires_at__gt=timezone.now(),
                user__left_at=None,
            )
            .first()
        )


@transaction.atomic
def accept(
    invitation: Invitation, *, password: str | None = None, issuer: str = "", subject: str = ""
) -> User:
    """Use the link up: with a password, or with who the person is at their organisation.

    Raises ``NotPossibleError`` when somebody else used it first, or the
    organisation's account is another person's here.
    """
    with identity.as_service("let people in"):
        found = Invitation.objects.select_for_update(of=("self",)).get(pk=invitation.pk)
        if found.used_at or found.withdrawn_at or found.expires_at <= timezone.now():
            raise NotPossibleError("This link was used already, or it is older than 72 hours.")
        user = User.objects.select_for_update(of=("self",)).get(pk=found.user_id)
        if password is not None:
            validate_password(password, user)
            user.set_password(password)
        else:
            known = ExternalIdentity.objects.filter(issuer=issuer, subject=subject).first()
            if known is not None and known.user_id != user.pk:
                raise NotPossibleError("That account of your organisation belongs to somebody else here.")
            if known is None:
                ExternalIdentity.objects.create(user=user, issuer=issuer, subject=subject)
        first = not user.is_active
        user.is_active, user.stamp = True, new_stamp()
        user.save(update_fields=["password", "is_active", "stamp"])
        found.used_at = timezone.now()
        found.save(update_fields=["used_at"])
        if first:
            _posted(None, user, What.JOINED)
    with identity.as_person(user):
        audit.record(user, "accounts.link_used", f"user {user.key}", operation=Operation.ACCESS)
    return user


@transaction.atomic
def leave(by: User, user: User, reason: str = "", *, seen: str | None = None) -> int:
    """Somebody leaves: out at once, clocks back to their team, no glass left open.

    Returns how many clocks went back.
    """
    _not_oneself(by, user)
    nobody_was_first(user, seen)
    if user.left_at is not None:
        raise NotPossibleError("They have left already.")
    user.is_active, user.left_at = False, timezone.now()
    user.set_unusable_password()
    user.save(update_fields=["is_active", "left_at", "password"])
    handed_back = shut(user)
    _posted(by, user, What.LEFT, reason)
    return handed_back


def shut(user: User) -> int:
    """End everything that an account holds at once: sessions, links, second steps, emergency access, tasks.

    Returns how many clocks went back to their team.
    """
    end_sessions(user)
    with identity.as_service("let people in"):
        Invitation.objects.filter(user=user, used_at=None, withdrawn_at=None).update(
            withdrawn_at=timezone.now()
        )
        second_factors.remove_all(user)
    return _let_go(user)


@transaction.atomic
def transfer(
    by: User, user: User, agency: Agency, role: str, reason: str = "", *, seen: str | None = None
) -> int:
    """From now on they work for another agency. What they saw as one of the old agency is gone at once.

    So is what the old agency could let them in with: its sign-on, and a link that nobody has used yet.
    """
    _not_oneself(by, user)
    nobody_was_first(user, seen)
    if user.left_at is not None:
        raise NotPossibleError("They have left.")
    if user.agency_id == agency.pk:
        raise NotPossibleError("They work there already. To change the role only, change the role.")
    user.agency, user.role = agency, role
    _waits(by, user, "agency", "role")
    end_sessions(user)
    Invitation.objects.filter(user=user, used_at=None, withdrawn_at=None).update(withdrawn_at=timezone.now())
    with identity.as_service("let people in"):
        ExternalIdentity.objects.filter(user=user).delete()
    handed_back = _let_go(user)
    _posted(by, user, What.TRANSFER, reason)
    return handed_back


@transaction.atomic
def change_role(by: User, user: User, role: str, reason: str = "", *, seen: str | None = None) -> None:
    """From now on they work in another role; what the old one saw is gone at once."""
    _not_oneself(by, user)
    nobody_was_first(user, seen)
    if user.left_at is not None:
        raise NotPossibleError("They have left.")
    if user.role == role:
        raise NotPossibleError("They have this role already.")
    if user.agency_id is None and role in COORDINATORS_GIVE:
        raise NotPossibleError("Somebody who does casework works for an agency. Move them to one.")
    user.role = role
    _waits(by, user, "role")
    end_sessions(user)
    _end_glasses(user)
    _posted(by, user, What.ROLE, reason)


def change_password(user: User, password: str) -> None:
    """Their own, checked by the form already. Ends every session; the caller renews this one."""
    user.set_password(password)
    user.stamp = new_stamp()
    user.save(update_fields=["password", "stamp"])
    audit.record(user, "accounts.password_changed", f"user {user.key}", operation=Operation.ACCESS)


def end_sessions(user: User) -> None:
    """Every session of this person ends at its next request."""
    user.stamp = new_stamp()
    with identity.as_service("let people in"):
        user.save(update_fields=["stamp"])
        SignedIn.objects.filter(user=user, ended_at=None).update(ended_at=timezone.now())
    audit.record(None, "accounts.sessions_ended", f"user {user.key}", operation=Operation.ACCESS)


def add_agency(by: User | None, *, code: str, name: str, kind: str) -> Agency:
    if Agency.objects.filter(pk=code).exists():
        raise NotPossibleError("There is an agency with this code already.")
    made = Agency.objects.create(code=code, name=name, kind=kind)
    audit.record(by, "accounts.agency_added", f"agency {code}", fields=["code", "name", "kind"])
    return made


def _let_go(user: User) -> int:
    """Running clocks back to the team that owns them; open glasses shut."""
    handed_back = hooks.let_go(user)
    _end_glasses(user)
    return handed_back


def _end_glasses(user: User) -> None:
    now = timezone.now()
    with identity.as_service("watch access"):
        BreakGlass.objects.filter(user=user, ended_at=None, expires_at__gt=now).update(ended_at=now)


def _posted(by: User | None, user: User, what: str, reason: str = "") -> None:
    Posting.objects.create(
        user=user, what=what, agency_id=user.agency_id, role=user.role, reason=reason, by=by
    )
    audit.record(
        by,
        f"accounts.{what}",
        f"user {user.key}",
        fields=["agency", "role"],
        reason=reason,
        role=str(user.role),
        agency=user.agency_id or "",
    )


def version(user: User) -> str:
    """Return the last change of this account, for a form that is sent over it; "" for none."""
    newest = Posting.objects.filter(user=user).order_by("pk").last()
    return newest.at.isoformat() if newest else ""


def nobody_was_first(user: User, seen: str | None) -> None:
    """One change of an account at a time, and none over one that its writer has not read.

    ``seen`` is what :func:`version` said when they began; ``None`` does not ask.
    Raises ``ConflictError``. ``user`` is afterwards as it stands now.
    """
    User.objects.select_for_update(of=("self",)).get(pk=user.pk)
    user.refresh_from_db()
    newest = Posting.objects.select_related("by", "agency").filter(user=user).order_by("pk").last()
    if seen is not None and newest is not None and newest.at.isoformat() != seen:
        raise ConflictError(newest=newest)


def _not_oneself(by: User, user: User) -> None:
    if by.pk == user.pk:
        raise NotPossibleError("Nobody does this to their own account. Ask another administrator.")
