"""The small world of the demonstration: two forces, a helpline, and one story placed by hand.

Priya Nair is a made-up person, and so is Daniel Hollinshaw. They lived together in force A's area until
March 2026. Over 41 days she reports four things. Force A records damage to a car by "Dan". She moves to
stay with her sister in force B's area; force B records two malicious communications, one by an account and
one by "Daniel Holinshaw", whose number is the one force A noted; then force A records the breach of an
order. None of the four is recorded as stalking. The words of the story are data: ``data/demo_story.toml``.
"""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import polars as pl

from lamplighter.records.schema import TABLES_BY_NAME, Bundle
from lamplighter.synthetic import exports
from lamplighter.synthetic.truth import Truth
from lamplighter.synthetic.world import World, generate

SEED = 20
PERSON_RECORDS = 7_000
COURSE = "C-DEMO-1"


def world(seed: int = SEED, *, person_records: int = PERSON_RECORDS) -> World:
    """The demonstration's world, the placed story in both its bundle and its truth."""
    made = generate(seed, person_records=person_records, forces=2)
    reports = _placed(made)
    story, truth = _bundle(reports), _truth(made, reports)
    return World(
        config=made.config,
        bundle={name: pl.concat([made.bundle[name], story[name]]) for name in made.bundle},
        truth=Truth(**{name: pl.concat([getattr(made.truth, name), truth[name]]) for name in truth}),
    )


def bundle(seed: int = SEED) -> Bundle:
    """The five tables of the demonstration's world."""
    return world(seed).bundle


def write(folder: Path, seed: int = SEED) -> exports.Manifest:
    """The demonstration's world as three agencies' exports, truth beside them in ``truth/``."""
    return exports.write(world(seed), folder)


def new_report() -> dict[str, Any]:
    """A report to type into the form, as one nested document; it belongs with the four."""
    document: dict[str, Any] = _data()["new_report"]
    return document


def story_report_ids(made: World) -> list[str]:
    """The four placed reports, in order of time."""
    found = made.truth.reports.filter(course_id=COURSE).sort("reported_at")
    return found["report_id"].to_list()


@cache
def _data() -> dict[str, Any]:
    path = files("lamplighter.synthetic") / "data" / "demo_story.toml"
    return tomllib.loads(path.read_text("utf-8"))


def _town(made: World, agency: str) -> tuple[str, str]:
    """The town that most people of one agency's records live in, and its postcode area."""
    row = (
        made.bundle["people"]
        .join(made.bundle["reports"].select("report_id", "agency"), on="report_id")
        .filter(pl.col("agency") == agency, pl.col("postcode").is_not_null(), pl.col("town").is_not_null())
        .group_by("town", area=pl.col("postcode").str.extract(r"^([A-Z]{2})"))
        .len()
        .sort("len", "town", "area", descending=[True, False, False])
        .row(0, named=True)
    )
    return row["town"], row["area"]


def _placed(made: World) -> list[dict[str, Any]]:
    """The story's reports with free references and this world's towns filled in."""
    (near, na), (far, fa) = _town(made, "force-a"), _town(made, "force-b")
    taken = set(made.bundle["reports"]["source_ref"])
    refs: list[str] = []
    for report in _data()["reports"]:
        form = "4A/{:06d}/26" if report["source"] == "force_a_rms" else "HM26{:07d}"
        number = report["number"]
        while form.format(number) in taken:
            number += 1
        refs.append(form.format(number))

    def fill(value: Any) -> Any:
        if isinstance(value, str):
            for k, ref in enumerate(refs, start=1):
                value = value.replace(f"{{ref:{k}}}", ref)
            for name, text in (("near", near), ("far", far), ("na", na), ("fa", fa)):
                value = value.replace(f"{{{name}}}", text)
            return value
        if isinstance(value, list):
            return [fill(v) for v in value]
        return {k: fill(v) for k, v in value.items()} if isinstance(value, dict) else value

    out = []
    for position, (report, ref) in enumerate(zip(_data()["reports"], refs, strict=True), start=1):
        filled: dict[str, Any] = fill(report)
        filled |= {"ref": ref, "report_id": f"{report['source']}:{ref}", "position": position}
        filled["related"] = [refs[report["related"] - 1]] if "related" in report else None
        letter = "R" if report["source"] == "force_a_rms" else "L"
        for k, person in enumerate(filled["people"], start=1):
            person["record_id"] = f"{report['source']}:{letter}99000{position}{k}"
        out.append(filled)
    return out


