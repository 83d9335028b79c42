"""What "current" means, in one place, and what closing asks because of it."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone

from lamplighter.courses.findings import urgency
from lamplighter.hub.access.wall import identity
from lamplighter.hub.cases import policies, rules, services
from lamplighter.hub.cases.models import Closing, Status
from lamplighter.hub.cases.status import changes
from lamplighter.hub.site.refusals import NotPossibleError
from lamplighter.vocabulary import current
from tests.integration.access import making
from tests.integration.cases import telling

pytestmark = pytest.mark.django_db
NO = dict.fromkeys(policies.TO_COME, ("no", None))


def days_ago(days: int) -> dt.date:
    return timezone.localdate() - dt.timedelta(days=days)


def answers(**changed: Any) -> dict[str, Any]:
    given = {
        "why": "no_longer_current",
        "reason": "Quiet.",
        "current": "no",
        "last_act_on": days_ago(91),
        "days_away": 0,
        "to_come": NO,
        "advocate": "agrees",
        "agreed_with": "helpline",
        "agreed_words": "Team leader, in the meeting.",
    }
    return given | changed


def test_the_list_and_closing_count_by_one_number() -> None:
    today = timezone.localdate()
    assert current.days(today) >= 91
    assert policies.current_days(today) == current.days(today)
    at = dt.datetime.combine(today, dt.time(12))
    held = urgency.known_of([{"course_id": "C", "reading": ""}], [], [], at)["C"]
    assert held.of_late == current.days(today)
    # Nothing beside it: the row in force has no length of its own.
    assert "weeks" not in rules.current_definition(today).extra


@pytest.mark.parametrize("advocate", ["agrees", "none"])
def test_what_is_no_longer_current_closes_with_two_agencies(advocate: str) -> None:
    by = telling.coordinator()
    case = telling.a_working_case(by, "consultation", "helpline")
    far = days_ago(-300)
    with identity.as_person(by):
        changes.close(by, case, **answers(advocate=advocate, to_come=NO | {"orders": ("yes", far)}))
        assert services.current(case).name == Status.Name.CLOSED
    made = Closing.objects.get(case=case)
    assert (made.orders, made.orders_on, made.trial, made.days_away) == ("yes", far, "no", 0)
    assert (made.agreed_with_id, made.advocate) == ("helpline", advocate)
    assert made.definition == "contact_or_breach_at_liberty"


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"last_act_on": days_ago(90)}, "91 days at liberty, and 90 have passed"),
        ({"last_act_on": days_ago(400), "days_away": 310}, "91 days at liberty, and 90 have passed"),
        ({"last_act_on": None}, "last act"),
        ({"days_away": None}, "custody, in hospital or abroad"),
        ({"current": "not_known", "current_words": "Perhaps."}, "not known to have stopped"),
        ({"current": "yes", "current_words": "Still."}, "not known to have stopped"),
        ({"to_come": NO | {"release": ("yes", days_ago(-30))}}, "release from custody"),
        ({"to_come": NO | {"trial": ("yes", None)}}, "day that is not known"),
        ({"to_come": NO | {"bail": ("not_known", None)}}, "Find out whether there is bail"),
        ({"to_come": NO | {"orders": ("yes", days_ago(-10))}}, "order in force"),
        ({"to_come": None}, "Find out"),
        ({"advocate": "not_asked"}, "Ask the advocate"),
        ({"advocate": "disagrees"}, "does not agree"),
        ({"agreed_with": ""}, "other agency"),
        ({"agreed_with": "force-a"}, "other agency"),
        ({"agreed_with": "health"}, "other agency"),
        ({"agreed_words": " "}, "who of the other agency"),
    ],
)
def test_what_is_not_known_to_have_stopped_does_not_close_as_no_longer_current(
    changed: dict[str, Any], says: str
) -> None:
    by = telling.coordinator()
    making.agency("health")
    case = telling.a_working_case(by, "consultation", "helpline")
    with identity.as_person(by):
        with pytest.raises(NotPossibleError, match=says):
            changes.close(by, case, **answers(**changed))
        assert services.current(case).name == "consultation"
    assert not Closing.objects.exists()


def test_another_reason_asks_and_does_not_refuse() -> None:
    by = telling.coordinator()
    case = telling.a_working_case(by)
    with identity.as_person(by):
        changes.close(by, case, why="plan_done", reason="Done.", current="no", to_come={})
    made = Closing.objects.get(case=case)
    assert (made.trial, made.advocate) == ("not_known", "not_asked")


def test_the_page_asks_and_writes_down_the_answers() -> None:
    by = telling.coordinator()
    case = telling.a_working_case(by, "consultation", "helpline")
    client, address = telling.browser(by), f"/cases/{case.key}/close"
    page = client.get(address, secure=True).content.decode()
    assert "in the last 91 days" in page
    last, later = days_ago(200), days_ago(-400)
    sent = {
        "why": "no_longer_current",
        "reason": "Quiet.",
        "current": "no",
        "not_done": "Nothing",
        "last_act_on_day": last.day,
        "last_act_on_month": last.month,
        "last_act_on_year": last.year,
        "days_away": "14",
        **dict.fromkeys(("bail", "release", "trial"), "no"),
        "orders": "yes",
        "orders_on_day": later.day,
        "orders_on_month": later.month,
        "orders_on_year": later.year,
        "advocate": "agrees",
    }
    refused = client.post(address, sent, secure=True)
    assert refused.status_code == 422
    assert "Choose the other agency" in refused.content.decode()
    sent |= {"agreed_with": "helpline", "agreed_words": "Team leader, today."}
    assert client.post(address, sent, secure=True).status_code == 302
    made = Closing.objects.get(case=case)
    assert (made.days_away, made.orders_on, made.release) == (14, later, "no")
    shown = client.get(f"/cases/{case.key}", secure=True).content.decode()
    assert "An order in force: yes" in shown
    assert "advocate: agrees" in shown
