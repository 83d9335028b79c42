"""The demonstration's blind sample: thirty cases that two people judged, by the services of its users."""

from __future__ import annotations

import pytest

from lamplighter.hub.access.wall import identity
from lamplighter.hub.accounts.models import User
from lamplighter.hub.cases.models import Case
from lamplighter.hub.demo import blind_sample, world
from lamplighter.hub.risk.models import BlindAsk
from lamplighter.hub.risk.second_opinion import agreement
from tests.integration.access import making
from tests.integration.cases import telling

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


def test_the_page_has_thirty_pairs_that_do_not_all_agree_with_limits_and_it_is_made_once() -> None:
    world.make_users()
    users = {user.username: user for user in User.objects.filter(is_active=True)}
    assert blind_sample.tell(users, lambda words, share: None) == blind_sample.PAIRS == agreement.FEW
    with making.as_the_owner():
        asks = BlindAsk.objects.select_related("rater", "author")
        assert all(ask.rater and ask.rater != ask.author for ask in asks)
        cases = Case.objects.count()
    assert blind_sample.tell(users, lambda words, share: None) == blind_sample.PAIRS
    with making.as_the_owner():
        assert Case.objects.count() == cases == blind_sample.PAIRS
    with identity.as_person(users["coordinator"]):
        found = agreement.of(agreement.ratings())
    for one in found:
        assert one.n >= 20
        assert one.n + one.left_out == blind_sample.PAIRS
        assert 0 < one.same < one.n
        assert one.higher
        assert one.lower
        for figure in (one.kappa, one.icc):
            assert figure.value is not None
            assert figure.lower is not None
            assert figure.upper is not None
            assert -1 < figure.lower < figure.value < figure.upper < 1
            assert 0.2 < figure.value < 0.95
    page = telling.browser(users["coordinator"]).get("/risk/agreement", secure=True).content.decode()
    assert "30 assessments of cases that you can open were judged a second time" in page
    assert "read them as “not known yet”" not in page
