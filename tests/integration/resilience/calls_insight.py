"""Calls of Insight, for the test that kills them."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils import timezone

from lamplighter.hub.accounts.models import Role, User
from lamplighter.hub.insight import folders
from lamplighter.hub.insight import services as insight
from lamplighter.hub.insight.models import Review
from tests.integration.access import making
from tests.integration.resilience.world import Act, World

PERIOD = (dt.date(2025, 7, 1), dt.date(2026, 6, 30))


def _an_analyst(w: World) -> None:
    making.somebody(Role.ANALYST, "hub")


def _analyst() -> User:
    return User.objects.filter(role=Role.ANALYST).latest("pk")


def _ask(w: World) -> Any:
    return insight.ask_for_review(_analyst(), Review.Scope.REPORTS, *PERIOD)


def _stopped(w: World) -> None:
    _an_analyst(w)
    _ask(w)
    Review.objects.update(state="failed")


def _again(w: World) -> Any:
    return insight.ask_again(_analyst(), Review.objects.get())


def _done(w: World) -> None:
    _an_analyst(w)
    folders.emptied(folders.bundle(_ask(w)))
    Review.objects.update(state="done", finished_at=timezone.now())


def _release(w: World) -> Any:
    return insight.ask_for_release(_analyst(), Review.objects.get(), "police-victim")


def _clear(w: World) -> Any:
    return insight.clear_bundles(timezone.localdate() + dt.timedelta(days=60))


CALLS: dict[str, tuple[Act, Act]] = {
    "ask for a review": (_an_analyst, _ask),
    "run a review again": (_stopped, _again),
    "ask for a release": (_done, _release),
    "remove bundles": (_done, _clear),
}
