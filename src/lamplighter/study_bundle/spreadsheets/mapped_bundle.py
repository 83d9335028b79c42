"""A spreadsheet through its mapping: one line becomes rows of a bundle, each with the line it came from."""

from __future__ import annotations

import dataclasses
import hashlib
import re
from pathlib import Path

import polars as pl

from lamplighter.records.mapping.mappings import plain_code
from lamplighter.study_bundle.checking import Checked, checked
from lamplighter.study_bundle.checks import findings as f
from lamplighter.study_bundle.checks.cells import coded, moments
from lamplighter.study_bundle.errors import BundleMappingError
from lamplighter.study_bundle.files.csv_tables import Raw, identifies
from lamplighter.study_bundle.files.data_package import digest_of
from lamplighter.study_bundle.files.sheets import Sheet
from lamplighter.study_bundle.files.table_sources import InMemory, Source
from lamplighter.study_bundle.metadata import read_metadata, rules_in
from lamplighter.study_bundle.schema import codes_of, kinds, schema_version, tables
from lamplighter.study_bundle.spreadsheets.headed_lines import lines_of, place_of
from lamplighter.study_bundle.spreadsheets.mapping import BundleMapping, Cell, Condition, RowSpec, Stands
from lamplighter.study_bundle.spreadsheets.wide_totals import check_control, unpivoted


def check_mapped(path: str | Path, mapping: BundleMapping) -> Checked:
    """Read one spreadsheet through a mapping and check the bundle that it makes.

    Rows of the first table (reports or totals) are the lines of the file; every line is accepted or rejected.

    Raises:
        RecordsError: the file cannot be read as text with a heading line.
        BundleMappingError: the mapping names headings that the file does not have.
    """
    path = Path(path)
    place = headings_of(path, mapping)
    lines = lines_of(place, mapping.shape)
    metadata, wrong = read_metadata(_with_defaults(mapping), "the mapping", mapping.title)
    if mapping.totals is not None:
        raws = unpivoted(lines, mapping.totals, path, place)
        made = checked(metadata, _sources(raws), wrong, digest_of([path]))
        return check_control(made, mapping.totals, path)
    _headings_there(lines, mapping, place)
    wrong += _not_read(lines, mapping, path)
    cells = _Lines(lines, mapping)
    spec = next(s for s in mapping.rows if s.table == "reports")
    every = cells.every(spec)
    ids = every.select("report_id", "_row")
    superseded = pl.Series([], dtype=pl.Int64)
    if mapping.stands is not None:
        superseded, unreadable = cells.superseded(every["report_id"], mapping.stands)
        if len(unreadable):
            found = f.of_rows(unreadable, "reports", "stands_unreadable", mapping.stands.heading)
            lines.findings.append(found)
        # Of each reference the line that stands is read first: the others are second lines.
        every = every.sort(pl.col("_row").is_in(superseded.implode()), maintain_order=True)
    raws = {"reports": Raw(every, lines.findings, lines.rejected, frozenset(spec.cells))}
    alone = lines.frame.filter(pl.struct(sorted(lines.columns)).is_first_distinct())["_row"]
    for table in ("people", "offences", "behaviours", "events"):
        specs = [s for s in mapping.rows if s.table == table]
        if specs:
            raws[table] = _made(cells, table, specs, ids)
    sources = _sources(raws)
    del raws, lines, cells, ids
    digest = digest_of([path])
    made = checked(metadata, sources, wrong, digest, one_line_a_report=True, superseded=superseded)
    return _by_heading(_told_apart(made, alone), mapping)


def _told_apart(made: Checked, alone: pl.Series) -> Checked:
    """A second line of a reference that says something else is no row that is there already."""
    second = (
        (pl.col("table") == "reports")
        & (pl.col("problem") == "duplicate_row")
        & pl.col("row").is_in(alone.cast(pl.Int64).implode())
    )
    other = pl.when(second).then(pl.lit("second_line")).otherwise(pl.col("problem")).alias("problem")
    return dataclasses.replace(made, findings=tuple(x.with_columns(other) for x in made.findings))


