"""The overview, judgements, measures and advice. Views only ask and show."""

from __future__ import annotations

import datetime as dt

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone

from lamplighter.hub.access.pages import who
from lamplighter.hub.accounts.models import Role
from lamplighter.hub.accounts.staff import training
from lamplighter.hub.cases import selectors as cases
from lamplighter.hub.cases.models import Case
from lamplighter.hub.design import actions
from lamplighter.hub.instruments import library as instruments
from lamplighter.hub.perpetrator_side import (
    forms,
    library,
    policies,
    presenters,
    selectors,
    services,
    wording,
)
from lamplighter.hub.perpetrator_side.pages import ask, page_of_a_case, page_that_writes, show

Moment = dt.datetime | None


@page_of_a_case
def overview(request: HttpRequest, case: Case, as_at: Moment) -> HttpResponse:
    found = selectors.courses(case, as_at)
    gate = policies.check_gate(case, as_at, agency=who(request).agency_id)
    context = {
        "gate": presenters.gate_rows(gate),
        "gate_line": wording.gate_line(gate),
        "to_consult": [ruling for ruling in gate.to_consult if not ruling.open],
        "courses": [presenters.course(c) | {"waiting": presenters.waiting(c)} for c in found],
        # A status that changed under a running programme: said before anything else.
        "stopped": [c for c in found if c.ending is None and not gate.allows(presenters.work_of(c))],
        "typology": presenters.typology_line(
            selectors.judgements(case, as_at), presenters.unseen(request.user, case)
        ),
        "relationship": next(iter(selectors.relationships(case, as_at)), None),
        "title_of": library.title,
        "by_whom": presenters.by_whom,
        "formulation": presenters.formulation_line(case, as_at, presenters.unseen(request.user, case)),
        "results": len(selectors.results(case, as_at)),
        "consultations": len(selectors.consultations(case, as_at)),
        "minutes": [(Role(role).label, total) for role, total in cases.minutes(case, as_at).items()],
        "summaries": selectors.summaries(case, as_at),
    }
    return show(request, case, "overview", context, as_at)


@page_of_a_case
def typology(request: HttpRequest, case: Case, as_at: Moment) -> HttpResponse:
    found = selectors.judgements(case, as_at)
    _, scheme, caution = library.scheme()
    context = {
        "standing": [presenters.judgement(row) for row in selectors.standing(found)],
        "all": [presenters.judgement(row) for row in found],
        "disagree": selectors.disagree(found),
        "scheme": scheme,
        "scheme_caution": caution,
        "relationships": selectors.relationships(case, as_at),
        "title_of": library.title,
        "by_whom": presenters.by_whom,
    }
    return show(request, case, "typology", context, as_at)


@page_that_writes
def judge(request: HttpRequest, case: Case) -> HttpResponse:
    form = forms.TypologyForm(request.POST or None, on=timezone.localdate())
    _, scheme, caution = library.scheme()
    return ask(
        request,
        case,
        form,
        lambda: services.judge_type(who(request), case, **_renamed(form.cleaned_data)),
        title="Judge the type",
        button="Save judgement",
        done="Judgement saved. Earlier ones stay.",
        back=presenters.link(case, "typology"),
        intro=[
            f"{scheme}. {caution}",
            "Your name and today’s date are saved with it.",
            *filter(None, [training.told(who(request), "typology")]),
        ],
    )


def _renamed(given: dict[str, str]) -> dict[str, str]:
    return {"type_": given["type"], "confidence": given["confidence"], "basis": given["basis"]}


@page_that_writes
def relationship(request: HttpRequest, case: Case) -> HttpResponse:
    standing = next(iter(selectors.relationships(case)), None)
    form = forms.RelationshipForm(
        request.POST or None,
        on=timezone.localdate(),
        initial={"seen": standing.key if standing else None},
    )
    return ask(
        request,
        case,
        form,
        lambda: services.record_relationship(
            who(request), case, **(form.cleaned_data | {"seen": form.cleaned_data["seen"] or ""})
        ),
        title="Record the prior relationship",
        button="Record it",
        done="The prior relationship was recorded.",
        back=presenters.link(case, "typology"),
        intro=["This is a fact with a source. The type is judged apart from it."],
    )


@page_of_a_case
def measures(request: HttpRequest, case: Case, as_at: Moment) -> HttpResponse:
    context = {
        "measured": presenters.measured(case, as_at),
        "instruments": list(instruments.of_work().values()),
        "measure_caution": wording.MEASURE_CAUTION,
    }
    return show(request, case, "measures", context, as_at)


@page_of_a_case
def chart(request: HttpRequest, case: Case, as_at: Moment, code: str, version: str) -> HttpResponse:
    instrument = instruments.of_work().get((code, version))
    rows = [r for r in selectors.results(case, as_at, code) if r.version == version]
    drawn = presenters.chart(rows, instrument) if instrument else None
    if drawn is None:
        raise Http404
    return HttpResponse(drawn.svg, content_type="image/svg+xml; charset=utf-8")


@page_that_writes
def measure(request: HttpRequest, case: Case, code: str, version: str) -> HttpResponse:
    instrument = instruments.of_work().get((code, version))
    if instrument is None or not instrument.usable:
        raise Http404
    form = forms.MeasureForm(request.POST or None, instrument=instrument)
    return ask(
        request,
        case,
        form,
        lambda: services.measure(
            who(request),
            case,
            instrument,
            form.cleaned_data["moment"],
            form.cleaned_data["on"],
            form.answers(),
        ),
        title=instrument.title,
        button="Save answers",
        done="Answers saved.",
        back=presenters.link(case, "measures"),
        intro=[
            instrument.about,
            f"Version {instrument.version}. Filled in by: {instrument.filled_by}.",
        ],
    )


@page_of_a_case
def consultations(request: HttpRequest, case: Case, as_at: Moment) -> HttpResponse:
    rows = selectors.consultations(case, as_at)
    return show(request, case, "consultations", {"rows": rows, "by_whom": presenters.by_whom}, as_at)


@page_that_writes
def consult(request: HttpRequest, case: Case) -> HttpResponse:
    form = forms.ConsultationForm(request.POST or None)
    return ask(
        request,
        case,
        form,
        lambda: services.advise(who(request), case, **form.cleaned_data),
        title="Record advice you gave",
        button="Record it",
        done="The advice was recorded, and its minutes counted.",
        back=presenters.link(case, "consultations"),
        intro=["Advice is allowed whatever the legal status. Only this side reads it here."],
    )


@page_that_writes
def publish(request: HttpRequest, case: Case) -> HttpResponse:
    words = wording.summary(
        policies.check_gate(case, agency=who(request).agency_id), services.own_courses(who(request), case)
    )
    form = forms.SureForm(actions.posted(request))
    return ask(
        request,
        case,
        form,
        lambda: services.publish(who(request), case),
        title="Publish where the intervention stands",
        button="Publish these sentences",
        done="Everybody who works on the case can read it now.",
        back=presenters.link(case, "overview"),
        intro=[
            "Everybody who works on the case will read exactly these sentences in its history. Nothing "
            "that was said in a session is in them, nor which programme it is."
        ],
        template="publish",
        words=words,
    )
