"""Reading checks and warnings, as they were known at a moment. The wall decides what is there."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass, field
from typing import TypeVar

from django.db.models import Prefetch, QuerySet
from django.http import Http404

from lamplighter.hub.access.models import CaseRow
from lamplighter.hub.access.wall.identity import as_service
from lamplighter.hub.cases.models import Case
from lamplighter.hub.cases.selectors import known
from lamplighter.hub.clocks.models import Clock
from lamplighter.hub.safeguarding.models import (
    Answer,
    Check,
    CheckAnswer,
    CheckAsk,
    CheckNews,
    DangerWarning,
    WarningMessage,
    WithoutCheck,
)

Moment = dt.datetime | None
TELLS_BACK = "warn of danger"
Row = TypeVar("Row", bound=CaseRow)


def _rows(model: type[Row], case: Case, as_at: Moment) -> QuerySet[Row]:
    rows = model._default_manager.filter(case=case).select_related("by", "owner").order_by("-at", "-pk")
    return known(rows, as_at)


@dataclass(slots=True)
class Standing:
    """One ask with what came back of it, oldest first, as those who asked see it."""

    ask: CheckAsk
    news: list[CheckNews] = field(default_factory=list)

    @property
    def when(self) -> str:
        return self.ask.when

    @property
    def _answered(self) -> CheckNews | None:
        return next((row for row in reversed(self.news) if row.what in Answer.values), None)

    @property
    def answer(self) -> str:
        """The newest answer; "" for none."""
        return self._answered.what if self._answered else ""

    @property
    def answered_at(self) -> Moment:
        return self._answered.at if self._answered else None

    def nobody(self, now: dt.datetime) -> bool:
        """Tell whether its time is over and nobody has answered."""
        return not self.answer and self.ask.due_at < now


def asks(case: Case, as_at: Moment = None) -> list[Standing]:
    """Every ask that one may see, the newest first."""
    found = {row.pk: Standing(row) for row in _rows(CheckAsk, case, as_at)}
    for news in _rows(CheckNews, case, as_at).filter(ask__in=list(found)).order_by("at", "pk"):
        found[news.ask_id].news.append(news)
    return list(found.values())


def standing(case: Case, agency: str | None, as_at: Moment = None) -> Standing | None:
    """The newest ask of an agency."""
    return next((one for one in asks(case, as_at) if one.ask.owner_id == agency), None)


def without_check(case: Case, as_at: Moment = None) -> list[WithoutCheck]:
    return list(_rows(WithoutCheck, case, as_at))


def checks(case: Case, as_at: Moment = None) -> list[Check]:
    """The checks to be signed, the newest of each ask; ``signed``: what was signed. Newest first."""
    answers = known(CheckAnswer.objects.select_related("by", "owner").order_by("-at", "-pk"), as_at)
    rows = _rows(Check, case, as_at).prefetch_related(Prefetch("answers", answers, to_attr="signed"))
    newest: dict[uuid.UUID, Check] = {}
    for row in rows:
        newest.setdefault(row.ask, row)
    return list(newest.values())


def check(case: Case, key: uuid.UUID) -> Check:
    """The check with this key, or "not found"."""
    found = next((row for row in checks(case) if row.key == key), None)
    if found is None:
        raise Http404
    return found


def warnings(case: Case, as_at: Moment = None) -> list[DangerWarning]:
    """The warnings that one's own side sent, newest first."""
    return list(_rows(DangerWarning, case, as_at))


def acted_on(row: DangerWarning, as_at: Moment = None) -> dict[str, Clock]:
    """Return the task that each warned agency has of a warning, by its code, as it stood at a moment.

    Asked as a service, for the side that sent it: whether and when they acted crosses, and not what they did.
    """
    with as_service(TELLS_BACK):
        sent = WarningMessage.objects.filter(case=row.case_id, warning=row.key)
        tasks = Clock.objects.filter(case=row.case_id, of_key__in=list(sent.values_list("key", flat=True)))
        found = {clock.owner_id: clock for clock in tasks.order_by("pk")}
    for clock in found.values():
        clock.text = clock.why = clock.ended_why = ""
        if as_at and clock.ended_at and clock.ended_at > as_at:
            clock.state, clock.ended_at = Clock.State.RUNNING, None
    return found


def messages(case: Case, as_at: Moment = None) -> list[WarningMessage]:
    """The messages of warnings that one may read, newest first: of one warning, one."""
    found: dict[uuid.UUID, WarningMessage] = {}
    for row in _rows(WarningMessage, case, as_at).select_related("by", "owner", "sender"):
        found.setdefault(row.warning, row)
    return list(found.values())


def warned(case: Case) -> bool:
    """Tell whether there is a message that one may read."""
    return WarningMessage.objects.filter(case=case).exists()
