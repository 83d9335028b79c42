"""Prepare the pages of rights, as plain values."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable
from typing import Any

from django.apps import apps
from django.db import models
from django.utils import timezone

from lamplighter.hub.access.concurrent_edits import beside
from lamplighter.hub.accounts.models import User
from lamplighter.hub.rights.erasure import erasing
from lamplighter.hub.rights.models import (
    ErasureApproval,
    Hold,
    RetentionDecision,
    SubjectDecision,
    SubjectItem,
    SubjectRequest,
)
from lamplighter.hub.rights.retention import schedule
from lamplighter.hub.rights.rules import RULES
from lamplighter.hub.site.config_files.dated import Rule
from lamplighter.reporting.words import count, day

NOT_SHOWN = {"partition", "from_partition", "to_partition", "page", "rule"}
LABELS = {"at": "Written down on", "happened_at": "Happened on", "title": "Heading", "body": "Words"}


# What a table's rows are called, where the software's own word for them is not theirs.
KINDS = {
    "arrivals.CaseReport": "Report on the case",
    "arrivals.Following": "Report that concerns the case",
    "cases.Closing": "Closing of the case",
    "cases.Entry": "Entry in the history",
    "cases.FollowUp": "Follow-up after closing",
    "cases.LegalStatus": "Legal status",
    "cases.MappaStatus": "MAPPA",
    "cases.Party": "Personal details",
    "cases.Rejection": "Proposed rejection of the referral",
    "cases.RejectionAnswer": "Answer to a proposed rejection",
    "cases.SafeguardingCheck": "Police safeguarding check",
    "cases.Status": "Status of the case",
    "cases.Triage": "Decision on the referral",
    "orders.Breach": "Breach",
    "orders.BreachAnswer": "Answer to a breach",
    "orders.Decision": "Decision on an order",
    "orders.Order": "Order",
    "orders.StalkingCheck": "Breach looked at as stalking",
    "orders.Step": "What happened with an order",
    "orders.Term": "Term of an order",
    "perpetrator_side.Allocation": "Allocation of a practitioner",
    "brought.Brought": "File that the victim brought",
    "brought.Draft": "Incident from what the victim brought",
    "perpetrator_side.Chase": "Follow-up of a missed session",
    "perpetrator_side.Consultation": "Advice given",
    "perpetrator_side.Ending": "End of a programme",
    "perpetrator_side.Enrolment": "Enrolment in a programme",
    "perpetrator_side.HealthDecision": "Decision on a health referral",
    "perpetrator_side.HealthFlag": "Health flag",
    "perpetrator_side.MeasureResult": "Result of a measure",
    "perpetrator_side.OfficerConsultation": "Consultation about required work",
    "perpetrator_side.SessionOutcome": "Outcome of a session",
    "perpetrator_side.Statement": "Statement of the formulation",
    "papers.Issue": "Issue of a paper",
    "papers.Paper": "Paper",
    "papers.PaperWithdrawal": "Withdrawal of a paper",
    "risk.Assessment": "Assessment of risk",
    "risk.LowerAnswer": "Answer to a lower level of risk",
    "risk.MeasureState": "Measure of the risk plan",
    "risk.Scenario": "Scenario of the risk plan",
    "risk.SecondRating": "Second rating of the risk",
    "risk.Trigger": "Something that changes the risk",
    "risk.TriggerAside": "Why no assessment was needed",
    "risk.VictimView": "The victim’s view of the plan",
    "safeguarding.CheckAnswer": "Signed safety check",
    "safeguarding.DangerWarning": "Warning sent",
    "safeguarding.WarningMessage": "Warning",
    "safeguarding.WithoutCheck": "Required work before the safety check",
    "sharing.Grounds": "Reasons for sharing",
    "sharing.Release": "Shared information",
    "victim_side.AdvocateOfCase": "Advocate of the case",
    "victim_side.Cadence": "How often to be in contact",
    "victim_side.CodeEvent": "Event to tell the victim of",
    "victim_side.CodeUpdate": "The victim was told of an event",
    "victim_side.Contact": "Contact with the victim",
    "victim_side.ContactResult": "Outcome of a contact",
    "victim_side.ImpactEntry": "Entry in the impact log",
    "victim_side.RuleBroken": "Contact against the rules",
    "victim_side.StatementOffer": "Offer of a Victim Personal Statement",
    "victim_side.SupportEvent": "Change of support",
}
# When it was, the day of the thing itself before the day on which it was written down.
DATES = ("happened_at", "happened_on", "told_at", "on", "since", "at")

ERASED = "It is erased."
WAITS = (
    "Approved. Something that another agency wrote refers to this, so nothing is gone yet: it goes with the "
    "whole case, when every agency has approved the same."
)


def both_decisions(theirs: SubjectDecision, typed: dict[str, Any]) -> dict[str, Any]:
    """Set a colleague's decision about the item beside what was typed."""
    exemptions = {theirs.exemption, typed["exemption"]} - {""}
    named = {code: RULES.title("exemption", code) for code in exemptions}
    kinds = dict(SubjectDecision.Kind.choices)
    rows = [
        ("Is it given?", theirs.get_kind_display(), str(kinds[typed["kind"]])),
        ("Heading for the person", theirs.title, typed["title"]),
        ("What the person gets", theirs.text, typed["text"]),
        ("Who disclosed it, when and how", theirs.disclosed_how, typed["disclosed_how"]),
        ("Why it is withheld", named.get(theirs.exemption, ""), named.get(typed["exemption"], "")),
        ("Reason", theirs.reason, typed["reason"]),
    ]
    return beside(rows, by=theirs.by, owner=theirs.owner, at=theirs.at)


