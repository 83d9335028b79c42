"""The order of the list of patterns: by named rules, compared one after another; no score, no forecast.

Above every rule is a line: who is hurt, threatened with death, broken in upon and
the like of late is above it, whatever the reports read as. Then courses are
compared by the next rule of :data:`RULES`, and where that does not tell them
apart by the one after. Each rule puts a course in one of a few places by
something that was told, and says so in words; its source and published size are
in ``order.toml``. The order has not been tested on real outcomes. Nothing that
is added to a course moves it down: not a report, an incident, a ticked act, nor
a report in which the roles are swapped.
"""

from __future__ import annotations

import datetime as dt
import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeAlias

import polars as pl

from lamplighter.courses.coding.severity import THREATS, VIOLENCE
from lamplighter.courses.reports.readings import POSSIBLE
from lamplighter.courses.results import Row
from lamplighter.courses.words import count, in_months, span
from lamplighter.vocabulary import current
from lamplighter.vocabulary.upkeep import RuleFile, packaged

RULE_VERSION = "5"
_GRAVE = VIOLENCE | {"threat_kill", "break_in"}
_EXPLICIT = frozenset({"threat_harm", "threat_kill"})
_FOLLOWED = frozenset({"following", "watching", "loitering", "tracking", "monitoring", "account_access"})
# What a report tells beside acts, as the order reads it: cues of its words, and the relationship it gives.
FORMER = frozenset({"ex_partner", "separated"})
TRIGGERS = frozenset({"separated", "new_partner", "court", "release"})
CIRCUMSTANCES = FORMER | TRIGGERS | {"fear", "order_in_force", "weapon", "fire", "children"}
ABOVE = 0.0
"""The first place of a course above the line; below it is 1."""


@dataclass(frozen=True, slots=True)
class RedLine:
    """One kind of what stands above every rule."""

    code: str
    title: str
    acts: frozenset[str]
    told: frozenset[str]
    beside: frozenset[str]
    mark: str
    source: str


@dataclass(frozen=True, slots=True)
class Known:
    """Facts that the rules look at for one course, from the frames of a result.

    ``days`` since each incident, by the date that it is given; ``latest`` by the last date that it can have
    been: today, where an account of it has no date, whose ``days`` are infinity. ``acts`` and ``told``: what
    was done on each, and what the reports of it tell beside that (:data:`CIRCUMSTANCES`). ``of_late``: how
    many days that is.
    """

    possible: bool
    days: tuple[float, ...]
    latest: tuple[float, ...]
    acts: tuple[frozenset[str], ...]
    told: tuple[frozenset[str], ...]
    of_late: int

    def since_last(self) -> float:
        """Days since the last occasion; infinity when none has a date."""
        return min(self.days, default=math.inf)

    def within(self, limit: float) -> int:
        """Occasions in the last ``limit`` days."""
        return sum(d <= limit for d in self.days)

    def ever(self, behaviours: frozenset[str]) -> bool:
        """Tell whether one of the behaviours was ever told of, with a date or without."""
        return any(a & behaviours for a in self.acts)

    def last_with(self, behaviours: frozenset[str]) -> float:
        """Days since the last occasion with one of the behaviours."""
        return min((d for d, a in zip(self.days, self.acts, strict=True) if a & behaviours), default=math.inf)

    def tells(self, circumstances: frozenset[str]) -> bool:
        """Tell whether a report tells one of these of the two."""
        return any(t & circumstances for t in self.told)

    def lines(self) -> list[tuple[RedLine, float]]:
        """List what puts it above the line, each with the days since; infinity where no date is known."""
        found = []
        for line in red_lines():
            if line.beside and not self.tells(line.beside):
                continue
            when = [
                (latest, days)
                for latest, days, acts, told in zip(self.latest, self.days, self.acts, self.told, strict=True)
                # What is told beside an act counts where something was done.
                if acts & line.acts or (acts and told & line.told)
            ]
            if any(latest <= self.of_late for latest, _ in when):
                found.append((line, min(days for _, days in when)))
        return found


@dataclass(frozen=True, slots=True)
class OrderRule:
    """``place`` is smaller for what comes first; ``words`` is None where the rule has nothing to say."""

    rule_id: str
    title: str
    size: str
    mark: str
    source: str
    place: Callable[[Known], float]
    words: Callable[[Known], str | None]


@cache
def _data() -> RuleFile:
    return packaged("lamplighter.courses", "order.toml")


