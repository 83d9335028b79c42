"""The one door: files of any mapped source, forms and documents, to validated bundles.

Reading streams. Rows are parted by the report they belong to, in memory when
the files are small and on disk when they are not, so that a report is whole in
one batch wherever its lines stand, and memory stays bounded.
"""

from __future__ import annotations

import datetime as dt
import json
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeAlias

import polars as pl

from lamplighter.records.errors import FileNotReadable, RecordsError
from lamplighter.records.formats.input_files import InputFile, labelled, refuse_no_file
from lamplighter.records.formats.json_lines import read_objects
from lamplighter.records.mapping.mappings import Mapping, load_mapping
from lamplighter.records.mapping.report_tables import map_part
from lamplighter.records.reading.batches import Batch, Counts, One
from lamplighter.records.reading.bundles import BYTES_A_REPORT, bundles_in, read_bundle_parts
from lamplighter.records.reading.digests import digest
from lamplighter.records.reading.extract import Extract, match_files
from lamplighter.records.reading.repeats import Again, EarlierSources
from lamplighter.records.schema import TABLES, Bundle, empty_bundle
from lamplighter.records.validation.crowded_reports import crowded, records_of, without
from lamplighter.records.validation.problems import REJECTS_SCHEMA, as_rejects
from lamplighter.records.validation.validate import validate
from lamplighter.records.workbook.reading import size_of

__all__ = ["Batch", "Counts", "One", "digest", "from_document", "from_documents", "read", "read_all"]

Paths: TypeAlias = Sequence[str | Path | InputFile] | str | Path

#: Files larger than this together are parted on disk.
IN_MEMORY = 128 * 1024 * 1024


