"""Which event is told by when, from when its time counts, and who tells the victim."""

from __future__ import annotations

import datetime as dt

import pytest

from lamplighter.hub.clocks.models import Clock
from lamplighter.hub.site.refusals import NotPossibleError
from lamplighter.hub.victim_side import rules, selectors
from lamplighter.hub.victim_side.services import updates
from tests.integration.victim_side import making
from tests.integration.victim_side.making import london, told

pytestmark = pytest.mark.django_db
D = dt.date


@pytest.fixture
def world() -> making.World:
    return making.a_world()


@pytest.mark.parametrize(
    ("kind", "enhanced", "days"),
    [
        ("hearing_listed", True, 1),
        ("hearing_listed", False, 1),
        ("bail_hearing", True, 1),
        ("bail_hearing", False, 5),
        ("warrant", False, 5),
        ("trial_outcome", False, 1),
        ("sentence", False, 1),
        ("arrest", True, 1),
        ("arrest", False, 5),
    ],
)
def test_each_event_has_its_own_days(kind: str, enhanced: bool, days: int) -> None:
    for day in (D(2026, 11, 23), D(2026, 12, 1)):
        assert rules.update_days(day, enhanced, kind) == days, day


def test_what_comes_from_a_court_counts_from_when_it_was_received(world: making.World) -> None:
    with told(world.investigator, 2026, 12, 2, 9):
        # A hearing of last week, before the rule was written, has its time too.
        updates.enter_event(world.investigator, world.case, "bail_hearing", D(2026, 11, 24))
        clock = Clock.objects.get(case=world.case, kind=selectors.UPDATE)
        assert clock.due_at == london(2026, 11, 25, 17)
        assert "1 working day after it was received." in clock.why
        assert "Told by: Witness care unit." in clock.why
        with pytest.raises(NotPossibleError, match="Choose what happened"):
            updates.enter_event(world.investigator, world.case, "hearing", D(2026, 12, 1))
    # What was entered under the old row keeps its words.
    assert rules.title("event", "hearing") == "Court date or result"
    assert rules.from_receipt(D(2026, 12, 1), "warrant")
    assert not rules.from_receipt(D(2026, 12, 1), "arrest")
