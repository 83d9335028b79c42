"""An output is there whole or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from lamplighter.national.errors import NationalError, StageFailed
from lamplighter.national.stages import Stages, guarded, key_of, whole


def writes(text: str):  # type: ignore[no-untyped-def]  # a function of a folder
    return lambda folder: (folder / "told.txt").write_text(text)


def test_an_output_is_made_once_and_again_for_other_inputs(tmp_path: Path) -> None:
    stages = Stages(tmp_path)
    first = stages.output("force", {"delivery": "x"}, writes("one"))
    again = stages.output("force", {"delivery": "x"}, writes("two"))
    other = stages.output("force", {"delivery": "y"}, writes("three"))
    assert first == again
    assert (first / "told.txt").read_text() == "one"
    assert other != first
    assert stages.made == ["force", "force"]
    assert (
        key_of("force", {"a": 1, "b": 2})
        == key_of("force", {"b": 2, "a": 1})
        != key_of("across", {"a": 1, "b": 2})
    )


def test_what_fails_half_way_is_not_there_and_what_was_there_stays(tmp_path: Path) -> None:
    stages = Stages(tmp_path)
    kept = stages.output("force", {"delivery": "x"}, writes("one"))

    def half(folder: Path) -> None:
        (folder / "told.txt").write_text("half")
        raise OSError("no room")

    with pytest.raises(StageFailed, match=r"OSError in test_stages\.py"):
        stages.output("force", {"delivery": "y"}, half)
    assert whole(kept)
    assert list(tmp_path.rglob("told.txt")) == [kept / "told.txt"]


@pytest.mark.parametrize("damage", ["lost", "changed", "cut"])
def test_what_is_not_whole_is_made_anew(tmp_path: Path, damage: str) -> None:
    stages = Stages(tmp_path)
    found = stages.output("force", {"delivery": "x"}, writes("one and more"))
    file = found / "told.txt"
    if damage == "lost":
        file.unlink()
    else:
        file.write_text("one and Less" if damage == "changed" else "one")
    assert not whole(found)
    stages.output("force", {"delivery": "x"}, writes("one and more"))
    assert file.read_text() == "one and more"
    assert whole(found)


def test_what_a_run_did_not_use_is_removed(tmp_path: Path) -> None:
    old = Stages(tmp_path).output("force", {"delivery": "x"}, writes("one"))
    stages = Stages(tmp_path)
    new = stages.output("force", {"delivery": "y"}, writes("two"))
    assert stages.tidied() == 1
    assert not old.exists()
    assert new.exists()


def test_a_fault_of_the_operator_is_told_in_its_own_words() -> None:
    def fails() -> None:
        raise NationalError("There is no key.")

    with pytest.raises(NationalError, match="There is no key"):
        guarded("force", fails)
