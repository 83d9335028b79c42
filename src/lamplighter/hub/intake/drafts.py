"""A report being typed. It lives in the session of the person who types it and ends with it."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, QueryDict

from lamplighter.hub.accounts.models import Agency
from lamplighter.hub.intake import services
from lamplighter.hub.intake.forms import Page
from lamplighter.hub.intake.report_form import PAGES

SESSION_KEY = "new_report"


class Draft:
    """What was typed on each page, as typed, and the reference that the report will have."""

    def __init__(self, request: HttpRequest, agency: Agency) -> None:
        self.session = request.session
        self.agency = agency
        if SESSION_KEY not in self.session:
            self.session[SESSION_KEY] = {"reference": services.new_reference(agency), "pages": {}}

    @property
    def reference(self) -> str:
        return str(self.session[SESSION_KEY]["reference"])

    def keep(self, step: str, typed: QueryDict) -> None:
        kept = {k: typed.getlist(k) for k in typed if k != "csrfmiddlewaretoken"}
        self.session[SESSION_KEY]["pages"][step] = kept
        self.session.modified = True

    def typed(self, step: str) -> QueryDict | None:
        kept: dict[str, list[str]] | None = self.session[SESSION_KEY]["pages"].get(step)
        if kept is None:
            return None
        data = QueryDict(mutable=True)
        for name, values in kept.items():
            data.setlist(name, values)
        return data

    def page(self, step: str, typed: Any = None) -> Page:
        """The form of one page, with what was typed now or before."""
        return PAGES[step](typed if typed is not None else self.typed(step), agency=self.agency)

    def pages(self) -> dict[str, Page]:
        return {step: self.page(step) for step in PAGES}

    def first_unfinished(self) -> str | None:
        """The first page that is not valid yet, or ``None`` when all are."""
        return next((s for s, page in self.pages().items() if not page.is_bound or not page.is_valid()), None)

    def discard(self) -> None:
        self.session.pop(SESSION_KEY, None)
