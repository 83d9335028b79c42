"""Keep a ledger of erasures that no returning copy can undo: in the database, and in files beside it.

A file holds opaque keys and a seal. The table is what counts: files are
brought up to it, so that a process killed between the two loses nothing.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import json
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lamplighter.hub.access.wall.identity import as_service
from lamplighter.hub.rights.models import Erasure
from lamplighter.hub.site import places

KIND = "lamplighter erasure 1"
SECRET = "erasure-key"  # noqa: S105  the name of the file, not what is in it
ERASE = "erase a record"
DIGITS = 32


class NotALineError(ValueError):
    """A file of the ledger that is none, or that was altered; the text says which."""


@dataclass(frozen=True, slots=True)
class Line:
    """One erasure: of which case, whose part or the whole, and with which reports."""

    key: uuid.UUID
    at: dt.datetime
    case_key: uuid.UUID
    agency: str
    whole: bool
    report_keys: tuple[uuid.UUID, ...]

    def values(self) -> dict[str, Any]:
        return {
            "kind": KIND,
            "key": str(self.key),
            "at": self.at.astimezone(dt.UTC).isoformat(timespec="microseconds"),
            "case": str(self.case_key),
            "agency": self.agency,
            "whole": self.whole,
            "reports": sorted(str(k) for k in self.report_keys),
        }


def folder() -> Path:
    return places.private_folder("erasures")


def digest_of(key: Any, secret: str = "") -> str:
    """A digest of an opaque key that says nothing without the hub's own secret: 32 hexadecimal digits."""
    return _seal(f"report {key}", secret)[:DIGITS]


def _seal(text: str, secret: str = "") -> str:
    return hmac.new((secret or places.secret(SECRET)).encode(), text.encode(), hashlib.sha256).hexdigest()


def to_text(line: Line) -> str:
    values = line.values()
    return json.dumps(values | {"seal": _seal(json.dumps(values, sort_keys=True))}, indent=1)


def from_text(text: str, name: str = "", *, secrets: Iterable[str] = ("",)) -> Line:
    """Read what :func:`to_text` wrote. Raises :class:`NotALineError` for anything else."""
    try:
        values = json.loads(text)
        seal = values.pop("seal")
        told = json.dumps(values, sort_keys=True)
        if values["kind"] != KIND or not any(hmac.compare_digest(_seal(told, s), seal) for s in secrets):
            raise NotALineError(f"{name} is not a line of this hub's ledger of erasures, or was altered.")
        return Line(
            uuid.UUID(values["key"]),
            dt.datetime.fromisoformat(values["at"]),
            uuid.UUID(values["case"]),
            str(values["agency"]),
            bool(values["whole"]),
            tuple(uuid.UUID(k) for k in values["reports"]),
        )
    except (KeyError, TypeError, AttributeError, json.JSONDecodeError) as problem:
        raise NotALineError(f"{name} is not a line of a ledger of erasures.") from problem


def of_row(row: Erasure) -> Line:
    return Line(row.key, row.at, row.case_key, row.agency, row.whole, tuple(row.report_keys))


def write_out() -> int:
    """Bring the files up to the table; returns how many were written. A file there is never written over."""
    written = 0
    with as_service(ERASE):
        for row in Erasure.objects.order_by("pk"):
            written += put(of_row(row))
    return written


def put(line: Line) -> bool:
    """Write one line to its file; whether it was not there yet."""
    path = folder() / f"{line.key}.json"
    if path.exists():
        return False
    part = path.with_suffix(".part")
    part.write_text(to_text(line))
    part.replace(path)
    return True


def read(where: Path, *, secrets: Iterable[str] = ("",)) -> list[Line]:
    """Every line in a folder, the oldest first. Raises :class:`NotALineError`."""
    paths = sorted(where.glob("*.json")) if where.is_dir() else []
    given = list(secrets)
    return sorted((from_text(p.read_text(), str(p), secrets=given) for p in paths), key=lambda line: line.at)
