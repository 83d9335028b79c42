"""The report in brief, the comparison with published figures, and what must not be concluded."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from lamplighter.disclosure.tables import TOTAL
from lamplighter.reporting.document import (
    Block,
    Caution,
    Column,
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
from lamplighter.studies.review.results import Shown
from lamplighter.studies.review.sections.shares import percent, summed
from lamplighter.studies.review.sections.stands_out import stands_out
from lamplighter.vocabulary import upkeep

_NOT_HELD = "not held"


def _share(shown: Shown, review: Review, table: str, parts: tuple[str, ...]) -> str:
    """'45.1%' of a one-way table's codes together; says when it is hidden or not held."""
    counts = {**review.found.counts, **{i.count.name: i.count for i in review.found.indicators if i.count}}
    count = counts.get(table)
    if count is None:
        return _NOT_HELD
    two = len(count.fields) == 2
    whole = shown.count(table, (TOTAL, TOTAL) if two else (TOTAL,))
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


#: Our figure beside a published one, by the name in ``comparison.toml``.
OURS: Mapping[str, Callable[[Shown, Review], str]] = {
    "withdrawn_by_extract": lambda s, r: _share(s, r, "how-reports-ended", ("withdrawal",)),
    "nfa_by_extract": lambda s, r: _share(s, r, "how-reports-ended", ("no_further_action",)),
    "charged_by_extract": lambda s, r: _share(s, r, "how-reports-ended", ("charge",)),
    "not_first_stalking": lambda s, r: _share(s, r, "indicator-1", ("not_met",)),
    "accused_before": lambda s, r: _share(s, r, "accused-before-suspects", ("yes",)),
    "offended_before": lambda s, r: (
        f"{_share(s, r, 'offended-before-suspects', ('yes',))} of suspects, "
        f"{_share(s, r, 'offended-before-reports', ('yes',))} of reports"
    ),
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


def brief_section(review: Review, shown: Shown) -> Section:
    """Six large figures with who is counted, and London's beside them."""
    days = review.cohort.settings.mature_days
    asked = (
        (
            "withdrawn_by_extract",
            "of reports ended with the victim withdrawing or not supporting action",
            "all reports",
            "London 2024: 45%",
        ),
        ("nfa_by_extract", "were closed with no further action", "all reports", "London 2024: 41%"),
        (
            "charged_by_extract",
            "led to a charge",
            "all reports",
            "England and Wales, year to March 2022: 5% or 6%",
        ),
        (
            "not_first_stalking",
            "were not seen as stalking at first",
            "cases later recorded as stalking",
            "London: 80% to 82%",
        ),
        (
            "accused_before",
            "of suspects had been accused before",
            "named suspects, each once",
            "London 2024: 3 in 10",
        ),
        (
            "indicator-16a",
            "of victims withdrew in the first week",
            "all new cases",
            "London: “many”; no figure published",
        ),
    )
    figures = []
    for name, label, basis, beside in asked:
        value = _share(shown, review, name, ("met",)) if name not in OURS else OURS[name](shown, review)
        if name in BY_EXTRACT and immature(review) is not None:
            beside = "So far; too young to compare"
        figures.append(KeyFigure(value, label, f"Of {basis}", beside))
    still = _share(shown, review, "outcomes-of-recorded", ("open",))
    blocks: list[Block] = [KeyFigures(tuple(figures))]
    if still != _NOT_HELD:
        told = f"{still} of all reports had no outcome yet by the extract: these shares can still rise."
        blocks.append(Words((told,)))
    blocks += stands_out(review, shown)
    young = immature(review)
    if young is not None:
        blocks.append(
            Caution(
                f"The youngest reports were followed for {young} days, fewer than {days}. What had happened "
                "by the extract is less for young reports, so these shares are not set beside London’s. "
                "Compare the curves by day, in which every report counts for as long as it was followed."
            )
        )
    return Section("brief", "In brief", tuple(blocks), first=True)


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
