"""Show 4: a victim who wavers on day 2; what the work list showed then, and "as at" day 2 a month later."""

from __future__ import annotations

import datetime as dt
import html

import pytest
from django.test import Client
from django.utils import timezone

from lamplighter.hub.access.wall.identity import as_person
from lamplighter.hub.cases.models import Entry
from lamplighter.hub.demo.story import victim_side as story_victim_side
from lamplighter.hub.victim_side import elements, panels, selectors
from lamplighter.hub.victim_side.rules import LONDON
from tests.integration.victim_side import making

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> making.World:
    world = making.a_world()
    users = {"advocate": world.advocate, "investigator": world.investigator, "lead": world.lead}
    story_victim_side.tell(users, world.case)
    return world


def _end_of(world: making.World, day: int) -> dt.datetime:
    first = story_victim_side.first_day(world.case, dt.datetime.now(dt.UTC))
    return dt.datetime.combine(first + dt.timedelta(days=day), dt.time(23, 59, 59), LONDON)


def _to_do(world: making.World, as_at: dt.datetime | None) -> list[str]:
    return [clock.text for clock in selectors.clocks(world.case, as_at)]


def test_as_at_day_2_the_work_list_is_what_it_was(world: making.World) -> None:
    with as_person(world.advocate):
        assert _to_do(world, _end_of(world, 0)) == [f"Contact the victim: day {n} of 7" for n in (1, 3, 7)]
        then = selectors.clocks(world.case, _end_of(world, 2))
        changed = "Contact the victim: support has changed"
        assert sorted(c.text for c in then) == sorted(
            [changed, "Contact the victim: day 3 of 7", "Contact the victim: day 7 of 7"]
        )
        assert {c.assigned_to for c in then} == {world.advocate}
        # By the end of Friday she had not been reached: both were overdue over the weekend.
        friday = _end_of(world, 3)
        overdue = [c.text for c in selectors.clocks(world.case, friday) if c.due_at < friday]
        assert sorted(overdue) == ["Contact the victim: day 3 of 7", changed]
        assert _to_do(world, _end_of(world, 6)) == ["Contact the victim: day 7 of 7"]
        assert _to_do(world, None) == ["Contact the victim, as agreed"]


def _my_work(world: making.World, day: int) -> str:
    on = timezone.localdate(_end_of(world, day)).isoformat()
    client = Client()
    client.force_login(world.advocate, backend="django.contrib.auth.backends.ModelBackend")
    page = client.get(f"/work/?as_at={on}", secure=True).content.decode()
    return html.unescape(page)


def test_as_at_day_2_my_work_is_on_screen_as_it_was(world: making.World) -> None:
    """Show 4, on the advocate's own page."""
    page = _my_work(world, 2)
    assert "This is the list as it stood at the end of" in page
    for text in ("support has changed", "day 3 of 7", "day 7 of 7"):
        assert page.count(f">Contact the victim: {text}<span") == 1
    # Done by then, and not yet known then.
    assert "day 1 of 7" not in page
    assert "as agreed" not in page
    # Nothing can be pressed in the past, and each line leads to the case as it was.
    assert "<button" not in page.split("<main", 1)[1].split("</main>", 1)[0]
    assert f"/cases/{world.case.key}?as_at=" in page
    assert "Since then: Done on" in page
    friday = _my_work(world, 3)
    due_that_day = friday.split("Due that day", 1)[1].split("Later that week", 1)[0]
    late = friday.split("Overdue before that day", 1)[1].split("Due that day", 1)[0]
    assert "day 3 of 7" in due_that_day
    # Triage is late by then, and is the hub's to do.
    assert "Nothing was overdue." in late
    before = _my_work(world, -1)
    assert "Contact the victim" not in before
    assert "Nothing was overdue." in before


def test_as_at_day_2_the_case_says_unsure_and_a_month_later_that_she_is_back(world: making.World) -> None:
    with as_person(world.advocate):
        states = {day: selectors.supported(world.case, _end_of(world, day)) for day in (-1, 0, 2, 5, 6, 35)}
        assert [s and s.state for s in states.values()] == [
            None,
            "supports",
            "unsure",
            "unsure",
            "returned",
            "returned",
        ]
        assert [p.number for p in selectors.safety_plans(world.case, _end_of(world, 2))] == [1]
        assert [p.number for p in selectors.safety_plans(world.case)] == [2, 1]
        shown = panels.side_lines(world.advocate, world.case, _end_of(world, 2))
        lines = {line.label: line.text for line in shown}
        assert lines["Support"].startswith("Unsure, since ")
        assert lines["Safety plan"].startswith("Version 1, ")
        assert all("as_at=" in line.href for line in shown)


def test_what_the_impact_shows_grows_with_the_entries(world: making.World) -> None:
    with as_person(world.advocate):
        before = elements.limbs(elements.summary(selectors.impact(world.case, _end_of(world, 2))))
        after = elements.limbs(elements.summary(selectors.impact(world.case)))
    assert any("nothing written down yet" in limb for limb in before)
    assert all(limb.endswith(": the account speaks to it.") for limb in after)


def test_what_the_suspects_side_learns_of_an_advocate(world: making.World) -> None:
    """That a service works with the victim, and that an advocate does: not who, and nothing they do."""
    from lamplighter.hub.cases import selectors as cases

    with as_person(world.clinician):
        names = {p.agency.kind for p in cases.participations(world.case)}
        entries = list(Entry.objects.filter(case=world.case).select_related("by"))
        assert "advocacy" in names
        (fact,) = [e for e in entries if e.title == "An independent advocate works with the victim"]
        assert fact.by is None
        assert fact.owner.kind == "advocacy"
        said = " ".join(f"{e.title} {e.body}" for e in entries)
        assert "Advocate: " not in said
        assert panels.side_lines(world.clinician, world.case, None) == []


def test_the_others_saw_her_advocate_and_the_updates_and_never_the_doubt(world: making.World) -> None:
    for user in world.others():
        with as_person(user):
            told = " ".join(f"{e.title} {e.body}" for e in Entry.objects.filter(case=world.case))
            assert "An independent advocate works with the victim" in told
            assert "The victim was told: arrest" in told
            assert "nsure" not in told
            assert "Support" not in told
            assert panels.side_lines(user, world.case, None) == []
    with as_person(world.clinician):
        assert [line.label for line in panels.update_lines(world.clinician, world.case, None)] == [
            "Tell the victim: protection order made, changed or ended"
        ]
