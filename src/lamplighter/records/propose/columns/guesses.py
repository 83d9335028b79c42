"""Guess what one column may mean, by its heading and its values: ranked guesses, each with its reasons in
words.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from lamplighter.records.propose.columns.headings import Said, Whose, named, said_by, within, words_of
from lamplighter.records.propose.columns.looks import Values, agreement, in_words
from lamplighter.records.propose.columns.meanings import LEFT_OUT, NOT_USED, Meaning, meanings
from lamplighter.records.propose.sample import Table

SURE, LIKELY, LEAST = 0.8, 0.55, 0.35
"""From so much on a guess is sure, likely, or made at all."""
_ENOUGH = 0.8
"""Where so many values look as they should, the rest are slips of those who typed."""
_HARDLY = 0.2
OF_NOBODY = frozenset({"relationship", "safe_contact", "role"})
"""Meanings of people that are of one person whatever stands beside them: nobody is asked whose."""
_BY_LOOK, _LOOKS_ENOUGH = 0.6, 0.85
_WITHIN = 0.9
"""What a name within an object of JSON is worth, where the object says nothing of its own."""
_KINDS_AT_MOST = 40
_CODED_LOOKS = frozenset({"role", "relationship", "sex", "ethnicity"})
"""Looks of words from short lists, which sentences may hold as well."""
_EMPTY = 0.85
"""What a heading is worth alone, where there are no values to hold it against."""


@dataclass(frozen=True, slots=True)
class Guess:
    """One thing that a column may mean. ``whose``: the key of the person, "" where it is of the report or of
    the row's own person; ``score`` from 0 to 1."""

    meaning: str
    whose: str
    score: float
    reasons: tuple[str, ...]


@dataclass
class Column:
    """One column of a sample while it is being understood."""

    table: Table
    name: str
    heading: str
    values: Values
    said: Said
    guesses: list[Guess]
    chosen: Guess | None = None
    notes: list[str] = field(default_factory=list)

    @property
    def top(self) -> Guess | None:
        return self.guesses[0] if self.guesses else None

    def guess(self, meaning: str) -> Guess | None:
        """Return the guess that it means this."""
        return next((g for g in self.guesses if g.meaning == meaning), None)

    def means(self, *names: str) -> bool:
        """Tell whether the first guess is one of these meanings."""
        return self.top is not None and self.top.meaning in names


def columns_of(table: Table, kind: str | None) -> list[Column]:
    """Return every column of a table with its guesses, the best first."""
    found = []
    paths = table.paths or ("",) * len(table.columns)
    for name, heading, path in zip(table.columns, table.headings, paths, strict=True):
        values = Values.of(table.rows[name])
        said = said_by("" if heading.endswith("(no heading)") else heading, kind)
        found.append(Column(table, name, heading, values, said, _guesses(said, values, within(path))))
    return found


def _guesses(said: Said, values: Values, inner: str = "") -> list[Guess]:
    best: dict[tuple[str, str], Guess] = {}

    def offer(meaning: Meaning, whose: Whose | None, heading: float, because: str) -> None:
        key = whose.key if whose is not None and meaning.of_person and meaning.name not in OF_NOBODY else ""
        made = _weighed(meaning, key, heading, because, values)
        if made is not None and made.score > best.get((meaning.name, key), made).score - 1e-9:
            best[meaning.name, key] = made

    if said.of_others:
        made = Guess(NOT_USED, "", 0.9, (f"The heading says “{said.of_others}”: nobody of the report.",))
        best[NOT_USED, ""] = made
    for one in named(said.words):
        if said.whose is None or said.words == tuple(one.phrase.split()) or one.meaning == "relationship":
            offer(meanings()[one.meaning], said.whose, one.score, one.phrase)
    if inner and said.whose is None and not said.of_others:
        for one in named(words_of(inner)):
            offer(meanings()[one.meaning], None, _WITHIN * one.score, one.phrase)
    if said.whose is not None and not _kinds_of_teller(said, values, offer):
        _of_party(said, offer)
    if not any(g.score >= LEAST and g.meaning != NOT_USED for g in best.values()):
        _by_look(said, values, best)
    return sorted(best.values(), key=lambda g: -g.score)


def _kinds_of_teller(said: Said, values: Values, offer: object) -> bool:
    """Whether "Reported by" holds kinds of people ("Tenant", "POL") and no names; it is offered so then."""
    assert callable(offer)
    if said.rest or said.whose is None or said.whose.role != "reporting_person" or values.few:
        return False
    listed = values.distinct <= min(_KINDS_AT_MOST, 0.25 * len(values)) and values.share("text") < 0.5
    if not listed or (values.share("made_by") < 0.5 and values.share("whole_of_names") >= 0.5):
        return False
    offer(meanings()["made_by"], None, 0.95, said.said_so)
    return True


