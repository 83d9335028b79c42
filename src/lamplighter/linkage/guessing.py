"""What each column of a table is taken for: by its heading, else by the look of what it holds."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from lamplighter.linkage.birth_parts import PARTS, in_parts
from lamplighter.linkage.coded import all_different
from lamplighter.linkage.feature_columns import EXTRA
from lamplighter.linkage.headings import (
    NAMES,
    begins_others,
    document,
    is_number_alone,
    named_field,
    of_another,
    of_somebody,
    plain,
    with_a_word_in_common,
    words,
)
from lamplighter.linkage.looks import (
    address_by_look,
    are_births,
    are_single_words,
    counts_up,
    field_by_look,
    is_of_house,
    kind_by_contents,
    maybe_names,
    name_by_look,
)
from lamplighter.linkage.stacked import copies, fill_each_other, tells_more
from lamplighter.linkage.whole_names import generations

KINDS = ("identifier", "text", "category", "number", "generation")
"""What a further column can be that is no field of a person."""
HOME = frozenset({"address_text", "street", "house"})
"""Where a table has one of these, another line of an address is of another place, or follows from it."""
GIVEN = frozenset({"forenames", "full_name"})
ONCE = ("record_id", "full_name", "birth_date", "sex")


def guessed(frame: pl.DataFrame, said: Mapping[str, str | None]) -> dict[str, str | None]:
    """What each column of ``frame`` is taken for, beside those that are ``said``: None for one left out."""
    taken: dict[str, str | None] = dict(said)
    single = {f for f in taken.values() if f is not None} - set(document()["several"]["fields"]) - set(KINDS)
    rest: list[str] = []
    if not single & {"birth_date", *PARTS}:
        parts = in_parts(frame, [c for c in frame.columns if c not in taken])
        taken |= parts
        single |= set(parts.values())
    free = [c for c in frame.columns if c not in taken]
    begun = with_a_word_in_common(
        free, [c for c in free if begins_others(c, free) and name_by_look(frame[c]) == "full_name"]
    )
    headings = {c: named_field(begun.get(c, c)) for c in frame.columns}
    headings |= _numbers_alone(frame, headings)

    def is_second(column: str) -> bool:
        # What is named without more comes first ("parent first name" gives way to "first name"), and of
        # columns that may number the rows one that does.
        return column in begun or (headings[column] == "record_id" and not all_different(frame[column]))

    for column in sorted(frame.columns, key=is_second):
        if column in taken:
            continue
        field = None if column.startswith(EXTRA) else headings[column]
        if field == "house" and words(column)[-1:] == ["number"] and not is_of_house(frame[column]):
            # "Caller number": of a telephone, or of anything.
            field = None
        if field == "answer" and name_by_look(frame[column]) is not None:
            # Nobody's answer is their name: a "label" or an "entity" may be what somebody is called.
            field = None
        if field == "generation" and generations(frame[column]).null_count() == frame.height:
            # A suffix of something else.
            field = None
        if field == "birth_date" and not are_births(frame[column]):
            # "14 July", or what stands for a date without telling it: the same, or another one.
            field = "identifier"
        if field == "answer":
            taken[column] = None
        elif field in KINDS:
            taken[column] = field
        elif field is not None and field not in single:
            taken[column] = field
            if field not in document()["several"]["fields"]:
                single.add(field)
        elif field is not None and field != "record_id" and _fills_in(frame, column, field, taken):
            # Of a table made of several each had a heading of its own.
            taken[column] = field
        elif field in ONCE:
            # A second number for each row tells rows apart, not people; a second name says the same again.
            taken[column] = None
        else:
            rest.append(column)
    if single.isdisjoint({"surname", "full_name"}):
        # Of somebody who had another name at birth that alone may be told.
        at_birth = next((c for c in rest if plain(begun.get(c, c)) in document()["at_birth"]), None)
        if at_birth is not None:
            rest.remove(at_birth)
            taken[at_birth] = "surname"
            single.add("surname")
    if {"forenames", "surname"} <= single:
        # The whole name says nothing that its parts do not, unless it stands where these do not.
        named = [frame[c] for c, f in taken.items() if f in ("forenames", "surname")]
        taken = {
            c: None if f == "full_name" and c not in said and not tells_more(frame[c], named) else f
            for c, f in taken.items()
        }
    elif "forenames" in single and "surname" not in single:
        # "Vorname, Name": the one beside the given names is the other.
        taken = {
            c: "surname" if f == "full_name" and c not in said and are_single_words(frame[c]) else f
            for c, f in taken.items()
        }
        single |= {"surname"} & set(taken.values())
    # A column that is called by whoever the table is of comes before others with names in them.
    for column in sorted(rest, key=lambda c: not of_somebody(c)):
        look = field_by_look(frame[column])
        if look is None and single.isdisjoint(HOME) and address_by_look(frame[column]):
            look = "address_text"
        if look is None and single.isdisjoint(GIVEN) and not of_another(column):
            look = name_by_look(frame[column])
            if look == "full_name" and not single.isdisjoint(NAMES):
                # Beside a surname two names are those that somebody was given.
                look = "forenames"
        if look is not None and look not in single:
            taken[column] = look
            if look not in document()["several"]["fields"]:
                single.add(look)
        else:
            # What numbers the rows tells them apart, and nobody.
            taken[column] = None if counts_up(frame[column]) else kind_by_contents(frame[column])
    if single.isdisjoint(NAMES):
        # Names of a people whose first names nobody here knows.
        texts = [c for c in rest if taken[c] == "text" and maybe_names(frame[c])]
        if texts:
            taken[max(texts, key=lambda c: frame[c].n_unique())] = "full_name"
    # What says the same again would count twice.
    further = [c for c in rest if taken[c] in KINDS]
    others = [c for c, f in taken.items() if f is not None and c not in further]
    return taken | dict.fromkeys(copies(frame, further, others))


def _fills_in(frame: pl.DataFrame, column: str, field: str, taken: Mapping[str, str | None]) -> bool:
    """Whether a column tells of what others of its field leave out, and hardly anything beside them."""
    return all(fill_each_other(frame[column], frame[c]) for c, f in taken.items() if f == field)


def _numbers_alone(frame: pl.DataFrame, headings: Mapping[str, str | None]) -> dict[str, str | None]:
    """What columns are that are called a number and no more: beside a street of the house, unless they count
    the rows; else of the rows, where all have short ones and no two the same."""
    streets = {"street", "address_text"} & set(headings.values())
    found: dict[str, str | None] = {}
    for column in headings:
        if not is_number_alone(column):
            continue
        of_rows = not streets and all_different(frame[column]) and is_of_house(frame[column])
        if of_rows or counts_up(frame[column]):
            found[column] = "record_id"
        elif not streets:
            found[column] = None
    return found
