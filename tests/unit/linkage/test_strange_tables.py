"""Tables with headings and habits that nobody here had seen: what is taken for what, and who is linked."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from lamplighter.linkage_tables import link
from lamplighter.linkage_tables.column_roles.columns import understood
from lamplighter.linkage_tables.headings import named_field, words
from lamplighter.linkage_tables.two_party.parties import two_parties
from tests.unit.linkage.made_up import FORENAMES, SURNAMES
from tests.unit.linkage.tables import grouped_right, persons_table

# Most of these tables are headings, with a letter under each.
pytestmark = pytest.mark.filterwarnings(
    "ignore::lamplighter.linkage_tables.column_roles.no_identifiers.NothingRead"
)

ROADS = ("Mill Lane", "Wharf Road", "Orchard Close", "Tanner Street", "Beacon Hill", "Chapel Row")

SYLLABLES = ("ba", "del", "fo", "gri", "hun", "ka", "lem", "mo", "nar", "pel", "ri", "sto", "tu", "vin")


def _rng() -> np.random.Generator:
    return np.random.default_rng(8)


def _names(many: int = 300) -> dict[str, list[str]]:
    rng = _rng()
    return {"forename": list(rng.choice(FORENAMES, many)), "surname": list(rng.choice(SURNAMES, many))}


@pytest.mark.parametrize(
    "heading",
    [
        "true_victim",
        "truth_person",
        "unique_person_id",
        "person_uid",
        "entity_key",
        "real_person_id",
        "dyad_id",
    ],
)
def test_what_says_who_a_row_is_truly_of_is_never_compared(heading: str) -> None:
    assert named_field(heading) == "answer"


@pytest.mark.parametrize(("heading", "field"), [("unique_id", "record_id"), ("person_name", "full_name")])
def test_what_only_sounds_like_an_answer_is_none(heading: str, field: str) -> None:
    assert named_field(heading) == field


def test_an_owner_is_no_word_of_a_heading() -> None:
    assert words("Complainant's address") == words("complainant_address")


def test_a_number_is_of_a_house_only_where_it_may_be() -> None:
    rng, names = _rng(), _names()
    houses = [str(n) for n in rng.integers(1, 90, 300)]
    phones = [f"07{n}" for n in rng.integers(10**8, 10**9, 300)]
    streets = list(rng.choice(ROADS, 300))
    assert (
        understood(pl.DataFrame(names | {"number": houses, "street": streets})).taken_for["number"] == "house"
    )
    assert understood(pl.DataFrame(names | {"number": phones})).taken_for["number"] == "phones"
    cards = [f"A{n}" for n in rng.integers(100, 9999, 300)]
    assert understood(pl.DataFrame(names | {"number": cards})).taken_for["number"] != "house"


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("first_party_{}", "second_party_{}"),
        ("{}_p1", "{}_p2"), ("{}_party1", "{}_party2"), ("First party's {}", "Second party's {}"),
        ("1st_{}", "2nd_{}"),
    ],
)  # fmt: skip
def test_two_parties_are_told_however_they_are_numbered(first: str, second: str) -> None:
    fields = ("forename", "surname", "dob", "phone")
    columns = [first.format(f) for f in fields] + [second.format(f) for f in fields] + ["address"]
    told = two_parties(pl.DataFrame({c: ["x", "y"] for c in columns}))
    assert [len(set(p.taken_for) - {"record_id"}) for p in (told.first, told.second, told.shared)] == [
        4,
        4,
        1,
    ]
    assert set(told.first.taken_for.values()) >= {"forenames", "surname", "birth_date", "phones"}


def test_what_is_not_said_of_two_parties_is_guessed() -> None:
    frame = pl.DataFrame({c: ["x", "y"] for c in ("v_n", "v_dob", "s_n", "s_dob", "address")})
    told = two_parties(frame, {"victim_surname": "v_n", "victim_dob": "v_dob", "suspect_surname": "s_n",
                               "suspect_dob": "s_dob"})  # fmt: skip
    assert told.shared.taken_for["address"] == "address_text"


def test_an_address_that_a_family_shares_joins_no_two_of_it() -> None:
    rng, rows = _rng(), []
    for home in range(150):
        surname = "".join(rng.choice(SYLLABLES, 4)).capitalize()
        mail = f"{surname.lower()}.{home}@post.example"
        line = f"{home} {ROADS[home % 6]}"
        for member, forename in enumerate(rng.choice(FORENAMES, 3, replace=False)):
            born = str(np.datetime64("1950-01-01") + np.timedelta64(int(rng.integers(0, 20_000)), "D"))
            for _ in range(int(rng.integers(1, 3))):
                rows.append(
                    {
                        "truth": f"{home}-{member}",
                        "first name": str(forename),
                        "surname": surname,
                        "born": born if rng.random() < 0.5 else None,
                        "email": mail if rng.random() < 0.8 else None,
                        "address": line,
                    }
                )
    table = pl.DataFrame(rows).with_columns(id=pl.int_range(len(rows)).cast(pl.String()))
    persons = link(table.drop("truth")).persons.select("record_id", "person_id")
    precision, recall = grouped_right(persons, table.select("id", "truth"))
    assert precision > 0.9
    assert recall > 0.9


def test_tables_of_several_sources_are_one_table() -> None:
    table = persons_table(200, seed=5, loss=0.0)
    one = table.filter(pl.int_range(pl.len()) % 2 == 0)
    other = table.filter(pl.int_range(pl.len()) % 2 == 1)
    born = pl.col("dob").str.to_date().dt.strftime("%d.%m.%Y")
    theirs = other.with_columns(born).rename(
        {"fname": "Forename", "lname": "Family name", "dob": "Birth date", "ref": "Record ID"}
    )
    given = {"clinic": one.drop("truth").rename({"ref": "id"}), "shelter": theirs.drop("truth")}
    result = link(given)
    assert result.taken_for["source"] == "source"
    assert result.taken_for["fname"] == "forenames"
    assert "Forename" not in result.taken_for
    precision, recall = grouped_right(
        result.persons.select("record_id", "person_id"), table.select("ref", "truth")
    )
    assert precision > 0.95
    assert recall > 0.9
    # As a list they are numbered; ids that two of them use are told apart by the number.
    same = one.drop("truth").with_columns(ref=pl.int_range(pl.len())).rename({"ref": "id"})
    ids = set(link([same, same]).persons["record_id"])
    assert {"1:0", "2:0"} <= ids


def test_a_line_of_an_address_tells_the_postcode_and_the_town() -> None:
    lines = ["4 Mill Lane, Overbeck ZA1 2BC", "Overbeck", "7 Wharf Road, Netherby, ZA9 3DE", None] * 10
    frame = pl.DataFrame({"surname": ["Quarle", "Oakmere"] * 20, "address": lines})
    people = understood(frame).people
    assert people["postcode"].to_list()[:4] == ["ZA1 2BC", None, "ZA9 3DE", None]
    assert people["town"].to_list()[:4] == ["Overbeck", "Overbeck", "Netherby", None]
    assert people["address_text"][0] == "4 Mill Lane, Overbeck"
    # What the table has a column for is not read off the line.
    own = frame.with_columns(town=pl.lit("Elsewhere"), postcode=pl.lit("ZA5 5AA"))
    people = understood(own).people
    assert set(people["town"]) == {"Elsewhere"}
    assert set(people["postcode"]) == {"ZA5 5AA"}


def test_parents_are_the_two_of_whom_a_record_of_a_birth_tells() -> None:
    columns = ("child_forename", "child_dob", "mother_forename", "mother_maiden_name", "mother_dob",
               "father_forename", "father_surname", "father_dob", "postcode")  # fmt: skip
    told = two_parties(pl.DataFrame({c: ["x", "y"] for c in columns}))
    assert told.first.taken_for["forename"] == "forenames"
    assert told.first.taken_for["maiden_name"] == "surname"
    assert told.second.taken_for["surname"] == "surname"
    assert "child_forename" in told.shared.taken_for
