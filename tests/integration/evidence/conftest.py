"""A folder of sealed files of each test's own."""

from __future__ import annotations

from pathlib import Path

import pytest

from lamplighter.hub.site import places


@pytest.fixture(autouse=True)
def sealed_files(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    shared = places.private_folder

    def own(name: str) -> Path:
        if not name.startswith("evidence"):
            return shared(name)
        folder = tmp_path / "home" / name
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return folder

    monkeypatch.setattr(places, "private_folder", own)
    return tmp_path / "home" / "evidence"
