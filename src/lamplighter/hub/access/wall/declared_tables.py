"""List the partition of every table: models say it themselves in ``wall``; others are listed here.

A model without a declaration fails ``manage.py check``, which a test runs.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.apps import apps
from django.db import models

from lamplighter.hub.access.wall import partitions

# Tables of packages we use, by application.
OUTSIDE = {
    "contenttypes": "open",
    "auth": "open",
    "sessions": "open",
    "axes": "open",
    # Authenticator apps: each person's own, with the seed encrypted (accounts/credentials.py).
    "otp_totp": "own",
    "procrastinate": "open",
    "migrations": "open",
}
NEEDS = {
    **dict.fromkeys(partitions.CASE_PARTITIONS, ("case_id", "owner_id")),
    partitions.BY_ROW: ("case_id", "owner_id", "partition"),
    "own": ("user_id",),
    "release": ("case_id", "owner_id", "from_partition", "to_partition", "expires_at", "withdrawn_at"),
}


@dataclass(frozen=True, slots=True)
class Declared:
    """A table, its partition, and whether rows may only be added."""

    model: type[models.Model]
    table: str
    partition: str
    append_only: bool


def partition_of(model: type[models.Model]) -> str | None:
    own = model.__dict__.get("wall") or getattr(model, "wall", None)
    return own or OUTSIDE.get(model._meta.app_label)


def declared() -> Iterator[Declared]:
    """Every table of the hub with a partition, in a stable order."""
    for model in sorted(
        apps.get_models(include_auto_created=True), key=lambda m: (m._meta.app_label, m._meta.db_table)
    ):
        partition = partition_of(model)
        if partition is not None and not model._meta.proxy:
            append_only = bool(getattr(model, "append_only", False))
            yield Declared(model, model._meta.db_table, partition, append_only)


def problems() -> Iterator[tuple[type[models.Model], str, str]]:
    """``(model, what is wrong, remedy)`` of each declaration that is missing or cannot be enforced."""
    for model in apps.get_models(include_auto_created=True):
        partition = partition_of(model)
        if partition is None:
            yield (
                model,
                "says no partition",
                'Give it wall = "shared" or another name of access/wall/partitions.py',
            )
        elif partition != partitions.BY_ROW and partition not in partitions.PARTITIONS:
            yield model, f"says a partition that is not there: {partition}", "See access/wall/partitions.py"
        else:
            columns = {f.column for f in model._meta.concrete_fields}
            if getattr(model, "wall_case", None) in columns:
                columns.add("case_id")
            missing = [c for c in NEEDS.get(partition, ()) if c not in columns]
            if missing:
                yield (
                    model,
                    f"is in {partition} and has no column {', '.join(missing)}",
                    "Inherit from access.models.CaseRow",
                )
