"""Turning an officer's or call taker's words into tokens that remember where they came from.

The rules of the coder are written against a *normal form*: lower case, hyphens
and slashes opened, apostrophes dropped, accounts as ``@``, long numbers as
``#``, sentence ends as ``.``. Every token keeps the span of characters it was
made from, so that a rule that fires can show the words that made it fire.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from rapidfuzz import process
from rapidfuzz.distance import OSA

# One token: an account, a number with its unit, a word with inner apostrophes, or punctuation that ends
# a sentence or a clause. A full stop inside 'tyler.cooper' is part of the account, not a sentence end.
# An account is no longer behind its first stop than an e-mail's address may be: without an end to it,
# 'a_.a_.a_.' is read to its end from each letter. Within a number that was none from its first digit no other
# begins.
_TOKEN = re.compile(
    r"""
    (?P<label>\b(?:[VvSsDd]|IP|ip|Ip|(?i:vic|vict|victim|susp|suspect|sus|agg|def|comp|offr|off|nom|poi|sp|sub))\d\b)
    |(?P<handle>
        @[\w.\-]+
        |\b[A-Za-z]++[._][A-Za-z0-9_.]{0,254}[A-Za-z0-9]\b
        |\b(?=[^\W\d]*+\d)[A-Za-z]\w{4,}
    )
    |(?P<number>\+?(?<!\d)\d[\d,]*(?:[:.]\d+)?(?:st|nd|rd|th|p|x|am|pm|hrs)?\b)
    |(?P<word>[^\W\d_]+(?:['’][^\W\d_]+)*)
    |(?P<stop>[.!?;\n]+|\s-\s)
    |(?P<comma>[,:()])
    """,
    re.VERBOSE,
)
_WORD = re.compile(r"(?<!\s)\s++([^\W\d_]+)")
_MIN_SPELL = 5


class Token(NamedTuple):
    """``form`` is what rules see; ``start`` and ``end`` are offsets in the text as received; ``role`` is whom
    it stands for (:mod:`lamplighter.courses.coding.parties`)."""

    form: str
    start: int
    end: int
    is_name: bool = False
    role: str = ""


def _number(raw: str) -> str:
    digits = re.sub(r"\D", "", raw)
    if raw.endswith(("st", "nd", "rd", "th")) and digits:
        return raw.lower()
    if len(digits) >= 9:
        return "#"
    if re.fullmatch(r"0\.\d\d", raw):
        return "pence"
    return digits or raw


class Speller:
    """Brings words one slip away from a word of the lexicon back to it.

    Only words of five letters or more that the lexicon does not know, that are
    not in its list of look-alikes, and that have one near word, are changed:
    a wrong correction would invent an act.
    """

    def __init__(
        self, vocabulary: Iterable[str], lookalikes: Iterable[str], also: Iterable[str] = ()
    ) -> None:
        """Know the words of a vocabulary, and others (``also``) that no word is brought back to."""
        spelt = frozenset(vocabulary)
        self._known = spelt | frozenset(also)
        self._targets = sorted(w for w in spelt if len(w) >= _MIN_SPELL and w.isalpha())
        self._never = frozenset(lookalikes)
        self.correct: Callable[[str], str] = lru_cache(maxsize=200_000)(self._correct)

    def knows(self, word: str) -> bool:
        """Tell whether the lexicon or the grammar uses the word, or it only looks like one of theirs."""
        return word in self._known or word in self._never

    def _correct(self, word: str) -> str:
        if len(word) < _MIN_SPELL or word in self._known or word in self._never or not word.isalpha():
            return word
        # An inflection of a known word is not a slip of another word.
        for ending in ("s", "es", "d", "ed", "ing", "ly", "er"):
            if word.endswith(ending) and word[: -len(ending)] in self._known:
                return word
        found = process.extract(word, self._targets, scorer=OSA.distance, score_cutoff=1, limit=3)
        if not found:
            return word
        best = [
            w
            for w, d, _ in found
            if d == found[0][1] and (w[0] == word[0] or w[:2] == word[1::-1] or w[1:] == word)
        ]
        # Two different words equally near: leave it, unless they are forms of one verb.
        if not best or (len(best) > 1 and best[0][:4] != best[1][:4]):
            return word
        return best[0]


@dataclass(frozen=True, slots=True)
class Shorthand:
    """``words`` by their shortened form ('o/s' for two letters joined by a stroke); after a word of ``had``
    (or one in -ed) 'he'd' is 'he had'."""

    words: Mapping[str, tuple[str, ...]]
    had: frozenset[str]

    def of(self, bare: str, text: str, end: int) -> tuple[str, ...] | None:
        """The words that a lower-case word with its apostrophes stands for, which ends there in the text;
        None when it is not shortened."""
        if bare.endswith("'ll") and len(bare) > 3:
            return (bare[:-3], "will")
        if bare.endswith("'d") and len(bare) > 2 and (bare[:-2] in _WHO or len(bare) > 5):
            follower = _next_word(text, end)
            return (bare[:-2], "had" if follower.endswith("ed") or follower in self.had else "would")
        return self.words.get(bare.replace("'", ""))


_WHO = frozenset({"i", "he", "she", "they", "we", "you", "who", "it"})
NO_SHORTHAND = Shorthand({}, frozenset())


def tokens(
    text: str,
    speller: Speller,
    names: dict[str, str] | None = None,
    shorthand: Shorthand = NO_SHORTHAND,
) -> list[Token]:
    """Tokens of a text in normal form.

    Args:
        text: as received.
        speller: brings misspelt words back.
        names: lower-case words that stand for somebody, e.g. ``{"daniel": "suspect"}``.
        shorthand: what shortened words stand for; each word of it keeps the span of what was written.
    """
    given = names or {}
    shouted = text.isupper()
    out: list[Token] = []
    for m in _TOKEN.finditer(text):
        kind, raw = m.lastgroup, m.group()
        start, end = m.span()
        if kind == "label":
            form = raw[:-1].lower()
            out.append(Token(_LABELS.get(form, form), start, end))
        elif kind == "handle" and (stop := _two_sentences(raw, speller)):
            # 'home alone.Susp attd': two sentences that nobody parted.
            out.extend(_moved(tokens(raw[:stop], speller, names, shorthand), start))
            out.append(Token(".", start + stop, start + stop + 1))
            out.extend(_moved(tokens(raw[stop + 1 :], speller, names, shorthand), start + stop + 1))
        elif kind == "handle":
            out.append(Token("@", start, end))
        elif kind == "number":
            out.append(Token(_number(raw), start, end))
        elif kind == "stop":
            out.append(Token(".", start, end))
        elif kind == "comma":
            out.append(Token(",", start, end))
        else:
            # 'OFF' in capitals is the offender; 'off' is a word.
            if raw == "OFF" and not shouted:
                raw = "offender"
            bare = raw.lower().replace("’", "'")
            form = bare.removesuffix("'s").replace("'", "")
            if form not in given and (full := shorthand.of(bare, text, end)):
                out.extend(Token(word, start, end) for word in full)
                continue
            at_start = not out or out[-1].form == "."
            titled = (
                text[start].isupper()
                and not shouted
                and len(raw) > 2
                and bare[-3:] not in ("'ve", "'re", "'ll")
            )
            if form in given:
                form = given[form]
                out.append(Token(form, start, end, True))
                continue
            # A capitalised word inside a sentence is a name, however like a word of the lexicon it looks.
            fixed = form if titled and not at_start and not raw.isupper() else speller.correct(form)
            # So is a capitalised word that starts one and that the lexicon has never met.
            name = (
                titled and fixed == form and not speller.knows(form) and (not at_start or not raw.isupper())
            )
            out.append(Token(fixed, start, end, name))
    return _join_strokes(_join_email(out), text, shorthand)


_LABELS = {"v": "victim", "s": "suspect", "d": "suspect", "offr": "offender", "off": "offender"}
_STOP = re.compile(r"(?<=[a-zA-Z]{2})\.(?=[A-Za-z]{2})")


def _two_sentences(raw: str, speller: Speller) -> int:
    """Where one sentence ends and the next begins in what looks like an account; 0 where it is one."""
    if raw.count(".") != 1 or "@" in raw or "_" in raw or (found := _STOP.search(raw)) is None:
        return 0
    before, after = raw[: found.start()], raw[found.end() :]
    if not before.isalpha() or not after.isalpha():
        return 0
    if before.islower() and after[0].isupper():
        return found.start()
    known = speller.knows(before.lower()) and speller.knows(after.lower())
    return found.start() if known else 0


def _moved(given: list[Token], by: int) -> list[Token]:
    return [t._replace(start=t.start + by, end=t.end + by) for t in given]


def _next_word(text: str, end: int) -> str:
    found = _WORD.match(text, end)
    return found.group(1).lower() if found else ""


def _join_strokes(given: list[Token], text: str, shorthand: Shorthand) -> list[Token]:
    """'O/S' is one shortened word, written as two."""
    if "/" not in text and "-" not in text:
        return given
    out: list[Token] = []
    i = 0
    while i < len(given):
        one, two = given[i], given[i + 1] if i + 1 < len(given) else None
        if two is not None and text[one.end : two.start] in ("/", "-"):
            key = f"{text[one.start : one.end]}/{text[two.start : two.end]}".lower()
            if full := shorthand.words.get(key):
                out.extend(Token(word, one.start, two.end) for word in full)
                i += 2
                continue
        out.append(one)
        i += 1
    return out


def _join_email(given: list[Token]) -> list[Token]:
    """'e-mail', 'e mails' and 'e-mailed' are one word."""
    out: list[Token] = []
    for t in given:
        if out and out[-1].form == "e" and t.form.startswith("mail") and t.start - out[-1].end <= 1:
            out[-1] = Token("e" + t.form, out[-1].start, t.end)
        else:
            out.append(t)
    return out


def sentences(given: list[Token]) -> list[list[Token]]:
    """Split at sentence ends; empty sentences are dropped."""
    out: list[list[Token]] = [[]]
    for t in given:
        if t.form == ".":
            out.append([])
        else:
            out[-1].append(t)
    return [s for s in out if s]
