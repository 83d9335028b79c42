"""Names in one column, and columns of which each tells what another leaves out."""

from __future__ import annotations

import datetime as dt

import numpy as np
import polars as pl
import pytest

from lamplighter.linkage.features.names import words
from lamplighter.linkage_tables.cleaning.names.whole_names import in_two, plain_names
from lamplighter.linkage_tables.column_roles.columns import ColumnUnknown, understood
from lamplighter.linkage_tables.whole_tables import linked
from tests.unit.linkage.made_up import FORENAMES, SURNAMES

MANY = 400


def _people(seed: int = 4) -> tuple[list[str], list[str]]:
    rng = np.random.default_rng(seed)
    return [str(n) for n in rng.choice(FORENAMES, MANY)], [str(n) for n in rng.choice(SURNAMES, MANY)]


def _told(names: list[str]) -> list[tuple[str | None, str | None]]:
    first, last = in_two(plain_names(pl.Series(names)), surname_first=False)
    return list(zip(first, last, strict=True))


def _written(names: list[str]) -> list[tuple[str | None, str | None]]:
    """What is read of some names among many that are written as usual."""
    usual = [f"{a} {b}" for a, b in zip(*_people(), strict=True)]
    return _told([*names, *usual])[: len(names)]


@pytest.mark.parametrize(
    "written",
    [
        "Dr Ann Quarle",
        "Ann Quarle Jr.",
        "QUARLE Ann",
        "Quarle, Ann",
        "Rev. Dr. Ann Quarle, Senior",
        "Lord Ann Quarle, 2nd Baronet",
        "Ann Quarle, 1st Earl of Oakmere",
    ],
)
def test_what_stands_beside_a_name_is_no_part_of_it(written: str) -> None:
    [(first, last)] = _written([written])
    assert (first, (last or "").lower()) == ("Ann", "quarle")


@pytest.mark.parametrize("form", [" Ltd", " Limited", " (UK) Ltd.", ", Inc.", " Pty Ltd", " plc", " GmbH"])
def test_what_law_makes_of_a_firm_is_no_surname(form: str) -> None:
    assert _written([f"Ashwick Motors{form}"]) == [("Ashwick", "Motors")]
    assert _written([f"Ashwick{form}"]) == _written(["Ashwick"])
    assert _written(["Ann Corpe", "Limited-Dray, Ann"]) == [("Ann", "Corpe"), ("Ann", "Limited-Dray")]


def test_a_title_and_a_word_are_somebody_of_that_surname() -> None:
    assert _written(["Mrs Quarle"]) == [("Mrs", "Quarle")]
    assert words("Mrs") == []


def test_two_words_are_put_in_the_order_in_which_the_others_have_them() -> None:
    names = [f"{a} {b}" for a, b in zip(*_people(), strict=True)]
    turned = [f"{b} {a}" for a, b in list(zip(*_people(), strict=True))[:40]]
    right = _told([*names, *turned])
    assert right[:MANY] == _told(names)
    assert sum(a == b for a, b in zip(right[:40], right[MANY:], strict=True)) > 30
    # Nothing is turned where a comma says which word is which.
    commas = [f"{b}, {a}" for a, b in list(zip(*_people(), strict=True))[:40]]
    assert _told([*names, *commas])[MANY:] == right[:40]


def test_digits_that_were_letters_are_letters() -> None:
    assert words("J0HN5ON") == ["johnson"]
    assert words("5tevenson") == ["stevenson"]
    assert words("Daz1") == ["daz"]
    assert words("1st") == ["st"]


def test_names_of_east_asia_are_whole_and_their_syllables_too() -> None:
    assert _told(["김민수", "박서연"]) == [("김민수", None), ("박서연", None)]
    assert _told(["佐藤 健", "佐藤\u3000健", "佐藤健"]) == [("佐藤健", None)] * 3
    assert words("김민수") == ["김민수"]


def _of_two_lists(**more: list[str | None]) -> pl.DataFrame:
    """Of the first half of the rows given names and surnames are told, of the others the whole name."""
    given, family = _people()
    half = MANY // 2
    nothing: list[str | None] = [None] * half
    whole = [f"{a} {b}" for a, b in zip(given, family, strict=True)]
    told = {"given_name": given[:half] + nothing, "surname": family[:half] + nothing}
    return pl.DataFrame(told | {"name": nothing + whole[half:]} | more)


def test_a_whole_name_fills_in_where_its_parts_are_not_told() -> None:
    given, family = _people()
    people = understood(_of_two_lists()).people
    assert people["forenames"].to_list() == given
    assert people["surname"].to_list() == family


def test_the_name_of_a_firm_fills_in_nothing() -> None:
    frame = _of_two_lists().rename({"name": "employer_name"})
    firms = [f"{b} Holdings" for b in reversed(_people()[1])]
    found = understood(frame.with_columns(pl.Series("employer_name", firms)))
    assert found.people["surname"].null_count() == MANY // 2