def _rows(table: str, rows: list[dict[str, Any]]) -> pl.DataFrame:
    declared = TABLES_BY_NAME[table]
    blank: dict[str, Any] = dict.fromkeys(declared.columns)
    if "raw" in blank:
        blank["raw"] = "{}"
    shown = [blank | {k: v for k, v in row.items() if k in blank} for row in rows]
    return pl.DataFrame(shown, schema=declared.polars_schema)


def _bundle(reports: list[dict[str, Any]]) -> Bundle:
    for r in reports:
        r |= {
            "source_ref": r["ref"],
            "made_by": "victim",
            "record_type": "crime",
            "recorded_as": r["group"],
            "domestic_abuse": True,
            "location_text": r["address_text"],
            "location_postcode": r["postcode"],
            "related_refs": r["related"],
            "offence_seq": 1,
            "classification": "principal",
            "raw_code": r["offence"],
            "offence_group": r["group"],
            "occasion_seq": 1,
            "started_at": r["happened_at"],
            "ended_at": r["happened_at"],
            "date_precision": "exact",
            "place_text": r["address_text"],
            "place_postcode": r["postcode"],
        }
    people = [
        p | {"report_id": r["report_id"], "relationship_raw": p.get("relationship")}
        for r in reports
        for p in r["people"]
    ]
    return {
        "reports": _rows("reports", reports),
        "offences": _rows("offences", reports),
        # A force codes neither behaviours nor channel: the story's own are truth.
        "occasions": _rows("occasions", [{k: v for k, v in r.items() if k != "channel"} for r in reports]),
        "people": _rows("people", people),
        "safe_contacts": _rows("safe_contacts", []),
    }


def _truth(made: World, reports: list[dict[str, Any]]) -> dict[str, pl.DataFrame]:
    course, t = _data()["course"], made.truth
    parties = {
        "course_id": course["course_id"],
        "kind": "stalking",
        "victim_person": course["victim"],
        "suspect_person": course["suspect"],
    }

    def frame(name: str, rows: list[dict[str, Any]]) -> pl.DataFrame:
        like: pl.DataFrame = getattr(t, name)
        blank: dict[str, Any] = {k: False if v == pl.Boolean else None for k, v in like.schema.items()}
        return pl.DataFrame(
            [blank | {k: v for k, v in row.items() if k in blank} for row in rows], schema=like.schema
        )

    times = [r["reported_at"] for r in reports]
    whole = {
        "is_stalking": True,
        "relationship": "ex_partner",
        "ended_at": course["ended_at"],
        "n_reports": len(reports),
        "n_occasions": len(reports),
        "first_report_at": times[0],
        "last_report_at": times[-1],
        "cross_force": True,
        "cross_agency": True,
        "hidden": True,
    }
    told = [
        r | parties | {"suspect_known": "partial", "behaviours_told": r["acts"], "behaviours_denied": []}
        for r in reports
    ]
    acts = {"actor": "self", "target": "victim"}
    return {
        "persons": frame("persons", [p | {"place_in_family": "first_adult"} for p in _data()["persons"]]),
        "records": frame(
            "records",
            [
                p | {"report_id": r["report_id"], "person_id": p["truth"], "identifiable": True}
                for r in reports
                for p in r["people"]
            ],
        ),
        "reports": frame("reports", told),
        "courses": frame("courses", [parties | whole]),
        "occasions": frame(
            "occasions",
            [
                r | parties | acts | {"occasion_seq": k, "at": r["happened_at"], "behaviours": r["acts"]}
                for k, r in enumerate(reports, start=1)
            ],
        ),
    }
