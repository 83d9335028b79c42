"""Tell what a cell shows, by its number format: a date, a time, a length of time, or a number with leading
zeros.

A workbook keeps dates as numbers of days; only the format tells them from other numbers (ECMA-376, 18.8.30).
"""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass
from typing import Literal

from lamplighter.records.workbook.package import Package, children

Kind = Literal["date", "datetime", "time", "duration"]

#: Formats that every workbook knows by number, and no part of it spells out.
BUILT_IN: dict[int, Kind] = {
    **dict.fromkeys((14, 15, 16, 17, *range(27, 32), 34, 35, 36, *range(50, 59)), "date"),
    **dict.fromkeys((18, 19, 20, 21, 32, 33, 45, 47), "time"),
    22: "datetime",
    46: "duration",
}
_EPOCH, _EPOCH_1904 = dt.datetime(1899, 12, 30), dt.datetime(1904, 1, 1)
_DAYS = 2_958_466  # 1 January 10000, the first day that no workbook has
_NO_LEAP_DAY = 60  # 29 February 1900, which only spreadsheets know
_SECONDS = 86_400


@dataclass(frozen=True, slots=True)
class Format:
    """``kind`` of date, or none; ``zeros``: the least digits of a whole number, as in '000000'."""

    kind: Kind | None = None
    zeros: int = 0


def formats_of(package: Package) -> list[Format]:
    """Return the format of every cell style, in the order in which cells number them."""
    if not package.styles:
        return []
    tree = package.tree(package.styles)
    codes = {}
    for element in children(tree, "numFmts", "numFmt"):
        number = element.get("numFmtId", "")
        if number.isascii() and number.isdigit():
            codes[int(number)] = element.get("formatCode", "")
    found = []
    for element in children(tree, "cellXfs", "xf"):
        number = element.get("numFmtId", "0")
        which = int(number) if number.isascii() and number.isdigit() else 0
        found.append(format_of(codes[which]) if which in codes else Format(BUILT_IN.get(which)))
    return found


def format_of(code: str) -> Format:
    """Return what a format code makes of a number: 'dd/mm/yyyy hh:mm' is a date with its time."""
    plain, elapsed = _plain(code)
    if elapsed:
        return Format("duration")
    if len(plain) > 1 and set(plain) == {"0"}:
        return Format(zeros=len(plain))
    if "general" in plain:
        return Format()
    day = "d" in plain or "y" in plain
    clock = "h" in plain or "s" in plain
    if not (day or clock or "m" in plain):
        return Format()
    if clock:
        return Format("datetime" if day else "time")
    return Format("date")


def _plain(code: str) -> tuple[str, bool]:
    """Return the first section of a format in lower case, without what it quotes, and whether time adds up
    in it.
    """
    out: list[str] = []
    elapsed, at = False, 0
    while at < len(code):
        letter = code[at]
        if letter == ";":
            break
        if letter == '"':
            end = code.find('"', at + 1)
            at = len(code) if end < 0 else end + 1
        elif letter in "\\_*":
            at += 2
        elif letter == "[":
            end = code.find("]", at)
            within = code[at + 1 : end if end > 0 else len(code)].lower()
            elapsed = elapsed or (within != "" and set(within) <= set("hms"))
            at = len(code) if end < 0 else end + 1
        else:
            out.append(letter.lower())
            at += 1
    # AM and PM are letters of a time that are neither month nor minute.
    return "".join(out).replace("am/pm", "").replace("a/p", "").strip(), elapsed


def as_text(number: float, kind: Kind, from_1904: bool) -> str | None:
    """Return a date or a time as ISO 8601 text; ``None`` for a number that is none.

    A day of nought, which is what an empty cell gives a formula, is a date of zeros.
    """
    if kind == "duration":
        return _elapsed(number)
    if kind == "time" and 0 <= number < 1:
        seconds = round(number * _SECONDS) % _SECONDS
        return _clock(seconds)
    if not 0 <= number < _DAYS:
        return None
    days, seconds = divmod(round(number * _SECONDS), _SECONDS)
    if not from_1904:
        if days == _NO_LEAP_DAY:
            return None
        if days == 0 and seconds == 0:
            return "0000-00-00"
        if days < _NO_LEAP_DAY:
            days += 1
    at = (_EPOCH_1904 if from_1904 else _EPOCH) + dt.timedelta(days=days, seconds=seconds)
    # A time that is there is kept although the format does not show it; a midnight that it shows is kept too.
    if seconds or kind in {"datetime", "time"}:
        return at.isoformat(timespec="seconds")
    return at.date().isoformat()


def _clock(seconds: int) -> str:
    hours, rest = divmod(seconds, 3600)
    minutes, left = divmod(rest, 60)
    return f"{hours:02d}:{minutes:02d}" + (f":{left:02d}" if left else "")


def _elapsed(number: float) -> str | None:
    if not abs(number) < _DAYS:
        return None
    seconds = round(abs(number) * _SECONDS)
    return ("-" if number < 0 else "") + _clock(seconds)


def plain_number(text: str, zeros: int) -> str | None:
    """Return a number as a person writes it: '12' for '12.0' and '1.2E1'; ``None`` when it is none.

    Up to 15 digits are exact in a workbook, which keeps numbers as double precision.
    """
    sign = "-" if text[:1] == "-" else ""
    digits = text[1:] if sign else text
    if digits.isascii() and digits.isdigit():
        return (sign if digits.strip("0") else "") + digits.zfill(zeros)
    try:
        value = float(text)
    except ValueError:
        return None
    if not math.isfinite(value):
        return None
    if value.is_integer() and abs(value) < 1e15:
        whole = str(abs(int(value)))
        return ("-" if value < 0 else "") + whole.zfill(zeros)
    return repr(value)
