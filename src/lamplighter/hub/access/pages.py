"""``@shows("shared", "health")``: which partitions a page can show, for the check and the leak test."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

View = TypeVar("View", bound=Callable[..., object])


def shows(*partitions: str) -> Callable[[View], View]:
    def mark(view: View) -> View:
        view.shows = partitions  # type: ignore[attr-defined]  # read by access.checks
        return view

    return mark
