"""Gather the facts of the reports about the two people of a case, as far as the rule of sharing lets them be
told to everybody on the case."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from lamplighter.courses.summaries import labels
from lamplighter.hub.access.wall.partitions import CONFIDING
from lamplighter.hub.accounts.selectors import agency_kinds
from lamplighter.hub.arrivals import rules
from lamplighter.hub.arrivals.configuration import ACTS, RECORDED_AS
from lamplighter.hub.arrivals.models import CaseReport
from lamplighter.hub.intake import selectors as intake
from lamplighter.hub.intake.confidentiality import selectors as readers
from lamplighter.hub.patterns.models import Course, Occasion
from lamplighter.hub.people import selectors as people
from lamplighter.hub.site.config_files.dated import Rule
from lamplighter.vocabulary.codes import code_set

BREACH = "breach"
# No rule of the hub speaks for a sender that was told in confidence. Agencies that it named are not all that
# are on the case, and "everybody who works on patterns" is not the clinician or the probation officer who
# reads the case.
LETS_THE_CASE_READ = readers.Readers.CASE


@dataclass(frozen=True, slots=True)
class Pair:
    """The two people of a case as linkage knows them today; empty where it does not."""

    course_id: str
    victim: str = ""
    suspect: str = ""


@dataclass(frozen=True, slots=True)
class Facts:
    """Facts that a case shows of one report: columns of :class:`CaseReport`."""

    report_key: uuid.UUID
    agency: str
    happened_at: dt.datetime | None
    precision: str
    reported_at: dt.datetime | None
    rule: str = ""
    recorded_as: str = ""
    acts: tuple[str, ...] = ()
    limbs: tuple[str, ...] = ()

    @classmethod
    def of(cls, row: CaseReport) -> Facts:
        """Return what the row says."""
        plain = {n: getattr(row, n) for n in cls.__dataclass_fields__}
        return cls(**plain | {"acts": tuple(row.acts), "limbs": tuple(row.limbs)})

    def columns(self) -> dict[str, object]:
        """Return the columns of a row."""
        plain = {n: getattr(self, n) for n in self.__dataclass_fields__}
        return plain | {"acts": list(self.acts), "limbs": list(self.limbs)}


def reports_of(pairs: Collection[Pair]) -> dict[Pair, set[str]]:
    """Return the ids of the reports about each pair: of its pattern, and any that names the two, pattern or
    not. As a service that reads reports."""
    courses = Course.objects.filter(superseded_at=None, course_id__in={p.course_id for p in pairs} - {""})
    of_course = {c.course_id: c for c in courses}
    of_course |= _successors([p for p in pairs if p.course_id not in of_course and not p.suspect])
    persons = {p for pair in pairs for p in (pair.victim, pair.suspect)} - {""}
    named: dict[str, set[str]] = defaultdict(set)
    for person, members in people.records_of(persons).items() if persons else ():
        named[person] |= {m.report_id for m in members}
    found = {}
    for pair in pairs:
        course = of_course.get(pair.course_id)
        found[pair] = set(course.report_ids) if course and _is_about(course, pair) else set()
        if pair.victim and pair.suspect:
            found[pair] |= named[pair.victim] & named[pair.suspect]
    return found


def _successors(pairs: Collection[Pair]) -> dict[str, Course]:
    """Patterns by a person not known that are no more: the pattern that has their reports today, by their id.

    Where somebody was identified the pattern has another id, and is about the same victim.
    """
    found = {}
    for pair in pairs:
        if not pair.course_id:
            continue
        last = Course.objects.filter(course_id=pair.course_id).order_by("-computed_at", "-pk").first()
        if last is not None:
            same = Course.objects.filter(superseded_at=None, report_ids__overlap=last.report_ids)
            heir = same.filter(victim_person=pair.victim or last.victim_person).order_by("-n_reports").first()
            if heir is not None:
                found[pair.course_id] = heir
    return found


def _is_about(course: Course, pair: Pair) -> bool:
    """Whether the pattern that the case came from is still about its two people: persons part again."""
    return course.victim_person == (pair.victim or course.victim_person) and (
        not (course.suspect_person and pair.suspect) or course.suspect_person == pair.suspect
    )


def of(report_ids: Collection[str], day: dt.date) -> dict[str, Facts]:
    """Return what may be told of reports that stand, by their id, by the rules of ``day``."""
    if not report_ids:
        return {}
    held = intake.rows(report_ids)
    keys, kinds = intake.report_keys(report_ids), agency_kinds()
    first = _first_occasions(held["occasions"])
    read: dict[str, list[Occasion]] = defaultdict(list)
    for o in Occasion.objects.filter(course__superseded_at=None, report_id__in=list(report_ids)):
        read[o.report_id].append(o)
    chosen, confiding = readers.standing(report_ids), readers.told_in_confidence()
    closed = {
        row["report_id"]
        for row in held["reports"]
        if row["agency"] in confiding or kinds.get(str(row["agency"])) in CONFIDING
        if chosen.get((row["report_id"], str(row["agency"]))) != LETS_THE_CASE_READ
    }
    return {
        row["report_id"]: _facts(
            row,
            keys[row["report_id"]],
            first,
            read,
            None if row["report_id"] in closed else rules.sharing(kinds.get(str(row["agency"]), ""), day),
        )
        for row in held["reports"]
    }


def _first_occasions(rows: Iterable[Mapping[str, object]]) -> dict[str, Mapping[str, object]]:
    found: dict[str, Mapping[str, object]] = {}
    for row in rows:
        found.setdefault(str(row["report_id"]), row)
    return found


def _facts(
    row: Mapping[str, object],
    key: uuid.UUID,
    first: Mapping[str, Mapping[str, object]],
    read: Mapping[str, list[Occasion]],
    rule: Rule | None,
) -> Facts:
    report_id, agency = str(row["report_id"]), str(row["agency"])
    occasion = first.get(report_id, {})
    happened, precision = occasion.get("started_at"), str(occasion.get("date_precision") or "")
    told = Facts(key, agency, happened, precision, row["reported_at"])  # type: ignore[arg-type]  # of the schema
    if rule is None or not rule.extra["shows"]:
        return told
    known = code_set("behaviours").codes
    done, limbs = _read(read.get(report_id, ()))
    if not read.get(report_id):
        done = {a for a in occasion.get("behaviours") or () if a in known}  # type: ignore[attr-defined]  # a list of codes
    shows = rule.extra["shows"]
    return Facts(
        key,
        agency,
        told.happened_at,
        told.precision,
        told.reported_at,
        rule.code,
        str(row["recorded_as"] or "") if RECORDED_AS in shows else "",
        tuple(sorted(done)) if ACTS in shows else (),
        tuple(sorted(limbs)) if ACTS in shows else (),
    )


def _read(occasions: Iterable[Occasion]) -> tuple[set[str], set[str]]:
    rows = list(occasions)
    return {a for o in rows for a in o.acts}, {x for o in rows for x in o.limbs if x in labels.LIMBS}
