"""Measure how fast files come in: read and validated, and to committed rows in PostgreSQL.

python -m benchmarks.imports speed [reports] [source ...]
python -m benchmarks.imports database [--reports 1000000] [--format force_a_rms|lamplighter]
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Literal

import phonenumbers
import polars as pl

from benchmarks.harness import backend, hub, keep, options, peak, run_part, say
from lamplighter.records import ingest
from lamplighter.records.formats import data_package
from tests.unit.records.extracts import force_a, force_b, helpline

# How many reports a second come in, validated, and how that compares with reading row by row.
#
#     python -m benchmarks.imports speed [reports] [source ...]
#
# The peer is what a careful script does without this project: ``polars.read_csv``
# and then each row checked and normalised in Python (dates, postcode, telephone,
# codes), grouped by report. It does less (no joins, no repair, no tokens) and is
# measured in the same run on the same file.

KEY = b"benchmark"


def ours(paths: Sequence[Path] | Path, mapping: str) -> tuple[float, int]:
    """Seconds and reports for reading and validating."""
    start, reports = time.perf_counter(), 0
    for batch in ingest.read(paths, mapping, match_key=KEY):
        reports += batch.counts.reports
        assert batch.counts.balanced()
    return time.perf_counter() - start, reports


def row_by_row(path: Path) -> tuple[float, int]:
    """The peer, on a Force A extract."""
    start = time.perf_counter()
    reports: dict[str, dict[str, object]] = {}
    for row in pl.read_csv(path, infer_schema=False).iter_rows(named=True):
        told = datetime.strptime(row["DATE_REPORTED"], "%d/%m/%Y %H:%M")
        born = datetime.strptime(row["DOB"], "%d/%m/%Y") if row["DOB"] else None
        if born and born > told:
            continue
        number = None
        if row["TEL_1"]:
            parsed = phonenumbers.parse(row["TEL_1"], "GB")
            number = phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
        postcode = (row["POSTCODE"] or "").upper().replace(" ", "")
        if row["ROLE"] not in {"VICTIM", "SUSPECT", "WITNESS", "REPORTING PERSON", "INVOLVED PARTY"}:
            continue
        report = reports.setdefault(row["OCC_NO"].strip().upper(), {"told": told, "people": []})
        people = report["people"]
        assert isinstance(people, list)
        people.append((row["SURNAME"], row["FORENAMES"], born, number, postcode))
    return time.perf_counter() - start, len(reports)


def measure(name: str, reports: int, folder: Path) -> tuple[float, int]:
    """Make the files of one source, read them, and print the figure."""
    if name == "force_a_rms":
        paths: Sequence[Path] | Path = force_a(folder / "force_a.csv", reports)
    elif name == "force_b":
        paths = force_b(folder, reports)
    elif name == "helpline":
        paths = helpline(folder / "helpline.jsonl", reports)
    else:
        made = force_a(folder / "source.csv", reports)
        bundle, _, _ = ingest.read_all(made, "force_a_rms", KEY)
        form: Literal["csv", "parquet"] = "csv" if name.endswith("csv") else "parquet"
        data_package.write_bundle(bundle, folder / form, form)
        paths, name = folder / form, "lamplighter"
    return ours(paths, name)


def measure_speed() -> None:
    """Print a line a source and the ratio to the peer."""
    parser = options(measure_speed)
    parser.add_argument("reports", nargs="?", type=int, default=100_000)
    sources = ["lamplighter parquet", "lamplighter csv", "force_a_rms", "force_b", "helpline"]
    parser.add_argument("source", nargs="*", default=sources)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        seconds, count = row_by_row(force_a(Path(temporary) / "peer.csv", min(asked.reports, 50_000)))
        peer = count / seconds
        say(f"{'row by row in Python':22} {peer:>9,.0f} reports a second (the peer)")
        for name in asked.source:
            folder = Path(temporary) / name.replace(" ", "-")
            folder.mkdir()
            seconds, count = measure(name, asked.reports, folder)
            rate = count / seconds
            say(f"{name:22} {rate:>9,.0f} reports a second (validated), {rate / peer:.1f} times the peer")
    say(f"peak memory {peak():,.0f} MB")


TARGET = 20_000  # reports a second


def measure_database() -> int:
    """Import speed end to end: files on disk to committed rows in PostgreSQL, with validation.

        python -m benchmarks.imports database [--reports 1000000] [--format force_a_rms|lamplighter]

    The peer measured in the same run is the floor that nothing can beat on this
    machine: PostgreSQL's own COPY of the same bytes into one bare text column, with
    no parsing, checking or index. The ratio is ours to that floor.
    """
    parser = options(measure_database)
    parser.add_argument("--reports", type=int, default=1_000_000)
    parser.add_argument("--format", choices=["force_a_rms", "lamplighter"], default="lamplighter")
    parser.add_argument("--batch", type=int, default=50_000)
    parser.add_argument("--keep", type=Path, help="folder for the files, kept and used again")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="lamplighter-") as home, hub(Path(home) / "hub"):
        folder = asked.keep or Path(home) / "files"
        folder.mkdir(parents=True, exist_ok=True)
        return _measure(folder, asked.reports, asked.format, asked.batch)


def _measure(folder: Path, reports: int, kind: str, batch: int) -> int:
    from django.db import connection

    from lamplighter.hub.intake import services

    paths = _files(folder, reports, kind)
    say(f"{len(paths)} files, {sum(p.stat().st_size for p in paths) / 1e6:.0f} MB")
    floor, spent = _floor(paths), backend()
    began, cpu, server = time.monotonic(), time.process_time(), spent()
    delivery = services.import_files(paths, kind, batch_reports=batch)
    took, cpu, server = time.monotonic() - began, time.process_time() - cpu, spent() - server
    totals = services.totals_of(delivery)
    stored = totals["reports_new"]
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_database_size(current_database())")
        held = cursor.fetchone()[0]
    say(f"state               {delivery.state}")
    say(f"rows                {totals['rows_in']:,} in = {totals['rows_accepted']:,} accepted")
    say(f"                    + {totals['rows_rejected']:,} rejected + {totals['rows_duplicate']:,} repeats")
    say(f"reports, people     {stored:,}, {totals['people']:,}")
    say(f"time                {took:.1f} s")
    # On a machine that does other work as well, these say more than the time does.
    say(f"processor           {cpu:.1f} s here, {server:.1f} s in PostgreSQL")
    say(f"speed               {stored / took:,.0f} reports a second (target {TARGET:,})")
    say(f"bare COPY of bytes  {floor:.1f} s; ours takes {took / floor:.1f} times as long")
    say(f"memory              {peak():,.0f} MB at most; database {held / 1e6:,.0f} MB")
    row = {"reports": stored, "seconds": round(took, 1), "a second": round(stored / took)}
    row |= {"processor": round(cpu), "database": round(server), "MB": round(peak()), "COPY": round(floor, 1)}
    keep("imports", "database", [row])
    return 0 if delivery.state == "done" and stored / took >= TARGET else 1


def _files(folder: Path, reports: int, kind: str) -> list[Path]:
    if kind == "force_a_rms":
        path = folder / "force_a_rms_extract.csv"
        return [path if path.exists() else force_a(path, reports)]
    return world_bundle(folder / "bundle", reports)


def world_bundle(folder: Path, reports: int) -> list[Path]:
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


PARTS = {
    "speed": measure_speed,
    "database": measure_database,
}
"""Each part by the word that asks for it; without a word, the first."""

if __name__ == "__main__":
    sys.exit(run_part("imports", PARTS))
