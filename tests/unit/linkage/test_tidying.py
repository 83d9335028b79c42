"""Numbers and dates as programs and people of other countries write them."""

from __future__ import annotations

import datetime as dt

import polars as pl
import pytest

from lamplighter.linkage_tables.cleaning import clean_columns
from lamplighter.linkage_tables.cleaning.dates import dated
from lamplighter.linkage_tables.column_roles.columns import understood


@pytest.mark.parametrize(
    "written",
    [
        "7700900123.0", "7700900123", "+44 (0)7700 900123", "0044 (0) 7700900123", "447700900123",
        "٠٧٧٠٠٩٠٠١٢٣", "7.700900123E+09",
    ],
)  # fmt: skip
def test_a_telephone_is_one_however_a_program_or_a_person_wrote_it(written: str) -> None:
    table = pl.DataFrame({"surname": ["Quarle", "Quarle"], "phone": ["07700 900123", written]})
    assert set(understood(table).people["phones"]) == {"07700900123"}
    two = understood(table.with_columns(mobile=pl.lit("07700 900456"))).people["phones"]
    assert set(two.list.get(0)) == {"07700900123"}


def test_what_is_no_british_telephone_is_not_made_one() -> None:
    table = pl.DataFrame({"surname": ["a", "b", "c"], "phone": ["440-555-1234", "000000", "1234"]})
    assert understood(table).people["phones"].to_list() == ["04405551234", None, None]


@pytest.mark.parametrize("written", ["2 января 1980 г.", "1980年1月2日", "٢/١/١٩٨٠"])
def test_dates_of_other_scripts_are_read(written: str) -> None:
    table = pl.DataFrame({"surname": ["Quarle", "Oakmere"], "dob": [written, "31/12/1979"]})
    assert understood(table).people["birth_date"].to_list() == ["1980-01-02", "1979-12-31"]


def test_months_in_russian_are_told_apart() -> None:
    written = ["5 марта 1980", "5 мая 1980", "5 май 1980", "5 июня 1980", "5 июля 1980"]
    assert [d[5:7] for d in dated(pl.Series(written))] == ["03", "05", "05", "06", "07"]


def test_a_number_that_lost_digits_is_nobodys() -> None:
    cards = ["1.23457E+11", "123457000001", "1.23457000001E+11", "A1.2E+11"]
    table = pl.DataFrame({"surname": list("abcd"), "passport_number": cards})
    assert understood(table).people["x_passport_number"].to_list() == [None, *[cards[1]] * 2, "a12e11"]


BORN = [dt.date(1984, 3, 12), dt.date(1931, 11, 2), dt.date(2003, 1, 30), dt.date(1969, 12, 31)]


@pytest.mark.parametrize(
    "written",
    [
        [f"'{day:%d/%m/%Y}" for day in BORN],
        [f'="{day:%d/%m/%Y}"' for day in BORN],
        [f"{day:%d / %m / %Y}" for day in BORN],
        [f"{day:%d}\\{day:%m}\\{day:%Y}" for day in BORN],
        [f"{day:%d%m%Y}".lstrip("0") for day in BORN],
        [f"{day:%y%m%d}" for day in BORN],
        [f"{day:%d%m%y}" for day in BORN],
        [str((BORN[0] - dt.date(1899, 12, 30)).days), *(f"{day:%d/%m/%Y}" for day in BORN[1:])],
        [f"{BORN[0]:%d.%m.%Y}", *(str((day - dt.date(1899, 12, 30)).days) for day in BORN[1:])],
    ],
)
def test_days_are_read_however_a_program_counts_or_wraps_them(written: list[str]) -> None:
    # Of two digits 31 is of the last century.
    assert dated(pl.Series(written)).to_list() == [str(day) for day in BORN]


def test_numbers_that_are_no_days_are_not_read_as_days() -> None:
    for numbers in (["0"], ["12345", "10001", "abc", "90210"], ["123456", "987654", "555111", "840312"]):
        assert dated(pl.Series(numbers)).null_count() == len(numbers)


