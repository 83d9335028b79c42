"""Do what every page of this side does first and last. Views stay short because of it."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable
from functools import wraps
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render

from lamplighter.hub.access.pages import shows
from lamplighter.hub.accounts.permissions import require
from lamplighter.hub.audit.access_log import page_access
from lamplighter.hub.cases import selectors as cases
from lamplighter.hub.cases.case_page.frame import frame
from lamplighter.hub.cases.models import Case
from lamplighter.hub.design import actions
from lamplighter.hub.perpetrator_side import permissions, presenters, selectors, wording
from lamplighter.hub.site.refusals import NotPossibleError

HOME = "perpetrator_side:overview"
View = Callable[..., HttpResponseBase]


def _seen(request: HttpRequest, case: Case, view: View) -> None:
    page_access.at("perpetrator_side.seen", f"case {case.key}", case=case, page=view.__name__)


def page_of_a_case(view: View) -> Callable[..., HttpResponseBase]:
    """A page to look at: the case, the moment, the audit; "not found" for those who are not of this side."""

    @shows("shared", "health")
    @require(permissions.may_look_here)
    @wraps(view)
    def looked(request: HttpRequest, key: uuid.UUID, *args: Any, **kwargs: Any) -> HttpResponseBase:
        case = cases.open_case(key)
        if not selectors.open_to(request.user, case):  # type: ignore[arg-type]  # somebody: the permission asked
            raise Http404
        page_access.at("perpetrator_side.seen", f"case {case.key}", case=case, page=view.__name__)
        return view(request, case, cases.moment_asked(request), *args, **kwargs)

    return looked


def page_that_writes(view: View) -> Callable[..., HttpResponseBase]:
    """A page with a form: only for those of this side, and never as at another moment."""

    @shows("shared", "health")
    @require(permissions.may_work_here)
    @wraps(view)
    def writing(request: HttpRequest, key: uuid.UUID, *args: Any, **kwargs: Any) -> HttpResponseBase:
        case = cases.open_case(key)
        if not cases_on(request, case):
            raise PermissionDenied
        page_access.at("perpetrator_side.seen", f"case {case.key}", case=case, page=view.__name__)
        return view(request, case, *args, **kwargs)

    return writing


def cases_on(request: HttpRequest, case: Case) -> bool:
    """Tell whether the person's agency works on the case: with emergency access alone nobody writes."""
    agency = request.user.agency_id  # type: ignore[union-attr]  # somebody: the permission asked
    return any(p.agency_id == agency for p in cases.participations(case))


def show(
    request: HttpRequest, case: Case, template: str, context: dict[str, Any], as_at: dt.datetime | None = None
) -> HttpResponse:
    """Render a page of this side; ``template`` with a "/" is another context's."""
    writes = permissions.may_work_here(request.user) and as_at is None
    common = {
        "writes": writes,
        "caution": wording.CAUTION,
        "link": presenters.link,
        "unseen": presenters.unseen(request.user, case),
    }
    here = request.resolver_match.view_name if request.resolver_match else HOME
    name = template if "/" in template else f"perpetrator_side/{template}"
    return render(request, f"{name}.html", frame(request, case, here, as_at) | common | context)


def typed(form: forms.Form) -> list[tuple[str, str]]:
    """``[(label, what was typed)]`` of every field that is shown, choices in their words."""
    found = []
    for field in form.visible_fields():
        given = form.cleaned_data.get(field.name)
        words = dict(getattr(field.field, "choices", ()))
        several = given if isinstance(given, list) else [given]
        text = ", ".join(str(words.get(str(one), one)) for one in several if one not in (None, ""))
        found.append((str(field.label), text or "Nothing"))
    return found


def ask(
    request: HttpRequest,
    case: Case,
    form: forms.Form,
    do: Callable[[], Any],
    *,
    title: str,
    button: str,
    done: str,
    back: str,
    intro: list[str] | None = None,
    template: str = "form",
    **context: Any,
) -> HttpResponse:
    """Show a form; when it is sent and ``do`` succeeds, say so and go back. What was typed is kept."""

    def both(newest: Any, _: dict[str, Any]) -> dict[str, Any]:
        second = presenters.second_line(newest)
        return {"standing": presenters.standing(newest), "typed": typed(form), "second": second}

    if request.method == "POST" and form.is_valid():
        try:
            do()
        except NotPossibleError as refused:
            context |= actions.refused(form, refused, both=both)
        else:
            messages.success(request, done)
            return redirect(back)
    common = {"form": form, "title": title, "button": button, "back": back, "intro": intro or []}
    return show(request, case, template, common | context)
