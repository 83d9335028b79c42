"""Lists of all people of an area, years apart: whoever is in both is older by so much."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from lamplighter.linkage.clustering import clusters
from lamplighter.linkage_tables import link
from lamplighter.linkage_tables.whole_tables import linked, truth_of
from tests.unit.linkage.made_up import FORENAMES, SURNAMES
from tests.unit.linkage.tables import STREETS

YEARS = (1891, 1901)
TOWNS = ("Harrowmere", "Pendale", "Oakster", "Wexcombe", "Marlworth", "Selby Cross")


def census(homes: int = 250, seed: int = 3) -> pl.DataFrame:
    """Parents and their children, two years apart, in both lists or one of them; ages are told a year wrong
    now and then, and a third of the homes has moved by the second."""
    rng = np.random.default_rng(seed)
    rows = []
    for home in range(homes):
        surname = f"{rng.choice(SURNAMES)}{rng.choice(['', 'e', 's', 'son'])}"
        eldest = int(rng.integers(0, 18))
        names = rng.choice(FORENAMES, 6, replace=False).tolist()
        ages = [eldest + 24, eldest + 22, *(max(eldest - 2 * k, 0) for k in range(int(rng.integers(1, 5))))]
        streets = [f"{rng.integers(1, 90)} {rng.choice(STREETS)}" for _ in YEARS]
        moved = rng.random() < 0.33
        born = [str(rng.choice(TOWNS)) for _ in ages]
        for which, year in enumerate(YEARS):
            for place, age in enumerate(ages):
                if rng.random() < 0.25:
                    continue
                name = names[place]
                rows.append(
                    {
                        "truth": f"{home}-{place}",
                        "CENSUSYR": year,
                        "GIVEN": name[: int(rng.integers(3, 12))] if rng.random() < 0.1 else name,
                        "SURNAME": surname,
                        "RELATE": ("Head", "Wife", "Child")[min(place, 2)],
                        "AGE": max(age + year - YEARS[0] + int(rng.choice([-1, 0, 0, 0, 1])), 0),
                        "BPL": born[place] if rng.random() < 0.9 else None,
                        "STREET": streets[which if moved else 0],
                    }
                )
    return pl.DataFrame(rows).sample(fraction=1, shuffle=True, seed=seed)


def together(persons: pl.DataFrame) -> set[tuple[str, ...]]:
    """The records of each person."""
    return set(map(tuple, persons.sort("record_id").group_by("person_id").agg("record_id")["record_id"]))


@pytest.fixture(scope="module")
def table() -> pl.DataFrame:
    return census()


def test_whoever_is_ten_years_older_in_the_next_list_is_found(table: pl.DataFrame) -> None:
    truth = truth_of(table, "truth")
    assert truth is not None
    groups = linked(table.drop("truth")).measured(truth).groups
    assert groups.f1 > 0.9
    assert groups.precision > 0.9


def test_persons_of_a_table_can_be_worked_out_again_from_its_stored_pairs(table: pl.DataFrame) -> None:
    found = link(table.drop("truth"), explained=True)
    records = found.persons.select("record_id")
    again = clusters.resolve(records, found.pairs, link_at=found.model.bands.link_at)
    assert together(again.persons) == together(found.persons)
