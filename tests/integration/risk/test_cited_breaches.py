"""An assessment rests on breaches and orders beside incidents, but on none that one side alone knows."""

from __future__ import annotations

import datetime as dt
import json
import uuid

import pytest

from lamplighter.hub.access.wall import identity
from lamplighter.hub.accounts.models import Role
from lamplighter.hub.cases import hooks
from lamplighter.hub.orders import services as orders
from lamplighter.hub.orders.selectors import order as standing
from lamplighter.hub.papers import services as papers
from lamplighter.hub.risk.levels import JUDGEMENTS
from lamplighter.hub.risk.models import Assessment
from lamplighter.hub.risk.policies import Draft, Said
from lamplighter.hub.risk.second_opinion import second_rater
from lamplighter.hub.site.refusals import NotPossibleError
from lamplighter.reporting.words import day
from tests.integration.access import making
from tests.integration.cases import telling as cases
from tests.integration.orders import making as ordering
from tests.integration.risk import telling
from tests.integration.risk.test_pages import sent

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def nobody_is_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(second_rater, "is_drawn", lambda percent: False)


def citing(*keys: uuid.UUID) -> Draft:
    judged = {name: Said("moderate", f"Why {name}.", keys) for name in JUDGEMENTS}
    return Draft("yes", "He wrote on Sunday.", judged, "He broke the order.")


def test_a_breach_and_an_order_are_chosen_on_the_form_and_stand_wherever_the_assessment_does() -> None:
    by = making.somebody(Role.INVESTIGATOR)
    case = telling.a_case(by)
    order = ordering.record(by, case)
    breach = ordering.breach(by, case, thread=order.thread, time=dt.time(21, 50))
    with identity.as_person(by):
        said = {reason.text for reason in hooks.citable(case)}
    assert {text.partition(":")[0] for text in said} == {"Breach", "Order"}
    client = cases.browser(by)
    address = f"/cases/{case.key}/risk/assess"
    page = client.get(address, secure=True).content.decode()
    assert "Incidents, breaches and orders: violence" in page
    assert all(text in page for text in said)
    keys = [str(breach.key), str(order.key)]
    chosen = {f"{name}_cites": keys for name in JUDGEMENTS}
    assert client.post(address, sent(**chosen), secure=True).status_code == 302
    with identity.as_person(by):
        made = Assessment.objects.get(case=case)
        assert made.harm_cites == [breach.key, order.key]
    telling.assess(by, case, citing(breach.key))
    for place in ("", f"/assessments/{made.key}", "/compare"):
        shown = client.get(f"/cases/{case.key}/risk{place}", secure=True).content.decode()
        assert f"Breach: {said_of(said, 'Breach')}" in shown, place
        # On the first page stands what each judgement rests on now.
        assert f"Order: {said_of(said, 'Order')}" in shown or not place, place
    clinician = cases.browser(making.somebody(Role.CLINICIAN, "health"))
    there = clinician.get(f"/cases/{case.key}/risk/assessments/{made.key}", secure=True).content.decode()
    assert all(text in there for text in said)
    with identity.as_person(by):
        (pack,) = papers.make(by, case, "spo", {})
    outline = json.dumps(pack.outline, ensure_ascii=False)
    assert f"Breach: {said_of(said, 'Breach')}" in outline
    assert "No breach is recorded" not in outline


def said_of(said: set[str], kind: str) -> str:
    return next(text for text in said if text.startswith(kind)).removeprefix(f"{kind}: ")


def test_what_was_cited_stays_as_it_was_when_the_order_is_varied() -> None:
    by = making.somebody(Role.INVESTIGATOR)
    case = telling.a_case(by)
    order = ordering.record(by, case)
    made = telling.assess(by, case, citing(order.key))
    later = ordering.draft(made_on=ordering.TODAY(), last_day=ordering.TODAY() + dt.timedelta(days=4000))
    with identity.as_person(by):
        orders.change(by, case, standing(case, order.thread), later, "Varied by the court.")
        (now,) = hooks.citable(case)
        assert now.key != order.key
    page = cases.browser(by).get(f"/cases/{case.key}/risk/assessments/{made.key}", secure=True)
    assert day(order.last_day) in page.content.decode()
    with pytest.raises(NotPossibleError, match="was changed since"):
        telling.assess(by, case, citing(order.key))


def test_an_order_that_one_side_alone_knows_of_is_neither_offered_nor_taken() -> None:
    by = making.somebody(Role.INVESTIGATOR)
    case = telling.a_case(by)
    kept = ordering.record(by, case, side="police")
    with identity.as_person(by):
        assert hooks.citable(case) == []
        assert hooks.cited(case, [kept.key]) == {}
    with pytest.raises(NotPossibleError, match="no longer shown"):
        telling.assess(by, case, citing(kept.key))


def test_a_breach_is_to_be_cited_where_there_is_no_report_and_an_order_alone_need_not_be() -> None:
    by = making.somebody(Role.INVESTIGATOR)
    case = telling.a_case(by)
    ordering.record(by, case)
    telling.assess(by, case, citing())
    ordering.breach(by, case)
    with pytest.raises(NotPossibleError, match="at least one incident"):
        telling.assess(by, case, citing())


def test_a_breach_that_came_with_a_report_is_offered_once_as_that_report() -> None:
    by = making.somebody(Role.INVESTIGATOR)
    case = telling.a_case(by)
    report = telling.a_report(case, acts=["breach"], agency="force-b")
    with making.as_the_owner():
        hooks.happened(None, hooks.Event(case, "breach", dt.date(2026, 10, 1), report.report_key))
    with identity.as_person(by):
        assert hooks.citable(case) == []
    telling.assess(by, case, citing(report.key))
