"""Measure the receipt of evidence beside a hashed copy: python -m benchmarks.evidence [GIGABYTES].

Each film is of its own noise, so that no disk can leave anything out, and is removed once it was opened
again: 20 GB need less than 2 GB of disk.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import os
import resource
import shutil
import sys
import tempfile
import time
from itertools import pairwise
from pathlib import Path

from benchmarks.harness import keep, options, run_part, say

MEGABYTE, MEGABYTES = 1024**2, 256


def _film(path: Path) -> None:
    """A film by its structure, with noise in it: what is large is film."""
    head = b"\x00\x00\x00\x14ftypisom\x00\x00\x00\x00isom\x00\x00\x00\x08moov"
    with path.open("wb") as file:
        file.write(head + (8 + MEGABYTES * MEGABYTE).to_bytes(4, "big") + b"mdat")
        for _ in range(MEGABYTES):
            file.write(os.urandom(MEGABYTE))


def _copied(source: Path, target: Path) -> None:
    with source.open("rb") as file, target.open("wb") as out:
        shutil.copyfileobj(file, out, MEGABYTE)
        out.flush()
        os.fsync(out.fileno())
    with target.open("rb") as file:
        hashlib.file_digest(file, "sha256")


def measure(place: Path, files: int) -> None:
    """Receive so many films, each beside a plain copy, and open each again as the drill of a copy does."""
    from lamplighter.hub.evidence import rules
    from lamplighter.hub.evidence.files import opening, sealed

    source, today = place / "film.mp4", dt.date(2026, 12, 1)
    took: list[tuple[float, ...]] = []
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for _ in range(files):
        _film(source)
        at = [time.perf_counter()]
        _copied(source, place / "copy")
        at.append(time.perf_counter())
        with source.open("rb") as file:
            opening.read(file, source.stat().st_size, source.name, rules.types(today), rules.reading(today))
            file.seek(0)
            put = sealed.write(file)
        sealed.settle(put.key)
        at.append(time.perf_counter())
        assert sealed.digest_of(sealed.path_of(put.key), put.key) == put.sha256
        at.append(time.perf_counter())
        sealed.path_of(put.key).unlink()
        took.append(tuple(end - begin for begin, end in pairwise(at)))
    copied, received, opened = (files * MEGABYTES / sum(seconds) for seconds in zip(*took, strict=True))
    memory = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    say(f"{files * MEGABYTES:,} MB, MB/s: plain copy with SHA-256 {copied:.0f}, received {received:.0f}")
    say(f"({received / copied:.2f} of it), opened again {opened:.0f}; {memory:.0f} MB above the start")


def receipt() -> int:
    """Receive so many gigabytes of film."""
    parser = options(receipt)
    parser.add_argument("gigabytes", nargs="?", type=float, default=2.0)
    films = max(1, round(parser.parse_args().gigabytes * 1024 / MEGABYTES))
    with tempfile.TemporaryDirectory(prefix="lamplighter-evidence-") as home:
        os.environ.update(LAMPLIGHTER_HOME=home, DJANGO_SETTINGS_MODULE="lamplighter.hub.site.settings")
        import django

        django.setup()
        measure(Path(home), films)
    keep("evidence", "receipt")
    return 0


if __name__ == "__main__":
    sys.exit(run_part("evidence", {"receipt": receipt}))
