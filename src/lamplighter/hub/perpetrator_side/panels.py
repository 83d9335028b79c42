"""What this side puts on the page of a case, for those of this side."""

from __future__ import annotations

import datetime as dt

from lamplighter.hub.accounts.models import User
from lamplighter.hub.cases.models import Case
from lamplighter.hub.cases.panels import Line, Panel
from lamplighter.hub.perpetrator_side import permissions, policies, presenters, selectors, wording


def lines(user: User, case: Case, as_at: dt.datetime | None) -> list[Line]:
    """The gate first, then what has been done and what waits."""
    judged, unseen = selectors.judgements(case, as_at), presenters.unseen(user, case)
    found = [
        Line("Gate", wording.gate_line(policies.check_gate(case, as_at)), _to(case, "overview", as_at)),
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


PANELS = [
    Panel(
        title="Intervention",
        page="perpetrator_side:overview",
        may=permissions.may_look_here,
        lines=lines,
        order=40,
        on=selectors.open_to,
    )
]
