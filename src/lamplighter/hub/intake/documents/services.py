"""One report at a time, from the form or the feed: through the same door and the same writer as files."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Any

import polars as pl
from django.db import transaction
from django.utils import timezone

from lamplighter.hub.access.wall.identity import as_service
from lamplighter.hub.accounts.models import Agency, User
from lamplighter.hub.intake import selectors
from lamplighter.hub.intake.confidentiality import selectors as readers
from lamplighter.hub.intake.confidentiality import services as reader_services
from lamplighter.hub.intake.models import Delivery
from lamplighter.hub.intake.services import State, match_key
from lamplighter.hub.intake.storage import batch_writer, single_report
from lamplighter.hub.site.refusals import NotPossibleError
from lamplighter.records import ingest
from lamplighter.records.schema import TABLES
from lamplighter.records.validation.problems import REJECTS_SCHEMA

# What only we may say about a report that somebody sends: a sender who could
# choose these could overwrite another agency's report or plant a match.
OURS_IN_REPORT = frozenset({"report_id", "source", "agency", "raw", "source_file", "source_rows"})
OURS_IN_PERSON = frozenset({"record_id", "report_id", "raw", "match_tokens"})
OURS_IN_PART = {
    "offences": frozenset({"report_id", "offence_seq", "classification"}),
    "occasions": frozenset({"report_id", "occasion_seq"}),
}
"""A sender does not number the parts of a message: they have the order in which they stand. The form does,
because what people said of an occasion is said of its number."""


@dataclass(frozen=True, slots=True)
class Received:
    """A report that came in alone. ``outcome`` is 'new', 'corrected' or 'unchanged'.

    ``compared``: what linkage compares of it, as :func:`selectors.received` would read it; empty where it may
    be stored otherwise than it came.
    """

    report_id: str
    key: str
    outcome: str
    warnings: list[dict[str, Any]]
    compared: tuple[dict[str, Any], list[dict[str, Any]]] | None = None


class DocumentRefusedError(ValueError):
    """A document that cannot be a report; ``rejects`` says field by field why."""

    def __init__(self, rejects: list[dict[str, Any]]) -> None:
        super().__init__(f"refused for {len(rejects)} reasons")
        self.rejects = rejects


@as_service("receive reports")
def receive_document(
    document: dict[str, Any], agency: Agency, user: User | None = None, *, door: str = Delivery.Door.FORM
) -> Received:
    """One nested report from the form or the feed, checked and stored as files are.

    ``document`` needs a ``source_ref``; the same reference from the same agency
    and door again is the same report: unchanged or corrected. ``readers`` says who
    may read its words (:func:`readers.from_document`); without it what was said before
    stands, and the default of the agency's kind where nothing was. Raises
    :class:`DocumentRefusedError` with reasons when it cannot be a report.
    """
    now = timezone.now()
    document = dict(document)
    choice = _choice(document.pop("readers", None), agency, now.date())
    one = ingest.from_document(
        _ours(document, agency, door),
        match_key=match_key(),
        as_at=timezone.localtime(now).replace(tzinfo=None),
        source_file=str(door),
    )
    reasons = [{k: v for k, v in r.items() if k not in {"file", "report_ref"}} for r in one.rejects]
    if not one.rows["reports"]:
        raise DocumentRefusedError([r for r in reasons if r["severity"] == "reject"] or reasons)
    delivery = Delivery(
        door=door,
        state=State.DONE,
        mapping="lamplighter",
        agency=agency,
        received_by=user,
        received_at=now,
        started_at=now,
        finished_at=now,
        digest=one.digest,
        batches_done=1,
    )
    compared = None
    try:
        stored = single_report.write(delivery, one, now)
        if stored.outcome != "unchanged":
            compared = selectors.compared(one.rows)
    except single_report.NamesTakenError:
        stored = _as_a_batch(delivery, one, now)
    report_id = one.rows["reports"][0]["report_id"]
    if choice is not None:
        reader_services.record(report_id, agency, choice, user)
    return Received(report_id, str(stored.key), stored.outcome, reasons, compared)


def _choice(told: Any, agency: Agency, on: datetime.date) -> readers.Choice | None:
    """What the sender says of who may read it; of an agency whose reports everybody reads, nothing."""
    if told is None or not readers.asked_of(agency):
        return None
    try:
        given = told if isinstance(told, readers.Choice) else readers.from_document(told)
        return readers.checked(given, agency, on)
    except NotPossibleError as refused:
        row = dict.fromkeys(("row", "value_class"))
        raise DocumentRefusedError(
            [
                row
                | {
                    "column": f"readers.{refused.field}",
                    "reason": str(refused),
                    "remedy": "Leave “readers” out to let only your agency read it, or complete it.",
                    "severity": "reject",
                }
            ]
        ) from refused


def _as_a_batch(delivery: Delivery, one: ingest.One, at: datetime.datetime) -> single_report.Stored:
    """A report with a record id that another one uses: the writer of batches gives it a name of its own."""
    report_id = one.rows["reports"][0]["report_id"]
    bundle = {t.name: pl.DataFrame(one.rows[t.name], schema=t.polars_schema) for t in TABLES}
    read = ingest.Batch(bundle, pl.DataFrame(one.rejects, schema=REJECTS_SCHEMA), one.counts)
    with transaction.atomic():
        delivery.save(force_insert=True)
        written = batch_writer.write(delivery, batch_writer.Incoming(0, read, {report_id: one.digest}), at)
    outcome = "new" if written.reports_new else "corrected" if written.reports_corrected else "unchanged"
    return single_report.Stored(selectors.report_key(report_id), outcome)


def _ours(document: dict[str, Any], agency: Agency, door: str) -> dict[str, Any]:
    clean = {k: v for k, v in document.items() if k not in OURS_IN_REPORT}
    people = clean.get("people")
    if isinstance(people, list):
        clean["people"] = [
            {k: v for k, v in p.items() if k not in OURS_IN_PERSON} if isinstance(p, dict) else p
            for p in people
        ]
    for part, ours in OURS_IN_PART.items():
        left_out = ours if door == Delivery.Door.FEED else {"report_id"}
        if isinstance(clean.get(part), list):
            clean[part] = [
                {k: v for k, v in p.items() if k not in left_out} if isinstance(p, dict) else p
                for p in clean[part]
            ]
    return clean | {"source": f"{door}-{agency.code}", "agency": agency.code}
