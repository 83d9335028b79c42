"""The files of one extract: which is which, their rows parted by report, and their joins."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TypeAlias

import polars as pl

from lamplighter.records.errors import FileNotRecognised, HeaderNotFound
from lamplighter.records.formats.delimited import Rows, find_header, read_delimited
from lamplighter.records.formats.input_files import InputFile
from lamplighter.records.formats.json_lines import Nested, read_json_lines
from lamplighter.records.formats.text_lines import read_lines
from lamplighter.records.mapping.keys import (
    References,
    unique_references,
    with_joined_columns,
    with_report_reference,
    with_row_reference,
    without_repeats,
    without_the_too_long,
)
from lamplighter.records.mapping.mappings import FileSpec, Join, Mapping
from lamplighter.records.mapping.safe_contacts import set_apart
from lamplighter.records.reading.batches import Counts, count_by_file
from lamplighter.records.reading.spool import Spool
from lamplighter.records.validation.problems import found
from lamplighter.records.workbook.package import is_workbook
from lamplighter.records.workbook.reading import headings, no_headings, read_sheet, tops
from lamplighter.records.workbook.sheet import SheetRow

Findings: TypeAlias = list[pl.DataFrame]
# What every row has beside its own columns: where it is from.
PLACES = {"_ref": pl.String, "_file": pl.String, "_row": pl.Int64, "_rowref": pl.String, "_extra": pl.String}


def match_files(paths: Sequence[InputFile], mapping: Mapping) -> tuple[dict[str, list[InputFile]], Findings]:
    """Return which file of the mapping each path is, by its columns, or by its name.

    A workbook stands for those of its sheets whose columns fit; the findings name the others.

    Raises:
        FileNotRecognised: a file fits none of the mapping's, or one of those is missing.
    """
    named: dict[str, list[InputFile]] = {spec.name: [] for spec in mapping.files}
    findings: Findings = []
    for path in paths:
        matched, notes = _recognised(path, mapping)
        for spec, file in matched:
            named[spec.name].append(file)
        findings += notes
    missing = [name for name, found_paths in named.items() if not found_paths]
    if missing:
        raise FileNotRecognised(
            f"An extract of {mapping.title!r} needs a file of {', '.join(missing)}; none was given.",
            file=", ".join(p.label for p in paths),
            remedy="Give all files of the extract together.",
        )
    return named, findings


def _recognised(file: InputFile, mapping: Mapping) -> tuple[list[tuple[FileSpec, InputFile]], Findings]:
    if mapping.format == "delimited" and (file.sheet is not None or is_workbook(file.path)):
        return _sheets(file, mapping)
    if len(mapping.files) == 1:
        return [(mapping.files[0], file)], []
    best, most = None, 0.0
    for spec in mapping.files:
        lines = next(read_lines(file.path, spec.encoding, file.label))
        try:
            header = find_header(file.label, spec, lines, spec.above)
        except HeaderNotFound:
            continue
        if (fit := spec.fit(header.columns)) > most:
            best, most = spec, fit
    best = best or next((s for s in mapping.files if re.search(s.pattern, file.path.name)), None)
    if best is None:
        raise FileNotRecognised(
            f"This is none of the files of {mapping.title!r}: neither its columns nor its name fit.",
            file=file.label,
            place="line 1",
            remedy="Choose the mapping of the system that the file comes from.",
        )
    return [(best, file)], []


def _sheets(file: InputFile, mapping: Mapping) -> tuple[list[tuple[FileSpec, InputFile]], Findings]:
    """Return the sheets of a workbook that are files of the mapping. One that is hidden is not read."""
    matched: list[tuple[FileSpec, InputFile]] = []
    findings: Findings = []
    every = [top for top in tops(file) if top.rows]
    for top in every:
        spec = best_spec(top.rows, mapping)
        one = file.of_sheet(top.sheet.name, alone=file.sheet is not None or len(every) == 1)
        if spec is None or (top.sheet.hidden and file.sheet is None):
            problem = "sheet_not_read" if spec is None else "sheet_hidden"
            findings.append(found(one.label, [top.rows[0].number], problem))
        else:
            matched.append((spec, one))
    if not matched:
        hidden = any(top.sheet.hidden for top in every)
        raise no_headings(file, mapping.files, hidden=hidden)
    return matched, findings


def best_spec(rows: Sequence[SheetRow], mapping: Mapping) -> FileSpec | None:
    """Return the file of the mapping that a sheet is, by its first rows; ``None`` when it is none."""
    best, most = None, 0.0
    for spec in mapping.files:
        at = headings(rows, spec)
        fit = spec.fit(at[1]) if at else 0.0
        # A mapping of one file says what to read; its columns need not be those that it lists.
        if at and len(mapping.files) == 1:
            return spec
        if fit > most:
            best, most = spec, fit
    return best


def read_table(file: InputFile, spec: FileSpec) -> Iterator[Rows]:
    """Yield the rows of one file, of lines or of a sheet, a chunk at a time. Raises ``RecordsError``."""
    if file.sheet is not None:
        return read_sheet(file, spec)
    return read_delimited(file.path, spec, spec.above, label=file.label)


class Extract:
    """Loads the files of one extract into spools and gives back one part of the reports at a time."""

    def __init__(
        self, mapping: Mapping, files: dict[str, list[InputFile]], parts: int, folder: Path | None
    ) -> None:
        self.mapping, self.files, self.parts = mapping, files, parts
        self._folder = folder
        self._spools = {
            name: Spool("_ref", parts, folder / name if folder else None)
            for name in {mapping.report_rows, mapping.person_rows, "_people"}
        }
        self._references: dict[str, References] = {spec.name: References() for spec in mapping.files}

    def load(self) -> tuple[Counts, Findings]:
        """Read every file once. Returns the counts so far and what was found wrong on the way."""
        counts = Counts()
        findings: Findings = []
        joined = {j.to: j for j in self.mapping.joins}
        others = {j.other: j for j in self.mapping.joins}
        sides = {
            name: Spool("_on", self.parts, self._folder / f"{name}-side" if self._folder else None)
            for name in {*joined, *others}
        }
        for name, paths in self.files.items():
            spec = self.mapping.file(name)
            for path in paths:
                if self.mapping.nested:
                    for nested in read_json_lines(path, self.mapping):
                        more, problems = self.take_nested(nested, path.label)
                        counts, findings = counts + more, [*findings, *problems]
                    continue
                counts.rows_in[path.label] += 0
                for rows in self._rows(path, spec):
                    frame = self._taken(rows, path.label, spec, counts, findings)
                    join = joined.get(name) or others.get(name)
                    if join:
                        sides[name].write(frame.with_columns(_join_key(frame, join)))
                    else:
                        self._spools[name].write(frame)
        for join in self.mapping.joins:
            self._join(join, sides, counts, findings)
        return counts, findings

    def _rows(self, file: InputFile, spec: FileSpec) -> Iterator[Rows]:
        if self.mapping.json is None:
            return read_table(file, spec)
        return (nested.as_rows() for nested in read_json_lines(file, self.mapping))

    def _taken(
        self, rows: Rows, label: str, spec: FileSpec, counts: Counts, findings: Findings
    ) -> pl.DataFrame:
        # A row is counted in where it is accounted for, so that each batch balances by itself.
        counts.rows_in[label] += rows.rejected
        counts.rejected[label] += rows.rejected
        findings.append(rows.findings)
        frame = set_apart(with_joined_columns(rows.frame, spec), spec)
        frame = frame.with_columns(pl.lit(label).alias("_file"))
        frame, problems, lost = with_report_reference(frame, spec, self.mapping)
        counts.rows_in[label] += lost.height
        counts.rejected[label] += lost.height
        findings.append(problems)
        frame = with_row_reference(frame, spec, self.mapping)
        frame, problems, lost = without_the_too_long(frame, "_rowref", spec.row)
        counts.rows_in[label] += lost.height
        counts.rejected[label] += lost.height
        findings.append(problems)
        self._references[spec.name].add(frame)
        return frame

    def take_objects(self, nested: Nested, file: str) -> tuple[Counts, Findings]:
        """Take JSON objects that came without a file, whether people stand within them or not."""
        if self.mapping.nested:
            return self.take_nested(nested, file)
        counts: Counts = Counts()
        findings: Findings = []
        spec = self.mapping.files[0]
        self._spools[spec.name].write(self._taken(nested.as_rows(), file, spec, counts, findings))
        return counts, findings

    def take_nested(self, nested: Nested, file: str) -> tuple[Counts, Findings]:
        """Take the rows of JSON objects; people go with the report of their object."""
        counts, findings = Counts(), [nested.findings]
        counts.rows_in[file] += nested.rejected
        counts.rejected[file] += nested.rejected
        spec = self.mapping.files[0]
        reports = nested.reports.with_columns(pl.lit(file).alias("_file"))
        reports, problems, lost = with_report_reference(reports, spec, self.mapping)
        findings.append(problems)
        counts.rows_in[file] += lost.height
        counts.rejected[file] += lost.height
        people = nested.people.with_columns(pl.lit(file).alias("_file")).join(
            reports.select("_row", "_ref"), on="_row", how="inner", maintain_order="left"
        )
        people = with_row_reference(people, spec, self.mapping)
        self._references[spec.name].add(people)
        self._spools[self.mapping.report_rows].write(reports.with_columns(pl.col("_ref").alias("_rowref")))
        self._spools["_people"].write(people)
        return counts, findings

    def _join(self, join: Join, sides: dict[str, Spool], counts: Counts, findings: Findings) -> None:
        """Rows of ``join.to`` with the columns of the row of ``join.other`` that they name, parted
        anew by report.
        """
        other_spec = self.mapping.file(join.other)
        for part in range(self.parts):
            left, right = sides[join.to].read(part), sides[join.other].read(part)
            if right is not None:
                count_by_file(counts.rows_in, right)
                columns = [c for c in right.columns if not c.startswith("_")]
                right, again = without_repeats(right, columns, "_rowref")
                count_by_file(counts.duplicates, again)
                conflict = right["_rowref"].is_duplicated() & ~right["_rowref"].is_first_distinct()
                self._reject(
                    right.filter(conflict), "row_reference_conflict", other_spec.row, counts, findings
                )
                right = right.filter(~conflict)
                linked = (
                    right["_on"].is_in(left["_on"].implode())
                    if left is not None
                    else pl.Series([False] * right.height)
                )
                self._reject(
                    right.filter(~linked.fill_null(False)), "person_not_linked", None, counts, findings
                )
                right = right.filter(linked.fill_null(False))
                count_by_file(counts.accepted, right)
            if left is None:
                continue
            columns = [c for c in left.columns if not c.startswith("_")]
            left, again = without_repeats(left, columns, "_rowref")
            count_by_file(counts.rows_in, again)
            count_by_file(counts.duplicates, again)
            if right is None:
                count_by_file(counts.rows_in, left)
                self._reject(left, "link_no_person", join.on, counts, findings)
                continue
            right = right.rename({"_file": "_other_file", "_row": "_other_row"}).drop(
                "_rowref", "_extra", join.on
            )
            whole = left.join(right, on="_on", how="left", maintain_order="left")
            nobody = whole.filter(pl.col("_other_row").is_null())
            count_by_file(counts.rows_in, nobody)
            self._reject(nobody, "link_no_person", join.on, counts, findings)
            self._spools["_people"].write(whole.filter(pl.col("_other_row").is_not_null()).drop("_on"))

    def _reject(
        self, rows: pl.DataFrame, problem: str, column: str | None, counts: Counts, findings: Findings
    ) -> None:
        if rows.is_empty():
            return
        count_by_file(counts.rejected, rows)
        for (file,), part in rows.group_by("_file", maintain_order=True):
            refs = part["_ref"].to_list() if "_ref" in part.columns else None
            findings.append(found(str(file), part["_row"].to_list(), problem, column=column, refs=refs))

    def parts_of_reports(self) -> Iterator[tuple[pl.DataFrame, pl.DataFrame, Counts, Findings]]:
        """Report rows and person rows of one part after another, without repeats, every row with its
        own reference.
        """
        mapping = self.mapping
        same = mapping.report_rows == mapping.person_rows and not mapping.nested
        numbered = mapping.file(mapping.person_rows if not mapping.nested else mapping.files[0].name)
        repeated = self._references[numbered.name].repeated()
        # Persons that are joined to, or stand within, a report's row lie apart; a file of persons that names
        # the report itself lies under its own name.
        lie_in = "_people" if mapping.nested or mapping.joins else mapping.person_rows
        for part in range(self.parts):
            counts, findings = Counts(), []
            reports = self._spools[mapping.report_rows].read(part)
            people = None if same else self._spools[lie_in].read(part)
            for rows in (reports, None if mapping.nested else people):
                if rows is not None:
                    count_by_file(counts.rows_in, rows)
            if people is not None and lie_in == mapping.person_rows:
                people, again = without_repeats(people, _compared(people), "_rowref")
                count_by_file(counts.duplicates, again)
            if reports is not None:
                reports, again = without_repeats(reports, _compared(reports), "_rowref")
                count_by_file(counts.duplicates, again)
                if people is not None and mapping.nested:
                    gone = again.select("_file", "_row")
                    people = people.join(gone, on=["_file", "_row"], how="anti", maintain_order="left")
            if same and reports is not None:
                reports, problems = unique_references(reports, repeated, has_own=numbered.row is not None)
                findings += problems
                people = reports
            elif people is not None:
                people, problems = unique_references(people, repeated, has_own=numbered.row is not None)
                findings += problems
            if reports is None:
                reports = pl.DataFrame(schema=PLACES)
            if people is None:
                people = pl.DataFrame(schema=PLACES)
            yield reports, people, counts, findings


def _compared(rows: pl.DataFrame) -> list[str]:
    """Return the columns in which two rows that are the same must agree."""
    return [c for c in rows.columns if not c.startswith("_") or c in {"_raw", "_safe"}]


def _join_key(rows: pl.DataFrame, join: Join) -> pl.Series:
    key = rows[join.on] if join.on in rows.columns else pl.Series([None] * rows.height, dtype=pl.String)
    return key.str.strip_chars().str.to_uppercase().alias("_on")
