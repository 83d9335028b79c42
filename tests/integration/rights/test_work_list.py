"""Requests for personal data on the work list: who has something to do by when, and who learns nothing."""

from __future__ import annotations

import pytest
from django.utils import timezone

from lamplighter.hub.access.wall import identity
from lamplighter.hub.accounts.models import Role, User
from lamplighter.hub.clocks.notices import end_of
from lamplighter.hub.rights import services, work
from lamplighter.hub.rights.models import SubjectDecision, SubjectItem
from tests.integration.access import making
from tests.integration.rights.test_subject_access import ask, collected, over
from tests.integration.sharing.making import Team, signed_in

pytestmark = pytest.mark.django_db
ANSWER, DECIDE = "Answer a request for personal data", "to decide"


@pytest.fixture
def team() -> Team:
    made = Team()
    made.confide("Told the advocate")
    made.confide("Told the police", by=made.investigator, partition="police")
    return made


def told(user: User, *, all_of_team: bool) -> list[str]:
    with identity.as_person(user):
        return [n.text for n in work.notices(user, all_of_team)]


def test_an_answer_is_due_by_law_for_who_took_it_in_and_for_their_agency(team: Team) -> None:
    made = ask(team.clinician, "Nobody Known")
    colleague = making.somebody(Role.CLINICIAN, "health")
    assert told(team.clinician, all_of_team=False) == [ANSWER]
    assert told(colleague, all_of_team=False) == []
    assert told(colleague, all_of_team=True) == [ANSWER]
    assert told(team.investigator, all_of_team=True) == []
    with identity.as_person(colleague):
        (notice,) = work.notices(colleague, True)
    assert notice.due_at == end_of(made.due_on)
    assert "Nobody Known" not in f"{notice.text} {notice.why} {notice.whose}"


def test_it_looks_the_same_whether_or_not_anything_is_held(team: Team) -> None:
    collected(team.outsider, "Nobody Known")
    collected(team.outsider, making_name(team))
    with identity.as_person(team.outsider):
        found = [n for n in work.notices(team.outsider, True) if n.text == ANSWER]
    assert len({(n.text, n.why, n.due_at, n.whose, n.case) for n in found}) == 1
    assert len(found) == 2


def making_name(team: Team) -> str:
    from lamplighter.hub.cases.models import Party

    return Party.objects.get(case=team.case, side="victim").name


def test_each_owner_has_what_it_owns_to_decide_and_no_count_of_others(team: Team) -> None:
    collected(team.outsider, making_name(team))
    for user in (team.advocate, team.investigator):
        (line,) = told(user, all_of_team=False)
        with identity.as_person(user):
            own = SubjectItem.objects.count()
        assert own
        assert line == f"Subject access request: {own} record{'' if own == 1 else 's'} {DECIDE}"
    assert told(team.other_force, all_of_team=True) == []
    assert [t for t in told(team.outsider, all_of_team=True) if DECIDE in t] == []


def test_a_line_counts_what_the_page_behind_it_lists(team: Team) -> None:
    """Two requests with two last days: each line leads to its own items, without those decided about."""
    for days in (5, 2):
        collected(team.outsider, making_name(team), days_ago=days)
    user = team.advocate
    with identity.as_person(user):
        first = SubjectItem.objects.order_by("decide_by", "pk").first()
        assert first
        withheld = {
            "kind": SubjectDecision.Kind.WITHHOLD,
            "exemption": "others",
            "reason": "Somebody else too.",
        }
        services.decide(user, first, **withheld)
        lines = [n for n in work.notices(user, True) if DECIDE in n.text]
        number = SubjectItem.objects.count()
    said = []
    for line in lines:
        page = signed_in(user).get(line.href, secure=True).content.decode()
        said.append(page.count('<th scope="row"'))
        assert (
            line.text == f"Subject access request: {said[-1]} record{'' if said[-1] == 1 else 's'} {DECIDE}"
        )
    assert sum(said) == number - 1
    assert (
        signed_in(user).get("/rights/items", secure=True).content.decode().count('<th scope="row"') == number
    )


def test_what_is_decided_answered_or_too_late_leaves_the_list(team: Team) -> None:
    made = collected(team.outsider, making_name(team))
    with identity.as_person(team.advocate):
        for item in SubjectItem.objects.all():
            services.decide(
                team.advocate,
                item,
                kind=SubjectDecision.Kind.WITHHOLD,
                exemption="others",
                reason="It is about somebody else too.",
            )
    assert told(team.advocate, all_of_team=True) == []
    assert len(told(team.investigator, all_of_team=True)) == 1
    over(made)
    with identity.as_person(team.outsider):
        services.answer(team.outsider, made)
    assert told(team.outsider, all_of_team=True) == []


def test_the_page_shows_it_without_a_button_that_a_clock_has(team: Team) -> None:
    made = ask(team.clinician, "Nobody Known")
    page = signed_in(team.clinician).get("/work/", secure=True).content.decode()
    assert ANSWER in page
    assert f'href="/rights/requests/{made.key}"' in page
    assert "Nobody Known" not in page
    assert "Give away or cancel" not in page
    assert timezone.localdate(end_of(made.due_on)) == made.due_on


def test_an_item_of_a_table_that_is_no_more_is_still_listed_and_decided(team: Team) -> None:
    collected(team.outsider, making_name(team))
    with identity.as_service(services.ANSWER):
        found = SubjectItem.objects.filter(owner="helpline").first()
        assert found
        values = {"request_key": found.request_key, "row_key": found.row_key, "side": found.side}
        gone = SubjectItem.objects.create(
            case_id=found.case_id,
            owner_id=found.owner_id,
            partition=found.partition,
            model="cases.Nothing",
            decide_by=found.decide_by,
            **values,
        )
    client = signed_in(team.advocate)
    assert "A record of an earlier version" in client.get("/rights/items", secure=True).content.decode()
    page = client.get(f"/rights/items/{gone.key}", secure=True)
    assert "It is not there any more." in page.content.decode()
