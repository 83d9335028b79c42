"""One report at a time, from the form or the feed: through the same door and the same writer as files."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone

from lamplighter.hub.access.identity import as_service
from lamplighter.hub.accounts.models import Agency, User
from lamplighter.hub.intake import store
from lamplighter.hub.intake.models import Delivery, ReportVersion
from lamplighter.hub.intake.services import State, match_key
from lamplighter.records import ingest

# What only we may say about a report that somebody sends: a sender who could
# choose these could overwrite another agency's report or plant a match.
OURS_IN_REPORT = frozenset({"report_id", "source", "agency", "raw", "source_file", "source_rows"})
OURS_IN_PERSON = frozenset({"record_id", "report_id", "raw", "match_tokens"})


@dataclass(frozen=True, slots=True)
class Received:
    """A report that came in alone. ``outcome`` is 'new', 'corrected' or 'unchanged'."""

    report_id: str
    key: str
    outcome: str
    warnings: list[dict[str, Any]]


class DocumentRefusedError(ValueError):
    """A document that cannot be a report; ``rejects`` says field by field why."""

    def __init__(self, rejects: list[dict[str, Any]]) -> None:
        super().__init__(f"refused for {len(rejects)} reasons")
        self.rejects = rejects


def new_reference(agency: Agency) -> str:
    """A reference for a report typed into the form: the agency, the year and eight random letters."""
    letters = "".join(secrets.choice("ABCDEFGHJKMNPQRSTVWXYZ23456789") for _ in range(8))
    return f"{agency.code}-{timezone.localdate():%y}-{letters}".upper()


@as_service("receive reports")
def receive_document(
    document: dict[str, Any], agency: Agency, user: User | None = None, *, door: str = Delivery.Door.FORM
) -> Received:
    """One nested report from the form or the feed, checked and stored as files are.

    ``document`` needs a ``source_ref``; the same reference from the same agency
    and door again is the same report: unchanged or corrected. Raises
    :class:`DocumentRefusedError` with reasons when it cannot be a report.
    """
    now = timezone.now()
    clean = _ours(document, agency, door)
    batch = ingest.from_documents(
        [clean],
        match_key=match_key(),
        as_at=timezone.localtime(now).replace(tzinfo=None),
        source_file=str(door),
    )
    rejects = batch.rejects.drop("file", "report_ref").to_dicts()
    if batch.bundle["reports"].height != 1:
        raise DocumentRefusedError([r for r in rejects if r["severity"] == "reject"] or rejects)
    report_id = batch.bundle["reports"]["report_id"][0]
    digests = ingest.digest(batch.bundle)
    with transaction.atomic():
        delivery = Delivery.objects.create(
            door=door,
            state=State.DONE,
            mapping="lamplighter",
            agency=agency,
            received_by=user,
            received_at=now,
            started_at=now,
            finished_at=now,
            digest=digests[report_id],
        )
        written = store.write(delivery, store.Incoming(0, batch, digests), now)
    outcome = "new" if written.reports_new else "corrected" if written.reports_corrected else "unchanged"
    key = ReportVersion.objects.values_list("key", flat=True).get(report_id=report_id, superseded_at=None)
    return Received(report_id, str(key), outcome, rejects)


def _ours(document: dict[str, Any], agency: Agency, door: str) -> dict[str, Any]:
    clean = {k: v for k, v in document.items() if k not in OURS_IN_REPORT}
    people = clean.get("people")
    if isinstance(people, list):
        clean["people"] = [
            {k: v for k, v in p.items() if k not in OURS_IN_PERSON} if isinstance(p, dict) else p
            for p in people
        ]
    for part in ("offences", "occasions"):
        if isinstance(clean.get(part), list):
            clean[part] = [
                {k: v for k, v in p.items() if k != "report_id"} if isinstance(p, dict) else p
                for p in clean[part]
            ]
    return clean | {"source": f"{door}-{agency.code}", "agency": agency.code}
