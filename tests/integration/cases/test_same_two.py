"""Two people who have an open case: told to those who may know, with a reason, and to nobody else."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from lamplighter.hub.access.wall import identity
from lamplighter.hub.accounts.models import Role, User
from lamplighter.hub.cases import policies, selectors
from lamplighter.hub.cases.models import Case, RepeatedReferral
from lamplighter.hub.cases.participants import corrections
from lamplighter.hub.cases.referrals import open_cases
from lamplighter.hub.cases.status import changes
from tests.integration.access import making
from tests.integration.cases import telling

pytestmark = pytest.mark.django_db
SHE = {"name": "Priya Nair", "birth_date": dt.date(1990, 2, 3)}
HE = {"name": "Daniel Hollinshaw", "birth_date": dt.date(1984, 5, 6)}


def refer(user: User, *others: str, **changed: Any) -> Case:
    with identity.as_person(user):
        return making.a_case(user, *others, **({"victim": SHE, "suspect": HE} | changed))


def typed(user: User, **changed: str) -> Any:
    given = {
        "victim_name": "priya  NAIR",
        "suspect_name": "Daniel Hollinshaw",
        "why": "Follows her again.",
        "victim_knows": "yes",
        "danger": "no",
    }
    for side, born in (("victim", SHE["birth_date"]), ("suspect", HE["birth_date"])):
        assert isinstance(born, dt.date)
        given |= {f"{side}_birth_date_{part}": str(getattr(born, part)) for part in ("day", "month", "year")}
    return telling.browser(user).post("/cases/refer", given | changed, secure=True)


def test_typed_twice_it_is_told_and_needs_a_reason() -> None:
    user = making.somebody(Role.ADVOCATE, "helpline")
    first = refer(user, "force-a")
    answer = typed(user)
    body = answer.content.decode()
    assert answer.status_code == 422
    assert first.reference in body
    assert "Why do you refer these two people again?" in body
    assert Case.objects.count() == 1
    assert typed(user, again_why="Another hub asked for it.").status_code == 302
    second = Case.objects.latest("pk")
    page = telling.browser(user).get(f"/cases/{second.key}", secure=True).content.decode()
    assert "Another hub asked for it." in page
    assert first.reference in page


@pytest.mark.parametrize(
    "changed",
    [
        {"suspect_birth_date_day": "7"},
        {"victim_birth_date_day": "", "victim_birth_date_month": "", "victim_birth_date_year": ""},
        {"suspect_name": "Dan Hollinshaw"},
    ],
)
def test_a_name_alone_or_another_birth_date_says_nothing(changed: dict[str, str]) -> None:
    user = making.somebody(Role.ADVOCATE, "helpline")
    refer(user)
    assert typed(user, **changed).status_code == 302


def test_a_case_that_is_over_or_the_other_way_round_says_nothing() -> None:
    by = telling.coordinator()
    case = refer(by)
    with identity.as_person(by):
        assert (open_cases.open_cases(SHE, HE), open_cases.open_cases(HE, SHE)) == ([case], [])
        changes.triage(by, case, "redirected", "other_service", "Theirs.", redirected_to="Force C")
        assert open_cases.open_cases(SHE, HE) == []


def test_people_who_are_known_to_be_one_are_found_whatever_they_are_called() -> None:
    by = telling.coordinator()
    first = refer(by)
    other = refer(by, victim={"name": "Pri"}, suspect={"name": "Dan"})
    with identity.as_person(by):
        for mine, theirs in zip(selectors.parties(other), selectors.parties(first), strict=True):
            corrections.same_person(by, other, mine, theirs, "somebody")
        assert open_cases.of_case(other) == [first]


def test_who_may_not_open_the_case_learns_nothing_and_who_decides_is_told_and_says_why() -> None:
    first = refer(making.somebody(Role.CLINICIAN, "health"))
    sender = making.somebody(Role.ADVOCATE, "helpline")
    assert typed(sender).status_code == 302
    second = Case.objects.latest("pk")
    assert first.reference not in telling.browser(sender).get("/cases/refer", secure=True).content.decode()
    by = telling.coordinator("hub")
    page = telling.browser(by).get(f"/cases/{second.key}/triage", secure=True).content.decode()
    assert f"case {first.reference}" in page
    with identity.as_person(by), pytest.raises(policies.SameTwoPeopleError):
        changes.triage(by, second, "consultation", "fixation", "Repeated.")
    with identity.as_person(by):
        changes.triage(by, second, "consultation", "fixation", "Repeated.", again_why="zqwhy")
    assert RepeatedReferral.objects.get().other == first
    seen = [
        telling.browser(u).get(f"/cases/{second.key}", secure=True).content.decode() for u in (sender, by)
    ]
    assert ["zqwhy" in page for page in seen] == [False, True]
    with identity.as_person(sender):
        assert not RepeatedReferral.objects.exists()
