"""The part of the configuration that names the switches of the law, and who signs and checks them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from pathlib import Path

from lamplighter.hub.access.wall.partitions import CASEWORK
from lamplighter.hub.accounts.models import Role
from lamplighter.hub.site.config_files.part import Part
from lamplighter.hub.site.config_files.reading import Reading
from lamplighter.rule_files.schema import (
    MARKS,
    Document,
    Report,
    Rows,
    Value,
    code,
    count,
    origin,
    text,
)

SHIPPED = Path(__file__).with_name("switches.toml")
# What a switch is signed for by itself, and how a page asks for it.
PER: Mapping[str, str] = {
    "area": "Area",
    "version": "Version",
    "court": "Court",
    "offence and area": "Offence and area",
}
# Other code asks for these by name: a hub's own file may add to them and may not leave one out.
CODES = (
    *("spo_on_conviction", "spo_on_acquittal", "spo_application_route", "identity_disclosure_guidance"),
    *("multi_agency_duty", "dapo_available", "mappa_cat2_offences", "victims_code", "right_to_review"),
    *("counting_rules", "outcome_codes", "stalking_offences", "isa_guidance", "vcs_threshold"),
    *("bundle_format", "hearsay_rules", "force_register", "oversight_body_register"),
    "data_protection_logging",
)
LONGEST_DAYS = 366


def _roles() -> Mapping[str, str]:
    """Return the roles that may be named: those of casework, who alone have a work list."""
    return {role.value: str(role.label) for role in Role if role in CASEWORK}


SWITCH = Rows(
    "switch",
    "Switches",
    (
        code(),
        text("title", "What it is", longest=120),
        text("about", "What it means when it is on"),
        Value("per", "Signed for each", one_of=lambda: PER, optional=True),
        text("instrument", "What to read"),
        text("look", "Where to find it"),
        text("known", "Known when this file was written"),
        Value("next_review", "Look again, while nobody has signed", of=dt.date),
        *origin(),
    ),
    dated=False,
)
SIGNING = Rows(
    "signing",
    "Who signs and who checks",
    (
        code(),
        text("title", "Rule"),
        Value("sign", "Signs", many=True, one_of=_roles),
        Value("check", "Checks what another person signed", many=True, one_of=_roles),
        count("longest_days", "Looked at again within", "day", most=LONGEST_DAYS),
        count("check_days", "Checked within", "day", most=60),
        *origin(),
    ),
    single=True,
)


def _check(document: Document, report: Report, reading: Reading) -> None:
    there = {row["code"]: row for row in document["switch"]}
    for missing in (name for name in CODES if name not in there):
        report.add(
            "missing_code",
            "[[switch]]",
            f"there is no row “{missing}”, which the software asks for.",
            "Take it from the file as shipped.",
        )
    shipped = {row["code"]: row.get("per", "") for row in (PART.shipped_document() or {})["switch"]}
    for name, row in there.items():
        if name in shipped and row.get("per", "") != shipped[name]:
            report.add(
                "contradicts",
                f"[[switch]] “{name}”, key per",
                "differs from the shipped file, and the software asks for it as shipped.",
                "Take it from the file as shipped.",
            )


PART = Part(
    "law",
    "Changes of law",
    "Which changes of law and guidance can be signed as in force, what is read before, and who signs and "
    "checks.",
    SHIPPED,
    (SWITCH, SIGNING),
    rules=_check,
    also=("switches", "legislation"),
)
PARTS = (PART,)

__all__ = ["CODES", "MARKS", "PART", "PARTS", "PER"]
