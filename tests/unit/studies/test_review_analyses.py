"""Profile, attrition, curves, predictors, medians, trend and totals: worked by hand, and properties."""

from __future__ import annotations

import datetime as dt
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from lamplighter.studies.review.analyses.attrition import STAGES, attrition, furthest
from lamplighter.studies.review.analyses.force_totals import totals
from lamplighter.studies.review.analyses.medians import median_days
from lamplighter.studies.review.analyses.predictors import TERMS, _columns, predictors
from lamplighter.studies.review.analyses.profile import profile
from lamplighter.studies.review.analyses.quarterly_trend import quarters, rule_changes, trend
from lamplighter.studies.review.analyses.time_to_outcome import timing
from lamplighter.studies.review.cohort import Cohort, on_the_clock
from lamplighter.studies.review.engine import Review, review
from lamplighter.studies.review.publication.report_folder import write_review
from lamplighter.studies.review.results import Count, Everything, Fit
from lamplighter.studies.review.sections.outcomes import outcome_section
from lamplighter.studies.review.settings import settings
from lamplighter.study_bundle.bundle import StudyBundle
from tests.unit.studies.making import bundle, event, other_tables, random_bundle, report

NOON = dt.datetime(2024, 6, 1, 12)


def after(days: float) -> dt.datetime:
    return NOON + dt.timedelta(days=days)


def cohort(rows: dict[str, Any], **changes: Any) -> Cohort:
    return Cohort(bundle(rows, **changes), settings())


def cells(counts: list[Count], name: str) -> dict[str, int]:
    own = next(count for count in counts if count.name == name)
    return {codes[0]: int(cell.value) for codes, cell in own.table.cells.items() if cell.value}


def test_people_are_counted_once_each_and_reports_once_each() -> None:
    rows = {
        "reports": [
            report(1, victim_id="v", suspect_id="s", victim_age=30, relationship="ex_partner"),
            report(2, victim_id="v", suspect_id="s", victim_age=31, recorded_at=after(400)),
            report(3, victim_id="w", suspect_id=None, relationship="colleague"),
            report(4, victim_id=None),
        ],
        "people": [{"person_id": "v", "sex": "female"}, {"person_id": "w"}],
    }
    found = profile(cohort(rows))
    assert cells(found, "victim-sex") == {"all": 2, "female": 1, "not_recorded": 1}
    assert cells(found, "victim-age-group") == {"all": 2, "25-34": 1, "not_recorded": 1}
    assert cells(found, "suspect-sex") == {"all": 2, "not_recorded": 2}
    expected = {"all": 4, "ex_partner": 1, "known": 1, "not_recorded": 2}
    assert cells(found, "relationship-of-suspect") == expected


OUTCOMES = {
    "reports": [report(n) for n in range(1, 8)],
    "events": [
        event(1, 1, "outcome", after(10), code="16"),
        event(2, 2, "support_status", after(3), code="withdrawn"),  # and no outcome yet
        event(3, 3, "outcome", after(20), code="15"),
        event(4, 4, "interview", after(2)),
        event(5, 4, "outcome", after(400), code="1"),  # assigned after the period
        event(6, 4, "court_conclusion", after(450), code="convicted"),
        event(7, 5, "arrest", after(1)),
        event(8, 6, "charging_decision", after(9)),
        event(9, 7, "support_status", None, code="withdrawn"),  # known, and not when
    ],
}


def test_outcomes_on_both_bases_sum_to_what_they_are_of() -> None:
    made = attrition(cohort(OUTCOMES))
    expected = {"all": 7, "withdrew": 1, "nfa_victim_supports": 1, "charged": 1, "open": 4}
    assert cells(made, "outcomes-of-recorded") == expected
    assert cells(made, "outcomes-assigned") == {"all": 2, "withdrew": 1, "nfa_victim_supports": 1}
    ends = {"all": 7, "withdrawal": 3, "no_further_action": 1, "charge": 1, "open": 2}
    assert cells(made, "how-reports-ended") == ends
    for count in made:
        own = {codes[0]: cell.value for codes, cell in count.table.cells.items()}
        assert sum(value for code, value in own.items() if code != "all") == own["all"]


