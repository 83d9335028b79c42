"""The conditions of the rules in ``rules.toml``."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterable

from lamplighter.courses.facts import limb_of
from lamplighter.courses.occasions import Occasion
from lamplighter.courses.readings import POSSIBLE
from lamplighter.courses.registry import Met, View, condition, rule_texts
from lamplighter.courses.trend import laplace
from lamplighter.courses.words import add_months, count, day, listed, sentence, span
from lamplighter.vocabulary.codes import code_set

NOTHING = "Nothing recorded shows this yet."
SURVEILLANCE = frozenset({"following", "watching", "loitering", "monitoring", "tracking", "account_access"})
FIXATED = SURVEILLANCE | {
    "impersonation",
    "contact_via_others",
    "publishing",
    "payment_messages",
    "unwanted_orders",
}
THREATS = frozenset({"threat_harm", "threat_kill", "threat_veiled", "threat_images", "threat_self_harm"})
VIOLENCE = frozenset({"violence", "strangulation", "sexual_violence"})
# Escalation in kind: the ordered steps. A behaviour not listed has no step.
STEPS: tuple[tuple[str, frozenset[str]], ...] = (
    ("contact", frozenset({"unwanted_contact", "payment_messages", "approach", "abuse"})),
    (
        "contact through others, gifts and publishing",
        frozenset(
            {
                "contact_via_others",
                "unwanted_gift",
                "unwanted_orders",
                "publishing",
                "impersonation",
                "false_allegations",
            }
        ),
    ),
    ("following, watching and monitoring", SURVEILLANCE),
    ("damage, entry and breach", frozenset({"damage", "interference", "break_in", "breach"})),
    ("threats", THREATS | {"coercion"}),
    ("violence", VIOLENCE),
)
BURST_CONTACTS = 10
BURST_OCCASIONS, BURST_DAYS = 3, 14
MANY_KINDS = 4
SILENCE_DAYS = 60
RATE_LEVEL = 0.05


def step_of(behaviour: str) -> int:
    """The place of a behaviour in :data:`STEPS`, or -1."""
    return next((i for i, (_, members) in enumerate(STEPS) if behaviour in members), -1)


def _keys(occasions: Iterable[Occasion]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(o.key for o in occasions))


def _doing(view: View, behaviours: frozenset[str]) -> list[Occasion]:
    return [o for o in view.forward if any(a.behaviour in behaviours for a in o.against)]


def _titles(occasions: Iterable[Occasion], behaviours: frozenset[str]) -> str:
    titles = code_set("behaviours")
    found = dict.fromkeys(a.behaviour for o in occasions for a in o.against if a.behaviour in behaviours)
    return listed([titles.title(b)[0].lower() + titles.title(b)[1:] for b in found])


def _shown(view: View, behaviours: frozenset[str]) -> Met:
    hits = _doing(view, behaviours)
    n = len({o.number for o in hits})
    words = sentence(f"{_titles(hits, behaviours)}: {count(n, 'occasion')}.") if hits else NOTHING
    return Met(bool(hits), _keys(hits), words)


def _cue(view: View, *cues: str) -> list[Occasion]:
    wanted = set(cues)
    return [o for o in view.forward if view.facts[o.report_id].cues & wanted]


@condition("course.occasions")
def _occasions(view: View) -> Met:
    numbers = {o.number for o in view.forward}
    words = f"{count(len(numbers), 'occasion')} told in {count(len({o.report_id for o in view.forward}), 'report')}."
    return Met(len(numbers) >= 2, _keys(view.forward), sentence(words))


@condition("four.fixated")
def _fixated(view: View) -> Met:
    hits = _doing(view, FIXATED)
    said = _cue(view, "fixation")
    words = []
    if hits:
        words.append(sentence(_titles(hits, FIXATED)) + ".")
    if said:
        words.append("The words show attention to the person themselves.")
    return Met(bool(hits or said), _keys([*hits, *said]), " ".join(words) or NOTHING)


@condition("four.obsessive")
def _obsessive(view: View) -> Met:
    words, evidence = [], []
    bursts = [o for o in view.forward if any((a.quantity or 0) >= BURST_CONTACTS for a in o.against)]
    if bursts:
        most = max(a.quantity or 0 for o in bursts for a in o.against)
        words.append(f"up to {most} contacts at a time")
        evidence += bursts
    told = view.told()
    for i in range(len(told) - BURST_OCCASIONS + 1):
        first, last = told[i], told[i + BURST_OCCASIONS - 1]
        if first.at and last.at and (last.at - first.at).days <= BURST_DAYS:
            words.append(f"{BURST_OCCASIONS} occasions within {BURST_DAYS} days")
            evidence += told[i : i + BURST_OCCASIONS]
            break
    kinds = {a.behaviour for o in view.forward for a in o.against if step_of(a.behaviour) >= 0}
    if len(kinds) >= MANY_KINDS:
        words.append(f"{len(kinds)} kinds of act")
        evidence += [o for o in view.forward if any(a.behaviour in kinds for a in o.against)]
    returns = _returns(told)
    if returns:
        words.append(f"came back after {span(max(gap for gap, _ in returns))} of silence")
        evidence += [o for _, o in returns]
    return Met(bool(words), _keys(evidence), sentence(listed(words)) + "." if words else NOTHING)


@condition("four.unwanted")
def _unwanted(view: View) -> Met:
    asked = _cue(view, "told_to_stop")
    ordered = _cue(view, "order_in_force") + _doing(view, frozenset({"breach"}))
    words = []
    if asked:
        words.append("The person asked for it to stop, refused it or blocked it.")
    if ordered:
        words.append("An order or condition forbids it.")
    if not words and view.reports:
        n = count(len(view.reports), "report")
        return Met(
            False,
            (),
            f"{sentence(n)} made to agencies say as much, but nobody wrote down that the person asked for it to stop.",
        )
    return Met(bool(words), _keys([*asked, *ordered]), " ".join(words) or NOTHING)


@condition("four.repeated")
def _repeated(view: View) -> Met:
    numbers = {o.number for o in view.forward}
    said = _cue(view, "repetition")
    if len(numbers) >= 2:
        return Met(True, _keys(view.forward), sentence(f"{count(len(numbers), 'occasion')}."))
    if said:
        return Met(True, _keys(said), "One report, which tells of earlier times.")
    return Met(False, (), NOTHING)


def _limb(limb: str) -> Callable[[View], Met]:
    members = frozenset(b for b in code_set("behaviours").codes if limb_of(b) == limb)

    def check(view: View) -> Met:
        return _shown(view, members)

    return check


for _code in ("a", "b", "c", "d", "e", "f", "g", "other"):
    condition(f"limb.{_code}")(_limb(_code))


@condition("frequency")
def _frequency(view: View) -> Met:
    told = view.told()
    times = [o.at for o in told if o.at]
    if not times:
        return Met(False, (), "No occasion has a date.")
    recent = [o for o in told if o.at and dt.timedelta(0) <= view.as_at - o.at <= dt.timedelta(days=28)]
    length = (times[-1] - times[0]).days
    words = (
        f"{count(len(times), 'occasion')} over {span(length)}" if length else count(len(times), "occasion")
    )
    words += f"; {count(len(recent), 'occasion')} in the last 28 days; the last on {day(times[-1])}."
    return Met(len(times) >= 2, _keys(recent), sentence(words))


def _returns(told: list[Occasion]) -> list[tuple[float, Occasion]]:
    out = []
    for one, two in zip(told, told[1:], strict=False):
        if one.at and two.at and (gap := (two.at - one.at).total_seconds() / 86400) >= SILENCE_DAYS:
            out.append((gap, two))
    return out


@condition("gaps")
def _gaps(view: View) -> Met:
    returns = _returns(view.told())
    if not returns:
        return Met(False, (), f"No silence of {SILENCE_DAYS} days or more between occasions.")
    longest = max(gap for gap, _ in returns)
    n = count(len(returns), "silence")
    return Met(
        True,
        _keys(o for _, o in returns),
        f"{sentence(n)} of {SILENCE_DAYS} days or more, the longest {span(longest)}; each ended with a new occasion.",
    )


@condition("escalation.kind")
def _escalation_kind(view: View) -> Met:
    told = view.told()
    steps = [max((step_of(a.behaviour) for a in o.against), default=-1) for o in told]
    known = [(o, s) for o, s in zip(told, steps, strict=True) if s >= 0]
    if len(known) < 2:
        return Met(False, (), "Too few occasions whose kind is known.")
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
    told = view.told()
    times = [o.at for o in told if o.at]
    if not times:
        return Met(False, (), "No occasion has a date.")
    trend = laplace([(t - times[0]).total_seconds() / 86400 for t in times])
    if trend is None:
        return Met(False, (), "Fewer than four dated occasions: too few to test.")
    later = [o for o in told if o.at and (o.at - times[0]).total_seconds() / 86400 > trend.days / 2]
    p = f"{trend.p_more:.3f}" if trend.p_more >= 0.001 else "less than 0.001"
    if trend.p_more < RATE_LEVEL:
        return Met(
            True,
            _keys(later),
            f"The occasions come faster: {len(later)} of {len(told)} fall in the later half of the time. If the rate were steady, this or more would be seen with a chance of {p}.",
        )
    if trend.p_less < RATE_LEVEL:
        return Met(
            False,
            (),
            f"The occasions come more slowly than at first (chance under a steady rate {trend.p_less:.3f}).",
        )
    return Met(False, (), f"No clear change in how often (chance under a steady rate {p}).")


@condition("breach")
def _breach(view: View) -> Met:
    return _shown(view, frozenset({"breach"}))


@condition("threats")
def _threats(view: View) -> Met:
    return _shown(view, THREATS)


@condition("violence")
def _violence(view: View) -> Met:
    return _shown(view, VIOLENCE)


@condition("proxies")
def _proxies(view: View) -> Met:
    hits = [
        o for o in view.forward if o.attribution == "by_proxy" or any(a.actor == "proxy" for a in o.against)
    ]
    n = len({o.number for o in hits})
    words = f"{sentence(count(n, 'occasion'))} on which somebody acted for them." if hits else NOTHING
    return Met(bool(hits), _keys(hits), words)


@condition("several_agencies")
def _agencies(view: View) -> Met:
    held = Counter(f.agency for f in view.reports)
    words = f"{sentence(count(len(held), 'agency', 'agencies'))}: {listed([f'{a} ({n})' for a, n in sorted(held.items())])}."
    return Met(len(held) > 1, _keys(view.forward) if len(held) > 1 else (), words)


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
    words = f"{count(len(earlier), 'report')} before the first recorded as stalking{f' on {day(at)}' if at else ''}"
    words += f", recorded as {listed(list(as_what))}." if as_what else "."
    return Met(True, _keys(o for o in view.forward if o.report_id in set(earlier)), sentence(words))


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
        _keys(view.forward),
        f"None of {count(len(view.reports), 'report')} was recorded as stalking: {listed(list(as_what))}.",
    )


@condition("ex_partner_presumption")
def _presumption(view: View) -> Met:
    rule = rule_texts()["ex_partner_presumption"]
    separated = "ex_partner" in view.relationships or (
        bool(_cue(view, "separated")) and not view.relationships - {"partner", "not_known"}
    )
    if not separated:
        return Met(False, (), "No report describes a former partner.")
    covered = [o for o in view.forward if o.at and rule.applies(o.at.date()) and o.against]
    if len({o.number for o in covered}) < 2:
        return Met(False, (), "Fewer than two occasions of conduct since the rule began.")
    called = any(view.facts[o.report_id].says_stalking for o in covered)
    words = "A former partner, on two occasions or more since 1 April 2020"
    words += (
        ", and it was recorded as stalking at least once."
        if called
        else ", yet no report was recorded as stalking. The reason should be written down."
    )
    return Met(not called, _keys(covered), words)


@condition("additional_recording")
def _additional(view: View) -> Met:
    rule = rule_texts()["additional_recording"]
    inside = [
        o for o in view.forward if (at := view.facts[o.report_id].reported_at) and rule.applies(at.date())
    ]
    never = not any(view.facts[o.report_id].says_stalking for o in inside)
    met = view.reading.reading == POSSIBLE and never and len({o.number for o in inside}) >= 2
    words = (
        "Two occasions or more were reported while stalking had to be recorded as well; it was not."
        if met
        else "Does not apply."
    )
    return Met(met, _keys(inside) if met else (), words)


@condition("unknown_person")
def _unknown(view: View) -> Met:
    numbers = {o.number for o in view.forward}
    if view.suspect is not None or len(numbers) < 2:
        return Met(False, (), "The person is identified." if view.suspect else "One occasion only.")
    return Met(True, _keys(view.forward), f"{sentence(count(len(numbers), 'occasion'))} by nobody known.")


@condition("mixed_directions")
def _mixed(view: View) -> Met:
    back = [o for o in view.occasions if o.reversed]
    counter = _cue(view, "counter_allegation")
    by_victim = [o for o in view.forward if any(a.direction == "by_victim" for a in o.acts)]
    words = []
    if back:
        words.append(f"{count(len({o.report_id for o in back}), 'report')} with the roles swapped")
    if counter:
        words.append("a counter-allegation is mentioned")
    if by_victim:
        words.append("acts by the person reporting are recorded")
    return Met(
        bool(words), _keys([*back, *counter, *by_victim]), sentence(listed(words)) + "." if words else NOTHING
    )


@condition("told_of_more")
def _more(view: View) -> Met:
    said = _cue(view, "repetition")
    words = (
        f"{sentence(count(len({o.report_id for o in said}), 'report'))} tell of other times."
        if said
        else NOTHING
    )
    return Met(bool(said), _keys(said), words)


@condition("six_month_limit")
def _limit(view: View) -> Met:
    acts = [o for o in view.told() if o.against]
    if not acts or acts[-1].at is None:
        return Met(False, (), "No dated act.")
    last = acts[-1].at.date()
    until = add_months(last, rule_texts()["six_month_limit"].months or 6)
    left = (until - view.as_at.date()).days
    if left < 0:
        return Met(
            False,
            (acts[-1].key,),
            f"A summary-only charge had to be laid by {day(until)}. The either-way offences have no such limit.",
        )
    return Met(
        True,
        (acts[-1].key,),
        f"A summary-only charge must be laid by {day(until)}, {span(left)} from now, counted from the last act on {day(last)}.",
    )
