"""Pages of imports: send files, watch them being read, see what came of them."""

from __future__ import annotations

import io
import shutil
import uuid
from pathlib import Path

from django.conf import settings
from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET

from lamplighter.hub.access.pages import shows
from lamplighter.hub.accounts import permissions
from lamplighter.hub.accounts.services import UnknownAgencyError
from lamplighter.hub.audit import services as audit
from lamplighter.hub.audit.models import Operation
from lamplighter.hub.intake import presenters, services, tasks
from lamplighter.hub.intake.import_forms import ImportForm
from lamplighter.hub.intake.models import Batch, Delivery
from lamplighter.records.mapping import built_in, load_mapping
from lamplighter.records.outward import neutralise_formulae

A_PAGE = 25


def mapping_choices() -> list[tuple[str, str]]:
    return [(name, load_mapping(name).title) for name in built_in()]


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
    return render(request, "intake/history.html", {"rows": rows, "page": page, "others": others})


@shows("deliveries")
@permissions.require(permissions.may_see_imports)
@require_GET
def held(request: HttpRequest) -> HttpResponse:
    """Everything that is held, in counts; no report and nobody's name is shown."""
    from lamplighter.hub.patterns import held as counting

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
        try:
            return redirect("intake:delivery", _receive(form, request).key)
        except UnknownAgencyError as problem:
            form.add_error("mapping", str(problem))
    return render(request, "intake/send.html", {"form": form})


def _receive(form: ImportForm, request: HttpRequest) -> Delivery:
    folder = Path(settings.UPLOADS) / uuid.uuid4().hex
    folder.mkdir(mode=0o700, parents=True)
    try:
        return _received(form, request, folder)
    except BaseException:
        # Nobody would ever read what is there of them.
        shutil.rmtree(folder, ignore_errors=True)
        raise


def _received(form: ImportForm, request: HttpRequest, folder: Path) -> Delivery:
    paths = []
    for number, upload in enumerate(form.cleaned_data["files"]):
        # Django has cut the name to its last part; the number keeps two equal names apart.
        path = folder / upload.name
        if path.exists():
            path = folder / f"{number}-{upload.name}"
        # It lies on the same disk already, under a name of its own.
        path.hardlink_to(upload.temporary_file_path())
        paths.append(path)
    with transaction.atomic():
        delivery = services.receive_files(paths, form.cleaned_data["mapping"], request.user)
        audit.record(
            request.user,
            "intake.files_received",
            f"delivery {delivery.key}",
            operation=Operation.COLLECTION,
            files=len(paths),
        )
        if delivery.state == Delivery.State.UNCHANGED:
            services.discard_uploads(delivery)
        else:
            tasks.read_delivery.defer(delivery_key=str(delivery.key))
    return delivery


@shows("deliveries")
@permissions.require(permissions.may_see_imports)
@require_GET
def delivery(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    from lamplighter.hub.patterns import held as counting

    found = get_object_or_404(Delivery.objects.select_related("received_by", "agency"), key=key)
    totals = services.totals_of(found)
    context = {
        "delivery": found,
        "running": found.state in {Delivery.State.WAITING, Delivery.State.RUNNING},
        "answer": presenters.outcome_sentence(found, totals),
        "state": presenters.state_in_words(found),
        "files": presenters.file_names(found),
        "counts": presenters.counts_rows(totals),
        "totals": totals,
        "reasons": presenters.reasons(found),
        "done": found.state == Delivery.State.DONE,
        "worked_out": counting.worked_out(found),
    }
    return render(request, "intake/delivery.html", context)


@shows("rejects")
@permissions.require(permissions.may_see_rejects)
@require_GET
def rejects(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """Every reject as CSV; no cell of it can run as a formula."""
    found = get_object_or_404(Delivery, key=key)
    frame = neutralise_formulae(services.rejects_frame(found))
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
