"""Every request is one transaction in which the database knows who is asking, and every page of a case takes
the same time."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from lamplighter.hub.access.wall import identity, vault
from lamplighter.hub.access.wall.partitions import CASE_PARTITIONS, RELEASE
from lamplighter.hub.accounts.own_account import timed_out_text
from lamplighter.hub.audit import services as audit
from lamplighter.hub.audit.models import Operation
from lamplighter.hub.site.postgresql.leaving import leave

FROM_CASES = {*CASE_PARTITIONS, RELEASE.name}


class EvenPace:
    """Around all that reads anything: no page of cases answers sooner than ``ANSWERS_TAKE_AT_LEAST``.

    The database reads a hidden row before it passes over it. That takes a hundredth of a millisecond, and
    many answers of one page would show it. An answer that waits for its time shows nothing but the wait.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        began = time.monotonic()
        response = self.get_response(request)
        page = request.resolver_match
        if page and FROM_CASES.intersection(getattr(page.func, "shows", ())):
            time.sleep(max(0.0, began + settings.ANSWERS_TAKE_AT_LEAST / 1000 - time.monotonic()))
        return response


class Identity:
    """Innermost of all: what a view reads and writes happens as the person who is signed in, or not at all.

    A view that raises leaves nothing behind, whatever page the exception becomes.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path.startswith(settings.STATIC_URL):
            return self.get_response(request)
        try:
            return self._as_person(request)
        finally:
            # The next page on this connection is somebody else's.
            leave()

    def _as_person(self, request: HttpRequest) -> HttpResponse:
        with identity.as_person(getattr(request, "user", None)):
            response = self.get_response(request)
            if response.streaming and not getattr(response, "reads_no_database", False):
                raise RuntimeError(
                    "A page that streams reads after its transaction has ended: build it whole."
                )
            if response.status_code >= 500 or getattr(request, "_undo", False):
                transaction.set_rollback(True)
        if refused := getattr(request, "_repeats_vault", None):
            with identity.as_person(request.user):
                _write_down(refused, request.user)
                return _take_it_out(request, refused)
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        request._undo = True  # type: ignore[attr-defined]  # read by __call__ of the same request
        if refused := vault.Refused.of(exception):
            # Answered when the transaction has ended: in this one nothing can be read any more.
            request._repeats_vault = refused  # type: ignore[attr-defined]  # the same
            return HttpResponse(status=422)
        return None


def _write_down(refused: vault.Refused, user: Any) -> None:
    """Put it on the audit trail, in a transaction of its own: the one that was refused is undone."""
    audit.record(
        user,
        vault.TRIED,
        f"case {refused.case_id}",
        operation=Operation.CONSULTATION,
        case=refused.case_id,
        fields=[refused.column],
        compared=not refused.too_often,
    )


def _take_it_out(request: HttpRequest, refused: vault.Refused) -> HttpResponse:
    """Name the field, say what to do, and give back all that was typed, to be changed and sent again."""
    typed = [
        {
            "name": name,
            "label": timed_out_text.label(name),
            "id": f"typed-{n}-{m}",
            "value": value,
            "long": len(value) > 60,
        }
        for n, name in enumerate(request.POST)
        if not timed_out_text.NEVER.search(name)
        for m, value in enumerate(request.POST.getlist(name))
    ]
    # A word or a key is the choice of a button or a list; words that somebody typed are longer, or have a
    # figure.
    written = [t for t in typed if _is_written(str(t["name"]), str(t["value"]))]
    context = {
        "field": timed_out_text.label(refused.column),
        "too_often": refused.too_often,
        "written": written,
        "rest": [t for t in typed if t not in written],
        "there": request.get_full_path(),
        "files": bool(request.FILES),
    }
    return render(request, "access/repeats_vault.html", context, status=422)


def _is_written(name: str, value: str) -> bool:
    if (
        name.endswith(("_day", "_month", "_year"))
        or not timed_out_text.for_people(name, value)
        or timed_out_text.is_code(value)
    ):
        return False
    return bool(value.strip())
