"""The small language in which the coder's phrases and frames are written, and how a sentence meets it.

A pattern is a line of words with a few signs:

``{name}``      any word or phrase of that class (declared in ``terms.toml`` and ``classes.toml``)
``a|b``         either word; ``new_number`` stands for the two words in such a choice
``~word``       the word as a verb in all its forms (``~stare``: stare, stares, stared, staring)
``word*``       any word that begins so
``?`` at end    the element may be missing; after an ``s``, only the ``s`` may be (``posts?``)
``$``           the end of the sentence
``!a|b``        none of these words stands next ('her', but not 'her !car')
``..``          up to four words in between (``...`` up to nine), never across a sentence end
``+``           parts of a frame: all of them in the sentence, in any order, within :data:`REACH` words

Every choice of words is a class with a number, and each word of a sentence knows the classes that it may
begin. So a sentence is asked only for the patterns all of whose classes it begins: a comparison of bits.

Case, hyphens, apostrophes and slips of the pen are gone before a pattern is
tried (see :mod:`lamplighter.courses.coding.tokens`).
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise, product

GAPS = {"..": 4, "...": 9}
REACH = 14
"""Words from the first to the last of a frame's parts."""
_CHOICE, _OPTIONAL, _GAP, _END, _NOT = range(5)
_EVERYWHERE = {"a", "and", "at", "by", "for", "from", "her", "his", "in", "name_", "of", "on"}
_EVERYWHERE |= {"suspect", "that", "the", "to", "victim", "was", "with", "i", "he", "she", "my", "it"}
_REFERENCE = re.compile(r"^\{(\w+)\}$")
_VOWELS = "aeiou"
Span = tuple[int, int]


class PatternError(ValueError):
    """A phrase in the lexicon that cannot be read."""


def forms_of(verb: str, irregular: Mapping[str, Sequence[str]]) -> list[str]:
    """Return a verb in all its forms; what stands behind it ('eye up') stays.

    Args:
        verb: the plain form.
        irregular: the other forms of verbs that do not go by the rule.
    """
    head, _, rest = verb.partition(" ")
    tail = f" {rest}" if rest else ""
    if head in irregular:
        return [f"{form}{tail}" for form in (head, *irregular[head])]
    if head.endswith("e"):
        made = [head, head + "s", head + "d", head[:-1] + "ing"]
    elif head.endswith("y") and head[-2] not in _VOWELS:
        made = [head, head[:-1] + "ies", head[:-1] + "ied", head + "ing"]
    else:
        sharp = head.endswith(("s", "x", "z", "ch", "sh"))
        short = (
            len(re.findall(f"[{_VOWELS}]+", head)) == 1 and head[-2] in _VOWELS and head[-1] not in "aeiouwxy"
        )
        stem = head + head[-1] if short and head[-3:-2] not in (*_VOWELS, "") else head
        made = [head, head + ("es" if sharp else "s"), stem + "ed", stem + "ing"]
    return [f"{form}{tail}" for form in made]


def expand(
    terms: Mapping[str, Sequence[str]], irregular: Mapping[str, Sequence[str]] | None = None
) -> dict[str, list[str]]:
    """Resolve classes that include other classes (``"{other}"`` as a member) and verbs (``"~stare at"``)."""
    done: dict[str, list[str]] = {}

    def resolve(name: str, trail: tuple[str, ...]) -> list[str]:
        if name in trail:
            raise PatternError(f"term class {name!r} includes itself by way of {' > '.join(trail)}")
        if name not in terms:
            raise PatternError(f"no term class {name!r}")
        if name not in done:
            out: list[str] = []
            for member in terms[name]:
                if ref := _REFERENCE.match(member):
                    out.extend(resolve(ref.group(1), (*trail, name)))
                else:
                    out.extend(forms_of(member[1:], irregular or {}) if member[:1] == "~" else [member])
            done[name] = list(dict.fromkeys(out))
        return done[name]

    for name in terms:
        resolve(name, ())
    return done


@dataclass(frozen=True, slots=True)
class Begun:
    """Beginnings that a word may be: classes as bits, and of each the words that must follow."""

    bits: int
    rests: Mapping[int, tuple[tuple[str, ...], ...]]
    tried: frozenset[int]


