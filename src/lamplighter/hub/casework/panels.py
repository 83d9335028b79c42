"""Entries that casework lets somebody add to a case."""

from __future__ import annotations

from lamplighter.hub.cases.panels import Adding
from lamplighter.hub.cases.permissions import may_work_on_cases

ADDINGS = [Adding("Task for somebody", "casework:task", may_work_on_cases, order=50)]
