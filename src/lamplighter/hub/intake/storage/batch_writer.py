"""The one writer of what was received: a batch in one transaction, by ``COPY``.

Whatever happens to the process, a batch is either wholly there, with its row
in ``Batch``, or not at all. A report whose content is the same as before is
left alone; one whose content differs becomes the next version, and the older
version is marked superseded.
"""

from __future__ import annotations

import contextlib
import datetime
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import polars as pl
from django.db import connection, transaction
from psycopg import errors

from lamplighter.hub.access.bulk_copy import array_literal, copy_in, copy_in_turn
from lamplighter.hub.accounts import services as accounts
from lamplighter.hub.accounts.models import Agency
from lamplighter.hub.intake.confidentiality import selectors as readers
from lamplighter.hub.intake.confidentiality import services as reader_services
from lamplighter.hub.intake.models import TABLES, Batch, Delivery, Reject, UnknownWord
from lamplighter.hub.intake.storage.known_ids import Known
from lamplighter.records import schema
from lamplighter.records.reading import batches as records

CHILDREN = ("offences", "occasions", "people", "safe_contacts")
REJECT_COLUMNS = ("file", "row", "column", "value_class", "reason", "remedy", "severity", "report_ref")


@dataclass(frozen=True, slots=True)
class Incoming:
    """One batch as the door hands it over, with the digest of each report."""

    seq: int
    read: records.Batch
    digests: Mapping[str, str]

    @property
    def bundle(self) -> schema.Bundle:
        return self.read.bundle


def new_keys(count: int) -> list[str]:
    """Opaque keys for new reports: 128 random bits each, as hexadecimal, from one call to the system.

    In ascending order, so that a batch visits each page of their index once. A key tells nothing of its
    report but where it stood in its batch, and of a neighbour's key it gives away the first 16 of 128 bits;
    a time at the front, as in UUID version 7, would say when the report came in.
    """
    digits = os.urandom(16 * count).hex()
    return sorted(digits[i : i + 32] for i in range(0, len(digits), 32))


def write(
    delivery: Delivery,
    incoming: Incoming,
    at: datetime.datetime,
    known: Known | None = None,
    choice: readers.Choice | None = None,
) -> Batch:
    """Write one batch and move the delivery's cursor past it, in one transaction.

    ``choice`` says who reads the words of the reports that are new.
    ``known`` saves the look-ups of ids that the hub cannot hold. Should the hub hold one after all, its
    unique index refuses the batch whole, and it is written again with everything looked up.
    """
    if known is not None:
        try:
            return _write(delivery, incoming, at, known, choice)
        except errors.UniqueViolation:
            known.ask_from_now_on()
    return _write(delivery, incoming, at, None, choice)


def _agencies(codes: Iterable[str]) -> None:
    """Make those that are listed and new: what may be read of a report goes by the kind of its agency."""
    for code in set(codes) - set(Agency.objects.filter(pk__in=codes).values_list("pk", flat=True)):
        with contextlib.suppress(accounts.UnknownAgencyError):
            accounts.ensure_agency(code)


