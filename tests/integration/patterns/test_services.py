"""Patterns, stored: found, joined by a new report, decided, corrected, parted and put back."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from lamplighter.hub.accounts.models import Role
from lamplighter.hub.accounts.services import ensure_agency, ensure_user
from lamplighter.hub.audit.models import Event
from lamplighter.hub.intake import selectors as intake
from lamplighter.hub.intake import tasks
from lamplighter.hub.intake.models import Delivery
from lamplighter.hub.patterns import selectors, services
from lamplighter.hub.patterns.models import Computation, Correction, Course, CourseChange, Decision, Occasion
from lamplighter.hub.patterns.one_pattern.coded_words import words_read
from lamplighter.hub.patterns.pattern_list import selectors as overall_counts
from lamplighter.hub.patterns.saved_reports.services import erase_reports
from lamplighter.hub.patterns.storage import corrections
from lamplighter.hub.people import policies as who_policies
from lamplighter.hub.people import services as who
from lamplighter.hub.people.models import Membership
from lamplighter.hub.site.refusals import NotPossibleError
from tests.integration.patterns import story

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("the_story"), pytest.mark.own_server]
REPORTS = sorted(r["report_id"] for r in story.STORY)
FOURTH = story.FOURTH["report_id"]


@pytest.fixture
def officer():
    return ensure_user(
        "officer",
        password="a-long-password-1",
        display_name="A. Officer",
        role=Role.INVESTIGATOR,
        agency=ensure_agency("force-a", "Force A", "police"),
    )


def the_pattern() -> Course:
    return selectors.of_report(REPORTS[0]).get()


def snapshot():
    """Everything that stands, without when it was computed."""
    return sorted(
        (c.course_id, c.digest, tuple(c.report_ids), tuple(c.rules_met))
        for c in Course.objects.filter(superseded_at=None)
    )


def suspect_in(report_id: str) -> str:
    return Membership.objects.get(report_id=report_id, role="suspect", current=True).person_id


def test_three_reports_under_other_names_are_one_pattern_of_possible_stalking():
    course = the_pattern()
    assert course.report_ids == REPORTS
    assert course.flagged
    assert course.hidden
    assert sorted(course.agencies) == ["force-a", "force-b"]
    assert course.occasions.count() == 3
    assert course.findings.filter(rule_id="breach", met=True).exists()


def test_finding_everything_again_changes_nothing():
    before = snapshot()
    counts = services.refresh_all()
    assert snapshot() == before
    assert counts["changed"] == counts["new"] == counts["gone"] == 0
    assert counts["unchanged"] == len(before)


def test_a_new_version_of_the_rules_finds_everything_anew_in_the_night_and_keeps_what_was_read():
    assert not services.find_anew_if_read_otherwise()
    before = Course.objects.count()
    Computation.objects.update(rules_version="rules of last month")
    assert services.find_anew_if_read_otherwise()
    assert not services.find_anew_if_read_otherwise()
    assert Course.objects.count() == before


def test_what_happens_while_everything_is_found_again_is_not_lost():
    """A report joins and another is erased between the reading of reports and the writing of patterns."""
    first = REPORTS[0]

    def meanwhile(step, share):
        if step == "Putting incidents together":
            story.receive([story.FOURTH])
            services.report_saved(FOURTH, None)
            erase_reports([first])

    before = the_pattern()
    services.refresh_all(meanwhile)
    after = selectors.of_report(FOURTH).get()
    assert after.report_ids == sorted([*REPORTS[1:], FOURTH])
    assert not Occasion.objects.filter(report_id=first).exists()
    assert not Course.objects.filter(report_ids__contains=[first]).exists()
    # What nobody touched meanwhile is as everything would have it.
    found = snapshot()
    services.refresh_all()
    assert snapshot() == found
    assert after.course_id == before.course_id


def test_the_part_that_was_touched_is_computed_as_everything_would_be():
    story.receive([story.FOURTH])
    services.report_saved(FOURTH, None)
    assert the_pattern().report_ids == sorted([*REPORTS, FOURTH])
    part = snapshot()
    services.refresh_all()
    assert snapshot() == part


def test_the_reports_of_a_delivery_join_as_they_would_one_by_one():
    """A small delivery into a hub that has been linked does not wait for everything to be linked anew."""
    assert not who.is_due()
    other = story.FOURTH | {"report_id": "force_a:4A/777/26", "source_ref": "4A/777/26"}
    story.receive([story.FOURTH, other])
    delivery = Delivery.objects.latest("pk")
    delivery.finished_at = timezone.now()
    delivery.save()
    assert overall_counts.worked_out(delivery) is None
    tasks.read_delivery(str(delivery.key))
    assert overall_counts.worked_out(delivery) is not None
    assert Computation.objects.latest("pk").scope != Computation.Scope.ALL
    assert the_pattern().report_ids == sorted([*REPORTS, FOURTH, other["report_id"]])
    assert Event.objects.filter(verb="patterns.report_saved").count() == 2
    part = snapshot()
    services.refresh_all()
    assert snapshot() == part


def test_everything_is_linked_anew_once_a_tenth_has_come():
    many = intake.how_many()
    copies = [
        story.FOURTH | {"report_id": f"force_a:4A/{n}/26", "source_ref": f"4A/{n}/26"}
        for n in range(7_000, 7_001 + many // 8)
    ]
    story.receive(copies)
    assert who.is_due()
    assert not who_policies.is_due(10, 100)
    assert who_policies.is_due(11, 100)


def test_a_new_report_supersedes_the_version_and_says_what_changed():
    before = the_pattern()
    story.receive([story.FOURTH])
    services.report_saved(FOURTH, None)
    after = the_pattern()
    assert after.course_id == before.course_id
    assert after.pk != before.pk
    assert Course.objects.get(pk=before.pk).superseded_at is not None
    change = CourseChange.objects.filter(course_id=after.course_id).latest("pk")
    assert change.kind == "changed"
    assert change.reports_joined == [FOURTH]


def test_a_rejected_link_takes_the_report_out_and_undoing_puts_it_back_exactly(officer):
    before = snapshot()
    third = story.STORY[2]["report_id"]
    act = services.different_person(
        officer, third, suspect_in(third), "She was shown a photograph: another man."
    )
    assert third not in the_pattern().report_ids
    parted = snapshot()
    assert parted != before
    services.refresh_all()
    assert snapshot() == parted
    services.undo_link(officer, act, "The photograph was of somebody else.")
    assert snapshot() == before
    services.refresh_all()
    assert snapshot() == before


def test_a_pattern_of_two_falls_apart_altogether(officer):
    first, second, third = (r["report_id"] for r in story.STORY)
    services.different_person(officer, third, suspect_in(third), "Another man.")
    services.different_person(officer, second, suspect_in(second), "Another man.")
    assert not selectors.of_report(first).filter(suspect_person=suspect_in(first)).exists()


def test_a_decision_keeps_the_version_that_was_seen_and_the_pattern_returns_when_it_changes(officer):
    course = selectors.one(the_pattern().course_id)
    services.decide(officer, course, Decision.Kind.COURSE, "Two forces, one man, a threat to kill.")
    todo = selectors.listed(selectors.Filters(), officer)
    assert course.course_id not in {c.course_id for c in todo}
    story.receive([story.FOURTH])
    services.report_saved(FOURTH, None)
    assert course.course_id in {c.course_id for c in todo.all()}
    assert selectors.decisions(course.course_id)[0].version_id == course.pk


def test_nobody_decides_on_a_version_that_has_changed(officer):
    course = the_pattern()
    story.receive([story.FOURTH])
    services.report_saved(FOURTH, None)
    course.refresh_from_db()
    with pytest.raises(NotPossibleError, match="changed while you were deciding"):
        services.decide(officer, course, Decision.Kind.COURSE, "Because.")


def test_what_a_person_says_about_an_act_outranks_the_words(officer):
    third = story.STORY[2]["report_id"]
    assert "threat_kill" in the_pattern().occasions.get(report_id=third).acts
    services.correct(officer, third, 1, Correction.Kind.REMOVE, "threat_kill", "She said he did not.")
    assert "threat_kill" not in the_pattern().occasions.get(report_id=third).acts
    services.correct(officer, third, 1, Correction.Kind.ADD, "threat_kill", "He did: heard on the recording.")
    assert "threat_kill" in the_pattern().occasions.get(report_id=third).acts


def test_agreeing_is_kept_as_agreeing_and_adding_as_adding(officer):
    third = story.STORY[2]["report_id"]
    services.correct(officer, third, 1, Correction.Kind.ACCEPT, "threat_kill")
    services.correct(officer, third, 1, Correction.Kind.ADD, "damage", "The gate, on the photographs.")
    # Agreed once, and no longer proposed by anything.
    services.correct(officer, third, 1, Correction.Kind.ACCEPT, "following")
    assert [c["kind"] for c in corrections([third])] == ["accepted", "added", "accepted"]
    read = {a["behaviour"]: a for a in words_read(third, 1).acts}
    assert read["threat_kill"]["how"] == "read from the words"
    assert read["threat_kill"]["said"].startswith("agreed by A. Officer on ")
    assert read["damage"]["rule"] == "person:added"
    assert read["following"]["rule"] == "person:accepted"
    assert read["following"]["how"] == "no longer read from the words, but agreed by a person"


def test_what_was_declined_while_a_second_reader_proposed_is_told_and_changes_nothing(officer):
    # A kind that nothing writes any more: a hub may hold rows of it, with what somebody said.
    third, before = story.STORY[2]["report_id"], snapshot()
    with pytest.raises(NotPossibleError, match="right, wrong or was missed"):
        services.correct(officer, third, 1, Correction.Kind.DECLINE, "threat_kill", "by the bus stop")
    Correction.objects.create(
        report_id=third,
        occasion_seq=1,
        kind=Correction.Kind.DECLINE,
        behaviour="threat_kill",
        reason="by the bus stop",
        by=officer,
    )
    services.refresh_component({suspect_in(third)})
    assert snapshot() == before
    assert corrections([third]) == []
    assert not selectors.corrected_acts(third)
    [left] = [x for x in words_read(third, 1).left_out if x["words"] == "by the bus stop"]
    assert left["why"] == "proposed by a second reader that is no longer used, declined by A. Officer"


def test_the_id_of_an_unknown_persons_pattern_outlasts_an_earlier_report(officer):
    def unknown(ref, at):
        victim = dict(story.VICTIM_A, forenames="Wren", surname="Tolley", phones=["+447195101999"])
        return {
            "report_id": f"force_a:{ref}",
            "source": "force_a",
            "agency": "force-a",
            "recorded_as": "harassment",
            "at": at,
            "people": (victim | {"birth_date": dt.date(1988, 9, 30), "postcode": "AV2 4RT"},),
            "summary": "Unknown person left a letter on her doorstep and was watching her house.",
        }

    def receive(ref, at):
        story.receive([unknown(ref, at)])
        services.report_saved(f"force_a:{ref}", None)
        return selectors.of_report("force_a:4B/000800/26").filter(suspect_person=None).first()

    receive("4B/000800/26", dt.datetime(2026, 4, 1, 20, 0))
    before = receive("4B/000900/26", dt.datetime(2026, 4, 20, 20, 0))
    services.decide(
        officer, selectors.one(before.course_id), Decision.Kind.COURSE, "Somebody is watching her."
    )
    # Happened first, told last, and its id is the lowest.
    after = receive("4B/000700/26", dt.datetime(2026, 3, 20, 20, 0))
    assert len(after.report_ids) == 3
    assert after.course_id == before.course_id
    stood = snapshot()
    services.refresh_all()
    assert snapshot() == stood


def test_what_changed_since_anyone_looked(officer):
    course = the_pattern()
    assert selectors.changes_since_looked([course.course_id]) == {course.course_id: None}
    services.looked(officer, course)
    assert selectors.changes_since_looked([course.course_id]) == {course.course_id: []}
    story.receive([story.FOURTH])
    services.report_saved(FOURTH, None)
    changes = selectors.changes_since_looked([course.course_id])[course.course_id]
    assert [c.reports_joined for c in changes] == [[FOURTH]]


def test_the_database_keeps_decisions_corrections_and_looks(officer):
    course = the_pattern()
    services.looked(officer, course)
    services.hold(officer, course.course_id, officer)
    assert selectors.holder(course.course_id) == officer
    with pytest.raises(Exception, match="append-only"):
        Decision.objects.create(
            course_id=course.course_id, version=course, kind="need_more", reason="x", by=officer
        ).delete()


def test_the_order_of_urgency_follows_the_calendar_without_a_new_version(monkeypatch):
    course = the_pattern()
    monkeypatch.setattr(services, "_now", lambda: dt.datetime(2026, 4, 14, 9, 0))
    assert services.reorder() > 0
    soon = selectors.one(course.course_id)
    assert soon.pk == course.pk
    assert "something this week" in soon.urgency_reasons
    assert soon.urgency_key < list(course.urgency_key)


def test_a_report_that_names_her_joins_in_whatever_order_it_comes():
    """Somebody else's report of the same suspect names her as a witness: saved alone, or all at once."""
    zoe = {
        "role": "victim", "forenames": "Zoe", "surname": "Tarrant", "birth_date": dt.date(1979, 3, 2),
        "sex": "female", "phones": ["+447195108808"],
    }  # fmt: skip
    report = dict(
        story.FOURTH, report_id="force_a:4A/000900/26",
        people=(zoe, story.DAN_FULL, story.VICTIM_A | {"role": "witness"}),
        summary="IP states that Daniel shouted at her in the street.",
    )  # fmt: skip
    story.receive([report])
    services.report_saved(report["report_id"], None)
    hers = selectors.of_report(story.STORY[0]["report_id"]).get()
    occasion = hers.occasions.get(report_id=report["report_id"])
    assert occasion.attribution == "against_relative"
    assert occasion.reason == "The report is about the same suspect, and names the victim as: witness."
    saved = snapshot()
    services.refresh_all()
    assert snapshot() == saved
