"""Canonical forms: what people write and what it means."""

from __future__ import annotations

import datetime as dt

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lamplighter.records import canonical


def text(*values: str | None) -> pl.Series:
    return pl.Series(list(values), dtype=pl.String)


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("+44 7131 140022", "+447131140022"),
        ("00447132650395", "+447132650395"),
        ("(01632) 833129", "+441632833129"),
        ("07285-586799", "+447285586799"),
        ("447191966515", "+447191966515"),
        ("7191966515", "+447191966515"),
        ("+44 (0)7131 140022", "+447131140022"),
        ("mob: 07131140022", "+447131140022"),
        ("+1 202 555 0143", "+12025550143"),
        ("O7131 14OO22", "+447131140022"),
        ("999", None),
        ("4.47E+11", None),
        ("withheld", None),
    ],
)
def test_telephone_numbers(written: str, number: str | None) -> None:
    assert canonical.phone(written) == number


def test_a_cell_may_hold_several_numbers() -> None:
    found = canonical.phones(
        text("07131 140022 / 01632 833129 or 07285586799", "07131140022; 07131 140022")
    ).value
    assert found.to_list() == [["+447131140022", "+441632833129", "+447285586799"], ["+447131140022"]]


@given(
    st.integers(min_value=10**8, max_value=10**9 - 1),
    st.sampled_from(["0{}", "+44{}", "0044{}", "44{}", "+44 {}"]),
)
def test_every_way_of_writing_a_mobile_gives_one_number(digits: int, form: str) -> None:
    assert canonical.phone(form.format(f"7{digits}")) == f"+447{digits}"


@pytest.mark.parametrize(
    ("written", "handle"),
    [
        ("FB @Some_one", "facebook:some_one"),
        ("@x_1 (IG)", "instagram:x_1"),
        ("tik tok: y_2", "tiktok:y_2"),
        ("asif.ali (SC)", "snapchat:asif.ali"),
        ("X/Twitter/liam_91", "x:liam_91"),
        ("X/@mark9", "x:mark9"),
        ("snap Deanlad85", "snapchat:deanlad85"),
        ("fb@zed", "facebook:zed"),
        ("@amy", "?:amy"),
        ("https://www.instagram.com/foo.bar/", "instagram:foo.bar"),
        ("two words here", None),
        ("facebook", None),
        ("unknown", None),
        ("@unknown", None),
        ("FB: n/k", None),
        ("Fake account", None),
        ("unknown_soldier", "?:unknown_soldier"),
    ],
)
def test_accounts(written: str, handle: str | None) -> None:
    assert canonical.handle(written) == handle


def test_a_cell_may_hold_several_accounts() -> None:
    found = canonical.handles(
        text("Facebook: @a1; Instagram: b2", "SC/tyler_97,facebook/tylerbig336", "insta - @jo.x / snap: jo_x")
    ).value
    assert found.to_list() == [
        ["facebook:a1", "instagram:b2"],
        ["snapchat:tyler_97", "facebook:tylerbig336"],
        ["instagram:jo.x", "snapchat:jo_x"],
    ]


@pytest.mark.parametrize(
    ("written", "mark", "words"),
    [
        ("TM21KDT", ["TM21KDT"], None),
        ("KDT silver BMW 3 Series", ["KDT*"], ["silver BMW 3 Series"]),
        ("green Ford Transit TH20 JXJ", ["TH20JXJ"], ["green Ford Transit"]),
        ("UE", ["UE*"], None),
        ("TT13 silver Seat Ibiza", ["TT13*"], ["silver Seat Ibiza"]),
        ("silver VW Golf", None, ["silver VW Golf"]),
        ("red Ford KA", None, ["red Ford KA"]),
        ("BMW", None, ["BMW"]),
        ("unknown", None, None),
        ("unk", None, None),
        ("WHITE FORD TRANSIT VAN", None, ["WHITE FORD TRANSIT VAN"]),
        ("RED AUDI", None, ["RED AUDI"]),
        ("van", None, ["van"]),
        ("AB12CDE / XY70 ZZZ", ["AB12CDE", "XY70ZZZ"], None),
        ("black BMW AB12 CDE and grey Audi XY70ZZZ", ["AB12CDE", "XY70ZZZ"], ["black BMW and grey Audi"]),
    ],
)
def test_vehicles(written: str, mark: list[str] | None, words: list[str] | None) -> None:
    marks, descriptions = canonical.vehicles(text(written))
    assert marks.value.to_list() == [mark]
    assert descriptions.value.to_list() == [words]


