"""What nothing uses is found, what is called by name alone is not, and a row that covers nothing fails."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools import dead_code
from tools.dead_code import Allowed, Dead, dead, faults

MODULE = """
from registry import command, models


def called() -> int:
    return 1


def forgotten() -> int:
    return called()


@command("by-hand")
def handed_over() -> None: ...


def in_a_template() -> None: ...


def in_a_string() -> None: ...


class Kind(models.TextChoices):
    HELD_BY_ROWS = "held"


NAMES = ("package.module.in_a_string", Kind)
print(NAMES)
"""


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """A package with one function of each sort, a template, and a test that calls what nothing else does."""
    (tmp_path / "src/house").mkdir(parents=True)
    (tmp_path / "src/house/module.py").write_text(MODULE, "utf-8")
    (tmp_path / "src/house/page.jinja").write_text("{{ in_a_template() }}", "utf-8")
    (tmp_path / "benchmarks").mkdir()
    (tmp_path / "tools").mkdir()
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests/test_module.py").write_text(
        "from house.module import forgotten\nforgotten()\n", "utf-8"
    )
    return tmp_path


def test_what_only_a_test_calls_is_dead_and_what_is_called_by_name_is_not(house: Path) -> None:
    assert dead(house) == [Dead("src/house/module.py", 9, "function", "forgotten")]


def test_a_row_covers_what_it_names_and_a_row_that_covers_nothing_is_said(house: Path) -> None:
    found = dead(house)
    assert faults(found, []) == ["src/house/module.py:9: nothing uses the function forgotten."]
    assert faults(found, [Allowed("src/house/*", ["forgot*"], "Kept.")]) == []
    elsewhere = faults(found, [Allowed("src/other/*", ["forgotten"], "Kept.")])
    assert elsewhere[1] == "tools/dead_code.toml: forgotten in src/other/* is used now, or gone: take it out."
    assert len(elsewhere) == 2


def test_every_row_of_the_list_says_why() -> None:
    rows = dead_code.allowed()
    assert rows
    assert [row.where for row in rows if not row.why.endswith(".") or not row.names] == []
