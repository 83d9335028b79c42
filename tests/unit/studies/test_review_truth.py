"""Against made-up bundles whose truth is known: counts exactly, estimates within their interval."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import pytest

from lamplighter.statistics.inference.proportions import wilson
from lamplighter.studies.review.engine import Review, review
from lamplighter.studies.review.results import Everything
from lamplighter.studies.review.settings import ENDS
from lamplighter.study_bundle import checking
from lamplighter.synthetic.study_bundles.bundle import make

TOTAL = "all"


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory) -> tuple[Review, dict[str, Any]]:
    """Scenario ``null``: every case is one report, so that the truth by report is the truth by case."""
    made = make("null", tmp_path_factory.mktemp("null"), reports=2_500)
    return review(checking.check(made.bundle.parent).required()), json.loads(made.truth.read_text("utf-8"))


def counted(found: Review, line: str) -> tuple[int, int]:
    count = next(i.count for i in found.found.indicators if f"{i.number}{i.part}" == line)
    assert count is not None
    cells = count.table.cells
    two = len(count.fields) == 2
    key = (lambda code: (code, TOTAL)) if two else (lambda code: (code,))
    met = cells.get(key("met"))
    return int(met.value) if met else 0, int(cells[key(TOTAL)].value)


#: Line of ours to the name in the truth.
SAME = {
    "1": "1",
    "2b": "2",
    "3": "3",
    "6": "6",
    "9": "9",
    "10": "10",
    "12": "12",
    "15": "15",
    "16a": "16",
    "17a": "17",
    "23a": "23",
    "26b": "26 offered",
    "29a": "29 actions",
    "31": "31",
    "32": "32",
}


@pytest.mark.parametrize("line", SAME)
def test_an_indicator_counts_what_was_drawn(known: tuple[Review, dict[str, Any]], line: str) -> None:
    found, truth = known
    own = truth["indicators"][SAME[line]]
    assert counted(found, line) == (own["numerator"], own["denominator"])


#: The truth of these counts from another moment (hours where we count days, the report where we count from
#: the naming, or what came after the extract), so they agree as estimates.
NEAR = {"7": "7", "20": "20", "21a": "21", "24": "24", "28": "28"}


@pytest.mark.parametrize("line", NEAR)
def test_an_indicator_holds_the_chance_it_was_drawn_with(
    known: tuple[Review, dict[str, Any]], line: str
) -> None:
    found, truth = known
    met, whole = counted(found, line)
    interval = wilson(met, whole, confidence=0.99)
    assert interval.lower <= truth["indicators"][NEAR[line]]["expected"] <= interval.upper


def test_ends_and_suspects_are_counted_exactly(known: tuple[Review, dict[str, Any]]) -> None:
    found, truth = known
    shown = Everything(found.found)
    for end in ("withdrawal", "no_further_action", "charge"):
        assert shown.count("how-reports-ended", (end,)) == truth["drawn"][end]
    assert shown.count("how-reports-ended", (TOTAL,)) == truth["reports"] == found.cohort.reports.height
    assert found.cohort.cases.height == truth["cases"]


def test_the_curves_hold_the_truth_in_their_intervals(known: tuple[Review, dict[str, Any]]) -> None:
    found, truth = known
    curves = found.timing.curves
    assert curves is not None
    inside = []
    for cause, end in enumerate(ENDS[:3], start=1):
        expected = truth["cumulative_incidence"][end]
        for day in (7, 30, 90, 180, 365):
            at = curves.risk_at([day], cause)
            inside.append(float(at.lower[0]) <= expected[str(day)] <= float(at.upper[0]))
    # 15 intervals of 95%, strongly alike within a curve: two misses are no news, three would be.
    assert inside.count(False) <= 2


def test_among_those_who_withdrew_agrees_with_the_law_they_were_drawn_from(
    known: tuple[Review, dict[str, Any]],
) -> None:
    found, truth = known
    shown = Everything(found.found)
    week = sum(shown.count("how-soon-withdrawn", (code,)) or 0 for code in ("0", "1-7"))
    whole = shown.count("how-soon-withdrawn", (TOTAL,)) or 0
    assert abs(week / whole - truth["among_withdrawn"]["7"]) < 0.05


def test_where_no_factor_has_an_effect_few_terms_are_told_apart(known: tuple[Review, dict[str, Any]]) -> None:
    found, _ = known
    chances = [
        v for fit in found.found.fits.values() for k, v in fit.model.values.items() if k.endswith("|holm")
    ]
    assert len(chances) > 40
    assert sum(p < 0.05 for p in chances) <= 2


@pytest.mark.slow
def test_effects_that_were_planted_are_found(tmp_path: Path) -> None:
    made = make("london", tmp_path, reports=4_000, seed=7)
    truth = json.loads(made.truth.read_text("utf-8"))["effects"]["withdrawn_by_180"]
    found = review(checking.check(made.bundle.parent).required())
    values = found.found.fits["model-withdrawal-at-report"].model.values
    for label, factor in (("Victim's sex: female", "female"), ("Threats: yes", "threat")):
        low, high = values[f"{label}|low"], values[f"{label}|high"]
        assert math.log(low) - 0.1 <= truth[factor] <= math.log(high) + 0.1
