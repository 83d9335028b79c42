"""Totals: rates worked out again, slips found, part years and bases told apart."""

import datetime as dt
import json
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from lamplighter.study_bundle.checking import Checked, check
from lamplighter.study_bundle.errors import BundleMappingError
from lamplighter.study_bundle.metadata import rules_in
from lamplighter.study_bundle.schema import tables
from lamplighter.study_bundle.spreadsheets.mapped_bundle import check_mapped
from lamplighter.study_bundle.spreadsheets.mapping import find_mapping, parse
from lamplighter.synthetic.study_bundles.flat_spreadsheet import TOTALS_MAPPING

Check = Callable[..., Checked]
_OUTCOMES = ("Charged", "No suspect", "Other")


def rows(count: int = 8) -> pl.DataFrame:
    """Charged of all, with rates as printed, for some forces."""
    made = [
        {
            "force": f"Force {i}",
            "period_from": dt.date(2020, 4, 1),
            "period_to": dt.date(2021, 3, 31),
            "basis": "recorded",
            "measure": "charged",
            "count": 7 * i + 3,
            "of": 100 + 13 * i,
            "rate": round(100 * (7 * i + 3) / (100 + 13 * i), 1),
        }
        for i in range(count)
    ]
    return pl.DataFrame(made, schema_overrides={"count": pl.Int64, "of": pl.Int64})


def found_in(checked_with: Check, frame: pl.DataFrame) -> set[str]:
    found = checked_with({"totals": frame})
    count = found.counts["totals"]
    assert count.rows_in == count.accepted + count.rejected
    return {
        code
        for code in found.rejects.filter(pl.col("table") == "totals")["reason_code"].to_list()
        if code != "column_not_held"
    }


def test_totals_that_agree_are_left_alone(checked_with: Check) -> None:
    assert found_in(checked_with, rows()) == set()


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"rate": 50.0}, "rate_disagrees"),
        ({"of": None}, "rate_without_count"),
        ({"count": None}, "count_missing"),
        ({"count": 0, "of": 0, "rate": 0.0}, "zero_of_zero"),
        ({"count": 900}, "count_above_whole"),
        ({"period_to": dt.date(2020, 12, 31)}, "part_year_period_row"),
        ({"period_to": dt.date(2020, 12, 31)}, "mixed_periods"),
        ({"basis": "assigned"}, "mixed_basis"),
        ({"period_to": dt.date(2019, 1, 1)}, "ends_before_it_begins_row"),
    ],
)
def test_a_fault_in_one_row(checked_with: Check, change: dict[str, object], code: str) -> None:
    frame = rows()
    changed = frame.head(1).with_columns(pl.lit(v, frame.schema[c]).alias(c) for c, v in change.items())
    assert code in found_in(checked_with, pl.concat([changed, frame.slice(1)]))


@pytest.mark.parametrize("step", [1, -1])
def test_a_column_of_rates_that_slipped_by_a_row_is_found_as_a_slip(checked_with: Check, step: int) -> None:
    slipped = rows().with_columns(pl.col("rate").shift(step))
    assert "slipped_rates" in found_in(checked_with, slipped)


def test_one_wrong_rate_is_no_slip(checked_with: Check) -> None:
    frame = rows()
    wrong = pl.concat([frame.head(3), frame.slice(3, 1).with_columns(rate=1.0), frame.slice(4)])
    assert found_in(checked_with, wrong) == {"rate_disagrees"}


def as_text(tmp_path: Path, *lines: str) -> Checked:
    """Check a bundle of totals in CSV, in which a rate stands as it was printed."""
    meta = {
        "schema_version": "1",
        "force": ["All"],
        "period_from": "2020-04-01",
        "period_to": "2021-03-31",
        "extracted_on": "2021-07-31",
        "basis": "recorded",
        "selection": "Made up",
        "sources": ["Made up"],
        "recording_rules": rules_in(dt.date(2020, 4, 1), dt.date(2021, 3, 31)),
        "pseudonymisation": "Counts only",
    }
    body = {"title": "T", "study": meta, "resources": [{"name": "totals", "path": "totals.csv"}]}
    (tmp_path / "datapackage.json").write_text(json.dumps(body), "utf-8")
    head = "force,period_from,period_to,basis,measure,count,of,rate"
    (tmp_path / "totals.csv").write_text("\n".join([head, *lines]) + "\n", "utf-8")
    return check(tmp_path)


