"""The forms of a release. They hold what was typed; the services decide whether it is possible."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS
from django.utils import timezone

from lamplighter.hub.access.concurrent_edits import VersionForm
from lamplighter.hub.accounts.models import Agency
from lamplighter.hub.cases.forms import Form
from lamplighter.hub.cases.models import Entry
from lamplighter.hub.design import reasons
from lamplighter.hub.design.fields import DatePartsField, line, offer, radios, text_box
from lamplighter.hub.legal_bases.rules import CONSENT, RULES
from lamplighter.hub.sharing.policies import Draft, needs_threshold
from lamplighter.hub.sharing.presenters import SIDE


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


@dataclass(frozen=True, slots=True)
class Page:
    """One page of the form: its name in what is sent, its heading, and what it asks."""

    name: str
    heading: str
    fields: tuple[str, ...]


WORDS = Page("words", "Write what they will read", ("from_partition", "kind", "title", "text"))
READERS = Page("readers", "Who reads it, and until when", ("to_partition", "to_agencies", "expires_on"))
BASIS = Page("basis", "Legal basis", ("basis",))
CONSENTED = Page("consent", "Consent", ("consent_of", "consent_how", "consent_on"))
THRESHOLD = Page("threshold", "Threshold of risk", ("threshold", "threshold_words"))
WHY = Page("why", "Why it is right", ("necessity", "proportionality"))


class ReleaseForm(Form):
    """Ask for the text shared, its recipient, its legal basis, and until when. Asked page by page."""

    from_partition = radios("Which side is it from?", required="Choose which side it is from")
    kind = radios(
        "What kind of information is it?",
        hint="The register says this to those who may not read the words.",
        required="Choose what kind of information it is",
    )
    title = line("Heading for the recipient", required="Enter a heading for the recipient", width=30)
    text = text_box(
        "What the recipient will read",
        hint="Write it for them: only what they need. They see these words and not what you took them from.",
        required="Enter the words that the recipient will read",
        rows=8,
    )
    to_partition = radios("Who is it for?", required="Choose who it is for")
    to_agencies = forms.MultipleChoiceField(
        label="Only for these agencies",
        help_text="Leave empty for everybody of that side. A probation service receives only what names it.",
        required=False,
        widget=forms.CheckboxSelectMultiple(attrs={"small": True, "label_size": "s"}),
    )
    basis = radios("Legal basis", required="Choose consent, or another legal basis")
    consent_of = radios("Whose consent?")
    consent_how = radios("How was it given?")
    consent_on = DatePartsField(label="Date of the consent", required=False)
    threshold = radios(
        "Which threshold of risk is met?",
        hint="It was told to an advocate, the police will read it, and there is no consent.",
    )
    threshold_words = text_box("What shows that the threshold is met?", rows=3)
    necessity = text_box(
        "Why do they need it?", required="Say why the recipient needs this", rows=3, hint="Necessity."
    )
    proportionality = text_box(
        "Why this much, and no more?",
        required="Say why this much is right, and no more",
        rows=3,
        hint="Proportionality: what you left out, and what less would not have done.",
    )
    expires_on = DatePartsField(label="Last day on which they can read it", required=True)

    def __init__(
        self, *args: Any, origins: Sequence[str], on_case: Collection[Agency], own: str, **kwargs: Any
    ) -> None:
        today = timezone.localdate()
        ends = today + dt.timedelta(days=RULES.one("expiry", today).extra["days"])
        kwargs["initial"] = {"expires_on": ends, "from_partition": origins[0]} | (kwargs.get("initial") or {})
        super().__init__(*args, **kwargs)
        self.one_origin = len(origins) == 1
        self._choose("from_partition", [(name, name.capitalize()) for name in origins])
        self._choose("to_partition", self._goals(origins))
        self._choose("to_agencies", [(a.code, a.name) for a in on_case if a.code != own])
        for name in ("kind", "basis", "threshold", "consent_of", "consent_how"):
            rows = RULES.on(name, today)
            self._choose(name, [(code, row.title) for code, row in rows.items()])
            hints = {code: row.extra["hint"] for code, row in rows.items() if "hint" in row.extra}
            self.fields[name].widget.attrs["hints"] = hints

    @staticmethod
    def _goals(origins: Sequence[str]) -> list[tuple[str, str]]:
        goals = [(n, _capital(words)) for n, words in SIDE.items() if n not in {"vault", "warning", *origins}]
        # Clinicians' notes are not probation's to read, though both are on this side.
        return [*goals, ("health", "A probation service, named below")] if "health" in origins else goals

    def _choose(self, name: str, choices: list[tuple[str, str]]) -> None:
        offer(self, name, choices)

    def draft(self) -> Draft:
        """Return what is decided so far; what is not asked yet, or is wrong, is empty, and ends at once."""
        ended = {"consent_on": None, "expires_on": dt.date.min}
        blank: dict[str, Any] = dict.fromkeys(self.fields, "") | ended
        values = blank | self.cleaned_data
        return Draft(**values | {"to_agencies": tuple(values["to_agencies"])})

    def pages(self) -> list[Page]:
        """Return the pages that what was answered asks for, in their order."""
        answered = {name: self[name].value() or "" for name in ("from_partition", "to_partition", "basis")}
        whole = {"consent": answered["basis"] == CONSENT, "threshold": needs_threshold(**answered)}
        return [page for page in PAGES if whole.get(page.name, True)]

    def page(self, name: str) -> Page:
        """Return the page of this name, or the first: an answer can take a page away."""
        found = [page for page in self.pages() if page.name == name]
        return found[0] if found else WORDS

    def page_of(self, field: str) -> Page:
        """Return the page that asks for this field."""
        return next(page for page in PAGES if field in page.fields)

    def asked(self, page: Page) -> list[str]:
        """Return the fields of a page, without a choice of one."""
        return [name for name in page.fields if not (self.one_origin and name == "from_partition")]

    def of_others(self, page: Page) -> list[tuple[str, str]]:
        """Return what the other pages were answered, as hidden inputs send it."""
        asked = self.asked(page)
        return [pair for name in self.fields if name not in asked for pair in self._sent(name)]

    def answers(self) -> list[tuple[str, str]]:
        """Return every answer, as hidden inputs send it."""
        return [pair for name in self.fields for pair in self._sent(name)]

    def _sent(self, name: str) -> list[tuple[str, str]]:
        value, widget = self[name].value(), self.fields[name].widget
        if isinstance(widget, forms.MultiWidget):
            parts: Any = value if isinstance(value, list) else widget.decompress(value)
            suffixes = ("_day", "_month", "_year")
            return [(name + end, str(v)) for end, v in zip(suffixes, parts, strict=True) if v]
        values = value if isinstance(value, list | tuple) else [value]
        return [(name, str(v)) for v in values if v]

    def first_wrong(self, until: Page) -> Page | None:
        """Return the first page with an error, up to and with ``until``."""
        pages = self.pages()
        for page in pages[: pages.index(until) + 1]:
            if self.errors.keys() & set(page.fields):
                return page
        return None

    def show_errors_of(self, page: Page | None) -> None:
        """Leave out the errors of other pages, which are asked later."""
        kept = {*page.fields, NON_FIELD_ERRORS} if page else set()
        for name in set(self.errors) - kept:
            del self.errors[name]


PAGES = (WORDS, READERS, BASIS, CONSENTED, THRESHOLD, WHY)


class ChooseForm(Form):
    """Ask which line of the history it is taken from, or for words of one's own."""

    source = radios(
        "What do you want to release?",
        required="Choose a line of the history, or your own words",
    )

    def __init__(self, *args: Any, entries: Sequence[Entry], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        found = [(str(e.key), f"{timezone.localdate(e.happened_at):%-d %B %Y}: {e.title}") for e in entries]
        # First: the lines below may be many.
        offer(self, "source", [("words", "Something else, in my own words"), *found])
        self.fields["source"].widget.attrs["hints"] = {
            str(e.key): f"{e.get_partition_display()}, {e.owner.name}"
            for e in entries
            if len({(x.partition, x.owner_id) for x in entries}) > 1
        }


ReasonForm = reasons.asking(reasons.reason(size="s"))


class WithdrawForm(ReasonForm, VersionForm):  # type: ignore[misc, valid-type]  # made of its words
    """``version``: the withdrawal that the person has read, where somebody was first."""
