"""Reports in which nobody is identified: which course of the same victim do they belong to, and why?

What the report itself says comes first: a reference, the same event, a number, a name. Then the linkage is
asked, which knows how the suspects are described, what the two reports are about and how much time lies
between (:mod:`lamplighter.linkage.dyads.same_suspect`): there is no second judgement of that here. Choices
exclude one another as far as they are of two people, so that what fits two courses alike is in neither. What
is likely and not likely enough is for a person to decide. Nothing ties a theft, a road rage or a fight by
strangers to a course.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import TypeAlias

from lamplighter.courses.grouping.dyads import INFERRED, LINKED, NAMED, Dyad, Membership, Unclear
from lamplighter.courses.grouping.occasions import likeness
from lamplighter.courses.reports.facts import Fact
from lamplighter.courses.reports.readings import CONTACT_TITLES, Seen, by_chance, points_to_it, seen
from lamplighter.courses.rules import count_of, share_of, span_of
from lamplighter.courses.words import LATE
from lamplighter.linkage.dyads.same_suspect import SameSuspect
from lamplighter.vocabulary.codes import code_set

_SURE = 0.999
Own: TypeAlias = list[tuple[float, Fact]]
"""Reports of a course by which another one is judged, each with how sure it is that it belongs there."""


def attach(
    victim: str,
    reports: Sequence[str],
    dyads: Sequence[Dyad],
    facts: Mapping[str, Fact],
    judged: SameSuspect,
) -> list[Dyad]:
    """Add to ``dyads`` the reports a reason ties to them; return courses by unknown persons for the rest.

    Args:
        victim: person id.
        reports: ids of this victim's reports without an identified suspect.
        dyads: this victim's courses; changed in place.
        facts: by report id.
        judged: how likely the linkage holds two suspects to be one.
    """
    ordered = sorted(reports, key=lambda r: (facts[r].at or LATE, r))
    pointing = {d.key: points_to_it(d.forward(facts), frozenset(d.relationships)) for d in dyads}
    # What the report is about, and how far from whom, is asked of what names or is linked to the suspect.
    own: dict[tuple[str, str], Own] = {
        d.key: [(1.0, facts[r]) for r, m in sorted(d.reports.items()) if m.attribution in (NAMED, LINKED)]
        for d in dyads
    }
    left: list[str] = []
    for report_id in ordered:
        fact = facts[report_id]
        open_to = [d for d in dyads if not _parted(fact, d, own[d.key], judged)]
        told = [(reason, d) for d in open_to if (reason := _reason(fact, d, facts)) is not None]
        if told:
            (_, words), d = min(told, key=lambda t: (t[0][0], _nearest(fact, own[t[1].key]), t[1].key))
            d.reports[report_id] = Membership(INFERRED, words)
            continue
        fits = [(b, d) for d in open_to if (b := _belief(fact, d, own[d.key], judged)) is not None]
        if not fits or not _joined_by_belief(fact, fits, own, pointing, judged):
            left.append(report_id)
    return _series(victim, left, facts, judged)


def _reason(fact: Fact, dyad: Dyad, facts: Mapping[str, Fact]) -> tuple[int, str] | None:
    """Return what the report itself says that ties it to a course, the strongest first."""
    if _refers(fact, dyad, facts):
        return 1, "One of the two reports names the other's reference."
    if any(_same_event(fact, facts[r]) for r in dyad.reports):
        return 2, "Recorded twice: the same victim, time and words as another report of this course."
    contacts = fact.contacts_in_text | {c for s in fact.suspects for c in s.contacts}
    if contacts & dyad.contacts:
        return 3, "The number, account or vehicle is one this person is reported to use."
    if (
        dyad.names & fact.names_in_text
        and seen(fact).shows in ("personal", "harmful")
        and _named_as_doer(fact, dyad)
    ):
        return 4, "The words of the report name this person."
    return None


def _joined_by_belief(
    fact: Fact,
    fits: Sequence[tuple[float, Dyad]],
    own: Mapping[tuple[str, str], Own],
    pointing: Mapping[tuple[str, str], bool],
    judged: SameSuspect,
) -> bool:
    """Put a report where the linkage believes its suspect to be, or leave it to a person; say whether it was
    put somewhere. What is put somewhere tells of the next report too, as far as it is believed."""
    shows = seen(fact)
    if by_chance(shows):
        return False
    believed = _each_against_the_others(fits, own, judged)
    best = max(range(len(fits)), key=lambda n: (believed[n], fits[n][1].key))
    told = [
        _told(fact, shows, p, _nearest(fact, own[d.key])) for p, (_, d) in zip(believed, fits, strict=True)
    ]
    p, dyad = believed[best], fits[best][1]
    if p >= _enough(fact, shows, points=pointing[dyad.key]):
        dyad.reports[fact.report_id] = Membership(INFERRED, told[best])
        own[dyad.key].append((p, fact))
        return True
    if fact.suspects or shows.shows in ("personal", "harmful"):
        for (p, d), words in zip(fits, told, strict=True):
            if p >= share_of("joining.belief", "ask"):
                d.unclear[fact.report_id] = Unclear(p, words)
    return False


def _each_against_the_others(
    fits: Sequence[tuple[float, Dyad]], own: Mapping[tuple[str, str], Own], judged: SameSuspect
) -> list[float]:
    """Return how likely each course is where it may be one of them only: each takes from the others, as far
    as it is not likely that the suspects of the two are one person who was never linked."""
    odds = [min(p, _SURE) / (1 - min(p, _SURE)) for p, _ in fits]
    records = [[r for _, f in own[d.key] for r in _records_of(d, f)] for _, d in fits]
    return [
        mine
        / (
            1
            + mine
            + sum(
                theirs * (1 - judged.told_of(records[i], records[n]))
                for n, theirs in enumerate(odds)
                if n != i
            )
        )
        for i, mine in enumerate(odds)
    ]


def _enough(fact: Fact, shows: Seen, *, points: bool) -> float:
    """Return the probability from which a report joins by itself; over 1 where it never does.

    What the agency itself recorded as contact, harassment or stalking is aimed at the person, also where its
    words show no such act: a pattern that reads as possible stalking needs no more of it.
    """
    if points and (shows.shows == "personal" or fact.recorded_as in CONTACT_TITLES):
        return share_of("joining.belief", "pointing")
    if shows.shows == "personal":
        return share_of("joining.belief", "aimed")
    return share_of("joining.belief", "described") if fact.suspects else 2.0


def _belief(fact: Fact, dyad: Dyad, own: Own, judged: SameSuspect) -> float | None:
    """Return how likely the linkage holds the suspect of a report to be that of a course, by its nearest."""
    mine = [s.record_id for s in fact.suspects]
    found = []
    for sure, other in own:
        days = None
        if fact.reported_at is not None and other.reported_at is not None:
            days = fact.reported_at.date(), other.reported_at.date()
        theirs = _records_of(dyad, other) or [s.record_id for s in other.suspects if not s.identified]
        p = judged.probability(mine, theirs, (fact.recorded_as, other.recorded_as), days)
        if p is not None:
            found.append(p * sure)
    return max(found, default=None)


def _parted(fact: Fact, dyad: Dyad, own: Own, judged: SameSuspect) -> bool:
    """Ask whether a person said that the suspect of a report is not that of a course: that outranks all."""
    theirs = [r for _, other in own for r in _records_of(dyad, other)]
    return judged.were_parted((s.record_id for s in fact.suspects), theirs)


def _records_of(dyad: Dyad, fact: Fact) -> list[str]:
    return [s.record_id for s in fact.suspects if s.person_id == dyad.suspect]


def _told(fact: Fact, shows: Seen, belief: float, gap: float) -> str:
    """Say in words why the linkage believes that it is the same person."""
    act = {
        "personal": "An act aimed at the same victim by somebody who is not named",
        "harmful": "Harm to the same victim by somebody who is not named",
    }.get(shows.shows, "A report by the same victim in which nobody is named")
    if shows.shows != "personal" and fact.recorded_as in CONTACT_TITLES:
        titles = code_set("offence_groups").codes
        act += f", recorded as {titles[fact.recorded_as].title.lower()}" if fact.recorded_as in titles else ""
    by = (
        "how the suspect is described, what the reports are about and when they were made"
        if fact.suspects
        else ("what the reports are about and when they were made")
    )
    near = f", {_days(gap)} from another incident" if gap < float("inf") else ""
    return f"{act}{near}. By {by}, it is the same person in about {round(belief * 100)} of 100 such cases."


def _named_as_doer(fact: Fact, dyad: Dyad) -> bool:
    return not dyad.names <= {n for v in fact.victims for n in v.names}


def _same_event(one: Fact, other: Fact) -> bool:
    """Ask whether two reports are of one event: at the same time, in the same words or nearly."""
    return (
        one.at is not None
        and one.at == other.at
        and likeness(one.summary, other.summary) >= count_of("joining.retold", "likeness")
    )


def _nearest(fact: Fact, own: Own) -> float:
    """Days to the nearest report by which a course is judged."""
    if fact.at is None:
        return float("inf")
    gaps = [abs((fact.at - f.at).total_seconds()) / 86400 for _, f in own if f.at is not None]
    return min(gaps, default=float("inf"))


def _days(gap: float) -> str:
    n = round(gap)
    return "on the same day" if n == 0 else f"{n} day{'s' if n != 1 else ''}"


def _series(
    victim: str, reports: Sequence[str], facts: Mapping[str, Fact], judged: SameSuspect
) -> list[Dyad]:
    """Courses by unknown persons: acts aimed at this victim, close enough in time; the rest one by one.

    Damage and threats join a series only beside acts aimed at the person: two broken windows in a year
    are two broken windows. What the linkage believes to be of the same person joins as it joins a known one.
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
    aimed = list(out)
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
        elif (believed := _most_believed(fact, shows[report_id], aimed, facts, judged)) is not None:
            p, d = believed
            gap = _nearest(fact, [(1.0, facts[r]) for r in sorted(d.reports)])
            d.reports[report_id] = Membership(INFERRED, _told(fact, shows[report_id], p, gap))
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


def _most_believed(
    fact: Fact, shows: Seen, series: Iterable[Dyad], facts: Mapping[str, Fact], judged: SameSuspect
) -> tuple[float, Dyad] | None:
    """Return the series whose suspect the linkage believes that of a report to be, where it is enough."""
    found = []
    for d in () if by_chance(shows) else series:
        own = [facts[r] for r in sorted(d.reports)]
        p = _belief(fact, d, [(1.0, f) for f in own], judged)
        if p is not None and p >= _enough(fact, shows, points=points_to_it(own, frozenset())):
            found.append((p, d))
    return max(found, key=lambda told: (told[0], min(told[1].reports)), default=None)


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
