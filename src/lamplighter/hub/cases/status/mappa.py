"""MAPPA: whether the suspect of a case is managed under it, was referred, or is no longer."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction
from django.utils import timezone

from lamplighter.hub.access import moment
from lamplighter.hub.access.models import owned
from lamplighter.hub.accounts.models import Agency, User
from lamplighter.hub.audit import services as audit
from lamplighter.hub.cases import rules, services
from lamplighter.hub.cases.models import Case, MappaStatus
from lamplighter.hub.cases.selectors import known
from lamplighter.hub.site.refusals import ConflictError, NotPossibleError

State = MappaStatus.State
LEVELS = (1, 2, 3)


def categories(day: dt.date) -> dict[str, str]:
    """Return the categories of a day in words, by code; none where the hub's own file has none."""
    return {code: row.title for code, row in rules.mappa(day).items()}


def history(case: Case, as_at: dt.datetime | None = None) -> list[MappaStatus]:
    """Return what was recorded of MAPPA, newest first."""
    rows = known(MappaStatus.objects.filter(case=case), as_at)
    return list(rows.select_related("by", "owner", "lead_agency").order_by("-since", "-pk"))


@transaction.atomic
def record(
    user: User,
    case: Case,
    state: str,
    since: dt.date,
    source: str,
    *,
    category: str = "",
    level: int | None = None,
    lead_agency: Agency | None = None,
    reference: str = "",
    seen: Any = None,
) -> MappaStatus:
    """Record where the suspect stands under MAPPA since a day.

    ``seen`` is the key of the row that the person read as the newest, "" for none: when another was
    recorded since, ``ConflictError`` carries it. Raises ``NotPossibleError``
    where the day is to come, the category or the level is none, or a managed person has no category.
    """
    today = timezone.localdate(moment.now())
    if since > today:
        raise NotPossibleError("The date must not be in the future.")
    if state not in State.values:
        raise NotPossibleError("Choose the status.")
    if not source.strip():
        raise NotPossibleError("Say how you know.")
    if category and category not in categories(today):
        raise NotPossibleError("Choose a category of the list.")
    if level is not None and level not in LEVELS:
        raise NotPossibleError("Choose level 1, 2 or 3.")
    if state == State.MANAGED and not category:
        raise NotPossibleError("Choose the category under which the person is managed.")
    services._hold(case)
    latest = MappaStatus.objects.select_related("by", "owner").filter(case=case).order_by("-pk").first()
    if seen is not None and latest and str(latest.key) != str(seen):
        raise ConflictError(newest=latest)
    row = {"state": state, "since": since, "source": source.strip(), "reference": reference.strip()}
    row |= {"category": category, "level": level, "lead_agency": lead_agency}
    made = MappaStatus.objects.create(**owned(user, case, **row))
    happened = dt.datetime.combine(since, dt.time(12), timezone.get_current_timezone())
    services.enter(
        user,
        case,
        "mappa",
        in_words(made),
        body=made.source,
        happened_at=min(happened, moment.now()),
        page="cases:mappa",
        of_key=made.key,
    )
    audit.record(user, "cases.mappa", f"case {case.key}", case=case, fields=["mappa"], to=state)
    return made


def in_words(row: MappaStatus) -> str:
    """Return a row in words: ``Managed under MAPPA: category 2, level 2``."""
    category = categories(row.since).get(row.category, row.category).split(":")[0].lower()
    told = [category] if row.category else []
    told += [f"level {row.level}"] if row.level else []
    return f"{row.get_state_display()}{': ' if told else ''}{', '.join(told)}"
