"""A bundle from disk, checked: what was taken in, what was left out and why, and what it costs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from lamplighter.study_bundle import cross
from lamplighter.study_bundle import findings as f
from lamplighter.study_bundle.bundle import Metadata, StudyBundle
from lamplighter.study_bundle.cells import typed
from lamplighter.study_bundle.errors import BundleRefused
from lamplighter.study_bundle.files import Raw, read_table
from lamplighter.study_bundle.metadata import read_metadata
from lamplighter.study_bundle.needs import Answerable, answerable
from lamplighter.study_bundle.package import find
from lamplighter.study_bundle.rows import check_key, check_kinds, check_parent
from lamplighter.study_bundle.schema import empty, tables
from lamplighter.study_bundle.totals import check_totals
from lamplighter.study_bundle.work import TableWork


@dataclass(frozen=True, slots=True)
class Count:
    """Rows of one table: ``rows_in == accepted + rejected``, always."""

    rows_in: int
    accepted: int
    rejected: int


@dataclass(frozen=True, slots=True)
class Checked:
    """What came of a check. ``bundle`` is ``None`` when the whole was refused."""

    bundle: StudyBundle | None
    counts: Mapping[str, Count]
    findings: tuple[pl.DataFrame, ...]
    answerable: tuple[Answerable, ...]

    @property
    def rejects(self) -> pl.DataFrame:
        """One row a finding: file, table, row, column, value class, reason, remedy, fate, cost."""
        return f.as_rejects(self.findings)

    @property
    def costs(self) -> list[f.Cost]:
        """What the findings cost each analysis and indicator."""
        return f.costs(self.findings)

    def required(self) -> StudyBundle:
        """The bundle. Raises ``BundleRefused`` when there is none."""
        if self.bundle is None:
            first = next(
                (x for x in self.findings if x.height and f.severity(x["problem"][0]) == "bundle"), None
            )
            what = f.problems()[first["problem"][0]].reason if first is not None else "There are no rows."
            where = first["column"][0] if first is not None else ""
            raise BundleRefused(
                what,
                file=first["file"][0] if first is not None else "bundle",
                place=where,
                remedy="`lamplighter bundle check` says all that is wrong.",
            )
        return self.bundle


def check(path: str | Path) -> Checked:
    """Read and check the bundle in a folder.

    Raises:
        PackageNotValid: there is no ``datapackage.json`` that can be read.
    """
    package = find(path)
    metadata, wrong = read_metadata(package.study, "datapackage.json", package.title)
    raws = {name: read_table(file, tables()[name]) for name, file in package.files.items()}
    wrong += [_about_table("table_missing", name) for name in package.absent]
    wrong += [
        f.one("column_unknown", file="datapackage.json", table="", column="unknown table", about="unknown")
        for _ in package.unknown
    ]
    return checked(metadata, raws, wrong, package.digest() if metadata is not None else "")


def _about_table(problem: str, table: str) -> pl.DataFrame:
    return f.one(problem, file="datapackage.json", table=table)


def read(path: str | Path) -> StudyBundle:
    """The checked bundle in a folder, ready for a study.

    Raises:
        PackageNotValid: there is no ``datapackage.json`` that can be read.
        BundleRefused: the metadata or the whole cannot be used.
    """
    return check(path).required()


def checked(
    metadata: Metadata | None,
    raws: dict[str, Raw],
    wrong: list[pl.DataFrame],
    digest: str,
    *,
    one_line_a_report: bool = False,
) -> Checked:
    """Tables as read to a checked bundle. Without metadata every row is counted as rejected.

    ``raws`` are taken over: of each only the name of its file is kept, to have a large bundle in memory once.
    With ``one_line_a_report`` all tables come from the lines of one file, and what a line says goes with its
    report: a second line of the same reference must not lend its events to the first.
    """
    if metadata is None:
        counts = {
            name: Count(r.frame.height + r.rejected, 0, r.frame.height + r.rejected)
            for name, r in raws.items()
        }
        every = [*wrong, *(x for r in raws.values() for x in r.findings)]
        return Checked(None, counts, tuple(every), ())
    works: dict[str, TableWork] = {}
    for name, table in tables().items():
        if name in raws:
            first = raws[name].frame["_file"].head(1).to_list()
            small = raws[name]._replace(frame=pl.DataFrame({"_file": first}, {"_file": pl.String}))
            works[name] = typed(raws.pop(name), table)
            raws[name] = small
    for work in works.values():
        if "kind" in work.table.columns:
            check_kinds(work)
        check_key(work)
    _across(works, metadata, one_line_a_report)
    counts, found, frames = {}, list(wrong), {}
    for name in list(works):
        work = works.pop(name)
        out = work.rejected + raws[name].rejected
        counts[name] = Count(work.frame.height + raws[name].rejected, work.frame.height - work.rejected, out)
        found += [*raws[name].findings, *work.findings]
        frames[name] = work.accepted.select(list(work.table.columns))
    held = frozenset(f"{name}.{c}" for name, raw in raws.items() for c in raw.columns)
    given = frozenset(name for name, raw in raws.items() if raw.columns)
    whole = {name: frames.get(name, empty(name)) for name in tables()}
    bundle = StudyBundle(metadata, whole, given, held - frozenset(metadata.not_held), digest)
    found += _not_held(bundle, raws)
    if not bundle.table("reports").height and not bundle.table("totals").height:
        found.append(f.one("no_rows", file="datapackage.json"))
        return Checked(None, counts, tuple(found), ())
    return Checked(bundle, counts, tuple(found), tuple(answerable(bundle)))


def _across(works: Mapping[str, TableWork], metadata: Metadata, one_line_a_report: bool) -> None:
    """Checks between tables: reports first, since what hangs on a report that is left out goes with it."""
    reports = works.get("reports")
    kept = empty("reports")
    if reports is not None:
        cross.check_reports(reports, metadata, _file(reports))
        kept = reports.accepted
        if one_line_a_report:
            lost = reports.frame.filter(reports.bad)["_row"].implode()
            for name in ("offences", "behaviours", "events"):
                if name in works:
                    works[name].note(pl.col("_row").is_in(lost), "line_left_out")
    people = works.get("people")
    if people is not None:
        cross.check_people(people)
        if reports is not None:
            cross.check_people_there(reports, people.accepted)
    for name, (first, last) in {
        "offences": ("committed_from", "committed_to"),
        "behaviours": ("first_on", "last_on"),
    }.items():
        if (work := works.get(name)) is not None:
            check_parent(work, kept)
            cross.check_spans(work, kept, first, last)
    if (offences := works.get("offences")) is not None:
        cross.check_offences(offences)
    events = works.get("events")
    if events is not None:
        check_parent(events, kept)
        cross.check_events(events, metadata, kept)
    if reports is not None:
        cross.check_basis(reports, events, metadata, _file(reports))
    if (totals := works.get("totals")) is not None:
        check_totals(totals, _file(totals))


def _file(work: TableWork) -> str:
    return str(work.frame["_file"][0]) if work.frame.height else work.table.name


def _not_held(bundle: StudyBundle, raws: Mapping[str, Raw]) -> list[pl.DataFrame]:
    """A finding for each optional column that is neither there nor said not to be held."""
    said = bundle.metadata.not_held
    return [
        f.one(
            "column_not_held",
            file=str(raw.frame["_file"][0]),
            table=name,
            column=c.name,
            about=f"{name}.{c.name}",
        )
        for name, raw in raws.items()
        if raw.frame.height
        for c in tables()[name].columns.values()
        if not c.required and c.name not in raw.columns and f"{name}.{c.name}" not in said
    ]
