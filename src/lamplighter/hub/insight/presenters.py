"""Runs and releases in the words of the pages."""

from __future__ import annotations

import datetime as dt
from typing import Any

from lamplighter.disclosure import profiles
from lamplighter.hub.design.environment import grouped, long_date, long_time, plural
from lamplighter.hub.insight import rules
from lamplighter.hub.insight.models import Publication, Release, Review, Run
from lamplighter.hub.insight.selectors import Standing

#: Steps that each kind of run takes: what the page's bar is drawn from.
STEPS = {Review: 11, Release: 10}
#: As ``studies.review.results.NEAREST``, which a page need not load a study for.
NEAREST = 5
TABLES = {
    "reports": "Reports",
    "people": "People, by pseudonym",
    "offences": "Offences",
    "behaviours": "Kinds of behaviour",
    "events": "Events",
}


def period(start: dt.date, end: dt.date) -> str:
    return f"{long_date(start)} to {long_date(end)}"


def state(found: Standing) -> str:
    """Return the state of a run, in a few words."""
    run = found.run
    if found.broken_off:
        return "Broken off"
    if isinstance(run, Release) and run.outcome:
        return run.get_outcome_display()
    if run.state == Run.State.RUNNING and run.step:
        return f"Being made: {run.step}"
    return run.get_state_display()


def answer(found: Standing) -> str:
    """Return the first thing to know about a run that is not done."""
    run = found.run
    what = "review" if isinstance(run, Review) else "release"
    if found.broken_off:
        return f"The worker ended while it made this {what}. Nothing is lost: run it again."
    if run.state == Run.State.FAILED:
        return f"This {what} stopped. {run.problem} {run.remedy}".strip()
    if run.state == Run.State.WAITING:
        return f"This {what} waits for its turn."
    return f"This {what} is being made. Step {run.step_number} of {steps(run)}: {run.step}."


def steps(run: Run) -> int:
    return max(STEPS[type(run)], run.step_number)


def by(run: Run) -> str:
    return run.asked_by.display_name if run.asked_by else "The command line"


def review_row(found: Standing) -> dict[str, Any]:
    review = found.run
    assert isinstance(review, Review)
    return {
        "key": review.key,
        "period": period(review.period_from, review.period_to),
        "scope": review.get_scope_display(),
        "asked": long_time(review.asked_at),
        "by": by(review),
        "state": state(found),
    }


def review_facts(review: Review) -> list[dict[str, Any]]:
    rows = [
        ("Which reports", review.get_scope_display()),
        ("Asked for", f"{long_time(review.asked_at)} by {by(review)}"),
        ("Done", long_time(review.finished_at) if review.state == Run.State.DONE else "Not yet"),
    ]
    if review.state == Run.State.DONE:
        left = review.not_answered
        rows.append(
            (
                "Not answered",
                f"{plural(len(left), 'analysis or indicator', 'analyses and indicators')}, because the hub "
                "does not hold what they need. The report names each, with what is missing."
                if left
                else "Nothing: the bundle held what every analysis and indicator needs",
            )
        )
        rows.append(("Bundle", _bundle(review)))
    return _summary(rows)


def _bundle(review: Review) -> str:
    if review.bundle_removed_at:
        return f"Removed on {long_date(review.bundle_removed_at)}"
    assert review.finished_at is not None
    days = rules.in_force("bundle_days", review.finished_at.date())["days"]
    until = long_date(review.finished_at + dt.timedelta(days=days))
    return f"Kept until {until}, so that a release can be prepared"


def counts(review: Review) -> list[list[dict[str, Any]]]:
    """Rows that were taken out, and rows that were left out and why."""
    rows = review.counts.get("rows", {})
    few = review.scope == Review.Scope.CASES
    told = [(TABLES[name], rows[name]) for name in TABLES if name in rows]
    told += [(f"Left out: {why}", number) for why, number in review.counts.get("left out", {}).items()]
    if alone := None if few else review.counts.get("unique"):
        told.append(
            ("Reports of the only victim with their force, quarter, ages and relationship", alone["alone"])
        )
    return [[{"text": name}, {"text": _number(n, few), "format": "numeric"}] for name, n in told]


def _number(number: int, few: bool) -> str:
    """A count; of the hub's own cases to the nearest five, so that no single one can be told from it."""
    if not few:
        return grouped(number)
    if 0 < number < NEAREST:
        return f"Fewer than {NEAREST}"
    return grouped(NEAREST * ((number + NEAREST // 2) // NEAREST))


def release_row(found: Standing) -> dict[str, Any]:
    release = found.run
    assert isinstance(release, Release)
    return {
        "key": release.key,
        "asked": long_time(release.asked_at),
        "by": by(release),
        "state": state(found),
    }


def release_facts(release: Release) -> list[dict[str, Any]]:
    review = release.review
    return _summary(
        [
            ("Of the review", period(review.period_from, review.period_to)),
            ("Rules", profiles.profile(release.profile).title),
            ("Edition", release.edition),
            ("Asked for", f"{long_time(release.asked_at)} by {by(release)}"),
            ("Done", long_time(release.finished_at) if release.state == Run.State.DONE else "Not yet"),
        ]
    )


def rules_of(profile: str) -> list[str]:
    """List what the rules of disclosure control ask, a sentence each."""
    held = profiles.profile(profile)
    zero = ", and none at all" if held.zeros_hidden else ""
    return [
        f"The rules are those for “{held.title}”.",
        f"A count of fewer than {held.threshold} people{zero}, is not shown, and neither are others from "
        "which it could be worked out.",
        *([f"Every count is shown to the nearest {held.base}."] if held.base > 1 else []),
        "Charts and the words beside them are drawn from what is shown, and from nothing else.",
    ]


def publication_row(found: Publication) -> dict[str, Any]:
    return {
        "key": found.key,
        "title": found.title,
        "period": period(found.period_from, found.period_to),
        "at": long_date(found.at),
        "rules": profiles.profile(found.profile).title,
    }


def _summary(rows: list[tuple[str, str]]) -> list[dict[str, Any]]:
    return [{"key": {"text": name}, "value": {"text": text}} for name, text in rows]
