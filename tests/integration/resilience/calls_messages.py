"""Calls of the services of what the victim brings, for the test that kills them.

What a killed call had sealed stays in the folder of what arrives, where no row speaks of it: it is removed.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from lamplighter.hub.evidence import services as evidence
from lamplighter.hub.evidence.models import Exhibit
from lamplighter.hub.intake.confidentiality.selectors import OWN
from lamplighter.hub.messages import confirming, drafting, pictures, selectors, services
from lamplighter.hub.messages.models import Brought, Draft
from lamplighter.hub.messages.pictures import Placed
from tests.integration.messages import exports
from tests.integration.resilience.world import WHY, Act, World

WHO = {exports.HER: "victim", exports.HIM: "suspect"}
PICTURES = [(f"Screenshot_2026031{n}-101500.png", exports.png(n)) for n in (4, 5)]


def _brought(w: World) -> Brought:
    return Brought.objects.select_related("case", "owner").get(case=w.case)


def _draft(w: World, place: int = 0) -> Draft:
    return selectors.drafts(_brought(w))[place]


def _bring(w: World) -> Any:
    return services.bring(w.advocate, w.case, "chat.txt", exports.chat(12, 2), "By email")


def _answer(w: World) -> Any:
    return services.answer(w.advocate, _brought(w), WHO)


def _answered(w: World) -> None:
    _bring(w)
    _answer(w)


def _bring_pictures(w: World) -> Any:
    return pictures.bring(w.advocate, w.case, PICTURES, "By email", blocked=True)


def _arrange(w: World) -> Any:
    day = dt.date(2026, 3, 14)
    placed = {1: Placed(1, on=day, text="I am outside"), 2: Placed(2, overlaps=True, text="and I wait")}
    return pictures.arrange(w.advocate, _brought(w), placed)


def _edit(w: World) -> Any:
    told = {"channel": "phone", "started_at": None, "ended_at": None, "precision": "not_known"}
    return drafting.edit(w.advocate, _draft(w), words="He rang all night.", **told)


def _part(w: World) -> Any:
    draft = _draft(w)
    return drafting.part(w.advocate, draft, [selectors.lines(draft)[0].key])


def _join(w: World) -> Any:
    return drafting.join(w.advocate, _draft(w), _draft(w, 1))


def _leave_out(w: World) -> Any:
    return drafting.leave_out(w.advocate, _draft(w), WHY)


def _left_out(w: World) -> None:
    _answered(w)
    _leave_out(w)


def _take_in(w: World) -> Any:
    return drafting.take_in(w.advocate, Draft.objects.get(case=w.case, state=Draft.State.LEFT_OUT))


def _confirm(w: World) -> Any:
    held = _brought(w)
    return confirming.confirm(w.advocate, held, selectors.drafts(held), OWN)


def _support(w: World) -> Any:
    return evidence.support(w.advocate, w.case, Exhibit.objects.get(case=w.case), words="He is outside.")


CALLS: dict[str, tuple[Act, Act]] = {
    "take in a file of the victim": (lambda w: None, _bring),
    "answer what a file asks": (lambda w: _bring(w) and None, _answer),
    "take in screenshots of the victim": (lambda w: None, _bring_pictures),
    "put screenshots in order": (lambda w: _bring_pictures(w) and None, _arrange),
    "change a draft incident": (_answered, _edit),
    "make two draft incidents of one": (_answered, _part),
    "join two draft incidents": (_answered, _join),
    "leave out a draft incident": (_answered, _leave_out),
    "take in a draft incident again": (_left_out, _take_in),
    "confirm draft incidents": (_answered, _confirm),
    "say what an exhibit shows": (lambda w: _bring(w) and None, _support),
}
