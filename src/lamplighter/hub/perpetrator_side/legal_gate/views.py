"""Consultations with the officer in the case or the CPS about required work."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseBase

from lamplighter.hub.access.pages import who
from lamplighter.hub.cases.models import Case
from lamplighter.hub.perpetrator_side import forms, policies, presenters, selectors, services, wording
from lamplighter.hub.perpetrator_side.pages import ask, page_of_a_case, page_that_writes, show


@page_of_a_case
def officer_consultations(request: HttpRequest, case: Case, as_at: selectors.Moment) -> HttpResponse:
    gate = policies.check_gate(case, as_at, agency=who(request).agency_id)
    context = {
        "rows": [
            presenters.officer_consultation(row) for row in selectors.officer_consultations(case, as_at)
        ],
        "gate_line": wording.gate_line(gate),
        "to_consult": gate.to_consult,
    }
    return show(request, case, "officer_consultations", context, as_at)


@page_that_writes
def consult_officer(request: HttpRequest, case: Case) -> HttpResponseBase:
    gate = policies.check_gate(case, agency=who(request).agency_id)
    works = [(ruling.work, ruling.title) for ruling in gate.to_consult]
    back = presenters.link(case, "officer_consultations")
    if not works:
        return officer_consultations(request, case.key)
    form = forms.OfficerConsultationForm(request.POST or None, works=works)
    return ask(
        request,
        case,
        form,
        lambda: services.consult_officer(who(request), case, **form.cleaned_data),
        title="Record a consultation about required work",
        button="Save consultation",
        done="Consultation saved.",
        back=back,
        intro=[
            gate.to_consult[0].why,
            "Only this side reads it here. The police and the CPS may ask for it.",
        ],
    )
