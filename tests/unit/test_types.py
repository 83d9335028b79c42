"""mypy reads the whole package strictly, and each line that it is told to leave says why."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
MYPY = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["mypy"]
MOST_IGNORED = 106
"""Lines of the package that mypy is told to leave; it may only fall."""
SAYS_WHY = re.compile(r"# type: ignore\[[a-z-]+(, [a-z-]+)*\]  # \S")


def ignored(root: Path = ROOT / "src") -> list[tuple[str, str]]:
    """Every line that mypy is told to leave, with its place."""
    return [
        (f"{path.relative_to(root)}:{number}", line)
        for path in sorted(root.rglob("*.py"))
        if "migrations" not in path.parts
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        if "type: ignore" in line
    ]


def test_the_whole_package_is_read_strictly() -> None:
    assert MYPY["packages"] == ["lamplighter"]
    assert MYPY["strict"] is True
    assert "mypy_django_plugin.main" in MYPY["plugins"]
    assert "exclude" not in MYPY
    assert "disable_error_code" not in MYPY


@pytest.mark.parametrize("override", MYPY["overrides"], ids=lambda o: o["module"][0])
def test_an_override_is_of_a_library_or_of_what_django_writes(override: dict[str, object]) -> None:
    modules = [str(name) for name in override["module"]]  # type: ignore[attr-defined]  # a list of names
    if any(name.startswith("lamplighter") for name in modules):
        assert override == {"module": ["lamplighter.hub.*.migrations.*"], "ignore_errors": True}
    else:
        assert set(override) <= {"module", "ignore_missing_imports", "follow_imports"}


def test_each_line_that_is_left_says_why_and_there_are_no_more_of_them() -> None:
    found = ignored()
    assert [place for place, line in found if not SAYS_WHY.search(line)] == []
    assert len(found) <= MOST_IGNORED


def test_a_line_without_a_reason_is_found(tmp_path: Path) -> None:
    (tmp_path / "module.py").write_text(
        "a = 1  # type: ignore\nb = 2\nc = 3  # type: ignore[misc]\n", "utf-8"
    )
    assert [place for place, line in ignored(tmp_path) if not SAYS_WHY.search(line)] == [
        "module.py:1", "module.py:3",
    ]  # fmt: skip
