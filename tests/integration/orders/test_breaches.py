"""A breach: one step tells everybody who must know, and nobody else; what was done about it."""

from __future__ import annotations

import datetime as dt

import pytest

from lamplighter.hub.access.wall import identity
from lamplighter.hub.accounts.models import Role
from lamplighter.hub.cases import hooks
from lamplighter.hub.cases.models import Entry
from lamplighter.hub.orders import breaches, selectors
from lamplighter.hub.orders.models import Breach
from lamplighter.hub.risk import selectors as risk
from lamplighter.hub.site.refusals import NotPossibleError
from tests.integration.access import making as access
from tests.integration.cases import telling as cases
from tests.integration.orders import making
from tests.integration.risk import telling

pytestmark = pytest.mark.django_db
# The Friday before the spring bank holiday of Monday 25 May 2026.
FRIDAY_NIGHT = making.at(2026, 5, 22, 23, 50)
ON_CASE = ("helpline", "health", "probation", "force-b")


def test_a_breach_at_2350_on_a_friday_before_a_bank_holiday_tells_everybody_with_their_times() -> None:
    """Show 2 of issue 30: each clock, and each person told."""
    officer = access.somebody(Role.PROBATION, "probation")
    case = telling.a_case(None, *ON_CASE)
    with making.told(officer, FRIDAY_NIGHT):
        made = breaches.record(
            officer, case, "licence", FRIDAY_NIGHT.date(), "Outside her work.", time=dt.time(21, 50)
        )
    found = {(c.kind, c.owner_id): (c.due_at, c.partition) for c in making.running(case)}
    del found["orders.decision", "force-a"]
    tuesday_evening = making.at(2026, 5, 26, 17)
    assert found == {
        # Nights, weekends and the bank holiday count.
        ("orders.answer", "force-a"): (making.at(2026, 5, 23, 23, 50), "shared"),
        # Two working days: Tuesday and Wednesday, for Monday is the bank holiday.
        ("orders.stalking", "force-a"): (making.at(2026, 5, 27, 17), "shared"),
        # One working day, and only on the side that does it.
        ("orders.victim", "helpline"): (tuesday_evening, "advocacy"),
        ("orders.enforce", "probation"): (tuesday_evening, "health"),
    }
    again = {c.owner_id: c.due_at for c in telling.running(case, "risk.again")}
    assert set(again) == {"force-a", *ON_CASE}
    assert set(again.values()) == {making.at(2026, 5, 24, 23, 50)}
    with identity.as_person(access.somebody(Role.CLINICIAN, "health")):
        (trigger,) = risk.triggers_open(case)
        assert (trigger.kind, trigger.of_key) == ("breach", made.key)
        line = Entry.objects.get(case=case, kind="breach")
        assert line.title == "Breach: Licence conditions"
        assert line.happened_at == making.at(2026, 5, 22, 21, 50)
        (broken,) = selectors.breaches_unanswered(case)
        assert broken.breach == made


@pytest.mark.parametrize(
    ("role", "code"),
    [
        (Role.CLINICIAN, "health"),
        (Role.ADVOCATE, "helpline"),
        (Role.PROBATION, "probation"),
        (Role.INVESTIGATOR, "force-b"),
        (Role.COORDINATOR, "hub"),
    ],
)
def test_a_breach_is_recorded_on_one_page_by_any_agency(role: Role, code: str) -> None:
    user = access.somebody(role, code)
    case = telling.a_case(None, *ON_CASE)
    day = making.TODAY() - dt.timedelta(days=1)
    sent = {"order": "kind:bail", "words": "Waited at the gate.", "time": "9:50pm"}
    sent |= {f"happened_on_{part}": str(getattr(day, part)) for part in ("day", "month", "year")}
    client = cases.browser(user)
    answer = client.post(f"/cases/{case.key}/orders/breach", sent, secure=True)
    assert answer.status_code == 302
    page = client.get(answer["Location"], secure=True).content.decode()
    assert "Waited at the gate." in page
    assert "Nothing is recorded yet." in page
    assert {c.kind for c in making.running(case)} >= {"orders.answer", "orders.stalking", "orders.victim"}


