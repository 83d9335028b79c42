"""The small world of the demonstration: one force area beside another, a helpline, and one story placed by hand.

Priya Nair is a made-up person, and so is Daniel Hollinshaw. They lived together in force A's area until March 2026.
Over 41 days she reports four things. Force A records damage to a car by "Dan". She moves to stay with her sister in force B's
area; force B records two malicious communications, one by an account and one by "Daniel Holinshaw" whose number is the
one force A noted; then force A records the breach of an order. None of the four is recorded as stalking.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import polars as pl

from lamplighter.records.schema import TABLES_BY_NAME, Bundle
from lamplighter.synthetic import exports
from lamplighter.synthetic.truth import Truth
from lamplighter.synthetic.world import World, generate

SEED = 20
PERSON_RECORDS = 7_000
VICTIM, SUSPECT, SISTER, COURSE = "T-DEMO-1", "T-DEMO-2", "T-DEMO-3", "C-DEMO-1"
_PRIYA = {
    "surname": "Nair",
    "forenames": "Priya",
    "birth_date": dt.date(1993, 11, 8),
    "sex": "female",
    "ethnicity": "A1",
    "phones": ["+447139204417"],
}
_HOME = {"address_text": "14 Orchard Rise, {town}", "postcode": "{area}2 4QN", "town": "{town}"}
_AWAY = {"address_text": "Flat 3, 6 Lister Terrace, {town}", "postcode": "{area}1 7DJ", "town": "{town}"}
_DAN_PHONE, _DAN_HANDLE = "+447245118230", "instagram:dan_h_notgone"

# What a member of staff types into the form to see it join: the reference the force gave, as told by her.
NEW_REPORT: dict[str, Any] = {
    "agency": "force-b",
    "reported_at": "2026-06-09T17:40:00",
    "made_by": "victim",
    "record_type": "non_crime",
    "recorded_as": "suspicious",
    "summary": (
        "IP states her ex Danny was stood across the road from her work when she finished at 1715 and walked behind her as far "
        "as the station. He did not speak to her. She has an order against him."
    ),
    "occasions": [{"started_at": "2026-06-09T17:15:00", "date_precision": "exact"}],
    "people": [
        {
            "role": "victim",
            "forenames": "Priya",
            "surname": "Nair",
            "birth_date": "1993-11-08",
            "phones": ["07139 204417"],
        },
        {
            "role": "suspect",
            "forenames": "Danny",
            "surname": "Hollinshaw",
            "relationship": "ex_partner",
            "phones": ["07245 118230"],
        },
    ],
}


def world(seed: int = SEED, *, person_records: int = PERSON_RECORDS) -> World:
    """The demonstration's world, the placed story in both its bundle and its truth."""
    made = generate(seed, person_records=person_records, forces=2)
    story, truth = _story(made)
    return World(
        config=made.config,
        bundle={name: pl.concat([made.bundle[name], story[name]]) for name in made.bundle},
        truth=Truth(
            *[
                pl.concat([getattr(made.truth, name), truth[name].select(getattr(made.truth, name).columns)])
                for name in ("persons", "records", "reports", "courses", "occasions")
            ]
        ),
    )


def bundle(seed: int = SEED) -> Bundle:
    """The five tables of the demonstration's world."""
    return world(seed).bundle


def write(folder: Path, seed: int = SEED) -> exports.Manifest:
    """The demonstration's world as three agencies' exports, truth beside them in ``truth/``."""
    return exports.write(world(seed), folder)


def story_report_ids(made: World) -> list[str]:
    """The four placed reports, in order of time."""
    found = made.truth.reports.filter(course_id=COURSE).sort("reported_at")
    return found["report_id"].to_list()


def _free(taken: set[str], form: str, number: int) -> str:
    while form.format(number) in taken:
        number += 1
    return form.format(number)


def _towns(made: World) -> tuple[dict[str, str], dict[str, str]]:
    """A town in each force's area, as (town, postcode area)."""
    found = []
    for agency in ("force-a", "force-b"):
        row = (
            made.bundle["people"]
            .join(made.bundle["reports"].select("report_id", "agency"), on="report_id")
            .filter(
                pl.col("agency") == agency, pl.col("postcode").is_not_null(), pl.col("town").is_not_null()
            )
            .group_by("town", pl.col("postcode").str.extract(r"^([A-Z]{2})").alias("area"))
            .len()
            .sort("len", "town", descending=[True, False])
            .row(0, named=True)
        )
        found.append({"town": row["town"], "area": row["area"]})
    return found[0], found[1]


