"""Tell what changed between two sites, cell by cell, as a table and as an Atom feed.

The site that stood before is read from its own CSV files; what it said of earlier changes is carried on.
"""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
import io
import uuid
from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

from lamplighter.studies.register.tables import (
    CLAIMS,
    EVIDENCE,
    FORCES,
    QUOTED,
    RECOMMENDATIONS,
    STANDINGS,
)
from lamplighter.studies.register.verdicts import STATUSES
from lamplighter.studies.scorecard.folder import Folder, ScorecardError
from lamplighter.studies.scorecard.tables import Row, Table

NAME = "changes"
COLUMNS = {
    "id": "Hash of day, file, row and column",
    "on": "Day from which the site says so",
    "file": "File",
    "row": "Row; all for rows that were added or taken away",
    "column": "Column",
    "what": "What changed",
    "was": "What it was",
    "now": "What it is",
    "page": "Page of the site",
}
#: Of these files, these columns; of files that are not named, every column.
_TOLD = {
    "figures": ("counted", "out_of", "value", "compared", "where"),
    "quarters": ("crimes", "charged", "open"),
    "alarms": ("since", "after"),
    # Days that run on are no news.
    RECOMMENDATIONS: ("words", "asks", "to", "due"),
    STANDINGS: ("words", "its_own_pages"),
    FORCES: (*STATUSES, "its_own_pages"),
}
#: Files that follow from others, or that are no figures.
_SILENT = frozenset(
    {NAME, "breaks", "charts", "editions", "comparison", "sizes", "findings", "about", "sources", "rules"}
    | {"sight", "lines", "published", QUOTED}
)
_REGISTER = "register-"
_REGISTER_FIRST = "register/index.html"
_MOST = 200  # entries of the feed

Cells = Mapping[str, Mapping[str, Mapping[str, str]]]


def cells_of(tables: Iterable[Table]) -> dict[str, dict[str, dict[str, str]]]:
    """Return tables as their files will be read: file, row, column."""
    return {table.name: _read(table.csv()) for table in tables}


def cells_in(site: Path) -> dict[str, dict[str, dict[str, str]]]:
    """Return the files of a site. Raises ``ScorecardError`` where it is none."""
    if not (site / "data" / "figures.csv").is_file():
        raise ScorecardError(
            "It is no site of a scorecard: data/figures.csv is not there.",
            file=site.name,
            remedy="Name the folder of the site that stood before.",
        )
    return {path.stem: _read(path.read_text("utf-8")) for path in sorted((site / "data").glob("*.csv"))}


def _read(text: str) -> dict[str, dict[str, str]]:
    return {row["id"]: dict(row) for row in csv.DictReader(io.StringIO(text, newline=""))}


def changes_of(before: Cells, now: Cells, on: dt.date) -> Table:
    """Return what is other now, newest first, after it what the site before had."""
    rows = list(_changed(before, now, on))
    known = {str(row["id"]) for row in rows}
    rows += [_carried(row) for row in before.get(NAME, {}).values() if row["id"] not in known]
    return Table(NAME, "What changed since the site that stood before", COLUMNS, tuple(rows))


def none_yet() -> Table:
    return Table(NAME, "What changed since the site that stood before", COLUMNS, ())


def _carried(row: Mapping[str, str]) -> Row:
    return {**row, "on": dt.date.fromisoformat(row["on"])}


def _changed(before: Cells, now: Cells, on: dt.date) -> Iterator[Row]:
    for row in _differing(before, now, on):
        yield {**row, **_of_register(now, row)}


def _differing(before: Cells, now: Cells, on: dt.date) -> Iterator[Row]:
    titles = {key: row["title"] for key, row in now.get("measures", {}).items()}
    for name in sorted(now, key=lambda n: (n != "figures", n)):
        if name in _SILENT:
            continue
        old, new = before.get(name, {}), now[name]
        for key in new:
            if key not in old:
                row = new[key]
                # A change that is named is news of its own, not one row of many; so is what somebody said.
                if name == "alarms":
                    yield _row(on, name, key, row["direction"], row["before"], row["after"], row, titles)
                elif name in (CLAIMS, EVIDENCE):
                    said = row["kind"] if name == CLAIMS else row["found"] or "evidence"
                    yield _row(on, name, key, said, "", row["text"], row, titles)
                continue
            for column in _TOLD.get(name, tuple(new[key])):
                was, is_ = old[key].get(column, ""), new[key].get(column, "")
                if was != is_:
                    yield _row(on, name, key, column, was, is_, new[key], titles)
        for what, count in (
            ("rows added", len(new.keys() - old.keys())),
            ("rows gone", len(old.keys() - new.keys())),
        ):
            if count:
                yield _row(on, name, "all", what, "", str(count), {}, titles)


