from __future__ import annotations

import uuid

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from lamplighter.hub.access.pages import shows
from lamplighter.hub.accounts.models import User
from lamplighter.hub.accounts.permissions import require
from lamplighter.hub.cases.models import Participation
from lamplighter.hub.victim_side import elements, permissions, presenters, selectors
from lamplighter.hub.victim_side import pages as common
from lamplighter.hub.victim_side.forms.standing_by import (
    AdvocateForm,
    FundsForm,
    ImpactForm,
    OfferForm,
    StatementForm,
    SupportForm,
)
from lamplighter.hub.victim_side.models import AdvocateOfCase, PublicFunds, StatementOffer, SupportEvent
from lamplighter.hub.victim_side.services import standing_by


@shows("shared", "advocacy")
@require(permissions.may_read_victim_side)
def side(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    case, context = common.side(request, key, "victim:side")
    as_at = context["as_at"]
    context |= presenters.overview(case, as_at)
    return render(request, "victim_side/side.html", context)


@shows("shared", "advocacy")
@require(permissions.may_work_with_victim)
def appoint(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    case, context = common.side(request, key, "victim:side", past=False)
    agencies = Participation.objects.filter(case=case, ended_at=None).values("agency_id")
    people = User.objects.working().filter(role="advocate", agency_id__in=agencies)
    form = AdvocateForm(
        request.POST or None,
        people=people.order_by("display_name"),
        initial=common.shown(AdvocateOfCase, case),
    )
    if request.method == "POST" and form.is_valid():
        advocate = people.get(key=form.cleaned_data["advocate"])
        since = form.cleaned_data["since"]
        if common.tried(
            request,
            case,
            form,
            lambda: standing_by.appoint(
                common.person(request), case, advocate, since, seen=form.cleaned_data["version"]
            ),
        ):
            return common.kept(request, case, "victim:side", "The advocate is recorded.")
    return render(request, "victim_side/advocate.html", context | {"form": form} | common.beside(form))


@shows("shared", "advocacy")
@require(permissions.may_read_victim_side)
def support(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    case, context = common.side(request, key, "victim:support")
    form = SupportForm(request.POST or None, initial=common.shown(SupportEvent, case))
    common.only_advocates_write(request)
    if done := common.saved(
        request,
        case,
        form,
        lambda: standing_by.change_support(common.person(request), case, **form.written()),
        "victim:support",
        "The change of support is recorded.",
    ):
        return done
    context |= presenters.support(case, context["as_at"])
    return render(request, "victim_side/support.html", context | {"form": form} | common.beside(form))


@shows("shared", "advocacy")
@require(permissions.may_read_victim_side)
def impact(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    case, context = common.side(request, key, "victim:impact")
    form = ImpactForm(request.POST or None)
    common.only_advocates_write(request)
    if done := common.saved(
        request,
        case,
        form,
        lambda: standing_by.add_impact(common.person(request), case, **form.cleaned_data),
        "victim:impact",
        "Entry added.",
    ):
        return done
    entries = selectors.impact(case, context["as_at"])
    found = elements.summary(entries)
    context |= {
        "form": form,
        "entries": presenters.impact_lines(entries),
        "elements": found,
        "limbs": elements.limbs(found),
        "statements": selectors.statement(case, context["as_at"]),
    }
    return render(request, "victim_side/impact.html", context)


@shows("shared", "advocacy")
@require(permissions.may_work_with_victim)
def statement(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    case, context = common.side(request, key, "victim:impact", past=False)
    form = StatementForm(request.POST or None, initial=common.shown(StatementOffer, case))
    if done := common.saved(
        request,
        case,
        form,
        lambda: standing_by.offer_statement(common.person(request), case, **form.written()),
        "victim:impact",
        "The statement's state is recorded.",
    ):
        return done
    context |= {"form": form, "statements": selectors.statement(case)} | common.beside(form)
    return render(request, "victim_side/statement.html", context)


@shows("shared", "advocacy")
@require(permissions.may_read_victim_side)
def offers(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """Show whether the victim was offered an advocate and an assessment of needs, and what she answered."""
    case, context = common.side(request, key, "victim:offers")
    form = OfferForm(request.POST or None)
    common.only_advocates_write(request)
    if done := common.saved(
        request,
        case,
        form,
        lambda: standing_by.offer(common.person(request), case, **form.cleaned_data),
        "victim:offers",
        "The offer is recorded.",
    ):
        return done
    context |= {"form": form, "offers": selectors.offers(case, context["as_at"])}
    return render(request, "victim_side/offers.html", context | {"by_line": presenters.by_line})


@shows("shared", "advocacy")
@require(permissions.may_read_victim_side)
def funds(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """Recourse to public funds, and what is open without it: for advocates alone."""
    case, context = common.side(request, key, "victim:funds")
    form = FundsForm(request.POST or None, initial=common.shown(PublicFunds, case))
    common.only_advocates_write(request)
    if done := common.saved(
        request,
        case,
        form,
        lambda: standing_by.record_public_funds(common.person(request), case, **form.written()),
        "victim:funds",
        "Saved. Only advocates can read it.",
    ):
        return done
    context |= {"form": form} | presenters.funds(case, context["as_at"]) | common.beside(form)
    return render(request, "victim_side/funds.html", context)