def test_a_later_stage_implies_the_earlier_ones() -> None:
    reached = dict(furthest(cohort(OUTCOMES)).iter_rows())
    assert [reached[f"r{n:05}"] for n in range(1, 8)] == [
        *("named", "named", "named", "convicted", "spoken_to", "decision", "named")
    ]


@given(st.integers(0, 10_000))
@hypothesis_settings(max_examples=8, deadline=None)
def test_the_stages_of_the_funnel_never_rise(seed: int) -> None:
    own = random_bundle(30, seed)
    made = {c.name: c for c in attrition(Cohort(own, settings()))}["furthest-stage"]
    at = [made.table.cells.get((stage,)) for stage in STAGES]
    values = [int(cell.value) if cell else 0 for cell in at]
    reached = [sum(values[place:]) for place in range(len(values))]
    assert reached == sorted(reached, reverse=True)
    assert reached[0] == own.table("reports").height


def test_curves_agree_with_aalen_johansen_by_hand() -> None:
    """Five reports: withdrawn on days 2 and 4, closed on day 4, open on day 10 and on day 3.

    Day 2: 1/5. Day 4: three at risk, all free so far 4/5: each end adds 4/5 x 1/3.
    """
    cut = dt.date(2024, 6, 11)
    rows = {
        "reports": [report(n) for n in range(1, 5)] + [report(5, recorded_at=after(7))],
        "events": [
            event(1, 1, "support_status", after(2), code="withdrawn"),
            event(2, 2, "outcome", after(4), code="15"),
            event(3, 3, "support_status", after(4), code="withdrawn"),
        ],
    }
    found = timing(cohort(rows, extracted_on=cut)).curves
    assert found is not None
    read = found.risk_at([1, 2, 3, 4, 10], 1)
    assert read.estimate == pytest.approx([0, 0.2, 0.2, 0.2 + 0.8 / 3, 0.2 + 0.8 / 3])
    assert found.risk_at([4], 2).estimate == pytest.approx([0.8 / 3])
    assert found.n == 5


def test_an_end_without_a_day_stands_outside_the_curves_and_is_said() -> None:
    made = timing(cohort(OUTCOMES))
    assert made.flags[0].startswith("Some reports ended on a day that is not known")
    assert made.undated == 1
    assert made.curves is not None
    assert made.curves.n == 6


def test_levels_too_thin_are_merged_with_the_base_and_said() -> None:
    rows = pl.DataFrame(
        {
            "relationship": ["stranger"] * 40 + ["ex_partner"] * 40 + ["family"] * 6 + [None] * 30,
            "y": [True, False] * 58,
        }
    )
    columns, effects, notes = _columns(rows, [TERMS["relationship"]], 10)
    assert [(c.level, c.n, c.events) for c in columns] == [("ex_partner", 40, 20), ("not_recorded", 30, 15)]
    assert (effects[0].n, effects[0].events, effects[0].reference) == (46, 23, True)
    assert notes == ["Relationship: family merged with the level compared with."]
    assert sum(effect.n for effect in effects) == rows.height, "no row is dropped"


@cache
def fitted() -> tuple[Cohort, tuple[Fit, ...]]:
    own = Cohort(random_bundle(260, 8), settings())
    return own, tuple(predictors(own)[0])


def test_firths_method_is_chosen_where_there_are_few_events_and_no_row_is_dropped() -> None:
    _, fits = fitted()
    assert fits
    for fit in fits:
        by_term: dict[str, int] = {}
        for effect in fit.effects:
            by_term[effect.term] = by_term.get(effect.term, 0) + effect.n
        # A level that is another one under a second name is left out of the table, and that is said.
        twice = {flag.split(":")[0] for flag in fit.flags if "the same reports as another level" in flag}
        whole = {n for term, n in by_term.items() if term not in twice}
        assert whole == {fit.model.people}
    assert any(fit.method.startswith("Firth") for fit in fits)


