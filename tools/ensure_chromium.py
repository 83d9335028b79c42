"""Find a Chromium for the browser tests, or get one, or say loudly that there is none.

In order: ``$CHROMIUM``; one on the PATH or of Playwright's own; Debian's package
when we are root; Playwright's own installer. Under CI (``CI`` set) having none
is an error, because CI must not skip the browser tests.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def find() -> str | None:
    """The path of a Chromium that is already here, or ``None``."""
    named = os.environ.get("CHROMIUM")
    if named and Path(named).exists():
        return named
    for name in NAMES:
        if path := shutil.which(name):
            return path
    return _playwrights_own()


def _playwrights_own() -> str | None:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if path and Path(path).exists() else None


def get() -> str | None:
    """Install a Chromium: by apt as root, else by Playwright's own installer."""
    attempts: list[list[list[str]]] = []
    if hasattr(os, "geteuid") and os.geteuid() == 0 and shutil.which("apt-get"):
        attempts.append([["apt-get", "update", "-qq"], ["apt-get", "install", "-y", "-qq", "chromium"]])
    attempts.append([[sys.executable, "-m", "playwright", "install", "chromium"]])
    for commands in attempts:
        print("Getting a Chromium for the browser tests:", " ".join(commands[-1]), flush=True)
        try:
            for command in commands:
                subprocess.run(command, check=True, stdout=subprocess.DEVNULL, timeout=900)
        except (OSError, subprocess.SubprocessError) as problem:
            print(f"  that did not work ({type(problem).__name__})", flush=True)
            continue
        if path := find():
            return path
    return None


def main() -> int:
    path = find() or get()
    if path:
        return 0
    print("*" * 78)
    print("NO CHROMIUM: the browser tests will be SKIPPED. Install one, or set CHROMIUM=/path/to/chromium.")
    print("*" * 78, flush=True)
    return 1 if os.environ.get("CI") else 0


if __name__ == "__main__":
    sys.exit(main())
