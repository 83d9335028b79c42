"""The report in brief, the comparison with published figures, and what must not be concluded."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from lamplighter.disclosure.tables import TOTAL
from lamplighter.reporting.document import (
    Again,
    Block,
    Caution,
    Column,
    Figure,
    Heading,
    KeyFigure,
    KeyFigures,
    Points,
    Section,
    Table,
    Value,
    Words,
)
from lamplighter.reporting.words import number
from lamplighter.studies.review.engine import Review
from lamplighter.studies.review.results import NOT_RECORDED, Shown
from lamplighter.studies.review.sections.absent import ask_for, why_not
from lamplighter.studies.review.sections.shares import percent, summed
from lamplighter.studies.review.sections.stands_out import stands_out, what_to_do
from lamplighter.vocabulary import upkeep

_NOT_HELD = "not held"
#: The large figure of what the force does not hold.
NOT_HELD = "Not held"
#: Words of a share that is none, and a share of nobody: neither is worth saying of what is not recorded.
_NOTHING = (_NOT_HELD, "nobody counted", "0.0%", "")


def _share(shown: Shown, review: Review, table: str, parts: tuple[str, ...]) -> str:
    """'45.1%' of a one-way table's codes together; says when it is hidden or not held."""
    counts = {**review.found.counts, **{i.count.name: i.count for i in review.found.indicators if i.count}}
    count = counts.get(table)
    if count is None:
        return _NOT_HELD
    two = len(count.fields) == 2
    whole = shown.count(table, (TOTAL, TOTAL) if two else (TOTAL,))
    if (
        parts == (NOT_RECORDED,)
        and ((NOT_RECORDED, TOTAL) if two else (NOT_RECORDED,)) not in count.table.cells
    ):
        return ""
    found = [shown.count(table, (part, TOTAL) if two else (part,)) for part in parts]
    if whole == 0:
        return "nobody counted"
    share = percent(summed(found), whole)
    return "hidden" if share is None else f"{number(share, 1)}%"


def immature(review: Review) -> int | None:
    """Days for which the youngest reports could be followed, where that is too short to compare shares."""
    meta = review.cohort.bundle.metadata
    days = (meta.extracted_on - meta.period_to).days
    return days if days < review.cohort.settings.mature_days else None


#: Shares of what had happened by the extract: they depend on how long reports were followed.
BY_EXTRACT = ("withdrawn_by_extract", "nfa_by_extract", "charged_by_extract")


def _soon(shown: Shown, review: Review) -> str:
    week = _share(shown, review, "how-soon-withdrawn", ("0", "1-7"))
    month = _share(shown, review, "how-soon-withdrawn", ("0", "1-7", "8-30"))
    return week if week in (_NOT_HELD, "hidden", "nobody counted") else f"{week} and {month}"


def _of_both(shown: Shown, review: Review) -> str:
    suspects, reports = (
        _share(shown, review, f"offended-before-{unit}", ("yes",)) for unit in ("suspects", "reports")
    )
    return _NOT_HELD if suspects == reports == _NOT_HELD else f"{suspects} of suspects, {reports} of reports"


#: Our figure beside a published one, by the name in ``comparison.toml``.
OURS: Mapping[str, Callable[[Shown, Review], str]] = {
    "withdrawn_by_extract": lambda s, r: _share(s, r, "how-reports-ended", ("withdrawal",)),
    "nfa_by_extract": lambda s, r: _share(s, r, "how-reports-ended", ("no_further_action",)),
    "charged_by_extract": lambda s, r: _share(s, r, "how-reports-ended", ("charge",)),
    "not_first_stalking": lambda s, r: _share(s, r, "indicator-1", ("not_met",)),
    "accused_before": lambda s, r: _share(s, r, "accused-before-suspects", ("yes",)),
    "offended_before": lambda s, r: _of_both(s, r),
    "female_victims": lambda s, r: _share(s, r, "victim-sex", ("female",)),
    "minimised": lambda s, r: _share(s, r, "indicator-12", ("met",)),
    "orders_granted": lambda s, r: _share(s, r, "indicator-21b", ("met",)),
    "soon_among_withdrawn": _soon,
}


