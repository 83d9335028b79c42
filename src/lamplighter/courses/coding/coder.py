"""Reads what an officer or call taker wrote and proposes acts, each with the words that made it think so.

Transparent on purpose: every act names the rule and version that proposed it
and the span of words the rule read, and a person's correction outranks it
(:mod:`lamplighter.courses.coding.corrections`). Pure: the same words give the same
acts, whatever was read before.

How a sentence is read: shorthand written out, tokens in normal form
(:mod:`lamplighter.courses.coding.tokens`)
-> every rule of the lexicon -> background readings take out the acts they
explain better -> negation -> who did it to whom -> channel and quantity.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import NamedTuple

from lamplighter.courses.coding import clauses, grammar, parties
from lamplighter.courses.coding.clauses import VICTIM
from lamplighter.courses.coding.learned import NOTHING, Learned
from lamplighter.courses.coding.lexicon_store import (
    FRAME,
    Lexicon,
    Rule,
    beside,
    lexicon,
    specific_first,
    stands_alone,
    together,
)
from lamplighter.courses.coding.severity import THREATS, VIOLENCE
from lamplighter.courses.coding.tokens import Token, sentences, tokens

_CANONICAL_NUMBER = "NN"
_TITLES = frozenset({"mr", "mrs", "ms", "miss"})
TO_VICTIM = "to_victim"
_EMERGENCY = frozenset({"999", "112"})


@dataclass(frozen=True, slots=True)
class Act:
    """One act, or one cue around acts, found in a text.

    ``negated``: it is not said to have happened, for which ``mood`` gives the reason (:mod:`clauses`).
    ``start`` and ``end`` are character offsets in the text as received;
    ``direction`` is 'to_victim', 'by_victim', 'mutual' or 'to_other'; ``actor`` is a code
    of the set 'actors'; ``channel`` of 'channels'; ``quantity`` is the number
    of times or things the sentence gives, or None.
    """

    behaviour: str
    limb: str
    channel: str
    actor: str
    direction: str
    negated: bool
    background: bool
    quantity: int | None
    start: int
    end: int
    words: str
    sentence: int
    rule_id: str
    rule_version: str
    mood: str = clauses.ASSERTED


@dataclass(frozen=True, slots=True)
class Cue:
    """Something the words say around the acts: repetition, separation, an order in force ..."""

    cue: str
    start: int
    end: int
    words: str
    sentence: int
    rule_id: str
    rule_version: str


@dataclass(frozen=True, slots=True)
class Reading:
    """Everything the coder found in one text."""

    acts: tuple[Act, ...]
    cues: tuple[Cue, ...]

    def cue_names(self) -> frozenset[str]:
        return frozenset(c.cue for c in self.cues)


@dataclass(frozen=True, slots=True)
class _Hit:
    """A rule's match in a normal-form sentence, in token positions."""

    rule: Rule
    first: int
    last: int
    negated: bool
    direction: str
    actor: str
    channel: str
    quantity: int | None
    mood: str


def code(
    text: str | None,
    *,
    victim_words: Iterable[str] = (),
    suspect_words: Iterable[str] = (),
    sexes: tuple[str, str] = ("", ""),
    learned: Learned = NOTHING,
) -> list[Act]:
    """Acts in a text, in the order in which they stand. Negated acts are kept and marked.

    Args:
        text: a summary, story or impact as received; None and '' give no acts.
        victim_words: names by which the text may call the victim ('Amber').
        suspect_words: names by which it may call the suspect.
        sexes: of the victim and of the suspect, 'male', 'female' or '', where a text calls neither by more
            than a pronoun.
        learned: what the installation learned from corrections, of the day on which it is read.
    """
    found = read(text, victim_words=victim_words, suspect_words=suspect_words, sexes=sexes, learned=learned)
    return list(found.acts)


