from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from lamplighter.hub.site import places
from lamplighter.hub.site.config_files import reading
from lamplighter.hub.site.config_files.reading import Reading
from lamplighter.vocabulary import supplied
from tests.integration.configuration import files

Start = Callable[..., Reading]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The installation's folder of this test, empty."""
    made = tmp_path / "installation"
    made.mkdir()
    monkeypatch.setattr(places, "installation", lambda: made)
    monkeypatch.setattr(places, "home", lambda: tmp_path)
    return made


@pytest.fixture
def start(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Start:
    """Write files, as ``start(cases=text)``, and let this process run on the folder as if it started now."""
    before = reading.running()
    monkeypatch.setattr(reading, "_running", before)

    def begin(**texts: str) -> Reading:
        read = reading.run_on(Reading(files.write(folder, **texts)))
        supplied.forget()
        return read

    return begin


@pytest.fixture(autouse=True)
def _nothing_is_remembered() -> Iterator[None]:
    yield
    supplied.forget()
