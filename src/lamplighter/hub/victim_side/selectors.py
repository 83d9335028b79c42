"""Reading the victim's side. The wall decides what is there; ``as_at`` asks for what the hub knew then."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, TypedDict, TypeVar

from django.db.models import Model, Prefetch, Q, QuerySet

from lamplighter.hub.access import moment
from lamplighter.hub.cases.models import Case
from lamplighter.hub.clocks.models import Clock
from lamplighter.hub.victim_side import rules
from lamplighter.hub.victim_side.models import (
    AdvocateOfCase,
    Cadence,
    CodeEvent,
    CodeUpdate,
    Contact,
    ContactResult,
    EnhancedRights,
    ImpactEntry,
    NeedsAssessment,
    Offer,
    PublicFunds,
    RuleBroken,
    SafetyPlan,
    StatementOffer,
    SupportEvent,
)
from lamplighter.hub.victim_side.policies import TEXT_FIRST_HOURS

if TYPE_CHECKING:
    from django_stubs_ext import WithAnnotations

Moment = dt.datetime | None
Row = TypeVar("Row", bound=Model)
MINE = "victim."
UPDATE = "victims_code.update"


def known(model: type[Row], case: Case, as_at: Moment = None) -> QuerySet[Row]:
    """The rows of the case that the hub had at that moment, newest first, with their writers."""
    rows: QuerySet[Any] = model._default_manager.filter(case=case)
    if as_at is not None:
        rows = rows.filter(at__lte=as_at)
    return rows.select_related("by", "owner").order_by("-at", "-pk")


def newest(model: type[Row], case: Case, as_at: Moment = None) -> Row | None:
    return known(model, case, as_at).first()


def advocate(case: Case, as_at: Moment = None) -> AdvocateOfCase | None:
    return known(AdvocateOfCase, case, as_at).select_related("advocate__agency", "by", "owner").first()


def support(case: Case, as_at: Moment = None) -> list[SupportEvent]:
    """Newest first by the date since when it is so; of one day, the later written."""
    return list(known(SupportEvent, case, as_at).order_by("-since", "-at", "-pk"))


def supported(case: Case, as_at: Moment = None) -> SupportEvent | None:
    return known(SupportEvent, case, as_at).order_by("-since", "-at", "-pk").first()


def needs(case: Case, as_at: Moment = None) -> list[NeedsAssessment]:
    return list(known(NeedsAssessment, case, as_at))


def safety_plans(case: Case, as_at: Moment = None) -> list[SafetyPlan]:
    return list(known(SafetyPlan, case, as_at))


def impact(case: Case, as_at: Moment = None) -> list[ImpactEntry]:
    return list(known(ImpactEntry, case, as_at).order_by("-happened_on", "-pk"))


def statement(case: Case, as_at: Moment = None) -> list[StatementOffer]:
    return list(known(StatementOffer, case, as_at).order_by("-on", "-at", "-pk"))


def cadence_days(case: Case, as_at: Moment = None) -> int:
    found = newest(Cadence, case, as_at)
    day = (as_at or moment.now()).astimezone(rules.LONDON).date()
    return found.days if found else int(rules.one("contact_plan", day).extra["cadence_days"])


def contacts(case: Case, as_at: Moment = None, limit: int = 100) -> list[Contact]:
    """The newest contacts with what came of them."""
    results = ContactResult.objects.filter(case=case)
    if as_at is not None:
        results = results.filter(at__lte=as_at)
    rows = known(Contact, case, as_at).order_by("-happened_at", "-pk")
    return list(rows.prefetch_related(Prefetch("results", results.order_by("at", "pk")))[:limit])


def broken(case: Case, as_at: Moment = None) -> list[RuleBroken]:
    return list(known(RuleBroken, case, as_at))


def texted_before(user: Any, case: Case, at: dt.datetime) -> bool:
    """Tell whether a text of this person's agency went to the victim in the hours before ``at``."""
    return Contact.objects.filter(
        case=case,
        owner_id=user.agency_id,
        direction=Contact.Direction.OUT,
        channel="text",
        happened_at__lte=at,
        happened_at__gt=at - dt.timedelta(hours=TEXT_FIRST_HOURS),
    ).exists()


def clocks(case: Case, as_at: Moment = None, *, of: str = MINE) -> list[Clock]:
    """List tasks as of that moment: clocks that were running then, the most urgent first."""
    rows = Clock.objects.filter(case=case, kind__startswith=of)
    if as_at is None:
        rows = rows.filter(state=Clock.State.RUNNING)
    else:
        rows = rows.filter(at__lte=as_at).filter(Q(ended_at=None) | Q(ended_at__gt=as_at))
    return list(rows.order_by("due_at", "pk"))


def clocks_ended(case: Case, as_at: Moment = None, *, of: str = MINE) -> list[Clock]:
    rows = Clock.objects.filter(case=case, kind__startswith=of, state=Clock.State.DONE)
    if as_at is not None:
        rows = rows.filter(ended_at__lte=as_at)
    return list(rows.order_by("-ended_at", "-pk"))


def rights(case: Case, as_at: Moment = None) -> EnhancedRights | None:
    """Return what was recorded last about the categories of enhanced rights; ``None``: nothing yet."""
    return newest(EnhancedRights, case, as_at)


def offers(case: Case, as_at: Moment = None) -> list[Offer]:
    """List what the victim was offered and what she answered, newest first."""
    return list(known(Offer, case, as_at))


def public_funds(case: Case, as_at: Moment = None) -> list[PublicFunds]:
    """List the records about recourse to public funds, newest first."""
    return list(known(PublicFunds, case, as_at))


def enhanced(case: Case, as_at: Moment = None) -> bool:
    """Tell whether the victim's updates run on the clock of enhanced rights."""
    found = rights(case, as_at)
    day = (as_at or moment.now()).astimezone(rules.LONDON).date()
    return found.enhanced if found else bool(rules.one("victims_code", day).extra["enhanced_by_default"])


class Told(TypedDict):
    """Hold what :func:`code_events` adds to each event."""

    told: list[CodeUpdate]


def code_events(case: Case, as_at: Moment = None) -> list[WithAnnotations[CodeEvent, Told]]:
    """List events that the victim has a right to be told, newest first, each with ``told``: its updates."""
    updates = CodeUpdate.objects.filter(case=case)
    if as_at is not None:
        updates = updates.filter(at__lte=as_at)
    rows = known(CodeEvent, case, as_at).order_by("-happened_on", "-pk")
    told = Prefetch("updates", updates.select_related("by__agency").order_by("told_at"), to_attr="told")
    return list(rows.prefetch_related(told))
