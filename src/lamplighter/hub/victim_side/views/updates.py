from __future__ import annotations

import uuid

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from lamplighter.hub.access.pages import shows
from lamplighter.hub.accounts.permissions import require
from lamplighter.hub.victim_side import pages as common
from lamplighter.hub.victim_side import permissions, presenters, rules, selectors
from lamplighter.hub.victim_side.forms.updates import EventForm, RightsForm, ToldForm
from lamplighter.hub.victim_side.models import CodeEvent, EnhancedRights
from lamplighter.hub.victim_side.services import updates as service

HERE = "victim:updates"


@shows("shared")
@require(permissions.may_see_updates)
def updates(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    case, context = common.opened(request, key, HERE)
    user = common.person(request)
    form = EventForm(request.POST or None)
    if request.method == "POST":
        if not permissions.may_enter_events(user):
            raise Http404
        if form.is_valid() and common.tried(
            request, case, form, lambda: service.enter_event(user, case, **form.cleaned_data)
        ):
            return common.kept(request, case, HERE, "The event is entered and the clock runs.")
    context |= presenters.updates(case, context["as_at"])
    now = context["as_at"] is None
    context |= {
        "form": form,
        "enters": now and permissions.may_enter_events(user),
        "tells": now and permissions.may_contact_victim(user),
        "sets_rights": now and permissions.may_set_rights(user),
    }
    return render(request, "victim_side/updates.html", context)


@shows("shared", "vault")
@require(permissions.may_contact_victim)
def told(request: HttpRequest, key: uuid.UUID, of: uuid.UUID) -> HttpResponse:
    case, context = common.opened(request, key, HERE, past=False)
    event = CodeEvent.objects.filter(case=case, key=of).first()
    if event is None:
        raise Http404
    form = ToldForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        channel, at = form.cleaned_data["channel"], form.moment()
        if common.tried(
            request,
            case,
            form,
            lambda: service.tell(common.person(request), case, event, channel=channel, at=at),
        ):
            return common.kept(request, case, HERE, "It is recorded that the victim was told.")
    heading = f"The victim was told: {rules.title('event', event.kind).lower()}"
    context |= {"form": form, "heading": heading, "back": HERE} | common.beside(form)
    return render(request, "victim_side/form.html", context)


@shows("shared")
@require(permissions.may_set_rights)
def enhanced(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    case, context = common.opened(request, key, HERE, past=False)
    standing = presenters.answers(selectors.rights(case))
    form = RightsForm(request.POST or None, initial=common.shown(EnhancedRights, case) | standing)
    if done := common.saved(
        request,
        case,
        form,
        lambda: service.set_enhanced(
            common.person(request),
            case,
            form.answers(),
            form.cleaned_data["reason"],
            seen=form.cleaned_data["version"],
        ),
        HERE,
        "Saved for events entered from now on.",
    ):
        return done
    context |= {"form": form, "heading": "Enhanced rights", "back": HERE} | common.beside(form)
    return render(request, "victim_side/form.html", context)
