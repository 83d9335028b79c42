"""Have we met these two people before? The answer to a report that was just saved."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q
from django.urls import reverse

from lamplighter.courses.rules import least_occasions
from lamplighter.courses.summaries import labels, sentences
from lamplighter.hub.accounts.selectors import agency_kinds, agency_names
from lamplighter.hub.intake import selectors as intake
from lamplighter.hub.intake.confidentiality import selectors as readers
from lamplighter.hub.patterns import presenters, selectors
from lamplighter.hub.patterns.models import Course, Occasion
from lamplighter.hub.patterns.one_pattern.selectors import Reading, read
from lamplighter.hub.people import selectors as people
from lamplighter.hub.people.links import presenters as link_explanations
from lamplighter.hub.people.models import Link
from lamplighter.linkage.explain import naming
from lamplighter.reporting.words import count

MOST_WEAK = 5


@dataclass(frozen=True, slots=True)
class Answer:
    """``sentence`` comes first; ``course`` is the pattern joined, ``weak`` what was looked at and left.

    ``found`` says whether an earlier report is in the pattern; a report that tells of several occasions is a
    pattern by itself, with nothing found. ``why`` a report that does not name the two people is there.
    """

    found: bool
    sentence: str
    reference: str
    course: Course | None = None
    others: list[dict[str, Any]] = field(default_factory=list)
    more: list[dict[str, Any]] = field(default_factory=list)
    weak: list[dict[str, Any]] = field(default_factory=list)
    acts: list[dict[str, Any]] = field(default_factory=list)
    elsewhere: list[str] = field(default_factory=list)
    why: str = ""


def answer(report_id: str, reference: str = "") -> Answer:
    """Say what the report joins, in a sentence, with what it was compared with.

    ``reference``: of a report that somebody typed and may not find again; it joins nothing for them.
    """
    # A pattern that holds other reports answers the question; one of this report alone does not.
    courses = sorted(selectors.of_report(report_id), key=lambda c: len(c.report_ids) < 2)
    if not courses:
        held = intake.rows([report_id])
        if not held["reports"]:
            return Answer(False, sentences.weak(0), reference)
        report, records = held["reports"][0], [r["record_id"] for r in held["people"]]
        acts, weak = presenters.acts_about(records), _weak(records)
        return Answer(False, sentences.weak(len(weak)), report["source_ref"], weak=weak, acts=acts)
    reading = read(courses[0])
    report = reading.reports[report_id]
    records = [r["record_id"] for r in reading.people if r["report_id"] == report_id]
    acts = presenters.acts_about(records)
    others = [r for k, r in reading.reports.items() if k != report_id]
    elsewhere = [e.words for e in reading.elsewhere]
    if elsewhere and not others:
        there = count(len(elsewhere), "earlier report")
        return Answer(
            True,
            f"{there} about these two people {'was' if len(elsewhere) == 1 else 'were'} found. "
            "Only the agency that holds it can tell you what it says.",
            report["source_ref"],
            course=courses[0],
            acts=acts,
            elsewhere=elsewhere,
        )
    if not others:
        weak = _weak(records)
        return Answer(
            False,
            sentences.of_report_alone(
                report,
                [o.at for o in reading.forward if o.at],
                len({o.number for o in reading.forward}),
                len(weak),
            ),
            report["source_ref"],
            course=courses[0],
            weak=weak,
            acts=acts,
        )
    own = [r for r in reading.suspect if r["report_id"] == report_id]
    text = sentences.of_new_report(
        report,
        others,
        reading.victim_name,
        _as_told(reading, own),
        [o.at for o in reading.forward if o.at],
        agency_kinds(),
    )
    accounts = [o for o in reading.occasions if o.report_id == report_id]
    if any(o.reversed for o in accounts):
        text += " In this one the roles are reversed: each of the two has reported the other."
    return Answer(
        True,
        text,
        report["source_ref"],
        course=courses[0],
        others=[_told(r, reading.agency(r["agency"])) for r in sentences.in_time(others)],
        more=[presenters.short(c) for c in courses[1:]],
        acts=acts,
        elsewhere=elsewhere,
        why=_why(reading, [o for o in accounts if not o.reversed]),
    )


def _why(reading: Reading, accounts: list[Occasion]) -> str:
    """Say why a report that does not name the two people is in their pattern, and whom it names as victim."""
    if not accounts:
        return ""
    own = [r for r in reading.people if r["report_id"] == accounts[0].report_id and r["role"] == "victim"]
    theirs = {r["person_id"] for r in own} - {reading.course.victim_person}
    said = [f"In this report the victim is {naming.called(own)}."] if len(theirs) == len(own) == 1 else []
    told = labels.attribution(accounts[0].attribution, accounts[0].reason)
    return " ".join([*said, told]) if told else ""


def patterns_of(report_id: str) -> list[dict[str, Any]]:
    """Return the patterns that a report stands in, each in one line."""
    return [presenters.short(c) for c in selectors.of_report(report_id)]


def no_longer(report_id: str, since: dt.datetime) -> list[dict[str, Any]]:
    """Return the reports that one stood in a pattern with just before a time, and stands with no more."""
    together = {r for c in selectors.before(report_id, since) for r in c.report_ids}
    still = {r for c in selectors.of_report(report_id) for r in c.report_ids}
    gone = together - still - {report_id}
    held = intake.rows(gone)["reports"]
    names = agency_names()
    told = [_told(r, names.get(r["agency"]) or r["agency"]) for r in sentences.in_time(held)]
    return told + [{"words": e.words} for e in readers.elsewhere(gone)]


def _as_told(reading: Reading, own: list[dict[str, Any]]) -> str:
    """The suspect as this report has him, with the fuller name that other reports give."""
    told, known = naming.called(own) if own else "", naming.called(reading.suspect)
    if not reading.suspect:
        return "somebody not yet identified"
    if not told or told == known:
        return known
    full = naming.best_full_name(reading.suspect)
    return f"{told}, recorded elsewhere as {full}" if full and full not in told else told


def _told(report: Mapping[str, Any], agency: str) -> dict[str, Any]:
    return {
        "reference": report["source_ref"],
        "agency": agency,
        "recorded_as": sentences.offence(report["recorded_as"]),
        "at": report["reported_at"],
    }


def _weak(records: list[str]) -> list[dict[str, Any]]:
    """Pairs that were looked at and are not linked, because they are not strong enough or somebody else fits
    as well, strongest first, one a report."""
    touching = Q(left_record__in=records) | Q(right_record__in=records)
    mine = set(records)
    likely = Link.objects.filter(touching, band__in=[Link.Band.TO_DECIDE, Link.Band.LINKED])
    sides = [
        ((k.left_record, k.right_record) if k.left_record in mine else (k.right_record, k.left_record), k)
        for k in likely.order_by("-match_weight")
    ]
    person = people.person_of({r for pair, _ in sides for r in pair})
    links: dict[str, Link] = {}
    for (own, other), link in sides:
        if other not in mine and person.get(own) != person.get(other):
            links.setdefault(other, link)
    if not links:
        return []
    place_of = people.places_of(links)
    # Of each report the strongest pair, which comes first.
    chosen: dict[str, str] = {}
    for other in links:
        if other in place_of:
            chosen.setdefault(place_of[other].report_id, other)
    shown = dict(list(chosen.items())[:MOST_WEAK])
    held = intake.rows(shown)
    reports = {r["report_id"]: r for r in held["reports"]}
    row_of = {r["record_id"]: r for r in held["people"]}
    names = agency_names()
    return [
        {
            "who": naming.heading([row_of[other]]),
            "reference": reports[report_id]["source_ref"],
            "agency": names.get(reports[report_id]["agency"], reports[report_id]["agency"]),
            "recorded_as": sentences.offence(reports[report_id]["recorded_as"]),
            "why": link_explanations.explained(links[other]).why,
            "held": link_explanations.explained(links[other]).held,
            "href": reverse("people:link", args=[links[other].address]),
        }
        for report_id, other in shown.items()
    ]


def parting(course: Course, report_id: str) -> dict[str, Any]:
    """Say what taking one report out of a pattern means, before it happens."""
    reading = read(course)
    report = reading.reports[report_id]
    left = len(reading.reports) - 1
    rest = {o.number for o in reading.forward if o.report_id != report_id}
    return {
        "reference": report["source_ref"],
        "agency": reading.agency(report["agency"]),
        "name": reading.suspect_name,
        "left": left,
        "falls_apart": len(rest) < least_occasions(),
    }
