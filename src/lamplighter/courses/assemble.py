"""Reports and persons in, courses of conduct out: assembled, read, put in order, every step with its
reason."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Protocol, TypeAlias

import polars as pl

from lamplighter.courses.coding.acts import letters_of
from lamplighter.courses.coding.corrections import newest, newest_of
from lamplighter.courses.coding.learned import NOTHING, Learned
from lamplighter.courses.findings import urgency
from lamplighter.courses.findings.conditions import OtherVictim, View
from lamplighter.courses.findings.registry import findings, rules_version
from lamplighter.courses.grouping import course_ids
from lamplighter.courses.grouping.dyads import Dyad
from lamplighter.courses.grouping.occasions import Occasion, in_order
from lamplighter.courses.grouping.reports_by_dyad import NOTHING_JUDGED, group
from lamplighter.courses.reports.facts import Fact, Rows, facts, facts_of
from lamplighter.courses.reports.readings import POSSIBLE, ReadingResult, read_course
from lamplighter.courses.results import CourseResult, Found, Row
from lamplighter.courses.rules import least_occasions
from lamplighter.linkage.dyads.same_suspect import SameSuspect
from lamplighter.records.schema import Bundle

Judge: TypeAlias = Callable[[Collection[str]], SameSuspect]
"""Tells of some suspects' records of which nothing says who they are how likely each is somebody else's."""


class Linked(Protocol):
    """Parts of a link result that this room needs: ``persons`` with record_id and person_id, and what the
    linkage holds of suspects who are nobody's yet."""

    @property
    def persons(self) -> pl.DataFrame: ...

    def same_suspect(self, record_ids: Collection[str]) -> SameSuspect: ...


def courses(
    bundle: Bundle,
    link_result: Linked,
    *,
    as_at: dt.datetime,
    corrections: pl.DataFrame | None = None,
    previous: pl.DataFrame | None = None,
    victims: Mapping[str, str] | None = None,
    learned: Learned = NOTHING,
) -> CourseResult:
    """Every course in the reports of a bundle, in the order of the list.

    Args:
        bundle: the five tables (``lamplighter.records.schema``); reports made after ``as_at`` are not
            looked at.
        link_result: who is who.
        as_at: the moment at which the record is read, local wall-clock time.
        corrections: what people changed of the coder's proposals (:data:`corrections.SCHEMA`); rows after
            ``as_at`` are not looked at.
        previous: courses by unknown persons as they were named before (:data:`course_ids.MEMORY_SCHEMA`).
        victims: who the victim is of each standing course of two known persons, by its id.
        learned: what the installation learned from corrections; phrases of other days are not looked at.
    """
    given = _until(bundle, as_at)
    if corrections is not None:
        corrections = corrections.filter(pl.col("at") <= as_at)
    known = facts(given, link_result.persons, newest(corrections), learned.on(as_at.date()))
    memory = () if previous is None else previous.select(list(course_ids.MEMORY_SCHEMA)).iter_rows()
    judged = link_result.same_suspect(unnamed(known))
    return _found(known, judged, as_at, memory, victims or {}).frames()


def found(
    rows: Rows,
    person_of: Mapping[str, str],
    *,
    as_at: dt.datetime,
    corrections: Iterable[Row] = (),
    memory: Iterable[course_ids.Version] = (),
    victims: Mapping[str, str] | None = None,
    persons: Collection[str] | None = None,
    same_suspect: Judge | None = None,
    learned: Learned = NOTHING,
) -> Found:
    """:func:`courses` of some reports as plain rows, for whoever waits for a few of them.

    Args:
        rows: reports, offences, occasions and people.
        person_of: today's person of each record that has one.
        corrections: rows of :data:`corrections.SCHEMA`.
        memory: rows of :data:`course_ids.MEMORY_SCHEMA`.
        victims: as for :func:`courses`.
        persons: only patterns with one of them as victim or suspect are given, ranked among themselves; None
            for every course.
        same_suspect: as ``link_result`` has it for :func:`courses`; None where nothing was linked yet.
        learned: as for :func:`courses`.
    """
    late = {r["report_id"] for r in rows["reports"] if r["reported_at"] and r["reported_at"] > as_at}
    given = {name: [r for r in table if r["report_id"] not in late] for name, table in rows.items()}
    said = newest_of(c for c in corrections if c["at"] <= as_at)
    known = facts_of(given, person_of, said, learned.on(as_at.date()))
    judged = NOTHING_JUDGED if same_suspect is None else same_suspect(unnamed(known))
    return _found(known, judged, as_at, memory, victims or {}, persons)


def _until(bundle: Bundle, as_at: dt.datetime) -> Bundle:
    reports = bundle["reports"].filter(pl.col("reported_at").is_null() | (pl.col("reported_at") <= as_at))
    if reports.height == bundle["reports"].height:
        return bundle
    ids = reports.select("report_id")
    return {
        **{t: f.join(ids, on="report_id", how="semi") for t, f in bundle.items() if "report_id" in f.columns},
        **{t: f for t, f in bundle.items() if "report_id" not in f.columns},
    }


class _Course:
    """One course with everything the frames need."""

    def __init__(self, dyad: Dyad, course_id: str, known: Mapping[str, Fact]) -> None:
        self.dyad = dyad
        self.occasions = in_order(dyad, known)
        self.forward = dyad.forward(known)
        self.numbers = {o.number for o in self.occasions if not o.reversed}
        self.relationships = frozenset(dyad.relationships)
        self.reading: ReadingResult = read_course(self.forward, self.relationships, len(self.numbers))
        self.relationship = _commonest(self.forward)
        self.course_id = course_id
        self.times = [o.at for o in self.occasions if o.at is not None and not o.reversed]

    @property
    def possible(self) -> bool:
        return self.reading.reading == POSSIBLE

    @property
    def pattern(self) -> bool:
        return len(self.numbers) >= least_occasions()


