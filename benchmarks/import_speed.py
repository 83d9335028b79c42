"""How many reports a second come in, validated, and how that compares with reading row by row.

    python -m benchmarks.import_speed [reports] [source ...]

The peer is what a careful script does without this project: ``polars.read_csv``
and then each row checked and normalised in Python (dates, postcode, telephone,
codes), grouped by report. It does less (no joins, no repair, no tokens) and is
measured in the same run on the same file.
"""

from __future__ import annotations

import resource
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path

import phonenumbers
import polars as pl

from benchmarks import import_files
from lamplighter.records import ingest
from lamplighter.records.formats import data_package

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
        paths: Sequence[Path] | Path = import_files.force_a(folder / "force_a.csv", reports)
    elif name == "force_b":
        paths = import_files.force_b(folder, reports)
    elif name == "helpline":
        paths = import_files.helpline(folder / "helpline.jsonl", reports)
    else:
        made = import_files.force_a(folder / "source.csv", reports)
        bundle, _, _ = ingest.read_all(made, "force_a_rms", KEY)
        form = "csv" if name.endswith("csv") else "parquet"
        data_package.write_bundle(bundle, folder / form, form)
        paths, name = folder / form, "lamplighter"
    return ours(paths, name)


def _line(name: str, count: int, seconds: float, what: str) -> str:
    rate = count / seconds
    return f"{name:22} {count:>9,} reports in {seconds:6.1f} s  = {rate:>9,.0f} reports a second ({what})"


def main(arguments: Sequence[str]) -> None:
    """Print a line a source and the ratio to the peer."""
    reports = int(arguments[0]) if arguments else 100_000
    names = list(arguments[1:]) or [
        "lamplighter parquet",
        "lamplighter csv",
        "force_a_rms",
        "force_b",
        "helpline",
    ]
    say: Callable[[str], None] = print
    with tempfile.TemporaryDirectory() as temporary:
        rates = {}
        for name in names:
            folder = Path(temporary) / name.replace(" ", "-")
            folder.mkdir()
            seconds, count = measure(name, reports, folder)
            rates[name] = count / seconds
            say(_line(name, count, seconds, "validated"))
        source = import_files.force_a(Path(temporary) / "peer.csv", min(reports, 50_000))
        seconds, count = row_by_row(source)
        peer = count / seconds
        say(_line("row by row in Python", count, seconds, "the peer"))
        for name, rate in rates.items():
            say(f"{name:22} ratio to the peer {rate / peer:.1f}")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    say(f"peak memory {peak:,.0f} MB")


if __name__ == "__main__":
    main(sys.argv[1:])
