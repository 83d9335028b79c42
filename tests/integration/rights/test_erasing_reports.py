"""Received reports that go with a case: from every table of what was received and worked out."""

from __future__ import annotations

import datetime as dt
import re
import uuid
from typing import Any

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from lamplighter.hub.access.wall import identity
from lamplighter.hub.access.wall.declared_tables import partition_of
from lamplighter.hub.arrivals.saving import services as corrected_reports
from lamplighter.hub.audit.models import Event
from lamplighter.hub.cases.models import Case, Party
from lamplighter.hub.intake import selectors as intake
from lamplighter.hub.intake.models import PersonRecord, ReportVersion
from lamplighter.hub.intake.reports import selectors as versions
from lamplighter.hub.patterns import services as patterns
from lamplighter.hub.patterns.models import Course, CourseChange, Decision, Occasion
from lamplighter.hub.people import services as who
from lamplighter.hub.people.matching import services as relinking
from lamplighter.hub.people.models import Decision as WhoDecision
from lamplighter.hub.people.models import Membership
from lamplighter.hub.rights.erasure import erasing, ledger, received_reports
from lamplighter.hub.rights.models import Erasure
from tests.integration.patterns import story
from tests.integration.rights.test_erasing import decide, erase, found_in_the_database
from tests.integration.sharing.making import Team

pytestmark = [pytest.mark.django_db, pytest.mark.own_server]
OWN, THEIRS, LATER = (r["report_id"] for r in story.STORY)


@pytest.fixture(scope="module")
def the_story(django_db_setup: None, django_db_blocker: Any) -> Any:
    with story.held(django_db_blocker):
        yield


@pytest.fixture
def team(the_story: None) -> Team:
    """A case made from the pattern of the story: one report of force-a, two of force-b."""
    made = Team()
    course = Course.objects.get(superseded_at=None, report_ids__contains=[OWN])
    assert set(course.report_ids) == {OWN, THEIRS, LATER}
    Case.objects.filter(pk=made.case.pk).update(course_id=course.course_id)
    for side, person in (
        (Party.Side.VICTIM, course.victim_person),
        (Party.Side.SUSPECT, course.suspect_person),
    ):
        Party.objects.filter(case=made.case, side=side).update(person_id=person)
    made.case.refresh_from_db()
    return made


def of_case(team: Team) -> received_reports.OfCase:
    with identity.as_service("erase a record"):
        return received_reports.of_case(team.case)


def left_of(*report_ids: str) -> list[str]:
    """Every column of every table that still names one of them, or one of its people's records."""
    return found_in_the_database("|".join(re.escape(r) for r in report_ids))


def test_which_reports_are_about_the_two_and_nobody_else(team: Team) -> None:
    assert of_case(team).own == {"force-a": [OWN], "force-b": [THEIRS, LATER]}
    # A third person is involved in one more: it tells of somebody else too.
    third = {"role": "involved", "forenames": "Wren", "surname": "Zqthird", "sex": "female"}
    mixed = story.FOURTH | {"people": (story.VICTIM_A, story.DAN_FULL, third)}
    story.receive([mixed])
    patterns.report_saved(mixed["report_id"], None)
    found = of_case(team)
    assert found.own["force-a"] == [OWN]
    assert found.with_others == {"force-a": 1}


def test_reports_stay_while_another_case_is_about_the_same_two(team: Team) -> None:
    other = Team()
    for row in Party.objects.filter(case=team.case):
        Party.objects.filter(case=other.case, side=row.side).update(person_id=row.person_id)
    assert of_case(team).own == {}
    # A case of hers with somebody else is about other reports.
    Party.objects.filter(case=other.case, side=Party.Side.SUSPECT).update(person_id="P-22222222")
    assert of_case(team).own["force-a"] == [OWN]


