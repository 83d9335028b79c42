"""The two people of every pattern, each once, with everything recorded of them in its reports."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from lamplighter.courses.results import CourseResult
from lamplighter.courses.summaries.pattern_summaries import Agencies
from lamplighter.linkage.explain import naming
from lamplighter.linkage.results import LinkResult
from lamplighter.records.schema import Bundle
from lamplighter.reporting.patterns_page import Pattern

Row = dict[str, Any]
_MOST_CONTACTS = 6


@dataclass(frozen=True, slots=True)
class PersonInPatterns:
    """One of the two people of some patterns, with everything recorded of them in the reports of these."""

    person_id: str
    name: str
    also: tuple[str, ...]
    born: tuple[dt.date, ...]
    sex: str
    described: str
    phones: tuple[str, ...]
    accounts: tuple[str, ...]
    vehicles: tuple[str, ...]
    harmed_in: tuple[int, ...]
    reported_in: tuple[int, ...]
    flagged: bool
    records: int
    agencies: tuple[str, ...]
    references: tuple[str, ...]


def people_in(
    patterns: Sequence[Pattern], bundle: Bundle, linked: LinkResult, found: CourseResult, agencies: Agencies
) -> list[PersonInPatterns]:
    """Return everybody who is one of the two people of a pattern, in the order of the patterns."""
    sides = found.courses.select("course_id", "victim_person", "suspect_person").rows_by_key(
        "course_id", unique=True
    )
    harmed: dict[str, list[int]] = defaultdict(list)
    reported: dict[str, list[int]] = defaultdict(list)
    flagged: set[str] = set()
    in_reports: dict[str, set[str]] = defaultdict(set)
    for p in patterns:
        victim, suspect = sides[p.reference]
        reports = {a.report_id for o in p.occasions for a in o.accounts}
        for person, where in ((victim, harmed), (suspect, reported)):
            if person:
                where[person].append(p.number)
                in_reports[person] |= reports
                if p.flagged:
                    flagged.add(person)
    every = list(dict.fromkeys([*harmed, *reported]))
    rows = bundle["people"].join(
        linked.persons.filter(pl.col("person_id").is_in(every)), on="record_id", maintain_order="left"
    )
    records: dict[str, list[Row]] = defaultdict(list)
    for row in rows.drop("raw", "match_tokens").iter_rows(named=True):
        if row["report_id"] in in_reports[row["person_id"]]:
            records[row["person_id"]].append(row)
    wanted = bundle["reports"].select("report_id", "agency", "source_ref")
    places = {r: (a, ref) for r, a, ref in wanted.iter_rows()}
    first = {person: min([*harmed[person], *reported[person]]) for person in every}
    return [
        _person(p, records[p], harmed[p], reported[p], p in flagged, places, agencies)
        for p in sorted(every, key=lambda p: (first[p], p not in harmed))
    ]


def _person(
    person: str,
    rows: Sequence[Row],
    harmed: Sequence[int],
    reported: Sequence[int],
    flagged: bool,
    places: Mapping[str, tuple[str, str]],
    agencies: Agencies,
) -> PersonInPatterns:
    def every(field: str) -> tuple[str, ...]:
        held = (v for r in rows for v in (r[field] or []))
        return tuple(dict.fromkeys(held))[:_MOST_CONTACTS]

    sexes = Counter(str(r["sex"]) for r in rows if r["sex"] in {"male", "female"})
    where = [places[r["report_id"]] for r in rows]
    return PersonInPatterns(
        person_id=person,
        name=naming.heading(rows),
        also=tuple(naming.also_called(rows)),
        born=tuple(dict.fromkeys(r["birth_date"] for r in rows if r["birth_date"])),
        sex=sexes.most_common(1)[0][0] if sexes else "",
        described=naming.described(rows),
        phones=every("phones"),
        accounts=every("handles") + every("emails"),
        vehicles=every("vehicles"),
        harmed_in=tuple(harmed),
        reported_in=tuple(reported),
        flagged=flagged,
        records=len(rows),
        agencies=tuple(dict.fromkeys(agencies.title(a) for a, _ in where)),
        references=tuple(dict.fromkeys(f"{ref} ({agencies.title(a)})" for a, ref in where)),
    )