@cache
def _rows() -> Mapping[str, Mapping[str, Any]]:
    return {rule.code: rule.extra for rule in _data().rows("rule")}


@cache
def red_lines() -> tuple[RedLine, ...]:
    """Return what stands above every rule, in the order of ``order.toml``."""
    return tuple(
        RedLine(
            row["code"],
            row["title"],
            frozenset(row.get("acts", ())),
            frozenset(row.get("told", ())),
            frozenset(row.get("with", ())),
            row["mark"],
            row["source"],
        )
        for row in (rule.extra for rule in _data().rows("red_line", "code"))
    )


Place: TypeAlias = Callable[[Known], float]
Words: TypeAlias = Callable[[Known], str | None]


def _flag(test: Callable[[Known], bool], words: str) -> tuple[Place, Words]:
    return (lambda k: 0.0 if test(k) else 1.0), (lambda k: words if test(k) else None)


def _line(k: Known) -> float:
    return ABOVE if k.lines() else 1.0


def _line_words(k: Known) -> str | None:
    said = [f"{line.title}, {_ago(days)}" for line, days in k.lines()]
    return f"above the line: {'; '.join(said)}" if said else None


def _ago(days: float) -> str:
    if not math.isfinite(days):
        return "date not known"
    return ("today", "yesterday")[int(days)] if days < 2 else f"{span(int(days))} ago"


def _possible(k: Known) -> float:
    """Below the line what reads as possible stalking comes first; above it nobody waits for a reading."""
    return 0.0 if k.possible or k.lines() else 1.0


def _possible_words(k: Known) -> str | None:
    return "possible stalking" if k.possible else None


def _activity(k: Known) -> float:
    """Going on (something in the time that counts as current), or not."""
    return float(k.since_last() > k.of_late)


def _activity_words(k: Known) -> str | None:
    row = _rows()["order.activity"]
    said = (
        (row["week"], "something this week"),
        (row["recent"], "going on now"),
        (k.of_late, "still going on"),
    )
    return next((words for days, words in said if k.since_last() <= days), None)


def _three(k: Known) -> bool:
    return k.tells(FORMER) and k.ever(_EXPLICIT) and k.ever(frozenset({"damage"}))


def _gravity(k: Known) -> float:
    """Violence, a threat to kill or an entry at any time; another threat; neither. Long ago still counts."""
    if k.ever(_GRAVE):
        return 0.0
    return 1.0 if k.ever(THREATS) else 2.0


def _gravity_words(k: Known) -> str | None:
    months = in_months(k.of_late)
    if k.last_with(_GRAVE) <= k.of_late:
        return f"violence, a threat to kill or an entry in the last {months}"
    if k.last_with(THREATS) <= k.of_late:
        return f"threats in the last {months}"
    if k.ever(_GRAVE):
        return f"violence, a threat to kill or an entry, {_before(k.last_with(_GRAVE), months)}"
    return f"threats, {_before(k.last_with(THREATS), months)}" if k.ever(THREATS) else None


def _before(days: float, months: str) -> str:
    return f"more than {months} ago" if math.isfinite(days) else "date not known"


def _breach(k: Known) -> bool:
    return k.ever(frozenset({"breach"})) or k.tells(frozenset({"order_in_force"}))


def _often(k: Known) -> float:
    """How many occasions of late: as many as are told apart or more, down to none."""
    row = _rows()["order.often"]
    return float(row["most"] - min(k.within(row["days"]), row["most"]))


def _often_words(k: Known) -> str | None:
    days = _rows()["order.often"]["days"]
    n = k.within(days)
    return f"{count(n, 'incident')} in the last {in_months(days)}" if n >= 2 else None


def _since(k: Known) -> float:
    return k.since_last()


def _days(k: Known) -> float:
    """Whole days since the last occasion: the hour of a report is seldom known."""
    return k.since_last() // 1 if math.isfinite(k.since_last()) else math.inf


def _since_words(k: Known) -> str | None:
    return f"last incident {_ago(k.since_last())}" if math.isfinite(k.since_last()) else None


