"""Decisions about items and about keeping, sent by two people of an agency at the same instant."""

from __future__ import annotations

import pytest

from lamplighter.hub.access.wall import identity
from lamplighter.hub.accounts.models import User
from lamplighter.hub.rights.models import Hold, RetentionDecision, SubjectDecision, SubjectItem
from lamplighter.hub.rights.retention import schedule
from tests.integration.cases import together
from tests.integration.rights.test_erasing import colleague
from tests.integration.rights.test_subject_access import collected
from tests.integration.sharing.making import Team

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.own_server]
ONE, OTHER = "The first decides this.", "The other decides that."


def two(user: User) -> list[User]:
    return [user, colleague(user)]


def test_two_decisions_about_an_item() -> None:
    team = Team()
    team.confide("She told the advocate")
    collected(team.advocate, "Priya Nair")
    users = two(team.advocate)
    with identity.as_person(team.advocate):
        item = SubjectItem.objects.get(partition="advocacy", model="cases.Entry")
    typed = [{"kind": "withhold", "exemption": "others", "reason": why} for why in (ONE, OTHER)]
    address = f"/rights/items/{item.key}"
    second = together.save_together(users, address, typed)
    together.then_both_stand_side_by_side(second, ONE, OTHER)
    with identity.as_person(team.advocate):
        assert SubjectDecision.objects.filter(item=item).count() == 1
    assert second.sends_again(address).status_code == 302
    with identity.as_person(team.advocate):
        kept = SubjectDecision.objects.filter(item=item).order_by("pk").values_list("reason", flat=True)
        assert sorted(kept) == [ONE, OTHER]
        # The newest stands: it is the one of the person who had read both.
        assert kept[1] == second.typed["reason"]


def test_two_reviews_of_what_is_kept() -> None:
    team = Team()
    users = two(team.investigator)
    typed = [
        {"kind": "erase", "period": "police_g3", "reason": why, "early": "court"} for why in (ONE, OTHER)
    ]
    address = f"/cases/{team.case.key}/retention/review"
    second = together.save_together(users, address, typed)
    together.then_both_stand_side_by_side(second, ONE, OTHER)
    with identity.as_person(team.investigator):
        assert RetentionDecision.objects.filter(case=team.case).count() == 1
    assert second.sends_again(address).status_code == 302
    with identity.as_person(team.investigator):
        assert RetentionDecision.objects.filter(case=team.case).count() == 2
        last = schedule.decided(team.investigator, team.case)
    assert last is not None
    assert last.reason == second.typed["reason"]


def test_two_reasons_for_ending_a_hold() -> None:
    team = Team()
    users = two(team.investigator)
    with identity.as_person(team.investigator):
        hold = schedule.hold(team.investigator, team.case, "A claim.")
    address = f"/cases/{team.case.key}/retention/hold/{hold.key}/end"
    second = together.save_together(users, address, [{"reason": ONE}, {"reason": OTHER}])
    together.then_both_stand_side_by_side(second, ONE, OTHER)
    with identity.as_person(team.investigator):
        standing = Hold.objects.get(pk=hold.pk)
    # The first reason stands; the other is still in the form of whoever typed it.
    assert {standing.ended_why, second.typed["reason"]} == {ONE, OTHER}
    assert second.sends_again(address).status_code == 422
    with identity.as_person(team.investigator):
        assert Hold.objects.get(pk=hold.pk).ended_why == standing.ended_why
