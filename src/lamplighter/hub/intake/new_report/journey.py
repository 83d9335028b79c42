"""The pages of a report that is typed: of a new one, and of one that is being corrected."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from lamplighter.hub.accounts.own_account.drafts import LEAVING
from lamplighter.hub.intake import presenters
from lamplighter.hub.intake.confidentiality import selectors as readers
from lamplighter.hub.intake.new_report.drafts import Draft, TooLongError
from lamplighter.hub.intake.new_report.forms import Page
from lamplighter.hub.intake.new_report.pages import occasion_number, occasion_step
from lamplighter.records.validation.limits import MOST_OCCASIONS_TYPED


@dataclass(frozen=True, slots=True)
class Journey:
    """A draft and where its pages are. ``key``: of the report that is corrected; ``None`` for a new one.

    The pages of a new report follow each other; those of a correction each lead back to the page that shows
    all of it.
    """

    draft: Draft
    title: str
    key: uuid.UUID | None = None
    # Whether how to reach the victim safely is recorded, which nobody is shown.
    safely: bool = False

    @property
    def check(self) -> str:
        """Return the address of the page that shows all answers."""
        return reverse("intake:correct", args=[self.key]) if self.key else reverse("intake:check")

    def page(self, step: str) -> str:
        if self.key:
            return reverse("intake:correct_page", args=[self.key, step])
        return reverse("intake:page", args=[step])

    def show(self, request: HttpRequest, step: str) -> HttpResponse:
        """One page: shown, kept, or with an occasion added or taken away."""
        draft = self.draft
        if step not in draft.steps:
            raise Http404
        occasion = occasion_number(step)
        if (
            request.method == "POST"
            and LEAVING not in request.POST
            and "remove" in request.POST
            and occasion
            and draft.occasions > 1
        ):
            draft.remove_occasion(occasion)
            if self.key:
                return HttpResponseRedirect(self.check)
            return self._to(occasion_step(max(1, occasion - 1)), request)
        number = draft.steps.index(step)
        sent = request.method == "POST"
        # Shown again, a page says what is wrong with it only to whoever was sent back to finish it.
        form = (
            draft.page(step, request.POST if sent else None)
            if sent or UNFINISHED in request.GET
            else (draft.as_typed(step))
        )
        too_long = sent and not self._kept(step, request, form)
        if sent and LEAVING in request.POST:
            return HttpResponse(status=204)
        if sent and "back" in request.POST and number and not too_long:
            return HttpResponseRedirect(self.page(draft.steps[number - 1]))
        if sent and not too_long and form.is_valid():
            if "add" in request.POST and occasion and draft.occasions < MOST_OCCASIONS_TYPED:
                return self._to(draft.add_occasion(), request)
            return self._next(step, request)
        changing = self.key is not None or "change" in request.GET
        if self.safely and "safe_contact" in form.fields:
            form.fields["safe_contact"].help_text = SAFELY
        context = {
            "form": form,
            "journey": self,
            "back": self.page(draft.steps[number - 1]) if number and not changing else None,
            "number": number + 1,
            "steps": len(draft.steps) + (2 if readers.asked_of(draft.agency) else 1),
            "changing": changing,
            "occasion": occasion,
            "others": presenters.other_occasions(draft, step, self.page) if occasion else [],
            "may_add": bool(occasion) and draft.occasions < MOST_OCCASIONS_TYPED,
        }
        return render(request, "intake/page.html", context)

    def _kept(self, step: str, request: HttpRequest, form: Page) -> bool:
        """Hold what was sent, right or wrong: whoever leaves now finds it again. False: it is too long."""
        try:
            self.draft.keep(step, request.POST)
        except TooLongError:
            form.add_error(None, TOO_LONG)
            return False
        return True

    def _to(self, step: str, request: HttpRequest) -> HttpResponse:
        """Another page of the report; whoever came from the check goes back to it afterwards."""
        return HttpResponseRedirect(self.page(step) + ("?change" if "change" in request.GET else ""))

    def _next(self, step: str, request: HttpRequest) -> HttpResponse:
        number = self.draft.steps.index(step) + 1
        if self.key or "change" in request.GET or number == len(self.draft.steps):
            return HttpResponseRedirect(self.check)
        return HttpResponseRedirect(self.page(self.draft.steps[number]))


# In an address: the page is shown because something is missing on it.
UNFINISHED = "unfinished"
TOO_LONG = (
    "All pages together hold more than 400,000 characters, which is too much for one report. Shorten “What "
    "happened?” or make two reports"
)
SAFELY = (
    "Something is recorded here. It is not shown, and it stays as it is unless you type something new, which "
    "then replaces all of it. Only your agency can read it, and no shared page shows it."
)
