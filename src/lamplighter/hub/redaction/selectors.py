"""Find rows of a case with words that could be redacted, or were. The wall decides what is there."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import models
from django.http import Http404

from lamplighter.hub.access.wall import redaction as wall_redaction
from lamplighter.hub.access.wall.declared_tables import declared, partition_of
from lamplighter.hub.access.wall.partitions import BY_ROW
from lamplighter.hub.cases.models import Case
from lamplighter.hub.redaction.models import Redaction


@dataclass(frozen=True, slots=True)
class Text:
    """One column of a row, as people read it."""

    label: str
    words: str


def models_with_words() -> Iterator[type[models.Model]]:
    for table in wall_redaction.tables(declared()):
        yield table.model


def side(row: Any) -> str:
    """Return the partition that a row stands in; of what was shared, the one that it came from."""
    own = str(partition_of(type(row)))
    if own == BY_ROW:
        return str(row.partition)
    return str(row.from_partition) if own == "release" else own


def texts(row: Any) -> list[Text]:
    """Return what is written in the columns of a row that can be redacted, where there is anything."""
    found = []
    for name, label in row.redacts.items():
        words = "\n".join(_words(getattr(row, name)))
        if words.strip():
            found.append(Text(label, words))
    return found


def _words(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for name, inner in value.items():
            if name != "level":
                yield from _words(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _words(inner)
    elif isinstance(value, str):
        yield value


def rows(case: Case) -> list[Any]:
    """Return every row of the case with words in it that the person may read, the newest first."""
    found: list[Any] = []
    for model in models_with_words():
        held: Any = model._default_manager.filter(case=case).select_related("by", "owner")
        found += [row for row in held if texts(row)]
    return sorted(found, key=lambda row: (row.at, row._meta.label, row.pk), reverse=True)


def model_named(kind: str) -> type[models.Model]:
    """Return the model that an address calls ``kind``: "cases-legalstatus"."""
    try:
        app, _, name = kind.partition("-")
        model = apps.get_model(app, name)
    except (LookupError, TypeError, ValueError):
        raise Http404 from None
    if model not in set(models_with_words()):
        raise Http404
    return model


def kind(model: type[models.Model] | models.Model) -> str:
    return f"{model._meta.app_label}-{model._meta.model_name}"


def row(case: Case, of_kind: str, key: uuid.UUID) -> Any:
    """Return the row with this key, or "not found", said the same for one that never was."""
    manager: Any = model_named(of_kind)._default_manager
    found = manager.filter(case=case, key=key).select_related("by", "owner").first()
    if found is None:
        raise Http404
    return found


def act(case: Case, key: uuid.UUID) -> list[Redaction]:
    """Return what was redacted at once, as far as the person may read it; "not found" for nothing."""
    rows = Redaction.objects.filter(case=case, act=key).select_related(
        "by__agency", "owner", "restoring__by__agency"
    )
    found = list(rows.order_by("pk"))
    if not found:
        raise Http404
    return found


def called(redaction: Redaction) -> str:
    """Return what people call the row that words were taken out of."""
    model = next((m for m in models_with_words() if m._meta.db_table == redaction.table), None)
    return wall_redaction.name(model) if model else "Text"