def test_the_landmark_model_leaves_out_who_had_ended_by_then() -> None:
    own, made = fitted()
    # Little is done by day 3 at random: an advocate reaches every second victim on the day after the report.
    events, reports = own.bundle.table("events"), own.bundle.table("reports").gather_every(2)
    early = reports.select(
        "report_id",
        pl.format("zz{}", "report_id").alias("event_id"),
        pl.lit("advocate_contact").alias("kind"),
        (pl.col("recorded_at") + pl.duration(days=1)).alias("at"),
    )
    more = pl.concat([events, early], how="diagonal").select(events.columns)
    reached = other_tables(own.bundle, {**own.bundle.tables, "events": more})
    fits = {fit.model.name: fit for fit in (*made, *predictors(Cohort(reached, settings()))[0])}
    # Whose end has no day can be on neither side of the landmark.
    mature = on_the_clock(own.reports).filter(pl.col("followed") >= 180)
    later = mature.filter(pl.col("end_day").is_null() | (pl.col("end_day") > 3))
    assert fits["model-withdrawal-at-report"].model.people == mature.height
    assert fits["model-withdrawal-by-landmark"].model.people == later.height < mature.height


def test_medians_by_hand_and_their_bootstrap_is_the_same_every_time() -> None:
    frame = pl.DataFrame({"days": [1, 2, 3, 4, 100], "cluster": ["a", "a", "b", "c", "d"]})
    one = median_days(frame, "cluster", repeats=50, seed=1)
    assert one is not None
    assert (one.n, one.median, one.ninetieth) == (5, 3.0, 100.0)
    assert one.low <= one.median <= one.high
    assert one == median_days(frame.sample(5, shuffle=True, seed=3), "cluster", repeats=50, seed=1)
    assert median_days(frame.clear(), "cluster", repeats=50, seed=1) is None


def test_quarters_breaks_part_quarters_and_young_quarters() -> None:
    long = cohort(
        {"reports": [report(1, recorded_at=dt.datetime(2020, 4, 2)), report(2)]},
        period_from=dt.date(2020, 2, 15),
        period_to=dt.date(2024, 6, 30),
        extracted_on=dt.date(2024, 7, 1),
    )
    held = quarters(long)
    assert (held[0].code, held[0].whole, held[1].whole) == ("2020-q1", False, True)
    assert [q.code for q in held if not q.mature] == ["2024-q1", "2024-q2"]
    at = {held[change.place].code for change in rule_changes(long)}
    assert {"2020-q2", "2023-q2"} <= at
    made = {count.name: count for count in trend(long)}
    assert ("2024-q2", "all") in made["reports-by-quarter"].table.cells
    assert ("2024-q2", "all") not in made["withdrawn-by-quarter"].table.cells
    # The period is of days of recording, and so are its quarters.
    early = report(3, recorded_at=dt.datetime(2024, 4, 1, 9), reported_at=dt.datetime(2024, 3, 31, 9))
    counted = trend(cohort({"reports": [early]}))[0].table.cells
    assert counted[("2024-q2", "all")].value == 1


def totals_bundle() -> StudyBundle:
    def row(force: str, category: str, outcome: str | None, count: int | None) -> dict[str, Any]:
        first, last = dt.date(2024, 4, 1), dt.date(2025, 3, 31)
        return {
            "force": force,
            "period_from": first,
            "period_to": last,
            "basis": "recorded",
            "measure": "outcome",
            "category": category,
            "outcome": outcome,
            "count": count,
        }

    return bundle(
        {
            "totals": [
                row("One", "Charged", "1", 10),
                row("One", "No suspect", "18", 30),
                row("One", "(blank)", None, 60),
                row("Two", "(blank)", None, 50),
                row("Two", "Charged", "1", None),
            ]
        }
    )


