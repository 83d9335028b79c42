"""Bundles for the tests of studies: every table and kind of event, drawn at random, or row by row."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import polars as pl

from lamplighter.studies.review.cohort import Cohort
from lamplighter.studies.review.indicators.lines import lines
from lamplighter.studies.review.settings import settings
from lamplighter.study_bundle.bundle import Metadata, Publication, StudyBundle
from lamplighter.study_bundle.schema import codes_of, empty, kinds, tables

FROM, TO, CUT = dt.date(2024, 4, 1), dt.date(2025, 3, 31), dt.date(2025, 12, 1)


def metadata(**changes: Any) -> Metadata:
    body: dict[str, Any] = {
        "schema_version": "1",
        "force": ("Force A",),
        "period_from": FROM,
        "period_to": TO,
        "extracted_on": CUT,
        "basis": "recorded",
        "selection": "Every report ever classified as stalking",
        "sources": ("made up",),
        "recording_rules": ("principal_crime",),
        "pseudonymisation": "Random numbers; nobody holds a key.",
        "made_up": True,
        "event_kinds": tuple(kinds()),
        "publications": (Publication("Force A", dt.date(2025, 5, 1), dt.date(2025, 4, 20)),),
    }
    return Metadata(**(body | changes))


def bundle(rows: Mapping[str, Sequence[Mapping[str, Any]]], **changes: Any) -> StudyBundle:
    """A bundle of exactly these rows; every column of the schema counts as held."""
    frames = {}
    for name, table in tables().items():
        given = rows.get(name, ())
        whole = [{column: row.get(column) for column in table.columns} for row in given]
        frames[name] = pl.DataFrame(whole, schema=table.polars_schema) if whole else empty(name)
    held = frozenset(f"{name}.{column}" for name, table in tables().items() for column in table.columns)
    return StudyBundle.of(metadata(**changes), frames, frozenset(frames), held, "0" * 64)


def other_tables(own: StudyBundle, frames: Mapping[str, pl.DataFrame]) -> StudyBundle:
    """The same bundle with these rows."""
    return StudyBundle.of(own.metadata, frames, own.held_tables, own.held_columns, own.digest)


def report(number: int, **changes: Any) -> dict[str, Any]:
    """A report on 1 June 2024 at noon, unless said otherwise."""
    at = dt.datetime(2024, 6, 1, 12)
    return {
        "report_id": f"r{number:05}",
        "case_id": f"c{number:05}",
        "force": "Force A",
        "recorded_at": at,
        "recorded_precision": "minute",
        "victim_id": f"v{number:05}",
        "suspect_id": f"s{number:05}",
    } | changes


def event(
    number: int, report_number: int, kind: str, at: dt.datetime | None, **changes: Any
) -> dict[str, Any]:
    return {
        "event_id": f"e{number:06}",
        "report_id": f"r{report_number:05}",
        "kind": kind,
        "at": at,
        "at_precision": "minute" if at else None,
    } | changes


def random_bundle(reports: int, seed: int, **changes: Any) -> StudyBundle:
    """Every kind of event and every code at random: nothing in it goes with anything else."""
    draw = np.random.default_rng(seed)

    def pick(codes: Sequence[str | None]) -> Any:
        return codes[int(draw.integers(0, len(codes)))]

    def some(name: str) -> list[str]:
        return sorted(codes_of(name))

    made: dict[str, list[dict[str, Any]]] = {
        name: [] for name in ("reports", "people", "offences", "behaviours", "events")
    }
    days = (TO - FROM).days
    number = 0
    for place in range(reports):
        at = dt.datetime.combine(FROM, dt.time(9)) + dt.timedelta(
            days=int(draw.integers(0, days)), hours=int(draw.integers(0, 12))
        )
        case = int(draw.integers(0, max(1, reports * 3 // 4)))
        made["reports"].append(
            report(
                place,
                case_id=f"c{case:05}",
                recorded_at=at,
                victim_id=f"v{case:05}",
                suspect_id=pick([f"s{case // 2:05}"] * 4 + [None]),
                relationship=pick([*some("relationships"), None]),
                domestic_abuse=pick(["yes", "no", None]),
                anonymous=pick(["yes", "no", None]),
                escalated=pick(["yes", "no", None]),
                victim_age=pick([17, 20, 28, 31, 40, 50, 60, 70, None]),
                suspect_age=pick([20, 28, 31, 40, 50, None]),
                prior_allegations=pick([0, 0, 1, 3, None]),
                prior_offences=pick([0, 1, 2, None]),
            )
        )
        made["offences"].append(
            {
                "report_id": f"r{place:05}",
                "offence": pick(["stalking_s2a", "harassment_s2"]),
                "classification": "principal",
            }
        )
        for _ in range(int(draw.integers(0, 3))):
            made["behaviours"].append(
                {
                    "report_id": f"r{place:05}",
                    "behaviour": pick(some("behaviours")),
                    "channel": pick([*some("channels"), None]),
                }
            )
        for kind, spec in kinds().items():
            for _ in range(int(draw.integers(0, 3) == 0) * int(draw.integers(1, 3))):
                number += 1
                when = at + dt.timedelta(hours=float(draw.exponential(24 * 30)))
                values: dict[str, Any] = {}
                for column, use in spec.uses.items():
                    if use.codes == "outcome_standing":
                        continue
                    if use.codes:
                        values[column] = (
                            pick(some(use.codes)) if column != "reasons" else [pick(some(use.codes))]
                        )
                    elif column in ("due_at", "ended_at"):
                        values[column] = pick(
                            [when + dt.timedelta(days=2), when + dt.timedelta(days=30), None]
                        )
                    elif column == "item":
                        values[column] = f"i{place:05}"
                    elif column == "refers_to":
                        values[column] = pick([f"e{max(1, number - 1):06}", f"r{max(0, place - 1):05}"])
                    elif column == "quantity":
                        values[column] = 3.0
                if when.date() <= CUT:
                    made["events"].append(event(number, place, kind, when, **values))
    everybody = sorted(
        {r["victim_id"] for r in made["reports"]}
        | {r["suspect_id"] for r in made["reports"] if r["suspect_id"]}
    )
    for person in everybody:
        made["people"].append(
            {
                "person_id": person,
                "sex": pick(["male", "female", "female", None]),
                "ethnicity": pick(["W1", "B2", "A1", None]),
                "disability": pick(["yes", "no", None]),
            }
        )
    return bundle(made, **changes)


def found(
    line: str, rows: Mapping[str, Sequence[Mapping[str, Any]]], by: str = "case", **changes: Any
) -> Any:
    """What the rule of a line ("16a") says of every unit of its denominator: met, not_met or None."""
    own = next(row for row in lines(settings()) if f"{row.number}{row.part}" == line)
    frame = own.find(Cohort(bundle(rows, **changes), settings()))
    assert frame[by].n_unique() == frame.height, "a unit of the denominator is counted twice"
    return dict(frame.select(by, "result").sort(by).iter_rows())
