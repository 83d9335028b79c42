"""Reports in our own nested form, as the page and the feed send them, through the same checks as files."""

from __future__ import annotations

import datetime as dt
import json
from collections import Counter
from collections.abc import Iterable
from typing import Any

import polars as pl

from lamplighter.records.canonical import match_tokens, names
from lamplighter.records.mapping.safe_contacts import contact_points
from lamplighter.records.reading.batches import Batch, Counts, One
from lamplighter.records.reading.bundles import as_text
from lamplighter.records.reading.digests import digest, digest_of_rows
from lamplighter.records.reading.plain_rows import Rows, plain_rows
from lamplighter.records.reading.typed_texts import canonicalised, typed
from lamplighter.records.schema import TABLES, TABLES_BY_NAME, Table, empty_bundle
from lamplighter.records.validation.limits import LONGEST_TEXT
from lamplighter.records.validation.problems import as_rejects, found
from lamplighter.records.validation.validate import validate


def one_of(document: dict[str, Any], *, match_key: bytes, as_at: dt.datetime | None, source_file: str) -> One:
    """One nested report that came alone, as rows. See :func:`lamplighter.records.ingest.from_document`."""
    told = _told([document])
    rows = plain_rows(told, match_key=match_key, as_at=as_at, source_file=source_file)
    if rows is not None:
        counts = Counts(Counter({source_file: 1}), Counter({source_file: 1}))
        counts.reports, counts.people = 1, len(rows["people"])
        return One(rows, [], counts, digest_of_rows(rows))
    batch = _batch(told, 1, match_key, as_at, source_file)
    rows = {name: frame.to_dicts() for name, frame in batch.bundle.items()}
    digests = digest(batch.bundle)
    return One(rows, batch.rejects.to_dicts(), batch.counts, next(iter(digests.values()), ""))


def bundle_of(
    documents: Iterable[dict[str, Any]], *, match_key: bytes, as_at: dt.datetime | None, source_file: str
) -> Batch:
    """One batch from nested reports. See :func:`lamplighter.records.ingest.from_documents`."""
    documents = list(documents)
    return _batch(_told(documents), len(documents), match_key, as_at, source_file)


def _told(documents: Iterable[dict[str, Any]]) -> Rows:
    """Return every table's rows as text, numbered by the document that they are of."""
    rows: Rows = {t.name: [] for t in TABLES}
    for number, document in enumerate(documents, 1):
        _flatten(document, number, rows)
    return rows


def _batch(
    told: Rows, documents: int, match_key: bytes, as_at: dt.datetime | None, source_file: str
) -> Batch:
    told, findings = _of_bearable_length(told, source_file)
    bundle = empty_bundle()
    for table in TABLES:
        frame = _frame(told[table.name], table, source_file)
        frame, notes = typed(frame, table)
        frame, more = canonicalised(frame, table)
        findings += [*notes, *more]
        bundle[table.name] = frame
    bundle["people"] = _named(bundle["people"])
    bundle["people"] = _tokened(bundle["people"], bundle["safe_contacts"], match_key)
    checked, rejects = validate(bundle, as_at=as_at)
    every = pl.concat([as_rejects(findings), rejects])
    counts = Counts()
    counts.rows_in[source_file] = documents
    counts.accepted[source_file] = checked["reports"].height
    counts.rejected[source_file] = documents - checked["reports"].height
    counts.reports, counts.people = checked["reports"].height, checked["people"].height
    counts.warnings = every.filter(pl.col("severity") == "warning").height
    return Batch(checked, every, counts)


def _of_bearable_length(told: Rows, source_file: str) -> tuple[Rows, list[pl.DataFrame]]:
    """Without the documents that hold a text that is too long, and findings about those."""
    findings, refused = [], set()
    for table in TABLES:
        for row in told[table.name]:
            for name in (n for n, value in row.items() if n != "raw" and _is_too_long(value)):
                refused.add(row["_row"])
                column = f"{table.name}.{name}"
                findings.append(found(source_file, [row["_row"]], "text_longer_than_a_report", column=column))
    if not refused:
        return told, []
    return {name: [r for r in rows if r["_row"] not in refused] for name, rows in told.items()}, findings


