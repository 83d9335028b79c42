from __future__ import annotations

import uuid
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from lamplighter.hub.access import moment
from lamplighter.hub.access.pages import shows
from lamplighter.hub.accounts.permissions import require
from lamplighter.hub.victim_side import pages as common
from lamplighter.hub.victim_side import permissions, policies, presenters, selectors
from lamplighter.hub.victim_side.forms.contact import (
    BrokenForm,
    CadenceForm,
    ContactForm,
    QuickForm,
    ResultForm,
)
from lamplighter.hub.victim_side.models import Cadence, Contact, SafeContact
from lamplighter.hub.victim_side.services import contact as contacts
from lamplighter.hub.victim_side.services import safe_contact

HERE = "victim:contact"


@shows("shared", "advocacy", "police", "vault")
@require(permissions.may_see_contact)
def contact(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """Show the tasks, what was done, and a form for a contact; of the vault only whether and how.

    Whoever reads by a broken glass has what was done, writes nothing and asks the vault nothing.
    """
    case, context = common.opened(request, key, HERE)
    user = common.person(request)
    if not permissions.contact_open(user, case):
        raise Http404
    reaches = permissions.may_contact_victim(user)
    if request.method == "POST" and not reaches:
        raise Http404
    tasks = selectors.clocks(case, context["as_at"])
    quick = {str(t.key): _quick(request, t) for t in tasks}
    form: QuickForm | ContactForm = ContactForm(None, tasks=tasks, initial={"direction": "out"})
    if request.method == "POST":
        sent = quick.get(request.POST.get("task", ""))
        if sent is not None:
            task = contacts.task(case, request.POST["task"])
            if sent.is_valid() and common.tried(
                request,
                case,
                sent,
                lambda: contacts.record(
                    user, case, at=moment.now(), clock=task, direction="out", **sent.cleaned_data
                ),
            ):
                return common.kept(request, case, HERE, "The contact is recorded.")
            form = sent if sent.errors else form
        else:
            form = ContactForm(request.POST, tasks=tasks)
            if form.is_valid() and common.tried(request, case, form, lambda: _record(user, case, form)):
                return common.kept(request, case, HERE, "The contact is recorded.")
    context |= presenters.contact(case, context["as_at"], tasks, quick, user.agency_id if reaches else None)
    # Whether the victim was asked is for the page alone: a list of tasks says what was answered.
    verdicts = safe_contact.verdicts(user, case) if reaches else {}
    context |= {
        "form": form,
        "full_form": form if isinstance(form, ContactForm) else ContactForm(None, tasks=tasks),
        "writes": reaches and context["as_at"] is None,
        "advocates": permissions.may_work_with_victim(user),
        "verdicts": presenters.verdict_lines(verdicts),
        "silent": _before(next((v.rule for v in verdicts.values()), None)),
        "vault": permissions.vault_open(user, case),
    }
    return render(request, "victim_side/contact.html", context)


def _before(rule: SafeContact | None) -> str:
    """What is read before contact: who must not be told, or that nobody has asked."""
    if rule is None:
        return ""
    return policies.before_contact(rule) or ("" if rule.asked_who else policies.NOT_ASKED)


def _quick(request: HttpRequest, task: Any) -> QuickForm:
    mine = request.method == "POST" and request.POST.get("task") == str(task.key)
    return QuickForm(request.POST if mine else None, prefix=f"t{task.key.hex}")


def _record(user: Any, case: Any, form: ContactForm) -> Contact:
    given = {name: form.cleaned_data[name] for name in ("direction", "channel", "words", "result", "agreed")}
    clock = contacts.task(case, form.cleaned_data.get("clock"))
    return contacts.record(user, case, at=form.moment(), clock=clock, **given)


@shows("shared", "advocacy", "police")
@require(permissions.may_contact_victim)
def result(request: HttpRequest, key: uuid.UUID, of: uuid.UUID) -> HttpResponse:
    case, context = common.opened(request, key, HERE, past=False)
    found = Contact.objects.filter(case=case, key=of).first()
    if found is None or found.owner_id != common.person(request).agency_id:
        raise Http404
    form = ResultForm(request.POST or None)
    if done := common.saved(
        request,
        case,
        form,
        lambda: contacts.add_result(common.person(request), case, found, **form.cleaned_data),
        HERE,
        "Outcome recorded.",
    ):
        return done
    context |= {"form": form, "heading": "Outcome of contact", "back": HERE}
    return render(request, "victim_side/form.html", context)


@shows("shared", "advocacy")
@require(permissions.may_work_with_victim)
def cadence(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    case, context = common.side(request, key, HERE, past=False)
    form = CadenceForm(request.POST or None, initial=common.shown(Cadence, case))
    if done := common.saved(
        request,
        case,
        form,
        lambda: contacts.agree_cadence(common.person(request), case, **form.written()),
        HERE,
        "What was agreed is recorded.",
    ):
        return done
    context |= {"form": form, "heading": "How often, after the first week", "back": HERE}
    context |= common.beside(form)
    return render(request, "victim_side/form.html", context)


@shows("shared", "advocacy", "police")
@require(permissions.may_contact_victim)
def broken(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    case, context = common.opened(request, key, HERE, past=False)
    form = BrokenForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        values = {name: form.cleaned_data[name] for name in ("channel", "words")}
        if common.tried(
            request,
            case,
            form,
            lambda: contacts.tell_broken(common.person(request), case, at=form.moment(), **values),
        ):
            return common.kept(request, case, HERE, "It is recorded. A safety review is on the work list.")
    context |= {"form": form, "heading": "A contact rule was broken", "back": HERE}
    return render(request, "victim_side/form.html", context)
