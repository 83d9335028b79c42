"""Events that the hub itself wrote in its cases, from every side of the wall but the vault.

To be called inside ``identity.as_service("export cases for a study")``. No words are read: only codes,
states, dates and kinds of agencies.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import Q

from lamplighter.hub.accounts.models import Agency
from lamplighter.hub.cases.models import Case, FollowUp, LegalStatus, Participation, Triage
from lamplighter.hub.cases.status.states import WORKING, State
from lamplighter.hub.closing.models import FileAudit
from lamplighter.hub.insight.export import closing, devices, meetings, orders, risk
from lamplighter.hub.insight.export.dated import KINDS_OF_AGENCY, at, on
from lamplighter.hub.insight.export.events import Event
from lamplighter.hub.perpetrator_side.models import (
    Consultation,
    Ending,
    Enrolment,
    HealthDecision,
    HealthFlag,
    SessionOutcome,
)
from lamplighter.hub.sharing.models import Disclosure
from lamplighter.hub.victim_side.models import (
    AdvocateOfCase,
    CodeUpdate,
    Contact,
    ContactResult,
    ImpactEntry,
    NeedsAssessment,
    Offer,
    StatementOffer,
    SupportEvent,
)

#: Kinds that are looked for when the hub's own cases are exported.
OF_CASES = (
    *("advocate_contact", "advocate_offer", "advocate_referral", "charging_decision", "court_conclusion"),
    *("impact_record", "information_shared", "needs_assessment", "programme", "specialist_contact"),
    *("support_status", "victim_contact", "victim_informed", "vps_offer"),
    *risk.KINDS,
    *orders.KINDS,
    *meetings.KINDS,
    *closing.KINDS,
    *devices.KINDS,
)
#: Kinds that are looked for where somebody has recorded a flag: a hub in which nobody has holds none.
OF_HEALTH = ("health_decision", "health_flag")
AUDITS = ("audit",)
REACHED = frozenset({"reached", "answered"})
#: cases.LegalStatus → what the criminal matter had come to.
CHARGING = frozenset({LegalStatus.Name.CHARGED, LegalStatus.Name.NO_ACTION})
COURT = {LegalStatus.Name.CONVICTED: "convicted", LegalStatus.Name.ACQUITTED: "acquitted"}
#: victim_side.CodeEvent (rules "event") → what the victim was told; the others are "other".
INFORMED = {
    "arrest": "arrest",
    "bail": "arrest",
    "bail_changed": "arrest",
    "bail_hearing": "court",
    "charge": "charge",
    "custody": "arrest",
    "hearing": "court",
    "hearing_listed": "court",
    "no_action": "closure",
    "no_investigation": "closure",
    "order": "order",
    "released": "arrest",
    "sentence": "court",
    "trial_outcome": "court",
}
STATEMENT: dict[str, str] = {
    StatementOffer.State.OFFERED: "offered",
    StatementOffer.State.LATER: "later",
    StatementOffer.State.ACCEPTED: "consented",
    StatementOffer.State.DECLINED: "declined",
    StatementOffer.State.MADE: "made",
}
#: victim_side.Offer → what became of it.
OFFERED: dict[str, str] = {
    Offer.Answer.OFFERED: "offered",
    Offer.Answer.ACCEPTED: "consented",
    Offer.Answer.DECLINED: "declined",
}
#: cases.Triage → why the hub did not take it on.
DECLINED = {State.REJECTED: "criteria", State.REDIRECTED: "other"}
ENDED = {Ending.How.COMPLETED: "completed"}


@dataclass(frozen=True, slots=True)
class OfCase:
    """An event of a case; which of its reports it belongs to is said later. ``course``: the pattern."""

    course: str
    event: Event


def courses() -> dict[int, str]:
    """Case → pattern, of the cases that came from one. The others have no report to tell them of."""
    return dict(Case.objects.exclude(course_id="").order_by("pk").values_list("pk", "course_id"))


def kinds() -> tuple[str, ...]:
    """Return the kinds that are looked for in this hub."""
    audited = AUDITS if FileAudit.objects.exists() else ()
    return OF_CASES + audited + (OF_HEALTH if HealthFlag.objects.exists() else ())


def read(course_of: dict[int, str]) -> list[OfCase]:
    """Every event of these cases, in a stable order."""
    every: list[tuple[int, Event]] = [
        *_contacts(),
        *_victims_side(),
        *_support(),
        *_advocates(),
        *_justice(),
        *_told(),
        *_programmes(),
        *_consulted(),
        *_health(),
        *_shared(),
        *risk.read(),
        *orders.read(),
        *meetings.read(),
        *closing.read(),
        *devices.read(),
    ]
    return [OfCase(course_of[case], event) for case, event in every if case in course_of]


def _contacts() -> Iterator[tuple[int, Event]]:
    """Who tried to reach the victim, and whether they did. One that has no result yet is not counted; one
    that came from the victim herself reached her.
    """
    results = dict(ContactResult.objects.order_by("at", "pk").values_list("contact_id", "result"))
    known = Q(pk__in=results) | Q(direction=Contact.Direction.IN)
    for row in Contact.objects.filter(known).order_by("pk"):
        kind = "advocate_contact" if row.partition == "advocacy" else "victim_contact"
        came = row.direction == Contact.Direction.IN or results[row.pk] in REACHED
        status = "reached" if came else "not_reached"
        yield row.case_id, at(kind, row, row.happened_at, status=status)


def _victims_side() -> Iterator[tuple[int, Event]]:
    for needs in NeedsAssessment.objects.order_by("pk"):
        yield needs.case_id, at("needs_assessment", needs, needs.at, status="complete")
    for said in Offer.objects.filter(what=Offer.What.NEEDS, answer=Offer.Answer.DECLINED).order_by("pk"):
        yield said.case_id, on("needs_assessment", said, said.on, status="not_done_reason")
    for impact in ImpactEntry.objects.order_by("pk"):
        yield (
            impact.case_id,
            at("impact_record", impact, impact.at, reasons=sorted(impact.elements) or None),
        )
    for offer in StatementOffer.objects.order_by("pk"):
        yield offer.case_id, on("vps_offer", offer, offer.on, status=STATEMENT[offer.state])


def _support() -> Iterator[tuple[int, Event]]:
    """``answer``: pressure was found; "no" only where every question was asked and answered with no."""
    for row in SupportEvent.objects.order_by("pk"):
        asked = (row.asked_to_stop, row.afraid_to_say)
        answer = "yes" if "yes" in asked else "no" if set(asked) == {"no"} else "not_asked"
        yield (
            row.case_id,
            on(
                "support_status",
                row,
                row.since,
                code=row.state,
                answer=answer,
                reasons=sorted(row.reasons) or None,
            ),
        )


def _advocates() -> Iterator[tuple[int, Event]]:
    """An advocacy service that was asked in, what the victim answered, and who first took the case.

    Asking it in is how the hub offers the victim an advocate. That says nothing of whether she agreed, so
    such an offer has no status: her answer is what an advocate records. A service that brought the case
    itself was with her before: she has been offered one, and nobody referred her.
    """
    for said in Offer.objects.filter(what=Offer.What.ADVOCATE).order_by("pk"):
        yield said.case_id, on("advocate_offer", said, said.on, status=OFFERED[Offer.Answer(said.answer)])
    asked = Participation.objects.filter(agency__kind=Agency.Kind.ADVOCACY).select_related("case")
    offered: set[int] = set()
    for row in asked.order_by("at", "pk"):
        if row.case_id not in offered:
            offered.add(row.case_id)
            yield row.case_id, at("advocate_offer", row, row.at)
        if row.agency_id != row.case.owner_id:
            yield row.case_id, at("advocate_referral", row, row.at, status="offered")
    first: set[int] = set()
    for taken in AdvocateOfCase.objects.order_by("at", "pk"):
        if taken.case_id not in first:
            first.add(taken.case_id)
            yield taken.case_id, on("advocate_referral", taken, taken.since, status="accepted")


def _justice() -> Iterator[tuple[int, Event]]:
    for row in LegalStatus.objects.filter(replaced_by=None, ends=False).order_by("pk"):
        if row.name in CHARGING:
            yield row.case_id, on("charging_decision", row, row.since)
        elif row.name in COURT:
            yield row.case_id, on("court_conclusion", row, row.since, code=COURT[LegalStatus.Name(row.name)])
    for found in FollowUp.objects.filter(found=FollowUp.Found.FURTHER).order_by("pk"):
        yield found.case_id, at("later_report", found, found.at)


def _told() -> Iterator[tuple[int, Event]]:
    for row in CodeUpdate.objects.select_related("event").order_by("pk"):
        yield (
            row.case_id,
            at(
                "victim_informed",
                row,
                row.told_at,
                code=INFORMED.get(row.event.kind, "other"),
                due_at=row.event.due_at,
            ),
        )


def _programmes() -> Iterator[tuple[int, Event]]:
    attended: Counter[int] = Counter()
    # A correction names what it replaces: what nobody replaced stands.
    replaced = set(SessionOutcome.objects.exclude(replaces=None).values_list("replaces_id", flat=True))
    came = SessionOutcome.objects.filter(what=SessionOutcome.What.ATTENDED).select_related("session")
    for outcome in came.order_by("pk"):
        attended[outcome.session.enrolment_id] += outcome.pk not in replaced
    endings = {row.enrolment_id: row for row in Ending.objects.order_by("pk")}
    for row in Enrolment.objects.order_by("pk"):
        ended = endings.get(row.pk)
        status = "begun" if ended is None else ENDED.get(Ending.How(ended.how), "left")
        yield (
            row.case_id,
            at(
                "programme",
                row,
                row.at,
                status=status,
                item=("item", f"programme {row.key}"),
                ended_at=ended.at if ended else None,
                quantity=float(attended[row.pk]),
            ),
        )


def _consulted() -> Iterator[tuple[int, Event]]:
    """Advice that was given; and that the hub itself was asked, took the case on, or declined it and why.

    That the hub took a case on is no advice yet.
    """
    for row in Consultation.objects.select_related("owner").order_by("pk"):
        code = "clinician" if row.owner.kind == Agency.Kind.HEALTH else "other"
        yield row.case_id, on("specialist_contact", row, row.on, code=code, answer="yes")
    decided = Triage.objects.filter(decision__in=(*WORKING, *DECLINED))
    for asked in decided.order_by("pk"):
        why = DECLINED.get(State(asked.decision))
        yield (
            asked.case_id,
            at(
                "specialist_contact",
                asked,
                asked.at,
                code="hub",
                answer="no",
                reasons=[why] if why else None,
            ),
        )


def _health() -> Iterator[tuple[int, Event]]:
    """Flags that a source made, and what was decided on each. None is inferred from anything."""
    for row in HealthFlag.objects.order_by("pk"):
        yield row.case_id, on("health_flag", row, row.noted_on)
    for decided in HealthDecision.objects.order_by("pk"):
        yield decided.case_id, on("health_decision", decided, decided.on, code=decided.decision)


def _shared() -> Iterator[tuple[int, Event]]:
    """One event an agency that something was released to."""
    kinds = dict(Agency.objects.values_list("code", "kind"))
    for row in Disclosure.objects.order_by("pk"):
        answer = "yes" if row.basis else "no"
        told: list[str | None] = [*sorted(row.to_agencies)]
        for code in told or [None]:
            agency = KINDS_OF_AGENCY[Agency.Kind(kinds[code])] if code in kinds else None
            event = at("information_shared", row, row.at, mark=f"{code}", answer=answer, agency=agency)
            yield row.case_id, event
