"""Words that were saved by mistake are taken out of the rows themselves, and their original is sealed.

Every column of free text of a case is in ``redacts`` of its model, or in :data:`LEFT_OUT` with the reason.
Two functions of the database, made from that, are the only way to change a row for this; the site's role may
not. ``access.redact`` puts :data:`MARK` in place of the words, in every row of the case that whoever asks may
redact, so that every page, paper, search and export reads the mark. What stood there goes to
``access.sealed_words``, on which no role of the hub has any right. ``access.restore_words`` puts it back, for
a second person of the agency that owns the row.

Who may redact: whoever wrote the row, and the people of the agency that owns it who write its partition. And
whoever may read the vault of the case, now and with a reason, where the words are in the vault and those who
work with the suspect would read them. Whoever redacts words of the vault in a row of others cannot
have them put back by somebody who may not read it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from django.contrib.postgres.fields import ArrayField
from django.db import IntegrityError, models

from lamplighter.hub.access.wall import row_security, vault
from lamplighter.hub.access.wall.declared_tables import Declared
from lamplighter.hub.access.wall.partitions import BY_ROW, VAULT

SQL = Path(__file__).with_name("redacting.sql")
MARK = "[redacted]"
LEAST = 3  # characters: less would be found in most words
REFUSED = "redaction: "
# What ``access.redact`` and ``access.restore_words`` refuse, as the database says it.
NOT_THERE, NOT_YOURS, NOT_FOUND, IN_REASON, SHORT, CHANGED, NONE = (
    "not_there",
    "not_yours",
    "not_found",
    "in_reason",
    "short",
    "changed",
    "none",
)
_CODE = "A code of the hub's own lists, which no one types."
_OVERSIGHT = (
    "Evidence of oversight: who looked and who is blocked. People of a case's agencies cannot change it."
)
_VAULT = "The vault is where it belongs, and it is read for a reason that is on record."
_TRAIL = "The audit log is chained and read by auditors alone; nothing in it is ever changed."
_HASH = "A hash, which the software works out or checks: nothing can be read from it."
_SCANNER = "What the virus scanner said: its version, the name of a signature."
_REPORT = "No word of a report: codes that a rule of sharing lets the case show."
_INDEX = "Name of a force and of the team to ask there, from the national index. Nobody types it."
LEFT_OUT: dict[str, str] = {
    "access.BreakGlass.reason": _OVERSIGHT,
    "access.Exclusion.reason": _OVERSIGHT,
    "arrivals.CaseReport.acts": _REPORT,
    "arrivals.CaseReport.agency": _CODE,
    "arrivals.CaseReport.limbs": _REPORT,
    "arrivals.CaseReport.recorded_as": _REPORT,
    "arrivals.CaseReport.rule": _CODE,
    "audit.Event.agency": _TRAIL,
    "audit.Event.detail": _TRAIL,
    "audit.Event.fields": _TRAIL,
    "audit.Event.reason": _TRAIL,
    "audit.Event.service": _TRAIL,
    "audit.Event.subject": _TRAIL,
    "audit.Event.verb": _TRAIL,
    "audit.UnusualAccess.of": _CODE,
    "brought.Brought.sha256": _HASH,
    "brought.Line.fingerprint": _HASH,
    "cases.Closing.definition": _CODE,
    "cases.Closing.why": _CODE,
    "cases.Entry.kind": _CODE,
    "cases.Entry.page": _CODE,
    "cases.Party.person_id": _CODE,
    "cases.Rejection.threshold": _CODE,
    "cases.Triage.threshold": _CODE,
    "cases.Work.activity": _CODE,
    "children.Answer.question": _CODE,
    "clocks.Clock.kind": _CODE,
    "clocks.Clock.page": _CODE,
    "closing.Considered.found": _CODE,
    "closing.FileAudit.what": _CODE,
    "closing.OverrideAsk.missing": _CODE,
    "duplicates.Joined.agencies": _CODE,
    "elsewhere.Decision.force": _CODE,
    "elsewhere.Decision.release": _CODE,
    "elsewhere.Decision.suspect": _HASH,
    "elsewhere.Known.contact_email": _INDEX,
    "elsewhere.Known.contact_name": _INDEX,
    "elsewhere.Known.contact_phone": _INDEX,
    "elsewhere.Known.doubts": _CODE,
    "elsewhere.Known.force": _CODE,
    "elsewhere.Known.force_name": _INDEX,
    "elsewhere.Known.forces_missing": _CODE,
    "elsewhere.Known.release": _CODE,
    "elsewhere.Known.suspect": _HASH,
    "elsewhere.Request.force": _CODE,
    "elsewhere.Request.force_name": _INDEX,
    "elsewhere.Request.release": _CODE,
    "enquiries.Call.act": _CODE,
    "enquiries.Line.kind": _CODE,
    "evidence.Exhibit.sha256": _HASH,
    "evidence.File.areas": "Squares of a grid: B2:D4.",
    "evidence.File.salt": _HASH,
    "evidence.File.sha256": _HASH,
    "evidence.Scan.engine": _SCANNER,
    "evidence.Scan.found": _SCANNER,
    "evidence.SharedCopy.sha256": _HASH,
    "instruments.Sheet.digest": _CODE,
    "instruments.Sheet.instrument": _CODE,
    "instruments.SheetAnswer.cites": _CODE,
    "instruments.SheetAnswer.item": _CODE,
    "instruments.SheetAnswer.value": "A code of the instrument, a number or a day. Words stand in ``words``.",
    "instruments.SheetEnd.counted": _CODE,
    "instruments.SheetEnd.digest": _CODE,
    "instruments.SheetEnd.path": _CODE,
    "instruments.SheetEnd.topic": _CODE,
    "orders.Breach.kind": _CODE,
    "orders.Decision.ground": _CODE,
    "orders.Order.kind": _CODE,
    "orders.Zone.place": _VAULT,
    "orders.Zone.reach": _VAULT,
    "papers.Issue.basis": _CODE,
    "papers.Issue.digests": "Numbers by which files are known again.",
    "papers.Paper.digest": "A number by which an outline is known again.",
    "papers.Paper.kind": _CODE,
    "perpetrator_side.Enrolment.eligibility": _CODE,
    "perpetrator_side.Enrolment.legal_status": _CODE,
    "perpetrator_side.Enrolment.programme": _CODE,
    "perpetrator_side.MeasureResult.answers": "Answers to a questionnaire: numbers.",
    "perpetrator_side.MeasureResult.instrument": _CODE,
    "perpetrator_side.OfficerConsultation.work": _CODE,
    "perpetrator_side.PriorRelationship.kind": _CODE,
    "perpetrator_side.TypologyJudgement.scheme": _CODE,
    "perpetrator_side.TypologyJudgement.type": _CODE,
    "redaction.Redaction.column": _CODE,
    "redaction.Redaction.table": _CODE,
    "rights.RetentionDecision.early": _CODE,
    "rights.RetentionDecision.period": _CODE,
    "rights.SubjectDecision.exemption": _CODE,
    "rights.SubjectItem.model": _CODE,
    "risk.Assessment.definition": _CODE,
    "risk.Assessment.grounds": _CODE,
    "risk.MeasureState.measure": _CODE,
    "risk.Trigger.kind": _CODE,
    "safeguarding.DangerWarning.basis": _CODE,
    "safeguarding.DangerWarning.sent_to": _CODE,
    "safeguarding.WarningMessage.basis": _CODE,
    "sharing.Disclosure.basis": _CODE,
    "sharing.Disclosure.kind": _CODE,
    "sharing.Disclosure.threshold": _CODE,
    "sharing.Disclosure.to_agencies": _CODE,
    "sharing.Refusal.reason": _CODE,
    "sharing.Release.to_agencies": _CODE,
    "victim_side.CodeEvent.kind": _CODE,
    "victim_side.EnhancedRights.applies": _CODE,
    "victim_side.EnhancedRights.refused": _CODE,
    "victim_side.ImpactEntry.effects": _CODE,
    "victim_side.ImpactEntry.elements": _CODE,
    "victim_side.SafeContact.address": _VAULT,
    "victim_side.SafeContact.channels": _CODE,
    "victim_side.SafeContact.email": _VAULT,
    "victim_side.SafeContact.phone": _VAULT,
    "victim_side.SafeContact.safe_word": _VAULT,
    "victim_side.SafeContact.who_may_answer": _VAULT,
    "victim_side.SafeContact.parents_may": _VAULT,
    "victim_side.SafeContact.parents_never": _VAULT,
    "victim_side.SafeContact.language": _VAULT,
    "victim_side.SafeContact.school": _VAULT,
    "victim_side.SafeContact.speech": _VAULT,
    "victim_side.SafeContact.must_not_be_told": _VAULT,
    "victim_side.SafeContact.may_not_interpret": _VAULT,
    "victim_side.SafeContact.may_not_answer": _VAULT,
    "victim_side.SafeContact.windows": _CODE,
    "victim_side.SafeContact.words": _VAULT,
    "victim_side.SupportEvent.reasons": _CODE,
    "workforce.Marker.course_id": _CODE,
    "workforce.Marker.employer": _OVERSIGHT,
    "workforce.Marker.report_id": _CODE,
}
# What people call a row, where the model's own name is not it.
NAMES = {
    "brought.Brought": "File that the victim brought",
    "brought.Draft": "Incident from what the victim brought",
    "brought.Line": "Line of a file that the victim brought",
    "cases.Entry": "Line of the history",
    "cases.FollowUp": "Follow-up",
    "cases.Participation": "Agency on the case",
    "cases.Party": "Person’s details",
    "cases.RepeatedReferral": "Second referral",
    "cases.ActingTogether": "Several suspects",
    "cases.SafeguardingCheck": "Police safeguarding check",
    "clocks.Clock": "Task",
    "meetings.Asked": "Asked for a meeting",
    "meetings.Line": "Line of minutes",
    "meetings.Placing": "Item put off or added",
    "meetings.Return": "Return for a meeting",
    "perpetrator_side.Chase": "Missed session followed up",
    "perpetrator_side.Ending": "End of a programme",
    "perpetrator_side.HealthDecision": "Decision on a health referral",
    "perpetrator_side.HealthFlag": "Health flag",
    "perpetrator_side.SessionOutcome": "Session",
    "perpetrator_side.Statement": "Formulation",
    "perpetrator_side.TypologyJudgement": "Type",
    "rights.SubjectDecision": "Decision on a data request",
    "orders.Breach": "Breach",
    "orders.BreachAnswer": "Answer to a breach",
    "orders.Decision": "Decision on an order",
    "orders.Order": "Order",
    "orders.StalkingCheck": "Breach looked at as stalking",
    "orders.Step": "What happened with an order",
    "orders.Term": "Term of an order",
    "papers.Issue": "Issue of a paper",
    "papers.Paper": "Paper",
    "papers.PaperWithdrawal": "Withdrawal of a paper",
    "risk.Assessment": "Assessment of risk",
    "risk.LowerAnswer": "Answer to a lower level of risk",
    "risk.MeasureState": "Measure of the risk plan",
    "risk.Scenario": "Scenario of the risk plan",
    "risk.SecondRating": "Second rating",
    "risk.Trigger": "Trigger of a re-assessment",
    "risk.TriggerAside": "Trigger set aside",
    "risk.VictimView": "The victim’s view of the plan",
    "safeguarding.CheckAnswer": "Signed safety check",
    "safeguarding.DangerWarning": "Warning sent",
    "safeguarding.WarningMessage": "Warning",
    "safeguarding.WithoutCheck": "Work before the safety check",
    "instruments.Sheet": "Instrument",
    "instruments.SheetAnswer": "Answer to an instrument",
    "instruments.SheetEnd": "End of an instrument",
    "sharing.Grounds": "Why it was shared",
    "sharing.Release": "Shared information",
    "sharing.Withdrawal": "Why sharing was withdrawn",
    "children.Answer": "Answer about a child",
    "elsewhere.Decision": "Decision on a link of the national index",
    "elsewhere.Reply": "Answer of another force",
    "elsewhere.Request": "Request to another force",
    "sharing.Refusal": "Something not shared",
    "victim_side.Offer": "Offer to the victim",
    "victim_side.PublicFunds": "Public funds",
    "victim_side.Cadence": "How often to make contact",
    "victim_side.ImpactEntry": "Impact",
    "victim_side.RuleBroken": "Contact against the rules",
    "victim_side.StatementOffer": "Victim Personal Statement",
    "victim_side.SupportEvent": "Support for action",
}


def name(model: type[models.Model]) -> str:
    """Return what people call a row of ``model``: "Legal status"."""
    return NAMES.get(model._meta.label) or str(model._meta.verbose_name).capitalize()


def of_case(every: Iterable[Declared]) -> Iterator[Declared]:
    """Return the tables with rows of a case: those that must say which of their columns can be redacted."""
    for table in every:
        if any(f.column == "case_id" for f in table.model._meta.concrete_fields):
            yield table


def written(table: Declared) -> list[str]:
    """Return the names of the fields of a table in which words could be: the registry must know each."""
    words = set(vault.columns(table.model))
    return [f.name for f in table.model._meta.concrete_fields if f.column in words]


def tables(every: Iterable[Declared]) -> list[Declared]:
    """Return the tables with columns that can be redacted."""
    return [table for table in of_case(every) if getattr(table.model, "redacts", None)]


@dataclass(frozen=True, slots=True)
class Refused:
    """Say what the database refused to redact or restore, as one of the words above."""

    what: str

    @classmethod
    def of(cls, error: BaseException) -> Refused | None:
        """Read the database's error; ``None`` for any other."""
        text = str(error).partition("\n")[0]
        if not isinstance(error, IntegrityError) or not text.startswith(REFUSED):
            return None
        return cls(text.removeprefix(REFUSED))


