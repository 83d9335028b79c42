"""Answer other contexts: the level of many cases at once, and whether one is assessed in date."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from lamplighter.hub.access import moment
from lamplighter.hub.caseload.risk import Assessed
from lamplighter.hub.cases.models import Case
from lamplighter.hub.cases.status.hooks import Check
from lamplighter.hub.risk import presenters, selectors


def levels(cases: Collection[int]) -> Mapping[int, Assessed]:
    """Return the level that stands of those of some cases (by id) that were assessed. One question."""
    return {
        case: Assessed(risk.level.value, risk.level.label, risk.rows[0].at)
        for case, risk in selectors.of_cases(cases).items()
    }


def checks(case: Case, outcome: str) -> list[Check]:
    """Return whether the risk was assessed, and the assessment is in date. As the service.

    What one side alone knows is not asked here: that it waits would tell everybody else of it.
    """
    risk = selectors.current(case)
    waiting = [row for row in selectors.triggers_open(case, risk=risk) if row.partition == "shared"]
    done = False
    if risk.newest is None:
        says = "Nobody has assessed the risk yet."
    elif waiting:
        says = "Something happened after the last assessment: assess it again."
    elif risk.due_at is None or risk.due_at <= moment.now():
        says = "Another assessment is overdue."
    else:
        done, says = True, f"Assessed on {presenters.on(risk.newest.at)}."
    return [Check("risk.in_date", "A risk assessment in date", done, says, "risk:page")]
