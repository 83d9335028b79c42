"""Everything on a case that the person may see, on one line, the newest first.

The lines of the history are of this context; what else has a day on the case
comes from the contexts that hold it. An application names its module in
``AppConfig.case_timeline``; the module holds ``items(user, case, as_at, query)``
and returns what its own selectors give to this person. Nothing is read here
that the person could not read on another page, and nothing is counted.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from django.apps import apps
from django.utils import timezone

from lamplighter.hub.accounts.models import User
from lamplighter.hub.cases import presenters, selectors
from lamplighter.hub.cases.models import Case, Entry

REPORTS = "reports"
NOTES = "notes"
DECISIONS = "decisions"
VICTIM = "victim"
SUSPECT = "suspect"
SHARING = "sharing"
TASKS = "tasks"
PEOPLE = "people"
ACCESS = "access"
OTHER = "other"
TOPICS = {
    REPORTS: "Reports",
    NOTES: "Contacts and notes",
    DECISIONS: "Decisions and status",
    VICTIM: "Victim’s side",
    SUSPECT: "Suspect’s side",
    SHARING: "Sharing",
    TASKS: "Tasks",
    PEOPLE: "People and agencies",
    ACCESS: "Emergency access",
    OTHER: "Other",
}
# Kinds of lines of the history; of the others, what stands before the full stop says whose they are.
OF_KIND = {
    "agency": PEOPLE,
    "breach": REPORTS,
    "follow_up": DECISIONS,
    "glass_broken": ACCESS,
    "legal_status": DECISIONS,
    "meeting": DECISIONS,
    "note": NOTES,
    "order": DECISIONS,
    "order.decision": DECISIONS,
    "people": PEOPLE,
    "referral": DECISIONS,
    "release": SHARING,
    "report": REPORTS,
    "status": DECISIONS,
    "task": TASKS,
    "triage": DECISIONS,
    "victim.contact": NOTES,
    "warning": NOTES,
    "victims_code": VICTIM,
}
OF_SIDE = {"victim": VICTIM, "intervention": SUSPECT}


@dataclass(frozen=True, slots=True)
class Item:
    """One line: ``at`` is where it stands (``None``: no day is known, so last of all), ``topic`` its filter.

    ``line`` is what the page prints, as :func:`lamplighter.hub.cases.presenters.entry` gives it; it may say
    ``day`` in words, where the exact time is not known, and ``strong`` to stand out. ``entry``: the id of a
    line of the history, printed when it is on the page.
    """

    at: dt.datetime | None
    topic: str
    line: Mapping[str, Any] | None = None
    entry: int = 0


def topic_of(kind: str) -> str:
    return OF_KIND.get(kind) or OF_SIDE.get(kind.split(".")[0], OTHER)


def items(user: User, case: Case, as_at: dt.datetime | None, query: str = "") -> list[Item]:
    """Return what the person may see of the case, or could at ``as_at``, the newest first."""
    rows = selectors.entries(case, as_at).select_related(None).order_by("-happened_at", "-pk")
    told = list(rows.values_list("pk", "happened_at", "kind", "of_key"))
    other = _topics({pk: key for pk, _, kind, key in told if kind == "note" and key}, as_at)
    found = [Item(at, other.get(pk) or topic_of(kind), entry=pk) for pk, at, kind, _ in told]
    for config in apps.get_app_configs():
        if name := getattr(config, "case_timeline", ""):
            found += import_module(name).items(user, case, as_at, query)
    never = timezone.make_aware(dt.datetime(1900, 1, 1))
    return sorted(found, key=lambda item: (item.at is not None, item.at or never), reverse=True)


def _topics(notes: Mapping[int, uuid.UUID], as_at: dt.datetime | None) -> dict[int, str]:
    """Notes that are something else than a note, by the id of their line."""
    found: dict[int, str] = {}
    for config in apps.get_app_configs() if notes else ():
        if name := getattr(config, "case_history", ""):
            found |= import_module(name).topics(notes, as_at)
    return found


def topics(found: list[Item]) -> list[str]:
    """Return the topics of these lines, in the order of their filter."""
    there = {item.topic for item in found}
    return [topic for topic in TOPICS if topic in there]


def lines(
    shown: list[Item], case: Case, user: User, query: str = "", as_at: dt.datetime | None = None
) -> list[dict[str, Any]]:
    """Return what the page prints of these items, in their order."""
    rows = Entry.objects.filter(pk__in=[i.entry for i in shown if i.entry]).select_related("by", "owner")
    entries = list(rows)
    told = presenters.history(entries, case, user, query, as_at)
    of_entry = {row.pk: line for row, line in zip(entries, told, strict=True)}
    # A line that was erased meanwhile is left out.
    return [
        of_entry[i.entry] if i.entry else dict(i.line or {})
        for i in shown
        if not i.entry or i.entry in of_entry
    ]
