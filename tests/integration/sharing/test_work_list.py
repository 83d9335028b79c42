"""What recipients are told on the work list: that there is something, and nothing of what it is."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone

from lamplighter.hub.access import moment
from lamplighter.hub.access.wall import identity
from lamplighter.hub.accounts.models import Role, User
from lamplighter.hub.clocks import services as clocks
from lamplighter.hub.legal_bases.rules import RULES
from lamplighter.hub.sharing import services
from lamplighter.hub.sharing.models import Receipt, Release
from lamplighter.hub.sharing.receipts import services as receiving
from lamplighter.hub.sharing.receipts import work
from tests.integration.access import making
from tests.integration.sharing.making import Team, draft, signed_in

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)
READ, ENDS, BACK = "Read what was released", "it ends soon", "it was withdrawn"


@pytest.fixture
def team() -> Team:
    return Team()


def rule() -> Any:
    return RULES.one("notice", timezone.localdate()).extra


def released(team: Team, *, ago: dt.timedelta = DAY, **values: Any) -> Release:
    with identity.as_person(team.advocate), moment.at(timezone.now() - ago):
        consent_on = timezone.localdate(timezone.now() - ago)
        return services.release(team.advocate, team.case, draft(consent_on=consent_on, **values))


def told(user: User, *, all_of_team: bool = True) -> list[str]:
    with identity.as_person(user):
        return [n.text for n in work.notices(user, all_of_team)]


def opens(user: User, team: Team, made: Release) -> int:
    address = f"/cases/{team.case.key}/sharing/{made.disclosure.key}"
    return int(signed_in(user).get(address, secure=True).status_code)


def test_a_release_is_something_to_read_for_the_recipients_alone(team: Team) -> None:
    released(team)
    others = (team.advocate, team.clinician, team.probation, team.coordinator, team.outsider)
    assert [READ in t for t in told(team.investigator)] == [True]
    assert [READ in t for t in told(team.other_force)] == [True]
    assert [told(user) for user in others] == [[], [], [], [], []]


def test_named_agencies_are_told_and_no_other_of_that_side(team: Team) -> None:
    with identity.as_person(team.investigator):
        values = {"from_partition": "police", "to_partition": "health", "basis": "cda_115", "kind": "legal"}
        named = draft(**values, to_agencies=("probation",), consent_of="", consent_how="", consent_on=None)
        services.release(team.investigator, team.case, named)
    assert (len(told(team.probation)), told(team.clinician), told(team.other_force)) == (1, [], [])


def test_the_list_says_nothing_of_what_was_released(team: Team) -> None:
    made = released(team)
    page = signed_in(team.investigator).get("/work/team", secure=True).content.decode()
    assert READ in page
    assert team.case.reference in page
    assert made.title not in page
    assert made.text not in page


def test_who_opens_it_takes_it_off_the_list_of_their_agency_only(team: Team) -> None:
    made = released(team)
    assert opens(team.investigator, team, made) == 200
    assert told(team.investigator) == []
    assert len(told(team.other_force)) == 1
    with identity.as_person(team.other_force):
        assert Receipt.objects.count() == 0
    with identity.as_person(team.advocate):
        assert Receipt.objects.count() == 0
    assert opens(team.investigator, team, made) == 200
    assert Receipt.objects.count() == 1
    assert opens(team.advocate, team, made) == 200
    assert Receipt.objects.count() == 1


def test_a_release_that_ends_soon_is_told_of_once_more(team: Team) -> None:
    days = rule()["ends_days"]
    made = released(team, ago=days * DAY, expires_on=timezone.localdate() + (days - 1) * DAY)
    with identity.as_person(team.investigator), moment.at(timezone.now() - (days - 1) * DAY):
        receiving.receive(team.investigator, made.disclosure)
    assert [ENDS in t for t in told(team.investigator)] == [True]
    assert [READ in t for t in told(team.other_force)] == [True]
    for user in (team.investigator, team.other_force):
        assert opens(user, team, made) == 200
        assert told(user) == []


def test_what_was_taken_back_is_told_to_those_who_read_it(team: Team) -> None:
    made = released(team)
    assert opens(team.investigator, team, made) == 200
    with identity.as_person(team.advocate):
        services.withdraw(team.advocate, team.case, made.disclosure, "She asked for it back.")
    assert [BACK in t for t in told(team.investigator)] == [True]
    assert told(team.other_force) == []
    page = signed_in(team.investigator).get("/work/team", secure=True).content.decode()
    assert "She asked for it back." not in page
    assert opens(team.investigator, team, made) == 200
    assert told(team.investigator) == []


def test_ones_own_list_has_the_cases_one_has_or_had_a_task_on(team: Team) -> None:
    released(team)
    colleague = making.somebody(Role.INVESTIGATOR, "force-a")
    assert told(colleague, all_of_team=False) == []
    assert len(told(colleague)) == 1
    with identity.as_person(colleague):
        task = clocks.start(
            colleague,
            team.case,
            "police.look",
            "Look at the reports",
            due_at=timezone.now() + DAY,
            why="Asked at the meeting.",
            partition="police",
            assigned_to=colleague,
        )
    assert len(told(colleague, all_of_team=False)) == 1
    with identity.as_person(colleague):
        clocks.end(colleague, task)
    assert len(told(colleague, all_of_team=False)) == 1


def test_ones_own_list_has_the_cases_one_has_lately_written_in(team: Team) -> None:
    released(team)
    colleague = making.somebody(Role.INVESTIGATOR, "force-a")
    with moment.at(timezone.now() - 60 * DAY):
        team.confide("Long ago", by=colleague, partition="police")
    assert told(colleague, all_of_team=False) == []
    team.confide("Read the reports", by=colleague, partition="police")
    assert len(told(colleague, all_of_team=False)) == 1


def test_it_is_due_soon_after_it_was_released(team: Team) -> None:
    made = released(team)
    with identity.as_person(team.investigator):
        due = receiving.news(team.investigator)[0].due_at
    assert due == made.disclosure.at + rule()["read_days"] * DAY


def test_what_stood_unread_for_weeks_is_no_news_any_more(team: Team) -> None:
    released(team, ago=(rule()["known_days"] + 1) * DAY)
    assert told(team.investigator) == []
