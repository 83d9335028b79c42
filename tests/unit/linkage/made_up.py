"""A small made-up set of reports, from a seed: people who are reported again and again, with slips.

It knows nothing of the levels; it only makes records of the kind that agencies make.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np
import polars as pl

from lamplighter.records.schema import PEOPLE, REPORTS

FORENAMES = [
    "Emily",
    "Jack",
    "Amber",
    "Brian",
    "Nicoleta",
    "Gary",
    "Valerie",
    "Jason",
    "Mona",
    "Gareth",
    "Kerry",
    "David",
    "Shazia",
    "Hassan",
    "Claire",
    "Thomas",
    "Katherine",
    "Joshua",
    "Rebecca",
    "Stephen",
    "Harpreet",
    "Daniel",
    "Charlotte",
    "Lee",
    "Natalie",
    "Kenneth",
    "Roy",
    "Patricia",
    "Samuel",
    "Orla",
]
SURNAMES = [
    "Hayes",
    "Thornwood",
    "Allen",
    "Burns",
    "Popa",
    "Crosswell",
    "Hassan",
    "Fisher",
    "Harvey",
    "Rees",
    "Ali",
    "Akhtar",
    "Bradley",
    "Clark",
    "Lewis",
    "Evans",
    "Knight",
    "Kumar",
    "Walcombe",
    "Thompson",
    "Watson",
    "Ellis",
    "Walker",
    "Doherty",
    "Hewitt",
    "Morgan",
    "Wilson",
    "Jones",
    "Patel",
    "Shepbourne",
]


@dataclass(frozen=True)
class Made:
    """The bundle, and who each record is (never shown to the linkage)."""

    bundle: dict[str, pl.DataFrame]
    truth: dict[str, str]


def made(dyads: int = 40, seed: int = 7) -> Made:
    rng = np.random.default_rng(seed)
    people: list[dict[str, object]] = []
    reports: list[dict[str, object]] = []
    truth: dict[str, str] = {}
    for d in range(dyads):
        victim, suspect = _person(rng), _person(rng)
        relation = str(rng.choice(["ex_partner", "neighbour", "colleague"]))
        for _ in range(int(rng.integers(1, 5))):
            number = len(reports)
            source = str(rng.choice(["force_a_rms", "force_b"]))
            report_id = f"{source}:{number:05d}"
            reports.append(
                {
                    "report_id": report_id,
                    "source": source,
                    "agency": source,
                    "source_ref": f"{number:05d}",
                    "reported_at": dt.datetime(2024, 1, 1) + dt.timedelta(days=int(rng.integers(0, 900))),
                    "recorded_as": str(
                        rng.choice(["harassment", "criminal_damage", "theft"], p=[0.6, 0.3, 0.1])
                    ),
                    "related_refs": [],
                }
            )
            for part, role, who in ((1, "victim", victim), (2, "suspect", suspect)):
                record = f"{report_id}/{part}"
                truth[record] = f"{role}{d}"
                row = {"record_id": record, "report_id": report_id, "role": role, **_recorded(rng, who, role)}
                if role == "suspect":
                    row["relationship"] = relation if rng.random() < 0.8 else "not_known"
                people.append(row)
    frames = {
        "people": _frame(people, PEOPLE.polars_schema),
        "reports": _frame(reports, REPORTS.polars_schema),
    }
    return Made(frames, truth)


def _frame(rows: list[dict[str, object]], schema: pl.Schema) -> pl.DataFrame:
    return pl.DataFrame([{c: r.get(c) for c in schema} for r in rows], schema=schema)


def _person(rng: np.random.Generator) -> dict[str, object]:
    return {
        "forenames": str(rng.choice(FORENAMES)),
        "surname": str(rng.choice(SURNAMES)),
        "birth_date": dt.date(1950, 1, 1) + dt.timedelta(days=int(rng.integers(0, 20_000))),
        "sex": str(rng.choice(["male", "female"])),
        "phones": [f"+4471{rng.integers(10**7, 10**8)}"],
        "handles": [f"instagram:{rng.choice(FORENAMES).lower()}{rng.integers(10, 999)}"],
        "address_text": f"{rng.integers(1, 60)} {rng.choice(SURNAMES)} Street, Harrowmere",
        "postcode": f"AV1 {rng.integers(1, 9)}AB",
        "town": "Harrowmere",
    }


def _recorded(rng: np.random.Generator, who: dict[str, object], role: str) -> dict[str, object]:
    kept = dict(who)
    loss = 0.15 if role == "victim" else 0.55
    for name in ("surname", "birth_date", "phones", "handles", "address_text", "postcode"):
        if rng.random() < loss:
            kept[name] = [] if isinstance(kept[name], list) else None
    if rng.random() < 0.1:
        first = str(kept["forenames"])
        at = int(rng.integers(1, len(first)))
        kept["forenames"] = first[:at] + "x" + first[at + 1 :]
    return kept


def one(record: str, **fields: object) -> dict[str, object]:
    """A row of people with only these fields."""
    return {"record_id": record, **fields}


def people(*rows: dict[str, object]) -> pl.DataFrame:
    return _frame(list(rows), PEOPLE.polars_schema)


def reports(*rows: dict[str, object]) -> pl.DataFrame:
    return _frame(list(rows), REPORTS.polars_schema)
