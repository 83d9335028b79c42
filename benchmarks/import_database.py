"""Import speed end to end: files on disk to committed rows in PostgreSQL, with validation.

    python -m benchmarks.import_database [--reports 1000000] [--format force_a_rms|lamplighter]

The peer measured in the same run is the floor that nothing can beat on this
machine: PostgreSQL's own COPY of the same bytes into one bare text column, with
no parsing, checking or index. The ratio is ours to that floor.
"""

from __future__ import annotations

import argparse
import os
import resource
import sys
import tempfile
import time
from pathlib import Path

import psutil

TARGET = 20_000  # reports a second


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--reports", type=int, default=1_000_000)
    parser.add_argument("--format", choices=["force_a_rms", "lamplighter"], default="lamplighter")
    parser.add_argument("--batch", type=int, default=50_000)
    parser.add_argument("--keep", type=Path, help="folder for the files, kept and used again")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="lamplighter-") as home:
        os.environ.setdefault("LAMPLIGHTER_HOME", str(Path(home) / "hub"))
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lamplighter.hub.site.settings")
        os.environ["LAMPLIGHTER_LOG_LEVEL"] = "ERROR"
        folder = options.keep or Path(home) / "files"
        folder.mkdir(parents=True, exist_ok=True)
        try:
            return _measure(folder, options.reports, options.format, options.batch)
        finally:
            from lamplighter.hub.site import database

            database.stop()


def _measure(folder: Path, reports: int, kind: str, batch: int) -> int:
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection

    from lamplighter.hub.intake import services

    call_command("migrate", verbosity=0)
    began = time.monotonic()
    paths = _files(folder, reports, kind)
    size = sum(p.stat().st_size for p in paths)
    _say(f"{len(paths)} files, {size / 1e6:.0f} MB, made in {time.monotonic() - began:.0f} s")

    floor = _floor(paths)
    began, cpu, server = time.monotonic(), time.process_time(), _server_seconds()
    delivery = services.import_files(paths, kind, batch_reports=batch, progress=_progress)
    took, server = time.monotonic() - began, _server_seconds() - server
    totals = services.totals_of(delivery)
    stored = totals["reports_new"]
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_database_size(current_database())")
        held = cursor.fetchone()[0]
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    _say("")
    _say(f"state               {delivery.state}")
    _say(f"rows                {totals['rows_in']:,} in = {totals['rows_accepted']:,} accepted")
    _say(f"                    + {totals['rows_rejected']:,} rejected + {totals['rows_duplicate']:,} repeats")
    _say(f"reports, people     {stored:,}, {totals['people']:,}")
    _say(f"time                {took:.1f} s")
    # On a machine that does other work as well, these say more than the time does.
    _say(f"processor           {time.process_time() - cpu:.1f} s here, {server:.1f} s in PostgreSQL")
    _say(f"speed               {stored / took:,.0f} reports a second (target {TARGET:,})")
    _say(f"bare COPY of bytes  {floor:.1f} s; ours takes {took / floor:.1f} times as long")
    _say(f"memory              {memory:,.0f} MB at most; database {held / 1e6:,.0f} MB")
    return 0 if delivery.state == "done" and stored / took >= TARGET else 1


def _server_seconds() -> float:
    """Seconds of processor that the connection's own server process has used; 0 when it is elsewhere."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        number = cursor.fetchone()[0]
    try:
        times = psutil.Process(number).cpu_times()
    except psutil.Error:
        return 0.0
    return float(times.user + times.system)


def _files(folder: Path, reports: int, kind: str) -> list[Path]:
    if kind == "force_a_rms":
        from benchmarks.import_files import force_a

        path = folder / "force_a_rms_extract.csv"
        return [path if path.exists() else force_a(path, reports)]
    return _bundle(folder / "bundle", reports)


def _bundle(folder: Path, reports: int) -> list[Path]:
    """The made-up world as a Parquet bundle of about so many reports, made once."""
    from lamplighter.records.schema import TABLES
    from lamplighter.synthetic.sampling.config import Config
    from lamplighter.synthetic.worlds import stream

    files = [folder / f"{table.name}.parquet" for table in TABLES]
    if not all(f.exists() for f in files):
        # About 2.1 person records a report.
        stream.write(folder / "parts", Config(seed=7, person_records=int(reports * 2.1)))
        for name, rows in stream.scan(folder / "parts").items():
            rows.sink_parquet(folder / f"{name}.parquet")
    return files


def _floor(paths: list[Path]) -> float:
    from django.db import connection

    began = time.monotonic()
    with connection.cursor() as cursor:
        cursor.execute("CREATE UNLOGGED TABLE floor (line bytea)")
        for path in paths:
            with path.open("rb") as file, cursor.copy("COPY floor FROM STDIN (FORMAT binary)") as copy:
                copy.write(b"PGCOPY\n\xff\r\n\0" + bytes(8))
                while chunk := file.read(1 << 20):
                    copy.write(b"\0\x01" + len(chunk).to_bytes(4, "big") + chunk)
                copy.write(b"\xff\xff")
        cursor.execute("DROP TABLE floor")
    return time.monotonic() - began


def _progress(progress: object) -> None:
    sys.stderr.write(f"\r{progress}   ")
    sys.stderr.flush()


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
