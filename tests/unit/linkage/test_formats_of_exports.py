"""Headings and layouts of exports: other languages, headings that say nothing, other people's columns, and
two parties in shapes of their own."""

from __future__ import annotations

import polars as pl
import pytest

from lamplighter.linkage.features.names import known_first_names
from lamplighter.linkage_tables.column_roles.columns import understood
from lamplighter.linkage_tables.two_party.parties import two_parties
from tests.unit.linkage.made_up import FORENAMES, SURNAMES

FIRST = [FORENAMES[i % len(FORENAMES)] for i in range(150)]
LAST = [SURNAMES[(i * 7) % len(SURNAMES)] + "abcdefghijklm"[i % 13] for i in range(150)]
BORN = [f"{1 + i % 28:02d}/0{1 + i % 9}/19{50 + i % 45}" for i in range(150)]
PHONES = [f"07700 9{i:05d}" for i in range(150)]


def taken(columns: dict[str, list[str]]) -> list[str | None]:
    return list(understood(pl.DataFrame(columns)).taken_for.values())


@pytest.mark.parametrize(
    ("headings", "sexes"),
    [
        (("Enw cyntaf", "Cyfenw", "Rhyw", "Rhif ffôn"), ("Gwryw", "Benyw")),
        (("FRSTNM", "PERS_SURNM", "GNDR", "MSISDN"), ("1", "2")),
        (("Céadainm", "Sloinne", "Gnéas", "Guthán"), ("Fireann", "Baineann")),
    ],
)
def test_headings_in_welsh_irish_and_of_databases(headings: tuple[str, ...], sexes: tuple[str, str]) -> None:
    values = (FIRST, LAST, [sexes[i % 2] for i in range(150)], PHONES)
    assert taken(dict(zip(headings, values, strict=True))) == ["forenames", "surname", "sex", "phones"]


@pytest.mark.parametrize("words", [("Man", "Woman"), ("Boy", "Girl"), ("Gwryw", "Benyw")])
def test_sexes_are_known_by_their_words(words: tuple[str, str]) -> None:
    found = taken({"forename": FIRST, "surname": LAST, "code": [words[i % 2] for i in range(150)]})
    assert found[-1] == "sex"


def test_surnames_stand_beside_first_names_whatever_they_are_called() -> None:
    first = [name.capitalize() for name in sorted(known_first_names())[:150]]
    assert taken({"Column2": first, "Column3": LAST}) == ["forenames", "surname"]
    # What is far from them is none.
    assert taken({"Column2": first, "n": PHONES, "m": BORN, "Column3": LAST})[-1] != "surname"


def test_what_is_of_somebody_else_or_of_a_place_is_nobodys_own() -> None:
    postcodes = [f"LS{1 + i % 20} {i % 9}AB" for i in range(150)]
    found = understood(
        pl.DataFrame(
            {"forename": FIRST, "surname": LAST, "NOK tel": PHONES, "GP practice postcode": postcodes}
        )
    )
    assert not {"phones", "postcode"} & set(found.taken_for.values())
    assert taken({"surname": LAST, "Tenant tel": PHONES})[-1] == "phones"


def test_a_contact_number_by_another_word_is_a_telephone() -> None:
    assert (
        taken({"surname": LAST, "Contact No.": PHONES, "Alt. contact no.": PHONES[::-1]})[1:]
        == ["phones"] * 2
    )


def test_parties_in_welsh() -> None:
    columns = {
        f"{p} - {c}": v for p in ("Dioddefwr", "Troseddwr") for c, v in (("Cyfenw", LAST), ("Ffôn", PHONES))
    }
    found = two_parties(pl.DataFrame(columns))
    assert found.first.taken_for["cyfenw"] == found.second.taken_for["cyfenw"] == "surname"
