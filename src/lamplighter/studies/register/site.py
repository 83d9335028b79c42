"""Write the register's pages and their tables as a folder that opens without a server or a script."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Sequence
from html import escape
from importlib.resources import files
from pathlib import Path

from lamplighter.reporting.csv_files import safe
from lamplighter.reporting.folder import write_folder
from lamplighter.studies.register.entries import Register
from lamplighter.studies.register.pages import Page, site_pages
from lamplighter.studies.register.tables import Row

_STYLE = "style.css"


def write_site(register: Register, as_at: dt.date, out: Path) -> int:
    """Write every page and table as at a day, and return how many pages there are.

    The same register and day give the same bytes. Raises ``FileExistsError`` where other files are there.
    """
    pages = site_pages(register, as_at)
    made = {page.path: _framed(page).encode() for page in pages}
    for page in pages:
        made |= {f"data/{name}.csv": _csv(rows).encode() for name, rows in page.tables.items()}
    made[_STYLE] = files("lamplighter.reporting").joinpath("page.css").read_bytes()
    write_folder(out, made, {"made of": "the register of recommendations", "as at": str(as_at)})
    return len(pages)


def _framed(page: Page) -> str:
    up = "../" * page.path.count("/")
    tables = "".join(f'<li><a href="{up}data/{n}.csv">{n}.csv</a></li>' for n in page.tables)
    data = f"<h2>The tables behind every number</h2><ul>{tables}</ul>" if tables else ""
    head = (
        f'<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<title>{escape(page.title)}</title><link rel="stylesheet" href="{up}{_STYLE}"></head>'
    )
    skip = '<a class="skip" href="#main">Skip to the content</a>'
    main = f'<main id="main">\n{page.body}\n{data}</main>'
    return f'<!doctype html>\n<html lang="en-GB">\n{head}\n<body>{skip}\n{main}</body>\n</html>\n'


def _csv(rows: Sequence[Row]) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(rows[0] if rows else ["id"])
    writer.writerows([safe(v) if isinstance(v, str) else v for v in row.values()] for row in rows)
    return out.getvalue()