def _places(every: Iterable[Declared]) -> str:
    """Rows of ``access.redactable()`` in ``redacting.sql``: one a column that can be redacted."""
    rows = []
    for table in tables(every):
        model = table.model
        side, shown = {
            BY_ROW: ("partition", "partition"),
            "release": ("from_partition", "to_partition"),
        }.get(table.partition, (f"'{table.partition}'", f"'{table.partition}'"))
        for label in model.redacts:  # type: ignore[attr-defined]  # see `tables`
            field = model._meta.get_field(label)
            assert isinstance(field, models.Field)
            if isinstance(field, ArrayField):
                raise TypeError(
                    f"{model._meta.label}.{label}: lists are not redacted. See access/wall/redaction.py"
                )
            values = (
                _text(table.table),
                _text(str(field.column)),
                str(isinstance(field, models.JSONField)).lower(),
                str(field.max_length or 0),
                _text(side),
                _text(shown),
                _text(name(model)),
                str(bool(getattr(model, "redacts_quietly", False))).lower(),
            )
            rows.append(f"({', '.join(values)})")
    return ",\n        ".join(rows)


def _text(words: str) -> str:
    quoted = words.replace("'", "''")
    return f"'{quoted}'"


def functions(every: Iterable[Declared]) -> str:
    """The table of what was sealed, which nobody reads, and the functions that redact and restore."""
    every = list(every)
    on_sides = "ARRAY[" + ", ".join(f"'{p}'" for p in vault.READ_BY_OTHERS) + "]"
    text = SQL.read_text()
    for token, filled in {
        "@places@": _places(every),
        "@held@": vault.held(every, lists=False),
        "@changes@": row_security.changes(BY_ROW),
        "@reads_vault@": row_security.case_writes(VAULT),
        "@others@": on_sides,
        "@least@": str(LEAST),
        "@shortest@": str(vault.SHORTEST),
        "@least_digits@": str(vault.LEAST_DIGITS),
    }.items():
        text = text.replace(token, filled)
    return text
