"""Prepare the pages about people, as plain values."""

from __future__ import annotations

import math
import uuid
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from django.urls import reverse

from lamplighter.courses.summaries.sentences import offence
from lamplighter.hub.accounts.selectors import agency_names
from lamplighter.hub.audit.access_log import page_access
from lamplighter.hub.intake import selectors as intake
from lamplighter.hub.intake.confidentiality import selectors as readers
from lamplighter.hub.patterns import presenters as patterns
from lamplighter.hub.patterns import selectors as pattern_selectors
from lamplighter.hub.patterns.models import Course
from lamplighter.hub.people import selectors
from lamplighter.hub.people.links import addresses
from lamplighter.hub.people.links import presenters as link_explanations
from lamplighter.hub.people.models import Decision, Link, Membership, PersonChange
from lamplighter.hub.people.selectors import Act
from lamplighter.linkage.explain import explanations, naming
from lamplighter.reporting.charts.pictures import Picture
from lamplighter.reporting.words import count, day, listed, signed
from lamplighter.vocabulary.codes import code_set

Row = dict[str, Any]
MUCH = 3.0  # bits: eight times less likely
_FIELDS = (
    ("forenames", "First names"),
    ("surname", "Surname"),
    ("nicknames", "Also called"),
    ("descriptor", "Described as"),
    ("birth_date", "Date of birth"),
    ("age_from", "Age"),
    ("sex", "Sex"),
    ("phones", "Phone"),
    ("emails", "Email"),
    ("handles", "Accounts"),
    ("vehicles", "Vehicles"),
    ("town", "Town"),
    ("relationship", "To the victim"),
    ("pnc_id", "PNC id"),
    ("cro", "CRO number"),
)


def thresholds() -> dict[str, float | None]:
    """Return the thresholds of the bands, in bits."""
    model = selectors.model_in_use()
    if model is None:
        return {"linked_at": None, "decide_at": None}

    def bits(p: float) -> float:
        return math.log2(p / (1 - p))

    return {"linked_at": bits(model.bands.link_at), "decide_at": bits(model.bands.decide_at)}


def rows_of(record_ids: Sequence[str]) -> tuple[dict[str, Row], dict[str, Row]]:
    """People rows by record, and reports by id, for these records."""
    places = selectors.places_of(record_ids)
    held = intake.rows({m.report_id for m in places.values()})
    wanted = set(record_ids)
    people = {r["record_id"]: r for r in held["people"] if r["record_id"] in wanted}
    return people, {r["report_id"]: r for r in held["reports"]}


def person(person_id: str, members: Sequence[Membership]) -> dict[str, Any]:
    """A person: the records that make it, why they are one, decisions, roles and patterns."""
    ids = [m.record_id for m in members]
    people, reports = rows_of(ids)
    rows = [people[i] for i in ids if i in people]
    rows.sort(key=lambda r: (str(reports[r["report_id"]]["reported_at"] or ""), r["record_id"]))
    agencies = agency_names()
    links = explanations.backbone(selectors.links_among(ids), ids)
    courses = pattern_selectors.of_persons([person_id]).order_by("urgency_key")
    roles = list(dict.fromkeys(code_set("roles").title(r["role"]).lower() for r in rows))
    held_by = sorted({reports[r["report_id"]]["agency"] for r in rows})
    keys = intake.report_keys(reports)
    elsewhere = [e.words for e in readers.elsewhere({m.report_id for m in members})]
    if rows:
        summary = (
            f"{count(len(rows), 'record')} in {count(len({r['report_id'] for r in rows}), 'report')}, "
            f"from {listed([agencies.get(a, a) for a in held_by])}. Recorded as {listed(roles)}."
        )
    else:
        summary = "You cannot read what is recorded about this person."
    return {
        "person_id": person_id,
        "name": naming.heading(rows) if rows or not elsewhere else "Named in a report that you cannot read",
        "summary": summary,
        "elsewhere": elsewhere,
        "recorded": _recorded(rows),
        "records": [_record(r, reports[r["report_id"]], agencies, keys) for r in rows],
        "links": [_line(link_explanations.explained(k), people, reports, agencies) for k in links],
        "acts": patterns.acts_about(ids),
        "courses": [
            patterns.short(c)
            | {
                "part": "Victim" if c.victim_person == person_id else "Suspect",
                "flagged": c.flagged,
            }
            for c in courses
        ],
    }


