"""What a file is, by opening it: sound ones are taken in, others refused in words; none breaks anything."""

from __future__ import annotations

import datetime as dt
import io

import pytest

from lamplighter.hub.evidence import rules
from lamplighter.hub.evidence.files import opening
from lamplighter.hub.evidence.files.opening import Limits, RefusedError
from tests.unit.hub.evidence import hostile

DAY = dt.date(2026, 12, 1)
SMALL = Limits(pixels=2_000_000, whole=5_000_000, entries=300, unpacked=10_000_000)
# What a cut, noise or another's ending leaves may still be of its type: a shorter text, for example.
MAY_STAY = {"cut off", "noise", "bits turned", "wrong ending"}
SAMPLES = list(hostile.samples())


def read(sample: hostile.Sample) -> str:
    file = io.BytesIO(sample.content)
    return opening.read(file, len(sample.content), sample.name, rules.types(DAY), SMALL).kind


def test_there_are_three_hundred() -> None:
    assert len(SAMPLES) > 300


@pytest.mark.parametrize("what", sorted({s.what for s in SAMPLES}))
def test_sound_files_are_taken_in_and_all_others_refused_in_words(what: str) -> None:
    for sample in (s for s in SAMPLES if s.what == what):
        refusal = refused(sample)
        if refusal:
            assert not sample.good, (sample.name, refusal)
            assert len(refusal) > 20
        else:
            assert sample.good or what in MAY_STAY, sample.name


def refused(sample: hostile.Sample) -> str:
    try:
        read(sample)
    except RefusedError as refusal:
        return str(refusal)
    return ""


def test_a_cut_picture_pdf_or_archive_is_refused() -> None:
    for ending in (".jpg", ".png", ".webp", ".zip", ".docx", ".mp4", ".ogg", ".wav", ".json"):
        content = hostile.good()[ending]
        with pytest.raises(RefusedError):
            read(hostile.Sample("cut", f"f{ending}", content[: len(content) * 3 // 4], False))


def test_a_picture_is_what_it_is_under_another_pictures_name() -> None:
    assert read(hostile.Sample("", "message.jpg", hostile.picture("WEBP"), True)) == "webp"


@pytest.mark.parametrize("name", hostile.NAMES)
def test_a_name_is_never_a_path_and_turns_no_text_about(name: str) -> None:
    shown = opening.shown_name(name.format(".jpg"))
    assert shown
    assert len(shown) <= opening.LONGEST_NAME
    assert not set(shown) & set("/\\\0\n\r\u202e")


def test_what_is_inside_an_archive_counts_for_the_scanner() -> None:
    outer = hostile.archive(("big.bin", b"\0" * 3_000_000))
    found = opening.read(io.BytesIO(outer), len(outer), "a.zip", rules.types(DAY), SMALL)
    assert found.scanned == 3_000_000 > len(outer)
    nested = hostile.archive(("inner.zip", outer))
    found = opening.read(io.BytesIO(nested), len(nested), "a.zip", rules.types(DAY), SMALL)
    assert found.scanned == opening.UNKNOWN
