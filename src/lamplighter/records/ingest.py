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
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import polars as pl

from lamplighter.records.batches import Batch, Counts, One
from lamplighter.records.bundles import BYTES_A_REPORT, read_bundle_parts
from lamplighter.records.digests import digest
from lamplighter.records.errors import FileNotReadable, RecordsError
from lamplighter.records.extract import Extract, match_files
from lamplighter.records.jsonlines import read_objects
from lamplighter.records.mapping import Mapping, load_mapping
from lamplighter.records.parts import map_part
from lamplighter.records.problems import REJECTS_SCHEMA, as_rejects
from lamplighter.records.schema import TABLES, Bundle, empty_bundle
from lamplighter.records.validate import validate

__all__ = ["Batch", "Counts", "One", "digest", "from_document", "from_documents", "read", "read_all"]

#: Files larger than this together are parted on disk.
IN_MEMORY = 128 * 1024 * 1024


def read(
    paths: Sequence[str | Path] | str | Path,
    mapping: Mapping | str,
    *,
    match_key: bytes,
    batch_reports: int = 50_000,
    as_at: dt.datetime | None = None,
    spill: str | Path | None = None,
) -> Iterator[Batch]:
    """Read the files of one extract and yield batches of whole, validated reports.

    ``match_key`` keys the one-way tokens of safe contacts. ``as_at`` is the
    moment after which a date is in the future. ``spill`` is a folder for large
    extracts (a temporary one unless given). The order of batches and rows is
    the same whenever the same files are read with the same ``batch_reports``.
    Raises a subclass of ``RecordsError`` for a file that cannot be read at all.
    """
    mapping = load_mapping(mapping) if isinstance(mapping, str) else mapping
    files = _paths(paths)
    total = sum(f.stat().st_size for f in files if f.is_file())
    parts = max(1, -(-total // (batch_reports * BYTES_A_REPORT)))
    with ExitStack() as stack:
        folder: Path | None = None
        if total > IN_MEMORY:
            folder = Path(spill) if spill else Path(stack.enter_context(tempfile.TemporaryDirectory()))
        if mapping.format == "bundle":
            yield from read_bundle_parts(files, mapping, batch_reports, folder, as_at=as_at)
            return
        named = match_files(files, mapping)
        extract = Extract(mapping, named, parts, folder)
        start = extract.load()
        yield from _mapped(mapping, extract, start, match_key, as_at)


def _paths(paths: Sequence[str | Path] | str | Path) -> list[Path]:
    listed = [Path(paths)] if isinstance(paths, str | Path) else [Path(p) for p in paths]
    if not listed:
        raise RecordsError("No file was given.", remedy="Name the files of one extract.")
    for path in listed:
        if not path.exists():
            raise FileNotReadable("There is no such file.", file=path.name, remedy="Check the path.")
    return listed


def _mapped(
    mapping: Mapping,
    extract: Extract,
    start: tuple[Counts, list[pl.DataFrame]],
    match_key: bytes,
    as_at: dt.datetime | None,
) -> Iterator[Batch]:
    counts, findings = start
    given = False
    for report_rows, person_rows, early, more in extract.parts_of_reports():
        counts, findings = counts + early, [*findings, *more]
        if report_rows.is_empty() and person_rows.is_empty():
            continue
        part = map_part(mapping, report_rows, person_rows, match_key)
        checked, rejects = validate(part.bundle, as_at=as_at, mapped=True)
        counts.accepted.update(part.accepted)
        counts.rejected.update(part.rejected)
        told = pl.concat([as_rejects([*findings, part.findings]), rejects])
        yield _batch(checked, told, counts)._replace(unknown=part.unknown)
        counts, findings, given = Counts(), [], True
    if not given or findings or counts.rows_in.total():
        yield _batch(empty_bundle(), as_rejects(findings), counts)


def _batch(bundle: Bundle, rejects: pl.DataFrame, counts: Counts) -> Batch:
    counts.reports = bundle["reports"].height
    counts.people = bundle["people"].height
    counts.warnings = rejects.filter(pl.col("severity") == "warning").height
    return Batch(bundle, rejects, counts)


def read_all(
    paths: Sequence[str | Path] | str | Path,
    mapping: Mapping | str,
    match_key: bytes,
    *,
    as_at: dt.datetime | None = None,
) -> tuple[Bundle, pl.DataFrame, Counts]:
    """All batches of :func:`read` as one bundle, one rejects table and one count. For extracts that
    fit in memory.
    """
    batches = list(read(paths, mapping, match_key=match_key, as_at=as_at))
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
    from lamplighter.records.documents import bundle_of

    return bundle_of(documents, match_key=match_key, as_at=as_at, source_file=source_file)


def from_document(
    document: dict[str, Any], *, match_key: bytes, as_at: dt.datetime | None = None, source_file: str
) -> One:
    """One report in our own form that somebody waits for: what :func:`from_documents` makes, as rows."""
    from lamplighter.records.documents import one_of

    return one_of(document, match_key=match_key, as_at=as_at, source_file=source_file)
