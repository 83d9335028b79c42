"""The conditions of rules about a course as a whole: how often, how it changes, what it was recorded as."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import pairwise

from lamplighter.courses.coding.severity import STEPS, SURVEILLANCE, step_of
from lamplighter.courses.findings import time_limits
from lamplighter.courses.findings.act_conditions import cue_on, evidence_keys, returns
from lamplighter.courses.findings.conditions import Met, View, condition
from lamplighter.courses.findings.trend import MIN_EVENTS, laplace
from lamplighter.courses.grouping.occasions import Occasion, minutes_apart
from lamplighter.courses.reports.facts import Fact, by_police
from lamplighter.courses.reports.readings import POSSIBLE
from lamplighter.courses.rules import count_of, least_occasions, rule_texts, share_of, span_of
from lamplighter.courses.words import LATE, count, day, listed, minutes, number, sentence, span
from lamplighter.reporting.words import NOT_SHOWN
from lamplighter.vocabulary.codes import code_set

# Offences that are a course of conduct themselves: recorded beside another crime they satisfied the rule.
COURSE_OF_CONDUCT = frozenset({"stalking", "harassment", "controlling_coercive"})


@condition("frequency")
def _frequency(view: View) -> Met:
    told = view.told
    times = [o.at for o in told if o.at]
    if not times:
        return Met(False, (), "No incident has a date.")
    span_, none = span_of("frequency"), dt.timedelta(0)
    recent = [o for o in told if o.at and none <= view.as_at - o.at <= span_]
    length = (times[-1] - times[0]).days
    words = (
        f"{count(len(times), 'incident')} over {span(length)}" if length else count(len(times), "incident")
    )
    words += (
        f"; {count(len(recent), 'incident')} in the last {span_.days} days; the last on {day(times[-1])}."
    )
    return Met(len(times) >= least_occasions(), evidence_keys(recent), sentence(words))


@condition("gaps")
def _gaps(view: View) -> Met:
    found, silence = returns(view.told), count_of("gaps", "days")
    if not found:
        return Met(False, (), f"No silence of {silence} days or more between incidents.")
    longest = max(gap for gap, _ in found)
    n = count(len(found), "silence")
    return Met(
        True,
        evidence_keys(o for _, o in found),
        f"{sentence(n)} of {silence} days or more, the "
        f"longest {span(longest)}; each ended with a new incident.",
    )


@condition("escalation.kind")
def _escalation_kind(view: View) -> Met:
    told = view.told
    steps = [max((step_of(a.behaviour) for a in o.against), default=-1) for o in told]
    known = [(o, s) for o, s in zip(told, steps, strict=True) if s >= 0]
    if len(known) < least_occasions():
        return Met(False, (), "Too few incidents whose kind is known.")
    top = max(s for _, s in known)
    first_top = next(i for i, (_, s) in enumerate(known) if s == top)
    before = max((s for _, s in known[:first_top]), default=top)
    if first_top * 2 < len(known) or before >= top:
        return Met(False, (), f"The most serious kind, {STEPS[top][0]}, was there in the first half.")
    o = known[first_top][0]
    when = f" on {day(o.at)}" if o.at else ""
    return Met(True, (o.key,), f"Went from {STEPS[before][0]} to {STEPS[top][0]}{when}.")


@condition("escalation.rate")
def _escalation_rate(view: View) -> Met:
    told = view.told
    times = [o.at for o in told if o.at]
    if not times:
        return Met(False, (), "No incident has a date.")
    trend = laplace([(t - times[0]).total_seconds() / 86400 for t in times])
    if trend is None:
        return Met(False, (), f"Fewer than {number(MIN_EVENTS)} dated incidents: too few to test.")
    later = [o for o in told if o.at and (o.at - times[0]).total_seconds() / 86400 > trend.days / 2]
    p = f"{trend.p_more:.3f}" if trend.p_more >= 0.001 else "less than 0.001"
    level = share_of("escalation.rate", "level")
    if trend.p_more < level:
        return Met(
            True,
            evidence_keys(later),
            f"The incidents come faster: {len(later)} of {len(told)} fall in the later half of "
            f"the time. If the rate were steady, this or more would be seen with a chance of {p}.",
        )
    if trend.p_less < level:
        return Met(
            False,
            (),
            f"The incidents come more slowly than at first (chance under a steady rate {trend.p_less:.3f}).",
        )
    return Met(False, (), f"No clear change in how often (chance under a steady rate {p}).")


@condition("several_agencies")
def _agencies(view: View) -> Met:
    held = Counter(f.agency for f in view.reports)
    words = (
        f"{sentence(count(len(held), 'agency', 'agencies'))}: "
        f"{listed([f'{a} ({n})' for a, n in sorted(held.items())])}."
    )
    return Met(len(held) > 1, evidence_keys(view.forward) if len(held) > 1 else (), words)


@condition("other_victims")
def _other_victims(view: View) -> Met:
    if not view.others:
        return Met(False, (), "No report by anybody else about this person was found.")
    n, reports = len(view.others), sum(o.reports for o in view.others)
    alike = sum(o.possible_stalking for o in view.others)
    words = f"{count(n, 'other person', 'other people')} reported this person, in {count(reports, 'report')}"
    words += (
        f"; {count(alike, 'of these patterns', 'of these patterns')} also read as possible stalking."
        if alike
        else "."
    )
    return Met(True, (), sentence(words))


@condition("earlier_reports")
def _earlier(view: View) -> Met:
    reports = view.reports
    first = next((i for i, f in enumerate(reports) if f.says_stalking), None)
    if first is None:
        return Met(False, (), "No report was recorded as stalking.")
    earlier = [f.report_id for f in reports[:first]]
    if not earlier:
        return Met(False, (), "The first report was recorded as stalking.")
    titles = code_set("offence_groups")
    as_what = dict.fromkeys(titles.title(f.recorded_as) for f in reports[:first] if f.recorded_as)
    at = reports[first].reported_at
    words = (
        f"{count(len(earlier), 'report')} before the first "
        f"recorded as stalking{f' on {day(at)}' if at else ''}"
    )
    words += f", recorded as {listed(list(as_what))}." if as_what else "."
    return Met(True, evidence_keys(o for o in view.forward if o.report_id in set(earlier)), sentence(words))


@condition("hidden")
def _hidden(view: View) -> Met:
    numbers = {o.number for o in view.forward}
    never = not any(f.says_stalking for f in view.reports)
    met = never and view.reading.reading == POSSIBLE and len(numbers) >= least_occasions()
    if not met:
        return Met(
            False,
            (),
            "Recorded as stalking at least once." if not never else "Does not read as possible stalking.",
        )
    titles = code_set("offence_groups")
    as_what = dict.fromkeys(titles.title(f.recorded_as) for f in view.reports if f.recorded_as)
    n = len(view.reports)
    none = "The report was not" if n == 1 else f"None of {count(n, 'report')} was"
    words = f"{none} recorded as stalking: {listed(list(as_what))}."
    return Met(True, evidence_keys(view.forward), words + _called_so_by_others(view))


@condition("recorded_in_part")
def _in_part(view: View) -> Met:
    """By force: one that recorded stalking once may not have since, and another never."""
    held: dict[str, list[bool]] = {}
    for f in view.reports:
        if by_police(f.agency, f.record_type):
            held.setdefault(f.agency, []).append(f.says_stalking)
    ever = any(any(said) for said in held.values())
    open_ = [agency for agency, said in held.items() if not said[-1]]
    if not ever or not open_ or view.reading.reading != POSSIBLE:
        return Met(False, (), "Does not apply.")
    words = "; ".join(_by_force(agency, said) for agency, said in sorted(held.items()))
    keys = evidence_keys(
        o for o in view.forward if o.agency in open_ and not view.facts[o.report_id].says_stalking
    )
    return Met(True, keys, f"{words}.{_called_so_by_others(view)}")


def _by_force(agency: str, said: list[bool]) -> str:
    """'force-a (7): 2 recorded as stalking, the last five not'."""
    since = next((i for i, one in enumerate(reversed(said)) if one), len(said))
    words = f"{agency} ({len(said)}): {sum(said) or 'none'} recorded as stalking"
    if since and since < len(said):
        words += ", the last one not" if since == 1 else f", the last {number(since)} not"
    return words


def _called_so_by_others(view: View) -> str:
    """Say that a helpline called it stalking: somebody who listened is the strongest sign."""
    told = [
        f
        for f in view.reports
        if not by_police(f.agency, f.record_type) and "stalking" in (f.recorded_as or "", *f.included)
    ]
    on = listed([day(f.reported_at) for f in told[:3] if f.reported_at])
    if not told:
        return ""
    return f" Another service called it stalking{f' on {on}' if on else ''}, and no police record of it did."


@condition("ex_partner_presumption")
def _presumption(view: View) -> Met:
    rule = rule_texts()["ex_partner_presumption"]
    separated = "ex_partner" in view.relationships or (
        bool(cue_on(view, "separated")) and not view.relationships - {"partner", "not_known"}
    )
    if not separated:
        return Met(False, (), "No report describes a former partner.")
    # A counting rule binds what is recorded from its day on, whenever it was done.
    covered = [
        o
        for o in view.forward
        if o.against and (at := view.facts[o.report_id].reported_at) and rule.in_force(at.date())
    ]
    least = least_occasions()
    if len({o.number for o in covered}) < least:
        return Met(False, (), f"Fewer than {count(least, 'incident')} reported since the rule began.")
    called = any(view.facts[o.report_id].says_stalking for o in covered)
    since = f" since {day(rule.valid_from)}" if rule.valid_from else ""
    words = f"A former partner, on {count(least, 'incident')} or more reported{since}"
    words += (
        ", and it was recorded as stalking at least once."
        if called
        else ", yet no report was recorded as stalking. The reason should be written down."
    )
    return Met(not called, evidence_keys(covered), words)


@condition("additional_recording")
def _additional(view: View) -> Met:
    rule = rule_texts()["additional_recording"]
    inside = [
        o for o in view.forward if (at := view.facts[o.report_id].reported_at) and rule.in_force(at.date())
    ]
    facts = [view.facts[report] for report in dict.fromkeys(o.report_id for o in inside)]
    crimes = [f for f in facts if by_police(f.agency, f.record_type) and _crime(f.recorded_as)]
    beside = {code for f in crimes for code in (f.recorded_as, *f.included)}
    occasions = len({o.number for o in inside})
    met = (
        view.reading.reading == POSSIBLE
        and occasions >= least_occasions()
        and bool(crimes)
        and beside.isdisjoint(COURSE_OF_CONDUCT)
    )
    if not met:
        return Met(False, (), "Does not apply.")
    were = "was" if len(crimes) == 1 else "were"
    words = (
        f"{sentence(count(occasions, 'incident'))} were reported while a course of conduct had to be "
        f"recorded beside the most serious other crime. {sentence(count(len(crimes), 'crime'))} {were} "
        "recorded, none as stalking, harassment or controlling or coercive behaviour. "
        "Check what is recorded under references that are not held here."
    )
    return Met(True, evidence_keys(inside), words)


def _crime(group: str | None) -> bool:
    """Tell whether an offence group is a crime: an incident without one asks for nothing beside it."""
    return group is not None and any(
        row.extra.get("group") == group and row.extra.get("class") not in ("", "NC", None)
        for row in code_set("offences").codes.values()
    )


@condition("unknown_person")
def _unknown(view: View) -> Met:
    numbers = {o.number for o in view.forward}
    if view.suspect is not None or len(numbers) < least_occasions():
        return Met(False, (), "The person is identified." if view.suspect else "One incident only.")
    return Met(
        True,
        evidence_keys(view.forward),
        f"{sentence(count(len(numbers), 'incident'))} by an unknown suspect.",
    )


@condition("mixed_directions")
def _mixed(view: View) -> Met:
    back = [o for o in view.occasions if o.reversed]
    counter = cue_on(view, "counter_allegation")
    if not back:
        words = "A report mentions a counter-allegation." if counter else NOT_SHOWN
        return Met(bool(counter), evidence_keys(counter), words)
    here, there = view.reports, _once(view, back)
    words = f"The suspect has made {count(len(there), 'report')} about the victim. "
    words += _who_first(here, there)
    for what, one, other in (
        ("Following, watching, waiting or tracking", _spied(view.forward), _spied(back, turned=True)),
        ("Contact after it was refused", _after_refusal(here), _after_refusal(there)),
        ("Fear or distress", _afraid(here), _afraid(there)),
    ):
        words += f" {what}: in {one or 'none'} of the victim's reports, "
        words += f"in {other or 'none'} of the suspect's."
    words += " To report somebody can itself be a further act. A person decides who pursues whom."
    return Met(True, evidence_keys([*back, *counter]), words)


def _once(view: View, accounts: Iterable[Occasion]) -> list[Fact]:
    ids = dict.fromkeys(o.report_id for o in accounts)
    return sorted((view.facts[i] for i in ids), key=lambda f: (f.reported_at or LATE, f.report_id))


def _who_first(here: Sequence[Fact], there: Sequence[Fact]) -> str:
    one, other = (min((f.reported_at for f in side if f.reported_at), default=None) for side in (here, there))
    if one is None or other is None:
        return "Who reported first is not known."
    who = "The victim" if one <= other else "The suspect"
    return f"{who} reported first, on {day(min(one, other))}; the other on {day(max(one, other))}."


def _spied(accounts: Iterable[Occasion], *, turned: bool = False) -> int:
    """In how many reports somebody was followed, watched, waited for or tracked."""
    return len(
        {
            o.report_id
            for o in accounts
            for a in (o.acts if turned else o.against)
            if a.counts and a.behaviour in SURVEILLANCE
        }
    )


def _after_refusal(reports: Iterable[Fact]) -> int:
    return sum("told_to_stop" in f.cues for f in reports)


def _afraid(reports: Iterable[Fact]) -> int:
    return sum("fear" in f.cues for f in reports)


@condition("minutes_apart")
def _minutes(view: View) -> Met:
    exact = [o for o in view.forward if o.at and o.precision == "exact"]
    apart = minutes_apart()
    close = [
        (one, two)
        for one, two in pairwise(sorted(exact, key=lambda o: (o.at or LATE, o.number)))
        if one.at and two.at and two.at - one.at <= apart and one.report_id != two.report_id
    ]
    if not close:
        return Met(False, (), "No two reports tell of acts minutes apart.")
    told = {one.number == two.number for one, two in close}
    as_what = "one incident" if told == {True} else "two incidents" if told == {False} else "one or as two"
    near = minutes(apart.seconds // 60)
    words = f"{sentence(count(len(close), 'pair'))} of reports tell of acts within {near}, "
    words += f"counted here as {as_what}. Whether they are two occasions is for a person."
    return Met(True, evidence_keys(o for pair in close for o in pair), words)


@condition("told_of_more")
def _more(view: View) -> Met:
    said = cue_on(view, "repetition")
    reports = len({o.report_id for o in said})
    mention = "mentions" if reports == 1 else "mention"
    words = f"{sentence(count(reports, 'report'))} {mention} earlier incidents." if said else NOT_SHOWN
    return Met(bool(said), evidence_keys(said), words)


@condition("six_month_limit")
def _limit(view: View) -> Met:
    days: dict[int, tuple[dt.date, str]] = {}
    undated = set()
    for o in view.forward:
        if not o.against:
            continue
        on = time_limits.known_day(o.at, o.precision, o.until)
        if on is None:
            undated.add(o.number)
        elif o.number not in days or on < days[o.number][0]:
            days[o.number] = (on, o.key)
    found = time_limits.limit(
        [on for on, _ in days.values()],
        len(undated - days.keys()),
        view.as_at.date(),
    )
    last = max(days.values(), default=None)
    return Met(found.met, (last[1],) if last else (), found.words)
