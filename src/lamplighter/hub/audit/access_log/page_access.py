"""Every page that shows a case, a person or a record writes that it was looked at: here, and nowhere else.

What reads a case to show it says so where it reads it (``cases.selectors.open_case``, the frame of its pages,
the rows of a list with names), and a page of the records says which record it shows. When the view has run,
the middleware writes one event for each case and each record that the page shows, all in one statement, in
the transaction of the page: by any method, with a form that failed as well. A page that is not shown, because
it sends on or is refused, writes nothing; what was done is written by whatever did it.

The verb is the name of the page (``cases:move`` is ``cases.move_seen``), or the one of ``@shows(look=...)``.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

from django.db import connection
from django.http import HttpRequest, HttpResponse

# Statuses of an answer that shows a page: also of a form that failed, and of what is no more.
SHOWN = {200, 410, 422}
WRITE = """
SELECT count(audit_write(%s, 'consultation', e.verb, e.subject, e.of_case, e.fields, e.reason, e.detail))
FROM jsonb_to_recordset(%s::jsonb)
    AS e(verb text, subject text, of_case bigint, fields text[], reason text, detail jsonb)
"""


@dataclass(slots=True)
class Look:
    """One event to be: ``detail`` holds counts, codes and ids, never what was typed or read."""

    verb: str
    subject: str
    case: int | None = None
    fields: list[str] = field(default_factory=list)
    reason: str = ""
    detail: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class _Shown:
    """Hold what a page has said that it shows, until it is written down."""

    looks: list[Look] = field(default_factory=list)
    cases: dict[int, str] = field(default_factory=dict)
    records: list[str] = field(default_factory=list)
    # What an event of its own says already.
    written: set[Any] = field(default_factory=set)
    # Of a list: the cases and the records that it names; ``None`` where the page shows no list.
    named_cases: set[int] = field(default_factory=set)
    named_records: set[str] = field(default_factory=set)
    list_of: str | None = None

    def events(self, verb: str) -> Iterator[Look]:
        """Return what is to be written; ``verb`` is the page's own."""
        looks = [*self.looks]
        there = self.written | {look.case for look in looks}
        looks += [Look(verb, f"case {key}", pk) for pk, key in self.cases.items() if pk not in there]
        there_too = self.written | {look.subject for look in looks}
        looks += [Look(verb, subject) for subject in self.records if subject not in there_too]
        cases = self.named_cases - self.written - {look.case for look in looks}
        records = self.named_records - self.written - {look.subject for look in looks}
        if not looks and (cases or records or (self.list_of is not None and not self.written)):
            looks = [Look(verb, self.list_of or "")]
        if (cases or records) and looks:
            # On the event of the list itself where there is one; else on that of the page that shows it.
            carrier = next((look for look in looks if look.case is None), looks[0])
            if cases:
                carrier.detail["of_cases"] = [str(pk) for pk in sorted(cases)]
            if records:
                carrier.detail["of_records"] = sorted(records)
        yield from looks


_SHOWN: ContextVar[_Shown | None] = ContextVar("shown", default=None)


def case(shown: Any) -> None:
    """Say that the page of this request shows a case. Outside a request nobody looks, and nothing is said."""
    if (page := _SHOWN.get()) is not None:
        page.cases.setdefault(shown.pk, str(shown.key))


def record(subject: str) -> None:
    """Say that the page shows a record: ``pattern C-7KQ2M9``, ``person P-1``, ``report <key>``."""
    if (page := _SHOWN.get()) is not None and subject not in page.records:
        page.records.append(subject)


def at(verb: str, subject: str, *, case: Any = None, **rest: Any) -> None:
    """Say what the page shows where its name does not: its own words, or one row of a case."""
    if (page := _SHOWN.get()) is not None:
        about = getattr(case, "pk", case)
        page.looks.append(Look(verb, subject, about, rest.pop("fields", []), rest.pop("reason", ""), rest))


def written(case: int | None, subject: str) -> None:
    """Note that an event says of this case and this subject that somebody looks: one is enough."""
    if (page := _SHOWN.get()) is not None:
        page.written.update({case, subject} - {None})


def among(of: str, *, cases: Iterable[Any] = (), records: Iterable[str] = ()) -> None:
    """Say which cases and records a list names, whole or in part: one event names them all.

    ``of`` is what the event is about where the page is nothing but the list ("cases").
    """
    if (page := _SHOWN.get()) is not None:
        page.named_cases.update(getattr(one, "pk", one) for one in cases)
        page.named_records.update(records)
        page.list_of = page.list_of or of


def own_name(user: Any, typed: str) -> dict[str, str]:
    """Compare what is searched for with the searcher's own name: ``{"typed": "own_name"}``, "family_name", or
    nothing. What was typed is kept nowhere; only that it is their name."""
    own, words = _words(user.display_name), set(_words(typed))
    if not own or not words:
        return {}
    if words.issuperset(own):
        return {"typed": "own_name"}
    return {"typed": "family_name"} if own[-1] in words and len(own[-1]) > 2 else {}


def _words(name: str) -> list[str]:
    plain = "".join(c for c in unicodedata.normalize("NFKD", name.casefold()) if not unicodedata.combining(c))
    return re.findall(r"[^\W\d_]+(?:['’-][^\W\d_]+)*", plain)


@contextmanager
def page() -> Iterator[_Shown]:
    """Gather what is said to be shown in here as of one page."""
    shown = _Shown()
    token = _SHOWN.set(shown)
    try:
        yield shown
    finally:
        _SHOWN.reset(token)


def write(actor: Any, looks: Collection[Look]) -> None:
    """Write them down in one statement, in their order."""
    if not looks:
        return
    rows = [
        {
            "verb": look.verb,
            "subject": look.subject,
            "of_case": look.case,
            "fields": look.fields,
            "reason": look.reason,
            "detail": look.detail,
        }
        for look in looks
    ]
    with connection.cursor() as cursor:
        cursor.execute(WRITE, [getattr(actor, "pk", None), json.dumps(rows, sort_keys=True)])


def verb_of(name: str, view: Any) -> str:
    """Return what a look at this page is called in the trail."""
    return getattr(view, "look", "") or f"{name.replace(':', '.')}_seen"


class Looks:
    """Inside the transaction of a request: what its page shows is written down before it is sent."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with page() as shown:
            response = self.get_response(request)
        match = request.resolver_match
        if match is None or response.status_code not in SHOWN or getattr(request, "_undo", False):
            return response
        write(request.user, list(shown.events(verb_of(match.view_name, match.func))))
        return response
