"""Order the service navigation as people work, short enough for one line; the rest is on the page "More".

A context offers entries as ``navigation = [(text, url name, permission)]`` on its ``AppConfig``;
``permission`` names a function in ``accounts.permissions``. What each is for stands here, beside the order.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import Any

from django.apps import apps
from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

# First what is done every day, then what is checked, then what is set up. Any other entry comes last.
ORDER: dict[str, str] = {
    "clocks:mine": "What is overdue, due today and due this week.",
    "patterns:list": "Reports that may be stalking, and wait for a decision.",
    "cases:list": "The cases that you can open.",
    "meetings:list": "The hub’s meetings: when they are, their agenda and minutes.",
    "intake:new": "Enter a report and see what it joins.",
    "audit:events": "What people did and saw.",
    "audit:unusual": "Access to records that somebody should check.",
    "intake:history": "Files that agencies sent, and how each row was used.",
    "oversight:reviews": "Review access that was opened in an emergency.",
    "rights:requests": "Requests for personal data, and how long records are held.",
    "accounts:to_confirm": "New and changed accounts that a second person must confirm.",
    "caseload:index": "How many cases, whose, how long things took, and what is late.",
    "insight:index": "How well the hub answers reports, in figures.",
    "workforce:list": "Reports about people who work for an agency, and who deals with them.",
    "improvement:list": "What the hub undertook to do better, by when, and what shows that it did.",
    "elsewhere:releases": "What the national index said, and what goes back to it.",
    "accounts:people": "Who can sign in, their roles, agencies and training.",
    "operations:status": "Whether everything runs, and background work that failed.",
    "configuration:parts": "The rules and time limits that this hub runs on.",
    "instruments_register:register": "Instruments of this hub, and the licences that it holds for them.",
}
# So many entries and letters stand on one line of a laptop: tests/browser/design/test_navigation.py.
MOST, MOST_LETTERS = 7, 72


MORE = "More"


@dataclass(frozen=True, slots=True)
class Entry:
    """One place to go: ``text`` of the link, ``about`` in a sentence, and its address."""

    text: str
    about: str
    href: str


def entries(user: Any) -> list[Entry]:
    """Return every entry that this person may open, in the order of work."""
    asked = import_module(settings.PERMISSIONS)
    found = [
        (text, name)
        for config in apps.get_app_configs()
        for text, name, permission in getattr(config, "navigation", ())
        if getattr(asked, permission)(user)
    ]
    rank = {name: place for place, name in enumerate(ORDER)}
    found.sort(key=lambda entry: rank.get(entry[1], len(rank)))
    return [Entry(text, ORDER.get(name, ""), reverse(name)) for text, name in found]


def shown(user: Any) -> list[Entry]:
    """Return the entries that stand in the navigation by themselves."""
    return _fitting(entries(user))


def _fitting(found: list[Entry]) -> list[Entry]:
    if len(found) <= MOST and _letters(found) <= MOST_LETTERS:
        return found
    found = found[: MOST - 1]
    while _letters(found) + len(MORE) > MOST_LETTERS:
        found.pop()
    return found


def _letters(found: list[Entry]) -> int:
    return sum(len(entry.text) for entry in found)


def more(user: Any) -> list[Entry]:
    """Return the entries that are on the page "More": none where one line holds them all."""
    found = entries(user)
    return found[len(_fitting(found)) :]


def navigation(request: HttpRequest) -> list[dict[str, Any]]:
    """Return the items of the service navigation, with the one marked that the page belongs to."""
    user = request.user
    found = entries(user)
    visible = _fitting(found)
    rest = found[len(visible) :]
    # The longest matching address is where we are, so that /reports/new does not light up /reports.
    matching = [e for e in [*visible, *rest] if request.path.startswith(e.href)]
    here = max(matching, key=lambda e: len(e.href), default=None)
    items = [
        {"text": e.text, "href": e.href, "current": request.path == e.href, "active": e is here}
        for e in visible
    ]
    if rest:
        address = reverse("more")
        inside = request.path == address or here in rest
        items.append({"text": MORE, "href": address, "current": request.path == address, "active": inside})
    return items
