"""The traps: mistakes that give a believable wrong number. Each is refused or flagged, with the reason.

The list is that of the project's notes on analysis, section 2, and of issue 4. Faults of the data are found
when a bundle is checked; here it is held that the reader of the report is told as well.
"""

from __future__ import annotations

import datetime as dt
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from lamplighter.reporting.document import Mark, Report, Table
from lamplighter.reporting.html_page import html_page
from lamplighter.statistics.arrays.errors import CompetingOutcome
from lamplighter.statistics.inference import proportions
from lamplighter.statistics.survival.kaplan_meier import kaplan_meier
from lamplighter.studies.review.engine import Review, review
from lamplighter.studies.review.publication.publishing import Blank
from lamplighter.studies.review.publication.report import report_of
from lamplighter.studies.review.results import Everything
from lamplighter.study_bundle import checking
from lamplighter.study_bundle.files.data_package import write
from lamplighter.study_bundle.spreadsheets.mapped_bundle import check_mapped
from lamplighter.study_bundle.spreadsheets.mapping import parse
from lamplighter.synthetic.study_bundles.flat_spreadsheet import TOTALS_MAPPING
from tests.unit.studies.making import bundle, event, random_bundle, report

CHARGED = [event(n, n, "outcome", dt.datetime(2024, 7, 1), code="1") for n in range(1, 4)]


def drawn(found: Review) -> Report:
    return report_of(found, Everything(found.found))


def table(made: Report, key: str) -> Table:
    return next(own for own in made.tables() if own.key == key)


@cache
def plain() -> Report:
    return drawn(few())


def few(reports: int = 10, **changes: Any) -> Review:
    rows = {"reports": [report(n) for n in range(1, reports + 1)], "events": CHARGED}
    return review(bundle(rows, **changes))


def checked(tmp_path: Path, change: str = "", to: str = "", **changes: Any) -> Review:
    """A bundle written, changed in its files, read, checked and reviewed."""
    own = random_bundle(60, 1, **changes)
    folder = write(own.metadata, own.tables, tmp_path / "b", "csv").parent
    if change:
        path = folder / f"{change}.csv"
        lines = path.read_text("utf-8").splitlines()
        path.write_text("\n".join([*lines, lines[1] if to == "again" else to(lines)]) + "\n", "utf-8")  # type: ignore[operator]
    result = checking.check(folder)
    return review(result.required(), rejects=result.rejects)


def test_wald_nobody_of_ten_is_not_nought_to_nought() -> None:
    """Wald's interval of 0 of 10 is 0 to 0. There is none to choose, and the report prints Wilson's."""
    assert not [name for name in dir(proportions) if "wald" in name.lower()]
    row = next(r for r in table(plain(), "how-reports-ended").rows if r[0] == "Victim withdrew")
    assert row[1:] == (0, 0.0, "0.0% to 27.8%")


def test_one_minus_kaplan_meier_is_refused_where_another_end_competes() -> None:
    with pytest.raises(CompetingOutcome, match="compet"):
        kaplan_meier(np.array([1.0, 2.0, 3.0]), np.array([1, 2, 0]), cause=1)
    assert "never used for an end that competes" in html_page(plain())


def test_the_incidence_of_all_ends_never_passes_one() -> None:
    found = review(random_bundle(200, 2))
    assert found.timing.curves is not None
    assert found.timing.curves.incidence[-1].sum() <= 1 + 1e-12


def test_an_immature_cohort_is_not_set_beside_a_published_figure() -> None:
    young = few(extracted_on=dt.date(2025, 6, 1))
    made = drawn(young)
    assert "not set beside London" in html_page(made)
    here = {row[0]: row[1] for row in table(made, "published-figures").rows}
    for what in ("Victims who withdrew", "Closed with no further action", "Charged, England and Wales"):
        assert here[what] == "not compared: followed too short a time"
    old = table(plain(), "published-figures").rows
    assert {row[0]: row[1] for row in old}["Charged, England and Wales"] == "30.0%"


def test_mixed_bases_outcomes_assigned_in_the_period_give_no_share_of_reports() -> None:
    found = few(basis="assigned")
    made = drawn(found)
    assert "would mix two bases" in made.warnings[0] + made.warnings[1]
    assert not found.found.curves
    assert not found.found.fits
    assert {"outcomes-of-recorded", "how-reports-ended", "furthest-stage", "withdrawn-by-quarter"}.isdisjoint(
        found.found.counts
    )
    told = {(item.what, item.missing[0]) for item in found.found.not_answered}
    assert any(what == "analysis A3" and "assigned" in why for what, why in told)
    assert any(what == "indicator 15" and "recorded" in why for what, why in told)


def test_mixed_bases_in_one_report_stand_apart_and_say_so() -> None:
    page = html_page(plain())
    assert "two different bases" in page
    assert "never divide one by the other" in page


def test_nine_months_are_not_a_year() -> None:
    part = few(period_to=dt.date(2024, 12, 31))
    assert any("9 months" in warning and "not whole years" in warning for warning in drawn(part).warnings)
    assert not [warning for warning in plain().warnings if "months" in warning]


