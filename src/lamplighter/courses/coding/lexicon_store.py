"""The coder's lexicon, read once from the TOML files in ``lexicon/`` and compiled."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

from lamplighter.courses.coding import phrase_patterns
from lamplighter.courses.coding.severity import NEVER_EXPLAINED
from lamplighter.courses.coding.tokens import Shorthand, Speller
from lamplighter.rule_files.reading import packaged as packaged_toml
from lamplighter.vocabulary.codes import code_set

# What people fall out about. A theft or a brawl between strangers is another matter: an entry is the theft.
DISPUTES = frozenset({"quarrel", "neighbour_nuisance", "debt_dispute", "nuisance_caller"})
FRAME = "frame:"
"""Beginning of the id of a rule that is a frame."""


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


class Lexicon:
    """Rules in file order, the members of each class, those of one word, the speller and the shorthand."""

    def __init__(
        self,
        version: str,
        rules: tuple[Rule, ...],
        classes: phrase_patterns.Classes,
        speller: Speller,
        shorthand: Shorthand,
    ) -> None:
        self.version, self.rules, self.speller, self.shorthand = version, rules, speller, shorthand
        self.terms: Mapping[str, Sequence[str]] = classes.terms
        self.single_words = {
            name: frozenset(w for w in members if " " not in w) for name, members in self.terms.items()
        }
        # Phrases of each rule, then those that silence one, known by their number.
        self._phrases = [(n, phrase) for n, rule in enumerate(rules) for phrase in rule.phrases]
        self._reading = len(self._phrases)
        self._silencing: dict[int, frozenset[int]] = {}
        for n, rule in enumerate(rules):
            first = len(self._phrases)
            self._phrases += [(n, phrase) for phrase in rule.unless]
            self._silencing[n] = frozenset(range(first, len(self._phrases)))
        keys: dict[int, set[int]] = defaultdict(set)
        for i, (_, phrase) in enumerate(self._phrases):
            if phrase.key is not None:
                keys[phrase.key].add(i)
        self._anywhere = {i for i, (_, phrase) in enumerate(self._phrases) if phrase.key is None}
        self._keys = {number: frozenset(patterns) for number, patterns in keys.items()}
        self._begun = lru_cache(maxsize=200_000)(lambda word: classes.begun(word, self._keys))
        # A sentence is asked for its rules, and straight after for the words that each of them names.
        self._sentence = lru_cache(maxsize=8)(self._put_together)

    def _put_together(self, forms: tuple[str, ...]) -> phrase_patterns.Sentence:
        return phrase_patterns.Sentence(forms, [self._begun(form) for form in forms], self._keys)

    def found(self, forms: tuple[str, ...]) -> Iterator[tuple[Rule, list[phrase_patterns.Span]]]:
        """Rules in file order that a sentence in normal form meets, each with where (first word, last word),
        the widest first."""
        sentence = self._sentence(forms)
        bits, tried = sentence.bits, sentence.tried | self._anywhere
        spans: dict[int, set[phrase_patterns.Span]] = defaultdict(set)
        for i in sorted(i for i in tried if i < self._reading):
            number, phrase = self._phrases[i]
            if phrase.needs & bits == phrase.needs and (span := phrase.find(sentence)):
                spans[number].add((span[0], span[1] - 1))
        for number, places in spans.items():
            silencing = (self._phrases[i][1] for i in self._silencing[number] & tried)
            if not any(u.needs & bits == u.needs and u.find(sentence) for u in silencing):
                yield self.rules[number], sorted(places, key=lambda s: (s[0] - s[1], s[0]))

    def words(self, rule: Rule, forms: tuple[str, ...], first: int, last: int) -> frozenset[int]:
        """Places of the words that a rule names in what it reads from one word to another."""
        sentence = self._sentence(forms)
        for phrase in rule.phrases:
            if phrase.needs & sentence.bits == phrase.needs and phrase.find(sentence) == (first, last + 1):
                return phrase.words(sentence, (first, last + 1))
        return frozenset(range(first, last + 1))


def _toml(name: str) -> dict[str, Any]:
    return packaged_toml("lamplighter.courses.coding", f"lexicon/{name}.toml")


@cache
def _lists() -> Mapping[str, Sequence[str]]:
    return {name: words for name, words in _toml("grammar").items() if name != "version"}


@cache
def listed(name: str) -> frozenset[str]:
    """Return one list of words of the grammar (``lexicon/grammar.toml``)."""
    return frozenset(_lists()[name])


@cache
def specific_first() -> Mapping[str, int]:
    """Return the acts that share no words with others, each with its place: the most specific first."""
    return {code: place for place, code in enumerate(_toml("same_words")["specific_first"])}


@cache
def stands_alone() -> frozenset[str]:
    """Return the acts that give way to no other."""
    return frozenset(_toml("same_words")["stands_alone"])


@cache
def beside() -> frozenset[tuple[str, str]]:
    """Return pairs of acts, both ways round, that the same words may tell."""
    return _pairs("beside")


@cache
def together() -> frozenset[tuple[str, str]]:
    """Return pairs of acts, both ways round, that one clause may tell."""
    return _pairs("together")


def _pairs(section: str) -> frozenset[tuple[str, str]]:
    pairs = {
        (a, b)
        for row in _toml("same_words")[section]
        for a in row["acts"]
        for b in (specific_first() if row["others"] == ["*"] else row["others"])
    }
    return frozenset(pairs | {(b, a) for a, b in pairs})


def _compile(body: Mapping[str, Any], version: str, classes: phrase_patterns.Classes, is_cue: bool) -> Rule:
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
            phrases=tuple(phrase_patterns.compile_pattern(p, classes) for p in body["phrases"]),
            unless=tuple(phrase_patterns.compile_pattern(p, classes) for p in body.get("unless", ())),
        )
    except phrase_patterns.PatternError as error:
        raise phrase_patterns.PatternError(f"{body['id']}: {error}") from error


@cache
def lexicon() -> Lexicon:
    """The lexicon shipped with the package. Raises ``PatternError`` naming the rule that cannot be read."""
    raw_terms: dict[str, Sequence[str]] = {}
    wide = _toml("classes")
    for section in (*_toml("terms").values(), *wide["classes"].values()):
        if twice := set(raw_terms) & set(section):
            raise phrase_patterns.PatternError(f"a class is declared twice: {', '.join(sorted(twice))}")
        raw_terms.update(section)
    classes = phrase_patterns.Classes(raw_terms, wide["irregular"])
    spared = _toml("frames")["spared"]
    rules: list[Rule] = []
    further = {name: _toml(name) for name in ("idioms", "free_text", "summaries")}
    more = [m for body in further.values() for m in body["more"]]
    narrow = {name for section in _toml("terms").values() for name in section}
    spelt: set[str] = {w for name in narrow for m in classes.terms[name] for w in m.split() if "*" not in w}
    versions = [f"classes={wide['version']}"]
    for name in ("acts", "background", "frames", "cues"):
        body = _toml(name)
        versions.append(f"{name}={body['version']}")
        is_cue = name == "cues"
        for row in body["cue" if is_cue else "rule" if name != "frames" else "frame"]:
            row = _extended(row, more)
            if not is_cue:
                row["unless"] = [
                    *row.get("unless", ()),
                    *(p for s in spared if row["behaviour"] in s["behaviours"] for p in s["unless"]),
                ]
            if name == "frames":
                row |= {"id": f"{FRAME}{row['id']}", "phrases": row["reads"]}
            rules.append(_compile(row, body["version"], classes, is_cue))
            for p in row["phrases"] if name != "frames" else ():
                spelt.update(phrase_patterns.words_of(p))
    shorthand = _toml("shorthand")
    latest = {"shorthand": shorthand, "same_words": _toml("same_words"), "grammar": _toml("grammar")}
    versions += [f"{name}={body['version']}" for name, body in {**further, **latest}.items()]
    ids = [r.rule_id for r in rules]
    strangers = {m["rule"] for m in more} - set(ids)
    if strangers:
        raise phrase_patterns.PatternError(f"phrases for no rule: {', '.join(sorted(strangers))}")
    if len(ids) != len(set(ids)):
        raise phrase_patterns.PatternError("a rule id is used twice")
    # The grammar's own words are never slips of others: 'denies' is one letter from 'defies'. Nor is any word
    # a slip of one of the frames': they are as wide as the language; their neighbours are mostly other words.
    lookalikes = [*_toml("lookalikes")["words"], *(w for words in _lists().values() for w in words)]
    short = Shorthand(
        {k: tuple(v.split()) for k, v in shorthand["words"].items()}, frozenset(shorthand["had"]["words"])
    )
    every = {w for choice in classes.members for member in choice for w in member.split()}
    speller = Speller(_words(spelt), lookalikes, _words(every))
    return Lexicon(" ".join(versions), tuple(rules), classes, speller, short)


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
