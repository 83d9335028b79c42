"""Read what the heading of a column says that it holds.

Names are looked up in ``columns.toml`` as they stand, without case, accents and marks; then without what is
in brackets, without words that every column of a table may have ("patient", "primary"), and with "no." as
"number".
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any

from lamplighter.linkage.features.names import folded, without_accents
from lamplighter.rule_files.reading import packaged as packaged_toml

_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+|#|[^\W\da-zA-Z_]+")
NAMES = frozenset({"forenames", "surname", "full_name", "middle_name"})
_NTH = {
    ("forenames", "1"): "forenames", ("forenames", "2"): "middle_name",
    ("surname", "1"): "surname", ("surname", "2"): "second_surname",
}  # fmt: skip
"""What the first and the second of somebody's given names, or surnames, are called."""
_MOST_WORDS = 2
LANGUAGES = ("german", "welsh_irish")
"""Of each a file in ``languages``."""
# Also what is never closed, to the end, and left alone: no other bracket need be tried then.
_BRACKETS = re.compile(r"[(\[][^)\]]*+(?:[)\]]|\Z)")
_OWNER = re.compile(r"['’]s\b")
_CONDITION = re.compile(
    r"(?<=[^\W_])(?:[\W_]+(?i:if|falls|wenn|sofern|si|se|optional)(?=[\W_]|$)|If(?=[A-Z])).{0,100}$"
)
"""What a heading says of when its column is filled: "DOB if known", "Nachname (falls bekannt)". In 100
characters: with no end to them, lines of "if" and "if" again are read to their end from each."""


@cache
def document() -> Mapping[str, Any]:
    """Return ``columns.toml`` with what the files of other :data:`LANGUAGES` add to its lists."""
    found = dict(packaged_toml("lamplighter.linkage_tables", "columns.toml"))
    for language in LANGUAGES:
        for key, more in in_language(language).items():
            own = found[key]
            found[key] = (
                [*own, *more]
                if isinstance(more, list)
                else {**own, **{name: [*own[name], *words] for name, words in more.items()}}
            )
    return found


def in_language(language: str) -> Mapping[str, Any]:
    """Return what tables in another language call things."""
    return packaged_toml("lamplighter.linkage_tables", f"languages/{language}.toml")


@cache
def relations() -> Mapping[str, str]:
    """Return the kind of every word that says how somebody is related to somebody else."""
    return {word: kind for kind, words in document()["relations"].items() for word in words}


@cache
def by_name() -> Mapping[str, str]:
    """Return the field of every name in the document."""
    return {plain(name): field for field, names in document()["fields"].items() for name in names}


def plain(name: str) -> str:
    """Return a column's name without case, accents and marks."""
    return re.sub(r"[\W_]", "", folded(name))


def words(name: str) -> list[str]:
    """Return the words of a column's name without case and accents: ``ApplicantSurname`` gives
    ``['applicant', 'surname']``."""
    # A capital letter begins a word: case is looked at before it is lost.
    return [folded(w) for w in _WORDS.findall(without_accents(_OWNER.sub("", name)))]


def named_field(column: str) -> str | None:
    """Return the field that a column's name says it is; 'answer' for one that is never compared."""
    names = document()["identifiers"]["names"]
    if _is_answer(words(column)):
        return "answer"
    for candidate in _candidates(column):
        if candidate in document()["answers"]:
            return "answer"
        if candidate in names:
            return "identifier"
        if candidate in document()["generations"]["names"]:
            return "generation"
        if candidate in by_name():
            return by_name()[candidate]
        if candidate in document()["headings"]["surname_first"]:
            return "full_name"
    found = _numbered_name(column) or _of_an_age(column)
    always = _CONDITION.sub("", column)
    return found if found is not None or always == column else named_field(always)


def _of_an_age(column: str) -> str | None:
    """Return the field of a heading that speaks of an age and of something else: "age at arrest" is one,
    "DOB or approx. age" a birth, where ages are read too.
    """
    found, known = words(column), document()["ages"]
    if found[:1] == ["age"] and len(found) > 2 and found[1] in known["told"]:
        return "age"
    begin = [w for w in found[:-1] if w not in known["beside"]]
    is_birth = found[-1:] == ["age"] and len(begin) and named_field("_".join(begin)) == "birth_date"
    return "birth_date" if is_birth else None


def _is_answer(found: Sequence[str]) -> bool:
    """Tell whether the words of a heading say who a row is truly of (``true_victim``), or number the persons
    (``unique_person_id``, ``entity_key``)."""
    known = document()["answer_words"]
    rest = [w for w in found if w not in known["true"]]
    if len(rest) < len(found):
        # "True name" is a name.
        return named_field("_".join(rest)) in (None, "answer", "record_id")
    own = [w for w in rest if w not in known["unique"]]
    return len(own) > 1 and set(own) <= {*known["whom"], *known["number"]} and own[0] in known["whom"]


def _numbered_name(column: str) -> str | None:
    """Return the field of a name that has a number, with a word for a part or without: ``fname_c1``, ``lname
    2``.
    """
    found = words(column)
    number = found.pop() if found else ""
    if found and found[-1] in document()["headings"]["part"]:
        found.pop()
    return _NTH.get((by_name().get("".join(found), ""), number))


