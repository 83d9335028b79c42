"""List the people who looked at a case: a page of its administration."""

from __future__ import annotations

from lamplighter.hub.access.permissions import may_keep_off
from lamplighter.hub.cases.case_page.tabs import ADMINISTRATION
from lamplighter.hub.cases.panels import Place

PLACES = [Place(ADMINISTRATION, "Who looked", "looks:looked", may_keep_off, order=80)]
