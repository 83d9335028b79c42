"""A mail server and Notify: always encrypted, signed in, and every refusal in one word without an address."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Iterator
from typing import Any

import pytest

from lamplighter.hub.notices.carriers.notify import Notify
from lamplighter.hub.notices.carriers.protocol import FAULTS, Carrier, NotSentError, Outcome, told
from lamplighter.hub.notices.carriers.smtp import Smtp
from lamplighter.hub.notices.letters import Message
from tests.integration.notices import servers

TO = "sam.reed@work.example"
CALENDAR = b"BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nSUMMARY:Meeting \xc5\xb5\r\nEND:VCALENDAR\r\n"


def a_message(calendar: bytes = b"") -> Message:
    return Message(uuid.uuid4(), "Your work list", "You have 3 new things on your work list.\n", calendar)


def smtp(server: servers.Post, found: servers.Certificate, **rest: Any) -> Smtp:
    given: dict[str, Any] = {"user": servers.USER, "password": servers.PASSWORD}
    given |= {"authority": str(found.authority), "security": "starttls", "host": "localhost"} | rest
    return Smtp(port=server.port, sender="notices@hub.example", sender_name="Work list", **given)


def fault_of(carrier: Carrier, message: Message | None = None) -> str:
    with pytest.raises(NotSentError) as raised:
        carrier.send(message or a_message(), TO)
    assert raised.value.fault in FAULTS
    assert "@" not in str(raised.value)
    assert raised.value.__suppress_context__ or raised.value.__context__ is None
    return raised.value.fault


@pytest.fixture(params=["starttls", "tls"])
def either(
    request: pytest.FixtureRequest, certificate: servers.Certificate
) -> Iterator[tuple[servers.Post, Smtp]]:
    with servers.mail_server(certificate, tls_first=request.param == "tls") as server:
        yield server, smtp(server, certificate, security=request.param)


def test_an_email_is_sent_encrypted_and_says_who_it_is_from_and_no_name(
    either: tuple[servers.Post, Smtp],
) -> None:
    server, carrier = either
    message = a_message()
    assert carrier.send(message, TO) == ""
    [(to, letter)] = server.took
    assert (to, server.tls) == (TO, [True])
    assert letter["From"] == "Work list <notices@hub.example>"
    assert letter["To"] == TO
    assert letter["Subject"] == "Your work list"
    assert letter["Message-ID"] == f"<{message.key}@hub.example>"
    assert letter["Auto-Submitted"] == "auto-generated"
    assert letter.get_content().splitlines() == message.body.splitlines()
    # Not the name of this machine.
    assert set(server.greeted) == {"hub.example"}


def test_a_calendar_file_arrives_byte_for_byte(either: tuple[servers.Post, Smtp]) -> None:
    server, carrier = either
    carrier.send(a_message(CALENDAR), TO)
    [part] = list(server.took[0][1].iter_attachments())
    assert part.get_content_type() == "text/calendar"
    assert part["Content-Type"].params["method"] == "REQUEST"
    assert part.get_filename() == "invitation.ics"
    assert part.get_payload(decode=True) == CALENDAR


def test_every_refusal_of_a_mail_server_has_its_word(certificate: servers.Certificate) -> None:
    with servers.mail_server(certificate) as server:
        assert fault_of(smtp(server, certificate, password="wrong")) == "sign_in"
        assert fault_of(smtp(server, certificate, authority="")) == "certificate"
        assert fault_of(smtp(server, certificate, security="tls")) in {"certificate", "no_answer"}
        server.refuses = {TO: 550}
        assert fault_of(smtp(server, certificate)) == "refused"
        server.refuses = {TO: 451}
        assert fault_of(smtp(server, certificate)) == "too_many"
        server.refuses, server.data_code = {}, 554
        assert fault_of(smtp(server, certificate)) == "rejected"
        server.offers_tls = False
        assert fault_of(smtp(server, certificate)) == "no_tls"
        assert server.took == []
    assert fault_of(smtp(server, certificate)) == "no_answer"


def test_another_name_than_the_certificates_is_not_written_to(certificate: servers.Certificate) -> None:
    with servers.mail_server(certificate) as server:
        assert fault_of(smtp(server, certificate, host="127.0.0.1")) == "certificate"


# Notify ---------------------------------------------------------------------------------------------------


@pytest.fixture
def api(certificate: servers.Certificate) -> Iterator[servers.NotifyApi]:
    with servers.notify(certificate) as server:
        yield server


def notify(api: servers.NotifyApi, found: servers.Certificate, key: str = servers.KEY) -> Notify:
    return Notify(key, servers.TEMPLATE, api=api.url, authority=str(found.authority))


def test_notify_takes_a_signed_request_and_tells_what_became_of_it(
    api: servers.NotifyApi, certificate: servers.Certificate
) -> None:
    carrier, message = notify(api, certificate), a_message()
    reference = carrier.send(message, TO)
    assert api.took == [
        {
            "email_address": TO,
            "template_id": servers.TEMPLATE,
            "personalisation": {"subject": message.subject, "body": message.body},
            "reference": str(message.key),
        }
    ]
    assert carrier.outcome(reference) is Outcome.NOT_KNOWN
    for status, outcome in (
        ("delivered", Outcome.ARRIVED),
        ("permanent-failure", Outcome.REFUSED),
        ("temporary-failure", Outcome.REFUSED),
        ("technical-failure", Outcome.REFUSED),
        ("a new word", Outcome.NOT_KNOWN),
    ):
        api.status = status
        assert carrier.outcome(reference) is outcome
    assert api.faults == []


def test_every_refusal_of_notify_has_its_word(
    api: servers.NotifyApi, certificate: servers.Certificate
) -> None:
    carrier = notify(api, certificate)
    bad = {"errors": [{"error": "ValidationError", "message": f"email_address {TO} is not valid"}]}
    for answer, fault in (
        ((400, bad), "refused"),
        ((400, {"errors": [{"error": "BadRequestError", "message": "Template not found"}]}), "rejected"),
        ((400, {}), "rejected"),
        ((429, {"errors": [{"error": "RateLimitError", "message": "Exceeded"}]}), "too_many"),
        ((500, {}), "no_answer"),
        ((302, {}), "rejected"),
        ((201, {"id": "../../service"}), "rejected"),
    ):
        api.answers = answer
        assert fault_of(carrier) == fault
    api.answers = None
    other = f"hub_key-{servers.SERVICE}-{uuid.uuid4()}"
    assert fault_of(notify(api, certificate, other)) == "sign_in"
    assert api.faults == ["BadSignatureError"]
    assert fault_of(notify(api, certificate, "no key")) == "not_set_up"
    assert fault_of(Notify(servers.KEY, servers.TEMPLATE, api=api.url)) == "certificate"
    assert api.took == []


def test_a_fault_of_an_earlier_version_still_has_words() -> None:
    assert told("of_an_earlier_version") == ("It did not arrive.", "See the log of the worker.")
    assert all(told(fault) == words for fault, words in FAULTS.items())


def test_no_carrier_says_an_address_or_a_secret(
    api: servers.NotifyApi, certificate: servers.Certificate, caplog: pytest.LogCaptureFixture
) -> None:
    with servers.mail_server(certificate) as server, caplog.at_level(logging.DEBUG):
        server.refuses = {TO: 550}
        carriers: list[Carrier] = [smtp(server, certificate), notify(api, certificate)]
        api.answers = (400, {"errors": [{"message": f"email_address {TO}"}]})
        for carrier in carriers:
            assert fault_of(carrier) == "refused"
            assert servers.PASSWORD not in repr(carrier)
            assert servers.SECRET not in repr(carrier)
    assert TO not in caplog.text
    assert servers.PASSWORD not in caplog.text
