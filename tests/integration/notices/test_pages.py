"""One's own email, page by page; how the sending stands; and the two as every role."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from lamplighter.hub.access.wall import identity
from lamplighter.hub.accounts.models import Role, User
from lamplighter.hub.audit.models import Event
from lamplighter.hub.cases.models import Case
from lamplighter.hub.notices import services
from lamplighter.hub.notices.models import Mailbox
from tests.integration.access import making
from tests.integration.notices import servers
from tests.integration.notices.making import a_mailbox, a_minute, address_of, user_letters

pytestmark = pytest.mark.django_db


def a_client(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def advocate() -> User:
    return making.somebody(Role.ADVOCATE, "helpline")


def text(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


def test_somebody_enters_their_address_confirms_it_chooses_and_removes_it(
    post: servers.Post, advocate: User
) -> None:
    client = a_client(advocate)
    assert "You have entered no address" in text(client.get("/account/email", secure=True))
    sent = client.post("/account/email/address", {"address": address_of(advocate)}, secure=True)
    assert sent["Location"] == "/account/email/code"
    assert "Not yet. It is sent within a minute." in text(client.get("/account/email", secure=True))
    assert a_minute(timezone.now())[1] == 1
    code = post.took[0][1].get_content().partition("Your code is ")[2][:6]
    assert "Not yet. Sent on " in text(client.get("/account/email", secure=True))
    wrong = client.post("/account/email/code", {"code": "x"}, secure=True)
    assert (wrong.status_code, "This is not the code" in text(wrong)) == (422, True)
    assert Mailbox.objects.get().code_tries == 1
    assert client.post("/account/email/code", {"code": code}, secure=True).status_code == 302
    page = text(client.get("/account/email", secure=True))
    for told in ("7pm to 7am, and at weekends and on bank holidays", "At 8am", "Warnings of danger"):
        assert told in page
    given = {
        "at_once": "no",
        "digest": "no",
        "quiet_from": "22:30",
        "quiet_until": "5am",
        "quiet_days": "no",
    }
    assert client.post("/account/email/choices", given, secure=True).status_code == 302
    box = Mailbox.objects.get()
    assert (box.at_once, box.digest, box.quiet_days) == (False, False, False)
    assert (box.quiet_from, box.quiet_until) == (dt.time(22, 30), dt.time(5))
    page = text(client.get("/account/email", secure=True))
    assert "10:30pm to 5am" in page
    assert "A referral waits for triage" not in page
    kept = client.post("/account/email/choices", given | {"quiet_from": "late"}, secure=True)
    assert (kept.status_code, 'value="late"' in text(kept), 'value="5am"' in text(kept)) == (422, True, True)
    client.post("/account/email/test", secure=True)
    assert a_minute(timezone.now())[1] == 1
    client.post("/account/email/remove", secure=True)
    assert not Mailbox.objects.exists()
    verbs = Event.objects.filter(verb__startswith="notices.").order_by("pk").values_list("verb", flat=True)
    assert [verb.removeprefix("notices.") for verb in verbs] == [
        "address_asked",
        "address_confirmed",
        "chosen",
        "test_asked",
        "address_removed",
    ]
    trail = str(list(Event.objects.values_list("subject", "detail", "reason")))
    assert "work.example" not in trail


def test_an_address_that_is_refused_stays_on_the_form_with_the_remedy(
    post: servers.Post, advocate: User
) -> None:
    sent = {"address": "sam@home.example"}
    answer = a_client(advocate).post("/account/email/address", sent, secure=True)
    assert answer.status_code == 422
    assert 'value="sam@home.example"' in text(answer)
    assert "@work.example" in text(answer)


def test_a_hub_without_email_offers_nothing(advocate: User) -> None:
    page = text(a_client(advocate).get("/account/email", secure=True))
    assert "This hub sends no email yet" in page
    assert "Enter your email address" not in page


def test_an_address_that_came_back_is_said_to_its_owner_and_to_the_administrator(
    post: servers.Post, advocate: User
) -> None:
    a_mailbox(advocate)
    with identity.as_person(advocate):
        services.send_test(advocate)
    post.refuses = {address_of(advocate): 550}
    a_minute(timezone.now())
    page = text(a_client(advocate).get("/account/email", secure=True))
    assert "The last email did not arrive. The address was refused." in page
    administrator = making.somebody(Role.ADMINISTRATOR, "hub")
    page = text(a_client(administrator).get("/service/email", secure=True))
    assert f"{advocate.display_name}, {advocate.agency.name}" in page  # type: ignore[union-attr]  # it has one
    assert "@" not in page.partition("<main")[2]


def test_an_administrator_sends_themselves_a_test_and_reads_what_stops_it(post: servers.Post) -> None:
    administrator = making.somebody(Role.ADMINISTRATOR, "hub")
    client = a_client(administrator)
    assert "enter and confirm your own address" in text(client.get("/service/email", secure=True))
    a_mailbox(administrator)
    assert client.post("/account/email/test", secure=True)["Location"] == "/service/email"
    post.data_code = 554
    a_minute(timezone.now())
    page = text(client.get("/service/email", secure=True))
    assert "Your last test: It has not arrived. The server did not take the email. It is tried again" in page
    assert "What to do: Ask whoever runs it why" in page
    post.data_code = 250
    user_letters(administrator).update(due_at=timezone.now())
    a_minute(timezone.now())
    assert "Your last test: Sent on " in text(client.get("/service/email", secure=True))


@pytest.mark.parametrize("role", list(Role))
def test_the_state_of_the_sending_is_for_those_who_see_the_service(role: Role) -> None:
    client = a_client(making.somebody(role, "hub"))
    may = role in {Role.ADMINISTRATOR, Role.COORDINATOR, Role.AUDITOR}
    assert client.get("/service/email", secure=True).status_code == (200 if may else 403)
    assert client.get("/account/email", secure=True).status_code == 200
    assert client.get("/account/email/choices", secure=True).status_code == 302


def test_nobody_without_casework_is_told_of_cases(post: servers.Post) -> None:
    """Their pages have no work list: they get tests and invitations."""
    administrator = making.somebody(Role.ADMINISTRATOR, "hub")
    a_mailbox(administrator)
    making.a_case()
    assert Case.objects.exists()
    assert a_minute(timezone.now()) == (0, 0)
