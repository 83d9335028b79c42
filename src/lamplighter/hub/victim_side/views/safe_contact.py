"""The vault's page: nothing that is held until a reason is given, then one look. Nothing is in an address."""

from __future__ import annotations

import uuid

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from lamplighter.hub.access.pages import shows
from lamplighter.hub.accounts.permissions import require
from lamplighter.hub.cases.case_page.frame import frame
from lamplighter.hub.cases.participants import acting_together
from lamplighter.hub.cases.selectors import moment_asked
from lamplighter.hub.site.refusals import NotPossibleError
from lamplighter.hub.victim_side import pages as common
from lamplighter.hub.victim_side import permissions, presenters
from lamplighter.hub.victim_side.forms.contact import LookForm, SafeContactForm
from lamplighter.hub.victim_side.services import safe_contact

HERE = "victim:safe_contact"


@shows("shared", "vault")
@require(permissions.may_open_vault)
def look(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    case, context = common.opened(request, key, HERE)
    if not permissions.vault_open(common.person(request), case):
        raise Http404
    # The form goes to the address that it came from, with its moment.
    as_at = moment_asked(request)
    context |= frame(request, case, HERE, as_at)
    context["acting"] = [o.name for o in acting_together.of_case(case, as_at)]
    writes = as_at is None and permissions.may_contact_victim(common.person(request))
    if request.method == "GET" and writes and safe_contact.nothing_to_see(common.person(request), case):
        context |= {"versions": [], "told": [], "form": SafeContactForm.showing(None), "writes": True}
        return render(request, "victim_side/safe_contact.html", context)
    form = LookForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            versions = safe_contact.look(common.person(request), case, form.cleaned_data["reason"], as_at)
        except NotPossibleError as refused:
            form.add_error("reason", str(refused))
        else:
            context |= {
                "versions": [presenters.rule_version(v) for v in versions],
                "told": safe_contact.told_with_reports(case, form.cleaned_data["reason"]),
                "form": SafeContactForm.showing(versions[0] if versions else None),
                "writes": writes,
            }
            return render(request, "victim_side/safe_contact.html", context)
    return render(request, "victim_side/look.html", context | {"form": form})


@shows("shared", "vault")
@require(permissions.may_contact_victim)
def change(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    case, context = common.opened(request, key, HERE)
    if request.method != "POST":
        return redirect(HERE, case.key)
    form = SafeContactForm(request.POST)
    if form.is_valid() and common.tried(
        request,
        case,
        form,
        lambda: safe_contact.set_rule(
            common.person(request), case, seen=form.cleaned_data["version"], **form.values()
        ),
    ):
        return common.kept(request, case, "victim:contact", "Safe contact rules saved.")
    theirs = getattr(form, "theirs", None)
    context |= {
        "form": form,
        "writes": True,
        "versions": [],
        "acting": [o.name for o in acting_together.of_case(case)],
        "theirs": presenters.rule_version(theirs) if theirs else None,
    }
    return render(request, "victim_side/safe_contact.html", context)
