"""A few rows about two people each, the second of whom is often not told; and parties that no word tells."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from lamplighter.linkage_tables import link_pairs
from lamplighter.linkage_tables.column_roles.columns import ColumnUnknown
from lamplighter.linkage_tables.two_party.parties import two_parties
from tests.unit.linkage.tables import person


def claims(claimants: int, seed: int = 3) -> pl.DataFrame:
    """Two or three rows of each claimant against the same driver, who is named in one row of three."""
    rng = np.random.default_rng(seed)
    rows = []
    for d in range(claimants):
        claimant, driver = person(rng), person(rng)
        for k in range(2 + d % 2):
            rows.append(
                {
                    "truth": f"d{d}",
                    "claimant_name": f"{claimant['fname']} {claimant['lname']}",
                    "claimant_dob": claimant["dob"],
                    "third_party_name": f"{driver['fname']} {driver['lname']}" if k == 0 else None,
                }
            )
    return pl.DataFrame(rows).with_columns(ref=pl.int_range(pl.len()).cast(pl.String()))


@pytest.mark.parametrize("claimants", [5, 10, 20])
def test_the_same_second_person_is_supposed_where_nothing_is_told_of_them(claimants: int) -> None:
    table = claims(claimants)
    result = link_pairs(table.drop("truth"), columns={"record_id": "ref"})
    truth = table.select("ref", "truth")
    likely = result.pairs.filter(pl.col("both") > 0.7)
    told = likely.join(truth, left_on="left_record", right_on="ref").join(
        truth, left_on="right_record", right_on="ref", suffix="_2"
    )
    assert (told["truth"] == told["truth_2"]).all()
    assert told.height == claimants + 2 * (claimants // 2)


@pytest.mark.parametrize(
    ("one", "other"), [("Pupil", "Teacher"), ("Patient", "Doctor"), ("Elev", "Rektor"), ("A", "B")]
)
def test_two_columns_of_whole_names_are_two_parties_whatever_they_are_called(one: str, other: str) -> None:
    named = [person(np.random.default_rng(n)) for n in range(80)]
    whole = [f"{p['fname']} {p['lname']}" for p in named]
    table = pl.DataFrame(
        {one: whole[:40], f"{other} subject": ["art", "maths"] * 20, other: whole[40:], "What": ["late"] * 40}
    )
    told = two_parties(table)
    assert told.first.taken_for["name"] == told.second.taken_for["name"] == "full_name"
    assert "subject" in told.second.taken_for
    assert "What" in told.shared.taken_for


def test_of_three_columns_of_whole_names_nobody_guesses() -> None:
    named = [person(np.random.default_rng(n)) for n in range(120)]
    whole = [f"{p['fname']} {p['lname']}" for p in named]
    with pytest.raises(ColumnUnknown, match="No two parties"):
        two_parties(pl.DataFrame({"Elev": whole[:40], "Rektor": whole[40:80], "Vakt": whole[80:]}))
