"""Two people who withdraw the same release: the second sees both reasons, and both are kept."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from lamplighter.hub.access import moment
from lamplighter.hub.access.wall import identity
from lamplighter.hub.accounts.models import User
from lamplighter.hub.sharing import services
from lamplighter.hub.sharing.models import Disclosure, Release, Withdrawal
from tests.integration.access import making
from tests.integration.cases import telling, together
from tests.integration.sharing.making import Team, draft

pytestmark = pytest.mark.django_db(transaction=True)
ONE, OTHER = "She asked for it back.", "He was told of it."


def released(team: Team, days_ago: int = 0, **values: object) -> Release:
    with (
        moment.at(timezone.now() - dt.timedelta(days=days_ago)),
        identity.as_person(team.advocate),
    ):
        return services.release(team.advocate, team.case, draft(**values))


def colleagues(team: Team) -> list[User]:
    return [team.advocate, making.somebody(team.advocate.role, "helpline")]


def test_the_second_sees_both_reasons_and_nothing_is_lost() -> None:
    team = Team()
    line = released(team).disclosure
    address = f"/cases/{team.case.key}/sharing/{line.key}/withdraw"
    second = together.save_together(colleagues(team), address, [{"reason": ONE}, {"reason": OTHER}])
    together.then_both_stand_side_by_side(second, ONE, OTHER)
    with identity.as_person(team.advocate):
        assert Withdrawal.objects.filter(disclosure=line).count() == 1
        first = Disclosure.objects.get(pk=line.pk).withdrawn_at
    assert second.sends_again(address).status_code == 302
    with identity.as_person(team.advocate):
        kept = Withdrawal.objects.filter(disclosure=line).values_list("reason", flat=True)
        assert sorted(kept) == sorted([ONE, OTHER])
        # It was taken back once, at the first moment.
        assert Disclosure.objects.get(pk=line.pk).withdrawn_at == first
    page = second.client.get(address.removesuffix("/withdraw"), secure=True).content.decode()
    assert ONE in page
    assert OTHER in page


def test_one_that_ends_while_the_reason_is_typed_is_said_to_have_ended() -> None:
    team = Team()
    today = timezone.localdate()
    line = released(
        team,
        days_ago=40,
        consent_on=today - dt.timedelta(days=41),
        expires_on=today - dt.timedelta(days=1),
    ).disclosure
    client = telling.browser(team.advocate)
    here = f"/cases/{team.case.key}/sharing/{line.key}"
    assert "Withdraw it" not in client.get(here, secure=True).content.decode()
    answer = client.post(f"{here}/withdraw", {"reason": ONE}, secure=True)
    assert answer.status_code == 422
    text = answer.content.decode()
    assert "It has ended by itself" in text
    assert ONE in text
    with identity.as_person(team.advocate):
        assert not Withdrawal.objects.filter(disclosure=line).exists()
