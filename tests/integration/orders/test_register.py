"""The register of orders: versions, steps, what follows from each, who reads it, and how it was on a day."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from lamplighter.hub.access import moment
from lamplighter.hub.access.wall import identity
from lamplighter.hub.accounts.models import Role
from lamplighter.hub.cases.models import Entry
from lamplighter.hub.law import rules as law_rules
from lamplighter.hub.law import services as law
from lamplighter.hub.orders import following, selectors, services, zones
from lamplighter.hub.orders.models import Order, Term, Zone
from lamplighter.hub.orders.policies import Said
from lamplighter.hub.orders.selectors import State
from lamplighter.hub.risk import selectors as risk
from lamplighter.hub.site.refusals import ConflictError, NotPossibleError
from tests.integration.access import making as access
from tests.integration.cases import telling as cases
from tests.integration.orders import making
from tests.integration.risk import telling
from tests.integration.victim_side import making as side

pytestmark = pytest.mark.django_db
ON_CASE = ("helpline", "health", "probation")
DAY = dt.timedelta(days=1)


def test_an_application_becomes_an_interim_order_and_then_a_full_one() -> None:
    officer = access.somebody(Role.INVESTIGATOR)
    case = telling.a_case(officer, *ON_CASE)
    first = making.TODAY() - dt.timedelta(days=40)
    asked = making.draft("spo_interim", made_on=None, applied_on=first, terms=(making.NO_CONTACT,))
    order = making.record(officer, case, asked)
    with identity.as_person(officer):
        assert selectors.orders(case)[0].state(making.TODAY()) == State.ASKED
        interim = making.draft(
            "spo_interim", applied_on=first, made_on=first + 2 * DAY, last_day=None, open_ended=True
        )
        services.change(
            officer, case, selectors.orders(case)[0], interim, "The court made it without notice."
        )
    (serve,) = making.running(case, "orders.service")
    # Two days of 24 hours, also where the clocks change between.
    assert serve.due_at == making.at(*(first + 2 * DAY).timetuple()[:3], 0).astimezone(dt.UTC) + 2 * DAY
    making.served(officer, case, order, first + 3 * DAY)
    assert not making.running(case, "orders.service")
    with identity.as_person(officer):
        one = selectors.orders(case)[0]
        ((step, answer),) = one.notifications()
        # Beginning with the day of service: that day and two more.
        assert (step.notify_by, answer) == (first + 5 * DAY, None)
    assert making.running(case, "orders.notification")
    making.step(officer, case, order, "notified", first + 5 * DAY)
    assert not making.running(case, "orders.notification")
    with identity.as_person(officer):
        full = making.draft("spo", applied_on=first, made_on=first + 30 * DAY)
        services.change(officer, case, selectors.orders(case)[0], full, "The full order was made.")
    making.served(officer, case, order, first + 31 * DAY)
    # Where a full order takes the place of an interim one, nothing is notified anew.
    assert not making.running(case, "orders.notification")
    with identity.as_person(officer):
        one = selectors.orders(case)[0]
        assert [row.kind for row in one.versions] == ["spo_interim", "spo_interim", "spo"]
        assert one.state(making.TODAY()) == State.IN_FORCE
        assert len(one.notifications()) == 1


def test_the_full_order_after_an_interim_one_that_had_ended_is_notified_anew() -> None:
    officer = access.somebody(Role.INVESTIGATOR)
    case = telling.a_case(officer, *ON_CASE)
    first = making.TODAY() - dt.timedelta(days=40)
    order = making.record(officer, case, making.draft("spo_interim", made_on=first, last_day=first + 9 * DAY))
    making.served(officer, case, order, first)
    with identity.as_person(officer):
        full = making.draft("spo", made_on=first + 30 * DAY)
        services.change(officer, case, selectors.orders(case)[0], full, "The full order was made.")
    making.served(officer, case, order, first + 30 * DAY)
    assert len(making.one(officer, case).notifications()) == 2


def test_the_notification_of_a_dapo_runs_from_the_day_on_which_it_was_made() -> None:
    officer = access.somebody(Role.INVESTIGATOR)
    case = telling.a_case(officer, *ON_CASE)
    order = making.record(officer, case, making.draft("dapo"))
    made = making.TODAY() - DAY
    assert making.one(officer, case).notifications()[0][0].notify_by == made + 2 * DAY
    making.served(officer, case, order, making.TODAY())
    assert len(making.one(officer, case).notifications()) == 1
    # A new address is due again, and one answer ends one of the two.
    making.step(officer, case, order, "changed", making.TODAY())
    assert len(making.running(case, "orders.notification")) == 2
    making.step(officer, case, order, "notified", making.TODAY())
    assert len(making.running(case, "orders.notification")) == 1


def test_a_kind_is_applied_for_only_where_its_change_of_law_is_signed_and_recorded_wherever_it_was_made() -> (
    None
):
    officer = access.somebody(Role.INVESTIGATOR)
    case = telling.a_case(officer, *ON_CASE)
    asked = making.draft("dapo", made_on=None, applied_on=making.TODAY(), terms=())
    with pytest.raises(NotPossibleError, match="signed that such an order"):
        making.record(officer, case, asked)
    making.record(officer, case, making.draft("dapo"))
    first, second = (access.somebody(Role.COORDINATOR, "hub") for _ in range(2))
    today = timezone.localdate()
    for area, met in (("Elsewhere", False), (access.agency("force-a").name.upper(), True)):
        with identity.as_person(first):
            row = law.sign(
                first,
                law_rules.switch("dapo_available"),
                instrument="The regulations",
                reference="2026/1",
                read_on=today,
                next_review=today + dt.timedelta(days=90),
                valid_from=today - DAY,
                per=area,
            )
        with identity.as_person(second):
            law.check(second, row, agrees=True, reason="The same.")
        with identity.as_person(officer):
            rule = selectors.rules.kind("dapo", today)
            assert selectors.available(rule, case, today) is met
            # The day before it came into force, and on the case of another force, it is not.
            assert not selectors.available(rule, case, today - 2 * DAY)
    other = telling.a_case(access.somebody(Role.INVESTIGATOR, "force-b"), "helpline")
    with identity.as_person(access.somebody(Role.INVESTIGATOR, "force-b")):
        assert not selectors.available(rule, other, today)
    making.record(officer, case, asked)


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"last_day": None}, "one of the two"),
        ({"open_ended": True}, "one of the two"),
        ({"last_day": making.TODAY() + dt.timedelta(days=300)}, "at least 24 months"),
        ({"terms": ()}, "at least one term"),
        ({"terms": (Said("prohibition", " "),)}, "words of term 1"),
        ({"terms": (making.NO_CONTACT, Said("prohibition", "x", "1 Old Lane"))}, "zone of term 2"),
        ({"made_on": making.TODAY() + DAY}, "must not be in the future"),
        ({"applied_on": making.TODAY()}, "before it was applied for"),
        ({"begins_on": None, "last_day": None, "open_ended": True}, "from which it holds"),
        ({"kind": "restraining", "terms": (making.ASSESSED,)}, "require nothing"),
        ({"kind": "bail", "made_on": None, "applied_on": None}, "are not applied for"),
        ({"kind": "dapo", "terms": (Said("monitoring", "A tag."),)}, "at most 12 months"),
        ({"kind": "nothing"}, "kind of order from the list"),
    ],
)
def test_what_an_order_cannot_be_is_refused_and_nothing_of_it_is_saved(said: dict, why: str) -> None:  # type: ignore[type-arg]
    officer = access.somebody(Role.INVESTIGATOR)
    case = telling.a_case(officer)
    with pytest.raises(NotPossibleError, match=why):
        making.record(officer, case, making.draft(**said))
    with identity.as_person(officer):
        assert not Order.objects.exists()


def test_an_order_of_exactly_two_years_holds_two_years() -> None:
    officer = access.somebody(Role.INVESTIGATOR)
    case = telling.a_case(officer)
    made = dt.date(2024, 2, 29)
    with pytest.raises(NotPossibleError, match="24 months"):
        making.record(officer, case, making.draft(made_on=made, last_day=dt.date(2026, 2, 26)))
    making.record(officer, case, making.draft(made_on=made, last_day=dt.date(2026, 2, 27)))


# Who reads it -----------------------------------------------------------------------------------------------


def test_an_application_that_the_suspect_must_not_learn_of_stays_with_the_police_until_it_is_shared() -> None:
    officer, his = access.somebody(Role.INVESTIGATOR), access.somebody(Role.CLINICIAN, "health")
    case = telling.a_case(officer, *ON_CASE)
    asked = making.draft("spo_interim", made_on=None, applied_on=making.TODAY() - DAY)
    order = making.record(officer, case, asked, side="police")
    client = cases.browser(his)
    with identity.as_person(his):
        assert not selectors.orders(case)
        assert not Term.objects.exists()
        assert not Entry.objects.filter(case=case, kind="order").exists()
    assert client.get(f"/cases/{case.key}/orders/{order.thread}", secure=True).status_code == 404
    assert "Interim" not in client.get(f"/cases/{case.key}/orders", secure=True).content.decode()
    with identity.as_person(officer):
        one = selectors.orders(case)[0]
        made = making.draft("spo_interim", applied_on=making.TODAY() - DAY, made_on=making.TODAY())
        services.change(officer, case, one, made, "Made today, and he is told of it.")
        with pytest.raises(NotPossibleError, match="reads this order already"):
            services.change(
                officer, case, selectors.orders(case)[0], made, "Hidden from them.", side="police"
            )
    with identity.as_person(his):
        (found,) = selectors.orders(case)
        assert (found.order.number, len(found.versions), len(found.terms)) == (2, 1, 2)
    with identity.as_person(officer):
        assert [v.partition for v in selectors.orders(case)[0].versions] == ["police", "shared"]


def test_where_a_zone_is_stands_in_the_vault_and_a_term_that_says_it_is_refused() -> None:
    world = side.a_world()
    officer, case = world.investigator, world.case
    order = making.record(officer, case)
    assert [c.partition for c in making.running(case, "orders.zone")] == ["police"]
    with identity.as_person(officer):
        zones.write(officer, case, "Zone A", "7 Mill Street, Southtown", "200 metres around it")
        assert not Zone.objects.exists(), "The vault opens for a reason"
        with pytest.raises(NotPossibleError, match="why you need"):
            zones.look(officer, case, "")
        found = zones.look(officer, case, "To brief the patrol")
        assert found["Zone A"].place == "7 Mill Street, Southtown"
    assert not making.running(case, "orders.zone")
    for user in (access.somebody(Role.CLINICIAN, "health"), access.somebody(Role.COORDINATOR, "hub")):
        with identity.as_person(user), identity.for_reason("To see where it is"):
            assert not Zone.objects.exists()
        page = cases.browser(user).get(f"/cases/{case.key}/orders/{order.thread}", secure=True)
        assert "Zone A" in page.content.decode()
        assert "Mill Street" not in page.content.decode()
    told = Said("prohibition", "Not to go within 200 metres of 7 Mill Street.")
    with pytest.raises(NotPossibleError, match="in the vault"):
        making.record(officer, case, making.draft(terms=(told,)))


def test_the_place_of_a_zone_is_shown_once_on_its_page_and_stands_in_no_address() -> None:
    world = side.a_world()
    making.record(world.investigator, world.case)
    client = cases.browser(world.investigator)
    base = f"/cases/{world.case.key}/orders/zones"
    sent = {"name": "Zone A", "place": "7 Mill Street"}
    assert client.post(f"{base}/write", sent, secure=True).status_code == 302
    assert "Mill Street" not in client.get(base, secure=True).content.decode()
    assert client.post(base, {"reason": ""}, secure=True).status_code == 422
    shown = client.post(base, {"reason": "To brief the patrol tonight"}, secure=True)
    assert "7 Mill Street" in shown.content.decode()
    his = cases.browser(access.somebody(Role.CLINICIAN, world.clinician.agency_id))
    assert his.get(base, secure=True).status_code in {403, 404}


# As at ------------------------------------------------------------------------------------------------------


def test_the_register_is_shown_as_it_was_known_on_a_day() -> None:
    officer = access.somebody(Role.INVESTIGATOR)
    case = telling.a_case(officer)
    made = dt.date(2026, 3, 2)
    with moment.at(making.at(2026, 3, 3)):
        order = making.record(officer, case, making.draft(made_on=made, last_day=dt.date(2028, 4, 1)))
    with moment.at(making.at(2026, 4, 1)), identity.as_person(officer):
        fewer = making.draft(
            made_on=dt.date(2026, 4, 1), last_day=dt.date(2028, 5, 1), terms=(making.ASSESSED,)
        )
        services.change(officer, case, selectors.orders(case)[0], fewer, "Varied by the court.")
    with identity.as_person(officer):
        for at_, terms, number in (
            (making.at(2026, 3, 2), 0, 0),
            (making.at(2026, 3, 20), 2, 1),
            (making.at(2026, 4, 2), 1, 2),
        ):
            found = selectors.orders(case, at_)
            assert [(len(o.terms), o.order.number) for o in found] == ([(terms, number)] if number else [])
        last = dt.date(2028, 5, 1)
        one = selectors.order(case, order.thread)
        assert one.state(last) == State.IN_FORCE
        assert one.state(last + DAY) == State.ENDED
        assert one.state(dt.date(2026, 3, 31)) == State.TO_BEGIN
    page = cases.browser(officer).get(f"/cases/{case.key}/orders?as_at=2026-03-20", secure=True)
    assert "Not to contact the protected person" in page.content.decode()
    assert "To attend an assessment" not in page.content.decode()


def test_two_people_who_change_an_order_see_both_and_nothing_is_lost() -> None:
    officer = access.somebody(Role.INVESTIGATOR)
    case = telling.a_case(officer)
    order = making.record(officer, case)
    with identity.as_person(officer):
        one = selectors.orders(case)[0]
        services.change(officer, case, one, making.draft(), "Varied by the court.", seen=str(order.key))
        with pytest.raises(ConflictError) as refused:
            services.change(officer, case, one, making.draft(), "Varied by me.", seen=str(order.key))
    assert refused.value.newest.number == 2


def test_an_order_that_was_discharged_has_ended_and_asks_for_nothing_more() -> None:
    officer = access.somebody(Role.INVESTIGATOR)
    case = telling.a_case(officer)
    order = making.record(officer, case)
    with pytest.raises(NotPossibleError, match="who served it and how"):
        making.step(officer, case, order, "served", making.TODAY())
    making.step(officer, case, order, "discharged", making.TODAY())
    assert {c.kind for c in making.running(case)} <= {"orders.decision", "orders.zone"}
    with pytest.raises(NotPossibleError, match="has ended"):
        making.served(officer, case, order, making.TODAY())
    assert making.one(officer, case).state(making.TODAY()) == State.ENDED


# Orders that end --------------------------------------------------------------------------------------------


def test_an_order_that_ends_soon_is_asked_about_once_a_warning_and_makes_an_assessment_due() -> None:
    officer = access.somebody(Role.INVESTIGATOR)
    case = telling.a_case(officer, *ON_CASE)
    made = dt.date(2026, 3, 2)
    last = dt.date(2028, 3, 31)
    with moment.at(making.at(2026, 3, 3)):
        order = making.record(officer, case, making.draft(made_on=made, last_day=last))
    asked = []
    for left in (85, 84, 60, 28, 27, 7, 1, 0, -1):
        now = making.at(*(last - dt.timedelta(days=left)).timetuple()[:3], 6)
        with identity.job(selectors.PURPOSE), moment.at(now):
            asked.append(following.find_ending())
        running = making.running(case, "orders.ending")
        assert len(running) == (left <= 84)
    assert asked == [0, 1, 0, 1, 0, 1, 0, 0, 0]
    with identity.as_person(officer):
        assert [row.kind for row in risk.triggers(case)] == ["order_ending", "order_ending"]
    # Nobody can see the year's bank holidays yet: too early rather than too late, and before it ends.
    (clock,) = making.running(case, "orders.ending")
    assert clock.due_at < making.at(2028, 4, 1, 0)
    with moment.at(making.at(2028, 3, 30)):
        making.step(officer, case, order, "let_end", dt.date(2028, 3, 30), words="He has died.")
    assert not making.running(case, "orders.ending")


def test_an_order_that_was_extended_is_asked_about_no_more() -> None:
    officer = access.somebody(Role.INVESTIGATOR)
    case = telling.a_case(officer, *ON_CASE)
    last = making.TODAY() + 20 * DAY
    made = making.TODAY() - dt.timedelta(days=800)
    making.record(officer, case, making.draft(made_on=made, last_day=last))
    with identity.job(selectors.PURPOSE):
        assert following.find_ending() == 1
        assert following.find_ending() == 0
    with identity.as_person(officer):
        longer = making.draft(made_on=making.TODAY())
        services.change(officer, case, selectors.orders(case)[0], longer, "Extended by the court.")
    assert not making.running(case, "orders.ending")
    with identity.job(selectors.PURPOSE):
        assert following.find_ending() == 0


# What other contexts are told -------------------------------------------------------------------------------


def test_a_change_of_bail_and_a_court_date_make_an_assessment_due_and_the_victim_is_told() -> None:
    officer = access.somebody(Role.INVESTIGATOR)
    case = telling.a_case(officer, *ON_CASE)
    bail = making.draft("bail", route="imposed", applied_on=None, last_day=None, open_ended=True)
    order = making.record(officer, case, bail)
    with identity.as_person(officer):
        assert [row.kind for row in risk.triggers(case)] == ["bail_change"]
    assert [c.text for c in telling.running(case, "victims_code.update")] == [
        "Tell the victim: change of bail or its conditions"
    ]
    making.step(officer, case, order, "hearing", making.TODAY() + 9 * DAY)
    with identity.as_person(officer):
        assert {row.kind for row in risk.triggers(case)} == {"bail_change", "court_date"}
