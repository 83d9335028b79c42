"""The small world of the demonstration: two forces, a helpline, and one story placed by hand.

Priya Nair is a made-up person, and so is Daniel Hollinshaw. They lived together in force A's area until
March 2026. Over 41 days she reports four things. Force A records damage to a car by "Dan". She moves to
stay with her sister in force B's area; force B records two malicious communications, one by an account and
one by "Daniel Holinshaw", whose number is the one force A noted; then force A records the breach of an
order. None of the four is recorded as stalking. The words of the story are data: ``demo_story.toml``.

The world ends on the day that it is asked to end on, and is the same for the same day: the generator draws
for those four years, so that references, ages and recording rules are of their time, and the story's times
are moved by whole days. Dates of birth stay: it is the same people.
"""

from __future__ import annotations

import datetime as dt
from functools import cache
from pathlib import Path
from typing import Any

import polars as pl

from lamplighter.records.schema import TABLES_BY_NAME, Bundle
from lamplighter.rule_files.reading import packaged as packaged_toml
from lamplighter.synthetic import exports
from lamplighter.synthetic.sampling.config import Config
from lamplighter.synthetic.worlds.truth import Truth
from lamplighter.synthetic.worlds.world import World, generate

SEED = 20
PERSON_RECORDS = 7_000
COURSE = "C-DEMO-1"
ENDS = Config(SEED).as_at
LENGTH = ENDS - Config(SEED).start


def world(
    seed: int = SEED,
    *,
    person_records: int = PERSON_RECORDS,
    ends: dt.date = ENDS,
    story_ends: dt.date | None = None,
) -> World:
    """Return the demonstration's world, the placed story in both its bundle and its truth.

    Args:
        ends: the last day on which anybody reported something.
        story_ends: the day of the story's last report; thirty days before ``ends`` unless given.
    """
    made = generate(seed, person_records=person_records, forces=2, start=ends - LENGTH, as_at=ends)
    data = _data(_moved_by(ends, story_ends))
    reports = _placed(made, data)
    story, truth = _bundle(reports), _truth(made, reports, data)
    return World(
        config=made.config,
        bundle={name: _on_the_clock(pl.concat([made.bundle[name], story[name]])) for name in made.bundle},
        truth=Truth(
            **{name: _on_the_clock(pl.concat([getattr(made.truth, name), truth[name]])) for name in truth}
        ),
        spared=frozenset(story_record_ids()),
    )


def bundle(seed: int = SEED) -> Bundle:
    """Return the five tables of the demonstration's world."""
    return world(seed).bundle


def write(
    folder: Path, seed: int = SEED, *, ends: dt.date = ENDS, story_ends: dt.date | None = None
) -> exports.Manifest:
    """Write the demonstration's world as three agencies' exports, truth beside them in ``truth/``.

    ``ends`` and ``story_ends`` as of :func:`world`.
    """
    return exports.write(world(seed, ends=ends, story_ends=story_ends), folder)


def new_report(*, ends: dt.date = ENDS, story_ends: dt.date | None = None) -> dict[str, Any]:
    """Return a report to type into the form, as one nested document; it belongs with the four.

    ``ends`` and ``story_ends`` as of :func:`world`; it was made nine days after the last of the four.
    """
    document: dict[str, Any] = _data(_moved_by(ends, story_ends))["new_report"]
    return document


def story_record_ids() -> list[str]:
    """Return the ids of the story's person records: the same whenever the world ends."""
    return [
        _record_id(report, position, place)
        for position, report in enumerate(_told()["reports"], start=1)
        for place, _ in enumerate(report["people"], start=1)
    ]


def story_report_ids(made: World) -> list[str]:
    """Return the four placed reports, in order of time."""
    found = made.truth.reports.filter(course_id=COURSE).sort("reported_at")
    return found["report_id"].to_list()


@cache
def _told() -> dict[str, Any]:
    """Return the story as it was written down."""
    return packaged_toml("lamplighter.synthetic", "demo_story.toml")


def _moved_by(ends: dt.date, story_ends: dt.date | None) -> dt.timedelta:
    """By how many whole days the story is moved."""
    last: dt.datetime = _told()["reports"][-1]["reported_at"]
    return story_ends - last.date() if story_ends else ends - ENDS


def _data(by: dt.timedelta) -> dict[str, Any]:
    """Return the story with every time moved. A date without a time is one of birth, and stays."""

    def moved(value: Any) -> Any:
        if isinstance(value, dt.datetime):
            return value + by
        if isinstance(value, list):
            return [moved(v) for v in value]
        return {k: moved(v) for k, v in value.items()} if isinstance(value, dict) else value

    found: dict[str, Any] = moved(_told())
    return found


def _on_the_clock(frame: pl.DataFrame) -> pl.DataFrame:
    """What was drawn for the hour that is left out in March was shown by clocks as an hour later."""
    shown = [
        pl.when(
            pl.col(name).is_not_null()
            & pl.col(name)
            .dt.replace_time_zone("Europe/London", non_existent="null", ambiguous="earliest")
            .is_null()
        )
        .then(pl.col(name) + dt.timedelta(hours=1))
        .otherwise(pl.col(name))
        for name, kind in frame.schema.items()
        if isinstance(kind, pl.Datetime)
    ]
    return frame.with_columns(shown)


def _number(report: dict[str, Any], position: int) -> int:
    """Agencies number by the minute of the year, as far off as the story has it."""
    told: dt.datetime = _told()["reports"][position - 1]["reported_at"]
    number: int = report["number"] + _minute(report["reported_at"]) - _minute(told)
    return max(1, number)


def _minute(at: dt.datetime) -> int:
    return int((at - dt.datetime(at.year, 1, 1)).total_seconds()) // 60


def _record_id(report: dict[str, Any], position: int, place: int) -> str:
    letter = "R" if report["source"] == "force_a_rms" else "L"
    return f"{report['source']}:{letter}99000{position}{place}"


def _town(made: World, agency: str) -> tuple[str, str]:
    """Return the town that most people of one agency's records live in, and its postcode area."""
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


def _placed(made: World, data: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the story's reports with free references and this world's towns filled in."""
    (near, na), (far, fa) = _town(made, "force-a"), _town(made, "force-b")
    taken = set(made.bundle["reports"]["source_ref"])
    refs: list[str] = []
    for position, report in enumerate(data["reports"], start=1):
        year = f"{report['reported_at']:%y}"
        form = f"4A/{{:06d}}/{year}" if report["source"] == "force_a_rms" else f"HM{year}{{:07d}}"
        number = _number(report, position)
        while form.format(number) in taken:
            number += 1
        refs.append(form.format(number))
        taken.add(refs[-1])

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
    for position, (report, ref) in enumerate(zip(data["reports"], refs, strict=True), start=1):
        filled: dict[str, Any] = fill(report)
        filled |= {"ref": ref, "report_id": f"{report['source']}:{ref}", "position": position}
        filled["related"] = [refs[report["related"] - 1]] if "related" in report else None
        for k, person in enumerate(filled["people"], start=1):
            person["record_id"] = _record_id(report, position, k)
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


def _truth(made: World, reports: list[dict[str, Any]], data: dict[str, Any]) -> dict[str, pl.DataFrame]:
    course, t = data["course"], made.truth
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
        "persons": frame("persons", [p | {"place_in_family": "first_adult"} for p in data["persons"]]),
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
