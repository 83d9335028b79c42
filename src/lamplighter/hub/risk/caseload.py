"""Say the level of many cases at once, for the caseload."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from lamplighter.hub.caseload.risk import Assessed
from lamplighter.hub.risk import selectors


def levels(cases: Collection[int]) -> Mapping[int, Assessed]:
    """Return the level that stands of those of some cases (by id) that were assessed. One question."""
    return {
        case: Assessed(risk.level.value, risk.level.label, risk.rows[0].at)
        for case, risk in selectors.of_cases(cases).items()
    }