def _story(made: World) -> tuple[Bundle, dict[str, pl.DataFrame]]:
    taken = set(made.bundle["reports"]["source_ref"])
    near, far = _towns(made)
    home = {k: v.format(**near) for k, v in _HOME.items()}
    away = {k: v.format(**far) for k, v in _AWAY.items()}
    a = _free(taken, "4A/{}/26", 158_212)
    b1, b2 = _free(taken, "HM26{:07d}", 176_431), _free(taken, "HM26{:07d}", 199_418)
    a2 = _free(taken, "4A/{}/26", 217_655)
    full = {"surname": "Hollinshaw", "forenames": "Daniel", "sex": "male", "relationship": "ex_partner"}
    reports = [
        _Report(
            "force_a_rms", a, "2026-04-20 08:10", "2026-04-20 07:30", "damage_vehicle", ["damage"], home,
            "VIC came out to find all four tyres slashed on her silver Corsa. She believes it was her ex Dan, they split up six weeks "
            "ago and he has been messaging her. No CCTV. Neighbour saw a male in a dark coat.",
            [
                ("victim", VICTIM, _PRIYA | home | {"vehicles": ["UK19TRZ"], "vehicle_descriptions": ["silver Vauxhall Corsa"]}),
                ("suspect", SUSPECT, {"forenames": "Dan", "sex": "male", "relationship": "ex_partner", "phones": [_DAN_PHONE]}),
            ],
        ),
        _Report(
            "force_b", b1, "2026-05-03 21:45", "2026-05-03 20:10", "malicious_communications", ["unwanted_contact"], away,
            "AGG is staying with her sister. She has had 19 messages on Instagram since yesterday from an account she does not know, "
            "asking where she is living. She thinks it is her ex partner using a new account.",
            [
                ("victim", VICTIM, _PRIYA | away | {"surname": "Nayar", "source_person_ref": "N9000001"}),
                ("suspect", SUSPECT, {"forenames": "Dan", "sex": "male", "relationship": "ex_partner", "handles": [_DAN_HANDLE], "source_person_ref": "N9000002"}),
            ],
        ),
        _Report(
            "force_b", b2, "2026-05-19 10:20", "2026-05-18 23:40", "malicious_communications", ["unwanted_contact", "threat_veiled"], away,
            "AGG received further texts overnight, one says if I can't have you nobody will. Same Instagram account has messaged her "
            f"sister. OFF is her former partner. Linked to {b1}.",
            [
                ("victim", VICTIM, _PRIYA | away | {"source_person_ref": "N9000003"}),
                ("suspect", SUSPECT, full | {"surname": "Holinshaw", "birth_date": dt.date(1990, 6, 2), "phones": [_DAN_PHONE], "handles": [_DAN_HANDLE], "source_person_ref": "N9000004"}),
                ("reporting_person", SISTER, {"surname": "Nair", "forenames": "Anjali", "sex": "female", "phones": ["+447186552093"], **away, "source_person_ref": "N9000005"}),
            ],
            related=b1,
        ),
        _Report(
            "force_a_rms", a2, "2026-05-31 19:05", "2026-05-31 18:20", "breach_nmo", ["loitering", "breach"], home,
            "Order in place. VIC went back to collect post and SUSP was sat in his car opposite the address. He drove off when she "
            "rang police. He is not allowed within 100 metres.",
            [
                ("victim", VICTIM, _PRIYA | home),
                ("suspect", SUSPECT, full | {"birth_date": dt.date(1990, 2, 6), "ethnicity": "W1", "nicknames": ["Danny"], "address_text": f"52 Quarry Street, {near['town']}", "postcode": f"{near['area']}2 9XB", "town": near["town"], "vehicles": ["TX68OBN"], "vehicle_descriptions": ["black BMW 3 Series"]}),
            ],
        ),
    ]  # fmt: skip
    return _bundle(reports), _truth(made, reports)


class _Report:
    """One placed report: who recorded it, what it says and who is in it."""

    def __init__(
        self,
        source: str,
        ref: str,
        reported: str,
        happened: str,
        offence: str,
        acts: list[str],
        place: dict[str, str],
        summary: str,
        people: list[tuple[str, str, dict[str, Any]]],
        related: str | None = None,
    ) -> None:
        self.source, self.ref, self.offence, self.acts, self.place = source, ref, offence, acts, place
        self.reported, self.happened = (
            dt.datetime.fromisoformat(reported),
            dt.datetime.fromisoformat(happened),
        )
        self.summary, self.people, self.related = summary, people, related

    @property
    def report_id(self) -> str:
        return f"{self.source}:{self.ref}"

    @property
    def agency(self) -> str:
        return "force-a" if self.source == "force_a_rms" else "force-b"

    @property
    def group(self) -> str:
        groups = {"damage_vehicle": "criminal_damage", "breach_nmo": "breach_of_order"}
        return groups.get(self.offence, self.offence)

    def record_id(self, position: int) -> str:
        letter = "R9" if self.source == "force_a_rms" else "L9"
        return (
            f"{self.source}:{letter}{int(self.ref[-9:].strip('/A').replace('/', '')) % 100_000:05d}{position}"
        )


