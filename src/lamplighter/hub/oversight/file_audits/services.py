"""The only writer of audits of files. Somebody who wrote in a case does not audit it."""

from __future__ import annotations

from django.db import transaction

from lamplighter.hub.access.models import owned
from lamplighter.hub.accounts.models import User
from lamplighter.hub.audit import services as audit
from lamplighter.hub.audit.models import Operation
from lamplighter.hub.cases.models import Case, Entry
from lamplighter.hub.oversight.models import FileAudit
from lamplighter.hub.site.refusals import NotPossibleError

OWN_WORK = "You have written in this case: somebody else audits its file."


def wrote_in(user: User, case: Case) -> bool:
    """Tell whether somebody has written in the case."""
    return Entry.objects.filter(case=case, by=user).exists()


@transaction.atomic
def rate(user: User, case: Case, *, language: str, decisions: str) -> FileAudit:
    """Record the answers of one audit. Raises ``NotPossibleError``."""
    if wrote_in(user, case):
        raise NotPossibleError(OWN_WORK)
    for field, answer in (("language", language), ("decisions", decisions)):
        if answer not in FileAudit.Answer.values:
            raise NotPossibleError("Choose an answer.", field)
    made = FileAudit.objects.create(**owned(user, case, language=language, decisions=decisions))
    # The answer is for those who read the audits, and not in the trail.
    audit.record(
        user,
        "oversight.file_audited",
        f"fileaudit {made.key}",
        operation=Operation.COLLECTION,
        case=case,
        fields=["language", "decisions"],
    )
    return made
