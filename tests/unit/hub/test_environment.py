"""Settings come from variables, from files that stand for them, or from a folder; a wrong one is named."""

from __future__ import annotations

from pathlib import Path

import pytest

from lamplighter.hub.site import environment
from lamplighter.hub.site.environment import SettingsError

NAME = "LAMPLIGHTER_TRIED"


@pytest.fixture(autouse=True)
def _nothing_of_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (NAME, f"{NAME}_FILE", "CREDENTIALS_DIRECTORY", environment.SETTINGS):
        monkeypatch.delenv(name, raising=False)


def test_the_variable_comes_first_then_its_file_then_systemds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert environment.value(NAME, "otherwise") == "otherwise"
    (tmp_path / NAME).write_text("from systemd\n")
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
    assert environment.value(NAME) == "from systemd"
    (tmp_path / "mine").write_text("from a file\n")
    monkeypatch.setenv(f"{NAME}_FILE", str(tmp_path / "mine"))
    assert environment.value(NAME) == "from a file"
    monkeypatch.setenv(NAME, "itself")
    assert environment.value(NAME) == "itself"


def test_a_file_that_is_named_and_not_there_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(f"{NAME}_FILE", str(tmp_path / "nothing"))
    with pytest.raises(SettingsError, match=rf"{NAME}_FILE names .*nothing, and there is no such file"):
        environment.value(NAME)


@pytest.mark.parametrize(
    ("text", "expected"), [("1", True), ("Yes", True), ("on", True), ("0", False), ("no", False), ("", True)]
)
def test_yes_and_no(text: str, expected: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(NAME, text)
    assert environment.flag(NAME, True) is expected


def test_neither_yes_nor_no_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(NAME, "perhaps")
    with pytest.raises(SettingsError, match=r"'perhaps'\. Write 1 for yes or 0 for no"):
        environment.flag(NAME, False)


def test_the_owners_settings_are_read_by_the_owners_commands_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / environment.WEB).write_text(
        f"# a remark\n{NAME}='of the site'\nLAMPLIGHTER_LOG_LEVEL=ERROR\n"
    )
    (tmp_path / environment.OWNER).write_text("DATABASE_OWNER_URL=postgresql://x\n")
    monkeypatch.setenv(environment.SETTINGS, str(tmp_path))
    monkeypatch.setenv("LAMPLIGHTER_LOG_LEVEL", "WARNING")
    monkeypatch.delenv("DATABASE_OWNER_URL", raising=False)
    environment.load(as_owner=False)
    assert environment.value(NAME) == "of the site"
    assert environment.value("DATABASE_OWNER_URL") == ""
    # What is set already stays.
    assert environment.value("LAMPLIGHTER_LOG_LEVEL") == "WARNING"
    environment.load(as_owner=True)
    assert environment.value("DATABASE_OWNER_URL") == "postgresql://x"
    for name in (NAME, "DATABASE_OWNER_URL"):
        monkeypatch.delenv(name)


def test_a_folder_that_is_not_there_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(environment.SETTINGS, str(tmp_path / "nothing"))
    with pytest.raises(SettingsError, match="there is no such folder"):
        environment.load(as_owner=False)


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("just words", "line 2: this is not NAME=value"),
        ("A='open", "line 2: the quotation mark is not closed"),
    ],
)
def test_a_line_that_cannot_be_read_is_named(tmp_path: Path, line: str, fault: str) -> None:
    path = tmp_path / environment.WEB
    path.write_text(f"GOOD=1\n{line}\n")
    with pytest.raises(SettingsError, match=fault):
        environment.read(path)


def test_what_is_written_is_read_again_and_other_lines_stay(tmp_path: Path) -> None:
    path = tmp_path / "settings" / environment.WEB
    environment.write(path, {"A": "plain", "B": "with blanks # and more"}, head="Two\nlines")
    environment.write(path, {"A": "other"}, head="Two\nlines")
    assert environment.read(path) == {"A": "other", "B": "with blanks # and more"}
    assert path.stat().st_mode & 0o077 == 0
    assert [p.name for p in path.parent.iterdir()] == [environment.WEB]
    with pytest.raises(SettingsError, match="quotation mark"):
        environment.write(path, {"A": "it's"}, head="")
