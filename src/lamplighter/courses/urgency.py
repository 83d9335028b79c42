"""Which course needs somebody first? An order by named rules, compared one after another; no sum, no score.

Courses are compared by the first rule of :data:`RULES`, then, where that does
not tell them apart, by the next. Each rule puts a course in one of a few
places by something that happened, and says so in words. The last but one is how
many days ago the last occasion was, which alone is the order this one has to
beat (:func:`baseline`); of two on the same day the more frequent comes first.
"""

from __future__ import annotations

import datetime as dt
import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

import polars as pl

from lamplighter.courses.readings import POSSIBLE
from lamplighter.courses.results import Row
from lamplighter.courses.severity import THREATS
from lamplighter.courses.words import count, span

RULE_VERSION = "4"
WEEK_DAYS = 7
RECENT_DAYS = 28
ACTIVE_DAYS = 91
HALF_YEAR_DAYS = 182
_GRAVE = frozenset({"violence", "strangulation", "sexual_violence", "threat_kill", "break_in"})


@dataclass(frozen=True, slots=True)
class Known:
    """What the rules look at for one course, from the frames of a result."""

    possible: bool
    relationship: str | None
    days: tuple[float, ...]
    acts: tuple[frozenset[str], ...]
    met: frozenset[str]

    def since_last(self) -> float:
        """Days since the last occasion; infinity when none has a date."""
        return min(self.days, default=math.inf)

    def within(self, limit: float) -> int:
        """Occasions in the last ``limit`` days."""
        return sum(d <= limit for d in self.days)

    def last_with(self, behaviours: frozenset[str]) -> float:
        """Days since the last occasion with one of the behaviours."""
        return min((d for d, a in zip(self.days, self.acts, strict=True) if a & behaviours), default=math.inf)


@dataclass(frozen=True, slots=True)
class UrgencyRule:
    """``place`` is smaller for what comes first; ``words`` is None where the rule has nothing to say."""

    rule_id: str
    title: str
    place: Callable[[Known], float]
    words: Callable[[Known], str | None]


def _flag(
    test: Callable[[Known], bool], words: str
) -> tuple[Callable[[Known], float], Callable[[Known], str | None]]:
    return (lambda k: 0.0 if test(k) else 1.0), (lambda k: words if test(k) else None)


def _possible(k: Known) -> bool:
    return k.possible


def _activity(k: Known) -> float:
    """Going on (something in the last three months), or not."""
    return float(k.since_last() > ACTIVE_DAYS)


def _activity_words(k: Known) -> str | None:
    said = (
        (WEEK_DAYS, "something this week"),
        (RECENT_DAYS, "going on now"),
        (ACTIVE_DAYS, "still going on"),
    )
    return next((words for days, words in said if k.since_last() <= days), None)


def _gravity(k: Known) -> float:
    """Of what goes on: violence, a threat to kill or an entry of late; any of these, or a threat, at any
    time; or neither. What has been quiet for three months is in the order of its last occasion."""
    if k.since_last() > ACTIVE_DAYS:
        return 2.0
    if k.last_with(_GRAVE) <= ACTIVE_DAYS:
        return 0.0
    return 1.0 if math.isfinite(k.last_with(_GRAVE | THREATS)) else 2.0


def _gravity_words(k: Known) -> str | None:
    if k.last_with(_GRAVE) <= ACTIVE_DAYS:
        return "violence, a threat to kill or an entry in the last three months"
    if k.last_with(THREATS) <= ACTIVE_DAYS:
        return "threats in the last three months"
    if math.isfinite(k.last_with(_GRAVE)):
        return "violence, a threat to kill or an entry, more than three months ago"
    return "threats, more than three months ago" if math.isfinite(k.last_with(THREATS)) else None


def _often(k: Known) -> float:
    """How many occasions in half a year: four or more, three, two, one, none."""
    return 4.0 - min(k.within(HALF_YEAR_DAYS), 4)


def _often_words(k: Known) -> str | None:
    n = k.within(HALF_YEAR_DAYS)
    return f"{count(n, 'incident')} in the last six months" if n >= 2 else None


def _since(k: Known) -> float:
    return k.since_last()


def _days(k: Known) -> float:
    """Whole days since the last occasion: the hour of a report is seldom known."""
    return k.since_last() // 1 if math.isfinite(k.since_last()) else math.inf


def _since_words(k: Known) -> str | None:
    if not math.isfinite(k.since_last()):
        return None
    days = int(k.since_last())
    if days < 2:
        return f"last incident {('today', 'yesterday')[days]}"
    return f"last incident {span(days)} ago"


