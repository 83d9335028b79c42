"""Reading cases. The wall decides what is there; nothing here filters by who is asking.

Whatever shows a state takes ``as_at``: the state as the hub knew it at that
moment, ``None`` for now.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection, Mapping
from typing import TypeVar

from django.db.models import Model, Q, QuerySet, Sum
from django.http import Http404, HttpRequest
from django.utils import timezone
from django.utils.dateparse import parse_date

from lamplighter.hub.accounts.models import Role, User
from lamplighter.hub.audit.access_log import page_access
from lamplighter.hub.cases.models import (
    Case,
    Closing,
    Entry,
    FollowUp,
    LeadWorker,
    LegalStatus,
    Participation,
    Party,
    Referral,
    SafeguardingCheck,
    Status,
    Triage,
    Work,
)
from lamplighter.hub.cases.status import criminal_matters
from lamplighter.hub.clocks.models import Clock
from lamplighter.hub.people.matching import selectors as current_ids

Moment = dt.datetime | None
Row = TypeVar("Row", bound=Model)


def open_case(key: uuid.UUID) -> Case:
    """The case with this key, or "not found", said the same for one that never was."""
    try:
        found = Case.objects.select_related("owner").get(key=key)
    except Case.DoesNotExist:
        raise Http404 from None
    page_access.case(found)
    return found


def moment_asked(request: HttpRequest) -> Moment:
    """The moment of ``?as_at=2026-11-03``: the end of that day; ``None`` for today, later, or no date."""
    try:
        day = parse_date(request.GET.get("as_at", "").strip())
    except ValueError:
        return None
    if day is None or day >= timezone.localdate() or day.year < 1900:
        return None
    return end_of(day)


def end_of(day: dt.date) -> dt.datetime:
    """Return the last moment of a day: what the hub held then is what it held on that day."""
    midnight = dt.datetime.combine(day + dt.timedelta(days=1), dt.time(), timezone.get_current_timezone())
    return midnight - dt.timedelta(microseconds=1)


def known(rows: QuerySet[Row], as_at: Moment) -> QuerySet[Row]:
    """Those of the rows that the hub had at that moment."""
    return rows if as_at is None else rows.filter(at__lte=as_at)


def standing_rows(rows: QuerySet[Row], as_at: Moment, ended: str) -> QuerySet[Row]:
    """Return those of the rows that stood at that moment; ``ended``: the column that says until when."""
    if as_at is None:
        return rows.filter(**{ended: None})
    return rows.filter(at__lte=as_at).filter(Q(**{ended: None}) | Q(**{f"{ended}__gt": as_at}))


def current(case: Case, as_at: Moment = None) -> Status | None:
    """The status that stood at a moment; ``None`` before there was a case."""
    return known(Status.objects.filter(case=case), as_at).order_by("-at", "-pk").first()


def status(case: Case, key: str) -> Status | None:
    """The status with this key, whether it stands or stood; ``None`` for anything else."""
    try:
        return Status.objects.filter(case=case, key=uuid.UUID(key)).first()
    except ValueError:
        return None


def statuses(cases: Collection[Case]) -> dict[int, Status]:
    """The present status of each of the cases, in one question."""
    rows = Status.objects.filter(case__in=cases).order_by("case_id", "-at", "-pk").distinct("case_id")
    return {row.case_id: row for row in rows}


def parties(case: Case, as_at: Moment = None) -> list[Party]:
    """The two people as the case calls them, the victim first."""
    return list(standing_rows(Party.objects.filter(case=case), as_at, "replaced_at").order_by("-side", "pk"))


def parties_of(cases: Collection[Case]) -> dict[int, list[Party]]:
    found: dict[int, list[Party]] = {}
    for party in Party.objects.filter(case__in=cases, replaced_at=None).order_by("case_id", "-side", "pk"):
        found.setdefault(party.case_id, []).append(party)
    return found


def versions(party: Party) -> list[Party]:
    """List earlier versions of this person of the case, newest first."""
    rows = Party.objects.filter(case=party.case_id, side=party.side).select_related("by", "owner")
    return list(rows.exclude(pk=party.pk).order_by("-at", "-pk"))


def party(case: Case, key: uuid.UUID) -> Party:
    try:
        return Party.objects.select_related("by", "owner").get(case=case, key=key)
    except Party.DoesNotExist:
        raise Http404 from None


def newest_version(party: Party) -> Party:
    """The row that stands now for this person of the case."""
    standing = Party.objects.filter(case=party.case_id, side=party.side, replaced_at=None)
    return standing.select_related("by", "owner").latest("at", "pk")


def who_they_are(of: Collection[Party], as_at: Moment = None) -> dict[str, str]:
    """Today's id of the people of some cases, by every id under which another case may know them."""
    persons = {p.person_id for p in of if p.person_id}
    return current_ids.everybody_who_is(persons, as_at) if persons else {}