def test_columns_of_one_field_that_fill_each_other_are_one() -> None:
    half = MANY // 2
    one = [f"{1 + n % 28:02}/{1 + n % 12:02}/1960" for n in range(half)] + [None] * half
    other = [None] * half + [f"{1 + n % 12:02}-{1 + n % 28:02}-1961" for n in range(half)]
    frame = _of_two_lists(dob=one, birthdate=other)
    found = understood(frame)
    assert found.taken_for["dob"] == found.taken_for["birthdate"] == "birth_date"
    expected = [f"1960-{1 + n % 12:02}-{1 + n % 28:02}" for n in range(half)]
    assert found.people["birth_date"].to_list()[:half] == expected
    assert found.people["birth_date"].null_count() == 0
    # What was understood can be said.
    assert understood(frame, found.taken_for).people.equals(found.people)
    with pytest.raises(ColumnUnknown, match="are both said to be 'birth_date'"):
        understood(frame.with_columns(birthdate="dob"), {"dob": "birth_date", "birthdate": "birth_date"})


def test_kin_are_not_whom_a_row_is_of() -> None:
    given, family = _people()
    names = [f"{b}, {a}" for a, b in zip(given, family, strict=True)]
    read = [n.replace("a", "4") if i % 4 == 0 else n for i, n in enumerate(names)]
    found = understood(pl.DataFrame({"next_of_kin": given[::-1], "patient": read}))
    assert found.taken_for["patient"] == "full_name"
    assert found.taken_for["next_of_kin"] != "forenames"


def test_a_heading_that_begins_others_is_of_whoever_they_are_of() -> None:
    given, family = _people()
    whole = [f"{b}, {a}" for a, b in zip(given, family, strict=True)]
    codes = [f"{10000 + 7 * n}" for n in range(MANY)]
    frame = pl.DataFrame({"contributor": whole, "contributor_zip": codes})
    found = understood(frame)
    assert found.taken_for == {"contributor": "full_name", "contributor_zip": "postcode"}
    firms = understood(
        frame.with_columns(contributor=pl.Series([f"Quarle Holdings {n}" for n in range(MANY)]))
    )
    assert firms.taken_for["contributor_zip"] != "postcode"


def _homes() -> pl.DataFrame:
    """Two people of each home with two or three records each; in one home of six a father and his son of one
    name. What stands behind their names is told in most of their records, a birth in half."""
    rng, rows = np.random.default_rng(2), []
    given, family = _people()
    for home in range(MANY):
        of_one_name = home % 6 == 0
        for member in range(2):
            first = given[home] if member == 0 or of_one_name else given[(7 * home + 3) % MANY]
            behind = (" Sr", ", Jr.")[member] if of_one_name else ""
            day = rng.integers(365) + 365 * int(rng.integers(18) + 27 * member)
            born = str(dt.date(1940, 1, 1) + dt.timedelta(days=int(day)))
            for _ in range(int(rng.integers(2, 4))):
                rows.append(
                    {
                        "truth": f"{home}-{member}",
                        "name": f"{first} {family[home]}{behind if rng.random() < 0.8 else ''}",
                        "dob": born if rng.random() < 0.5 else None,
                        "address": f"{home + 1} Mill Lane",
                    }
                )
    return pl.DataFrame([rows[i] for i in rng.permutation(len(rows))])


def test_a_father_and_his_son_of_one_name_are_two() -> None:
    frame = _homes()
    bare = frame.with_columns(name=pl.col("name").str.replace(r",? [SJ]r\.?$", ""))
    told, untold = (linked(f.drop("truth")).measured(f["truth"]) for f in (frame, bare))
    assert told.groups.precision > untold.groups.precision


@pytest.mark.parametrize("heading", ["suffix", "name_sufx_cd", "Name Suffix"])
def test_a_suffix_is_junior_or_senior_however_it_is_written(heading: str) -> None:
    given, family = _people()
    behind = [("JR", "Jr.", "Junior", "III", None)[n % 5] for n in range(MANY)]
    frame = pl.DataFrame({"first_name": given, "last_name": family, heading: behind})
    found = understood(frame)
    assert found.taken_for[heading] == "generation"
    [extra] = found.extras
    assert set(found.people[extra.column].to_list()) == {"junior", "third", None}
    codes = frame.with_columns(pl.Series(heading, [f"A{n % 7}" for n in range(MANY)]))
    assert understood(codes).taken_for[heading] != "generation"


def test_a_word_before_initials_is_a_surname_unless_it_is_given() -> None:
    register = ["WARD J", "BROWN A F", "Ward, James", "Brown, William", "Sarah K", "Sarah Cox", "J COX"]
    first, last = in_two(plain_names(pl.Series(register)), surname_first=False)
    assert first.to_list() == ["J", "A F", "James", "William", "Sarah", "Sarah", "J"]
    assert last.to_list() == ["WARD", "BROWN", "Ward", "Brown", "K", "Cox", "COX"]
    # Where nothing else is known, as most are: in the second of these all are called by what they were given.
    for names, surnames in (
        (["WARD J", "COX G", "JAMES L"], ["WARD", "COX", "JAMES"]),
        (["Sarah K", "Thomas L", "Zork W"], ["K", "L", "W"]),
    ):
        assert in_two(plain_names(pl.Series(names)), surname_first=False)[1].to_list() == surnames
