"""Read what a heading says: its words, whose column it is, and which meanings are called so.

A heading is taken apart into words, shortened words are written out ("Vic. tel no" is "victim phone ref"),
and what is left is looked up in ``meanings.toml``.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from lamplighter.records.propose.columns.meanings import Meaning, meanings
from lamplighter.rule_files.reading import packaged as packaged_toml

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+|[#+]")
_LEFT_OUT = re.compile(r"(?<=[A-Za-z])['’](?=[a-rt-z]|s[a-z])")
"""An apostrophe for letters that are left out, within a word: "Rep'd", "Rel'n"."""
_OWNER = re.compile(r"['’]s?\b")
_LEAST_GLUED, _LONGEST_GLUED = 4, 40
"""Letters of a word that is looked for within another, at the least, and of words that are taken apart."""
_AT_MOST = 0.5
"""What a word is worth that is the whole of a heading as a rule, where other words stand beside it."""
_LONGEST = 120
"""Characters of a heading that are looked at."""
_NOISE, _LITTLE = 0.1, 0.35
"""What words weigh that say nothing, and words that say little; others weigh 1."""


@dataclass(frozen=True, slots=True)
class Whose:
    """One person of a report beside others: the part played, and which of several who play it."""

    role: str
    number: int = 1

    @property
    def key(self) -> str:
        """``victim``, ``suspect_2``."""
        return self.role if self.number == 1 else f"{self.role}_{self.number}"


def whose_of(key: str) -> Whose:
    """Return the person behind a key of :class:`Whose`."""
    role, _, number = key.rpartition("_")
    return Whose(role, int(number)) if role and number.isdecimal() else Whose(key)


@dataclass(frozen=True, slots=True)
class Said:
    """Hold what a heading says. ``said_so``: the words for whose column it is; ``by_kind``: whether these are
    words for whoever a service is for, of whom only the kind of service tells what part they play."""

    words: tuple[str, ...]
    rest: tuple[str, ...]
    whose: Whose | None = None
    said_so: str = ""
    by_kind: bool = False
    of_others: str = ""


@dataclass(frozen=True, slots=True)
class Named:
    """A meaning that is called so. ``score`` from 0 to 1."""

    meaning: str
    score: float
    phrase: str


@cache
def _document() -> Mapping[str, Any]:
    return packaged_toml("lamplighter.records.propose.columns", "headings.toml")


@cache
def words_of(heading: str) -> tuple[str, ...]:
    """Return the words of a heading, written out: ``words_of("VIC_DOB") == ("victim", "birthdate")``."""
    return _together(tuple(_written_out(heading)))


def _written_out(heading: str) -> list[str]:
    document = _document()
    plain = unicodedata.normalize("NFKD", _OWNER.sub(" ", _LEFT_OUT.sub("", heading[:_LONGEST])))
    plain = "".join(c for c in plain if not unicodedata.combining(c))
    found: list[str] = []
    for word in _WORD.findall(plain):
        lower = word.lower()
        for part in (document["split"].get(lower) or _unglued(lower)).split():
            found += (document["short"].get(part) or document["short"].get(_one(part), _one(part))).split()
    # "Crime ref no." says "number" twice.
    return [w for i, w in enumerate(found) if i == 0 or w != found[i - 1]]


@cache
def _unglued(word: str) -> str:
    """Return a word that is several written together, taken apart: "vpc" is "v pc", "dateofincident" three
    words.
    """
    document = _document()
    if word in _vocabulary() or _one(word) in _vocabulary():
        return word
    if word[:1] in document["parties_letters"] and word[1:] in document["parties_glued"]["words"]:
        return f"{word[0]} {word[1:]}"
    # The parts with which each beginning of the word can be written, the fewest first.
    begun: dict[int, tuple[str, ...]] = {0: ()}
    for end in range(1, min(len(word), _LONGEST_GLUED) + 1):
        for start in range(max(0, end - _LONGEST_GLUED), end):
            part = word[start:end]
            if start not in begun or not _may_be_glued(part, first=start == 0, last=end == len(word)):
                continue
            made = (*begun[start], part)
            if end not in begun or len(made) < len(begun[end]):
                begun[end] = made
    return " ".join(begun.get(len(word), (word,)))


def _may_be_glued(part: str, *, first: bool, last: bool) -> bool:
    """Whether a part of a longer word is taken for a word: a short one only where such ones stand."""
    if len(part) >= _LEAST_GLUED:
        return part in _vocabulary()
    glued = _document()["glued"]
    return part in glued["first" if first else "last" if last else "between"]


@cache
def _vocabulary() -> frozenset[str]:
    """Return every word that a meaning, a part or a shortened word is written with."""
    document = _document()
    phrases = [p for m in meanings().values() for p in (*m.headings, *m.maybe)]
    phrases += [p for listed in document["parties"].values() for p in listed]
    phrases += [*document["parties_by_kind"]["words"], *document["others"]["words"]]
    known = {word for phrase in phrases for word in phrase.split()}
    return frozenset(known | set(document["short"]) | set(document["short"].values()))


def _one(word: str) -> str:
    """Return a word in the singular, as far as its last letter tells."""
    many = len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is"))
    return word[:-1] if many else word


@cache
def _pairs() -> Mapping[tuple[str, ...], tuple[str, ...]]:
    return {tuple(k.split()): tuple(v.split()) for k, v in _document()["together"].items()}


def _together(found: tuple[str, ...]) -> tuple[str, ...]:
    out: list[str] = []
    at = 0
    while at < len(found):
        for many in (3, 2):
            one = _pairs().get(found[at : at + many])
            if one is not None and at + many <= len(found):
                out += one
                at += many
                break
        else:
            out.append(found[at])
            at += 1
    return tuple(out)


@cache
def _weights() -> Mapping[str, float]:
    noise = _document()["noise"]
    return dict.fromkeys(noise["little"], _LITTLE) | dict.fromkeys(noise["words"], _NOISE)


def _weight(found: Sequence[str]) -> float:
    return sum(_NOISE if w.isdecimal() else _weights().get(w, 1.0) for w in found)


@cache
def _party_words() -> tuple[tuple[tuple[str, ...], str, bool], ...]:
    """Words, the part that they say, and whether only the kind of agency tells it; the longest first."""
    document = _document()
    every = [(words_of(p), role, False) for role, phrases in document["parties"].items() for p in phrases]
    every += [(words_of(p), "", True) for p in document["parties_by_kind"]["words"]]
    every += [(words_of(p), role, True) for p, role in document["parties_unsure"].items()]
    return tuple(sorted(every, key=lambda one: -len(one[0])))


@cache
def _others() -> tuple[tuple[str, ...], ...]:
    return tuple(sorted((words_of(p) for p in _document()["others"]["words"]), key=len, reverse=True))


def _at(found: Sequence[str], phrase: Sequence[str]) -> int | None:
    """Where a phrase begins in words, or ``None``."""
    many = len(phrase)
    return next(
        (i for i in range(len(found) - many + 1) if tuple(found[i : i + many]) == tuple(phrase)), None
    )


def said_by(heading: str, kind: str | None = None) -> Said:
    """Return what a heading says.

    Args:
        kind: what kind of agency sends it; "client" is the victim of a helpline and the offender of a
            probation service.
    """
    found = words_of(heading)
    party = next(
        (
            (phrase, role, by_kind, at)
            for phrase, role, by_kind in _party_words()
            if (at := _at(found, phrase)) is not None
        ),
        None,
    )
    other = next((phrase for phrase in _others() if _at(found, phrase) is not None), None)
    if other is not None and (party is None or len(other) >= len(party[0])):
        return Said(found, found, of_others=" ".join(other))
    if party is None and len(found) > 1 and found[0] in _document()["parties_letters"]:
        party = (found[:1], _document()["parties_letters"][found[0]], False, 0)
    if party is None:
        return Said(found, _without_number(found))
    phrase, role, by_kind, at = party
    if by_kind and not role:
        role = "suspect" if kind in _document()["parties_by_kind"]["suspects_of"] else "victim"
    before, after = found[:at], found[at + len(phrase) :]
    number = 1
    ordinals = _document()["ordinals"]
    # "Victim first name" has no ordinal in it; "first victim name" has.
    if after and after[0] in ordinals and after[0] not in {"first", "second", "third"}:
        number, after = int(ordinals[after[0]]), after[1:]
    elif before and before[-1] in ordinals and not before[-1].isdecimal():
        number, before = int(ordinals[before[-1]]), before[:-1]
    rest = _without_number((*before, *after))
    if not any(_weights().get(w, 1.0) > _NOISE for w in rest):
        rest = ()
    return Said(found, rest, Whose(role, number), " ".join(phrase), by_kind)


def _without_number(found: tuple[str, ...]) -> tuple[str, ...]:
    """Words without the number of a column of which there are several: "phone 2"."""
    return found[:-1] if len(found) > 1 and found[-1].isdecimal() and len(found[-1]) < 3 else found


def within(path: str) -> str:
    """Return what stands within an object of JSON that says nothing of its own: ``within("$.enquiry.route")``
    is "route"; "" where the object says something ("$.vehicle.type"), or there is none."""
    *around, last = path.removeprefix("$.").replace('"', "").split(".")
    known = _document()["containers"]["words"]
    return last if around and all(set(words_of(part)) <= set(known) for part in around) else ""


@cache
def _phrases() -> tuple[tuple[tuple[str, ...], Meaning, bool], ...]:
    return tuple(
        (words_of(p), m, strong)
        for m in meanings().values()
        for strong, listed in ((True, m.headings), (False, m.maybe))
        for p in listed
    )


@cache
def named(found: tuple[str, ...]) -> tuple[Named, ...]:
    """Return the meanings that are called so, the best first."""
    best: dict[str, tuple[float, float, str]] = {}
    for phrase, meaning, strong in _phrases() if found else ():
        score = _likeness(found, phrase, strong=strong)
        if score:
            told = (score, _weight(phrase), " ".join(phrase))
            best[meaning.name] = max(best.get(meaning.name, (0.0, 0.0, "")), told)
    ranked = sorted(best.items(), key=lambda one: (-one[1][0], -one[1][1]))
    return tuple(Named(name, score, phrase) for name, (score, _, phrase) in ranked)


def _likeness(found: tuple[str, ...], phrase: tuple[str, ...], *, strong: bool) -> float:
    """How well a phrase fits the words of a heading, from 0 to 1; 0 where it does not."""
    if phrase == found:
        return 1.0 if strong else 0.62
    core = tuple(w for w in found if _weights().get(w, 1.0) > _NOISE)
    if core and core == phrase:
        return 0.96 if strong else 0.6
    if not set(phrase) <= set(found):
        return 0.0
    noise = _document()["noise"]
    if len(phrase) == 1 and phrase[0] in noise["exact"]:
        return _AT_MOST if strong and phrase[0] in noise["loose"] else 0.0
    covered = _weight(phrase) / _weight(found)
    if covered < _LITTLE:
        return 0.0
    score = (0.45 + 0.5 * covered) if strong else (0.25 + 0.3 * covered)
    # "Incident location postcode" is a postcode, whatever else it is of.
    told = set(noise["telling"]) & set(found)
    return score if told <= set(phrase) else 0.7 * score