def headings_of(path: Path, mapping: BundleMapping) -> Sheet:
    """Return where the headings stand: as the mapping sets it, or as found. Raises ``RecordsError``."""
    named = _named(mapping) if mapping.totals is None else {mapping.totals.force, *mapping.totals.columns}
    return place_of(path, mapping.spec(), named, line=mapping.line, sheet=mapping.sheet)


def unknown_words(path: Path, mapping: BundleMapping) -> dict[str, dict[str, int]]:
    """Return by code set the words of a file that are no code and that nobody has said the meaning of.

    With how many lines have each. A cell that looks as if it named somebody or something is not given.
    """
    if mapping.shape != "reports":
        return {}
    place = headings_of(path, mapping)
    lines = lines_of(place, mapping.shape)
    _headings_there(lines, mapping, place)
    cells = _Lines(lines, mapping)
    found: dict[str, dict[str, int]] = {}
    for spec in mapping.rows:
        for column, cell in spec.cells.items():
            codes = _codes_of(spec, column)
            if codes is None or cell.heading is None:
                continue
            text = cells.coded(spec, column, cell)
            lost = coded(text, codes_of(codes))[1]
            for word, n in text.filter(lost).value_counts().iter_rows():
                if len(word) <= _LONGEST_WORD and not _TELLS.search(word):
                    own = found.setdefault(codes, {})
                    own[word] = own.get(word, 0) + int(n)
    return found


#: Before any date and any number: a line of which nothing says when it was changed.
_NEVER = -(2**62)
_LONGEST_WORD = 60
#: A word for a code has no long number and no address of mail in it.
_TELLS = re.compile(r"\d{4}|@")


def _codes_of(spec: RowSpec, column: str) -> str | None:
    """Return the name of the set whose codes a column of an entry holds; of several codes in a cell none."""
    own = tables()[spec.table].columns[column]
    if own.codes is not None or spec.table != "events" or own.kind == "codes":
        return own.codes if own.kind == "code" and column != "kind" else None
    use = kinds()[spec.cells["kind"].value or ""].uses.get(column)
    return None if use is None else use.codes


def _sources(raws: dict[str, Raw]) -> dict[str, Source]:
    return {name: InMemory(raw) for name, raw in raws.items()}


def _with_defaults(mapping: BundleMapping) -> dict[str, object]:
    """Metadata of a mapping, with what follows from the rest filled in."""
    body = {"schema_version": schema_version(), **mapping.metadata}
    # The kinds that have rows are held. A column that is blank in every line says of nobody that it was not
    # done: who knows that it was looked for and never found names the kind in `event_kinds`.
    start, end = body.get("period_from"), body.get("period_to")
    if "recording_rules" not in body and hasattr(start, "year") and hasattr(end, "year"):
        body["recording_rules"] = rules_in(start, end)  # type: ignore[arg-type]  # dates, as just asked
    used = {f"{s.table}.{c}" for s in mapping.rows for c in s.cells}
    if "not_held" not in body and mapping.shape == "reports":
        named = {s.cells["kind"].value or "" for s in mapping.rows if s.table == "events"}
        if any(asked in named for kind, asked in _ANSWERS.items() if kind in named):
            used.add("events.refers_to")
        if mapping.stands is not None:
            used.add("events.status")
        there = {s.table for s in mapping.rows}
        body["not_held"] = [
            f"{t.name}.{c.name}"
            for t in tables().values()
            if t.name in there
            for c in t.columns.values()
            if f"{t.name}.{c.name}" not in used and not c.required and c.name not in ("report_id", "event_id")
        ]
    return body


def _plain(mapping: BundleMapping, heading: str) -> str:
    return mapping.spec().column_named(heading)


