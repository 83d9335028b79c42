"""Pages of imports: send files, watch them being read, see what came of them."""

from __future__ import annotations

import io
import uuid
from pathlib import Path

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from lamplighter.hub.access.pages import shows, who
from lamplighter.hub.accounts import permissions
from lamplighter.hub.accounts.services import UnknownAgencyError
from lamplighter.hub.audit import services as audit
from lamplighter.hub.audit.models import Operation
from lamplighter.hub.design import actions
from lamplighter.hub.design.environment import plural
from lamplighter.hub.intake import hooks, presenters, services
from lamplighter.hub.intake.imports import services as file_uploads
from lamplighter.hub.intake.imports.forms import LEFT_OUT, ImportForm, ToldApartForm
from lamplighter.hub.intake.models import Batch, Delivery
from lamplighter.hub.intake.set_aside import selectors as set_aside_reports
from lamplighter.hub.intake.set_aside import services as aside
from lamplighter.hub.intake.sources import selectors, versions
from lamplighter.hub.patterns.pattern_list import selectors as counting
from lamplighter.hub.site.background_work import worker_pulse
from lamplighter.hub.site.refusals import NotPossibleError
from lamplighter.records.errors import RecordsError
from lamplighter.records.formats.formula_injection import neutralise_formulae
from lamplighter.records.mapping.mappings import load_mapping

A_PAGE = 25


def mapping_choices() -> list[tuple[str, str]]:
    """The sources whose files can be read now, and our own bundles, by their names in words."""
    known = versions.usable() | {versions.BUNDLE: load_mapping(versions.BUNDLE)}
    return sorted(((name, mapping.title) for name, mapping in known.items()), key=lambda c: c[1].lower())


@shows("deliveries")
@permissions.require(permissions.may_see_imports)
@require_GET
def history(request: HttpRequest) -> HttpResponse:
    deliveries = (
        Delivery.objects.filter(door=Delivery.Door.FILES)
        .select_related("received_by", "agency")
        .prefetch_related("files")
        .order_by("-received_at", "-pk")
    )
    page = Paginator(deliveries, A_PAGE).get_page(request.GET.get("page"))
    others = {
        # A correction is no further report.
        door.label: Batch.objects.filter(delivery__door=door, reports_new__gt=0).count()
        for door in (Delivery.Door.FORM, Delivery.Door.FEED)
    }
    rows = [presenters.history_row(d) for d in page]
    context = {"rows": rows, "page": page, "others": others, "standstill": _standstill()} | {
        "aside": set_aside_reports.how_many()
    }
    return render(request, "intake/history.html", context)


def _standstill() -> str:
    """Say that nothing is read now, where no worker runs; "" where one does."""
    if worker_pulse.beats(worker_pulse.last(), timezone.now()):
        return ""
    return (
        "No files are being read now: the hub’s worker is not running. What was sent is safe, and is read "
        "when it runs again. Administrators and coordinators see this on every page."
    )


@shows("deliveries", "records")
@permissions.require(permissions.may_see_imports)
@require_GET
def set_aside(request: HttpRequest) -> HttpResponse:
    """Reports that could not be matched: what happened to each, and what to do."""
    rows = presenters.set_aside_rows(set_aside_reports.waiting())
    return render(request, "intake/set_aside.html", {"rows": rows})


