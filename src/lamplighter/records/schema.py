"""The schema of a report as an agency sends it: five tables, declared once.

Everything that needs to know the shape of a report reads it from here: the
importer's validation, the Data Package, the data dictionary in ``docs/``, the
database tables of the hub, the linkage and the courses. A field is declared
with its type, its meaning and where its codes come from, and nowhere else.

A *bundle* is a mapping of table name to a Polars frame with exactly these
columns in this order (:func:`empty_bundle` makes one with no rows).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

import polars as pl

Kind: TypeAlias = Literal["text", "date", "datetime", "integer", "boolean", "texts", "integers", "json"]

POLARS_TYPES: Mapping[Kind, pl.DataType] = {
    "text": pl.String(),
    "date": pl.Date(),
    "datetime": pl.Datetime("us"),
    "integer": pl.Int64(),
    "boolean": pl.Boolean(),
    "texts": pl.List(pl.String()),
    "integers": pl.List(pl.Int64()),
    "json": pl.String(),
}


@dataclass(frozen=True, slots=True)
class Field:
    """One column: ``codes`` names a code set in ``vocabulary`` when the values are coded."""

    name: str
    kind: Kind
    meaning: str
    required: bool = False
    codes: str | None = None
    restricted: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """One resource of the Data Package: its key, its parents and its fields."""

    name: str
    meaning: str
    key: tuple[str, ...]
    fields: tuple[Field, ...]
    parents: Mapping[str, tuple[str, str]] = field(default_factory=dict)

    @property
    def columns(self) -> list[str]:
        return [f.name for f in self.fields]

    @property
    def polars_schema(self) -> pl.Schema:
        return pl.Schema({f.name: POLARS_TYPES[f.kind] for f in self.fields})


REPORTS = Table(
    name="reports",
    meaning="One contact about something that happened, as one agency recorded it.",
    key=("report_id",),
    fields=(
        Field(
            "report_id", "text", "Ours: '<source>:<the agency's reference, trimmed and upper-cased>'.", True
        ),
        Field("source", "text", "Which system sent it: the name of the mapping that read it.", True),
        Field("agency", "text", "The agency that owns the report, e.g. 'force-a', 'helpline'.", True),
        Field("source_ref", "text", "The agency's own reference, trimmed and upper-cased.", True),
        Field("reported_at", "datetime", "When the agency was told (local wall-clock time)."),
        Field("made_by", "text", "Who told the agency.", codes="made_by"),
        Field("report_channel", "text", "How the agency was told.", codes="report_channel"),
        Field(
            "record_type",
            "text",
            "Crime, non-crime incident, or contact with a service.",
            codes="record_type",
        ),
        Field(
            "recorded_as", "text", "Offence group of the principal classification.", codes="offence_groups"
        ),
        Field("summary", "text", "What happened, in the words of the person who recorded it."),
        Field("impact", "text", "What it did to the person, in the words recorded."),
        Field("domestic_abuse", "boolean", "Domestic abuse marker; empty means not recorded, never 'no'."),
        Field("flags", "texts", "Other markers as recorded, e.g. 'CYB', 'RPT'."),
        Field("outcome", "text", "Home Office outcome code; empty is open or not a crime.", codes="outcomes"),
        Field("location_text", "text", "Where it happened, one line, as recorded."),
        Field(
            "location_postcode",
            "text",
            "Postcode of where it happened, 'AV1 8ZQ'; may be the outward part only.",
        ),
        Field(
            "related_refs", "texts", "Other agencies' or the same agency's references that this report names."
        ),
        Field("raw", "json", "The source values as received, before any mapping."),
        Field("source_file", "text", "Name of the file it came from."),
        Field("source_rows", "integers", "Line numbers in that file (header is line 1)."),
    ),
)

OFFENCES = Table(
    name="offences",
    meaning="One classification of one report: the principal one, or one included with it.",
    key=("report_id", "offence_seq"),
    parents={"report_id": ("reports", "report_id")},
    fields=(
        Field("report_id", "text", "The report.", True),
        Field("offence_seq", "integer", "1 for the principal classification, then 2, 3 ...", True),
        Field("classification", "text", "'principal' or 'included'.", True, codes="classification"),
        Field("raw_code", "text", "The source's own code, as received."),
        Field("raw_title", "text", "The source's own title, as received."),
        Field("offence", "text", "Mapped offence code.", codes="offences"),
        Field("offence_group", "text", "Mapped offence group.", codes="offence_groups"),
    ),
)

OCCASIONS = Table(
    name="occasions",
    meaning="One occasion within a report on which something was done.",
    key=("report_id", "occasion_seq"),
    parents={"report_id": ("reports", "report_id")},
    fields=(
        Field("report_id", "text", "The report.", True),
        Field("occasion_seq", "integer", "1, 2, 3 ... within the report.", True),
        Field("started_at", "datetime", "Earliest time it can have happened."),
        Field("ended_at", "datetime", "Latest time it can have happened."),
        Field("date_precision", "text", "How well the date is known.", codes="date_precision"),
        Field("place_text", "text", "Where, as recorded."),
        Field("place_postcode", "text", "Postcode of where; may be the outward part only."),
        Field("behaviours", "texts", "Behaviours the source itself coded, mapped.", codes="behaviours"),
        Field("behaviours_raw", "texts", "Behaviours the source itself coded, as received."),
        Field("channel", "text", "By which channel, where the source codes it.", codes="channels"),
        Field(
            "actor",
            "text",
            "Done by the suspect, by somebody for them, or not known.",
            codes="actors",
        ),
        Field("narrative", "text", "Words about this incident; empty when the report's summary covers it."),
    ),
)

PEOPLE = Table(
    name="people",
    meaning="One person as recorded in one report, in one role. Never merged, never corrected.",
    key=("record_id",),
    parents={"report_id": ("reports", "report_id")},
    fields=(
        Field("record_id", "text", "Ours: '<source>:<the source's row or party reference>'.", True),
        Field("report_id", "text", "The report.", True),
        Field("role", "text", "Role in this report.", True, codes="roles"),
        Field("relationship", "text", "Of a suspect to the victim, mapped.", codes="relationships"),
        Field("relationship_raw", "text", "The same in the source's words."),
        Field("surname", "text", "Family name as given; empty when it is not a name ('UNKNOWN')."),
        Field("forenames", "text", "Given names as given, in order, separated by one space."),
        Field("nicknames", "texts", "Nicknames and aliases as given."),
        Field("descriptor", "text", "Words given instead of a name: 'ex partner', 'unknown male'."),
        Field("birth_date", "date", "Date of birth."),
        Field("age_from", "integer", "Lowest age the record allows, in years at the report's date."),
        Field("age_to", "integer", "Highest age the record allows, in years at the report's date."),
        Field("sex", "text", "Sex as recorded.", codes="sexes"),
        Field(
            "ethnicity", "text", "Self-defined ethnicity, 18+1 code or its group letter.", codes="ethnicities"
        ),
        Field("phones", "texts", "Telephone numbers, E.164 ('+447195101083')."),
        Field("emails", "texts", "Email addresses, lower case."),
        Field(
            "handles",
            "texts",
            "Accounts, '<platform>:<handle>' in lower case without '@'; platform may be '?'.",
        ),
        Field("address_text", "text", "Home address, one line, as recorded."),
        Field("postcode", "text", "Postcode of the home address; may be the outward part only."),
        Field("town", "text", "Town or area."),
        Field("uprn", "text", "Unique property reference number."),
        Field(
            "vehicles", "texts", "Registration marks, upper case without spaces; a '*' ends a partial mark."
        ),
        Field("vehicle_descriptions", "texts", "'silver BMW 3 Series'."),
        Field("pnc_id", "text", "PNC id as 'YYYY/NNNNNNND' with a correct check letter; otherwise empty."),
        Field("cro", "text", "CRO number as 'NNNNNN/YYL' with a correct check letter; otherwise empty."),
        Field("source_person_ref", "text", "The source's own person reference, where it keeps one."),
        Field(
            "match_tokens",
            "texts",
            "One-way tokens of contact details that may be matched on but never shown or passed on.",
        ),
        Field(
            "raw", "json", "The source values as received, before any mapping; never holds restricted values."
        ),
    ),
)

SAFE_CONTACTS = Table(
    name="safe_contacts",
    meaning=(
        "How to reach a person safely, as told to one agency. "
        "For the address vault; never for onward sharing."
    ),
    key=("record_id",),
    parents={"record_id": ("people", "record_id")},
    fields=(
        Field("record_id", "text", "The person record it belongs to.", True),
        Field("agency", "text", "The agency that was told, and whose it stays.", True),
        Field("details", "json", "The source's safe-contact values as received.", True, restricted=True),
    ),
)

TABLES: tuple[Table, ...] = (REPORTS, OFFENCES, OCCASIONS, PEOPLE, SAFE_CONTACTS)
TABLES_BY_NAME: Mapping[str, Table] = {t.name: t for t in TABLES}

Bundle: TypeAlias = dict[str, pl.DataFrame]


def empty_bundle() -> Bundle:
    """Return a bundle with every table, the right columns and no rows."""
    return {t.name: pl.DataFrame(schema=t.polars_schema) for t in TABLES}
