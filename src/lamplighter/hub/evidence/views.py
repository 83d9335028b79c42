"""Exhibits of a case: the list, one of them, what is sent, where it went, redacted copies, and the bytes."""

from __future__ import annotations

import json
import uuid
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET

from lamplighter.hub.access.pages import shows, who
from lamplighter.hub.accounts.permissions import require
from lamplighter.hub.audit import services as audit
from lamplighter.hub.audit.access_log import page_access
from lamplighter.hub.audit.models import Operation
from lamplighter.hub.cases import permissions
from lamplighter.hub.cases import selectors as cases
from lamplighter.hub.cases.case_page.frame import frame
from lamplighter.hub.cases.models import Case
from lamplighter.hub.design import actions
from lamplighter.hub.evidence import (
    forms,
    incidents,
    policies,
    presenters,
    rules,
    selectors,
    services,
    sharing_copies,
)
from lamplighter.hub.evidence.files import opening, pictures, redacting, sealed, serving
from lamplighter.hub.evidence.models import File, Scan
from lamplighter.hub.evidence.record import case_uco, receipts
from lamplighter.hub.evidence.selectors import Known
from lamplighter.hub.evidence.services import Sent
from lamplighter.reporting.words import count

ANY_SIDE = ("shared", "police", "health", "advocacy", "warning")


def _agencies(case: Case) -> list[Any]:
    return [p.agency for p in cases.participations(case)]


