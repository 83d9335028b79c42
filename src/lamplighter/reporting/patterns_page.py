"""The patterns of a run as one HTML page for people: the flagged ones first, each a sentence and its reasons.

The page needs nothing else, makes no request and runs no script; the content security policy in it holds it
to that. It names people, so it says at its top and on every printed sheet that it holds personal data.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from jinja2 import Environment, StrictUndefined, Template
from markupsafe import Markup

"""What a rule says of a sign that no report shows; its heading says so already."""


@dataclass(frozen=True, slots=True)
class Account:
    """One report of an occasion: what it was recorded as, by whom, under which reference, and its words."""

    report_id: str
    recorded_as: str
    as_stalking: bool
    agency: str
    reference: str
    reported: dt.date | None
    words: str
    impact: str
    victim_as_named: str
    suspect_as_named: str


@dataclass(frozen=True, slots=True)
class Occasion:
    """Hold what happened once. ``when`` is no more exact than is known; ``why_here`` is said of a report that
    does not name both people; ``turned`` of one in which the roles are reversed."""

    number: int
    when: str
    at: dt.date | None
    acts: str
    channel: str
    accounts: tuple[Account, ...]
    why_here: str
    turned: bool


@dataclass(frozen=True, slots=True)
class Party:
    """One of the two people: a heading, and what is recorded of them."""

    role: str
    name: str
    facts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Joined:
    """Hold why two records are held to be one person: which, what agrees, what speaks against, how sure."""

    between: str
    why: str
    against: str
    sure: str


@dataclass(frozen=True, slots=True)
class Same:
    """Hold why the records of one of the two are one person; ``note`` where not every link is among them."""

    who: str
    lines: tuple[Joined, ...]
    note: str


@dataclass(frozen=True, slots=True)
class Pattern:
    """One pattern as a person reads it. ``weigh`` and ``four`` are titles with their words."""

    number: int
    reference: str
    title: str
    sentence: str
    flagged: bool
    reading: str
    reasons: tuple[str, ...]
    stalking: str
    never: bool
    never_by_police: bool
    parties: tuple[Party, ...]
    relationship: str
    weigh: tuple[tuple[str, str], ...]
    four: tuple[tuple[str, bool, str], ...]
    also: tuple[tuple[str, str], ...]
    occasions: tuple[Occasion, ...]
    same: tuple[Same, ...]
    reports: int
    first: dt.date | None
    last: dt.date | None
    agencies: tuple[str, ...]
    references: tuple[str, ...]
    recorded_as: str


@dataclass(frozen=True, slots=True)
class FileRows:
    """One file that was read, and what became of its rows."""

    label: str
    rows_in: int
    accepted: int
    rejected: int
    repeated: int


@dataclass(frozen=True, slots=True)
class PatternsPage:
    """Everything on the page. ``flagged`` are shown whole, ``more_flagged`` and ``others`` in a line each;
    ``left_out`` and ``not_to_conclude`` are sentences."""

    subtitle: str
    marking: str
    lead: tuple[str, ...]
    flagged: tuple[Pattern, ...]
    more_flagged: tuple[Pattern, ...]
    others: tuple[Pattern, ...]
    others_untold: int
    left_out: tuple[str, ...]
    aside: tuple[tuple[str, str], ...]
    reasons: tuple[tuple[str, str, int], ...]
    files: tuple[FileRows, ...]
    not_to_conclude: tuple[str, ...]


def patterns_html(page: PatternsPage) -> str:
    """Return the page. Everything in it is set as text."""
    style = "".join(_own(name) for name in ("page.css", "patterns.css"))
    return _template().render(page=page, css=Markup(style))  # noqa: S704 - our own files


def _own(name: str) -> str:
    return (files("lamplighter.reporting") / name).read_text(encoding="utf-8")


@cache
def _template() -> Template:
    from lamplighter.reporting.words import NOT_SHOWN, count, day

    environment = Environment(
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["day"] = day
    environment.globals.update(count=count, total=_total, nothing_shown=NOT_SHOWN)
    return environment.from_string(_own("patterns.html.jinja"))


def _total(rows: Sequence[FileRows], name: str) -> int:
    return sum(int(getattr(row, name)) for row in rows)
