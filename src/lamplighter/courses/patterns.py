"""The small language in which the coder's phrases are written, and its translation to regular expressions.

A pattern is a line of words with a few signs:

``{name}``      any word or phrase of that term class (declared in ``terms.toml``)
``a|b``         either word; ``new_number`` stands for the two words in such a choice
``word*``       any word that begins so
``?`` at end    the element may be missing; after an ``s``, only the ``s`` may be (``posts?``)
``$``           the end of the sentence
``..``          up to four words in between (``...`` up to nine), never across a sentence end

Case, hyphens, apostrophes and slips of the pen are gone before a pattern is
tried (see :mod:`lamplighter.courses.text`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

GAPS = {"..": 4, "...": 9}
_REFERENCE = re.compile(r"^\{(\w+)\}$")


class PatternError(ValueError):
    """A phrase in the lexicon that cannot be read."""


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


def _element(element: str, terms: Mapping[str, Sequence[str]]) -> str:
    if element in GAPS:
        return rf"(?: [^ .]+){{0,{GAPS[element]}}}?"
    if element == "$":
        return "$"
    optional = element.endswith("?") and not element.endswith("s?")
    core = element[:-1] if optional else element
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
    phrases = sorted({" ".join(_word(w) for w in c.split()) for c in choices}, key=lambda c: (-len(c), c))
    body = rf" (?:{'|'.join(phrases)})(?= |$)"
    return rf"(?:{body})?" if optional else body


def compile_pattern(pattern: str, terms: Mapping[str, Sequence[str]]) -> re.Pattern[str]:
    """A regular expression over sentences in normal form, each word led by one space."""
    elements = pattern.split()
    if not elements or all(e in GAPS for e in elements):
        raise PatternError(f"nothing to find in {pattern!r}")
    return re.compile("".join(_element(e, terms) for e in elements))


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