@cache
def published_figures() -> tuple[Mapping[str, Any], ...]:
    """The published figures with their sources."""
    body = upkeep.packaged("lamplighter.studies.review", "comparison.toml").body
    return tuple(body["figure"])


@dataclass(frozen=True, slots=True)
class Headline:
    """One of the six large figures: its share, whom it is of, what London published, and what it asks.

    ``asks`` is what it would answer; ``needs`` under which names it is said why a force does not hold it.
    """

    name: str
    table: str
    label: str
    basis: str
    beside: str
    asks: str
    needs: tuple[str, ...]


HEADLINES = (
    Headline(
        "withdrawn_by_extract",
        "how-reports-ended",
        "of reports ended with the victim withdrawing or not supporting action",
        "all reports",
        "London 2024: 45%",
        "How many reports ended with the victim withdrawing",
        ("how-reports-ended", "analysis A2"),
    ),
    Headline(
        "nfa_by_extract",
        "how-reports-ended",
        "of reports were closed with no further action",
        "all reports",
        "London 2024: 41%",
        "How many reports were closed with no further action",
        ("how-reports-ended", "analysis A2"),
    ),
    Headline(
        "charged_by_extract",
        "how-reports-ended",
        "of reports led to a charge",
        "all reports",
        "England and Wales, year to March 2022: 5% or 6%",
        "How many reports led to a charge",
        ("how-reports-ended", "analysis A2"),
    ),
    Headline(
        "not_first_stalking",
        "indicator-1",
        "of cases were not seen as stalking at first",
        "cases later recorded as stalking",
        "London: 80% to 82%",
        "How many were not seen as stalking at first",
        ("indicator 1",),
    ),
    Headline(
        "accused_before",
        "accused-before-suspects",
        "of suspects had been accused before",
        "named suspects, each once",
        "London 2024: 3 in 10",
        "How many suspects had been accused before",
        ("accused-before-suspects", "analysis A1"),
    ),
    Headline(
        "indicator-16a",
        "indicator-16a",
        "of victims withdrew in the first week",
        "all new cases",
        "London: “many”; no figure published",
        "How many victims withdrew in the first week",
        ("indicator 16a",),
    ),
)


def _figure(headline: Headline, review: Review, shown: Shown) -> KeyFigure:
    """The share of those counted, with how many of them it is not recorded; or what to ask for."""
    name = headline.name
    value = OURS[name](shown, review) if name in OURS else _share(shown, review, headline.table, ("met",))
    if value == _NOT_HELD:
        why = why_not(review.found, *headline.needs)
        asked = f" Ask for: {ask_for(why)}." if why is not None else ""
        return KeyFigure(NOT_HELD, headline.asks, f"Not held by this force.{asked}")
    beside = headline.beside
    if name in BY_EXTRACT and immature(review) is not None:
        beside = "So far; too young to compare"
    silent = _share(shown, review, headline.table, (NOT_RECORDED,))
    unsaid = "" if silent in _NOTHING else f"; not recorded for {silent}"
    return KeyFigure(value, headline.label, f"Of {headline.basis}{unsaid}", beside)


#: Pictures of the first page, in the order in which they are wanted; three of those that there are.
PICTURES = (
    "figure-funnel",
    "figure-time-to-end",
    "figure-first-classification",
    "figure-outcomes-of-recorded",
    "figure-relationship-of-suspect",
    "figure-behaviours",
    "figure-reports-by-quarter-number",
)
_MOST_PICTURES = 3