@pytest.mark.parametrize(
    ("rate", "wrong"),
    [("17", False), ("17.4", False), ("17.00", True), ("17.0", True), ("17.40", False), ("17.4%", False)],
)
def test_a_rate_is_held_against_its_counts_at_the_precision_that_is_printed(
    tmp_path: Path, rate: str, wrong: bool
) -> None:
    found = as_text(tmp_path, f"Kent,2020-04-01,2021-03-31,recorded,charged,174,1000,{rate}")
    said = found.rejects.filter(pl.col("reason_code") == "rate_disagrees")
    assert said["force"].to_list() == (["Kent"] if wrong else [])


@pytest.mark.parametrize(("n", "said"), [(30, {"total_row"}), (31, {"total_row", "total_row_disagrees"})])
def test_a_row_total_is_no_force(checked_with: Check, n: int, said: set[str]) -> None:
    frame = rows(3).with_columns(pl.lit(None, pl.Float64).alias("rate"))
    sums = {"count": n, "of": int(frame["of"].sum()), "force": "Total"}
    total = frame.head(1).with_columns(pl.lit(v, frame.schema[c]).alias(c) for c, v in sums.items())
    assert found_in(checked_with, pl.concat([frame, total])) == said
    found = checked_with({"totals": pl.concat([frame, total])})
    assert found.bundle is not None
    assert "Total" not in found.bundle.table("totals")["force"].to_list()


def test_quarters_of_a_year_are_no_part_years_and_a_missing_one_names_its_force(checked_with: Check) -> None:
    ends = [(4, 6, 30), (7, 9, 30), (10, 12, 31), (1, 3, 31)]
    every = [
        (f, dt.date(2020 + (a == 1), a, 1), dt.date(2020 + (a == 1), b, d), 10)
        for f in ("Kent", "Essex", "Force of nobody's list")
        for a, b, d in ends
    ]
    frame = pl.DataFrame(every, schema=["force", "period_from", "period_to", "count"], orient="row")
    frame = frame.with_columns(pl.lit("recorded").alias("basis"), pl.lit("charged").alias("measure"))
    assert found_in(checked_with, frame) == set()
    without = frame.filter((pl.col("force") != "Essex") | (pl.col("period_from") != dt.date(2021, 1, 1)))
    assert found_in(checked_with, without) == {"quarter_missing"}
    found = checked_with({"totals": without}).rejects
    assert found.filter(pl.col("reason_code") == "quarter_missing")["force"].to_list() == ["Essex"]


def wide(tmp_path: Path, totals: list[int]) -> Checked:
    lines = [f"Force {i},{10 * i},{20 * i},{5 * i},{t}" for i, t in enumerate(totals, 1)]
    file = tmp_path / "wide.csv"
    file.write_text("\n".join([f"Force,{','.join(_OUTCOMES)},All", *lines]) + "\n", "utf-8")
    return check_mapped(file, parse(TOTALS_MAPPING, "m.toml"))


def test_a_wide_table_is_made_long_and_its_total_is_held_against_its_parts(tmp_path: Path) -> None:
    good = wide(tmp_path, [35 * i for i in range(1, 9)])
    assert good.counts["totals"].accepted == 8 * 4
    assert "sum_disagrees" not in good.rejects["reason_code"].to_list()
    wrong = wide(tmp_path, [35, 70, 999, 140, 175])
    assert wrong.rejects.filter(pl.col("reason_code") == "sum_disagrees")["row"].to_list() == [4]


RATES = """
[source]
shape = "totals"
[metadata]
force = ["All"]
period_from = 2016-04-01
period_to = 2018-03-31
extracted_on = 2018-07-31
basis = "recorded"
selection = "Made up"
sources = ["Made up"]
pseudonymisation = "Counts only."
[totals]
force = "Force"
period = "Year"
total = "All"
[totals.fixed]
basis = "recorded"
[totals.columns]
"Charged" = { outcome = "1" }
"Other" = { outcome = "18" }
[totals.rates]
file = "rates.csv"
force = "Police force"
period = "Financial year"
of = "All"
[totals.rates.columns]
"Charge rate" = "Charged"
"""