def _write(
    delivery: Delivery,
    incoming: Incoming,
    at: datetime.datetime,
    known: Known | None,
    choice: readers.Choice | None,
) -> Batch:
    with transaction.atomic(), connection.cursor() as cursor:
        for source in sorted(incoming.bundle["reports"]["source"].unique().to_list()):
            # One writer a source: two imports of one source cannot both think a report is new.
            cursor.execute("SELECT pg_advisory_xact_lock(72018, hashtext(%s))", [source])
        look_up = known is None or not known.rules_out(cursor, incoming.bundle)
        # While a large import runs the planner's statistics are of an hour ago, when the tables were
        # empty; left to itself it reads them whole, once a batch. The look-ups below have indexes.
        cursor.execute("SET LOCAL enable_seqscan = off")
        changes = _changes(cursor, incoming, look_up=look_up)
        fresh = changes.filter(pl.col("change") != "unchanged")
        counted = dict(changes.group_by("change").len().iter_rows())
        people = incoming.bundle["people"]
        if fresh.height < changes.height:
            people = people.filter(pl.col("report_id").is_in(fresh["report_id"].implode()))
        bundle = incoming.bundle | {"people": people}
        names = _names_of_records(cursor, people, look_up=look_up)
        if names is not None:
            bundle = {name: _renamed(frame, names) for name, frame in bundle.items()}
        if known is not None:
            known.add(bundle)
        rows = incoming.read.counts.totals()
        batch = Batch.objects.create(
            delivery=delivery,
            seq=incoming.seq,
            rows_in=rows["rows_in"],
            rows_accepted=rows["accepted"],
            rows_rejected=rows["rejected"],
            rows_duplicate=rows["duplicates"],
            reports_new=counted.get("new", 0),
            reports_corrected=counted.get("corrected", 0),
            reports_unchanged=counted.get("unchanged", 0),
            people=people.height,
            warnings=rows["warnings"],
            committed_at=at,
        )
        _supersede(cursor, fresh, at)
        _agencies(incoming.bundle["reports"]["agency"].unique().to_list())
        _copy_reports(cursor, bundle, fresh, batch, at)
        if choice is not None and delivery.agency is not None:
            new = fresh.filter(pl.col("change") == "new")["report_id"].to_list()
            reader_services.record_all(new, delivery.agency, choice, at)
        _copy_rejects(cursor, incoming.read.rejects, batch)
        _copy_unknown(cursor, incoming.read.unknown, batch)
        Delivery.objects.filter(pk=delivery.pk).update(batches_done=incoming.seq + 1)
    return batch


def _as_array(texts: pl.Series) -> str:
    """Texts as one literal of an array: sent one by one, a hundred thousand take longer than the look-up."""
    if texts.is_empty():
        return "{}"
    literal = texts.implode().alias("t").to_frame().select(array_literal("t")).item()
    return str(literal)


def _changes(cursor: Any, incoming: Incoming, *, look_up: bool) -> pl.DataFrame:
    """Per report: ``report_id, digest, change ('new'|'corrected'|'unchanged'), version, key, old_id``."""
    ids = incoming.bundle["reports"]["report_id"].to_list()
    if look_up:
        cursor.execute(
            "SELECT report_id, digest, version, key::text, id FROM intake_reportversion"
            " WHERE superseded_at IS NULL AND report_id = ANY(%s::text[])",
            [_as_array(incoming.bundle["reports"]["report_id"])],
        )
    held = pl.DataFrame(
        cursor.fetchall() if look_up else [],
        schema={
            "report_id": pl.String,
            "held": pl.String,
            "version": pl.Int64,
            "key": pl.String,
            "old_id": pl.Int64,
        },
        orient="row",
    )
    coming = pl.DataFrame(
        {"report_id": ids, "digest": [incoming.digests[i] for i in ids]},
        schema={"report_id": pl.String, "digest": pl.String},
    )
    change = (
        pl.when(pl.col("held").is_null())
        .then(pl.lit("new"))
        .when(pl.col("held") == pl.col("digest"))
        .then(pl.lit("unchanged"))
        .otherwise(pl.lit("corrected"))
    )
    return coming.join(held, on="report_id", how="left", maintain_order="left").with_columns(
        change.alias("change"), pl.col("version").fill_null(0) + 1
    )


def _supersede(cursor: Any, fresh: pl.DataFrame, at: datetime.datetime) -> None:
    older = fresh["old_id"].drop_nulls().to_list()
    if older:
        cursor.execute("UPDATE intake_reportversion SET superseded_at = %s WHERE id = ANY(%s)", [at, older])


