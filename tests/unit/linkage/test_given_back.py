"""Rows given back with who they are, in the kind of table that came, and ids that stay what they were."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import numpy as np
import polars as pl
import pyarrow as pa
import pytest

from benchmarks.foreign import complaints
from lamplighter.linkage import LinkResult, Model
from lamplighter.linkage_tables import PairsResult, link, link_pairs
from lamplighter.linkage_tables.inputs.any_library import frame_of
from tests.unit.linkage.tables import grouped_right, persons_table


class Index:
    """An index of pandas, as far as it is asked."""

    def __init__(self, labels: list[Any], name: str | None = None) -> None:
        self.labels, self.names, self.nlevels = labels, [name], 1
        self.is_unique = len(set(labels)) == len(labels)
        self.is_monotonic_increasing = labels == sorted(labels)

    def __len__(self) -> int:
        return len(self.labels)

    def __getitem__(self, at: slice) -> list[Any]:
        return self.labels[at]

    def __iter__(self) -> Any:
        return iter(self.labels)


class Pandas:
    """A table of pandas, as far as it is asked."""

    iloc = None

    def __init__(self, columns: Mapping[str, list[Any]], index: Index) -> None:
        self.held, self.index = dict(columns), index

    def __len__(self) -> int:
        return len(self.index)

    @property
    def columns(self) -> list[str]:
        return list(self.held)

    def assign(self, **new: list[Any]) -> Pandas:
        return Pandas({**self.held, **new}, self.index)

    def reset_index(self, level: list[str]) -> Pandas:
        return Pandas({level[0]: self.index.labels, **self.held}, Index(list(range(len(self.index)))))

    def __arrow_c_stream__(self, schema: Any = None) -> Any:
        return pa.table(self.held).__arrow_c_stream__(schema)


@pytest.fixture(scope="module")
def table() -> pl.DataFrame:
    # The order of the ids is not that of the rows.
    return persons_table(60, seed=21).with_columns(ref=pl.int_range(pl.len(), 0, -1).cast(pl.String()))


@pytest.fixture(scope="module")
def result(table: pl.DataFrame) -> LinkResult:
    return link(table.drop("truth"), columns={"record_id": "ref"})


def test_each_row_has_its_own_person_whatever_its_id(table: pl.DataFrame, result: LinkResult) -> None:
    rows = result.rows(table)
    assert rows.drop("person_id").equals(table)
    own = dict(result.persons.iter_rows())
    assert rows["person_id"].to_list() == [own[i] for i in table["ref"]]


def test_rows_are_given_back_in_the_kind_of_table_that_came(table: pl.DataFrame, result: LinkResult) -> None:
    persons = result.rows(table)["person_id"].to_list()
    arrow = result.rows(table.to_arrow())
    assert isinstance(arrow, pa.Table)
    assert arrow.column("person_id").to_pylist() == persons
    lazy = result.rows(table.lazy())
    assert isinstance(lazy, pl.LazyFrame)
    assert lazy.collect()["person_id"].to_list() == persons
    index = Index([f"w{i}" for i in range(table.height)])
    theirs = result.rows(Pandas(table.to_dict(as_series=False), index))
    assert theirs.held["person_id"] == persons
    assert theirs.index is index
    assert result.rows(table.to_dicts())["person_id"].to_list() == persons
    assert "person_id_2" in result.rows(table.with_columns(person_id=pl.lit("theirs"))).columns
    with pytest.raises(ValueError, match=f"{table.height} rows were linked and these are 3"):
        result.rows(table.head(3))


def test_several_tables_come_back_as_several(table: pl.DataFrame) -> None:
    own = table.drop("truth", "ref")
    given = {"people": own.head(40), "shelter": own.slice(40)}
    found = link(given)
    rows = found.rows(given)
    assert [t.height for t in rows.values()] == [40, own.height - 40]
    whole = pl.concat(rows.values())["person_id"].to_list()
    assert whole == link(list(given.values())).persons["person_id"].to_list()
    with pytest.raises(ValueError, match="Other tables were linked"):
        found.rows([own.head(40)])
    with pytest.raises(TypeError, match="Of several tables, 'shelter': A table of people is needed"):
        link({"clinic": own, "shelter": "people.csv"})


def test_rows_of_mappings_and_columns_by_name_are_tables(table: pl.DataFrame, result: LinkResult) -> None:
    given = table.drop("truth")
    for other in (given.to_dicts(), given.to_dict(as_series=False), {"only": given}, [given]):
        assert link(other, columns={"record_id": "ref"}).persons.equals(result.persons)


def test_what_pandas_has_as_index_is_not_lost() -> None:
    columns = {"fname": ["Ann", "Bea", "Cy"]}
    assert frame_of(Pandas(columns, Index(["x", "y", "x"], "lname")))["lname"].to_list() == ["x", "y", "x"]
    assert frame_of(Pandas(columns, Index([4, 2, 9])))["row_id"].to_list() == [4, 2, 9]
    # Labels that number the rows, or are there twice, say nothing.
    for labels in ([0, 1, 2], [0, 1, 1]):
        assert frame_of(Pandas(columns, Index(labels))).columns == ["fname"]
    twice = pa.Table.from_arrays([pa.array(["a"]), pa.array(["b"])], names=["fname", "fname"])
    with pytest.raises(TypeError, match="'fname' is there twice"):
        frame_of(twice)


def test_whole_numbers_that_became_decimals_are_the_ids_they_were(table: pl.DataFrame) -> None:
    ids = pl.Series([float(i) for i in range(table.height)])
    found = link(table.drop("truth").with_columns(ref=ids), columns={"record_id": "ref"})
    assert set(found.persons["record_id"]) == {str(i) for i in range(table.height)}


def test_ids_of_a_table_stay_what_they_were_when_rows_are_added(table: pl.DataFrame) -> None:
    given = table.drop("truth")
    first = link(given.head(80), columns={"record_id": "ref"})
    assert first.memory.height == 80
    again = link(given, columns={"record_id": "ref"}, model=first.model, previous_ids=first.memory)
    both = first.persons.join(again.persons, on="record_id", suffix="_now")
    assert (both["person_id"] == both["person_id_now"]).mean() > 0.9
    with pytest.raises(ValueError, match=r"memory of an earlier result .* this has record_id, person_id\."):
        link(given, previous_ids=first.persons)
    with pytest.raises(TypeError, match=r"what Model\.from_json makes of it, not dict"):
        link(given, model=first.model.to_json())
    assert isinstance(Model.from_json(first.model.to_json()), Model)


def test_what_is_kept_between_runs_may_be_of_any_library(table: pl.DataFrame, result: LinkResult) -> None:
    given, said = table.drop("truth"), {"record_id": "ref"}
    memory = result.memory.to_dict(as_series=False)
    pair = result.pairs.filter(pl.col("probability") < 0.1).row(0, named=True)
    log = [
        {"decision_id": "d1", "at": dt.datetime(2026, 1, 2), "by": "me", "kind": "same",
         "left_record": pair["left_record"], "right_record": pair["right_record"], "undoes": None}
    ]  # fmt: skip
    told = link(given, columns=said, model=result.model, previous_ids=memory, decisions=log, progress=None)
    who = dict(told.persons.iter_rows())
    assert who[pair["left_record"]] == who[pair["right_record"]]
    with pytest.raises(ValueError, match=r"A log of decisions has .* this has no decision_id, at, kind,"):
        link(given, columns=said, model=result.model, decisions=[{"left_record": "1", "right_record": "2"}])
    with pytest.raises(TypeError, match=r"as_at is a date or a datetime, such as .*, not '2025-01-01'"):
        link(given, as_at="2025-01-01")


def test_a_result_says_in_a_line_what_it_is(table: pl.DataFrame, result: LinkResult) -> None:
    assert repr(result).startswith(f"<LinkResult: {table.height} records, ")
    assert len(repr(result)) < 200


@pytest.fixture(scope="module")
def cases() -> pl.DataFrame:
    return complaints(seed=21).head(300)


@pytest.fixture(scope="module")
def pairs(cases: pl.DataFrame) -> PairsResult:
    return link_pairs(cases.drop("truth"))


def test_rows_about_two_people_have_all_three_ids(cases: pl.DataFrame, pairs: PairsResult) -> None:
    rows = pairs.rows(cases)
    assert rows["dyad_id"].to_list() == pairs.dyads["dyad_id"].to_list()
    first = pairs.persons.filter(party="first").sort("record_id")
    assert rows["first_person_id"].to_list() == first["person_id"].to_list()
    assert repr(pairs).startswith("<PairsResult: 300 records about ")


def test_several_tables_of_two_parties_are_linked_with_one_another(
    cases: pl.DataFrame, pairs: PairsResult
) -> None:
    own = cases.drop("truth")
    born = pl.col("^.*_dob$").str.to_date("%d/%m/%Y", strict=False).dt.strftime("%d.%m.%Y")
    theirs = own.slice(150).with_columns(born)
    theirs = theirs.rename(lambda c: c.replace("complainant_", "victim ").replace("accused_", "suspect "))
    found = link_pairs({"one": own.head(150), "other": theirs})
    assert "first: name" in found.taken_for
    assert not [c for c in found.taken_for if "victim" in c]
    truth = cases.select(rid=pl.int_range(pl.len()).cast(pl.String()).str.zfill(9), truth="truth")
    # As well as where they are one table.
    for of_several, of_one in zip(
        grouped_right(found.dyads, truth), grouped_right(pairs.dyads, truth), strict=True
    ):
        assert of_several > of_one - 0.02
    ids = {"a": own.head(150).with_row_index("id"), "b": own.slice(150).with_row_index("id")}
    said = {"first": "complainant_", "second": "accused_"}
    assert {"a:0", "b:0"} <= set(link_pairs(ids, columns=said).dyads["record_id"])


@pytest.mark.parametrize(
    ("columns", "told"),
    [
        ("accused_name", "No two parties can be told apart"),
        (5, "Columns are said by their names, or lists of names, not 5"),
        ({"first": None, "second": "accused_"}, "or lists of names, not None"),
        ({"first": "complainant_"}, "Say two parties, each with its columns"),
        (
            {"first": "complainant_", "second": "accused_", "third": "x"},
            r"not: first, second, third\. Columns are",
        ),
        ({"record_id": "zz"}, "There is no column 'zz'"),
    ],
)
def test_parties_that_are_said_wrongly_are_told(cases: pl.DataFrame, columns: Any, told: str) -> None:
    with pytest.raises(ValueError, match=told):
        link_pairs(cases.drop("truth"), columns=columns)


def test_a_column_listed_twice_is_looked_at_once(cases: pl.DataFrame, table: pl.DataFrame) -> None:
    names = ["accused_name", "complainant_name"]
    assert link_pairs(cases, columns=[*names, *names]).dyads.equals(link_pairs(cases, columns=names).dyads)
    once = link(table, columns=["fname", "lname", "dob"])
    assert link(table, columns=["lname", "dob", "fname", "fname"]).persons.equals(once.persons)
    # What each was taken for may be given back, changed here and there.
    again = link(table, columns={**once.taken_for, "truth": None, "ref": None})
    assert again.taken_for == once.taken_for
    assert np.array_equal(again.persons["person_id"], once.persons["person_id"])