def test_nought_of_nobody_is_not_nought_per_cent() -> None:
    made = plain()
    rows = [row for own in made.tables() if own.key.startswith("indicators") for row in own.rows]
    empty = [row for row in rows if any(isinstance(v, Mark) and v.sign == "[z]" for v in row)]
    assert empty
    assert all("0.0%" not in str(row) for row in empty)


@pytest.mark.parametrize(
    ("counts", "said"),
    [
        # (count, of, rate) a row
        ([(50, 100, 62.0), (10, 50, 20.0)], "not what their counts give"),
        ([(0, 0, 0.0), (10, 50, 20.0)], "nought of nothing"),
        ([(None, None, 12.0), (10, 50, 20.0)], "without a count"),
    ],
)
def test_rates_whose_counts_disagree_are_worked_out_again_and_said(
    tmp_path: Path, counts: list[tuple[Any, ...]], said: str
) -> None:
    base = bundle({})
    rows = [
        {
            "force": f"Force {place}",
            "period_from": base.metadata.period_from,
            "period_to": base.metadata.period_to,
            "basis": "recorded",
            "measure": "outcome",
            "category": "Charged",
            "outcome": "1",
            "count": count,
            "of": of,
            "rate": rate,
        }
        for place, (count, of, rate) in enumerate(counts)
    ]
    own = bundle({"totals": rows}, force=("Force 0", "Force 1"))
    result = checking.check(
        write(own.metadata, {"totals": own.tables["totals"]}, tmp_path / "b", "csv").parent
    )
    made = drawn(review(result.required(), rejects=result.rejects))
    assert any(said in warning for warning in made.warnings)
    assert "62.0" not in html_page(made)
    assert table(made, "faults").rows


def test_duplicate_people_and_rows_are_flagged_before_any_figure(tmp_path: Path) -> None:
    own = random_bundle(60, 1)
    report_of_hers = own.table("reports").head(1)
    spelt = f"{report_of_hers['victim_id'][0].upper()}-"
    person = own.table("people").filter(pl.col("person_id") == report_of_hers["victim_id"][0])
    more = {
        "reports": report_of_hers.with_columns(
            pl.lit("r-more").alias("report_id"), pl.lit(spelt).alias("victim_id")
        ),
        "people": person.with_columns(pl.lit(spelt).alias("person_id")),
    }
    frames = dict(own.tables) | {name: pl.concat([own.table(name), rows]) for name, rows in more.items()}
    result = checking.check(write(own.metadata, frames, tmp_path / "one", "csv").parent)
    alike = drawn(review(result.required(), rejects=result.rejects))
    assert any("people may be in the data twice" in warning for warning in alike.warnings)
    twice = drawn(checked(tmp_path / "two", "events", "again"))
    assert any("each was counted once" in warning for warning in twice.warnings)
    assert table(twice, "faults").rows


def test_slipped_rows_of_totals_are_flagged(tmp_path: Path) -> None:
    """The totals column moved down by a row from the third force on: each has its neighbour's."""
    totals = [35, 70, 70, 105, 140, 175, 280]
    lines = [f"Force {n},{10 * n},{20 * n},{5 * n},{total}" for n, total in enumerate(totals, 1)]
    file = tmp_path / "wide.csv"
    file.write_text("\n".join(["Force,Charged,No action,Open,All", *lines]) + "\n", "utf-8")
    result = check_mapped(file, parse(TOTALS_MAPPING, "wide.toml"))
    made = drawn(review(result.required(), rejects=result.rejects))
    assert any("may have slipped" in warning for warning in made.warnings)


def test_a_change_of_rules_breaks_the_line_and_says_so() -> None:
    found = review(random_bundle(120, 3, period_from=dt.date(2022, 4, 1), period_to=dt.date(2025, 3, 31)))
    page = html_page(drawn(found))
    assert "Recording rules that changed inside the period" in page
    assert "must not be compared" in page


def test_withdrawals_among_those_who_withdrew_are_never_alone() -> None:
    page = html_page(drawn(review(random_bundle(120, 4))))
    assert page.index("What had happened by each day") < page.index("Among those who withdrew")
    assert "not the chance of withdrawing" in page


def test_immortal_time_what_is_done_later_is_no_predictor() -> None:
    """An advocate reached on day 4 is 'no' in the landmark model; who ended by day 3 is not in it."""
    from lamplighter.studies.review.analyses.predictors import with_terms
    from lamplighter.studies.review.cohort import Cohort
    from lamplighter.studies.review.settings import settings

    at = dt.datetime(2024, 6, 1, 12)
    events = [event(n, n, "advocate_contact", at + dt.timedelta(days=n), status="reached") for n in (3, 4)]
    frame = with_terms(Cohort(bundle({"reports": [report(3), report(4)], "events": events}), settings()))
    assert dict(frame.select("report_id", "advocate_early").iter_rows()) == {"r00003": "yes", "r00004": "no"}


def test_faults_are_said_in_a_protected_report_without_their_number(tmp_path: Path) -> None:
    found = checked(tmp_path, "events", "again")
    made = report_of(found, Blank())
    assert any("each was counted once" in warning for warning in made.warnings)
    assert {str(row[1]) for row in table(made, "faults").rows} == {"[c]"}
