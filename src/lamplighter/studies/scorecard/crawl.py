"""Tell whether every number of a site resolves: page to cell, cell to card and source, source to its bytes.

The crawler reads what was written and knows nothing of how it was made: pages, CSV files and snapshots. A
digit in the text of a page that is neither in a ``<data>`` bound to a cell, nor in a ``<time>`` that says the
same day, nor in a ``<code>`` is a fault. So are a request elsewhere, a script, a link that leads nowhere, and
a page that weighs too much.
"""

from __future__ import annotations

import calendar
import csv
import datetime as dt
import hashlib
import json
import posixpath
import re
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote
from xml.etree import ElementTree

from lamplighter.disclosure.errors import DisclosureError
from lamplighter.disclosure.folders import read_printed
from lamplighter.disclosure.printed import HIDDEN
from lamplighter.disclosure.tables import TOTAL
from lamplighter.rule_files.faults import Fault
from lamplighter.studies.reoffending.definitions import ReadOut
from lamplighter.studies.reoffending.report.release_names import CORRECTED, READ_OUT
from lamplighter.studies.scorecard.folder import ScorecardError
from lamplighter.studies.scorecard.releases import reoffending
from lamplighter.studies.scorecard.releases.held import SUMS, changed
from lamplighter.studies.scorecard.releases.released import PROTECTED, PUBLISHED
from lamplighter.studies.scorecard.releases.together import Piece, ToldTogether, refuse_what_is_told
from lamplighter.studies.scorecard.tables import DECIMALS, plain

MOST_BYTES = 300 * 1024
#: Files whose rows are figures: each names its measure and its source.
_FIGURES = {f"data/{n}.csv" for n in ("figures", "comparison", "sizes", "quarters", "editions")}
_CELL = re.compile(r"(data/[a-z0-9_-]+\.csv)#([A-Za-z0-9][A-Za-z0-9._-]*)/([a-z0-9_]+)")
_NUMBER = re.compile(r"\u2212?\d[\d\u2009]*(?:\.\d+)?%?")
_VOID = frozenset({"meta", "link", "br", "hr", "img", "input", "path", "rect", "line", "circle", "use"})
_SPOKEN = ("alt", "aria-label", "aria-description", "title", "placeholder")
_FETCHED = ("src", "srcset", "poster", "data", "action", "formaction", "background")
_MONTHS = {name: place for place, name in enumerate(calendar.month_name) if place}


@dataclass
class Crawled:
    """Findings of a crawl: how much was looked at, and every fault."""

    pages: int = 0
    numbers: int = 0
    links: int = 0
    cells: set[tuple[str, str, str]] = field(default_factory=set)
    faults: list[Fault] = field(default_factory=list)


@dataclass
class _Page:
    """Numbers, dates, links and places of one page."""

    data: list[tuple[str | None, str | None, str, int]] = field(default_factory=list)
    times: list[tuple[str, str, int]] = field(default_factory=list)
    loose: list[tuple[str, int]] = field(default_factory=list)
    links: list[tuple[str, int]] = field(default_factory=list)
    ids: set[str] = field(default_factory=set)
    drawn: list[tuple[str, int]] = field(default_factory=list)
    wrong: list[tuple[str, str, int]] = field(default_factory=list)
    title: str = ""
    heading: str = ""


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.page = _Page()
        self._open: list[tuple[str, dict[str, str | None], int, list[str]]] = []

    def _in(self, *names: str) -> bool:
        return any(tag in names for tag, *_ in self._open)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        line, held = self.getpos()[0], dict(attrs)
        self._attributes(tag, held, line)
        if tag not in _VOID:
            self._open.append((tag, held, line, []))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._attributes(tag, dict(attrs), self.getpos()[0])

    def _attributes(self, tag: str, held: dict[str, str | None], line: int) -> None:
        page = self.page
        if held.get("id"):
            page.ids.add(str(held["id"]))
        if tag in ("script", "iframe", "object", "embed", "form", "base"):
            page.wrong.append(("script", f"there is a <{tag}>.", line))
        for name, value in held.items():
            text = value or ""
            if name.startswith("on"):
                page.wrong.append(("script", f"the attribute {name} runs a script.", line))
            if name in _SPOKEN and re.search(r"\d", text):
                page.loose.append((text, line))
            fetched = name in _FETCHED or (name in ("href", "xlink:href") and tag != "a")
            if fetched and re.match(r"\s*(?:[a-z][a-z0-9+.-]*:|//)", text, re.IGNORECASE):
                page.wrong.append(("outside_request", f"<{tag}> asks elsewhere.", line))
            if "url(" in text and not re.search(r"url\(['\"]?#", text):
                page.wrong.append(("outside_request", f"the attribute {name} asks elsewhere.", line))
        if tag == "a" and held.get("href"):
            page.links.append((str(held["href"]), line))
        if tag == "link" and held.get("href"):
            page.links.append((str(held["href"]), line))
        if tag == "svg" and not self._drawn_from():
            page.wrong.append(("no_table", "a picture does not say from which file it was drawn.", line))
        if tag == "figure" and held.get("data-drawn-from"):
            page.drawn.append((str(held["data-drawn-from"]), line))

    def _drawn_from(self) -> bool:
        return any(tag == "figure" and held.get("data-drawn-from") for tag, held, *_ in self._open)

    def handle_data(self, data: str) -> None:
        for _, _, _, parts in self._open:
            parts.append(data)
        if not re.search(r"\d", data) or self._in("data", "time", "code", "svg", "title"):
            if self._in("style") and re.search(r"url\(|@import", data):
                self.page.wrong.append(("outside_request", "the style asks for a file.", self.getpos()[0]))
            return
        if self._in("style"):
            if re.search(r"url\(|@import", data):
                self.page.wrong.append(("outside_request", "the style asks for a file.", self.getpos()[0]))
            return
        self.page.loose.append((data, self.getpos()[0]))

    def handle_endtag(self, tag: str) -> None:
        while self._open:
            name, held, line, parts = self._open.pop()
            text = "".join(parts)
            if name == "data":
                self.page.data.append((held.get("value"), held.get("data-cell"), text, line))
            elif name == "time":
                self.page.times.append((held.get("datetime") or "", text, line))
            elif name == "code" and re.search(r"\s", text):
                self.page.loose.append((text, line))
            elif name == "title" and not self._in("svg"):
                self.page.title = text
            elif name == "title" and re.search(r"\d", text):
                self.page.loose.append((text, line))
            elif name == "h1":
                self.page.heading = text
            if name == tag:
                return


