"""The words of a report with what was read as acts marked, for a person to agree with or correct."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from django.utils import timezone

from lamplighter.courses.coding import coder
from lamplighter.courses.coding.acts import DIRECTIONS, MOODS
from lamplighter.courses.coding.corrections import newest_of
from lamplighter.courses.coding.learned import NOTHING, RULE, Learned, LearnedPhrase, of
from lamplighter.courses.reports.facts import Called, called, facts_of
from lamplighter.hub.intake import selectors as intake
from lamplighter.hub.patterns.learning import phrases
from lamplighter.hub.patterns.models import Correction
from lamplighter.hub.patterns.storage import corrections
from lamplighter.hub.people import selectors as people
from lamplighter.reporting.words import day
from lamplighter.vocabulary.codes import code_set


@dataclass(frozen=True, slots=True)
class Segment:
    """A piece of the text; ``acts`` says what it was read as, and is empty for the rest."""

    text: str
    acts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class WordsRead:
    segments: tuple[Segment, ...]
    acts: tuple[dict[str, Any], ...]
    left_out: tuple[dict[str, Any], ...]

    @property
    def lessons(self) -> set[int]:
        """Return the numbers of the lessons by which something reads as it does."""
        return {row["lesson"] for row in (*self.acts, *self.left_out) if row.get("lesson")}


def words_read(report_id: str, occasion_seq: int) -> WordsRead:
    """The text of one occasion and the acts that stand for it, corrections included."""
    rows = intake.rows([report_id])
    person_of = people.person_of([p["record_id"] for p in rows["people"]])
    learned = phrases.in_force()
    fact = facts_of(rows, person_of, newest_of(corrections([report_id])), learned)[report_id]
    moment = next((m for m in fact.moments if m.occasion_seq == occasion_seq), fact.moments[0])
    narrative = next(
        (o["narrative"] for o in rows["occasions"] if o["occasion_seq"] == occasion_seq),
        None,
    )
    text = narrative or fact.summary
    names = called(fact.victims, fact.suspects)
    found = coder.code(text, **names, learned=learned)
    read = {(a.behaviour, a.start, a.end) for a in found}
    held: list[coder.Act] = []
    if learned.phrases:  # without a lesson it would be the same reading again
        untaught = coder.code(text, **names, learned=NOTHING)
        held = [a for a in untaught if (a.behaviour, a.start, a.end) not in read]
    standing = {a.behaviour for a in moment.acts}
    said = _said(report_id, occasion_seq)
    acts = [
        {
            "behaviour": a.behaviour,
            "title": _title(a.behaviour),
            "words": a.words,
            # Who added it is said below.
            "how": "" if a.rule_id == "person:added" and a.behaviour in said else _how(a.rule_id, learned),
            "lesson": phrase.number if (phrase := _phrase(a.rule_id, learned)) else None,
            "rule": a.rule_id,
            "aside": ""
            if a.counts
            else DIRECTIONS.get(a.direction, "not counted: explained by the matter around it"),
            "said": said.get(a.behaviour, "").removesuffix(f": “{a.words}”"),
        }
        for a in _once(moment.acts)
    ]
    gone = {k: v for k, v in said.items() if k not in standing}
    left_out: list[dict[str, Any]] = [
        {"title": _title(a.behaviour), "words": a.words, "why": _why_left(a)}
        for a in found
        if (a.negated or a.behaviour not in standing) and a.behaviour not in gone
    ]
    left_out += [_held(a, text, names, learned) for a in held]
    read_as = {a.behaviour: a.words for a in (*held, *found)}
    left_out += [
        {"title": _title(b), "words": read_as.get(b, ""), "why": why, "undo": b} for b, why in gone.items()
    ]
    left_out += _declined(report_id, occasion_seq)
    return WordsRead(_segments(text, found), tuple(acts), tuple(left_out))


def _declined(report_id: str, occasion_seq: int) -> list[dict[str, str]]:
    """Return proposals that people declined while there was a second reader (decision 191)."""
    rows = Correction.objects.filter(
        report_id=report_id, occasion_seq=occasion_seq, kind=Correction.Kind.DECLINE
    ).select_related("by")
    why = "proposed by a second reader that is no longer used, declined by {}"
    return [
        {"title": _title(c.behaviour), "words": c.reason, "why": why.format(c.by.display_name)}
        for c in rows.order_by("at", "pk")
    ]


def _once(acts: tuple[Any, ...]) -> list[Any]:
    """Each behaviour once; the account of it that counts before one that does not."""
    kept: dict[str, Any] = {}
    for act in sorted(acts, key=lambda a: not a.counts):
        kept.setdefault(act.behaviour, act)
    return list(kept.values())


def _said(report_id: str, occasion_seq: int) -> dict[str, str]:
    """What somebody said last of each act and has not undone: who, when and why."""
    words = {"accept": "agreed by {} on {}", "removed": "taken out by {} on {}", "added": "added by {} on {}"}
    found: dict[str, str] = {}
    rows = Correction.objects.filter(report_id=report_id, occasion_seq=occasion_seq).select_related("by")
    for c in rows.exclude(kind=Correction.Kind.DECLINE).order_by("at", "pk"):
        found.pop(c.behaviour, None)
        if c.kind != Correction.Kind.UNDO:
            who = words[c.kind].format(c.by.display_name, day(timezone.localtime(c.at)))
            found[c.behaviour] = f"{who}: “{c.reason}”" if c.reason else who
    return found


def _held(act: coder.Act, text: str, names: Called, learned: Learned) -> dict[str, Any]:
    """An act that is read without what the hub learned: left out by which lesson."""
    for p in learned.phrases:
        if p.holds_back and p.behaviour == act.behaviour:
            others = of(other for other in learned.phrases if other.number != p.number)
            again = coder.code(text, **names, learned=others)
            if any((a.behaviour, a.start, a.end) == (act.behaviour, act.start, act.end) for a in again):
                why = f"{_HELD}; accepted by {p.accepted_by} on {day(p.starts)}"
                return {"title": _title(act.behaviour), "words": act.words, "why": why, "lesson": p.number}
    return {"title": _title(act.behaviour), "words": act.words, "why": _HELD}


def _why_left(act: coder.Act) -> str:
    return MOODS.get(act.mood, MOODS["denied"]) if act.negated else "explained by other words"


_HELD = "the hub learned that these words are not that act here"


def _phrase(rule_id: str, learned: Learned) -> LearnedPhrase | None:
    return next((p for p in learned.phrases if rule_id.endswith(f":{RULE}{p.number}")), None)


def _how(rule_id: str, learned: Learned) -> str:
    if p := _phrase(rule_id, learned):
        return f"learned from a correction; accepted by {p.accepted_by} on {day(p.starts)}"
    if rule_id == "person:accepted":
        return "no longer read from the words, but agreed by a person"
    kind = rule_id.split(":")[0]
    return {
        "coder": "read from the words",
        "source": "ticked by the agency",
        "recorded": "from what it was recorded as",
        "person": "added by a person",
    }.get(kind, "")


def _title(behaviour: str) -> str:
    codes = code_set("behaviours").codes
    return codes[behaviour].title if behaviour in codes else behaviour


def _segments(text: str, found: list[coder.Act]) -> tuple[Segment, ...]:
    """The text cut where acts begin and end; a piece that several acts share names them all."""
    cuts = sorted({0, len(text), *(a.start for a in found), *(a.end for a in found)})
    pieces = []
    for start, end in pairwise(cuts):
        here = tuple(
            dict.fromkeys(
                _title(a.behaviour) for a in found if a.start <= start and end <= a.end and not a.negated
            )
        )
        pieces.append(Segment(text[start:end], here))
    return tuple(pieces)
