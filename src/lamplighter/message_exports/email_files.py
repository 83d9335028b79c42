"""Read one email (``.eml``): its headers, the text that is shown, and its attachments by their names alone.

Nothing is fetched, and no attachment is opened.
"""

from __future__ import annotations

import datetime as dt
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from html.parser import HTMLParser

from lamplighter.message_exports.decoding import storable
from lamplighter.message_exports.shapes import OTHER, Answers, Entry, Export, ExportError, Kind, Part, closed

FORMAT, CHANNEL = "email", "email"
_HEADERS = ("from:", "received:", "date:", "subject:", "to:", "message-id:", "return-path:", "delivered-to:")
_BREAKS = {"br", "p", "div", "tr", "li", "h1", "h2", "h3", "blockquote"}


def looks_like(text: str) -> bool:
    """Tell whether the file begins with headers of an email."""
    head = text[:20_000].split("\n\n", 1)[0].replace("\r", "").lower().split("\n")
    found = {h for h in _HEADERS for line in head if line.startswith(h)}
    return len(found) >= 2 and ("from:" in found or "received:" in found)


def read(data: bytes, answers: Answers | None = None) -> Export:
    """Read an email; its account counts its parts: shown, another form of what is shown, or attached.

    Raises:
        ExportError: it has no headers of an email.
    """
    if not looks_like(data[:20_000].decode("utf-8", errors="replace")):
        raise ExportError(
            "This file does not begin as an email does.",
            remedy="Save the email as a file (.eml), or print it as a PDF and keep that.",
        )
    # Bytes of any kind are read; a header that cannot be is given as it stands.
    message = message_from_bytes(data, policy=policy.default)
    walked = list(message.walk())
    shown = _shown(message, walked)
    parts, files = [], []
    for number, part in enumerate(walked, start=1):
        if part is shown or (shown is None and number == 1):
            at = number
            continue
        sort = part.get_content_type()
        name = _name(part)
        if name or part.get_content_disposition() == "attachment":
            files.append(name or sort)
            parts.append(Part(number, number, f"An attachment: {name or sort}.", "", OTHER))
        elif part.is_multipart():
            parts.append(Part(number, number, "It holds other parts.", "", OTHER))
        else:
            parts.append(Part(number, number, f"Another form of the text ({sort}).", _content(part), OTHER))
    text = _text(shown) if shown is not None else ""
    subject = _header(message, "Subject")
    when, note = _when(message)
    said = f"{subject}\n\n{text}".strip("\n") if subject else text
    raw = storable(
        data.decode("utf-8", errors="backslashreplace").split("\n\n", 1)[0].split("\r\n\r\n", 1)[0]
    )
    entry = Entry(at, at, when, _header(message, "From"), Kind.MESSAGE, said, raw, tuple(files), note=note)
    notes = ["The date is what the sender’s computer said. The chain of “Received” lines is kept with it."]
    if message.defects:
        notes.append("The email is damaged in part; what could be read is shown.")
    return Export(
        FORMAT,
        CHANNEL,
        (entry,),
        tuple(parts),
        closed("part", len(walked), (entry,), parts),
        None,
        tuple(notes),
    )


def _shown(message: EmailMessage, walked: list[EmailMessage]) -> EmailMessage | None:
    """Return the part whose text is shown: plain text, or else HTML; ``None`` for an email without any."""
    texts = [p for p in walked if not p.is_multipart() and p.get_content_maintype() == "text"
             and p.get_content_disposition() != "attachment" and not _name(p)]  # fmt: skip
    plain = [p for p in texts if p.get_content_subtype() == "plain" and _content(p).strip()]
    return next(iter(plain or [p for p in texts if p.get_content_subtype() == "html"] or texts), None)


def _content(part: EmailMessage) -> str:
    try:
        data = part.get_payload(decode=True)
    except (ValueError, LookupError, AttributeError, TypeError):
        return ""
    if not isinstance(data, bytes):
        return ""
    try:
        charset = part.get_content_charset() or "utf-8"
        return storable(data.decode(charset, errors="backslashreplace"))
    except (LookupError, ValueError, TypeError):
        return storable(data.decode("utf-8", errors="backslashreplace"))


def _text(part: EmailMessage) -> str:
    text = _content(part).replace("\r\n", "\n")
    if part.get_content_subtype() != "html":
        return text
    reader = _Words()
    reader.feed(text)
    reader.close()
    return "\n".join(line for line in (x.strip() for x in "".join(reader.found).split("\n")) if line)


class _Words(HTMLParser):
    """The words of a page, without what is not shown."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._hidden += tag in {"script", "style"}
        if tag in _BREAKS:
            self.found.append("\n")

    def handle_endtag(self, tag: str) -> None:
        self._hidden -= tag in {"script", "style"} and self._hidden > 0

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.found.append(data)


def _header(part: EmailMessage, name: str) -> str:
    try:
        return storable(str(part.get(name, "") or "")).replace("\n", " ").strip()
    except Exception:  # noqa: BLE001  the library raises many kinds of error for a damaged header
        raw = next((str(v) for k, v in part.raw_items() if k.lower() == name.lower()), "")
        return storable(raw).replace("\n", " ").strip()


def _name(part: EmailMessage) -> str:
    try:
        return storable(part.get_filename() or "").replace("\n", " ")
    except Exception:  # noqa: BLE001  as above
        return "a file whose name cannot be read"


def _when(message: EmailMessage) -> tuple[dt.datetime | None, str]:
    told = _header(message, "Date")
    if not told:
        return None, "It has no date."
    try:
        return parsedate_to_datetime(told), ""
    except (ValueError, TypeError, IndexError, OverflowError):
        return None, "Its date cannot be read."
