"""The table that a newcomer tries first: a dozen rows that were typed by hand."""

from __future__ import annotations

import warnings
from collections.abc import Sequence

import numpy as np
import polars as pl
import pytest

from lamplighter.linkage.frequencies.term_frequencies import Frequencies
from lamplighter.linkage.frequencies.value_counts import shares_of
from lamplighter.linkage.frequencies.value_shares import expected_counts, expected_shares, of_two
from lamplighter.linkage_tables import link
from lamplighter.linkage_tables.cleaning.clean_columns import lists
from lamplighter.linkage_tables.column_roles.columns import understood
from lamplighter.linkage_tables.column_roles.no_identifiers import RepeatedHeading
from lamplighter.linkage_tables.two_party.one_person_warning import TwoTold
from lamplighter.linkage_tables.whole_tables import linked
from tests.unit.linkage.tables import pairs_table, persons_table

FEW = pl.DataFrame(
    {
        "First name": ["Anna", "Peter", "Anna", "Lisa", "Thomas", "Petra", "Thomas", "Julia"],
        "Surname": ["Kowalski", "Schmidt", "Kowalsky", "Weber", "Müller", "Schmidt", "Mueller", "Becker"],
        "DOB": ["12.03.1985", "01.07.1970", "12.03.85", "30.11.1992", "5.5.1966", "14.02.1972",
                 "05.05.1966", "22.09.1999"],
        "Town": ["Essen", "Bochum", "Essen", "Dortmund", "Essen", "Bochum", "Essen", "Herne"],
    }
)  # fmt: skip
FULL = {"first name": "John", "last name": "Smith", "date of birth": "03/02/1980"}


def groups(table: pl.DataFrame) -> Sequence[int]:
    """The first row of each row's person."""
    ids = linked(table).groups.sort("rid")["person_id"].cast(pl.Int64).to_list()
    return [i - 1 for i in ids]


class TestShares:
    def test_of_two_people_a_share_is_what_is_supposed(self) -> None:
        (share,) = expected_shares(np.array([1]), 6.5e-5)
        assert share == pytest.approx(6.5e-5, rel=0.25)

    def test_two_of_eight_do_not_make_a_name_common(self) -> None:
        share = expected_shares(np.array([2, 1, 1, 1, 1, 1, 1]), 0.006)[0]
        assert 0.006 < share < 0.06

    def test_of_many_the_counts_tell(self) -> None:
        counts = np.repeat([1, 2, 3, 5, 40, 300], [6_000, 900, 300, 100, 40, 10])
        seen = expected_counts(counts)
        own = np.where(counts < len(seen), seen[np.minimum(counts, len(seen) - 1)], counts) / counts.sum()
        bits = np.log2(expected_shares(counts, 0.006)) - np.log2(own)
        assert np.abs(bits).max() < 0.05

    def test_a_value_that_more_people_have_is_no_rarer(self) -> None:
        shares = expected_shares(np.array([1, 1, 1, 2, 2, 3, 4, 8, 9]), 1e-4)
        assert (np.diff(shares) >= 0).all()

    def test_of_a_village_of_one_postcode_the_postcode_is_common(self) -> None:
        assert expected_shares(np.array([8, 10, 7, 5]), 3e-4).min() > 0.05

    def test_what_only_one_has_is_rare_as_a_share_of_its_own(self) -> None:
        found = {"sur": (pl.Series(["a", "b", "c"]), np.array([2, 1, 1]))}
        told = shares_of(found, {"sur": 0.004})
        assert set(told.plain or {}) == {"sur"}
        assert told.rare["sur"] < (told.plain or {})["sur"]["a"]

    def test_what_is_supposed_takes_the_place_of_what_was_counted(self) -> None:
        told = Frequencies({"x_no": 0.5}, {"x_no": {"a": 0.9}}).as_supposed({"x_no": 0.01})
        assert told.bits_of_one("x_no", "a") == pytest.approx(np.log2(0.01))

    def test_of_many_two_have_two_in_so_many(self) -> None:
        assert of_two(1_000_000, 0.01) == pytest.approx(2e-6, rel=0.01)


