"""Indicators 21 to 25, 28 to 31 and 33 row by row: met, not met, not recorded, outside, edges."""

from __future__ import annotations

import datetime as dt
from typing import Any

from lamplighter.studies.review.cohort import Cohort
from lamplighter.studies.review.indicators.orders import days_to_interim
from lamplighter.studies.review.settings import settings
from lamplighter.study_bundle.bundle import Publication
from tests.unit.studies.making import CUT, bundle, event, found, report
from tests.unit.studies.test_indicators_recognition import LATE, NO, SILENT, YES, after, rows, told


def test_21a_a_decision_within_a_week_of_naming() -> None:
    kind = "spo_decision"
    given = rows(
        event(1, 1, "suspect_named", after(10)),
        event(2, 1, kind, after(17), code="not_apply"),
        event(3, 2, kind, after(8), code="apply"),
        event(4, 3, kind, after(2), code="undecided"),
        event(5, 5, kind, dt.datetime(2024, 6, 1), at_precision="month", code="apply"),
    )
    given["reports"].append(report(7, suspect_id=None))
    assert found("21a", given) == told(c1=YES, c2=NO, c3=NO, c4=SILENT, c5=NO, c6=SILENT)


def test_21b_21c_granted_of_stalking_cases_and_of_those_decided() -> None:
    def stage(number: int, of: int, code: str, item: str | None = None) -> dict[str, Any]:
        return event(number, of, "spo_stage", after(number), code=code, item=item)

    stalking = [event(90 + n, n, "classification", after(1), code="stalking") for n in (1, 2, 3)]
    given = rows(
        *stalking,
        stage(1, 1, "interim", "a"),
        stage(2, 1, "refused", "a"),
        stage(3, 2, "refused", "b"),
        stage(4, 3, "issued", "c"),  # pending: stands apart
        stage(5, 4, "full"),  # not a stalking case; an application without a name of its own
    )
    assert found("21b", given) == told(c1=YES, c2=NO, c3=NO)
    assert found("21c", given, by="application") == {"a": YES, "b": NO, "c00004": YES}


def test_22_days_to_the_interim_order_and_service() -> None:
    def stage(number: int, code: str, item: str, at: dt.datetime, **more: Any) -> dict[str, Any]:
        return event(number, 1, "spo_stage", at, code=code, item=item, **more)

    given = rows(
        event(1, 1, "spo_decision", after(2), code="apply"),
        stage(2, "interim", "a", after(12)),
        stage(3, "served", "a", after(14)),
        stage(4, "full", "b", after(30)),
        stage(5, "served", "b", after(32, 0.1)),
        stage(6, "full", "c", after(30)),
        stage(7, "full", "d", LATE),
        stage(8, "full", "e", after(30)),
        # The day of the grant itself, known to the day: within any limit.
        stage(9, "served", "e", dt.datetime(2024, 7, 1), at_precision="day"),
    )
    frame = days_to_interim(Cohort(bundle(given), settings()))
    assert frame.select("application", "case", "days").rows() == [("a", "c00001", 10)]
    assert found("22b", given, by="application") == {"a": YES, "b": NO, "c": SILENT, "e": YES}


def test_23_breaches_answered_reviewed_and_notifications() -> None:
    breaches = [event(n, n, "breach", after(20)) for n in (1, 2, 3, 4)]
    late = event(9, 9, "breach", LATE)

    def answer(number: int, to: int, code: str, hours: float, precision: str = "minute") -> dict[str, Any]:
        at = after(20, hours) if precision == "minute" else dt.datetime(2024, 6, 1)
        refers = f"e{to:06}"
        return event(number, 1, "breach_response", at, code=code, refers_to=refers, at_precision=precision)

    given = rows(
        *breaches,
        late,
        answer(11, 1, "arrest", 24),
        answer(12, 2, "reason_recorded", 24.1),
        answer(13, 3, "none", 1),
        answer(14, 2, "arrest", 0, "month"),
        event(21, 1, "breach_review", after(200), refers_to="e000001"),
    )
    ids = {n: f"e{n:06}" for n in (1, 2, 3, 4, 9)}
    assert found("23a", given, by="event_id") == {ids[1]: YES, ids[2]: NO, ids[3]: NO, ids[4]: SILENT}
    assert found("23b", given, by="event_id") == {ids[1]: YES} | {ids[n]: SILENT for n in (2, 3, 4, 9)}
    due = after(30)
    notices = rows(
        event(1, 1, "notification", after(27), due_at=due, ended_at=after(30, 5)),
        event(2, 2, "notification", after(27), due_at=due, ended_at=after(31)),
        event(3, 3, "notification", after(27), due_at=due),
        event(4, 4, "notification", LATE, due_at=LATE + dt.timedelta(days=3)),
    )
    assert found("23c", notices, by="event_id") == {ids[1]: YES, ids[2]: NO, ids[3]: NO}


def test_24_an_order_or_the_reason_why_not_when_proceedings_ended() -> None:
    given = rows(
        event(1, 1, "court_conclusion", after(200), code="acquitted"),
        event(2, 1, "court_order", after(200), code="reason_recorded"),
        event(3, 2, "court_conclusion", after(200), code="convicted"),
        event(4, 3, "court_order", after(200), code="applied_spo"),
    )
    assert found("24", given) == told(c1=YES, c2=SILENT)


