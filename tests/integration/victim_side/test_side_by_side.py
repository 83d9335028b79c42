"""Everything on the victim's side that two people can edit, sent by both at the same instant."""

from __future__ import annotations

from typing import Any

import pytest

from lamplighter.hub.access.wall.identity import as_person, for_reason
from lamplighter.hub.accounts.models import Role, User
from lamplighter.hub.site.refusals import ConflictError
from lamplighter.hub.victim_side import models
from lamplighter.hub.victim_side.services import documents, standing_by, updates
from tests.integration.access import making as access
from tests.integration.cases import together
from tests.integration.victim_side import making

SINCE, ON = together.date("since", 2026, 3, 2), together.date("on", 2026, 3, 2)
LEVELS = {f"level_{code}": "none" for code in documents.policies.code_set("needs_areas").codes}
ONE, OTHER = "The first tells this.", "The other tells that."
# name -> (page, what both type, the field in which they differ, the rows)
EDITED: dict[str, tuple[str, dict[str, Any], str, type[Any]]] = {
    "support": ("support", {"state": "supports", **making.PRESSURE, **SINCE}, "words", models.SupportEvent),
    "advocate": ("advocate", SINCE, "advocate", models.AdvocateOfCase),
    "cadence": ("contact/cadence", {"days": "7"}, "words", models.Cadence),
    "statement": ("statement", {"state": "offered", **ON}, "words", models.StatementOffer),
    "needs": ("needs", LEVELS, "words", models.NeedsAssessment),
    "safety plan": ("safety-plan", {"change": "Talked it over"}, "section_home", models.SafetyPlan),
    "safe contact": ("safe-contact/change", {"channels": ["text"]}, "words", models.SafeContact),
    "rights": ("updates/enhanced", making.as_typed(making.NO_RIGHTS), "reason", models.EnhancedRights),
}


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("what", EDITED)
def test_the_second_sees_both_and_nothing_is_lost(what: str) -> None:
    world = making.a_world()
    page, data, field, model = EDITED[what]
    users = [world.advocate, access.somebody(Role.ADVOCATE, "helpline")]
    if what == "rights":
        users = [world.investigator, world.lead]
    address = f"/cases/{world.case.key}/victim/{page}"
    values = [str(user.key) for user in users] if what == "advocate" else [ONE, OTHER]
    typed = [data | {field: value} for value in values]
    if what == "support":
        # The same state twice is not an event: what more she said goes into the contact log.
        typed[1] |= {"state": "unsure", "reasons": ["fear"]}
    vault = f"/cases/{world.case.key}/victim/safe-contact"
    opened = {"reason": "To change how she is reached"} if what == "safe contact" else None
    if opened:
        second = together.save_together(users, vault, typed, first=opened, to=address)
    else:
        second = together.save_together(users, address, typed)
    shown = [user.display_name for user in users] if what == "advocate" else values
    together.then_both_stand_side_by_side(second, *shown)
    assert rows(users[0], world, model) == 1
    assert second.sends_again(address).status_code == 302
    assert rows(users[0], world, model) == 2


def rows(user: User, world: making.World, model: type[Any]) -> int:
    with as_person(user), for_reason("To count what is kept"):
        return int(model.objects.filter(case=world.case).count())


@pytest.mark.django_db(transaction=True)
def test_two_who_tell_the_victim_the_same_are_told_of_each_other() -> None:
    world = making.a_world()
    making.a_rule(world.advocate, world.case)
    with as_person(world.investigator):
        event = updates.enter_event(
            world.investigator, world.case, "arrest", making.london(2026, 3, 2).date()
        )
    address = f"/cases/{world.case.key}/victim/updates/{event.key}/told"
    typed = together.date("day", 2026, 3, 3) | {"time": "12:30", "channel": "text"}
    second = together.save_together([world.investigator, world.lead], address, [typed, typed])
    together.then_both_stand_side_by_side(second, "Record yours as a contact")
    assert rows(world.lead, world, models.CodeUpdate) == 1


@pytest.mark.django_db
def test_what_stands_is_what_was_recorded_last_whatever_day_it_is_about() -> None:
    world = making.a_world()
    day = making.london(2026, 3, 2).date()
    with as_person(world.advocate):
        first = standing_by.appoint(world.advocate, world.case, world.advocate, day)
        second = standing_by.appoint(world.advocate, world.case, world.advocate, day, seen=str(first.key))
        with pytest.raises(ConflictError) as refused:
            standing_by.appoint(world.advocate, world.case, world.advocate, day, seen=str(first.key))
        assert refused.value.newest == second
        with pytest.raises(ConflictError):
            standing_by.appoint(world.advocate, world.case, world.advocate, day, seen="")
