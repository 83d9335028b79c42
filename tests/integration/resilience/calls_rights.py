"""Calls of the rights, of the glass and of whoever is kept off, for the test that kills them."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from django.utils import timezone

from lamplighter.hub.access.models import BreakGlass, Exclusion
from lamplighter.hub.access.wall import identity
from lamplighter.hub.accounts.models import Role, User
from lamplighter.hub.cases import services as cases
from lamplighter.hub.cases.models import Entry
from lamplighter.hub.oversight.blocked_people import services as blocked_people
from lamplighter.hub.oversight.emergency_access import services as emergency_grants
from lamplighter.hub.redaction import services as redaction
from lamplighter.hub.rights import services as rights
from lamplighter.hub.rights import tasks
from lamplighter.hub.rights.erasure import erasing, ledger
from lamplighter.hub.rights.models import Hold, RetentionDecision, SubjectItem, SubjectRequest
from lamplighter.hub.rights.retention import schedule
from tests.integration.access import making
from tests.integration.resilience.world import WHY, Act, World

LONG = "She rang at midnight and said that he is at the door."


def _ask(w: World) -> Any:
    on = timezone.localdate() - dt.timedelta(days=2)
    return rights.take_in(w.advocate, name="Priya Nair", received_on=on, identity_how="Known to us.")


def _collect(w: World) -> Any:
    tasks.collect(0)


def _asked(w: World) -> None:
    cases.enter(w.advocate, w.case, "note", "A talk", partition="advocacy", body="She rang.")
    _ask(w)
    _collect(w)


def _decide_item(w: World) -> Any:
    item = SubjectItem.objects.filter(owner="helpline").earliest("pk")
    return rights.decide(w.advocate, item, kind="withhold", reason=WHY, exemption="others")


def _withhold_items(w: World) -> Any:
    items = list(SubjectItem.objects.filter(owner="helpline").order_by("pk"))
    return rights.withhold(w.advocate, items, exemption="others", reason=WHY)


def _over(w: World) -> None:
    _asked(w)
    SubjectRequest.objects.update(decide_by=timezone.localdate() - dt.timedelta(days=1))


def _longer(w: World) -> Any:
    request = SubjectRequest.objects.get()
    return rights.give_time(w.advocate, request, "extend", request.received_on, WHY)


def _answer(w: World) -> Any:
    return rights.answer(w.advocate, SubjectRequest.objects.get())


def _review(w: World) -> Any:
    return schedule.decide(w.advocate, w.case, kind="erase", period="advocacy", reason=WHY, early="court")


def _to_approve(w: World) -> None:
    cases.enter(w.advocate, w.case, "note", "A talk", partition="advocacy", body="She rang.")
    _review(w)
    # The newest advocate is who the child finds: somebody else than the one who decided.
    making.somebody(Role.ADVOCATE, "helpline")


def _approve(w: World) -> Any:
    return erasing.approve(w.advocate, w.case, RetentionDecision.objects.get(case=w.case))


def _lost_again(w: World) -> None:
    """As after an older copy came back: the line is in the ledger's file, and the case is there."""
    cases.enter(w.advocate, w.case, "note", "A talk", partition="advocacy", body="She rang.")
    ledger.put(ledger.Line(uuid.uuid4(), timezone.now(), w.case.key, "helpline", False, ()))


def _apply_again(w: World) -> Any:
    lines = [line for line in ledger.read(ledger.folder()) if line.case_key == w.case.key]
    return erasing.apply_again(lines[-1])


def _hold(w: World) -> Any:
    return schedule.hold(w.police, w.case, WHY)


def _break(w: World) -> Any:
    return emergency_grants.break_glass(_lead(), w.case.pk, "advocacy", LONG, 60)


def _slip(w: World) -> None:
    cases.enter(w.police, w.case, "note", "A talk", body="She is at the flat above the bakery.")


def _redact(w: World) -> Any:
    slip = Entry.objects.get(case=w.case, body__contains="bakery")
    with identity.as_person(w.police):
        return redaction.redact(w.police, w.case, slip, "the flat above the bakery", WHY)


def _lead() -> User:
    return User.objects.filter(role=Role.STALKING_LEAD).latest("pk")


def _somebody_else(w: World) -> None:
    making.somebody(Role.STALKING_LEAD)
    making.somebody(Role.COORDINATOR)


def _broken(w: World) -> None:
    _somebody_else(w)
    _break(w)


def _coordinator() -> User:
    return User.objects.filter(role=Role.COORDINATOR).latest("pk")


def _keep_off(w: World) -> Any:
    return blocked_people.keep_off(_coordinator(), w.case, w.clinician, WHY)


def _kept_off(w: World) -> None:
    _somebody_else(w)
    _keep_off(w)


CALLS: dict[str, tuple[Act, Act]] = {
    "take a request in": (lambda w: None, _ask),
    "decide about an item": (_asked, _decide_item),
    "withhold several items": (_asked, _withhold_items),
    "give a request more time": (lambda w: _ask(w) and None, _longer),
    "answer a subject": (_over, _answer),
    "review what is kept": (lambda w: None, _review),
    "place a hold": (lambda w: None, _hold),
    "end a hold": (
        lambda w: _hold(w) and None,
        lambda w: schedule.end_hold(w.police, Hold.objects.get(case=w.case), WHY),
    ),
    "approve an erasure": (_to_approve, _approve),
    "erase again": (_lost_again, _apply_again),
    "redact words": (_slip, _redact),
    "break the glass": (_somebody_else, _break),
    "end a broken glass": (
        _broken,
        lambda w: emergency_grants.end(_lead(), BreakGlass.objects.get(case=w.case)),
    ),
    "review a broken glass": (
        _broken,
        lambda w: emergency_grants.review(
            _coordinator(), BreakGlass.objects.get(case=w.case), "justified", WHY
        ),
    ),
    "keep somebody off": (_somebody_else, _keep_off),
    "keep oneself off": (lambda w: None, lambda w: blocked_people.keep_me_off(w.clinician, w.case, WHY)),
    "let somebody on again": (
        _kept_off,
        lambda w: blocked_people.end(_coordinator(), Exclusion.objects.get(case=w.case), WHY),
    ),
}
