"""What stands where nobody knew better is nothing; what many people have in common by right stays."""

from __future__ import annotations

import numpy as np
import polars as pl

from lamplighter.linkage_tables.cleaning.placeholders import without_standins
from lamplighter.linkage_tables.column_roles.columns import understood
from lamplighter.linkage_tables.whole_tables import linked, truth_of
from tests.unit.linkage.made_up import FORENAMES, SURNAMES
from tests.unit.linkage.tables import persons_table

SYLLABLES = ("ba", "del", "fo", "gri", "hun", "ka", "lem", "mo", "nar", "pel", "ri", "sto", "tu", "vin")


def _people(many: int, **columns: list[str]) -> pl.DataFrame:
    rng = np.random.default_rng(4)
    names = {"forenames": rng.choice(FORENAMES, many), "surname": rng.choice(SURNAMES, many)}
    return pl.DataFrame({c: list(v) for c, v in names.items()} | columns)


def _births(many: int, first: str, days: int) -> list[str]:
    rng = np.random.default_rng(5)
    return [str(np.datetime64(first) + np.timedelta64(int(d), "D")) for d in rng.integers(0, days, many)]


def test_a_number_of_many_people_that_looks_like_none_is_none() -> None:
    rng = np.random.default_rng(6)
    numbers = [f"{n:09d}" for n in rng.integers(10**8, 10**9, 500)]
    calls = [["07" + n] for n in numbers]
    numbers[:15], numbers[15:30] = ["999999999"] * 15, ["731204866"] * 15
    calls[:15] = [["0000000000", c[0]] for c in calls[:15]]
    mails = ["noemail@none.example"] * 15 + [f"{n}@post.example" for n in numbers[15:]]
    left = without_standins(
        _people(500, x_number=numbers, emails=mails).with_columns(phones=pl.Series(calls)), ["x_number"]
    )
    assert left["x_number"].null_count() == 15
    assert left["emails"].null_count() == 15
    assert left["phones"].to_list() == [c[-1:] for c in calls]
    # The number of a home where many people live is one.
    assert (left["x_number"] == "731204866").sum() == 15


def test_a_date_on_which_too_many_were_born_is_no_birth_date() -> None:
    births = _births(600, "1950-01-01", 18_000)
    births[:40] = ["1900-01-01"] * 40
    assert without_standins(_people(600, birth_date=births), [])["birth_date"].null_count() == 40
    # Where only the year is known its first day stands for it, and a class is born within a year.
    births[:400] = [f"{year}-01-01" for year in range(1960, 1980) for _ in range(20)]
    assert without_standins(_people(600, birth_date=births), [])["birth_date"].null_count() == 0
    births = _births(9_000, "2012-09-01", 365)
    assert without_standins(_people(9_000, birth_date=births), [])["birth_date"].null_count() == 0


def test_somebody_who_is_there_very_often_was_born_then() -> None:
    births = ["1900-01-01"] * 100 + _births(500, "1950-01-01", 18_000)
    rng = np.random.default_rng(7)
    written = ["Brian", "Brain", "B", "Bryan"]
    people = _people(600, birth_date=births).with_row_index("i").with_columns(
        forenames=pl.when(pl.col("i") < 100).then(pl.Series(rng.choice(written, 600))).otherwise("forenames"),
        surname=pl.when(pl.col("i") < 100).then(pl.lit("Okafor") + pl.col("i").cast(pl.String()))
        .otherwise("surname"),
    )  # fmt: skip
    assert without_standins(people, [])["birth_date"].null_count() == 0


def test_stand_ins_do_not_speak_against_anybody() -> None:
    table = persons_table(1_500, loss=0.15)
    rng = np.random.default_rng(8)
    gone = pl.Series(rng.random(table.height) < 0.3), pl.Series(rng.random(table.height) < 0.3)
    table = table.with_columns(
        dob=pl.when(gone[0]).then(pl.lit("01/01/1900")).otherwise("dob"),
        mobile=pl.when(gone[1]).then(pl.lit("0000000000")).otherwise("mobile"),
    )
    measured = linked(table.drop("truth", "zip")).measured(truth_of(table, "truth"))
    assert measured.groups.f1 > 0.92, measured.groups
    assert measured.beliefs.calibration_error < 0.02


def _called(rng: np.random.Generator) -> str:
    return "".join(rng.choice(SYLLABLES, int(rng.integers(2, 4)))).capitalize()


def _villagers(heading: str) -> pl.DataFrame:
    """People whose first names are in no list, some twice."""
    rng, rows = np.random.default_rng(9), []
    towns = [_called(rng) for _ in range(20)]
    for number in range(500):
        name, age, town = f"{_called(rng)} {_called(rng)}", int(rng.integers(1, 80)), str(rng.choice(towns))
        rows += [{"truth": f"{number}", heading: name, "village": town, "age": str(age)}] * (1 + number % 2)
    return pl.DataFrame([rows[i] for i in rng.permutation(len(rows))])


def test_a_column_that_is_called_by_whoever_it_is_of_holds_their_names() -> None:
    for heading in ("Patient", "household_member", "x1"):
        table = _villagers(heading)
        if heading != "household_member":
            assert understood(table.drop("truth")).taken_for[heading] == "full_name"
        measured = linked(table.drop("truth")).measured(truth_of(table, "truth"))
        assert measured.groups.f1 > 0.95


def test_people_without_names_are_looked_for_by_what_is_written_of_them() -> None:
    rng, rows = np.random.default_rng(10), []
    for number in range(400):
        one = {
            "truth": f"{number}",
            "marks": f"{_called(rng)} {rng.integers(1, 99)} {_called(rng)}",
            "seen": f"{_called(rng)} {rng.integers(1, 9)}",
            "colour": str(rng.choice(["red", "blue"])),
        }
        rows += [one] * (1 + number % 2)
    table = pl.DataFrame([rows[i] for i in rng.permutation(len(rows))])
    assert {"marks": "text", "seen": "text"}.items() <= understood(table.drop("truth")).taken_for.items()
    measured = linked(table.drop("truth")).measured(truth_of(table, "truth"))
    assert measured.groups.f1 > 0.95