def check_site(site: Path) -> Crawled:
    """Return what a crawl of every page of a site finds. Raises ``ScorecardError`` where there is no site."""
    if not (site / "index.html").is_file() or not (site / "datapackage.json").is_file():
        raise ScorecardError(
            "There is no site: index.html or datapackage.json is missing.",
            file=site.name,
            remedy="Name the folder that `lamplighter scorecard build --out` wrote.",
        )
    return _Crawler(site).run()


class _Crawler:
    def __init__(self, site: Path) -> None:
        self.site = site
        self.found = Crawled()
        self.tables: dict[str, dict[str, dict[str, str]]] = {}
        for path in sorted((site / "data").glob("*.csv")):
            with path.open(newline="", encoding="utf-8") as file:
                self.tables[f"data/{path.name}"] = {row["id"]: row for row in csv.DictReader(file)}
        self.pages: dict[str, _Page] = {}
        self._sources: dict[str, str | None] = {}
        self._bound: set[str] = set()

    def fault(self, name: str, file: str, line: int | str, what: str, remedy: str = "") -> None:
        place = f"line {line}" if isinstance(line, int) else line
        self.found.faults.append(Fault(name, file, place, what, remedy or "Build the site anew."))

    def run(self) -> Crawled:
        self._package()
        for path in sorted(self.site.rglob("*.html")):
            reader = _Reader()
            reader.feed(path.read_text("utf-8"))
            reader.close()
            self.pages[path.relative_to(self.site).as_posix()] = reader.page
        for name, page in self.pages.items():
            self._page(name, page)
        for name in sorted(self._bound):
            self._rows(name, self.tables.get(name, {}))
        self._released()
        self._feed()
        self.found.pages = len(self.pages)
        return self.found

    def _page(self, name: str, page: _Page) -> None:
        self._numbers(name, page)
        for kind, what, line in page.wrong:
            self.fault(kind, name, line, what, "A page runs no script and asks for nothing elsewhere.")
        for text, line in page.loose:
            shown = " ".join(text.split())[:60]
            self.fault("unresolved_number", name, line, f"a number is bound to no cell: “{shown}”.")
        for value, text, line in page.times:
            if not _says(value, text):
                self.fault("wrong_date", name, line, f"“{text}” is not the date {value}.")
        for file, line in page.drawn:
            if file not in self.tables:
                self.fault("no_table", name, line, f"a picture is drawn from {file}, which is not there.")
        if not page.heading or not page.title.startswith(f"{page.heading} – "):
            self.fault("wrong_title", name, "", "the title is not the heading of the page.")
        for href, line in page.links:
            self._link(name, href, line)
        size = (self.site / name).stat().st_size
        if size > MOST_BYTES:
            self.fault(
                "too_heavy", name, "", f"the page weighs {size:,} bytes, and {MOST_BYTES:,} is the most."
            )

    def _numbers(self, name: str, page: _Page) -> None:
        for value, ref, text, line in page.data:
            self.found.numbers += 1
            cell = _CELL.fullmatch(ref or "")
            if cell is None or value is None:
                self.fault("unresolved_number", name, line, f"“{text[:40]}” names no cell.")
                continue
            file, key, column = cell.groups()
            row = self.tables.get(file, {}).get(key)
            if row is None or column not in row:
                self.fault("no_such_cell", name, line, f"there is no cell {ref}.")
                continue
            self.found.cells.add((file, key, column))
            if row[column] != value:
                self.fault("wrong_value", name, line, f"{ref} is {row[column]}, and the page has {value}.")
            elif text != value and not _rounds(value, text):
                self.fault("wrong_value", name, line, f"{ref} is {value}, and the page shows “{text[:40]}”.")

    def _link(self, name: str, href: str, line: int) -> None:
        self.found.links += 1
        if re.match(r"(?:https?|mailto):", href):
            return
        path, _, place = href.partition("#")
        target = posixpath.normpath(posixpath.join(posixpath.dirname(name), unquote(path))) if path else name
        if target.startswith("..") or href.startswith("/") or not (self.site / target).is_file():
            self.fault("dead_link", name, line, f"the link to {href} leads nowhere.")
        elif place and target in self.pages and place not in self.pages[target].ids:
            self.fault("dead_link", name, line, f"there is no place {place} on {target}.")

    def _rows(self, name: str, rows: dict[str, dict[str, str]]) -> None:
        """Hold each row of figures against its card and its source."""
        measures = self.tables.get("data/measures.csv", {})
        told: set[str] = set()
        for key, row in rows.items():
            measure, source = row.get("measure"), row.get("source")
            if measure and measure not in measures and f"m {measure}" not in told:
                told.add(f"m {measure}")
                self.fault("no_card", name, f"row {key}", f"there is no measure {measure}.")
            if source and f"s {source}" not in told:
                wrong = self._source(source)
                if wrong:
                    told.add(f"s {source}")
                    self.fault("no_source", name, f"row {key}", wrong)
            if not (measure and source):
                self.fault("no_source", name, f"row {key}", "it names no measure, or no source.")

    def _released(self) -> None:
        """Hold each figure of a release against the cell of its file, and attack all releases together."""
        releases = self.tables.get("data/releases.csv", {})
        name = "data/released.csv"
        for key, row in self.tables.get(name, {}).items():
            path = self.site / releases.get(row["release"], {}).get("folder", "") / row["file"]
            if not path.is_file():
                self.fault("no_source", name, f"row {key}", f"there is no {row['file']} of its release.")
                continue
            line = reoffending.line_named(row["line"])
            try:
                said = _in_file(path) if line is None else _of_reoffending(path, line, row["within"])
            except (KeyError, ValueError, IndexError):
                self.fault("no_source", name, f"row {key}", f"{row['file']} has no such figure.")
                continue
            for column, told in said.items():
                if row[column] != told:
                    self.fault("wrong_value", name, f"row {key}", f"{column} is not as in {row['file']}.")
        pieces = []
        for row in releases.values():
            try:
                printed = read_printed(self.site / row["folder"])
            except DisclosureError as problem:
                self.fault("no_source", "data/releases.csv", f"row {row['id']}", str(problem))
                continue
            first, last = (dt.date.fromisoformat(row[n]) for n in ("first", "last"))
            pieces.append(Piece(row["id"], frozenset(row["forces"].split()), first, last, printed))
        try:
            refuse_what_is_told(pieces)
        except ToldTogether as problem:
            self.fault("told_together", "data/releases.csv", "", str(problem), problem.remedy.strip())

    def _source(self, source: str) -> str | None:
        """Say what is wrong with a source; ``None`` where its bytes are those of its hash."""
        if source not in self._sources:
            row = self.tables.get("data/sources.csv", {}).get(source)
            path = self.site / row["file"] if row else None
            if row is None or path is None or not path.is_file():
                self._sources[source] = f"there is no source {source}, or its file is missing."
            elif path.name == SUMS:
                wrong = changed(path.parent, row["sha256"])
                self._sources[source] = (
                    f"the bytes of {path.parent.name}/{wrong} are not those of its hash." if wrong else None
                )
            elif hashlib.sha256(path.read_bytes()).hexdigest() != row["sha256"]:
                self._sources[source] = f"the bytes of {row['file']} are not those of its hash."
            else:
                self._sources[source] = None
        return self._sources[source]

    def _package(self) -> None:
        """Hold the files against the Data Package and the manifest."""
        package = json.loads((self.site / "datapackage.json").read_text("utf-8"))
        named = {r["path"]: r["hash"] for r in package["resources"]}
        self._bound = {r["path"] for r in package["resources"] if r.get("bound")}
        for path in sorted(_FIGURES - self._bound):
            self.fault("not_described", path, "", "its rows must be bound to a measure and a source.")
        for path in sorted(self.tables.keys() ^ named.keys()):
            self.fault("not_described", path, "", "it is not in datapackage.json, or not there.")
        manifest = json.loads((self.site / "manifest.json").read_text("utf-8"))["files"]
        there = {p.relative_to(self.site).as_posix() for p in self.site.rglob("*") if p.is_file()}
        for path in sorted((there - {"manifest.json"}) ^ manifest.keys()):
            self.fault("not_described", path, "", "it is not in manifest.json, or not there.")
        for path in sorted(there & manifest.keys()):
            if hashlib.sha256((self.site / path).read_bytes()).hexdigest() != manifest[path]:
                self.fault("changed", path, "", "its bytes are not those that were built.")

    def _feed(self) -> None:
        try:
            ElementTree.parse(self.site / "feed.xml")  # noqa: S314 - our own file
        except (ElementTree.ParseError, OSError) as error:
            self.fault("no_feed", "feed.xml", "", f"it is no feed: {error}.")


