"""The pictures of the README and the docs: taken only when asked for, so that a test run changes no file."""

from __future__ import annotations

import os
from pathlib import Path

from PIL import Image
from playwright.sync_api import Locator, Page

FOLDER = Path(__file__).resolve().parents[3] / "docs" / "images"
HEIGHT, COLOURS, MARGIN = 900, 128, 45


def picture(
    page: Page,
    name: str,
    height: int = HEIGHT,
    width: int = 1280,
    top: float = 0,
    *,
    start: Locator | None = None,
) -> None:
    """The page, from ``top`` or from ``start``, as ``docs/images/NAME.png``, when LAMPLIGHTER_PICTURES=1
    (`make pictures`)."""
    if os.environ.get("LAMPLIGHTER_PICTURES") != "1":
        return
    page.wait_for_load_state("networkidle")
    FOLDER.mkdir(parents=True, exist_ok=True)
    path = FOLDER / f"{name}.png"
    box = start.bounding_box() if start else None
    top = box["y"] + page.evaluate("window.scrollY") - MARGIN if box else top
    page.screenshot(path=path, clip={"x": 0, "y": top, "width": width, "height": height}, full_page=True)
    # A page has few colours: a third of the bytes, and nobody sees the difference.
    with Image.open(path) as taken:
        taken.convert("RGB").quantize(COLOURS).save(path, optimize=True)
