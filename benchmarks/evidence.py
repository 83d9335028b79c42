"""Measure how evidence is received, and how a hub that holds it is copied and the copy proved.

python -m benchmarks.evidence [receipt] [GIGABYTES]
python -m benchmarks.evidence copy [GIGABYTES] [--in FOLDER]

Each film is of its own noise, so that no disk can leave anything out. ``receipt`` removes each once it was
opened again: 20 GB need less than 2 GB of disk. ``copy`` keeps them all, twice: 20 GB need 44.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

from benchmarks.harness import hub, keep, options, run_part, say

MEGABYTE, MEGABYTES = 1024**2, 256
# Of the plain copies, which are removed at once, one film in so many.
PLAIN = 4


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


# A whole copy of a hub, and its drill.


class Ran(NamedTuple):
    """A command of ours: its seconds, those of a processor, and the most that a process of it held."""

    seconds: float
    processor: float
    megabytes: float
    said: str


def _run(*words: str) -> Ran:
    """Run a command as whoever runs a hub does; one that fails ends the benchmark with its words."""
    began, command = time.perf_counter(), [sys.executable, "-m", "lamplighter.cli.main", *words]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    assert process.stdout is not None
    said = process.stdout.read()
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"lamplighter {' '.join(words)}: {said}")
    seconds = time.perf_counter() - began
    return Ran(seconds, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024, said)


def _received(place: Path, films: int) -> float:
    """Receive so many films as exhibits of one case, as an officer does; return the megabytes a second."""
    from lamplighter.hub.evidence.services import Sent
    from tests.integration.access import making
    from tests.integration.evidence import making as evidence

    officer, source, took = making.somebody("investigator"), place / "film.mp4", 0.0
    case = making.a_case(officer)
    for number in range(films):
        _film(source)
        began = time.perf_counter()
        with source.open("rb") as file:
            sent = Sent(file, source.stat().st_size, f"film-{number}.mp4")
            evidence.receive(officer, case, of=sent, title=f"Film {number}")
        took += time.perf_counter() - began
        source.unlink()
    return films * MEGABYTES / took


def _plain(place: Path) -> float:
    """Return the megabytes a second of a plain copy of some of the sealed files, hashed and removed."""
    from lamplighter.hub.evidence.files import sealed

    some, target = list(sealed.every().values())[::PLAIN], place / "plain"
    began = time.perf_counter()
    for path in some:
        _copied(path, target)
    target.unlink()
    return len(some) * MEGABYTES / (time.perf_counter() - began)


def copy() -> int:
    """Copy a hub that holds so many gigabytes of film, prove the copy by its drill, and copy it again."""
    parser = options(copy)
    parser.add_argument("gigabytes", nargs="?", type=float, default=2.0)
    parser.add_argument("--in", dest="folder", type=Path, help="a folder on the disk that is measured")
    asked = parser.parse_args()
    films = max(1, round(asked.gigabytes * 1024 / MEGABYTES))
    size = films * MEGABYTES
    with tempfile.TemporaryDirectory(prefix="lamplighter-copy-", dir=asked.folder) as name:
        place, copies = Path(name), Path(name) / "copies"
        free = shutil.disk_usage(place).free / MEGABYTE
        if free < 2.1 * size + 1024:
            raise SystemExit(
                f"{place} has {free:,.0f} MB free; {size:,} MB twice need {2.1 * size + 1024:,.0f}."
            )
        with hub(place / "hub"):
            # What a hub without any evidence takes: tables, programs of PostgreSQL, the start of Python.
            bare = [
                _run("backup", "--out", str(place / "bare")),
                _run("restore", str(place / "bare"), "--drill"),
            ]
            received, plain = _received(place, films), _plain(place)
            made = _run("backup", "--into", str(copies))
            drill = _run("restore", str(next(copies.iterdir())), "--drill")
            assert "Equal: every table row for row" in drill.said, drill.said
            again = _run("backup", "--into", str(copies))
    say(f"{size:,} MB of evidence in {films} files, MB/s: received {received:.0f},")
    say(f"  plain copy with SHA-256 {plain:.0f}")
    for title, ran, without in (("copy of the hub", made, bare[0]), ("its drill", drill, bare[1])):
        say(f"{title}: {size / ran.seconds:.0f} MB/s; {ran.seconds:,.0f} s,")
        say(f"  of a hub without evidence {without.seconds:.0f};")
        say(f"  {ran.processor:,.0f} s of a processor ({without.processor:.0f}),")
        say(f"  at most {ran.megabytes:.0f} MB of memory ({without.megabytes:.0f})")
    say(f"the next copy, which links to what the last one has: {again.seconds:.0f} s")
    keep("evidence", "copy")
    return 0


if __name__ == "__main__":
    sys.exit(run_part("evidence", {"receipt": receipt, "copy": copy}))
