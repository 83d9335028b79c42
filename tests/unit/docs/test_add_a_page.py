"""Follow the pages for who changes the code: each path, command and hook that they name is there."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
import typer

from lamplighter.cli.main import app
from lamplighter.records import ingest
from lamplighter.records.mapping.mappings import load_mapping

ROOT = Path(__file__).resolve().parents[3]
PAGES = ("add-a-source", "add-a-context", "add-a-paper")
CONTEXT = "src/lamplighter/hub/children/"


def text_of(page: str) -> str:
    return (ROOT / "docs" / f"{page}.md").read_text("utf-8")


def paths_in(text: str) -> list[str]:
    """Find the paths of the repository that a page names in code."""
    return re.findall(r"`((?:src|tests|docs|tools|benchmarks)/[\w./-]+)`", text)


def commands_in(text: str) -> list[list[str]]:
    """Find the words of each ``lamplighter`` command, up to its first argument."""
    found = re.findall(r"(?:`|^ *)lamplighter ([a-z-]+(?: [a-z-]+)?)(?= |`|$)", text, re.MULTILINE)
    return [words.split() for words in found]


def is_a_command(words: list[str]) -> bool:
    """Tell whether the first words name a command, or a group and one of its commands."""
    group = typer.main.get_command(app)
    for word in words:
        commands = getattr(group, "commands", None)
        if commands is None:
            return True
        if word not in commands:
            return False
        group = commands[word]
    return True


@pytest.mark.parametrize("page", PAGES)
def test_every_path_that_a_page_names_is_there(page: str) -> None:
    named = paths_in(text_of(page))
    assert named
    assert [path for path in named if not (ROOT / path).exists()] == []


@pytest.mark.parametrize("page", PAGES)
def test_every_command_that_a_page_names_is_there(page: str) -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    text = text_of(page)
    assert [t for t in re.findall(r"`make ([a-z-]+)", text) if t not in targets] == []
    assert [words for words in commands_in(text) if not is_a_command(words)] == []


def test_a_command_that_is_not_there_is_found() -> None:
    assert commands_in("`lamplighter reed FOLDER`") == [["reed"]]
    assert not is_a_command(["reed"])
    assert not is_a_command(["hub", "serv"])
    assert is_a_command(["hub", "serve"])


def test_every_file_of_the_example_context_is_there() -> None:
    section = text_of("add-a-context").split("## Files", 1)[1].split("\n\nContexts", 1)[0]
    cells = [row.split("|")[1] for row in section.splitlines() if row.startswith("| `")]
    named = [f"{CONTEXT}{name}" for cell in cells for name in re.findall(r"`([^`]+)`", cell)]
    assert len(named) > 10
    assert [path for path in named if not (ROOT / path).exists()] == []


def contracts() -> list[dict[str, Any]]:
    config = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    found: list[dict[str, Any]] = config["tool"]["importlinter"]["contracts"]
    return found


def test_the_contracts_that_the_page_names_are_there() -> None:
    section = text_of("add-a-context").split("## Its layer", 1)[1].split("\n## ", 1)[0]
    named = [" ".join(name.split()) for name in re.findall(r"(?<!\*)\*([^*]+)\*(?!\*)", section)]
    assert len(named) == 2
    for name in named:
        assert any(contract["name"].startswith(name) for contract in contracts()), name


def test_every_context_is_in_a_layer() -> None:
    (layers,) = [c for c in contracts() if c.get("containers") == ["lamplighter.hub"]]
    assert layers["exhaustive"]
    in_layers = set(re.findall(r"\w+", " ".join(layers["layers"])))
    there = {p.parent.name for p in (ROOT / "src/lamplighter/hub").glob("*/__init__.py")}
    assert there <= in_layers, f"in no layer: {there - in_layers}"


def test_every_hook_is_read_where_the_page_says() -> None:
    section = text_of("add-a-context").split("## Hooks", 1)[1].split("## What holds it", 1)[0]
    rows = [row.split("|")[1:4] for row in section.splitlines() if row.startswith("| `")]
    assert len(rows) >= 9
    for names, _, where in rows:
        (place,) = re.findall(r"`([^`]+)`", where)
        path = ROOT / place
        files = path.rglob("*.py") if path.is_dir() else [path, path.with_name("panels.py")]
        code = "".join(p.read_text("utf-8") for p in files if p.exists())
        missing = [name for name in re.findall(r"`(\w+)`", names) if f'"{name}"' not in code]
        assert not missing, f"{place} reads no {missing}"


def test_the_export_of_the_page_is_read_as_the_page_says(tmp_path: Path) -> None:
    text = text_of("add-a-source")
    for name, language in (("dale.csv", "csv"), ("dale.toml", "toml")):
        block = text.split(f"```{language}\n", 1)[1].split("    ```", 1)[0]
        (tmp_path / name).write_text(re.sub(r"^ {4}", "", block, flags=re.MULTILINE), "utf-8")
    bundle, rejects, counts = ingest.read_all(
        [tmp_path / "dale.csv"], load_mapping(tmp_path / "dale.toml"), match_key=b"k" * 32
    )
    totals = counts.totals()
    assert "3 of 3 are accepted, with one warning: line 4" in text
    assert (totals["rows_in"], totals["accepted"]) == (3, 3)
    (warning,) = rejects.iter_rows(named=True)
    assert (warning["row"], warning["column"], warning["severity"]) == (4, "REPORTED", "warning")
    assert bundle["offences"]["offence"].to_list() == ["harassment_s2", "damage_other", "damage_other"]
    assert "after 5pm" not in str({k: v.to_dicts() for k, v in bundle.items() if k != "safe_contacts"})
    assert "after 5pm" in str(bundle["safe_contacts"].to_dicts())
