"""Tables as people hand them in: a good result, or one message that names the thing and the remedy."""

from __future__ import annotations

import datetime as dt
import sqlite3
import warnings
from collections import namedtuple
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import polars as pl
import pyarrow as pa
import pytest

from benchmarks.foreign import complaints
from lamplighter.linkage_tables import link, link_pairs
from lamplighter.linkage_tables.column_roles.columns import ColumnUnknown
from lamplighter.linkage_tables.column_roles.no_identifiers import NothingRead
from lamplighter.linkage_tables.inputs.any_library import frame_of
from tests.unit.linkage.tables import persons_table


@pytest.fixture(scope="module")
def table() -> pl.DataFrame:
    return persons_table(60, seed=21).drop("truth")


@pytest.fixture(scope="module")
def cases() -> pl.DataFrame:
    return complaints(seed=21).drop("truth").head(120)


@pytest.mark.parametrize(
    "odd",
    [
        pl.lit(None),
        pl.lit(dt.timedelta(days=2)),
        pl.lit(dt.time(3)),
        pl.struct("fname", "lname"),
        pl.col("fname").str.to_uppercase(),
        pl.concat_list(pl.lit(1), pl.lit(2)),
        pl.lit([], dtype=pl.List(pl.Null)),
        pl.concat_list(pl.struct(a=pl.lit("x"))),
        pl.lit(b"\xff\xfe"),
        pl.lit("x" * 20_000),
        pl.lit(float("nan")),
    ],
)
def test_an_odd_column_changes_nothing(table: pl.DataFrame, odd: pl.Expr) -> None:
    plain = link(table, columns={"record_id": "ref"})
    found = link(table.with_columns(zzz=odd), columns={"record_id": "ref"})
    assert found.persons.equals(plain.persons)


@pytest.mark.parametrize("column", ["fname", "dob", "mobile", "street_address"])
@pytest.mark.parametrize("as_array", [False, True])
def test_a_list_of_one_is_what_is_in_it(table: pl.DataFrame, column: str, as_array: bool) -> None:
    said = {"record_id": "ref"}
    listed = table.with_columns(pl.concat_list(column).list.drop_nulls())
    if as_array:
        listed = table.with_columns(pl.concat_list(column).list.to_array(1))
    assert link(listed, columns=said).persons.equals(link(table, columns=said).persons)


def test_the_parts_of_structures_are_columns() -> None:
    who = {"first": "Ann", "last": "Quarle", "lines": {"street": "4 Mill Lane"}}
    rows = [{"name": who, "phones": [{"kind": "home", "no": "01"}], "name_last": "taken"}, {"name": None}]
    frame = frame_of(rows)
    assert frame.columns == [
        "name_first", "name_last_2", "name_lines_street", "phones_kind", "phones_no", "name_last",
    ]  # fmt: skip
    assert frame.row(0) == ("Ann", "Quarle", "4 Mill Lane", ["home"], ["01"], "taken")
    assert frame.row(1)[:3] == (None, None, None)


def test_what_only_one_library_knows_is_text() -> None:
    table = pa.table(
        {
            "fname": ["Ann"],
            "apart": pa.array([pa.MonthDayNano([1, 2, 3])]),
            "wide": pa.array([Decimal("1.5")], type=pa.decimal256(50, 2)),
            "key": pa.array([b"\xff" * 16], type=pa.uuid()),
            "more": pa.array(['{"a": 1}'], type=pa.json_()),
            "map": pa.array([[("a", 1)]], type=pa.map_(pa.string(), pa.int64())),
        }
    )
    frame = frame_of(table)
    assert set(frame.dtypes) == {pl.String()}
    assert frame["key"].item() == "ff" * 16
    assert frame["wide"].item() == "1.50"
    assert link(table).persons.height == 1


def test_rows_of_a_database_and_with_names_are_rows() -> None:
    database = sqlite3.connect(":memory:")
    database.row_factory = sqlite3.Row
    rows = database.execute("select 'Ann' as fname, 'Quarle' as lname").fetchall()
    named = [namedtuple("Row", "fname lname")("Ann", "Quarle")]
    columns = {"fname": pa.array(["Ann"]), "lname": pa.array(["Quarle"])}
    for given in (rows, named, columns):
        assert frame_of(given).rows() == [("Ann", "Quarle")]
    assert frame_of([{1: "Ann"}]).columns == ["1"]
    with pytest.raises(TypeError, match="of one length: 'fname' has 2 values and 'lname' 1"):
        link({"fname": ["Ann", "Bea"], "lname": ["Quarle"]})


@pytest.mark.parametrize(("column", "field"), [("dob", "birth_date"), ("age", "age"), ("day", "recorded_on")])
def test_a_column_in_which_nothing_can_be_read_is_told(table: pl.DataFrame, column: str, field: str) -> None:
    long_ago = pl.format("long ago {}", "fname")
    with pytest.warns(NothingRead, match=f"Column '{column}' was taken for .* nothing in it can be read"):
        link(table.with_columns(long_ago.alias(column)), columns={field: column})
    with warnings.catch_warnings():
        warnings.simplefilter("error", NothingRead)
        link(table.with_columns(pl.lit("unknown").alias(column)), columns={field: column})


