"""Schedule the owner's reviews of its records: what is due, what was decided, and holds."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass

from django.db import transaction
from django.db.models import OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from lamplighter.hub.access import moment
from lamplighter.hub.access.concurrent_edits import one_at_a_time
from lamplighter.hub.access.models import owned
from lamplighter.hub.accounts.models import Agency, User
from lamplighter.hub.audit import services as audit
from lamplighter.hub.cases import rules as case_rules
from lamplighter.hub.cases.models import Case, Closing, Status
from lamplighter.hub.cases.policies import OVER
from lamplighter.hub.rights import permissions, policies
from lamplighter.hub.rights.models import ErasedPart, Hold, RetentionDecision
from lamplighter.hub.rights.retention import last_notice
from lamplighter.hub.rights.rules import periods
from lamplighter.hub.site.config_files.dated import Rule
from lamplighter.hub.site.refusals import ConflictError, NotPossibleError

Moment = dt.datetime | None
MOST = 200  # lines of the list
PERSON = "person"


@dataclass(frozen=True, slots=True)
class Due:
    """A case whose records of one's own agency are due for a review, and since when."""

    case: Case
    on: dt.date
    period: str
    decided: RetentionDecision | None


@transaction.atomic
def decide(
    user: User,
    case: Case,
    *,
    kind: str,
    period: str,
    reason: str,
    keep_until: dt.date | None = None,
    early: str = "",
    seen: str | None = None,
) -> RetentionDecision:
    """The owning agency keeps what it holds of the case until another review, or wants it erased.

    ``seen`` is the key of the decision that stood when the writer began, "" for
    none; where another stands now, ``ConflictError`` carries it.
    """
    agency = _agency(user)
    policies.check_retention(kind, period, keep_until, reason, agency.kind, timezone.localdate())
    policies.check_period(period, to_choose(case, agency.kind))
    over_on = over(user, case, period)
    erase_early = kind == RetentionDecision.Kind.ERASE and not (
        over_on is not None and over_on <= timezone.localdate()
    )
    if erase_early:
        policies.check_time(over_on, period, early, timezone.localdate())
    one_at_a_time(case.pk)
    newest = decided(user, case)
    if seen is not None and newest is not None and str(newest.key) != seen:
        raise ConflictError(newest=newest)
    made = RetentionDecision.objects.create(
        **owned(user, case, partition=permissions.home(user), kind=kind, period=period, reason=reason),
        keep_until=keep_until if kind == RetentionDecision.Kind.KEEP else None,
        early=early if erase_early else "",
    )
    audit.record(
        user,
        "rights.retention_decided",
        f"decision {made.key}",
        case=case,
        kind=kind,
        period=period,
        early=made.early,
    )
    return made


@transaction.atomic
def hold(user: User, case: Case, reason: str) -> Hold:
    """From now on nothing of the case can be erased, by whomever."""
    if not reason.strip():
        raise NotPossibleError("Enter a reason.")
    _agency(user)
    made = Hold.objects.create(**owned(user, case, partition=permissions.home(user), reason=reason))
    audit.record(user, "rights.hold", f"hold {made.key}", case=case)
    return made


@transaction.atomic
def end_hold(user: User, standing: Hold, why: str) -> None:
    """The hold is over, and why. Its own agency ends it."""
    if not why.strip():
        raise NotPossibleError("Enter a reason.")
    if standing.owner_id != user.agency_id:
        raise NotPossibleError("The agency that placed the hold ends it.")
    ended = {"ended_at": moment.now(), "ended_by": user, "ended_why": why}
    if not Hold.objects.filter(pk=standing.pk, ended_at=None).update(**ended):
        found = Hold.objects.select_related("ended_by", "owner").get(pk=standing.pk)
        raise ConflictError(newest=found)
    audit.record(user, "rights.hold_ended", f"hold {standing.key}", case=standing.case_id)


def _agency(user: User) -> Agency:
    if user.agency is None or not permissions.home(user):
        raise NotPossibleError("You do not decide about the records of an agency.")
    return user.agency


def over(user: User, case: Case, period: str) -> dt.date | None:
    """The first day on which this agency need not keep what it holds of the case any more, by one of its
    rules; ``None`` while the case is open, or by a rule of persons another case about the suspect."""
    (ended_at,) = last_notice.ends([case.pk])
    if ended_at is None:
        return None
    return _until(case, periods(_agency(user).kind, timezone.localdate())[period], ended_at)


