"""Add this side's parts to the page of a case, for those of this side."""

from __future__ import annotations

import datetime as dt

from lamplighter.hub.accounts.models import User
from lamplighter.hub.cases import selectors as cases
from lamplighter.hub.cases.case_page.tabs import SUSPECT
from lamplighter.hub.cases.models import Case
from lamplighter.hub.cases.panels import Adding, Line, Panel, Place
from lamplighter.hub.perpetrator_side import permissions, policies, presenters, selectors, wording


def lines(user: User, case: Case, as_at: dt.datetime | None) -> list[Line]:
    """The gate first, then what has been done and what waits."""
    judged, unseen = selectors.judgements(case, as_at), presenters.unseen(user, case)
    found = [
        Line(
            "Gate",
            wording.gate_line(policies.check_gate(case, as_at, agency=user.agency_id)),
            _to(case, "overview", as_at),
        ),
        Line("Typology", presenters.typology_line(judged, unseen), _to(case, "typology", as_at)),
        Line(
            "Formulation", presenters.formulation_line(case, as_at, unseen), _to(case, "formulation", as_at)
        ),
    ]
    courses = selectors.courses(case, as_at)
    if unseen and not courses:
        found.append(Line("Programme", unseen, _to(case, "programmes", as_at)))
    for course in courses:
        told = f"{wording.course_line(course)} {presenters.waiting(course)}".strip()
        address = presenters.link(case, "enrolment", course.enrolment.key, as_at=as_at)
        found.append(Line("Programme", told, address))
    return found


def _to(case: Case, page: str, as_at: dt.datetime | None) -> str:
    return presenters.link(case, page, as_at=as_at)


def _place(name: str, page: str, order: int, *within: str) -> Place:
    return Place(
        SUSPECT,
        name,
        f"perpetrator_side:{page}",
        permissions.may_look_here,
        order=order,
        on=selectors.open_to,
        within=tuple(f"perpetrator_side:{one}" for one in within),
    )


def _adding(text: str, page: str, order: int) -> Adding:
    return Adding(text, f"perpetrator_side:{page}", permissions.may_work_here, order=order, on=cases.works_on)


PANELS = [Panel("Intervention", permissions.may_look_here, lines, order=40, on=selectors.open_to)]
PLACES = [
    _place("Intervention", "overview", 10, "publish"),
    _place(
        "Programmes",
        "programmes",
        20,
        *("enrol", "enrolment", "allocate", "offer", "end", "session", "record", "chase"),
    ),
    _place("Typology", "typology", 30, "judge", "relationship"),
    _place("Formulation", "formulation", 40, "formulation_history", "add", "change", "withdraw"),
    _place("Measures", "measures", 50, "measure"),
    _place("Advice given", "consultations", 60, "consult"),
    _place("Health flags", "health", 65, "health_flag", "decide_health"),
    _place("Officer consulted", "officer_consultations", 70, "consult_officer"),
]
ADDINGS = [
    _adding("Session or enrolment in a programme", "programmes", 30),
    _adding("Statement of the formulation", "add", 31),
    _adding("Result of a measure", "measures", 32),
    _adding("Advice you gave", "consult", 33),
    _adding("Health flag, from a named source", "health_flag", 34),
]
