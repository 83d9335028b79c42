"""From a password to a session: between the two somebody is nobody yet.

After the password the session remembers who is at the door (``waiting``), and
nothing else: the person is signed in only when the second factor has been
shown, so that no page needs to ask whether it was.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import time
from typing import Any

from django.conf import settings
from django.contrib.auth import login
from django.db.models import F
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.http import url_has_allowed_host_and_scheme

from lamplighter.hub.access.wall import identity
from lamplighter.hub.accounts.credentials import AtTheDoor, SignedIn
from lamplighter.hub.accounts.models import User
from lamplighter.hub.accounts.own_account import second_factors, timed_out_text
from lamplighter.hub.accounts.staff import confirmations
from lamplighter.hub.audit import services as audit
from lamplighter.hub.audit.models import Operation

BACKEND = "django.contrib.auth.backends.ModelBackend"
WAITING = "waiting"
WAIT_SECONDS = 10 * 60
TRIES = 5
RECENT_SECONDS = 15 * 60
# Who was signed in last at this browser: an account that is used where whoever asked for it was signed in
# just before is put before an auditor.
WAS_HERE = "was_here"
# An invitation that was opened at this browser and not used yet.
LINK = "link"


def password_accepted(request: HttpRequest, user: User, goal: str = "", how: str = "password") -> str:
    """Go on from an accepted password, or its like; returns the address of the next step."""
    with identity.as_person(user):
        held = second_factors.held_by(user)
    if not held and settings.SECOND_FACTOR == "optional":
        there = complete(request, user, how, goal)
        # Not enough any more as soon as a second factor is required.
        request.session["factor"] = "password"
        return there
    request.session.cycle_key()
    with identity.as_person(user):
        over = timezone.now() - dt.timedelta(seconds=WAIT_SECONDS)
        AtTheDoor.objects.filter(user=user, at__lt=over).delete()
        door = AtTheDoor.objects.create(user=user)
    request.session[WAITING] = {
        "user": user.pk,
        "door": str(door.key),
        "hash": user.get_session_auth_hash(),
        "at": int(time.time()),
        "goal": goal,
        "how": how,
        "enrol": not held,
    }
    return reverse("accounts:second_step" if held else "accounts:enrol")


def waiting(request: HttpRequest, *, enrol: bool) -> User | None:
    """Return who waits for the next step: at most ten minutes and five tries, if unchanged since."""
    found = request.session.get(WAITING)
    if not found or found["enrol"] != enrol:
        return None
    user = User.objects.select_related("agency").filter(pk=found["user"], is_active=True).first()
    if (
        user is None
        or time.time() - found["at"] > WAIT_SECONDS
        or _tries(user, found) >= TRIES
        or not constant_time_compare(found["hash"], user.get_session_auth_hash())
    ):
        del request.session[WAITING]
        return None
    return user


def _tries(user: User, found: dict[str, Any]) -> int:
    """Return how often the second step was tried since the password."""
    with identity.as_person(user):
        door = found.get("door")
        row = AtTheDoor.objects.filter(user=user, key=door).first() if door else None
    return TRIES if row is None else row.tries


def takes_a_try(request: HttpRequest, user: User) -> bool:
    """Count a try before anything is looked at; ``False`` after five, when the password is asked for again.

    In one statement on the row: of forty tries at the same moment five are looked at.
    """
    door = request.session[WAITING]["door"]
    with identity.as_person(user):
        rows = AtTheDoor.objects.filter(user=user, key=door, tries__lt=TRIES)
        return rows.update(tries=F("tries") + 1) == 1


def refused(request: HttpRequest, user: User) -> None:
    """Write down a second factor that was not right."""
    with identity.as_person(user):
        audit.record(user, "accounts.factor_refused", f"user {user.key}", operation=Operation.ACCESS)


def second_factor_shown(request: HttpRequest, user: User, how: str) -> str:
    goal = request.session.get(WAITING, {}).get("goal", "")
    return complete(request, user, how, goal)


def complete(request: HttpRequest, user: User, how: str, goal: str = "") -> str:
    """Sign somebody in; returns where they go: to text kept for them, to where they wanted, or home."""
    door = request.session.pop(WAITING, {}).get("door")
    before = request.user.pk if request.user.is_authenticated else request.session.pop(WAS_HERE, None)
    login(request, user, backend=BACKEND)
    request.session.pop(LINK, None)
    now = int(time.time())
    request.session.update({"factor": how, "began_at": now, "seen_at": now, "confirmed_at": now})
    with identity.as_person(user):
        SignedIn.objects.create(user=user, how=how, stamp=user.stamp, session=digest_of(request))
        audit.record(user, "accounts.signed_in", f"user {user.key}", operation=Operation.ACCESS, how=how)
        AtTheDoor.objects.filter(user=user, key=door).delete()
        if before not in (None, user.pk) and confirmations.asked_between(user, before):
            other = User.objects.get(pk=before)
            audit.record(
                user,
                "accounts.one_browser",
                f"user {user.key}",
                operation=Operation.ACCESS,
                other=str(other.key),
            )
        if user.waits_since is not None:
            return reverse("accounts:waits")
        if timed_out_text.of(user):
            return reverse("accounts:kept")
    secure = request.is_secure()
    if goal and url_has_allowed_host_and_scheme(goal, {request.get_host()}, require_https=secure):
        return goal
    return reverse("home")


def renew(request: HttpRequest, user: User) -> None:
    """After a new password or stamp: this session goes on under a new key, all others end."""
    request.session.cycle_key()
    request.session["_auth_user_hash"] = user.get_session_auth_hash()
    SignedIn.objects.create(
        user=user, how=request.session.get("factor", ""), stamp=user.stamp, session=digest_of(request)
    )


def remember(request: HttpRequest, user: Any) -> None:
    """Keep, in the new session of a browser that was just signed out, who was signed in there."""
    request.session[WAS_HERE] = user.pk


def digest_of(request: HttpRequest) -> str:
    return hashlib.sha256((request.session.session_key or "").encode()).hexdigest()


def confirmed_lately(request: HttpRequest) -> bool:
    """Tell whether the person showed who they are within 15 minutes: changing a safeguard asks for that."""
    since: float = request.session.get("confirmed_at", 0)
    return time.time() - since < RECENT_SECONDS


def confirm(request: HttpRequest) -> None:
    request.session["confirmed_at"] = int(time.time())


def ended(user: Any, request: HttpRequest, why: str) -> None:
    """Write down that a session ended; the caller ends it."""
    with identity.as_person(user):
        SignedIn.objects.filter(user=user, session=digest_of(request)).update(ended_at=timezone.now())
        audit.record(user, "accounts.signed_out", f"user {user.key}", operation=Operation.ACCESS, why=why)
