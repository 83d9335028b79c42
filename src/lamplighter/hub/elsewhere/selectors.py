"""Read answers, requests and decisions. The wall decides which rows there are."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from dataclasses import dataclass

from django.http import Http404

from lamplighter.hub.cases.models import Case
from lamplighter.hub.cases.selectors import Moment, known
from lamplighter.hub.elsewhere.models import Answer, Decision, Known, Release, Reply, Request
from lamplighter.hub.people import selectors as people


@dataclass(frozen=True, slots=True)
class Asked:
    """A request with the force's answer, where there is one."""

    row: Request
    reply: Reply | None


def releases() -> list[Release]:
    """Return every release that one may see, the newest first."""
    found = Release.objects.select_related("imported_by", "withdrawn_by")
    return list(found.order_by("-as_at", "-imported_at"))


def release(key: uuid.UUID) -> Release:
    """Return one release, or "not found"."""
    found = Release.objects.filter(key=key).first()
    if found is None:
        raise Http404
    return found


def answers_about(person_ids: Collection[str]) -> list[Answer]:
    """As the service that matches: what stands of these people, of releases that were not withdrawn."""
    records = [m.record_id for held in people.records_of(person_ids).values() for m in held]
    found = Answer.objects.filter(record_id__in=records, release__withdrawn_at=None)
    return list(found.select_related("release").order_by("release__as_at", "release_id", "force", "pk"))


def knowns(case: Case, as_at: Moment = None) -> list[Known]:
    """Return what the case has of all answers, the newest release first; nothing without a reason."""
    rows = known(Known.objects.filter(case=case), as_at)
    return list(rows.order_by("-as_at", "-at", "force_name", "pk"))


def requests(case: Case, as_at: Moment = None) -> list[Asked]:
    """Return what was asked of other forces, the newest first."""
    rows = known(Request.objects.filter(case=case), as_at).select_related("by", "owner")
    replies = {
        r.request_id: r for r in known(Reply.objects.filter(case=case), as_at).select_related("by", "owner")
    }
    return [Asked(row, replies.get(row.pk)) for row in rows.order_by("-asked_on", "-pk")]


def request(case: Case, key: uuid.UUID) -> Asked:
    """Return one request, or "not found"."""
    found = next((one for one in requests(case) if one.row.key == key), None)
    if found is None:
        raise Http404
    return found


def decisions(case: Case, as_at: Moment = None) -> dict[tuple[str, str], Decision]:
    """Return the decision that stands of each suspect's token and force."""
    rows = known(Decision.objects.filter(case=case), as_at).select_related("by", "owner")
    return {(row.suspect, row.force): row for row in rows.order_by("at", "pk")}
