"""The address of a link: the two records, sealed by this hub."""

from __future__ import annotations

import pytest
from django.urls import reverse

from lamplighter.hub.accounts import encryption
from lamplighter.hub.accounts.models import Role
from lamplighter.hub.audit.models import Event
from lamplighter.hub.people.links import addresses
from lamplighter.hub.people.matching import services as relinking
from lamplighter.hub.people.models import Link
from tests.integration.access import making
from tests.integration.cases import telling

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("the_story"), pytest.mark.own_server]


@pytest.fixture
def pages():
    """The page and the picture at an address, as somebody who may see links is answered."""
    client = telling.browser(making.somebody(Role.INVESTIGATOR))

    def answered(address):
        return [
            client.get(reverse(f"people:{page}", args=[address]), secure=True).status_code
            for page in ("link", "waterfall")
        ]

    return answered


def some_link():
    return Link.objects.filter(band=Link.Band.LINKED).order_by("pk").first()


def test_an_address_leads_to_its_pair_and_says_nothing_of_it(pages):
    link = some_link()
    assert pages(link.address) == [200, 200]
    assert addresses.pair_at(link.address) == link.pk
    for told in (link.address, bytes.fromhex(link.address).decode("latin-1")):
        assert not [part for record in link.pk for part in record.split("/") if part in told]


def test_every_link_has_an_address_of_its_own_that_outlasts_linking_everything_anew(pages):
    before = {link.pk: link.address for link in Link.objects.all()}
    relinking.relink_all(fit=False)
    assert {link.pk: link.address for link in Link.objects.all()} == before
    assert (
        len(set(before.values())) == len({addresses.name_of(a) for a in before.values()}) == len(before) > 10
    )
    assert pages(before[some_link().pk]) == [200, 200]


def test_what_this_hub_did_not_seal_is_not_found(pages, monkeypatch, tmp_path):
    link = some_link()
    left, right = link.pk
    good = link.address
    with monkeypatch.context() as elsewhere:
        elsewhere.setenv("LAMPLIGHTER_HOME", str(tmp_path))
        others = link.address
        assert addresses.pair_at(others) == link.pk
    assert others != good
    changed = good[:-1] + ("0" if good[-1] != "0" else "1")
    for made_up in (
        others,
        changed,
        good[:-2],
        good.upper(),
        good[: encryption.SHORT],
        "0123456789abcdef",  # as a link was named before
        "abc",
        "not-hexadecimal",
        encryption.address(f"{left}{addresses.BETWEEN}{right}", use="another use"),
        addresses.address_of(right, left),
        addresses.address_of(left, "nobody"),
        addresses.address_of("", ""),
    ):
        assert pages(made_up) == [404, 404], made_up
    assert pages(good) == [200, 200]


def test_the_trail_keeps_a_digest_from_which_nobody_gets_the_records_back(pages):
    link = some_link()
    pages(link.address)
    told = Event.objects.filter(verb="people.link_seen").latest("pk").subject
    assert told == f"link {addresses.name_of(link.address)}"
    assert pages(told.removeprefix("link ")) == [404, 404]
