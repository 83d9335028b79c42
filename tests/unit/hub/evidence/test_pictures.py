"""Pictures made anew: upright, without positions; and what was burnt out is gone, at the right place."""

from __future__ import annotations

import io

import pikepdf
import pypdf
import pytest
from PIL import Image

from lamplighter.hub.evidence.files import pictures, redacting
from lamplighter.hub.site.refusals import NotPossibleError
from tests.integration.messages import exports
from tests.unit.hub.evidence import hostile

TURNED = (0, 3, 6, 8)


def opened(content: bytes) -> Image.Image:
    return Image.open(io.BytesIO(content)).convert("RGB")


def near(found: tuple[int, ...], wanted: tuple[int, int, int]) -> bool:
    return all(abs(a - b) < 60 for a, b in zip(found, wanted, strict=True))


@pytest.mark.parametrize(
    ("kind", "orientation"),
    [*((kind, turn) for kind in ("JPEG", "PNG", "WEBP") for turn in TURNED), ("GIF", 0)],
)
def test_a_picture_is_upright_and_says_nothing_of_where(kind: str, orientation: int) -> None:
    content = hostile.picture(kind, (300, 200), orientation, position=True)
    made = pictures.view(io.BytesIO(content))
    picture = Image.open(io.BytesIO(made))
    assert picture.size == (300, 200)
    assert near(picture.convert("RGB").getpixel((20, 20)), (220, 0, 0))
    assert near(picture.convert("RGB").getpixel((280, 180)), (0, 0, 220))
    assert not dict(picture.getexif())
    assert "exif" not in picture.info
    assert hostile.MARK.encode() not in made
    if kind != "GIF":
        assert hostile.MARK.encode() in content, "the original has it, or the test shows nothing"


@pytest.mark.parametrize("orientation", TURNED)
def test_what_was_burnt_out_is_black_on_the_upright_picture_and_nothing_else_changes(
    orientation: int,
) -> None:
    content = hostile.picture("PNG", (240, 120), orientation, position=True)
    made = pictures.burnt(io.BytesIO(content), pictures.areas("A1:D4"))
    picture, before = opened(made), pictures.upright(io.BytesIO(content))
    # A third of the picture, where the red corner was: no point of it is left.
    assert {picture.getpixel((x, y)) for x in range(80) for y in range(40)} == {(0, 0, 0)}
    for x, y in ((230, 110), (120, 60), (230, 5), (5, 110)):
        assert picture.getpixel((x, y)) == before.getpixel((x, y))
    assert hostile.MARK.encode() not in made


def test_a_pdf_is_drawn_again_and_holds_nothing_of_its_text_scripts_or_attachments() -> None:
    content = hostile.pdf(javascript=True, attachment=True, text="12 Rose Lane")
    assert "Rose Lane" in pypdf.PdfReader(io.BytesIO(content)).pages[0].extract_text()
    made = pictures.drawn_again(io.BytesIO(content), {1: pictures.areas("A1:L4")})
    with pikepdf.open(io.BytesIO(made)) as document:
        assert len(document.pages) == 1
        assert "/OpenAction" not in document.Root
        assert not document.attachments
    assert pypdf.PdfReader(io.BytesIO(made)).pages[0].extract_text().strip() == ""
    drawn = pictures.page(io.BytesIO(made), 1)
    wide, high = drawn.size
    dark = [drawn.getpixel((x, high // 8)) for x in range(5, wide - 5, 7)]
    assert all(max(point) < 40 for point in dark)
    assert min(drawn.getpixel((wide // 2, high * 3 // 4))) > 200
    for word in (b"Rose", b"app.alert", b"MZ"):
        assert word not in made


def test_words_of_a_text_are_gone_wherever_they_stand() -> None:
    text = "He waits at 12 Rose Lane. At 12 ROSE LANE again; 12 Rose Lane East too."
    made, counts = redacting.text_without(text.encode(), ["12 Rose Lane", "12 Rose Lane East"])
    assert "rose" not in made.decode().lower()
    assert sum(counts) == 3
    with pytest.raises(NotPossibleError, match="not in the text"):
        redacting.text_without(text.encode(), ["Elm Street"])


@pytest.mark.parametrize("typed", ["M1", "A13", "A0", "hello", "1A", "A1:B"])
def test_a_wrong_square_is_named(typed: str) -> None:
    with pytest.raises(NotPossibleError, match=f"“{typed}” is no square"):
        redacting.squares(typed, "png")


def test_squares_of_a_pdf_name_their_page() -> None:
    assert redacting.squares("2: B2\npage 3: a1:l12", "pdf") == {
        2: pictures.areas("B2"),
        3: [(0.0, 0.0, 1.0, 1.0)],
    }
    with pytest.raises(NotPossibleError, match="names no page"):
        redacting.squares("B2", "pdf")


def test_a_picture_beside_whose_points_stands_no_exif_is_shown_all_the_same() -> None:
    content = exports.png(1)
    assert b"GPS" in content
    assert b"GPS" not in pictures.view(io.BytesIO(content))
