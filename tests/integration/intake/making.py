"""Small files and documents to bring in; everybody in them is made up."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

HEADER = (
    *(
        "OCC_NO",
        "ROW_REF",
        "DATE_REPORTED",
        "OCC_FROM",
        "OCC_TO",
        "OFFENCE_TITLE",
        "HO_CLASS",
        "ALSO_CLASSED",
    ),
    *("DA_FLAG", "LOCATION", "LOCATION_PC", "OUTCOME", "ROLE", "RELATIONSHIP", "SURNAME", "FORENAMES"),
    "AKA",
    *("DOB", "APP_AGE", "SEX", "SDE", "ADDRESS", "POSTCODE", "TEL_1", "TEL_2", "EMAIL", "SOCIAL_MEDIA"),
    *("VEHICLE", "PNCID", "MO_TEXT"),
)


def force_a(path: Path, reports: int, *, word: str = "waited outside", first: int = 1) -> Path:
    """An extract of Force A with a victim and a suspect in each report."""
    with path.open("w", newline="", encoding="utf-8") as file:
        out = csv.DictWriter(file, HEADER, lineterminator="\r\n")
        out.writeheader()
        for n in range(first, first + reports):
            common = {
                "OCC_NO": f"4A/{n:06d}/25",
                "DATE_REPORTED": f"{n % 28 + 1:02d}/03/2025 10:15",
                "OCC_FROM": f"{n % 28 + 1:02d}/03/2025 09:00",
                "OFFENCE_TITLE": "Harassment",
                "HO_CLASS": "8L",
                "LOCATION": "High Street, Stowbridge",
                "LOCATION_PC": "AV1 2QX",
                "MO_TEXT": f"SUSP {word} the home of IP for the {n}th time",
            }
            victim = {
                "ROW_REF": f"V{n}",
                "ROLE": "VICTIM",
                "SURNAME": "NAIR",
                "FORENAMES": "Priya",
                "DOB": "03/02/1990",
                "TEL_1": f"0719510{n % 10000:04d}",
            }
            suspect = {
                "ROW_REF": f"S{n}",
                "ROLE": "SUSPECT",
                "RELATIONSHIP": "Ex-partner",
                "FORENAMES": "Dan",
            }
            out.writerow(common | victim)
            out.writerow(common | suspect)
    return path


def document(**changes: Any) -> dict[str, Any]:
    """A nested report as the form or the feed sends it."""
    return {
        "source_ref": "ab/1",
        "reported_at": "2025-05-03T10:00:00",
        "record_type": "crime",
        "summary": "He waited outside her work again",
        "offences": [{"offence": "harassment_s2", "offence_group": "harassment"}],
        "occasions": [{"started_at": "2025-05-03T09:00:00", "date_precision": "exact"}],
        "people": [
            {
                "role": "victim",
                "forenames": "Priya",
                "surname": "Nair",
                "phones": ["07195101083"],
                "safe_contact": {"note": "text her sister on 07195 101084"},
            },
            {"role": "suspect", "nicknames": ["Dan"], "relationship": "ex_partner"},
        ],
    } | changes
