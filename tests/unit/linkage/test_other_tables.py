"""Tables of other countries, with columns that tell nothing and people who grow older."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import polars as pl
import pytest

from lamplighter.linkage_tables.cleaning.dates import dated
from lamplighter.linkage_tables.column_roles.columns import understood
from lamplighter.linkage_tables.two_party.parties import two_parties
from lamplighter.linkage_tables.whole_tables import linked, truth_of
from tests.unit.linkage.tables import persons_table

# Most of these tables are headings, with a letter under each.
pytestmark = pytest.mark.filterwarnings(
    "ignore::lamplighter.linkage_tables.column_roles.no_identifiers.NothingRead"
)

_BEGINS = (
    "bal",
    "bram",
    "car",
    "crow",
    "dun",
    "elm",
    "fair",
    "gar",
    "hart",
    "kel",
    "lang",
    "nor",
    "oak",
    "pem",
)
_ENDS = (
    "bury",
    "combe",
    "dale",
    "der",
    "field",
    "ford",
    "ham",
    "ington",
    "ley",
    "mere",
    "ridge",
    "stone",
    "ward",
)


def people_of(many: int, seed: int = 7) -> list[dict[str, str]]:
    """Records of so many people, about two of each, with slips in their names."""
    rng = np.random.default_rng(seed)

    def name() -> str:
        return f"{rng.choice(_BEGINS)}{rng.choice(_ENDS)}"

    rows = []
    for i in range(many):
        first, last = name(), name()
        born = str(np.datetime64("1940-01-01") + np.timedelta64(int(rng.integers(0, 22_000)), "D"))
        for _ in range(int(rng.integers(1, 4))):
            slipped = first[:2] + first[3:] if rng.random() < 0.15 else first
            rows.append({"truth": f"t{i}", "first": slipped, "last": last, "born": born})
    return [rows[i] for i in rng.permutation(len(rows))]


def _f1(table: pl.DataFrame) -> float:
    truth = truth_of(table, "truth")
    assert truth is not None
    return linked(table.drop("truth")).measured(truth).groups.f1


class TestHeadings:
    @pytest.mark.parametrize(
        ("headings", "fields"),
        [
            (
                ["last_name", "midl_name", "res_city_desc", "full_phone_num", "snapshot"],
                ["surname", "middle_name", "town", "phones", "source"],
            ),
        ],
    )
    def test_of_other_countries_are_known(self, headings: Sequence[str], fields: Sequence[str]) -> None:
        frame = pl.DataFrame({h: ["Quarle 1", "Elmham 2"] for h in headings})
        assert list(understood(frame).taken_for.values()) == fields

    @pytest.mark.parametrize("heading", ["label", "entity"])
    def test_of_an_answer_are_not_believed_of_a_column_of_names(self, heading: str) -> None:
        names = [
            f"{a} {b}"
            for a in ("Jane", "Peter", "Susan", "Robert")
            for b in (x + y for x in _BEGINS for y in _ENDS)
        ]
        answers = [f"e{i}" for i in range(len(names))]
        assert (
            understood(pl.DataFrame({heading: names, "born": "1970-01-02"})).taken_for[heading] == "full_name"
        )
        assert understood(pl.DataFrame({"name": names, heading: answers})).taken_for[heading] is None

    def test_begin_with_two_words_of_nobody_knows_what(self) -> None:
        headings = ["raw_inventor_name_first", "raw_inventor_name_last", "raw_city"]
        taken = understood(pl.DataFrame({key: ["Ann"] for key in headings})).taken_for
        assert [taken[h] for h in headings] == ["forenames", "surname", "town"]

    def test_first_names_are_known_by_their_look_beside_surnames(self) -> None:
        rows = people_of(300)
        first = ["Jane", "Peter", "Susan B", "Robert"] * len(rows)
        table = pl.DataFrame({"surname": [r["last"] for r in rows], "col_b": [
            f"{first[i]}{'' if i % 5 else ' ' + r['first'].title()}" for i, r in enumerate(rows)
        ]})  # fmt: skip
        assert understood(table).taken_for["col_b"] == "forenames"

    def test_the_year_of_a_list_is_when_its_ages_were_told(self) -> None:
        people = people_of(200)
        rows = [
            {
                "first": p["first"],
                "last": p["last"],
                "age": year - int(p["born"][:4]),
                "lst": year,
                "made": 2001 + i % 7,
            }
            for year in (2000, 2010)
            for i, p in enumerate(people)
        ]
        found = understood(pl.DataFrame(rows))
        assert (found.taken_for["lst"], found.taken_for["made"]) == ("recorded_on", "category")
        assert found.people["reported_at"].dt.year().to_list() == [r["lst"] for r in rows]
        assert found.people["source"].n_unique() == 2
        homes = understood(pl.DataFrame([{**r, "street": "High Street", "house": "4"} for r in rows]))
        assert homes.taken_for["lst"] == "recorded_on"
        still = understood(pl.DataFrame([{**r, "age": 40} for r in rows]))
        assert "recorded_on" not in still.taken_for.values()

    def test_a_name_beside_surnames_is_what_the_surname_leaves(self) -> None:
        frame = pl.DataFrame({"name": ["Ana María", "Quarle"], "surnames": ["Quarle", "Elmham"]})
        people = understood(frame).people
        assert people["forenames"].to_list() == ["Ana María", "Quarle"]
        assert people["surname"].to_list() == ["Quarle", "Elmham"]

    def test_whole_names_that_begin_with_the_surname(self) -> None:
        people = understood(pl.DataFrame({"Cognome e Nome": ["Quarle Ana", "Elmham, Eva Maria"]})).people
        assert people["surname"].to_list() == ["Quarle", "Elmham"]
        assert people["forenames"].to_list() == ["Ana", "Eva Maria"]

    def test_one_word_is_what_it_is_oftener_in_longer_names(self) -> None:
        names = ["Ana Quarle", "Eva Quarle", "Ana Elmham", "ana", "Quarle", "Orm"]
        people = understood(pl.DataFrame({"name": names})).people
        assert people["forenames"].to_list()[3:] == ["ana", None, None]
        assert people["surname"].to_list()[3:] == [None, "Quarle", "Orm"]

    def test_a_street_with_its_number_is_a_line_of_an_address(self) -> None:
        frame = pl.DataFrame({"Street address": ["4 Mill Lane", "Mill Lane 4", "Mill Lane"]})
        assert understood(frame).taken_for == {"Street address": "address_text"}


class TestContents:
    @pytest.mark.parametrize(
        "written",
        ["Tue 03 Mar 1987", "3rd March 1987", "March 3, 1987", "03MAR1987", "3. März 1987",
         "3 de marzo de 1987", "1987/03/03 12:00:00", "3-Mar-87", "3 marca 1987", "3 mars 1987"],
    )  # fmt: skip
    def test_a_date_in_words(self, written: str) -> None:
        assert dated(pl.Series([written])).to_list() == ["1987-03-03"]

    def test_days_as_a_spreadsheet_numbers_them(self) -> None:
        assert dated(pl.Series(["31839", "31840.0", "n/a"])).to_list() == ["1987-03-03", "1987-03-04", None]

    def test_a_year_alone_is_a_year_of_birth(self) -> None:
        people = understood(pl.DataFrame({"surname": ["Quarle"] * 2, "dob": ["1987", "1987-03-03"]})).people
        assert people["birth_year"].to_list() == [1987, None]
        assert people["birth_date"].to_list() == [None, "1987-03-03"]

    def test_days_that_are_no_births_and_decimals_are_no_identifiers(self) -> None:
        days = [f"{1 + i % 28:02}/{1 + i % 12:02}/20{10 + i % 15}" for i in range(300)]
        frame = pl.DataFrame(
            {"surname": ["Quarle"] * 300, "seen": days, "paid": [f"{i}.50" for i in range(300)]}
        )
        taken = understood(frame).taken_for
        assert (taken["seen"], taken["paid"]) == ("date", "number")

    def test_what_records_of_one_name_share_is_somebodys_own(self) -> None:
        """A postcode of one person tells where they were born as little as their name does."""
        rows = [r for r in people_of(60) for _ in range(6)]
        frame = pl.DataFrame(
            {
                "first_name": [r["first"] for r in rows],
                "surname": [r["last"] for r in rows],
                "postcode": [f"ZA1 {r['truth']}" for r in rows],
                "birth_place": [r["last"] + "ton" for r in rows],
            }
        )
        assert understood(frame).taken_for["birth_place"] is not None


class TestLinking:
    def test_columns_that_tell_nothing_drown_nobody(self) -> None:
        rng = np.random.default_rng(3)
        people = persons_table().drop("ref", "zip", "street_address")

        def any_of(values: Sequence[str]) -> pl.Series:
            return pl.Series(rng.choice(values, people.height).tolist())

        clutter = {f"answer {i}": any_of(["yes", "no", "perhaps"]) for i in range(6)} | {
            "amount": pl.Series([f"{x:.2f}" for x in rng.lognormal(3, 1, people.height)]),
            "balance": pl.Series(rng.integers(0, 9999, people.height).astype(str).tolist()),
            "updated": any_of([f"{d:02}/06/2021" for d in range(1, 29)]),
        }
        alone = _f1(people)
        assert _f1(people.with_columns(**clutter)) > alone - 0.01
        assert alone > 0.9

    def test_whoever_is_five_years_older_in_the_next_list_is_not_their_father(self) -> None:
        made: list[Mapping[str, str]] = []
        for row in {r["truth"]: r for r in people_of(500)}.values():
            for year in (2014, 2019):
                made.append({
                    "truth": row["truth"], "first_name": row["first"], "last_name": row["last"],
                    "age": str(year - int(row["born"][:4])), "town": row["last"][:3],
                })  # fmt: skip
        assert _f1(pl.DataFrame(made)) > 0.95


class TestTwoParties:
    def test_capital_letters_part_words(self) -> None:
        frame = pl.DataFrame(
            {f"{p}{f}": ["x"] for p in ("Applicant", "Respondent") for f in ("Forename", "DOB")}
        )
        told = two_parties(frame)
        assert told.first.taken_for == {
            "forename": "forenames",
            "dob": "birth_date",
            "record_id": "record_id",
        }

    def test_a_column_that_is_called_after_a_part_holds_the_name(self) -> None:
        columns = ("petitioner", "respondent", "petitioner_dob", "respondent_dob", "county")
        told = two_parties(pl.DataFrame({c: ["Ana Quarle"] for c in columns}))
        for party in (told.first, told.second):
            assert party.taken_for == {"name": "full_name", "dob": "birth_date", "record_id": "record_id"}
        assert "county" in told.shared.taken_for


def _homes(many: int, most: int = 4, seed: int = 11) -> pl.DataFrame:
    """Homes of one to ``most`` people with one surname and one telephone. About two records of each person,
    with slips and gaps, and an e-mail address made of their name and a number."""
    rng = np.random.default_rng(seed)
    rows: list[dict[str, str | None]] = []
    for home in range(many):
        last = f"{_BEGINS[int(rng.beta(1, 3) * 14)]}{_ENDS[int(rng.beta(1, 3) * 13)]}"
        phone = f"07{rng.integers(10**8, 10**9)}"
        for member in range(int(rng.integers(1, most + 1))):
            first = f"{_BEGINS[int(rng.beta(1, 2) * 14)]}{_ENDS[int(rng.integers(13))]}"
            born = str(np.datetime64("1940-01-01") + np.timedelta64(int(rng.integers(0, 22_000)), "D"))
            mail = f"{first}{last}{rng.integers(10, 100)}@post.example"
            for _ in range(int(rng.integers(1, 4))):
                slipped = first[:1] + first[2:] if rng.random() < 0.1 else first
                row = {"Given": slipped, "Family": last, "Tel": phone, "Mail": mail, "Born": born}
                gaps = {"Tel": 0.4, "Mail": 0.5, "Born": 0.3}
                kept = {k: v if rng.random() >= gaps.get(k, 0.0) else None for k, v in row.items()}
                rows.append({"truth": f"{home}-{member}"} | kept)
    return pl.DataFrame([rows[i] for i in rng.permutation(len(rows))])


def _precision(table: pl.DataFrame) -> float:
    truth = truth_of(table, "truth")
    assert truth is not None
    return linked(table.drop("truth")).measured(truth).groups.precision


def test_a_home_with_one_telephone_is_not_one_person() -> None:
    assert _precision(_homes(900, most=8).select("truth", "Given", "Family", "Tel")) > 0.7


def test_an_address_made_of_a_name_says_little_when_it_is_nearly_the_same() -> None:
    assert _precision(_homes(900).drop("Tel")) > 0.84


def test_what_a_row_says_beside_the_names_is_not_taken_for_a_sign_of_relatives() -> None:
    """Staff: seven columns beside the names agree wherever two rows are of one person. Before, pairs whose
    names were badly written were taken for two of one home, since these columns were held to be what a home
    has in common, and next to nothing was linked."""
    rng = np.random.default_rng(12)
    rows = []
    staff = {one["truth"]: one for one in people_of(400, seed=12)}
    for own in staff.values():
        job = {
            f"custom_{c}": f"{c} {rng.integers(0, 60)}" for c in ("grade", "site", "unit", "desk", "shift")
        }
        job |= {"badge": f"{rng.integers(10**8, 10**9)}", "pay": f"{rng.integers(20_000, 90_000)}.50"}
        for turn in range(2):
            bad = {k for k in ("first", "last") if turn and rng.random() < 0.5}
            written = {k: v[::-1] if k in bad else v for k, v in own.items()}
            rows.append(written | job)
    table = pl.DataFrame(rows).sample(fraction=1, shuffle=True, seed=1)
    found = linked(table.drop("truth")).measured(table["truth"])
    assert found.groups.f1 > 0.9