RULES: tuple[UrgencyRule, ...] = (
    UrgencyRule(
        "urgency.possible_stalking", "Reads as possible stalking", *_flag(_possible, "possible stalking")
    ),
    UrgencyRule(
        "urgency.activity",
        f"An incident in the last {ACTIVE_DAYS} days",
        _activity,
        _activity_words,
    ),
    UrgencyRule(
        "urgency.gravity",
        f"Then: violence, a threat to kill or an entry in the last {ACTIVE_DAYS} days; any of these, or"
        " another threat, at any time",
        _gravity,
        _gravity_words,
    ),
    UrgencyRule("urgency.last", "Days since the last incident", _days, _since_words),
    UrgencyRule("urgency.often", "Incidents in the last six months", _often, _often_words),
)


def known(
    courses: pl.DataFrame, occasions: pl.DataFrame, findings: pl.DataFrame, as_at: dt.datetime
) -> dict[str, Known]:
    """What the rules look at, by course id. Occasions after ``as_at`` are not looked at."""
    return known_of(
        courses.select("course_id", "reading", "relationship").iter_rows(named=True),
        occasions.select("course_id", "occasion_no", "at", "acts", "reversed").iter_rows(named=True),
        findings.select("course_id", "rule_id", "met").iter_rows(named=True),
        as_at,
    )


def known_of(
    courses: Iterable[Row], occasions: Iterable[Row], findings: Iterable[Row], as_at: dt.datetime
) -> dict[str, Known]:
    """:func:`known` of rows."""
    met: dict[str, set[str]] = defaultdict(set)
    for finding in findings:
        if finding["met"]:
            met[finding["course_id"]].add(finding["rule_id"])
    seen: dict[str, dict[int, tuple[float, set[str]]]] = defaultdict(dict)
    for occasion in occasions:
        at = occasion["at"]
        if occasion["reversed"] or at is None or at > as_at:
            continue
        days = (as_at - at).total_seconds() / 86400
        held = seen[occasion["course_id"]].setdefault(occasion["occasion_no"], (days, set()))
        held[1].update(occasion["acts"])
    out = {}
    for course in courses:
        course_id = course["course_id"]
        each = [seen[course_id][n] for n in sorted(seen[course_id])]
        out[course_id] = Known(
            possible=course["reading"] == POSSIBLE,
            relationship=course["relationship"],
            days=tuple(d for d, _ in each),
            acts=tuple(frozenset(a) for _, a in each),
            met=frozenset(met[course_id]),
        )
    return out


def key(k: Known) -> list[float]:
    """The places of one course under :data:`RULES`; lists compare as courses do. JSON-able (no infinity)."""
    return [min(float(rule.place(k)), 1e9) for rule in RULES]


def reasons(k: Known) -> list[str]:
    """The words of the rules that put this course where it is."""
    return [w for rule in RULES if (w := rule.words(k)) is not None]


def order(
    courses: pl.DataFrame, occasions: pl.DataFrame, findings: pl.DataFrame, as_at: dt.datetime
) -> pl.DataFrame:
    """Courses from the most urgent: course_id, urgency_rank (1 first), urgency_key, urgency_reasons.

    Ties under every rule are ordered by course id, so that the order is the same every time.
    """
    return _frame(ranked(known(courses, occasions, findings, as_at)))


def baseline(courses: pl.DataFrame, occasions: pl.DataFrame, as_at: dt.datetime) -> pl.DataFrame:
    """The order to beat: the course whose last occasion is the most recent comes first. Same columns."""
    nothing = pl.DataFrame(schema={"course_id": pl.String(), "rule_id": pl.String(), "met": pl.Boolean()})
    looked = known(courses, occasions, nothing, as_at)
    return _frame(
        _ranked(
            {c: ([min(_since(k), 1e9)], [w] if (w := _since_words(k)) else []) for c, k in looked.items()}
        )
    )


def ranked(looked: Mapping[str, Known]) -> dict[str, Row]:
    """Of each course, the most urgent first: urgency_rank (1 first), urgency_key and urgency_reasons."""
    return _ranked({c: (key(k), reasons(k)) for c, k in looked.items()})


def _ranked(rows: dict[str, tuple[list[float], list[str]]]) -> dict[str, Row]:
    in_order = sorted(rows, key=lambda c: (rows[c][0], c))
    return {
        c: {"urgency_rank": rank, "urgency_key": rows[c][0], "urgency_reasons": rows[c][1]}
        for rank, c in enumerate(in_order, 1)
    }


def _frame(rows: Mapping[str, Row]) -> pl.DataFrame:
    schema = {
        "course_id": pl.String(),
        "urgency_rank": pl.Int64(),
        "urgency_key": pl.List(pl.Float64()),
        "urgency_reasons": pl.List(pl.String()),
    }
    return pl.DataFrame([{"course_id": c} | row for c, row in rows.items()], schema=schema)