_PLACES: Mapping[str, tuple[Place, Words]] = {
    "order.line": (_line, _line_words),
    "order.possible_stalking": (_possible, _possible_words),
    "order.activity": (_activity, _activity_words),
    "order.three": _flag(_three, "former partners, an explicit threat and damage"),
    "order.gravity": (_gravity, _gravity_words),
    "order.former_partner": _flag(lambda k: k.tells(FORMER), "former partners"),
    "order.breach": _flag(_breach, "a possible breach, or an order in force"),
    "order.followed": _flag(lambda k: k.ever(_FOLLOWED), "followed or watched"),
    "order.trigger": _flag(
        lambda k: k.tells(TRIGGERS), "a separation, a new partner, a court or a release is spoken of"
    ),
    "order.fear": _flag(lambda k: k.tells(frozenset({"fear"})), "afraid"),
    "order.last": (_days, _since_words),
    "order.often": (_often, _often_words),
}


def _rules() -> tuple[OrderRule, ...]:
    rows = _rows()
    if list(rows) != list(_PLACES):
        raise LookupError(f"order.toml and its rules differ: {sorted(set(rows) ^ set(_PLACES))}")
    of_late = f"in the last {current.newest_days()} days"
    return tuple(
        OrderRule(
            rule_id,
            row["title"].format(of_late=of_late, months=in_months(row.get("days", 0))),
            row["size"],
            row["mark"],
            row["source"],
            *_PLACES[rule_id],
        )
        for rule_id, row in rows.items()
    )


RULES: tuple[OrderRule, ...] = _rules()


def known(
    courses: pl.DataFrame, occasions: pl.DataFrame, findings: pl.DataFrame, as_at: dt.datetime
) -> dict[str, Known]:
    """Return the facts that the rules look at, by course id. Occasions after ``as_at`` are not looked at."""
    return known_of(
        courses.select("course_id", "reading").iter_rows(named=True),
        occasions.select(
            "course_id", "occasion_no", "at", "until", "acts", "circumstances", "reversed"
        ).iter_rows(named=True),
        findings.select("course_id", "rule_id", "met").iter_rows(named=True),
        as_at,
    )


def known_of(
    courses: Iterable[Row], occasions: Iterable[Row], findings: Iterable[Row], as_at: dt.datetime
) -> dict[str, Known]:
    """:func:`known` of rows. Accounts of one incident are one: its earliest day counts, and all that was
    told."""
    seen: dict[str, dict[int, _Incident]] = defaultdict(dict)
    for occasion in occasions:
        at = occasion["at"]
        if occasion["reversed"] or (at is not None and at > as_at):
            continue
        one = seen[occasion["course_id"]].setdefault(occasion["occasion_no"], _Incident())
        one.acts.update(occasion["acts"])
        one.told.update(CIRCUMSTANCES.intersection(occasion["circumstances"] or ()))
        if at is None:
            one.latest = 0.0
        else:
            end = occasion["until"] or at
            one.days = min(one.days, _days_between(at, as_at))
            one.latest = min(one.latest, _days_between(min(max(end, at), as_at), as_at))
    out = {}
    of_late = current.days(as_at.date())
    for course in courses:
        course_id = course["course_id"]
        each = [seen[course_id][n] for n in sorted(seen[course_id])]
        out[course_id] = Known(
            possible=course["reading"] == POSSIBLE,
            days=tuple(i.days for i in each),
            latest=tuple(i.latest for i in each),
            acts=tuple(frozenset(i.acts) for i in each),
            told=tuple(frozenset(i.told) for i in each),
            of_late=of_late,
        )
    return out


class _Incident:
    """One incident while its accounts are read."""

    def __init__(self) -> None:
        self.days = self.latest = math.inf
        self.acts: set[str] = set()
        self.told: set[str] = set()


def _days_between(at: dt.datetime, as_at: dt.datetime) -> float:
    return (as_at - at).total_seconds() / 86400


def key(k: Known) -> list[float]:
    """The places of one course under :data:`RULES`; lists compare as courses do. JSON-able (no infinity)."""
    return [min(float(rule.place(k)), 1e9) for rule in RULES]


def reasons(k: Known) -> list[str]:
    """The words of the rules that put this course where it is."""
    return [w for rule in RULES if (w := rule.words(k)) is not None]


def order(
    courses: pl.DataFrame, occasions: pl.DataFrame, findings: pl.DataFrame, as_at: dt.datetime
) -> pl.DataFrame:
    """Courses in the order of the list: course_id, urgency_rank (1 first), urgency_key, urgency_reasons.

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
    """Of each course, in the order of the list: urgency_rank (1 first), urgency_key and urgency_reasons."""
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
