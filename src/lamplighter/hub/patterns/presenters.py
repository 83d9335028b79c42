"""Prepare the pages of patterns, as plain values for the components."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from django.urls import reverse
from django.utils import timezone

from lamplighter.courses.summaries import sentences
from lamplighter.courses.summaries.labels import reading_title
from lamplighter.hub.accounts.models import User
from lamplighter.hub.accounts.selectors import agency_kinds
from lamplighter.hub.intake.reports import presenters as report_presenters
from lamplighter.hub.intake.reports import selectors as versions
from lamplighter.hub.patterns import selectors
from lamplighter.hub.patterns.decisions import steps
from lamplighter.hub.patterns.learning import presenters as lesson_words
from lamplighter.hub.patterns.models import Course, CourseChange, Decision, NextStep
from lamplighter.hub.patterns.one_pattern.selectors import Reading
from lamplighter.hub.people import selectors as people
from lamplighter.hub.people.links import presenters as link_explanations
from lamplighter.linkage.explain import explanations, naming
from lamplighter.reporting.charts.occasions_chart import Occasion as Dated
from lamplighter.reporting.charts.occasions_chart import occasions_chart
from lamplighter.reporting.charts.pictures import Picture
from lamplighter.reporting.words import count, day, listed, span
from lamplighter.vocabulary.codes import code_set

# Kinds of act on the chart, most intrusive last; every behaviour is in one.
KINDS: Mapping[str, frozenset[str]] = {
    "contact": frozenset(
        {
            "unwanted_contact",
            "unwanted_gift",
            "unwanted_orders",
            "payment_messages",
            "approach",
            "abuse",
            "contact_via_others",
            "false_allegations",
            "publishing",
            "impersonation",
        }
    ),
    "following or watching": frozenset({"following", "loitering", "watching"}),
    "devices and accounts": frozenset({"monitoring", "tracking", "account_access"}),
    "damage or entry": frozenset({"damage", "interference", "break_in"}),
    "breach": frozenset({"breach"}),
    "threats": frozenset(
        {"threat_harm", "threat_kill", "threat_self_harm", "threat_veiled", "threat_images", "coercion"}
    ),
    "violence": frozenset({"violence", "strangulation", "sexual_violence"}),
}
ALARMING = frozenset({"threats", "violence", "breach"})
DECIDED: Mapping[str, str] = {
    Decision.Kind.COURSE: "Course of conduct",
    Decision.Kind.NOT_COURSE: "Not a course of conduct",
    Decision.Kind.NEED_MORE: "Need to know more",
}
_LEAVES_THE_LIST = (
    "The pattern moves to the list Decided, with your name and reason. "
    "If anything in it changes, such as a new report, it comes back to the list."
)
# Said on the page of the button, before it happens.
WHAT_HAPPENS: Mapping[str, str] = {
    Decision.Kind.COURSE: f"{_LEAVES_THE_LIST} No agency's record is changed: on the next page you can ask "
    "each force to correct its record, refer the two people, and set a review date.",
    Decision.Kind.NOT_COURSE: _LEAVES_THE_LIST,
    Decision.Kind.NEED_MORE: "The pattern stays on the list, marked as waiting, with what you need to know. "
    "On the next page you can set a review date.",
}


def today() -> dt.date:
    return timezone.localdate()


def tag(key: str) -> dict[str, str]:
    """A short word; red only where somebody may be hurt."""
    alarm = key in ALARMING
    return {"text": selectors.TAGS[key][0], "kind": "alarm" if alarm else ""}


def changed(
    changes: Sequence[CourseChange] | None,
    amended: Mapping[str, Collection[str]] | None = None,
    standing: Collection[str] | None = None,
) -> str:
    """Say what changed since anybody looked, in a few words.

    Args:
        changes: of the pattern, ``None`` where nobody looked.
        amended: reports that came again or were amended meanwhile, by kind, which may change nothing else.
        standing: the rules that the pattern meets today, where today is what is told of.
    """
    if changes is None:
        return "Nobody has viewed it yet"
    amended = amended or {}
    if not changes and not amended:
        return "Nothing"
    withdrawn = set(amended.get("withdrawn", ()))
    joined = len({r for c in changes for r in c.reports_joined})
    left = len({r for c in changes for r in c.reports_left} - withdrawn)
    rules = {r for c in changes for r in c.rules_added}
    if standing is not None:
        rules &= set(standing)
    lost = no_longer(changes, standing or ())
    corrected = len(amended.get("corrected", ()))
    told = [
        f"{count(joined, 'report')} joined" if joined else "",
        f"{count(left, 'report')} left" if left else "",
        f"{count(len(withdrawn), 'report')} withdrawn" if withdrawn else "",
        f"{count(corrected, 'report')} corrected" if corrected else "",
        "new: "
        + listed([selectors.TAGS[t][0].lower() for t, rs in selectors.RULE_OF_TAG.items() if rs & rules])
        if any(rs & rules for rs in selectors.RULE_OF_TAG.values())
        else "",
        f"no longer {listed(lost)}" if lost else "",
        "acts read otherwise, by what the hub learned" if any(c.learned for c in changes) else "",
    ]
    words = "; ".join(w for w in told if w)
    return words[:1].upper() + words[1:] if words else "Details changed"


def no_longer(changes: Sequence[CourseChange], standing: Collection[str]) -> list[str]:
    """Return the tags that these changes took away, of a pattern whose rules are met today, as words.

    A tag of several rules goes when the last of them does.
    """
    lost = {r for c in changes for r in c.rules_lost}
    return [
        selectors.TAGS[key][0].lower()
        for key, members in selectors.RULE_OF_TAG.items()
        if members & lost and not members & set(standing)
    ]


def gone(reading: Reading, history: Sequence[CourseChange]) -> list[str]:
    """Return what the pattern no longer shows, and since which report.

    Args:
        reading: the pattern as it stands.
        history: its changes, newest first.
    """
    told = []
    for key, members in selectors.RULE_OF_TAG.items():
        if members & set(reading.course.rules_met):
            continue
        change = next((c for c in history if members & set(c.rules_lost)), None)
        if change is not None:
            told.append(f"No longer {selectors.TAGS[key][0].lower()} since {_since(reading, change)}")
    return told


def _since(reading: Reading, change: CourseChange) -> str:
    joined = [reading.reports[r] for r in change.reports_joined if r in reading.reports]
    if joined:
        newest = max(joined, key=lambda r: str(r["reported_at"] or ""))
        agency = reading.agency(newest["agency"])
        return (
            f"the report of {day(newest['reported_at'])} ({agency})"
            if newest["reported_at"]
            else (f"a report of {agency}")
        )
    why = "a report left" if change.reports_left else "a correction"
    return f"{why} on {day(timezone.localtime(change.at))}"


# One pattern -----------------------------------------------------------------


def sentence(reading: Reading) -> str:
    if not reading.reports:
        return "You cannot read the reports of this pattern."
    return sentences.of_pattern(
        list(reading.reports.values()),
        reading.victim_name,
        reading.suspect_name,
        [o.at for o in reading.forward if o.at],
        agency_kinds(),
    )


def chart(reading: Reading) -> Picture | None:
    """Frequency and kind over time; ``None`` when no occasion has a date."""
    dated = []
    for accounts in reading.numbered.values():
        first = next((a for a in accounts if a.at), None)
        if first is None or first.at is None or first.reversed:
            continue
        done = {b for a in accounts for b in a.acts}
        dated.append(Dated(first.at.date(), tuple(k for k, members in KINDS.items() if done & members)))
    return occasions_chart(dated, kinds=tuple(KINDS)) if dated else None


def why_same(reading: Reading) -> list[dict[str, Any]]:
    """For each of the two people: one line a link, the strongest that hold the records together."""
    found = []
    for who, records in (("The victim", reading.victim), ("The suspect", reading.suspect)):
        ids = [r["record_id"] for r in records]
        if len(ids) < 2:
            continue
        by_id = {r["record_id"]: r for r in records}
        links = explanations.backbone(people.links_among(ids), ids)
        found.append(
            {"who": who, "lines": [_line(reading, by_id, link_explanations.explained(k)) for k in links]}
        )
    return found


def _line(reading: Reading, by_id: Mapping[str, Any], link: link_explanations.Explained) -> dict[str, Any]:
    left, right = (_place(reading, by_id[r]) for r in (link.left, link.right))
    return {
        "between": f"{left} and {right}",
        "why": link.why,
        "against": link.against,
        "weight": link.weight,
        "href": reverse("people:link", args=[link.address]),
    }


def _place(reading: Reading, row: Mapping[str, Any]) -> str:
    report = reading.reports[row["report_id"]]
    return f"{report['source_ref']} ({reading.agency(report['agency'])})"


def inferred(reading: Reading) -> list[dict[str, str]]:
    """Reports that name nobody and were put here for a stated reason."""
    return [
        {"reference": o.source_ref, "agency": reading.agency(o.agency), "reason": o.reason}
        for o in reading.occasions
        if o.attribution == "inferred_unknown_suspect"
    ]


def decisions(course_id: str) -> list[dict[str, Any]]:
    return [
        {
            "what": DECIDED[d.kind],
            "who": d.by.display_name,
            "at": d.at,
            "reason": d.reason,
            "n": d.version.n_reports,
        }
        for d in selectors.decisions(course_id)
    ]


# What the newest decision leads to, as the link to it says.
LEADS_TO: Mapping[str, str] = {
    Decision.Kind.COURSE: "refer, ask a force to correct its record, set a review date",
    Decision.Kind.NEED_MORE: "set a review date",
}


def next_steps(course_id: str, newest: Decision | None) -> dict[str, Any]:
    """Return the newest decision's steps, now and earlier: ``next``, ``review`` and ``steps`` of the page."""
    made = steps.of(course_id)
    reference = steps.references(made)
    return {
        "next": LEADS_TO.get(newest.kind, "") if newest else "",
        "review": steps.review(course_id),
        "steps": [
            {
                "text": f"Correct how {reference.get(s.report_id, 'a report')} was recorded",
                "href": reverse("patterns:step", args=[s.key]),
                "state": _state(s),
            }
            for s in made
        ],
    }


