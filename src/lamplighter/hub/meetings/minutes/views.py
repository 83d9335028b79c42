"""Pages of one line of the minutes: what it says and said, and its correction."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from lamplighter.hub.access import concurrent_edits, moment
from lamplighter.hub.access.pages import shows, who
from lamplighter.hub.access.wall import form_readers
from lamplighter.hub.accounts.permissions import require
from lamplighter.hub.audit.access_log import page_access
from lamplighter.hub.cases import presenters as case_presenters
from lamplighter.hub.cases import selectors as cases
from lamplighter.hub.cases.case_page.frame import frame
from lamplighter.hub.casework.selectors import on_case
from lamplighter.hub.design import actions
from lamplighter.hub.meetings import permissions, presenters, selectors
from lamplighter.hub.meetings.minutes import forms
from lamplighter.hub.meetings.minutes import services as minutes
from lamplighter.hub.meetings.models import Line
from lamplighter.hub.meetings.views import ANY_SIDE


@shows(*ANY_SIDE)
@require(permissions.may_see_cases)
def line(request: HttpRequest, key: uuid.UUID, row: uuid.UUID) -> HttpResponse:
    """Show one line of minutes, with what it said before for those who may read that."""
    user, found_case = who(request), cases.open_case(key)
    found = selectors.line(found_case, row)
    page_access.at("meetings.line_seen", f"line {found.first}", case=found_case)
    earlier, tasks = selectors.earlier(found), selectors.tasks_of([found])
    context = frame(request, found_case, "meetings:line") | {
        "line": presenters.line(found, user, found.meeting, tasks, moment.now()),
        "meeting": presenters.meeting(found.meeting, moment.now()),
        "readers": form_readers.readers(found.partition, found.owner, on_case(found_case)),
        "earlier": earlier,
        "owner": found.owner.name,
        "redact": ""
        if found.struck
        else case_presenters.redact_href(found, found_case, user, found.partition),
        "redacts": {
            v.pk: case_presenters.redact_href(v, found_case, user, v.partition) for v in earlier if v.words
        },
    }
    return render(request, "meetings/line.html", context)


@shows(*ANY_SIDE, "vault")
@require(permissions.may_work_on_cases)
def correct(request: HttpRequest, key: uuid.UUID, row: uuid.UUID) -> HttpResponse:
    """Correct one's own line: the old one is kept, and a form that is out of date writes over nothing."""
    user, found_case = who(request), cases.open_case(key)
    found = selectors.line(found_case, row)
    if found.by_id != user.pk or found.struck:
        raise Http404
    form = forms.CorrectForm(
        actions.posted(request), initial={"version": str(found.key), "words": found.words}
    )

    def do(given: dict[str, Any]) -> Line:
        version = concurrent_edits.key_of(given["version"])
        seen = Line.objects.filter(case=found_case, first=row, key=version).first() if version else None
        return minutes.correct(
            user,
            found_case,
            seen or found,
            given["reason"],
            words=given["words"],
            struck=given["struck"],
        )

    def both(newest: Line, given: dict[str, Any]) -> dict[str, Any]:
        rows = [("Line", newest.words or "Struck out", given["words"])]
        return concurrent_edits.beside(rows, by=newest.by, owner=newest.owner, at=newest.at)

    readers = form_readers.readers(found.partition, found.owner, on_case(found_case))
    return actions.page(
        request,
        "meetings/correct.html",
        form,
        do,
        lambda: (
            frame(request, found_case, "meetings:correct")
            | {"line": presenters.line(found, user, found.meeting, {}, moment.now()), "readers": readers}
            | {"owner": found.owner.name}
        ),
        done=lambda made: "Line struck out." if made.struck else "Line corrected.",
        to=("meetings:line", found_case.key, row),
        field="words",
        both=both,
    )
