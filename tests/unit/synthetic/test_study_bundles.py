"""Made-up study bundles: what is said to be true of them is."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pyarrow.parquet as pq
import pytest

from lamplighter.study_bundle.checking import check, read
from lamplighter.synthetic.study_bundles import events as drawing
from lamplighter.synthetic.study_bundles.bundle import make
from lamplighter.synthetic.study_bundles.cohort import NO_ACTION, WITHDRAWN, draw
from lamplighter.synthetic.study_bundles.outcome_model import (
    charge_days,
    incidence,
    logistic,
    model,
    no_action_days,
    withdrawal_days,
)
from lamplighter.synthetic.study_bundles.scenarios import FACTORS, SCENARIOS, scenario

PACKAGES = [name for name, s in SCENARIOS.items() if not s.flat]


def near(hits: int, among: int, chance: float) -> bool:
    """Within 4 standard errors."""
    return abs(hits - among * chance) <= 4 * np.sqrt(max(among * chance * (1 - chance), 1))


@pytest.mark.parametrize("name", PACKAGES)
def test_every_scenario_passes_its_check_and_is_the_same_twice(name: str, tmp_path: Path) -> None:
    made = [make(name, tmp_path / part, reports=150, seed=9) for part in ("a", "b")]
    found = check(tmp_path / "a")
    assert found.required().table("reports").height == made[0].reports == 150
    wrong = set(found.rejects["reason_code"].to_list()) - {"immature", "series_break"}
    assert wrong == set()
    for file in sorted((tmp_path / "a").rglob("*")):
        if file.is_file():
            assert file.read_bytes() == (tmp_path / "b" / file.relative_to(tmp_path / "a")).read_bytes()


def test_several_forces_share_the_reports_by_case_and_nothing_else_differs(tmp_path: Path) -> None:
    one = read(make("london", tmp_path / "one", reports=400, seed=9).bundle.parent)
    many = read(make("london", tmp_path / "many", reports=400, seed=9, forces=43).bundle.parent)
    reports = many.table("reports")
    assert len(many.metadata.force) == 43
    assert set(reports["force"]) <= set(many.metadata.force)
    assert reports["force"].n_unique() > 30
    assert set(reports.group_by("case_id").agg(pl.col("force").n_unique())["force"]) == {1}
    assert reports.drop("force").equals(one.table("reports").drop("force"))
    assert many.table("events").equals(one.table("events"))
    with pytest.raises(ValueError, match="a spreadsheet of one"):
        make("spreadsheet", tmp_path / "flat", reports=20, forces=2)


@pytest.mark.parametrize("name", ["london", "null"])
def test_events_written_some_at_a_time_are_the_same_events(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As a million reports are, whose events do not fit into memory all at once."""
    whole = make(name, tmp_path / "whole", reports=150, seed=9)
    monkeypatch.setattr(drawing, "_AT_ONCE", 500)
    monkeypatch.setattr(drawing, "_ROWS", 200)
    parted = make(name, tmp_path / "parts", reports=150, seed=9)
    assert parted.events == whole.events > 1_000
    assert parted.bundle.read_bytes() == whole.bundle.read_bytes()
    one, other = (check(made.bundle.parent).required() for made in (whole, parted))
    assert pq.ParquetFile(tmp_path / "parts" / "events.parquet").num_row_groups > 3
    assert other.table("events").equals(one.table("events"))
    assert other.metadata == one.metadata
    assert other.held_columns == one.held_columns


@pytest.mark.parametrize("name", list(SCENARIOS))
def test_the_shares_of_a_scenario_are_those_of_a_large_draw(name: str) -> None:
    s = scenario(name)
    cohort = draw(s, 60_000, 77)
    suspects = len(np.unique(cohort.suspect))
    # Shared suspects widen the error of the share; 60,000 is then worth fewer reports.
    worth = 60_000 if s.suspect_sd == 0 else suspects
    share = float((cohort.became == WITHDRAWN).mean())
    assert abs(share - s.withdraw) <= 4 * np.sqrt(0.25 / worth)
    assert abs(float((cohort.became == NO_ACTION).mean()) - s.no_action) <= 4 * np.sqrt(0.25 / worth)
    true = incidence(s, (7, 30, 180))["withdrawal"]
    for day in (7, 30, 180):
        by_then = float(((cohort.became == WITHDRAWN) & (cohort.day <= day)).mean())
        assert abs(by_then - true[str(day)]) <= 4 * np.sqrt(0.25 / worth)


def test_the_effects_that_are_said_are_those_of_the_draw() -> None:
    """The score of the logistic likelihood at the true effects is zero up to chance."""
    s = scenario("london")
    cohort = draw(s, 200_000, 5)
    chance = model(s).withdraw(cohort.factors, np.zeros(cohort.size))
    withdrawn = cohort.became == WITHDRAWN
    stay = ~withdrawn
    closing = model(s).no_action(cohort.factors)
    for name in FACTORS:
        x = cohort.factors[name]
        score = float(((withdrawn - chance) * x).sum())
        assert abs(score) <= 4 * np.sqrt(float((chance * (1 - chance) * x).sum())), name
        score = float((((cohort.became == NO_ACTION) - closing) * x * stay).sum())
        assert abs(score) <= 4 * np.sqrt(float((closing * (1 - closing) * x * stay).sum())), name


def test_the_days_of_each_outcome_are_chances() -> None:
    for days in (withdrawal_days(), no_action_days(), charge_days()):
        assert days.min() >= 0
        assert days.sum() == pytest.approx(1.0)
    assert withdrawal_days()[:8].sum() == pytest.approx(0.38)
    assert withdrawal_days()[:31].sum() == pytest.approx(0.64)
    assert logistic(np.array([0.0]))[0] == 0.5


def test_the_truth_of_the_indicators_is_that_of_the_draw(tmp_path: Path) -> None:
    make("null", tmp_path, reports=6_000, seed=3)
    truth: dict[str, Any] = json.loads((tmp_path / "truth" / "truth.json").read_text("utf-8"))
    assert truth["cases"] == truth["reports"] == 6_000
    for name, said in truth["indicators"].items():
        assert near(said["numerator"], said["denominator"], said["expected"]), name
    bundle = read(tmp_path)
    first = bundle.events("classification").unique("report_id", keep="first", maintain_order=True)
    stalking = int((first["code"] == "stalking").sum())
    assert near(stalking, 6_000, 0.18)
    assert truth["indicators"]["1"]["numerator"] == stalking
    assert truth["indicators"]["32"]["denominator"] == bundle.events("risk_assessment").height


def test_suspects_are_shared_where_they_are_said_to_be_and_rare_factors_part() -> None:
    shared = draw(scenario("shared-suspects"), 4_700, 2)
    assert 1.9 < shared.size / len(np.unique(shared.suspect)) < 2.6
    rare = draw(scenario("rare-factors"), 20_000, 2)
    assert (rare.became[rare.factors["threat_images"]] == WITHDRAWN).mean() > 0.99


def test_the_extract_hides_what_came_after_it(tmp_path: Path) -> None:
    make("immature", tmp_path, reports=400, seed=1)
    bundle = read(tmp_path)
    last = bundle.metadata.extracted_on
    assert bundle.table("events")["at"].dt.date().max() <= last
    assert bundle.events("outcome")["report_id"].n_unique() < 400 * 0.9


def test_no_such_scenario_and_no_reports_are_said() -> None:
    with pytest.raises(KeyError, match="london"):
        scenario("paris")
    with pytest.raises(ValueError, match="at least one"):
        draw(scenario("london"), 0, 1)
