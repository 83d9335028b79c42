"""What a walk leaves out makes no difference: a page that asks nothing of how it is sent answers alike."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from lamplighter.hub.accounts.models import Role
from lamplighter.hub.cases.models import Case
from tests.integration.access import making
from tests.integration.wall import aside, watched

pytestmark = pytest.mark.django_db
SENT = {"reason": "A look that is needed for this test, with a reason.", "q": "Nair"}


@pytest.fixture
def case() -> Case:
    return making.a_case()


@pytest.fixture
def client() -> Client:
    client = Client()
    client.force_login(
        making.somebody(Role.INVESTIGATOR), backend="django.contrib.auth.backends.ModelBackend"
    )
    return client


@pytest.mark.parametrize("name", ["cases:case", "cases:history", "cases:timeline"])
def test_a_page_that_did_not_ask_how_it_was_asked_answers_a_form_as_it_answers_without(
    name: str, case: Case, client: Client
) -> None:
    address = reverse(name, args=[case.key])
    with watched.requests(client):
        answer = client.get(address, secure=True)
    assert answer.status_code == 200
    assert (answer.wsgi_request.saw_how, answer.wsgi_request.saw_the_form) == (False, False)
    assert aside.ask(client, address, SENT).text == aside.ask(client, address).text


def test_a_page_that_takes_a_form_asks_how_and_reads_it(case: Case, client: Client) -> None:
    address = reverse("cases:legal", args=[case.key])
    with watched.requests(client):
        shown = client.get(address, secure=True).wsgi_request
        sent = client.post(address, SENT, secure=True).wsgi_request
    assert shown.saw_how
    assert (sent.saw_how, sent.saw_the_form) == (True, True)


def test_what_is_refused_before_its_view_counts_as_asked(case: Case) -> None:
    address = reverse("cases:history", args=[case.key])
    client = Client()
    with watched.requests(client):
        answer = client.get(address, secure=True)
    assert answer.status_code == 302
    assert answer.wsgi_request.saw_how
