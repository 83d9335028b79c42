"""What the pages of rights show, as plain values."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

from django.apps import apps
from django.db import models
from django.utils import timezone

from lamplighter.hub.rights import retention
from lamplighter.hub.rights.models import RetentionDecision, SubjectDecision, SubjectItem, SubjectRequest
from lamplighter.hub.rights.rules import RULES
from lamplighter.reporting.words import day

NOT_SHOWN = {"partition", "from_partition", "to_partition", "page", "rule"}


def decision(row: RetentionDecision) -> str:
    on = day(timezone.localdate(row.at))
    if row.kind == RetentionDecision.Kind.KEEP and row.keep_until:
        return f"Keep until the review on {day(row.keep_until)} (decided on {on})"
    return f"Erase (decided on {on})"


def due(row: retention.Due) -> dict[str, Any]:
    return {
        "case": row.case,
        "on": day(row.on),
        "rule": RULES.title("period", row.period),
        "decided": decision(row.decided) if row.decided else "",
    }


def request(row: SubjectRequest) -> dict[str, Any]:
    today = timezone.localdate()
    if row.answered_at:
        state = f"Answered on {day(timezone.localdate(row.answered_at))}"
    elif today > row.due_on:
        state = f"Overdue since {day(row.due_on)}"
    elif today > row.decide_by:
        state = f"Answer it by {day(row.due_on)}"
    else:
        state = f"Agencies decide until {day(row.decide_by)}; answer it by {day(row.due_on)}"
    return {"key": row.key, "name": row.name, "received": day(row.received_on), "state": state}


def item(row: SubjectItem, last: SubjectDecision | None = None) -> dict[str, Any]:
    model = apps.get_model(row.model)
    return {
        "key": row.key,
        "what": str(model._meta.verbose_name).capitalize(),
        "case": row.case.reference,
        "side": row.get_side_display(),
        "by": day(row.decide_by),
        "decided": last.get_kind_display() if last else "",
    }


def original(row: SubjectItem) -> list[dict[str, str]] | None:
    """What the row says, for its owner who decides; ``None`` when it is not there any more."""
    model = apps.get_model(row.model)
    found = model._default_manager.filter(key=row.row_key).first()
    if found is None:
        return None
    told = []
    for field in model._meta.concrete_fields:
        value = field.value_from_object(found)
        if field.is_relation or field.name in NOT_SHOWN or value in (None, "", [], {}):
            continue
        if isinstance(field, models.UUIDField | models.AutoField):
            continue
        told.append({"label": str(field.verbose_name).capitalize(), "text": _words(found, field, value)})
    return told


def _words(row: Any, field: Any, value: Any) -> str:
    if field.choices:
        return str(getattr(row, f"get_{field.name}_display")())
    if isinstance(value, dt.datetime):
        return day(timezone.localdate(value))
    if isinstance(value, dt.date):
        return day(value)
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list) else str(value)