def _of_party(said: Said, offer: object) -> None:
    """What a heading says with the words for a person taken off."""
    assert callable(offer)
    if not said.rest:
        # "Victim", and no more: who it is.
        offer(meanings()["whole_name"], said.whose, 0.9, said.said_so)
        return
    for one in named(said.rest):
        meaning = meanings()[one.meaning]
        if meaning.of_person:
            offer(meaning, said.whose, one.score, f"{said.said_so}: {one.phrase}")
        elif meaning.name in {"report_reference", "row_reference"} and said.rest in {
            ("ref",),
            ("unique", "ref"),
        }:
            # "Victim id" is a number of hers.
            offer(meanings()["person_reference"], said.whose, 0.9, f"{said.said_so}: {one.phrase}")
        elif meaning.name == NOT_USED:
            offer(meaning, None, one.score, f"{said.said_so}: {one.phrase}")
        else:
            offer(meaning, None, 0.8 * one.score, one.phrase)


def _weighed(meaning: Meaning, whose: str, heading: float, because: str, values: Values) -> Guess | None:
    """Return a guess by a heading, held against the values."""
    because = _readable(because)
    says = f"The heading reads as “{because}”" if heading >= 0.55 else f"The heading has “{because}” in it"
    if meaning.name == NOT_USED:
        return Guess(meaning.name, whose, 0.95 * heading, (f"{says}, which the hub does not use.",))
    if values.few:
        seen = "there is no value" if not len(values) else "there are hardly any values"
        return Guess(
            meaning.name, whose, _EMPTY * heading, (f"{says}; {seen} in the sample to check it by.",)
        )
    look, share = agreement(values, meaning)
    score = heading * (0.25 + 0.75 * min(1.0, share / _ENOUGH))
    told = in_words(values, look)
    if share < _HARDLY:
        return Guess(meaning.name, whose, score, (f"{says}, but {told}.",))
    return Guess(meaning.name, whose, score, (f"{says}; {told}." if told else f"{says}.",))


_WRITTEN = {
    "ref": "number",
    "birthdate": "date of birth",
    "datetime": "date and time",
    "fullname": "full name",
}


def _readable(phrase: str) -> str:
    return " ".join(_WRITTEN.get(w, w) for w in phrase.split(" "))


def _by_look(said: Said, values: Values, best: dict[tuple[str, str], Guess]) -> None:
    """Guesses by the values alone, where the heading tells nothing and they cannot be much else."""
    if values.few or values.distinct < 2:
        return
    whose = said.whose.key if said.whose is not None else ""
    for meaning in meanings().values():
        if not meaning.by_look or (NOT_USED, "") in best:
            continue
        look, share = meaning.by_look, values.share(meaning.by_look)
        if share < _LOOKS_ENOUGH:
            continue
        if look == "text" and (values.distinct < 0.3 * len(values) or _mean_length(values) < 40):
            continue
        if look in _CODED_LOOKS and values.share("text") >= 0.5:
            continue
        if look == "role" and said.whose is not None:
            # "Notified by" holds victims and relatives, and is no part that somebody plays in the report.
            continue
        if look == "phone" and values.share("dialled") < _LOOKS_ENOUGH:
            continue
        told = in_words(values, look)
        key = whose if meaning.of_person and meaning.name not in OF_NOBODY else ""
        reason = (f"The heading does not say what it is; {told}.",)
        best[meaning.name, key] = Guess(meaning.name, key, _BY_LOOK * share, reason)


def _mean_length(values: Values) -> float:
    mean = values.texts.str.len_chars().mean()
    return float(mean) if isinstance(mean, int | float) else 0.0


def not_used(column: Column) -> Guess:
    """Return what a column means of which nothing is known, and why."""
    guess = column.guess(NOT_USED)
    if guess is not None:
        return guess
    if not len(column.values):
        return Guess(NOT_USED, "", 0.0, ("The heading is not known, and the column is empty in the sample.",))
    best = column.top
    if best is not None and best.meaning not in {NOT_USED, LEFT_OUT}:
        return Guess(NOT_USED, "", 0.0, best.reasons)
    return Guess(NOT_USED, "", 0.0, ("Neither the heading nor the values say what it is.",))
