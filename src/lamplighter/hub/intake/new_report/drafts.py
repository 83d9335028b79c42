"""A report being typed, or corrected: held for whoever types it until it is saved."""

from __future__ import annotations

import datetime as dt
import secrets
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from django.http import HttpRequest, QueryDict
from django.utils import timezone

from lamplighter.hub.accounts.models import Agency
from lamplighter.hub.accounts.own_account import drafts as typed_drafts
from lamplighter.hub.accounts.own_account.drafts import as_sent
from lamplighter.hub.intake.new_report import pages as report_form
from lamplighter.hub.intake.new_report.forms import Page, Typed
from lamplighter.hub.intake.reports.answers import Answers, merged, part_of_occasion

NEW = "intake.new"
CORRECTION = "intake.correction"
# What a form posts besides answers: which of its buttons was pressed.
NOT_ANSWERS = typed_drafts.NOT_TYPED | {"add", "remove", "back"}


class TooLongError(ValueError):
    """Refusal of text that is longer than what a draft holds."""


class Draft:
    """Pages as typed, and the reference that the report will have."""

    def __init__(self, request: HttpRequest, agency: Agency) -> None:
        self.agency = agency
        self.stored = self._stored(request)
        # Two pages that are sent at once are held one after the other.
        held = self.stored.read(to_change=request.method == "POST")
        self._held = self._empty() if held is None else held
        self.is_there = held is not None

    def _stored(self, request: HttpRequest) -> typed_drafts.Stored:
        return typed_drafts.Stored(request.user, NEW)  # type: ignore[arg-type]  # pages of people who are signed in

    def _empty(self) -> dict[str, Any]:
        return {"reference": new_reference(self.agency), "pages": {}}

    @property
    def kept(self) -> dict[str, Any]:
        """Return what is held of the draft."""
        return self._held

    @property
    def since(self) -> dt.datetime | None:
        """Return the time of the last change; ``None`` where nothing is held."""
        return self.stored.changed_at() if self.is_there else None

    def _changed(self) -> None:
        """Hold it as it is now."""
        self.is_there = True
        if not self.stored.write(self._held):
            raise TooLongError

    @property
    def reference(self) -> str:
        return str(self.kept["reference"])

    @property
    def occasions(self) -> int:
        """Count the occasions that the report has pages for."""
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
        self.kept["pages"][step] = answers_in(typed)
        self._changed()

    def add_occasion(self) -> str:
        """An empty page for one more occasion, after the last; its step."""
        self.kept["occasions"] = self.occasions + 1
        self._changed()
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
        self._changed()

    def typed(self, step: str) -> QueryDict | None:
        kept: Typed | None = self.kept["pages"].get(step)
        return None if kept is None else as_sent(kept)

    def as_typed(self, step: str) -> Page:
        """The form of one page with what was typed before, as it was typed: nothing is checked yet."""
        form = page_of(step, None, self.agency, many=self.occasions > 1)
        if (held := self.typed(step)) is not None:
            form.initial = typed_drafts.initial_of(form, held)
        return form

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

    @property
    def readers(self) -> QueryDict | None:
        """Return the answer to the question who may read it; ``None`` before there is one."""
        kept: Typed | None = self.kept.get("readers")
        return None if kept is None else as_sent(kept)

    def keep_readers(self, typed: QueryDict) -> None:
        self.kept["readers"] = answers_in(typed)
        self._changed()

    def discard(self) -> None:
        self.stored.discard()
        self._held, self.is_there = self._empty(), False


