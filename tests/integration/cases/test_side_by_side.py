"""Everything on a case that two people can edit, sent by both at the same instant."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone

from lamplighter.hub.access.wall import identity
from lamplighter.hub.accounts.models import User
from lamplighter.hub.cases import selectors
from lamplighter.hub.cases.models import Case, FollowUp, LegalStatus, Party, Status
from lamplighter.hub.cases.status import changes
from tests.integration.access import making
from tests.integration.cases import telling, together

SINCE = together.date("since", 2026, 3, 2)
CLOSING = {"why": "plan_done", "current": "no", "not_done": "Nothing", "advocate": "not_asked"}
CLOSING |= dict.fromkeys(("orders", "bail", "release", "trial"), "not_known")
# name -> (page, what each types, how many rows there are more when both are kept)
STATES: dict[str, tuple[str, dict[str, Any], str, type[Any], int]] = {
    "triage": ("triage", {"decision": "direct", "threshold": "fixation"}, "reason", Status, 1),
    "status": ("move", {"to": "step_down"}, "reason", Status, 1),
    "closing": ("close", CLOSING, "reason", Status, 1),
    "follow-up": ("follow-up", {"months": "6", "found": "nothing"}, "words", FollowUp, 2),
    "legal status": ("legal", {"name": "charged", "matter": "first", **SINCE}, "source", LegalStatus, 2),
    "correction of the legal status": (
        "legal",
        {"name": "convicted", "matter": "first", **SINCE},
        "source",
        LegalStatus,
        2,
    ),
    "person": ("people", {"name": "Nair"}, "reason", Party, 2),
}


def a_case_for(what: str, by: User) -> Case:
    if what == "triage":
        return making.a_case(by)
    return telling.a_closed_case(by) if what == "follow-up" else telling.a_working_case(by)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("what", STATES)
def test_the_second_sees_both_and_nothing_is_lost(what: str) -> None:
    users = [telling.coordinator(), telling.coordinator()]
    case = a_case_for(what, users[0])
    page, data, field, model, more = STATES[what]
    address = f"/cases/{case.key}/{page}"
    with identity.as_person(users[0]):
        if what.startswith("correction"):
            row = changes.set_legal_status(users[0], case, "no_action", timezone.localdate(), "A")
            data = data | {"replaces": str(row.key)}
        if what == "person":
            address += f"/{selectors.parties(case)[0].key}"
        before = model.objects.filter(case=case).count()
    typed = [data | {field: "The first tells this."}, data | {field: "The other tells that."}]
    if what == "person":
        typed = [one | {"name": name} for one, name in zip(typed, ("Nair One", "Nair Two"), strict=True)]
    second = together.save_together(users, address, typed)
    words = ("Nair One", "Nair Two") if what == "person" else [one[field] for one in typed]
    together.then_both_stand_side_by_side(second, *words)
    with identity.as_person(users[0]):
        assert model.objects.filter(case=case).count() == before + 1
    # Sent again by somebody who has read both, it is kept as well, where both can be true.
    again = second.sends_again(address)
    assert (again.status_code == 302) == (more == 2)
    with identity.as_person(users[0]):
        assert model.objects.filter(case=case).count() == before + more
