"""Collect the rows of cases about somebody, as the service that answers a subject. It reads no vault."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.db import models
from django.db.models import Q
from django.utils import timezone

from lamplighter.hub.access.wall.declared_tables import partition_of
from lamplighter.hub.access.wall.partitions import BY_ROW, CASE_PARTITIONS
from lamplighter.hub.cases.models import Party
from lamplighter.hub.rights.models import SubjectItem, SubjectRequest
from lamplighter.hub.rights.rules import RULES

# Nothing of a person is in these: what is due, who works on it, minutes, lines of registers. What was
# redacted has a line of the history, with the reason. A file that the victim brought is decided as one thing,
# with its lines, and not line by line.
NOT_ABOUT_ANYBODY = {
    "brought.Line",
    "brought.Original",
    "cases.Case",
    "cases.LeadWorker",
    "cases.Participation",
    "cases.ActingTogether",
    "cases.RepeatedReferral",
    "cases.Work",
    "clocks.Clock",
    "evidence.SharedCopy",
    "meetings.Placing",
    "redaction.Redaction",
    "redaction.Restoring",
    "risk.BlindAsk",
    "risk.BlindDecline",
    "risk.CitedInstrument",
    "safeguarding.Check",
    "safeguarding.CheckAsk",
    "safeguarding.CheckNews",
    "sharing.Disclosure",
    "sharing.Receipt",
    "sharing.Withdrawal",
}
READ = {*CASE_PARTITIONS, BY_ROW, "release"} - {"vault"}


def models_about_people() -> Iterator[type[models.Model]]:
    """Every table with rows of a case that could be about somebody; a new one is in it by itself."""
    for model in apps.get_models():
        names = {f.name for f in model._meta.concrete_fields}
        if (
            partition_of(model) in READ
            and {"case", "owner", "key"} <= names
            and model._meta.app_label != "rights"
            and model._meta.label not in NOT_ABOUT_ANYBODY
        ):
            yield model


def parties(request: SubjectRequest) -> list[Party]:
    """People in cases who are called so, and whose date of birth does not say otherwise."""
    names = [n.strip() for n in (request.name, request.also_known_as) if n.strip()]
    called = Q()
    for name in names:
        called |= Q(name__iexact=name) | Q(also_known_as__iexact=name)
    found = Party.objects.filter(called)
    if request.birth_date:
        found = found.filter(Q(birth_date=request.birth_date) | Q(birth_date=None))
    return list(found.order_by("case_id", "side").distinct("case_id", "side"))


def collect(request: SubjectRequest, now: dt.datetime) -> int:
    """List for its owner every row that is to be decided about. Once for a request; returns how many.

    The owners' days begin here: a letter that lay, or was typed in late, takes none of them away.
    """
    if request.collected_at:
        return 0
    days = RULES.one("answer", request.received_on).extra["decide_days"]
    request.decide_by = timezone.localdate(now) + dt.timedelta(days=days)
    made = [item for party in parties(request) for item in _items(request, party)]
    SubjectItem.objects.bulk_create(made, batch_size=500)
    SubjectRequest.objects.filter(pk=request.pk).update(collected_at=now, decide_by=request.decide_by)
    request.collected_at = now
    return len(made)


def _items(request: SubjectRequest, party: Party) -> Iterator[SubjectItem]:
    for model in models_about_people():
        rows: Any = model._default_manager.filter(case=party.case_id)
        if model is Party:
            rows = rows.filter(side=party.side)
        for row in rows.order_by("pk").iterator():
            yield SubjectItem(
                case_id=party.case_id,
                owner_id=row.owner_id,
                partition=_partition(model, row),
                request_key=request.key,
                side=party.side,
                model=model._meta.label,
                row_key=row.key,
                decide_by=request.decide_by,
            )


def _partition(model: type[models.Model], row: Any) -> str:
    own = str(partition_of(model))
    if own == BY_ROW:
        return str(row.partition)
    return str(row.from_partition) if own == "release" else own
