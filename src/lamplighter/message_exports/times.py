"""Read dates and times as people and telephone companies write them in tables."""

from __future__ import annotations

import datetime as dt
import re

from lamplighter.message_exports.dates import Written

_ISO = re.compile(r"\s*(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[T ]+(.*))?", re.DOTALL)
_DATE = re.compile(r"\s*(\d{1,2})\s*[-/.]\s*(\d{1,2})\s*[-/.]\s*(\d{4}|\d{2})(?:[T,\s]+(.*))?", re.DOTALL)
_NAMED = re.compile(r"\s*(?:[a-z]{3,9},?\s+)?(\d{1,2})(?:st|nd|rd|th)?[\s-]+([a-z]{3,9})[\s,-]+"
                    r"(\d{4}|\d{2})(?:[T,\s]+(.*))?",
                    re.IGNORECASE | re.DOTALL)  # fmt: skip
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_TIME = re.compile(
    r"\s*(\d{1,2})(?:[:.](\d{2}))?(?:[:.](\d{2}))?(?:\.\d+)?\s*([ap]\.?\s?m\.?)?\s*", re.IGNORECASE
)
_DURATION = re.compile(r"\s*(?:(\d{1,3}):)?(\d{1,3}):(\d{2})\s*")


def written(text: str, place: int) -> tuple[Written, str] | None:
    """Return a date as it is written, with what stands behind it; ``None`` for what is no date."""
    if found := _ISO.fullmatch(text):
        a, b, c = (int(found[n]) for n in (1, 2, 3))
        return Written(place, (a, b, c), True), found[4] or ""
    if found := _DATE.fullmatch(text):
        a, b, c = (int(found[n]) for n in (1, 2, 3))
        return Written(place, (a, b, c), False), found[4] or ""
    if (found := _NAMED.fullmatch(text)) and found[2][:3].lower() in _MONTHS:
        year = int(found[3])
        month = _MONTHS.index(found[2][:3].lower()) + 1
        return Written(place, (year + 2000 if year < 100 else year, month, int(found[1])), True), found[
            4
        ] or ""
    return None


def time_of(text: str) -> dt.time | None:
    """Return a time of the day: 7:30am, 17:00, 5pm, 17.00:05; ``None`` for anything else."""
    found = _TIME.fullmatch(text)
    if not found or not (found[2] or found[4]):
        return None
    hour, half = int(found[1]), re.sub(r"[.\s]", "", (found[4] or "").lower())
    if half and not 1 <= hour <= 12:
        return None
    if half:
        hour = hour % 12 + 12 * (half == "pm")
    try:
        return dt.time(hour, int(found[2] or 0), int(found[3] or 0))
    except ValueError:
        return None


def seconds_of(text: str) -> int | None:
    """Return a duration in seconds: 75, 1:15, 0:01:15; ``None`` for anything else."""
    bare = text.strip().lower().removesuffix("s").removesuffix("sec").strip()
    if bare.isascii() and bare.isdigit() and len(bare) < 9:
        return int(bare)
    found = _DURATION.fullmatch(text)
    return int(found[1] or 0) * 3600 + int(found[2]) * 60 + int(found[3]) if found else None
