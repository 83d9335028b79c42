"""Reading the trail, for auditors: the database gives nobody else a row of it."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import Q, QuerySet
from django.http import Http404
from django.utils import timezone

from lamplighter.hub.accounts.models import Agency, User
from lamplighter.hub.accounts.sign_in.user_names import spellings
from lamplighter.hub.audit import words
from lamplighter.hub.audit.models import Checkpoint, Event, UnusualAccess

PAGE = 50
# What was typed in a search is held nowhere; only that it was this.
TYPED = {
    "own_name": "The search was for their own name.",
    "family_name": "The search was for their own family name.",
}
MOST_UNUSUAL = 100


@dataclass(frozen=True, slots=True)
class Asked:
    """Auditor's search. ``before`` is the number of the event where the page before ended."""

    people: list[User] | None = None
    operation: str = ""
    case_id: int | None = None
    subject: str = ""
    since: dt.date | None = None
    until: dt.date | None = None
    before: int | None = None


def _midnight(day: dt.date) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(day, dt.time()))


def events(asked: Asked) -> tuple[list[Event], bool]:
    """The events asked for, newest first, and whether there are older ones."""
    rows: QuerySet[Event] = Event.objects.select_related("actor")
    if asked.people is not None:
        rows = rows.filter(actor__in=asked.people)
    if asked.operation:
        rows = rows.filter(operation=asked.operation)
    if asked.case_id is not None:
        named = Q(detail__has_key="of_cases", detail__of_cases__has_key=str(asked.case_id))
        rows = rows.filter(Q(case_id=asked.case_id) | named)
    if asked.subject:
        rows = rows.filter(Q(subject=asked.subject) | Q(detail__of_records__has_key=asked.subject))
    if asked.since:
        rows = rows.filter(at__gte=_midnight(asked.since))
    if asked.until:
        rows = rows.filter(at__lt=_midnight(asked.until + dt.timedelta(days=1)))
    if asked.before:
        rows = rows.filter(pk__lt=asked.before)
    found = list(rows.order_by("-pk")[: PAGE + 1])
    return found[:PAGE], len(found) > PAGE


def people_called(text: str) -> list[User]:
    """Those with this user name, or this name, whole."""
    rows = User.objects.filter(username__in=spellings(text)) | User.objects.filter(
        display_name__iexact=text.strip()
    )
    return list(rows[:50])


def case_called(text: str) -> int | None:
    """The number of the case with this reference or key, for auditors."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT audit_case(%s)", [text.strip()])
        found: int | None = cursor.fetchone()[0]
    return found


def last_checkpoint() -> Checkpoint | None:
    return Checkpoint.objects.order_by("-position", "-pk").first()


def unusual(waiting: bool) -> list[UnusualAccess]:
    rows = UnusualAccess.objects.select_related("user__agency", "closing__user")
    rows = rows.filter(closing=None) if waiting else rows.exclude(closing=None)
    return list(rows.order_by("-at", "-pk")[:MOST_UNUSUAL])


def unusual_waiting() -> int:
    """Return how many wait for somebody to judge, however many a page shows."""
    return UnusualAccess.objects.filter(closing=None).count()


def one_unusual(key: uuid.UUID) -> UnusualAccess:
    try:
        return UnusualAccess.objects.select_related("user__agency").get(key=key)
    except UnusualAccess.DoesNotExist:
        raise Http404 from None


def lines(found: list[Event]) -> list[dict[str, Any]]:
    """Return the events as a page shows them: names and words, and the ids for those who check them."""
    called = references(found)
    about = subjects(found, called)
    agencies = dict(Agency.objects.filter(code__in={e.agency for e in found}).values_list("code", "name"))
    return [
        {
            "number": event.pk,
            "at": event.at,
            "who": event.actor.display_name if event.actor else "The hub itself",
            "agency": agencies.get(event.agency, event.agency),
            "service": event.service,
            "operation": event.get_operation_display(),
            "what": words.in_words(event.verb),
            "verb": event.verb,
            "about": about[event.pk],
            "subject": event.subject,
            "fields": ", ".join(field.replace("_", " ") for field in event.fields),
            "reason": event.reason,
            "named": ", ".join(called[pk] for pk in cases_named(event) if pk in called),
            "records": ", ".join(event.detail.get("of_records", ())),
            "typed": TYPED.get(event.detail.get("typed", ""), ""),
        }
        for event in found
    ]


def cases_named(event: Any) -> list[int]:
    """Return the cases that a list or a search named."""
    return [int(pk) for pk in event.detail.get("of_cases", ())]


def subjects(events: Iterable[Any], called: Mapping[int, str]) -> dict[int, str]:
    """Return what each event was about, by the event's id: a name where auditors may know one, else its kind.

    An account is called by its person's name and a case by its reference, as far as the database tells this
    reader; nothing recorded about a person of a case is ever read here.
    """
    found = list(events)
    named = _accounts(found) | _agencies(found)
    told = {}
    for event in found:
        kind, _, key = event.subject.partition(" ")
        about = named.get(event.subject) or words.WHOLE.get(event.subject)
        if not about and key and kind in words.SUBJECTS:
            about = words.SUBJECTS[kind] if _opaque(key) else f"{words.SUBJECTS[kind]} {key}"
        case = called.get(event.case_id)
        if case and kind == "case":
            about = f"Case {case}"
        elif case:
            about = f"{about or event.subject.capitalize()}, case {case}"
        told[event.pk] = about or event.subject.capitalize()
    return told


def _is_uuid(key: str) -> bool:
    try:
        uuid.UUID(key)
    except ValueError:
        return False
    return True


def _opaque(key: str) -> bool:
    # A pattern, a person of the records or an agency's code is what people call it; a digest is not.
    return _is_uuid(key) or len(key) > 24


def _accounts(events: list[Any]) -> dict[str, str]:
    """The person's name by the subject ("user …" or "person …", with the key of an account)."""
    pairs = {
        e.subject: e.subject.partition(" ")[2] for e in events if e.subject.startswith(("user ", "person "))
    }
    keys = {key for key in pairs.values() if _is_uuid(key)}
    names = {
        str(key): name for key, name in User.objects.filter(key__in=keys).values_list("key", "display_name")
    }
    return {subject: names[key] for subject, key in pairs.items() if key in names}


def _agencies(events: list[Any]) -> dict[str, str]:
    codes = {e.subject.removeprefix("agency ") for e in events if e.subject.startswith("agency ")}
    rows = Agency.objects.filter(code__in=codes).values_list("code", "name") if codes else ()
    return {f"agency {code}": name for code, name in rows}


def references(events: Iterable[Any]) -> dict[int, str]:
    """Return what the cases of these events are called, by their ids, as far as this reader may know."""
    ids = {pk for e in events for pk in (e.case_id, *cases_named(e)) if pk}
    if not ids:
        return {}
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, reference FROM audit_references(%s)", [sorted(ids)])
        return dict(cursor.fetchall())
