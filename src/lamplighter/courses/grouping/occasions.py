"""The occasions of one course in order, each told once however many reports tell of it."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass

from rapidfuzz import fuzz

from lamplighter.courses.coding.acts import Act
from lamplighter.courses.grouping.dyads import Dyad, Membership
from lamplighter.courses.reports.facts import Fact, Moment
from lamplighter.courses.rules import count_of, span_of
from lamplighter.courses.words import LATE


def minutes_apart() -> dt.timedelta:
    """Return how close together one event may be recorded twice, or two acts have followed each other."""
    return dt.timedelta(minutes=count_of("minutes_apart", "minutes"))


@dataclass(frozen=True, slots=True)
class Occasion:
    """One source's account of one occasion; accounts of the same occasion share ``number``.

    ``against`` are the acts by the suspect on the victim of the course that no dispute explains.
    """

    number: int
    report_id: str
    occasion_seq: int
    at: dt.datetime | None
    until: dt.datetime | None
    precision: str
    acts: tuple[Act, ...]
    against: tuple[Act, ...]
    recorded_as: str | None
    agency: str
    source_ref: str
    attribution: str
    reason: str
    reversed: bool
    same_as: str | None

    @property
    def key(self) -> str:
        return f"{self.report_id}#{self.occasion_seq}"


def in_order(dyad: Dyad, facts: Mapping[str, Fact]) -> list[Occasion]:
    """Every account of every occasion, earliest first; those without a date last."""
    accounts: list[tuple[Moment, Fact, Membership]] = [
        (m, facts[r], dyad.reports[r]) for r in dyad.reports for m in facts[r].moments
    ]
    accounts.sort(
        key=lambda a: (
            a[0].at or LATE,
            a[1].reported_at or LATE,
            a[0].report_id,
            a[0].occasion_seq,
        )
    )
    out: list[Occasion] = []
    number = 0
    for moment, fact, member in accounts:
        twin = next(
            (
                o
                for o in reversed(out[-12:])
                if o.reversed == member.reversed and _same(moment, fact, o, facts[o.report_id])
            ),
            None,
        )
        if twin is None:
            number += 1
        out.append(
            Occasion(
                number=twin.number if twin else number,
                report_id=moment.report_id,
                occasion_seq=moment.occasion_seq,
                at=moment.at,
                until=moment.until,
                precision=moment.precision,
                acts=moment.acts,
                against=() if member.reversed else tuple(a for a in moment.acts if a.counts),
                recorded_as=fact.recorded_as,
                agency=fact.agency,
                source_ref=fact.source_ref,
                attribution=member.attribution,
                reason=member.reason,
                reversed=member.reversed,
                same_as=twin.key if twin else None,
            )
        )
    return out


def _same(moment: Moment, fact: Fact, other: Occasion, other_fact: Fact) -> bool:
    """Whether an account tells of an occasion already told."""
    if fact.report_id == other_fact.report_id:
        return False
    if moment.at is None or other.at is None:
        return False
    apart = abs(moment.at - other.at)
    named = fact.source_ref in other_fact.refs or other_fact.source_ref in fact.refs
    like = count_of("joining.retold", "likeness")
    if apart <= minutes_apart() and moment.precision != "not_known" and other.precision != "not_known":
        # A second record of one event, where it tells of the same acts or in like words: a call and a broken
        # window minutes later may be two occasions (Kelly v DPP). Another source: like words or a reference.
        if named or likeness(fact.summary, other_fact.summary) >= like:
            return True
        return fact.source == other_fact.source and _like_acts(moment, other)
    if apart > span_of("joining.retold"):
        return False
    if fact.source == other_fact.source:
        return False
    return likeness(fact.summary, other_fact.summary) >= like or (named and _like_acts(moment, other))


def _like_acts(moment: Moment, other: Occasion) -> bool:
    mine, theirs = {a.behaviour for a in moment.acts}, {a.behaviour for a in other.acts}
    return bool(mine & theirs) or not mine or not theirs


def likeness(one: str, two: str) -> float:
    """Score how alike two accounts are, 0 to 100, whatever words they use for the people in them."""
    a, b = _bare(one), _bare(two)
    if min(len(a), len(b)) < 20:
        return 0.0
    return float(fuzz.token_sort_ratio(a, b))


_WHO = re.compile(
    r"\b(?:the |this )?"
    r"(?:victim|vic|ip|agg|aggrieved|complainant|caller|client|susp?|suspect|offender|off|person)\b"
)


def _bare(text: str) -> str:
    return " ".join(_WHO.sub("x", text.lower()).split())