def are_one(party: Party, other: Party) -> bool:
    """Tell whether it is known that these two are one person."""
    if not (party.person_id and other.person_id):
        return False
    who = who_they_are((party, other))
    return who[party.person_id] == who[other.person_id]


def other_cases(case: Case, who: Mapping[str, str], as_at: Moment = None) -> list[Party]:
    """The places of the same people (:func:`who_they_are`) in other cases that the wall lets one open."""
    if not who:
        return []
    parties = Party.objects.filter(person_id__in=list(who)).exclude(case=case)
    rows = standing_rows(parties, as_at, "replaced_at")
    return list(rows.select_related("case").order_by("-case__opened_at", "pk"))


def participations(case: Case, as_at: Moment = None) -> list[Participation]:
    """The agencies that work on the case."""
    rows = standing_rows(Participation.objects.filter(case=case), as_at, "ended_at")
    return list(rows.select_related("agency", "by").order_by("at", "pk"))


def works_on(user: User, case: Case) -> bool:
    """Tell whether somebody's agency works on the case: with emergency access alone nobody writes."""
    return any(p.agency_id == user.agency_id for p in participations(case))


def writes_on(user: User, case: Case) -> bool:
    """Tell the same of whoever writes for the hub: its coordinators write on every case."""
    return user.role == Role.COORDINATOR or works_on(user, case)


def leads_of(cases: Collection[int], agency: str | None, as_at: Moment = None) -> dict[int, LeadWorker]:
    """The standing row of one agency's lead worker, by the case's id."""
    rows = known(LeadWorker.objects.filter(case__in=cases, owner=agency), as_at)
    rows = rows.select_related("worker").order_by("case_id", "-at", "-pk").distinct("case_id")
    return {row.case_id: row for row in rows}


def led_by(user: User) -> QuerySet[LeadWorker, int]:
    """Return the ids of the cases of which somebody is their agency's lead worker now."""
    standing = LeadWorker.objects.filter(owner=user.agency_id).order_by("case_id", "-at", "-pk")
    return LeadWorker.objects.filter(
        pk__in=standing.distinct("case_id").values("pk"), worker=user
    ).values_list("case_id", flat=True)


def lead_workers(case: Case, as_at: Moment = None) -> dict[str, LeadWorker]:
    """Return the lead worker of each agency on the case, by its code; agencies with nobody are left out."""
    rows = known(LeadWorker.objects.filter(case=case), as_at).select_related("worker", "owner")
    standing = {row.owner_id: row for row in rows.order_by("at", "pk")}
    return {code: row for code, row in standing.items() if row.worker_id}


def ended_participations(case: Case, as_at: Moment = None) -> list[Participation]:
    """Agencies that worked on it before."""
    rows = Participation.objects.filter(case=case).exclude(ended_at=None)
    if as_at:
        rows = rows.filter(ended_at__lte=as_at)
    return list(rows.select_related("agency", "ended_by").order_by("-ended_at"))


def next_dates(case: Case, as_at: Moment = None, most: int = 10) -> list[Clock]:
    """Running clocks of the case that one may see, the next first."""
    rows = standing_rows(Clock.objects.filter(case=case), as_at, "ended_at").select_related(
        "assigned_to", "owner"
    )
    return list(rows.order_by("due_at", "pk")[:most])


