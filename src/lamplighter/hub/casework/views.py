"""Add a note, read it, correct it; and give somebody a task."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from lamplighter.hub.access import meanwhile, sides
from lamplighter.hub.access.pages import shows, who
from lamplighter.hub.accounts.models import User
from lamplighter.hub.accounts.permissions import require
from lamplighter.hub.audit import looks
from lamplighter.hub.cases import panels, permissions, presenters
from lamplighter.hub.cases import selectors as cases
from lamplighter.hub.cases.framing import frame
from lamplighter.hub.cases.models import Case
from lamplighter.hub.casework import forms, notes, selectors, tasks
from lamplighter.hub.casework.models import Note
from lamplighter.hub.clocks import notices, people
from lamplighter.hub.clocks.models import Clock
from lamplighter.hub.design.environment import long_time
from lamplighter.hub.site.refusals import ConflictError, NotPossibleError

ANY_SIDE = ("shared", "police", "health", "advocacy", "warning")


def _page(request: HttpRequest, case: Case, name: str, form: Any, **more: Any) -> HttpResponse:
    context = frame(request, case, f"casework:{name}") | {"form": form} | more
    return render(request, f"casework/{name}.html", context, status=422 if form.errors else 200)


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
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
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
        except NotPossibleError as refused:
            form.add_error("words", str(refused))
        else:
            messages.success(
                request, f"Note saved. Read by {sides.readers(given['side'], user.agency, on_case)}."
            )
            return redirect("cases:case", case.key)
    return _page(request, case, "add", form, about=about, addings=[] if about else _addings(user, case))


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
    looks.at("casework.note_seen", f"note {found.first}", case=case)
    earlier = selectors.earlier(found)
    user = who(request)
    context = frame(request, case, "casework:note") | {
        "note": found,
        "earlier": earlier,
        "redact": "" if found.struck else presenters.redact_href(found, case, user, found.partition),
        "redacts": {v.pk: presenters.redact_href(v, case, user, v.partition) for v in earlier if v.words},
        "readers": sides.readers(found.partition, found.owner, selectors.on_case(case)),
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
    beside: dict[str, Any] = {}
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        seen = (
            Note.objects.select_related("owner")
            .filter(case=case, first=row, key=_key(given["version"]))
            .first()
        )
        try:
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
        except ConflictError as changed:
            newest = changed.newest
            form.add_error(None, str(changed))
            form.knows(newest.key)
            beside = meanwhile.beside(
                [
                    ("Note", newest.words or "Struck out", given["words"]),
                    ("Who with", newest.with_whom, given["with_whom"]),
                ],
                by=newest.by,
                owner=newest.owner,
                at=newest.at,
            )
        except NotPossibleError as refused:
            form.add_error("words", str(refused))
        else:
            messages.success(request, "Note struck out." if given["struck"] else "Note corrected.")
            return redirect("casework:note", case.key, row)
    readers = sides.readers(found.partition, found.owner, selectors.on_case(case))
    return _page(request, case, "correct", form, note=found, readers=readers, **beside)


def _key(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None


@shows(*ANY_SIDE, "vault")
@require(permissions.may_work_on_cases)
def task(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """Give a named person a task. Whoever could open no side that one writes is not offered."""
    user, case = who(request), cases.open_case(key)
    could = people.on_the_case(case, "shared", user.agency_id or "")
    form = forms.TaskForm(request.POST or None, user=user, on_case=selectors.on_case(case), people=could)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        day = given["due"]
        try:
            made = tasks.give(
                user,
                case,
                given["to"],
                given["text"],
                given["why"],
                due_at=notices.end_of(day),
                partition=given["side"],
            )
        except NotPossibleError as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(
                request, f"Task given to {given['to'].display_name}, due {long_time(made.due_at)}."
            )
            return redirect("cases:case", case.key)
    return _page(request, case, "task", form)
