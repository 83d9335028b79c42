"""Audits of a file: does the force's stalking search find it, do its words minimise, and the like."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from lamplighter.hub.access.models import owned
from lamplighter.hub.accounts.models import User
from lamplighter.hub.audit import services as audit
from lamplighter.hub.cases import services as cases
from lamplighter.hub.cases.models import Case
from lamplighter.hub.cases.selectors import Moment, known
from lamplighter.hub.closing.models import FileAudit
from lamplighter.hub.closing.services import side_of
from lamplighter.hub.sharing import guarding
from lamplighter.hub.site.refusals import NotPossibleError
from lamplighter.vocabulary.codes import code_set


def questions() -> dict[str, str]:
    """Return what a file can be audited for: a statement that is so, or is not."""
    return {row.code: row.title for row in code_set("audit_kinds").on(timezone.localdate()).values()}


def audits(case: Case, as_at: Moment = None) -> list[FileAudit]:
    rows = known(FileAudit.objects.filter(case=case), as_at).select_related("by", "owner")
    return list(rows.order_by("-at", "-pk"))


@transaction.atomic
def record(user: User, case: Case, what: str, answer: str, words: str) -> FileAudit:
    """Record one answer of an audit. It counts in the hub's figures, and changes nothing on the case."""
    if what not in questions():
        raise NotPossibleError("Choose what was audited.", "what")
    if answer not in FileAudit.Said.values:
        raise NotPossibleError("Say whether it is so.", "answer")
    if not words.strip():
        raise NotPossibleError("Enter the findings.", "words")
    partition = side_of(user)
    guarding.check(user, case, partition, words)
    made = FileAudit.objects.create(
        **owned(user, case, partition=partition, what=what, answer=answer, words=words.strip())
    )
    cases.enter(
        user, case, "closing.audit", "The file was audited", partition=partition, page="closing:audit"
    )
    audit.record(user, "closing.audited", f"case {case.key}", case=case, what=what)
    return made
