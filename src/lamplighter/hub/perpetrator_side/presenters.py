"""Prepare the pages of this side from what the selectors found."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from lamplighter.hub.accounts.models import Agency
from lamplighter.hub.cases import selectors as cases
from lamplighter.hub.cases.models import Case, Entry, LegalStatus
from lamplighter.hub.design.environment import long_date, long_time
from lamplighter.hub.instruments import library as instruments
from lamplighter.hub.oversight.emergency_access import selectors as emergency_selectors
from lamplighter.hub.perpetrator_side import library, permissions, selectors, wording
from lamplighter.hub.perpetrator_side.legal_gate.gate import Gate, Ruling
from lamplighter.hub.perpetrator_side.models import (
    Allocation,
    Ending,
    Enrolment,
    MeasureResult,
    OfficerConsultation,
    PriorRelationship,
    SessionOutcome,
    Statement,
    TypologyJudgement,
)
from lamplighter.hub.perpetrator_side.selectors import Course, Moment, SessionState
from lamplighter.instruments.definition import Definition
from lamplighter.instruments.scoring import band_of
from lamplighter.reporting.charts.pictures import Picture
from lamplighter.reporting.charts.scores_chart import ScorePoint, scores_chart
from lamplighter.reporting.words import listed

NOT_SUPPORTED = "No evidence linked yet"


def by_whom(row: Any) -> str:
    """``Robin Hale, Health trust, 3 May 2026``."""
    who = row.by.display_name if row.by else "A service of the hub"
    return f"{who}, {row.owner.name}, {long_date(row.at)}"


def standing(row: Any) -> list[tuple[str, str]]:
    """List what somebody else recorded, label by label, for one who was second."""
    if isinstance(row, PriorRelationship):
        rows = [("Prior relationship", library.title("relationship", row.kind)), ("Source", row.source)]
        rows.append(("More about it", row.words))
    elif isinstance(row, Allocation):
        rows = [("Practitioner", row.practitioner.display_name), ("Supervised by", row.supervisor)]
    elif isinstance(row, Ending):
        rows = [("How it ended", row.get_how_display()), ("Why", row.why)]
    elif isinstance(row, Enrolment):
        rows = [("Takes part as", library.title("ground", row.ground)), ("Why", row.why)]
    elif isinstance(row, SessionOutcome):
        rows = [("Outcome", row.get_what_display()), ("Notes", row.words)]
    else:
        rows = [("The statement", row.text + (" (withdrawn)" if row.withdrawn else "")), ("Why", row.reason)]
    return [(label, text) for label, text in [*rows, ("Recorded by", by_whom(row))] if text]


def second_line(row: Any) -> str:
    """Tell one who was second what they can do with what they typed."""
    if isinstance(row, Ending | Enrolment):
        return "There can be one only. Yours is not saved; what you wrote is still in the form below."
    return (
        "What you wrote is still in the form below. Make one of the two and send it again: "
        "what stands now stays in the history."
    )


def link(case: Case, page: str, *args: Any, as_at: Moment = None) -> str:
    """The address of a page of this side, at the moment that is looked at."""
    address = reverse(f"perpetrator_side:{page}", args=[case.key, *args])
    return f"{address}?as_at={as_at:%Y-%m-%d}" if as_at else address


def awaited(state: SessionState, now: dt.datetime) -> str:
    """Return the form that a session waits for: what came of it, or of its being missed; "" for none."""
    if state.to_chase:
        return "chase"
    return "record" if not state.what and state.session.planned_at <= now else ""


def gate_rows(found: Gate) -> list[dict[str, Any]]:
    """List the gate's rulings: kinds of work with the same answer and reason together."""
    rows: dict[tuple[str, str], dict[str, Any]] = {}
    for ruling in found.rulings.values():
        answer = gate_answer(ruling)
        row = rows.setdefault((answer, ruling.why), {"works": [], "ruling": ruling, "answer": answer})
        row["works"].append(ruling.title)
    return list(rows.values())


def gate_answer(ruling: Ruling) -> str:
    """Yes, no, or that the officer in the case or the CPS is asked first, with what they said last."""
    held = ruling.consulted
    if held is not None:
        said = "Yes, as agreed on" if ruling.open else "Not yet: told to wait on"
        return f"{said} {long_date(held.on)}"
    return "After a consultation" if ruling.waits else "Yes" if ruling.open else "No"


