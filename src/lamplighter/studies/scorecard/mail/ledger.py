"""Keep a ledger of messages: marks that say nothing to whoever finds the file without its key.

A line is written before a message leaves and another when it has left or was refused. Where a run is cut off
between the two nobody knows whether the message left: it is not sent again, and the next run says so.
"""

from __future__ import annotations

import fcntl
import hashlib
import hmac
import json
import os
import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from lamplighter.studies.scorecard.folder import ScorecardError

BEGUN, SENT, REFUSED = "begun", "sent", "refused"


@dataclass
class Ledger:
    """An open ledger. ``unknown`` counts messages of earlier runs that may have left, or may not."""

    path: Path
    key: bytes = field(repr=False)
    told: dict[str, str] = field(default_factory=dict)
    unknown: int = 0

    def mark(self, *parts: str) -> str:
        """Return the mark of an address with a topic and a change."""
        return hmac.new(self.key, "\0".join(parts).encode(), hashlib.sha256).hexdigest()

    def was_told(self, address: str, topic: str, change: str) -> bool:
        """Tell whether a change was told, or may have been."""
        state = self.told.get(self.mark(address.casefold(), topic, change))
        return state is not None and state != REFUSED

    def write(self, state: str, address: str, topic: str, changes: Sequence[str]) -> None:
        """Write what became of a message, so that it is on the disk before anything else is done."""
        marks = [self.mark(address.casefold(), topic, change) for change in changes]
        with self.path.open("a", encoding="utf-8") as file:
            file.write(json.dumps({"state": state, "marks": marks}) + "\n")
            file.flush()
            os.fsync(file.fileno())
        self.told.update(dict.fromkeys(marks, state))


@contextmanager
def opened(path: Path) -> Iterator[Ledger]:
    """Open a ledger for one run, begun where there is none.

    Raises:
        ScorecardError: another run has it, it is damaged, or its key is missing.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    key = path.with_name(f"{path.name}.key")
    with path.open("a+", encoding="utf-8") as file:
        path.chmod(0o600)
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise ScorecardError("Another run is sending.", file=path.name, remedy="Wait for it.") from None
        file.seek(0)
        lines = file.read().splitlines()
        if not key.exists():
            if lines:
                raise ScorecardError(
                    "The key of the ledger is missing: nobody could say what was told.",
                    file=key.name,
                    remedy="Put it back from a copy.",
                )
            with os.fdopen(os.open(key, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as made:
                made.write(secrets.token_bytes(32))
        ledger = Ledger(path, key.read_bytes())
        open_: set[str] = set()
        for number, line in enumerate(lines, 1):
            try:
                row = json.loads(line)
                marks, state = [str(m) for m in row["marks"]], str(row["state"])
            except (ValueError, KeyError, TypeError):
                if number == len(lines):
                    # A run was cut off while it wrote: its message had not left.
                    _drop_last(path)
                    continue
                raise ScorecardError("The line is damaged.", file=path.name, place=f"line {number}") from None
            ledger.told.update(dict.fromkeys(marks, state))
            first = marks[0] if marks else ""
            open_ = open_ | {first} if state == BEGUN else open_ - {first}
        ledger.unknown = len(open_)
        yield ledger


def _drop_last(path: Path) -> None:
    whole = path.read_text("utf-8").rstrip("\n")
    path.write_text(whole[: whole.rfind("\n") + 1], "utf-8")
