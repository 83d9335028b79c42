"""Hold text that was typed when a session ran out: for a day, encrypted, for its author alone."""

from __future__ import annotations

import datetime as dt
import json
import re
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from lamplighter.hub.accounts import encryption
from lamplighter.hub.accounts.credentials import KeptText
from lamplighter.hub.accounts.models import User
from lamplighter.hub.audit import services as audit
from lamplighter.hub.audit.models import Operation

USE = "kept text"
HOURS = 24
KEPT_FOR = dt.timedelta(hours=HOURS)
MOST = 5  # a person
LONGEST = 200_000  # characters of one form
# Never kept: what opens something, and what a form carries for the software.
OWN_DOOR = re.compile(r"/account/(?!people|agencies|training)")
NEVER = re.compile(
    r"passw|secret|token|credential|^code$|^_kept$|^_leave$|^_clear$|^csrfmiddlewaretoken$", re.I
)


def _cookie() -> str:
    return "__Host-was" if settings.SESSION_COOKIE_SECURE else "was"


def mark(answer: HttpResponse, user: User) -> None:
    """Remember in this browser, for a day at most, whose session just ended. It lets nobody in."""
    value = signing.dumps([user.pk, user.get_session_auth_hash()], salt=USE)
    answer.set_cookie(
        _cookie(),
        value,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def marked(request: HttpRequest) -> User | None:
    """Return the user whose session ended in this browser, if nothing about them has changed since."""
    try:
        pk, known = signing.loads(request.COOKIES.get(_cookie(), ""), salt=USE, max_age=KEPT_FOR)
    except signing.BadSignature:
        return None
    user = User.objects.filter(pk=pk, is_active=True).first()
    same = user is not None and constant_time_compare(user.get_session_auth_hash(), known)
    return user if same else None


@dataclass(frozen=True, slots=True)
class Kept:
    """A form as it was sent: where to, and what was in it, in its order."""

    key: str
    at: dt.datetime
    path: str
    fields: list[tuple[str, str]]


def worth_keeping(request: HttpRequest) -> list[tuple[str, str]]:
    """The fields of a form that was sent too late; empty when there is nothing that somebody wrote."""
    if request.method != "POST" or OWN_DOOR.match(request.path):
        return []
    fields = [
        (name, str(value))
        for name, values in request.POST.lists()
        if not NEVER.search(name)
        for value in values
    ]
    if sum(len(n) + len(v) for n, v in fields) > LONGEST:
        return []
    return fields if any(v.strip() for _, v in fields) else []


def keep(user: User, path: str, fields: list[tuple[str, str]]) -> KeptText:
    """The caller runs as the person. Only the newest five are kept."""
    value = json.dumps({"path": path, "fields": fields}, ensure_ascii=False).encode()
    row = KeptText.objects.create(user=user, sealed=encryption.seal(value, use=USE, of=user.pk))
    stale = KeptText.objects.filter(user=user).order_by("-at", "-pk").values_list("pk", flat=True)[MOST:]
    KeptText.objects.filter(pk__in=list(stale)).delete()
    audit.record(user, "accounts.text_kept", f"kept {row.key}", operation=Operation.ACCESS)
    return row


def of(user: User) -> list[Kept]:
    """List the texts held for this person, the newest first."""
    rows = KeptText.objects.filter(user=user, at__gt=timezone.now() - KEPT_FOR).order_by("-at", "-pk")
    found = []
    for row in rows:
        try:
            value: Any = json.loads(encryption.unseal(row.sealed, use=USE, of=user.pk))
        except encryption.NotOpenedError:
            continue  # sealed under another installation's key: lost, and worth no error page at sign-in
        found.append(Kept(str(row.key), row.at, value["path"], [(n, v) for n, v in value["fields"]]))
    return found


def forget(user: User, key: str) -> None:
    KeptText.objects.filter(user=user, key=key).delete()


def forget_expired() -> int:
    """For the job: what is older than a day, of everybody. Returns how many."""
    return KeptText.objects.filter(at__lte=timezone.now() - KEPT_FOR).delete()[0]


def label(name: str) -> str:
    """A field's name as words: ``contact_plan-day_1`` is "Contact plan day 1"."""
    words = re.sub(r"[_\-]+", " ", name).strip()
    return words[:1].upper() + words[1:]


def for_people(name: str, value: str) -> bool:
    """Tell whether somebody wrote this, or the form carried it: a version, a key, a ticked box."""
    if name in {"version", "next"} or value in {"on", "true", "false"}:
        return False
    return re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", value) is None


def is_code(value: str) -> bool:
    """Tell whether this is a code of a list or a button, rather than words: ``stalking_lead``."""
    return re.fullmatch(r"[a-z][a-z0-9]*([_-][a-z0-9]+)*", value) is not None