def _named(mapping: BundleMapping) -> set[str]:
    """Every heading that the mapping reads."""
    named = {c.heading for s in mapping.rows for c in s.cells.values() if c.heading}
    named |= {mapping.stands.heading} if mapping.stands else set()
    return named | {s.when.heading for s in mapping.rows if s.when}


def _not_read(lines: Raw, mapping: BundleMapping, path: Path) -> list[pl.DataFrame]:
    """Columns that the mapping leaves alone and somebody should look at: people's names, a heading twice."""
    read = {_plain(mapping, heading): heading for heading in _named(mapping)}
    found = []
    for column in sorted(lines.columns - read.keys()):
        first = re.sub(r"_[0-9]+$", "", column)
        if first != column and first in read:
            found.append(f.one("heading_twice", file=path.name, table="reports", row=1, column=read[first]))
        elif identifies(column):
            found.append(f.one("column_identifies", file=path.name, table="reports", column="unknown column"))
    return found


def _headings_there(lines: Raw, mapping: BundleMapping, place: Sheet) -> None:
    missing = sorted(h for h in _named(mapping) if _plain(mapping, h) not in lines.columns)
    if missing:
        raise BundleMappingError(
            f"The file has no column headed {', '.join(missing)}.",
            file=place.label,
            place=f"line {place.line}",
            remedy="Correct the heading in the mapping, or take the entry out; if the headings stand in "
            "another line, set it under [source] as line = 4.",
        )