def _names_of_records(cursor: Any, people: pl.DataFrame, *, look_up: bool) -> pl.DataFrame | None:
    """``report_id, record_id, name`` for records whose id another current report uses; ``None`` for none.

    Systems number the rows of each extract afresh: row 1 of this extract and
    row 1 of last year's are two people. The later one gets the report's
    reference with it, so that a record id means one person record for ever.
    """
    used: list[str] = []
    if look_up:
        cursor.execute(
            "SELECT record_id FROM intake_personrecord WHERE record_id = ANY(%s::text[])",
            [_as_array(people["record_id"])],
        )
        used = sorted({row[0] for row in cursor.fetchall()})
    elif not people["record_id"].is_duplicated().any():
        # Of a first import none is in use, and nothing need be joined.
        return None
    if used:
        cursor.execute(
            "SELECT p.record_id, v.report_id FROM intake_personrecord p"
            " JOIN intake_reportversion v ON v.id = p.version_id"
            " WHERE p.record_id = ANY(%s) AND v.superseded_at IS NULL",
            [used],
        )
    rows = cursor.fetchall() if used else []
    held = pl.DataFrame(rows, schema={"record_id": pl.String, "holder": pl.String}, orient="row")
    pairs = people.select("report_id", "record_id")
    taken = pairs.join(held, on="record_id").filter(pl.col("report_id") != pl.col("holder")).drop("holder")
    first = pl.col("report_id").first().over("record_id")
    within = pairs.filter(pl.col("report_id") != first)
    clashes = pl.concat([taken.select(pairs.columns), within]).unique()
    if clashes.is_empty():
        return None
    reference = pl.col("report_id").str.split_exact(":", 1).struct.field("field_1")
    return clashes.with_columns(name=pl.concat_str("record_id", pl.lit("@"), reference))


def _renamed(frame: pl.DataFrame, names: pl.DataFrame) -> pl.DataFrame:
    """``record_id`` by its distinct name, in people; safe contacts follow by their one old id."""
    if "record_id" not in frame.columns:
        return frame
    on = ["report_id", "record_id"] if "report_id" in frame.columns else ["record_id"]
    new = names.select(*on, "name").unique(on, keep="first")
    joined = frame.join(new, on=on, how="left", maintain_order="left")
    return joined.with_columns(record_id=pl.coalesce("name", "record_id")).select(frame.columns)


def _copy_reports(
    cursor: Any, bundle: schema.Bundle, fresh: pl.DataFrame, batch: Batch, at: datetime.datetime
) -> None:
    if fresh.is_empty():
        return
    # In the order of their references, and children in the order of their reports: rows that come
    # next to each other go to the same pages of the indexes.
    fresh = fresh.sort("report_id")
    cursor.execute(
        "SELECT nextval(pg_get_serial_sequence('intake_reportversion', 'id')) FROM generate_series(1, %s)",
        [fresh.height],
    )
    given = fresh.select(
        "report_id",
        "digest",
        "version",
        pl.Series("id", [row[0] for row in cursor.fetchall()], dtype=pl.Int64),
        # A corrected report keeps the key it has: addresses of pages go on working.
        pl.col("key").fill_null(pl.Series(new_keys(fresh.height), dtype=pl.String)),
    )
    of_version = given.select("report_id", pl.col("id").alias("version_id"))

    def rows_of(name: str) -> pl.DataFrame:
        frame = bundle[name]
        if name == "reports":
            rows = frame.join(given, on="report_id", how="inner", maintain_order="right")
            return rows.with_columns(batch_id=pl.lit(batch.pk), received_at=pl.lit(at.isoformat()))
        on, parents = "report_id", of_version
        if on not in frame.columns:
            on, persons = "record_id", bundle["people"].select("record_id", "report_id")
            parents = persons.join(of_version, on="report_id").drop("report_id")
        return frame.join(parents, on=on, how="inner", maintain_order="left").sort(
            "version_id", maintain_order=True
        )

    copy_in_turn(
        [(TABLES[name]._meta.db_table, partial(rows_of, name)) for name in ("reports", *CHILDREN)], cursor
    )


def _copy_rejects(cursor: Any, rejects: pl.DataFrame, batch: Batch) -> None:
    if rejects.height:
        frame = rejects.select(REJECT_COLUMNS).with_columns(batch_id=pl.lit(batch.pk))
        copy_in(Reject._meta.db_table, frame, cursor)


def _copy_unknown(cursor: Any, unknown: pl.DataFrame | None, batch: Batch) -> None:
    if unknown is not None and unknown.height:
        copy_in(UnknownWord._meta.db_table, unknown.with_columns(batch_id=pl.lit(batch.pk)), cursor)
