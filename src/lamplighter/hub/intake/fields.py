"""Database columns for the fields of ``records.schema``: declared there, only translated here."""

from __future__ import annotations

import datetime
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models

from lamplighter.records import schema


class WallClockField(models.DateTimeField):  # type: ignore[type-arg]  # Django’s fields take none
    """A local time without a zone, as agencies write it: PostgreSQL's ``timestamp``.

    Django's own field would shift it to UTC and back, which is wrong in the
    hour that happens twice.
    """

    def db_type(self, connection: Any) -> str:
        return "timestamp without time zone"

    def get_prep_value(self, value: Any) -> datetime.datetime | None:
        value = self.to_python(value)
        return value.replace(tzinfo=None) if value is not None else None

    def get_db_prep_value(
        self, value: Any, connection: Any, prepared: bool = False
    ) -> datetime.datetime | None:
        return value if prepared else self.get_prep_value(value)


def column(field: schema.Field) -> models.Field[Any, Any]:
    """The column that holds one field of the schema."""
    empty: dict[str, Any] = {} if field.required else {"null": True, "blank": True}
    about: dict[str, Any] = {"help_text": field.meaning, **empty}
    match field.kind:
        case "text" | "json":  # JSON is kept as the text that was received
            return models.TextField(**about)
        case "date":
            return models.DateField(**about)
        case "datetime":
            return WallClockField(**about)
        case "integer":
            return models.IntegerField(**about)
        case "boolean":
            return models.BooleanField(**about)
        case "texts":
            return ArrayField(models.TextField(), **about)
        case "integers":
            return ArrayField(models.IntegerField(), **about)
    raise ValueError(f"No column for a field of kind {field.kind}")


def add_columns(model: type[models.Model], table: schema.Table) -> None:
    """Give a model every field of a table of the schema that it does not declare itself."""
    own = {f.name for f in model._meta.local_fields}
    for field in table.fields:
        if field.name not in own:
            model.add_to_class(field.name, column(field))