class _Lines:
    """The lines of a spreadsheet, and the values of its cells as the mapping reads them."""

    def __init__(self, raw: Raw, mapping: BundleMapping) -> None:
        self.raw, self.frame, self.mapping = raw, raw.frame, mapping
        self._numbers: dict[str, dict[str, str]] = {}
        for name in dict.fromkeys(c.pseudonym for s in mapping.rows for c in s.cells.values() if c.pseudonym):
            cells = [c for s in mapping.rows for c in s.cells.values() if c.pseudonym == name]
            self._numbers[name] = _numbered(name, [self._text(c) for c in dict.fromkeys(cells)])

    def value(self, cell: Cell) -> pl.Series:
        """The text of a cell for every line; blanks and words for nothing are null."""
        text = self._text(cell)
        if cell.pseudonym is None:
            return text
        return text.replace_strict(self._numbers[cell.pseudonym], default=None, return_dtype=pl.String)

    def _text(self, cell: Cell) -> pl.Series:
        if cell.heading is None:
            return pl.Series([cell.value] * self.frame.height, dtype=pl.String)
        text = self.plain(cell.heading)
        if cell.table is not None:
            table = self.mapping.maps[cell.table]
            # A value that the table does not have goes on as it is; whether it is a code is looked at later.
            distinct = text.drop_nulls().unique().to_list()
            text = text.replace({t: table[p] for t in distinct if (p := plain_code(t[:200])) in table})
            text = pl.select(pl.when(text != "").then(text)).to_series()
        return text

    def coded(self, spec: RowSpec, column: str, cell: Cell) -> pl.Series:
        """Return the text of a cell, with words for codes that somebody has said the meaning of replaced."""
        text = self.value(cell)
        words = self.mapping.words.get(_codes_of(spec, column) or "", {})
        if not words or cell.heading is None:
            return text
        distinct = text.drop_nulls().unique().to_list()
        return text.replace({t: words[p] for t in distinct if (p := plain_code(t[:200])) in words})

    def plain(self, heading: str) -> pl.Series:
        """The cells under a heading, stripped; blanks and the mapping's words for nothing are null."""
        text = self.frame[_plain(self.mapping, heading)].str.strip_chars()
        empty = text == ""
        if self.mapping.nulls:
            distinct = text.drop_nulls().unique().to_list()
            gone = [t for t in distinct if plain_code(t[:200]) in self.mapping.nulls]
            empty = empty | text.is_in(pl.Series(gone, dtype=pl.String).implode())
        return pl.select(pl.when(~empty.fill_null(True)).then(text)).to_series()

    def every(self, spec: RowSpec) -> pl.DataFrame:
        """The cells of one entry for every line."""
        values = {c: self.coded(spec, c, cell).alias(c) for c, cell in spec.cells.items()}
        return pl.DataFrame(values | {"_file": self.frame["_file"], "_row": self.frame["_row"]})

    def made(self, spec: RowSpec) -> pl.DataFrame:
        """The rows of one entry: lines where its condition holds or any of its headings is filled."""
        frame = self.every(spec)
        if spec.when is not None:
            return frame.filter(self._holds(spec.when))
        headed = [c for c, cell in spec.cells.items() if cell.heading is not None]
        return frame.filter(pl.any_horizontal(pl.col(headed).is_not_null())) if headed else frame

    def superseded(self, ids: pl.Series, stands: Stands) -> tuple[pl.Series, pl.DataFrame]:
        """Return the rows of lines of whose reference another line stands, and lines that cannot be told.

        A reference of which no single line stands has none: nothing says which it would be.
        """
        text = self.plain(stands.heading)
        if stands.words:
            rank = self._holds(Condition(stands.heading, stands.words)).cast(pl.Int64)
        else:
            at = moments(text)[0].dt.epoch("us")
            number = text.str.to_integer(strict=False)
            # One column holds dates or numbers: a year alone reads as either.
            rank = number if number.null_count() == text.null_count() else at
        lines = pl.DataFrame(
            {"report_id": ids, "_row": self.frame["_row"], "_file": self.frame["_file"], "rank": rank}
        )
        lines = lines.with_columns(lost=text.is_not_null() & rank.is_null())
        several = lines.filter(pl.col("report_id").is_not_null() & pl.col("report_id").is_duplicated())
        top = pl.col("rank").fill_null(_NEVER)
        best = several.with_columns(first=top == top.max().over("report_id"))
        one = pl.col("first").sum().over("report_id") == 1
        return best.filter(one & ~pl.col("first"))["_row"], best.filter("lost")

    def _holds(self, condition: Condition) -> pl.Series:
        text = self.plain(condition.heading)
        if not condition.words:
            return text.is_not_null()
        distinct = text.drop_nulls().unique().to_list()
        right = [t for t in distinct if plain_code(t[:200]) in condition.words]
        return text.is_in(pl.Series(right, dtype=pl.String).implode()).fill_null(False)


def _numbered(name: str, columns: list[pl.Series]) -> dict[str, str]:
    """A number for every distinct value, whatever its case and punctuation, in an order that says nothing of
    the order of the file. It hides what is read, not what somebody can work out who holds the list."""
    distinct = pl.concat([c.drop_nulls() for c in columns]).unique().to_list() if columns else []
    plain = {t: plain_code(t) or t for t in distinct}
    ranked = sorted(set(plain.values()), key=lambda p: hashlib.blake2b(p.encode(), digest_size=16).digest())
    prefix = plain_code(name)[:1] or "P"
    numbers = {p: f"{prefix}{i:07d}" for i, p in enumerate(ranked, 1)}
    return {t: numbers[p] for t, p in plain.items()}


def _people(rows: list[pl.DataFrame]) -> pl.DataFrame:
    """One row a person: what any line says. Where lines disagree a second row stays, to be reported."""
    every = pl.concat(rows, how="diagonal").filter(pl.col("person_id").is_not_null()).sort("_row")
    said = [c for c in every.columns if not c.startswith("_") and c != "person_id"]
    first = every.group_by("person_id", maintain_order=True).agg(
        *(pl.col(c).drop_nulls().first() for c in said), pl.col("_file").first(), pl.col("_row").first()
    )
    if not said:
        return first
    both = every.join(first.drop("_file", "_row"), on="person_id", suffix="_first", maintain_order="left")
    differs = pl.any_horizontal((pl.col(c) != pl.col(f"{c}_first")).fill_null(False) for c in said)
    other = both.filter(differs).unique("person_id", keep="first", maintain_order=True).select(first.columns)
    return pl.concat([first, other])


