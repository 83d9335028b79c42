"""Broken study bundles by the thousand: no crash, no silent drop, every reject complete, no value repeated.

python -m tools.verify.bundles --files 5000 [--seed 1] [--keep FOLDER]

Each file number gives one broken bundle, from (seed, number) alone. Held against every one:

* the check ends with a result or with a ``RecordsError`` that names a file and a remedy;
* rows in = accepted + rejected for each table, and what was accepted is what the bundle holds;
* each rejected row has a finding with its number; each finding has all of its parts;
* rows in are what an independent count of the file gives, where such a count is possible;
* no cell's own text stands in an error or a finding.
"""

from __future__ import annotations

import argparse
import bz2
import gzip
import io
import json
import random
import shutil
import sys
import tempfile
import time
import traceback
import zipfile
from collections import Counter
from collections.abc import Callable
from functools import cache
from pathlib import Path

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from lamplighter.records.errors import RecordsError
from lamplighter.study_bundle.checking import Checked, check
from lamplighter.study_bundle.checks.findings import problems
from lamplighter.study_bundle.files.data_package import Form
from lamplighter.study_bundle.spreadsheets.mapped_bundle import check_mapped
from lamplighter.study_bundle.spreadsheets.mapping import parse
from lamplighter.synthetic.study_bundles.bundle import make
from lamplighter.synthetic.study_bundles.flat_spreadsheet import TOTALS_MAPPING

#: Planted in cells; may never be seen in a message.
CANARY = "Zqxcanary7"
_CELLS = [
    CANARY, "", " ", "NULL", "N/A", "-", "yes", "No", "31/02/2024", "00/00/0000", "2024-13-45", "9999-99-99",
    "0001-01-01", "2087-01-01", "1899-12-31T10:00:00", "13/13/2023", "05/24/2024", "May 2024", "1e309", "NaN",
    "inf", "-1",
    "999999999999999999999999", "1,234", "12.5", "45%", "true", "{}", "[]", "=cmd|' /C calc'!A0",
    "@SUM(1+1)", "Zoë", "李", "\u202eevil", "\u200b", "\ufeff", "a\x00b", "\x1b[31m", "\x85", "\u2028", "🙂",
    "%s%n", "../../etc/passwd", "' OR 1=1 --", '"', '""', "a;b;c", ";;;", "R0", "V0", "S0",
    "stalking", "16", "1a",
    "Former Lover", "x" * 250, "y" * 70_000, CANARY + ";fear", "07700900123", "2024-05-01 25:61",
]  # fmt: skip
_SPREADSHEET_SHARE, _TOTALS_SHARE, _PARQUET_SHARE = 0.2, 0.1, 0.25


@cache
def _base() -> dict[str, dict[str, bytes]]:
    """Good bundles as bytes: packages in CSV and Parquet, a spreadsheet with its mapping, wide totals."""
    out: dict[str, dict[str, bytes]] = {}
    with tempfile.TemporaryDirectory() as folder:
        forms: tuple[Form, ...] = ("csv", "parquet")
        for form in forms:
            make("small", Path(folder, form), reports=14, seed=3, form=form)
        make("spreadsheet", Path(folder, "flat"), reports=25, seed=4)
        for name in ("csv", "parquet", "flat"):
            out[name] = {p.name: p.read_bytes() for p in sorted(Path(folder, name).iterdir()) if p.is_file()}
    rows = [f"Force {i},{10 * i},{20 * i},{5 * i},{35 * i}" for i in range(1, 15)]
    wide = "\n".join(["Force,Charged,No suspect,Other,All", *rows]) + "\n"
    out["wide"] = {"totals.csv": wide.encode(), "mapping.toml": TOTALS_MAPPING.encode()}
    return out


def _lines(data: bytes) -> list[bytes]:
    return data.split(b"\n")


def _some_cells(data: bytes, rng: random.Random) -> bytes:
    lines = _lines(data)
    for _ in range(rng.randint(1, 6)):
        at = rng.randrange(1, max(2, len(lines) - 1)) if len(lines) > 2 else 0
        cells = lines[at].split(b",")
        cells[rng.randrange(len(cells))] = rng.choice(_CELLS).replace(",", " ").encode("utf-8", "replace")
        lines[at] = b",".join(cells)
    return b"\n".join(lines)


def _swap_columns(data: bytes, rng: random.Random) -> bytes:
    lines = [line.split(b",") for line in _lines(data)]
    i, j = rng.randrange(len(lines[0])), rng.randrange(len(lines[0]))
    for cells in lines[rng.randint(0, 1) :]:
        if len(cells) > max(i, j):
            cells[i], cells[j] = cells[j], cells[i]
    return b"\n".join(b",".join(c) for c in lines)