@shows(*ANY_SIDE)
@require(permissions.may_see_cases)
@require_GET
def page(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """List the exhibits of the case, first those that do not open in one click."""
    case = cases.open_case(key)
    today, as_at = timezone.localdate(), cases.moment_asked(request)
    found = selectors.of_case(case, as_at)
    context = frame(request, case, "evidence:page", as_at) | {
        "rows": [presenters.row(known, today) for known in found],
        "waiting": [
            {"label": k.label, "key": k.exhibit.key, "state": presenters.state(k, f, today)}
            for k, f, _ in selectors.not_clean(found)
        ],
        "may": permissions.may_work_on_cases(request.user) and as_at is None,
    }
    return render(request, "evidence/page.html", context)


@shows(*ANY_SIDE)
@require(permissions.may_see_cases)
@require_GET
def exhibit(request: HttpRequest, key: uuid.UUID, row: uuid.UUID) -> HttpResponse:
    case = cases.open_case(key)
    known = selectors.exhibit(case, row)
    page_access.at("evidence.exhibit_seen", f"exhibit {known.exhibit.key}", case=case)
    proof = receipts.proof(known.original) if known.original else None
    context = frame(request, case, "evidence:exhibit") | {
        "e": presenters.exhibit(known, case, _agencies(case), timezone.localdate()),
        "receipt": proof and {"day": proof[1].day, "root": proof[1].root, "proof": proof[0]},
        "incidents": incidents.lines(case, known),
        "shared": sharing_copies.standing(known.redacted) if known.redacted else {},
        "may_share": {f.key for f in known.redacted if sharing_copies.may_share(who(request), known, f)},
        "picture_to_come": presenters.waits_for_a_picture(known),
        "may": permissions.may_work_on_cases(request.user),
    }
    return render(request, "evidence/exhibit.html", context)


@shows(*ANY_SIDE, "vault")
@require(permissions.may_work_on_cases)
def send(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """Take files in, and say of each what became of it."""
    user, case = who(request), cases.open_case(key)
    files = request.FILES if request.method == "POST" else None
    form = forms.SendForm(actions.posted(request), files, user=user, on_case=_agencies(case))

    def do(given: dict[str, Any]) -> HttpResponse:
        sent = [Sent(f.file, f.size or 0, f.name or "") for f in given["files"]]
        fates = services.receive_several(user, case, given["side"], sent, **form.told())
        refused = [fate for fate in fates if fate.exhibit is None]
        if not refused:
            taken = count(len(fates), "file")
            messages.success(request, f"{taken} received. Scanned for viruses before anybody opens it.")
            return redirect("evidence:page", case.key)
        context = frame(request, case, "evidence:send") | {"fates": fates, "refused": refused}
        return render(
            request, "evidence/sent.html", context, status=200 if len(refused) < len(fates) else 422
        )

    return actions.page(
        request,
        "evidence/send.html",
        form,
        do,
        lambda: frame(request, case, "evidence:send") | _allowed(),
        field="files",
    )


def _allowed() -> dict[str, Any]:
    today = timezone.localdate()
    return {
        "types": sorted({rules.type_title(code) for code in rules.types(today).values()}),
        "most": rules.limit("file", today),
        "files": rules.limit("files", today),
    }


@shows(*ANY_SIDE, "vault")
@require(permissions.may_work_on_cases)
def elsewhere(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """Record what somebody else keeps."""
    user, case = who(request), cases.open_case(key)
    form = forms.ElsewhereForm(actions.posted(request), user=user, on_case=_agencies(case))
    return actions.page(
        request,
        "evidence/elsewhere.html",
        form,
        lambda given: services.note_elsewhere(user, case, given["side"], given["kind"], **form.told()),
        lambda: frame(request, case, "evidence:elsewhere"),
        done=lambda made: f"Recorded as exhibit {made.label}.",
        to=lambda made: ("evidence:exhibit", case.key, made.key),
    )


@shows(*ANY_SIDE, "vault")
@require(permissions.may_work_on_cases)
def move(request: HttpRequest, key: uuid.UUID, row: uuid.UUID) -> HttpResponse:
    user, case = who(request), cases.open_case(key)
    known = selectors.exhibit(case, row)
    form = forms.MoveForm(actions.posted(request))

    def do(given: dict[str, Any]) -> Any:
        names = ("from_whom", "to_whom", "why", "where", "seal")
        told = {name: given[name] for name in names}
        return services.move(user, case, known.exhibit, moved_at=form.moment(), **told)

    return _form(request, case, known, "evidence:move", "Record a hand-over", form, do, "Hand-over recorded.")


@shows(*ANY_SIDE, "vault")
@require(permissions.may_work_on_cases)
def step(request: HttpRequest, key: uuid.UUID, row: uuid.UUID) -> HttpResponse:
    user, case = who(request), cases.open_case(key)
    known = selectors.exhibit(case, row)
    form = forms.StepForm(actions.posted(request))

    def do(given: dict[str, Any]) -> Any:
        rest = {"result": given["result"], "words": given["words"]}
        return services.step(user, case, known, given["step"], given["day"], **rest)

    return _form(request, case, known, "evidence:step", "Record a day of the device", form, do, "Recorded.")


@shows(*ANY_SIDE, "vault")
@require(permissions.may_work_on_cases)
def support(request: HttpRequest, key: uuid.UUID, row: uuid.UUID) -> HttpResponse:
    user, case = who(request), cases.open_case(key)
    known = selectors.exhibit(case, row)
    form = forms.SupportForm(actions.posted(request))
    return _form(
        request,
        case,
        known,
        "evidence:support",
        "What it shows",
        form,
        lambda given: services.support(user, case, known.exhibit, words=given["words"]),
        "Recorded.",
    )


def _form(
    request: HttpRequest, case: Case, known: Known, here: str, title: str, form: Any, do: Any, done: str
) -> HttpResponse:
    return actions.page(
        request,
        "evidence/form.html",
        form,
        do,
        lambda: frame(request, case, here) | {"known": known, "heading": title},
        done=done,
        to=("evidence:exhibit", case.key, known.exhibit.key),
    )


@shows(*ANY_SIDE)
@require(permissions.may_see_cases)
def open_file(request: HttpRequest, key: uuid.UUID, row: uuid.UUID) -> HttpResponseBase:
    """Hand a file out, to be saved. One that is not clean asks for a reason; an infected one never goes."""
    case = cases.open_case(key)
    known, file = selectors.file(case, row)
    state = known.state(file)
    form = forms.OpeningForm(actions.posted(request))
    reason = form.cleaned_data["reason"] if form.is_bound and form.is_valid() else ""
    if state == Scan.State.INFECTED or not (state == Scan.State.CLEAN or reason):
        told = presenters.state(known, file, timezone.localdate())
        context = frame(request, case, "evidence:open") | {"known": known, "state": told, "form": form}
        return render(request, "evidence/open.html", context, status=422 if form.errors else 200)
    policies.check_opens(state, reason)
    answer = _bytes(known, file)
    audit.record(
        request.user,
        "evidence.file_opened",
        f"file {file.key}",
        operation=Operation.DISCLOSURE,
        case=case,
        reason=reason,
        state=state,
    )
    return answer


def _bytes(known: Known, file: File) -> HttpResponseBase:
    try:
        return serving.download(sealed.chunks(file.key), file.size, presenters.file_name(known, file))
    except sealed.NotHereError:
        raise Http404 from None


@shows(*ANY_SIDE)
@require(permissions.may_see_cases)
@require_GET
def picture(request: HttpRequest, key: uuid.UUID, row: uuid.UUID) -> HttpResponse:
    """Show the picture that the hub made; nothing else of an exhibit ever stands on a page."""
    case = cases.open_case(key)
    known, file = selectors.file(case, row)
    if file.role != File.Role.VIEW or known.state(file) != Scan.State.CLEAN:
        raise Http404
    page_access.at("evidence.picture_seen", f"file {file.key}", case=case)
    try:
        return serving.picture(b"".join(sealed.chunks(file.key)))
    except sealed.NotHereError:
        raise Http404 from None


@shows(*ANY_SIDE)
@require(permissions.may_work_on_cases)
@require_GET
def grid(request: HttpRequest, key: uuid.UUID, row: uuid.UUID) -> HttpResponse:
    """Show the picture, or a page of the PDF, under the grid by which parts are named."""
    case = cases.open_case(key)
    known, file = selectors.file(case, row)
    wanted = request.GET.get("page", "1")
    if known.state(file) != Scan.State.CLEAN or not wanted.isdigit() or file.role != File.Role.ORIGINAL:
        raise Http404
    page_access.at("evidence.picture_seen", f"file {file.key}", case=case)
    try:
        with sealed.opened(file.key) as plain:
            if file.kind == "pdf":
                return serving.picture(pictures.page_with_grid(plain, int(wanted)))
            if file.kind in opening.PICTURE_KINDS:
                return serving.picture(pictures.with_grid(plain))
    except (sealed.NotHereError, ValueError):
        pass
    raise Http404


@shows(*ANY_SIDE, "vault")
@require(permissions.may_work_on_cases)
def redact(request: HttpRequest, key: uuid.UUID, row: uuid.UUID) -> HttpResponse:
    user, case = who(request), cases.open_case(key)
    known, file = selectors.file(case, row)
    if known.state(file) != Scan.State.CLEAN or file.kind not in redacting.KINDS:
        raise Http404
    texts = file.kind in redacting.TEXTS
    form = forms.RedactForm(actions.posted(request), kind=file.kind, texts=texts)

    def do(given: dict[str, Any]) -> File:
        words = given.get("words", "").splitlines()
        areas = given.get("areas", "")
        try:
            return redacting.redact(user, case, known, file, given["why"], areas=areas, words=words)
        except sealed.NotHereError:
            raise Http404 from None

    def context() -> dict[str, Any]:
        not_drawn = ""
        try:
            with sealed.opened(file.key) as plain:
                pages = pictures.pages_of(plain) if file.kind == "pdf" else 1
        except sealed.NotHereError:
            raise Http404 from None
        except pictures.NotDrawnError as refusal:
            pages, not_drawn = 0, str(refusal)
        shown = request.GET.get("page", "1")
        here = int(shown) if shown.isdigit() and 1 <= int(shown) <= pages else 1
        more = {"known": known, "file": file, "texts": texts, "sheets": pages, "here": here}
        more |= {"not_drawn": not_drawn}
        return frame(request, case, "evidence:redact") | more

    return actions.page(
        request,
        "evidence/redact.html",
        form,
        do,
        context,
        done="Redacted copy made. Open it and check it before you give it to anybody.",
        to=("evidence:exhibit", case.key, known.exhibit.key),
    )


@shows(*ANY_SIDE)
@require(permissions.may_see_cases)
@require_GET
def custody(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """Hand out the custody of the exhibits that the person may read, as CASE/UCO."""
    case = cases.open_case(key)
    document = case_uco.document(case, selectors.of_case(case))
    audit.record(
        request.user,
        "evidence.custody_exported",
        f"case {case.key}",
        operation=Operation.DISCLOSURE,
        case=case,
    )
    answer = HttpResponse(
        json.dumps(document, indent=1, ensure_ascii=False), content_type="application/ld+json"
    )
    answer["Content-Disposition"] = 'attachment; filename="custody.jsonld"'
    return answer
