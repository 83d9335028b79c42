"""Copies that were released across the wall, as their reader sees them: saved, or as a picture."""

from __future__ import annotations

import uuid

from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_GET

from lamplighter.hub.access.pages import shows
from lamplighter.hub.accounts.permissions import require
from lamplighter.hub.audit import services as audit
from lamplighter.hub.audit.access_log import page_access
from lamplighter.hub.audit.models import Operation
from lamplighter.hub.cases import permissions
from lamplighter.hub.cases import selectors as cases
from lamplighter.hub.evidence import sharing_copies
from lamplighter.hub.evidence.files import opening, pictures, sealed, serving


@shows("shared", "release")
@require(permissions.may_see_cases)
@require_GET
def save(request: HttpRequest, key: uuid.UUID, row: uuid.UUID) -> HttpResponseBase:
    """Hand a released copy out, to be saved, while its release stands."""
    case = cases.open_case(key)
    copy = sharing_copies.one(case, row)
    try:
        answer = serving.download(sealed.chunks(copy.file), copy.size, f"redacted-copy.{copy.kind}")
    except sealed.NotHereError:
        raise Http404 from None
    subject, told = f"file {copy.key}", Operation.DISCLOSURE
    audit.record(request.user, "evidence.shared_saved", subject, operation=told, case=case)
    return answer


@shows("shared", "release")
@require(permissions.may_see_cases)
@require_GET
def picture(request: HttpRequest, key: uuid.UUID, row: uuid.UUID) -> HttpResponseBase:
    """Show a released copy of a picture, drawn by the hub."""
    case = cases.open_case(key)
    copy = sharing_copies.one(case, row)
    if copy.kind not in opening.PICTURE_KINDS:
        raise Http404
    page_access.at("evidence.picture_seen", f"file {copy.key}", case=case)
    try:
        with sealed.opened(copy.file) as plain:
            return serving.picture(pictures.view(plain))
    except (sealed.NotHereError, *pictures.NOT_DRAWN):
        raise Http404 from None
