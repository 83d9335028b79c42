"""Tell which incidents a phrase would give an act, or take one from, and what people said of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from lamplighter.courses.coding import coder
from lamplighter.courses.coding.corrections import REMOVED, Correction, Key
from lamplighter.courses.coding.learned import Learned, LearnedPhrase, literal, of, parts
from lamplighter.courses.reports.facts import Fact, Rows, facts_of

FULFILS, CONTRADICTS = "fulfils", "contradicts"


@dataclass(frozen=True, slots=True)
class Changed:
    """One incident whose act a phrase gives or takes away.

    ``said``: an earlier correction of that act there, which this fulfils or contradicts; the person's word
    stands either way. Empty where nobody corrected it: there the incident gains or loses the act.
    """

    report_id: str
    occasion_seq: int
    gains: bool
    said: str


def beside(learned: Learned, phrase: LearnedPhrase) -> tuple[Learned, Learned]:
    """Return what is learned without a phrase, and with it."""
    without = [p for p in learned.phrases if p.number != phrase.number]
    return of(without), of([*without, phrase])


def may_touch(phrase: LearnedPhrase, texts: Iterable[tuple[str, str]]) -> Iterator[str]:
    """Return the ids of those texts (id, text) of which a sentence holds every word of a phrase.

    Without the names of people a text has the words that it has with them, and more.
    """
    needed = set(literal(parts(phrase.phrase)))
    for key, text in texts:
        if any(needed <= set(forms) for _, forms in coder.normal_form(text)):
            yield key


def changed(
    rows: Rows,
    person_of: Mapping[str, str],
    phrase: LearnedPhrase,
    learned: Learned,
    corrections: Mapping[Key, tuple[Correction, ...]],
) -> list[Changed]:
    """The incidents of some reports that read otherwise with a phrase than without it.

    Args:
        rows: reports, offences, occasions and people.
        person_of: person by record id.
        phrase: what may be learned, or taken back.
        learned: everything else that is learned on the day.
        corrections: in force, by report and occasion.
    """
    without, with_it = beside(learned, phrase)
    before, after = (facts_of(rows, person_of, {}, some) for some in (without, with_it))
    return [
        Changed(report_id, seq, gains, _said(corrections.get((report_id, seq), ()), phrase.behaviour, gains))
        for report_id, fact in after.items()
        for seq, gains in _moved(before[report_id], fact, phrase.behaviour)
    ]


def reads_otherwise(
    rows: Rows,
    person_of: Mapping[str, str],
    phrase: LearnedPhrase,
    learned: Learned,
    corrections: Mapping[Key, tuple[Correction, ...]],
) -> bool:
    """Tell whether any act of these reports, as corrected, hangs on a phrase."""
    before, after = (facts_of(rows, person_of, corrections, some) for some in beside(learned, phrase))
    return any(
        [m.acts for m in before[report_id].moments] != [m.acts for m in fact.moments]
        for report_id, fact in after.items()
    )


def _moved(before: Fact, after: Fact, behaviour: str) -> Iterator[tuple[int, bool]]:
    for one, other in zip(before.moments, after.moments, strict=True):
        had, has = (any(a.behaviour == behaviour for a in m.acts) for m in (one, other))
        if had != has:
            yield other.occasion_seq, has


def _said(corrections: Iterable[Correction], behaviour: str, gains: bool) -> str:
    for correction in corrections:
        if correction.behaviour == behaviour:
            return FULFILS if (correction.kind != REMOVED) == gains else CONTRADICTS
    return ""
