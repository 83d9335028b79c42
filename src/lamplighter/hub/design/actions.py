"""One action on one page: its form, what a service says to it, and where one goes once it is done."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, cast

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render

from lamplighter.hub.site.refusals import ConflictError, NotPossibleError

Shown = Mapping[str, Any]
Both = Callable[[Any, dict[str, Any]], Shown]
"""Return what a page shows of the row that stands now beside what was typed."""
SEEN = ("version", "seen", "replaces")
"""Fields of a form that carry the key of the row that its page showed."""


def posted(request: HttpRequest) -> Any:
    """Return what was sent, even where it is empty: an empty form has its errors too."""
    return request.POST if request.method == "POST" else None


def refused(
    form: forms.Form,
    refusal: NotPossibleError,
    *,
    field: str = "",
    both: Both | None = None,
    mark: Callable[[Any], object] | None = None,
) -> Shown:
    """Put a refusal into the form, and return what the page shows of what somebody else wrote first.

    What was typed stays. Sent again after a conflict, it is sent by somebody who has read what stands now.
    """
    typed = dict(form.cleaned_data)
    form.data = data = cast("QueryDict", form.data).copy()
    newest = refusal.newest if isinstance(refusal, ConflictError) else None
    asked = (refusal.field, field if newest is None else "")
    form.add_error(next((name for name in asked if name in form.fields), None), str(refusal))
    if newest is None:
        return {}
    for name in SEEN:
        sent = form.add_prefix(name)
        if name in form.fields and (name != "replaces" or form.data.get(sent)):
            data[sent] = str(mark(newest) if mark else getattr(newest, "key", newest))
    return both(newest, typed) if both else {}


def page(
    request: HttpRequest,
    template: str,
    form: forms.Form,
    do: Callable[[dict[str, Any]], Any],
    context: Shown | Callable[[], Shown] = dict,
    *,
    done: str | Callable[[Any], str] = "",
    to: tuple[Any, ...] | Callable[[Any], tuple[Any, ...]] = (),
    field: str = "",
    both: Both | None = None,
    mark: Callable[[Any], object] | None = None,
) -> HttpResponse:
    """Show a form; when it is sent and ``do`` succeeds, say so and go on.

    Args:
        do: is given what was typed. It returns what ``done`` and ``to`` are asked with, or a page by itself.
        context: what the template shows beside ``form``; a function is asked only when the page is shown.
        done: the message, "" for none.
        to: the arguments of ``redirect``.
        field: the answer that every refusal is about, where the refusal names none.
        both: what is shown beside what was typed where somebody else was first.
        mark: by what the form knows the row that stands now, where not by its key.
    """
    beside: Shown = {}
    if request.method == "POST" and form.is_valid():
        try:
            made = do(dict(form.cleaned_data))
        except NotPossibleError as refusal:
            beside = refused(form, refusal, field=field, both=both, mark=mark)
        else:
            if isinstance(made, HttpResponse):
                return made
            if said := done(made) if callable(done) else done:
                messages.success(request, said)
            return redirect(*(to(made) if callable(to) else to))
    shown = context() if callable(context) else context
    return render(request, template, {**shown, "form": form, **beside}, status=422 if form.errors else 200)
