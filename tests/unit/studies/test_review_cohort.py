"""One row a report, one a case, with what became of them: worked by hand, row by row."""

from __future__ import annotations

import datetime as dt

import polars as pl
import pytest

from lamplighter.studies.review.cohort import Cohort
from lamplighter.studies.review.settings import settings
from tests.unit.studies.making import bundle, event, report

DAY = dt.datetime(2024, 6, 1, 12)


def after(days: float) -> dt.datetime:
    return DAY + dt.timedelta(days=days)


def cohort(reports: list[dict[str, object]], events: list[dict[str, object]]) -> Cohort:
    return Cohort(bundle({"reports": reports, "events": events}), settings())


def one(reports: pl.DataFrame, number: int) -> dict[str, object]:
    return reports.filter(pl.col("report_id") == f"r{number:05}").to_dicts()[0]


def test_a_withdrawal_counts_on_its_own_day_and_before_the_outcome_that_follows() -> None:
    made = cohort(
        [report(1)],
        [
            event(1, 1, "support_status", after(3), code="withdrawn"),
            event(2, 1, "outcome", after(40), code="16"),
        ],
    )
    row = one(made.reports, 1)
    assert (row["end"], row["end_day"], row["outcome_day"]) == ("withdrawal", 3, 40)


def test_an_outcome_that_says_withdrawn_counts_when_nothing_else_does() -> None:
    row = one(cohort([report(1)], [event(1, 1, "outcome", after(9), code="14")]).reports, 1)
    assert (row["end"], row["withdrawn_day"]) == ("withdrawal", 9)


def test_a_withdrawal_after_a_charge_does_not_undo_the_charge() -> None:
    events = [
        event(1, 1, "outcome", after(5), code="1"),
        event(2, 1, "support_status", after(20), code="withdrawn"),
    ]
    assert one(cohort([report(1)], events).reports, 1)["end"] == "charge"


def test_the_latest_outcome_stands_and_an_open_report_stays() -> None:
    made = cohort(
        [report(1), report(2)],
        [event(1, 1, "outcome", after(5), code="18"), event(2, 1, "outcome", after(50), code="1A")],
    )
    assert one(made.reports, 1)["end"] == "charge"
    still = one(made.reports, 2)
    assert (still["end"], still["open"], still["followed"]) == (None, True, 548)


def test_the_earliest_classification_is_the_first_and_a_later_one_is_kept() -> None:
    events = [
        event(2, 1, "classification", after(10), code="stalking"),
        event(1, 1, "classification", after(0), code="harassment"),
    ]
    row = one(cohort([report(1)], events).reports, 1)
    assert (row["first_class"], row["stalking_first"], row["stalking_day"]) == ("harassment", False, 10)
    assert row["stalking_ever"]


def test_reports_of_one_pair_are_one_case_whose_clock_starts_with_the_first() -> None:
    made = cohort(
        [report(1, case_id="c"), report(2, case_id="c", recorded_at=after(30))],
        [event(1, 2, "risk_assessment", after(31), instrument="sst", grade="high")],
    )
    assert made.cases.select("case", "n_reports", "report_id").rows() == [("c", 2, "r00001")]
    assert made.events("risk_assessment").select("day", "hours").rows() == [(31, 31 * 24.0)]


@pytest.mark.parametrize(
    ("precision", "moment", "hours"),
    [
        ("minute", dt.datetime(2024, 6, 2, 11), 23.0),
        # Known to the day: the same day meets any limit, another day counts as its last moment.
        ("day", dt.datetime(2024, 6, 1), 0.0),
        ("day", dt.datetime(2024, 6, 2), 36.0),
        ("month", dt.datetime(2024, 6, 1), None),
    ],
)
def test_hours_are_never_met_by_rounding(precision: str, moment: dt.datetime, hours: float | None) -> None:
    made = cohort([report(1)], [event(1, 1, "risk_assessment", moment, at_precision=precision)])
    assert made.events("risk_assessment")["hours"].to_list() == [hours]


def test_nothing_is_dropped_when_people_are_not_identified() -> None:
    made = cohort([report(1, victim_id=None, suspect_id=None, case_id=None)], [])
    assert made.reports.height == made.cases.height == 1
    assert one(made.reports, 1)["case"] == "r00001"
