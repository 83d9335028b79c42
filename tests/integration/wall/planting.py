"""Marked words in every table of a case: one row of every model for every agency that could own it.

Tables that are of no case are planted by ``elsewhere``.

Nothing here names a model of casework: a new one is planted because it is
there. What cannot be filled from its fields alone fails, loudly, until it can.
"""

from __future__ import annotations

import datetime as dt
import itertools
import re
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from django.apps import apps
from django.contrib.postgres.fields import ArrayField
from django.db import DatabaseError, connection, models, transaction
from django.utils import timezone
from psycopg.errors import CheckViolation

from lamplighter.hub.access.wall.declared_tables import partition_of
from lamplighter.hub.access.wall.partitions import CASE_PARTITIONS
from lamplighter.hub.accounts.models import Agency, User
from lamplighter.hub.cases.models import Case
from lamplighter.instruments import loading
from lamplighter.vocabulary.codes import code_set

# A word; or a number where a column takes nothing else, written with commas or without.
MARK = re.compile(r"zq[a-z]{3}\d{4}qz|627,?182,?818,?284,?\d{3},?\d{3}", re.IGNORECASE)
NUMBERS = 627_182_818_284_000_000
CODES = {
    "shared": "sha",
    "police": "pol",
    "health": "hea",
    "advocacy": "adv",
    "vault": "vau",
    "warning": "war",
    "closed": "clo",
}


@dataclass(frozen=True, slots=True)
class Canary:
    """One marked word: where it was planted, and whose row it is."""

    word: str
    partition: str
    owner: str
    case: int | None
    place: str


@dataclass
class Planted:
    canaries: dict[str, Canary] = field(default_factory=dict)
    keys: dict[str, list[str]] = field(default_factory=dict)
    skipped: list[str] = field(default_factory=list)
    models: set[str] = field(default_factory=set)

    def add(self, partition: str, owner: str, case: int | None, place: str) -> str:
        word = f"zq{CODES.get(partition, 'oth')}{len(self.canaries):04d}qz"
        self.canaries[word] = Canary(word, partition, owner, case, place)
        return word

    def add_number(self, partition: str, place: str) -> int:
        number = NUMBERS + len(self.canaries)
        self.canaries[str(number)] = Canary(str(number), partition, "", None, place)
        return number


_numbers = itertools.count(10_000)


@cache
def case_models() -> tuple[type[models.Model], ...]:
    """Every model whose rows are of a case, other than the spine itself, which is made by its service."""
    return tuple(
        m
        for m in apps.get_models()
        if partition_of(m) in {*CASE_PARTITIONS, "by_row", "release"}
        and m is not Case
        and any(f.name == "case" for f in m._meta.fields)
        and m._meta.model_name != "participation"
    )


def plant(planted: Planted, case: Case, owners: dict[str, list[Agency]], by: dict[str, User]) -> None:
    """Fill every case model, for each partition it can be in and each agency in ``owners[partition]``."""
    for model in case_models():
        own = str(partition_of(model))
        for partition in CASE_PARTITIONS if own in {"by_row", "release"} else [own]:
            for agency in owners[partition]:
                _plant_one(planted, model, case, partition, agency, by[agency.code])