def test_postcodes_and_their_outward_part() -> None:
    assert canonical.postcode("av18zq") == "AV1 8ZQ"
    assert canonical.postcode("AV4") == "AV4"
    assert canonical.postcode("nowhere") is None


def test_pnc_ids_with_short_serials_and_wrong_letters() -> None:
    assert canonical.pnc_id("19/352045W") == "2019/0352045W"
    assert canonical.pnc_id("2022/0350751K") == "2022/0350751K"
    found = canonical.pnc_ids(text("2008/0237833J", "rubbish"))
    assert found.value.to_list() == [None, None]
    assert found.problem is not None
    assert found.problem.to_list() == ["pnc_check_letter", "pnc_unreadable"]


def test_check_letters_as_published() -> None:
    assert canonical.pnc_check_letter("99", "9999999") == "V"
    assert canonical.pnc_check_letter("24", "1234567") == "K"
    assert canonical.cro_check_letter("08", "123456") == "T"
    assert canonical.cro("123456/08t") == "123456/08T"
    assert canonical.cro("123456/08A") is None


@given(st.integers(0, 99), st.integers(0, 9_999_999))
def test_a_pnc_id_holds_with_its_own_letter_and_no_other(year: int, serial: int) -> None:
    letter = canonical.pnc_check_letter(f"{year:02d}", f"{serial:07d}")
    assert canonical.pnc_id(f"{year:02d}/{serial}{letter}") is not None
    other = "A" if letter != "A" else "B"
    assert canonical.pnc_id(f"{year:02d}/{serial}{other}") is None


@pytest.mark.parametrize(
    ("written", "when", "problem"),
    [
        ("02/07/2022 02:50", dt.datetime(2022, 7, 2, 2, 50), None),
        ("2022-07-05T17:40", dt.datetime(2022, 7, 5, 17, 40), None),
        ("5 Jan 2024 at 3.15pm", dt.datetime(2024, 1, 5, 15, 15), None),
        ("1.2.24", dt.datetime(2024, 2, 1), None),
        ("2024-06-01T12:00:00Z", dt.datetime(2024, 6, 1, 13), None),
        ("10/25/2023", dt.datetime(2023, 10, 25), "date_turned"),
        ("31/02/2025 11:45", None, "date_impossible"),
        ("0000-00-00T00:00", None, "date_zero"),
        ("03/03/0203", None, "date_absurd"),
        ("2024-01-02 25:00", dt.datetime(2024, 1, 2), "time_unreadable"),
        ("last week", None, "date_unreadable"),
    ],
)
def test_dates(written: str, when: dt.datetime | None, problem: str | None) -> None:
    found = canonical.datetimes(text(written))
    assert found.value.to_list() == [when]
    assert found.problem is not None
    assert found.problem.to_list() == [problem]


def test_dates_of_several_forms_in_one_column() -> None:
    written = [f"{d:02d}/03/2024 10:00" for d in range(1, 29)]
    found = canonical.datetimes(text(*written, "2024-04-01", "31/02/2024", None))
    assert found.value.to_list()[-4:] == [dt.datetime(2024, 3, 28, 10), dt.datetime(2024, 4, 1), None, None]
    assert found.problem is not None
    assert found.problem.to_list()[-3:] == [None, "date_impossible", None]


