"""Clauses of a text that the first reader could not read: no act there, nor a denial, nor one by the victim.

Sentences are cut where the first reader cuts them. What it read in any way, it read: the second reader says
nothing beside it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from lamplighter.courses.coding import coder
from lamplighter.courses.coding.lexicon_store import lexicon
from lamplighter.courses.coding.tokens import Token, sentences, tokens

_FEWEST = 3
"""Words of a clause that can tell of anything."""


@dataclass(frozen=True, slots=True)
class Clause:
    """A clause as it stands in the text, from ``start`` to ``end``; ``words``: as the second reader reads."""

    text: str
    start: int
    end: int
    words: str


def clauses(text: str, victim_words: Iterable[str] = (), suspect_words: Iterable[str] = ()) -> list[Clause]:
    """Return every clause of a text: shorthand written out, the two people called by what they are."""
    lex = lexicon()
    names = {w.lower(): "suspect" for w in suspect_words if w} | {
        w.lower(): "victim" for w in victim_words if w
    }
    out = []
    for sentence in sentences(tokens(text, lex.speller, names, lex.shorthand)):
        start, end = sentence[0].start, sentence[-1].end
        out.append(Clause(text[start:end], start, end, _plainly(sentence)))
    return out


def unread(text: str, victim_words: Iterable[str] = (), suspect_words: Iterable[str] = ()) -> list[Clause]:
    """Return the clauses that no reading of the first reader touches.

    Args:
        text: as received.
        victim_words: names by which the text may call the victim.
        suspect_words: names by which it may call the suspect.
    """
    read = coder.read(text, victim_words=victim_words, suspect_words=suspect_words).acts
    return [
        c
        for c in clauses(text, victim_words, suspect_words)
        if len(c.words.split()) >= _FEWEST and not any(a.start < c.end and c.start < a.end for a in read)
    ]


def _plainly(sentence: Sequence[Token]) -> str:
    people = {who: lexicon().single_words[who] for who in ("victim", "suspect")}
    said = [next((who for who, known in people.items() if t.form in known), t.form) for t in sentence]
    kept = [
        word
        for i, word in enumerate(said)
        if not (word == "the" and i + 1 < len(said) and said[i + 1] in people)
    ]
    return " ".join(kept)
