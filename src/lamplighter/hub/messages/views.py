"""Pages on which what the victim brings is taken in, counted and asked about."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET

from lamplighter.hub.access.pages import shows, who
from lamplighter.hub.accounts.permissions import require
from lamplighter.hub.cases import selectors as cases
from lamplighter.hub.cases.case_page.frame import frame
from lamplighter.hub.cases.models import Case
from lamplighter.hub.design import actions
from lamplighter.hub.evidence import selectors as evidence
from lamplighter.hub.messages import (
    forms,
    grouping,
    pictures,
    policies,
    presenters,
    selectors,
    services,
)
from lamplighter.hub.messages.models import Brought
from lamplighter.hub.site.refusals import ConflictError
from lamplighter.hub.victim_side import permissions
from lamplighter.message_exports import diary

SIDES = ("shared", "advocacy", "police")
LOOK = "brought.seen"
SET = "brought.set_seen"
DIARIES = {
    "xlsx": (diary.workbook_template, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    "csv": (diary.csv_template, "text/csv; charset=utf-8"),
}


def opened(request: HttpRequest, key: uuid.UUID, *, writes: bool = False) -> Case:
    """Return the case, where its contacts with the victim are open to this person; else "not found"."""
    case = cases.open_case(key)
    user = who(request)
    if not permissions.contact_open(user, case) or (writes and not permissions.may_contact_victim(user)):
        raise Http404
    return case


@shows(*SIDES, look=LOOK)
@require(permissions.may_see_contact)
def listing(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """Show what was brought, and all incidents that came of it on one line."""
    case = opened(request, key)
    as_at = cases.moment_asked(request)
    query = f"?{request.GET.urlencode()}" if as_at else ""
    context = frame(request, case, "brought:list", as_at) | {
        "rows": [presenters.row(b, case) for b in selectors.brought(case, as_at)],
        "items": presenters.timeline(selectors.incidents(case, as_at), case, who(request), query),
        "writes": permissions.may_contact_victim(request.user) and as_at is None,
    }
    return render(request, "brought/list.html", context)


@shows(*SIDES, look=LOOK)
@require(permissions.may_contact_victim)
def bring(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """Take in a file."""
    case = opened(request, key, writes=True)
    form = forms.BringForm(request.POST or None, request.FILES or None)

    def do(values: dict[str, Any]) -> Any:
        sent = values["file"]
        try:
            return services.bring(who(request), case, sent.name, sent.read(), values["words"])
        except ConflictError as before:
            return _before(request, case, before)

    return actions.page(
        request, "brought/bring.html", form, do, lambda: frame(request, case, "brought:bring"),
        to=lambda made: ("brought:one", case.key, made.key), field="file",
    )  # fmt: skip


@shows(*SIDES, look=LOOK)
@require(permissions.may_contact_victim)
def bring_pictures(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """Take in a set of pictures."""
    case = opened(request, key, writes=True)
    form = forms.PicturesForm(request.POST or None, request.FILES or None)

    def do(values: dict[str, Any]) -> Any:
        files = [(sent.name, sent.read()) for sent in values["files"]]
        try:
            told = {"channel": values["channel"], "blocked": values["blocked"]}
            return pictures.bring(who(request), case, files, values["words"], **told)
        except ConflictError as before:
            return _before(request, case, before)

    return actions.page(
        request, "brought/bring_pictures.html", form, do,
        lambda: frame(request, case, "brought:bring_pictures"),
        to=lambda made: ("brought:one", case.key, made.key), field="files",
    )  # fmt: skip


def _before(request: HttpRequest, case: Case, before: ConflictError) -> HttpResponse:
    """Say that it was brought before, and lead there."""
    messages.info(request, str(before))
    return redirect("brought:one", case.key, before.newest.key)


@shows(*SIDES, look=SET)
@require(permissions.may_see_contact)
def one(request: HttpRequest, key: uuid.UUID, of: uuid.UUID) -> HttpResponse:
    """One thing that was brought: its questions, or its drafts and incidents."""
    case = opened(request, key, writes=request.method == "POST")
    brought = selectors.one(case, of)
    writes = permissions.may_contact_victim(request.user)
    if brought.state == Brought.State.ASKED and writes:
        return (_arrange if brought.sort == Brought.Sort.PICTURES else _questions)(request, case, brought)
    return render(request, "brought/drafts.html", context_of(request, case, brought))


def context_of(request: HttpRequest, case: Case, brought: Brought) -> dict[str, Any]:
    """Return what the page of drafts shows."""
    rows = [presenters.draft(d, case) for d in selectors.drafts(brought)]
    by_state: dict[str, list[Any]] = {}
    for row in rows:
        by_state.setdefault(row["state"], []).append(row)
    return frame(request, case, "brought:one") | _of(case, brought) | {
        "drafts": (open_drafts := by_state.get("draft", []))[: policies.MOST_INCIDENTS],
        "more": max(len(open_drafts) - policies.MOST_INCIDENTS, 0),
        "confirmed": by_state.get("confirmed", []),
        "left_out": by_state.get("left_out", []),
        "lines_left_out": list(selectors.left_out(brought).items()),
        "files": presenters.files(selectors.originals(brought), case),
        "writes": permissions.may_contact_victim(request.user),
    }  # fmt: skip


def _of(case: Case, brought: Brought) -> dict[str, Any]:
    account = brought.account
    return {
        "brought": brought,
        "what": presenters.title(brought),
        "by": presenters.by(brought),
        "rule": grouping.RULE,
        "account": account,
        "counted": presenters.counted(account),
        "refused": presenters.refused(account),
    }


def _questions(request: HttpRequest, case: Case, brought: Brought) -> HttpResponse:
    form = forms.AnswersForm(request.POST or None, brought=brought)

    def do(values: dict[str, Any]) -> Any:
        return services.answer(who(request), brought, form.chosen(), values.get("order", ""))

    def context() -> dict[str, Any]:
        files = presenters.files(selectors.originals(brought), case)
        return frame(request, case, "brought:one") | _of(case, brought) | {"files": files}

    if form.fields or request.method == "POST":
        to = ("brought:one", case.key, brought.key)
        return actions.page(request, "brought/questions.html", form, do, context, to=to)
    # Nothing is asked: what was found is shown, and a button goes on, so that nothing is made by looking.
    return render(request, "brought/questions.html", context() | {"form": form})


def _arrange(request: HttpRequest, case: Case, brought: Brought) -> HttpResponse:
    lines = selectors.pictures(brought)
    placing = [forms.PlaceForm.of(line, request.POST or None) for line in lines]
    form = Form(request.POST or None)
    if request.method == "POST" and [f for f in placing if not f.is_valid()]:
        form.add_error(None, "Some pictures have answers to correct. Each is marked.")

    def do(values: dict[str, Any]) -> Any:
        placed = {line.place: f.placed() for line, f in zip(lines, placing, strict=True)}
        return pictures.arrange(who(request), brought, placed)

    def context() -> dict[str, Any]:
        files = presenters.files([line.picture for line in lines if line.picture], case)
        shown = [
            {"form": f, "file": file, "place": line.place}
            for line, f, file in zip(lines, placing, files, strict=True)
        ]
        waits = sum(file["waits"] for file in files)
        return frame(request, case, "brought:one") | _of(case, brought) | {"pictures": shown, "waits": waits}

    return actions.page(
        request, "brought/arrange.html", form, do, context, to=("brought:one", case.key, brought.key)
    )


@shows(*SIDES, look="brought.picture_seen")
@require(permissions.may_see_contact)
@require_GET
def picture(request: HttpRequest, key: uuid.UUID, of: uuid.UUID) -> HttpResponse:
    """Show the picture that the hub has drawn: never a file as it came, and of an infected one nothing."""
    case = opened(request, key)
    known, _ = evidence.file(case, selectors.original(case, of).file.key)
    made = evidence.drawn(known)
    if made is None:
        raise Http404
    response = HttpResponse(made, content_type="image/jpeg")
    response["Content-Disposition"] = 'inline; filename="picture.jpg"'
    return _shut(response)


def _shut(response: HttpResponse) -> HttpResponse:
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["X-Content-Type-Options"] = "nosniff"
    return response


@shows("shared", look="brought.template_given")
@require(permissions.may_see_contact)
@require_GET
def template(request: HttpRequest, key: uuid.UUID, sort: str) -> HttpResponse:
    """Give out the empty diary."""
    opened(request, key)
    if sort not in DIARIES:
        raise Http404
    make, content_type = DIARIES[sort]
    response = HttpResponse(make(), content_type=content_type)
    response["Content-Disposition"] = f'attachment; filename="diary.{sort}"'
    return response
