"""A report as a folder: the page, the spreadsheet, CSV, pictures, and a manifest of what is in it.

The same report gives the same bytes, so a manifest tells whether two folders
say the same and whether anything in one was changed.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path

from lamplighter.reporting.csv_files import csv_files
from lamplighter.reporting.document import Report
from lamplighter.reporting.html_page import html_page
from lamplighter.reporting.spreadsheet import ods_book

PAGE, BOOK, MANIFEST = "report.html", "tables.ods", "manifest.json"


def report_files(report: Report) -> dict[str, bytes]:
    """Path inside the folder to content, in a fixed order. Every picture comes as SVG, PNG and its words."""
    made: dict[str, bytes] = {PAGE: html_page(report).encode(), BOOK: ods_book(report)}
    for name, content in csv_files(report).items():
        made[f"tables/{name}"] = content
    for figure in report.figures():
        made[f"charts/{figure.key}.svg"] = figure.picture.svg.encode()
        made[f"charts/{figure.key}.png"] = figure.picture.png()
        made[f"charts/{figure.key}.txt"] = f"{figure.picture.alt}\n".encode()
    return made


def manifest(files: Mapping[str, bytes], facts: Mapping[str, object]) -> bytes:
    """Return what the folder holds, by SHA-256, and ``facts`` of how it was made. No time, no machine."""
    body = {
        **facts,
        "files": {name: hashlib.sha256(content).hexdigest() for name, content in sorted(files.items())},
    }
    return (json.dumps(body, indent=2, ensure_ascii=False, sort_keys=True) + "\n").encode()


def write_folder(folder: Path, files: Mapping[str, bytes], facts: Mapping[str, object]) -> None:
    """Write the files and their manifest.

    Raises:
        FileExistsError: the folder holds something that is not in ``files``: nothing is written over it.
    """
    known = {folder / name for name in (*files, MANIFEST)}
    strange = [path for path in folder.rglob("*") if path.is_file() and path not in known]
    if strange:
        raise FileExistsError(
            f"{folder} holds {strange[0].relative_to(folder)}, which is not part of this report. "
            "Give an empty folder, or the one of an earlier run of the same report."
        )
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    (folder / MANIFEST).write_bytes(manifest(files, facts))