def work_of(found: Course) -> str:
    """The kind of work that an enrolment is, by its ground."""
    ground = library.grounds().get(found.enrolment.ground)
    return ground["work"] if ground else "direct_voluntary"


def officer_consultation(row: OfficerConsultation) -> dict[str, Any]:
    """One consultation for its page."""
    return {
        "title": f"{long_date(row.on)}: {row.get_asked_display()}",
        "facts": [
            ("About", library.title("work", row.work)),
            ("Who was asked", row.who),
            ("What was agreed", row.get_answer_display()),
            ("What may be talked about", row.content),
            ("Records and disclosure", row.disclosure),
            ("When", row.timing),
            ("Recorded by", by_whom(row)),
        ],
    }


def judgement(row: TypologyJudgement) -> dict[str, Any]:
    title = library.title("type", row.type)
    sure = f", {row.get_confidence_display().lower()} confidence" if row.confidence else ""
    return {"said": f"{title}{sure}", "basis": row.basis, "by": by_whom(row), "row": row}


def unseen(user: Any, case: Case) -> str:
    """Explain, where this person sees no row and others may have some, whom to ask; "" where they see every
    row of this side. A probation officer sees what their own service wrote, and with emergency access one
    sees what it opened: what probation holds, or what health holds."""
    opened = [] if permissions.may_work_here(user) else selectors.opened(user, case)
    if len(opened) == 1:
        other = next(name for name in ("health", "probation") if name not in opened)
        words = emergency_selectors.words_of(other)
        return f"Nothing that you can see. {words} needs emergency access of its own."
    if not permissions.sees_own_rows_only(user):
        return ""
    others = [
        p.agency.name
        for p in cases.participations(case)
        if p.agency.kind == Agency.Kind.HEALTH and p.agency_id != user.agency_id
    ]
    return f"Nothing that you can see. Ask {listed(others, 'or') if others else 'the health service'}."


def typology_line(found: Sequence[TypologyJudgement], unseen: str = "") -> str:
    """Summarise the assessors' types in a sentence; ``unseen`` where one sees none and some may be there."""
    standing = selectors.standing(found)
    if not standing:
        return unseen or "Nobody has judged the type."
    told = [f"{judgement(row)['said']} ({by_whom(row)})" for row in standing]
    if selectors.disagree(found):
        return f"Assessors disagree: {'; '.join(told)}."
    return f"{'; '.join(told)}."


@dataclass(frozen=True, slots=True)
class Shown:
    """A statement with the entries that show it."""

    row: Statement
    evidence: list[Entry]
    by: str
    changes: int
    own: bool

    @property
    def supported(self) -> bool:
        return bool(self.evidence)


def formulation(case: Case, user: Any, as_at: Moment) -> list[tuple[str, str, list[Shown]]]:
    """Section by section: code, title, and the statements that stand in it."""
    rows = selectors.formulation(case, as_at)
    entries = selectors.shown_by(case, rows)
    count: dict[Any, int] = {}
    for version in selectors.versions(case, as_at):
        count[version.line] = count.get(version.line, 0) + 1
    return [
        (
            section.value,
            section.label,
            [
                Shown(
                    row,
                    [entries[key] for key in row.evidence if key in entries],
                    by_whom(row),
                    count[row.line],
                    row.owner_id == user.agency_id,
                )
                for row in rows
                if row.section == section
            ],
        )
        for section in Statement.Section
    ]


def formulation_line(case: Case, as_at: Moment, unseen: str = "") -> str:
    rows = selectors.formulation(case, as_at)
    if not rows:
        return unseen or "No formulation yet."
    entries = selectors.shown_by(case, rows)
    bare = sum(1 for row in rows if not any(key in entries for key in row.evidence))
    told = "1 statement" if len(rows) == 1 else f"{len(rows)} statements"
    return f"{told}, {bare} without evidence." if bare else f"{told}, each with its evidence."


def change_of(row: Statement) -> str:
    if row.withdrawn:
        return "withdrawn"
    return "changed" if row.replaces_id else "added"


def session(course: Course, state: SessionState) -> dict[str, Any]:
    name = course.programme.session_name(state.session.number)
    what = state.outcome.get_what_display() if state.outcome else "Offered; nothing recorded yet"
    return {
        "name": name[0].upper() + name[1:],
        "when": long_time(state.session.planned_at),
        "what": what,
        "words": state.outcome.words if state.outcome else "",
        "chased": [c.words for c in state.chases],
        "to_chase": state.to_chase,
        "open": state.outcome is None,
        "key": state.session.key,
    }


