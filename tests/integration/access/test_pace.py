"""Pages of cases answer together: not before their time, whether there is something to hide or not."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import reverse

from lamplighter.hub.access.pages import shows
from lamplighter.hub.access.wall.system_checks import pages
from lamplighter.hub.accounts.models import Role
from lamplighter.hub.web import person as middleware
from tests.integration.access import making

pytestmark = pytest.mark.django_db
LEAST = 100  # milliseconds


class _Watch:
    """A clock that stands still but for what the page takes and what the middleware waits."""

    def __init__(self) -> None:
        self.now = 5.0
        self.waited: list[float] = []

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.waited.append(seconds)
        self.now += seconds


@pytest.fixture
def watch(monkeypatch: pytest.MonkeyPatch, settings: Any) -> _Watch:
    settings.ANSWERS_TAKE_AT_LEAST = LEAST
    made = _Watch()
    monkeypatch.setattr(middleware, "time", made)
    return made


def _paced(watch: _Watch, seconds: float, partitions: tuple[str, ...]) -> float:
    @shows(*partitions)
    def view(request: HttpRequest) -> HttpResponse:
        return HttpResponse()

    def answer(request: HttpRequest) -> HttpResponse:
        request.resolver_match = type("Match", (), {"func": staticmethod(view)})()
        watch.now += seconds
        return HttpResponse()

    began = watch.now
    middleware.EvenPace(answer)(HttpRequest())
    return watch.now - began


@pytest.mark.parametrize("seconds", [0.0, 0.017, 0.0999])
def test_quicker_answers_all_take_the_same(watch: _Watch, seconds: float) -> None:
    assert _paced(watch, seconds, ("shared", "health")) == pytest.approx(LEAST / 1000)


def test_nobody_waits_longer_than_the_page_takes(watch: _Watch) -> None:
    assert _paced(watch, 0.25, ("vault",)) == pytest.approx(0.25)
    assert _paced(watch, 0.01, ("records",)) == pytest.approx(0.01)
    assert _paced(watch, 0.01, ()) == pytest.approx(0.01)


def test_a_hidden_case_and_no_case_wait_alike(watch: _Watch, client: Client) -> None:
    hidden = making.a_case(None, "health")
    client.force_login(
        making.somebody(Role.ADVOCATE, "helpline"), backend="django.contrib.auth.backends.ModelBackend"
    )
    for key in (hidden.key, uuid.uuid4()):
        assert client.get(reverse("cases:case", args=[key]), secure=True).status_code == 404
    assert watch.waited == pytest.approx([LEAST / 1000] * 2)


def test_every_page_of_cases_keeps_the_pace() -> None:
    """What a page shows is declared (``access.E002``), so a new one keeps it by saying so."""
    paced = [name for name, view in pages() if middleware.FROM_CASES.intersection(getattr(view, "shows", ()))]
    assert {"cases:case", "cases:history", "cases:list", "cases:search", "clocks:mine"} <= set(paced)
    assert len(paced) > 50
