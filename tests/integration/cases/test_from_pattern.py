"""A case from a pattern, and the cases of the demonstration, in a small world of patterns."""

from __future__ import annotations

import html
import re

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone

from lamplighter.hub.access.wall import identity
from lamplighter.hub.accounts.models import Role, User
from lamplighter.hub.cases import selectors
from lamplighter.hub.cases.case_page import pattern_summary
from lamplighter.hub.cases.models import Case, Party, Status
from lamplighter.hub.cases.participants import corrections
from lamplighter.hub.cases.referrals import selectors as listing
from lamplighter.hub.demo import cases as demo
from lamplighter.hub.demo import world
from lamplighter.hub.patterns import presenters
from lamplighter.hub.patterns.models import Course
from lamplighter.hub.patterns.one_pattern.selectors import read
from lamplighter.hub.people import selectors as people
from lamplighter.hub.people import services as who
from lamplighter.hub.people.models import Decision, Membership
from lamplighter.hub.site.refusals import NotPossibleError
from tests.integration.access import making
from tests.integration.cases import telling
from tests.integration.patterns import story


@pytest.fixture(scope="module")
def the_story(django_db_setup, django_db_blocker):
    with story.held(django_db_blocker):
        yield


@pytest.fixture
def course(the_story: None, db: None) -> Course:
    return Course.objects.filter(superseded_at=None, flagged=True, suspect_person__isnull=False).first()


def test_a_pattern_fills_in_the_referral_and_the_case_says_where_it_came_from(course: Course) -> None:
    by = making.somebody(Role.INVESTIGATOR)
    client = telling.browser(by)
    pattern = client.get(f"/patterns/{course.course_id}", secure=True).content.decode()
    address = f"/cases/refer/pattern/{course.course_id}"
    assert f'href="{address}"' in pattern
    body = client.get(address, secure=True).content.decode()
    filled = dict(re.findall(r'name="(\w+)"[^>]*?value="([^"]*)"', body))
    assert "Nair" in filled["victim_name"]
    sent = {k: v for k, v in filled.items() if k.startswith(("victim_", "suspect_")) and k != "victim_knows"}
    sent |= {
        "why": "Four reports, one man.",
        "victim_knows": "yes",
        "danger": "no",
        "crime_numbers": filled["crime_numbers"],
    }
    assert client.post(address, sent, secure=True).status_code == 302
    case = Case.objects.get(course_id=course.course_id)
    persons = dict(Party.objects.filter(case=case).values_list("side", "person_id"))
    assert persons == {"victim": course.victim_person, "suspect": course.suspect_person}
    assert selectors.referral(case).crime_numbers
    again = client.get(address, secure=True).content.decode()
    assert f"case {case.reference}" in again
    assert "These two people have an open case" in again
    # Who decides has the pattern beside the form, also where the case was typed and only linkage knows them.
    Case.objects.filter(pk=case.pk).update(course_id="")
    decides = telling.browser(telling.coordinator())
    triage = decides.get(f"/cases/{case.key}/triage", secure=True).content.decode()
    assert presenters.sentence(read(course)) in html.unescape(triage)
    assert triage.count("ll-timeline__item") >= min(course.n_occasions, pattern_summary.LATEST)
    assert f'href="/patterns/{course.course_id}"' in triage
    elsewhere = telling.browser(making.somebody(Role.INVESTIGATOR, "force-b"))
    assert case.reference not in elsewhere.get(address, secure=True).content.decode()


