"""Whatever comes by the feed is answered in words, and never by a fault of ours, which a sender repeats."""

from __future__ import annotations

import json
import threading
import time
from typing import Any

import pytest
from django.test import Client

from lamplighter.hub.accounts import services as accounts
from lamplighter.hub.intake.feed import api
from lamplighter.hub.intake.feed.concurrency import Turns
from lamplighter.hub.intake.models import OccasionRecord, OffenceRecord, ReportVersion
from lamplighter.records.validation.limits import DEEPEST, MOST_ROWS, MOST_VALUES
from tests.integration.intake import hostile_feed, making

MESSAGES = 300


@pytest.fixture
def send(client: Client, db: None) -> Any:
    token = accounts.issue_feed_token(accounts.ensure_agency("force-a", kind="police"), "test")[1]

    def post(body: Any) -> Any:
        return client.post(
            "/feed/v1/reports",
            body if isinstance(body, bytes) else json.dumps(body),
            content_type="application/json",
            secure=True,
            headers={"Authorization": f"Bearer {token}"},
        )

    return post


def nested(levels: int) -> bytes:
    return b'{"source_ref": "A", "x": ' + b"[" * levels + b"]" * levels + b"}"


@pytest.mark.parametrize(
    ("body", "status", "said"),
    [
        (b'{"source_ref": "A", "summary": "\\ud800"}', 422, "half of a character"),
        (b'{"source_ref": "A\\u0000"}', 422, "null character"),
        (b'{"source_ref": "A", "\\ud800": 1}', 422, "half of a character"),
        (b'{"source_ref": "A", "people": [{"role": "victim", "x": ["\\u0000"]}]}', 422, "null character"),
        (nested(900), 400, "Brackets"),
        (b'{"source_ref": "A", "impact": NaN}', 400, "not JSON"),
        (b'{"source_ref": "A", "age": 1e999}', 400, "not JSON"),
        (b'{"source_ref": "A", "source_ref": "B"}', 400, "twice"),
        (b'{"source_ref": "A", "people": [{"role": "victim", "role": "suspect"}]}', 400, "twice"),
        (b'{"source_ref": "A", "people": {"role": "victim"}}', 422, "list of objects"),
        (b'{"source_ref": "A", "people": ["victim"]}', 422, "list of objects"),
        (b'{"source_ref": "A", "people": [{"role": "victim", "surname": {"a": 1}}]}', 422, "must be a text"),
        (b'{"source_ref": ["A"]}', 422, "must be a text"),
        (b'{"source_ref": 7}', 422, "must be a text"),
        (b'{"source_ref": "A", "people": [{"role": "victim", "safe_contact": 7}]}', 422, "reach a person"),
    ],
)
def test_a_poisoned_message_is_refused_in_words(send: Any, body: bytes, status: int, said: str) -> None:
    answer = send(body)
    assert answer.status_code == status
    told = answer.json()
    assert said in told["message"] + " ".join(r["reason"] for r in told["reasons"])
    assert all(r["remedy"] for r in told["reasons"])
    assert ReportVersion.objects.count() == 0


def test_as_many_brackets_as_a_report_needs_are_read(send: Any) -> None:
    assert send(nested(DEEPEST - 1)).status_code == 201
    assert send(nested(DEEPEST)).status_code == 400


@pytest.mark.parametrize("part", sorted(MOST_ROWS))
def test_more_than_a_report_may_hold_is_refused(send: Any, part: str) -> None:
    one = {"people": {"role": "witness"}, "occasions": {}, "offences": {"offence": "harassment_s2"}}[part]
    answer = send(making.document(**{part: [one] * (MOST_ROWS[part] + 1)}))
    assert answer.status_code == 422
    [reason] = answer.json()["reasons"]
    assert reason["column"] == part
    assert str(MOST_ROWS[part]) in reason["reason"]
    assert ReportVersion.objects.count() == 0


def test_more_telephones_than_a_person_has_are_refused(send: Any) -> None:
    many = making.document()
    many["people"][0]["phones"] = [f"07195 10{n:04d}" for n in range(MOST_VALUES + 1)]
    answer = send(many)
    assert answer.status_code == 422
    assert answer.json()["reasons"][0]["column"] == "people.phones"


@pytest.mark.parametrize("number", [2**31, -1, 10**40, "x", None])
def test_a_sender_does_not_number_the_parts_of_a_report(send: Any, number: Any) -> None:
    told = making.document(occasions=[{"occasion_seq": number}, {}], offences=[{"offence_seq": number}])
    assert send(told).status_code == 201
    assert list(OccasionRecord.objects.values_list("occasion_seq", flat=True)) == [1, 2]
    assert list(OffenceRecord.objects.values_list("offence_seq", flat=True)) == [1]


def test_hostile_messages_are_answered_and_repeated_nowhere(send: Any) -> None:
    statuses = set()
    for number in range(MESSAGES):
        body = hostile_feed.message(20261130, number)
        answer = send(body)
        assert not hostile_feed.faulty(answer.status_code, answer.content), (number, answer.status_code)
        statuses.add(answer.status_code)
    # Some are taken, so that what is tested is not a door that is shut.
    assert {201, 400, 422} <= statuses


def test_who_comes_when_the_turns_are_taken_is_asked_to_come_again(
    send: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken = Turns(read=1, waiting=0, patience=0.05)
    monkeypatch.setattr(api, "turns", taken)
    # Before the token is looked at: that waits for the message of the same token before.
    monkeypatch.setattr(api.accounts, "agency_of_token", lambda _: pytest.fail("the token was looked at"))
    with taken.taken() as mine:
        assert mine
        answer = send(making.document())
    assert answer.status_code == 503
    monkeypatch.undo()
    assert answer["Retry-After"] == str(api.WAIT)
    assert answer.json()["message"]
    assert ReportVersion.objects.count() == 0
    assert send(making.document()).status_code == 201


def test_turns_leave_threads_for_pages_and_are_given_back() -> None:
    turns = Turns(read=2, waiting=1, patience=5)
    release, reading, sent_away = threading.Event(), [], []

    def come() -> None:
        with turns.taken() as mine:
            (reading if mine else sent_away).append(1)
            if mine:
                release.wait(10)

    threads = [threading.Thread(target=come) for _ in range(5)]
    for thread in threads:
        thread.start()
    until = time.monotonic() + 5
    while len(reading) < 2 or len(sent_away) < 2:
        assert time.monotonic() < until
        time.sleep(0.01)
    # Two read, one waits, and two threads are free again at once.
    assert (len(reading), len(sent_away)) == (2, 2)
    release.set()
    for thread in threads:
        thread.join(10)
    assert (len(reading), len(sent_away)) == (3, 2)
    with turns.taken() as mine:
        assert mine
