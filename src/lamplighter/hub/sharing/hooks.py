"""Let a release take something of another context with it, without this one knowing what that is.

An application names its module in ``AppConfig.goes_with_releases``. The module holds
``offered(user, case, key)``: what may go with words that are written now; ``released(user, release, what)``,
called within the transaction that releases them; and ``beside(release)``: what goes with a release that
whoever asks may read.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from types import ModuleType

from django.apps import apps

from lamplighter.hub.accounts.models import User
from lamplighter.hub.cases.models import Case
from lamplighter.hub.sharing.models import Release


@dataclass(frozen=True, slots=True)
class Offered:
    """Something that goes with a release: its key, the side that holds it, its words and its page."""

    key: uuid.UUID
    partition: str
    said: str
    href: str


@dataclass(frozen=True, slots=True)
class Beside:
    """Something that went with a release, for a page: what it is, where it is saved, and its picture."""

    text: str
    href: str
    picture: str = ""


def offered(user: User, case: Case, key: uuid.UUID) -> Offered | None:
    """Return what may go with words of this person; ``None`` for what they may not release."""
    found = (module.offered(user, case, key) for module in _modules())
    return next((one for one in found if one), None)


def released(user: User, release: Release, what: Offered) -> None:
    """Let whoever holds it say that it is released now."""
    for module in _modules():
        module.released(user, release, what)


def beside(release: Release) -> list[Beside]:
    """Return what goes with a release."""
    return [one for module in _modules() for one in module.beside(release)]


def _modules() -> Iterator[ModuleType]:
    for config in apps.get_app_configs():
        if name := getattr(config, "goes_with_releases", ""):
            yield import_module(name)
