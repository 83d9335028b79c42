"""Phrases that an installation has learned from corrections: that add an act, or hold one back.

A phrase is words in the coder's normal form, one after another, with a few signs for what differs from report
to report: ``{somebody}`` (a person, however called: by name, 'IP', 'her'), ``{name}`` (a name), ``{number}``,
``{account}``. It matches its words and nothing near them. Pure: the same words, the same phrases and the same
day give the same acts.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from lamplighter.courses.coding.lexicon_store import Rule, lexicon
from lamplighter.vocabulary.codes import code_set

RULE = "learned:"
"""Beginning of the rule id of a learned phrase; its number follows."""
SOMEBODY, NAME, NUMBER, ACCOUNT = "{somebody}", "{name}", "{number}", "{account}"
SIGNS = {
    SOMEBODY: "anybody, however called",
    NAME: "any name",
    NUMBER: "any number",
    ACCOUNT: "any account",
}
FEWEST_WORDS, MOST_WORDS = 2, 14
_SUBJECTS = frozenset({"he", "she", "they", "who", "we", "i"})
_NAMES = frozenset({"name_"})
Placed = tuple[Rule, int, int]


class PhraseError(ValueError):
    """A phrase that cannot be learned. The text says what to do."""


@dataclass(frozen=True, slots=True)
class LearnedPhrase:
    """One phrase; ``until`` is the first day on which it is read no more.

    ``holds_back``: these words are not that act here. ``correction``: the number of the correction that it
    comes from; None for one from elsewhere.
    """

    number: int
    behaviour: str
    phrase: str
    holds_back: bool
    starts: dt.date
    until: dt.date | None = None
    accepted_by: str = ""
    correction: int | None = None

    @property
    def rule_id(self) -> str:
        return f"{RULE}{self.number}"

    def stands(self, day: dt.date) -> bool:
        """Tell whether it is read on a day."""
        return self.starts <= day and (self.until is None or day < self.until)


@dataclass(frozen=True)
class Learned:
    """Learned phrases in the order of their numbers: what is accepted later outranks what was before."""

    phrases: tuple[LearnedPhrase, ...] = ()

    def on(self, day: dt.date) -> Learned:
        """Those that are read on a day."""
        return of(p for p in self.phrases if p.stands(day))

    @property
    def numbers(self) -> tuple[int, ...]:
        return tuple(p.number for p in self.phrases)

    def touch(self, forms: Sequence[str]) -> bool:
        """Tell whether a sentence in normal form holds the words of any of these."""
        return not self._anchors.keys().isdisjoint(forms) and any(True for _ in self._matches(forms))

    def applied(
        self,
        forms: tuple[str, ...],
        found: Iterable[Placed],
        denied: Callable[[tuple[str, ...], int, int], bool],
    ) -> tuple[Placed, ...]:
        """Rules that fire in a sentence, each with the first and last word of its match: those of the lexicon
        (``found``), without what a phrase holds back, and with what one adds, first where it is not denied.
        """
        out = list(found)
        for phrase, places in self._matches(forms):
            if phrase.holds_back:
                out = [(r, a, b) for r, a, b in out if not _meet(r, a, b, phrase.behaviour, places)]
                continue
            first, last = next((p for p in places if not denied(forms, *p)), places[0])
            if not any(_meet(r, a, b, phrase.behaviour, [(first, last)]) for r, a, b in out):
                out.append((_rule(phrase), first, last))
        return tuple(out)

    def _matches(self, forms: Sequence[str]) -> Iterable[tuple[LearnedPhrase, list[tuple[int, int]]]]:
        numbers = sorted({n for w in set(forms) & self._anchors.keys() for n in self._anchors[w]})
        for n in numbers:
            parts = self._parts[n]
            places = [
                (i, i + len(parts) - 1)
                for i in range(len(forms) - len(parts) + 1)
                if all(_is(form, part) for form, part in zip(forms[i : i + len(parts)], parts, strict=True))
            ]
            if places:
                yield self.phrases[n], places

    @cached_property
    def _parts(self) -> tuple[tuple[str, ...], ...]:
        return tuple(parts(p.phrase) for p in self.phrases)

    @cached_property
    def _anchors(self) -> Mapping[str, list[int]]:
        """Numbers of the phrases that a sentence with a word may match: by the longest word of each."""
        found: dict[str, list[int]] = defaultdict(list)
        for n, its in enumerate(self._parts):
            found[max(literal(its), key=len)].append(n)
        return dict(found)


NOTHING = Learned()


def of(phrases: Iterable[LearnedPhrase]) -> Learned:
    """Phrases in the order of their numbers."""
    return Learned(tuple(sorted(phrases, key=lambda p: p.number)))


def parts(phrase: str) -> tuple[str, ...]:
    """Return the words and signs of a phrase, as sentences in normal form have them.

    Raises:
        PhraseError: when it has a sign that is none, or too few words to be told from others.
    """
    found = tuple(w if w in SIGNS else lexicon().speller.correct(w.lower()) for w in phrase.split())
    for word in found:
        if word not in SIGNS and not word.isalpha():
            signs = ", ".join(SIGNS)
            raise PhraseError(
                f"“{word}” is no word. Write words with spaces between, and for the rest {signs}."
            )
    told = literal(found)
    if len(told) < FEWEST_WORDS or all(len(w) < 4 for w in told):
        raise PhraseError("These words are too few: they would be found in reports of anything. Choose more.")
    if len(found) > MOST_WORDS:
        raise PhraseError(
            f"These are more than {MOST_WORDS} words, and nobody else will write them. Choose fewer."
        )
    return found


def is_readable(phrase: LearnedPhrase) -> bool:
    """Tell whether a phrase that was learned can still be read: the list of acts and the lexicon go on."""
    try:
        parts(phrase.phrase)
    except PhraseError:
        return False
    return phrase.behaviour in code_set("behaviours").codes


def literal(found: Iterable[str]) -> list[str]:
    """Words of a phrase that are not signs."""
    return [w for w in found if w not in SIGNS]


def is_somebody(form: str) -> bool:
    """Tell whether a word in normal form stands for a person: 'victim', 'her', 'he' or a name."""
    return form in _NAMES or form in _SUBJECTS or form in _people()


def _people() -> frozenset[str]:
    single = lexicon().single_words
    return single["object"] | single["possessive"]


def _is(form: str, part: str) -> bool:
    if part == SOMEBODY:
        return is_somebody(form)
    if part == NAME:
        return form in _NAMES
    if part == NUMBER:
        return is_number(form)
    if part == ACCOUNT:
        return form == "@"
    return form == part


def is_number(form: str) -> bool:
    """Tell whether a word in normal form is a number: 'NN', '#', '999' or '21st'."""
    return form in ("NN", "#") or form[:1].isdecimal()


def _meet(rule: Rule, first: int, last: int, behaviour: str, places: Sequence[tuple[int, int]]) -> bool:
    """Tell whether a rule reads this act from any of these words."""
    return not rule.is_cue and rule.code == behaviour and any(a <= last and first <= b for a, b in places)


def _rule(phrase: LearnedPhrase) -> Rule:
    return Rule(
        rule_id=phrase.rule_id,
        version=phrase.starts.isoformat(),
        code=phrase.behaviour,
        is_cue=False,
        limb=str(code_set("behaviours").codes[phrase.behaviour].extra["limb"]),
        channel=None,
        background=False,
        instead_of=frozenset(),
        phrases=(),
        unless=(),
    )
