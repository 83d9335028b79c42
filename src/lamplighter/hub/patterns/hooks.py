"""Let other contexts act when patterns change, and say things beside one, without this one knowing them.

An application names its module in ``AppConfig.follows_patterns``. The module holds
``persons_changed(person_ids, course_ids, new)``, called within the transaction that
changed the patterns, as the service that finds them; ``everything_found()``, called
after a run over everything; and, for the person who is signed in, ``cases_of(reports)``
and ``told_of(report_key)``. It may hold ``works_for(course_id)``: lines beside a pattern; and
``reports_erased(report_ids)``, called where reports are erased, which says how many rows went, by table.
In ``AppConfig.beside_reports`` it names the module of ``beside(keys, as_at)``: what stands beside reports.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from types import ModuleType

from django.apps import apps

from lamplighter.hub.intake import selectors as intake
from lamplighter.hub.patterns.models import Course


@dataclass(frozen=True, slots=True)
class Named:
    """A case beside a pattern or a report: what it is called, where it is, and a sentence about it."""

    text: str
    href: str
    sentence: str = ""


def changed(person_ids: Collection[str], course_ids: Collection[str], new: Collection[str]) -> None:
    """Tell whoever follows that these persons' patterns were found anew; ``new``: reports that joined."""
    for module in _modules():
        module.persons_changed(person_ids, course_ids, new)


def everything_found() -> None:
    """Tell whoever follows that every pattern was found anew."""
    for module in _modules():
        module.everything_found()


def cases_of(courses: Sequence[Course]) -> dict[str, list[Named]]:
    """Return the cases of each pattern that the person who is signed in may open."""
    keys = intake.report_keys({r for c in courses for r in c.report_ids})
    reports: Mapping[str, list[uuid.UUID]] = {
        c.course_id: [keys[r] for r in c.report_ids if r in keys] for c in courses
    }
    found: dict[str, list[Named]] = {c.course_id: [] for c in courses}
    for module in _modules():
        for course_id, cases in module.cases_of(reports).items():
            found[course_id] += cases
    return found


def told_of(report_key: uuid.UUID) -> list[Named]:
    """Return the cases that were told of a report and that the person who is signed in may open."""
    return [named for module in _modules() for named in module.told_of(report_key)]


def beside_reports(
    keys: Collection[uuid.UUID], as_at: dt.datetime | None = None
) -> dict[uuid.UUID, list[Named]]:
    """Return what other contexts hold of these reports, as far as the person who is signed in may read it."""
    found: dict[uuid.UUID, list[Named]] = {}
    for config in apps.get_app_configs():
        if name := getattr(config, "beside_reports", ""):
            for key, named in import_module(name).beside(keys, as_at).items():
                found.setdefault(key, []).extend(named)
    return found


def works_for(course_id: str) -> list[dict[str, str]]:
    """Return the lines that say for whom a suspect of the pattern works, as the contexts know it."""
    lines: list[dict[str, str]] = []
    for module in _modules():
        if hasattr(module, "works_for"):
            lines += module.works_for(course_id)
    return lines


def reports_erased(report_ids: Collection[str]) -> dict[str, int]:
    """Let whoever follows forget reports that are erased; return how many rows went, by table."""
    counts: dict[str, int] = {}
    for module in _modules():
        if hasattr(module, "reports_erased"):
            counts |= module.reports_erased(report_ids)
    return counts


def _modules() -> list[ModuleType]:
    named = (getattr(config, "follows_patterns", "") for config in apps.get_app_configs())
    return [import_module(path) for path in named if path]
