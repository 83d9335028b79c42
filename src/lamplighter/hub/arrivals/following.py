"""Update cases when patterns change, and say on pages of patterns what cases there are.

See ``patterns.hooks``.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping
from typing import Any

from lamplighter.hub.arrivals import presenters, selectors, services
from lamplighter.hub.patterns.hooks import Named

persons_changed = services.persons_changed
everything_found = services.catch_up


def cases_of(reports: Mapping[str, Collection[uuid.UUID]]) -> dict[str, list[Named]]:
    """Return the cases that show any of some reports and that the person may open, by pattern."""
    keys = {key for held in reports.values() for key in held}
    rows: dict[uuid.UUID, list[Any]] = {}
    for row in selectors.showing(keys):
        rows.setdefault(row.report_key, []).append(row)
    found: dict[str, list[Named]] = {}
    for course_id, held in reports.items():
        cases = {row.case_id: row.case for key in held for row in rows.get(key, ())}
        found[course_id] = presenters.named(list(cases.values()))
    return found


def told_of(report_key: uuid.UUID) -> list[Named]:
    """Return the cases that a report joined, with what was done about it, for who may open them."""
    return presenters.told([row for row in selectors.showing({report_key}) if row.news])
