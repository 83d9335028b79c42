"""Numbers and dates as programs and people of other countries write them."""

from __future__ import annotations

import polars as pl
import pytest

from lamplighter.linkage.columns import understood
from lamplighter.linkage.dates import dated


@pytest.mark.parametrize(
    "written",
    [
        "7700900123.0", "7700900123", "+44 (0)7700 900123", "0044 (0) 7700900123", "447700900123",
        "٠٧٧٠٠٩٠٠١٢٣",
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
