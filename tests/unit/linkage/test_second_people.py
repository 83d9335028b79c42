"""Of the second person of a record little is told, and in many ways: accounts, relations, telephones."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from lamplighter.linkage_tables.cleaning.clean_columns import lists
from lamplighter.linkage_tables.cleaning.names import accounts_in_names
from lamplighter.linkage_tables.cleaning.names.not_names import named, relation_in
from lamplighter.linkage_tables.two_party.candidate_pairs import proposed
from lamplighter.linkage_tables.two_party.cell_model import HAS_MOVED, SAME, fitted
from lamplighter.linkage_tables.two_party.parties import two_parties
from lamplighter.linkage_tables.two_party.record_pairs import FIRST, SECOND, frequencies, scene_of
from tests.unit.linkage.tables import person


def _cases(people: int = 120, seed: int = 5) -> pl.DataFrame:
    """Two records of each of some victims and suspects, with a telephone of the record."""
    rng = np.random.default_rng(seed)
    rows: list[dict[str, str | None]] = []
    for _ in range(people):
        victim, suspect = person(rng), person(rng)
        for _ in range(2):
            told = {f"victim_{k}": victim[k] for k in ("fname", "lname", "dob")}
            told |= {f"suspect_{k}": suspect[k] for k in ("fname", "lname", "dob")}
            rows.append({k: None if v is None else str(v) for k, v in told.items()})
    phones = [f"0710{i // 2:07d}" for i in range(len(rows))]
    return pl.DataFrame(rows).with_columns(contact_phone=pl.Series(phones))


def test_whoever_has_moved_keeps_names_births_and_sex() -> None:
    told = two_parties(_cases())
    scene = scene_of(told, told.record_ids.arg_sort())
    _, model = fitted(scene, proposed(scene).pairs, frequencies(scene))
    same, moved = model.mixture.rates[SAME], model.mixture.rates[HAS_MOVED]
    for mark in (FIRST, SECOND):
        for name in ("forename", "birth_date", "sex"):
            assert moved[mark + name] == same[mark + name]
    assert moved[FIRST + "address"] != same[FIRST + "address"]


def test_a_telephone_of_the_record_is_reason_enough_to_look() -> None:
    bare = _cases().select(
        "contact_phone",
        victim_name=pl.Series([f"Q{i}w Z{i}x" for i in range(240)]),
        suspect_name=pl.Series([f"V{i}k J{i}b" for i in range(240)]),
    )
    told = two_parties(bare, {"first": "victim_", "second": "suspect_", "shared": ["contact_phone"]})
    pairs = proposed(scene_of(told, told.record_ids.arg_sort())).pairs
    assert len(set(zip(pairs.left.tolist(), pairs.right.tolist(), strict=True))) >= 120


@pytest.mark.parametrize(
    ("text", "name", "relation"),
    [
        ("NEXT DOOR", None, "neighbour"),
        ("next-door Jade Green", "Jade Green", "neighbour"),
        ("ex bf Tunde", "Tunde", "partner"),
        ("HER EX", None, "partner"),
        ("Former Partner", None, "partner"),
        ("Other family", "Other family", "family"),
        ("FAMILY MEMBER", None, "family"),
        ("unknown male Dave", "Dave", None),
        ("Mum's partner", None, None),
        ("Friend, Anna", "Friend, Anna", None),
        ("Boy George", "Boy George", None),
        ("A White", "A White", None),
    ],
)
def test_what_stands_for_a_name_says_how_somebody_is_related(
    text: str, name: str | None, relation: str | None
) -> None:
    assert named(pl.Series([text])).to_list() == [name]
    assert relation_in(text) == relation


def test_how_two_are_related_is_one_column_whoever_says_it() -> None:
    names = [
        "Dan Holt",
        "her ex",
        "next door",
        "ex-husband Dan Holt",
        "Mark Shaw",
        "neighbour",
        "bf",
        "Al Kay",
    ]
    table = pl.DataFrame(
        {
            "caller name": ["Ann Lee", "Eve Fox", "Zoe Day", "Kim Orr"] * 10,
            "suspect name": names * 5,
            "relationship of suspect": [None, None, None, None, "Ex-partner", None, None, "Neighbour"] * 5,
        }
    )
    told = two_parties(table)
    assert told.shared.people["x_related"].to_list()[:8] == [
        None, "partner", "neighbour", "partner", "partner", "neighbour", "partner", "neighbour",
    ]  # fmt: skip
    assert [e.title for e in told.shared.extras if e.column == "x_related"] == ["How the two are related"]
    assert not [e for e in told.second.extras if "relation" in e.column]


def test_an_account_is_no_name() -> None:
    names = pl.Series("full_name", ["sweetcat32", "Dan Smith", "iron_sam", "sarahprice", "J0hn", None])
    handles = lists([pl.Series(["@sweetcat32", None, "bad_wolf", "@sarahprice", None, "x1"])], "handles")
    left, told = accounts_in_names.apart(names, handles)
    assert left.to_list() == [None, "Dan Smith", None, None, "J0hn", None]
    assert told is not None
    assert told.to_list()[2] == ["?:bad_wolf", "?:iron_sam"]
    left, told = accounts_in_names.apart(names, None)
    assert told is not None
    assert told.to_list()[:2] == [["?:sweetcat32"], None]
    assert accounts_in_names.apart(pl.Series(["Ann", "Bo"]), None)[1] is None


def test_an_account_is_read_from_its_page_on_any_platform() -> None:
    pages = ["https://chirp.example/@iron_sam", "https://instagram.com/dan.k", "http://a.example/p.php?id=3"]
    found = lists([pl.Series(pages)], "handles").to_list()
    assert found == [["?:iron_sam"], ["instagram:dan.k"], ["http://a.example/p.php?id=3"]]
