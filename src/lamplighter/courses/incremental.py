"""Recompute only what a change touches, and get what a full run would give.

What a report can change is its *component*: the reports that share a person,
as victim or suspect, with it, with those, and so on. A course never reaches
beyond its component, and neither do the rules (other victims of the same
person are in it), so a run over a component gives those courses exactly as a
run over everything. Only the rank is relative to all courses: merge it from
the keys with :func:`rank`.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable

import polars as pl

from lamplighter.courses.assemble import Linked, courses
from lamplighter.courses.results import CourseResult
from lamplighter.records.schema import Bundle


def component(people: pl.DataFrame, persons: pl.DataFrame, report_ids: Iterable[str]) -> list[str]:
    """Ids of every report in the components of the given reports, sorted.

    Args:
        people: the bundle's table (record_id, report_id, role are read).
        persons: record_id, person_id; a record it does not hold is a person of its own.
        report_ids: the reports that are new or changed, or whose people were joined or parted.
    """
    pairs = (
        people.filter(pl.col("role").is_in(["victim", "suspect"]))
        .select("record_id", "report_id")
        .join(persons.select("record_id", "person_id").unique("record_id"), on="record_id", how="inner")
    )
    of_report: dict[str, set[str]] = defaultdict(set)
    of_person: dict[str, set[str]] = defaultdict(set)
    for report_id, person_id in pairs.select("report_id", "person_id").iter_rows():
        of_report[report_id].add(person_id)
        of_person[person_id].add(report_id)
    found = set(report_ids)
    waiting = list(found)
    while waiting:
        for person_id in of_report.get(waiting.pop(), ()):
            fresh = of_person[person_id] - found
            found |= fresh
            waiting.extend(fresh)
    return sorted(found)


def restrict(bundle: Bundle, report_ids: Iterable[str]) -> Bundle:
    """The rows of a bundle that belong to some reports."""
    wanted = pl.DataFrame({"report_id": sorted(set(report_ids))}, schema={"report_id": pl.String()})
    out = {
        t: f.join(wanted, on="report_id", how="semi") for t, f in bundle.items() if "report_id" in f.columns
    }
    kept = out["people"].select("record_id")
    return out | {t: f.join(kept, on="record_id", how="semi") for t, f in bundle.items() if t not in out}


def recompute(
    bundle: Bundle,
    link_result: Linked,
    report_ids: Iterable[str],
    *,
    as_at: dt.datetime,
    corrections: pl.DataFrame | None = None,
    previous: pl.DataFrame | None = None,
) -> CourseResult:
    """Courses of the components of some reports, as a full run gives them; ``urgency_rank`` is among these
    only.

    ``bundle`` may be everything or any part that holds the whole components.
    """
    touched = component(bundle["people"], link_result.persons, report_ids)
    return courses(
        restrict(bundle, touched), link_result, as_at=as_at, corrections=corrections, previous=previous
    )


def rank(keys: pl.DataFrame) -> pl.DataFrame:
    """Ranks of all courses from their keys: course_id, urgency_key in; course_id, urgency_rank out (1
    first)."""
    rows = sorted(keys.select("urgency_key", "course_id").iter_rows())
    return pl.DataFrame(
        {"course_id": [c for _, c in rows], "urgency_rank": list(range(1, len(rows) + 1))},
        schema={"course_id": pl.String(), "urgency_rank": pl.Int64()},
    )
