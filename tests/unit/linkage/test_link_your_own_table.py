"""The page that teaches linking says what really comes out. LAMPLIGHTER_WRITE_DOCS=1 writes it anew."""

from __future__ import annotations

import contextlib
import io
import os
import re
from pathlib import Path

import pytest

from benchmarks.foreign import hospital

PAGE = Path(__file__).parents[3] / "docs" / "link-your-own-table.md"
_BLOCK = re.compile(r"```python\n(.*?)```\n(?:\n```text\n(.*?)```\n)?", re.DOTALL)


def test_the_page_shows_what_is_printed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = PAGE.read_text("utf-8")
    (tmp_path / "patients.csv").write_text(hospital(seed=20, persons=400).write_csv(), "utf-8")
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {}

    def run(block: re.Match[str]) -> str:
        told = io.StringIO()
        with contextlib.redirect_stdout(told):
            exec(block[1], names)
        shown = f"\n```text\n{told.getvalue()}```\n" if told.getvalue() else ""
        return f"```python\n{block[1]}```\n{shown}"

    made = _BLOCK.sub(run, text)
    if os.environ.get("LAMPLIGHTER_WRITE_DOCS"):
        PAGE.write_text(made, "utf-8")
    assert made == text, "run again with LAMPLIGHTER_WRITE_DOCS=1 and look at what has changed"
    assert (tmp_path / "linked.csv").exists()
