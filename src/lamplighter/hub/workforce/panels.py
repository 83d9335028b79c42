"""Warn on a case that somebody works for an agency, first on its page; and link to where it is recorded."""

from __future__ import annotations

import datetime as dt

from lamplighter.hub.accounts.models import User
from lamplighter.hub.cases.case_page.tabs import ADMINISTRATION
from lamplighter.hub.cases.models import Case
from lamplighter.hub.cases.panels import Line, Panel, Place
from lamplighter.hub.workforce import permissions, presenters


def _lines(user: User, case: Case, as_at: dt.datetime | None) -> list[Line]:
    # Who must not hear of it is said on every day that is looked at.
    told = presenters.lines(case=case)
    return [Line("Take care", one["text"], one["href"], alarm=True) for one in told]


PANELS = [Panel("Works for an agency", permissions.may_see_marker, _lines, order=1)]
PLACES = [
    Place(ADMINISTRATION, "Works for an agency", "workforce:case", permissions.may_mark, order=82),
]
