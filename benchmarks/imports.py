"""Measure how fast files come in: read and validated, from a workbook, and to committed rows in PostgreSQL.

python -m benchmarks.imports speed [reports] [source ...]
python -m benchmarks.imports workbook [rows]
python -m benchmarks.imports database [--reports 1000000] [--format force_a_rms|lamplighter]
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import datetime
from inspect import getdoc
from pathlib import Path

import openpyxl
import phonenumbers
import polars as pl
import psutil
import xlsxwriter

from benchmarks import run_part
from lamplighter.records import ingest
from lamplighter.records.formats import data_package
from lamplighter.records.formats.input_files import InputFile
from lamplighter.records.workbook.package import open_package
from lamplighter.records.workbook.sheet import Seen, read_rows
from lamplighter.records.workbook.strings import SharedStrings

# Files to measure the import on: made-up extracts of any size in the formats of the three agencies,
# by seed.

_LISTED_SURNAMES = """
Ashdale Brookfell Carrow Denholt Elsmere Farrant Goswick Harnby Ivelet Jolby Kexwith Lartin Marske Nunthorpe
"""
_SURNAMES = _LISTED_SURNAMES.split()
_LISTED_FORENAMES = """
Ada Bea Cyril Dora Edwin Flora Gus Hetty Ivo June Kit Lena Milo Nell Otto Pia Rex Sal Tess Una Vic Wim
"""
_FORENAMES = _LISTED_FORENAMES.split()
_STREETS = ["Alder", "Birch", "Cedar", "Dogwood", "Elder", "Fir", "Gorse", "Hazel", "Ivy", "Juniper"]
_TOWNS = ["Harrowmere", "Stowbridge", "Castlebeck", "Penhallow", "Ellerby", "Northmarch"]
_ACTS = (
    "knocked at the door and would not leave",
    "sent thirty messages overnight",
    "was seen in the car park at her work",
    "damaged the wing mirror of the car",
    "posted about the victim on Facebook",
    "argued over a parking space",
)
_OFFENCES_A = (
    ("Harassment (s.2 PHA 1997)", "8L 195/94"),
    ("Criminal damage to a vehicle", "58C 149/3"),
    ("Malicious communications", "8R 8/71"),
    ("Domestic incident - non crime", "NC DOM"),
    ("Stalking (s.2A PHA 1997)", "8Q 195/12"),
)
_OFFENCES_B = ("HAR1", "CDV1", "MAL1", "NCD", "STK1", "AST1")
FORCE_A_HEADER = (
    "OCC_NO,ROW_REF,DATE_REPORTED,OCC_FROM,OCC_TO,OFFENCE_TITLE,HO_CLASS,ALSO_CLASSED,DA_FLAG,LOCATION,LOCATION_PC,OUTCOME,ROLE,"
    "RELATIONSHIP,SURNAME,FORENAMES,AKA,DOB,APP_AGE,SEX,SDE,ADDRESS,POSTCODE,TEL_1,TEL_2,EMAIL,SOCIAL_MEDIA,VEHICLE,PNCID,MO_TEXT"
)


class Maker:
    """Random people, places and times; the same seed makes the same files."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.start = dt.datetime(2022, 7, 1)

    def when(self, number: int, of: int) -> dt.datetime:
        minutes = int(number / of * 4 * 365 * 24 * 60) + self.random.randrange(300)
        return self.start + dt.timedelta(minutes=minutes)

    def phone(self) -> str:
        digits = f"71{self.random.randrange(10**8):08d}"
        return self.random.choice(
            (f"0{digits}", f"+44{digits}", f"+44 {digits[:4]} {digits[4:]}", f"0{digits[:4]}-{digits[4:]}")
        )

    def address(self) -> tuple[str, str, str]:
        street = f"{self.random.randrange(1, 90)} {self.random.choice(_STREETS)} Road"
        return (
            street,
            self.random.choice(_TOWNS),
            f"AV{self.random.randrange(1, 9)} {self.random.randrange(1, 9)}QX",
        )

    def name(self) -> tuple[str, str]:
        return self.random.choice(_SURNAMES), self.random.choice(_FORENAMES)

    def born(self) -> dt.date:
        return dt.date(1950, 1, 1) + dt.timedelta(days=self.random.randrange(20_000))

    def story(self) -> str:
        hour, times = self.random.randrange(24), self.random.randrange(2, 99)
        return f"The suspect {self.random.choice(_ACTS)} at {hour:02d}00, the {times}th time since May."


