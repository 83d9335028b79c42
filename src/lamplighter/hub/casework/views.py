"""Add a note, read it, correct it; and give somebody a task."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from lamplighter.hub.access import concurrent_edits
from lamplighter.hub.access.pages import shows, who
from lamplighter.hub.access.wall import form_readers
from lamplighter.hub.accounts.models import User
from lamplighter.hub.accounts.permissions import require
from lamplighter.hub.audit.access_log import page_access
from lamplighter.hub.cases import panels, permissions, presenters
from lamplighter.hub.cases import selectors as cases
from lamplighter.hub.cases.case_page.frame import frame
from lamplighter.hub.cases.models import Case
from lamplighter.hub.cases.participants import selectors as people
from lamplighter.hub.casework import forms, notes, selectors, tasks
from lamplighter.hub.casework.models import Note
from lamplighter.hub.clocks import notices
from lamplighter.hub.clocks.models import Clock
from lamplighter.hub.design import actions
from lamplighter.hub.design.environment import long_time

ANY_SIDE = ("shared", "police", "health", "advocacy", "warning")


def _task(case: Case, key: str) -> Clock | None:
    """The task that a note is about; ``None`` for anything that the person cannot see."""
    try:
        return Clock.objects.select_related("case", "owner").filter(case=case, key=uuid.UUID(key)).first()
    except ValueError:
        return None


@shows(*ANY_SIDE, "vault")
@require(permissions.may_work_on_cases)
def add(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """Add a note, on one's own side or for everybody; ``?task=`` says which task it is about."""
    user, case = who(request), cases.open_case(key)
    about = _task(case, request.GET.get("task", ""))
    on_case = selectors.on_case(case)
    now = f"{timezone.localtime():%H:%M}"
    form = forms.NoteForm(request.POST or None, user=user, on_case=on_case, initial={"time": now})

    def do(given: dict[str, Any]) -> str:
        notes.add(
            user,
            case,
            given["kind"],
            given["side"],
            given["words"],
            happened_at=form.happened_at(),
            with_whom=given["with_whom"],
            about=about.text if about and about.partition in {given["side"], "shared"} else "",
        )
        return form_readers.readers(given["side"], user.agency, on_case)

    return actions.page(
        request,
        "casework/add.html",
        form,
        do,
        lambda: (
            frame(request, case, "casework:add")
            | {"about": about, "addings": [] if about else _addings(user, case)}
        ),
        done=lambda readers: f"Note saved. Read by {readers}.",
        to=("cases:case", case.key),
        field="words",
    )


def _addings(user: User, case: Case) -> list[dict[str, str]]:
    """What else this person may add to the case, on the page that records it."""
    return [
        {"text": a.text, "href": reverse(a.page, args=[] if a.whole else [case.key]) + a.part}
        for a in panels.addings(user, case)
    ]


@shows(*ANY_SIDE)
@require(permissions.may_see_cases)
def note(request: HttpRequest, key: uuid.UUID, row: uuid.UUID) -> HttpResponse:
    case = cases.open_case(key)
    found = selectors.note(case, row)
    page_access.at("casework.note_seen", f"note {found.first}", case=case)
    earlier = selectors.earlier(found)
    user = who(request)
    context = frame(request, case, "casework:note") | {
        "note": found,
        "earlier": earlier,
        "redact": "" if found.struck else presenters.redact_href(found, case, user, found.partition),
        "redacts": {v.pk: presenters.redact_href(v, case, user, v.partition) for v in earlier if v.words},
        "readers": form_readers.readers(found.partition, found.owner, selectors.on_case(case)),
        "may": permissions.may_work_on_cases(request.user)
        and found.owner_id == who(request).agency_id
        and not found.struck,
    }
    return render(request, "casework/note.html", context)


@shows(*ANY_SIDE, "vault")
@require(permissions.may_work_on_cases)
def correct(request: HttpRequest, key: uuid.UUID, row: uuid.UUID) -> HttpResponse:
    user, case = who(request), cases.open_case(key)
    found = selectors.note(case, row)
    if found.owner_id != user.agency_id or found.struck:
        raise Http404
    local = timezone.localtime(found.happened_at)
    initial = {
        "version": str(found.key),
        "kind": found.kind,
        "day": local.date(),
        "time": f"{local:%H:%M}",
        "with_whom": found.with_whom,
        "words": found.words,
    }
    form = forms.CorrectForm(
        request.POST or None, user=user, on_case=selectors.on_case(case), initial=initial
    )

    def do(given: dict[str, Any]) -> bool:
        key = concurrent_edits.key_of(given["version"])
        rows = Note.objects.select_related("owner").filter(case=case, first=row)
        seen = rows.filter(key=key).first() if key else None
        notes.correct(
            user,
            case,
            seen or found,
            given["reason"],
            kind=given["kind"],
            happened_at=form.happened_at(),
            with_whom=given["with_whom"],
            words=given["words"],
            struck=given["struck"],
        )
        return bool(given["struck"])

    def both(newest: Note, given: dict[str, Any]) -> dict[str, Any]:
        rows = [
            ("Note", newest.words or "Struck out", given["words"]),
            ("Who with", newest.with_whom, given["with_whom"]),
        ]
        return concurrent_edits.beside(rows, by=newest.by, owner=newest.owner, at=newest.at)

    readers = form_readers.readers(found.partition, found.owner, selectors.on_case(case))
    return actions.page(
        request,
        "casework/correct.html",
        form,
        do,
        lambda: frame(request, case, "casework:correct") | {"note": found, "readers": readers},
        done=lambda struck: "Note struck out." if struck else "Note corrected.",
        to=("casework:note", case.key, row),
        field="words",
        both=both,
    )


@shows(*ANY_SIDE, "vault")
@require(permissions.may_work_on_cases)
def task(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """Give a named person a task. Whoever could open no side that one writes is not offered."""
    user, case = who(request), cases.open_case(key)
    could = people.on_the_case(case, "shared", user.agency_id or "")
    form = forms.TaskForm(request.POST or None, user=user, on_case=selectors.on_case(case), people=could)
    return actions.page(
        request,
        "casework/task.html",
        form,
        lambda given: tasks.give(
            user,
            case,
            given["to"],
            given["text"],
            given["why"],
            due_at=notices.end_of(given["due"]),
            partition=given["side"],
        ),
        lambda: frame(request, case, "casework:task"),
        done=lambda made: f"Task given to {made.assigned_to.display_name}, due {long_time(made.due_at)}.",
        to=("cases:case", case.key),
    )
