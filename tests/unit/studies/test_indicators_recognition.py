"""Indicators 1 to 13 and 32 row by row: met, not met, not recorded, outside, and the edge of each window."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from tests.unit.studies.making import CUT, bundle, event, found, report

NOON = dt.datetime(2024, 6, 1, 12)  # a Saturday
LATE = dt.datetime.combine(CUT, dt.time(9))  # too young for any limit
YES, NO, SILENT = "met", "not_met", None


def after(days: float = 0, hours: float = 0) -> dt.datetime:
    return NOON + dt.timedelta(days=days, hours=hours)


def rows(*events: dict[str, Any], reports: int = 6, **changes: Any) -> dict[str, list[dict[str, Any]]]:
    """Reports 1 to ``reports``, all on 1 June 2024 at noon; report 9 is too young to judge."""
    young = report(9, recorded_at=LATE)
    return {
        "reports": [report(n, **changes) for n in range(1, reports + 1)] + [young],
        "events": list(events),
    }


def told(**results: str | None) -> dict[str, str | None]:
    return {f"c{int(key[1:]):05}": value for key, value in results.items()}


def classified(number: int, of: int, at: dt.datetime, code: str, **more: Any) -> dict[str, Any]:
    return event(number, of, "classification", at, code=code, **more)


CLASSIFIED = (
    classified(1, 1, after(), "stalking"),
    classified(2, 2, after(), "harassment"),
    classified(3, 2, after(3), "stalking"),
    classified(4, 3, after(), "harassment"),
    classified(5, 3, after(180), "stalking"),
    classified(6, 4, after(), "harassment"),
    classified(7, 4, after(181), "stalking"),
    # Two principal ones at one moment: the record does not say which was first.
    classified(8, 5, after(), "harassment"),
    classified(9, 5, after(), "stalking"),
    # Principal goes before included.
    classified(10, 6, after(), "stalking", status="included"),
    classified(11, 6, after(), "assault", status="principal"),
    classified(12, 9, LATE, "stalking"),
)


def test_1_first_classified_as_stalking() -> None:
    assert found("1", rows(*CLASSIFIED)) == told(c1=YES, c2=NO, c3=NO, c5=SILENT, c6=NO)


def test_2b_corrected_soon_and_never_corrected_is_not_soon() -> None:
    never = classified(13, 7, after(), "harassment")
    assert found("2b", rows(*CLASSIFIED, never, reports=7)) == told(c2=YES, c3=NO, c4=NO, c6=YES, c7=NO)


def test_3_of_files_not_recorded_as_stalking_when_audited() -> None:
    audit = {"kind": "audit", "code": "meets_stalking_test"}
    given = rows(
        event(1, 1, at=after(50), answer="yes", **audit),
        event(2, 2, at=after(50), answer="no", **audit),
        event(3, 3, at=after(50), answer=None, **audit),
        # Recorded as stalking before the audit: not a file of this sample.
        classified(4, 4, after(10), "stalking"),
        event(5, 4, at=after(50), answer="yes", **audit),
        # Put right because of the audit: it was not recorded so when audited.
        event(6, 5, at=after(50), answer="yes", **audit),
        classified(7, 5, after(60), "stalking"),
        # Audited twice: one file, the later answer.
        event(8, 6, at=after(50), answer="yes", **audit),
        event(9, 6, at=after(70), answer="no", **audit),
        event(10, 9, "audit", LATE, code="minimising", answer="yes"),
    )
    assert found("3", given) == told(c1=YES, c2=NO, c3=SILENT, c5=YES, c6=NO)


@pytest.mark.parametrize(
    ("line", "code"), [("6", "found_by_search"), ("11b", "low_grade_upgraded"), ("12", "minimising")]
)
def test_6_11b_12_audits(line: str, code: str) -> None:
    given = rows(
        event(1, 1, "audit", after(9), code=code, answer="yes"),
        event(2, 2, "audit", after(9), code=code, answer="no"),
        event(3, 3, "audit", after(9), code=code, answer="not_asked"),
        event(4, 4, "audit", after(9), code="meets_stalking_test", answer="yes"),
    )
    assert found(line, given) == told(c1=YES, c2=NO, c3=SILENT)


def test_11b_low_grades_that_somebody_else_graded_again() -> None:
    def twice(number: int, of: int, first: str, second: str) -> tuple[dict[str, Any], dict[str, Any]]:
        return (
            event(number, of, "risk_assessment", after(1), grade=first),
            event(50 + number, of, "second_assessment", after(5), grade=second, refers_to=f"e{number:06}"),
        )

    given = rows(
        *twice(1, 1, "standard", "medium"),
        *twice(2, 2, "standard", "standard"),
        *twice(3, 3, "high", "medium"),  # no low grade
        *twice(4, 4, "standard", "none"),  # an instrument that gives no grade raises none
        *twice(5, 5, "standard", "high"),
        event(6, 5, "audit", after(9), code="low_grade_upgraded", answer="no"),  # the audit stands
    )
    assert found("11b", given) == told(c1=YES, c2=NO, c5=NO)


def test_4_the_latest_report_linked_to_every_earlier_one_in_time() -> None:
    reports, events = [], []
    links = {
        # case: (report that has the link, refers to, hours after the latest report)
        1: [(3, 1, 1.0), (3, 2, 24.0)],
        2: [(3, 2, 1.0), (2, 1, -240.0)],  # by way of each other
        3: [(3, 1, 1.0), (3, 2, 25.0)],  # one too late
        4: [(3, 1, 30.0), (3, 2, 30.0)],  # all too late: recorded, and not met
        5: [],
        6: [(3, 99, 1.0), (3, 2, 1.0)],  # one of them to something else
    }
    number = 0
    for case, own in links.items():
        for nth in (1, 2, 3):
            at = after(10 * nth)
            reports.append(report(10 * case + nth, case_id=f"c{case:05}", recorded_at=at))
        for source, target, hours in own:
            number += 1
            at = after(30, hours)
            refers = f"r{10 * case + target:05}"
            events.append(event(number, 10 * case + source, "report_linked", at, refers_to=refers))
    # Two reports only: outside.
    reports += [report(71, case_id="c00007"), report(72, case_id="c00007", recorded_at=after(5))]
    given = {"reports": reports, "events": events}
    expected = told(c1=YES, c2=YES, c3=NO, c4=NO, c5=SILENT, c6=NO)
    assert found("4a", given) == expected
    # Who linked them is not said: a person, as the schema has it.
    assert found("4b", given) == expected
    # The rules of a system brought the second case together, and a person confirmed half of it in time.
    for row in events:
        row["code"] = "rules" if row["report_id"] in {"r00023", "r00022"} else "person"
    events.append(event(90, 23, "report_linked", after(30, 3), refers_to="r00022", code="person"))
    assert found("4a", given) == expected
    assert found("4b", given) == expected | {"c00002": NO}


def test_5_searched_before_the_first_grade() -> None:
    given = rows(
        event(1, 1, "prior_search", after(hours=1)),
        event(2, 1, "risk_assessment", after(hours=1), grade="high"),
        event(3, 2, "prior_search", after(hours=2)),
        event(4, 2, "risk_assessment", after(hours=1), grade="high"),
        event(5, 3, "risk_assessment", after(hours=1), grade="high"),
        event(6, 4, "prior_search", after(hours=2)),  # never graded
        # Known to the day: the same day is not after.
        event(7, 5, "prior_search", after(hours=5)),
        event(8, 5, "risk_assessment", dt.datetime(2024, 6, 1), at_precision="day", grade="medium"),
        event(9, 6, "prior_search", dt.datetime(2024, 6, 1), at_precision="month"),
        event(10, 6, "risk_assessment", after(9), grade="medium"),
    )
    expected = told(c1=YES, c2=NO, c3=SILENT, c4=YES, c5=YES, c6=NO, c9=SILENT)
    assert found("5", given) == expected


def test_7_history_within_a_day_of_naming() -> None:
    given = rows(
        event(1, 1, "suspect_named", after(5)),
        event(2, 1, "history_check", after(5, 24)),
        event(3, 2, "suspect_named", after(5)),
        event(4, 2, "history_check", after(5, 24.1)),
        event(5, 4, "history_check", after(hours=3)),  # never named by an event: the report's own moment
        event(6, 5, "history_check", dt.datetime(2024, 6, 2), at_precision="day"),  # up to 36 hours
        event(7, 6, "history_check", dt.datetime(2024, 6, 1), at_precision="month"),
    )
    given["reports"].append(report(8, suspect_id=None))
    assert found("7", given) == told(c1=YES, c2=NO, c3=SILENT, c4=YES, c5=NO, c6=NO)


def test_8_suspects_once_each_and_cases() -> None:
    given = {
        "reports": [
            report(1, prior_offences=2, suspect_id="s1"),
            report(2, prior_offences=3, suspect_id="s1"),
            report(3, prior_offences=0),
            report(4),
            report(5, suspect_id=None, prior_offences=1),
        ]
    }
    assert found("8a", given, by="suspect_id") == {"s1": YES, "s00003": NO, "s00004": SILENT}
    assert found("8b", given) == told(c1=YES, c2=YES, c3=NO, c4=SILENT)


def test_9_stalking_specific_complete_and_within_a_day() -> None:
    kind = "risk_assessment"
    given = rows(
        event(1, 1, kind, after(hours=24), instrument="sst"),
        event(2, 2, kind, after(hours=24.1), instrument="sst"),
        event(3, 3, kind, after(hours=1), instrument="dash"),
        event(4, 4, kind, after(hours=1), instrument="s_dash", status="partial"),
        event(5, 5, kind, None, instrument="s_dash", status="complete"),
        event(6, 9, kind, LATE, instrument="sst"),
    )
    assert found("9", given) == told(c1=YES, c2=NO, c3=NO, c4=NO, c5=NO, c6=SILENT)


def test_10_each_trigger_by_its_own_review() -> None:
    kind = "review_trigger"
    given = rows(
        event(1, 1, kind, after(9)),
        event(11, 1, "risk_review", after(11), refers_to="e000001"),
        event(2, 1, kind, after(9)),
        event(12, 1, "risk_review", after(11, 0.1), refers_to="e000002"),
        event(3, 2, kind, after(9)),
        event(13, 2, "risk_review", after(10)),  # answers nothing
        event(4, 3, kind, after(9)),
        event(14, 3, "risk_review", dt.datetime(2024, 6, 10), at_precision="day", refers_to="e000004"),
        event(5, 9, kind, LATE),
        event(15, 9, "risk_review", LATE, refers_to="e000005"),  # quick, but the slow are not in yet
        # Without clock times the days are known, and the hours were counted before.
        event(6, 4, kind, dt.datetime(2024, 6, 10), at_precision="day"),
        event(16, 4, "risk_review", dt.datetime(2024, 6, 12), at_precision="day", refers_to="e000006")
        | {"quantity": 40.0},
        event(7, 4, kind, dt.datetime(2024, 6, 10), at_precision="day"),
        event(17, 4, "risk_review", dt.datetime(2024, 6, 12), at_precision="day", refers_to="e000007")
        | {"quantity": 49.0},
    )
    assert found("10", given, by="event_id") == {
        "e000006": YES,
        "e000007": NO,
        "e000001": YES,
        "e000002": NO,
        "e000003": SILENT,
        "e000004": YES,
    }


def test_11a_a_live_plan_and_nothing_overdue_on_the_day_of_the_extract() -> None:
    high = [event(n, n, "risk_assessment", after(hours=3), grade="high") for n in (1, 2, 3, 4, 5, 6)]
    due, cut = after(30), dt.datetime.combine(CUT, dt.time())
    given = rows(
        *high,
        event(11, 1, "risk_plan", after(1)),
        event(12, 1, "plan_action", after(1), due_at=due, ended_at=after(40)),  # late, and late no more
        event(21, 2, "risk_plan", after(1)),
        event(22, 2, "plan_action", after(1), due_at=due),
        event(31, 3, "risk_plan", after(1), ended_at=after(50)),
        event(51, 5, "risk_plan", after(1), ended_at=cut),
        event(52, 5, "plan_action", after(1), due_at=cut),  # due today is not overdue
        event(61, 6, "risk_plan", after(1)),
        event(62, 6, "risk_review", after(60), grade="standard"),  # high no more
        # One assessor judged it low, and at that moment it stays high: a second agency has not agreed.
        event(80, 5, "risk_assessment", after(61), grade="standard"),
        event(79, 5, "risk_review", after(61), grade="high"),
        event(71, 7, "risk_assessment", after(1), grade="high"),
        event(72, 7, "outcome", after(20), code="18"),  # not open
        reports=7,
    )
    assert found("11a", given) == told(c1=YES, c2=NO, c3=NO, c4=SILENT, c5=YES)


def test_13_advice_within_five_working_days() -> None:
    kind = "specialist_contact"
    # From Saturday 1 June the fifth working day is Friday 7 June.
    given = rows(
        event(1, 1, kind, dt.datetime(2024, 6, 7, 23), answer="yes"),
        event(2, 2, kind, dt.datetime(2024, 6, 8, 1), answer="yes"),
        event(3, 3, kind, after(1), answer="no"),
        event(4, 5, kind, after(1)),
        event(5, 6, kind, dt.datetime(2024, 6, 1), at_precision="month", answer="yes"),
        event(6, 9, kind, LATE, answer="yes"),
    )
    assert found("13", given) == told(c1=YES, c2=NO, c3=NO, c4=SILENT, c5=YES, c6=NO)


def test_32_assessments_that_were_made_by_the_training_of_who_made_them() -> None:
    kind = "risk_assessment"
    given = rows(
        event(1, 1, kind, after(), trained="yes"),
        event(2, 1, kind, after(), trained="no", status="partial"),
        event(3, 2, kind, after()),
        event(4, 3, kind, after(), trained="yes", status="not_done_reason"),
    )
    assert found("32", given, by="event_id") == {"e000001": YES, "e000002": NO, "e000003": SILENT}


def test_2a_days_to_stalking() -> None:
    from lamplighter.studies.review.cohort import Cohort
    from lamplighter.studies.review.indicators.recognition import days_to_stalking
    from lamplighter.studies.review.settings import settings

    frame = days_to_stalking(Cohort(bundle(rows(*CLASSIFIED)), settings()))
    days = dict(frame.sort("case").iter_rows())
    assert days == {"c00001": 0, "c00002": 3, "c00003": 180, "c00004": 181, "c00005": 0, "c00006": 0}
