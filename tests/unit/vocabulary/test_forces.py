"""Forces by their names, rows that are sums, and forces that were joined."""

import datetime as dt

import pytest

from lamplighter.rule_files.dated import Rule
from lamplighter.vocabulary.codes import code_set
from lamplighter.vocabulary.forces import force_named, has_an_area, missing, successor, sums_up

DAY = dt.date(2019, 3, 31)


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("London, City of", "city_of_london"),
        ("City of London Police", "city_of_london"),
        ("DEVON & CORNWALL POLICE", "devon_and_cornwall"),
        ("Hampshire and Isle of Wight Constabulary", "hampshire"),
        ("Metropolitan Police Service", "metropolitan"),
        ("Dyfed Powys", "dyfed_powys"),
    ],
)
def test_a_force_is_known_by_the_ways_in_which_tables_write_it(name: str, code: str) -> None:
    found = force_named(name)
    assert found is not None
    assert found.code == code


def test_there_are_43_forces_with_an_area_and_a_sum_is_none_of_them() -> None:
    assert len(missing([], DAY)) == 43
    assert missing([f.title for f in code_set("forces").codes.values()], DAY) == []
    assert missing(["Kent Police"], DAY) == [t for t in missing([], DAY) if t != "Kent"]
    for name in ("Total", "England and Wales", "Grand total", "ALL FORCES"):
        assert force_named(name) is None
        assert sums_up(name) == "all"
    assert sums_up("West Midlands Region") == "part"
    assert sums_up("West Midlands") is None
    assert not has_an_area("British Transport Police")
    assert has_an_area("A force of nobody's list")


def test_a_force_that_ended_is_counted_with_the_one_that_followed_it() -> None:
    merged = dt.date(2028, 4, 1)
    forces = {
        "north": Rule("north", "North", None, merged, {"successor": "both"}),
        "south": Rule("south", "South", None, merged, {"successor": "both"}),
        "both": Rule("both", "North and South", merged, None),
        "gone": Rule("gone", "Gone", None, merged),
    }
    assert successor("north", DAY, forces) == "north"
    assert [successor(c, merged, forces) for c in ("north", "south", "both", "gone")] == [
        *["both"] * 3,
        "gone",
    ]
