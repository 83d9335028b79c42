"""Measure the receipt of evidence: opened with its reader, hashed, sealed; beside a plain copy with a hash.

    python -m benchmarks.evidence [--gigabytes 2] [--file 256] [--folder PLACE]

Both write the same bytes to the same disk, flushed to it, in turns; the ratio is what the software costs.
Then every sealed file is opened again, as the drill does. Memory: the peak above the beginning.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import resource
import struct
import sys
import tempfile
import time
from pathlib import Path

MEGABYTE = 1024**2


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--gigabytes", type=float, default=2.0, help="altogether")
    parser.add_argument("--file", type=int, default=256, help="megabytes of one file")
    parser.add_argument("--folder", type=Path, default=None, help="on the disk that is measured")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="lamplighter-evidence-", dir=options.folder) as place:
        os.environ["LAMPLIGHTER_HOME"] = place
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lamplighter.hub.site.settings")
        import django

        django.setup()
        return _measure(Path(place), max(1, round(options.gigabytes * 1024 / options.file)), options.file)


def _film(path: Path, megabytes: int) -> None:
    """A film by its structure, with noise in it: what is large is film."""
    head = struct.pack(">I4s4sI4s", 20, b"ftyp", b"isom", 0, b"isom") + struct.pack(">I4s", 8, b"moov")
    with path.open("wb") as file:
        file.write(head + struct.pack(">I4s", 8 + megabytes * MEGABYTE, b"mdat"))
        for _ in range(megabytes):
            file.write(os.urandom(MEGABYTE))


def _copied(source: Path, target: Path) -> float:
    began, digest = time.perf_counter(), hashlib.sha256()
    with source.open("rb") as file, target.open("wb") as out:
        while block := file.read(MEGABYTE):
            digest.update(block)
            out.write(block)
        out.flush()
        os.fsync(out.fileno())
    return time.perf_counter() - began


def _measure(place: Path, files: int, megabytes: int) -> int:
    import datetime as dt

    from lamplighter.hub.evidence import rules
    from lamplighter.hub.evidence.files import opening, sealed

    source, today = place / "film.mp4", dt.date(2026, 12, 1)
    _film(source, megabytes)
    size = source.stat().st_size
    plain = received = opened = 0.0
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for number in range(files):
        plain += _copied(source, place / "copy")
        (place / "copy").unlink()
        began = time.perf_counter()
        with source.open("rb") as file:
            opening.read(file, size, source.name, rules.types(today), rules.reading(today))
            file.seek(0)
            put = sealed.write(file)
        sealed.settle(put.key)
        received += time.perf_counter() - began
        began = time.perf_counter()
        assert sealed.digest_of(sealed.path_of(put.key), put.key) == put.sha256
        opened += time.perf_counter() - began
        sys.stderr.write(f"\r{number + 1} of {files}")
    total = files * size / MEGABYTE
    memory = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    sys.stdout.write(
        f"\n{total:,.0f} MB in {files} files of {megabytes} MB\n"
        f"plain copy with SHA-256  {total / plain:7.0f} MB/s\n"
        f"received and sealed      {total / received:7.0f} MB/s, {plain / received:.2f} of the copy\n"
        f"opened and compared      {total / opened:7.0f} MB/s\n"
        f"memory above the start   {memory:7.0f} MB\n"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
