"""The pages of health flags, for those of this side alone."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse

from lamplighter.hub.access.pages import who
from lamplighter.hub.cases.models import Case
from lamplighter.hub.perpetrator_side import presenters, selectors
from lamplighter.hub.perpetrator_side.health_flags import forms, services
from lamplighter.hub.perpetrator_side.models import HealthFlag
from lamplighter.hub.perpetrator_side.pages import ask, page_of_a_case, page_that_writes, show


@page_of_a_case
def health(request: HttpRequest, case: Case, as_at: selectors.Moment) -> HttpResponse:
    decided = selectors.health_decisions(case, as_at)
    rows: list[dict[str, Any]] = [
        {
            "row": row,
            "by": presenters.by_whom(row),
            "decisions": [(d, presenters.by_whom(d)) for d in decided if d.flag_id == row.pk],
            "href": presenters.link(case, "decide_health", row.key),
        }
        for row in selectors.health_flags(case, as_at)
    ]
    return show(request, case, "health", {"rows": rows}, as_at)


@page_that_writes
def flag(request: HttpRequest, case: Case) -> HttpResponse:
    form = forms.FlagForm(request.POST or None)
    return ask(
        request,
        case,
        form,
        lambda: services.flag(who(request), case, **form.cleaned_data),
        title="Record a health flag",
        button="Record it",
        done="Recorded. The decision on a referral is on a work list.",
        back=presenters.link(case, "health"),
        intro=[
            "What somebody said of the suspect’s mental health, with who said it and when. It is never "
            "worked out from anything. Only this side reads it. It says nothing of danger, and excuses "
            "nothing."
        ],
    )


@page_that_writes
def decide(request: HttpRequest, case: Case, row: uuid.UUID) -> HttpResponse:
    found = HealthFlag.objects.filter(case=case, key=row).first()
    if found is None:
        raise Http404
    form = forms.DecisionForm(request.POST or None)
    return ask(
        request,
        case,
        form,
        lambda: services.decide(who(request), case, found, **form.cleaned_data),
        title="Decide on a referral to a health service",
        button="Save decision",
        done="Decision saved.",
        back=presenters.link(case, "health"),
        intro=[f"{found.get_source_display()}: {found.words}"],
    )
