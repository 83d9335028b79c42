"""The small language in which the coder's phrases are written, and its translation to regular expressions.

A pattern is a line of words with a few signs:

``{name}``      any word or phrase of that term class (declared in ``terms.toml``)
``a|b``         either word; ``new_number`` stands for the two words in such a choice
``word*``       any word that begins so
``?`` at end    the element may be missing; after an ``s``, only the ``s`` may be (``posts?``)
``$``           the end of the sentence
``..``          up to four words in between (``...`` up to nine), never across a sentence end

Case, hyphens, apostrophes and slips of the pen are gone before a pattern is
tried (see :mod:`lamplighter.courses.coding.tokens`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

GAPS = {"..": 4, "...": 9}
_EVERYWHERE = {"a", "and", "at", "by", "for", "from", "her", "his", "in", "name_", "of", "on"}
_EVERYWHERE |= {"suspect", "that", "the", "to", "victim", "was", "with"}
_REFERENCE = re.compile(r"^\{(\w+)\}$")


class PatternError(ValueError):
    """A phrase in the lexicon that cannot be read."""


@dataclass(frozen=True, slots=True)
class Phrase:
    """A pattern ready to be tried. A sentence that matches has a word of each set of ``needs``, which is much
    quicker to ask than to search."""

    pattern: re.Pattern[str]
    needs: tuple[frozenset[str], ...]

    def search(self, sentence: str, words: frozenset[str]) -> re.Match[str] | None:
        """The first match in a sentence in normal form; ``words`` are its words."""
        for need in self.needs:
            if need.isdisjoint(words):
                return None
        return self.pattern.search(sentence)


def expand(terms: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    """Resolve term classes that include other classes (``"{other}"`` as a member)."""
    done: dict[str, list[str]] = {}

    def resolve(name: str, trail: tuple[str, ...]) -> list[str]:
        if name in trail:
            raise PatternError(f"term class {name!r} includes itself by way of {' > '.join(trail)}")
        if name not in terms:
            raise PatternError(f"no term class {name!r}")
        if name not in done:
            out: list[str] = []
            for member in terms[name]:
                ref = _REFERENCE.match(member)
                out.extend(resolve(ref.group(1), (*trail, name)) if ref else [member])
            done[name] = list(dict.fromkeys(out))
        return done[name]

    for name in terms:
        resolve(name, ())
    return done


def _word(word: str) -> str:
    plain = word.removesuffix("s?")
    return r"\w*".join(re.escape(part) for part in plain.split("*")) + ("s?" if plain != word else "")


def _optional(element: str) -> bool:
    return element.endswith("?") and not element.endswith("s?")


def _choices(element: str, terms: Mapping[str, Sequence[str]]) -> list[str]:
    """The words and phrases that may stand for an element."""
    core = element[:-1] if _optional(element) else element
    choices: list[str] = []
    for part in core.split("|"):
        ref = _REFERENCE.match(part)
        if ref:
            if ref.group(1) not in terms:
                raise PatternError(f"no term class {part}")
            choices.extend(terms[ref.group(1)])
        elif part and not set(part) & set("{}"):
            choices.append(part.replace("_", " ") if part != "name_" else part)
        else:
            raise PatternError(f"cannot read {part!r} in {element!r}")
    return choices


def _needed(element: str, terms: Mapping[str, Sequence[str]]) -> frozenset[str] | None:
    """First words of which a match has one; None when anything may stand there."""
    if element in GAPS or element == "$" or _optional(element):
        return None
    first = [c.split()[0] for c in _choices(element, terms)]
    if any("*" in w for w in first):
        return None
    return frozenset(x for w in first for x in ((w.removesuffix("s?"), w[:-1]) if w.endswith("s?") else (w,)))


def _element(element: str, terms: Mapping[str, Sequence[str]]) -> str:
    if element in GAPS:
        return rf"(?: [^ .]+){{0,{GAPS[element]}}}?"
    if element == "$":
        return "$"
    choices = _choices(element, terms)
    phrases = sorted({" ".join(_word(w) for w in c.split()) for c in choices}, key=lambda c: (-len(c), c))
    body = rf" (?:{'|'.join(phrases)})(?= |$)"
    return rf"(?:{body})?" if _optional(element) else body


def compile_pattern(pattern: str, terms: Mapping[str, Sequence[str]]) -> Phrase:
    """A regular expression over sentences in normal form, each word led by one space."""
    elements = pattern.split()
    if not elements or all(e in GAPS for e in elements):
        raise PatternError(f"nothing to find in {pattern!r}")
    needs = [_needed(e, terms) for e in elements]
    # The likeliest to say no: lists without a word that every other sentence has, the shortest of them first.
    needed = [n for n in needs if n is not None]
    ordered = sorted(needed, key=lambda n: (not n.isdisjoint(_EVERYWHERE), len(n)))
    return Phrase(re.compile("".join(_element(e, terms) for e in elements)), tuple(ordered))


def words_of(pattern: str) -> list[str]:
    """The literal words of a pattern, for the speller's vocabulary."""
    out: list[str] = []
    for element in pattern.split():
        if element in GAPS:
            continue
        for part in element.split("|"):
            word = part.rstrip("?")
            if not word.startswith("{") and "*" not in word and word != "$":
                out.extend([word, word[:-1]] if part.endswith("s?") else word.split("_"))
    return out
