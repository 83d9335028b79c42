"""Return what stands in a column of names and is no name: "unknown male", "my ex-partner", "Dave
(neighbour)".

Two people who are called "the neighbour" have no name in common. Nothing is left of a text that only says how
somebody is related or looks; a name that stands beside such words is left by itself.
"""

from __future__ import annotations

import re
from functools import cache

import polars as pl

from lamplighter.linkage.features.names import folded
from lamplighter.linkage_tables.headings import document, relations

# Also what is never closed, to the end, and left alone: no other bracket need be tried then.
_BRACKETS = re.compile(r"[(\[]([^)\]]*+)(?:[)\]]|\Z)")
_ENDS = re.compile(r"(?<!\s)\s++-++\s++|,\s*+")


def named(values: pl.Series) -> pl.Series:
    """Names without what is none; each distinct text is looked at once."""
    distinct = values.drop_nulls().unique()
    told = distinct.filter(distinct.str.to_lowercase().str.contains(_any_word()))
    if not len(told):
        return values
    read = {text: _name_in(text) for text in told.to_list()}
    changed = [t for t, name in read.items() if name != t]
    if not changed:
        return values
    new = pl.Series([read[t] for t in changed], dtype=pl.String())
    return values.replace(pl.Series(changed), new)


def without_looks(surnames: pl.Series, unnamed: pl.Series) -> pl.Series:
    """Surnames without what is none: of rows that are ``unnamed`` (n,), where nothing stands for a first name
    ("UNKNOWN"), a surname that says how somebody looks ("MALE"). Beside a name somebody may be called Man."""
    some = surnames.filter(unnamed).drop_nulls().unique()
    nobody = [text for text in some.to_list() if _says_nothing(text)]
    if not nobody:
        return surnames
    return surnames.set(unnamed & surnames.is_in(pl.Series(nobody).implode()).fill_null(False), None)


def relation_in(text: str) -> str | None:
    """Return the kind of relation that a text says, "her ex Dan" as "next door" does; none where it says two
    ("mum's partner"), or has but a word that is a name too ("Friend, Anna").
    """
    known, said = document()["no_names"], _said(text)
    names = () if _says_nothing(text) else known["also_names"]
    kinds = {relations()[w] for w in said if w in relations() and w not in names}
    if not kinds and all(w in known["little"] for w in said):
        # "Other family".
        kinds = set(said).intersection(document()["relations"])
    return kinds.pop() if len(kinds) == 1 else None


@cache
def _any_word() -> str:
    known = document()["no_names"]
    return rf"\b(?:{'|'.join(map(_spelled, (*relations(), *known['looks'])))})\b"


@cache
def _words() -> re.Pattern[str]:
    """Return a word, a number, or words that say how somebody is related only together: "next door"."""
    together = "|".join(_spelled(w) for w in relations() if " " in w)
    return re.compile(rf"(?i)\b(?:{together})\b|[^\W\d_]+|\d+")


def _spelled(word: str) -> str:
    """Return the pattern of a word, or of several with spaces or hyphens between."""
    return "[ -]".join(map(re.escape, word.split()))


def _said(text: str) -> list[str]:
    return [folded(w).replace("-", " ") for w in _words().findall(text)]


def _told_beside(brackets: re.Match[str]) -> str:
    return " " if brackets[0][-1] in ")]" and _says_nothing(brackets[1]) else brackets[0]


def _name_in(text: str) -> str | None:
    if _says_nothing(text):
        return None
    # "Dave (neighbour)".
    text = _BRACKETS.sub(_told_beside, text).strip()
    ends = _ENDS.split(text)
    if len(ends) == 2 and _is_related(ends[1]):
        # "Dave Quarle, ex-partner"; "Friend, Anna" is a name.
        text = ends[0]
    return _without_beginning(text)


def _without_beginning(text: str) -> str:
    """ "My ex-husband Dave" as "Dave"."""
    known, found, begun = document()["no_names"], list(_words().finditer(text)), 0
    for word in found[:-1]:
        said = folded(word[0]).replace("-", " ")
        between = text[word.end() : word.end() + 1]
        if said not in relations() and said not in known["little"] and said not in known["looks"]:
            break
        if between == ",":
            break
        telling = said in relations() or said in known["looks"]
        if begun or (telling and said not in known["also_names"]):
            begun = word.end()
    return text[begun:].lstrip(" -:'’") or text


def _says_nothing(text: str) -> bool:
    """Tell whether all words say how somebody is related or looks, one of them more than a little word."""
    known = document()["no_names"]
    words = _said(text)
    telling = {*relations(), *known["looks"]}
    return any(w in telling for w in words) and all(
        w in telling or w in known["little"] or w.isdecimal() for w in words
    )


def _is_related(text: str) -> bool:
    return _says_nothing(text) and any(w in relations() for w in _said(text))
