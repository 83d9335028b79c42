"""``make bench`` lists what the documents name, and everything that it lists can be run."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from benchmarks.__main__ import ENTRIES, Entry, main

ROOT = Path(__file__).parents[3]
BY_ITSELF = {"foreign write"}
"""What prepares a benchmark and answers nothing itself."""


def parts(module: str) -> set[str]:
    """The words that ask for a part of a module."""
    text = (ROOT / f"benchmarks/{module}.py").read_text("utf-8")
    listed = re.search(r"^PARTS.* = \{(.*?)^\}", text, re.M | re.S)
    return set(re.findall(r'"(\w+)":', listed[1])) if listed else set()


def texts() -> list[str]:
    files = [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]
    return [file.read_text("utf-8") for file in files]


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.name)
def test_every_entry_names_a_module_and_a_part_that_are_there(entry: Entry) -> None:
    module, *more = entry.command.split()
    assert (ROOT / f"benchmarks/{module}.py").is_file()
    assert {word for word in more if not word.startswith("-")} <= parts(module)


def test_every_command_of_the_documents_is_of_an_entry() -> None:
    known = {tuple(w for w in e.command.split() if not w.startswith("-")) for e in ENTRIES}
    known |= {tuple(name.split()) for name in BY_ITSELF}
    cited = set()
    for text in texts():
        for module, word in re.findall(r"-m\s+benchmarks\.(\w+)(?: (\w+))?", text):
            cited.add((module, word) if word in parts(module) else (module,))
    assert len(cited) > 8
    assert cited - known == set()


def test_every_name_of_the_documents_is_of_an_entry() -> None:
    named = {name for text in texts() for name in re.findall(r"make bench NAME=(\w+)", text)}
    assert len(named) > 6
    assert named <= {entry.name for entry in ENTRIES}
    assert not [text for text in texts() if re.search(r"make\s+bench-", text)]


def test_without_a_name_all_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 0
    shown = capsys.readouterr().out
    assert all(entry.question[:20] in shown for entry in ENTRIES)


def test_a_name_that_is_none_is_answered_with_those_that_are(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["linkages"]) == 2
    assert "There is no benchmark linkages. There are: accuracy, coder," in capsys.readouterr().out
