"""A report being typed. It lives in the session of the person who types it and ends with it."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, QueryDict

from lamplighter.hub.accounts.models import Agency
from lamplighter.hub.intake import documents, report_form
from lamplighter.hub.intake.forms import Page

SESSION_KEY = "new_report"
# What a form posts besides answers: its token, and which of its buttons was pressed.
NOT_ANSWERS = frozenset({"csrfmiddlewaretoken", "add", "remove"})


class Draft:
    """What was typed on each page, as typed, and the reference that the report will have."""

    def __init__(self, request: HttpRequest, agency: Agency) -> None:
        self.session = request.session
        self.agency = agency
        if SESSION_KEY not in self.session:
            self.session[SESSION_KEY] = {"reference": documents.new_reference(agency), "pages": {}}

    @property
    def reference(self) -> str:
        return str(self.session[SESSION_KEY]["reference"])

    @property
    def occasions(self) -> int:
        """How many occasions the report has pages for."""
        return int(self.session[SESSION_KEY].get("occasions", 1))

    @property
    def steps(self) -> list[str]:
        """The pages in order."""
        return report_form.steps(self.occasions)

    def keep(self, step: str, typed: QueryDict) -> None:
        kept = {k: typed.getlist(k) for k in typed if k not in NOT_ANSWERS}
        self.session[SESSION_KEY]["pages"][step] = kept
        self.session.modified = True

    def add_occasion(self) -> str:
        """An empty page for one more occasion, after the last; its step."""
        self.session[SESSION_KEY]["occasions"] = self.occasions + 1
        self.session.modified = True
        return report_form.occasion_step(self.occasions)

    def remove_occasion(self, number: int) -> None:
        """Take one occasion away; those after it move up."""
        pages = self.session[SESSION_KEY]["pages"]
        for n in range(number, self.occasions):
            following = pages.pop(report_form.occasion_step(n + 1), None)
            if following is None:
                pages.pop(report_form.occasion_step(n), None)
            else:
                pages[report_form.occasion_step(n)] = following
        pages.pop(report_form.occasion_step(self.occasions), None)
        self.session[SESSION_KEY]["occasions"] = self.occasions - 1
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
        form = report_form.page_of(step)(typed if typed is not None else self.typed(step), agency=self.agency)
        if (number := report_form.occasion_number(step)) and self.occasions > 1:
            form.heading = f"Occasion {number}: when and where"
        return form

    def pages(self) -> dict[str, Page]:
        return {step: self.page(step) for step in self.steps}

    @staticmethod
    def first_unfinished(pages: dict[str, Page]) -> str | None:
        """The first of :meth:`pages` that is not valid yet, or ``None`` when all are."""
        return next((s for s, page in pages.items() if not page.is_bound or not page.is_valid()), None)

    def discard(self) -> None:
        self.session.pop(SESSION_KEY, None)
