"""The list of unsure matches: who is asked, in which order, by which words, and what one decision settles."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.urls import reverse

from lamplighter.hub.access.wall.identity import as_person
from lamplighter.hub.accounts.models import Role, User
from lamplighter.hub.cases.status import changes
from lamplighter.hub.clerical_review import unsure_matches
from lamplighter.hub.intake.models import ReportVersion
from lamplighter.hub.oversight.blocked_people import services as blocked_people
from lamplighter.hub.patterns import services as patterns
from lamplighter.hub.people.models import Decision, Link
from tests.integration.access import making
from tests.integration.cases import telling
from tests.integration.patterns import story, test_readers
from tests.integration.people.unsure_pairs import make_unsure, persons

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("the_story")]
LIST = reverse("people:unsure")
DAN = f"{story.STORY[0]['report_id']}#2"
# People of reports of force A that stand in one report each.
OTHERS = [f"force_a:4A/9{i:04d}0/25#2" for i in (0, 2, 4, 6)]


def said_to(user: User, address: str = LIST) -> str:
    answer = telling.browser(user).get(address, secure=True)
    assert answer.status_code == 200
    return " ".join(answer.content.decode().replace("\xa0", " ").split())


def waiting_for(user: User) -> list[tuple[str, str]]:
    with as_person(user):
        found = [u.records for u in unsure_matches.waiting()]
        assert unsure_matches.how_many() == len(found)
    return found


def pair(one: str, other: str) -> tuple[str, str]:
    left, right = sorted((one, other))
    return left, right


def a_case_of(person: str, by: User) -> Any:
    who = {"name": "Alex Vale", "person_id": person}
    return telling.a_working_case(by, suspect=who, victim={"name": "Jo Lane"})


def test_those_with_an_open_case_come_first_and_then_the_oldest() -> None:
    by = making.somebody(Role.COORDINATOR, "hub")
    stranger = {"role": "suspect", "forenames": "Xerxes", "surname": "Ploughright", "sex": "male"}
    late = dict(story.FOURTH, report_id="force_a:4A/777777/26", people=(story.VICTIM_A, stranger))
    story.receive([late])
    patterns.report_saved(late["report_id"], by)
    # In the order of their names the one that came last would be first.
    newer, older, urgent = (pair(OTHERS[0], r) for r in (f"{late['report_id']}#2", *OTHERS[1:3]))
    for p in (newer, older, urgent):
        make_unsure(*p)
    made = {older, newer, urgent}
    assert [p for p in waiting_for(by) if p in made] == [older, urgent, newer]
    case = a_case_of(persons()[OTHERS[2]], by)
    assert [p for p in waiting_for(by) if p in made] == [urgent, older, newer]
    assert f"Open case {case.reference}" in said_to(by)
    # A force that may not open the case is not told of it, neither in words nor by the order.
    officer = making.somebody(Role.INVESTIGATOR, "force-b")
    assert [p for p in waiting_for(officer) if p in made] == [older, urgent, newer]
    assert "Open case" not in said_to(officer)
    with as_person(by):
        changes.close(by, case, why="plan_done", reason="Quiet.", current="no", not_done="")
    assert [p for p in waiting_for(by) if p in made] == [older, urgent, newer]


def test_two_persons_are_asked_about_once_and_one_decision_settles_all_their_records() -> None:
    by = making.somebody(Role.INVESTIGATOR, "force-a")
    before = set(waiting_for(by))
    suspects = [f"{r['report_id']}#2" for r in story.STORY]
    assert len({persons()[s] for s in suspects}) == 1

    def compare_again() -> Link:
        """As the comparison leaves them open: settling persons anew works out their links anew."""
        links = [make_unsure(s, OTHERS[0], weight=4.0 + i) for i, s in enumerate(suspects)]
        return links[0]

    link = compare_again()
    assert set(waiting_for(by)) - before == {pair(suspects[-1], OTHERS[0])}
    page = said_to(by)
    assert "2 other pairs of their records are unsure as well." in page
    assert "Why it is unsure" in page
    # Of another pair of theirs, which was the one on the page when it was opened.
    answer = telling.browser(by).post(
        reverse("people:unsure_one", args=[link.address]),
        {"kind": "not_same", "reason": "Two men of two towns."},
        secure=True,
    )
    assert answer["Location"] == LIST
    assert [(d.kind, d.by_id) for d in Decision.objects.all()] == [("not_same", by.pk)]
    compare_again()
    assert set(waiting_for(by)) == before
    act = Decision.objects.get().act
    with making.as_the_owner():
        # Or the made-up links would count when the two are settled anew.
        Link.objects.filter(left_record=OTHERS[0], right_record__in=suspects).delete()
        Link.objects.filter(right_record=OTHERS[0], left_record__in=suspects).delete()
    patterns.undo_link(by, act, "I was wrong.")
    compare_again()
    assert set(waiting_for(by)) - before == {pair(suspects[-1], OTHERS[0])}
    again = telling.browser(by).get(reverse("people:unsure_one", args=[link.address]), secure=True)
    assert again.status_code == 200


def test_what_was_decided_meanwhile_is_said_and_nothing_is_written() -> None:
    by = making.somebody(Role.INVESTIGATOR, "force-a")
    link = make_unsure(OTHERS[0], OTHERS[1])
    at = reverse("people:unsure_one", args=[link.address])
    sent = {"kind": "not_same", "reason": "Two people."}
    assert telling.browser(by).post(at, sent | {"reason": ""}, secure=True).status_code == 422
    assert telling.browser(by).post(at, sent, secure=True)["Location"] == LIST
    second = telling.browser(by)
    assert second.post(at, sent | {"kind": "same"}, secure=True)["Location"].startswith("/people/links/")
    assert Decision.objects.count() == 1


def test_only_those_who_decide_are_asked_and_coordinators_are_told_how_many() -> None:
    link = make_unsure(OTHERS[0], OTHERS[1])
    for role, code in ((Role.ADVOCATE, "helpline"), (Role.CLINICIAN, "health"), (Role.AUDITOR, "hub")):
        client = telling.browser(making.somebody(role, code))
        for at in (LIST, reverse("people:unsure_one", args=[link.address])):
            assert client.get(at, secure=True).status_code == 403
    coordinator = making.somebody(Role.COORDINATOR, "hub")
    number = len(waiting_for(coordinator))
    words = re.compile(rf"{number} unsure match(es)? waits? for a decision\.")
    assert words.search(said_to(coordinator, "/work/"))
    assert words.search(said_to(coordinator))
    assert "unsure match" not in said_to(making.somebody(Role.INVESTIGATOR), "/work/")


def test_a_report_that_is_not_theirs_to_read_is_in_no_row_and_no_count() -> None:
    """ADR 0124: what a helpline was told is not compared before the eyes of a force."""
    advocate = making.somebody(Role.ADVOCATE, "helpline")
    key = test_readers.typed.type_report(telling.browser(advocate), **test_readers.TELLS)
    with making.as_the_owner():
        report = ReportVersion.objects.get(key=key).report_id
    mine = next(r for r, p in persons().items() if r.startswith(report))
    officers = [making.somebody(Role.INVESTIGATOR, "force-a"), making.somebody(Role.COORDINATOR, "hub")]
    before = [waiting_for(user) for user in officers]
    link = make_unsure(mine, OTHERS[0])
    assert [waiting_for(user) for user in officers] == before
    at = reverse("people:unsure_one", args=[link.address])
    for user in officers:
        assert telling.browser(user).get(at, secure=True).status_code == 404
        assert test_readers.WORD not in said_to(user).lower()
        assert link.address not in said_to(user)


def test_who_is_kept_off_two_people_is_not_asked_about_either() -> None:
    """ADR 0125."""
    by = making.somebody(Role.COORDINATOR, "hub")
    officer = making.somebody(Role.INVESTIGATOR, "force-a")
    before = waiting_for(officer)
    link = make_unsure(DAN, OTHERS[0])
    assert set(waiting_for(officer)) == {*before, pair(DAN, OTHERS[0])}
    case = a_case_of(persons()[DAN], by)
    with as_person(by):
        blocked_people.keep_off(by, case, officer, "His brother works in this force.")
    assert waiting_for(officer) == before
    at = reverse("people:unsure_one", args=[link.address])
    assert telling.browser(officer).get(at, secure=True).status_code == 404
    assert pair(DAN, OTHERS[0]) in waiting_for(by)