def _state(step: NextStep) -> str:
    agency = step.agency.name if step.agency else ""
    ended = getattr(step, "ended", None)
    if ended:
        return f"answered by {agency} on {day(timezone.localtime(ended.at))}"
    return f"asked of {agency}, to answer by {day(step.due_on)}"


def story(course_id: str) -> list[dict[str, Any]]:
    """Tell how the pattern came to be as it is, newest first."""
    words = {"new": "Found", "back": "Came back", "gone": "Fell apart", "changed": "Changed"}
    history = selectors.history(course_id)
    lessons = lesson_words.named({n for c in history for n in c.learned})
    return [
        {
            "at": c.at,
            "what": words[c.kind],
            "detail": changed([c])
            if c.kind == "changed"
            else count(len(c.reports_joined or c.reports_left), "report"),
            "learned": [lessons[n] for n in c.learned],
        }
        for c in history
    ]


def amendments(user: User, course: Course) -> list[dict[str, Any]]:
    """Return what was corrected, withdrawn and put back of the reports of a pattern, newest first.

    Of a report that left, what came afterwards is no longer said here.
    """
    left = selectors.left_at(course.course_id)
    standing = set(course.report_ids) if course.superseded_at is None else set()
    held = versions.of_reports(user, versions.several({*course.report_ids, *left}))
    found = []
    for report in held:
        until = None if report.report_id in standing else left.get(report.report_id)
        for entry in report_presenters.amendments(report):
            if until is None or entry["at"] <= until:
                found.append(entry | {"here": until is None})
    return sorted(found, key=lambda e: e["at"], reverse=True)


