"""The pages of oversight in the administration of a case. They say nothing of what is in the case."""

from __future__ import annotations

from lamplighter.hub.cases.case_page.tabs import ADMINISTRATION
from lamplighter.hub.cases.panels import Place
from lamplighter.hub.oversight import permissions

PLACES = [
    Place(ADMINISTRATION, "Restricted information", "access:need", permissions.may_see_cases, order=60),
    Place(ADMINISTRATION, "Blocked people", "access:kept_off", permissions.may_keep_off, order=70),
    Place(ADMINISTRATION, "Audit of the file", "access:file_audit", permissions.may_keep_off, order=75),
    Place(ADMINISTRATION, "Who looked", "looks:looked", permissions.may_keep_off, order=80),
]
