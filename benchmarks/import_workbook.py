"""Measure the time and memory of reading a large workbook, beside another reader.

    python -m benchmarks.import_workbook [rows]

A workbook of Force A's 30 columns, every cell filled, dates as dates, is made, then read in processes of
their own, so that each one's peak memory is its own: by us to validated batches, by us to rows of text, and
by openpyxl in its read-only mode to values, which is the peer. The peer does less: it says nothing of hidden
rows, merged cells or formulas without a result.
"""

from __future__ import annotations

import datetime as dt
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import openpyxl
import xlsxwriter

from benchmarks.import_files import FORCE_A_HEADER
from lamplighter.records import ingest
from lamplighter.records.formats.input_files import InputFile
from lamplighter.records.workbook.package import open_package
from lamplighter.records.workbook.sheet import Seen, read_rows
from lamplighter.records.workbook.strings import SharedStrings

COLUMNS = FORCE_A_HEADER.split(",")
WORDS = "Suspect shouted at the victim outside her place of work and would not leave when asked to do so"


def make(path: Path, rows: int) -> None:
    """Write the workbook, two rows a report, in bounded memory."""
    with xlsxwriter.Workbook(path, {"constant_memory": True}) as book:
        sheet = book.add_worksheet("Extract")
        moment, day = (book.add_format({"num_format": f}) for f in ("dd/mm/yyyy hh:mm", "dd/mm/yyyy"))
        sheet.write_row(0, 0, COLUMNS)
        for number in range(rows):
            report, told = number // 2, dt.datetime(2022, 7, 1) + dt.timedelta(minutes=number * 3)
            cells = {
                "OCC_NO": f"4A/{report:06d}/24",
                "ROW_REF": f"R{number:07d}",
                "OFFENCE_TITLE": "Harassment (s.2 PHA 1997)",
                "HO_CLASS": "8L 195/94",
                "DA_FLAG": "Y",
                "LOCATION": f"{report % 90} Alder Road, Harrowmere",
                "LOCATION_PC": "AV1 8ZQ",
                "ROLE": "VICTIM" if number % 2 == 0 else "SUSPECT",
                "RELATIONSHIP": "Ex-partner",
                "SURNAME": f"QUARLE{'abcdefghij'[number % 10]}",
                "FORENAMES": "Ann",
                "SEX": "F",
                "SDE": "W1",
                "POSTCODE": "AV1 8ZQ",
                "TEL_1": f"07131 {number % 1_000_000:06d}",
                "EMAIL": f"a{number}@example.org",
                "MO_TEXT": f"{WORDS}, the {number}th time.",
            }
            for place, column in enumerate(COLUMNS):
                if column in {"DATE_REPORTED", "OCC_FROM", "OCC_TO"}:
                    sheet.write_datetime(number + 1, place, told, moment)
                elif column == "DOB":
                    born = dt.datetime(1970, 1, 1) + dt.timedelta(days=report % 12_000)
                    sheet.write_datetime(number + 1, place, born, day)
                elif column == "OUTCOME":
                    sheet.write_number(number + 1, place, 16)
                else:
                    sheet.write_string(number + 1, place, cells.get(column, "none"))


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


def main(arguments: Sequence[str]) -> None:
    """Print seconds, processor seconds and peak memory of each way, and the ratio to the peer."""
    if len(arguments) == 2 and arguments[0] in WAYS:
        started = time.perf_counter()
        rows = WAYS[arguments[0]](Path(arguments[1]))
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(rows, time.perf_counter() - started, time.process_time(), peak)
        return
    wanted = int(arguments[0]) if arguments else 200_000
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "extract.xlsx"
        make(path, wanted)
        print(f"{wanted:,} rows of {len(COLUMNS)} columns, {path.stat().st_size / 1e6:.0f} MB packed")
        spent = {}
        for way in WAYS:
            command = [sys.executable, "-m", "benchmarks.import_workbook", way, str(path)]
            told = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
            rows, seconds, processor, peak = (float(n) for n in told)
            assert rows == wanted
            spent[way] = processor
            print(f"{way:20} {seconds:6.1f} s, {processor:6.1f} s of processor, at most {peak:,.0f} MB")
        for way in list(WAYS)[:2]:
            print(f"{way:20} {spent[way] / spent['openpyxl, read-only']:.2f} of the peer's processor time")


if __name__ == "__main__":
    main(sys.argv[1:])