def unnamed(known: Mapping[str, Fact]) -> list[str]:
    """Return the records of suspects of whom nothing, or not a whole name, tells who they are."""
    return [s.record_id for f in known.values() for s in f.suspects if not (s.identified and s.full)]


def _found(
    known: Mapping[str, Fact],
    judged: SameSuspect,
    as_at: dt.datetime,
    memory: Iterable[course_ids.Version],
    victims: Mapping[str, str],
    persons: Collection[str] | None = None,
) -> Found:
    dyads = group(known, judged)
    named = course_ids.name(dyads, memory, victims)

    def asked(dyad: Dyad) -> bool:
        return persons is None or dyad.victim in persons or dyad.suspect in persons

    # A course is read beside the others of its suspect.
    beside = {d.suspect for d in dyads if d.suspect is not None and asked(d)}
    built = [
        _Course(d, course_id, known)
        for d, course_id in zip(dyads, named, strict=True)
        if d.suspect in beside or asked(d)
    ]
    by_suspect: dict[str, list[_Course]] = defaultdict(list)
    for c in built:
        if c.dyad.suspect is not None:
            by_suspect[c.dyad.suspect].append(c)
    course_rows: list[Row] = []
    occasion_rows: list[Row] = []
    finding_rows: list[Row] = []
    unclear_rows: list[Row] = []
    for c in built:
        if persons is not None and not (c.pattern and asked(c.dyad)):
            continue
        others = [
            OtherVictim(o.course_id, len(o.forward), min(o.times, default=None), o.possible)
            for o in by_suspect.get(c.dyad.suspect or "", [])
            if o is not c and o.forward and o.dyad.victim != c.dyad.victim
        ]
        view = View(c.occasions, known, c.relationships, c.reading, c.dyad.suspect, as_at, others)
        read = findings(view) if c.pattern or c.possible else []
        finding_rows += [
            {
                "course_id": c.course_id,
                "rule_id": text.rule_id,
                "rule_version": text.version,
                "title": text.title,
                "met": met.met,
                "evidence": list(met.evidence),
                "words": met.words,
            }
            for text, met in read
        ]
        hidden = any(text.rule_id == "hidden" and met.met for text, met in read)
        course_rows.append(_course_row(c, hidden))
        unclear_rows += [
            {"course_id": c.course_id, "report_id": r, "probability": u.probability, "reason": u.reason}
            for r, u in sorted(c.dyad.unclear.items())
        ]
        occasion_rows += [_occasion_row(c.course_id, o, known[o.report_id]) for o in c.occasions]
    ranks = urgency.ranked(urgency.known_of(course_rows, occasion_rows, finding_rows, as_at))
    ranked = sorted(
        (row | ranks[row["course_id"]] for row in course_rows), key=lambda row: int(row["urgency_rank"])
    )
    return Found(ranked, occasion_rows, finding_rows, unclear_rows, rules_version())


def _course_row(c: _Course, hidden: bool) -> Row:
    return {
        "course_id": c.course_id,
        "victim_person": c.dyad.victim,
        "suspect_person": c.dyad.suspect,
        "kind": "pattern" if c.pattern else "single",
        "reading": c.reading.reading,
        "reading_reasons": list(c.reading.reasons),
        "flagged": c.possible and c.pattern,
        "hidden": hidden,
        "n_reports": len(c.forward),
        "n_occasions": len(c.numbers),
        "first_at": min(c.times, default=None),
        "last_at": max(c.times, default=None),
        "agencies": sorted({o.agency for o in c.occasions}),
        "relationship": c.relationship,
    }


def _occasion_row(course_id: str, o: Occasion, fact: Fact) -> Row:
    shown = o.against
    actors = Counter(a.actor for a in shown)
    return {
        "course_id": course_id,
        "occasion_no": o.number,
        "report_id": o.report_id,
        "occasion_seq": o.occasion_seq,
        "at": o.at,
        "until": o.until,
        "precision": o.precision,
        "acts": list(dict.fromkeys(a.behaviour for a in shown)),
        "limbs": sorted({x for a in shown for x in letters_of(a)}),
        "channels": sorted({a.channel for a in shown if a.channel != "not_known"}),
        "actor": "proxy"
        if actors["proxy"] or o.attribution == "by_proxy"
        else "self"
        if actors["self"]
        else "unknown",
        "words": [a.words for a in shown if a.words],
        "rules": [a.rule_id for a in shown],
        "recorded_as": o.recorded_as,
        "agency": o.agency,
        "source_ref": o.source_ref,
        "attribution": o.attribution,
        "reason": o.reason,
        "reversed": o.reversed,
        "same_as": o.same_as,
        "circumstances": _circumstances(fact),
    }


def _circumstances(fact: Fact) -> list[str]:
    """Return what a report tells beside acts that the order of the list reads."""
    related = {s.relationship for s in fact.suspects if s.relationship}
    return sorted(urgency.CIRCUMSTANCES & (fact.cues | related))


def _commonest(forward: Iterable[Fact]) -> str | None:
    """The relationship the reports give most often, a real one before 'not known'."""
    found = Counter(
        s.relationship
        for f in forward
        for s in f.suspects
        if s.relationship and s.relationship != "not_known"
    )
    if found:
        return max(sorted(found), key=lambda r: found[r])
    if any("separated" in f.cues for f in forward):
        return "ex_partner"
    return "not_known" if any(s.relationship for f in forward for s in f.suspects) else None
