"""Check what may be brought and changed. Nothing here asks the database."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping

from lamplighter.hub.messages.grouping import ROLES
from lamplighter.hub.messages.models import Brought, Draft
from lamplighter.hub.site.refusals import NotPossibleError
from lamplighter.message_exports.dates import Order
from lamplighter.message_exports.shapes import ExportError
from lamplighter.records.validation.limits import LONGEST_TEXT, MOST_ROWS

LARGEST = 64 * 2**20
LARGEST_PICTURE = 20 * 2**20
MOST_PICTURES = 100
"""Pictures of one set: each has eight answers on one page, and a page of more than a thousand is refused."""
MOST_INCIDENTS = MOST_ROWS["occasions"]
ENDINGS = {
    "image/png": ".png",
    "image/jpeg": ".jpg",
    "image/gif": ".gif",
    "image/webp": ".webp",
    "image/heic": ".heic",
}
"""Endings by which evidence opens each kind of picture: a messenger sends one under the name of another."""
_PICTURES = {
    b"\x89PNG\r\n\x1a\n": "image/png",
    b"\xff\xd8\xff": "image/jpeg",
    b"GIF8": "image/gif",
}


def refusal(error: ExportError) -> NotPossibleError:
    """Return what a person is told of a file that cannot be read: what, where, and what to do."""
    where = f" ({error.place})" if error.place else ""
    return NotPossibleError(f"{error.what}{where} {error.remedy}".strip(), "file")


def picture_type(data: bytes) -> str:
    """Return what a picture is by its first bytes; "" for anything else."""
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "image/webp"
    if data[4:8] == b"ftyp" and data[8:12] in {b"heic", b"heix", b"mif1", b"hevc"}:
        return "image/heic"
    return next((sort for mark, sort in _PICTURES.items() if data.startswith(mark)), "")


def check_pictures(files: Collection[tuple[str, bytes]]) -> None:
    if not files:
        raise NotPossibleError("Choose the pictures.", "files")
    if len(files) > MOST_PICTURES:
        raise NotPossibleError(f"Send {MOST_PICTURES} pictures or fewer at once.", "files")
    for number, (_, data) in enumerate(files, start=1):
        if not picture_type(data):
            raise NotPossibleError(
                f"File {number} is not a picture (PNG, JPEG, HEIC, WebP or GIF). Nothing was kept. Leave it "
                "out, or take a screenshot of it.",
                "files",
            )
        if len(data) > LARGEST_PICTURE:
            limit = LARGEST_PICTURE // 2**20
            raise NotPossibleError(f"File {number} is larger than {limit} MB. Nothing was kept.", "files")


def check_order(brought: Brought, order: str) -> str:
    """Return the order of day and month that somebody confirmed, or that the file proves."""
    told = brought.account.get("order") or {}
    if not told or told.get("proved"):
        return str(told.get("order", ""))
    if order not in {Order.DAY_FIRST, Order.MONTH_FIRST}:
        raise NotPossibleError("Say if the day or the month is first. The file does not prove it.", "order")
    return order


def check_senders(senders: Mapping[str, str], named: Collection[str]) -> None:
    if set(senders) != set(named) or not set(senders.values()) <= set(ROLES):
        raise NotPossibleError("Say who each sender is. “Not known” is an answer.")


def check_state(brought: Brought, state: str) -> None:
    if brought.state != state:
        raise NotPossibleError("This was done already. Look at the page again.")


def check_draft(draft: Draft) -> None:
    if draft.state != Draft.State.DRAFT:
        raise NotPossibleError("This is no draft any more. Look at the page again.")


def check_words(words: str) -> None:
    if not words.strip():
        raise NotPossibleError("Enter what happened.", "words")
    if len(words) > LONGEST_TEXT:
        raise NotPossibleError(f"Keep it under {LONGEST_TEXT:,} characters. The lines stay whole.", "words")


def check_times(start: dt.datetime | None, end: dt.datetime | None, now: dt.datetime) -> None:
    if start and start > now:
        raise NotPossibleError("The date must not be in the future.", "on")
    if start and end and end < start:
        raise NotPossibleError("It must not end before it begins.", "on")


def check_reason(reason: str) -> None:
    if not reason.strip():
        raise NotPossibleError("Say why it is left out.", "reason")