def _recorded(rows: Sequence[Row]) -> list[dict[str, Any]]:
    """All that is recorded about the person, each value once, with how many records say it if they differ."""
    found = []
    for field, label in _FIELDS:
        said = Counter(v for r in rows for v in _values(r, field))
        several = len(said) > 1
        words = [
            f"{v} ({count(n, 'record')})" if several else v
            for v, n in sorted(said.items(), key=lambda kv: (-kv[1], kv[0]))
        ]
        if words:
            found.append({"key": {"text": label}, "value": {"text": "; ".join(words)}})
    return found


def _values(row: Row, field: str) -> list[str]:
    """The values of a field, each by itself where a record holds several."""
    value = row.get(field)
    found = [str(v) for v in value] if isinstance(value, list) else [v for v in [_value(row, field)] if v]
    # 'NAIR' and 'Nair' are one name in two systems' hands.
    return [naming.cased(v) for v in found] if field in {"forenames", "surname", "nicknames"} else found


def _record(row: Row, report: Row, agencies: dict[str, str], keys: Mapping[str, uuid.UUID]) -> dict[str, Any]:
    return {
        "reference": report["source_ref"],
        "key": keys.get(row["report_id"]),
        "title": f"{report['source_ref']}, {agencies.get(report['agency'], report['agency'])}",
        "role": code_set("roles").title(row["role"]),
        "reported": day(report["reported_at"]) if report["reported_at"] else "Date not given",
        "recorded_as": offence(report["recorded_as"]),
        "facts": [
            {"key": {"text": label}, "value": {"text": v}} for f, label in _FIELDS if (v := _value(row, f))
        ],
    }


def _value(row: Row, field: str) -> str:
    value = row.get(field)
    if value in (None, "", []):
        return ""
    if field == "birth_date":
        return day(value)
    if field == "age_from":
        upper = row.get("age_to")
        return f"{value} to {upper}" if upper and upper != value else str(value)
    if field in {"sex", "relationship"}:
        return code_set({"sex": "sexes", "relationship": "relationships"}[field]).title(value)
    return ", ".join(value) if isinstance(value, list) else str(value)


def _line(
    link: link_explanations.Explained,
    people: dict[str, Row],
    reports: dict[str, Row],
    agencies: dict[str, str],
) -> dict[str, Any]:
    def place(record: str) -> str:
        report = reports[people[record]["report_id"]]
        return f"{report['source_ref']} ({agencies.get(report['agency'], report['agency'])})"

    return {
        "between": f"{place(link.left)} and {place(link.right)}",
        "why": link.why,
        "against": link.against,
        "href": reverse("people:link", args=[link.address]),
    }


def link(found: Link, picture: Picture) -> dict[str, Any]:
    """One link: both records side by side, the bars and what people decided."""
    ids = [found.left_record, found.right_record]
    people, reports = rows_of(ids)
    agencies = agency_names()
    told = link_explanations.explained(found)
    persons = selectors.person_of(ids)
    page_access.among("people", records=[f"person {p}" for p in persons.values()])
    one = persons.get(ids[0]) == persons.get(ids[1])
    decided = _decided(ids)
    answer = _answer(found, decided, one=one)
    sides = [people[i] for i in ids if i in people]
    values = [(label, *(_value(side, f) for side in sides)) for f, label in _FIELDS]
    compared = [
        {"label": label, "left": left or "–", "right": right or "–"}
        for label, left, right in values
        if left or right
    ]
    return {
        "name": addresses.name_of(found.address),
        "address": found.address,
        "why": told.why,
        "against": told.against,
        "band": told.strength,
        "held": told.held,
        "weight": signed(found.match_weight),
        "linked_at": signed(thresholds()["linked_at"] or 0.0),
        "competitor": _competitor(found, set(persons.values()), agencies),
        "held_to_be": answer,
        "outranked": _outranked(found, answer, decided),
        "same_person": persons.get(ids[0]) if one else "",
        # Where a decision here would show: patterns that hold a report of either record, about its person.
        "courses": [patterns.short(c) for c in _resting_on(set(persons.values()), set(reports))],
        "titles": [
            f"{reports[r['report_id']]['source_ref']}, {agencies.get(reports[r['report_id']]['agency'], '')}"
            for r in sides
        ],
        "compared": compared,
        "picture": picture,
        "acts": patterns.acts_about(ids),
    }


