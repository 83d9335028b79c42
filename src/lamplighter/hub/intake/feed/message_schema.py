"""Describe a message of the feed, as JSON Schema made from ``records.schema``."""

from __future__ import annotations

from typing import Any

from lamplighter.hub.intake.documents.services import OURS_IN_PART, OURS_IN_PERSON, OURS_IN_REPORT
from lamplighter.hub.intake.models import ReaderChoice
from lamplighter.records import schema
from lamplighter.records.validation.limits import LONGEST_REFERENCE, LONGEST_TEXT, MOST_ROWS, MOST_VALUES
from lamplighter.vocabulary.codes import code_set

JSON_TYPES: dict[str, dict[str, Any]] = {
    "text": {"type": "string"},
    "json": {"type": "string"},
    "date": {"type": "string", "format": "date"},
    "datetime": {
        "type": "string",
        "format": "date-time",
        "description": "Local wall-clock time, without a zone.",
    },
    "integer": {"type": "integer"},
    "boolean": {"type": "boolean"},
    "texts": {"type": "array", "items": {"type": "string"}},
    "integers": {"type": "array", "items": {"type": "integer"}},
}


def _field(field: schema.Field) -> dict[str, Any]:
    shape = dict(JSON_TYPES[field.kind])
    shape["description"] = f"{field.meaning} {shape.get('description', '')}".strip()
    if field.name == "source_ref":
        shape["maxLength"] = LONGEST_REFERENCE
    elif field.kind == "text" and not field.codes:
        shape["maxLength"] = LONGEST_TEXT
    if field.kind in {"texts", "integers"}:
        shape["maxItems"] = MOST_VALUES
    if field.codes:
        codes = list(code_set(field.codes).codes)
        if field.kind == "texts":
            shape["items"] = {"type": "string", "enum": codes}
        else:
            shape["enum"] = codes
    return shape


def table_schema(name: str, leave_out: frozenset[str], required: list[str]) -> dict[str, Any]:
    fields = [f for f in schema.TABLES_BY_NAME[name].fields if f.name not in leave_out]
    return {"type": "object", "properties": {f.name: _field(f) for f in fields}, "required": required}


def report_schema() -> dict[str, Any]:
    """One nested report: the fields of ``reports`` with its offences, occasions and people inside."""
    whole = table_schema("reports", OURS_IN_REPORT, ["source_ref"])
    person = table_schema("people", OURS_IN_PERSON, ["role"])
    person["properties"]["safe_contact"] = {
        "type": "object",
        "description": "How to reach this person safely. Kept apart, for your agency alone.",
    }
    parts = {
        "offences": table_schema("offences", OURS_IN_PART["offences"], []),
        "occasions": table_schema("occasions", OURS_IN_PART["occasions"], []),
        "people": person,
    }
    whole["properties"] |= {
        name: {"type": "array", "items": part, "maxItems": MOST_ROWS[name]} for name, part in parts.items()
    }
    whole["properties"]["readers"] = _readers()
    return whole


def _readers() -> dict[str, Any]:
    """Who may read the words of the report, of agencies whose reports are told in confidence."""
    text = {"type": "string"}
    return {
        "type": "object",
        "description": "Who may read the words of the report, and on which legal basis. For advocacy and "
        "health services; without it, only your agency reads them. Codes of bases are those of the hub's "
        "sharing rules.",
        "properties": {
            "readers": {"type": "string", "enum": ReaderChoice.Readers.values},
            "agencies": {"type": "array", "items": text},
            **dict.fromkeys(("basis", "consent_of", "consent_how", "threshold", "reason"), text),
            "consent_on": {"type": "string", "format": "date"},
        },
        "required": ["readers"],
    }
