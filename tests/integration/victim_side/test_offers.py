"""What the victim was offered and answered: for advocates alone, and each answer stays."""

from __future__ import annotations

import pytest
from django.utils import timezone

from lamplighter.hub.accounts.models import Role
from lamplighter.hub.victim_side.models import Offer
from tests.integration.access import making
from tests.integration.cases import telling

pytestmark = pytest.mark.django_db


def test_an_offer_and_its_answer_are_recorded_and_read_by_advocates_alone() -> None:
    advocate, officer = making.somebody(Role.ADVOCATE, "helpline"), making.somebody(Role.INVESTIGATOR)
    case = making.a_case(advocate, "force-a", "health")
    page, today = f"/cases/{case.key}/victim/offers", timezone.localdate()
    given = {"what": "advocate", "answer": "offered", "words": "", "on_day": today.day}
    given |= {"on_month": today.month, "on_year": today.year}
    client = telling.browser(advocate)
    assert "Nobody has recorded an offer yet." in client.get(page, secure=True).content.decode()
    assert "Choose what was offered" in client.post(page, given | {"what": ""}, secure=True).content.decode()
    tomorrow = given | {"on_year": today.year + 1}
    assert client.post(page, tomorrow, secure=True).status_code != 302
    assert Offer.objects.count() == 0
    for answer in ("offered", "declined"):
        assert client.post(page, given | {"answer": answer}, secure=True).status_code == 302
    told = client.get(page, secure=True).content.decode()
    assert told.index("Declined") < told.index("Offered, no answer yet")
    for other in (officer, making.somebody(Role.CLINICIAN, "health")):
        assert telling.browser(other).get(page, secure=True).status_code in {403, 404}
        history = telling.browser(other).get(f"/cases/{case.key}/history", secure=True).content.decode()
        assert "An advocate: declined" not in history
