"""The demonstration's story of this side holds together, and its "as at" shows what was known then."""

from __future__ import annotations

import pytest

from lamplighter.hub.access.wall.identity import as_person
from lamplighter.hub.accounts.models import Agency, User
from lamplighter.hub.cases import services as cases
from lamplighter.hub.cases.models import Case
from lamplighter.hub.cases.status import changes
from lamplighter.hub.demo import world
from lamplighter.hub.demo.cases import day
from lamplighter.hub.demo.story import perpetrator_side as story
from lamplighter.hub.perpetrator_side import policies, presenters, selectors

pytestmark = pytest.mark.django_db


@pytest.fixture
def told() -> tuple[dict[str, User], Case]:
    world.make_users()
    users = {u.username: u for u in User.objects.select_related("agency")}
    coordinator, investigator = users["coordinator"], users["investigator"]
    agencies = list(Agency.objects.filter(code__in=["force-b", "helpline", "health", "probation"]))
    people = {"victim": {"name": "Priya Nair"}, "suspect": {"name": "Daniel Hollinshaw"}}
    with as_person(coordinator):
        case = cases.refer(coordinator, **people, why="Follows her", agencies=agencies, at=day(0, 9))
    with as_person(investigator):
        for name, number in (("investigation", 2), ("probation", 21)):
            changes.set_legal_status(investigator, case, name, day(number).date(), "Record", at=day(number))
    story.tell(users, case)
    return users, case


def test_the_story_as_it_stands_and_as_it_stood(told: tuple[dict[str, User], Case]) -> None:
    users, case = told
    with as_person(users["clinician"]):
        (course,) = selectors.courses(case)
        assert (course.attended, course.missed, course.offered) == ({1, 2}, 1, 4)
        assert presenters.waiting(course).startswith("Next: session 3 of 8")
        assert selectors.disagree(selectors.judgements(case))
        assert [policies.check_gate(case, day(n)).direct for n in (1, 9, 22)] == [False, False, True]
        assert selectors.courses(case, day(22)) == []
        assert len(selectors.courses(case, day(29))[0].attended) == 1
        assert presenters.formulation_line(case, None) == "5 statements, 2 without evidence."
        assert len(selectors.summaries(case)) == 1
    with as_person(users["probation"]):
        assert [j.type for j in selectors.judgements(case)] == ["undetermined"]
        assert selectors.courses(case) == []
    for outside in ("advocate", "investigator", "lead", "coordinator"):
        with as_person(users[outside]):
            assert selectors.judgements(case) == []
            assert selectors.courses(case) == []
            assert len(selectors.summaries(case)) == 1
