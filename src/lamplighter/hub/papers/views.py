"""Pages of the papers of a case: the list, making one, reading it as a page, issuing, files, withdrawing."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from lamplighter.hub.access.pages import shows, who
from lamplighter.hub.accounts.permissions import require
from lamplighter.hub.cases import selectors as cases
from lamplighter.hub.cases.case_page.frame import frame
from lamplighter.hub.cases.models import Case
from lamplighter.hub.design import actions
from lamplighter.hub.papers import forms, permissions, policies, presenters, selectors, services, who_learns
from lamplighter.hub.papers.files import drawing
from lamplighter.hub.papers.kinds import KINDS
from lamplighter.hub.papers.models import Paper
from lamplighter.hub.site.refusals import NotPossibleError
from lamplighter.vocabulary.codes import code_set

SIDES = ("shared", "police", "health", "advocacy")


@shows(*SIDES)
@require(permissions.may_see_cases)
def page(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    case = cases.open_case(key)
    as_at = cases.moment_asked(request)
    user = who(request)
    context = frame(request, case, "papers:page", as_at) | {
        "rows": [presenters.line(row, case) for row in selectors.papers(case, as_at)],
        "kinds": permissions.makes(user) if as_at is None else [],
    }
    return render(request, "papers/page.html", context)


@shows(*SIDES, "records")
@require(permissions.may_make_papers)
def make(request: HttpRequest, key: uuid.UUID, kind: str) -> HttpResponse:
    """Ask what the kind asks, and make the next version. ``?again=`` names the paper that it follows."""
    case, user = cases.open_case(key), who(request)
    chosen = KINDS.get(kind)
    if chosen is None or kind not in forms.FORMS or not permissions.may_make(user, chosen):
        raise Http404
    before = _again(request, case, kind)
    form = forms.FORMS[kind](
        request.POST or None,
        user=user,
        case=case,
        today=timezone.localdate(),
        initial=_typed_before(before),
    )

    def do(values: dict[str, Any]) -> Paper:
        made = services.make(user, case, kind, form.given(), thread=before.thread if before else None)
        return made[0]

    return actions.page(
        request,
        "papers/make.html",
        form,
        do,
        lambda: (
            frame(request, case, "papers:make")
            | {
                "kind": chosen,
                "readers": presenters.readers(
                    user,
                    permissions.partition_of(user, chosen) or "",
                    [p.agency for p in cases.participations(case)],
                ),
            }
        ),
        done="Paper made. It is a draft: read it, then issue it.",
        to=lambda made: ("papers:paper", case.key, made.key),
    )


def _again(request: HttpRequest, case: Case, kind: str) -> Paper | None:
    try:
        found = selectors.paper(case, uuid.UUID(request.GET.get("again", "")))
    except ValueError:
        return None
    return found if found.kind == kind else None


def _typed_before(before: Paper | None) -> dict[str, Any]:
    """Return what was typed for the version before; an address is verified each time anew."""
    held = before.given if before else {}
    anew = ("verified", "address", "as_at")
    typed = {name: value for name, value in held.items() if not name.startswith(anew)}
    return typed | {p["field"]: p["words"] for p in held.get("parts", [])}


@shows(*SIDES, look="papers.paper_seen")
@require(permissions.may_see_cases)
def paper(request: HttpRequest, key: uuid.UUID, row: uuid.UUID) -> HttpResponse:
    case = cases.open_case(key)
    return render(request, "papers/paper.html", _shown(request, case, selectors.paper(case, row)))


def _shown(request: HttpRequest, case: Case, found: Paper, here: str = "papers:paper") -> dict[str, Any]:
    user, kind = who(request), KINDS[found.kind]
    outline = drawing.outline(found)
    newest = selectors.newest(found)
    return frame(request, case, here) | {
        "row": found,
        "sheet": outline,
        "blocks": presenters.blocks(outline),
        "title": presenters.called(found),
        "state": presenters.state(found),
        "made": presenters.by(found),
        "issued": presenters.issue(found),
        "withdrawn": policies.withdrawn(found),
        "past": policies.past_day(found),
        "forms": drawing.forms_of(found),
        "checks": presenters.checks(found),
        "changed": presenters.is_changed(found),
        "kind": kind,
        "readers": presenters.readers(user, found.partition, [p.agency for p in cases.participations(case)]),
        "later": newest if newest and newest.number > found.number else None,
        "may": permissions.may_make(user, kind),
    }


@shows(*SIDES, "vault", look="papers.paper_seen")
@require(permissions.may_make_papers)
def issue(request: HttpRequest, key: uuid.UUID, row: uuid.UUID) -> HttpResponse:
    case, user = cases.open_case(key), who(request)
    found = selectors.paper(case, row)
    if not permissions.may_make(user, KINDS[found.kind]):
        raise Http404
    channels = [(c, s.title) for c, s in code_set("contact_channels").codes.items() if c in SENT_BY]
    form = forms.IssueForm(
        request.POST or None, kind=found.kind, today=timezone.localdate(), channels=channels
    )

    def do(values: dict[str, Any]) -> Any:
        values.pop("read")
        return services.issue(user, case, found, **values)

    return actions.page(
        request,
        "papers/issue.html",
        form,
        do,
        lambda: _shown(request, case, found, "papers:issue") | {"told": who_learns.is_told(found.kind)},
        done="Issued. Download it below in the form that is needed.",
        to=("papers:paper", case.key, found.key),
    )


# Ways in which a letter reaches somebody.
SENT_BY = ("letter", "email", "in_person")


@shows(*SIDES, "vault", look="papers.paper_seen")
@require(permissions.may_see_cases)
def file(request: HttpRequest, key: uuid.UUID, row: uuid.UUID, form: str) -> HttpResponse:
    """Give out a form of a version as a file. It is never shown as a page of this site."""
    case, user = cases.open_case(key), who(request)
    found = selectors.paper(case, row)
    if form not in drawing.forms_of(found):
        raise Http404
    try:
        made, _ = services.file(user, case, found, form)
    except NotPossibleError as refused:
        messages.error(request, str(refused))
        return redirect("papers:paper", case.key, found.key)
    response = HttpResponse(made, content_type=drawing.FORMS[form][0])
    response["Content-Disposition"] = f'attachment; filename="{drawing.name_of(found, form)}"'
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "no-store"
    return response


@shows(*SIDES, look="papers.paper_seen")
@require(permissions.may_make_papers)
def withdraw(request: HttpRequest, key: uuid.UUID, row: uuid.UUID) -> HttpResponse:
    case, user = cases.open_case(key), who(request)
    found = selectors.paper(case, row)
    if not permissions.may_make(user, KINDS[found.kind]):
        raise Http404
    form = forms.WithdrawForm(request.POST or None)
    return actions.page(
        request,
        "papers/withdraw.html",
        form,
        lambda values: services.withdraw(user, case, found, values["reason"]),
        lambda: frame(request, case, "papers:withdraw") | {"row": found, "title": presenters.called(found)},
        done="Withdrawn. Tell whoever has it: the hub does not.",
        to=("papers:paper", case.key, found.key),
    )