@pytest.mark.parametrize(
    ("words", "low", "high"),
    [
        ("approx 40", 35, 45),
        ("c46", 41, 51),
        ("30s", 30, 39),
        ("early 20s", 20, 24),
        ("late 40s", 46, 49),
        ("41", 40, 42),
        ("25-30", 25, 30),
        ("under 18", 0, 17),
        ("65+", 65, 120),
        ("200", None, None),
        ("mid thirties", 33, 37),
        ("Forty-five", 44, 46),
        ("late teens", 16, 19),
        ("about fifty", 45, 55),
        ("pensioner", 65, 120),
    ],
)
def test_ages_in_words(words: str, low: int | None, high: int | None) -> None:
    lowest, highest = canonical.ages(text(words))
    assert (lowest.value[0], highest.value[0]) == (low, high)


@pytest.mark.parametrize(
    ("surname", "forenames", "expected"),
    [
        ("UNKNOWN", "", (None, None, "unknown")),
        ("", "Ex Partner", (None, None, "ex partner")),
        ("UNKNOWN MALE", None, (None, None, "unknown male")),
        ("Friend", "Jane", ("Friend", "Jane", None)),
        ("BAILEY-DAVIES", "Ann  Marie", ("BAILEY-DAVIES", "Ann Marie", None)),
        ("NULL", "NULL", (None, None, None)),
        ("O’BRIEN", "P", ("O'BRIEN", "P", None)),
        ("Khan", "Mr", ("Khan", None, None)),
        ("Mrs Khan", "Dr. Amina", ("Khan", "Amina", None)),
        ("Drake", "Missy", ("Drake", "Missy", None)),
        ("SMITH (NEE JONES)", "Ann", ("SMITH", "Ann", None)),
        ("SMITH, JANE", None, ("SMITH", "JANE", None)),
        ("Smi\u200bth", "Ann", ("Smith", "Ann", None)),
    ],
)
def test_names_and_words_that_stand_for_them(
    surname: str | None, forenames: str | None, expected: tuple[str | None, str | None, str | None]
) -> None:
    parts = canonical.names(text(surname), text(forenames))
    assert tuple(p.value[0] for p in parts) == expected


def test_a_birth_name_is_another_name() -> None:
    found = canonical.other_names(
        text("SMITH (NEE JONES)", "Cole née O'Dea", "Jane known as JJ", "Nee", None)
    )
    assert found.value.to_list() == [["JONES"], ["O'Dea"], ["JJ"], None, None]


def test_references_are_found_in_words_and_padded() -> None:
    found = canonical.references_in(
        text("Linked to 4A/001253/22. See 4a/148/22 and HM220001042X", "none", None)
    )
    assert found.value.to_list() == [["4A/001253/22", "4A/000148/22", "HM220001042X"], None, None]
    assert canonical.tidy_references(text(" hm220002078 ", "4A/00148/22")).value.to_list() == [
        "HM220002078",
        "4A/000148/22",
    ]


def test_a_token_is_keyed_and_one_way() -> None:
    token = canonical.match_token("+447131140022", b"one")
    assert token == canonical.match_token("+447131140022", b"one")
    assert token != canonical.match_token("+447131140022", b"two")
    assert "7131140022" not in token
    listed = canonical.match_tokens(pl.Series([["+447131140022"], None]), b"one")
    assert listed.to_list() == [[token], None]


@given(st.lists(st.one_of(st.none(), st.text(max_size=40)), min_size=1, max_size=20))
def test_no_text_breaks_a_canonical_form(values: list[str | None]) -> None:
    series = text(*values)
    for function in (
        canonical.phones,
        canonical.emails,
        canonical.handles,
        canonical.postcodes,
        canonical.pnc_ids,
        canonical.cros,
        canonical.datetimes,
        canonical.nicknames,
        canonical.references_in,
    ):
        assert len(function(series).value) == len(values)
    assert len(canonical.vehicles(series)[0].value) == len(values)
    assert len(canonical.ages(series)[0].value) == len(values)
