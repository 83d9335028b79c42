"""What a process of the site has loaded before the first report comes."""

from __future__ import annotations

import pytest
from django.db import OperationalError, connection

from lamplighter.hub.people import selectors, services
from lamplighter.hub.web import ready

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("the_story")]


@pytest.fixture(autouse=True)
def keep_connection(monkeypatch):
    monkeypatch.setattr(connection, "close", lambda: None)


def test_no_report_waits_for_the_model():
    selectors._judge.cache_clear()
    ready.make_ready()
    loaded = selectors._judge.cache_info().misses
    assert selectors.judge_in_use() is not None
    assert selectors._judge.cache_info().misses == loaded


def test_a_site_starts_before_its_database(monkeypatch, caplog):
    def away():
        raise OperationalError("connection refused: Priya Nair")

    monkeypatch.setattr(services, "make_ready", away)
    with caplog.at_level("WARNING"):  # a shell may have asked for errors only
        ready.make_ready()
    assert "with the first report" in caplog.text
    assert "Nair" not in caplog.text
