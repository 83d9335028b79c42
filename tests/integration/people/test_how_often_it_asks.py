"""What a report asks of the database: as often for people who have many records as for those who have few."""

from __future__ import annotations

from collections import Counter

import psycopg
import pytest

from lamplighter.hub.people import services
from tests.integration.patterns import story

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("the_story")]

AT_MOST = 20
"""Statements of a report that joins people who are known, those that begin and end its transaction included:
nearly each is a way to the server and back."""


@pytest.fixture
def asked(monkeypatch):
    """Statements that go to the server, of Django's cursors and of ours, counted by how they begin."""
    found: Counter[str] = Counter()
    execute = psycopg.Cursor.execute

    def counted(self, query, *args, **more):
        found[" ".join(str(query).split())[:60]] += 1
        return execute(self, query, *args, **more)

    monkeypatch.setattr(psycopg.Cursor, "execute", counted)
    return found


def again(number):
    """The fourth report once more, as another one of the same two people."""
    return story.FOURTH | {"report_id": f"force_a:4A/000{400 + number}/26"}


def test_a_report_of_people_with_many_records_asks_no_more_often(asked):
    many = [again(n) for n in range(40)]
    story.receive(many)
    often = []
    for report in many:
        asked.clear()
        touched = services.match_reports([report["report_id"]])
        often.append(asked.total())
    assert {r["report_id"] for r in (*story.STORY, *many)} <= touched.reports
    # The first of a process reads the model, and which keys are crowded.
    assert max(often[2:]) <= AT_MOST, often
    assert max(often[-5:]) <= min(often[2:5]), often


def test_many_reports_at_once_ask_no_more_often_than_one(asked):
    first, *rest = [again(n) for n in range(12)]
    story.receive([first, *rest])
    services.match_reports([first["report_id"]])
    asked.clear()
    services.match_reports([rest[0]["report_id"]])
    one = asked.total()
    asked.clear()
    services.match_reports([r["report_id"] for r in rest[1:]])
    assert 0 < asked.total() <= one, asked
