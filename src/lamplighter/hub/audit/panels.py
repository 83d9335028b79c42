"""The entry of the audit trail in a case's own navigation."""

from __future__ import annotations

from lamplighter.hub.access.permissions import may_keep_off
from lamplighter.hub.cases.panels import Panel

PANELS = [
    Panel("Who looked", "looks:looked", may=may_keep_off, lines=lambda user, case, as_at: [], order=96),
]
