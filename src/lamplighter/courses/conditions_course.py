"""The conditions of rules about a course as a whole: how often, how it changes, what it was recorded as."""

from __future__ import annotations

import datetime as dt
from collections import Counter

from lamplighter.courses import limits
from lamplighter.courses.conditions import NOTHING, SILENCE_DAYS, cue_on, evidence_keys, returns
from lamplighter.courses.readings import POSSIBLE
from lamplighter.courses.registry import Met, View, condition, rule_texts
from lamplighter.courses.severity import STEPS, step_of
from lamplighter.courses.trend import laplace
from lamplighter.courses.words import count, day, listed, sentence, span
from lamplighter.vocabulary.codes import code_set

RATE_LEVEL = 0.05


@condition("frequency")
def _frequency(view: View) -> Met:
    told = view.told
    times = [o.at for o in told if o.at]
    if not times:
        return Met(False, (), "No incident has a date.")
    recent = [o for o in told if o.at and dt.timedelta(0) <= view.as_at - o.at <= dt.timedelta(days=28)]
    length = (times[-1] - times[0]).days
    words = (
        f"{count(len(times), 'incident')} over {span(length)}" if length else count(len(times), "incident")
    )
    words += f"; {count(len(recent), 'incident')} in the last 28 days; the last on {day(times[-1])}."
    return Met(len(times) >= 2, evidence_keys(recent), sentence(words))


@condition("gaps")
def _gaps(view: View) -> Met:
    found = returns(view.told)
    if not found:
        return Met(False, (), f"No silence of {SILENCE_DAYS} days or more between incidents.")
    longest = max(gap for gap, _ in found)
    n = count(len(found), "silence")
    return Met(
        True,
        evidence_keys(o for _, o in found),
        f"{sentence(n)} of {SILENCE_DAYS} days or more, the "
        f"longest {span(longest)}; each ended with a new incident.",
    )


@condition("escalation.kind")
def _escalation_kind(view: View) -> Met:
    told = view.told
    steps = [max((step_of(a.behaviour) for a in o.against), default=-1) for o in told]
    known = [(o, s) for o, s in zip(told, steps, strict=True) if s >= 0]
    if len(known) < 2:
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
        return Met(False, (), "Fewer than four dated incidents: too few to test.")
    later = [o for o in told if o.at and (o.at - times[0]).total_seconds() / 86400 > trend.days / 2]
    p = f"{trend.p_more:.3f}" if trend.p_more >= 0.001 else "less than 0.001"
    if trend.p_more < RATE_LEVEL:
        return Met(
            True,
            evidence_keys(later),
            f"The incidents come faster: {len(later)} of {len(told)} fall in the later half of "
            f"the time. If the rate were steady, this or more would be seen with a chance of {p}.",
        )
    if trend.p_less < RATE_LEVEL:
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
    never = not any(view.facts[o.report_id].says_stalking for o in view.occasions)
    met = never and view.reading.reading == POSSIBLE and len(numbers) >= 2
    if not met:
        return Met(
            False,
            (),
            "Recorded as stalking at least once." if not never else "Does not read as possible stalking.",
        )
    titles = code_set("offence_groups")
    as_what = dict.fromkeys(titles.title(f.recorded_as) for f in view.reports if f.recorded_as)
    return Met(
        True,
        evidence_keys(view.forward),
        f"None of {count(len(view.reports), 'report')} was recorded as stalking: {listed(list(as_what))}.",
    )


@condition("ex_partner_presumption")
def _presumption(view: View) -> Met:
    rule = rule_texts()["ex_partner_presumption"]
    separated = "ex_partner" in view.relationships or (
        bool(cue_on(view, "separated")) and not view.relationships - {"partner", "not_known"}
    )
    if not separated:
        return Met(False, (), "No report describes a former partner.")
    covered = [o for o in view.forward if o.at and rule.applies(o.at.date()) and o.against]
    if len({o.number for o in covered}) < 2:
        return Met(False, (), "Fewer than two incidents of conduct since the rule began.")
    called = any(view.facts[o.report_id].says_stalking for o in covered)
    words = "A former partner, on two incidents or more since 1 April 2020"
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
        o for o in view.forward if (at := view.facts[o.report_id].reported_at) and rule.applies(at.date())
    ]
    never = not any(view.facts[o.report_id].says_stalking for o in inside)
    met = view.reading.reading == POSSIBLE and never and len({o.number for o in inside}) >= 2
    words = (
        "Two incidents or more were reported while stalking had to be recorded as well; it was not."
        if met
        else "Does not apply."
    )
    return Met(met, evidence_keys(inside) if met else (), words)


@condition("unknown_person")
def _unknown(view: View) -> Met:
    numbers = {o.number for o in view.forward}
    if view.suspect is not None or len(numbers) < 2:
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
    by_victim = [o for o in view.forward if any(a.direction == "by_victim" for a in o.acts)]
    words = []
    if back:
        words.append(f"{count(len({o.report_id for o in back}), 'report')} with the roles swapped")
    if counter:
        words.append("a counter-allegation is mentioned")
    if by_victim:
        words.append("acts by the person reporting are recorded")
    return Met(
        bool(words),
        evidence_keys([*back, *counter, *by_victim]),
        sentence(listed(words)) + "." if words else NOTHING,
    )


@condition("told_of_more")
def _more(view: View) -> Met:
    said = cue_on(view, "repetition")
    reports = len({o.report_id for o in said})
    mention = "mentions" if reports == 1 else "mention"
    words = f"{sentence(count(reports, 'report'))} {mention} earlier incidents." if said else NOTHING
    return Met(bool(said), evidence_keys(said), words)


@condition("six_month_limit")
def _limit(view: View) -> Met:
    days: dict[int, tuple[dt.date, str]] = {}
    undated = set()
    for o in view.forward:
        if not o.against:
            continue
        on = limits.known_day(o.at, o.precision)
        if on is None:
            undated.add(o.number)
        elif o.number not in days or on < days[o.number][0]:
            days[o.number] = (on, o.key)
    found = limits.limit(
        [on for on, _ in days.values()],
        len(undated - days.keys()),
        view.as_at.date(),
        rule_texts()["six_month_limit"].months or limits.MONTHS,
    )
    last = max(days.values(), default=None)
    return Met(found.met, (last[1],) if last else (), found.words)