#: Kinds that answer another, with what they answer.
_ANSWERS = {
    "risk_review": "review_trigger",
    "second_assessment": "risk_assessment",
    "breach_response": "breach",
    "breach_review": "breach",
}


def _answering(rows: pl.DataFrame) -> pl.DataFrame:
    """Events of which a line says both what was to be answered and the answer: the one refers to the other.

    Where a line has two of what an answer may be about, nothing says to which it belongs.
    """
    only = rows.group_by("_row", "kind").agg(pl.col("event_id").first().alias("_asked"), pl.len().alias("_n"))
    only = only.filter(pl.col("_n") == 1).drop("_n").rename({"kind": "_answers"})
    answers = pl.col("kind").replace_strict(_ANSWERS, default=None, return_dtype=pl.String)
    if not only["_answers"].is_in(list(_ANSWERS.values())).any():
        return rows
    joined = rows.with_columns(answers.alias("_answers")).join(
        only, on=["_row", "_answers"], how="left", maintain_order="left"
    )
    said = [pl.col("refers_to")] if "refers_to" in rows.columns else []
    return joined.with_columns(pl.coalesce(*said, "_asked").alias("refers_to")).drop("_answers", "_asked")


def _made(lines: _Lines, table: str, specs: list[RowSpec], ids: pl.DataFrame) -> Raw:
    frames = [lines.made(spec) for spec in specs]
    columns = frozenset(c for s in specs for c in s.cells)
    if table == "people":
        return Raw(_people(frames), [], 0, columns)
    numbered = [made.with_columns(pl.lit(i).alias("_entry")) for i, made in enumerate(frames)]
    rows = pl.concat(numbered, how="diagonal")
    rows = rows.sort("_row", "_entry").join(ids, on="_row", how="left", maintain_order="left")
    added = {"report_id"}
    if table == "events" and "event_id" not in columns:
        # In the order of the file, also as text: of two outcomes on one day the last line stands.
        number = (
            pl.col("_row").cast(pl.String).str.zfill(8) + pl.lit("-") + (pl.col("_entry") + 1).cast(pl.String)
        )
        rows = _answering(rows.with_columns((pl.lit("E") + number).alias("event_id")))
        added |= {"event_id", "refers_to"} & set(rows.columns)
    return Raw(rows.drop("_entry"), [], 0, columns | added)


def _by_heading(made: Checked, mapping: BundleMapping) -> Checked:
    """Findings name the heading of the spreadsheet in place of the column of the schema."""
    headings: dict[tuple[str, str, str], list[str]] = {}
    for spec in mapping.rows:
        kind = (spec.cells["kind"].value or "") if spec.table == "events" else ""
        for column, cell in spec.cells.items():
            if cell.heading:
                headings.setdefault((spec.table, kind, column), []).append(cell.heading)
    said = {k: " or ".join(dict.fromkeys(v)) for k, v in headings.items()}

    def renamed(found: pl.DataFrame) -> pl.DataFrame:
        keys = found.select("table", "about", "column").unique(maintain_order=True)
        names = []
        for table, about, column in keys.iter_rows():
            kind = (about or "").removeprefix("events:").partition(".")[0] if table == "events" else ""
            names.append(said.get((table, kind, column), column))
        table_ = keys.with_columns(pl.Series("_heading", names, dtype=pl.String))
        joined = found.join(
            table_, on=["table", "about", "column"], how="left", nulls_equal=True, maintain_order="left"
        )
        return joined.with_columns(pl.col("_heading").alias("column")).drop("_heading")

    return dataclasses.replace(made, findings=tuple(renamed(x) if x.height else x for x in made.findings))