def test_reports_stay_of_whom_she_was_only_taken_for(team: Team) -> None:
    """Two victims of one suspect were joined, and parted again: each case takes its own reports."""
    tess = {"role": "victim", "forenames": "Tess", "surname": "Quillfeather", "sex": "female"}
    hers = story.FOURTH | {"people": (tess, story.DAN_FULL)}
    story.receive([hers])
    patterns.report_saved(hers["report_id"], None)
    person_of = dict(Membership.objects.filter(current=True).values_list("record_id", "person_id"))
    records = f"{hers['report_id']}#1", f"{OWN}#1"
    act, _ = who.decide(team.investigator, WhoDecision.Kind.SAME, [records], "One surname before marriage.")
    joined = Membership.objects.filter(record_id__in=records, current=True)
    assert len(set(joined.values_list("person_id", flat=True))) == 1
    other = Team()
    for side, record in ((Party.Side.VICTIM, records[0]), (Party.Side.SUSPECT, f"{OWN}#2")):
        Party.objects.filter(case=other.case, side=side).update(person_id=person_of[record])
    with_both = {*of_case(other).of(["force-a", "force-b"])}
    assert with_both == set()  # her case and the other one are about the same two, while they are joined
    who.undo(team.investigator, act, "Another woman.")
    assert of_case(other).own == {"force-a": [hers["report_id"]]}
    assert of_case(team).own == {"force-a": [OWN], "force-b": [THEIRS, LATER]}


def test_an_agency_takes_its_own_and_the_others_stay(team: Team) -> None:
    course = Course.objects.get(superseded_at=None, report_ids__contains=[OWN])
    patterns.decide(team.other_force, course, Decision.Kind.COURSE, "Three reports in six weeks.")
    patterns.correct(team.investigator, OWN, 1, "accept", "damage")
    pair = [(f"{OWN}#2", f"{THEIRS}#2")]
    who.decide(team.investigator, WhoDecision.Kind.SAME, pair, "The same telephone.")
    story.receive([story.STORY[0] | {"summary": "IP states zqcorrected that he scratched her car."}])
    patterns.report_saved(OWN, None)
    assert ReportVersion.objects.filter(report_id=OWN).count() == 2
    key = intake.report_key(OWN)
    assert len(left_of(OWN)) >= 15
    counts = erase(team.investigator, team.case)
    assert counts["intake_reportversion"] == 2
    assert counts["intake_personrecord"] == 4
    assert {"people_recentkey", "people_link", "people_decision", "people_membership"} <= set(counts)
    assert {"patterns_occasion", "patterns_correction", "patterns_coursechange"} <= set(counts)
    assert left_of(OWN, "zqcorrected", "scratched the side") == []
    # What the other force sent stands, and its pattern is found anew from it.
    now = Course.objects.get(superseded_at=None, victim_person=course.victim_person)
    assert set(now.report_ids) == {THEIRS, LATER}
    assert set(Occasion.objects.filter(course=now).values_list("report_id", flat=True)) == {THEIRS, LATER}
    assert Decision.objects.get(course_id=course.course_id).reason == "Three reports in six weeks."
    # The tombstone holds counts and keyed digests; the ledger opaque keys.
    told = Event.objects.get(verb="rights.part_erased")
    assert told.detail["reports"] == [ledger.digest_of(key)]
    assert str(key) not in str(told.detail)
    assert Erasure.objects.get().report_keys == [key]


@pytest.mark.parametrize("again", [False, True])
def test_a_report_that_was_withdrawn_goes_too(team: Team, again: bool) -> None:
    """It stands in no pattern and its people are nobody's records: it is still about the two of the case."""
    key = intake.report_key(OWN)
    held = versions.find(team.investigator, key)
    corrected_reports.withdraw_report(
        team.investigator, held, seen=held.newest.pk, reason="zqwithdrawn: a test."
    )
    assert of_case(team).own == {"force-a": [OWN], "force-b": [THEIRS, LATER]}
    if again:
        # In a copy that came back.
        line = ledger.Line(uuid.uuid4(), timezone.now(), uuid.uuid4(), "force-a", False, (key,))
        assert erasing.apply_again(line)["intake_amendment"] == 1
    else:
        assert erase(team.investigator, team.case)["intake_amendment"] == 1
        assert Erasure.objects.get().report_keys == [key]
    assert left_of(OWN, "zqwithdrawn") == []


