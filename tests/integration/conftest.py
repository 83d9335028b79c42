"""A folder of uploads and an installation of each test's own: nothing is left beside the clone."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from django.conf import settings
from django.db import transaction

from lamplighter.hub.operations import checks
from lamplighter.hub.site import places


@pytest.fixture(autouse=True)
def uploads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(settings, "UPLOADS", tmp_path / "uploads")
    return tmp_path / "uploads"


@pytest.fixture(autouse=True)
def installation(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of mappings of the installation."""
    folder = tmp_path_factory.mktemp("installation")
    monkeypatch.setattr(places, "installation", lambda: folder)
    return folder / "mappings"


@pytest.fixture(autouse=True)
def nothing_urgent(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no page ask what affects people now, which the tests of that do after forgetting.

    It is kept for half a minute: a test that came when it ran out asked a dozen more than its pages do.
    """
    monkeypatch.setattr(checks, "_kept", (time.monotonic(), []))
    monkeypatch.setattr(checks, "_KEPT_FOR", 1e9)


@pytest.fixture
def commits_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """What waits for the commit is done at once: most tests end without one."""
    monkeypatch.setattr(transaction, "on_commit", lambda done, **_: done())