def test_25_whether_to_tell_who_it_is() -> None:
    given = rows(
        *(event(n, n, "suspect_named", after(9)) for n in (1, 2, 3)),
        event(11, 1, "identity_decision", after(11), code="withhold"),
        event(12, 2, "identity_decision", after(11, 0.1), code="disclose"),
        event(13, 4, "identity_decision", after(11), code="disclose"),
        anonymous="yes",
    )
    given["reports"][4]["anonymous"] = "no"
    assert found("25a", given) == told(c1=YES, c2=NO, c3=SILENT)
    assert found("25b", given, by="event_id") == {"e000011": NO, "e000012": YES, "e000013": YES}


def test_28_a_decision_within_ten_days_of_the_flag() -> None:
    young = dt.datetime.combine(CUT - dt.timedelta(days=9), dt.time(9))
    given = rows(
        *(event(n, n, "health_flag", after(5)) for n in (1, 2, 3)),
        event(11, 1, "health_decision", after(15), code="not_refer"),
        event(12, 2, "health_decision", after(16), code="refer"),
        event(13, 4, "health_flag", young),
        event(14, 4, "health_decision", young, code="refer"),
    )
    assert found("28", given) == told(c1=YES, c2=NO, c3=SILENT)


def test_29_actions_due_and_high_risk_discussed() -> None:
    due = after(20)
    given = rows(
        event(1, 1, "action", after(9), due_at=due, ended_at=after(20, 3), agency="police"),
        event(2, 1, "action", after(9), due_at=due, ended_at=after(21), agency="health"),
        event(3, 1, "action", after(9), due_at=due),
        event(4, 1, "action", after(9), due_at=LATE + dt.timedelta(days=9)),
        event(5, 1, "action", after(9)),
    )
    expected = {"e000001": YES, "e000002": NO, "e000003": NO}
    assert found("29a", given, by="event_id") == expected
    graded = [event(n, n, "risk_assessment", after(), grade="high") for n in (1, 2, 3, 4)]
    # From Saturday 1 June the tenth working day is Friday 14 June.
    discussed = rows(
        *graded,
        event(11, 1, "meeting", dt.datetime(2024, 6, 14, 9), code="marac"),
        event(12, 2, "meeting", dt.datetime(2024, 6, 15, 9), code="multi_agency"),
        event(13, 3, "meeting", dt.datetime(2024, 6, 3, 9), code="other"),
        event(14, 5, "risk_assessment", after(), grade="medium"),
        event(15, 9, "risk_assessment", LATE, grade="high"),
    )
    assert found("29b", discussed) == told(c1=YES, c2=NO, c3=NO, c4=SILENT)


def test_30_a_new_report_within_a_year_of_suspects_at_liberty() -> None:
    given = {
        "reports": [
            report(1, suspect_id="again"),
            report(2, suspect_id="again", recorded_at=after(365)),
            report(3, suspect_id="later"),
            report(4, suspect_id="later", recorded_at=after(366)),
            report(5, suspect_id="elsewhere"),
            report(6, suspect_id="inside"),
            report(7, suspect_id="died"),
            report(
                8, suspect_id="young", recorded_at=dt.datetime.combine(CUT, dt.time()) - dt.timedelta(364)
            ),
            report(9, suspect_id=None),
            report(10, suspect_id="same day"),
            report(11, suspect_id="same day", recorded_at=after(hours=1)),
            report(12, suspect_id="was inside"),
        ],
        "events": [
            event(1, 5, "later_report", after(100)),
            event(2, 6, "imprisonment", after(300)),
            event(3, 7, "suspect_died", after(20)),
            event(4, 12, "imprisonment", after(-300), ended_at=after(-10)),
            event(5, 5, "programme", after(5), status="offered"),
            event(6, 5, "programme", after(9), status="begun"),
        ],
    }
    assert found("30", given, by="suspect_id") == {
        "again": YES,
        "later": NO,
        "elsewhere": YES,
        "same day": NO,
        "was inside": NO,
    }


def test_31_reviewed_while_still_in_custody() -> None:
    def held(number: int, of: int, answer: str, end: dt.datetime | None) -> dict[str, Any]:
        return event(number, of, "custody", after(9), answer=answer, ended_at=end)

    given = rows(
        held(1, 1, "yes", after(10)),
        event(11, 1, "custody_review", after(10)),
        held(2, 2, "yes", after(10)),
        event(12, 2, "custody_review", after(10, 1)),
        held(3, 3, "yes", None),
        held(4, 4, "no", after(10)),
        event(14, 4, "custody_review", after(9, 5)),
        held(5, 5, "yes", after(10)),
        event(15, 5, "custody_review", dt.datetime(2024, 6, 10), at_precision="day"),
    )
    assert found("31", given, by="event_id") == {
        "e000001": YES,
        "e000002": NO,
        "e000003": SILENT,
        "e000005": YES,
    }


def test_33_packs_that_were_due() -> None:
    day = dt.date(2025, 5, 1)
    packs = (
        Publication("in time", day, day),
        Publication("late", day, day + dt.timedelta(days=1)),
        Publication("never", day, None),
        Publication("not due", CUT + dt.timedelta(days=1), None),
    )
    expected = {"in time": YES, "late": NO, "never": NO}
    assert found("33", rows(), by="agency", publications=packs) == expected