def course(found: Course) -> dict[str, Any]:
    """An enrolment for its page and the overview."""
    programme, row = found.programme, found.enrolment
    facts = [
        ("For", programme.for_whom),
        ("Dose as published", f"{programme.dose}. {programme.source}"),
        ("Takes part as", library.title("ground", row.ground)),
        ("Why", row.why),
        ("Answered at enrolment", _eligibility(found)),
        ("Enrolled", by_whom(row)),
    ]
    if found.allocation:
        allocation = found.allocation
        facts.append(
            ("Practitioner", f"{allocation.practitioner.display_name}, since {long_date(allocation.at)}")
        )
        facts.append(("Supervised by", allocation.supervisor))
    else:
        facts.append(("Practitioner", f"Nobody yet; due {programme.allocation_days} days after enrolment"))
    facts.append(("So far", f"{wording.dose(found)}; {found.missed} missed."))
    if found.ending:
        facts.append(("Ended", f"{Ending.How(found.ending.how).label}, {by_whom(found.ending)}"))
        facts.append(("Why it ended", found.ending.why))
    return {
        "found": found,
        "row": row,
        "title": programme.title,
        "line": wording.course_line(found),
        "facts": facts,
        "sessions": [session(found, state) for state in found.sessions],
        "ended": found.ending is not None,
    }


def _eligibility(found: Course) -> str:
    """What was asked and answered, and the legal status that opened the gate that day."""
    names = dict(LegalStatus.Name.choices)
    status = ", ".join(names.get(code, code) for code in found.enrolment.legal_status.split())
    answers = found.enrolment.eligibility
    told = [
        f"{question} {answers.get(code, 'not asked').replace('_', ' ').capitalize()}."
        for code, question in found.programme.criteria.items()
    ]
    return f"{' '.join(told)} Legal status: {status.lower()}."


def waiting(found: Course) -> str:
    """The next thing of an enrolment, in words; empty when nothing waits."""
    if found.ending:
        return ""
    if found.allocation is None:
        return "Waits for a practitioner."
    if any(s.to_chase for s in found.sessions):
        return "A missed session waits to be followed up."
    if coming := found.next_session:
        name = found.programme.session_name(coming.session.number)
        return f"Next: {name}, {long_time(coming.session.planned_at)}."
    return "No session is offered at present."


def result(row: MeasureResult, instrument: Definition | None) -> dict[str, Any]:
    if row.total is None:
        said = f"No total: {row.missing} left out"
    else:
        top = f" of {instrument.scale.highest}" if instrument and instrument.scale else ""
        said = f"{row.total:g}{top}" + (f", {row.missing} left out" if row.missing else "")
        band = band_of(instrument.bands, row.total) if instrument else None
        said += f". {band.title}, from {band.least:g} points ({band.source})" if band else ""
    return {
        "on": long_date(row.on),
        "moment": row.get_moment_display(),
        "said": said,
        "by": by_whom(row),
        "row": row,
    }


def chart(rows: Sequence[MeasureResult], instrument: Definition) -> Picture | None:
    """The totals over time; nothing to draw with fewer than two."""
    points = [
        ScorePoint(row.on, row.total, row.get_moment_display()) for row in rows if row.total is not None
    ]
    if len(points) < 2 or instrument.scale is None:
        return None
    return scores_chart(
        points, title=instrument.title, lowest=instrument.scale.lowest, highest=instrument.scale.highest
    )


def measured(case: Case, as_at: Moment) -> list[dict[str, Any]]:
    """Each instrument and version that was used, with its results and chart."""
    known = instruments.every()
    groups: dict[tuple[str, str], list[MeasureResult]] = {}
    for row in selectors.results(case, as_at):
        groups.setdefault((row.instrument, row.version), []).append(row)
    found = []
    for (code, version), rows in groups.items():
        instrument = known.get((code, version))
        found.append(
            {
                "code": code,
                "version": version,
                "title": instrument.title if instrument else code,
                "higher": instrument.higher_means if instrument else "",
                "results": [result(row, instrument) for row in rows],
                "chart": chart(rows, instrument) if instrument else None,
            }
        )
    return found


def outcome_choices(state: SessionState, now: dt.datetime) -> list[tuple[str, str]]:
    """Before its time a session can only be called off."""
    choices = SessionOutcome.What.choices
    return choices if state.session.planned_at <= now else choices[2:]
