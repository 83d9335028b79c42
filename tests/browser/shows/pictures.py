"""The pictures of the README and the docs: taken only when asked for, so that a test run changes no file."""

from __future__ import annotations

import os
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page

FOLDER = Path(__file__).resolve().parents[3] / "docs" / "images"
HEIGHT, COLOURS = 900, 128


def picture(page: Page, name: str, height: int = HEIGHT, width: int = 1280, top: float = 0) -> None:
    """The page from ``top`` on as ``docs/images/NAME.png``, when LAMPLIGHTER_PICTURES=1 (`make pictures`)."""
    if os.environ.get("LAMPLIGHTER_PICTURES") != "1":
        return
    page.wait_for_load_state("networkidle")
    FOLDER.mkdir(parents=True, exist_ok=True)
    path = FOLDER / f"{name}.png"
    page.screenshot(path=path, clip={"x": 0, "y": top, "width": width, "height": height}, full_page=True)
    # A page has few colours: a third of the bytes, and nobody sees the difference.
    with Image.open(path) as taken:
        taken.convert("RGB").quantize(COLOURS).save(path, optimize=True)
