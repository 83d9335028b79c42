"""The clock of a story that is told on the pages: a day of the story for every thread of the site."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone

from lamplighter.hub.access import moment
from lamplighter.hub.risk.second_opinion import second_rater


class Told:
    """The moment of the story, for every thread of the site."""

    at: dt.datetime

    def get(self) -> dt.datetime:
        return self.at


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch, settings: Any) -> Told:
    # The database, whose clock is the real one, ends what is over.
    settings.SESSION_COOKIE_AGE = 90 * 24 * 60 * 60
    told = Told()
    told.at = timezone.now()
    monkeypatch.setattr(moment, "_told", told)
    monkeypatch.setattr(timezone, "now", told.get)
    monkeypatch.setattr(second_rater, "is_drawn", lambda percent: False)
    return told