def _competitor(found: Link, own: set[str], agencies: dict[str, str]) -> dict[str, str] | None:
    """The likeliest third record for either of the two, of a person who is neither's; ``None`` for nobody."""
    ids = {found.left_record, found.right_record}
    links = {({k.left_record, k.right_record} - ids).pop(): k for k in _weakest_first(ids)}
    others = {r: p for r, p in selectors.person_of(list(links)).items() if p not in own}
    if not others:
        return None
    record = max(others, key=lambda r: (links[r].match_weight, r))
    nearest = links[record]
    people, reports = rows_of([record])
    report = reports[people[record]["report_id"]]
    behind = found.match_weight - nearest.match_weight
    return {
        "place": f"{report['source_ref']}, {agencies.get(report['agency'], '')}",
        "weight": signed(nearest.match_weight),
        "apart": _apart(behind),
        "href": reverse("people:link", args=[nearest.address]),
    }


def _apart(bits: float) -> str:
    """How likely the nearest other pair is beside this one, which is ``bits`` of match weight ahead of it."""
    if abs(bits) < 1:
        return "about as likely as these two"
    much = "much " if abs(bits) >= MUCH else ""
    return f"{much}{'less' if bits > 0 else 'more'} likely than these two"


def _weakest_first(record_ids: set[str]) -> list[Link]:
    return list(selectors.links_from(record_ids).order_by("match_weight", "pk"))


_ANSWERS = {
    Link.Band.LINKED: "They are held to be one person.",
    Link.Band.NOT_LINKED: "They are held to be two people.",
    Link.Band.TO_DECIDE: "Whether they are one person is for a person to decide.",
}


def _decided(record_ids: list[str]) -> list[Act]:
    """The decisions about any of the records that stand."""
    return [a for a in selectors.acts(set(record_ids)) if a.standing and a.first.kind != Decision.Kind.UNDO]


def _answer(found: Link, decided: list[Act], *, one: bool) -> str:
    """What two records are held to be, ``one`` person or not: where nobody has ``decided`` of just these two
    and the comparison leaves it open, nothing is held."""
    if one:
        return _ANSWERS[Link.Band.LINKED]
    pair = {found.left_record, found.right_record}
    told = any({d.left_record, d.right_record} == pair for a in decided for d in a.decisions)
    open_ = found.band == Link.Band.TO_DECIDE and not told
    return _ANSWERS[Link.Band.TO_DECIDE if open_ else Link.Band.NOT_LINKED]


def _outranked(found: Link, answer: str, decided: list[Act]) -> str:
    """Why these records are not held to be what their comparison alone says; empty where they are."""
    if answer == _ANSWERS[Link.Band(found.band)]:
        return ""
    return (
        "What a person decided (below) outranks the comparison."
        if decided
        else "The comparisons of all their records together outrank that of these two."
    )


def _resting_on(person_ids: set[str], report_ids: set[str]) -> list[Course]:
    """Patterns of these persons in which a report of these is, in the order of the list."""
    found = pattern_selectors.of_persons(person_ids).filter(report_ids__overlap=list(report_ids))
    return list(found.order_by("urgency_key", "course_id"))


def act(found: Act) -> dict[str, Any]:
    words = {"same": "the same person", "not_same": "not the same person", "undo": "undone"}
    first = found.first
    return {
        "what": words[first.kind],
        "who": first.by.display_name,
        "at": first.at,
        "reason": first.reason,
        "pairs": count(len(found.decisions), "pair of records", "pairs of records"),
        "possible": found.standing,
    }


def after_undo(found: Act) -> str:
    """The page to go to: the first pattern of the people concerned, or the list."""
    persons = set(selectors.person_of(found.records).values())
    course = pattern_selectors.of_persons(persons).order_by("urgency_key").first()
    return reverse("patterns:pattern", args=[course.course_id]) if course else reverse("patterns:list")


def where_it_went(person_id: str) -> list[dict[str, str]]:
    """The persons that an id which is no more leads to."""
    changes = PersonChange.objects.filter(other_person_id=person_id).order_by("-at", "-pk")
    ids = dict.fromkeys(c.person_id for c in changes if c.person_id != person_id)
    held = selectors.records_of(list(ids))
    return [{"person_id": i, "href": reverse("people:person", args=[i])} for i in ids if i in held]
