"""Calls of the services of risk and of instruments, for the test that kills them."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils import timezone

from lamplighter.hub.instruments import selectors as sheets
from lamplighter.hub.instruments import services as instruments
from lamplighter.hub.instruments.models import Sheet
from lamplighter.hub.risk import selectors, services
from lamplighter.hub.risk.levels import JUDGEMENTS
from lamplighter.hub.risk.models import BlindAsk, Trigger
from lamplighter.hub.risk.plan import services as plan
from lamplighter.hub.risk.policies import Action
from lamplighter.hub.risk.second_opinion import second_rater
from lamplighter.hub.risk.triggers import services as triggers
from tests.integration.instruments import filling
from tests.integration.resilience.world import WHY, Act, World
from tests.integration.risk import telling

WORDS = plan.Words("He waits at her work", "Her", "A word with the door", "If he writes again")
LATER = dt.timedelta(days=7)


def _high(w: World) -> Any:
    return services.assess(w.police, w.case, telling.a_high(w.police), drawn=False)


def _drawn(w: World) -> Any:
    return services.assess(w.police, w.case, telling.draft(), drawn=True)


def _resting(w: World) -> Any:
    """A lower level that waits for a second agency, a task that ends, an instrument and a second rater."""
    given = {"violence": "low", "asked": w.advocate, "grounds": ("custody",), "answers_for": w.police}
    keys = tuple(one.sheet.key for one in selectors.citable(w.case))
    draft = telling.draft(**given, instruments=keys)
    return services.assess(w.police, w.case, draft, drawn=True)


def _waits(w: World) -> None:
    _high(w)
    given = {"violence": "low", "asked": w.advocate, "grounds": ("custody",), "answers_for": w.police}
    services.assess(w.police, w.case, telling.draft(**given), drawn=False)


def _answer(w: World) -> Any:
    waits = selectors.current(w.case).waits
    assert waits is not None
    return services.answer_lower(w.advocate, w.case, waits, "agreed", WHY)


def _happened(w: World) -> Any:
    return triggers.record(w.police, w.case, "arrest", timezone.localdate(), WHY)


def _ask(w: World) -> BlindAsk:
    return BlindAsk.objects.select_related("rater__agency").get(case=w.case)


def _rate(w: World) -> Any:
    ask = _ask(w)
    assert ask.rater is not None
    return second_rater.rate(ask.rater, w.case, ask, dict.fromkeys(JUDGEMENTS, "high"), WHY)


def _decline(w: World) -> Any:
    ask = _ask(w)
    assert ask.rater is not None
    return second_rater.decline(ask.rater, w.case, ask, "leave")


def _scenario(w: World) -> Any:
    return plan.write(w.police, w.case, WORDS)


def _begun(w: World) -> None:
    instruments.begin(w.police, w.case, "four")


def _sheet(w: World) -> Sheet:
    return Sheet.objects.filter(case=w.case).latest("pk")


def _page(w: World) -> Any:
    found = sheets.one(w.case, _sheet(w).key)
    page = found.path.pages[0]
    given = {item.code: filling.fit(item, ()) for item in page.items if not item.evidence}
    return instruments.answer_page(w.police, w.case, found.sheet.key, page.section.code, given)


def _answered(w: World) -> None:
    cites = (filling.an_incident(w.police, w.case),)
    _begun(w)
    filling.answer_all(w.police, w.case, _sheet(w), cites)


def _submit(w: World) -> Any:
    return instruments.submit(w.police, w.case, _sheet(w).key)


def _submitted(w: World) -> None:
    _answered(w)
    _submit(w)


def _licence(w: World) -> Any:
    day = timezone.localdate()
    return instruments.record_licence(w.police, code="srp", holder="Authors", reference="L-1", valid_from=day)


def _high_and_submitted(w: World) -> None:
    _high(w)
    _submitted(w)
    _happened(w)


CALLS: dict[str, tuple[Act, Act]] = {
    "assess the risk": (lambda w: None, _high),
    "assess the risk again": (_high_and_submitted, _resting),
    "agree to a lower level": (_waits, _answer),
    "record a trigger": (lambda w: None, _happened),
    "set a trigger aside": (
        lambda w: _happened(w) and None,
        lambda w: triggers.set_aside(w.police, w.case, Trigger.objects.get(case=w.case), WHY),
    ),
    "judge as the second rater": (lambda w: _drawn(w) and None, _rate),
    "decline to judge as the second rater": (lambda w: _drawn(w) and None, _decline),
    "scenario of the plan": (lambda w: None, _scenario),
    "action of the plan": (
        lambda w: None,
        lambda w: plan.act(w.police, w.case, Action(WHY, w.advocate, timezone.localdate() + LATER)),
    ),
    "measure of the plan": (
        lambda w: _high(w) and None,
        lambda w: plan.measure(w.police, w.case, "arrest", "done", WHY),
    ),
    "the victim's view of the plan": (
        lambda w: None,
        lambda w: plan.view(w.advocate, w.case, "Afraid of Fridays."),
    ),
    "begin an instrument": (lambda w: None, lambda w: instruments.begin(w.police, w.case, "four")),
    "answer a page of an instrument": (_begun, _page),
    "submit an instrument": (_answered, _submit),
    "correct an instrument": (
        _submitted,
        lambda w: instruments.correct(w.police, w.case, _sheet(w).key),
    ),
    "set an instrument aside": (
        _begun,
        lambda w: instruments.set_aside(w.police, w.case, _sheet(w).key),
    ),
    "record a licence": (lambda w: None, _licence),
}