def _of_register(now: Cells, told: Row) -> Row:
    """Return the register's own page of a change of its tables, and its words; nothing of another table."""
    name, key = Path(str(told["file"])).stem, str(told["row"])
    if not name.startswith(_REGISTER):
        return {}
    row = now[name].get(key, {})
    one = key if name == RECOMMENDATIONS else row.get("recommendation", "")
    asked = now.get(RECOMMENDATIONS, {}).get(one)
    body = key if name == FORCES else row.get("body", "")
    if asked is not None:
        page = f"register/{one}.html"
    else:
        page = f"register/forces/{body}.html" if body in now.get(FORCES, {}) else _REGISTER_FIRST
    who = row.get("name", "") or row.get("by", "") or row.get("about", "")
    title = asked["title"] if asked else row.get("title", "") or row.get("what", "")
    called = ", ".join(part for part in (f"“{title}”" if title else "", who) if part)
    column = str(told["column"]).replace("_", " ")
    return {"page": page, "what": f"{called}: {column}"} if called else {"page": page}


def _row(
    on: dt.date,
    name: str,
    key: str,
    column: str,
    was: str,
    now: str,
    row: Mapping[str, str],
    titles: Mapping[str, str],
) -> Row:
    digest = hashlib.sha256(f"{on} {name} {key} {column}".encode()).hexdigest()[:20]
    since = f"from {row['first']}" if row.get("first") else row.get("year", "")
    parts = (row.get("name", ""), titles.get(row.get("measure", ""), row.get("measure", "")), since)
    called = ", ".join(p for p in parts if p)
    force = row.get("force", "")
    page = "index.html" if force == "all" else f"forces/{force}.html" if force else "data.html"
    return {
        "id": digest,
        "on": on,
        "file": f"data/{name}.csv",
        "row": key,
        "column": column,
        "what": f"{called or row.get('title', '') or f'{name}, {key}'}: {column.replace('_', ' ')}",
        "was": was,
        "now": now,
        "page": page,
    }


def feed(folder: Folder, changes: Table, as_at: dt.date) -> str:
    """Return the Atom feed: an entry a row that changed. Its times are days: it has no time of day."""
    base = folder.address.rstrip("/") + "/" if folder.address else ""
    own = uuid.uuid5(uuid.NAMESPACE_URL, f"{folder.address or folder.publisher} scorecard")
    lines = [
        '<?xml version="1.0" encoding="utf-8"?>',
        '<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en-GB">',
        f"<id>urn:uuid:{own}</id>",
        f"<title>{escape(folder.title)}: what changed</title>",
        f"<updated>{as_at}T00:00:00Z</updated>",
        f"<author><name>{escape(folder.publisher)}</name></author>",
    ]
    if base:
        lines.append(f'<link rel="self" href={quoteattr(base + "feed.xml")}/>')
    groups = groupby(changes.rows, key=lambda r: (str(r["on"]), str(r["file"]), str(r["row"])))
    for number, ((on, file, key), rows) in enumerate(groups):
        if number == _MOST:
            break
        lines += _entry(own, base, on, file, key, list(rows))
    return "\n".join([*lines, "</feed>", ""])


def _entry(own: uuid.UUID, base: str, on: str, file: str, key: str, rows: list[Row]) -> list[str]:
    first = rows[0]
    title = str(first["what"]).rpartition(": ")[0]
    if key == "all":
        title = f"{file}: {first['column']}"
    told = "; ".join(f"{str(r['column']).replace('_', ' ')}: {_or(r['was'])} → {_or(r['now'])}" for r in rows)
    return [
        "<entry>",
        f"<id>urn:uuid:{uuid.uuid5(own, f'{on} {file} {key}')}</id>",
        f"<title>{escape(title)}</title>",
        f"<updated>{on}T00:00:00Z</updated>",
        f"<link href={quoteattr(base + str(first['page']))}/>",
        f'<content type="text">{escape(told)}. {escape(file)}, row {escape(key)}</content>',
        "</entry>",
    ]


def _or(value: object) -> str:
    return str(value) or "nothing"
