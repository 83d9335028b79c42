"""The hub's own figures of cases that were dropped, and of overrides, for the caseload and for insight."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.urls import reverse
from django.utils import timezone

from lamplighter.hub.accounts.models import User
from lamplighter.hub.cases.models import Closing
from lamplighter.hub.closing import permissions
from lamplighter.hub.closing.models import Answer, OverrideAnswer


@dataclass(frozen=True, slots=True)
class Dropped:
    """A case that an outcome dropped; ``override``: the senior's answer, where something was missing."""

    closing: Closing
    override: OverrideAnswer | None


def dropped(since: dt.date) -> list[Dropped]:
    """Return the cases that one may open and that were dropped since, the newest first. Two questions."""
    start = timezone.make_aware(dt.datetime.combine(since, dt.time()))
    rows = Closing.objects.filter(at__gte=start).exclude(dropped_as="").select_related("case")
    closings = list(rows.order_by("-at", "-pk"))
    answers = OverrideAnswer.objects.filter(answer=Answer.AGREED, case__in=[c.case_id for c in closings])
    of: dict[int, list[OverrideAnswer]] = {}
    for answer in answers.select_related("ask__proposal", "by__agency").order_by("at", "pk"):
        of.setdefault(answer.case_id, []).append(answer)
    return [Dropped(c, _of(c, of.get(c.case_id, []))) for c in closings]


def _of(closing: Closing, answers: list[OverrideAnswer]) -> OverrideAnswer | None:
    """The override that carried this closing: of its outcome, and the last before it."""
    found = [a for a in answers if a.at <= closing.at and a.ask.proposal.outcome == closing.dropped_as]
    return found[-1] if found else None


def figures(user: User, since: dt.date) -> list[tuple[str, int, str]]:
    """Return the lines of the caseload page: what is counted, how many, and where the rows are."""
    if not permissions.may_see_closing(user):
        return []
    rows = dropped(since)
    href = reverse("closing:published")
    over = [row for row in rows if row.override]
    return [
        ("Cases dropped by an outcome", len(rows), href),
        ("Of these by an override of the closing check", len(over), f"{href}?only=overrides"),
    ]