def read(
    paths: Paths,
    mapping: Mapping | str,
    *,
    match_key: bytes,
    batch_reports: int = 50_000,
    as_at: dt.datetime | None = None,
    spill: str | Path | None = None,
    earlier: EarlierSources | None = None,
) -> Iterator[Batch]:
    """Read the files of one extract, or of several bundles, and yield batches of whole, validated reports.

    ``match_key`` keys the one-way tokens of safe contacts. ``as_at`` is the
    moment after which a date is in the future. ``spill`` is a folder for large
    extracts (a temporary one unless given). ``earlier`` is handed from one
    source of a run to the next, so that a report that two of them hold is taken
    once. The order of batches and rows is the same whenever the same files are
    read with the same ``batch_reports``.
    Raises a subclass of ``RecordsError`` for a file that cannot be read at all.
    """
    mapping = load_mapping(mapping) if isinstance(mapping, str) else mapping
    files = _files(paths)
    if mapping.format == "bundle":
        bundles = bundles_in(files)
        if len(bundles) > 1 and earlier is None:
            earlier = EarlierSources()
        for tables in bundles:
            with _room(sum(f.path.stat().st_size for f in tables.values()), spill) as folder:
                if earlier is not None:
                    earlier.begin()
                yield from read_bundle_parts(tables, batch_reports, folder, as_at=as_at, earlier=earlier)
        return
    named, findings = match_files(files, mapping)
    total = sum(size_of(f) for found in named.values() for f in found)
    parts = max(1, -(-total // (batch_reports * BYTES_A_REPORT)))
    with _room(total, spill) as folder:
        extract = Extract(mapping, named, parts, folder)
        counts, more = extract.load()
        if earlier is not None:
            earlier.begin()
        yield from _mapped(mapping, extract, (counts, [*findings, *more]), match_key, as_at, earlier)


@contextmanager
def _room(size: int, spill: str | Path | None) -> Iterator[Path | None]:
    """A folder in which the rows of a large source are parted; none for a small one."""
    if size <= IN_MEMORY:
        yield None
    elif spill:
        yield Path(spill)
    else:
        with tempfile.TemporaryDirectory() as folder:
            yield Path(folder)


def _files(paths: Paths) -> list[InputFile]:
    files = labelled([paths] if isinstance(paths, str | Path) else paths)
    if not files:
        raise RecordsError("No file was given.", remedy="Name the files of one extract.")
    for file in files:
        if not file.path.exists():
            raise FileNotReadable("There is no such file.", file=file.label, remedy="Check the path.")
        refuse_no_file(file.path, file.label)
    return files


def _mapped(
    mapping: Mapping,
    extract: Extract,
    start: tuple[Counts, list[pl.DataFrame]],
    match_key: bytes,
    as_at: dt.datetime | None,
    earlier: EarlierSources | None = None,
) -> Iterator[Batch]:
    counts, findings = start
    given = False
    for report_rows, person_rows, early, more in extract.parts_of_reports():
        counts, findings = counts + early, [*findings, *more]
        if report_rows.is_empty() and person_rows.is_empty():
            continue
        part = map_part(mapping, report_rows, person_rows, match_key)
        counts.accepted.update(part.accepted)
        counts.rejected.update(part.rejected)
        found = [*findings, part.findings]
        bundle = part.bundle
        # Before the frames of a report with a thousand people are checked, and while its rows are at hand.
        for (_, _, problem), ids in crowded(bundle).items():
            again = Again(other=ids, records=records_of(bundle, ids))
            found += again.account(_counted(mapping, report_rows, person_rows), counts, problem)
            bundle = without(bundle, ids)
        checked, rejects = validate(bundle, as_at=as_at, mapped=True)
        if earlier is not None:
            checked, again = earlier.sift(checked)
            found += again.account(_counted(mapping, report_rows, person_rows), counts)
        told = pl.concat([as_rejects(found), rejects])
        yield _batch(checked, told, counts)._replace(unknown=part.unknown)
        counts, findings, given = Counts(), [], True
    if not given or findings or counts.rows_in.total():
        yield _batch(empty_bundle(), as_rejects(findings), counts)


def _counted(
    mapping: Mapping, report_rows: pl.DataFrame, person_rows: pl.DataFrame
) -> Iterator[pl.DataFrame]:
    """Yield the rows of a part that are counted, each with the ids of its report and of its person record."""
    report = (pl.lit(f"{mapping.name}:") + pl.col("_ref")).alias("report_id")
    record = (pl.lit(f"{mapping.name}:") + pl.col("_rowref")).alias("record_id")
    if person_rows is not report_rows:
        yield report_rows.select("_file", "_row", report)
    if not mapping.nested:
        yield person_rows.select("_file", "_row", report, record)


def _batch(bundle: Bundle, rejects: pl.DataFrame, counts: Counts) -> Batch:
    counts.reports = bundle["reports"].height
    counts.people = bundle["people"].height
    counts.warnings = rejects.filter(pl.col("severity") == "warning").height
    return Batch(bundle, rejects, counts)


def read_all(
    paths: Paths,
    mapping: Mapping | str,
    match_key: bytes,
    *,
    as_at: dt.datetime | None = None,
    earlier: EarlierSources | None = None,
) -> tuple[Bundle, pl.DataFrame, Counts]:
    """Return all batches of :func:`read` as one bundle, one rejects table and one count. For extracts that
    fit in memory.
    """
    batches = list(read(paths, mapping, match_key=match_key, as_at=as_at, earlier=earlier))
    bundle: Bundle = {t.name: pl.concat([b.bundle[t.name] for b in batches]) for t in TABLES}
    rejects = pl.concat([b.rejects for b in batches]) if batches else pl.DataFrame(schema=REJECTS_SCHEMA)
    total = Counts()
    for b in batches:
        total = total + b.counts
    return bundle, rejects, total


def from_documents(
    documents: Iterable[dict[str, Any]],
    *,
    mapping: Mapping | str | None = None,
    match_key: bytes,
    as_at: dt.datetime | None = None,
    source_file: str = "document",
) -> Batch:
    """Nested documents through the same door as files.

    Without ``mapping`` a document is a report in our own form: the fields of
    ``reports`` with lists ``offences``, ``occasions`` and ``people``, each
    person with an optional ``safe_contact``. With the mapping of a JSON source
    it is one of that source's objects. Row numbers in the rejects count the
    documents from 1.
    """
    documents = list(documents)
    if mapping is not None:
        mapping = load_mapping(mapping) if isinstance(mapping, str) else mapping
        numbered = [(i, json.dumps(d, ensure_ascii=False, default=str)) for i, d in enumerate(documents, 1)]
        nested = read_objects(numbered, mapping, source_file)
        extract = Extract(mapping, {}, 1, None)
        start = extract.take_objects(nested, source_file)
        batches = list(_mapped(mapping, extract, start, match_key, as_at))
        return batches[0]
    from lamplighter.records.reading.documents import bundle_of

    return bundle_of(documents, match_key=match_key, as_at=as_at, source_file=source_file)


def from_document(
    document: dict[str, Any], *, match_key: bytes, as_at: dt.datetime | None = None, source_file: str
) -> One:
    """One report in our own form that somebody waits for: what :func:`from_documents` makes, as rows."""
    from lamplighter.records.reading.documents import one_of

    return one_of(document, match_key=match_key, as_at=as_at, source_file=source_file)
