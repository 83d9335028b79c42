"""Rows of nobody in particular, headings with a condition, and what people call themselves."""

from __future__ import annotations

import polars as pl
import pytest

from lamplighter.linkage_tables.column_roles.columns import understood
from lamplighter.linkage_tables.headings import named_field
from tests.unit.linkage.made_up import FORENAMES, SURNAMES

NAMES = [f"{f} {s}" for f, s in zip(FORENAMES * 2, SURNAMES * 2, strict=False)][:40]


@pytest.mark.parametrize(
    ("heading", "field"),
    [
        ("DOB if given", "birth_date"), ("dob_if_known", "birth_date"), ("dobIfKnown", "birth_date"),
        ("Real name, if known", "full_name"), ("Last name (if safe)", "surname"),
        ("Postcode if different", "postcode"),
        ("Phone - optional", "phones"), ("If known", None), ("IF", None),
    ],
)  # fmt: skip
def test_a_heading_may_say_when_its_column_is_filled(heading: str, field: str | None) -> None:
    assert named_field(heading) == field


def test_a_surname_that_says_how_nobody_looks_is_none() -> None:
    frame = pl.DataFrame(
        {
            "First name": [*FORENAMES[:20], "UNKNOWN", "unknown", "Ann", None, "Refused"],
            "Surname": [*SURNAMES[:20], "MALE", "Adult Female", "Man", "Man", "Quarle"],
        }
    )
    people = understood(frame).people
    assert people["surname"].to_list()[20:] == [None, None, "Man", "Man", "Quarle"]
    assert people["forenames"].to_list()[20:] == [None, None, "Ann", None, None]


def test_what_stands_in_for_a_birth_is_found_although_many_who_have_it_have_no_name() -> None:
    born = [f"19{50 + i % 50}-0{1 + i % 9}-1{i % 10}" for i in range(200)]
    named = pl.DataFrame({"first": FORENAMES * 20, "last": SURNAMES * 20}).head(200)
    nobody = pl.DataFrame({"first": ["unknown"] * 40, "last": ["male"] * 40})
    unborn = pl.lit("1900-01-01").alias("dob")
    frame = pl.concat(
        [
            named.with_columns(dob=pl.Series(born)),
            named.head(20).with_columns(unborn),
            nobody.with_columns(unborn),
        ]
    )  # fmt: skip
    assert understood(frame).people["birth_date"].null_count() == 60


def test_what_somebody_calls_themselves_is_a_nickname_beside_their_name() -> None:
    chosen = [f"ghost{i}" if i % 2 else n.split()[0] for i, n in enumerate(NAMES)]
    frame = pl.DataFrame({"display_name": chosen, "real_name_if_known": NAMES})
    taken = understood(frame).taken_for
    assert taken == {"display_name": "nicknames", "real_name_if_known": "full_name"}
    # It says nothing that the name does not.
    same = pl.DataFrame({"Name": NAMES, "Display name": [n.upper() for n in NAMES]})
    assert understood(same).taken_for == {"Name": "full_name", "Display name": None}
    alone = pl.DataFrame({"Display name": NAMES, "Town": ["Marby"] * 39 + ["Ellerby"]})
    assert understood(alone).taken_for["Display name"] == "full_name"
