"""Exhibits, files and a scanner of one's own for the tests of evidence."""

from __future__ import annotations

import io
import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from lamplighter.hub.access.wall import identity
from lamplighter.hub.accounts.models import User
from lamplighter.hub.cases.models import Case
from lamplighter.hub.evidence import selectors, services
from lamplighter.hub.evidence.files import clamd, scanning
from lamplighter.hub.evidence.models import Exhibit, File
from lamplighter.hub.evidence.selectors import Known
from lamplighter.hub.evidence.services import Sent

EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
SIGNATURE = f"Eicar-Test:0:*:{EICAR.hex()}\n"
CONFIGURATION = """Foreground true
LocalSocket {folder}/clamd.socket
DatabaseDirectory {folder}/db
TemporaryDirectory {folder}
LogFile {folder}/log
MaxFileSize {reads}
StreamMaxLength 4M
MaxScanSize 20M
AlertExceedsMax {alert}
"""
TOLD: dict[str, Any] = {
    "title": "Screenshots of messages",
    "source": "victim",
    "came_from": "Herself",
    "came_how": "She sent them by email",
}


def sent(content: bytes = b"He was there again.", name: str = "note.txt") -> Sent:
    return Sent(io.BytesIO(content), len(content), name)


def receive(
    user: User, case: Case, partition: str = "shared", *, of: Sent | None = None, **told: Any
) -> Exhibit:
    given = TOLD | {"came_at": timezone.now()} | told
    with identity.as_person(user):
        return services.receive(user, case, partition, of or sent(os.urandom(8).hex().encode()), **given)


def known(user: User, exhibit: Exhibit) -> Known:
    with identity.as_person(user):
        return selectors.exhibit(exhibit.case, exhibit.key)


def answered(file: File, state: str = "clean", found: str = "") -> None:
    """The scanner's answer, where the test is of what follows from it."""
    with identity.job(scanning.PURPOSE):
        row = File.objects.select_related("exhibit", "case", "by", "owner").get(pk=file.pk)
        scanning.note(row, clamd.Answer(clamd.Outcome(state), "ClamAV 1.4.6", found=found))


def clamd_or_skip() -> str:
    """Where clamd is. CI installs it (tools/ensure_server.py) and may not be without."""
    found = shutil.which("clamd") or shutil.which("/usr/sbin/clamd")
    if not found:
        if os.environ.get("CI"):
            pytest.fail("clamd is not here: tools/ensure_server.py installs clamav-daemon.")
        pytest.skip("clamd is not here: install clamav-daemon to test against the real scanner")
    return found


@contextmanager
def a_clamd(*, alert: bool = True, reads: str = "1M") -> Iterator[str]:
    """A scanner of this test's own, which knows one signature; yields its socket, and ends it."""
    program = clamd_or_skip()
    # A socket has a short path: one below pytest's folders may be too long.
    with tempfile.TemporaryDirectory(prefix="clamd-") as place:
        folder = Path(place)
        (folder / "db").mkdir()
        (folder / "db" / "test.ndb").write_text(SIGNATURE)
        text = CONFIGURATION.format(folder=folder, alert="yes" if alert else "no", reads=reads)
        if os.geteuid() == 0:
            # Else it looks for an account of the package, which may read none of this.
            text += "User root\n"
        (folder / "clamd.conf").write_text(text)
        process = subprocess.Popen(
            [program, "--config-file", str(folder / "clamd.conf")],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            _wait(process, folder)
            yield str(folder / "clamd.socket")
        finally:
            process.terminate()
            process.wait(20)


def _wait(process: subprocess.Popen[bytes], folder: Path) -> None:
    for _ in range(600):
        assert process.poll() is None, (folder / "log").read_text() if (folder / "log").exists() else "ended"
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as made:
                made.connect(str(folder / "clamd.socket"))
                made.sendall(b"zPING\0")
                if made.recv(8).startswith(b"PONG"):
                    return
        except OSError:
            pass
        time.sleep(0.1)
    raise AssertionError("clamd did not come up")