def test_columns_of_mixed_things_and_lists_are_texts(table: pl.DataFrame) -> None:
    mixed = pl.Series("zzz", [{1}, 2, "three", None] * 20, dtype=pl.Object)
    assert frame_of(mixed.to_frame())["zzz"].to_list()[1:4] == ["2", "three", None]
    plain = link(table, columns={"record_id": "ref"})
    listed = table.with_columns(pl.concat_list("fname"))
    assert link(listed, columns={"record_id": "ref"}).persons.equals(plain.persons)


@pytest.mark.parametrize("error", [TypeError, OverflowError, pa.ArrowInvalid, pa.ArrowNotImplementedError])
def test_a_frame_of_another_library_with_mixed_columns_is_read_by_its_values(error: type[Exception]) -> None:
    class Frame:
        """As pandas has it: columns by place, and no way into Arrow for some of them."""

        columns = ("fname", "n")
        iloc: Any

        def __arrow_c_stream__(self, requested_schema: object = None) -> object:
            raise error("no way into Arrow")

    columns = (["Ann", 3, None, float("nan")], ["1", "2", "3", "4"])
    frame = Frame()
    frame.iloc = type(
        "At", (), {"__getitem__": lambda _, at: SimpleNamespace(tolist=lambda: columns[at[1]])}
    )()
    assert frame_of(frame).to_dict(as_series=False) == {
        "fname": ["Ann", "3", None, None],
        "n": ["1", "2", "3", "4"],
    }


@pytest.mark.parametrize("given", [None, "people.csv", [1, 2], [], {"a": 1}])
def test_what_is_no_table_is_said_to_be_none(given: Any) -> None:
    with pytest.raises(
        TypeError, match=r"A table of people is needed \(polars, pandas, Arrow; a file is read"
    ):
        link(given)


@pytest.mark.filterwarnings("ignore::lamplighter.linkage_tables.column_roles.no_identifiers.NobodyTold")
def test_a_table_that_tells_nothing_is_of_so_many_people() -> None:
    for frame in (
        pl.DataFrame({"fname": [None] * 60}),
        pl.DataFrame({"a": range(60), "b": [i / 7 for i in range(60)]}),
        pl.DataFrame({"fname": ["Ann"]}),
        pl.DataFrame(),
    ):
        found = link(frame)
        assert found.persons["person_id"].n_unique() == found.persons.height == frame.height


@pytest.mark.parametrize("rows", [0, 1, 2])
def test_so_few_records_of_two_people_are_each_their_own(cases: pl.DataFrame, rows: int) -> None:
    assert link_pairs(cases.head(rows)).dyads["dyad_id"].n_unique() == rows


def test_where_nobody_is_the_second_party_nothing_is_sure(cases: pl.DataFrame) -> None:
    bare = cases.with_columns(pl.lit(None).alias(c) for c in cases.columns if c.startswith("accused"))
    assert link_pairs(bare).dyads.height == cases.height


@pytest.mark.parametrize(
    ("columns", "told"),
    [
        ({"only": "lname"}, "'only' is True where what is not said is left out"),
        ([], "No column is said. Columns are: fname, "),
        (5, "Columns are said by their names, or lists of names, not 5"),
        ({"surname": 3}, "Columns are said by their names, or lists of names, not 3"),
        (
            {"surname": "lname", "forenames": "lname"},
            "Column 'lname' is said to be 'surname' and 'forenames'",
        ),
        ({"surname": ["lname", "fname"]}, "'lname' and 'fname' are both said to be 'surname', which is one"),
    ],
)
def test_columns_that_are_said_wrongly_are_told(table: pl.DataFrame, columns: Any, told: str) -> None:
    with pytest.raises(ColumnUnknown, match=told):
        link(table, columns=columns)


def test_ids_that_are_there_twice_are_told_where_they_are_said_and_passed_over_where_not(
    table: pl.DataFrame, cases: pl.DataFrame
) -> None:
    with pytest.raises(
        ValueError, match=rf"'id' is to number .*: {table.height - 1} of {table.height} have .* in row 2\."
    ):
        link(table.with_columns(id=pl.lit("a")), columns={"record_id": "id"})
    with pytest.raises(ValueError, match="Column 'id' is to number the records"):
        link_pairs(cases.with_columns(id=pl.lit("a")), columns={"record_id": "id"})
    assert link_pairs(cases.with_columns(id=pl.lit("a"))).dyads.height == cases.height


def test_columns_of_two_parties_may_be_listed_and_not_shared(cases: pl.DataFrame) -> None:
    found = link_pairs(cases, columns=["complainant_name", "accused_name"])
    assert set(found.taken_for.values()) == {"full_name"}
    with pytest.raises(ColumnUnknown, match="There is no column 'accused_nam'"):
        link_pairs(cases, columns=["complainant_name", "accused_nam"])
    name = {"full_name": "complainant_name"}
    with pytest.raises(ColumnUnknown, match="'complainant_name' is said to be of both parties"):
        link_pairs(cases, columns={"first": name, "second": name})


@pytest.mark.parametrize("budget", [0.0, -1.0, 2.0])
def test_a_budget_that_is_no_share_is_told(table: pl.DataFrame, cases: pl.DataFrame, budget: float) -> None:
    for linking in (
        lambda: link(table, false_link_budget=budget),
        lambda: link_pairs(cases, false_link_budget=budget),
    ):
        with pytest.raises(ValueError, match="false_link_budget is a share between 0 and 1"):
            linking()
