"""Group reports that belong together: by the two people in them, then by what else ties a report to them.

A course is one victim and one suspect, known or not. A report that names both
joins by who they are. A report without an identified suspect joins a course of
the same victim only for a stated reason (:mod:`lamplighter.courses.grouping.unidentified_people`),
and what no reason ties stays out: most crime that happens to a victim of
stalking is somebody else's.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from lamplighter.courses.grouping.dyads import LINKED, NAMED, PROXY, RELATIVE, Dyad, Membership
from lamplighter.courses.grouping.unidentified_people import attach
from lamplighter.courses.reports.facts import Fact, Party
from lamplighter.courses.reports.readings import by_chance, points_to_it, seen
from lamplighter.courses.rules import count_of
from lamplighter.courses.words import LATE
from lamplighter.linkage.dyads.same_suspect import SameSuspect
from lamplighter.vocabulary.codes import code_set

_INTIMATE = frozenset({"ex_partner", "partner"})
_LOOSELY = frozenset({"acquaintance", "friend", "stranger", "not_known"})
NOTHING_JUDGED = SameSuspect()
FAMILY = "The suspect is the same, and the two victims have the same {shared}."
MIRRORED = "The roles are reversed in this report: each has reported the other."


def group(facts: Mapping[str, Fact], judged: SameSuspect = NOTHING_JUDGED) -> list[Dyad]:
    """Every course of the reports given, in order of victim and suspect.

    ``judged``: how likely the linkage holds suspects of whom nothing tells who they are to be one.
    """
    # Whom the linkage takes for somebody who is identified elsewhere is identified.
    known = {s.person_id for f in facts.values() for s in f.suspects if s.identified}
    found: dict[tuple[str, str], Dyad] = {}
    unknown: dict[str, list[str]] = defaultdict(list)
    for report_id, fact in facts.items():
        for victim in dict.fromkeys(v.person_id for v in fact.victims):
            suspects = [s for s in fact.suspects if s.person_id in known and s.person_id != victim]
            if by_chance(seen(fact)):
                # A first name in a pub fight is not evidence that it was the Dave who follows her.
                suspects = [s for s in suspects if s.full or s.contacts]
            if not suspects:
                unknown[victim].append(report_id)
            for s in suspects:
                dyad = found.setdefault((victim, s.person_id), Dyad(victim, s.person_id))
                dyad.reports.setdefault(report_id, _by_record(s))
                dyad.describe(s, fact)
    _join_relatives(found, facts)
    by_victim: dict[str, list[Dyad]] = defaultdict(list)
    for d in found.values():
        by_victim[d.victim].append(d)
    out: list[Dyad] = []
    for victim in sorted({*by_victim, *unknown}):
        named = _join_proxies(by_victim.get(victim, []), facts)
        out.extend(named)
        out.extend(attach(victim, unknown.get(victim, []), named, facts, judged))
    _mirror(out, facts)
    return sorted(out, key=lambda d: (d.key, min(d.reports)))


def _by_record(suspect: Party) -> Membership:
    if suspect.named:
        return Membership(NAMED, "The report names this person.")
    return Membership(LINKED, "The person recorded without a name is linked to this one by other details.")


def _mirror(dyads: Sequence[Dyad], facts: Mapping[str, Fact]) -> None:
    """Show each of two courses in which each has reported the other the other's reports, and change neither.

    Who pursues whom is for a person. Neither takes the other's place, and how many reports a side has made
    counts for nothing. The one that was reported later is marked, so that the two have names of their own.
    """
    found = {d.key: d for d in dyads if d.suspect is not None}
    own = {key: dict(d.reports) for key, d in found.items()}
    for key in sorted(found):
        back = (key[1], key[0])
        if back not in found or key > back:
            continue
        one, other = found[key], found[back]
        earlier = min(one, other, key=lambda d: min((facts[r].reported_at or LATE, r) for r in own[d.key]))
        for d, theirs in ((one, other), (other, one)):
            d.mirrored, d.second = True, d is not earlier
            for report_id, m in own[theirs.key].items():
                # What somebody else reported, or did, is no report of one of the two about the other.
                if m.attribution not in (PROXY, RELATIVE):
                    d.reports.setdefault(report_id, Membership(m.attribution, MIRRORED, reversed=True))


def _join_relatives(found: dict[tuple[str, str], Dyad], facts: Mapping[str, Fact]) -> None:
    """Fold in what a suspect does to somebody of the victim's household or family: a way of reaching the
    victim. Who has reported more often keeps a course of her own beside it, and is a victim like any other.

    A report of the same suspect that names the victim, whoever reported it, is about her as well.
    """
    by_suspect: dict[str, list[Dyad]] = defaultdict(list)
    for key in sorted(found):
        by_suspect[key[1]].append(found[key])
    most = count_of("joining.relatives", "reports")
    for dyads in by_suspect.values():
        if len(dyads) < 2:
            continue
        own = {d.key: dict(d.reports) for d in dyads}
        for small in sorted(dyads, key=lambda d: (len(own[d.key]), d.key)):
            larger = [d for d in dyads if d.key in found and len(own[d.key]) > len(own[small.key])]
            family = [(d, s) for d in larger if (s := _in_common(small, d, facts)) and _possible(d, facts)]
            if small.key in found and len(family) == 1:
                main, shared = family[0]
                main.take_over(small, RELATIVE, FAMILY.format(shared=shared))
                if len(own[small.key]) <= most:
                    del found[small.key]
        for d in dyads:
            if d.key in found and _possible(d, facts):
                _join_naming(d, [o for o in dyads if o is not d], own, facts)


def _join_naming(
    d: Dyad,
    others: Sequence[Dyad],
    own: Mapping[tuple[str, str], Mapping[str, Membership]],
    facts: Mapping[str, Fact],
) -> None:
    """Add reports about the same suspect that name the victim of ``d`` as somebody else than their victim."""
    for other in others:
        for report_id in own[other.key]:
            part = next((p.role for p in facts[report_id].others if p.person_id == d.victim), None)
            if part is not None and report_id not in d.reports:
                named = code_set("roles").codes[part].title.lower()
                words = f"The report is about the same suspect, and names the victim as: {named}."
                d.reports[report_id] = Membership(RELATIVE, words)


def _possible(d: Dyad, facts: Mapping[str, Fact]) -> bool:
    return points_to_it(d.forward(facts), frozenset(d.relationships))


def _in_common(one: Dyad, other: Dyad, facts: Mapping[str, Fact]) -> str:
    """Say what makes two victims of one suspect one family: their home, their surname or both; else nothing.

    One of the two is not enough where reports of ``one`` say of the suspect that he is that victim's own
    neighbour, partner or colleague, and those of ``other`` do not: the two have a matter of their own.
    """
    a, b = _victims(one, facts), _victims(other, facts)
    homes = {p.postcode for p in a if len(p.postcode) > 4} & {p.postcode for p in b if len(p.postcode) > 4}
    names = {p.surname for p in a if p.surname} & {p.surname for p in b if p.surname}
    tied = one.relationships - other.relationships - _LOOSELY
    shared = " and ".join(name for name, of in (("postcode", homes), ("surname", names)) if of)
    return "" if tied and not (homes and names) else shared


def _victims(d: Dyad, facts: Mapping[str, Fact]) -> list[Party]:
    return [v for f in d.forward(facts) for v in f.victims if v.person_id == d.victim]


def _join_proxies(dyads: list[Dyad], facts: Mapping[str, Fact]) -> list[Dyad]:
    """Fold into the principal's course what somebody does on their behalf."""
    kept = sorted(dyads, key=lambda d: d.key)
    for d in list(kept):
        principal = _principal(d, [o for o in kept if o is not d], facts)
        if principal is not None:
            target, reason = principal
            target.take_over(d, PROXY, reason)
            kept.remove(d)
    return kept


