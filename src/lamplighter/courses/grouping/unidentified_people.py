"""Reports in which nobody is identified: which course of the same victim do they belong to, and why?

The reasons are tried in order, from the strongest. The first that holds is
the one shown. Time alone ties nothing, and nothing ties a theft, a road rage
or a fight by strangers to a course.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

from lamplighter.courses.grouping.dyads import INFERRED, Dyad, Membership
from lamplighter.courses.reports.facts import Fact
from lamplighter.courses.reports.readings import Seen, points_to_it, seen
from lamplighter.courses.rules import count_of, span_of
from lamplighter.courses.words import LATE

_DESCRIBED = frozenset({"ex_partner", "partner", "colleague", "neighbour", "family", "service_user"})


def attach(
    victim: str, reports: Sequence[str], dyads: Sequence[Dyad], facts: Mapping[str, Fact]
) -> list[Dyad]:
    """Add to ``dyads`` the reports a reason ties to them; return courses by unknown persons for the rest.

    Args:
        victim: person id.
        reports: ids of this victim's reports without an identified suspect.
        dyads: this victim's courses; changed in place.
        facts: by report id.
    """
    ordered = sorted(reports, key=lambda r: (facts[r].at or LATE, r))
    pointing = {d.key: points_to_it(d.forward(facts), frozenset(d.relationships)) for d in dyads}
    left: list[str] = []
    for report_id in ordered:
        best: tuple[int, float, Dyad, str] | None = None
        for d in dyads:
            reason = _reason(facts[report_id], d, dyads, pointing[d.key], facts)
            if reason is not None:
                rank, words = reason
                gap = _nearest(facts[report_id], d, facts)
                if best is None or (rank, gap, d.key) < (best[0], best[1], best[2].key):
                    best = (rank, gap, d, words)
        if best is None:
            left.append(report_id)
        else:
            best[2].reports[report_id] = Membership(INFERRED, best[3])
    return _series(victim, left, facts)


def _reason(
    fact: Fact, dyad: Dyad, dyads: Sequence[Dyad], points: bool, facts: Mapping[str, Fact]
) -> tuple[int, str] | None:
    if _refers(fact, dyad, facts):
        return 1, "One of the two reports names the other's reference."
    if any(_same_event(fact, facts[r]) for r in dyad.reports):
        return 2, "Recorded twice: the same victim, time and words as another report of this course."
    contacts = fact.contacts_in_text | {c for s in fact.suspects for c in s.contacts}
    if contacts & dyad.contacts:
        return 3, "The number, account or vehicle is one this person is reported to use."
    shows = seen(fact)
    if (
        dyad.names & fact.names_in_text
        and shows.shows in ("personal", "harmful")
        and _named_as_doer(fact, dyad)
    ):
        return 4, "The words of the report name this person."
    described = {s.relationship for s in fact.suspects if s.relationship in _DESCRIBED}
    described |= {"ex_partner"} if {"separated", "proxy"} <= fact.cues or _only_ex(fact) else set()
    alike = [d for d in dyads if d.relationships & described]
    if described and dyad in alike and len(alike) == 1:
        return 5, "The unnamed suspect is described as this person is: " + _told(
            described & dyad.relationships
        )
    if described and not (described & dyad.relationships) and dyad.relationships & _DESCRIBED:
        return None
    gap = _nearest(fact, dyad, facts)
    near = gap <= count_of("joining.personal", "days")
    if not points:
        if shows.shows == "personal" and near and _one_stranger(dyad, dyads, facts):
            return 8, (
                "An act aimed at the same victim by an unknown person, as in this pattern; no report says"
                f" how they know each other. {_days(gap).capitalize()} from another incident."
            )
        return None
    if shows.shows == "personal" and near:
        return (
            6,
            f"A similar act by an unknown person, {_days(gap)} from another incident.",
        )
    if shows.shows == "harmful" and gap <= count_of("joining.harm", "days"):
        return (
            7,
            f"Harm to the same victim by an unknown person, {_days(gap)} from another incident.",
        )
    return None


def _one_stranger(dyad: Dyad, dyads: Sequence[Dyad], facts: Mapping[str, Fact]) -> bool:
    """Whether this is the victim's one course by somebody of whom no report says how they know each other,
    and it too has an act aimed at the person."""
    strangers = [d for d in dyads if not d.relationships - {"stranger"} and _personal(d, facts)]
    return strangers == [dyad]


def _personal(dyad: Dyad, facts: Mapping[str, Fact]) -> bool:
    return any(seen(f).shows == "personal" for f in dyad.forward(facts))


def _told(relationships: set[str]) -> str:
    return ", ".join(sorted(r.replace("_", " ") for r in relationships)) + "."


def _only_ex(fact: Fact) -> bool:
    return "separated" in fact.cues and "unknown_person" not in fact.cues


def _named_as_doer(fact: Fact, dyad: Dyad) -> bool:
    return not dyad.names <= {n for v in fact.victims for n in v.names}


def _same_event(one: Fact, other: Fact) -> bool:
    if one.at is None or other.at is None or one.source != other.source:
        return False
    twin_ref = one.source_ref.rstrip("X")[:6] == other.source_ref.rstrip("X")[:6] and (
        one.source_ref.endswith("X") != other.source_ref.endswith("X")
    )
    return one.at == other.at and (twin_ref or (bool(one.summary) and one.summary == other.summary))


def _nearest(fact: Fact, dyad: Dyad, facts: Mapping[str, Fact]) -> float:
    """Days to the nearest report of the course that itself names or is linked to the suspect."""
    if fact.at is None:
        return float("inf")
    times = [facts[r].at for r, m in dyad.reports.items() if m.attribution != INFERRED]
    gaps = [abs((fact.at - t).total_seconds()) / 86400 for t in times if t is not None]
    return min(gaps, default=float("inf"))


def _days(gap: float) -> str:
    n = round(gap)
    return "on the same day" if n == 0 else f"{n} day{'s' if n != 1 else ''}"


def _series(victim: str, reports: Sequence[str], facts: Mapping[str, Fact]) -> list[Dyad]:
    """Courses by unknown persons: acts aimed at this victim, close enough in time; the rest one by one.

    Damage and threats join a series only beside acts aimed at the person: two broken windows in a year
    are two broken windows.
    """
    shows = {r: seen(facts[r]) for r in reports}
    out: list[Dyad] = []
    last: dt.datetime | None = None
    apart = span_of("joining.series")
    for report_id in (r for r in reports if shows[r].shows == "personal"):
        at = facts[report_id].at
        close = last is not None and at is not None and at - last <= apart
        named = next((d for d in out if _refers(facts[report_id], d, facts)), None)
        if named is None and not close:
            out.append(Dyad(victim, None))
        (named or out[-1]).reports[report_id] = Membership(
            INFERRED, "One of several acts aimed at the same victim by an unknown person."
        )
        last = at or last
    personal = {r for d in out for r in d.reports}
    out += _callers(
        victim, [r for r in reports if shows[r].dispute == "nuisance_caller" and r not in personal], facts
    )
    personal |= {r for d in out for r in d.reports}
    singles = []
    for report_id in (r for r in reports if r not in personal):
        fact = facts[report_id]
        near = [d for d in out if _joins_series(fact, shows[report_id], d, personal, facts)]
        if near:
            near[0].reports[report_id] = Membership(
                INFERRED,
                "Harm to the same victim by an unknown person, close in time to acts aimed at the person.",
            )
        else:
            singles.append(Dyad(victim, None, {report_id: Membership(INFERRED, "Nobody is identified.")}))
    return out + singles


def _callers(victim: str, reports: Sequence[str], facts: Mapping[str, Fact]) -> list[Dyad]:
    """Nuisance calls to one person, close together: one matter, told apart from stalking by its reading."""
    out: list[Dyad] = []
    last: dt.datetime | None = None
    apart = span_of("joining.callers")
    for report_id in reports:
        at = facts[report_id].at
        if not out or last is None or at is None or at - last > apart:
            out.append(Dyad(victim, None))
        out[-1].reports[report_id] = Membership(INFERRED, "One of several nuisance calls to the same person.")
        last = at or last
    return out


def _joins_series(
    fact: Fact, shows: Seen, series: Dyad, personal: set[str], facts: Mapping[str, Fact]
) -> bool:
    if _refers(fact, series, facts) or any(_same_event(fact, facts[r]) for r in series.reports):
        return True
    least = count_of("joining.series", "acts")
    if shows.shows != "harmful" or fact.at is None or sum(r in personal for r in series.reports) < least:
        return False
    gaps = [abs(fact.at - at) for r in series.reports if r in personal and (at := facts[r].at) is not None]
    return bool(gaps) and min(gaps) <= span_of("joining.harm")


def _refers(fact: Fact, dyad: Dyad, facts: Mapping[str, Fact]) -> bool:
    """Whether the report names a reference of the course, or the other way round."""
    refs = {ref for r in dyad.reports for ref in facts[r].refs}
    return fact.source_ref in refs or bool({facts[r].source_ref for r in dyad.reports} & set(fact.refs))
