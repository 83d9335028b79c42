"""Check what is possible in Insight, whoever asks. Raised with the words for the person who asked."""

from __future__ import annotations

import datetime as dt

from lamplighter.hub.insight.models import Review, Run
from lamplighter.hub.site.refusals import NotPossibleError

EARLIEST = dt.date(2000, 1, 1)


def may_ask(scope: str, start: dt.date, end: dt.date, today: dt.date, cases: bool) -> None:
    if start > end:
        raise NotPossibleError("The first day must be before the last day")
    if end > today:
        raise NotPossibleError("The last day must not be in the future")
    if start < EARLIEST:
        raise NotPossibleError(f"The first day must not be before {EARLIEST.year}")
    if scope == Review.Scope.CASES and not cases:
        raise NotPossibleError("Analysts have the hub's own cases counted")
    if scope == Review.Scope.CASES and not _whole_quarters(start, end):
        raise NotPossibleError(
            "A review of the hub's own cases is of whole quarters: begin on the first day of January, April, "
            "July or October, and end with the last day of a quarter. Two reviews a day apart "
            "would tell about "
            "one victim"
        )


def _whole_quarters(start: dt.date, end: dt.date) -> bool:
    after = end + dt.timedelta(days=1)
    return all(day.day == 1 and day.month % 3 == 1 for day in (start, after))


def may_run_again(run: Run, broken_off: bool) -> None:
    if run.state != Run.State.FAILED and not broken_off:
        raise NotPossibleError("It is waiting, being made or done. Look at the page again")


def may_release(review: Review, bundle: bool) -> None:
    if review.state != Run.State.DONE:
        raise NotPossibleError("The review is not done yet")
    if review.scope == Review.Scope.CASES:
        raise NotPossibleError(
            "A review of the hub's own cases stays in the hub: beside a release of all reports, it would "
            "tell about the few cases that make the difference"
        )
    if not bundle:
        raise NotPossibleError("The bundle of this review was removed. Run it again, and release that one")