def test_two_tables_are_joined_by_force_and_period_and_rates_are_held_against_counts(tmp_path: Path) -> None:
    counts, rates = tmp_path / "counts.csv", tmp_path / "rates.csv"
    counts.write_text(
        "Force,Year,Charged,Other,All\nKent,2016/17,174,826,1000\nKent,2017/18,100,900,1000\n"
        "Essex,2016/17,50,50,100\nEssex,2017/18,0,0,0\nSurrey,2016/17,1,9,10\n",
        "utf-8",
    )
    rates.write_text(
        "Rates as printed\nPolice force,Financial year,Charge rate\nKent Police,2017/18,10.0%\n"
        "Kent Police,2016/17,17.00\nEssex,2016/17,50\nEssex,2017/18,0\nCumbria,2016/17,12.5\n",
        "utf-8",
    )
    found = check_mapped(counts, parse(RATES, "m.toml"))
    said = {
        (r["reason_code"], r["force"], r["file"], r["row"])
        for r in found.rejects.iter_rows(named=True)
        if r["column"] == "rate" and r["force"]
    }
    assert said == {
        ("rate_disagrees", "Kent", "counts.csv", 2),
        ("zero_of_zero", "Essex", "counts.csv", 5),
        ("rate_without_count", "Cumbria", "rates.csv", 7),
    }
    kept = found.required().table("totals").filter(pl.col("outcome") == "1").sort("force", "period_from")
    assert kept["rate"].to_list() == [50.0, None, None, 10.0, None]
    assert kept["of"].to_list() == [100, 0, 1000, 1000, 10]
    assert kept["period_to"].to_list()[2:4] == [dt.date(2017, 3, 31), dt.date(2018, 3, 31)]


def test_rates_of_a_column_that_is_not_counted_are_refused_in_the_mapping() -> None:
    with pytest.raises(BundleMappingError, match="Chargd is no column of counts"):
        parse(RATES.replace('"Charge rate" = "Charged"', '"Charge rate" = "Chargd"'), "m.toml")


def test_totals_that_slipped_against_the_names_are_found(tmp_path: Path) -> None:
    slipped = wide(tmp_path, [35, 70, 70, 105, 140, 175, 280])
    hits = slipped.rejects.filter(pl.col("reason_code") == "slipped_rows")
    assert hits["row"].to_list() == [4, 5, 6, 7]
    assert slipped.counts["totals"].rejected == 4


def test_a_force_without_any_count_and_a_force_named_twice_are_flagged(tmp_path: Path) -> None:
    file = tmp_path / "wide.csv"
    file.write_text("Force,Charged,Other,All\nOne,1,2,3\nNone,0,,0\none,4,5,9\n", "utf-8")
    codes = set(check_mapped(file, parse(TOTALS_MAPPING, "m.toml")).rejects["reason_code"].to_list())
    assert {"no_counts", "force_twice", "count_missing"} <= codes


def test_headings_that_are_not_there_and_control_totals_that_differ_are_said(tmp_path: Path) -> None:
    text = TOTALS_MAPPING + '[totals.control]\nfile = "control.csv"\nname = "Outcome"\ncount = "Total"\n'
    (tmp_path / "control.csv").write_text("Outcome,Total\nCharged,31\nNo suspect,60\nFines,2\n", "utf-8")
    file = tmp_path / "wide.csv"
    file.write_text("Force,Charged,No suspect,All\nA,10,20,30\nB,20,40,60\n", "utf-8")
    rejects = check_mapped(file, parse(text, "m.toml")).rejects
    named = set(rejects.select("reason_code", "column").iter_rows())
    assert ("control_disagrees", "Charged") in named
    assert ("control_missing", "Fines") in named
    assert ("control_disagrees", "No suspect") not in named


def test_the_built_in_mapping_of_police_uk_names_columns_of_the_schema() -> None:
    mapping = find_mapping("police_uk_outcomes")
    assert mapping.totals is not None
    assert {c for cells in mapping.totals.columns.values() for c in cells} <= set(tables()["totals"].columns)
