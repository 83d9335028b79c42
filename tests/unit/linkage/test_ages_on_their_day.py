"""On which day ages were told: where births stand beside them, or in rows of the same name."""

from __future__ import annotations

import datetime as dt

import numpy as np
import polars as pl
import pytest

from lamplighter.linkage.comparisons.comparison_levels import comparisons, kinds
from lamplighter.linkage.model.expectation_maximisation import starting
from lamplighter.linkage_tables import link
from lamplighter.linkage_tables.column_roles.columns import understood
from tests.unit.linkage.made_up import FORENAMES, SURNAMES

TOLD = dt.date(2024, 6, 1)


def people(n: int = 120, seed: int = 5) -> list[dict[str, object]]:
    """People with a birth, and a day on which somebody wrote of them."""
    rng = np.random.default_rng(seed)
    return [
        {
            "first": FORENAMES[i % len(FORENAMES)],
            "last": SURNAMES[(i // 3) % len(SURNAMES)],
            "born": dt.date(1950, 1, 1) + dt.timedelta(days=int(rng.integers(0, 18_000))),
            "day": dt.date(2012, 1, 1) + dt.timedelta(days=int(rng.integers(0, 5_000))),
        }
        for i in range(n)
    ]


def age(born: dt.date, day: dt.date) -> int:
    return int((day - born).days / 365.25)


def told_in(frame: pl.DataFrame) -> pl.Series:
    return understood(frame).people["reported_at"]


def test_the_day_on_which_births_and_ages_agree_is_the_day_of_the_ages() -> None:
    frame = pl.DataFrame(
        {
            "First name": p["first"], "Last name": p["last"], "DOB": str(p["born"]),
            "Age": str(age(p["born"], p["day"])), "Opened": str(p["day"]),
            "Closed": str(p["day"] + dt.timedelta(days=2_600)),
        }
        for p in people()
    )  # fmt: skip
    found = understood(frame)
    assert found.taken_for["Opened"] == "recorded_on"
    assert found.taken_for["Closed"] != "recorded_on"
    assert found.people["reported_at"].to_list() == [p["day"] for p in people()]
    assert "source" not in found.people.columns


def test_ages_that_no_day_explains_were_told_on_the_day_that_births_say() -> None:
    rows = people()
    ages = [age(p["born"], TOLD) for p in rows]
    frame = pl.DataFrame(
        {"first": [p["first"] for p in rows], "last": [p["last"] for p in rows],
         "dob": [str(p["born"]) for p in rows], "age": ages, "opened": [str(p["day"]) for p in rows]}
    )  # fmt: skip
    (day,) = told_in(frame).unique()
    assert abs((day - TOLD).days) < 60


def test_where_an_age_stands_for_a_birth_rows_of_one_name_say_the_day() -> None:
    rows = people()
    twice = [
        {"first": p["first"], "last": p["last"], "dob or age": how(p)}
        for p in rows
        for how in (lambda p: str(p["born"]), lambda p: str(age(p["born"], TOLD)))
    ]
    (day,) = told_in(pl.DataFrame(twice)).unique()
    assert abs((day - TOLD).days) < 400


def test_births_and_ages_of_others_say_the_day_one_with_another() -> None:
    rows = people(200)
    mixed = [
        {"last": f"{p['last']}{i}", "dob or age": str(p["born"]) if i % 2 else str(age(p["born"], TOLD))}
        for i, p in enumerate(rows)
    ]
    (day,) = told_in(pl.DataFrame(mixed)).unique()
    assert abs(day.year - TOLD.year) < 8


def test_somebody_of_whom_one_row_has_the_birth_and_the_other_the_age_is_found() -> None:
    twice = [
        {"truth": i, "first name": p["first"], "last name": p["last"], "dob or age": how(p)}
        for i, p in enumerate(people(300))
        for how in (lambda p: str(p["born"]), lambda p: str(age(p["born"], TOLD)))
    ]
    weights = link(pl.DataFrame(twice).drop("truth")).notes["weights"]
    ages = weights.filter(comparison="age").select("level", "weight").rows()
    told = dict(ages)
    assert told["fits_closely"] > 0 > told["contradict"]


def test_namesakes_may_be_as_many_as_their_records_where_births_tell_them_apart() -> None:
    table, some = comparisons(), kinds()
    random = {c.name: {v.name: v.u for v in c.levels} for c in table}
    junior = next(k.name for k in some if k.share_of_births)

    def share(rows_each: float, has: set[str]) -> float:
        return starting(table, some, random, 100, has.__contains__, rows_each).shares[junior]

    births, ages = {"first", "sur", "birth_date", "born_from"}, {"first", "sur", "born_from"}
    assert share(3.0, births) == pytest.approx(3 * share(1.0, births))
    assert share(1.0, births) > share(1.0, ages)
    assert share(3.0, ages) == share(1.0, ages) > 0
