"""Two thousand hostile files: each is taken in or refused in words, and nothing made of one says where.

Those that are named one by one (:mod:`hostile`) are read by ``test_opening``; the others, by number, here.
"""

from __future__ import annotations

import datetime as dt
import io
import random
import unicodedata
from collections import Counter
from collections.abc import Callable
from typing import BinaryIO

import pytest
from PIL import Image

from lamplighter.hub.evidence import rules
from lamplighter.hub.evidence.files import opening, pictures
from lamplighter.hub.evidence.files.opening import Limits, RefusedError
from lamplighter.hub.site.refusals import NotPossibleError
from tests.unit.hub.evidence import drawn, hostile

DAY = dt.date(2026, 12, 1)
LIMITS = Limits(pixels=2_000_000, whole=5_000_000, entries=300, unpacked=10_000_000)
NAMED = sum(1 for _ in hostile.samples())
MOST = 2_000 - NAMED


def said_in_words(refusal: NotPossibleError) -> None:
    """A sentence that says why, and what to do where something can be done."""
    assert len(str(refusal)) > 20
    assert str(refusal).endswith(".")


def taken(found: drawn.Drawn) -> str:
    """Return the kind that a file was taken in as, or "" where it was refused, which is in words."""
    file = io.BytesIO(found.content)
    try:
        kind = opening.read(file, len(found.content), found.name, rules.types(DAY), LIMITS).kind
    except RefusedError as refusal:
        said_in_words(refusal)
        return ""
    assert kind in rules.types(DAY).values()
    return kind


def then_the_name_is_only_a_name(sent: str) -> None:
    """It is no path, no line of a header, and turns no text about: the last part, and not too long."""
    shown = opening.shown_name(sent)
    assert 0 < len(shown) <= opening.LONGEST_NAME
    assert not set(shown) & set("/\\")
    assert not any(unicodedata.category(c) == "Cc" for c in shown)
    assert not opening.PAIRS.search(shown)
    assert shown not in {".", ".."}


def then_nothing_says_where(kind: str, content: bytes, *, every: bool) -> int:
    """What the hub makes of a picture or a PDF has no position, and nothing but its points."""
    ways: list[Callable[[BinaryIO], bytes]] = []
    if kind in opening.PICTURE_KINDS:
        ways = [pictures.view, pictures.with_grid, lambda file: pictures.burnt(file, pictures.areas("A1:B2"))]
    if every:
        ways.append(lambda file: pictures.as_pages(file, kind))
    made = []
    for way in ways:
        try:
            made.append(way(io.BytesIO(content)))
        except pictures.NotDrawnError as refusal:
            # What a reader forgives and what draws does not.
            said_in_words(refusal)
    for one in made:
        assert hostile.MARK.encode() not in one
        assert b"GPSLatitude" not in one
        assert b"adobe:ns:meta" not in one
        if not one.startswith(b"%PDF"):
            with Image.open(io.BytesIO(one)) as picture:
                assert not dict(picture.getexif())
                assert not {*picture.info} & {"exif", "xmp", "comment", "icc_profile", "photoshop"}
    return len(made)


def test_every_file_is_taken_in_or_refused_in_words_and_nothing_made_of_one_says_where() -> None:
    came: Counter[str] = Counter()
    kinds: Counter[str] = Counter()
    for number, found in drawn.several(range(MOST)):
        then_the_name_is_only_a_name(found.name)
        try:
            kind = taken(found)
            if kind in pictures.DRAWN and found.what in {"with a position", "PDF"}:
                came["derived"] += then_nothing_says_where(kind, found.content, every=number % 4 == 0)
        except Exception as problem:
            raise AssertionError(f"file {number} ({found.what}, {found.name!r})") from problem
        assert found.good is None or bool(kind) == found.good, (number, found.what, found.name, kind)
        came["taken in" if kind else "refused"] += 1
        kinds[found.what] += bool(kind)
    print(f"{dict(came)}; taken in: {dict(kinds)}")
    assert came["taken in"] + came["refused"] == MOST
    assert min(came["taken in"], came["refused"]) > MOST // 5
    assert came["derived"] > MOST // 5
    assert NAMED + MOST == 2_000


@pytest.mark.parametrize("kind", drawn.POSITIONED)
def test_a_position_is_in_the_file_and_in_nothing_that_is_made_of_it(kind: str) -> None:
    """Each allowed type of picture, so that a lot that missed one hides nothing."""
    lot = (drawn.positioned(random.Random(n)) for n in range(200))
    wanted = {"JPEG": "jpeg", "MPO": "jpeg", "HEIC": "heic"}.get(kind, kind.lower())
    seen = 0
    for found in lot:
        if taken(found) == wanted and (kind != "MPO" or b"MPF" in found.content):
            assert hostile.MARK.encode() in found.content
            then_nothing_says_where(wanted, found.content, every=seen == 0)
            seen += 1
        if seen == 3:
            break
    assert seen == 3