@pytest.mark.parametrize("written", ["03/1984", "1984-03", "1984.0", "1984"])
def test_of_a_month_the_year_is_known(written: str) -> None:
    people = understood(pl.DataFrame({"surname": ["Quarle", "Low"], "dob": [written, "12/03/1984"]})).people
    assert people["birth_year"].to_list() == [1984, None]
    assert people["birth_date"].to_list() == [None, "1984-03-12"]


@pytest.mark.parametrize("written", ["O&#39;Neill", "O&apos;Neill", "O&#x27;Neill"])
def test_letters_as_a_page_writes_them_are_read(written: str) -> None:
    people = understood(pl.DataFrame({"surname": [written, "Low & Son", "&co;"]})).people
    assert people["surname"].to_list() == ["O'Neill", "Low & Son", "&co;"]


@pytest.mark.parametrize("name", ["José", "JOSÉ", "Łódź", "Małgorzata", "Zoë O’Neill", "Åse", "Ærø"])
@pytest.mark.parametrize("taken_for", ["cp1252", "latin-1"])
def test_letters_that_a_program_took_for_others_are_read(name: str, taken_for: str) -> None:
    # Windows-1252 has no letter for five of the bytes.
    damaged = name.encode().decode("latin-1")
    if taken_for == "cp1252":
        damaged = "".join(
            c if c in "\x81\x8d\x8f\x90\x9d" else c.encode("latin-1").decode("cp1252") for c in damaged
        )
    people = understood(pl.DataFrame({"surname": [damaged, name, "Low"]})).people
    assert people["surname"].to_list() == [name, name, "Low"]


@pytest.mark.parametrize("written", ["\\N", "---", "???", "#REF!", "[null]", "No surname", "Undefined"])
def test_what_stands_for_nothing_is_nothing(written: str) -> None:
    assert understood(pl.DataFrame({"surname": [written, "Low"]})).people["surname"].to_list() == [
        None,
        "Low",
    ]


@pytest.mark.parametrize(
    ("written", "read"),
    [
        (" Quarle", "Quarle"), ("Quarle ", "Quarle"), ("Quarle\t", "Quarle"), ("\nQuarle", "Quarle"),
        ("Quar\u00adle", "Quarle"), ("Quarl&eacute;", "Quarlé"), ("&#78;&#47;A", None), ("7700.0", "7700"),
        ("7.7009E+04", "77009"), ("٧٧٠٠", "7700"),
        ("N/A", None), ("n/a", None), (" none ", None), ("-", None),
    ],
)  # fmt: skip
def test_what_is_odd_is_seen_wherever_it_stands(
    monkeypatch: pytest.MonkeyPatch, written: str, read: str | None
) -> None:
    monkeypatch.setattr(clean_columns, "_AT_ONCE", 3)
    for others in ("Oakmere", "07700"):
        for place in range(7):
            column = [others] * 6 + [None]
            column.insert(place, written)
            expected = [others] * 6 + [None]
            expected.insert(place, read)
            assert clean_columns.clean(pl.Series("a", column)).to_list() == expected


def test_telephones_are_read_alike_among_many_that_are_written_in_one_way() -> None:
    odd = {
        "+44 7700 900123": "07700900123", "+4407700900123": "07700900123", "0044 7700900123": "07700900123",
        "447700900123": "07700900123", "+4477": None, "+49 30 1234567": "0301234567",
        "+1-440-555-1234": "04405551234", "07700 900123": "07700900123", "+447700900123 home": "07700900123",
    }  # fmt: skip
    many = [f"+447{n:09d}" for n in range(100, 900, 10)]
    column = pl.Series("p", [*many, None, *odd])
    assert clean_columns.lists([column], "phones").to_list() == [f"0{n[3:]}" for n in many] + [
        None,
        *odd.values(),
    ]
    # Without a code that many have nobody's digits are taken for one.
    assert clean_columns.lists([column[-1:]], "phones").to_list() == ["07700900123"]
