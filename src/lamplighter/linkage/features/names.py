"""Make keys of names: normal form, short forms, and how they sound."""

from __future__ import annotations

import re
import unicodedata
from functools import cache

import polars as pl
from nicknames import NickNamer

from lamplighter.rule_files.reading import packaged as packaged_toml

_NOT_LETTERS = re.compile(r"[^\w\s'’\-]|[\d_]")
_MISREAD = re.compile(r"(?<=[^\W\d_])[0158]+(?=[^\W\d_])|\b[0158](?=[^\W\d_]{3})")
_READ = str.maketrans("0158", "olsb")
"""Digits within a word that a machine, or a hand, made of letters: 'J0HN'. Those at its end may be meant."""
_BREAKS = re.compile(r"[\s\-]+")
_TITLES = frozenset({"mr", "mrs", "miss", "ms", "dr", "mx", "sir", "rev"})
_SHORT_END = re.compile(r"(?:ie|y|s|z|zza|o)$")
# Words that go before a name in an alias and are not part of it: 'Big Jack', 'Young Carl'.
_EPITHETS = frozenset(
    (
        "big",
        "bigman",
        "little",
        "lil",
        "old",
        "ole",
        "young",
        "yung",
        "wee",
        "fat",
        "fatty",
        "skinny",
        "mad",
        "crazy",
        "tall",
        "short",
        "long",
        "ginger",
        "blonde",
        "baldy",
        "bald",
        "scary",
        "mc",
        "dj",
        "the",
        "king",
        "queen",
        "prince",
        "uncle",
        "auntie",
        "cousin",
        "slim",
        "tiny",
        "scottish",
        "irish",
        "welsh",
        "polish",
    )
)
CODES = {
    **dict.fromkeys("bfpv", "1"),
    **dict.fromkeys("cgjkqsxz", "2"),
    **dict.fromkeys("dt", "3"),
    "l": "4",
    **dict.fromkeys("mn", "5"),
    "r": "6",
}
_SILENT_GH = re.compile(r"gh(?=t|$)")
UNSAID_AT_THE_END = "aeiouyhw"
_RUNS = re.compile(r"(.)\1+")


# Letters that are no other letter with a mark, as they are written where they are not known.
_FOLDED = str.maketrans(
    {"ß": "ss", "ł": "l", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i"}
)
_LETTERS = "abcdefgijklmnopqrstuvxyz"
_DIGITS = bytes.maketrans(_LETTERS.encode(), "".join(CODES.get(c, "0") for c in _LETTERS).encode())
"""The code of each letter; h and w are passed over, a vowel parts what stands around it."""
_TWICE = tuple((d + d, d) for d in "0123456789")


def folded(text: str) -> str:
    """Lower case without accents: ``Łódź`` gives ``lodz``; letters of other scripts stay."""
    lower = text.lower()
    return lower if lower.isascii() else without_accents(lower)


def without_accents(text: str) -> str:
    """Return a text without the marks on its letters."""
    apart = unicodedata.normalize("NFKD", text.translate(_FOLDED))
    # Syllables of Korean come apart too, and are put together again.
    return unicodedata.normalize("NFC", "".join(c for c in apart if not unicodedata.combining(c)))


def words(text: str | None) -> list[str]:
    """Lower-case words of a name without accents, apostrophes or titles: ``O'Neil-Shaw`` gives
    ``['oneil', 'shaw']``."""
    if not text:
        return []
    plain = text.lower()
    if plain.isascii() and plain.isalpha():
        # Nearly every name: the rest below is dear.
        return [] if plain in _TITLES else [plain]
    plain = _MISREAD.sub(lambda m: m[0].translate(_READ), folded(plain))
    plain = _NOT_LETTERS.sub(" ", plain).replace("'", "").replace("’", "")
    return [w for w in _BREAKS.split(plain) if w and w not in _TITLES]


def family_names(names: pl.Series) -> list[str | list[str]]:
    """Return the words of each of many surnames: one word, or a list."""
    lower = names.str.to_lowercase().to_list()
    plain = [w if w.isascii() and w.isalpha() and w not in _TITLES else None for w in lower]
    return [w or words(name) for w, name in zip(plain, names, strict=True)]


def sound(word: str | None) -> str | None:
    """Tell how a name sounds: a Soundex of any length over a few respellings, ``None`` for no word."""
    if not word:
        return None
    if word[0] in "kgwcq":
        word = _respelt(word)
    if "ph" in word:
        word = word.replace("ph", "f")
    if "gh" in word:
        word = _SILENT_GH.sub("", word) or word
    word = word.rstrip(UNSAID_AT_THE_END) or word
    digits = CODES.get(word[0], "0") + word[1:].encode().translate(_DIGITS, b"hw").decode()
    if digits.isascii() and digits.isdecimal():
        # Nearly every name: looking for what is there twice is cheaper than the pattern.
        for twice, once in _TWICE:
            while twice in digits:
                digits = digits.replace(twice, once)
    else:
        digits = _RUNS.sub(r"\1", digits)
    return (word[0] + digits[1:].replace("0", ""))[:5]


def _respelt(word: str) -> str:
    """Spellings that sound alike at the start, so that the code agrees on them."""
    first, second = word[0], word[1:2]
    if second == "n" and first in "kg":
        return word[1:]
    if second == "r" and first == "w":
        return word[1:]
    soft = second in ("e", "i", "y")
    if first in "cq":
        return ("s" if soft and first == "c" else "k") + word[1:]
    return "j" + word[1:] if first == "g" and soft else word


def called(alias: str | None) -> str | None:
    """Return the name within an alias, without the epithet: 'Old Jo' gives 'jo', 'Ghost' gives 'ghost'."""
    found = words(alias)
    plain = [w for w in found if w not in _EPITHETS]
    return next(iter(plain or found), None)


def is_nickname(alias: str | None) -> bool:
    """Tell whether an alias stands for no first name: 'Tank' does not, 'Big Dave' and 'Gaz' do."""
    found = words(alias)
    return len(found) == 1 and len(found[0]) > 1 and found[0] not in known_first_names()


def stem(word: str | None) -> str | None:
    """A first name without the ending of a short form ('gurps' gives 'gurp'), at least three
    letters; a name that begins with another's stem may be its long form."""
    if not word:
        return None
    found = _SHORT_END.sub("", word)
    return found if len(found) >= 3 else word


@cache
def _lookup() -> tuple[dict[str, frozenset[str]], dict[str, frozenset[str]]]:
    table = {k: set(v) for k, v in NickNamer.default_lookup().items()}
    for name, short in packaged_toml("lamplighter.linkage.features", "nicknames_uk.toml").items():
        table.setdefault(name, set()).update(short)
    namer = NickNamer(nickname_lookup=table)
    return (
        {k: frozenset(v) for k, v in namer.canonical_lookup.items()},
        {k: frozenset(v) for k, v in namer.nickname_lookup.items()},
    )


@cache
def known_first_names() -> frozenset[str]:
    """First names that have short forms, the short forms, and others in use in Britain: 3,400."""
    found = packaged_toml("lamplighter.linkage.features", "first_names_uk.toml")
    others = " ".join(found.values()).split()
    return frozenset(others).union(*map(frozenset, _lookup()))


def formal_names(word: str) -> frozenset[str]:
    """The name itself and the names it may be short for. Two names are in one class when these
    sets meet: Chris with Christopher and with Christine, but not those two with each other."""
    canonical, _ = _lookup()
    return frozenset({word}) | canonical.get(word, frozenset())