def test_persons_who_are_joined_later_bring_their_cases_together_until_they_part(course: Course) -> None:
    """Two cases were opened before anybody knew that one man is in both."""
    by = making.somebody(Role.INVESTIGATOR)
    records = people.records_of([course.suspect_person or ""])[course.suspect_person or ""]
    known = people.person_of([m.record_id for m in records])
    stranger = Membership.objects.filter(role="suspect", current=True).exclude(person_id__in=known.values())[
        0
    ]
    first = making.a_case(by, suspect={"name": "Daniel Marsh", "person_id": course.suspect_person})
    him = {"name": "Dan Marshe", "person_id": stranger.person_id}
    second = making.a_case(by, "probation", victim={"name": "Zoe Marsh"}, suspect=him)
    client = telling.browser(by)
    mine, other = (Party.objects.get(case=c, side="suspect") for c in (first, second))
    reference = {first.key: second.reference, second.key: first.reference}

    def together() -> set[bool]:
        pages = {key: client.get(f"/cases/{key}", secure=True).content.decode() for key in reference}
        return {reference[key] in body for key, body in pages.items()}

    assert together() == {False}
    with identity.as_person(by), pytest.raises(NotPossibleError, match="as two people"):
        corrections.same_person(by, first, mine, other, "birth_date")
    before = timezone.now()
    pair = [(records[0].record_id, stranger.record_id)]
    act, _ = who.decide(by, Decision.Kind.SAME, pair, "One custody photo.")
    assert together() == {True}
    with identity.as_person(by), pytest.raises(NotPossibleError, match="one person already"):
        corrections.same_person(by, first, mine, other, "birth_date")
    # Whoever reads no reports is told as well, of cases that are theirs to open.
    probation = telling.browser(making.somebody(Role.PROBATION, "probation"))
    assert first.reference not in probation.get(f"/cases/{second.key}", secure=True).content.decode()
    during = timezone.now()
    who.undo(by, act, "Two photographs were mixed up.")
    assert together() == {False}
    for case in (first, second):
        with identity.as_person(by):
            found = selectors.parties(case)
            for moment, so in ((before, 0), (during, 1), (None, 0)):
                names = selectors.who_they_are(found, moment)
                assert len(selectors.other_cases(case, names, moment)) == so


def test_who_may_not_read_patterns_may_not_refer_from_one(course: Course) -> None:
    for role, code in ((Role.CLINICIAN, "health"), (Role.PROBATION, "probation")):
        client: Client = telling.browser(making.somebody(role, code))
        answer = client.get(f"/cases/refer/pattern/{course.course_id}", secure=True)
        assert answer.status_code == 403, role


def test_the_demonstration_tells_its_case_once_and_the_lists_are_of_many_states(course: Course) -> None:
    world.make_users()
    users = {u.username: u for u in User.objects.all()}
    assert not demo.told(users)
    case = demo.tell_all(users, lambda words, share: None)
    assert case is not None
    assert demo.told(users)
    with identity.as_person(users["coordinator"]):
        assert selectors.current(case).name == Status.Name.DIRECT
        assert selectors.current(case, demo.day(5)).name == Status.Name.CONSULTATION
        assert selectors.legal_status(case).name == "probation"
        assert selectors.legal_status(case, demo.day(10)).name == "investigation"
        assert timezone.localdate(case.opened_at) == timezone.localdate(demo.day(0))
        names = {p.agency_id for p in selectors.participations(case)}
        assert names == {"force-a", "force-b", "helpline", "health", "probation"}
        assert listing.page_of("next", 1).rows


def test_every_other_tale_of_the_demonstration_can_be_told(course: Course) -> None:
    world.make_users()
    users = {u.username: u for u in User.objects.all()}
    tales = (
        (demo._waiting, "referred"),
        (demo._advice, "advice_only"),
        (demo._in_consultation, "consultation"),
        (demo._declined, "rejected"),
        (demo._closed, "closed"),
        (demo._of_another_force, "referred"),
        (demo._step_down, "step_down"),
        (demo._late, "referred"),
    )
    for tale, state in tales:
        # Each by itself: the same two people are not referred twice without a reason.
        with transaction.atomic():
            tale(users, course)
            assert selectors.current(Case.objects.get()).name == state, tale.__name__
            transaction.set_rollback(True)