class Classes:
    """Every choice of words that a pattern makes, with its number."""

    def __init__(
        self, terms: Mapping[str, Sequence[str]], irregular: Mapping[str, Sequence[str]] | None = None
    ) -> None:
        self.terms = expand(terms, irregular)
        self._irregular = irregular or {}
        self.members: list[frozenset[str]] = []
        self._numbers: dict[frozenset[str], int] = {}
        self._plain: dict[str, list[tuple[int, tuple[str, ...]]]] = defaultdict(list)
        self._begin: dict[str, list[tuple[str, int, tuple[str, ...]]]] = defaultdict(list)

    def number(self, element: str) -> int:
        """The number of the choice that an element makes."""
        choice = frozenset(self.choices(element))
        if choice not in self._numbers:
            self._numbers[choice] = number = len(self.members)
            self.members.append(choice)
            for member in choice:
                for words in _spelt(member.split()):
                    if "*" in words[0]:
                        self._begin[words[0].partition("*")[0]].append((words[0], number, words[1:]))
                    else:
                        self._plain[words[0]].append((number, words[1:]))
        return self._numbers[choice]

    def choices(self, element: str) -> list[str]:
        """The words and phrases that may stand for an element."""
        found: list[str] = []
        for part in (element[:-1] if _may_be_missing(element) else element).split("|"):
            if ref := _REFERENCE.match(part):
                if ref.group(1) not in self.terms:
                    raise PatternError(f"no term class {part}")
                found.extend(self.terms[ref.group(1)])
            elif part[:1] == "~" and part[1:]:
                found.extend(forms_of(part[1:].replace("_", " "), self._irregular))
            elif part and not set(part) & set("{}~"):
                found.append(part.replace("_", " ") if part != "name_" else part)
            else:
                raise PatternError(f"cannot read {part!r} in {element!r}")
        return found

    def begun(self, word: str, keys: Mapping[int, Iterable[int]]) -> Begun:
        """Return what a word begins; ``keys``: the patterns to try for a class."""
        rests: dict[int, list[tuple[str, ...]]] = defaultdict(list)
        for number, rest in self._plain.get(word, ()):
            rests[number].append(rest)
        for letters in range(len(word) + 1):
            for pattern, number, rest in self._begin.get(word[:letters], ()):
                if _fits(pattern, word):
                    rests[number].append(rest)
        bits = sum(1 << number for number in rests)
        longest = {n: tuple(sorted(set(r), key=lambda words: (-len(words), words))) for n, r in rests.items()}
        return Begun(bits, longest, frozenset(p for n in rests for p in keys.get(n, ())))


@lru_cache(maxsize=100_000)
def _fits(pattern: str, word: str) -> bool:
    if "*" not in pattern:
        return pattern == word
    head, _, tail = pattern.partition("*")
    return word.startswith(head) and len(word) >= len(head) + len(tail) and word.endswith(tail)


def _spelt(words: Sequence[str]) -> list[tuple[str, ...]]:
    """A phrase with and without each ``s?``."""
    each = [(w[:-1], w[:-2]) if w.endswith("s?") else (w,) for w in words]
    return list(product(*each))


def _may_be_missing(element: str) -> bool:
    return element.endswith("?") and not element.endswith("s?")


@dataclass(frozen=True, slots=True)
class Sentence:
    """The words of a sentence in normal form, and what each may begin."""

    forms: tuple[str, ...]
    begun: tuple[Begun, ...]

    def ends(self, number: int, at: int) -> Iterator[int]:
        """Yield where members of a class end that begin at a word, the longest first."""
        for rest in self.begun[at].rests.get(number, ()):
            end = at + 1 + len(rest)
            if end <= len(self.forms) and all(
                _fits(p, w) for p, w in zip(rest, self.forms[at + 1 : end], strict=True)
            ):
                yield end


Step = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Phrase:
    """A pattern ready to be tried: its parts, and the classes that a sentence must begin (``needs``)."""

    parts: tuple[tuple[Step, ...], ...]
    needs: int
    key: int | None

    def find(self, sentence: Sentence) -> Span | None:
        """The words that the pattern reads: first, and one behind the last. The bits have been compared."""
        if len(self.parts) == 1:
            return next(_found(self.parts[0], sentence), None)
        each = []
        for part in self.parts:
            spans = list(_found(part, sentence))
            if not spans:
                return None
            each.append(spans)
        best: Span | None = None
        for chosen in product(*each):
            first, end = min(s for s, _ in chosen), max(e for _, e in chosen)
            if end - first > REACH or _overlap(chosen):
                continue
            if best is None or end - first < best[1] - best[0]:
                best = (first, end)
        return best

    def words(self, sentence: Sentence, span: Span) -> frozenset[int]:
        """Places of the words of a reading (:meth:`find`) that the pattern names: what stands in gaps is left
        out."""
        each = [list(_traced(part, sentence)) for part in self.parts]
        for chosen in product(*each):
            places = [place for reading in chosen for place in reading]
            if places and (min(places), max(places) + 1) == span and len(set(places)) == len(places):
                return frozenset(places)
        return frozenset(range(*span))