def test_nobody_outside_the_case_learns_of_it() -> None:
    officer, other = access.somebody(Role.INVESTIGATOR), access.somebody(Role.INVESTIGATOR, "force-b")
    case = telling.a_case(officer, "helpline")
    made = making.breach(officer, case)
    with identity.as_person(other):
        assert not Breach.objects.exists()
    client = cases.browser(other)
    for path in ("", "/breach", f"/breaches/{made.key}", f"/breaches/{made.key}/answer"):
        assert client.get(f"/cases/{case.key}/orders{path}", secure=True).status_code == 404


def test_a_breach_that_repeats_the_vault_is_refused_and_nothing_of_it_stays() -> None:
    from tests.integration.victim_side import making as side

    world = side.a_world()
    side.a_rule(world.advocate, world.case, address="1 Old Lane, Northtown")
    before = len(making.running(world.case))
    with pytest.raises(NotPossibleError, match="in the vault"):
        making.breach(world.advocate, world.case, words="He stood outside 1 Old Lane, Northtown.")
    with identity.as_person(world.advocate):
        assert not Breach.objects.exists()
    assert len(making.running(world.case)) == before
    assert not telling.running(world.case, "risk.again")


def test_a_report_of_a_breach_that_joins_is_the_same_in_one_step() -> None:
    case = telling.a_case(None, *ON_CASE)
    report = telling.a_report(case, acts=["breach"], agency="force-b")
    day = dt.date(2026, 10, 1)
    for _ in range(2):
        with access.as_the_owner():
            hooks.happened(None, hooks.Event(case, "breach", day, report.report_key))
    with identity.as_person(access.somebody(Role.ADVOCATE, "helpline")):
        (broken,) = selectors.breaches(case)
        assert broken.breach.report_key == report.report_key
        assert broken.breach.happened_on == day
        assert [row.kind for row in risk.triggers_open(case)] == ["breach"]
    kinds = [c.kind for c in making.running(case) if c.kind != "orders.decision"]
    assert sorted(kinds) == ["orders.answer", "orders.stalking", "orders.victim"]


def test_what_was_done_ends_the_task_and_an_arrest_is_told_to_the_victim() -> None:
    officer = access.somebody(Role.INVESTIGATOR)
    case = telling.a_case(officer, *ON_CASE)
    made = making.breach(officer, case)
    with identity.as_person(officer):
        one = selectors.breach(case, made.key)
        with pytest.raises(NotPossibleError, match="at least 10"):
            breaches.answer(officer, case, one, "reason", "No need.")
        breaches.answer(officer, case, one, "arrest", "Arrested at home at 6am.")
        assert selectors.breaches_unanswered(case)
        breaches.look(officer, case, one, "yes", "Following, the third time: recorded as a new offence.")
        assert not selectors.breaches_unanswered(case)
    kinds = {c.kind for c in making.running(case)}
    assert not kinds & {"orders.answer", "orders.stalking"}
    # Nothing that was done takes away that somebody speaks with her.
    assert "orders.victim" in kinds
    assert telling.running(case, "victims_code.update")


def test_what_was_recorded_twice_is_said_to_be_and_asks_nothing_more() -> None:
    officer = access.somebody(Role.INVESTIGATOR)
    case = telling.a_case(officer, *ON_CASE)
    first, second = making.breach(officer, case), making.breach(officer, case)
    with identity.as_person(officer):
        breaches.answer(officer, case, selectors.breach(case, second.key), "same", "The one of 9:50pm above.")
        assert [one.breach for one in selectors.breaches_unanswered(case)] == [first]
    assert {c.of_key for c in making.running(case, "orders.stalking")} == {first.key}


def test_the_breach_of_an_order_that_not_everybody_knows_of_is_shared_first() -> None:
    officer = access.somebody(Role.INVESTIGATOR)
    case = telling.a_case(officer, *ON_CASE)
    order = making.record(officer, case, side="police")
    with pytest.raises(NotPossibleError, match="Share it with them first"):
        making.breach(officer, case, thread=order.thread)
    page = cases.browser(officer).get(f"/cases/{case.key}/orders/breach", secure=True).content.decode()
    assert str(order.thread) not in page
