"""Pages of lines of enquiry: all of a case on one page, one with its history, and adding one."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from lamplighter.hub.access import moment
from lamplighter.hub.access.pages import shows, who
from lamplighter.hub.accounts.models import User
from lamplighter.hub.accounts.permissions import require
from lamplighter.hub.cases import selectors as cases
from lamplighter.hub.cases.case_page.frame import frame
from lamplighter.hub.cases.models import Case
from lamplighter.hub.cases.participants import selectors as people
from lamplighter.hub.design import actions
from lamplighter.hub.enquiries import forms, permissions, presenters, rules, selectors, services
from lamplighter.hub.enquiries.models import LineState
from lamplighter.hub.enquiries.selectors import Standing
from lamplighter.hub.site.refusals import ConflictError, NotPossibleError

SIDES = ("shared", "police", "advocacy", "warning")


def _form(request: HttpRequest, case: Case, lines: Sequence[Standing], *, days: bool = False) -> Any:
    """The form of those of some lines that this person may write."""
    user, today = who(request), rules.day_of(moment.now())
    mine = [line for line in lines if services.may_write(user, line.row)]
    # Once a side, whatever lines it has.
    could: dict[tuple[str, str], list[User]] = {}
    for line in mine:
        side = (line.row.partition, line.row.owner_id)
        if side not in could:
            could[side] = services.who_could_do(case, line.row)
    return forms.LinesForm(
        request.POST or None,
        lines=mine,
        titles={line.row.key: selectors.title(line.row, today) for line in mine},
        could={line.row.key: could[line.row.partition, line.row.owner_id] for line in mine},
        days=days,
    )


def _record(request: HttpRequest, case: Case, form: Any) -> Any:
    """Record what was typed. Where somebody else was first, say which line, and keep what was typed."""
    try:
        return services.record(who(request), case, form.given())
    except ConflictError as refusal:
        newest: LineState | None = refusal.newest
        if newest is None:
            raise
        key = str(newest.line.key)
        data = form.data.copy()
        data[f"{key}-seen"] = str(newest.key)
        form.data = data
        by = newest.by.display_name if newest.by else "Somebody"
        words = f" “{newest.words}”" if newest.words else ""
        raise NotPossibleError(
            f"{by} changed this line while you were writing. It is now: {newest.get_state_display()}.{words} "
            "Nothing of yours is lost: check it and save again.",
            f"{key}-state",
        ) from None


@shows(*SIDES)
@require(permissions.may_see_enquiries)
def page(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """Show every line with why it stands there and what is lost by waiting; save several at once."""
    case = cases.open_case(key)
    as_at = cases.moment_asked(request)
    lines = selectors.lines(case, as_at)
    shown = presenters.incidents(case, lines)
    open_now = [line for line in lines if not line.resolved]
    on_case = cases.writes_on(who(request), case)
    form = _form(request, case, open_now if as_at is None and on_case else [])
    today = rules.day_of(as_at or moment.now())
    ordered = sorted(open_now, key=lambda line: (line.due_on(today), line.row.pk))

    def context() -> dict[str, Any]:
        fields = {line.row.key for line in form.lines}
        return frame(request, case, "enquiries:page", as_at) | {
            "summary": presenters.summary(lines, today),
            "open": [
                presenters.one(line, shown, as_at) | {"fields": line.row.key in fields} for line in ordered
            ],
            "resolved": [presenters.one(line, shown, as_at) for line in lines if line.resolved],
            "may": bool(form.lines),
            "may_add": as_at is None and on_case,
        }

    return actions.page(
        request,
        "enquiries/page.html",
        form,
        lambda _: _record(request, case, form),
        context,
        done=lambda made: "Saved." if made else "Nothing was changed.",
        to=("enquiries:page", case.key),
    )


@shows(*SIDES)
@require(permissions.may_see_enquiries)
def line(request: HttpRequest, key: uuid.UUID, row: uuid.UUID) -> HttpResponse:
    """Show one line with everything that was recorded of it; change it, its day too."""
    case = cases.open_case(key)
    as_at = cases.moment_asked(request)
    found = selectors.line(case, row, as_at)
    shown = presenters.incidents(case, [found])
    may = as_at is None and cases.writes_on(who(request), case)
    form = _form(request, case, [found] if may else [], days=True)

    def context() -> dict[str, Any]:
        return frame(request, case, "enquiries:line", as_at) | {
            "one": presenters.one(found, shown, as_at),
            "may": bool(form.lines),
        }

    if not form.lines and request.method == "POST":
        return redirect("enquiries:line", case.key, row)
    return actions.page(
        request,
        "enquiries/line.html",
        form,
        lambda _: _record(request, case, form),
        context,
        done=lambda made: "Saved." if made else "Nothing was changed.",
        to=("enquiries:page", case.key),
    )


@shows(*SIDES)
@require(permissions.may_see_enquiries)
def add(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    case, user = cases.open_case(key), who(request)
    side = services.side_of(user)
    could = list(people.on_the_case(case, side, str(user.agency_id)).select_related("agency"))
    form = forms.AddForm(request.POST or None, could=could)
    if not cases.writes_on(user, case):
        messages.info(request, "Only those who work on the case add to it.")
        return redirect("enquiries:page", case.key)
    return actions.page(
        request,
        "enquiries/add.html",
        form,
        lambda v: services.add(user, case, v["title"], v["why"], v["due_on"], doer=form.could.get(v["doer"])),
        lambda: frame(request, case, "enquiries:add") | {"side": presenters.SIDES[side]},
        done="Line of enquiry added.",
        to=("enquiries:page", case.key),
    )