def both_reviews(theirs: RetentionDecision, typed: dict[str, Any]) -> dict[str, Any]:
    """Set a colleague's decision about how long it is kept beside what was typed."""
    kinds = dict(RetentionDecision.Kind.choices)
    rows = [
        ("What happens", theirs.get_kind_display(), str(kinds[typed["kind"]])),
        ("Rule", RULES.title("period", theirs.period), RULES.title("period", typed["period"])),
        (
            "Why it is erased early",
            RULES.title("early", theirs.early) if theirs.early else "",
            RULES.title("early", typed["early"]) if typed.get("early") else "",
        ),
        (
            "Next review",
            day(theirs.keep_until) if theirs.keep_until else "",
            day(typed["keep_until"]) if typed["keep_until"] else "",
        ),
        ("Reason", theirs.reason, typed["reason"]),
    ]
    return beside(rows, by=theirs.by, owner=theirs.owner, at=theirs.at)


def both_ends(theirs: Hold, typed: dict[str, Any]) -> dict[str, Any]:
    """Set a colleague's reason for ending the hold beside what was typed."""
    rows = [("Why it ended", theirs.ended_why, typed["reason"])]
    return beside(rows, by=theirs.ended_by, owner=theirs.owner, at=theirs.ended_at or theirs.at)


def waits_for(row: RetentionDecision, user: User) -> str:
    """Say what an erasure that was asked for waits for; the person who asked cannot approve it."""
    if ErasureApproval.objects.filter(decision=row).exists():
        return "It is approved. Something that another agency wrote refers to it: it goes when that has gone."
    if row.by_id == user.pk:
        return "It waits for somebody else of your agency, who has to approve it. You decided it and cannot."
    return "It waits for a second person of your agency to approve it: you can."


def what_goes(found: erasing.Preview, row: RetentionDecision) -> list[str]:
    """Paragraphs for the person who approves: what is deleted, what stays and whose it is."""
    by = row.by.display_name if row.by else "a colleague"
    told = [
        *(
            [f"Before the time for which it is kept is over: {RULES.title('early', row.early)}."]
            if row.early
            else []
        ),
        f"{by} decided it: {row.reason}",
        f"{found.rows:,} rows that your agency recorded of this case are deleted and cannot be brought back"
        f"{_reports(found.reports)}.",
    ]
    if found.with_others:
        told.append(
            f"{_many(found.with_others)} of your agency about these two tell of somebody else too, and stay."
        )
    if found.others:
        whose = ", ".join(f"{name} {count:,}" for name, count in found.others.items())
        told.append(f"Reports that other agencies sent stay, until each has decided the same: {whose}.")
    told.append(
        "What other agencies recorded of the case stays. When every one of them has approved the same, the "
        "whole case is deleted. The audit trail keeps that it happened, with counts and no content."
    )
    return told


def _reports(count: int) -> str:
    return f", and {_many(count)} that your agency sent about these two people only" if count else ""


def _many(count: int) -> str:
    return f"{count:,} report{'' if count == 1 else 's'}"


def decision(row: RetentionDecision) -> str:
    on = day(timezone.localdate(row.at))
    if row.kind == RetentionDecision.Kind.KEEP and row.keep_until:
        return f"Keep until the review on {day(row.keep_until)} (decided on {on})"
    if row.early:
        return f"Erase before its time is over (decided on {on}): {RULES.title('early', row.early)}"
    return f"Erase (decided on {on})"


