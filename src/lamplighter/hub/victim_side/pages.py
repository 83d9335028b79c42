"""Do what every page of the victim's side does first, and put a service's refusal in words in a form."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any, cast

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponseRedirect, QueryDict
from django.shortcuts import redirect

from lamplighter.hub.access.models import CaseRow
from lamplighter.hub.accounts.models import User
from lamplighter.hub.audit import services as audit
from lamplighter.hub.audit.access_log import page_access
from lamplighter.hub.cases import selectors as cases
from lamplighter.hub.cases.case_page.frame import frame
from lamplighter.hub.cases.models import Case
from lamplighter.hub.design import actions
from lamplighter.hub.site.refusals import ConflictError, NotPossibleError
from lamplighter.hub.victim_side import permissions, presenters
from lamplighter.hub.victim_side.policies import NotSafeError
from lamplighter.hub.victim_side.services import documents


def opened(
    request: HttpRequest, key: uuid.UUID, here: str, *, past: bool = True
) -> tuple[Case, dict[str, Any]]:
    """The case and the context of one of its pages; the look is in the audit trail.

    ``past``: the page shows another day when one is asked for. A page that only
    has a form does not: what is recorded is recorded today.
    """
    case = cases.open_case(key)
    as_at = cases.moment_asked(request) if past and request.method == "GET" else None
    page_access.at(f"{here.replace(':', '.')}_seen", f"case {case.key}", case=case)
    return case, frame(request, case, here, as_at)


def side(
    request: HttpRequest, key: uuid.UUID, here: str, *, past: bool = True
) -> tuple[Case, dict[str, Any]]:
    """The same for the pages of the victim's confidences: they exist for those who may read them here."""
    case, context = opened(request, key, here, past=past)
    user = person(request)
    if not permissions.victim_side_open(user, case):
        raise Http404
    context |= {
        "writes": permissions.may_work_with_victim(user) and context["as_at"] is None,
    }
    return case, context


def person(request: HttpRequest) -> User:
    return request.user  # type: ignore[return-value]  # every page here requires somebody


def tried(request: HttpRequest, case: Case, form: forms.Form, act: Callable[[], Any]) -> bool:
    """Tell whether the service did it. If not, the form has its words; a contact refused is audited."""
    try:
        act()
    except NotPossibleError as refused:
        actions.refused(form, refused)
        if isinstance(refused, ConflictError) and refused.newest is None:
            # What was read has been erased since: sent again, it is the first.
            cast("QueryDict", form.data)["version"] = ""
        form.theirs = getattr(refused, "newest", None)  # type: ignore[attr-defined]  # read by :func:`beside`
        if isinstance(refused, NotSafeError):
            audit.record(
                request.user, "victim.contact_refused", f"case {case.key}", case=case, refused=refused.code
            )
        return False
    return True


def shown(model: type[CaseRow], case: Case) -> dict[str, str]:
    """``initial`` of a form whose row stands until the next: which row stood when the page was shown."""
    newest = documents.latest(model, case)
    return {"version": str(newest.key) if newest else ""}


def beside(form: forms.Form) -> dict[str, Any]:
    """Return what somebody else recorded meanwhile, for the page that shows it beside what was typed."""
    theirs = getattr(form, "theirs", None)
    return {"theirs": presenters.standing(theirs) if theirs else None}


def kept(request: HttpRequest, case: Case, page: str, words: str) -> HttpResponseRedirect:
    """Say that it was kept, and go back to where it stands."""
    messages.success(request, words)
    return redirect(page, case.key)


def saved(
    request: HttpRequest, case: Case, form: forms.Form, act: Callable[[], Any], page: str, words: str
) -> HttpResponseRedirect | None:
    """Do what a form asks, and return where one goes then; ``None``: nothing was sent, or it was refused."""
    if request.method == "POST" and form.is_valid() and tried(request, case, form, act):
        return kept(request, case, page, words)
    return None


def only_advocates_write(request: HttpRequest) -> None:
    """Let nobody else send a form: whoever reads by a broken glass is told that there is no such page."""
    if request.method == "POST" and not permissions.may_work_with_victim(person(request)):
        raise Http404
