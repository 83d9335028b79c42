"""Tell how the two people of a record are related, by whatever says it: a column of its own, or what stands
where a name should.

"HER EX", "ex-husband" and "former partner" are three texts and say one thing, which "next door" does not: of
a person whom nothing names it is often all that is known. What says nothing but kinds of relations is one
column of the record, however it is worded and whichever party it stands with.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import polars as pl

from lamplighter.linkage.comparisons.comparison_levels import Extra
from lamplighter.linkage_tables.cleaning.names.not_names import relation_in
from lamplighter.linkage_tables.column_roles.reading import Understood

RELATED = Extra("x_related", "category", "How the two are related")
_MOSTLY = 0.9
"""So many values of a column have to say how two people are related."""
_FEWEST = 5


@dataclass(frozen=True, slots=True)
class Told:
    """A party as it is understood and the ``frame`` that it was read from, by the names of its columns."""

    understood: Understood
    frame: pl.DataFrame


def with_relation(first: Told, second: Told, both: Told) -> tuple[Understood, Understood, Understood]:
    """Return the parties and what is of both, to which what says how the two are related is moved."""
    found: list[pl.Series] = []
    rest = []
    for told in (both, second, first):
        own, kinds = _without_relations(told.understood)
        rest.append(own)
        found += kinds
    found += [kinds for told in (second, first) for kinds in _beside_names(told)]
    shared, other, one = rest
    if not found:
        return one, other, shared
    said = pl.DataFrame([s.alias(str(i)) for i, s in enumerate(found)]).select(pl.coalesce("*"))
    values = said.to_series().alias(RELATED.column)
    if len(values) - values.null_count() < _FEWEST or values.drop_nulls().n_unique() < 2:
        return first.understood, second.understood, both.understood
    shared = replace(shared, people=shared.people.with_columns(values), extras=(*shared.extras, RELATED))
    return one, other, shared


def _without_relations(told: Understood) -> tuple[Understood, list[pl.Series]]:
    """Without the columns that say how two people are related, and what these say."""
    found = {}
    for extra in told.extras:
        if extra.kind in ("category", "text") and told.people[extra.column].dtype == pl.String:
            kinds = _relations(told.people[extra.column])
            known = len(kinds) - told.people[extra.column].null_count()
            if known and len(kinds) - kinds.null_count() >= _MOSTLY * known:
                found[extra.column] = kinds
    extras = tuple(e for e in told.extras if e.column not in found)
    return replace(told, people=told.people.drop(list(found)), extras=extras), list(found.values())


def _beside_names(told: Told) -> list[pl.Series]:
    """Return what stands where names should and says how somebody is related."""
    names = [c for c, f in told.understood.taken_for.items() if f in ("full_name", "forenames")]
    return [_relations(told.frame[c].cast(pl.String())) for c in names if c in told.frame.columns]


def _relations(values: pl.Series) -> pl.Series:
    """Return the kind of relation that each text says; each distinct one is read once."""
    distinct = values.drop_nulls().unique()
    read = {text: relation_in(text) for text in distinct.to_list()}
    return values.replace_strict(list(read), list(read.values()), return_dtype=pl.String())