@shows("deliveries")
@permissions.require(permissions.may_import)
@require_POST
def set_aside_again(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """Let one of them be tried again."""
    try:
        aside.try_again(who(request), key)
    except NotPossibleError as problem:
        messages.warning(request, str(problem))
    else:
        messages.success(
            request,
            "The report is tried again now. If it fails again, it is back on this list in a few minutes.",
        )
    hooks.tried_again()
    return redirect("intake:set_aside")


@shows("deliveries")
@permissions.require(permissions.may_see_imports)
@require_GET
def held(request: HttpRequest) -> HttpResponse:
    """Everything that is held, in counts; no report and nobody's name is shown."""
    agencies = counting.by_agency()
    context = {
        "agencies": presenters.number_rows([(a["agency"], a["reports"], a["people"]) for a in agencies]),
        "reports": sum(a["reports"] for a in agencies),
        "people": sum(a["people"] for a in agencies),
        "together": presenters.number_rows(counting.together()),
    }
    return render(request, "intake/held.html", context)


@shows("deliveries")
@permissions.require(permissions.may_import)
def send(request: HttpRequest) -> HttpResponse:
    form = ImportForm(
        request.POST or None,
        request.FILES or None,
        mappings=mapping_choices(),
        max_bytes=settings.IMPORT_MAX_BYTES,
    )
    if request.method == "POST" and form.is_valid():
        found = file_uploads.receive(form.cleaned_data["files"])
        named = form.cleaned_data["mapping"]
        told = [file_uploads.Told(path, [named]) for path in found.paths] if named else found.told_apart()
        if not all(one.source for one in told):
            found.wait(who(request))
            return redirect("intake:send_told_apart", found.key)
        try:
            return _on_their_way(request, found, [one.source for one in told])
        except (RecordsError, UnknownAgencyError) as error:
            found.remove()
            form.add_error("files", str(error))
    return render(request, "intake/send.html", {"form": form})


@shows("deliveries")
@permissions.require(permissions.may_import)
def send_told_apart(request: HttpRequest, draft: uuid.UUID) -> HttpResponse:
    """Files of which some fit no source, or several: the person who sent them says."""
    try:
        found = file_uploads.resume(request.user, draft)
    except file_uploads.NoFilesError:
        raise Http404 from None
    choices = mapping_choices()
    files = presenters.files_told_apart(found.told_apart(), dict(choices))
    form = ToldApartForm(actions.posted(request), files=files, mappings=choices)
    if request.method == "POST" and form.is_valid():
        try:
            return _on_their_way(request, found, form.sources())
        except (RecordsError, UnknownAgencyError) as error:
            form.add_error(None, str(error))
    return render(request, "intake/told_apart.html", {"form": form})


def _on_their_way(request: HttpRequest, found: file_uploads.Sent, sources: list[str]) -> HttpResponse:
    """The page of the one import, or the list where there are several."""
    by_source: dict[str, list[Path]] = {}
    for path, source in zip(found.paths, sources, strict=True):
        if source != LEFT_OUT:
            by_source.setdefault(source, []).append(path)
    deliveries = file_uploads.hand_on(who(request), found, by_source)
    if len(deliveries) == 1:
        return redirect("intake:delivery", deliveries[0].key)
    messages.success(request, f"{plural(len(deliveries), 'import')} started, one for each system.")
    return redirect("intake:history")


@shows("deliveries")
@permissions.require(permissions.may_see_imports)
@require_GET
def delivery(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    found = get_object_or_404(Delivery.objects.select_related("received_by", "agency"), key=key)
    totals = services.totals_of(found)
    running = found.state in {Delivery.State.WAITING, Delivery.State.RUNNING}
    reasons = presenters.reasons(found)
    context = {
        "delivery": found,
        "running": running,
        "standstill": _standstill() if running else "",
        "answer": presenters.outcome_sentence(found, totals),
        "state": presenters.state_in_words(found),
        "files": presenters.file_names(found),
        "counts": presenters.counts_rows(totals),
        "totals": totals,
        "reasons": reasons,
        "not_shown": "" if reasons else presenters.reasons_not_shown(found, totals),
        "done": found.state == Delivery.State.DONE,
        "worked_out": counting.worked_out(found),
        "read_with": presenters.read_with(found),
        "unknown": presenters.unknown_sentences(selectors.unknown_words(found)),
    }
    return render(request, "intake/delivery.html", context)


@shows("rejects")
@permissions.require(permissions.may_see_rejects)
@require_GET
def rejects(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """Every reject as CSV; no cell of it can run as a formula."""
    found = get_object_or_404(Delivery, key=key)
    frame = neutralise_formulae(services.rejects_frame(found))
    if not frame.height and presenters.reasons_not_shown(found, services.totals_of(found)):
        raise PermissionDenied
    audit.record(
        request.user,
        "intake.rejects_downloaded",
        f"delivery {found.key}",
        operation=Operation.DISCLOSURE,
        rows=frame.height,
    )
    text = io.BytesIO()
    frame.write_csv(text, include_bom=True)
    response = HttpResponse(text.getvalue(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="rejects-{found.key}.csv"'
    return response
