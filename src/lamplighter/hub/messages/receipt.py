"""Hand what she brings to the one receipt of the hub: evidence seals, scans and keeps it as an exhibit."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Collection, Iterable

from lamplighter.hub.access import moment
from lamplighter.hub.access.models import owned
from lamplighter.hub.accounts.models import User
from lamplighter.hub.evidence import selectors as evidence
from lamplighter.hub.evidence import services as receiving
from lamplighter.hub.evidence.models import Exhibit, File, Scan
from lamplighter.hub.evidence.selectors import Known
from lamplighter.hub.evidence.services import Sent
from lamplighter.hub.messages.models import Brought, Draft, Original
from lamplighter.hub.site.refusals import NotPossibleError
from lamplighter.message_exports import archives
from lamplighter.message_exports.decoding import storable

LONGEST = 300  # characters of how an exhibit came, as evidence keeps it
ENDINGS = {
    "whatsapp": ".txt",
    "signal": ".txt",
    "telegram": ".json",
    "messenger": ".json",
    "instagram": ".json",
    "sms": ".xml",
    "calls": ".xml",
    "email": ".eml",
    "call_log": ".csv",
    "diary": ".csv",
}
"""Endings by which evidence opens each format: exports come under any name."""


def digest(data: bytes) -> str:
    """Return the SHA-256 of a file."""
    return hashlib.sha256(data).hexdigest()


def ending_of(data: bytes, format: str) -> str:
    """Return the ending by which evidence opens an export of a format."""
    if data.startswith(b"PK\x03\x04"):
        return ".xlsx" if archives.is_workbook(data) else ".zip"
    return ENDINGS[format]


def keep(user: User, brought: Brought, name: str, data: bytes, title: str, ending: str) -> Original:
    """Keep a file as an exhibit of the side that took it in; one that this agency has there already is it.

    Another's is not: each agency erases what is its own.

    Raises ``NotPossibleError``, and keeps nothing.
    """
    own = {"partition": brought.partition, "owner": brought.owner}
    same = evidence.same_file(brought.case, digest(data), **own)
    return Original.objects.create(
        **owned(
            user,
            brought.case,
            partition=brought.partition,
            brought=brought,
            file=same or _received(user, brought, _sent(name, data, ending), title),
        )
    )


def _sent(name: str, data: bytes, ending: str) -> Sent:
    return Sent(io.BytesIO(data), len(data), storable(name), ending)


def _received(user: User, brought: Brought, sent: Sent, title: str) -> File:
    made = receiving.receive(
        user,
        brought.case,
        brought.partition,
        sent,
        entered=False,
        again=True,
        title=title,
        source=Exhibit.Source.VICTIM,
        came_how=(brought.words or "The victim brought it")[:LONGEST],
        came_at=moment.now(),
    )
    return made.files.get()


def to_read(original: Original) -> bytes:
    """Return a file as it was received, for its lines to be read.

    Raises ``NotPossibleError`` where a virus was found in it: it is not opened again, for drafts neither.
    """
    known = standing([original]).get(original.pk)
    if known and known.state(original.file) == Scan.State.INFECTED:
        raise NotPossibleError(
            f"A virus was found in exhibit {known.label}. It is kept as it came, and no drafts are made of "
            "it. Ask for it anew, from another computer or telephone."
        )
    return evidence.content(original.file)


def exhibits_of(brought: Brought, drafts: Collection[Draft]) -> list[Exhibit]:
    """Return the exhibits that drafts are from: the file, or of pictures those of their lines."""
    rows = brought.originals.all()
    if brought.sort == Brought.Sort.PICTURES:
        rows = rows.filter(line__draft__in=drafts)
    return [row.file.exhibit for row in rows.select_related("file__exhibit").order_by("pk")]


def standing(originals: Iterable[Original]) -> dict[int, Known]:
    """Return what stands of the exhibit of each original, by the original's id."""
    rows = list(originals)
    found = evidence.known(Exhibit.objects.filter(pk__in={row.file.exhibit_id for row in rows}))
    by_exhibit = {known.exhibit.pk: known for known in found}
    return {row.pk: by_exhibit[row.file.exhibit_id] for row in rows if row.file.exhibit_id in by_exhibit}
