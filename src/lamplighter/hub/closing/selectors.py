"""Reading what was considered, proposed and signed, as at any moment. The wall decides what there is."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from django.http import Http404

from lamplighter.hub.accounts.models import User
from lamplighter.hub.cases.models import Case, Closing
from lamplighter.hub.cases.selectors import Moment, Row, known
from lamplighter.hub.closing.models import (
    Answer,
    Considered,
    Handover,
    Identified,
    IdentityDecision,
    OverrideAnswer,
    OverrideAsk,
    Proposal,
    ReviewOffered,
    SafeguardingReview,
    Signature,
)


@dataclass(frozen=True, slots=True)
class Proposed:
    """The proposal that stands, with its signatures, whether she knows of her right, and its overrides."""

    row: Proposal
    signatures: tuple[Signature, ...]
    overrides: tuple[OverrideAsk, ...]

    def signed(self, capacity: str) -> Signature | None:
        return next((s for s in self.signatures if s.capacity == capacity), None)

    @property
    def refused(self) -> bool:
        return any(s.answer == Answer.REFUSED for s in self.signatures)

    @property
    def carried(self) -> bool:
        """Both signed, and both agree."""
        agreed = [s for s in self.signatures if s.answer == Answer.AGREED]
        return {s.capacity for s in agreed} == {*Signature.Capacity.values}

    @property
    def event(self) -> uuid.UUID | None:
        """The event that the victim is told of."""
        return next((s.event for s in self.signatures if s.event), None)

    @property
    def overridden(self) -> OverrideAnswer | None:
        return next((a for o in self.overrides if (a := answer_of(o)) and a.answer == Answer.AGREED), None)

    @property
    def waits_for(self) -> OverrideAsk | None:
        """The request that a senior has not answered yet."""
        return next((o for o in self.overrides if answer_of(o) is None), None)


def answer_of(ask: OverrideAsk) -> OverrideAnswer | None:
    return getattr(ask, "answer", None)


def considered(case: Case, as_at: Moment = None) -> dict[str, Considered]:
    """Return what was considered, by what it was; the newest of each."""
    rows = known(Considered.objects.filter(case=case), as_at).select_related("by", "owner")
    return {row.what: row for row in rows.order_by("at", "pk")}


def proposed(case: Case, as_at: Moment = None) -> Proposed | None:
    """Return the newest proposal since the case was closed last; ``None`` where there is none."""
    rows = known(Proposal.objects.filter(case=case), as_at).select_related("by", "owner")
    newest = rows.order_by("-at", "-pk").first()
    if newest is None:
        return None
    last = known(Closing.objects.filter(case=case), as_at).order_by("-at", "-pk").first()
    if last is not None and last.at >= newest.at:
        return None
    signatures = known(Signature.objects.filter(proposal=newest), as_at).select_related("by", "owner")
    asks = known(OverrideAsk.objects.filter(proposal=newest), as_at)
    return Proposed(
        newest,
        tuple(signatures.order_by("at", "pk")),
        tuple(asks.select_related("by", "senior__agency", "answer__by").order_by("-at", "-pk")),
    )


def review_offered(proposal: Proposal) -> ReviewOffered | None:
    return ReviewOffered.objects.filter(proposal=proposal).select_related("by").order_by("-pk").first()


def proposal(case: Case, key: uuid.UUID) -> Proposal:
    return _one(Proposal.objects.filter(case=case, key=key).select_related("by", "owner").first())


def asked_to_override(user: User, case: Case) -> OverrideAsk | None:
    """Return what this person is asked to answer on a case."""
    rows = OverrideAsk.objects.filter(case=case, senior=user, answer=None)
    return rows.select_related("proposal__by", "by").order_by("-pk").first()


def safeguarding_reviews(case: Case, as_at: Moment = None) -> list[SafeguardingReview]:
    rows = known(SafeguardingReview.objects.filter(case=case), as_at).select_related("by", "owner")
    return list(rows.order_by("-at", "-pk"))


def handovers(case: Case, as_at: Moment = None) -> list[Handover]:
    """Return what was handed over, or was asked to be, the newest first."""
    rows = known(Handover.objects.filter(case=case), as_at)
    rows = rows.select_related("by", "owner", "to", "answer__by", "answer__owner", "outcome__by")
    return list(rows.order_by("-at", "-pk"))


def handover(case: Case, key: uuid.UUID) -> Handover:
    found = next((row for row in handovers(case) if row.key == key), None)
    return _one(found)


def identified(case: Case, as_at: Moment = None) -> list[Identified]:
    rows = known(Identified.objects.filter(case=case), as_at).select_related("by", "owner")
    return list(rows.order_by("-at", "-pk"))


def identity_decisions(case: Case, as_at: Moment = None) -> list[IdentityDecision]:
    rows = known(IdentityDecision.objects.filter(case=case), as_at)
    rows = rows.select_related("by", "owner", "authoriser", "authorised__by", "told", "identified")
    return list(rows.order_by("-at", "-pk"))


def identity_decision(case: Case, key: uuid.UUID) -> IdentityDecision:
    found = next((row for row in identity_decisions(case) if row.key == key), None)
    return _one(found)


def _one(found: Row | None) -> Row:
    """Return the row, or "not found", said the same for one that never was."""
    if found is None:
        raise Http404
    return found
