"""A nickname that is no first name says nothing against a name: somebody called Tank may be David."""

from __future__ import annotations

import json

import numpy as np
import polars as pl
import pytest

from lamplighter.linkage.comparisons import comparison_levels
from lamplighter.linkage.comparisons.comparison_vectors import ladder
from lamplighter.linkage.features import compact_records
from lamplighter.linkage.features.record_features import prepare
from lamplighter.linkage.model.match_weights import Weigher
from lamplighter.linkage.model.parameters import Model
from lamplighter.linkage.results import LinkResult
from lamplighter.linkage_tables.cleaning.names.bynames import with_bynames

_PEOPLE = pl.DataFrame(
    {
        "record_id": ["1", "2", "3", "4", "5", "6", "7"],
        "report_id": list("abcdefg"),
        "forenames": ["David", None, None, None, None, "David", "Craig"],
        "nicknames": [None, ["Tank"], ["Craig"], ["Ghost"], ["Big Zed"], ["Tank"], None],
    },
    schema_overrides={"nicknames": pl.List(pl.String())},
)


FORENAME, SURNAME = (
    next(i for i, c in enumerate(comparison_levels.comparisons()) if c.name == name)
    for name in ("forename", "surname")
)


@pytest.mark.parametrize(
    ("left", "right", "name"),
    [
        ("1", "2", "byname"),
        ("1", "3", "differs"),  # Craig is a name
        ("1", "5", "differs"),  # and so is what stands behind "Big"
        ("2", "4", "differs"),  # two nicknames
        ("2", "6", "nickname"),
        ("3", "7", "exact"),
    ],
)
def test_a_nickname_is_not_a_first_name_that_differs(
    left: str, right: str, name: str, linked: LinkResult
) -> None:
    rows = (np.array([int(r) - 1]) for r in (left, right))
    weighed = Weigher(prepare(_PEOPLE), linked.model).weigh(*rows)
    assert linked.model.table[FORENAME].level(int(weighed.levels[0, FORENAME])).name == name


@pytest.mark.parametrize(
    ("alias", "surname", "level"),
    [
        ("Smithy", "Smith", "byname"),
        ("Wilko", "Wilkinson", "byname"),
        ("Smithy", "Low", None),
        ("Tub", "Tubwell", None),
    ],
)
def test_a_nickname_made_of_the_surname_speaks_for_who_has_it(
    alias: str, surname: str, level: str | None, linked: LinkResult
) -> None:
    people = pl.DataFrame(
        {
            "record_id": ["1", "2"],
            "report_id": ["a", "b"],
            "forenames": [None, "John"],
            "surname": [None, surname],
            "nicknames": [[alias], None],
        },
        schema_overrides={"nicknames": pl.List(pl.String())},
    )
    weighed = Weigher(prepare(people), linked.model).weigh(np.array([0]), np.array([1]))
    found = int(weighed.levels[0, SURNAME])
    assert (None if found < 0 else linked.model.table[SURNAME].level(found).name) == level
    assert linked.model.table[FORENAME].level(int(weighed.levels[0, FORENAME])).name == "byname"


def test_a_name_among_the_aliases_comes_before_a_nickname() -> None:
    people = [{"record_id": "1", "report_id": "a", "role": "suspect", "nicknames": ["Tank", "Dave"]}]
    (one,) = compact_records.of_report({"source": "force"}, people)
    assert one.values[compact_records.AT["first"]] == "dave"
    assert one.values[compact_records.AT["byname"]] is None


def test_a_lone_word_that_nobody_is_named_is_a_nickname_in_a_table_that_keeps_none_apart() -> None:
    people = pl.DataFrame(
        {
            "forenames": ["Ann", "Zorka", "Zorka", "Craig", "Tank", "Dave", "Tank Lee"],
            "surname": ["Quarle", "Low", None, None, None, None, None],
        }
    )
    made = with_bynames(people)
    assert made["nicknames"].to_list() == [None, None, None, None, ["Tank"], None, None]
    assert made["forenames"].to_list() == ["Ann", "Zorka", "Zorka", "Craig", None, "Dave", "Tank Lee"]


def test_where_hardly_any_lone_word_is_known_they_stay_names() -> None:
    people = pl.DataFrame(
        {"forenames": ["Zorka", "Ilze", "Dave", "Ann"], "surname": [None, None, None, "Low"]}
    )
    assert with_bynames(people).equals(people)


def test_who_has_a_nickname_and_a_lone_one_is_called_by_both() -> None:
    people = pl.DataFrame(
        {
            "forenames": ["Tank", "Dave", "Ann", "Craig"],
            "surname": [None, None, "Low", None],
            "nicknames": [["Big T"], None, ["Annie"], None],
        }
    )
    assert with_bynames(people)["nicknames"].to_list() == [["Tank", "Big T"], None, ["Annie"], None]


def test_a_model_fitted_before_there_was_a_level_has_the_rates_of_the_table_for_it(
    linked: LinkResult,
) -> None:
    document = json.loads(json.dumps(linked.model.to_json())) | {"version": ""}
    for rates in (document["mixture"]["random"], *document["mixture"]["rates"].values()):
        for comparison in ("forename", "surname"):
            rates[comparison].pop("byname", None)
    older = Model.from_json(document).arrays.own
    level = next(v for v in linked.model.table[FORENAME].levels if v.name == "byname")
    assert older[-1, FORENAME, level.value] == pytest.approx(np.log2(level.u))
    same = np.flatnonzero(linked.model.arrays.same)[0]
    assert older[same, FORENAME, level.value] == pytest.approx(np.log2(level.m))


def test_whether_there_is_a_surname_to_compare_is_known_before_texts_are_compared(linked: LinkResult) -> None:
    made = ladder(linked.model.table[SURNAME], prepare(_PEOPLE.with_columns(surname=pl.lit("Low"))))
    assert not made.dear_null
    assert made.tried > 0
