"""The page of several suspects: who acts together with the suspect of this case, on which other case."""

from __future__ import annotations

import uuid

from django.http import HttpRequest, HttpResponse

from lamplighter.hub.access.pages import shows, who
from lamplighter.hub.accounts.permissions import require
from lamplighter.hub.audit.access_log import page_access
from lamplighter.hub.cases import forms, permissions, presenters, selectors
from lamplighter.hub.cases.case_page.frame import frame
from lamplighter.hub.cases.participants import acting_together as acting
from lamplighter.hub.design import actions


@shows("shared")
@require(permissions.may_see_cases)
def together(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    case = selectors.open_case(key)
    as_at = selectors.moment_asked(request)
    user = who(request)
    may = permissions.may_work_on_cases(user) and not as_at
    possible = acting.could(case) if may else []
    page_access.among("cases", cases=[o.case for o in possible])
    form = forms.TogetherForm(
        request.POST if request.method == "POST" and may else None,
        possible=[
            (str(o.case.key), f"{o.name}, case {o.case.reference} ({presenters.standing_of(o)})")
            for o in possible
        ],
    )
    return actions.page(
        request,
        "cases/together.html",
        form,
        lambda v: acting.join(
            user, case, [o.case for o in possible if str(o.case.key) in v["others"]], v["reason"]
        ),
        lambda: (
            frame(request, case, "cases:together", as_at)
            | {
                "may": may,
                "possible": possible,
                "others": presenters.other_suspects(acting.of_case(case, as_at)),
                "said": presenters.said_together(acting.said(case, as_at), case, user),
            }
        ),
        done="Saved. Whoever leads one of these cases is told of what is reported on another.",
        to=("cases:together", case.key),
    )


@shows("shared")
@require(permissions.may_work_on_cases)
def part(request: HttpRequest, key: uuid.UUID, row_key: uuid.UUID) -> HttpResponse:
    """Say that two of them do not act together after all."""
    case = selectors.open_case(key)
    row = acting.one(case, row_key)
    of = acting.told([row.case, row.other])
    return actions.page(
        request,
        "cases/part_suspects.html",
        forms.ReasonForm(request.POST or None),
        lambda v: acting.part(who(request), case, row_key, v["reason"]),
        lambda: frame(request, case, "cases:part_suspects") | {"of": of, "reason": row.reason},
        done="Saved. What was said before can still be read on an earlier day.",
        to=("cases:together", case.key),
    )
