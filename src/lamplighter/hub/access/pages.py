"""Helpers that views share: ``@shows("shared", "health")``, the partitions a page can show, for the check and
the leak test; and the person who asks for the page."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar, cast

from django.http import HttpRequest

if TYPE_CHECKING:
    from lamplighter.hub.accounts.models import User

View = TypeVar("View", bound=Callable[..., object])


def shows(*partitions: str, look: str = "") -> Callable[[View], View]:
    """``look``: what a look at it is called in the audit trail, where that is not the page's own name."""

    def mark(view: View) -> View:
        view.shows = partitions  # type: ignore[attr-defined]  # read by access.wall.system_checks
        view.look = look  # type: ignore[attr-defined]  # read by audit.access_log.page_access
        return view

    return mark


def who(request: HttpRequest) -> User:
    """The person who asks, on a page that requires somebody."""
    return cast("User", request.user)
