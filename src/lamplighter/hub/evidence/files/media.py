"""Read sound and film by their structure alone: nothing is decoded, so nothing in them is run.

Raises ``ValueError`` where the structure is not that of the format, or is cut off.
"""

from __future__ import annotations

import wave
from typing import BinaryIO

MP4_BRANDS = frozenset({b"isom", b"iso2", b"iso4", b"iso5", b"iso6", b"mp41", b"mp42", b"avc1", b"qt  "}) | {
    *(b"M4A ", b"M4V ", b"M4B ", b"3gp4", b"3gp5", b"3gp6", b"3g2a", b"dash", b"mmp4"),
}
MOST_PARTS = 200_000


def mp4(file: BinaryIO, size: int) -> None:
    """Walk the boxes of ISO 14496-12: they follow one another to the end, with a type and an index."""
    at = 0
    seen: set[bytes] = set()
    for _ in range(MOST_PARTS):
        if at == size:
            break
        file.seek(at)
        head = file.read(16)
        if len(head) < 8:
            raise ValueError("cut off in a box")
        length, kind = int.from_bytes(head[:4], "big"), head[4:8]
        if length == 1:
            length = int.from_bytes(head[8:16], "big")
        elif length == 0:
            length = size - at
        if length < 8 or at + length > size:
            raise ValueError("a box is longer than the file")
        if not seen and (kind != b"ftyp" or head[8:12] not in MP4_BRANDS):
            raise ValueError("no MP4 begins so")
        seen.add(kind)
        at += length
    if at != size or not {b"moov", b"moof"} & seen:
        raise ValueError("no index of what is in it")


def ogg(file: BinaryIO, size: int) -> None:
    """Walk the pages of RFC 3533: each names its segments, and they end with the file."""
    at = 0
    for number in range(MOST_PARTS * 10):
        if at == size:
            break
        file.seek(at)
        head = file.read(27)
        if len(head) < 27 or head[:4] != b"OggS":
            raise ValueError(f"page {number + 1} is not one")
        segments = file.read(head[26])
        at += 27 + head[26] + sum(segments)
        if len(segments) < head[26] or at > size:
            raise ValueError("cut off in a page")
    if not size or at != size:
        raise ValueError("empty, or more pages than are read")


def wav(file: BinaryIO, size: int) -> None:
    """Open it as the standard library does, and hold its length against its head."""
    try:
        with wave.open(file, "rb") as sound:
            needed = sound.getnframes() * sound.getnchannels() * sound.getsampwidth()
    except (wave.Error, EOFError, RuntimeError, ZeroDivisionError) as problem:
        raise ValueError("no sound that can be read") from problem
    if needed > size:
        raise ValueError("shorter than it says")


def mp3(file: BinaryIO, size: int) -> None:
    """Find two frames of MPEG audio, one where the other says that it ends; a tag may stand before."""
    head = file.read(10)
    at = 0
    if head[:3] == b"ID3":
        if len(head) < 10:
            raise ValueError("cut off in its tag")
        at = 10 + sum((byte & 0x7F) << shift for byte, shift in zip(head[6:10], (21, 14, 7, 0), strict=True))
    for _ in range(2):
        at += _frame(file, at)
    if at > size:
        raise ValueError("cut off in a frame")


_RATES = {  # kilobits a second: MPEG 1 layer 3, MPEG 2 layer 3
    3: (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 0),
    2: (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160, 0),
}
_HERTZ = {3: (44100, 48000, 32000, 0), 2: (22050, 24000, 16000, 0), 0: (11025, 12000, 8000, 0)}


def _frame(file: BinaryIO, at: int) -> int:
    file.seek(at)
    head = file.read(4)
    if len(head) < 4 or head[0] != 0xFF or head[1] & 0xE0 != 0xE0 or (head[1] >> 1) & 3 != 1:
        raise ValueError("no frame of sound where one should be")
    version = (head[1] >> 3) & 3
    hertz = _HERTZ.get(version, (0, 0, 0, 0))[(head[2] >> 2) & 3]
    rate = _RATES[3 if version == 3 else 2][head[2] >> 4]
    if not hertz or not rate:
        raise ValueError("a frame of sound says no rate")
    return (144 if version == 3 else 72) * rate * 1000 // hertz + ((head[2] >> 1) & 1)
