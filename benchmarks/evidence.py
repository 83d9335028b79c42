"""Measure the receipt of evidence beside a hashed copy: python -m benchmarks.evidence [GIGABYTES]."""

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

from benchmarks.harness import say

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


def measure(place: Path, files: int) -> int:
    """Receive the same film so many times, each beside a plain copy, and open it again as the drill does."""
    from lamplighter.hub.evidence import rules
    from lamplighter.hub.evidence.files import opening, sealed

    source, today = place / "film.mp4", dt.date(2026, 12, 1)
    _film(source)
    took: list[tuple[float, ...]] = []
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for _ in range(files):
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
        took.append(tuple(end - begin for begin, end in pairwise(at)))
    copied, received, opened = (files * MEGABYTES / sum(seconds) for seconds in zip(*took, strict=True))
    memory = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    say(f"{files * MEGABYTES:,} MB, MB/s: plain copy with SHA-256 {copied:.0f}, received {received:.0f}")
    say(f"({received / copied:.2f} of it), opened again {opened:.0f}; {memory:.0f} MB above the start")
    return 0


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(prefix="lamplighter-evidence-") as home:
        os.environ.update(LAMPLIGHTER_HOME=home, DJANGO_SETTINGS_MODULE="lamplighter.hub.site.settings")
        import django

        django.setup()
        sys.exit(measure(Path(home), max(1, round(float((sys.argv[1:] or ["2"])[0]) * 1024 / MEGABYTES))))
