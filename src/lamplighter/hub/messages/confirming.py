"""Confirm drafts: they become incidents of one report, through the service by which every report is saved.

So they are matched, join the patterns of the two people, are told to the case and start what a report starts.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone

from lamplighter.hub.access import moment
from lamplighter.hub.accounts.models import Agency, User
from lamplighter.hub.arrivals import selectors as arrivals
from lamplighter.hub.arrivals.saving import services as saving
from lamplighter.hub.audit import services as audit
from lamplighter.hub.cases import selectors as cases
from lamplighter.hub.cases import services as case_history
from lamplighter.hub.cases.models import Party
from lamplighter.hub.evidence import services as exhibits
from lamplighter.hub.intake.confidentiality.selectors import Choice
from lamplighter.hub.intake.documents.services import DocumentRefusedError
from lamplighter.hub.intake.new_report.drafts import new_reference
from lamplighter.hub.messages import grouping, policies, receipt, services
from lamplighter.hub.messages.grouping import SUSPECT
from lamplighter.hub.messages.models import Brought, Draft
from lamplighter.hub.site.refusals import NotPossibleError
from lamplighter.message_exports.reading import TITLES
from lamplighter.records.canonical.phones import phone
from lamplighter.reporting.words import count
from lamplighter.vocabulary.codes import code_set

_EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_NUMBER = re.compile(r"\+?\d[\d \-()]{6,}\d")


@dataclass(frozen=True, slots=True)
class Confirmed:
    """Result of confirming drafts: the report, how many incidents, and whether it joined the case."""

    report_key: str
    incidents: int
    joined: bool


@transaction.atomic
def confirm(
    user: User, brought: Brought, drafts: Collection[Draft], choice: Choice | None = None
) -> Confirmed:
    """Save the drafts as the incidents of one report, and let it join the patterns and the case.

    ``choice``: who may read it, where this agency is asked (``intake.confidentiality``).

    Raises ``NotPossibleError`` for no draft, too many, or one that was confirmed already.
    """
    if user.agency is None:
        raise NotPossibleError("A report is filed for an agency, and this account has none.")
    held = services._held(brought)
    keys = {d.pk for d in drafts}
    rows = list(Draft.objects.select_related("brought").filter(pk__in=keys, brought=held))
    rows.sort(key=lambda d: (d.started_at is None, d.started_at or grouping.LAST, d.pk))
    if not rows:
        raise NotPossibleError("Choose at least one draft.", "drafts")
    if len(rows) > policies.MOST_INCIDENTS:
        raise NotPossibleError(
            f"Confirm {policies.MOST_INCIDENTS} drafts or fewer at once, and the rest after that.", "drafts"
        )
    for row in rows:
        policies.check_draft(row)
        policies.check_words(row.words)
    document = _document(held, rows, user.agency)
    try:
        received = saving.save_report(user, document | {"readers": choice})
    except DocumentRefusedError as refused:
        said = "; ".join(str(r["reason"]) for r in refused.rejects[:3])
        raise NotPossibleError(f"The report could not be saved: {said}", "drafts") from None
    now = moment.now()
    for seq, row in enumerate(rows, start=1):
        Draft.objects.filter(pk=row.pk).update(
            state=Draft.State.CONFIRMED, report_key=received.key, seq=seq, confirmed_at=now
        )
    services.finish(held)
    case_history.enter(
        user,
        held.case,
        services.KIND,
        f"{count(len(rows), 'incident')} confirmed from what the victim brought",
        partition=held.partition,
        page=services.PAGE,
    )
    audit.record(
        user,
        "brought.confirmed",
        f"case {held.case.key}",
        case=held.case,
        report=received.key,
        incidents=len(rows),
        sha256=held.sha256,
    )
    key = uuid.UUID(received.key)
    if joined := any(row.case_id == held.case_id for row in arrivals.showing([key])):
        pairs = [(exhibit, key) for exhibit in receipt.exhibits_of(held, rows)]
        exhibits.link(user, held.case, pairs, entered=False)
    return Confirmed(received.key, len(rows), joined)


def _document(brought: Brought, drafts: Sequence[Draft], agency: Agency) -> dict[str, Any]:
    """Return the nested report, as the form of a new report makes it."""
    # What the police record it as is theirs to say: a chat that somebody took in is no crime record.
    offence = None if agency.kind == Agency.Kind.POLICE else code_set("offences").codes["contact_stalking"]
    title = TITLES.get(brought.format, "Screenshots")
    return {
        "source_ref": new_reference(agency),
        "reported_at": timezone.localtime(brought.at)
        .replace(tzinfo=None, second=0, microsecond=0)
        .isoformat(),
        "record_type": "contact" if offence else None,
        "recorded_as": offence.extra["group"] if offence else None,
        "offences": [
            {"offence": offence.code, "offence_group": offence.extra["group"], "raw_title": offence.title}
        ]
        if offence
        else [],
        "summary": f"{title} that the victim brought: {count(len(drafts), 'incident')}, each in its words. "
        f"Kept as received, SHA-256 {brought.sha256}.",
        "impact": None,
        "made_by": "victim",
        "report_channel": "in_person",
        "domestic_abuse": None,
        "related_refs": [],
        "people": _people(brought),
        "occasions": [_occasion(draft) for draft in drafts],
        "answered": {"domestic_abuse": "not_asked"},
    }


def _occasion(draft: Draft) -> dict[str, Any]:
    channel = grouping.CHANNELS.get(draft.channel, draft.channel or None)
    told: dict[str, Any] = {
        "date_precision": draft.precision,
        "place_text": None,
        "place_postcode": None,
        "channel": channel,
        "behaviours": [],
        "behaviours_raw": [],
        "actor": _actor(draft),
        "narrative": draft.words,
    }
    if draft.started_at:
        end = draft.ended_at or draft.started_at
        told |= {"started_at": draft.started_at.isoformat(), "ended_at": end.isoformat()}
    return told


def _actor(draft: Draft) -> str | None:
    """Return who did it, where every line that is not the victim's was by one."""
    roles = set(draft.lines.exclude(role=grouping.VICTIM).values_list("role", flat=True))
    return "self" if roles == {SUSPECT} else "unknown" if roles == {grouping.NOT_KNOWN} else None


def _people(brought: Brought) -> list[dict[str, Any]]:
    """Return the two people as the case calls them; the suspect's numbers as the file has them."""
    found = []
    for party in cases.parties(brought.case):
        known = {
            "role": party.side,
            **_name(party.name),
            "nicknames": [n.strip() for n in party.also_known_as.split(",") if n.strip()],
            "birth_date": party.birth_date.isoformat() if party.birth_date else None,
        }
        if party.side == Party.Side.SUSPECT:
            senders = [name for name, role in brought.senders.items() if role == SUSPECT]
            known |= {
                "phones": [n for s in senders for n in _NUMBER.findall(s) if phone(n)],
                "emails": [e.lower() for s in senders for e in _EMAIL.findall(s)],
            }
        found.append(known)
    return found


def _name(name: str) -> dict[str, str | None]:
    if name.strip().casefold() in {"", "not known", "unknown"}:
        return {"descriptor": "Not known"}
    forenames, _, surname = name.strip().rpartition(" ")
    return {"forenames": forenames or None, "surname": surname or None}
