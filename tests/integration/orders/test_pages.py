"""The pages of orders: recording and changing one by its form, how errors are said, bar and agenda."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from lamplighter.hub.access.models import owned
from lamplighter.hub.access.wall import identity
from lamplighter.hub.accounts.models import Role
from lamplighter.hub.meetings.agenda.sources import Look
from lamplighter.hub.orders import selectors
from lamplighter.hub.orders.for_others import agenda
from lamplighter.hub.orders.models import Breach, Order
from lamplighter.hub.orders.selectors import State
from tests.integration.access import making as access
from tests.integration.cases import telling as cases
from tests.integration.meetings import making as meetings
from tests.integration.orders import making
from tests.integration.risk import telling

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


def on(name: str, day: dt.date) -> dict[str, str]:
    return {f"{name}_{part}": str(getattr(day, part)) for part in ("day", "month", "year")}


def an_order(**rest: Any) -> dict[str, Any]:
    made = making.TODAY() - DAY
    sent: dict[str, Any] = {
        "kind": "spo",
        "route": "application",
        "court": "Northtown Magistrates’ Court",
        "made_at": "11:15",
        "side": "shared",
        "what_1": "prohibition",
        "words_1": "Not to contact the protected person.",
        "what_2": "prohibition",
        "words_2": "Not to go into the zone.",
        "zone_2": "Zone B",
    }
    sent |= on("applied_on", made - DAY) | on("made_on", made) | on("begins_on", made)
    return sent | on("last_day", made + 900 * DAY) | rest


def test_an_order_is_recorded_and_changed_on_one_page_each() -> None:
    officer = access.somebody(Role.INVESTIGATOR)
    case = telling.a_case(officer, "helpline")
    client = cases.browser(officer)
    base = f"/cases/{case.key}/orders"
    answer = client.post(f"{base}/record", an_order(), secure=True)
    assert answer.status_code == 302, answer.content.decode()
    page = client.get(answer["Location"], secure=True).content.decode()
    assert "Zone B" in page
    assert "No service is recorded: a breach may not count." in page
    thread = answer["Location"].rsplit("/", 1)[1]
    form = client.get(f"{base}/{thread}/change", secure=True).content.decode()
    assert "Not to go into the zone." in form
    version = str(making.one(officer, case).order.key)
    sent = an_order(version=version, why="The court took the zone out.", what_2="", words_2="", zone_2="")
    assert client.post(f"{base}/{thread}/change", sent, secure=True).status_code == 302
    page = client.get(f"{base}/{thread}", secure=True).content.decode()
    assert "Every version" in page
    assert "The court took the zone out." in page
    # Sent again, it was somebody else's meanwhile: both are shown, and nothing typed is lost.
    again = client.post(f"{base}/{thread}/change", sent | {"why": "The zone is out."}, secure=True)
    assert again.status_code == 422
    assert "The court took the zone out." in again.content.decode()
    assert "The zone is out." in again.content.decode()


def test_an_error_names_the_answer_and_loses_nothing() -> None:
    officer = access.somebody(Role.INVESTIGATOR)
    case = telling.a_case(officer)
    client = cases.browser(officer)
    sent = an_order(kind="restraining", what_1="requirement")
    answer = client.post(f"/cases/{case.key}/orders/record", sent, secure=True)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "it can forbid, and require nothing" in page
    assert "#id_what_1" in page
    assert "Not to go into the zone." in page


def test_the_bar_of_every_page_names_the_order_in_force() -> None:
    officer = access.somebody(Role.INVESTIGATOR)
    case = telling.a_case(officer, "health")
    made = making.TODAY() - DAY
    making.record(officer, case, making.draft(open_ended=True, last_day=None))
    making.record(officer, case, making.draft("restraining", made_on=None, applied_on=made), side="police")
    words = "1 order in force"
    for user in (officer, access.somebody(Role.CLINICIAN, "health")):
        page = cases.browser(user).get(f"/cases/{case.key}/history", secure=True).content.decode()
        # What is only applied for is none.
        assert words in page


def test_what_the_timeline_and_the_history_say_stands_under_its_topic() -> None:
    officer = access.somebody(Role.INVESTIGATOR)
    case = telling.a_case(officer)
    making.record(officer, case)
    making.breach(officer, case)
    client = cases.browser(officer)
    reports = client.get(f"/cases/{case.key}/timeline?show=reports", secure=True).content.decode()
    assert "Breach: Bail conditions" in reports


def test_an_order_that_ends_within_weeks_of_the_meeting_is_on_its_agenda_for_those_who_read_it() -> None:
    h = meetings.hub()
    meeting = meetings.plan(h.coordinator)
    last = meeting.starts_at.date() + 3 * DAY
    made = making.TODAY() - 800 * DAY
    making.record(h.officer, h.case, making.draft(made_on=made, last_day=last), side="police")
    making.record(h.officer, h.case, making.draft("restraining", made_on=made, last_day=last))
    far = making.draft("non_molestation", made_on=made, last_day=last + 400 * DAY)
    making.record(h.officer, h.case, far)

    def proposed(user: Any) -> list[tuple[str, str]]:
        look = Look(user, meeting, None, None, meeting.starts_at - DAY)
        with identity.as_person(user):
            return [(row.text.split(": ")[1], row.side) for row in agenda.ending(look)]

    assert proposed(h.officer) == [
        ("stalking protection order ends", "police"),
        ("restraining order ends", "shared"),
    ]
    assert proposed(h.advocate) == [("restraining order ends", "shared")]
    with identity.as_person(h.officer):
        assert {o.state(last + DAY) for o in selectors.orders(h.case)} == {State.ENDED, State.IN_FORCE}


def test_a_kind_that_the_rules_no_longer_name_breaks_no_page() -> None:
    officer = access.somebody(Role.INVESTIGATOR)
    case = telling.a_case(officer)
    gone = "of_an_older_file"
    with identity.as_person(officer):
        said = {"partition": "shared", "route": "application", "kind": gone}
        order = Order.objects.create(**owned(officer, case, **said))
        breach = Breach.objects.create(**owned(officer, case, kind=gone, happened_on=making.TODAY()))
    client = cases.browser(officer)
    base = f"/cases/{case.key}/orders"
    pages = ("", f"/{order.thread}", f"/{order.thread}/happened", f"/{order.thread}/change", "/breach")
    for path in (*pages, f"/breaches/{breach.key}", f"/breaches/{breach.key}/answer"):
        assert client.get(f"{base}{path}", secure=True).status_code == 200, path
    assert client.get(f"/cases/{case.key}", secure=True).status_code == 200