def legal_status(case: Case, as_at: Moment = None) -> LegalStatus | None:
    """The newest of the legal statuses that stood; ``None`` when nobody has said, or all have ended."""
    return next(iter(legal_standing(case, as_at)), None)


def legal_standing(case: Case, as_at: Moment = None) -> list[LegalStatus]:
    """The legal statuses that stood, one a criminal matter, the newest first."""
    return criminal_matters.standing(legal_history(case, as_at))


def latest_legal(case: Case) -> LegalStatus | None:
    """The row that was recorded last, whatever day it is about."""
    return LegalStatus.objects.select_related("by", "owner").filter(case=case).order_by("-pk").first()


def legal_history(case: Case, as_at: Moment = None) -> list[LegalStatus]:
    """List the legal statuses that count, newest first: without those that a later row corrected."""
    return criminal_matters.counting(
        known(LegalStatus.objects.filter(case=case), as_at).select_related("by", "owner")
    )


def legal_corrected(case: Case, as_at: Moment = None) -> list[LegalStatus]:
    """Rows that a later one put right, newest first."""
    rows = list(known(LegalStatus.objects.filter(case=case), as_at).select_related("by").order_by("-at"))
    replaced = {row.replaces_id for row in rows}
    return [row for row in rows if row.pk in replaced]


def referral(case: Case, as_at: Moment = None) -> Referral | None:
    rows = known(Referral.objects.filter(case=case), as_at).select_related("by", "owner")
    return rows.order_by("-at", "-pk").first()


def in_danger(case: Case) -> bool:
    """Tell whether the referral that waits reports danger; one that is opened again does not."""
    found = referral(case)
    if found is None or found.danger != Referral.Knows.YES:
        return False
    return not Triage.objects.filter(case=case).exclude(decision=Status.Name.HELD).exists()


def safeguarding_checks(case: Case) -> list[SafeguardingCheck]:
    """List the police's safety checks since the case was last referred, the newest first."""
    since = Status.objects.filter(case=case, name=Status.Name.REFERRED).order_by("-at", "-pk").first()
    rows = SafeguardingCheck.objects.filter(case=case).select_related("by", "owner")
    return list(rows.filter(at__gte=since.at).order_by("-at", "-pk")) if since else []


def triage(case: Case, as_at: Moment = None) -> Triage | None:
    return known(Triage.objects.filter(case=case), as_at).order_by("-at", "-pk").first()


def closing(case: Case, as_at: Moment = None) -> Closing | None:
    return known(Closing.objects.filter(case=case), as_at).order_by("-at", "-pk").first()


def follow_ups(case: Case, as_at: Moment = None) -> list[FollowUp]:
    """The follow-ups since the case was closed last."""
    rows = known(FollowUp.objects.filter(case=case), as_at)
    if last := closing(case, as_at):
        rows = rows.filter(at__gte=last.at)
    return list(rows.order_by("months", "pk"))


def entries(case: Case, as_at: Moment = None, kind: str = "") -> QuerySet[Entry]:
    """The case's history that one may see, newest first."""
    rows = known(Entry.objects.filter(case=case), as_at)
    if kind:
        rows = rows.filter(kind=kind)
    return rows.select_related("by", "owner").order_by("-happened_at", "-pk")


def kinds(case: Case, as_at: Moment = None) -> list[str]:
    """The kinds of entries that one can see on this case."""
    rows = known(Entry.objects.filter(case=case), as_at)
    return sorted(rows.order_by().values_list("kind", flat=True).distinct())


def minutes(case: Case, as_at: Moment = None) -> dict[str, int]:
    """Time spent that one may see, by role."""
    rows = known(Work.objects.filter(case=case), as_at).order_by().values_list("role")
    return dict(rows.annotate(total=Sum("minutes")).order_by("role"))


def work(case: Case, as_at: Moment = None, most: int = 50) -> list[Work]:
    rows = known(Work.objects.filter(case=case), as_at).select_related("by", "owner")
    return list(rows.order_by("-on", "-pk")[:most])