def test_a_withdrawn_report_about_somebody_else_too_stays(team: Team) -> None:
    third = {"role": "involved", "forenames": "Wren", "surname": "Zqthird", "sex": "female"}
    mixed = story.FOURTH | {"people": (story.VICTIM_A, story.DAN_FULL, third)}
    story.receive([mixed])
    patterns.report_saved(mixed["report_id"], None)
    held = versions.find(team.investigator, intake.report_key(mixed["report_id"]))
    corrected_reports.withdraw_report(team.investigator, held, seen=held.newest.pk, reason="A test.")
    found = of_case(team)
    assert (found.own["force-a"], found.with_others) == ([OWN], {"force-a": 1})


def test_the_last_report_takes_the_pattern_and_the_persons_with_it(team: Team) -> None:
    course = Course.objects.get(superseded_at=None, report_ids__contains=[OWN])
    patterns.decide(team.other_force, course, Decision.Kind.COURSE, "zqdecided")
    patterns.looked(team.other_force, course)
    patterns.hold(team.other_force, course.course_id, team.other_force)
    before = ReportVersion.objects.count()
    team.confide("zqtheirs", by=team.other_force, partition="police")
    erase(team.investigator, team.case)
    erase(team.other_force, team.case)
    assert left_of(OWN, THEIRS, LATER, "zqdecided", "danthemarsh", "7195102002") == []
    assert not Course.objects.filter(course_id=course.course_id).exists()
    assert not CourseChange.objects.filter(course_id=course.course_id).exists()
    assert not Membership.objects.filter(person_id__in=[course.victim_person, course.suspect_person]).exists()
    assert ReportVersion.objects.count() == before - 3
    # Everybody else's reports are as they were, and can be linked anew.
    assert relinking.relink_all(fit=False)["records"] == PersonRecord.objects.count()


def test_what_the_approver_is_shown(team: Team) -> None:
    decide(team.investigator, team.case)
    with identity.as_person(team.investigator):
        seen = erasing.preview(team.investigator, team.case, may_see_reports=True)
        unseen = erasing.preview(team.investigator, team.case, may_see_reports=False)
    assert (seen.reports, sum(seen.others.values())) == (1, 2)
    assert unseen.others == {}


def test_nobody_deletes_a_report_by_another_way(team: Team) -> None:
    for purpose in ("receive reports", "find who is who", "find patterns"):
        for table in ("intake_reportversion", "intake_personrecord", "patterns_coursechange"):
            with identity.as_service(purpose), pytest.raises(DatabaseError), transaction.atomic():
                connection.cursor().execute(f"DELETE FROM {table}")


def test_every_table_that_names_a_report_is_reached(team: Team) -> None:
    """A new table of what was received or computed has to be thought of in ``erasing``."""
    names = {"report_id", "report_ref", "report_ids", "reports_joined", "reports_left", "record_id"}
    names |= {"left_record", "right_record", "person_id", "other_person_id", "course_id", "version_id"}
    names |= {"victim_person", "suspect_person", "source_ref", "record", "records"}
    received = (
        "reject reportversion offencerecord occasionrecord personrecord safecontact amendment readerchoice "
        "setaside underway"
    )
    linked = "link decision membership personchange keypage recentkey preparedrecord"
    patterns_of = (
        "course occasion finding coursechange decision nextstep holding look abuselook correction "
        "lesson lessonincident lessonpattern"
    )
    thought_of = {
        f"{app}_{name}"
        for app, those in (
            ("intake", received),
            ("people", linked),
            ("patterns", patterns_of),
            ("elsewhere", "answer"),
        )
        for name in those.split()
    }
    found = {
        model._meta.db_table
        for model in apps.get_models()
        if partition_of(model) in {"records", "closed", "rejects", "deliveries"}
        and {f.column for f in model._meta.concrete_fields} & names
    }
    assert found == thought_of


def test_the_ledger_in_files_is_what_the_table_says(team: Team, tmp_path: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr(ledger, "folder", lambda: tmp_path)
    erase(team.investigator, team.case)
    assert ledger.write_out() == 1
    assert ledger.write_out() == 0
    (line,) = ledger.read(tmp_path)
    row = Erasure.objects.get()
    assert line == ledger.of_row(row)
    assert dt.timedelta(0) <= timezone.now() - line.at < dt.timedelta(minutes=5)
    (path,) = tmp_path.iterdir()
    path.write_text(path.read_text().replace('"force-a"', '"force-b"'))
    with pytest.raises(ledger.NotALineError, match="altered"):
        ledger.read(tmp_path)
