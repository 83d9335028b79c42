"""Frames of the linkage to rows of the database, and back."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection

import polars as pl
from django.db import connection, models
from django.db.models import Q, QuerySet
from django.utils import timezone

from lamplighter.hub.intake.copying import copy_in
from lamplighter.hub.people.models import CandidateKey, Link, LinkModel, Membership, PersonChange
from lamplighter.linkage.model import Model
from lamplighter.linkage.results import PAIRS_SCHEMA


def pair_key(left: str, right: str) -> str:
    """An opaque, lasting name for a pair of records: what addresses carry."""
    return hashlib.sha256(f"{left}\x1f{right}".encode()).hexdigest()[:16]


def keep_model(model: Model, keys_made_with: str) -> None:
    """Put a fitted model into use; the same model again changes nothing but the keys' secret."""
    LinkModel.objects.update_or_create(
        version=model.version,
        defaults={"keys_made_with": keys_made_with},
        create_defaults={"document": model.to_json(), "keys_made_with": keys_made_with},
    )


def keys_are_made_with(model: LinkModel, fingerprint: str) -> None:
    """Write down the secret that the keys of today were made with."""
    LinkModel.objects.filter(pk=model.pk).update(keys_made_with=fingerprint)


def add_pairs(pairs: pl.DataFrame) -> int:
    """Store beliefs about pairs that have none (anything older must have been removed)."""
    keys = [pair_key(a, b) for a, b in pairs.select("left_record", "right_record").iter_rows()]
    rows = pairs.select(
        pl.Series("key", keys, dtype=pl.String()),
        "left_record",
        "right_record",
        "match_weight",
        "probability",
        "band",
        "hold",
        _as_json(pairs["levels"]),
        pl.col("model").alias("model_version"),
        pl.lit(timezone.now().isoformat()).alias("computed_at"),
    )
    return _copy(Link, rows)


def add_missing_pairs(pairs: pl.DataFrame, record_ids: Collection[str]) -> int:
    """Store beliefs about pairs of these records that have none yet."""
    held = Link.objects.filter(left_record__in=record_ids, right_record__in=record_ids)
    keys = set(held.values_list("left_record", "right_record"))
    missing = [pair not in keys for pair in pairs.select("left_record", "right_record").iter_rows()]
    return add_pairs(pairs.filter(pl.Series(missing, dtype=pl.Boolean())))


def pairs_frame(links: QuerySet[Link]) -> pl.DataFrame:
    """Stored beliefs as the linkage's own frame of pairs."""
    rows = [
        {
            "left_record": link.left_record,
            "right_record": link.right_record,
            "match_weight": link.match_weight,
            "probability": link.probability,
            "band": link.band,
            "hold": link.hold,
            "levels": link.levels,
            "model": link.model_version,
        }
        for link in links
    ]
    return pl.DataFrame(rows, schema=PAIRS_SCHEMA)


def remove_pairs_of(record_ids: Collection[str]) -> None:
    """Forget beliefs about these records: they are about to be computed anew."""
    touching = Q(left_record__in=record_ids) | Q(right_record__in=record_ids)
    Link.objects.filter(touching).delete()


def add_keys(keys: pl.DataFrame) -> int:
    return _copy(CandidateKey, keys.select("record_id", "kind", "key"))


def add_memory(memory: pl.DataFrame, people: pl.DataFrame) -> int:
    """Store who is who. A current record must be among ``people``: others have been taken back."""
    known = memory.join(people.select("record_id", "report_id", "role"), on="record_id", how="left")
    rows = known.filter(pl.col("report_id").is_not_null() | ~pl.col("current"))
    return _copy(Membership, rows.with_columns(pl.col("report_id", "role").fill_null("")))


def add_changes(changes: pl.DataFrame) -> None:
    """Write down merges, splits and returns. Births are in the memberships."""
    told = changes.filter(pl.col("kind") != "born")
    PersonChange.objects.bulk_create(
        PersonChange(kind=kind, person_id=person, other_person_id=other)
        for kind, person, other in told.select("kind", "person_id", "other_id").iter_rows()
    )


def _as_json(column: pl.Series) -> pl.Series:
    return pl.Series(column.name, [json.dumps(v or []) for v in column.to_list()], dtype=pl.String())


def _copy(model: type[models.Model], rows: pl.DataFrame) -> int:
    with connection.cursor() as cursor:
        copy_in(model._meta.db_table, rows, cursor)
    return rows.height
