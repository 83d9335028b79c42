"""A report being typed, or corrected. It lives in the session of the person who types it and ends with it."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import HttpRequest, QueryDict

from lamplighter.hub.accounts.models import Agency
from lamplighter.hub.intake import documents, report_form
from lamplighter.hub.intake.forms import Page, Typed
from lamplighter.hub.intake.reports.answers import Answers, merged

SESSION_KEY = "new_report"
CORRECTIONS = "corrections"
# What a form posts besides answers: its token, and which of its buttons was pressed.
NOT_ANSWERS = frozenset({"csrfmiddlewaretoken", "add", "remove"})


class Draft:
    """What was typed on each page, as typed, and the reference that the report will have."""

    def __init__(self, request: HttpRequest, agency: Agency) -> None:
        self.session = request.session
        self.agency = agency
        self.begin()

    def begin(self) -> None:
        """Make an empty one in the session, where there is none."""
        if SESSION_KEY not in self.session:
            self.session[SESSION_KEY] = {"reference": documents.new_reference(self.agency), "pages": {}}

    @property
    def kept(self) -> dict[str, Any]:
        """Where in the session it is."""
        found: dict[str, Any] = self.session[SESSION_KEY]
        return found

    @property
    def reference(self) -> str:
        return str(self.kept["reference"])

    @property
    def occasions(self) -> int:
        """How many occasions the report has pages for."""
        return int(self.kept.get("occasions", 1))

    @property
    def numbers(self) -> tuple[int, ...]:
        """The numbers of the occasions in the order of their pages."""
        return tuple(range(1, self.occasions + 1))

    @property
    def steps(self) -> list[str]:
        """The pages in order."""
        return report_form.steps(self.occasions)

    def keep(self, step: str, typed: QueryDict) -> None:
        self.kept["pages"][step] = {k: typed.getlist(k) for k in typed if k not in NOT_ANSWERS}
        self.session.modified = True

    def add_occasion(self) -> str:
        """An empty page for one more occasion, after the last; its step."""
        self.kept["occasions"] = self.occasions + 1
        self.session.modified = True
        return report_form.occasion_step(self.occasions)

    def remove_occasion(self, number: int) -> None:
        """Take one occasion away; those after it move up."""
        pages = self.kept["pages"]
        for n in range(number, self.occasions):
            following = pages.pop(report_form.occasion_step(n + 1), None)
            if following is None:
                pages.pop(report_form.occasion_step(n), None)
            else:
                pages[report_form.occasion_step(n)] = following
        pages.pop(report_form.occasion_step(self.occasions), None)
        self.kept["occasions"] = self.occasions - 1
        self.session.modified = True

    def typed(self, step: str) -> QueryDict | None:
        kept: Typed | None = self.kept["pages"].get(step)
        return None if kept is None else as_sent(kept)

    def page(self, step: str, typed: Any = None) -> Page:
        """The form of one page, with what was typed now or before."""
        return page_of(
            step, self.typed(step) if typed is None else typed, self.agency, many=self.occasions > 1
        )

    def pages(self) -> dict[str, Page]:
        return {step: self.page(step) for step in self.steps}

    @staticmethod
    def first_unfinished(pages: dict[str, Page]) -> str | None:
        """The first of :meth:`pages` that is not valid yet, or ``None`` when all are."""
        return next((s for s, page in pages.items() if not page.is_bound or not page.is_valid()), None)

    def discard(self) -> None:
        self.session.pop(SESSION_KEY, None)


class Correction(Draft):
    """A report that is held, with what was changed in it, and the version that the change began with.

    Each report that somebody corrects has a draft of its own, beside the new report they may be typing.
    """

    def __init__(self, request: HttpRequest, agency: Agency, key: uuid.UUID) -> None:
        self.key = str(key)
        super().__init__(request, agency)

    def begin(self) -> None:
        """Nothing by itself: see :meth:`start`."""

    @property
    def begun(self) -> bool:
        return self.key in self.session.get(CORRECTIONS, {})

    @property
    def kept(self) -> dict[str, Any]:
        found: dict[str, Any] = self.session[CORRECTIONS][self.key]
        return found

    @property
    def version(self) -> int:
        """The version that it corrects, by its number in the database."""
        return int(self.kept["version"])

    @property
    def numbers(self) -> tuple[int, ...]:
        return tuple(self.kept["numbers"])

    @property
    def base(self) -> Answers:
        """What the version says that it corrects."""
        return Answers(self.kept["base"]["pages"], tuple(self.kept["base"]["numbers"]))

    @property
    def answers(self) -> Answers:
        """The same with what was changed."""
        return Answers(self.kept["pages"], self.numbers)

    def start(self, reference: str, version: int, recorded: Answers) -> None:
        """Begin with what is recorded, whatever was typed before."""
        self._put(reference, version, recorded, recorded)

    def go_on_with(self, version: int, recorded: Answers) -> None:
        """Somebody else corrected the report: put what was changed here on top of what is recorded now."""
        self._put(self.reference, version, merged(self.base, self.answers, recorded), recorded)

    def _put(self, reference: str, version: int, now: Answers, recorded: Answers) -> None:
        self.session.setdefault(CORRECTIONS, {})[self.key] = {
            "reference": reference,
            "version": version,
            "pages": dict(now.pages),
            "occasions": len(now.numbers),
            "numbers": list(now.numbers),
            "base": {"pages": dict(recorded.pages), "numbers": list(recorded.numbers)},
        }
        self.session.modified = True

    def add_occasion(self) -> str:
        taken = {*self.numbers, *self.base.numbers}
        self.kept["numbers"] = [*self.numbers, max(taken) + 1]
        return super().add_occasion()

    def remove_occasion(self, number: int) -> None:
        super().remove_occasion(number)
        self.kept["numbers"] = [n for place, n in enumerate(self.numbers, 1) if place != number]

    def recorded_pages(self) -> dict[str, Page]:
        """The pages as they are recorded, for comparing with :meth:`pages`."""
        return pages_of(self.base, self.agency)

    def discard(self) -> None:
        self.session.get(CORRECTIONS, {}).pop(self.key, None)
        self.session.modified = True


def as_sent(typed: Typed) -> QueryDict:
    """What a page was filled with, in the form in which a request brings it."""
    data = QueryDict(mutable=True)
    for name, values in typed.items():
        data.setlist(name, values)
    return data


def page_of(step: str, data: QueryDict | None, agency: Agency, *, many: bool) -> Page:
    """The form of one page; of several occasions each says its place in its heading."""
    form = report_form.page_of(step)(data, agency=agency)
    if (number := report_form.occasion_number(step)) and many:
        form.heading = f"Occasion {number}: when and where"
    return form


def pages_of(answers: Answers, agency: Agency) -> dict[str, Page]:
    """Every page of a report in order, filled."""
    many = len(answers.numbers) > 1
    return {
        step: page_of(step, as_sent(answers.pages.get(step, {})), agency, many=many)
        for step in report_form.steps(len(answers.numbers))
    }