@contextmanager
def as_if_written_before() -> Iterator[None]:
    """A row that its own triggers would refuse is planted all the same: who reads it is the question."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        yield
        cursor.execute("SET LOCAL session_replication_role = origin")


def _plant_one(
    planted: Planted, model: type[models.Model], case: Case, partition: str, agency: Agency, user: User
) -> None:
    try:
        with as_if_written_before():
            row = _make(planted, model, case, partition, agency, user)
    except (DatabaseError, LookupError, TypeError, ValueError) as problem:
        if own_rule(problem):
            return
        planted.skipped.append(f"{model._meta.label} in {partition}: {type(problem).__name__} {problem}")
        return
    planted.models.add(model._meta.label)
    if key := getattr(row, "key", None):
        planted.keys.setdefault(model._meta.label, []).append(str(key))


def own_rule(problem: Exception) -> bool:
    """Whether the table itself forbids such a row, whoever writes it: there is nothing there to find."""
    return isinstance(problem.__cause__, CheckViolation)


def _make(
    planted: Planted, model: type[models.Model], case: Case, partition: str, agency: Agency, user: User
) -> Any:
    values: dict[str, Any] = {}
    for f in model._meta.concrete_fields:
        if f.primary_key and isinstance(f, models.AutoField):
            continue
        if (value := _value(planted, f, case, partition, agency, user)) is not _NONE:
            values[f.attname if f.is_relation else f.name] = value
    return model.objects.create(**values)  # type: ignore[attr-defined]  # every model has a manager


_NONE = object()
# Words of the software and nobody's: the kinds of entries, which filters name in addresses.
OURS = {"cases.Entry.kind"}
# What a page can show must have its shape: else the page fails, and nobody sees the word.
FOUR = loading.load(loading.shipped_texts()["four/1.toml"], "four/1.toml")
SHAPES: dict[str, Callable[[str], Any]] = {
    "brought.Brought.account": lambda word: {
        "unit": "line",
        "total": 1,
        "counts": {"message": 1},
        "notes": [word],
        "refused": [[1, 1, "It has no date.", word]],
    },
    "brought.Line.files": lambda word: [word],
    "brought.Line.kind": lambda word: "message",
    "instruments.Sheet.instrument": lambda word: FOUR.code,
    "instruments.Sheet.digest": lambda word: FOUR.digest,
    "instruments.SheetAnswer.item": lambda word: "fear",
    "papers.Paper.kind": lambda word: "summary",
    "papers.Paper.outline": lambda word: {
        "title": word,
        "blocks": [{"block": "p", "text": word, "style": ""}],
    },
    "victim_side.NeedsAssessment.areas": lambda word: {
        next(iter(code_set("needs_areas").codes)): {
            "level": next(iter(code_set("needs_levels").codes)),
            "words": word,
        }
    },
}
FIXED = {"partition", "from_partition", "to_partition"}


def _value(planted: Planted, f: Any, case: Case, partition: str, agency: Agency, user: User) -> Any:
    place = f"{f.model._meta.label}.{f.name}"
    if f.name in FIXED:
        # A release from here to nowhere that the rules would open: to its own partition.
        return partition
    if f.name == "case":
        return case.pk
    if f.name == "owner":
        return agency.pk
    if f.is_relation:
        return _related(planted, f, case, partition, agency, user)
    if f.name in {"ended_at", "replaced_at", "withdrawn_at", "superseded_at", "voided_at"}:
        return None
    if place in OURS:
        # Of a kind of which the history shows the words as they are: those of notes are read from the notes.
        return "referral"
    if place == "evidence.Exhibit.number":
        return next(_numbers)
    if f.choices:
        return f.choices[0][0]
    if isinstance(f, ArrayField):
        return [planted.add(partition, agency.code, case.pk, place)] if is_text(f.base_field) else []
    if place in SHAPES:
        return SHAPES[place](planted.add(partition, agency.code, case.pk, place))
    if isinstance(f, models.JSONField):
        return {"words": planted.add(partition, agency.code, case.pk, place)}
    if isinstance(f, models.UUIDField):
        return uuid.uuid4()
    if is_text(f):
        word = planted.add(partition, agency.code, case.pk, place)
        return word[: f.max_length] if f.max_length else word
    return plain(f)


def is_text(f: Any) -> bool:
    return isinstance(f, models.CharField | models.TextField) and (f.max_length or 99) >= 12


def plain(f: Any) -> Any:
    now = timezone.now()
    if f.name == "expires_at":
        return now + dt.timedelta(days=30)
    if isinstance(f, models.DateTimeField):
        return now
    if isinstance(f, models.DateField):
        return now.date()
    if isinstance(f, models.BooleanField):
        return True
    if isinstance(f, models.FloatField | models.DecimalField | models.IntegerField):
        return 1
    if isinstance(f, models.CharField | models.TextField):
        return "x"
    if isinstance(f, models.BinaryField):
        return b""
    if isinstance(f, models.TimeField):
        return dt.time(9, 0)
    return _NONE if f.has_default() or f.null else 1


def _related(planted: Planted, f: Any, case: Case, partition: str, agency: Agency, user: User) -> Any:
    target = f.related_model
    if target is User:
        return user.pk
    if target is Agency:
        return agency.pk
    if f.null:
        return None
    if target in case_models():
        # A row of its own to point at: some may be pointed at once only.
        own = str(partition_of(target))
        place = partition if own in {"by_row", "release"} else own
        return _make(planted, target, case, place, agency, user).pk
    found = target._default_manager.order_by("-pk").values_list("pk", flat=True).first()
    if found is None:
        raise LookupError(f"nothing to point at in {target._meta.label}")
    return found