def read(
    text: str | None,
    *,
    victim_words: Iterable[str] = (),
    suspect_words: Iterable[str] = (),
    sexes: tuple[str, str] = ("", ""),
    learned: Learned = NOTHING,
) -> Reading:
    """Acts and cues in a text. See :func:`code`."""
    if not text or not text.strip():
        return Reading((), ())
    acts: list[Act] = []
    cues: list[Cue] = []
    for number, (sentence, forms) in enumerate(normal_form(text, victim_words, suspect_words, sexes)):
        roles = tuple(t.role for t in sentence)
        marks, asks = _marks(sentence, text)
        counts = tuple(int(t.form) if t.form.isdecimal() and len(t.form) < 5 else 0 for t in sentence)
        for hit in _sentence_hits(Read(forms, roles, marks, asks), counts, learned):
            start, end = sentence[hit.first].start, sentence[hit.last].end
            words = text[start:end]
            if hit.rule.is_cue:
                if not hit.negated:
                    cues.append(
                        Cue(hit.rule.code, start, end, words, number, hit.rule.rule_id, hit.rule.version)
                    )
                continue
            acts.append(
                Act(
                    behaviour=hit.rule.code,
                    limb=hit.rule.limb,
                    channel=hit.channel,
                    actor=hit.actor,
                    direction=hit.direction,
                    negated=hit.negated,
                    background=hit.rule.background,
                    quantity=hit.quantity,
                    start=start,
                    end=end,
                    words=words,
                    sentence=number,
                    rule_id=hit.rule.rule_id,
                    rule_version=hit.rule.version,
                    mood=hit.mood,
                )
            )
    names_found = {c.cue for c in cues}
    if "proxy" in names_found:
        acts = [replace(a, actor="proxy") if a.direction == "to_victim" else a for a in acts]
    return Reading(tuple(acts), tuple(cues))


def normal_form(
    text: str,
    victim_words: Iterable[str] = (),
    suspect_words: Iterable[str] = (),
    sexes: tuple[str, str] = ("", ""),
) -> Iterator[tuple[list[Token], tuple[str, ...]]]:
    """Return the sentences of a text: their tokens, and each as the rules see it."""
    lex = lexicon()
    names = {w.lower(): "suspect" for w in suspect_words if w} | {
        w.lower(): "victim" for w in victim_words if w
    }
    given = tokens(text, lex.speller, names, lex.shorthand)
    for sentence in sentences(parties.named(given, text, sexes)):
        kept = _without_articles(sentence, lex)
        yield kept, tuple(_canonical(t, lex) for t in kept)


def _without_articles(sentence: list[Token], lex: Lexicon) -> list[Token]:
    """'the IP' and 'IP' are one person, 'her manager, Mrs Oldacre, sends' has one subject: the article before
    a label, the title before a name and the commas around one are dropped."""
    victim, suspect = lex.single_words["victim"], lex.single_words["suspect"]
    out: list[Token] = []
    for i, t in enumerate(sentence):
        follower = sentence[i + 1] if i + 1 < len(sentence) else None
        if t.form in _TITLES and follower is not None and (follower.is_name or follower.form == "victim"):
            continue
        if t.form == "the" and follower is not None and (follower.form in victim or follower.form in suspect):
            continue
        if t.form == "," and (
            _set_apart(sentence, i) or (out and _set_apart(sentence, _comma_before(sentence, i)))
        ):
            continue
        out.append(t)
    return out or sentence


def _comma_before(sentence: list[Token], i: int) -> int:
    return next((k for k in range(i - 1, max(-1, i - 5), -1) if sentence[k].form == ","), -1)


def _set_apart(sentence: list[Token], i: int) -> bool:
    """Tell whether the comma opens a name set apart: ', Mrs Oldacre,' or ', IP,'."""
    if i < 1 or not (sentence[i - 1].role or sentence[i - 1].is_name):
        return False
    for k in range(i + 1, min(len(sentence), i + 5)):
        t = sentence[k]
        if t.form == ",":
            return k > i + 1
        if not (t.is_name or t.form in _TITLES or t.form in ("victim", "suspect")):
            return False
    return False


def _canonical(token: Token, lex: Lexicon) -> str:
    """One word for the victim, one for the suspect, one for any name and any number."""
    if token.is_name and token.form not in ("victim", "suspect"):
        return "name_"
    if token.form in lex.single_words["victim"]:
        return "victim" if token.role in (VICTIM, "") else token.form
    if token.form in lex.single_words["suspect"]:
        return "suspect"
    if token.form in _EMERGENCY:
        return "999"
    if token.form.isdecimal():
        return _CANONICAL_NUMBER
    return token.form


_LONGEST_KEPT = 200
"""Words of a sentence whose reading is remembered: 100,000 sentences of any length would fill memory."""


