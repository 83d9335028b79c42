"""Frames of the linkage to rows of the database, and back."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

import numpy as np
import polars as pl
import psycopg
from django.db import connection, models
from django.db.models import Q
from django.utils import timezone

from lamplighter.hub.access.bulk_copy import copy_in
from lamplighter.hub.people.links import reason_words
from lamplighter.hub.people.matching import prepared_records
from lamplighter.hub.people.matching import statements as ask
from lamplighter.hub.people.matching.prepared_records import Prepared
from lamplighter.hub.people.matching.record_tables import Tables
from lamplighter.hub.people.models import (
    CrowdedKey,
    KeyPage,
    Link,
    LinkModel,
    Membership,
    PreparedRecord,
)
from lamplighter.hub.site.postgresql.arrays import Float8s, Int2s, Int8s, sent
from lamplighter.hub.site.postgresql.prepared import cursor
from lamplighter.linkage.arrays.row_order import different
from lamplighter.linkage.clustering import stable_ids
from lamplighter.linkage.comparisons.reasons import Reason
from lamplighter.linkage.comparisons.weight_bars import HOLDS, WORD
from lamplighter.linkage.features.compact_records import Compact
from lamplighter.linkage.model.parameters import Model
from lamplighter.linkage.online import arrivals
from lamplighter.linkage.online.scored_pairs import BANDS, Beliefs

# Nobody else takes a number meanwhile: every writer holds the lock, so these follow each other.
_NUMBERS = """
SELECT min(n) FROM (
    SELECT nextval(pg_get_serial_sequence('people_preparedrecord', 'number')) AS n FROM generate_series(1, %s)
) AS given
"""


PAIRS_AT_ONCE = 100_000
KEYS_A_PAGE = 64
"""So many keys stand in a row; what is read for one key is read with them."""


def keep_model(model: Model, most: int) -> None:
    """Put a fitted model into use, with keys and records made as today, at ``most`` records a key; the same
    model again changes nothing but that."""
    made = {"keys_made_with": prepared_records.fingerprint(), "prepared_as": prepared_records.way(most)}
    LinkModel.objects.update_or_create(
        version=model.version, defaults=made, create_defaults={"document": model.to_json(), **made}
    )


def add_pairs(pairs: pl.DataFrame, persons: pl.DataFrame, *, fresh: bool = False) -> int:
    """Store beliefs about pairs that have none (anything older must have been removed). Those about one of
    the ``persons`` lie together, as they are read. Here and below, ``fresh``: in tables that were emptied in
    this transaction."""
    of = pairs.select("left_record", "right_record").join(
        persons, left_on="left_record", right_on="record_id", how="left", maintain_order="left"
    )
    order = of.select(pl.arg_sort_by("person_id", "left_record", "right_record")).to_series()
    # A part at a time: as rows of the database, with their bars, they take several times the room.
    parts = (pairs[order[start : start + PAIRS_AT_ONCE]] for start in range(0, pairs.height, PAIRS_AT_ONCE))
    return sum(_copy(Link, _links(some), fresh=fresh) for some in parts)


def _links(pairs: pl.DataFrame) -> pl.DataFrame:
    return pairs.select(
        "left_record",
        "right_record",
        "match_weight",
        "probability",
        "band",
        "hold",
        *_explained(pairs["levels"]),
        pl.col("model").alias("model_version"),
        pl.lit(timezone.now().isoformat()).alias("computed_at"),
    )


def store(
    found: arrivals.Arrival,
    tables: Tables,
    new: Sequence[Compact] = (),
    roles: Mapping[str, str] = MappingProxyType({}),
) -> None:
    """Store what was found with ``tables``: the records that are ``new``, beliefs in the place of earlier
    ones about the same pairs, and who is who where it is other than before.

    A current member must be held: others have been taken back.
    """
    with connection.connection.pipeline(), cursor() as cur:
        if new:
            tables.keep(new, roles)
        # The database writes the records while the beliefs are made ready.
        if len(found.beliefs):
            cur.execute(ask.BELIEVE, _columns(found.beliefs), prepare=True)
        _store_members(found.named.memory, tables, cur)
        add_changes(found.named.changes, cur)
    tables.narrow()


def _store_members(memory: Sequence[stable_ids.Remembered], tables: Tables, cur: psycopg.Cursor[Any]) -> None:
    wanted = {r for r in memory if r[0] in tables.places or not r[3]}
    gone = [number for row, number in tables.members.items() if row not in wanted]
    fresh = sorted(wanted - tables.members.keys())
    if gone:
        cur.execute(ask.FORGET_MEMBERS, [ask.numbers(gone)], prepare=True)
    if fresh:
        places = [tables.places.get(r[0], ("", "")) for r in fresh]
        columns = [
            ask.texts(r[0] for r in fresh),
            ask.texts(r[1] for r in fresh),
            ask.texts(report for report, _ in places),
            ask.texts(role for _, role in places),
            ask.numbers(r[2] for r in fresh),
            ask.texts("t" if r[3] else "f" for r in fresh),
        ]
        cur.execute(ask.ADD_MEMBERS, columns, prepare=True)


def _columns(beliefs: Beliefs) -> list[Any]:
    """What ``BELIEVE`` is told of beliefs by one model, column by column."""
    every = beliefs.told.every
    used = different(beliefs.reasons)
    known = reason_words.numbers({every[n] for n in used.tolist()})
    number = np.zeros(len(every), dtype=np.int64)
    number[used] = [known[every[n]] for n in used.tolist()]
    last = np.cumsum(beliefs.sizes)
    return [
        sent(Int2s, number[beliefs.reasons]),
        sent(Float8s, beliefs.bits),
        beliefs.model,
        timezone.now(),
        ask.texts(beliefs.left),
        ask.texts(beliefs.right),
        sent(Float8s, beliefs.weight),
        sent(Float8s, beliefs.probability),
        ask.texts(BANDS[b] for b in beliefs.band.tolist()),
        ask.texts(HOLDS[h] or "" for h in beliefs.hold.tolist()),
        sent(Int8s, last - beliefs.sizes + 1),
        sent(Int8s, last),
    ]


def remove_pairs_of(record_ids: Collection[str]) -> None:
    """Forget beliefs about these records: they are about to be computed anew."""
    touching = Q(left_record__in=record_ids) | Q(right_record__in=record_ids)
    Link.objects.filter(touching).delete()


def add_prepared(found: Prepared, *, fresh: bool = False) -> int:
    """Store records that are ready to be compared, and their keys, where none are stored; how many keys."""
    with connection.cursor() as cur:
        cur.execute(_NUMBERS, [found.height])
        last = (cur.fetchone()[0] or 1) - 1
    for records in found.records:
        _copy(PreparedRecord, records.with_columns(pl.col("number") + last), fresh=fresh)
    _copy(CrowdedKey, found.crowded, fresh=fresh)
    many = 0
    for keys in found.keys:
        _copy(KeyPage, _pages(keys.with_columns(pl.col("record") + last)), fresh=fresh)
        many += keys.height
    return many


def _pages(keys: pl.DataFrame) -> pl.DataFrame:
    """Keys and records in order, ``KEYS_A_PAGE`` in a row, and all records of a key in one."""
    numbers = keys["key"].to_numpy()
    first = np.flatnonzero(np.r_[True, numbers[1:] != numbers[:-1]][: len(numbers)])
    page = np.repeat(first // KEYS_A_PAGE, np.diff(np.append(first, len(numbers))))
    return (
        keys.with_columns(pl.col("record").cast(pl.Int32), page=page)
        .group_by("page", maintain_order=True)
        .agg(
            pl.col("key").first().alias("first"),
            pl.col("key").alias("keys"),
            pl.col("record").alias("records"),
        )
        .drop("page")
    )


def add_memory(memory: pl.DataFrame, people: pl.DataFrame, *, fresh: bool = False) -> int:
    """Store who is who. A current record must be among ``people``: others have been taken back."""
    known = memory.join(people.select("record_id", "report_id", "role"), on="record_id", how="left")
    rows = known.filter(pl.col("report_id").is_not_null() | ~pl.col("current")).sort("person_id", "record_id")
    return _copy(Membership, rows.with_columns(pl.col("report_id", "role").fill_null("")), fresh=fresh)


def add_changes(changes: Iterable[stable_ids.Change], cur: psycopg.Cursor[Any] | None = None) -> None:
    """Write down merges, splits and returns. Births are in the memberships."""
    told = [c for c in changes if c[0] != "born"]
    if told:
        kinds, persons, others = zip(*told, strict=True)
        columns = [ask.texts(kinds), ask.texts(persons), ask.texts(o or "" for o in others)]
        (cur or cursor()).execute(ask.ADD_CHANGES, [timezone.now(), *columns], prepare=True)


def _explained(levels: pl.Series) -> tuple[pl.Series, pl.Series]:
    """The columns ``reasons`` and ``bits`` of some links, from their bars."""
    bars = levels.to_frame("levels").with_row_index("pair").explode("levels").unnest("levels")
    known = reason_words.numbers(
        [Reason(*r) for r in bars.select(Reason._fields).drop_nulls().unique().rows()]
    )
    table = pl.DataFrame(
        [(*reason, number) for reason, number in known.items()],
        schema=dict.fromkeys(Reason._fields, WORD) | {"reason": pl.Int64()},
        orient="row",
    )
    told = bars.join(table, on=Reason._fields, how="left", maintain_order="left").group_by(
        "pair", maintain_order=True
    )
    found = told.agg(reasons=pl.col("reason").drop_nulls(), bits=pl.col("weight").drop_nulls())
    return found["reasons"], found["bits"]


def _copy(model: type[models.Model], rows: pl.DataFrame, *, fresh: bool) -> int:
    with connection.cursor() as cur:
        copy_in(model._meta.db_table, rows, cur, fresh=fresh)
    return rows.height
