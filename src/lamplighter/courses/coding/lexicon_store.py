"""The coder's lexicon, read once from the TOML files in ``lexicon/`` and compiled."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from operator import itemgetter
from typing import Any

from lamplighter.courses.coding import phrase_patterns
from lamplighter.courses.coding.severity import NEVER_EXPLAINED
from lamplighter.courses.coding.tokens import Shorthand, Speller
from lamplighter.rule_files.reading import packaged as packaged_toml
from lamplighter.vocabulary.codes import code_set

# What people fall out about. A theft or a brawl between strangers is another matter: an entry is the theft.
DISPUTES = frozenset({"quarrel", "neighbour_nuisance", "debt_dispute", "nuisance_caller"})


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of the lexicon; ``code`` is a behaviour for acts and a cue name for cues."""

    rule_id: str
    version: str
    code: str
    is_cue: bool
    limb: str
    channel: str | None
    background: bool
    instead_of: frozenset[str]
    phrases: tuple[phrase_patterns.Phrase, ...]
    unless: tuple[phrase_patterns.Phrase, ...]


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Rules in file order, the members of each term class, those of one word, the speller and the shorthand.

    ``by_word``: the phrases (number of the rule, number of the phrase in it) that a sentence with a word may
    match; under '' those that need no word in particular.
    """

    version: str
    rules: tuple[Rule, ...]
    terms: Mapping[str, Sequence[str]]
    single_words: Mapping[str, frozenset[str]]
    by_word: Mapping[str, frozenset[tuple[int, int]]]
    speller: Speller
    shorthand: Shorthand

    def tried(self, words: Iterable[str]) -> Iterator[tuple[Rule, list[phrase_patterns.Phrase]]]:
        """Rules in file order, each with its phrases that a sentence of these words may match."""
        few = sorted(self.by_word[""].union(*(self.by_word[w] for w in words if w in self.by_word)))
        for number, found in groupby(few, key=itemgetter(0)):
            rule = self.rules[number]
            yield rule, [rule.phrases[i] for _, i in found]


def _toml(name: str) -> dict[str, Any]:
    return packaged_toml("lamplighter.courses.coding", f"lexicon/{name}.toml")


@cache
def small_words() -> Mapping[str, Sequence[str]]:
    """Word lists of the grammar (``lexicon/grammar.toml``)."""
    return _toml("grammar")


def _compile(body: Mapping[str, Any], version: str, terms: Mapping[str, Sequence[str]], is_cue: bool) -> Rule:
    code = body["cue"] if is_cue else body["behaviour"]
    limb = "" if is_cue else str(code_set("behaviours").codes[code].extra["limb"])
    channel = body.get("channel")
    if channel is not None and channel not in code_set("channels").codes:
        raise phrase_patterns.PatternError(f"{body['id']}: no channel {channel!r}")
    if code in DISPUTES and (taken := NEVER_EXPLAINED & set(body.get("instead_of", ()))):
        raise phrase_patterns.PatternError(
            f"{body['id']}: a dispute takes no {', '.join(sorted(taken))} away"
        )
    try:
        return Rule(
            rule_id=body["id"],
            version=version,
            code=code,
            is_cue=is_cue,
            limb=limb,
            channel=channel,
            background=bool(body.get("background", False)),
            instead_of=frozenset(body.get("instead_of", ())),
            phrases=tuple(phrase_patterns.compile_pattern(p, terms) for p in body["phrases"]),
            unless=tuple(phrase_patterns.compile_pattern(p, terms) for p in body.get("unless", ())),
        )
    except phrase_patterns.PatternError as error:
        raise phrase_patterns.PatternError(f"{body['id']}: {error}") from error


@cache
def lexicon() -> Lexicon:
    """The lexicon shipped with the package. Raises ``PatternError`` naming the rule that cannot be read."""
    raw_terms: dict[str, Sequence[str]] = {}
    for section in _toml("terms").values():
        raw_terms.update(section)
    terms = phrase_patterns.expand(raw_terms)
    rules: list[Rule] = []
    further = {name: _toml(name) for name in ("idioms", "free_text", "summaries")}
    more = [m for body in further.values() for m in body["more"]]
    spelt: set[str] = {w for members in terms.values() for m in members for w in m.split() if "*" not in w}
    versions = []
    for name in ("acts", "background", "cues"):
        body = _toml(name)
        versions.append(f"{name}={body['version']}")
        is_cue = name == "cues"
        for row in body["cue" if is_cue else "rule"]:
            row = _extended(row, more)
            rules.append(_compile(row, body["version"], terms, is_cue))
            for p in row["phrases"]:
                spelt.update(phrase_patterns.words_of(p))
    shorthand = _toml("shorthand")
    versions += [f"{name}={body['version']}" for name, body in {**further, "shorthand": shorthand}.items()]
    ids = [r.rule_id for r in rules]
    strangers = {m["rule"] for m in more} - set(ids)
    if strangers:
        raise phrase_patterns.PatternError(f"phrases for no rule: {', '.join(sorted(strangers))}")
    if len(ids) != len(set(ids)):
        raise phrase_patterns.PatternError("a rule id is used twice")
    # The grammar's own words are never slips of others: 'denies' is one letter from 'defies'.
    lookalikes = [*_toml("lookalikes")["words"], *(w for words in small_words().values() for w in words)]
    short = Shorthand(
        {k: tuple(v.split()) for k, v in shorthand["words"].items()}, frozenset(shorthand["had"]["words"])
    )
    return Lexicon(
        " ".join(versions),
        tuple(rules),
        terms,
        {name: frozenset(w for w in members if " " not in w) for name, members in terms.items()},
        _by_word(rules),
        Speller(_words(spelt), lookalikes),
        short,
    )


def _by_word(rules: Sequence[Rule]) -> Mapping[str, frozenset[tuple[int, int]]]:
    """See :class:`Lexicon`. A sentence that matches has a word of each list that a phrase needs, so it is
    enough to find the phrase by the words of its first."""
    found: dict[str, set[tuple[int, int]]] = defaultdict(set)
    found[""] = set()
    for number, rule in enumerate(rules):
        for i, phrase in enumerate(rule.phrases):
            for word in phrase.needs[0] if phrase.needs else ("",):
                found[word].add((number, i))
    return {word: frozenset(phrases) for word, phrases in found.items()}


def _extended(row: Mapping[str, Any], more: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """A rule with the phrases that ``idioms.toml``, ``free_text.toml`` and ``summaries.toml`` have for it."""
    out = dict(row)
    for extra in more:
        if extra["rule"] == row["id"]:
            for key in ("phrases", "unless"):
                out[key] = [*out.get(key, ()), *extra.get(key, ())]
    return out


def _words(spelt: Iterable[str]) -> set[str]:
    return {w for w in spelt if w.isalpha()}
