"""The page that lists what can be redacted, in the administration of a case."""

from __future__ import annotations

from lamplighter.hub.cases.case_page.tabs import ADMINISTRATION
from lamplighter.hub.cases.panels import Place
from lamplighter.hub.redaction import permissions

PLACES = [
    Place(
        ADMINISTRATION,
        "Redact something",
        "redaction:rows",
        permissions.may_work_on_cases,
        order=80,
        within=("redaction:row", "redaction:redaction"),
    )
]
