"""Ask clamd, ClamAV's scanner, about one file: the command ``zINSTREAM``, over a socket.

clamd is open about nothing above its own limits: a file larger than ``MaxFileSize`` is answered "OK", unread.
So a file counts as clean only where it is smaller than the limit that the hub was told of, and clamd says
"OK" with that; anything else is one of the other states.
"""

from __future__ import annotations

import datetime as dt
import re
import socket
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum

VERSION = re.compile(r"ClamAV (\S+?)(?:/(\d+)/(.+))?")
DATE = "%a %b %d %H:%M:%S %Y"
LIMITS = "Heuristics.Limits.Exceeded"
TOO_LARGE = "INSTREAM size limit exceeded"
MOST_SAID = 4096


class Outcome(StrEnum):
    """State of a file, of which only the first opens in one click."""

    CLEAN = "clean"
    INFECTED = "infected"
    PARTLY = "partly"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Answer:
    """Answer of clamd about a file, with its version and the date of its database where it has one."""

    outcome: Outcome
    engine: str = ""
    database_at: dt.datetime | None = None
    found: str = ""


class NoScannerError(ConnectionError):
    """Nobody answers where the scanner should be."""


@dataclass(frozen=True, slots=True)
class Clamd:
    """Address of clamd (the path of its socket, or ``host:port``), and the bytes that it reads at most."""

    address: str
    reads: int
    seconds: float = 120.0

    @contextmanager
    def _connected(self) -> Iterator[socket.socket]:
        host, colon, port = self.address.rpartition(":")
        try:
            if colon and port.isdigit():
                made = socket.create_connection((host, int(port)), self.seconds)
            else:
                made = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
                made.settimeout(self.seconds)
                made.connect(self.address)
        except OSError as problem:
            raise NoScannerError(f"No scanner answers at {self.address}.") from problem
        with made:
            yield made

    @staticmethod
    def _said(made: socket.socket) -> str:
        said = b""
        while not said.endswith(b"\0") and len(said) < MOST_SAID and (block := made.recv(MOST_SAID)):
            said += block
        return said.rstrip(b"\0\n").decode("utf-8", "replace")

    def version(self) -> tuple[str, dt.datetime | None]:
        """Return the version of the engine, and the date of its database (``None``: it names none)."""
        with self._connected() as made:
            made.sendall(b"zVERSION\0")
            found = VERSION.fullmatch(self._said(made))
        if not found:
            raise NoScannerError(f"What answers at {self.address} is not ClamAV.")
        engine, number, date = found.groups()
        at = dt.datetime.strptime(date, DATE).replace(tzinfo=dt.UTC) if date else None
        return f"ClamAV {engine}" + (f", database {number}" if number else ""), at

    def scan(self, chunks: Iterable[bytes], size: int) -> Answer:
        """Return what clamd says of the bytes. Raises :class:`NoScannerError` where nobody answers."""
        engine, at = self.version()
        if size > self.reads:
            return Answer(Outcome.PARTLY, engine, at, "larger than the scanner reads")
        with self._connected() as made:
            said = self._told(made, chunks)
        name = said.removeprefix("stream: ")
        if name.endswith(" FOUND"):
            found = name.removesuffix(" FOUND")[:200]
            return Answer(Outcome.PARTLY if LIMITS in found else Outcome.INFECTED, engine, at, found)
        if said == "stream: OK":
            return Answer(Outcome.CLEAN, engine, at)
        if TOO_LARGE in said:
            return Answer(Outcome.PARTLY, engine, at, "larger than the scanner reads")
        return Answer(Outcome.ERROR, engine, at, "the scanner could not read it")

    def _told(self, made: socket.socket, chunks: Iterable[bytes]) -> str:
        try:
            made.sendall(b"zINSTREAM\0")
            for chunk in chunks:
                made.sendall(len(chunk).to_bytes(4, "big") + chunk)
            made.sendall(bytes(4))
        except (BrokenPipeError, ConnectionResetError):
            # It stops reading where it has had enough, and has said why.
            pass
        try:
            return self._said(made)
        except OSError:
            return ""