def _in_file(path: Path) -> dict[str, str]:
    """Return what a file of a release prints of an indicator, by the columns of released.csv."""
    with path.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    if "value" in rows[0]:
        shown = rows[0]["value"]
        return {"days": "" if shown == HIDDEN else f"{float(shown):.{DECIMALS}f}", "days_is": _is(shown)}
    found: dict[str, str] = {}
    for column, code in (("met", "met"), ("out_of", TOTAL)):
        others = [n for n in rows[0] if n not in ("result", "count", "per cent")]
        shown = next(
            (r["count"] for r in rows if r["result"] == code and all(r[o] == TOTAL for o in others)), HIDDEN
        )
        found |= {column: "" if shown == HIDDEN else shown, f"{column}_is": _is(shown)}
    return found


def _of_reoffending(path: Path, line: reoffending.ReoffendingLine, within: str) -> dict[str, str]:
    """Return what a release says of a line by its files alone, by the columns of released.csv.

    Raises:
        KeyError, ValueError: the files have no such figure, or no rule of what may be read out.
    """
    described = json.loads((path.parent / reoffending.DESCRIPTION).read_text("utf-8"))
    people, points = described["quoted"][READ_OUT]
    rule = ReadOut(int(people), int(points))
    if line.estimate:
        own = next(m for m in described["models"] if m["name"] == CORRECTED)
        said = reoffending.estimated(own["values"], line.estimate, rule) if own["values"] else {}
        told = {"met_is": PROTECTED, "share": None, "low": None, "high": None} | (said or {})
        return {column: plain(value) for column, value in told.items()}
    with path.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    kind = [n for n in rows[0] if n not in ("count", "per cent")][-1]

    def count(code: str) -> float | None:
        found = [r for r in rows if r[kind] == code and r.get("force", TOTAL) == (within or TOTAL)]
        (shown,) = (r["count"] for r in found)
        return None if shown == HIDDEN else float(shown)

    return {c: plain(v) for c, v in reoffending.counted(count(line.part), count(TOTAL), rule).items()}


def _is(shown: str) -> str:
    return PROTECTED if shown == HIDDEN else PUBLISHED


def _rounds(value: str, text: str) -> bool:
    """Tell whether a number as shown is the rounding of a value to as many decimals."""
    if not _NUMBER.fullmatch(text):
        return False
    try:
        exact = Decimal(value)
        shown = Decimal(text.rstrip("%").replace("\u2009", "").replace("\u2212", "-"))
    except InvalidOperation:
        return False
    half = Decimal(1).scaleb(int(shown.as_tuple().exponent)) / 2
    return abs(exact - shown) <= half


def _says(value: str, text: str) -> bool:
    """Tell whether the words of a date say the same as its value: a day, a month, or a financial year."""
    words = text.replace("\u00a0", " ")
    if re.fullmatch(r"\d{4}", value):
        begins = int(value)
        return words in (value, f"{begins}/{(begins + 1) % 100:02}")
    found = re.fullmatch(r"(?:(\d{1,2}) )?([A-Z][a-z]+) (\d{4})", words)
    if found is None or found[2] not in _MONTHS:
        return False
    said = f"{found[3]}-{_MONTHS[found[2]]:02}" + (f"-{int(found[1]):02}" if found[1] else "")
    return said == value
