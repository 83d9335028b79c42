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
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
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
    """Choices that a word is a member of by itself, and those of which it may be the first word.

    ``alone``: class to lengths, here always (1,). ``longer``: what must follow, and the class, by the next
    word as it is written; ``open``: the same where the next word is only begun (``word*``). ``bits`` and
    ``tried`` are those of ``alone``: its classes as bits, and the patterns to try for them.
    """

    alone: Mapping[int, tuple[int, ...]]
    bits: int
    tried: frozenset[int]
    longer: Mapping[str, tuple[tuple[tuple[str, ...], int], ...]]
    open: tuple[tuple[tuple[str, ...], int], ...]


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

    def begun(self, word: str, keys: Mapping[int, frozenset[int]]) -> Begun:
        """Return what a word is, and may begin; ``keys``: the patterns to try for a class."""
        members = list(self._plain.get(word, ()))
        for letters in range(len(word) + 1):
            for pattern, number, rest in self._begin.get(word[:letters], ()):
                if _fits(pattern, word):
                    members.append((number, rest))
        alone = {number: (1,) for number, rest in members if not rest}
        longer: dict[str, list[tuple[tuple[str, ...], int]]] = defaultdict(list)
        unsaid = []
        for number, rest in dict.fromkeys(members):
            if rest and "*" in rest[0]:
                unsaid.append((rest, number))
            elif rest:
                longer[rest[0]].append((rest, number))
        return Begun(
            alone,
            sum(1 << number for number in alone),
            frozenset[int]().union(*(keys.get(number, ()) for number in alone)),
            {follower: tuple(rests) for follower, rests in longer.items()},
            tuple(unsaid),
        )


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


Lengths = Sequence[Mapping[int, tuple[int, ...]]]
Matcher = Callable[[Lengths, int], int]
"""Where a pattern ends that begins at a word, or -1."""


class Sentence:
    """The words of a sentence in normal form, and of each what begins there: class to lengths in words, the
    longest first.

    ``bits``: the classes that the sentence has, and ``tried``: the patterns to try for them.
    """

    __slots__ = ("_places", "bits", "forms", "lengths", "tried")

    def __init__(
        self, forms: tuple[str, ...], begun: Sequence[Begun], keys: Mapping[int, frozenset[int]]
    ) -> None:
        self.forms = forms
        self.bits = 0
        tried: set[int] = set()
        lengths: list[Mapping[int, tuple[int, ...]]] = []
        last = len(forms) - 1
        for at, word in enumerate(begun):
            self.bits |= word.bits
            tried |= word.tried
            found: list[tuple[int, int]] = []
            if at < last:
                # The next word is the one that is written: only what stands behind it is compared.
                for rest, number in word.longer.get(forms[at + 1], ()):
                    if len(rest) == 1 or _follows(rest, forms, at + 1):
                        found.append((1 + len(rest), number))
                for rest, number in word.open:
                    if _follows(rest, forms, at + 1):
                        found.append((1 + len(rest), number))
            if not found:
                lengths.append(word.alone)
                continue
            here = dict(word.alone)
            for length, number in sorted(set(found)):
                here[number] = (length, *here.get(number, ()))
                self.bits |= 1 << number
                tried |= keys.get(number, frozenset())
            lengths.append(here)
        self.lengths: Lengths = lengths
        self.tried = tried
        self._places: dict[int, list[int]] = {}

    def places(self, number: int) -> list[int]:
        """Return the words at which a member of a class begins."""
        if number not in self._places:
            self._places[number] = [at for at, here in enumerate(self.lengths) if number in here]
        return self._places[number]


def _follows(rest: tuple[str, ...], forms: tuple[str, ...], at: int) -> bool:
    return at + len(rest) <= len(forms) and all(
        _fits(p, w) for p, w in zip(rest, forms[at : at + len(rest)], strict=True)
    )


Step = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Phrase:
    """A pattern ready to be tried: its parts, and the classes that a sentence must begin (``needs``)."""

    parts: tuple[tuple[Step, ...], ...]
    needs: int
    key: int | None
    matchers: tuple[Matcher, ...] = field(repr=False, compare=False)

    def find(self, sentence: Sentence) -> Span | None:
        """The words that the pattern reads: first, and one behind the last. The bits have been compared."""
        if len(self.parts) == 1:
            return next(_found(self.parts[0], self.matchers[0], sentence), None)
        each = []
        for part, matcher in zip(self.parts, self.matchers, strict=True):
            spans = list(_found(part, matcher, sentence))
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


def _found(steps: tuple[Step, ...], matcher: Matcher, sentence: Sentence) -> Iterator[Span]:
    kind, number = steps[0]
    lengths = sentence.lengths
    for start in sentence.places(number) if kind == _CHOICE else range(len(lengths)):
        end = matcher(lengths, start)
        if end > start:
            yield start, end


# A pattern is asked for thousands of times a second: its steps are functions, each of which knows the next.


def _matcher(steps: Sequence[Step]) -> Matcher:
    then: Matcher = _here
    for kind, number in reversed(steps):
        then = _MATCHERS[kind](number, then)
    return then


def _here(_: Lengths, at: int) -> int:
    return at


def _choice(number: int, then: Matcher) -> Matcher:
    def match(lengths: Lengths, at: int) -> int:
        if at < len(lengths):
            for length in lengths[at].get(number, ()):
                if (end := then(lengths, at + length)) >= 0:
                    return end
        return -1

    return match


def _optional(number: int, then: Matcher) -> Matcher:
    chosen = _choice(number, then)

    def match(lengths: Lengths, at: int) -> int:
        return end if (end := chosen(lengths, at)) >= 0 else then(lengths, at)

    return match


def _gap(reach: int, then: Matcher) -> Matcher:
    def match(lengths: Lengths, at: int) -> int:
        for start in range(at, min(at + reach, len(lengths)) + 1):
            if (end := then(lengths, start)) >= 0:
                return end
        return -1

    return match


def _at_the_end(_: int, then: Matcher) -> Matcher:
    def match(lengths: Lengths, at: int) -> int:
        return at if at == len(lengths) else -1

    return match


def _not_next(number: int, then: Matcher) -> Matcher:
    def match(lengths: Lengths, at: int) -> int:
        return -1 if at < len(lengths) and number in lengths[at] else then(lengths, at)

    return match


_MATCHERS: Mapping[int, Callable[[int, Matcher], Matcher]] = {
    _CHOICE: _choice,
    _OPTIONAL: _optional,
    _GAP: _gap,
    _END: _at_the_end,
    _NOT: _not_next,
}


def _traced(steps: tuple[Step, ...], sentence: Sentence) -> Iterator[tuple[int, ...]]:
    for start in range(len(sentence.forms)):
        if found := _trace(steps, 0, sentence, start):
            yield found


def _trace(steps: tuple[Step, ...], k: int, sentence: Sentence, at: int) -> tuple[int, ...] | None:
    """The places that the steps from the k-th take up from a word on, as a :data:`Matcher` finds them, or
    None."""
    if k == len(steps):
        return ()
    kind, number = steps[k]
    length = len(sentence.forms)
    if kind == _END:
        return () if at == length else None
    if kind in (_NOT, _GAP):
        if kind == _NOT and at < length and number in sentence.lengths[at]:
            return None
        reach = number if kind == _GAP else 0
        ends: Iterable[int] = range(at, min(at + reach, length) + 1)
    else:
        ends = [at + n for n in sentence.lengths[at].get(number, ())] if at < length else ()
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
    matchers = tuple(_matcher(part) for part in parts)
    return Phrase(tuple(parts), sum(1 << n for n in set(needed)), key, matchers)


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
