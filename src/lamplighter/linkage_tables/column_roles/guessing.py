"""Guess what each column of a table holds: by its heading, else by the look of its values."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from lamplighter.linkage.features.encoded_columns import all_different
from lamplighter.linkage.features.feature_columns import EXTRA
from lamplighter.linkage_tables.cleaning.birth_parts import PARTS, in_parts
from lamplighter.linkage_tables.cleaning.names.whole_names import generations
from lamplighter.linkage_tables.column_roles.looks import (
    are_births,
    are_marks,
    are_single_words,
    field_by_look,
    is_of_house,
    kind_by_contents,
    maybe_names,
    maybe_surnames,
    name_by_look,
)
from lamplighter.linkage_tables.column_roles.stacked_columns import (
    fill_each_other,
    folded_texts,
    tells_more,
)
from lamplighter.linkage_tables.headings import (
    NAMES,
    begins_others,
    document,
    is_chosen,
    is_number_of_something,
    named_field,
    of_a_place,
    of_another,
    of_somebody,
    plain,
    with_a_word_in_common,
)

KINDS = ("identifier", "text", "category", "date", "number", "generation")
"""What a further column can be that is no field of a person."""
GIVEN = frozenset({"forenames", "full_name"})
_BESIDE = 2
ONCE = ("record_id", "full_name", "birth_date", "sex")


def guessed(frame: pl.DataFrame, said: Mapping[str, str | None]) -> dict[str, str | None]:
    """Return what each column of ``frame`` is taken for, beside those that are ``said``: None for one left
    out."""
    guess = _Guess(frame, said)
    guess.by_headings()
    guess.with_a_name_at_birth()
    guess.of_whole_names_and_parts()
    guess.by_looks()
    return guess.taken


class _Guess:
    """Hold what the columns of one table are ``taken`` for so far, the fields that have their ``single``
    column, and the columns that are left (``rest``). Each step goes by what those before it found."""

    def __init__(self, frame: pl.DataFrame, said: Mapping[str, str | None]) -> None:
        self.frame, self.said = frame, said
        self.several = frozenset(document()["several"]["fields"])
        self.taken = dict(said)
        self.single = {f for f in said.values() if f is not None} - self.several - set(KINDS)
        self.rest: list[str] = []
        if not self.single & {"birth_date", *PARTS}:
            parts = in_parts(frame, self._free())
            self.taken |= parts
            self.single |= set(parts.values())
        free = self._free()
        begun = [c for c in free if begins_others(c, free) and name_by_look(frame[c]) == "full_name"]
        self.begun = with_a_word_in_common(free, begun)
        self.headings = {c: named_field(self._called(c)) for c in frame.columns}

    def _free(self) -> list[str]:
        return [c for c in self.frame.columns if c not in self.taken]

    def _called(self, column: str) -> str:
        """Return the heading of a column without a word that others begin with too."""
        return self.begun.get(column, column)

    def _take(self, column: str, field: str) -> None:
        self.taken[column] = field
        if field not in self.several:
            self.single.add(field)

    def by_headings(self) -> None:
        """Return what the headings say."""
        for column in sorted(self._free(), key=self._is_second):
            field = None if column.startswith(EXTRA) else self._field_of_heading(column)
            if field == "answer":
                self.taken[column] = None
            elif field in KINDS:
                self.taken[column] = field
            elif field is not None and field not in self.single:
                self._take(column, field)
            elif field is not None and field != "record_id" and self._fills_in(column, field):
                # Of a table made of several each had a heading of its own.
                self.taken[column] = field
            elif field == "full_name" and is_chosen(column) and self._differs(column, field):
                self._take(column, "nicknames")
            elif field in ONCE:
                # A second number for each row tells rows apart, not people; a second name says the same.
                self.taken[column] = None
            else:
                self.rest.append(column)

    def _is_second(self, column: str) -> bool:
        # What is named without more comes first ("parent first name" gives way to "first name"), and of
        # columns that may number the rows one that does; and what somebody calls themselves comes after the
        # name that they have.
        numbers = self.headings[column] == "record_id"
        is_numbering = not numbers or all_different(self.frame[column])
        return column in self.begun or not is_numbering or is_chosen(column)

    def _field_of_heading(self, column: str) -> str | None:
        """Return the field that a heading says, unless what is in the column speaks against it."""
        field, values = self.headings[column], self.frame[column]
        alone = plain(self._called(column)) == "number" and not is_of_house(values)
        if field == "house" and (alone or is_number_of_something(column)):
            # "Caller number", "elector no.": of a telephone, or of anything, though a house might have it.
            return None
        if field == "answer" and name_by_look(values) is not None:
            # Nobody's answer is their name: a "label" or an "entity" may be what somebody is called.
            return None
        if field == "generation" and generations(values).null_count() == len(values):
            # A suffix of something else.
            return None
        if field == "vehicles" and not are_marks(values):
            # What make it is of, or somebody's number of another kind.
            return None
        if field == "birth_date" and not are_births(values):
            # What stands for a date without telling it: the same, or another one.
            return "identifier"
        return field

    def _fills_in(self, column: str, field: str) -> bool:
        """Tell whether a column tells of what others of its field leave out, and hardly anything beside
        them."""
        others = (c for c, f in self.taken.items() if f == field)
        return all(fill_each_other(self.frame[column], self.frame[c]) for c in others)

    def _differs(self, column: str, field: str) -> bool:
        """Tell whether a column says another thing than those of its field do, in most rows that tell
        both."""
        own = folded_texts(self.frame[column])
        for other in (folded_texts(self.frame[c]) for c, f in self.taken.items() if f == field):
            same = own == other
            if 2 * int(same.sum()) >= len(same) - same.null_count():
                return False
        return True

    def with_a_name_at_birth(self) -> None:
        """Of somebody who had another name at birth that alone may be told."""
        if not self.single.isdisjoint({"surname", "full_name"}):
            return
        known = document()["at_birth"]
        at_birth = next((c for c in self.rest if plain(self._called(c)) in known), None)
        if at_birth is not None:
            self.rest.remove(at_birth)
            self._take(at_birth, "surname")

    def of_whole_names_and_parts(self) -> None:
        """Return what a whole name is beside its parts."""
        whole = [c for c, f in self.taken.items() if f == "full_name" and c not in self.said]
        if {"forenames", "surname"} <= self.single:
            # It says nothing that its parts do not, unless it stands where these do not.
            parts = [self.frame[c] for c, f in self.taken.items() if f in ("forenames", "surname")]
            self.taken |= {c: None for c in whole if not tells_more(self.frame[c], parts)}
        elif "forenames" in self.single and "surname" not in self.single:
            # "Vorname, Name": the one beside the given names is the other.
            for column in whole:
                if are_single_words(self.frame[column]):
                    self._take(column, "surname")

    def by_looks(self) -> None:
        """Return what is left, by what is in it: as a field, or as a further column."""
        # A column that is called by whoever the table is of comes before others with names in them.
        for column in sorted(self.rest, key=lambda c: not of_somebody(c)):
            look, values = self._look(column), self.frame[column]
            if look is not None and look not in self.single:
                self._take(column, look)
            else:
                self.taken[column] = kind_by_contents(values)
        if "forenames" in self.single and self.single.isdisjoint({"surname", "full_name"}):
            self._take_surname()
        if self.single.isdisjoint(NAMES):
            # Names of a people whose first names nobody here knows.
            texts = [c for c in self.rest if self.taken[c] == "text" and maybe_names(self.frame[c])]
            if texts:
                self.taken[max(texts, key=lambda c: self.frame[c].n_unique())] = "full_name"

    def _take_surname(self) -> None:
        """The column beside that of given names that may be of surnames, where none is known: of what people
        are called hardly anything is written without one."""
        columns = self.frame.columns
        given = min(columns.index(c) for c, f in self.taken.items() if f == "forenames")
        beside = [c for c in self.rest if abs(columns.index(c) - given) <= _BESIDE and not of_another(c)]
        words = [c for c in beside if maybe_surnames(self.frame[c])]
        if words:
            # The next one, and rather behind than before.
            self._take(
                min(words, key=lambda c: (abs(columns.index(c) - given), columns.index(c) < given)), "surname"
            )

    def _look(self, column: str) -> str | None:
        """Return the field as whose values those of a column look; of names and homes where there are none
        yet.
        """
        values = self.frame[column]
        look = field_by_look(values)
        if look is not None and (of_another(column) or (look == "postcode" and of_a_place(column))):
            # Of next of kin, or where a surgery is.
            return None
        if look is None and self.single.isdisjoint(GIVEN) and not of_another(column):
            look = name_by_look(values)
            if look == "full_name" and not self.single.isdisjoint(NAMES):
                # Beside a surname two names are those that somebody was given.
                look = "forenames"
        return look