def brief_section(review: Review, shown: Shown, figures_of: Iterable[Figure] = ()) -> Section:
    """The page for five minutes: six figures, three charts, what stands out, to do and not to conclude."""
    days = review.cohort.settings.mature_days
    figures = [_figure(headline, review, shown) for headline in HEADLINES]
    absent = [one for one, own in zip(HEADLINES, figures, strict=True) if own.value == NOT_HELD]
    lacked = [why for one in absent if (why := why_not(review.found, *one.needs)) is not None]
    still = _share(shown, review, "outcomes-of-recorded", ("open",))
    blocks: list[Block] = [KeyFigures(tuple(figures))]
    if still not in _NOTHING:
        what = "A hidden share" if still == "hidden" else still
        told = f"{what} of all reports had no outcome yet by the extract: these shares can still rise."
        blocks.append(Words((told,)))
    young = immature(review)
    if young is not None:
        blocks.append(
            Caution(
                f"The youngest reports were followed for {young} days, fewer than {days}. What had happened "
                "by the extract is less for young reports, so these shares are not set beside London’s. "
                "Compare the curves by day, in which every report counts for as long as it was followed."
            )
        )
    drawn = {figure.key: figure for figure in figures_of}
    blocks += [Again(drawn[key]) for key in PICTURES if key in drawn][:_MOST_PICTURES]
    blocks += stands_out(review, shown)
    blocks += [Heading("What to do"), Points(what_to_do(review, shown, lacked))]
    blocks += [Heading("What must not be concluded"), Points(NOT_TO_CONCLUDE)]
    return Section("brief", "In five minutes", tuple(blocks), first=True)


#: The shortest form of the list on the page for fifteen minutes.
NOT_TO_CONCLUDE = (
    "That few withdrawals are good: they may be recorded badly, or victims lost before anybody asked.",
    "That these shares can stand beside London’s, or another force’s, unless selection, recording rules and "
    "follow-up are the same.",
    "That something which goes with an outcome causes it.",
    "That what is not recorded was done, or was not done.",
)


def comparison_section(review: Review, shown: Shown) -> Section:
    """Published figures beside ours, each with where it was read and what stands against comparing."""
    rows: list[tuple[Value, ...]] = [
        (
            figure["what"],
            _ours(figure["beside"], shown, review),
            f"{figure['value']} ({figure['where']})",
            figure["source"],
            figure["caution"],
        )
        for figure in published_figures()
    ]
    return Section(
        "comparison",
        "Beside what has been published",
        (
            Table(
                "published-figures",
                "Our figures beside published ones",
                (
                    Column("What"),
                    Column("Here"),
                    Column("Published"),
                    Column("Where it was read"),
                    Column("Before comparing"),
                ),
                tuple(rows),
            ),
        ),
    )


def _ours(name: str, shown: Shown, review: Review) -> str:
    if name in BY_EXTRACT and immature(review) is not None:
        return "not compared: followed too short a time"
    return OURS[name](shown, review)


def conclusions_section(review: Review) -> Section:
    """Say what the figures cannot say, in plain words."""
    points = [
        "That a low share of withdrawals is good. A force that records few victims as withdrawing may be "
        "recording "
        "badly, or losing them before anybody asks. Read it with the reasons and the pressure check.",
        "That a rise in reports is a rise in stalking, or a fall a fall. Most changes in recorded stalking "
        "are "
        "changes in recording.",
        "That something which goes with an outcome causes it. Advocates were not assigned at random.",
        "That an outcome code says why. “No further action” says what was decided, not whether the "
        "evidence was "
        "looked for: read it with the lines of enquiry.",
        "Anything about one victim, one suspect or one officer.",
        "That two forces differ, from two reports like this one, unless both used the same selection, the "
        "same "
        "recording rules, the same outcome groups and the same length of follow-up.",
        "That “not recorded” means “not done” or “done”. For a step that should have been taken, what was "
        "not "
        "recorded is counted as not done, and how much that is stands beside every figure.",
    ]
    return Section("not-concluded", "What must not be concluded", (Points(tuple(points)),))
