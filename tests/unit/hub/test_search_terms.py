"""What somebody types is read in every way in which it makes sense, and in no other."""

from __future__ import annotations

import datetime as dt
import time

import pytest

from lamplighter.hub.search import terms


@pytest.mark.parametrize(
    ("typed", "field", "value"),
    [
        ("07195 101083", "phone", "+447195101083"),
        ("+44 7195 101083", "phone", "+447195101083"),
        ("Priya.Nair@Example.org", "mail", "priya.nair@example.org"),
        ("@dan_marsh90", "account", "dan_marsh90"),
        ("instagram:dan_marsh90", "account", "dan_marsh90"),
        ("Dan_Marsh90", "account", "dan_marsh90"),
        ("ab12 cde", "mark", "AB12CDE"),
        ("av1 8zq", "postcode", "AV1 8ZQ"),
        ("14 Lark Rise", "place", "14 Lark Rise"),
        ("3 May 1994", "born", dt.date(1994, 5, 3)),
        ("03/05/1994", "born", dt.date(1994, 5, 3)),
        ("1994-05-03", "born", dt.date(1994, 5, 3)),
    ],
)
def test_a_detail_is_known_for_what_it_is(typed: str, field: str, value: object) -> None:
    assert getattr(terms.read(typed), field) == value


def test_a_name_is_a_name_and_nothing_else() -> None:
    found = terms.read("  Priya   Nair ")
    assert found == terms.Term("Priya Nair", words=("Priya", "Nair"))


@pytest.mark.parametrize("typed", ["a@" * 60, "1/" * 60, "@" * 120, "9" * 120, " " * 119 + "x", "1 " * 60])
def test_nothing_that_is_typed_takes_long(typed: str) -> None:
    began = time.process_time()
    terms.read(typed)
    assert time.process_time() - began < 5  # a pattern that backtracks would take years