class Read(NamedTuple):
    """A sentence in normal form: its words, whom they stand for, the marks between them, whether it asks."""

    forms: tuple[str, ...]
    roles: tuple[str, ...]
    marks: tuple[str, ...]
    asks: bool

    def parsed(self) -> clauses.Sentence:
        return clauses.parse(self.forms, self.roles, self.marks, asks=self.asks)


def _marks(sentence: list[Token], text: str) -> tuple[tuple[str, ...], bool]:
    """The quotation mark or stroke before each word, () where there is none; whether the sentence asks."""
    asks = "?" in text[sentence[-1].end : sentence[-1].end + 3]
    start, end = sentence[0].start, sentence[-1].end
    quotes = [q for q in parties.quotations(text) if q[0] < end and q[1] > start]
    span = text[start:end]
    if not quotes and " / " not in span and "(" not in span:
        return (), asks
    out, at, before = [], start, False
    for t in sentence:
        gap = text[at : t.start]
        within = any(a <= t.start < b for a, b in quotes)
        mark = '"' if within != before else "/" if " / " in gap else ""
        if t.form == "," and text[t.start] in "()":
            mark = text[t.start]
        out.append(mark)
        at, before = t.end, within
    return tuple(out) if any(out) else (), asks


def _sentence_hits(read: Read, counts: tuple[int, ...], learned: Learned) -> Sequence[_Hit]:
    if learned.touch(read.forms):
        return _hits(read, counts, learned)
    if any(counts) or len(read.forms) > _LONGEST_KEPT:
        return _hits(read, counts)
    return _plain_hits(read)


@lru_cache(maxsize=100_000)
def _plain_hits(read: Read) -> tuple[_Hit, ...]:
    return _hits(read, (0,) * len(read.forms))


@lru_cache(maxsize=100_000)
def _matches(read: Read) -> tuple[tuple[Rule, int, int], ...]:
    """Rules that fire in a normal-form sentence, each once, at its widest match that is not denied."""
    out: list[tuple[Rule, int, int]] = []
    for rule, placed in lexicon().found(read.forms):
        first, last = next((p for p in placed if not _not_so(read, rule, *p)), placed[0])
        # A frame is silent where a phrase reads the same act in the same words.
        if rule.rule_id.startswith(FRAME) and any(
            r.code == rule.code and a <= last and first <= b for r, a, b in out
        ):
            continue
        out.append((rule, first, last))
    taken = frozenset[str]().union(*(r.instead_of for r, _, _ in out if not r.is_cue)) if out else frozenset()
    return tuple((r, a, b) for r, a, b in out if r.is_cue or r.code not in taken or r.background)


def _not_so(read: Read, rule: Rule, first: int, last: int) -> bool:
    """Tell whether the words say that it did not happen, or only might, should or should not."""
    if rule.is_cue:
        return grammar.negated(read.forms, first, last)
    return _mood(read, rule, first, last) != clauses.ASSERTED


def _mood(read: Read, rule: Rule, first: int, last: int) -> str:
    threat = rule.code in THREATS
    # 'Complaints about her, all unfounded' are still made.
    said = read.parsed().said(first, last, words=threat, after=rule.code != "false_allegations")
    if threat and said.mood in (clauses.SUPPOSED, clauses.TOLD_TO, clauses.ASKED):
        # A threat speaks of what might happen; that somebody might threaten is another matter.
        feared = "threaten" in read.forms[first : last + 1] or said.speaker == VICTIM
        return said.mood if feared else clauses.ASSERTED
    return said.mood


def _hits(read: Read, counts: tuple[int, ...], learned: Learned = NOTHING) -> tuple[_Hit, ...]:
    out = []
    forms = read.forms
    found = _matches(read) if len(forms) <= _LONGEST_KEPT else _matches.__wrapped__(read)
    found = learned.applied(forms, found, lambda _, a, b: read.parsed().said(a, b).mood != clauses.ASSERTED)
    elsewhere = next((r.channel for r, _, _ in found if r.channel), None)
    for rule, first, last in found:
        if not rule.is_cue and (
            grammar.by_official(read.parsed(), first, last, rule.code)
            or grammar.turned_to_by_another(read.parsed(), first, last, rule.code)
        ):
            continue
        negated = _not_so(read, rule, first, last)
        mood = clauses.ASSERTED if rule.is_cue else _mood(read, rule, first, last)
        direction = TO_VICTIM if rule.is_cue else grammar.direction(read.parsed(), first, last, rule.code)
        out.append(
            _Hit(
                rule=rule,
                first=first,
                last=last,
                negated=negated,
                direction=direction,
                actor=grammar.actor(forms, first, last),
                channel=rule.channel or grammar.channel(forms, first, last, elsewhere),
                quantity=grammar.quantity(forms, counts, first, last),
                mood=mood,
            )
        )
    out = _one_act_of_words(read, _coloured(read, out))
    return _carried_on(forms, sorted(out, key=lambda h: (h.first, h.last, h.rule.rule_id)))