class Correction(Draft):
    """A report that is held, with what somebody typed over it, and the version that they began with.

    Each report that somebody corrects has a draft of its own, beside the new report they may be typing. Of
    what is recorded nothing is held with it: it is read from the version, so that it ends with it.

    Args:
        recorded: what was typed into each version of the report, by its number in the database.
        newest: the one that stands.
    """

    def __init__(
        self,
        request: HttpRequest,
        agency: Agency,
        key: uuid.UUID,
        reference: str,
        recorded: Mapping[int, Answers],
        newest: int,
    ) -> None:
        self.key, self._reference = str(key), reference
        self._recorded, self._newest = recorded, newest
        super().__init__(request, agency)

    def _stored(self, request: HttpRequest) -> typed_drafts.Stored:
        return typed_drafts.Stored(request.user, CORRECTION, self.key)  # type: ignore[arg-type]  # the same

    def _empty(self) -> dict[str, Any]:
        """Nothing by itself: see :meth:`start`."""
        return {}

    @property
    def begun(self) -> bool:
        return bool(self._held) and self._held["version"] in self._recorded

    @property
    def kept(self) -> dict[str, Any]:
        """``version``, ``numbers`` of the occasions in order, and ``parts`` that were typed over."""
        return self._held

    @property
    def reference(self) -> str:
        return self._reference

    @property
    def version(self) -> int:
        """The version that it corrects."""
        return int(self.kept["version"])

    @property
    def behind(self) -> bool:
        """Tell whether another version stands by now."""
        return self.version != self._newest

    @property
    def occasions(self) -> int:
        return len(self.numbers)

    @property
    def numbers(self) -> tuple[int, ...]:
        return tuple(self.kept["numbers"])

    @property
    def base(self) -> Answers:
        """Return the answers of the version that it corrects."""
        return self._recorded[self.version]

    @property
    def answers(self) -> Answers:
        """The same with what was typed over it."""
        return Answers.of_parts(self.base.parts() | self.kept["parts"], self.numbers)

    def start(self) -> None:
        """Begin with what is recorded, whatever was typed before."""
        self._put(self._recorded[self._newest].numbers, {})

    def catch_up(self) -> None:
        """Put what was typed over an older version on top of the one that stands."""
        recorded = self._recorded[self._newest]
        now = merged(self.base, self.answers, recorded)
        held = recorded.parts()
        self._put(
            now.numbers, {part: typed for part, typed in now.parts().items() if typed != held.get(part)}
        )

    def _put(self, numbers: Sequence[int], parts: Mapping[str, Typed]) -> None:
        self._held = {
            "version": self._newest,
            "numbers": list(numbers),
            "parts": dict(parts),
        }
        self._changed()

    def _part(self, step: str) -> str:
        place = report_form.occasion_number(step)
        return part_of_occasion(self.numbers[place - 1]) if place else step

    def keep(self, step: str, typed: QueryDict) -> None:
        self.kept["parts"][self._part(step)] = answers_in(typed)
        self._changed()

    def typed(self, step: str) -> QueryDict | None:
        part = self._part(step)
        found = self.kept["parts"].get(part, self.base.parts().get(part))
        return None if found is None else as_sent(found)

    def add_occasion(self) -> str:
        taken = {*self.numbers, *self.base.numbers}
        self.kept["numbers"] = [*self.numbers, max(taken) + 1]
        self._changed()
        return report_form.occasion_step(self.occasions)

    def remove_occasion(self, number: int) -> None:
        self.kept["parts"].pop(self._part(report_form.occasion_step(number)), None)
        self.kept["numbers"] = [n for place, n in enumerate(self.numbers, 1) if place != number]
        self._changed()

    def recorded_pages(self) -> dict[str, Page]:
        """The pages as they are recorded, for comparing with :meth:`pages`."""
        return pages_of(self.base, self.agency)


def answers_in(sent: QueryDict) -> Typed:
    """Return the fields that a page was sent with, without those that are no answer."""
    return {k: sent.getlist(k) for k in sent if k not in NOT_ANSWERS}


def page_of(step: str, data: QueryDict | None, agency: Agency, *, many: bool) -> Page:
    """The form of one page; of several occasions each says its place in its heading."""
    form = report_form.page_of(step)(data, agency=agency)
    if (number := report_form.occasion_number(step)) and many:
        form.heading = f"Incident {number}: when and where"
    return form


def pages_of(answers: Answers, agency: Agency) -> dict[str, Page]:
    """Every page of a report in order, filled."""
    many = len(answers.numbers) > 1
    return {
        step: page_of(step, as_sent(answers.pages.get(step, {})), agency, many=many)
        for step in report_form.steps(len(answers.numbers))
    }


def new_reference(agency: Agency) -> str:
    """A reference for a report typed into the form: the agency, the year and eight random letters."""
    letters = "".join(secrets.choice("ABCDEFGHJKMNPQRSTVWXYZ23456789") for _ in range(8))
    return f"{agency.code}-{timezone.localdate():%y}-{letters}".upper()