class TestPersons:
    def test_whoever_is_there_twice_is_found(self) -> None:
        assert groups(FEW) == [0, 1, 0, 3, 4, 5, 4, 7]

    def test_two_rows_that_say_enough_are_one_person(self) -> None:
        assert groups(pl.DataFrame([FULL, FULL])) == [0, 0]

    def test_two_rows_of_one_name_and_no_more_are_for_a_person_to_decide(self) -> None:
        found = link(pl.DataFrame([FULL, FULL]).drop("date of birth"))
        assert found.persons["person_id"].n_unique() == 2
        assert found.pairs["band"].to_list() == ["to_decide"]

    def test_a_number_of_which_nothing_is_known_tells_nothing(self) -> None:
        names = [{**FULL, "ref": "A-47110"}, {**FULL, "ref": "A-47110"}, {**FULL, "ref": "B-08150"}]
        table = pl.DataFrame([*names, {**FULL, "first name": "Mary", "ref": "B-08150"}])
        bars = link(table).pairs.explode("levels")["levels"].struct.unnest()
        told = bars.filter(pl.col("comparison") == "x_ref")["weight"].to_numpy()
        assert np.abs(told).max() < 1e-9

    @pytest.mark.parametrize("rows", [60, 3_000])
    def test_rows_that_are_all_the_same_are_one_person(self, rows: int) -> None:
        table = pl.DataFrame({k: [v] * rows for k, v in FULL.items()})
        assert link(table).persons["person_id"].n_unique() == 1

    @pytest.mark.parametrize("persons", [4, 8, 16, 30])
    def test_small_tables_are_linked_nearly_as_well_as_large_ones(self, persons: int) -> None:
        right = wrong = missed = 0
        for seed in range(6):
            table = persons_table(persons, seed=seed)
            truth = table["truth"].to_numpy()
            ours = linked(table.drop("truth")).groups.sort("rid")["person_id"].to_numpy()
            i, j = np.triu_indices(len(truth), 1)
            same, true = ours[i] == ours[j], truth[i] == truth[j]
            right += int((same & true).sum())
            wrong += int((same & ~true).sum())
            missed += int((~same & true).sum())
        assert right / (right + wrong) > 0.95
        assert right / (right + missed) > 0.75

    def test_only_one_row(self) -> None:
        assert groups(pl.DataFrame([FULL])) == [0]


class TestColumns:
    def test_whole_names_of_a_few_rows_are_names(self) -> None:
        names = [f"{f} {s}" for f, s in zip(FEW["First name"], FEW["Surname"], strict=True)]
        assert understood(pl.DataFrame({"Bill To": names})).taken_for == {"Bill To": "full_name"}

    def test_a_name_beside_given_names_is_the_surname(self) -> None:
        assert understood(FEW.rename({"Surname": "Name"})).taken_for["Name"] == "surname"

    def test_days_are_no_telephones(self) -> None:
        table = pl.DataFrame(
            {"name": ["Ann Low", "Bea Fox", "Cy Dale"], "seen": ["02.01.1990"] * 2 + ["03.03.1970"]}
        )
        assert understood(table).taken_for["seen"] != "phones"


@pytest.mark.parametrize(
    "written",
    ["0171 2345678", "+49 171 2345678", "(+49)171/2345678", "0049 171 2345678", "+49 (0)171-2345678"],
)
def test_a_telephone_is_the_same_with_the_code_of_its_country(written: str) -> None:
    assert lists([pl.Series([written])], "phones").to_list() == ["01712345678"]
    assert lists([pl.Series([[written]])], "phones").to_list() == [["01712345678"]]


def test_the_code_of_the_country_may_stand_without_its_plus_where_others_have_one() -> None:
    written = ["+1-878-555-0156", "1 878 555 01 56", "878 555 0156", "18785550156"]
    assert lists([pl.Series(written)], "phones").to_list() == ["08785550156"] * 4
    assert lists([pl.Series([[w] for w in written])], "phones").to_list() == [["08785550156"]] * 4
    alone = pl.Series(["1878555015", "17855501560"])
    assert lists([alone], "phones").to_list() == ["01878555015", "017855501560"]


class TestTwoPeopleARow:
    def test_who_links_them_as_one_is_told(self) -> None:
        table = pairs_table(40).drop("truth")
        with pytest.warns(TwoTold, match="--two-party"):
            linked(table)

    def test_nobody_is_told_where_there_is_one(self) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("error", TwoTold)
            link(FEW)
            linked(FEW)


@pytest.mark.parametrize("again", ["Surname_duplicated_0", "Surname.1"])
def test_a_heading_that_stands_twice_is_told_with_what_to_say(again: str) -> None:
    """As polars and pandas name the second of two columns called ``Surname``."""
    table = FEW.with_columns(pl.lit("Old").alias(again))
    with pytest.warns(RepeatedHeading, match=f"'Surname' seems to stand twice.*'ignore': '{again}'"):
        linked(table)
    with warnings.catch_warnings():
        warnings.simplefilter("error", RepeatedHeading)
        linked(FEW)
        found = link(table, columns={"surname": "Surname", "ignore": again})
    assert found.taken_for[again] is None