def with_a_word_in_common(columns: Sequence[str], named: Sequence[str] = ()) -> Mapping[str, str]:
    """Return the headings of a table that say what they hold once the word is taken off with which they all
    begin (``cust_forename``, ``cust_dob``) or end: column -> the rest.

    Such a word is one of a person, or of a file, that nobody can know beforehand; it may be two
    (``raw_inventor_name_last``). It stands before the name of a field in two columns at the least, a name of
    somebody among them. Of several such words, as where parents stand beside a child, the one that tells
    most is taken. ``named``: columns of whole names, whose heading may be such a word and no more
    (``contributor`` beside ``contributor_zip``).
    """
    marked: dict[tuple[tuple[str, ...], bool], dict[str, str]] = defaultdict(dict)
    for column in named:
        marked[tuple(words(column)), True][column] = "full_name"
    for column in columns:
        found = words(column)
        if named_field(column) is not None:
            continue
        for many in range(1, min(len(found) - 1, _MOST_WORDS) + 1):
            for own, rest, first in (
                (found[:many], found[many:], True),
                (found[-many:], found[:-many], False),
            ):
                if not own[0].isdecimal() and named_field("_".join(rest)) not in (
                    None,
                    "answer",
                    "record_id",
                ):
                    marked[tuple(own), first][column] = "_".join(rest)
    told = [
        (len(fields), headings)
        for headings in marked.values()
        if len(headings) > 1 and (fields := {named_field(h) for h in headings.values()}) & NAMES
    ]
    # The first of equals: dictionaries keep the order of the columns.
    return max(told, key=lambda one: one[0], default=(0, {}))[1]


def begins_others(column: str, columns: Sequence[str]) -> bool:
    """Tell whether the words of a heading begin another one."""
    own = words(column)
    return bool(own) and any(len(o) > len(own) and o[: len(own)] == own for o in map(words, columns))


def of_somebody(column: str) -> bool:
    """Tell whether a column is called by whoever the table is of, and no more: "Patient", "Juror"."""
    known = document()["headings"]
    found = set(words(column))
    return bool(found) and found <= {*known["people"], *known["of_people"]}


def is_chosen(column: str) -> bool:
    """Tell whether a heading says that somebody calls themselves so: "display name"."""
    return not set(_candidates(column)).isdisjoint(document()["headings"]["chosen"])


def of_another(column: str) -> bool:
    """Tell whether a heading says that a column is of somebody whom the row's person is related to, or who
    wrote it: "next of kin", "mother", "referred by"."""
    known = document()["headings"]
    found = set(words(column)) - {*known["people"], *known["of_people"]}
    return not found.isdisjoint((*known["others"], *relations()))


def of_a_place(column: str) -> bool:
    """Tell whether a heading says that a column is of a place where nobody lives, or lives no more."""
    return not set(words(column)).isdisjoint(document()["addresses"]["not_beside"])


def of_days(column: str) -> bool:
    """Tell whether a heading says that digits alone ("20240131") are days."""
    return not set(words(column)).isdisjoint(document()["days"]["headings"])


def is_number_of_something(column: str) -> bool:
    """Tell whether the last word of a heading is that it has numbers, and one before it says of what, which
    is no house: "caller number", "elector no."."""
    *before, last = words(column) or [""]
    same = document()["headings"]["same"].get(last, last) == "number"
    return bool(same and before) and not set(before) & set(document()["addresses"]["buildings"])


def begins_with_surname(column: str) -> bool:
    """Tell whether a column's name says that the whole names in it begin with the surname."""
    return any(c in document()["headings"]["surname_first"] for c in _candidates(column))


def _without_brackets(text: str) -> str:
    return _BRACKETS.sub(lambda found: " " if found[0][-1] in ")]" else found[0], text)


def _candidates(column: str) -> Iterator[str]:
    """Yield a column's name as it stands, and with less and less of what tells nothing."""
    headings = document()["headings"]
    name = plain(column)
    yield name
    for begin in headings["drop"]:
        rest = name.removeprefix(begin)
        # "Contact first" is a name, "address given" is none.
        if rest == name or rest not in headings["bare"] or begin in headings["people"]:
            yield rest
    bare = _without_brackets(column)
    yield plain(bare)
    # What stands first in a list is numbered by nought ("name.0.family").
    found = [headings["same"].get(w, w) for w in words(bare) if w != "0"]
    yield "".join(found)
    # "Alt. contact no.": of whoever it is a contact.
    told = [w for w in found if w not in headings["anybody"]]
    if told:
        yield "".join(told)
    telling = [w for w in told if w not in headings["people"]]
    # "Patient no." is no number of a house.
    if telling and not (len(telling) < len(found) and set(telling) <= set(headings["bare"])):
        yield "".join(telling)
    while (
        len(telling) > 1 and telling[0] in headings["drop"] and not set(telling[1:]) <= set(headings["bare"])
    ):
        # "Mailing address city".
        telling = telling[1:]
        yield "".join(telling)


def title_of(column: str) -> str:
    """Return what a further column is called in explanations."""
    words = re.sub(r"[\W_]+", " ", column).strip()
    return words[:1].upper() + words[1:]