def kept(found: tuple[Rule, dt.date | None]) -> str:
    """Until when these records are kept at least, by which rule, or that no time has begun."""
    rule, until = found
    if until is None:
        return (
            "The time for which these records are kept has not begun: this case, or by the rule another "
            "matter about the suspect, is not over."
        )
    counted = ", counted from when the suspect last came to notice" if rule.extra.get("counts") else ""
    return f"They are kept until {day(until)} at least{counted}. Rule: {rule.title}."


def due(row: schedule.Due) -> dict[str, Any]:
    return {
        "case": row.case,
        "on": day(row.on),
        "rule": RULES.title("period", row.period),
        "decided": decision(row.decided) if row.decided else "",
    }


def request(row: SubjectRequest) -> dict[str, Any]:
    today = timezone.localdate()
    if row.answered_at:
        state = f"Answered on {day(timezone.localdate(row.answered_at))}"
    elif row.paused_on and not row.resumed_on:
        state = f"The clock is stopped since {day(row.paused_on)}: the person has been asked what they mean"
    elif today > row.due_on:
        state = f"Overdue since {day(row.due_on)}"
    elif row.collected_at is None:
        state = f"The records are being looked through; answer it by {day(row.due_on)}"
    elif today > row.decide_by:
        state = f"Answer it by {day(row.due_on)}"
    else:
        state = f"Agencies decide until {day(row.decide_by)}; answer it by {day(row.due_on)}"
    received = day(row.received_on)
    if late := (timezone.localdate(row.at) - row.received_on).days:
        received += f"; taken in on {day(timezone.localdate(row.at))}, {count(late, 'day')} later"
    name = row.name or "Taken out: the time for which it is kept who asked is over"
    return {"key": row.key, "name": name, "received": received, "state": state}


def _model(label: str) -> type[models.Model] | None:
    """The table that an item was listed from; ``None`` when this version has it no more."""
    try:
        return apps.get_model(label)
    except (LookupError, ValueError):
        return None


def headings(items: Iterable[SubjectItem]) -> dict[int, str]:
    """Describe each item in words with its date, by the item's id: one query a table.

    Read as its owner, who decides about it: a row that this person may not read is called by its kind alone.
    """
    found = list(items)
    told: dict[int, str] = {}
    for label in {item.model for item in found}:
        of_kind = [item for item in found if item.model == label]
        model = _model(label)
        keys = [item.row_key for item in of_kind]
        held: Any = model._default_manager.filter(key__in=keys) if model else ()
        rows = {row.key: row for row in held}
        told |= {item.pk: _heading(label, model, rows.get(item.row_key)) for item in of_kind}
    return told


def _heading(label: str, model: type[models.Model] | None, row: Any) -> str:
    if model is None:
        return "A record of an earlier version"
    kind = KINDS.get(label) or str(model._meta.verbose_name).capitalize()
    if row is None:
        return kind
    title = getattr(row, "title", "")
    # An entry of the history says what it is; "Release: …" needs its kind.
    named = (title if label == "cases.Entry" else f"{kind}: {title}") if title else kind
    on = next((value for name in DATES if (value := getattr(row, name, None)) is not None), None)
    if isinstance(on, dt.datetime):
        # Times of a report are as they were told, without a zone.
        on = timezone.localdate(on) if timezone.is_aware(on) else on.date()
    return f"{named}, {day(on)}" if on else named


def item(row: SubjectItem, last: SubjectDecision | None = None, heading: str = "") -> dict[str, Any]:
    return {
        "key": row.key,
        "what": heading or headings([row])[row.pk],
        "case": row.case.reference,
        "side": row.get_side_display(),
        "by": day(row.decide_by),
        "decided": last.get_kind_display() if last else "",
    }


def original(row: SubjectItem) -> list[dict[str, str]] | None:
    """Describe the row, for its owner who decides; ``None`` when it is not there any more."""
    model = _model(row.model)
    found = model._default_manager.filter(key=row.row_key).first() if model else None
    if model is None or found is None:
        return None
    told = []
    for field in model._meta.concrete_fields:
        value = field.value_from_object(found)
        if field.is_relation or field.name in NOT_SHOWN or value in (None, "", [], {}):
            continue
        if isinstance(field, models.UUIDField | models.AutoField | models.BinaryField):
            continue
        # A code of the software, not a word of whoever wrote it.
        if field.name == "kind" and not field.choices:
            continue
        label = LABELS.get(field.name) or str(field.verbose_name).capitalize()
        told.append({"label": label, "text": _words(found, field, value)})
    return told


def _words(row: Any, field: Any, value: Any) -> str:
    if field.choices:
        return str(getattr(row, f"get_{field.name}_display")())
    if isinstance(value, dt.datetime):
        return day(timezone.localdate(value))
    if isinstance(value, dt.date):
        return day(value)
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list) else str(value)
