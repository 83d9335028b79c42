"""Reading what was received: bundles for linkage and courses, counts for pages."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import cache
from typing import Any

import polars as pl
from django.db.models import Exists, OuterRef
from psycopg import sql
from psycopg.rows import dict_row

from lamplighter.hub.access.bulk_copy import copy_out
from lamplighter.hub.intake.models import TABLES, Delivery, ReportVersion, SetAside
from lamplighter.hub.site.postgresql.prepared import cursor
from lamplighter.hub.site.postgresql.values import storable
from lamplighter.records import schema


def bundle(
    as_at: datetime.datetime | None = None, report_ids: Sequence[str] | None = None, *, with_raw: bool = True
) -> schema.Bundle:
    """The versions of reports that were current at ``as_at`` (now, when not given), as frames.

    ``report_ids`` restricts to these reports. ``with_raw=False`` leaves the
    ``raw`` columns empty, which halves the time and memory; linkage and courses
    do not read them. Safe contacts never leave their table: that frame is
    always empty here. Without ``as_at`` reports that are set aside
    (``intake.set_aside``) are left out, for whoever reads everything would stop at them.
    """
    where = _current(as_at, report_ids)
    found: schema.Bundle = {}
    for name in ("reports", "offences", "occasions", "people"):
        table = schema.TABLES_BY_NAME[name]
        source = sql.Identifier(TABLES[name]._meta.db_table)
        if name == "reports":
            rest = sql.SQL("FROM {} v WHERE {}").format(source, where)
            frame = _read(table, rest, "v", with_raw)
        else:
            rest = sql.SQL("FROM {} t JOIN intake_reportversion v ON v.id = t.version_id WHERE {}").format(
                source, where
            )
            frame = _read(table, rest, "t", with_raw)
        found[name] = frame.sort(table.key)
    nobody = schema.SAFE_CONTACTS
    return found | {nobody.name: pl.DataFrame(schema=nobody.polars_schema)}


# Of versions ``v``.
TAKEN_UP = "NOT EXISTS (SELECT FROM intake_setaside s WHERE s.version_id = v.id AND s.ended_at IS NULL)"
_OF_REPORT = ("report_id", "source", "source_ref", "reported_at", "recorded_as", "related_refs")
_OF_PERSON = (
    *("record_id", "role", "relationship", "surname", "forenames", "nicknames", "birth_date", "age_from"),
    *("age_to", "sex", "ethnicity", "phones", "emails", "handles", "address_text", "postcode", "town"),
    *("vehicles", "pnc_id", "cro", "source_person_ref", "match_tokens"),
)
_REPORT = f"""
SELECT id, {", ".join(_OF_REPORT)} FROM intake_reportversion v
WHERE report_id = ANY(%s::text[]) AND superseded_at IS NULL AND {{}}
"""  # noqa: S608  our own columns
_PEOPLE = f"""
SELECT {", ".join(_OF_PERSON)}, version_id
FROM intake_personrecord WHERE version_id = ANY(%s::bigint[])
"""  # noqa: S608  our own columns


def received(report_ids: Sequence[str]) -> list[tuple[dict[str, Any], list[dict[str, Any]]]]:
    """The current versions of some reports in the order asked for, each with its people, as far as linkage
    compares them. What is not held, or set aside, is left out."""
    with cursor(dict_row) as asked:
        reports = asked.execute(_REPORT.format(TAKEN_UP), [list(report_ids)], prepare=True).fetchall()
        found = {row["id"]: (row, list[dict[str, Any]]()) for row in reports}
        for person in asked.execute(_PEOPLE, [list(found)], prepare=True):
            report, people = found[person.pop("version_id")]
            people.append(person | {"report_id": report["report_id"]})
    place = {report_id: n for n, report_id in enumerate(report_ids)}
    return sorted(found.values(), key=lambda one: place[one[0]["report_id"]])


def compared(
    stored: Mapping[str, Sequence[Mapping[str, Any]]],
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Return of the rows of one report, as they were just stored, what :func:`received` would read of it."""
    (report,) = stored["reports"]
    told = {name: storable(report[name]) for name in _OF_REPORT}
    people = [{name: storable(p[name]) for name in _OF_PERSON} for p in stored["people"]]
    return told, [person | {"report_id": report["report_id"]} for person in people]


def rows(report_ids: Collection[str], *, taken_up: bool = False) -> dict[str, list[dict[str, Any]]]:
    """The current versions of some reports as plain rows, each table in the order of its key: what
    :func:`bundle` gives without ``raw``, for whoever waits for a few of them.

    ``taken_up``: without those that are set aside, which rules would stop at. Pages show them.
    """
    found: dict[str, list[dict[str, Any]]] = {}
    with cursor(dict_row) as asked:
        statement = _rows_of("reports", taken_up=taken_up)
        reports = asked.execute(statement, [list(report_ids)], prepare=True).fetchall()
        versions = [row.pop("version_id") for row in reports]
        found["reports"] = reports
        for name in ("offences", "occasions", "people"):
            found[name] = asked.execute(_rows_of(name), [versions], prepare=True).fetchall()
    for name, table in found.items():
        key = schema.TABLES_BY_NAME[name].key
        table.sort(key=lambda row: tuple(row[k] for k in key))
    return found


