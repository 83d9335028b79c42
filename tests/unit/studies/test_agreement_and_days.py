"""Two assessors' grades crossed, and days after an end: from rows whose answer can be worked out."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import numpy as np
import pytest

from lamplighter.disclosure.tables import TOTAL
from lamplighter.reporting.document import Words
from lamplighter.statistics.agreement.kappa import kappa_of_table
from lamplighter.studies.review.analyses.agreement import TABLE, agreement
from lamplighter.studies.review.analyses.days_lost import days_lost
from lamplighter.studies.review.cohort import Cohort
from lamplighter.studies.review.engine import review
from lamplighter.studies.review.results import Everything
from lamplighter.studies.review.sections.agreement import agreement_section
from lamplighter.studies.review.settings import settings
from lamplighter.study_bundle.bundle import StudyBundle
from tests.unit.studies.making import bundle, event, report

AT = dt.datetime(2024, 6, 2, 9)


def graded(pairs: list[tuple[str, str, str | None]]) -> StudyBundle:
    """A report for each pair of grades; the third says whether the second assessor had not seen the first."""
    events = []
    for n, (first, second, blind) in enumerate(pairs):
        events.append(event(2 * n, n, "risk_assessment", AT, grade=first))
        again = {"refers_to": f"e{2 * n:06}", "grade": second, "answer": blind}
        events.append(event(2 * n + 1, n, "second_assessment", AT, **again))
    return bundle({"reports": [report(n) for n in range(len(pairs))], "events": events})


PAIRS = (
    [("standard", "standard", "yes")] * 20
    + [("standard", "medium", None)] * 6
    + [("medium", "medium", "yes")] * 11
    + [("high", "medium", "yes")] * 5
    + [("high", "high", "yes")] * 9
)


def test_grades_are_crossed_and_kappa_is_that_of_the_table() -> None:
    left_out = [("high", "standard", "no"), ("none", "high", "yes"), ("high", "none", "yes")]
    counts, found = agreement(Cohort(graded([*PAIRS, *left_out]), settings()))
    cells = counts[0].table.cells
    assert cells["standard", "medium"].value == 6
    assert cells["high", "standard"].value == 0
    assert cells[TOTAL, TOTAL].value == len(PAIRS)
    assert found is not None
    assert found.linear == kappa_of_table([[20, 6, 0], [0, 11, 0], [0, 5, 9]], weights="linear")
    assert found.plain == kappa_of_table([[20, 6, 0], [0, 11, 0], [0, 5, 9]])
    assert found.knew == 1


def test_the_report_says_it_to_those_inside_and_keeps_kappa_from_a_release() -> None:
    found = review(graded(PAIRS))
    shown = Everything(found.found)
    inside, outside = (agreement_section(found, s) for s in (shown, replace(shown, protected=True)))
    assert inside is not None
    assert outside is not None
    words = [" ".join(block.paragraphs) for block in inside.blocks if isinstance(block, Words)]
    assert any("Kappa is 0.67" in told for told in words), words
    assert TABLE in found.found.counts
    assert all("Kappa" not in " ".join(b.paragraphs) for b in outside.blocks if isinstance(b, Words))
    assert all("kappa" not in name for name in found.found.models)


def test_one_grade_only_is_said_and_not_a_nought() -> None:
    counts, found = agreement(Cohort(graded([("standard", "standard", "yes")] * 12), settings()))
    assert counts
    assert found is not None
    assert found.plain is None
    assert "0/0" in found.why


def withdrawals(days: dict[str, list[int]]) -> StudyBundle:
    """A report for each day of withdrawal, by the victim's sex; every one on its own suspect."""
    reports, people, events = [], [], []
    for sex, own in days.items():
        for day in own:
            n = len(reports)
            at = dt.datetime(2024, 6, 1, 12) + dt.timedelta(days=day)
            reports.append(report(n))
            people.append({"person_id": f"v{n:05}", "sex": sex})
            if day < 400:
                events.append(event(n, n, "support_status", at, code="withdrawn"))
    return bundle({"reports": reports, "people": people, "events": events})


def test_mean_days_are_the_days_after_the_end_within_the_half_year() -> None:
    """Nobody is censored before day 180, so the mean is that of 180 less the day, or nothing."""
    days = {"male": [10] * 15 + [500] * 25, "female": [40] * 30 + [200] * 10 + [500] * 10}
    made, _ = days_lost(Cohort(withdrawals(days), settings()))
    found = next(own for own in made if own.model.name == "days-withdrawal-at-report")
    values = found.model.values
    mean = {sex: np.mean([max(0, 180 - day) for day in own]) for sex, own in days.items()}
    assert values["Victim's sex: female|days"] == pytest.approx(mean["female"])
    assert values["Victim's sex: female|others"] == pytest.approx(mean["male"])
    gap = mean["female"] - mean["male"]
    assert values["Victim's sex: female|gap"] == pytest.approx(gap)
    spread = [np.var([max(0, 180 - day) for day in own]) / len(own) for own in days.values()]
    half = 1.959964 * np.sqrt(sum(spread))
    assert values["Victim's sex: female|high"] == pytest.approx(gap + half, rel=1e-6)
    assert [effect.events for effect in found.effects] == [15, 30]
    assert found.model.smallest_level == 15


def test_what_ended_before_the_landmark_is_not_in_what_was_done_by_it() -> None:
    rows = withdrawals({"male": [1] * 20 + [30] * 20, "female": [60] * 20 + [500] * 20})
    contacts = [event(5_000 + n, n, "advocate_contact", AT, status="reached") for n in range(20, 80, 2)]
    events = [*rows.table("events").to_dicts(), *contacts]
    tables = {name: rows.table(name).to_dicts() for name in ("reports", "people")}
    made, notes = days_lost(Cohort(bundle({**tables, "events": events}), settings()))
    found = next(own for own in made if own.model.name == "days-withdrawal-by-landmark")
    assert found.horizon == 177
    assert found.model.people == 60
    assert [effect.n for effect in found.effects] == [30, 30]
    assert any("no further action" in note for note in notes)
