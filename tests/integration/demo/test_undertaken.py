"""The demonstration shows an improvement action in each state, on its list, on work lists and in the pack."""

from __future__ import annotations

import pytest
from django.utils import timezone

from lamplighter.hub.access.wall import identity
from lamplighter.hub.accounts.models import Agency, User
from lamplighter.hub.demo import world
from lamplighter.hub.demo.story import what_was_undertaken
from lamplighter.hub.improvement import presenters, selectors, work
from lamplighter.hub.papers.self_inspection import writing
from lamplighter.studies.register import verdicts

pytestmark = pytest.mark.django_db


def test_there_is_an_action_in_each_state_and_somebody_has_each_that_is_open() -> None:
    world.make_users()
    users = {u.username: u for u in User.objects.all()}
    what_was_undertaken.tell(users, None)  # type: ignore[arg-type]  # of no case
    today = timezone.localdate()
    with identity.as_person(users["coordinator"]):
        found = [selectors.stands(action, today) for action in selectors.actions()]
        pack = repr(writing.pack(Agency.objects.get(code="force-a"), timezone.now()))
        told = work.notices(users["coordinator"], False)
    running = [one for one in found if one.ended is None]
    assert {one.standing.status for one in running} == set(verdicts.STATUSES)
    assert [presenters.status(one) for one in found if one.ended] == ["Not needed any more"]
    assert {one.later is not None and one.late > 0 for one in running} == {True, False}  # a date that slipped
    assert all(one.owner is not None for one in running)
    assert any(one.unchecked for one in running)
    assert any(n.text.startswith("Look whether it is shown") for n in told)
    assert any(n.text.startswith("Check a finding") for n in told)
    assert not [name for user in users.values() if (name := user.display_name) in pack]
    with identity.as_person(users["lead"]):
        (late, *_) = work.notices(users["lead"], False)
    assert late.text.startswith("See to ")
