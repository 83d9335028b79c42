"""Everything on the other side that two people can edit, sent by both at the same instant."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone

from lamplighter.hub.access import moment
from lamplighter.hub.access.wall.identity import as_person
from lamplighter.hub.accounts.models import User
from lamplighter.hub.cases.models import Case
from lamplighter.hub.perpetrator_side import library, models, selectors, services
from lamplighter.hub.perpetrator_side.programmes import delivery
from tests.integration.cases import together
from tests.integration.perpetrator_side import telling

ONE, OTHER = "The first tells this.", "The other tells that."
CRITERIA = {f"c_{code}": "yes" for code in library.programmes(timezone.localdate())["fact"].criteria}
# name -> (what both type, the field in which they differ, the rows, whether both can stand in the end)
EDITED: dict[str, tuple[dict[str, Any], str, type[Any], bool]] = {
    "relationship": ({"kind": "ex_intimate"}, "source", models.PriorRelationship, True),
    "statement": ({"reason": "Counted"}, "text", models.Statement, True),
    "statement taken back": ({}, "reason", models.Statement, True),
    "enrolment": ({"ground": "volunteer", **CRITERIA}, "why", models.Enrolment, False),
    "practitioner": ({}, "supervisor", models.Allocation, True),
    "session": ({"what": "attended"}, "words", models.SessionOutcome, True),
    "end": ({"how": "service"}, "why", models.Ending, False),
}


def page_for(what: str, user: User, case: Case) -> str:
    """Where it is edited; what has to be there first is there."""
    start = f"/cases/{case.key}/intervention"
    if what == "relationship":
        return f"{start}/typology/relationship"
    if what == "enrolment":
        telling.checked(user, case)
        return f"{start}/programmes/enrol/fact"
    if what.startswith("statement"):
        with as_person(user):
            line = services.state(user, case, "presenting", "He writes to her").line
        return f"{start}/formulation/{line}/{'withdraw' if what.endswith('back') else 'change'}"
    if what == "practitioner":
        return f"{start}/programmes/{telling.enrolled(user, case).key}/allocate"
    key = telling.allocated(user, case).enrolment.key
    if what == "end":
        return f"{start}/programmes/{key}/end"
    with as_person(user), moment.at(telling.days_ago(2)):
        made = delivery.offer(user, case, selectors.course(case, key), 1, telling.days_ago(1))
    return f"{start}/sessions/{made.key}/record"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("what", EDITED)
def test_the_second_sees_both_and_nothing_is_lost(what: str) -> None:
    case, users = telling.a_case(), [telling.clinician(), telling.clinician()]
    address = page_for(what, users[0], case)
    data, field, model, both = EDITED[what]
    if what == "practitioner":
        data = {"practitioner": str(users[0].key)}
    before = rows(users[0], case, model)
    second = together.save_together(users, address, [data | {field: ONE}, data | {field: OTHER}])
    together.then_both_stand_side_by_side(second, ONE, OTHER)
    assert rows(users[0], case, model) == before + 1
    assert (second.sends_again(address).status_code == 302) == both
    assert rows(users[0], case, model) == before + (2 if both else 1)


def rows(user: User, case: Case, model: type[Any]) -> int:
    with as_person(user):
        return int(model.objects.filter(case=case).count())
