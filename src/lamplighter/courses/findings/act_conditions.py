"""The conditions of rules about what was done: FOUR, the limbs of s.2A(3), breaches, threats, violence,
proxies."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import pairwise

from lamplighter.courses.coding.acts import letters_of
from lamplighter.courses.coding.severity import FIXATED, PERSISTENT, THREATS, VIOLENCE, step_of
from lamplighter.courses.findings.conditions import Met, View, condition
from lamplighter.courses.grouping.occasions import Occasion
from lamplighter.courses.rules import count_of, least_occasions
from lamplighter.courses.words import count, listed, sentence, span
from lamplighter.reporting.words import NOT_SHOWN
from lamplighter.vocabulary.codes import code_set


def evidence_keys(occasions: Iterable[Occasion]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(o.key for o in occasions))


def returns(told: list[Occasion]) -> list[tuple[float, Occasion]]:
    """Return the occasions that ended a silence, with its length in days."""
    out, silence = [], count_of("gaps", "days")
    for one, two in pairwise(told):
        if one.at and two.at and (gap := (two.at - one.at).total_seconds() / 86400) >= silence:
            out.append((gap, two))
    return out


def _doing(view: View, behaviours: frozenset[str]) -> list[Occasion]:
    return [o for o in view.forward if any(a.behaviour in behaviours for a in o.against)]


def _titles(occasions: Iterable[Occasion], behaviours: frozenset[str]) -> str:
    titles = code_set("behaviours")
    found = dict.fromkeys(a.behaviour for o in occasions for a in o.against if a.behaviour in behaviours)
    return listed([titles.title(b)[0].lower() + titles.title(b)[1:] for b in found])


def _shown(view: View, behaviours: frozenset[str]) -> Met:
    return _met(_doing(view, behaviours), behaviours)


def _met(hits: list[Occasion], behaviours: frozenset[str]) -> Met:
    n = len({o.number for o in hits})
    words = sentence(f"{_titles(hits, behaviours)}: {count(n, 'incident')}.") if hits else NOT_SHOWN
    return Met(bool(hits), evidence_keys(hits), words)


def cue_on(view: View, *cues: str) -> list[Occasion]:
    wanted = set(cues)
    return [o for o in view.forward if view.facts[o.report_id].cues & wanted]


@condition("course.occasions")
def _occasions(view: View) -> Met:
    numbers = {o.number for o in view.forward}
    words = (
        f"{count(len(numbers), 'incident')} in {count(len({o.report_id for o in view.forward}), 'report')}."
    )
    return Met(len(numbers) >= least_occasions(), evidence_keys(view.forward), sentence(words))


@condition("four.fixated")
def _fixated(view: View) -> Met:
    hits = _doing(view, FIXATED)
    said = cue_on(view, "fixation")
    again = _doing(view, PERSISTENT)
    times = len({o.number for o in again})
    persists = times >= count_of("four.fixated", "incidents")
    words = []
    if hits:
        words.append(sentence(_titles(hits, FIXATED)) + ".")
    if persists:
        words.append(f"Aimed at the same person on {count(times, 'incident')}.")
    if said:
        words.append("The words show attention to the person themselves.")
    shown = [*hits, *said, *(again if persists else [])]
    return Met(bool(shown), evidence_keys(shown), " ".join(words) or NOT_SHOWN)


@condition("four.obsessive")
def _obsessive(view: View) -> Met:
    words, evidence = [], []
    contacts, incidents, days, kinds_of_act = (
        count_of("four.obsessive", n) for n in ("contacts", "incidents", "days", "kinds")
    )
    bursts = [o for o in view.forward if any((a.quantity or 0) >= contacts for a in o.against)]
    if bursts:
        most = max(a.quantity or 0 for o in bursts for a in o.against)
        words.append(f"up to {most} contacts at a time")
        evidence += bursts
    told = view.told
    for i in range(len(told) - incidents + 1):
        first, last = told[i], told[i + incidents - 1]
        if first.at and last.at and (last.at - first.at).days <= days:
            words.append(f"{incidents} incidents within {days} days")
            evidence += told[i : i + incidents]
            break
    kinds = {a.behaviour for o in view.forward for a in o.against if step_of(a.behaviour) >= 0}
    if len(kinds) >= kinds_of_act:
        words.append(f"{len(kinds)} kinds of act")
        evidence += [o for o in view.forward if any(a.behaviour in kinds for a in o.against)]
    back = returns(told)
    if back:
        words.append(f"came back after {span(max(gap for gap, _ in back))} of silence")
        evidence += [o for _, o in back]
    return Met(bool(words), evidence_keys(evidence), sentence(listed(words)) + "." if words else NOT_SHOWN)


@condition("four.unwanted")
def _unwanted(view: View) -> Met:
    asked = cue_on(view, "told_to_stop")
    ordered = cue_on(view, "order_in_force") + _doing(view, frozenset({"breach"}))
    afraid = cue_on(view, "fear")
    # Words that name nobody leave the actor unknown too; only a report that says so speaks of hiding.
    unknown = {o.key for o in cue_on(view, "unknown_person")}
    covert = [o for o in view.forward if o.key in unknown and any(a.actor == "unknown" for a in o.against)]
    reports = view.reports
    # To report something says that it is not wanted. Nobody needs to have refused, and not everybody can.
    words = [f"Reported to an agency {_times(len(reports))}."] if reports else []
    if asked:
        words.append("The person asked for it to stop, refused it or blocked it.")
    if ordered:
        words.append("An order or condition forbids it.")
    if afraid:
        words.append("A report speaks of fear or distress.")
    if covert:
        words.append("A report says that whoever did it was not known, or hid who they are.")
    further = [*asked, *ordered, *afraid, *covert]
    return Met(bool(words), evidence_keys(further or view.forward), " ".join(words) or NOT_SHOWN)


def _times(n: int) -> str:
    return "once" if n == 1 else "twice" if n == 2 else f"{n} times"


@condition("four.repeated")
def _repeated(view: View) -> Met:
    numbers = {o.number for o in view.forward}
    said = cue_on(view, "repetition")
    if len(numbers) >= least_occasions():
        return Met(True, evidence_keys(view.forward), sentence(f"{count(len(numbers), 'incident')}."))
    if said:
        return Met(True, evidence_keys(said), "One report, which mentions earlier incidents.")
    return Met(False, (), NOT_SHOWN)


def _limb(limb: str) -> Callable[[View], Met]:
    def check(view: View) -> Met:
        hits = [o for o in view.forward if any(limb in letters_of(a) for a in o.against)]
        return _met(hits, frozenset(a.behaviour for o in hits for a in o.against if limb in letters_of(a)))

    return check


for _code in ("a", "b", "c", "d", "e", "f", "g", "other"):
    condition(f"limb.{_code}")(_limb(_code))


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
    words = f"{sentence(count(n, 'incident'))} on which somebody acted for them." if hits else NOT_SHOWN
    return Met(bool(hits), evidence_keys(hits), words)
