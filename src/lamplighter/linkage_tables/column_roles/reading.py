"""Read a table of which it is known what its columns hold: fields tidied, further columns named, and what the
rows themselves tell of the columns."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import polars as pl

from lamplighter.linkage.comparisons.comparison_levels import Extra
from lamplighter.linkage.features import titles
from lamplighter.linkage.features.encoded_columns import all_different
from lamplighter.linkage.features.feature_columns import EXTRA, EXTRA_NUMBER
from lamplighter.linkage.model.sources import MOST_SOURCES
from lamplighter.linkage_tables.cleaning.age_dates import days_of, told_beside_births, told_on, usual_day
from lamplighter.linkage_tables.cleaning.clean_columns import clean, identifiers, lists, numbered
from lamplighter.linkage_tables.cleaning.contacts import are_mixed, both_in
from lamplighter.linkage_tables.cleaning.dates import dated
from lamplighter.linkage_tables.cleaning.measures import numbers
from lamplighter.linkage_tables.cleaning.names import accounts_in_names
from lamplighter.linkage_tables.cleaning.names.bynames import with_bynames
from lamplighter.linkage_tables.cleaning.names.not_names import named, without_looks
from lamplighter.linkage_tables.cleaning.names.whole_names import generations
from lamplighter.linkage_tables.cleaning.placeholders import without_standins
from lamplighter.linkage_tables.cleaning.shaping import shaped
from lamplighter.linkage_tables.column_roles.guessing import KINDS
from lamplighter.linkage_tables.column_roles.no_identifiers import warn_of_unread
from lamplighter.linkage_tables.column_roles.stacked_columns import put_together
from lamplighter.linkage_tables.headings import begins_with_surname, document, title_of
from lamplighter.linkage_tables.inputs.row_ids import checked, row_ids, told_apart

_READ: Mapping[str, Callable[[pl.Series], pl.Series]] = {
    "number": lambda values: numbers(clean(values)), "date": lambda values: dated(clean(values)),
    "generation": generations, "identifier": identifiers,
}  # fmt: skip
_FORMED: Mapping[str, Callable[[pl.Series], pl.Series]] = {
    **dict.fromkeys(("full_name", "forenames"), lambda values: named(values)),
}  # fmt: skip
"""What is made of a field's clean texts."""
_READ_AS = {"birth_date": ("birth_date", "birth_year"), "age": ("age_from",), "recorded_on": ("reported_at",)}
"""What is read, and where it is then."""
GENERATION = Extra("x_generation", "generation", "Junior or senior")
"""What stands behind whole names, where no column of its own has it."""
CONTACTS = ("phones", "emails")
_FEWEST = 5


@dataclass(frozen=True, slots=True)
class Understood:
    """A table in our words: ``people``, the further columns that are compared (``extras``), and what each
    column was ``taken_for``, None for one that is left out."""

    people: pl.DataFrame
    extras: tuple[Extra, ...]
    taken_for: Mapping[str, str | None]


def read(frame: pl.DataFrame, taken: Mapping[str, str | None], said: frozenset[str]) -> Understood:
    """``frame`` in our words.

    Args:
        taken: what each column is taken for.
        said: the columns of which the caller says it; of others the rows may tell something else.
    """
    reading = _Reading(frame, dict(taken), said)
    reading.tidy_fields()
    reading.add_further_columns()
    reading.number_the_records()
    reading.part_whole_names()
    people = reading.shaped()
    people = reading.with_ages_told(people)
    told = {c: reading.taken.get(c) for c in frame.columns}
    return Understood(people, tuple(reading.extras.values()), told)


