"""The whole site: pages, tables, snapshots, feed and descriptions. Same folder and day, same bytes."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import re
import shutil
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from markupsafe import Markup

from lamplighter.studies.forces.measures import cards
from lamplighter.studies.register import loading
from lamplighter.studies.register.pages import Page, site_pages
from lamplighter.studies.scorecard import changes, frame, over_time
from lamplighter.studies.scorecard.crawl import check_site
from lamplighter.studies.scorecard.figures import MEASURES, forces_of, tables_of
from lamplighter.studies.scorecard.folder import Folder, ScorecardError, read_folder
from lamplighter.studies.scorecard.pages import country, force, measure, reference
from lamplighter.studies.scorecard.pages import over_time as over_time_page
from lamplighter.studies.scorecard.pages import released as released_page
from lamplighter.studies.scorecard.pages import reoffending as reoffending_page
from lamplighter.studies.scorecard.pages.context import OWN_WORK, Context
from lamplighter.studies.scorecard.releases import released
from lamplighter.studies.scorecard.releases.held import Held, read_releases
from lamplighter.studies.scorecard.releases.together import Piece, refuse_what_is_told
from lamplighter.studies.scorecard.tables import Book, Row, Table, on_day
from lamplighter.studies.scorecard.years import Years, read_years
from lamplighter.vocabulary.forces import force_named

MANIFEST = "manifest.json"
#: Pages of the register have a heading of their own, for where they stand alone.
_HEADING = re.compile(r"<h1\b.*?</h1>\s*", re.DOTALL)


@dataclass(frozen=True)
class Site:
    """Files of a site: the path of each file and its bytes, and how many pages are out."""

    files: Mapping[str, bytes]
    pages: int
    forces_out: int
    forces: int


def build(path: Path, as_at: dt.date, *, since: Path | None = None, register: Path | None = None) -> Site:
    """Return the site of a folder as at a day.

    Args:
        path: the scorecard's folder.
        as_at: the day on which it is read: what was published later, or is under embargo, is not in it.
        since: the site that stood before, for what changed.
        register: the folder of the register of recommendations.

    Raises:
        RecordsError: a file of the folder, or a source, cannot be used.
    """
    folder = read_folder(path)
    held = read_releases(path, as_at)
    refuse_what_is_told([Piece(h.words, frozenset(h.forces), h.first, h.last, h.printed()) for h in held])
    years = read_years(folder, as_at)
    forces = forces_of(years)
    out = frozenset(f.code for f in forces if folder.is_out(f.code, as_at))
    shown = tuple(h for h in held if all(folder.is_out(f, as_at) for f in h.forces))
    book = Book(_with_indicators(tables_of(years, out, as_at), shown, as_at))
    for table in released.tables_of(shown, {f.code for f in forces}) if shown else ():
        book.add(table)
    found = over_time.over_time(years, folder.breaks)
    for table in (*over_time.tables_of(found, years, out), *_kept(folder, years, out, as_at, shown)):
        book.add(table)
    # Pages of the register come with tables of their own, bound in the same way.
    others = _register(register, as_at)
    for table in _tables(others):
        book.add(table)
    before = changes.cells_in(since) if since else None
    now = changes.cells_of(book.tables.values())
    book.add(changes.changes_of(before, now, as_at) if before is not None else changes.none_yet())
    context = Context(book, years, folder, as_at, forces, out, found, shown)
    made = [
        country.page(context),
        *measure.pages(context),
        *force.pages(context),
        *released_page.pages(context),
        *reoffending_page.pages(context),
        over_time_page.page(context),
        *over_time_page.pages_of_forces(context),
        *reference.pages(context),
        *(frame.Page(o.path, o.title, Markup(_HEADING.sub("", o.body, 1))) for o in others),  # noqa: S704 - by the same convention
        reference.data_page(book),
    ]
    way = _way(others, shown)
    foot = frame.p(
        "As at ",
        on_day(as_at),
        ". Published by ",
        book.text(("about", "publisher", "words")),
        ". From published counts; each number names its cell, and each cell its source.",
    )
    made_up = any(y.source.made_up for y in years.every) or any(h.made_up for h in shown)
    warning = frame.caution("Some figures of this site are made up: they show what it would say.")
    files = {
        one.path: frame.framed(
            replace(one, body=warning + one.body) if made_up else one, way, foot, folder.title
        ).encode()
        for one in made
    }
    if len(files) != len(made):
        raise ValueError("Two pages have one address.")
    files |= {table.path: table.csv().encode() for table in book.tables.values()}
    files |= {s.on_site: s.path.read_bytes() for s in folder.sources if s.published <= as_at}
    files |= {f"{h.on_site}/{name}": content for h in shown for name, content in h.files().items()}
    files["feed.xml"] = changes.feed(folder, book.tables[changes.NAME], as_at).encode()
    files["datapackage.json"] = _json(_package(folder, book, files, as_at))
    files["metadata.json"] = _json(_datasette(folder, book))
    hashes = {name: hashlib.sha256(content).hexdigest() for name, content in sorted(files.items())}
    files[MANIFEST] = _json({"as_at": as_at.isoformat(), "files": hashes})
    return Site(files, len(made), len(out), len(forces))


def write_site(site: Site, out: Path) -> None:
    """Write a site that resolves as a whole, in place of an earlier one; readable by whoever serves it.

    Raises:
        ScorecardError: the folder holds something else than a site, or a number does not resolve.
    """
    if out.exists() and (not out.is_dir() or (any(out.iterdir()) and not (out / MANIFEST).is_file())):
        raise ScorecardError(
            "It holds something else than a site.", file=out.name, remedy="Name an empty folder."
        )
    if out.exists() and any(out.iterdir()):
        _refuse_strange(out)
    out.parent.mkdir(parents=True, exist_ok=True)
    place = Path(tempfile.mkdtemp(prefix=f".{out.name}-", dir=out.parent))
    try:
        made = place / "site"
        for name, content in site.files.items():
            (made / name).parent.mkdir(parents=True, exist_ok=True)
            (made / name).write_bytes(content)
        for one in (made, *made.rglob("*")):
            one.chmod(0o755 if one.is_dir() else 0o644)
        faults = check_site(made).faults
        if faults:
            raise ScorecardError(f"The site does not resolve and was not written: {faults[0]}")
        if out.exists():
            out.rename(place / "before")
        made.rename(out)
    finally:
        shutil.rmtree(place, ignore_errors=True)


def _refuse_strange(out: Path) -> None:
    """Refuse to replace a folder in which somebody keeps something else."""
    held = json.loads((out / MANIFEST).read_text("utf-8"))["files"]
    strange = [p for p in sorted(out.rglob("*")) if p.is_file() and p.relative_to(out).as_posix() not in held]
    others = [p.relative_to(out).as_posix() for p in strange if p.relative_to(out).as_posix() != MANIFEST]
    if others:
        raise ScorecardError(
            f"It holds {others[0]}, which is not of the site: it would be lost.",
            file=out.name,
            remedy="Take it out, or name another folder.",
        )


def _way(others: list[Page], shown: tuple[Held, ...]) -> list[frame.Link]:
    own = [
        frame.Link(country.PATH, "England and Wales"),
        frame.Link(measure.INDEX, "Measures"),
        frame.Link(force.INDEX, "Forces"),
        frame.Link(over_time_page.PATH, "Over time"),
    ]
    if any(not h.is_reoffending for h in shown):
        own.append(frame.Link(released_page.INDEX, "Own work of forces"))
    if any(h.is_reoffending for h in shown):
        own.append(frame.Link(reoffending_page.INDEX, "How many stalk again"))
    if others:
        index = next((o.path for o in others if o.path.endswith("index.html")), others[0].path)
        own.append(frame.Link(index, "Recommendations"))
    rest = (
        (reference.CHANGES, "What changed"),
        (reference.CORRECTIONS, "Corrections"),
        (reference.SOURCES, "Sources"),
        (reference.DATA, "Data"),
        (reference.ABOUT, "How to read this"),
    )
    return own + [frame.Link(path, words) for path, words in rest]


def _register(folder: Path | None, as_at: dt.date) -> list[Page]:
    """Return the pages of the register; what it cites as evidence is a card of ours."""
    if folder is None:
        return []
    held = loading.shipped() if str(folder) == loading.SHIPPED else None
    names = {card.name for card in cards()}
    return site_pages(held or loading.load(folder, measures=names), as_at)


def _tables(others: list[Page]) -> Iterable[Table]:
    found: dict[str, dict[str, Row]] = {}
    for one in others:
        for name, given in one.tables.items():
            own = found.setdefault(Path(name).stem, {})
            for row in given:
                if own.setdefault(str(row["id"]), row) != row:
                    raise ValueError(f"{name}: two pages of the register have another row {row['id']}.")
    for name, held in found.items():
        rows = tuple(held.values())
        names = dict.fromkeys(c for row in rows for c in row if c != "id")
        columns = {"id": "Name of the row", **{c: c.replace("_", " ").capitalize() for c in names}}
        yield Table(name, name.replace("_", " ").capitalize(), columns, rows)


def _with_indicators(tables: list[Table], shown: tuple[Held, ...], as_at: dt.date) -> Iterable[Table]:
    """Return the tables with a card of each indicator of which something is published."""
    for table in tables:
        if table.name != MEASURES or not shown:
            yield table
            continue
        theirs = any(not h.is_reoffending for h in shown)
        own = tuple(
            {**r, "held": True, "not_held": ""} if r["id"] == OWN_WORK and theirs else r for r in table.rows
        )
        yield replace(table, rows=(*own, *released.card_rows(shown, as_at)))


def _kept(
    folder: Folder, years: Years, out: frozenset[str], as_at: dt.date, shown: tuple[Held, ...]
) -> Iterable[Table]:
    """Return what the publisher keeps beside the figures, as tables."""
    yield Table(
        "about",
        "Who publishes this",
        {"id": "What", "words": "In words"},
        tuple({"id": n, "words": getattr(folder, n)} for n in ("title", "publisher", "contact")),
    )
    names = (
        "id",
        "title",
        "publisher",
        "edition",
        "published",
        "obtained",
        "licence",
        "address",
        "sha256",
        "note",
    )
    yield Table(
        "sources",
        "Sources, by the hash of their bytes",
        {n: n.capitalize() for n in names} | {"bytes": "Size in bytes", "file": "File of the site"},
        tuple(
            {n: getattr(s, n) for n in names} | {"bytes": s.path.stat().st_size, "file": s.on_site}
            for s in folder.sources
            if s.published <= as_at
        )
        + tuple(
            {n: getattr(h, n) for n in names} | {"bytes": sum(map(len, h.files().values())), "file": h.sums}
            for h in shown
        ),
    )
    yield Table("findings", "What was found in the sources", _FINDING, tuple(_findings(years, out)))
    yield Table(
        "replies",
        "Right of reply: when each force was sent its page, and what it replied",
        {
            "id": "Code of the force",
            "sent": "Sent on",
            "embargo": "The force reads until",
            "reply": "Reply",
            "reply_on": "Reply given on",
            "reply_by": "Reply given by",
        },
        tuple(
            {"id": f.code, "sent": r.sent, "embargo": r.embargo}
            | ({"reply": r.reply, "reply_on": r.reply_on, "reply_by": r.reply_by} if f.code in out else {})
            for f in forces_of(years)
            if (r := folder.reply_of(f.code)) is not None
        ),
    )
    fields = {
        "on": "Corrected on",
        "page": "Page",
        "was": "It said",
        "now": "It says",
        "why": "Why",
        "force": "Force",
    }
    yield Table(
        "corrections",
        "Errors that were corrected",
        {"id": "Number", **fields},
        tuple(
            {"id": f"c{n}", **{name: getattr(c, name) for name in fields}}
            for n, c in enumerate(folder.corrections, 1)
        ),
    )


_FINDING = {
    "id": "Number",
    "source": "Source, an id of sources.csv",
    "reason": "What was found",
    "force": "Force, where one is named",
    "rows": "Rows",
}


def _findings(years: Years, out: frozenset[str]) -> Iterable[Row]:
    number = 0
    for source, frame_ in years.findings:
        for row in frame_.iter_rows(named=True):
            number += 1
            named = force_named(row["force"]) if row["force"] else None
            quiet = named is not None and named.code not in out
            yield {
                "id": f"f{number}",
                "source": source.id,
                "reason": row["reason"],
                "force": "" if quiet else row["force"] or "",
                "rows": int(row["n"]),
            }


def _json(body: object) -> bytes:
    return (json.dumps(body, indent=2, ensure_ascii=False) + "\n").encode()


def _package(folder: Folder, book: Book, files: Mapping[str, bytes], as_at: dt.date) -> dict[str, Any]:
    """Return the Data Package of every table."""
    used = [s for s in folder.sources if s.published <= as_at]
    return {
        "profile": "tabular-data-package",
        "name": "stalking-scorecard",
        "title": folder.title,
        "version": as_at.isoformat(),
        "contributors": [{"title": folder.publisher, "role": "publisher"}],
        "licenses": [{"title": licence} for licence in sorted({s.licence for s in used})],
        "sources": [{"title": f"{s.title}, edition {s.edition}", "path": s.address} for s in used],
        "resources": [
            {
                "profile": "tabular-data-resource",
                "name": table.name.replace("_", "-"),
                "path": table.path,
                "bound": table.bound,
                "title": table.title,
                "format": "csv",
                "mediatype": "text/csv",
                "encoding": "utf-8",
                "bytes": len(files[table.path]),
                "hash": f"sha256:{hashlib.sha256(files[table.path]).hexdigest()}",
                "schema": {
                    "fields": [
                        {"name": c, "type": table.kind(c), "description": words}
                        for c, words in table.columns.items()
                    ],
                    "primaryKey": "id",
                    "missingValues": [""],
                },
            }
            for table in sorted(book.tables.values(), key=lambda t: t.name)
        ],
    }


def _datasette(folder: Folder, book: Book) -> dict[str, Any]:
    """Return what Datasette shows beside the tables, as its ``metadata.json``."""
    licences = sorted({s.licence for s in folder.sources})
    return {
        "title": folder.title,
        "description": "Stalking that the police recorded, and what became of it. No order of forces.",
        "source": ", ".join(sorted({s.publisher for s in folder.sources})),
        "license": "; ".join(licences),
        "databases": {
            "scorecard": {
                "tables": {
                    table.name: {"title": table.title, "columns": dict(table.columns), "sort": "id"}
                    for table in sorted(book.tables.values(), key=lambda t: t.name)
                }
            }
        },
    }
