"""A date of birth in three columns."""

from __future__ import annotations

import polars as pl
import pytest

from lamplighter.linkage_tables.column_roles.columns import understood
from lamplighter.linkage_tables.headings import named_field
from lamplighter.linkage_tables.whole_tables import linked
from tests.unit.linkage.tables import persons_table

PEOPLE = {"first": ["Ann", "Bob", "Cy"], "last": ["Oak", "Elm", "Ash"]}


@pytest.mark.parametrize(
    "heads",
    [
        ("by", "bm", "bd"), ("dob_year", "dob_month", "dob_day"), ("YOB", "MOB", "DOB"),
        ("BYEAR", "BMONTH", "BDAY"),
        ("birthYear", "birthMonth", "birthDay"),
        ("year of birth", "month of birth", "day of birth"), ("Birth (yyyy)", "Birth (mm)", "Birth (dd)"),
    ],
)  # fmt: skip
def test_three_columns_are_one_date(heads: tuple[str, str, str]) -> None:
    parts = dict(zip(heads, (["1940", "1985", "2001"], ["3", "Nov", "12"], ["7", "30", "1.0"]), strict=True))
    told = understood(pl.DataFrame({**PEOPLE, **parts}))
    assert [told.taken_for[h] for h in heads] == ["birth_year", "birth_month", "birth_day"]
    assert told.people["birth_date"].to_list() == ["1940-03-07", "1985-11-30", "2001-12-01"]


def test_without_a_word_for_a_birth_the_years_tell() -> None:
    born = {"year": [str(1930 + i) for i in range(60)], "month": ["5"] * 60, "day": ["1"] * 60}
    seen = born | {"year": [str(2015 + i % 6) for i in range(60)]}
    names = {"first": ["Ann"] * 60, "last": ["Oak"] * 60}
    assert "birth_date" in understood(pl.DataFrame({**names, **born})).people.columns
    assert "birth_date" not in understood(pl.DataFrame({**names, **seen})).people.columns


def test_parts_that_make_no_whole_date_are_columns_of_their_own() -> None:
    told = understood(pl.DataFrame({**PEOPLE, "birth_month": ["3", "11", "12"]}))
    assert told.taken_for["birth_month"] == "category"
    dated = {"dob": ["1940-03-07"] * 3, "birth_month": ["3"] * 3, "birth_day": ["7"] * 3}
    told = understood(pl.DataFrame({**PEOPLE, **dated}))
    assert told.taken_for["birth_month"] is None


def test_the_caller_can_say_the_parts() -> None:
    frame = pl.DataFrame({**PEOPLE, "a": [1940, 1985, None], "b": [3, 11, 12], "c": [7, None, 1]})
    told = understood(frame, {"birth_year": "a", "birth_month": "b", "birth_day": "c"})
    assert told.people["birth_date"].to_list() == ["1940-03-07", None, None]
    assert told.people["birth_year"].to_list() == [1940, 1985, None]


def test_a_table_of_three_columns_is_linked_as_one_of_dates() -> None:
    table = persons_table()
    born = pl.col("dob").str.split("-")
    apart = table.with_columns(by=born.list.get(0), bm=born.list.get(1), bd=born.list.get(2)).drop("dob")
    scores = [linked(t.drop("truth", "ref")).measured(t["truth"]).groups.f1 for t in (table, apart)]
    assert scores[1] == pytest.approx(scores[0], abs=0.01)


@pytest.mark.parametrize(
    ("written", "kind"),
    [
        (["14 July", "2 May", "30 December", None], "identifier"),
        (["9f2c11d0a7", "0b71aa93ce", "77d1fe20bb", None], "identifier"),
    ],
)
def test_births_that_cannot_be_read_are_the_same_or_others(written: list[str | None], kind: str) -> None:
    table = pl.DataFrame({"first": ["Ann", "Bob", "Cy", "Di"], "date of birth": written})
    told = understood(table)
    assert told.taken_for["date of birth"] == kind
    assert "birth_date" not in told.people.columns
    # A few that can be read are enough for dates, and so are years alone.
    for one in ("14 July 1975", "1975"):
        known = understood(table.with_columns(pl.Series("date of birth", [*written[:3], one])))
        assert known.taken_for["date of birth"] == "birth_date"


def test_names_in_numbered_columns() -> None:
    told = {
        h: named_field(h)
        for h in ("fname_c1", "fname_c2", "lname_c1", "lname_c2", "First name 2", "address_1")
    }
    assert told == {
        "fname_c1": "forenames", "fname_c2": "middle_name", "lname_c1": "surname",
        "lname_c2": "second_surname",
        "First name 2": "middle_name", "address_1": "address_text",
    }  # fmt: skip
    both = understood(pl.DataFrame({**PEOPLE, "surname2": ["Yew", None, "Box"]})).people
    assert both["surname"].to_list() == ["Oak Yew", "Elm", "Ash Box"]


def test_marks_that_nobody_sees_are_no_part_of_a_name() -> None:
    frame = pl.DataFrame({"first": ["An\u200bn", "Ann\ufeff"], "last": ["O\u00adak", " Oak"]})
    people = understood(frame).people
    assert people["forenames"].to_list() == ["Ann", "Ann"]
    assert people["surname"].to_list() == ["Oak", "Oak"]
