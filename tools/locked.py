"""Read what a file of ``requirements/`` locks: each package with its version, hashes and what asks for it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

REQUIREMENTS = Path(__file__).resolve().parents[1] / "requirements"
HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")
OURS = "lamplighter"


class Locked(NamedTuple):
    """One locked package. ``asked_by``: the packages that need it; ``OURS`` where this project does."""

    name: str
    version: str
    hashes: tuple[str, ...]
    marker: str
    asked_by: tuple[str, ...]


def locked(path: Path) -> list[Locked]:
    """Return the packages of a lock file, by name.

    Raises:
        ValueError: a line locks no version, or carries no hash; the text names the file and the package.
    """
    found = [_read(path, block) for block in re.split(r"\n(?=[A-Za-z0-9])", path.read_text("utf-8"))]
    return sorted(one for one in found if one is not None)


def _read(path: Path, block: str) -> Locked | None:
    if not re.match(r"[A-Za-z0-9]", block):
        return None  # the head of the file
    asked = Requirement(block.splitlines()[0].rstrip(" \\"))
    version = next((s.version for s in asked.specifier if s.operator == "=="), None)
    hashes = tuple(sorted(HASH.findall(block)))
    if version is None or not hashes:
        lacks = "no version" if version is None else "no hash"
        raise ValueError(f"{path.name}: {asked.name} has {lacks}. Lock it again: make lock.")
    said = re.findall(r"^ +# (?: {2}|via )(.+)$", block, re.MULTILINE)
    who = (one for one in said if not one.startswith("-c "))
    by = {OURS if one.startswith((OURS, "-r ")) else canonicalize_name(one) for one in who}
    return Locked(canonicalize_name(asked.name), version, hashes, str(asked.marker or ""), tuple(sorted(by)))
