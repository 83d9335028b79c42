"""The lines of a force's own file, CSV or Excel, under the headings that its mapping names.

The headings are looked for below titles and bands; a mapping can set their line and their sheet.
"""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from lamplighter.records.errors import HeaderNotFound
from lamplighter.records.mapping.mappings import FileSpec
from lamplighter.study_bundle.checks import findings as f
from lamplighter.study_bundle.files.csv_tables import Raw
from lamplighter.study_bundle.files.sheets import Sheet, rows_of, sheets_of


def place_of(
    path: Path, spec: FileSpec, named: Collection[str], *, line: int | None, sheet: str | None
) -> Sheet:
    """Return the sheet, and the line in it, that has most of the headings that a mapping names.

    Raises:
        RecordsError: the file cannot be read, or has no such sheet or line.
        HeaderNotFound: two sheets have as many.
    """
    every = [s for s in sheets_of(path, spec, line=line, sheet=sheet) if sheet is not None or not s.hidden]
    if not every:
        raise HeaderNotFound(
            "There is no sheet with a line of headings.",
            file=path.name,
            remedy="Show the sheet if it is hidden, or save the table as CSV (UTF-8).",
        )
    wanted = {spec.column_named(h) for h in named}
    fit = [len(wanted & {s.named(h) for h in s.headings}) for s in every]
    best = [s for s, n in zip(every, fit, strict=True) if n == max(fit)]
    if len(best) > 1:
        raise HeaderNotFound(
            "Several sheets have the headings that the mapping names.",
            file=path.name,
            remedy='Name one under [source], as sheet = "...": '
            + ", ".join((s.file.sheet or "")[:60] for s in best)
            + ".",
        )
    return best[0]


def lines_of(place: Sheet, table: str) -> Raw:
    """Return the lines below the headings, with a finding where something stands above them."""
    raw = rows_of(place, table)
    if place.line > 1:
        said = f.one("headings_below", file=place.label, table=table, row=place.line)
        return raw._replace(findings=[*raw.findings, said])
    return raw
