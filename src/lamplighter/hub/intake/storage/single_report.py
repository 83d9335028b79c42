"""Storing one report that came alone, in as few statements as there can be.

Of a batch every table is copied by itself (:mod:`lamplighter.hub.intake.storage.batch_writer`), which for one
report is dozens of statements. Here its rows go to PostgreSQL as JSON, and one statement adds them to every
table. What it means that a report is new, corrected or unchanged is the same, and a test holds both to it.
"""

from __future__ import annotations

import datetime
import json
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from psycopg import sql

from lamplighter.hub.intake.models import TABLES, Delivery, Reject
from lamplighter.hub.intake.storage.batch_writer import CHILDREN, REJECT_COLUMNS, new_keys
from lamplighter.hub.site.postgresql import values
from lamplighter.hub.site.postgresql.prepared import cursor
from lamplighter.records import ingest, schema

# The waiting for the lock is a statement of its own: the next one sees what the writer before committed.
# Plans are of full tables, as for a batch: see store.
_LOCK = "SELECT pg_advisory_xact_lock(72018, hashtext(%s)), set_config('enable_seqscan', 'off', true)"
# Hardly ever does another record have one of these ids, and versions are looked at for those alone: left to
# itself the planner would begin with every version there is.
_HELD = """
SELECT v.id, v.digest, v.version, v.key,
    EXISTS (
        SELECT 1 FROM unnest(%s::text[]) AS r(record_id)
        CROSS JOIN LATERAL (
            SELECT version_id FROM intake_personrecord WHERE record_id = r.record_id OFFSET 0
        ) AS p
        CROSS JOIN LATERAL (
            SELECT report_id FROM intake_reportversion
            WHERE id = p.version_id AND superseded_at IS NULL OFFSET 0
        ) AS o
        WHERE o.report_id <> %s
    )
FROM (SELECT 1) AS once
LEFT JOIN intake_reportversion v ON v.report_id = %s AND v.superseded_at IS NULL
"""
_SUPERSEDE = "UPDATE intake_reportversion SET superseded_at = %s WHERE id = %s"
_COUNTS = (
    *("rows_in", "rows_accepted", "rows_rejected", "rows_duplicate", "reports_new"),
    *("reports_corrected", "reports_unchanged", "people", "warnings"),
)


class NamesTakenError(ValueError):
    """A record id of this report is one of another report, and a batch's writer has to name it anew."""


@dataclass(frozen=True, slots=True)
class Stored:
    """``outcome`` is 'new', 'corrected' or 'unchanged'."""

    key: uuid.UUID
    outcome: str


def write(delivery: Delivery, one: ingest.One, at: datetime.datetime) -> Stored:
    """Add a delivery that is not saved yet and the one report that it brought. Within a transaction.

    Raises :class:`NamesTakenError` when nothing has been written.
    """
    report = one.rows["reports"][0]
    report_id = report["report_id"]
    with cursor() as asked:
        asked.execute(_LOCK, [report["source"]], prepare=True)
        records = [p["record_id"] for p in one.rows["people"]]
        asked.execute(_HELD, [records, report_id, report_id], prepare=True)
        ((older, digest, version, key, taken),) = asked.fetchall()
        if taken:
            raise NamesTakenError
        outcome = "new" if older is None else "unchanged" if digest == one.digest else "corrected"
        if outcome == "corrected":
            asked.execute(_SUPERSEDE, [at, older], prepare=True)
        stored = Stored(key or uuid.UUID(new_keys(1)[0]), outcome)
        own = {
            "key": str(stored.key),
            "version": (version or 0) + 1,
            "digest": one.digest,
            "received_at": at.isoformat(),
        }
        rows = dict.fromkeys(("reports", *CHILDREN), "[]")
        if outcome != "unchanged":
            rows |= {name: _json(one.rows[name]) for name in CHILDREN}
            rows["reports"] = _json([report | own])
        values = {
            **{f"delivery_{n}": getattr(delivery, n) for n in _delivery_columns()},
            **{f"batch_{n}": count for n, count in _counted(one, outcome).items()},
            **rows,
            "rejects": _json(one.rejects),
            "at": at,
        }
        asked.execute(_insert(), values, prepare=True)
    return stored


def _counted(one: ingest.One, outcome: str) -> dict[str, int]:
    totals = one.counts.totals()
    return {
        "rows_in": totals["rows_in"],
        "rows_accepted": totals["accepted"],
        "rows_rejected": totals["rejected"],
        "rows_duplicate": totals["duplicates"],
        "reports_new": int(outcome == "new"),
        "reports_corrected": int(outcome == "corrected"),
        "reports_unchanged": int(outcome == "unchanged"),
        "people": 0 if outcome == "unchanged" else len(one.rows["people"]),
        "warnings": totals["warnings"],
    }


def _json(rows: list[dict[str, Any]]) -> str:
    return json.dumps(values.storable(rows), ensure_ascii=False, default=str)


@cache
def _delivery_columns() -> tuple[str, ...]:
    return tuple(f.attname for f in Delivery._meta.concrete_fields if not f.primary_key)


@cache
def _insert() -> str:
    """One statement for the delivery, its batch, the version and all its rows. A table's rows are one
    JSON array; for a report that is held already each of them is empty."""
    own = ("key", "version", "digest", "received_at")
    steps = [
        sql.SQL("delivery AS (INSERT INTO intake_delivery ({}) VALUES ({}) RETURNING id)").format(
            _names(_delivery_columns()), _places("delivery_", _delivery_columns())
        ),
        sql.SQL(
            "batch AS (INSERT INTO intake_batch (delivery_id, seq, committed_at, {})"
            " SELECT id, 0, %(at)s, {} FROM delivery RETURNING id)"
        ).format(_names(_COUNTS), _places("batch_", _COUNTS)),
        _rows("reports", (*schema.REPORTS.columns, *own), "batch"),
        *(_rows(name, schema.TABLES_BY_NAME[name].columns, "reports") for name in CHILDREN),
        _rows("rejects", REJECT_COLUMNS, "batch"),
    ]
    return sql.SQL("WITH {} SELECT id FROM batch").format(sql.SQL(", ").join(steps)).as_string(None)


def _rows(name: str, columns: Sequence[str], parent: str) -> sql.Composed:
    """The rows of one table, with the number of what they belong to."""
    table = sql.Identifier((Reject if name == "rejects" else TABLES[name])._meta.db_table)
    return sql.SQL(
        "{name} AS (INSERT INTO {table} ({link}, {columns}) SELECT {parent}.id, {told}"
        " FROM {parent}, json_populate_recordset(NULL::{table}, {rows}::json) AS t{back})"
    ).format(
        name=sql.Identifier(name),
        table=table,
        link=sql.Identifier("batch_id" if parent == "batch" else "version_id"),
        columns=_names(columns),
        parent=sql.Identifier(parent),
        told=sql.SQL(", ").join(sql.Identifier("t", c) for c in columns),
        rows=sql.Placeholder(name),
        back=sql.SQL(" RETURNING id" if name == "reports" else ""),
    )


def _names(columns: Sequence[str]) -> sql.Composed:
    return sql.SQL(", ").join(map(sql.Identifier, columns))


def _places(prefix: str, columns: Sequence[str]) -> sql.Composed:
    return sql.SQL(", ").join(sql.Placeholder(prefix + c) for c in columns)