def _until(case: Case, rule: Rule, ended_at: dt.datetime) -> dt.date | None:
    """The day on which the time of a rule is over; ``None`` where it has not begun."""
    begins: dt.datetime | None = ended_at
    if rule.extra.get("counts") == PERSON:
        begins = last_notice.noticed(case).last
    return begins and timezone.localdate(case_rules.later_by_months(begins, 12 * rule.extra["years"]))


def to_choose(case: Case, kind: str) -> dict[str, Rule]:
    """Return the rules that an agency of a ``kind`` can choose for the case, the default first.

    Whoever is or was managed under MAPPA, on whatever case, has the rule of MAPPA and no other.
    """
    rows = periods(kind, timezone.localdate())
    strict = {code: rule for code, rule in rows.items() if rule.extra.get("mappa")}
    return strict if strict and last_notice.noticed(case).mappa else rows


def due_on(user: User, case: Case) -> tuple[Rule, dt.date | None]:
    """Return the rule that these records fall under and the day on which its time is over (:func:`over`)."""
    rules = to_choose(case, _agency(user).kind)
    last = decided(user, case)
    code = last.period if last and last.period in rules else next(iter(rules))
    return rules[code], over(user, case, code)


def check_time(user: User, decision: RetentionDecision) -> None:
    """Raise ``NotPossibleError`` where what was decided would erase what has to be kept still.

    As on the day of the erasure: a case that was opened again is not over any more.
    """
    today = timezone.localdate()
    known = decision.period in periods(_agency(user).kind, today)
    over_on = over(user, decision.case, decision.period) if known else None
    policies.check_time(over_on, decision.period, decision.early, today)


def decided(user: User, case: Case, as_at: Moment = None) -> RetentionDecision | None:
    """Return the last decision of one's own agency."""
    rows = RetentionDecision.objects.filter(case=case, owner=user.agency_id)
    rows = rows.filter(at__lte=as_at) if as_at else rows
    return rows.select_related("by", "owner").order_by("-pk").first()


def holds(case: Case, as_at: Moment = None) -> list[Hold]:
    """Holds that stand and that one may see."""
    rows = Hold.objects.filter(case=case).select_related("owner", "by").order_by("at", "pk")
    if as_at is None:
        return list(rows.filter(ended_at=None))
    return [h for h in rows.filter(at__lte=as_at) if h.ended_at is None or h.ended_at > as_at]


def hold_of(case: Case, key: uuid.UUID) -> Hold | None:
    """The hold with this key, whether or not it stands, if one may see it."""
    return Hold.objects.filter(case=case, key=key).select_related("owner", "by", "ended_by").first()


def due(user: User, case: Case, ended_at: dt.datetime) -> Due | None:
    """Return when one's own agency reviews what it holds of a case that ended then.

    ``None``: it has been erased, or its time has not begun: another case about the suspect is open.
    """
    if ErasedPart.objects.filter(case=case, owner=user.agency_id).exists():
        return None
    rules = to_choose(case, _agency(user).kind)
    last = decided(user, case)
    period = last.period if last and last.period in rules else next(iter(rules))
    if last and last.kind == RetentionDecision.Kind.ERASE:
        return Due(case, timezone.localdate(last.at), period, last)
    if last and last.keep_until:
        return Due(case, last.keep_until, period, last)
    on = _until(case, rules[period], ended_at)
    return Due(case, on, period, last) if on else None


def ended_cases(before: dt.datetime) -> list[Case]:
    """Cases that are over since before then, the longest first, each with ``ended_at``."""
    newest = Status.objects.filter(case=OuterRef("pk")).order_by("-at", "-pk")
    closed = Closing.objects.filter(case=OuterRef("pk")).order_by("-at", "-pk")
    rows = Case.objects.annotate(
        status=Subquery(newest.values("name")[:1]),
        ended_at=Coalesce(Subquery(closed.values("at")[:1]), Subquery(newest.values("at")[:1])),
    )
    return list(rows.filter(status__in=OVER, ended_at__lte=before).order_by("ended_at", "pk")[:MOST])


def due_list(user: User) -> list[Due]:
    """List what one's own agency has to review now, the longest overdue first."""
    today = timezone.localdate()
    shortest = min(p.extra["years"] for p in periods(_agency(user).kind, today).values())
    before = case_rules.later_by_months(timezone.now(), -12 * shortest)
    found = [due(user, case, case.ended_at) for case in ended_cases(before)]  # type: ignore[attr-defined]  # annotated
    return sorted((d for d in found if d and d.on <= today), key=lambda d: (d.on, d.case.pk))