def _drop_column(data: bytes, rng: random.Random) -> bytes:
    lines = [line.split(b",") for line in _lines(data)]
    at = rng.randrange(len(lines[0]))
    return b"\n".join(b",".join(c[:at] + c[at + 1 :]) for c in lines)


def _rename_column(data: bytes, rng: random.Random) -> bytes:
    head, _, rest = data.partition(b"\n")
    cells = head.split(b",")
    new = [b"Surname", b"date_of_birth", b"x", b"", CANARY.encode(), cells[0], b"kind", b"postcode"]
    cells[rng.randrange(len(cells))] = rng.choice(new)
    return b",".join(cells) + b"\n" + rest


def _duplicate_lines(data: bytes, rng: random.Random) -> bytes:
    lines = _lines(data)
    for _ in range(rng.randint(1, 5)):
        at = rng.randrange(len(lines))
        lines.insert(rng.randrange(1, len(lines) + 1), lines[at])
    return b"\n".join(lines)


def _shift_lines(data: bytes, rng: random.Random) -> bytes:
    lines = _lines(data)
    for _ in range(rng.randint(1, 4)):
        at = rng.randrange(len(lines))
        lines[at] = (
            lines[at].replace(b",", b",,", 1) if rng.random() < 0.5 else lines[at].replace(b",", b"", 1)
        )
    return b"\n".join(lines)


def _noise(data: bytes, rng: random.Random) -> bytes:
    out = bytearray(data)
    for _ in range(rng.randint(1, 40)):
        if out:
            out[rng.randrange(len(out))] = rng.randrange(256)
    return bytes(out)


def _cut(data: bytes, rng: random.Random) -> bytes:
    return data[: rng.randrange(len(data) + 1)]


def _insert(what: Callable[[random.Random], bytes]) -> Callable[[bytes, random.Random], bytes]:
    def put(data: bytes, rng: random.Random) -> bytes:
        at = rng.randrange(len(data) + 1)
        return data[:at] + what(rng) + data[at:]

    return put


def _packed(data: bytes, rng: random.Random) -> bytes:
    bomb = data if rng.random() < 0.7 else b"a," * 2_000_000
    if rng.random() < 0.3:
        return bz2.compress(bomb)
    if rng.random() < 0.5:
        return gzip.compress(bomb, mtime=0)
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr(zipfile.ZipInfo("a.csv"), bomb)
    return held.getvalue()


def _text(data: bytes) -> str:
    return data.decode("utf-8", "replace")


