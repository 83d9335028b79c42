"""Pages of the second person who confirms an account, and the one page of whoever waits for that."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from lamplighter.hub.access.pages import shows, who
from lamplighter.hub.accounts import permissions
from lamplighter.hub.accounts.models import Role
from lamplighter.hub.accounts.permissions import require
from lamplighter.hub.accounts.staff import confirmations, members
from lamplighter.hub.accounts.staff.forms import AnswerForm
from lamplighter.hub.design import actions
from lamplighter.hub.site.refusals import NotPossibleError


@shows()
@require_safe
def waits(request: HttpRequest) -> HttpResponse:
    """Say that the account waits, for whom, and that it opens nothing until then."""
    user = who(request)
    if user.waits_since is None:
        return HttpResponseRedirect(reverse("home"))
    context = {"asked": confirmations.latest_ask(user), "confirmers": confirmations.confirmers(user)}
    return render(request, "accounts/waits.html", context)


@shows("oversight")
@require(permissions.may_confirm_accounts)
@require_safe
def to_confirm(request: HttpRequest) -> HttpResponse:
    """List the accounts that wait: those that the reader may answer, and every one for an auditor."""
    user = who(request)
    auditor = user.role == Role.AUDITOR
    waiting = confirmations.waiting_for(user)
    context = {
        "waiting": waiting,
        "stuck": [w.user for w in waiting if auditor and not w.mine and not confirmations.confirmers(w.user)],
        "answered": confirmations.answered_lately() if auditor else [],
        "auditor": auditor,
    }
    return render(request, "accounts/to_confirm.html", context)


@shows("oversight")
@require(permissions.may_confirm_accounts)
@require_http_methods(["GET", "POST"])
def answer(request: HttpRequest, key: UUID) -> HttpResponse:
    """Confirm one account or refuse it, and say how one knows."""
    by = who(request)
    waiting = confirmations.one_waiting(by, key)
    if waiting is None:
        raise Http404
    user = waiting.user
    form = AnswerForm(
        request.POST or None, initial={"version": members.version(user)}, came_in=waiting.came_in
    )
    if request.method == "POST" and form.is_valid():
        given = form.written()
        do = confirmations.confirm if given.pop("answer") == "confirm" else confirmations.refuse
        try:
            do(by, user, **given)
        except NotPossibleError as problem:
            actions.refused(form, problem, mark=lambda _: members.version(user))
        else:
            done = "confirmed" if do is confirmations.confirm else "refused, and the account is shut"
            messages.success(request, f"{user.display_name}: {done}.")
            return HttpResponseRedirect(reverse("accounts:to_confirm"))
    context = {"form": form, "waiting": waiting, "person": user}
    return render(request, "accounts/answer.html", context)
