"""The pictures of the README and the docs: taken only when asked for, so that a test run changes no file."""

from __future__ import annotations

import os
from pathlib import Path

from playwright.sync_api import Page

FOLDER = Path(__file__).resolve().parents[3] / "docs" / "images"
HEIGHT = 900


def picture(page: Page, name: str, height: int = HEIGHT) -> None:
    """The top of the page as ``docs/images/NAME.png``, when LAMPLIGHTER_PICTURES=1 (`make pictures`)."""
    if os.environ.get("LAMPLIGHTER_PICTURES") != "1":
        return
    page.wait_for_load_state("networkidle")
    FOLDER.mkdir(parents=True, exist_ok=True)
    page.screenshot(
        path=FOLDER / f"{name}.png", clip={"x": 0, "y": 0, "width": 1280, "height": height}, full_page=True
    )
