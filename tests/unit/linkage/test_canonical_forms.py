"""Numbers of the police, accounts and registration marks are one however a table writes them."""

from __future__ import annotations

import polars as pl
import pytest

from lamplighter.linkage.features.recorded_values import mark_ends
from lamplighter.linkage_tables.column_roles.columns import understood


def _read(heading: str, field: str, written: list[str | None]) -> list[object]:
    names = [f"Quarle{'abcdefgh'[i % 8]}" for i in range(len(written))]
    people = understood(pl.DataFrame({"surname": names, heading: written})).people
    return people[field].to_list() if field in people.columns else []


@pytest.mark.parametrize("written", ["943 476 5919", "943-476-5919", "9434765919", "9434765919.0"])
def test_a_number_of_somebodys_is_one_with_spaces_and_without(written: str) -> None:
    assert set(_read("NHS Number", "x_nhs_number", ["943 476 5919", written])) == {"9434765919"}


@pytest.mark.parametrize(
    "written", ["@quarle.o", "quarle.o", "instagram.com/quarle.o", "https://www.instagram.com/Quarle.o/"]
)
def test_an_account_is_one_with_its_address_and_without(written: str) -> None:
    (accounts,) = _read("instagram", "handles", [written])
    assert isinstance(accounts, list)
    assert accounts[0].partition(":")[2] == "quarle.o"


def test_a_name_that_is_shown_stays_one() -> None:
    assert _read("facebook", "handles", ["Ann Quarle"]) == [["ann quarle"]]


@pytest.mark.parametrize("heading", ["handles", "vehicles"])
def test_lists_with_nothing_in_them_hold_nothing(heading: str) -> None:
    people = understood(pl.DataFrame({"surname": ["Quarle", "Low"], heading: [[], None]})).people
    assert people[heading].explode().drop_nulls().to_list() == []


def test_marks_are_read_whole_or_in_part_and_out_of_what_describes_a_vehicle() -> None:
    written = [
        "ab12 cde",
        "blue Quarlo AB12CDE",
        "AB-123-CD",
        "AB12*",
        "AB12??E",
        "??12CDE",
        "12CDE",
        "a van",
    ]
    read = ["AB12CDE", "AB12CDE", "AB123CD", "AB12*", "AB12*", "12CDE*", "12CDE*", None]
    assert _read("vrm", "vehicles", written) == [None if r is None else [r] for r in read]


@pytest.mark.parametrize(
    ("written", "names"),
    [
        ("QUARLE, Ann; Annie", ["Ann QUARLE", "Annie"]),
        ("Ann, Annie", ["Ann", "Annie"]),
        ("aka Ann/Annie | Nan", ["Ann", "Annie", "Nan"]),
        ("Big Ann", ["Big Ann"]),
    ],
)
def test_what_somebody_is_also_called_is_one_name_after_another(written: str, names: list[str]) -> None:
    assert _read("Alias names", "nicknames", [written]) == [names]


def test_a_part_of_a_mark_is_its_beginning_or_its_end() -> None:
    ends = mark_ends("AB12CDE")
    for part in ("AB12*", "AB1*", "CDE*", "12CDE*"):
        assert part.strip("*") in ends, part
        assert part.strip("*") in mark_ends(part)
    assert "12C" not in ends