def behaviour_choices(without: Collection[str]) -> list[tuple[str, str]]:
    """Acts that a person may say were missed."""
    codes = code_set("behaviours").codes.values()
    return [
        (c.code, c.title) for c in codes if c.code not in without and c.extra.get("cluster") != "not_stalking"
    ]


def people_cards(reading: Reading) -> list[dict[str, Any]]:
    """The two people of a pattern, with where to read more about each."""
    cards = []
    for role, person, records in (
        ("Victim", reading.course.victim_person, reading.victim),
        ("Suspect", reading.course.suspect_person, reading.suspect),
    ):
        if not person:
            cards.append({"role": role, "name": "Not identified", "facts": [], "href": ""})
            continue
        born = list(dict.fromkeys(day(r["birth_date"]) for r in records if r.get("birth_date")))
        also = naming.also_called(records)
        facts = [
            f"Born {listed(born, 'or')}" + (", as recorded" if len(born) > 1 else "") if born else "",
            f"Also recorded as {listed([f'“{n}”' for n in also[:4]])}" if also else "",
            f"Described as {naming.described(records)}" if naming.described(records) else "",
            count(len(records), "record") + (" that you can read" if reading.elsewhere else ""),
        ]
        if role == "Suspect" and reading.course.relationship:
            facts.insert(0, code_set("relationships").title(reading.course.relationship))
        cards.append(
            {
                "role": role,
                "name": naming.heading(records)
                if records or not reading.elsewhere
                else "Named in a report that you cannot read",
                "facts": [f for f in facts if f],
                "href": reverse("people:person", args=[person]),
            }
        )
    return cards


def short(course: Course) -> dict[str, Any]:
    """A pattern in one line, for a page that is about something else."""
    return {
        "course_id": course.course_id,
        "href": reverse("patterns:pattern", args=[course.course_id]),
        "reading": reading_title(course.reading),
        "reports": count(course.n_reports, "report"),
        "span": span((course.last_at - course.first_at).days) if course.first_at and course.last_at else "",
    }


def acts_about(record_ids: Collection[str]) -> list[dict[str, Any]]:
    """Decisions of people about these records, with undo where it is possible."""
    words = {"same": "The same person", "not_same": "Not the same person", "undo": "Undone"}
    return [
        {
            "what": words[a.first.kind],
            "who": a.first.by.display_name,
            "at": a.first.at,
            "reason": a.first.reason,
            "standing": a.standing,
            "undo": reverse("people:undo", args=[a.act]) if a.standing and a.first.kind != "undo" else "",
        }
        for a in people.acts(record_ids)
    ]


def acts_between(course: Course) -> list[dict[str, Any]]:
    """Decisions that touch the people in a pattern's reports."""
    members = people.members_in(course.report_ids)
    return acts_about([m.record_id for m in members])
