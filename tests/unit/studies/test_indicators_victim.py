"""Indicators 14 to 20, 26 and 27 row by row: met, not met, not recorded, outside, the edge of each window."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest

from lamplighter.studies.review.cohort import Cohort
from lamplighter.studies.review.evaluation import evaluate
from lamplighter.studies.review.indicators.closing import days_to_outcome
from lamplighter.studies.review.indicators.victim import first_week_by_advocate
from lamplighter.studies.review.settings import settings
from lamplighter.study_bundle.schema import kinds
from lamplighter.vocabulary.codes import code_set
from tests.unit.studies.making import CUT, bundle, event, found, report
from tests.unit.studies.test_indicators_recognition import LATE, NO, SILENT, YES, after, rows, told


def withdrawal(number: int, of: int, at: dt.datetime | None, **more: Any) -> dict[str, Any]:
    return event(number, of, "support_status", at, code="withdrawn", **more)


def outcome(number: int, of: int, at: dt.datetime, code: str) -> dict[str, Any]:
    return event(number, of, "outcome", at, code=code)


WITHDRAWN = (
    withdrawal(1, 1, after(7)),
    withdrawal(2, 2, after(8)),
    outcome(3, 3, after(180), "16"),
    withdrawal(4, 4, after(181)),
    withdrawal(5, 5, None),  # known, and not when
    withdrawal(6, 9, LATE),
)


def test_15_within_180_days_of_mature_cases_with_a_victim() -> None:
    given = rows(*WITHDRAWN)
    given["reports"].append(report(8, victim_id=None))
    expected = told(c1=YES, c2=YES, c3=YES, c4=NO, c5=SILENT, c6=NO)
    assert found("15", given) == expected
    # The edge of maturity: followed for 180 days and for 179.
    for days, results in ((180, expected), (179, {})):
        assert found("15", given, extracted_on=dt.date(2024, 6, 1) + dt.timedelta(days=days)) == results


def test_15_several_reports_of_a_case_share_its_clock() -> None:
    given = {
        "reports": [report(1, case_id="c"), report(2, case_id="c", recorded_at=after(100))],
        "events": [withdrawal(1, 2, after(190))],
    }
    assert found("15", given) == {"c": NO}


def test_16a_16b_the_first_week() -> None:
    assert found("16a", rows(*WITHDRAWN)) == told(c1=YES, c2=NO, c3=NO, c4=NO, c5=SILENT, c6=NO)
    assert found("16b", rows(*WITHDRAWN)) == told(c1=YES, c2=NO, c3=NO, c4=NO, c5=SILENT)


def test_16c_starts_after_the_landmark_and_only_with_those_still_open() -> None:
    given = rows(
        withdrawal(1, 1, after(4)),
        event(2, 1, "advocate_contact", after(3), status="reached"),
        withdrawal(3, 2, after(7)),
        event(4, 2, "advocate_contact", after(4), status="reached"),  # reached after the landmark
        withdrawal(5, 3, after(3)),  # gone by the landmark: in neither group
        outcome(6, 4, after(2), "1"),  # ended by the landmark
        event(7, 5, "advocate_contact", after(1), status="not_reached"),
        event(8, 6, "advocate_contact", after(1)),
    )
    # Ended on day 2; another report of the same case, weeks later, does not make it open on day 3.
    given["reports"].append(report(7, case_id="c00004", recorded_at=after(30)))
    frame = first_week_by_advocate(Cohort(bundle(given), settings()))
    assert frame.select("case", "advocate_early", "result").sort("case").rows() == [
        ("c00001", "yes", YES),
        ("c00002", "no", YES),
        ("c00005", "no", NO),
        ("c00006", "yes", NO),
    ]


def test_17a_a_reason_and_an_answered_pressure_check() -> None:
    given = rows(
        withdrawal(1, 1, after(5), reasons=["fear"], answer="no"),
        withdrawal(2, 2, after(5), reasons=["fear"]),
        withdrawal(3, 3, after(5), answer="yes"),
        withdrawal(4, 4, after(5), reasons=["fear"], answer="not_asked"),
        outcome(5, 5, after(9), "16"),
    )
    assert found("17a", given) == told(c1=YES, c2=NO, c3=NO, c4=NO, c5=SILENT)


def test_17b_the_risk_looked_at_within_a_fortnight_of_the_withdrawal() -> None:
    given = rows(
        *(withdrawal(n, n, after(10)) for n in (1, 2, 3, 4)),
        event(11, 1, "risk_review", after(24)),
        event(12, 2, "risk_review", after(25)),
        event(13, 3, "risk_review", after(9)),  # before she withdrew
        withdrawal(14, 5, dt.datetime.combine(CUT - dt.timedelta(days=13), dt.time(9))),
    )
    assert found("17b", given) == told(c1=YES, c2=NO, c3=NO, c4=SILENT)


def test_14a_impact_before_the_first_decision() -> None:
    given = rows(
        event(1, 1, "impact_record", after(9)),
        outcome(2, 1, after(9), "18"),
        event(3, 2, "impact_record", after(9)),
        event(4, 2, "charging_decision", after(8)),
        outcome(5, 2, after(20), "1"),
        outcome(6, 3, after(9), "18"),
        event(7, 4, "impact_record", after(2)),  # no decision yet: outside
        event(8, 5, "impact_record", after(9, 5)),
        event(9, 5, "closed", dt.datetime(2024, 6, 10), at_precision="day"),  # the same day
    )
    assert found("14a", given) == told(c1=YES, c2=NO, c3=SILENT, c5=YES)


def test_14b_a_statement_offered_of_cases_charged() -> None:
    given = rows(
        outcome(1, 1, after(5), "1"),
        event(2, 1, "vps_offer", after(6), status="declined"),
        outcome(3, 2, after(5), "1A"),
        outcome(4, 3, after(5), "15"),
        event(5, 3, "vps_offer", after(6)),
    )
    assert found("14b", given) == told(c1=YES, c2=SILENT)


def line(number: int, of: int, code: str, status: str, day: float = 1) -> dict[str, Any]:
    return event(number, of, "enquiry_line", after(day), code=code, status=status)


def test_18a_every_line_resolved_by_its_latest_state() -> None:
    ended = [outcome(n, n, after(90), "15") for n in (1, 2, 3, 4)]
    given = rows(
        *ended,
        line(11, 1, "cctv", "applicable"),
        line(12, 1, "cctv", "done", 9),
        line(13, 1, "bank", "not_reasonable"),
        line(14, 2, "cctv", "done"),
        line(15, 2, "bank", "requested"),
        line(16, 3, "cctv", "done", 1),
        line(17, 3, "cctv", "applicable", 9),  # opened again
        outcome(18, 5, after(90), "16"),
        line(19, 5, "cctv", "done"),
    )
    assert found("18a", given) == told(c1=YES, c2=NO, c3=NO, c4=SILENT)


def test_18b_calls_and_texts_described_and_nobody_asked() -> None:
    ended = [outcome(n, n, after(90), "15") for n in (1, 2, 3, 4)]
    given: dict[str, Any] = rows(
        *ended,
        line(11, 1, "cctv", "done"),
        line(12, 2, "handset", "requested"),
        line(13, 3, "comms_data", "not_reasonable"),
    )
    given["behaviours"] = [
        {"report_id": f"r{n:05}", "behaviour": "surveillance_physical", "channel": channel}
        for n, channel in ((1, "phone"), (2, "email"), (3, "text_message"), (4, "in_person"), (5, "phone"))
    ]
    # Nothing of any line is on record: nobody said that the data were not asked for.
    given["events"].append(outcome(6, 6, after(90), "15"))
    given["behaviours"].append(
        {"report_id": "r00006", "behaviour": "surveillance_physical", "channel": "phone"}
    )
    assert found("18b", given) == told(c1=YES, c2=NO, c3=YES, c6=SILENT)


def test_19a_both_signatures_before_the_closure() -> None:
    def sign(number: int, of: int, code: str, at: dt.datetime, precision: str = "minute") -> dict[str, Any]:
        return event(number, of, "sign_off", at, code=code, at_precision=precision)

    closed = [outcome(n, n, after(90), code) for n, code in ((1, "15"), (2, "16"), (3, "15"), (4, "15"))]
    day = dt.datetime(2024, 8, 30)
    given = rows(
        *closed,
        sign(11, 1, "supervisor", day, "day"),
        sign(12, 1, "stalking_spoc", after(90)),
        sign(13, 2, "supervisor", after(80)),
        sign(14, 2, "supervisor", after(81)),  # twice the same signature
        sign(15, 3, "supervisor", after(80)),
        sign(16, 3, "stalking_spoc", after(91)),
        outcome(17, 5, after(90), "18"),
    )
    assert found("19a", given) == told(c1=YES, c2=NO, c3=NO, c4=SILENT)


def test_19b_told_by_the_day_it_was_due() -> None:
    def said(number: int, of: int, at: dt.datetime, due: dt.datetime | None) -> dict[str, Any]:
        return event(number, of, "victim_informed", at, code="closure", due_at=due)

    closed = [outcome(n, n, after(90), "15") for n in (1, 2, 3, 4)]
    given = rows(
        *closed,
        said(11, 1, after(95, 9), after(95)),  # later the same day
        said(12, 2, after(96), after(95)),
        said(13, 3, after(91), None),  # told, and no day to hold it against
        outcome(14, 5, after(90), "1"),
        said(15, 5, after(91), after(95)),
    )
    assert found("19b", given) == told(c1=YES, c2=NO, c3=SILENT, c4=SILENT)
    # A second report of the case, closed too: she was told of the case.
    given["reports"].append(report(11, case_id="c00001"))
    given["events"].append(outcome(16, 11, after(90), "16"))
    assert found("19b", given) == told(c1=YES, c2=NO, c3=SILENT, c4=SILENT)


def test_every_outcome_has_a_group_so_that_no_closure_falls_out() -> None:
    assert set(code_set("outcomes").codes) <= set(settings().group_of_code)


def test_20_a_device_is_judged_when_its_time_has_passed() -> None:
    def device(number: int, kind: str, item: str, at: dt.datetime, **more: Any) -> dict[str, Any]:
        return event(number, 1, kind, at, item=item, **more)

    young = dt.datetime.combine(CUT - dt.timedelta(days=27), dt.time(9))
    edge = dt.datetime.combine(CUT - dt.timedelta(days=28), dt.time(9))
    given = rows(
        device(1, "device_submitted", "a", after(1)),
        device(2, "device_result", "a", after(29), status="usable"),
        device(3, "device_submitted", "b", after(1)),
        device(4, "device_result", "b", after(30), status="usable"),
        device(5, "device_submitted", "c", after(1)),
        device(6, "device_result", "c", after(9), status="not_usable"),
        device(7, "device_submitted", "d", edge),
        device(8, "device_submitted", "e", young),
        device(9, "device_result", "e", young, status="usable"),  # the slow of its week are not in yet
        device(10, "device_submitted", "f", after(1)),
        device(11, "device_result", "f", after(9), status="nothing"),
    )
    assert found("20", given, by="item") == {"a": YES, "b": NO, "c": NO, "d": SILENT, "f": YES}


def test_26_offered_and_reached_within_two_working_days_of_acceptance() -> None:
    offers = [
        event(n, n, "advocate_offer", dt.datetime(2024, 6, 6, 10), status="consented") for n in (1, 2, 3, 4)
    ]
    # Accepted on a Friday: the second working day is Tuesday 11 June.
    accepted = [
        event(10 + n, n, "advocate_referral", dt.datetime(2024, 6, 7, 10), status="accepted")
        for n in (1, 2, 3)
    ]
    given = rows(
        *offers,
        *accepted,
        event(21, 1, "advocate_contact", dt.datetime(2024, 6, 11, 17), status="reached"),
        event(22, 2, "advocate_contact", dt.datetime(2024, 6, 12, 9), status="reached"),
        event(23, 3, "advocate_contact", dt.datetime(2024, 6, 10, 9), status="not_reached"),
        event(24, 5, "advocate_offer", after(2), status="declined"),
        reports=5,
    )
    assert found("26a", given) == told(c1=YES, c2=NO, c3=NO, c4=SILENT)
    # Of all who were referred: number 4 was not, and of number 6 nobody says that she consented.
    given["reports"].append(report(6))
    given["events"] += [
        event(31, 6, "advocate_referral", dt.datetime(2024, 6, 6, 9), status="offered"),
        event(32, 6, "advocate_referral", dt.datetime(2024, 6, 7, 9), status="accepted"),
        event(33, 6, "advocate_contact", dt.datetime(2024, 6, 11, 9), status="reached"),
    ]
    assert found("26c", given) == told(c1=YES, c2=NO, c3=NO, c6=YES)
    given["reports"].pop()
    assert found("26d", given) == told(c1=SILENT, c2=SILENT, c3=SILENT, c4=SILENT, c5=SILENT, c9=SILENT)
    given["reports"].append(report(8, victim_id=None))
    assert found("26b", given) == told(c1=YES, c2=YES, c3=YES, c4=YES, c5=YES, c9=SILENT)


def test_27a_open_reports_count_for_as_long_as_they_are_open_and_only_one_dated_before_is_left_out() -> None:
    given = rows(outcome(1, 1, after(9), "18"), outcome(2, 2, after(-1), "18"), reports=3)
    frame = days_to_outcome(Cohort(bundle(given), settings()))
    assert frame.sort("report_id").rows() == [
        ("r00001", 9, True),
        ("r00003", 548, False),
        ("r00009", 0, False),
    ]


@pytest.mark.parametrize(("code", "expected"), [("17", YES), ("15", NO), (None, NO)])
def test_27b_the_time_limit_of_the_summary_offence(code: str | None, expected: str) -> None:
    given: dict[str, Any] = rows(*([outcome(1, 1, after(200), code)] if code else []), reports=2)
    given["offences"] = [{"report_id": "r00001", "offence": "stalking_s2a", "classification": "principal"}]
    assert found("27b", given, by="report_id") == {"r00001": expected}


@pytest.mark.parametrize(
    ("kind", "part", "other"),
    [
        ("risk_review", "17b", "17a"),
        ("advocate_contact", "16c", "16a"),
        ("victim_informed", "19b", "19a"),
        ("offences", "27b", "27a"),
        ("meeting", "29b", "29a"),
        ("vps_offer", "14b", "14a"),
        ("breach_response", "23a", "23b"),
    ],
)
def test_a_part_that_is_not_held_is_never_not_done_and_the_other_part_is_answered(
    kind: str, part: str, other: str
) -> None:
    """What the force does not hold of one part says so, and the part beside it keeps its count."""
    given = rows(
        withdrawal(1, 1, after(7), reasons=["fear"], answer="no"),
        event(2, 1, "breach", after(3)),
        event(3, 1, "breach_review", after(4), refers_to="e000002"),
        event(4, 1, "action", after(4), due_at=after(9)),
        event(5, 1, "risk_assessment", after(1), grade="high"),
        event(6, 1, "impact_record", after(1)),
        event(7, 1, "sign_off", after(80), code="supervisor"),
        outcome(8, 1, after(90), "16"),
    )
    whole = bundle(given, event_kinds=tuple(k for k in kinds() if k != kind))
    without = frozenset(t for t in whole.held_tables if t != kind)
    found = evaluate(Cohort(replace(whole, held_tables=without), settings()))
    lacking = {row.what for row in found.not_answered}
    counted = {f"indicator {row.number}{row.part}" for row in found.indicators}
    assert f"indicator {part}" in lacking - counted
    assert f"indicator {other}" in counted - lacking
