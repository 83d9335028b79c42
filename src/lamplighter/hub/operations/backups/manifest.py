"""Describe a copy: when it was made and what is in it, sealed together with the copy.

Beside the sealed one lies a short one in clear, by which copies are told apart and put in order without the
key. It is believed of nothing: where the two differ, or the files are not those that were sealed with them,
the copy is refused. The sealed one has the rows and the digest of each table, which say too much in clear.
"""

from __future__ import annotations

import datetime as dt
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lamplighter.hub.operations.backups import sealing
from lamplighter.hub.operations.backups.tables import Held
from lamplighter.hub.site.errors import OperatorError

CLEAR, SEALED = "manifest.json", "manifest.sealed"
FORMAT = 3
NOT_SEALED = 2  # the format before: one file in clear
_HEAD = len(sealing.MAGIC) + sealing.PREFIX


class ManifestError(OperatorError):
    """A folder holds no copy, or not the one that its manifest is of. The text says which, and what to do."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """``sealed``: whether what it says was sealed with the copy, or anybody may have written it."""

    made_at: dt.datetime
    held: Held
    sealed: bool
    evidence: Mapping[str, str]


def write(
    folder: Path,
    made_at: dt.datetime,
    size: int,
    found: Held,
    secret: bytes,
    files: Sequence[str],
    evidence: Mapping[str, str],
) -> None:
    """Write both. ``files``: the sealed files that they are of, which lie there; ``evidence``: prints of
    those of exhibits."""
    plain = {"format": FORMAT, "made_at": made_at.isoformat(), "bytes": size}
    whole = plain | {
        "tables": {name: list(value) for name, value in found.tables.items()},
        "wall": found.wall,
        "files": {name: print_of(folder / name) for name in files},
        "evidence": dict(evidence),
    }
    _put(folder, plain, whole, secret)


def _put(folder: Path, plain: dict[str, Any], whole: dict[str, Any], secret: bytes) -> None:
    with (folder / SEALED).open("wb") as target:
        (folder / SEALED).chmod(0o600)
        sealing.seal(io.BytesIO(json.dumps(whole).encode()), target, secret)
    (folder / CLEAR).write_text(json.dumps(plain, indent=1))
    (folder / CLEAR).chmod(0o600)


def clear(folder: Path) -> dict[str, Any]:
    """Return what stands in clear: enough to tell a copy and its day. Raises :class:`ManifestError`."""
    try:
        found: dict[str, Any] = json.loads((folder / CLEAR).read_text())
        dt.datetime.fromisoformat(found["made_at"])
    except (OSError, ValueError, KeyError, TypeError) as problem:
        raise ManifestError(f"{folder} holds no copy of a hub: {CLEAR} is missing or damaged.") from problem
    if found.get("format") not in {FORMAT, NOT_SEALED}:
        raise ManifestError(
            f"{folder} was made by another version (format {found.get('format')}, not {FORMAT})."
        )
    return found


def read(folder: Path, secret: bytes) -> Manifest:
    """Return what the copy says of itself, where that was sealed with it.

    Raises :class:`ManifestError` where the clear one says something else or the files are another copy's, and
    ``sealing.NotOpenedError`` where the sealed one was changed or the key is another.
    """
    plain = clear(folder)
    if plain["format"] == NOT_SEALED and not (folder / SEALED).exists():
        return _manifest(plain, sealed=False)
    try:
        with (folder / SEALED).open("rb") as source:
            whole: dict[str, Any] = json.loads(b"".join(sealing.opened(source, secret)))
    except OSError as problem:
        raise ManifestError(
            f"{folder} is no whole copy: {SEALED} is missing. Use another copy, and find out who took "
            "it away."
        ) from problem
    for key in ("format", "made_at", "bytes"):
        if plain.get(key) != whole[key]:
            raise ManifestError(
                f"{CLEAR} of {folder} was changed: it says {key} {plain.get(key)}, and the copy was sealed "
                f"with {whole[key]}. Find out who changed it. The copy itself may be sound: put "
                f"{whole[key]} back, or use another copy."
            )
    for name, print_ in whole["files"].items():
        if print_of(folder / name) != print_:
            raise ManifestError(
                f"{name} in {folder} is of another copy than the manifest beside it: somebody exchanged it. "
                "Use another copy, and find out who did."
            )
    return _manifest(whole, sealed=True)


def _manifest(found: dict[str, Any], *, sealed: bool) -> Manifest:
    held = Held({name: (rows, digest) for name, (rows, digest) in found["tables"].items()}, found["wall"])
    return Manifest(dt.datetime.fromisoformat(found["made_at"]), held, sealed, found.get("evidence", {}))


def print_of(path: Path) -> str:
    """Tell one sealed file from another: its length, how it begins (random) and the seal of its last part."""
    try:
        with path.open("rb") as file:
            head = file.read(_HEAD)
            length = file.seek(0, io.SEEK_END)
            file.seek(max(0, length - sealing.TAG))
            return f"{length} {head.hex()} {file.read().hex()}"
    except FileNotFoundError:
        return "not there"