def _is_too_long(value: Any) -> bool:
    return isinstance(value, str) and len(value) > LONGEST_TEXT


def _flatten(document: dict[str, Any], number: int, rows: Rows) -> None:
    report = {k: v for k, v in document.items() if k not in {"offences", "occasions", "people"}}
    source = str(report.get("source") or "hub")
    report.setdefault("source", source)
    reference = str(report.get("source_ref") or "").strip().upper()
    report["source_ref"] = reference or None
    report_id = str(report.get("report_id") or (f"{source}:{reference}" if reference else ""))
    report["report_id"] = report_id or None
    offences = _listed(document.get("offences"))
    if offences and not report.get("recorded_as"):
        report["recorded_as"] = offences[0].get("offence_group")
    report.setdefault("raw", json.dumps(_public(document), ensure_ascii=False, default=str))
    report.setdefault("source_rows", [number])
    rows["reports"].append(as_text(report, TABLES_BY_NAME["reports"]) | {"_row": number})
    for seq, offence in enumerate(offences, 1):
        kind = "principal" if seq == 1 else "included"
        whole = {"report_id": report_id, "offence_seq": seq, "classification": kind} | offence
        rows["offences"].append(as_text(whole, TABLES_BY_NAME["offences"]) | {"_row": number})
    for seq, occasion in enumerate(_listed(document.get("occasions")), 1):
        whole = {"report_id": report_id, "occasion_seq": seq} | occasion
        rows["occasions"].append(as_text(whole, TABLES_BY_NAME["occasions"]) | {"_row": number})
    for seq, person in enumerate(_listed(document.get("people")), 1):
        safe = person.get("safe_contact")
        whole = {"report_id": report_id, "record_id": f"{report_id}/{seq}"} | {
            k: v for k, v in person.items() if "safe" not in k.lower()
        }
        whole.setdefault("raw", json.dumps(_public(person), ensure_ascii=False, default=str))
        rows["people"].append(as_text(whole, TABLES_BY_NAME["people"]) | {"_row": number})
        if safe:
            details = safe if isinstance(safe, str) else json.dumps(safe, ensure_ascii=False, default=str)
            contact = {"record_id": whole["record_id"], "agency": report.get("agency"), "details": details}
            rows["safe_contacts"].append(as_text(contact, TABLES_BY_NAME["safe_contacts"]) | {"_row": number})


def _listed(value: Any) -> list[dict[str, Any]]:
    if isinstance(value, dict):
        return [value]
    return [v for v in value if isinstance(v, dict)] if isinstance(value, list | tuple) else []


def _public(value: Any) -> Any:
    """Return a value without anything whose name says that it is a safe contact."""
    if isinstance(value, dict):
        return {k: _public(v) for k, v in value.items() if "safe" not in str(k).lower() and k != "raw"}
    if isinstance(value, list | tuple):
        return [_public(v) for v in value]
    return value


def _frame(rows: list[dict[str, Any]], table: Table, source_file: str) -> pl.DataFrame:
    schema = dict.fromkeys(table.columns, pl.String()) | {"_row": pl.Int64()}
    frame = pl.DataFrame(rows, schema=schema).with_columns(pl.lit(source_file).alias("_file"))
    if table.name == "reports":
        frame = frame.with_columns(pl.col("source_file").fill_null(pl.lit(source_file)))
    return frame


def _named(people: pl.DataFrame) -> pl.DataFrame:
    """Words that stand in for a name go to the descriptor, as they do for files."""
    surname, forenames, descriptor = names(people["surname"], people["forenames"])
    return people.with_columns(
        surname.value.alias("surname"),
        forenames.value.alias("forenames"),
        pl.coalesce("descriptor", descriptor.value).alias("descriptor"),
    )


def _tokened(people: pl.DataFrame, safe: pl.DataFrame, match_key: bytes) -> pl.DataFrame:
    if safe.is_empty():
        return people
    points = (
        safe.select("record_id")
        .with_columns(match_tokens(contact_points(safe["details"]), match_key).alias("_tokens"))
        .unique("record_id", keep="first")
    )
    return (
        people.join(points, on="record_id", how="left", maintain_order="left")
        .with_columns(pl.coalesce("match_tokens", "_tokens").alias("match_tokens"))
        .drop("_tokens")
    )