def force_a(path: Path, reports: int, seed: int = 1) -> Path:
    """Two lines a report, one for the victim and one for the suspect."""
    make, row = Maker(seed), 0
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write(FORCE_A_HEADER + "\r\n")
        for number in range(reports):
            told = make.when(number, reports)
            title, code = make.random.choice(_OFFENCES_A)
            street, town, postcode = make.address()
            start = told - dt.timedelta(hours=make.random.randrange(1, 40))
            head = f"4A/{number % 1_000_000:06d}/{22 + number // 1_000_000:02d}"
            times = ",".join(f"{t:%d/%m/%Y %H:%M}" for t in (told, start, told))
            event = f'{times},{title},{code},,Y,"{street}, {town}",{postcode},16'
            story = make.story()
            for role, relation in (("VICTIM", ""), ("SUSPECT", "Ex-partner")):
                row += 1
                surname, forename = make.name()
                handle = (
                    f"FB @{forename.lower()}{make.random.randrange(999)}"
                    if make.random.random() < 0.1
                    else ""
                )
                file.write(
                    f"{head},R{row:07d},{event},{role},{relation},{surname.upper()},{forename},,{make.born():%d/%m/%Y},,F,W1,"
                    f'"{street}, {town}",{postcode},{make.phone()},,,{handle},,,"{story}"\r\n'
                )
    return path


def force_b(folder: Path, reports: int, seed: int = 2) -> list[Path]:
    """Three files: crimes, two person records a crime, and the links."""
    make = Maker(seed)
    paths = [folder / f"force_b_{n}.txt" for n in ("crimes", "nominals", "links")]
    with (
        paths[0].open("w", encoding="cp1252", newline="") as crimes,
        paths[1].open("w", encoding="cp1252", newline="") as nominals,
        paths[2].open("w", encoding="cp1252", newline="") as links,
    ):
        crimes.write(
            "CRIME_REF|RECORDED_DT|FROM_DT|TO_DT|OFF_CD|OFF_DESC|INCL_CD|REC_TYPE|LOC_TXT|LOC_PC|FLAGS|OUTCOME_CD|SUMMARY\r\n"
        )
        nominals.write(
            "NOM_REF|FAMILY_NAME|GIVEN_1|GIVEN_2|ALIAS|BIRTH_DT|AGE_EST|GENDER_CD|ETH_CD|ADDR_LINE|TOWN|PCODE|MOBILE|OTHER_TEL|EMAIL|SOCIAL|VEH|PNC_NO|CREATED_DT\r\n"
        )
        links.write("LNK_REF|CRIME_REF|NOM_REF|ROLE_CD|REL_CD\r\n")
        for number in range(reports):
            told = make.when(number, reports)
            street, town, postcode = make.address()
            reference = f"HM{told:%y}{number:07d}"
            stamp = f"{told:%Y-%m-%dT%H:%M}"
            crimes.write(
                f"{reference}|{stamp}|{stamp}|{stamp}|{make.random.choice(_OFFENCES_B)}|TITLE||C|"
                f"{street} {town}|{postcode}|DA|16|{make.story()}\r\n"
            )
            for part, (role, relation) in enumerate((("V", ""), ("S", "12"))):
                nominal = f"N{number * 2 + part:07d}"
                surname, forename = make.name()
                nominals.write(
                    f"{nominal}|{surname}|{forename}|||{make.born():%Y-%m-%d}||1|01|{street}|{town}|{postcode}|{make.phone()}||||||{stamp}\r\n"
                )
                links.write(f"L{number * 2 + part:07d}|{reference}|{nominal}|{role}|{relation}\r\n")
    return paths


def helpline(path: Path, reports: int, seed: int = 3) -> Path:
    """One contact a line, a client and one person of concern in each."""
    make = Maker(seed)
    with path.open("w", encoding="utf-8") as file:
        for number in range(reports):
            told = make.when(number, reports)
            reference = f"HC-{told:%y}-{number:07d}"
            contact = {
                "contact_ref": reference,
                "contact": {"at": f"{told:%Y-%m-%dT%H:%M:%S}", "channel": "phone", "made_by": "client"},
                "client": {
                    "party_ref": f"{reference}/1",
                    "first_name": make.name()[1],
                    "age_band": "25-34",
                    "gender": "woman",
                    "ethnic_group": "White",
                    "area": make.random.choice(_TOWNS),
                    "safe_contact": {"phone": make.phone(), "leave_message": True, "best_time": "any"},
                    "handles": [],
                },
                "persons_of_concern": [
                    {
                        "party_ref": f"{reference}/2",
                        "first_name": make.name()[1],
                        "surname": make.name()[0],
                        "age_band": None,
                        "gender": "man",
                        "relationship": "ex-partner",
                        "phones": [make.phone()],
                        "handles": [
                            {"platform": "insta", "handle": f"@{make.name()[1].lower()}{number % 997}"}
                        ],
                    }
                ],
                "concern": "stalking",
                "behaviours": ["unwanted contact"],
                "story": make.story(),
                "impact": "Client is not sleeping.",
                "police": {"reported": False},
            }
            file.write(json.dumps(contact) + "\n")
    return path


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
        form = "csv" if name.endswith("csv") else "parquet"
        data_package.write_bundle(bundle, folder / form, form)
        paths, name = folder / form, "lamplighter"
    return ours(paths, name)