@cache
def _rows_of(name: str, *, taken_up: bool = False) -> str:
    recorded = [f.name for f in schema.TABLES_BY_NAME[name].fields if f.name != "raw"]
    fields: list[sql.Composable] = [sql.Identifier(f) for f in recorded]
    where = "version_id = ANY(%s::bigint[])"
    if name == "reports":
        fields.append(sql.SQL("id AS version_id"))
        where = "report_id = ANY(%s::text[]) AND superseded_at IS NULL"
        where += f" AND {TAKEN_UP}" if taken_up else ""
    return (
        sql.SQL("SELECT {}, NULL AS raw FROM {} v WHERE {}")
        .format(sql.SQL(", ").join(fields), sql.Identifier(TABLES[name]._meta.db_table), sql.SQL(where))
        .as_string(None)
    )


def _current(as_at: datetime.datetime | None, report_ids: Sequence[str] | None) -> sql.Composable:
    parts: list[sql.Composable] = []
    if as_at is None:
        parts += [sql.SQL("v.superseded_at IS NULL"), sql.SQL(TAKEN_UP)]
    else:
        at = sql.Literal(as_at)
        parts.append(
            sql.SQL("v.received_at <= {} AND (v.superseded_at IS NULL OR v.superseded_at > {})").format(
                at, at
            )
        )
    if report_ids is not None:
        parts.append(sql.SQL("v.report_id = ANY({}::text[])").format(sql.Literal(list(report_ids))))
    return sql.SQL(" AND ").join(parts)


def _read(table: schema.Table, rest: sql.Composable, prefix: str, with_raw: bool) -> pl.DataFrame:
    fields = [f for f in table.fields if with_raw or f.name != "raw"]
    frame = copy_out(fields, rest, prefix)
    if len(fields) < len(table.fields):
        frame = frame.with_columns(pl.lit(None, dtype=pl.String).alias("raw")).select(table.columns)
    return frame


_KEYS = "SELECT report_id, key FROM intake_reportversion WHERE superseded_at IS NULL AND {}"
_BY_ID = _KEYS.format("report_id = ANY(%s::text[])")
_BY_KEY = _KEYS.format("key = %s")


def report_key(report_id: str) -> uuid.UUID:
    """The opaque key of a current report. Raises ``ReportVersion.DoesNotExist``."""
    try:
        return report_keys([report_id])[report_id]
    except KeyError:
        raise ReportVersion.DoesNotExist from None


def report_id(key: uuid.UUID) -> str:
    """The report behind an opaque key. Raises ``ReportVersion.DoesNotExist``."""
    with cursor() as asked:
        found = asked.execute(_BY_KEY, [uuid.UUID(str(key))], prepare=True).fetchone()
    if found is None:
        raise ReportVersion.DoesNotExist
    return str(found[0])


def report_keys(report_ids: Iterable[str]) -> dict[str, uuid.UUID]:
    """Opaque keys of current reports, by report id."""
    with cursor() as asked:
        return dict(asked.execute(_BY_ID, [list(report_ids)], prepare=True).fetchall())


def current_versions() -> dict[str, int]:
    """The number of the current version of every report that is taken up, by report id: to see what has
    changed since."""
    aside = SetAside.objects.filter(version=OuterRef("pk"), ended_at=None)
    standing = ReportVersion.objects.filter(~Exists(aside), superseded_at=None)
    return dict(standing.values_list("report_id", "pk"))


def reports_of(delivery: Delivery) -> list[str]:
    """Reports that a delivery brought or corrected and that stand, in order."""
    brought = ReportVersion.objects.filter(batch__delivery=delivery, superseded_at=None)
    return sorted(brought.values_list("report_id", flat=True))


def how_many(since: datetime.datetime | None = None) -> int:
    """Count the reports that are held; with ``since``, those that came or were corrected later than that."""
    standing = ReportVersion.objects.filter(superseded_at=None)
    return (standing if since is None else standing.filter(received_at__gt=since)).count()


def on_record(report_ids: Collection[str]) -> set[str]:
    """Return those of some reports of which any version is held, whether one stands or not."""
    # By reference, which has an index for every version; ids of reports have one for those that stand.
    references = {report_id.split(":", 1)[-1] for report_id in report_ids}
    rows = ReportVersion.objects.filter(source_ref__in=references, report_id__in=report_ids)
    return set(rows.values_list("report_id", flat=True))


def current_report_ids() -> list[str]:
    """Every report that has a current version, in order."""
    return list(
        ReportVersion.objects.filter(superseded_at=None)
        .order_by("report_id")
        .values_list("report_id", flat=True)
    )
