"""Days, heights, ages and births, in the ways in which forces and registers write them."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from lamplighter.linkage_tables import link
from lamplighter.linkage_tables.cleaning.ages import spans
from lamplighter.linkage_tables.cleaning.measures import numbers
from lamplighter.linkage_tables.column_roles.columns import understood
from lamplighter.linkage_tables.headings import named_field
from lamplighter.linkage_tables.two_party.parties import two_parties
from tests.unit.linkage.made_up import FORENAMES, SURNAMES

NAMES = [f"{FORENAMES[i % len(FORENAMES)]} {SURNAMES[(i * 7) % len(SURNAMES)]}" for i in range(40)]


def further(column: str, values: list[str]) -> tuple[str | None, pl.Series]:
    """What a column beside names is taken for, and what is compared of it."""
    table = pl.DataFrame({"full name": NAMES[: len(values)], column: values})
    found = understood(table)
    kept = [c for c in found.people.columns if c[:2] in ("x_", "n_")]
    return found.taken_for[column], found.people[kept[0]]


def test_the_day_of_something_is_the_same_however_it_is_written() -> None:
    written = [f"0{1 + i % 9}/0{1 + i % 5}/2019" for i in range(37)]
    kind, days = further("enlisted", [*written, "3 Feb 2019", "2019-02-03", "03.02.2019"])
    assert kind == "date"
    assert days[-3:].to_list() == ["2019-02-03"] * 3
    kind, days = further("ISSUE_DT", [f"2019{m:02d}{d:02d}" for m in range(1, 11) for d in range(11, 15)])
    assert (kind, days[0]) == ("date", "2019-01-11")
    accounts = pl.DataFrame(
        {"full name": NAMES, "account": [f"2019{1 + i % 9:02d}{10 + i % 13}" for i in range(40)]}
    )
    assert understood(accounts).taken_for["account"] != "date"


@pytest.fixture(scope="module")
def enlisted() -> pl.DataFrame:
    """Who enlisted when, of many; those of some were copied with the day and the month changed over."""
    rng = np.random.default_rng(4)
    first, last = (rng.choice(n, 300) for n in (FORENAMES, SURNAMES))
    days = [f"{rng.integers(1, 13):02d}/{rng.integers(1, 13):02d}/{rng.integers(1995, 2015)}" for _ in first]
    turned = [f"{d[3:6]}{d[:3]}{d[6:]}" for d in days]
    again = [t if i % 4 == 0 else d for i, (d, t) in enumerate(zip(days, turned, strict=True))]
    whole = pl.DataFrame({"first name": [*first, *first], "surname": [*last, *last]})
    births = [f"{1950 + i % 40}-0{1 + i % 9}-1{i % 10}" for i in range(300)]
    return whole.with_columns(dob=pl.Series([*births, *births]), enlisted=pl.Series([*days, *again]))


def test_a_day_and_a_month_that_changed_places_speak_for_one_person(enlisted: pl.DataFrame) -> None:
    weights = link(enlisted).notes["weights"].filter(comparison="x_enlisted")
    told = dict(weights.select("level", "weight").iter_rows())
    assert told["same"] > 2
    assert told["slip"] > 2
    assert told["differs"] < 0


def test_decimals_are_not_rounded_away() -> None:
    metres = numbers(pl.Series("lift", [1.52, 1.53, 1.6, 1.78, 1.9, None]))
    assert metres.to_list() == [152, 153, 160, 178, 190, None]
    assert numbers(pl.Series("rent", [120.5, 300.0, 90.0])).to_list() == [120, 300, 90]
    assert numbers(pl.Series("points", [1.0, 3.0, None])).to_list() == [1, 3, None]


def test_what_is_counted_is_a_number() -> None:
    speeds = [str(30 + i * 3 % 70) for i in range(70)]
    table = pl.DataFrame({"full name": [NAMES[i % 40] for i in range(70)], "speed": speeds})
    assert understood(table).taken_for["speed"] == "number"
    # A number that was given has noughts before it.
    given = table.with_columns(card=pl.Series([f"{i:03d}" for i in range(0, 700, 10)]))
    assert understood(given).taken_for["card"] != "number"


@pytest.mark.parametrize(
    ("written", "span"),
    [
        ("34", (34, 34)),
        ("approx. 40", (40, 40)),
        ("25-30", (25, 30)),
        ("25 to 30", (25, 30)),
        ("20s", (20, 29)),
        ("mid 30s", (33, 37)),
        ("Late 40's", (45, 49)),
        ("aged 19", (19, 19)),
        ("c.50 yrs", (50, 50)),
        ("adult", (None, None)),
    ],
)
def test_an_age_may_be_told_about(written: str, span: tuple[int | None, int | None]) -> None:
    low, high = spans(pl.Series([written]))
    assert (low[0], high[0]) == span


def test_ages_stand_where_births_should() -> None:
    table = pl.DataFrame(
        {"name": NAMES[:6], "DOB / Age": ["01/02/1980", "43", "approx 30", "1971", None, "3.4.66"]}
    )
    people = understood(table).people
    assert people["birth_date"].to_list() == ["1980-02-01", None, None, None, None, "1966-04-03"]
    assert people["age_from"].to_list() == [None, 43, 30, None, None, None]
    assert people["birth_year"].to_list()[3] == 1971


@pytest.mark.parametrize(
    ("heading", "field"),
    [("DOB / Age", "birth_date"), ("dob_or_approx_age", "birth_date"), ("Age when missing", "age"),
     ("age_at_arrest", "age"), ("Address given", None), ("contact_first", "forenames"),
     ("Alias/Street name", "nicknames"), ("age group", None)],
)  # fmt: skip
def test_headings_of_forces(heading: str, field: str | None) -> None:
    assert named_field(heading) == field


def test_a_number_of_somebody_is_of_no_house() -> None:
    cards = [f"SMITH9{i:05d}AB{i % 7}CD" for i in range(40)]
    table = pl.DataFrame({"DRIVER_NAME": NAMES, "DRIVER_NO": cards, "DRIVER_DOB": ["1980-01-02"] * 40})
    assert understood(table).taken_for["DRIVER_NO"] != "house"
    homes = pl.DataFrame({"Name": NAMES, "House Name/No": ["Rose Cottage", "12", "The Barn", "7a"] * 10})
    assert understood(homes).taken_for["House Name/No"] == "house"


@pytest.mark.filterwarnings("ignore::lamplighter.linkage_tables.column_roles.no_identifiers.NothingRead")
def test_who_applies_for_somebody_else_is_no_party() -> None:
    columns = (
        "Applicant Full Name",
        "Applicant Phone",
        "PAR Full Name",
        "PAR D.O.B",
        "PAR Address",
        "Sus name",
        "Sus tel",
    )
    told = two_parties(pl.DataFrame({c: ["x", "y"] for c in columns}))
    assert set(told.first.taken_for) >= {"full_name", "d_o_b", "address"}
    assert set(told.second.taken_for.values()) >= {"full_name", "phones"}
    assert "Applicant Full Name" in told.shared.taken_for


def test_an_age_may_stand_in_two_columns() -> None:
    columns = {"SUSP_NAME": NAMES[:3], "SUSP_AGE_FROM": ["20", "30", None], "SUSP_AGE_TO": ["25", None, "40"]}
    told = two_parties(pl.DataFrame({"AGG_NAME": NAMES[3:6], **columns}))
    people = told.second.people
    assert people["age_from"].to_list() == [20, 30, 40]
    assert people["age_to"].to_list() == [25, 30, 40]
