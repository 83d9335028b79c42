"""Write the files by which a Debian server runs a hub: systemd's services and timers, and nginx in front."""

from __future__ import annotations

import os
import pwd
import sys
from dataclasses import dataclass, fields
from importlib.resources import files
from pathlib import Path

NAMES = (
    "lamplighter-web.service",
    "lamplighter-worker@.service",
    "lamplighter-backup.service",
    "lamplighter-backup.timer",
    "lamplighter-check.service",
    "lamplighter-check.timer",
    "nginx.conf",
)


@dataclass(frozen=True, slots=True)
class Server:
    """Settings that differ between servers; each field is the placeholder of its name, in capitals."""

    host: str
    home: Path
    settings: Path
    user: str
    copies: Path = Path("/var/backups/lamplighter")
    certificate: Path = Path("/etc/lamplighter/tls.crt")
    certificate_key: Path = Path("/etc/lamplighter/tls.key")
    port: int = 8801
    tls_port: int = 443
    largest: str = "2100m"

    @property
    def public_port(self) -> str:
        """Return the part of an address that follows the host name."""
        return "" if self.tls_port == 443 else f":{self.tls_port}"


def command() -> Path:
    """Return the ``lamplighter`` command of the environment that runs now."""
    return Path(sys.executable).with_name("lamplighter")


def owner_of(folder: Path) -> str:
    """Return the name of the user whom a folder belongs to; of ours where it is not there."""
    return pwd.getpwuid(folder.stat().st_uid if folder.exists() else os.geteuid()).pw_name


def write(server: Server, out: Path) -> list[Path]:
    """Write all of them into a folder; returns their paths. A file that is there is written over."""
    values = {f.name.upper(): str(getattr(server, f.name)) for f in fields(server)}
    values |= {"COMMAND": str(command()), "PUBLIC_PORT": server.public_port}
    out.mkdir(parents=True, exist_ok=True)
    written = []
    for name in NAMES:
        text = (files("lamplighter.hub.operations") / "files" / name).read_text("utf-8")
        for key, value in values.items():
            text = text.replace(f"@{key}@", value)
        path = out / name
        path.write_text(text, "utf-8")
        # Nothing of it is secret, and systemd and nginx have to read it.
        path.chmod(0o644)
        written.append(path)
    return written
