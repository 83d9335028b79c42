"""Pages of the self-inspection pack: the pack of an agency on screen, and its files."""

from __future__ import annotations

import datetime as dt

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone

from lamplighter.hub.access.pages import shows
from lamplighter.hub.accounts.models import Agency
from lamplighter.hub.accounts.permissions import require
from lamplighter.hub.audit.access_log import page_access as sights
from lamplighter.hub.cases import selectors as cases
from lamplighter.hub.design.fields import DatePartsField
from lamplighter.hub.improvement import permissions
from lamplighter.hub.papers import presenters
from lamplighter.hub.papers.files import drawing
from lamplighter.hub.papers.self_inspection import writing


class DayForm(forms.Form):
    """Ask for the day at whose end the pack is shown; from three boxes to an address."""

    use_required_attribute = False
    day = DatePartsField(label="Show it as it stood at the end of", latest=timezone.localdate)


def _of(request: HttpRequest, code: str) -> tuple[Agency, dt.datetime, str]:
    """Return the agency, the moment asked for, and the part of the address that asks for it again."""
    agency = get_object_or_404(Agency, code=code)
    then = cases.moment_asked(request)
    asked = f"?as_at={timezone.localdate(then).isoformat()}" if then else ""
    return agency, then or timezone.now(), asked


@shows("oversight")
@require(permissions.may_see_improvement)
def page(request: HttpRequest, code: str) -> HttpResponse:
    """Show an agency's pack, as of today or of the end of a past day."""
    form = DayForm(request.GET if "day_day" in request.GET else None)
    if form.is_valid():
        address = reverse("papers:self_inspection", args=[code])
        return redirect(f"{address}?as_at={form.cleaned_data['day'].isoformat()}")
    agency, as_at, asked = _of(request, code)
    sheet = writing.pack(agency, as_at)
    sights.at("papers.self_inspection_seen", f"agency {agency.code}")
    return render(
        request,
        "papers/self_inspection.html",
        {
            "agency": agency,
            "as_at": timezone.localdate(as_at),
            "past": bool(asked),
            "asked": asked,
            "sheet": sheet,
            "blocks": presenters.blocks(sheet),
            "forms": drawing.NAMES,
            "form": form,
        },
        status=422 if form.errors else 200,
    )


@shows("oversight")
@require(permissions.may_see_improvement)
def file(request: HttpRequest, code: str, form: str) -> HttpResponse:
    """Give out the pack as a file. Its name tells the agency and the day, and nothing that was typed."""
    agency, as_at, _ = _of(request, code)
    if form not in drawing.NAMES:
        raise Http404
    kind, draw = drawing.FORMS[form]
    made = draw(writing.pack(agency, as_at))
    sights.at("papers.self_inspection_file", f"agency {agency.code}", form=form, sha256=drawing.digest(made))
    response = HttpResponse(made, content_type=kind)
    name = f"self-inspection-{agency.code}-{timezone.localdate(as_at).isoformat()}.{form}"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "no-store"
    return response