_TEXT: dict[str, Callable[[bytes, random.Random], bytes]] = {
    "cells": _some_cells,
    "swapped columns": _swap_columns,
    "column gone": _drop_column,
    "column renamed": _rename_column,
    "duplicate lines": _duplicate_lines,
    "shifted lines": _shift_lines,
    "noise": _noise,
    "cut": _cut,
    "quotes": _insert(lambda rng: rng.choice([b'"', b'""', b'"\n', b',"', b'"a\nb"'])),
    "nul": _insert(lambda rng: b"\x00" * rng.randint(1, 500)),
    "newlines": lambda data, rng: data.replace(
        b"\n", rng.choice([b"\r\n", b"\r", b"\n\r", b"\n\n"]), rng.randint(1, 20)
    ),
    "all newlines": lambda data, rng: data.replace(b"\n", rng.choice([b"\r\n", b"\r"])),
    "huge field": _insert(lambda rng: b"z" * rng.choice([10_000, 300_000, 9_000_000])),
    "bom": lambda data, rng: rng.choice([b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff"]) + data,
    "utf-16": lambda data, rng: _text(data).encode(rng.choice(["utf-16", "utf-16-le", "utf-16-be"])),
    "other encoding": lambda data, rng: _text(data).replace("e", "é", 9).encode(
        rng.choice(["cp1252", "cp500", "utf-32"]), "replace"
    ),
    "delimiter": lambda data, rng: data.replace(b",", rng.choice([b";", b"|", b"\t", b":", b" "])),
    "empty": lambda data, rng: rng.choice([b"", b"\n", b"\n\n\n", b"\x00", b" ", b",", b",,,\n"]),
    "header only": lambda data, rng: data.partition(b"\n")[0],
    "no header": lambda data, rng: data.partition(b"\n")[2],
    "packed": _packed,
    "other file": lambda data, rng: rng.choice([b"%PDF-1.7\n", b"PAR1", b"\x89PNG\r\n"]) + data[:200],
    "header again": _insert(lambda rng: b"\nreport_id,case_id,force\n"),
}  # fmt: skip


def _json_damage(data: bytes, rng: random.Random) -> bytes:
    """The metadata: damaged as text, or with values of other kinds."""
    if rng.random() < 0.4:
        return rng.choice([_cut, _noise, _TEXT["bom"], _TEXT["nul"], _TEXT["empty"]])(data, rng)
    body = json.loads(data)
    odd: list[object] = [
        None,
        "",
        [],
        {},
        7,
        True,
        "2024-02-31",
        CANARY,
        [CANARY],
        [None],
        {"a": 1},
        "x" * 5000,
    ]
    study = body["study"]
    for _ in range(rng.randint(1, 3)):
        where = rng.random()
        if where < 0.6 and study:
            key = rng.choice(sorted(study))
            if rng.random() < 0.3:
                del study[key]
            else:
                study[key] = rng.choice(odd)
        elif where < 0.8 and body.get("resources"):
            resource = rng.choice(body["resources"])
            key = rng.choice(["name", "path"])
            resource[key] = rng.choice(
                ["reports", "../../etc/passwd", "/etc/passwd", "gone.csv", "a\x00b", 3, None, ".", "x" * 5000]
            )
        else:
            body[rng.choice(["study", "resources", "title"])] = rng.choice(odd)
            study = body["study"] if isinstance(body.get("study"), dict) else {}
    return json.dumps(body).encode()


def _parquet_damage(data: bytes, rng: random.Random) -> bytes:
    """A table in Parquet: damaged bytes, or columns of other kinds, or far more rows than bytes."""
    if rng.random() < 0.5:
        return rng.choice([_cut, _noise, _TEXT["nul"], _TEXT["empty"], _packed])(data, rng)
    table = pq.read_table(io.BytesIO(data))
    at = rng.randrange(table.num_columns)
    name, rows = table.column_names[at], table.num_rows
    odd = rng.choice(
        [
            lambda: pa.array([rng.choice(_CELLS[:50]) for _ in range(rows)]),
            lambda: pa.array([rng.randrange(-(2**40), 2**40) for _ in range(rows)]),
            lambda: pa.array([rng.choice([float("nan"), float("inf"), 1.5, None]) for _ in range(rows)]),
            lambda: pa.array([rng.random() < 0.5 for _ in range(rows)]),
            lambda: pa.array([[CANARY]] * rows),
            lambda: pa.array([{"a": CANARY}] * rows),
            lambda: pa.array([CANARY.encode()] * rows),
            lambda: pa.nulls(rows),
            lambda: pa.array([CANARY] * rows).dictionary_encode(),
            lambda: pa.array([10**15 + i for i in range(rows)], pa.timestamp("us", tz="UTC")),
            lambda: pa.array([5] * rows, pa.time64("us")),
            lambda: pa.array([5] * rows, pa.duration("us")),
            lambda: pa.array([2**62] * rows, pa.timestamp("us")),
            lambda: pa.array([10**9] * rows, pa.date32()),
        ]
    )()
    table = table.set_column(at, name, odd)
    if rng.random() < 0.2:
        table = table.append_column(rng.choice(["surname", name, "x"]), odd)
    if rng.random() < 0.05:
        table = pa.concat_tables([table] * 200)
    held = io.BytesIO()
    pq.write_table(table, held)
    return held.getvalue()


def broken(number: int, seed: int) -> tuple[str, dict[str, bytes], str]:
    """The files of one broken bundle, its kind, and what was done: from (seed, number) alone."""
    rng = random.Random(f"{seed}-{number}")  # noqa: S311 - of a test
    draw = rng.random()
    kind = (
        "flat"
        if draw < _SPREADSHEET_SHARE
        else "wide"
        if draw < _SPREADSHEET_SHARE + _TOTALS_SHARE
        else "parquet"
        if draw < _SPREADSHEET_SHARE + _TOTALS_SHARE + _PARQUET_SHARE
        else "csv"
    )
    files = dict(_base()[kind])
    names = sorted(n for n in files if not n.endswith(".toml"))
    done = []
    for _ in range(rng.choice([1, 1, 1, 2, 3])):
        name = rng.choice(names)
        if name.endswith(".json"):
            how, change = "json", _json_damage
        elif name.endswith(".parquet"):
            how, change = "parquet", _parquet_damage
        else:
            how = rng.choice(sorted(_TEXT))
            change = _TEXT[how]
        try:
            files[name] = change(files[name], rng)
        except (ValueError, IndexError, KeyError, TypeError, OSError, pa.ArrowException):
            files[name] = _noise(files[name], rng)  # damaged already; once more will do
            how = "noise"
        done.append(f"{name}: {how}")
    return kind, files, ", ".join(done)


def wrong_with(kind: str, files: dict[str, bytes], folder: Path) -> list[str]:
    """What the check got wrong on one broken bundle; empty when it held to every rule."""
    for name, data in files.items():
        (folder / name).write_bytes(data)
    try:
        if kind in ("flat", "wide"):
            table = next(n for n in files if n.endswith(".csv"))
            found = check_mapped(folder / table, parse(files["mapping.toml"].decode(), "mapping.toml"))
        else:
            found = check(folder)
    except RecordsError as error:
        bad = [] if error.file and error.remedy else ["an error without file or remedy"]
        return bad + (["an error repeats a value"] if CANARY in str(error) else [])
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # noqa: BLE001 # any other end, a panic of Polars too, is a crash
        return [f"crash: {type(error).__name__}: {traceback.format_exc(limit=-2)[-400:]}"]
    return _counted(found) + _complete(found) + _independent(kind, files, found)


def _counted(found: Checked) -> list[str]:
    bad = []
    rejects = found.rejects
    for name, count in found.counts.items():
        if count.rows_in != count.accepted + count.rejected:
            bad.append(f"{name}: rows in are not accepted and rejected")
        if found.bundle is None:
            continue
        if found.bundle.table(name).height != count.accepted:
            bad.append(f"{name}: the bundle does not hold what was accepted")
        out = rejects.filter((pl.col("table") == name) & (pl.col("fate") == "the row is left out"))
        if name != "totals" and out["row"].drop_nulls().n_unique() > count.rejected:
            bad.append(f"{name}: more rows are said to be left out than are")
        if count.rejected and not out.height:
            bad.append(f"{name}: rows are left out without a finding")
    return bad


def _complete(found: Checked) -> list[str]:
    bad = []
    rejects = found.rejects
    for column in ("file", "reason_code", "value_class", "reason", "remedy", "fate", "cost"):
        if rejects[column].null_count() or (rejects[column] == "").any():
            bad.append(f"a finding lacks its {column}")
    known = problems()
    severity = rejects["reason_code"].replace_strict({n: p.severity for n, p in known.items()}, default="?")
    cells = rejects.filter(
        (severity == "cell") | ((severity == "row") & (rejects["reason_code"] != "column_required_missing"))
    )
    if cells["row"].null_count():
        bad.append("a finding about a row has no row number")
    if CANARY in rejects.write_csv():
        bad.append("a finding repeats a value")
    return bad


def _independent(kind: str, files: dict[str, bytes], found: Checked) -> list[str]:
    """Rows in against another way of counting, where quotation marks and odd encodings do not forbid it."""
    bad = []
    for name, data in files.items():
        table = "reports" if kind == "flat" else name.partition(".")[0]
        if table not in found.counts or kind == "wide":
            continue
        if name.endswith(".parquet"):
            try:
                rows = pq.read_table(io.BytesIO(data)).num_rows
            except (pa.ArrowException, OSError, ValueError):
                continue
        elif name.endswith(".csv") and not any(b in data for b in (b'"', b"\x00", b"\r")) and data.isascii():
            lines = [x for x in data.split(b"\n") if x.strip()]
            rows = max(len(lines) - 1, 0)
        else:
            continue
        unread = found.rejects.filter(
            (pl.col("table") == table) & (pl.col("reason_code") == "table_unreadable")
        ).height
        # A row that a line break had cut in two is one row, and is said to be.
        joined = found.rejects.filter(pl.col("reason_code") == "line_break_inside").height
        if not unread and not rows - joined <= found.counts[table].rows_in <= rows:
            bad.append(f"{table}: {found.counts[table].rows_in} rows in, {rows} in the file")
    return bad


def run(
    files: int, seed: int, keep: Path | None = None, report: bool = False, first: int = 0
) -> Counter[str]:
    """Check ``files`` broken bundles, from number ``first`` on; how many there were of each fault.

    Faulty ones are kept in ``keep``.
    """
    faults: Counter[str] = Counter()
    started, slowest = time.perf_counter(), (0.0, 0)
    with tempfile.TemporaryDirectory() as scratch:
        for number in range(first, first + files):
            kind, made, done = broken(number, seed)
            folder = Path(scratch, "b")
            folder.mkdir()
            before = time.perf_counter()
            found = wrong_with(kind, made, folder)
            slowest = max(slowest, (time.perf_counter() - before, number))
            for fault in found:
                faults[fault] += 1
                if report:
                    print(f"{number} ({done}): {fault}", flush=True)
                if keep is not None:
                    shutil.copytree(folder, keep / str(number), dirs_exist_ok=True)
            shutil.rmtree(folder)
            if report and (number + 1) % 250 == 0:
                print(f"{number + 1:,} done, {time.perf_counter() - started:.0f} s", flush=True)
    if report:
        spent = time.perf_counter() - started
        print(f"{files:,} broken bundles in {spent:.0f} s, slowest {slowest[0]:.1f} s (number {slowest[1]})")
        print(f"Faults: {sum(faults.values())}")
    return faults


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=5000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--first", type=int, default=0, help="number of the first")
    parser.add_argument("--keep", type=Path)
    asked = parser.parse_args()
    return 1 if run(asked.files, asked.seed, asked.keep, report=True, first=asked.first) else 0


if __name__ == "__main__":
    sys.exit(main())