def _line(name: str, count: int, seconds: float, what: str) -> str:
    rate = count / seconds
    return f"{name:22} {count:>9,} reports in {seconds:6.1f} s  = {rate:>9,.0f} reports a second ({what})"


def measure_speed() -> None:
    """Print a line a source and the ratio to the peer."""
    parser = argparse.ArgumentParser(description=getdoc(measure_speed))
    parser.add_argument("reports", nargs="?", type=int, default=100_000)
    sources = ["lamplighter parquet", "lamplighter csv", "force_a_rms", "force_b", "helpline"]
    parser.add_argument("source", nargs="*", default=sources)
    asked = parser.parse_args()
    reports, names = asked.reports, asked.source
    say: Callable[[str], None] = print
    with tempfile.TemporaryDirectory() as temporary:
        rates = {}
        for name in names:
            folder = Path(temporary) / name.replace(" ", "-")
            folder.mkdir()
            seconds, count = measure(name, reports, folder)
            rates[name] = count / seconds
            say(_line(name, count, seconds, "validated"))
        source = force_a(Path(temporary) / "peer.csv", min(reports, 50_000))
        seconds, count = row_by_row(source)
        peer = count / seconds
        say(_line("row by row in Python", count, seconds, "the peer"))
        for name, rate in rates.items():
            say(f"{name:22} ratio to the peer {rate / peer:.1f}")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    say(f"peak memory {peak:,.0f} MB")


# Measure the time and memory of reading a large workbook, beside another reader.
#
#     python -m benchmarks.imports workbook [rows]
#
# A workbook of Force A's 30 columns, every cell filled, dates as dates, is made, then read in processes of
# their own, so that each one's peak memory is its own: by us to validated batches, by us to rows of text, and
# by openpyxl in its read-only mode to values, which is the peer. The peer does less: it says nothing of
# hidden rows, merged cells or formulas without a result.

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


def measure_workbook() -> None:
    """Print seconds, processor seconds and peak memory of each way, and the ratio to the peer."""
    parser = argparse.ArgumentParser(description=getdoc(measure_workbook))
    parser.add_argument("rows", nargs="?", type=int, default=200_000)
    parser.add_argument("--alone", nargs=2, metavar=("WAY", "FILE"), help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.alone:
        started = time.perf_counter()
        rows = WAYS[asked.alone[0]](Path(asked.alone[1]))
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(rows, time.perf_counter() - started, time.process_time(), peak)
        return
    wanted = asked.rows
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "extract.xlsx"
        make(path, wanted)
        print(f"{wanted:,} rows of {len(COLUMNS)} columns, {path.stat().st_size / 1e6:.0f} MB packed")
        spent = {}
        for way in WAYS:
            command = [sys.executable, "-m", "benchmarks.imports", "workbook", "--alone", way, str(path)]
            told = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
            rows, seconds, processor, peak = (float(n) for n in told)
            assert rows == wanted
            spent[way] = processor
            print(f"{way:20} {seconds:6.1f} s, {processor:6.1f} s of processor, at most {peak:,.0f} MB")
        for way in list(WAYS)[:2]:
            print(f"{way:20} {spent[way] / spent['openpyxl, read-only']:.2f} of the peer's processor time")


TARGET = 20_000  # reports a second


def measure_database() -> int:
    """Import speed end to end: files on disk to committed rows in PostgreSQL, with validation.

        python -m benchmarks.imports database [--reports 1000000] [--format force_a_rms|lamplighter]

    The peer measured in the same run is the floor that nothing can beat on this
    machine: PostgreSQL's own COPY of the same bytes into one bare text column, with
    no parsing, checking or index. The ratio is ours to that floor.
    """
    parser = argparse.ArgumentParser(description=getdoc(measure_database))
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


def _progress(progress: object) -> None:
    sys.stderr.write(f"\r{progress}   ")
    sys.stderr.flush()


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


PARTS = {
    "speed": measure_speed,
    "workbook": measure_workbook,
    "database": measure_database,
}
"""Each part by the word that asks for it; without a word, the first."""

if __name__ == "__main__":
    sys.exit(run_part("imports", PARTS))
