"""Enhanced rights by category: nobody loses them unasked, and the advocate learns of it."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from lamplighter.hub.access.wall.identity import as_person
from lamplighter.hub.accounts.models import Role, User
from lamplighter.hub.cases.models import Case, Party
from lamplighter.hub.cases.participants import corrections
from lamplighter.hub.clocks.models import Clock
from lamplighter.hub.site.refusals import NotPossibleError
from lamplighter.hub.victim_side import rules, selectors
from lamplighter.hub.victim_side.services import updates
from tests.integration.access import making as access
from tests.integration.victim_side import making

pytestmark = pytest.mark.django_db
WHY = "Asked about each with the officer."


@pytest.fixture
def world() -> making.World:
    return making.a_world()


def said(user: User, case: Case, **answers: str) -> bool:
    with as_person(user):
        updates.set_enhanced(user, case, making.NO_RIGHTS | answers, WHY)
        return selectors.enhanced(case)


def told(user: User, case: Case) -> list[Clock]:
    with as_person(user):
        return list(Clock.objects.filter(case=case, kind=updates.RIGHTS_ENDED, state=Clock.State.RUNNING))


def test_the_categories_are_those_of_the_rules() -> None:
    assert set(making.NO_RIGHTS) == set(rules.on("enhanced", timezone.localdate()))


@pytest.mark.parametrize("code", sorted(making.NO_RIGHTS))
@pytest.mark.parametrize("answer", ["yes", "not_known"])
def test_the_rights_stand_while_one_category_is_not_refused(
    world: making.World, code: str, answer: str
) -> None:
    assert said(world.investigator, world.case, **{code: answer})
    assert told(world.advocate, world.case) == []


def test_all_three_refused_end_them_and_the_advocate_tells_the_victim(world: making.World) -> None:
    assert not said(world.investigator, world.case)
    (clock,) = told(world.advocate, world.case)
    assert (clock.owner_id, clock.text, clock.partition) == ("helpline", updates.TELL_OF_RIGHTS, "shared")
    page = making.signed_in(world.advocate).get("/work/team", secure=True).content.decode()
    assert f"/work/{clock.key}" in page
    # The advocate knows better: the rights are back, and nobody has anything to tell.
    assert said(world.advocate, world.case, vulnerable="yes")
    assert told(world.advocate, world.case) == []


def test_with_no_advocate_on_the_case_whoever_refused_is_asked_to_find_one() -> None:
    officer = access.somebody(Role.INVESTIGATOR)
    case = access.a_case(officer, "health")
    assert not said(officer, case)
    (clock,) = told(officer, case)
    assert (clock.owner_id, clock.text) == (officer.agency_id, updates.FIND_AN_ADVOCATE)


def test_nobody_under_18_loses_them(world: making.World) -> None:
    today = timezone.localdate()
    born = dt.date(today.year - 17, 1, 1)
    with as_person(world.investigator):
        victim = Party.objects.get(case=world.case, side=Party.Side.VICTIM)
        corrections.correct(
            world.investigator, world.case, victim, "By the birth certificate", birth_date=born
        )
        with pytest.raises(NotPossibleError, match=r"under 18 has enhanced rights"):
            updates.set_enhanced(world.investigator, world.case, making.NO_RIGHTS, WHY)
        assert selectors.enhanced(world.case)
    assert said(world.investigator, world.case, vulnerable="yes")


def test_the_page_asks_about_each_and_says_by_which(world: making.World) -> None:
    client, page = making.signed_in(world.advocate), f"/cases/{world.case.key}/victim/updates"
    missing = client.post(f"{page}/enhanced", {"category_targeted": "yes", "reason": WHY}, secure=True)
    assert missing.status_code == 422 or "error-summary" in missing.content.decode()
    with as_person(world.advocate):
        assert selectors.rights(world.case) is None
    sent = making.as_typed(making.NO_RIGHTS | {"targeted": "yes"}) | {"reason": WHY}
    assert client.post(f"{page}/enhanced", sent, secure=True).status_code == 302
    assert "Enhanced rights (Persistently targeted" in client.get(page, secure=True).content.decode()
    again = client.get(f"{page}/enhanced", secure=True).content.decode()
    assert again.count(" checked") == 3
