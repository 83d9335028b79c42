"""Several suspects of one victim: each stands on the other's pages, for those who can open both."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from lamplighter.hub.access.wall.identity import as_person
from lamplighter.hub.accounts.models import Role, User
from lamplighter.hub.cases.models import ActingTogether, Case, Entry
from lamplighter.hub.cases.participants import acting_together
from lamplighter.hub.cases.participants import services as lead_workers
from lamplighter.hub.site.refusals import NotPossibleError
from tests.integration.access import making
from tests.integration.cases import telling

pytestmark = pytest.mark.django_db
SHE = {"name": "Amrit Gill", "birth_date": dt.date(1999, 4, 2)}
BROTHERS = [
    {"name": name, "birth_date": dt.date(1990 + n, 1, 1)} for n, name in enumerate(("Jas", "Kul", "Sat"))
]
WHY = "They are brothers, and took turns outside her flat."


def case_of(user: User, n: int, *others: str, **changed: Any) -> Case:
    with as_person(user):
        return making.a_case(user, *others, **({"victim": SHE, "suspect": BROTHERS[n]} | changed))


def page(user: User, case: Case, name: str = "/suspects") -> str:
    answer = telling.browser(user).get(f"/cases/{case.key}{name}", secure=True)
    assert answer.status_code == 200
    return answer.content.decode()


def test_said_on_one_case_it_stands_on_the_pages_of_both() -> None:
    user = making.somebody(Role.STALKING_LEAD)
    one, other = case_of(user, 0), case_of(user, 1)
    body = page(user, one)
    assert f"Kul, case {other.reference}" in body
    client = telling.browser(user)
    refused = client.post(f"/cases/{one.key}/suspects", {"others": str(other.key)}, secure=True)
    assert (refused.status_code, ActingTogether.objects.count()) == (422, 0)
    sent = {"others": [str(other.key)], "reason": WHY}
    assert client.post(f"/cases/{one.key}/suspects", sent, secure=True).status_code == 302
    for case, of, name in ((one, other, "Kul"), (other, one, "Jas")):
        body = page(user, case)
        assert WHY in body
        assert name in body
        overview = page(user, case, "")
        assert f"The suspect acts together with that of case {of.reference} (referred)" in overview
        # Names are shown where somebody asks for them.
        assert name not in overview
    closing = telling.browser(user).get(f"/cases/{one.key}/close", secure=True).content.decode()
    assert "Others who act together with the suspect are still open" in closing
    # Nothing of it in the history, which everybody on one of the cases reads.
    with as_person(user):
        assert not Entry.objects.filter(body__contains="brothers").exists()


def test_a_third_is_of_the_group_through_the_second_and_can_be_taken_out() -> None:
    user = making.somebody(Role.INVESTIGATOR)
    jas, kul, sat = (case_of(user, n) for n in range(3))
    with as_person(user):
        acting_together.join(user, jas, [kul], WHY)
        before = timezone.now()
        row = acting_together.join(user, kul, [sat], "He drove the car.")[0]
        assert [o.name for o in acting_together.of_case(jas)] == ["Kul", "Sat"]
        assert [o.case for o in acting_together.could(jas)] == []
    sent = {"reason": "It was somebody else’s car."}
    where = f"/cases/{jas.key}/suspects/{row.key}/part"
    client = telling.browser(user)
    assert client.post(where, {"reason": ""}, secure=True).status_code == 422
    assert client.post(where, sent, secure=True).status_code == 302
    # Said twice, the second is told and changes nothing.
    there = f"/cases/{kul.key}/suspects/{row.key}/part"
    assert telling.browser(user).post(there, sent, secure=True).status_code == 422
    with as_person(user):
        assert [o.name for o in acting_together.of_case(jas)] == ["Kul"]
        assert [o.name for o in acting_together.of_case(sat)] == []
        # What was known on an earlier day is still shown for it.
        assert [o.name for o in acting_together.of_case(jas, before)] == ["Kul"]
        assert ActingTogether.objects.count() == 3


@pytest.mark.parametrize(
    "changed",
    [
        {"victim": {"name": "Somebody Else", "birth_date": dt.date(1990, 1, 1)}},
        # The same two people again: that is a repeated referral, and no second suspect.
        {"suspect": BROTHERS[0], "again_why": "Another hub asked for it."},
    ],
)
def test_only_another_suspect_of_the_same_victim_can_be_chosen(changed: dict[str, Any]) -> None:
    user = making.somebody(Role.INVESTIGATOR)
    one, other = case_of(user, 0), case_of(user, 1, **changed)
    assert other.reference not in page(user, one)
    with as_person(user), pytest.raises(NotPossibleError, match="same victim"):
        acting_together.join(user, one, [other], WHY)


def test_whoever_cannot_open_the_other_case_learns_nothing_of_it() -> None:
    user = making.somebody(Role.INVESTIGATOR)
    one, other = case_of(user, 0, "health"), case_of(user, 1)
    with as_person(user):
        made = acting_together.join(user, one, [other], WHY)[0]
    clinician = making.somebody(Role.CLINICIAN, "health")
    with as_person(clinician):
        assert (acting_together.said(one), ActingTogether.objects.count()) == ([], 0)
    for name in ("/suspects", "", "/history"):
        body = page(clinician, one, name)
        assert not any(told in body for told in (WHY, "Kul", other.reference, "The suspect acts together"))
    answer = telling.browser(clinician).get(f"/cases/{one.key}/suspects/{made.key}/part", secure=True)
    assert answer.status_code == 404


def test_a_row_of_another_group_is_not_found_through_this_case() -> None:
    user = making.somebody(Role.INVESTIGATOR)
    jas, kul, sat = (case_of(user, n) for n in range(3))
    with as_person(user):
        row = acting_together.join(user, kul, [sat], WHY)[0]
    answer = telling.browser(user).get(f"/cases/{jas.key}/suspects/{row.key}/part", secure=True)
    assert answer.status_code == 404


def test_whoever_leads_a_case_beside_it_reads_for_themselves() -> None:
    user, lead = making.somebody(Role.INVESTIGATOR), making.somebody(Role.STALKING_LEAD)
    one, other, third = (case_of(user, n) for n in range(3))
    with as_person(user):
        acting_together.join(user, one, [other], WHY)
    with as_person(lead):
        lead_workers.assign(lead, other, lead, [lead])
        assert acting_together.beside_led([one.pk, other.pk, third.pk], lead) == {one.pk}
    with as_person(user):
        assert acting_together.beside_led([one.pk, other.pk, third.pk], user) == set()


def test_the_page_of_safe_contact_names_those_who_act_together_with_the_suspect() -> None:
    user, advocate = making.somebody(Role.INVESTIGATOR), making.somebody(Role.ADVOCATE, "helpline")
    one, other = case_of(user, 0, "helpline"), case_of(user, 1, "helpline")
    with as_person(user):
        acting_together.join(user, one, [other], WHY)
    client = telling.browser(advocate)
    body = client.get(reverse("victim:safe_contact", args=[one.key]), secure=True).content.decode()
    assert "The suspect acts together with Kul." in body
