"""One person's account, changed by two administrators at the same instant."""

from __future__ import annotations

from typing import Any

import pytest

from lamplighter.hub.access.wall import identity
from lamplighter.hub.accounts.models import Posting, Role, TrainingRecord, User
from tests.integration.access import making
from tests.integration.cases import telling, together

pytestmark = pytest.mark.django_db(transaction=True)
ONE, OTHER = "The first says why.", "The other says why."
# name -> (page, what each types, how many changes there are when the second has sent it again)
CHANGED: dict[str, tuple[str, list[dict[str, Any]], int]] = {
    "role": ("role", [{"role": Role.CLINICIAN}, {"role": Role.PROBATION}], 2),
    "move": (
        "move",
        [
            {"agency": "force-b", "role": Role.INVESTIGATOR},
            {"agency": "health", "role": Role.CLINICIAN},
        ],
        2,
    ),
    "leave": ("leave", [{}, {}], 1),
}


@pytest.fixture
def administrators() -> list[User]:
    return [making.somebody(Role.ADMINISTRATOR, "hub") for _ in range(2)]


@pytest.mark.parametrize("what", CHANGED)
def test_the_second_sees_both_and_nothing_is_lost(what: str, administrators: list[User]) -> None:
    making.agency("force-b")
    making.agency("health")
    person = making.somebody(Role.INVESTIGATOR, "force-a")
    page, changes, more = CHANGED[what]
    typed = [change | {"reason": why} for change, why in zip(changes, (ONE, OTHER), strict=True)]
    address = f"/account/people/{person.key}/{page}"
    second = together.save_together(administrators, address, typed)
    together.then_both_stand_side_by_side(second, ONE, OTHER)
    for change in changes:
        if role := change.get("role"):
            assert Role(role).label in second.text

    def changes_of() -> int:
        with identity.as_person(administrators[0]):
            return Posting.objects.filter(user=person).count()

    assert changes_of() == 1
    again = second.sends_again(address)
    # Nobody leaves twice: what was typed is still in the form.
    assert (again.status_code == 302) == (more == 2)
    assert changes_of() == more
    if more == 2:
        person.refresh_from_db()
        assert person.role == second.typed["role"]
    else:
        assert second.typed["reason"] in again.content.decode()


def test_a_change_while_another_form_is_open_is_shown_beside_it(administrators: list[User]) -> None:
    """Of different kinds: one gives another role while the other moves them."""
    making.agency("health")
    person = making.somebody(Role.INVESTIGATOR, "force-a")
    here = f"/account/people/{person.key}"
    first, second = (telling.browser(user) for user in administrators)
    shown = together.hidden(second.get(f"{here}/move", secure=True).content.decode())
    role = {"role": Role.STALKING_LEAD, "reason": ONE}
    role |= together.hidden(first.get(f"{here}/role", secure=True).content.decode())
    assert first.post(f"{here}/role", role, secure=True).status_code == 302
    move = {"agency": "health", "role": Role.CLINICIAN, "reason": OTHER} | shown
    answer = second.post(f"{here}/move", move, secure=True)
    text = answer.content.decode()
    for words in (ONE, OTHER, "Given another role", Role.CLINICIAN.label, Role.STALKING_LEAD.label):
        assert words in text
    person.refresh_from_db()
    assert (person.role, person.agency_id) == (Role.STALKING_LEAD, "force-a")
    again = second.post(f"{here}/move", move | together.hidden(text), secure=True)
    assert again.status_code == 302
    person.refresh_from_db()
    assert (person.role, person.agency_id) == (Role.CLINICIAN, "health")


def test_the_same_training_recorded_by_two(administrators: list[User]) -> None:
    person = making.somebody(Role.INVESTIGATOR, "force-a")
    on = together.date("completed_on", 2026, 3, 2)
    same = {"person": str(person.key), "topic": "stalking-awareness"} | on
    typed = [same | {"evidence": words} for words in (ONE, OTHER)]
    address = "/account/training/record"
    second = together.save_together(administrators, address, typed)
    together.then_both_stand_side_by_side(second, ONE, OTHER)
    with identity.as_person(administrators[0]):
        assert TrainingRecord.objects.filter(user=person).count() == 1
    assert second.sends_again(address).status_code == 302
    with identity.as_person(administrators[0]):
        kept = TrainingRecord.objects.filter(user=person).values_list("evidence", flat=True)
        assert sorted(kept) == sorted([ONE, OTHER])