def _frame(table: str, rows: list[dict[str, Any]]) -> pl.DataFrame:
    declared = TABLES_BY_NAME[table]
    listed = {f.name for f in declared.fields if f.kind in ("texts", "integers")}
    blank: dict[str, Any] = {name: [] if name in listed else None for name in declared.columns}
    if "raw" in blank:
        blank["raw"] = "{}"
    return pl.DataFrame([blank | row for row in rows], schema=declared.polars_schema)


def _bundle(reports: list[_Report]) -> Bundle:
    return {
        "reports": _frame(
            "reports",
            [
                {
                    "report_id": r.report_id,
                    "source": r.source,
                    "agency": r.agency,
                    "source_ref": r.ref,
                    "reported_at": r.reported,
                    "made_by": "victim",
                    "record_type": "crime",
                    "recorded_as": r.group,
                    "summary": r.summary,
                    "domestic_abuse": True,
                    "outcome": "18" if r.offence == "damage_vehicle" else None,
                    "location_text": r.place["address_text"],
                    "location_postcode": r.place["postcode"],
                    "related_refs": [r.related] if r.related else [],
                }
                for r in reports
            ],
        ),
        "offences": _frame(
            "offences",
            [
                {
                    "report_id": r.report_id,
                    "offence_seq": 1,
                    "classification": "principal",
                    "raw_code": r.offence,
                    "offence": r.offence,
                    "offence_group": r.group,
                }
                for r in reports
            ],
        ),
        "occasions": _frame(
            "occasions",
            [
                {
                    "report_id": r.report_id,
                    "occasion_seq": 1,
                    "started_at": r.happened,
                    "ended_at": r.happened,
                    "date_precision": "exact",
                    "place_text": r.place["address_text"],
                    "place_postcode": r.place["postcode"],
                }
                for r in reports
            ],
        ),
        "people": _frame(
            "people",
            [
                {"record_id": r.record_id(i), "report_id": r.report_id, "role": role, "relationship_raw": shown.get("relationship"), **shown}
                for r in reports
                for i, (role, _, shown) in enumerate(r.people, start=1)
            ],
        ),
        "safe_contacts": _frame("safe_contacts", []),
    }  # fmt: skip


def _truth(made: World, reports: list[_Report]) -> dict[str, pl.DataFrame]:
    t = made.truth

    def frame(like: pl.DataFrame, rows: list[dict[str, Any]]) -> pl.DataFrame:
        blank: dict[str, Any] = {
            name: False if kind == pl.Boolean else None for name, kind in like.schema.items()
        }
        return pl.DataFrame([blank | row for row in rows], schema=like.schema)

    people = ((VICTIM, "Priya", "Nair", "female", "A1", dt.date(1993, 11, 8), "F-DEMO-1"),
              (SUSPECT, "Daniel", "Hollinshaw", "male", "W1", dt.date(1990, 2, 6), "F-DEMO-2"),
              (SISTER, "Anjali", "Nair", "female", "A1", dt.date(1996, 3, 14), "F-DEMO-1"))  # fmt: skip
    names = ("person_id", "forename", "surname", "sex", "ethnicity", "birth_date", "family_id")
    parties = {"course_id": COURSE, "kind": "stalking", "victim_person": VICTIM, "suspect_person": SUSPECT}
    return {
        "persons": frame(t.persons, [{**dict(zip(names, p, strict=True)), "place_in_family": "first_adult"} for p in people]),
        "records": frame(
            t.records,
            [
                {"record_id": r.record_id(i), "report_id": r.report_id, "role": role, "person_id": person, "identifiable": True}
                for r in reports
                for i, (role, person, _) in enumerate(r.people, start=1)
            ],
        ),
        "reports": frame(
            t.reports,
            [
                {**parties, "report_id": r.report_id, "agency": r.agency, "reported_at": r.reported, "suspect_known": "full", "behaviours_told": r.acts, "behaviours_denied": []}
                for r in reports
            ],
        ),
        "courses": frame(
            t.courses,
            [
                {
                    **parties,
                    "is_stalking": True,
                    "relationship": "ex_partner",
                    "ended_at": dt.datetime(2026, 3, 9),
                    "n_reports": len(reports),
                    "n_occasions": len(reports),
                    "first_report_at": reports[0].reported,
                    "last_report_at": reports[-1].reported,
                    "cross_force": True,
                    "cross_agency": True,
                    "hidden": True,
                }
            ],
        ),
        "occasions": frame(
            t.occasions,
            [
                {"course_id": COURSE, "occasion_seq": i, "at": r.happened, "behaviours": r.acts, "channel": "in_person" if r.source == "force_a_rms" else "social_media", "actor": "self", "target": "victim", "report_id": r.report_id}
                for i, r in enumerate(reports, start=1)
            ],
        ),
    }  # fmt: skip
