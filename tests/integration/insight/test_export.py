"""The hub's records as a bundle: what is in it, what is not, and that nobody is."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from functools import partial
from pathlib import Path

import polars as pl
import pytest
from django.utils import timezone

from lamplighter.hub.access.models import owned
from lamplighter.hub.access.wall import identity
from lamplighter.hub.accounts.models import Role
from lamplighter.hub.audit.models import Event
from lamplighter.hub.cases.status import changes
from lamplighter.hub.insight import services
from lamplighter.hub.insight.export import bundle as exporting
from lamplighter.hub.insight.export.casework import OF_CASES
from lamplighter.hub.insight.export.events import OF_REPORTS
from lamplighter.hub.insight.export.pseudonyms import Pseudonyms
from lamplighter.hub.intake.models import ReportVersion
from lamplighter.hub.patterns.models import Course
from lamplighter.hub.patterns.models import Decision as PatternDecision
from lamplighter.hub.victim_side.models import ImpactEntry, SupportEvent
from lamplighter.study_bundle import checking
from lamplighter.study_bundle.bundle import StudyBundle
from tests.integration.access import making as access
from tests.integration.insight import making
from tests.integration.meetings import making as meetings
from tests.integration.wall import planting

pytestmark = pytest.mark.django_db

PAIRS, EACH = 7, 3


def exported(
    folder: Path, scope: str = "reports", period: tuple[dt.date, dt.date] = making.PERIOD
) -> StudyBundle:
    """The bundle as a study would read it, after it was counted: rows written are rows taken in."""
    made = exporting.export(scope, period, folder, timezone.localdate())
    checked = checking.check(folder)
    for name, count in checked.counts.items():
        assert (count.rows_in, count.rejected) == (made.tables[name], 0), (name, checked.rejects.head(5))
    return checked.required()


def test_every_report_of_stalking_is_in_it_once(tmp_path: Path) -> None:
    making.a_hub(PAIRS, EACH)
    # A neighbour's noise, which nobody called stalking and which joins nothing.
    making.received(
        making.report(0, 0, source_ref="ins/noise", recorded_as="neighbour", summary="Loud music.", people=[])
    )
    bundle = exported(tmp_path / "b")
    reports = bundle.table("reports")
    assert reports.height == PAIRS * EACH
    assert reports["report_id"].n_unique() == reports.height
    assert reports["case_id"].n_unique() == PAIRS
    assert reports["victim_id"].n_unique() == PAIRS
    assert bundle.table("people").height == 2 * PAIRS
    one = reports.sort("reported_at").filter(pl.col("suspect_id") == reports["suspect_id"][0])
    assert one["prior_allegations"].to_list() == [0, 1, 2]
    assert one["prior_allegations_pair"].to_list() == [0, 1, 2]
    assert one["prior_other_victims"].to_list() == [0, 0, 0]
    assert reports["relationship"].unique().to_list() == ["ex_partner"]
    # Zoe Ashdown was 35, and her band is all that is said.
    assert reports["victim_age"].null_count() == reports.height
    assert "35-44" in set(reports["victim_age_band"])


def test_the_period_is_counted_in_and_earlier_reports_are_still_known(tmp_path: Path) -> None:
    making.a_hub(2, 3)
    bundle = exported(tmp_path / "b", period=(dt.date(2026, 3, 1), dt.date(2026, 3, 31)))
    reports = bundle.table("reports")
    assert reports.height == 2
    assert reports["recorded_in"].unique().to_list() == ["2026-q1"]
    assert reports["prior_allegations"].unique().to_list() == [2]
    with pytest.raises(exporting.TooLittleError):
        exporting.export(
            "reports", (dt.date(2020, 1, 1), dt.date(2020, 12, 31)), tmp_path / "c", timezone.localdate()
        )


def test_a_later_report_counts_as_later_and_not_as_one_of_the_period(tmp_path: Path) -> None:
    making.a_hub(1, 3)
    bundle = exported(tmp_path / "b", period=(dt.date(2026, 1, 1), dt.date(2026, 2, 28)))
    later = bundle.table("events").filter(pl.col("kind") == "later_report")
    assert bundle.table("reports").height == 2
    assert later["answer"].to_list() == ["yes"]
    # From the second report, on 10 February, to the third, on 10 March, at the same time of the day.
    assert later["after_hours"].to_list() == [28 * 24]


def test_a_pattern_that_somebody_decided_is_none_is_left_out(tmp_path: Path) -> None:
    making.a_hub(2, 3)
    course = Course.objects.filter(superseded_at=None).order_by("pk").first()
    assert course is not None
    lead = access.somebody(Role.STALKING_LEAD)
    PatternDecision.objects.create(
        course_id=course.course_id, version=course, kind="not_a_course", reason="Two neighbours.", by=lead
    )
    reports = exported(tmp_path / "b").table("reports")
    # What its force recorded as stalking is stalking by that record: the one called harassment goes.
    assert reports.height == 3 + 2


def test_a_correction_is_a_change_on_the_day_it_came(tmp_path: Path) -> None:
    making.received(making.report(0, 1, recorded_as="harassment"))
    making.received(making.report(0, 1, recorded_as="stalking"))
    told = exported(tmp_path / "b").events("classification").sort("at", nulls_last=True)
    assert told["code"].to_list() == ["harassment", "stalking"]
    # The change came today, after the days for which every report of its quarter can be followed.
    assert told["at_precision"].to_list() == ["minute", None]
    assert told["late"].to_list() == [None, "yes"]
    assert ReportVersion.objects.count() == 2


def test_outcomes_that_came_with_the_report_have_no_date(tmp_path: Path) -> None:
    making.received(making.report(0, 1, outcome="14"))
    first = exported(tmp_path / "a").events("outcome")
    assert first["code"].to_list() == ["14"]
    assert first["at"].to_list() == [None]
    making.received(making.report(0, 1, outcome="16"))
    both = exported(tmp_path / "b").events("outcome")
    assert Counter(both["code"]) == {"14": 1, "16": 1}
    dated = both.filter(pl.col("code") == "16")
    assert dated["late"].to_list() == ["yes"]
    assert dated["in_period"].to_list() == ["no"]


def test_no_two_exports_have_a_pseudonym_in_common(tmp_path: Path) -> None:
    making.a_hub(2, 3)
    one, two = exported(tmp_path / "a"), exported(tmp_path / "b")
    for table, column in (("reports", "report_id"), ("people", "person_id"), ("events", "event_id")):
        first, second = set(one.table(table)[column]), set(two.table(table)[column])
        assert len(first) == len(second) > 0
        assert not first & second
    plain = [c for c in one.table("reports").columns if not c.endswith("_id")]
    # The same facts, in another order: the order says nothing either.
    assert (
        one.table("reports").select(plain).sort(plain).equals(two.table("reports").select(plain).sort(plain))
    )


def test_pseudonyms_are_keyed() -> None:
    one, two = Pseudonyms(), Pseudonyms()
    assert one.of("report", "force_a:4A/1/25") == one.of("report", "force_a:4A/1/25")
    assert one.of("report", "force_a:4A/1/25") != two.of("report", "force_a:4A/1/25")
    assert one.of("report", "x")[1:] != one.of("person", "x")[1:]


def test_what_the_hub_does_not_record_is_said_and_not_counted_as_not_done(tmp_path: Path) -> None:
    making.a_hub(2, 3)
    bundle = exported(tmp_path / "b")
    assert set(bundle.metadata.event_kinds or ()) == set(OF_REPORTS)
    assert not bundle.holds("events:risk_assessment")
    assert not bundle.holds("people.disability")
    assert not bundle.holds("events:support_status")
    assert bundle.holds("events:outcome")


def test_the_hubs_own_cases_bring_what_the_hub_did(tmp_path: Path) -> None:
    making.a_hub(PAIRS, EACH)
    investigator = access.somebody(Role.INVESTIGATOR)
    cases = making.cases_of_all(investigator)
    advocate = access.somebody(Role.ADVOCATE, "helpline")
    for case in cases:
        SupportEvent.objects.create(
            **owned(advocate, case),
            state="withdrawn",
            since=dt.date(2026, 2, 20),
            reasons=["fear", "delay"],
            others_present="no",
            asked_to_stop="no",
            afraid_to_say="no",
        )
        with identity.as_person(investigator):
            changes.set_legal_status(investigator, case, "charged", dt.date(2026, 3, 20), "The file")
    bundle = exported(tmp_path / "b", "cases")
    support = bundle.events("support_status")
    assert support.height == PAIRS
    assert support["answer"].unique().to_list() == ["no"]
    assert sorted(support["reasons"][0]) == ["delay", "fear"]
    # With the newest report of that day: the first two were told in January and February.
    of = bundle.table("reports").select("report_id", "prior_allegations_pair")
    assert support.join(of, on="report_id")["prior_allegations_pair"].unique().to_list() == [1]
    assert bundle.events("charging_decision").height == PAIRS
    assert bundle.events("advocate_referral")["status"].to_list() == ["offered"] * PAIRS
    assert set(bundle.metadata.event_kinds or ()) == {*OF_REPORTS, *OF_CASES}


def test_a_handful_of_cases_is_not_reviewed_together(tmp_path: Path) -> None:
    making.a_hub(3, 2)
    making.cases_of_all()
    with pytest.raises(exporting.TooLittleError, match="Fewer than 5 cases"):
        exporting.export("cases", making.PERIOD, tmp_path / "b", timezone.localdate())


def test_no_marked_word_is_in_any_file(tmp_path: Path) -> None:
    """Every text of every row that the hub can hold of these people, marked, and none of it in the files."""
    planted = planting.Planted()
    plant = partial(planted.add, "records", "force-a", None)
    for pair in range(PAIRS):
        victim, suspect = making.report(pair, 1)["people"]
        victim |= {
            "nicknames": [plant("nickname")],
            "address_text": f"4 {plant('address')} Lane",
            "emails": [f"{plant('e-mail')}@example.com"],
            "source_person_ref": plant("person reference"),
            "safe_contact": {"note": plant("safe contact")},
            "surname": plant("surname"),
        }
        suspect |= {
            "descriptor": plant("descriptor"),
            "relationship_raw": plant("raw"),
            "surname": plant("x"),
        }
        for number in range(EACH):
            words = {
                "source_ref": f"{plant('reference')}/{number}",
                "summary": f"He followed her home. {plant('summary')}",
                "impact": plant("impact"),
                "location_text": plant("location"),
                "flags": [plant("flag")],
                "offences": [
                    {"raw_code": plant("code"), "raw_title": plant("title"), "offence": "stalking_s2a"}
                ],
                "occasions": [
                    {
                        "started_at": f"2026-0{1 + number}-05T22:00:00",
                        "date_precision": "exact",
                        "place_text": plant("place"),
                        "narrative": f"He waited outside. {plant('narrative')}",
                        "behaviours": ["following"],
                    }
                ],
            }
            making.received(making.report(pair, number, people=[victim, suspect], **words))
    making.joined()
    staff = {
        "force-a": access.somebody(Role.INVESTIGATOR),
        "helpline": access.somebody(Role.ADVOCATE, "helpline"),
        "health": access.somebody(Role.CLINICIAN, "health"),
    }
    owners = {"shared": ["force-a", "helpline"], "police": ["force-a"], "health": ["health"]}
    owners |= {"advocacy": ["helpline"], "vault": ["helpline"], "warning": ["force-a", "helpline"]}
    agencies = {p: [access.agency(code) for code in codes] for p, codes in owners.items()}
    # What was said of a case in a meeting needs one.
    meetings.plan(access.somebody(Role.COORDINATOR, "hub"))
    for case in making.cases_of_all(staff["force-a"]):
        planting.plant(planted, case, agencies, staff)
    assert planted.skipped == []
    ours = [r.report_id for r in ReportVersion.objects.all()]
    for scope in ("reports", "cases"):
        folder = tmp_path / scope
        made = exporting.export(scope, making.PERIOD, folder, timezone.localdate())
        assert made.tables["reports"] == PAIRS * EACH
        read = checking.check(folder).required()
        told = "\n".join(frame.write_json() for frame in read.tables.values())
        files = b"".join(path.read_bytes() for path in sorted(folder.iterdir()))
        for text in (told, files.decode("latin-1")):
            assert planting.MARK.findall(text) == []
            assert [r for r in ours if r in text] == []
            assert "2026-04-01" not in text
            assert "1990-04-01" not in text
    assert ImpactEntry.objects.count() > 0
    # A line of minutes is planted as one that was replaced, which no meeting said.
    judged = {"risk_assessment", "review_trigger", "second_assessment", "risk_plan"}
    assert {"impact_record", *judged} <= made.kinds.keys()


def test_an_administrator_exports_on_the_server_and_the_trail_says_so(tmp_path: Path) -> None:
    making.a_hub(2, 3)
    made = services.export_to(tmp_path / "b", "reports", making.PERIOD, "For the yearly review")
    # Two victims of different age bands: the bands are left out, and it is said which.
    assert made.coarser == ("suspect_age_band", "victim_age_band")
    assert (tmp_path / "b").stat().st_mode & 0o777 == 0o700
    assert {path.stat().st_mode & 0o777 for path in (tmp_path / "b").iterdir()} == {0o600}
    read = checking.check(tmp_path / "b").required()
    assert not read.holds("reports.victim_age_band")
    assert "personal data" in read.metadata.personal_data
    event = Event.objects.get(verb="insight.bundle_exported")
    assert (event.operation, event.service, event.reason) == (
        "disclosure",
        "review the response",
        "For the yearly review",
    )
    assert event.detail["reports"] == 6
    with pytest.raises(FileExistsError):
        services.export_to(tmp_path / "b", "reports", making.PERIOD, "Again")


def test_each_service_reaches_its_own_side_alone() -> None:
    """The one that takes reports out sees no case; the one that takes cases out no report and no vault."""
    from django.db import DatabaseError, connection, transaction

    from lamplighter.hub.cases.models import Case

    making.a_hub(1, 2)
    making.cases_of_all()
    with identity.as_service(exporting.RECORDS), pytest.raises(DatabaseError), transaction.atomic():
        list(Case.objects.all())
    with identity.as_service(exporting.CASES):
        assert Case.objects.count() == 1
    with identity.as_service(exporting.CASES), pytest.raises(DatabaseError), transaction.atomic():
        list(ReportVersion.objects.all())
    with identity.as_service(exporting.CASES), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM victim_side_safecontact")
        assert cursor.fetchone()[0] == 0


NOBODY = ("report_id", "case_id", "victim_id", "suspect_id", "clock_id")


def test_no_clock_time_stands_beside_a_force(tmp_path: Path) -> None:
    """Of the calendar the files hold the quarter of each report; no date, no time, no exact age."""
    making.a_hub(PAIRS, EACH)
    making.cases_of_all()
    for scope in ("reports", "cases"):
        exporting.export(scope, making.PERIOD, tmp_path / scope, timezone.localdate())
        for file in (tmp_path / scope).glob("*.parquet"):
            frame = pl.read_parquet(file)
            assert [c for c, kind in frame.schema.items() if kind.is_temporal()] == []
            assert {"victim_age", "suspect_age", "committed_from", "first_on"} & set(frame.columns) == set()
        reports = pl.read_parquet(tmp_path / scope / "reports.parquet")
        assert set(reports["recorded_in"]) == {"2026-q1"}
        # Every report was made at 10:30. The hours of a clock are counted from its own earliest time of day,
        # which in a case may be of something that was done at any hour.
        if scope == "reports":
            assert set(reports["clock_hours"] % 24) == {0}
    package = (tmp_path / "reports" / "datapackage.json").read_text()
    assert "personal data" in package
    assert "T10:30" not in package


def test_hours_are_read_back_as_the_days_that_they_were(tmp_path: Path) -> None:
    """Days between the reports of a pair, and from a report to what was done, are those of the hub."""
    making.a_hub(PAIRS, EACH)
    investigator = access.somebody(Role.INVESTIGATOR)
    for case in making.cases_of_all(investigator):
        with identity.as_person(investigator):
            changes.set_legal_status(investigator, case, "charged", dt.date(2026, 3, 20), "The file")
    bundle = exported(tmp_path / "b", "cases")
    from lamplighter.studies.review.cohort import Cohort
    from lamplighter.studies.review.settings import settings

    cohort = Cohort(bundle, settings())
    told = {d.date() for d in ReportVersion.objects.values_list("reported_at", flat=True)}
    for _, rows in cohort.reports.group_by("case"):
        days = sorted((x - min(rows["start"])).days for x in rows["start"])
        pair = [d for d in sorted(told) if (d - min(told)).days % 1 == 0][: len(days)]
        assert len(pair) == len(days)
        assert days == [0, 31, 59]
        # Followed for no longer than they were: the last is on or after its own day, in its own quarter.
        assert max(rows["start"]) == dt.date(2026, 3, 31)
    since = cohort.events("charging_decision")
    # From 10 to 16 March (10 + pair % 9) to the 20th, on the newest report of that day.
    of = cohort.reports.select("report_id", own="start")
    gaps = since.join(of, on="report_id").select((pl.col("at").dt.date() - pl.col("own")).dt.total_days())
    assert sorted(gaps.to_series()) == [4, 5, 6, 7, 8, 9, 10]


def test_two_exports_cannot_be_joined(tmp_path: Path) -> None:
    """By all that two exports say of their reports beside pseudonyms, hardly a row finds its other half."""
    making.a_hub(PAIRS, EACH)
    one, two = (
        (exported(tmp_path / name), pl.read_parquet(tmp_path / name / "reports.parquet"))[1]
        for name in ("a", "b")
    )
    plain = [c for c in one.columns if c not in NOBODY and "age_band" not in c]
    joined = one.group_by(plain).len().join(two.group_by(plain).len(), on=plain, nulls_equal=True)
    certain = joined.filter((pl.col("len") == 1) & (pl.col("len_right") == 1)).height
    assert certain / one.height <= 0.1
    # By the ages too, which what leaves the hub loses as soon as they single somebody out.
    assert not set(one["report_id"]) & set(two["report_id"])


def test_too_few_alike_are_not_let_out(tmp_path: Path) -> None:
    """One pair alone can be told by force and quarter: nothing is written, and it is said how many and
    why.
    """
    making.a_hub(1, 3)
    with pytest.raises(exporting.TooTellingError, match="3 of 3 reports"):
        services.export_to(tmp_path / "b", "reports", making.PERIOD, "For a study")
    assert not (tmp_path / "b").exists()
    # Inside the hub it is made, and counted.
    made = exporting.export("reports", making.PERIOD, tmp_path / "c", timezone.localdate())
    assert (made.unique.rows, made.unique.alone) == (3, 3)


def test_a_kept_bundle_follows_an_erasure() -> None:
    """Whoever was erased is in no bundle that is kept; the report with its counts stays."""
    from lamplighter.hub.insight import folders, tasks

    making.a_hub(PAIRS, EACH)
    review = making.made(making.a_review())
    assert folders.bundle(review).is_dir()
    assert folders.bundle(review).stat().st_mode & 0o777 == 0o700
    tasks.forget_bundles()
    review.refresh_from_db()
    assert not folders.bundle(review).exists()
    assert folders.report(review).is_dir()
    assert review.bundle_removed_at is not None
    event = Event.objects.get(verb="insight.bundle_removed")
    assert event.detail["why"] == "erasure"
