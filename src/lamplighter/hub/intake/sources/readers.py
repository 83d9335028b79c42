"""Say who may read the reports of a source, as its mapping says it under ``[readers]``."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from lamplighter.hub.accounts.models import Agency
from lamplighter.hub.intake.confidentiality import presenters as reader_presenters
from lamplighter.hub.intake.confidentiality.forms import ReadersForm
from lamplighter.hub.intake.confidentiality.selectors import OWN, Choice, Readers, from_document
from lamplighter.hub.site.refusals import NotPossibleError


def part(choice: Choice) -> dict[str, Any]:
    """The part ``[readers]`` of a mapping; empty for its own agency alone, which needs no saying."""
    if choice == OWN:
        return {}
    told = asdict(choice) | {"agencies": list(choice.agencies)}
    return {name: value for name, value in told.items() if value}


def plain(choice: Choice) -> dict[str, Any]:
    """The same as JSON can hold it, for what was decided so far on the pages."""
    return {n: v.isoformat() if isinstance(v, dt.date) else v for n, v in part(choice).items()}


def read(told: Mapping[str, Any]) -> Choice:
    """Read a part ``[readers]``; nobody but its own agency where it says nothing that can be read."""
    try:
        return from_document(dict(told)) if told else OWN
    except NotPossibleError:
        return OWN


def initial(choice: Choice | None) -> dict[str, Any]:
    """Return the first values of the page's form."""
    return {} if choice is None else asdict(choice) | {"agencies": list(choice.agencies)}


def who(choice: Choice | None, agency: Agency | None) -> str:
    """Name the readers of this agency's reports, in words for somebody who need not be of it."""
    choice, name = choice or OWN, agency.name if agency else "the agency"
    if choice.readers == Readers.OWN:
        return f"Only {name}"
    return reader_presenters.who(choice).replace("Our agency", name, 1)


class SourceReadersForm(ReadersForm):
    """The question as an administrator is asked it, of every new report in an agency's files."""

    def __init__(self, *args: Any, agency: Agency, **kwargs: Any) -> None:
        super().__init__(*args, agency=agency, **kwargs)
        asked: Any = self.fields["readers"]
        asked.label = "Who may read these reports?"
        asked.help_text = (
            "The others see that the agency holds a report, its date, and that they can ask. Whoever may "
            "read it, the hub compares it with all other reports."
        )
        words = {Readers.OWN: f"Only {agency.name}", Readers.NAMED: "Agencies that you name"}
        asked.choices = [(value, words.get(Readers(value), label)) for value, label in Readers.choices]
