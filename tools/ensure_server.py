"""Get the programs of a real server for tests (docs/server.md): Debian's PostgreSQL, nginx and clamd.

Only where CI runs as root on a machine of its own. Elsewhere the tests take what is there: the wheel's
PostgreSQL in place of Debian's, and no test of nginx or clamd without them.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

OLDEST = 17
POLICY = Path("/usr/sbin/policy-rc.d")


def missing() -> list[str]:
    """Return the packages whose programs are not here."""
    postgresql = any(int(p.parent.name) >= OLDEST for p in Path("/usr/lib/postgresql").glob("*/bin"))
    nginx = shutil.which("nginx", path="/usr/sbin:/usr/bin:/usr/local/sbin:/usr/local/bin")
    clamd = shutil.which("clamd", path="/usr/sbin:/usr/bin")
    wanted = {"postgresql": postgresql, "nginx-light": nginx, "clamav-daemon": clamd}
    return [name for name, there in wanted.items() if not there]


def get(packages: list[str]) -> bool:
    """Install packages without starting what they bring; returns whether they are there now."""
    print("Getting a server for the tests:", " ".join(packages), flush=True)
    ours = not POLICY.exists()
    if ours:
        POLICY.write_text("#!/bin/sh\nexit 101\n")
        POLICY.chmod(0o755)
    try:
        for command in (["apt-get", "update", "-qq"], ["apt-get", "install", "-y", "-qq", *packages]):
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL, timeout=900)
    except (OSError, subprocess.SubprocessError) as problem:
        print(f"  that did not work ({type(problem).__name__})", flush=True)
    finally:
        if ours:
            POLICY.unlink()
    return not missing()


def main() -> int:
    packages = missing()
    on_its_own = os.environ.get("CI") and os.geteuid() == 0 and shutil.which("apt-get")
    if packages and (not on_its_own or not get(packages)):
        print(
            f"Without {' and '.join(packages)}: what needs them is tested with the wheel's server or skipped."
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