def _overlap(spans: Sequence[Span]) -> bool:
    placed = sorted(spans)
    return any(a[1] > b[0] for a, b in pairwise(placed))


def _found(steps: tuple[Step, ...], sentence: Sentence) -> Iterator[Span]:
    kind, number = steps[0]
    for start, begun in enumerate(sentence.begun):
        if kind != _CHOICE or number in begun.rests:
            end = _end(steps, 0, sentence, start)
            if end is not None and end > start:
                yield start, end


def _end(steps: tuple[Step, ...], k: int, sentence: Sentence, at: int) -> int | None:
    """Where the steps from the k-th end that begin at a word, or None."""
    if k == len(steps):
        return at
    kind, number = steps[k]
    length = len(sentence.forms)
    if kind == _END:
        return at if at == length else None
    if kind == _NOT:
        stands = at < length and any(True for _ in sentence.ends(number, at))
        return None if stands else _end(steps, k + 1, sentence, at)
    if kind == _GAP:
        tries: Iterable[int] = range(at, min(at + number, length) + 1)
    else:
        tries = sentence.ends(number, at) if at < length else ()
    for end in tries:
        found = _end(steps, k + 1, sentence, end)
        if found is not None:
            return found
    return _end(steps, k + 1, sentence, at) if kind == _OPTIONAL else None


def _traced(steps: tuple[Step, ...], sentence: Sentence) -> Iterator[tuple[int, ...]]:
    for start in range(len(sentence.forms)):
        if found := _trace(steps, 0, sentence, start):
            yield found


def _trace(steps: tuple[Step, ...], k: int, sentence: Sentence, at: int) -> tuple[int, ...] | None:
    """The places that the steps from the k-th take up from a word on, as :func:`_end` finds them, or None."""
    if k == len(steps):
        return ()
    kind, number = steps[k]
    length = len(sentence.forms)
    if kind == _END:
        return () if at == length else None
    if kind in (_NOT, _GAP):
        if kind == _NOT and at < length and any(True for _ in sentence.ends(number, at)):
            return None
        reach = number if kind == _GAP else 0
        ends: Iterable[int] = range(at, min(at + reach, length) + 1)
    else:
        ends = sentence.ends(number, at) if at < length else ()
    for end in ends:
        taken = () if kind in (_NOT, _GAP) else range(at, end)
        rest = _trace(steps, k + 1, sentence, end)
        if rest is not None:
            return (*taken, *rest)
    return _trace(steps, k + 1, sentence, at) if kind == _OPTIONAL else None


def compile_pattern(pattern: str, classes: Classes) -> Phrase:
    """A pattern over sentences in normal form."""
    parts, needed = [], []
    for part in pattern.split(" + "):
        elements = part.split()
        if not elements or all(e in GAPS for e in elements):
            raise PatternError(f"nothing to find in {pattern!r}")
        steps: list[Step] = []
        for element in elements:
            if element in GAPS:
                steps.append((_GAP, GAPS[element]))
            elif element == "$":
                steps.append((_END, 0))
            elif element[0] == "!" and steps:
                steps.append((_NOT, classes.number(element[1:])))
            else:
                number = classes.number(element)
                missing = _may_be_missing(element)
                steps.append((_OPTIONAL if missing else _CHOICE, number))
                needed += [] if missing else [number]
        parts.append(tuple(steps))
    # The class that fewest sentences have: without a word that is everywhere, the smallest.
    key = min(
        needed,
        key=lambda n: (not _EVERYWHERE.isdisjoint(classes.members[n]), len(classes.members[n])),
        default=None,
    )
    return Phrase(tuple(parts), sum(1 << n for n in set(needed)), key)


def words_of(pattern: str) -> list[str]:
    """The literal words of a pattern, for the speller's vocabulary."""
    out: list[str] = []
    for element in pattern.split():
        if element in GAPS:
            continue
        for part in element.split("|"):
            word = part.rstrip("?").lstrip("!")
            if word[:1] not in ("{", "~") and "*" not in word and word not in ("$", "+"):
                out.extend([word, word[:-1]] if part.endswith("s?") else word.split("_"))
    return out
