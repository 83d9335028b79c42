"""Reading the papers of a case. The wall decides which there are."""

from __future__ import annotations

import datetime as dt
import uuid

from django.http import Http404

from lamplighter.hub.cases.models import Case
from lamplighter.hub.cases.selectors import known
from lamplighter.hub.papers.kinds import KINDS
from lamplighter.hub.papers.models import Paper

RELATED = ("by", "owner", "case", "issue__by", "withdrawal__by")


def papers(case: Case, as_at: dt.datetime | None = None) -> list[Paper]:
    """Return every version of every paper of the case that one may read, the newest first. One question."""
    rows = known(Paper.objects.filter(case=case), as_at).select_related(*RELATED)
    return list(rows.order_by("-at", "-pk"))


def paper(case: Case, key: uuid.UUID) -> Paper:
    """Return one version, or "not found", said the same for one that never was."""
    try:
        found = Paper.objects.select_related(*RELATED).get(case=case, key=key)
    except Paper.DoesNotExist:
        raise Http404 from None
    if found.kind not in KINDS:
        raise Http404
    return found


def newest(row: Paper) -> Paper | None:
    """Return the latest version of the same paper, for the same reader."""
    rows = Paper.objects.filter(thread=row.thread, for_whom=row.for_whom)
    return rows.order_by("-number").first()


def thread(case: Case, key: uuid.UUID) -> list[Paper]:
    """Return the versions of one paper, the newest first."""
    rows = Paper.objects.filter(case=case, thread=key).select_related("issue", "withdrawal")
    return list(rows.order_by("-number", "for_whom"))