class _Told(NamedTuple):
    """An act with the words that name it, those of them that are verbs, and the number of its clause."""

    hit: _Hit
    words: frozenset[int]
    verbs: frozenset[int]
    clause: int


def _one_act_of_words(read: Read, hits: list[_Hit]) -> list[_Hit]:
    """Of acts that are told by the same words the one that more of them name.

    'Pulled her trousers down' is one act, however many rules know a part of it; so is 'a camera in the smoke
    alarm': what a single word tells of another act gives way in its clause, unless the two go together."""
    places = specific_first()
    rivals = [h for h in hits if h.rule.code in places and not (h.rule.is_cue or h.negated)]
    if len({h.rule.code for h in rivals}) < 2:
        return hits
    told = [_told(read, hit) for hit in rivals]
    told.sort(key=lambda t: (-len(t.words), places[t.hit.rule.code]))
    kept: list[_Told] = []
    lost: set[int] = set()
    for one in told:
        if any(_gives_way(one, other) for other in kept):
            lost.add(id(one.hit))
        else:
            kept.append(one)
    return [h for h in hits if id(h) not in lost] if lost else hits


def _told(read: Read, hit: _Hit) -> _Told:
    parsed, small = read.parsed(), clauses.small_words()
    named = lexicon().words(hit.rule, read.forms, hit.first, hit.last)
    words = frozenset(i for i in named if not (read.roles[i] or read.forms[i] in small))
    verbs = frozenset(i for i in words if clauses.is_finite(read.forms[i]) or read.forms[i].endswith("ing"))
    return _Told(hit, words, verbs, parsed.number(parsed.anchor(hit.first, hit.last)))


def _gives_way(one: _Told, other: _Told) -> bool:
    pair = (other.hit.rule.code, one.hit.rule.code)
    if pair[0] == pair[1] or pair[1] in stands_alone():
        return False
    if one.words and one.words < other.words and pair not in beside():
        return True
    joined = one.hit.first <= other.hit.last and other.hit.first <= one.hit.last
    # Each with a verb of its own is told on its own: 'grabbed her phone and read her texts'.
    one_head = joined or not one.verbs - other.verbs or not other.verbs - one.verbs
    return len(one.words) < 2 and one.clause == other.clause and one_head and pair not in together()


def _coloured(read: Read, hits: list[_Hit]) -> list[_Hit]:
    """In a sentence that denies or only fears an act, what nobody is said to have done is part of the
    telling: 'no sign that he is hanging round, staff on the gate all fortnight'."""
    unsaid = next((h.mood for h in hits if h.negated and not h.rule.is_cue), None)
    if unsaid is None:
        return hits
    parsed = read.parsed()
    out = []
    for hit in hits:
        if not (hit.rule.is_cue or hit.negated or hit.rule.background):
            clause = parsed.at(parsed.anchor(hit.first, hit.last))
            somebody = clause.doer == clauses.SUSPECT or (
                not clause.doer and (clause.subject >= 0 or clause.opens in ("but", "and"))
            )
            if not (somebody or clause.passive or hit.rule.code in THREATS | VIOLENCE):
                hit = replace(hit, negated=True, mood=unsaid)
        out.append(hit)
    return out


def _carried_on(forms: tuple[str, ...], hits: list[_Hit]) -> tuple[_Hit, ...]:
    """'Victim sent suspect messages asking for her things': a participle goes on with what she does."""
    out: list[_Hit] = []
    for hit in hits:
        before = next((h for h in reversed(out) if h.last < hit.first and not h.rule.is_cue), None)
        if (
            before is not None
            and before.direction == "by_victim"
            and hit.first - before.last <= 2
            and forms[hit.first].endswith("ing")
        ):
            hit = replace(hit, direction="by_victim")
        out.append(hit)
    return tuple(out)