def test_totals_sum_and_a_force_without_outcomes_has_no_share() -> None:
    from lamplighter.studies.review.publication.report import report_of

    found = review(totals_bundle())
    by_force, by_category = totals(totals_bundle(), settings())
    assert by_force.table.cells[("all", "all")].value == 150
    assert by_category.table.cells[("all",)].value == 150
    table = next(
        t for t in report_of(found, Everything(found.found)).tables() if t.key == "outcomes-by-force"
    )
    rows = {row[0]: [str(v) for v in row[1:]] for row in table.rows}
    assert rows["One"][:3] == ["100", "60", "10.0"]
    assert set(rows["Two"][2:]) == {"[z]"}


def test_five_years_and_nine_months_are_never_added_up_and_each_has_its_shares(tmp_path: Path) -> None:
    five, nine = (dt.date(2012, 4, 1), dt.date(2017, 3, 31)), (dt.date(2017, 4, 1), dt.date(2017, 12, 31))
    rows = [
        {"force": f, "period_from": a, "period_to": b, "basis": basis, "measure": "outcome", "category": o}
        | {"outcome": o, "offence_group": group, "count": n}
        for f, (a, b), n in (("One", five, 100_000), ("Two", five, 25_000), ("One", nine, 619))
        for o in ("1", "18")
        for basis, group in (("recorded", None), ("assigned", None), ("recorded", "stalking"))
    ]
    found = review(bundle({"totals": rows}))
    counts = {c.name: c.table for c in totals(bundle({"totals": rows}), settings())}
    assert [t.cells[("all", "all")].value for n, t in counts.items() if "by-force" in n] == [250_000, 1_238]
    write_review(found, tmp_path / "report")
    page = (tmp_path / "report/report.html").read_text("utf-8").replace("\u2009", "").replace("\u00a0", " ")
    assert "Outcomes by force, 1 April 2012 to 31 March 2017" in page
    assert "Outcomes by force, 1 April 2017 to 31 December 2017" in page
    assert "Periods stand apart" in page
    for wrong in ("251238", "125619", "500000", "100619"):
        assert wrong not in page


def figures(found: Review) -> dict[str, Any]:
    counts = {**found.found.counts, **{i.count.name: i.count for i in found.found.indicators if i.count}}
    return {
        "counts": {name: dict(count.table.cells) for name, count in counts.items()},
        "curves": found.found.curves,
        "models": {name: fit.model.values for name, fit in found.found.fits.items()},
        "medians": {name: str(median) for name, median in found.medians.items()},
    }


def test_the_order_of_rows_changes_nothing() -> None:
    own = random_bundle(120, 5)
    rng = np.random.default_rng(1)
    mixed = {name: frame[rng.permutation(frame.height)] for name, frame in own.tables.items()}
    assert figures(review(other_tables(own, mixed))) == figures(review(own))


def test_an_unrelated_report_changes_only_what_it_should() -> None:
    own = random_bundle(80, 6)
    more = bundle({"reports": [report(99_999)]}).table("reports")
    both = {**own.tables, "reports": pl.concat([own.table("reports"), more])}
    one, two = figures(review(own)), figures(review(other_tables(own, both)))
    same = (
        "indicator-20",
        "indicator-23a",
        "indicator-29a",
        "indicator-12",
        "how-soon-withdrawn",
        "victim-disability",
    )
    for name in same[:5]:
        assert one["counts"][name] == two["counts"][name], name
    for name in ("outcomes-of-recorded", "indicator-9", "relationship-of-suspect"):
        key = ("all",)
        assert two["counts"][name][key].value == one["counts"][name][key].value + 1


def test_the_funnel_says_the_share_of_the_stage_before() -> None:
    found = review(bundle(OUTCOMES))
    section = outcome_section(found, Everything(found.found))
    assert section is not None
    table = next(b.table for b in section.blocks if hasattr(b, "picture") and b.key == "figure-funnel")
    assert [row[1] for row in table.rows] == [7, 7, 3, 2, 1, 1]
    assert table.rows[3][4] == pytest.approx(100 * 2 / 3)
