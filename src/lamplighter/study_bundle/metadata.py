"""Metadata: read from ``datapackage.json`` or a mapping, checked against the period and the rules."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import polars as pl

from lamplighter.study_bundle.bundle import Metadata, Publication
from lamplighter.study_bundle.checks import findings as f
from lamplighter.study_bundle.schema import codes_of, kinds, metadata_fields, schema_version, tables
from lamplighter.vocabulary.codes import code_set

EARLIEST, LATEST = dt.date(1990, 1, 1), dt.date(2100, 1, 1)


def read_metadata(body: Any, file: str, title: str = "") -> tuple[Metadata | None, list[pl.DataFrame]]:
    """Metadata from its JSON or TOML form, and what is wrong with it. ``None`` when the bundle is refused."""
    if not isinstance(body, Mapping):
        body = {}
    wrong: list[pl.DataFrame] = []
    values: dict[str, Any] = {}
    for name, field in metadata_fields().items():
        raw = body.get(name)
        if raw in (None, "", []):
            if field.required:
                wrong.append(_wrong("metadata_missing", file, name))
            continue
        value = _value(raw, field.kind)
        coded = codes_of(field.codes) if field.codes else None
        if value is None or (coded is not None and value not in coded):
            wrong.append(_wrong("metadata_wrong", file, name))
        else:
            values[name] = value
    if not wrong:
        wrong = _consistent(values, file)
    if any(f.severity(x["problem"][0]) == "bundle" for x in wrong):
        return None, wrong
    return Metadata(title=title, **values), wrong


def _wrong(problem: str, file: str, field: str) -> pl.DataFrame:
    return f.one(problem, file=file, table="metadata", column=field, about=f"metadata.{field}")


def _value(raw: Any, kind: str) -> Any:
    if kind == "date":
        return _date(raw)
    if kind == "boolean":
        return raw if isinstance(raw, bool) else None
    if kind == "texts":
        listed = [raw] if isinstance(raw, str) else raw
        good = isinstance(listed, list) and all(isinstance(x, str) and 0 < len(x) <= 200 for x in listed)
        return tuple(listed) if good else None
    if kind == "publications":
        return _publications(raw)
    return raw if isinstance(raw, str) and len(raw) <= 4000 else None


def _date(raw: Any) -> dt.date | None:
    if isinstance(raw, dt.datetime):
        raw = raw.date()
    if isinstance(raw, str):
        try:
            raw = dt.date.fromisoformat(raw)
        except ValueError:
            return None
    return raw if isinstance(raw, dt.date) and EARLIEST <= raw <= LATEST else None


def _publications(raw: Any) -> tuple[Publication, ...] | None:
    if not isinstance(raw, list):
        return None
    out = []
    for row in raw:
        due = _date(row.get("due")) if isinstance(row, Mapping) else None
        if due is None or not isinstance(row.get("agency"), str):
            return None
        out.append(Publication(row["agency"], due, _date(row.get("published"))))
    return tuple(out)


def _consistent(values: dict[str, Any], file: str) -> list[pl.DataFrame]:
    wrong = []
    start, end, extracted = values["period_from"], values["period_to"], values["extracted_on"]
    if values["schema_version"] != schema_version():
        wrong.append(_wrong("schema_version_other", file, "schema_version"))
    if end < start:
        wrong.append(_wrong("period_turned", file, "period_to"))
    if end > extracted:
        wrong.append(_wrong("period_after_extract", file, "period_to"))
    if any(k not in kinds() for k in values.get("event_kinds", ())):
        wrong.append(_wrong("metadata_wrong", file, "event_kinds"))
    columns = {f"{t.name}.{c}" for t in tables().values() for c in t.columns} | set(tables())
    if any(c not in columns for c in values.get("not_held", ())):
        wrong.append(_wrong("metadata_wrong", file, "not_held"))
    if wrong:
        return wrong
    if not _whole_years(start, end):
        wrong.append(_wrong("part_year_period", file, "period_to"))
    held = set(rules_in(start, end))
    if set(values["recording_rules"]) != held:
        wrong.append(_wrong("rules_disagree", file, "recording_rules"))
    wrong += [_wrong("series_break", file, "recording_rules") for _ in breaks_within(start, end)]
    return wrong


def breaks_within(start: dt.date, end: dt.date) -> list[tuple[dt.date, str]]:
    """Days on which a counting rule began or ended inside the period, with the rule, in order."""
    found = []
    for code, rule in code_set("recording_rules").codes.items():
        found += [
            (d, code) for d in (rule.valid_from, rule.valid_until) if d is not None and start < d <= end
        ]
    return sorted(found)


def rules_in(start: dt.date, end: dt.date) -> list[str]:
    """The counting rules that held on any day of the period."""
    return [
        code
        for code, r in code_set("recording_rules").codes.items()
        if (r.valid_from is None or r.valid_from <= end) and (r.valid_until is None or r.valid_until > start)
    ]


def _whole_years(start: dt.date, end: dt.date) -> bool:
    after = end + dt.timedelta(days=1)
    return (start.month, start.day) == (after.month, after.day)


def as_json(metadata: Metadata) -> dict[str, Any]:
    """The form that ``datapackage.json`` holds under ``study``."""
    out: dict[str, Any] = {}
    for name in metadata_fields():
        value = getattr(metadata, name)
        if value in (None, "", ()) or value is False:
            continue
        if name == "publications":
            value = [
                {"agency": p.agency, "due": p.due.isoformat()}
                | ({"published": p.published.isoformat()} if p.published else {})
                for p in value
            ]
        out[name] = (
            value.isoformat()
            if isinstance(value, dt.date)
            else list(value)
            if isinstance(value, tuple)
            else value
        )
    return out
