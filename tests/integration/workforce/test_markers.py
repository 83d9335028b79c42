"""The suspect works for an agency: from the first report on nobody there finds anything of it."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.urls import reverse

from lamplighter.hub.access.wall import identity
from lamplighter.hub.accounts.models import Role, User
from lamplighter.hub.audit.models import Event
from lamplighter.hub.cases.models import Case
from lamplighter.hub.clocks.models import Clock
from lamplighter.hub.intake.models import ReportVersion
from lamplighter.hub.patterns.models import Course
from lamplighter.hub.patterns.saved_reports import services as erased_reports
from lamplighter.hub.people.models import Membership
from lamplighter.hub.site.refusals import NotPossibleError
from lamplighter.hub.workforce import services
from lamplighter.hub.workforce.models import Covered, Marker, Member
from tests.integration.access import making
from tests.integration.cases import telling
from tests.integration.intake import typed
from tests.integration.patterns import story
from tests.integration.patterns.test_readers import TELLS, a_case, course, pages_of_a_case, text

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("the_story")]
MARK = {"sector": "police", "post": "officer", "known": "victim"}
REASON = "They have nothing to do with the suspect."
FORCE = (Role.INVESTIGATOR, Role.COORDINATOR, Role.STALKING_LEAD)


def report_key() -> uuid.UUID:
    with making.as_the_owner():
        return ReportVersion.objects.get(report_id=story.STORY[0]["report_id"]).key


def mark(by: User, **on: Any) -> Marker:
    """As that person, of force-a."""
    on = on or {"report_id": story.STORY[0]["report_id"]}
    with identity.as_person(by):
        return services.mark(by, **(MARK | {"agency": making.agency("force-a")} | on))


def places(found: Course, *cases: Case) -> list[str]:
    return [
        *(reverse(f"patterns:{p}", args=[found.course_id]) for p in ("pattern", "schedule", "chart")),
        *(reverse("people:person", args=[p]) for p in (found.victim_person, found.suspect_person)),
        reverse("intake:report", args=[report_key()]),
        reverse("patterns:joined", args=[report_key()]),
        *(reverse("cases:case", args=[case.key]) for case in cases),
    ]


def said(client: Client) -> str:
    """What lists and searches say."""
    found = text(client.get(reverse("patterns:list"), secure=True))
    found += text(client.get(reverse("cases:list"), secure=True))
    found += text(client.get(reverse("clocks:mine"), secure=True))
    found += text(client.post(reverse("patterns:search"), {"words": "Priya Nair"}, secure=True))
    return found + text(client.post(reverse("search:search"), {"q": "+447195102002"}, secure=True))


@pytest.mark.parametrize("on", ["report", "pattern", "case"])
def test_from_the_marker_on_nobody_of_the_agency_finds_anything(on: str) -> None:
    officer, found = making.somebody(Role.INVESTIGATOR, "force-a"), course()
    first = a_case(officer, found)
    advocate = making.somebody(Role.ADVOCATE, "helpline")
    colleagues = [officer, *(making.somebody(role, "force-a") for role in FORCE)]
    others = [
        making.somebody(Role.INVESTIGATOR, "force-b"),
        making.somebody(Role.COORDINATOR, "hub"),
        advocate,
    ]
    for user in [*colleagues, *others]:
        asked = places(found) if user in others[:1] + others[2:] else places(found, first)
        assert {telling.browser(user).get(p, secure=True).status_code for p in asked} == {200}, user.username
    papers = pages_of_a_case(first.key)
    nowhere = pages_of_a_case(uuid.uuid4())
    what: dict[str, Any] = {
        "report": {"report_id": story.STORY[0]["report_id"]},
        "pattern": {"course_id": found.course_id},
        "case": {"case": first},
    }[on]
    marker = mark(advocate if on != "case" else others[1], **what)
    for user in colleagues:
        client = telling.browser(user)
        asked = places(found, first)
        assert {p: client.get(p, secure=True).status_code for p in asked} == dict.fromkeys(asked, 404)
        assert [client.get(p, secure=True).status_code for p in papers] == [
            client.get(p, secure=True).status_code for p in nowhere
        ]
        words = said(client)
        assert not any(t in words for t in (found.course_id, first.reference, "Marsh", "danthemarsh"))
        with identity.as_person(user):
            assert not Marker.objects.exists()
            assert not Case.objects.filter(pk=first.pk).exists()
            assert not Membership.objects.filter(person_id__in=[found.victim_person, found.suspect_person])
            assert not ReportVersion.objects.filter(report_id__in=found.report_ids).exists()
            assert not Course.objects.filter(course_id=found.course_id).exists()
    for user in others:
        asked = places(found) if user in others[:1] + others[2:] else places(found, first)
        assert {telling.browser(user).get(p, secure=True).status_code for p in asked} == {200}
        with identity.as_person(user):
            assert Marker.objects.get() == marker


def test_the_account_that_is_named_finds_nothing_of_the_victim_either() -> None:
    found, advocate = course(), making.somebody(Role.ADVOCATE, "helpline")
    officer = making.somebody(Role.INVESTIGATOR, "force-a")
    victim = {"name": "Priya Nair", "person_id": found.victim_person}
    hers = making.a_case(
        making.somebody(Role.INVESTIGATOR, "force-a"), victim=victim, suspect={"name": "Ray Till"}
    )
    colleague = making.somebody(Role.INVESTIGATOR, "force-a")
    with identity.as_person(advocate), pytest.raises(NotPossibleError, match="belongs to"):
        services.mark(
            advocate,
            report_id=story.STORY[0]["report_id"],
            **MARK,
            agency=making.agency("force-b"),
            named=officer,
        )
    with identity.as_person(advocate):
        services.mark(
            advocate,
            report_id=story.STORY[0]["report_id"],
            **MARK,
            agency=making.agency("force-a"),
            named=officer,
        )
    at = reverse("cases:case", args=[hers.key])
    assert telling.browser(officer).get(at, secure=True).status_code == 404
    assert telling.browser(colleague).get(at, secure=True).status_code == 200


def test_a_team_outside_the_agency_deals_with_it_and_admits_by_name_and_never_to_the_vault() -> None:
    officer, found = making.somebody(Role.INVESTIGATOR, "force-a"), course()
    first = a_case(officer, found)
    standards = making.somebody(Role.INVESTIGATOR, "force-a")
    inside = making.somebody(Role.COORDINATOR, "force-a")
    outside = making.somebody(Role.STALKING_LEAD, "force-b")
    marker = mark(making.somebody(Role.ADVOCATE, "helpline"))
    page = reverse("workforce:marker", args=[marker.key])
    client = telling.browser(outside)
    assert "Name who deals with it" in text(client.get(reverse("clocks:mine"), secure=True))
    assert telling.browser(inside).get(page, secure=True).status_code == 404
    assert "Nobody deals with this yet" in text(client.get(page, secure=True))
    named = {"user": str(outside.key), "reason": REASON}
    refused = client.post(
        reverse("workforce:lead", args=[marker.key]), named | {"user": str(inside.key)}, secure=True
    )
    assert refused.status_code == 422
    lead = client.post(reverse("workforce:lead", args=[marker.key]), named, secure=True)
    assert lead.status_code == 302, text(lead)
    assert "Name who deals with it" not in text(client.get(reverse("clocks:mine"), secure=True))
    assert telling.browser(standards).get(places(found)[0], secure=True).status_code == 404
    admitted = client.post(
        reverse("workforce:admit", args=[marker.key]), named | {"user": str(standards.key)}, secure=True
    )
    assert admitted.status_code == 302, text(admitted)
    theirs = telling.browser(standards)
    assert {theirs.get(p, secure=True).status_code for p in places(found, first)} == {200}
    with identity.as_person(standards), connection.cursor() as cursor:
        cursor.execute("SELECT access.on_case(%s), access.off_vault(%s)", [first.pk, first.pk])
        assert cursor.fetchone() == (True, True)
    with identity.as_person(inside), pytest.raises(DatabaseError), transaction.atomic():
        Member.objects.create(marker=marker, user=inside, agency=inside.agency, reason=REASON, by=inside)
    member = Member.objects.get(user=standards)
    out = client.post(
        reverse("workforce:take_out", args=[marker.key, member.key]), {"reason": REASON}, secure=True
    )
    assert out.status_code == 302
    assert {theirs.get(p, secure=True).status_code for p in places(found, first)} == {404}
    # Whoever leaves the agency that they were named in leads no more, and it is on the list again.
    with making.as_the_owner():
        User.objects.filter(pk=outside.pk).update(agency=making.agency("hub"))
    again = telling.browser(making.somebody(Role.COORDINATOR, "hub"))
    assert "Name who deals with it" in text(again.get(reverse("clocks:mine"), secure=True))
    assert (
        again.post(
            reverse("workforce:lead", args=[marker.key]),
            {"user": str(making.somebody(Role.STALKING_LEAD, "force-b").key), "reason": REASON},
            secure=True,
        ).status_code
        == 302
    )


def led(marker: Marker) -> User:
    """A stalking lead of force-b who leads the team."""
    lead = making.somebody(Role.STALKING_LEAD, "force-b")
    with identity.as_person(lead):
        services.name_lead(lead, marker, lead, REASON)
    return lead


def test_a_report_that_comes_later_is_covered_before_anybody_is_told() -> None:
    officer, found = making.somebody(Role.INVESTIGATOR, "force-a"), course()
    first = a_case(officer, found)
    lead = led(mark(making.somebody(Role.ADVOCATE, "helpline")))
    client = telling.browser(lead)
    client.get(reverse("workforce:marker", args=[Marker.objects.get().key]), secure=True)
    key = typed.type_report(telling.browser(making.somebody(Role.INVESTIGATOR, "force-b")))
    assert Covered.objects.filter(report_id=ReportVersion.objects.get(key=key).report_id).exists()
    mine = text(telling.browser(officer).get(reverse("clocks:mine"), secure=True))
    assert "new report" not in mine
    assert telling.browser(officer).get(reverse("intake:report", args=[key]), secure=True).status_code == 404
    assert not Clock.objects.filter(case=first, kind="new_report", owner="force-a").exists()
    assert "Read 1 new report about staff" in text(client.get(reverse("clocks:mine"), secure=True))
    client.get(reverse("workforce:marker", args=[Marker.objects.get().key]), secure=True)
    assert "new report about staff" not in text(client.get(reverse("clocks:mine"), secure=True))


def test_what_a_colleague_types_is_answered_as_if_nothing_else_were_there() -> None:
    mark(making.somebody(Role.ADVOCATE, "helpline"))
    colleague = making.somebody(Role.INVESTIGATOR, "force-a")
    client = telling.browser(colleague)
    key = typed.type_report(client)
    answer = client.get(reverse("patterns:joined", args=[key]), secure=True)
    said = text(answer)
    assert answer.status_code == 200
    assert "No earlier report" in said
    assert client.get(reverse("intake:report", args=[key]), secure=True).status_code == 200
    assert str(key) in text(client.get(reverse("intake:typed"), secure=True))
    # Nobody else of the agency finds it, and the rules of the database show it to nobody of it.
    other = telling.browser(making.somebody(Role.COORDINATOR, "force-a"))
    assert other.get(reverse("intake:report", args=[key]), secure=True).status_code == 404
    assert str(key) not in text(other.get(reverse("intake:typed"), secure=True))
    with identity.as_person(colleague):
        assert not ReportVersion.objects.filter(key=key).exists()


def test_it_is_said_while_a_report_is_typed_and_holds_from_the_first_moment() -> None:
    advocate = making.somebody(Role.ADVOCATE, "helpline")
    client = telling.browser(advocate)
    client.get(reverse("intake:new"), secure=True)
    for step, told in (typed.PAGES | TELLS).items():
        client.post(reverse("intake:page", args=[step]), told, secure=True)
    client.post(reverse("intake:check"), secure=True)
    client.post(reverse("intake:readers"), {"readers": "own"}, secure=True)
    check = reverse("intake:check")
    half = client.post(check, {"works-agency": "force-a"}, secure=True)
    assert half.status_code == 422
    assert "Choose what they do there" in text(half)
    assert not Marker.objects.exists()
    whole = {"works-agency": "force-a", "works-post": "officer", "works-known": "victim"}
    saved = client.post(check, whole, secure=True)
    assert saved.status_code == 302, text(saved)
    marker = Marker.objects.get()
    assert (marker.sector, marker.by) == ("police", advocate)
    for place in ("intake:report", "patterns:joined"):
        key = ReportVersion.objects.get(report_id=marker.report_id).key
        assert client.get(reverse(place, args=[key]), secure=True).status_code == 200
    assert "works for Force a" in text(client.get(reverse("intake:report", args=[key]), secure=True)).replace(
        "Force A", "Force a"
    )
    officer = telling.browser(making.somebody(Role.INVESTIGATOR, "force-a"))
    assert {officer.get(p, secure=True).status_code for p in places(course())} == {404}


def test_who_marks_their_own_agency_finds_it_no_more_and_is_told_who_has_it() -> None:
    making.somebody(Role.COORDINATOR, "hub")
    officer = making.somebody(Role.INVESTIGATOR, "force-a")
    client = telling.browser(officer)
    at = reverse("workforce:report", args=[report_key()])
    answer = client.post(
        at, {"agency": "force-a", "post": "staff", "known": "record"}, secure=True, follow=True
    )
    assert "You work for the same agency" in text(answer)
    assert client.get(at, secure=True).status_code == 404


def test_the_standards_route_has_its_time_limits_and_outcomes() -> None:
    marker = mark(making.somebody(Role.ADVOCATE, "helpline"))
    lead = led(marker)
    client = telling.browser(lead)
    mine = text(client.get(reverse("clocks:mine"), secure=True))
    assert "Refer to the force’s professional standards department" in mine
    assert "employer’s safeguarding" not in mine
    step = marker.steps.get(code="psd_referral")
    assert step.due_at - marker.at == dt.timedelta(hours=24)
    at = reverse("workforce:step", args=[marker.key, step.key])
    done = {"outcome": "referred", "words": "To DCI Moor, reference PS/12", "on_day": "1", "on_month": "5"}
    assert client.post(at, done, secure=True).status_code == 422
    assert client.post(at, done | {"on_year": "2026"}, secure=True).status_code == 302
    page = text(client.get(reverse("workforce:marker", args=[marker.key]), secure=True))
    assert "To DCI Moor" in page
    assert step.title not in text(client.get(reverse("clocks:mine"), secure=True))
    other = making.somebody(Role.COORDINATOR, "hub")
    assert telling.browser(other).get(at, secure=True).status_code == 403
    assert "To DCI Moor" not in text(
        telling.browser(other).get(reverse("workforce:marker", args=[marker.key]), secure=True)
    )


def test_the_team_reads_who_of_the_agency_read_before_and_its_auditor_reads_nothing() -> None:
    officer = making.somebody(Role.INVESTIGATOR, "force-a")
    with making.as_the_owner():
        User.objects.filter(pk=officer.pk).update(display_name="Nora Vance")
        elsewhere = making.somebody(Role.INVESTIGATOR, "force-b")
        User.objects.filter(pk=elsewhere.pk).update(display_name="Otto Lind")
    telling.browser(officer).get(reverse("patterns:pattern", args=[course().course_id]), secure=True)
    telling.browser(officer).get(reverse("clocks:mine"), secure=True)
    telling.browser(elsewhere).get(reverse("intake:report", args=[report_key()]), secure=True)
    marker = mark(making.somebody(Role.ADVOCATE, "helpline"))
    lead = led(marker)
    at = reverse("workforce:looks", args=[marker.key])
    page = text(telling.browser(lead).get(at, secure=True))
    assert "Nora Vance" in page
    assert "A pattern" in page
    assert "Otto Lind" not in page
    assert telling.browser(making.somebody(Role.COORDINATOR, "hub")).get(at, secure=True).status_code == 403
    inside, outside = making.somebody(Role.AUDITOR, "force-a"), making.somebody(Role.AUDITOR, "hub")
    with identity.as_person(outside):
        every = list(Event.objects.values_list("verb", "subject"))
    assert {"workforce.marked", "workforce.lead_named"} <= {verb for verb, _ in every}
    with identity.as_person(inside):
        told = list(Event.objects.values_list("verb", "subject"))
    assert not [verb for verb, _ in told if verb.startswith("workforce.")]
    assert f"pattern {course().course_id}" not in {subject for _, subject in told}
    assert told


def test_two_people_of_two_other_agencies_end_a_wrong_marker_and_nobody_of_it_learns_that_it_was() -> None:
    marker = mark(making.somebody(Role.ADVOCATE, "helpline"))
    lead, found = led(marker), course()
    officer = telling.browser(making.somebody(Role.INVESTIGATOR, "force-a"))
    client = telling.browser(lead)
    asked = client.post(reverse("workforce:end", args=[marker.key]), {"reason": REASON}, secure=True)
    assert asked.status_code == 302, text(asked)
    assert officer.get(places(found)[0], secure=True).status_code == 404
    at = reverse("workforce:check_end", args=[marker.key, marker.ends.get().key])
    answer = {"agrees": "yes", "reason": REASON}
    for role, code, status in (
        (Role.STALKING_LEAD, "force-b", 403),
        (Role.COORDINATOR, "force-a", 404),
        (Role.INVESTIGATOR, "hub", 403),
    ):
        refused = telling.browser(making.somebody(role, code)).post(at, answer, secure=True)
        assert refused.status_code == status, (role, code)
    second = telling.browser(making.somebody(Role.COORDINATOR, "hub"))
    assert "Check whether this was wrong" in text(second.get(reverse("clocks:mine"), secure=True))
    assert second.post(at, answer, secure=True).status_code == 302
    assert {officer.get(p, secure=True).status_code for p in places(found)} == {200}
    inside = making.somebody(Role.COORDINATOR, "force-a")
    with identity.as_person(inside):
        assert not Marker.objects.exists()
    page = text(second.get(reverse("workforce:marker", args=[marker.key]), secure=True))
    assert "This has ended" in page


def test_a_marker_holds_when_its_report_is_withdrawn() -> None:
    found = course()
    key = typed.type_report(telling.browser(making.somebody(Role.INVESTIGATOR, "force-b")))
    report_id = ReportVersion.objects.get(key=key).report_id
    mark(making.somebody(Role.ADVOCATE, "helpline"), report_id=report_id)
    author = User.objects.get(pk=ReportVersion.objects.get(key=key).batch.delivery.received_by_id)
    client = telling.browser(author)
    at = reverse("intake:withdraw", args=[key])
    version = ReportVersion.objects.get(key=key).pk
    answer = client.post(at, {"reason": "It was typed twice.", "version": str(version)}, secure=True)
    assert answer.status_code == 302, text(answer)
    officer = telling.browser(making.somebody(Role.INVESTIGATOR, "force-a"))
    assert {officer.get(p, secure=True).status_code for p in places(found)} == {404}
    assert officer.get(reverse("intake:report", args=[key]), secure=True).status_code == 404


def test_nothing_is_left_of_an_erased_report_and_its_marker_holds_for_the_others() -> None:
    marker = mark(making.somebody(Role.ADVOCATE, "helpline"))
    gone, left = story.STORY[0]["report_id"], story.STORY[1]["report_id"]
    assert erased_reports.erase_reports([gone])["workforce_covered"] == 1
    marker.refresh_from_db()
    assert marker.report_id not in {gone, ""}
    assert not Covered.objects.filter(report_id=gone).exists()
    with identity.as_person(making.somebody(Role.COORDINATOR, "force-a")):
        assert not ReportVersion.objects.filter(report_id=left).exists()
    with identity.as_person(making.somebody(Role.COORDINATOR, "force-b")):
        assert ReportVersion.objects.filter(report_id=left).exists()
