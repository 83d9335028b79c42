"""Measure how fast files come in: read and validated, from a workbook, and to committed rows in PostgreSQL.

python -m benchmarks.imports speed [reports] [source ...]
python -m benchmarks.imports workbook [rows]
python -m benchmarks.imports database [--reports 1000000] [--format force_a_rms|lamplighter]
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

import openpyxl
import phonenumbers
import polars as pl

from benchmarks.harness import backend, hub, keep, options, peak, run_part, say
from lamplighter.records import ingest
from lamplighter.records.formats import data_package
from lamplighter.records.formats.input_files import InputFile
from lamplighter.records.workbook.package import open_package
from lamplighter.records.workbook.sheet import Seen, read_rows
from lamplighter.records.workbook.strings import SharedStrings
from tests.unit.records.extracts import FORCE_A_HEADER, force_a, force_b, helpline

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


# Measure the time and memory of reading a large workbook, beside another reader.
#
#     python -m benchmarks.imports workbook [rows]
#
# A workbook of Force A's 30 columns, every cell filled, dates as dates, is made, then read in processes of
# their own, so that each one's peak memory is its own: by us to validated batches, by us to rows of text, and
# by openpyxl in its read-only mode to values, which is the peer. The peer does less: it says nothing of
# hidden rows, merged cells or formulas without a result.

COLUMNS = FORCE_A_HEADER.split(",")


def make(path: Path, rows: int) -> None:
    """Write the workbook, two rows a report, every cell filled, dates as dates."""
    made = pl.read_csv(force_a(path.with_suffix(".csv"), -(-rows // 2)), infer_schema=False).head(rows)
    moments = pl.col("DATE_REPORTED", "OCC_FROM", "OCC_TO").str.to_datetime("%d/%m/%Y %H:%M")
    made = made.with_columns(moments, pl.col("DOB").str.to_date("%d/%m/%Y"), pl.col("OUTCOME").cast(pl.Int64))
    formats: Any = {pl.Datetime: "dd/mm/yyyy hh:mm", pl.Date: "dd/mm/yyyy"}
    filled = made.with_columns(pl.col(pl.String).fill_null("none"))
    filled.write_excel(path, "Extract", dtype_formats=formats)


def validated(path: Path) -> int:
    """Read to validated batches; return the rows accounted for."""
    rows = 0
    for batch in ingest.read(path, "force_a_rms", match_key=b"benchmark"):
        assert batch.counts.balanced()
        rows += batch.counts.totals()["rows_in"]
    return rows


def as_text(path: Path) -> int:
    """Read to rows of text."""
    package = open_package(InputFile(path, path.name))
    return sum(1 for _ in read_rows(package, package.sheets[0], SharedStrings(package), Seen())) - 1


def peer(path: Path) -> int:
    """Read to values with openpyxl."""
    book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    return sum(1 for _ in book.worksheets[0].iter_rows(values_only=True)) - 1


WAYS = {"validated": validated, "rows of text": as_text, "openpyxl, read-only": peer}


def measure_workbook() -> None:
    """Print seconds, processor seconds and peak memory of each way, and the ratio to the peer."""
    parser = options(measure_workbook)
    parser.add_argument("rows", nargs="?", type=int, default=200_000)
    parser.add_argument("--alone", nargs=2, metavar=("WAY", "FILE"), help="one way, in this process")
    asked = parser.parse_args()
    if asked.alone:
        started = time.perf_counter()
        rows = WAYS[asked.alone[0]](Path(asked.alone[1]))
        print(rows, time.perf_counter() - started, time.process_time(), peak())
        return
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "extract.xlsx"
        make(path, asked.rows)
        say(f"{asked.rows:,} rows of {len(COLUMNS)} columns, {path.stat().st_size / 1e6:.0f} MB packed")
        spent, kept = {}, []
        for way in WAYS:
            command = [sys.executable, "-m", "benchmarks.imports", "workbook", "--alone", way, str(path)]
            told = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
            count, seconds, processor, most = (float(n) for n in told)
            assert count == asked.rows
            spent[way] = processor
            say(f"{way:20} {seconds:6.1f} s, {processor:6.1f} s of processor, at most {most:,.0f} MB")
            row = {"way": way, "rows": asked.rows, "seconds": round(seconds), "processor": round(processor)}
            kept.append(row | {"MB": round(most)})
        keep("imports", "workbook", kept)
        for way in list(WAYS)[:2]:
            say(f"{way:20} {spent[way] / spent['openpyxl, read-only']:.2f} of the peer's processor time")


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
    "workbook": measure_workbook,
    "database": measure_database,
}
"""Each part by the word that asks for it; without a word, the first."""

if __name__ == "__main__":
    sys.exit(run_part("imports", PARTS))
