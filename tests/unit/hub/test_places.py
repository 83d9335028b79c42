"""Secrets are whole or not there, and of a hub that is installed none is made anew in silence."""

from __future__ import annotations

import datetime as dt
import multiprocessing
import os
from pathlib import Path

import pytest

from lamplighter.hub.site import places


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "home"
    monkeypatch.setenv("LAMPLIGHTER_HOME", str(folder))
    return folder


def installed() -> None:
    places.note_installed(version="1", database="embedded", since=dt.datetime(2026, 11, 29, tzinfo=dt.UTC))


def test_the_home_is_its_owners_only(home: Path) -> None:
    assert places.home() == home
    assert home.stat().st_mode & 0o077 == 0


def test_before_a_hub_is_installed_a_secret_is_made_once() -> None:
    first = places.secret("one")
    assert places.secret("one") == first
    assert places.secret("two") != first


def _tell(name: str, found: multiprocessing.Queue[str]) -> None:
    found.put(places.secret(name))


def test_processes_that_start_at_once_agree() -> None:
    found: multiprocessing.Queue[str] = multiprocessing.Queue()
    processes = [multiprocessing.Process(target=_tell, args=("shared", found)) for _ in range(6)]
    for process in processes:
        process.start()
    assert len({found.get(timeout=30) for _ in processes}) == 1
    for process in processes:
        process.join()
    assert [p.name for p in (places.home() / "secrets").iterdir()] == ["shared"]


def test_of_an_installed_hub_a_missing_secret_is_said_and_not_made(home: Path) -> None:
    kept = places.secret("sealing-key")
    installed()
    assert places.secret("sealing-key") == kept
    (home / "secrets" / "sealing-key").unlink()
    with pytest.raises(places.NotInstalledError, match=r"sealing-key is missing; it opens the second steps"):
        places.secret("sealing-key")
    assert not (home / "secrets" / "sealing-key").exists()
    assert "sealing-key" in places.missing_secrets()
    with places.making_secrets():
        assert places.secret("sealing-key") != kept


def test_another_folder_is_not_the_home_of_a_hub(home: Path) -> None:
    assert places.installed() is None
    installed()
    known = places.installed()
    assert known is not None
    assert known["hub"]["database"] == "embedded"
    (home / places.HUB).write_text("not toml [")
    with pytest.raises(places.NotInstalledError, match="cannot be read"):
        places.installed()


def test_a_full_disk_leaves_no_half_written_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        with pytest.raises(OSError, match="No space"):
            places.secret("sealing-key")
    assert list((places.private_folder("secrets")).iterdir()) == []


def test_an_empty_file_of_an_earlier_version_is_filled() -> None:
    path = places.private_folder("secrets") / "sealing-key"
    path.touch()
    assert places.secret("sealing-key") == path.read_text() != ""


def test_the_home_of_a_hub_that_others_may_enter_is_closed(home: Path) -> None:
    places.secret("secret-key")
    home.chmod(0o755)
    places.home()
    # Root's embedded server is somebody else, and passes through without reading.
    assert home.stat().st_mode & (0o066 if os.geteuid() == 0 else 0o077) == 0


def test_a_folder_that_is_no_hubs_is_left_as_it_is(home: Path) -> None:
    home.mkdir(mode=0o755)
    home.chmod(0o755)
    places.home()
    assert home.stat().st_mode & 0o777 == 0o755
