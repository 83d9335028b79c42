"""Three or four sentences that a reader who stops after the first page should have read.

Chosen by rule and never by hand: how soon victims withdrew, which steps were taken least often, and for which
group withdrawal differs most. Every figure is one of the report's own.
"""

from __future__ import annotations

from collections.abc import Iterable

from lamplighter.disclosure.tables import TOTAL
from lamplighter.reporting.document import Block, Heading, Points
from lamplighter.reporting.words import listed, number
from lamplighter.studies.review.engine import Review
from lamplighter.studies.review.indicators.lines import lines
from lamplighter.studies.review.results import NOT_RECORDED, Indicator, NotAnswered, Shown
from lamplighter.studies.review.sections.measures import widest_gap
from lamplighter.studies.review.sections.outcomes import risk_by
from lamplighter.studies.review.sections.shares import percent

#: A step is told of only when it was asked of so many, and so many steps are told.
LEAST_ASKED = 50
TOLD = 3
#: So many of what is not held are named on the first page; above so many per cent of silence it is asked why.
MOST_ASKED = 3
HALF = 50
WITHDRAWAL = "indicator-15"


def stands_out(review: Review, shown: Shown) -> list[Block]:
    """A heading and its points; nothing when the bundle gives none of them."""
    every = (_soon(review, shown), *_least(review, shown), _uneven(review, shown))
    found = tuple(words for words in every if words)
    return [Heading("What stands out"), Points(found)] if found else []


def _soon(review: Review, shown: Shown) -> str | None:
    if "time-to-withdrawal" not in review.found.curves or "how-soon-withdrawn" in review.found.not_held:
        return None
    choices = review.cohort.settings
    told = []
    for day in (choices.first_week, choices.mature_days):
        share = risk_by(review, shown, "withdrawal", day)
        if isinstance(share, str):
            told.append(f"in {_plain(share)} by day {day}")
    return f"How soon: of all reports, the victim had withdrawn {listed(told)}." if told else None


def _plain(share: str) -> str:
    """The share without its interval, which stands in the section on time."""
    return share.split(" (", maxsplit=1)[0]


def _shares(review: Review, shown: Shown) -> list[tuple[float, str, Indicator, float | None]]:
    """The steps that ought to be taken, the least taken first: share, number, line, share not recorded."""
    steps = {f"{line.number}{line.part}" for line in lines(review.cohort.settings) if line.good == "met"}
    shares: list[tuple[float, str, Indicator, float | None]] = []
    for line in review.found.indicators:
        name = f"{line.number}{line.part}"
        if name not in steps or line.count is None:
            continue
        two = len(line.count.fields) == 2
        whole = shown.count(line.count.name, (TOTAL, TOTAL) if two else (TOTAL,))
        met = shown.count(line.count.name, ("met", TOTAL) if two else ("met",))
        if met is None or whole is None or whole < LEAST_ASKED:
            continue
        share = percent(met, whole)
        if share is not None:
            silent = (NOT_RECORDED, TOTAL) if two else (NOT_RECORDED,)
            missing = shown.count(line.count.name, silent) if silent in line.count.table.cells else 0
            shares.append((share, name, line, percent(missing, whole)))
    return sorted(shares, key=lambda found: found[:2])


def _least(review: Review, shown: Shown) -> list[str]:
    """The steps that ought to be taken and are on record for the smallest share."""
    return [
        f"On record as done least often: {line.numerator}, {number(share, 1)}% of {line.denominator}"
        f"{_unsaid(missing)}."
        for share, _, line, missing in _shares(review, shown)[:TOLD]
    ]


def _unsaid(missing: float | None) -> str:
    """How much of the rest nobody wrote down, which is no answer that it was not done."""
    return f" (nothing is recorded for {number(missing, 1)}%)" if missing else ""


def what_to_do(review: Review, shown: Shown, first: Iterable[NotAnswered] = ()) -> tuple[str, ...]:
    """The next steps that these figures call for, the most pressing first, chosen by rule.

    ``first`` is what the six figures lack, and is asked for before anything else.
    """
    found = review.found
    steps = []
    if "outcome-conflicts" in found.counts:
        steps.append(
            "Find out which outcome is right where a report has two; the table of them says how many."
        )
    steps += _unwritten(review, shown)
    # One thing to ask for is named once, however many tables wait for it.
    lacked: dict[tuple[str, ...], str] = {}
    for item in (*first, *found.not_held.values()):
        lacked.setdefault(item.missing, f"{item.title[:1].lower()}{item.title[1:]}")
    missing = list(lacked.values())
    if missing:
        more = ", and more" if len(missing) > MOST_ASKED else ""
        steps.append(
            f"Ask the force for what it does not hold: {'; '.join(missing[:MOST_ASKED])}{more}. What exactly "
            "to ask for is under “What could not be answered”."
        )
    if any(f"indicator-{line.number}{line.part}" == WITHDRAWAL for line in found.indicators):
        steps.append(
            "Read the withdrawals with their reasons and their check for pressure, those of the first week "
            "first."
        )
    steps.append("Take a sample of files for the line that surprises most, and read them.")
    return tuple(steps)


def _unwritten(review: Review, shown: Shown) -> list[str]:
    """The step that is on record least often: what to find out about it before anything is said of it."""
    least = _shares(review, shown)[:1]
    if not least:
        return []
    _, _, line, missing = least[0]
    if missing is not None and missing >= HALF:
        return [f"Find out whether “{line.title}” is not done or not written down."]
    return [f"Find out why “{line.title}” is on record for so few."]


def _uneven(review: Review, shown: Shown) -> str | None:
    gap = widest_gap(review, shown, WITHDRAWAL)
    if gap is None:
        return None
    group, points = gap
    more = "more" if points > 0 else "less"
    return (
        f"Not alike: withdrawal was {number(abs(points), 1)} points {more} common with “{group}” than with "
        "all others of whom it is recorded, the widest gap among those that chance alone would seldom give."
    )
