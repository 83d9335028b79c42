"""The page that shows the left-out force and the figure in a style sheet is what the gate does today."""

from __future__ import annotations

from pathlib import Path

from tools.verify.gate_shown import text

PAGE = Path(__file__).parents[3] / "docs" / "gate-shown.md"


def test_the_page_is_what_the_gate_does() -> None:
    assert PAGE.read_text("utf-8") == text()
