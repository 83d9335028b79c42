"""The list of cases and the search: what the wall lets one open, by what comes next."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection
from django.db.models import Exists, OuterRef
from rapidfuzz import fuzz

from lamplighter.hub.cases.models import Case
from lamplighter.hub.clocks.models import Clock

A_PAGE = 25
# Nobody reads further; a search is for that.
MOST_PAGES = 40
MOST_FOUND = 50
# The tasks of a referral that is not decided on: one of them runs.
WAITING = ("case.triage", "case.chase")
VIEWS = {"next": "Next steps", "triage": "Waiting for triage", "newest": "Newest first"}
LIKELY_REFERENCE = re.compile(r"^(?:LL)?[BCDFGHJKLMNPQRSTVWXZ2345679]{8}$")
WRITTEN_REFERENCE = re.compile(
    r"\bLL[- ]?[BCDFGHJKLMNPQRSTVWXZ2345679]{4}[- ]?[BCDFGHJKLMNPQRSTVWXZ2345679]{4}\b", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Listed:
    """A case with the next thing that is due on it, as far as one may see any."""

    case: Case
    clock: Clock | None


@dataclass(frozen=True, slots=True)
class Page:
    rows: list[Listed]
    number: int
    more: bool


def page_of(view: str, number: int) -> Page:
    """One page of a list. There is no count of pages: counting asks of every case who may open it."""
    number = min(max(number, 1), MOST_PAGES)
    start, wanted = (number - 1) * A_PAGE, number * A_PAGE + 1
    if view == "newest":
        cases = list(Case.objects.order_by("-opened_at", "-pk")[start:wanted])
        rows = [Listed(case, None) for case in cases]
    else:
        rows = _coming(wanted, WAITING if view == "triage" else ())[start:]
    return Page(rows[:A_PAGE], number, len(rows) > A_PAGE and number < MOST_PAGES)


def _coming(wanted: int, kinds: Sequence[str]) -> list[Listed]:
    running = Clock.objects.filter(state=Clock.State.RUNNING)
    if kinds:
        running = running.filter(kind__in=kinds)
    # Read in their order until there are enough cases: most cases are never looked at.
    first: dict[int, Clock] = {}
    for clock in (
        running.select_related("assigned_to", "owner").order_by("due_at", "pk").iterator(chunk_size=100)
    ):
        first.setdefault(clock.case_id, clock)
        if len(first) == wanted:
            break
    cases = Case.objects.in_bulk(list(first))
    rows = [Listed(cases[pk], clock) for pk, clock in first.items() if pk in cases]
    if len(first) < wanted and not kinds:
        idle = Case.objects.exclude(Exists(running.filter(case=OuterRef("pk")))).order_by("-opened_at", "-pk")
        rows += [Listed(case, None) for case in idle[: wanted - len(first)]]
    return rows


def as_reference(term: str) -> str:
    """``LL-7KQ2-M9XB`` for whatever way of writing it was typed; empty when it cannot be one."""
    plain = re.sub(r"[^A-Z0-9]", "", term.upper())
    if not LIKELY_REFERENCE.match(plain):
        return ""
    letters = plain[-8:]
    return f"LL-{letters[:4]}-{letters[4:]}"


def references_in(text: str) -> list[str]:
    """Return the numbers of cases that stand in a text, as they are written there."""
    return WRITTEN_REFERENCE.findall(text)


def by_reference(term: str) -> list[Case]:
    wanted = as_reference(term)
    return list(Case.objects.filter(reference=wanted)) if wanted else []


def by_name(term: str, most: int = MOST_FOUND) -> list[Case]:
    """Cases that one may open and in which somebody is called like this, the likest first."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT case_id FROM cases_search(%s, %s)", [term, most])
        ids = [row[0] for row in cursor.fetchall()]
    found = Case.objects.in_bulk(ids)
    return [found[pk] for pk in ids if pk in found]


def alike(one: str, other: str) -> bool:
    """Tell whether two names are near enough to ask whether they are one person's."""
    return fuzz.token_sort_ratio(one.lower(), other.lower()) >= 80


def signpost(term: str) -> str:
    """The agency to ask about somebody of this whole name, or nothing. The database writes down who asked."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT cases_signpost(%s)", [term])
        return cursor.fetchone()[0] or ""