def _principal(d: Dyad, others: list[Dyad], facts: Mapping[str, Fact]) -> tuple[Dyad, str] | None:
    """On whose behalf the suspect of ``d`` acted, with the reason; None when they act for themselves."""
    forward = d.forward(facts)
    most = count_of("joining.proxies", "reports")
    if not forward or not others or len(forward) > most or d.relationships & _INTIMATE:
        return None
    texts = [f for f in forward if "proxy" in f.cues]
    shared = [o for o in others if all(r in o.reports for r in d.reports) and len(o.reports) > len(d.reports)]
    if shared and (texts or _loose(d)):
        best = max(shared, key=lambda o: (bool(o.relationships & _INTIMATE), len(o.reports), o.key))
        return best, "A second person is reported with the suspect in this report."
    if texts:
        best_named = _best_principal(d, others, facts, {w for f in texts for w in f.names_in_text})
        if best_named is not None:
            return best_named, "The report says this was done on behalf of somebody else."
    if _loose(d) and all(_under_order(f) for f in forward):
        ordered = [o for o in others if any(_under_order(f) for f in o.forward(facts))]
        if len(ordered) == 1:
            return ordered[
                0
            ], "An order is in force, and it is known to bind the suspect of this course only."
    references = {r for f in forward for r in f.refs}
    if references and _loose(d):
        for o in others:
            if references & {facts[r].source_ref for r in o.reports}:
                return o, "The report names the reference of another report of this course."
    return None


def _best_principal(d: Dyad, others: list[Dyad], facts: Mapping[str, Fact], words: set[str]) -> Dyad | None:
    """Return whom the words name; or the one it can be, where an acquaintance did it or they speak of an ex.

    A stranger, a friend of the victim or somebody of whom nothing is said may have been sent by anybody.
    """
    named = [o for o in others if o.names & words]
    if named:
        return max(named, key=lambda o: (len(o.reports), o.key))
    former = [o for o in others if "ex_partner" in o.relationships]
    likely = former or [o for o in others if _possible(o, facts)]
    of_an_ex = bool(former) and _loose(d) and any("separated" in f.cues for f in d.forward(facts))
    known_well_enough = d.relationships == {"acquaintance"} or of_an_ex
    return likely[0] if len(likely) == 1 and known_well_enough else None


def _loose(d: Dyad) -> bool:
    """A suspect about whom nothing says how they know the victim, or only that they are acquainted."""
    return d.relationships <= _LOOSELY


def _under_order(fact: Fact) -> bool:
    return "order_in_force" in fact.cues or fact.recorded_as in ("breach_of_order", "breach_of_bail")