@dataclass(slots=True)
class _Reading:
    """Hold what is ``made`` of the columns of a ``frame`` so far, by what they are ``taken`` for; ``extras``:
    column -> the further column that it is."""

    frame: pl.DataFrame
    taken: dict[str, str | None]
    said: frozenset[str]
    made: dict[str, pl.Series] = field(default_factory=dict)
    extras: dict[str, Extra] = field(default_factory=dict)

    def tidy_fields(self) -> None:
        """The fields of a person, each as one clean column."""
        every = document()["fields"]
        with ThreadPoolExecutor(2) as pool:
            # What a person has several of takes longest, and comes first.
            several = document()["several"]["fields"]
            order = sorted(every, key=lambda f: f not in several)
            tidied = dict(zip(order, pool.map(self._tidied, order), strict=True))
        self.made = {f: tidied[f] for f in every if tidied[f] is not None}
        made = self.made
        if {"forenames", "surname"} <= set(made):
            made["surname"] = without_looks(made["surname"], self._unnamed())
        if "street" in made and not {"house", "address_text"} & set(made) and numbered(made["street"]):
            # A street with the number in it is a line of an address.
            made["address_text"] = made.pop("street")
            streets = [c for c, f in self.taken.items() if f == "street" and c not in self.said]
            self.taken |= dict.fromkeys(streets, "address_text")

    def _unnamed(self) -> pl.Series:
        """Return which rows have something for a first name that is none."""
        written = [self.frame[c].is_not_null() for c, f in self.taken.items() if f == "forenames"]
        return pl.select(t=pl.any_horizontal(*written))["t"] & self.made["forenames"].is_null()

    def _tidied(self, name: str) -> pl.Series | None:
        own = self._of_contacts(name) if name in CONTACTS else self._taken_for(name)
        if not own or name == "record_id":
            return None
        if name in document()["several"]["fields"]:
            return lists([s if isinstance(s.dtype, pl.List) else clean(s) for s in own], name)
        values = put_together([clean(s) for s in own], name)
        return _FORMED[name](values) if name in _FORMED else values

    def _taken_for(self, name: str) -> list[pl.Series]:
        return [self.frame[c] for c, f in self.taken.items() if f == name]

    def _of_contacts(self, name: str) -> list[pl.Series]:
        """Return the columns of telephones or of e-mail addresses, and what cells that hold both have of
        them.
        """
        found = []
        for own in CONTACTS:
            for column in self._taken_for(own):
                mixed = are_mixed(column)
                if mixed or own == name:
                    found.append(both_in(column)[CONTACTS.index(name)] if mixed else column)
        return found

    def add_further_columns(self) -> None:
        for column, kind in self.taken.items():
            if kind in KINDS:
                extra = Extra(_extra_name(column, kind, self.made), kind, title_of(column))
                self.extras[column] = extra
                self.made[extra.column] = _READ.get(kind, clean)(self.frame[column])

    def number_the_records(self) -> None:
        """An id a record: the table's own, with its source where sources number alike, else the row. A column
        that was only guessed to number the rows, and does not, is left out."""
        own = next((c for c, f in self.taken.items() if f == "record_id"), None)
        ids = None
        if own is not None:
            theirs = told_apart(self.frame[own], self.made.get("source"))
            if own in self.said:
                ids = checked(theirs, own)
            elif all_different(theirs):
                ids = theirs
            else:
                self.taken[own] = None
        self.made["record_id"] = row_ids(self.frame.height) if ids is None else ids

    def part_whole_names(self) -> None:
        """Whole names, and beside them what tells a father from his son."""
        made = self.made
        if "full_name" not in made:
            return
        made["full_name"], accounts = accounts_in_names.apart(made["full_name"], made.get("handles"))
        if accounts is not None:
            made["handles"] = accounts
        if "sex" not in made:
            # The clean name has lost its title.
            written = [clean(self.frame[c]) for c, f in self.taken.items() if f == "full_name"]
            names = put_together(written, "full_name")
            sexes = titles.before_names(names)
            if sexes is not None:
                made["sex"] = sexes.alias("sex")
        names = made["full_name"] = _FORMED["full_name"](made["full_name"])
        if not any(e.kind == "generation" for e in self.extras.values()):
            behind = generations(names)
            if len(behind) - behind.null_count() >= _FEWEST:
                made[GENERATION.column] = behind
                self.extras[GENERATION.column] = GENERATION

    def shaped(self) -> pl.DataFrame:
        """Return what is made as a table, in the shape in which it is compared. Warns of what could not be
        read."""
        whole = next((c for c, f in self.taken.items() if f == "full_name"), "")
        people = shaped(pl.DataFrame(self.made), surname_first=begins_with_surname(whole))
        for name, read_as in _READ_AS.items():
            there = [people[c] for c in read_as if c in people.columns]
            if name in self.made and _tells(self.made[name]) and not any(map(_tells, there)):
                warn_of_unread(self.taken, name)
        people = with_bynames(people)
        return without_standins(people, [e.column for e in self.extras.values() if e.kind == "identifier"])

    def with_ages_told(self, people: pl.DataFrame) -> pl.DataFrame:
        """Ages with the day on which they were told, where a column says it, which is then no further one. Of
        a few days each is a list, and a source: brothers and sisters of nearly one age stand beside each
        other in it, and hardly anybody twice."""
        if "recorded_on" in self.made or "age_from" not in people.columns:
            return people
        days = {c: e.column for c, e in self.extras.items() if c not in self.said}
        days |= {c: f for c, f in self.taken.items() if f == "source"}
        column = told_on(people, days)
        is_listed = column is not None
        column = column or told_beside_births(people, days)
        if column is None:
            return self._with_usual_day(people)
        listed_on = days_of(people[days[column]]).alias("reported_at")
        people = people.with_columns(listed_on)
        if is_listed and "source" not in people.columns and listed_on.n_unique() <= MOST_SOURCES:
            people = people.with_columns(source=listed_on.cast(pl.String()))
        if column in self.extras:
            self.taken[column] = "recorded_on"
            people = people.drop(self.extras.pop(column).column)
        return people

    def _with_usual_day(self, people: pl.DataFrame) -> pl.DataFrame:
        """Ages as if all were told on one day, which only matters where births are told too."""
        day = usual_day(people)
        return people if day is None else people.with_columns(reported_at=pl.lit(day))


def _tells(values: pl.Series) -> bool:
    return values.null_count() < len(values)


def _extra_name(column: str, kind: str, made: Mapping[str, pl.Series]) -> str:
    """Return a further column by a name that the table of levels can use, and no other has."""
    begin = EXTRA_NUMBER if kind == "number" else EXTRA
    name = begin + (re.sub(r"[^a-z0-9]+", "_", column.lower()).strip("_") or "column")
    return name if name not in made else f"{name}_{len(made)}"
