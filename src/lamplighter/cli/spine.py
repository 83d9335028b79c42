"""Files in; persons, patterns and reasons out: the spine without the hub, for a folder of exports."""

from __future__ import annotations

import datetime as dt
import json
import secrets
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table

if TYPE_CHECKING:
    import polars as pl

    from lamplighter.courses.results import CourseResult
    from lamplighter.linkage import LinkResult
    from lamplighter.records.batches import Counts
    from lamplighter.records.schema import Bundle

Paths = Annotated[
    list[Path], typer.Argument(help="Files of one or several agencies' extracts, or folders of them.")
]
Out = Annotated[Path, typer.Option("--out", help="Folder for what comes out; made if it is not there.")]
MappingOption = Annotated[
    str | None,
    typer.Option(
        "--mapping", help="Read every file by this mapping (a name or a TOML file); else they are told apart."
    ),
]
AsAt = Annotated[
    dt.datetime | None,
    typer.Option(
        "--as-at", help="Read the record as it stood at this moment; by default the last report's day."
    ),
]


def add_to(app: typer.Typer) -> None:
    """Put this module's commands on the command line."""
    app.command("read")(read)
    app.command("trace")(trace)


def read(paths: Paths, out: Out, mapping: MappingOption = None) -> None:
    """Read agencies' files, check every row, and write one bundle (a Data Package) and the rejects."""
    console = _console()
    bundle, rejects, counts = _read(paths, mapping, console)
    _write_bundle(bundle, out)
    _write_csv(rejects, out / "rejects.csv")
    console.print(_counts_table(counts))
    console.print(f"Bundle and rejects.csv are in {out}")


def trace(paths: Paths, out: Out, mapping: MappingOption = None, as_at: AsAt = None) -> None:
    """Read agencies' files, find who is who and what belongs together, and write it all with its reasons.

    Writes persons.csv (record to person), report_pairs.csv, courses.csv (most urgent first),
    course_reports.csv (report to course), occasions.csv, findings.csv (every rule, met or not), rejects.csv
    and model.json.
    """
    from lamplighter.courses.assemble import courses as find_courses
    from lamplighter.linkage import link

    console = _console()
    bundle, rejects, counts = _read(paths, mapping, console)
    moment = as_at or _last_day(bundle)
    started = time.perf_counter()
    with console.status("Finding who is who"):
        linked = link(bundle, as_at=moment)
    console.print(f"Who is who: {linked.persons['person_id'].n_unique():,} persons, {_since(started)}")
    started = time.perf_counter()
    with console.status("Finding what belongs together"):
        found = find_courses(bundle, linked, as_at=moment)
    console.print(f"What belongs together: {found.courses.height:,} courses, {_since(started)}")
    out.mkdir(parents=True, exist_ok=True)
    _write_csv(rejects, out / "rejects.csv")
    _write_results(linked, found, out)
    console.print(_counts_table(counts))
    console.print(_summary_table(bundle, linked, found))
    console.print(f"Everything is in {out}")


def _console() -> Console:
    """A console whose tables are whole even where the width is not known, in a log or a pipe."""
    console = Console()
    return console if console.is_terminal else Console(width=110)


def _read(
    paths: list[Path], mapping: str | None, console: Console
) -> tuple[Bundle, pl.DataFrame, dict[str, Counts]]:
    import polars as pl

    from lamplighter.cli.extracts import sort_out
    from lamplighter.records import ingest
    from lamplighter.records.schema import TABLES

    extracts = {mapping: paths} if mapping else sort_out(paths)
    # The tokens of safe contacts have to agree within this run only, so the key is thrown away.
    key = secrets.token_bytes(32)
    bundles, rejects, counts = [], [], {}
    for name, files in extracts.items():
        started = time.perf_counter()
        with console.status(f"Reading {name}"):
            bundle, rejected, counted = ingest.read_all(files, name, key)
        console.print(
            f"Read {name}: {counted.reports:,} reports, {counted.people:,} people, {_since(started)}"
        )
        bundles.append(bundle)
        rejects.append(rejected)
        counts[name] = counted
    together = {t.name: pl.concat([b[t.name] for b in bundles]) for t in TABLES}
    return together, pl.concat(rejects), counts


def _since(started: float) -> str:
    return f"{time.perf_counter() - started:.1f} s"


def _last_day(bundle: Bundle) -> dt.datetime:
    last = bundle["reports"]["reported_at"].max()
    if not isinstance(last, dt.datetime):
        raise typer.BadParameter("No report has a date. Say the moment with --as-at.")
    return dt.datetime.combine(last.date(), dt.time(23, 59, 59))


def _counts_table(counts: dict[str, Counts]) -> Table:
    table = Table(title="Rows in, and what became of them")
    for heading in ("source", "rows in", "accepted", "rejected", "repeats", "warnings", "reports", "people"):
        table.add_column(heading, justify="left" if heading == "source" else "right")
    for name, count in counts.items():
        totals = count.totals()
        keys = ("rows_in", "accepted", "rejected", "duplicates", "warnings", "reports", "people")
        table.add_row(name, *(f"{totals[k]:,}" for k in keys))
    return table


def _summary_table(bundle: Bundle, linked: LinkResult, found: CourseResult) -> Table:
    import polars as pl

    patterns = found.courses.filter(pl.col("kind") == "pattern")
    across = patterns.filter(pl.col("agencies").list.n_unique() > 1)
    flagged = patterns.filter("flagged")
    sources = bundle["people"].select(
        "record_id", pl.col("report_id").str.split(":").list.first().alias("source")
    )
    shared = (
        linked.persons.join(sources, on="record_id").group_by("person_id").agg(pl.col("source").n_unique())
    )
    rows = [
        ("Person records", bundle["people"].height),
        ("Persons", linked.persons["person_id"].n_unique()),
        ("Persons whom two sources or more know", shared.filter(pl.col("source") > 1).height),
        ("Patterns (two occasions or more)", patterns.height),
        ("Patterns across agencies", across.height),
        ("Flagged as possible stalking", flagged.height),
        ("Of these, never recorded as stalking by anyone", flagged.filter("hidden").height),
    ]
    table = Table(title="What was found", show_header=False)
    table.add_column()
    table.add_column(justify="right")
    for title, number in rows:
        table.add_row(title, f"{number:,}")
    return table


def _write_results(linked: LinkResult, found: CourseResult, out: Path) -> None:
    _write_csv(linked.persons, out / "persons.csv")
    _write_csv(linked.report_pairs.drop("levels"), out / "report_pairs.csv")
    _write_csv(found.courses, out / "courses.csv")
    _write_csv(found.report_groups(), out / "course_reports.csv")
    _write_csv(found.occasions, out / "occasions.csv")
    _write_csv(found.findings, out / "findings.csv")
    (out / "model.json").write_text(json.dumps(linked.model.to_json(), indent=1, sort_keys=True), "utf-8")


def _write_bundle(bundle: Bundle, out: Path) -> None:
    from lamplighter.records.datapackage import write_bundle

    out.mkdir(parents=True, exist_ok=True)
    write_bundle(bundle, out)


def _write_csv(frame: pl.DataFrame, path: Path) -> None:
    """CSV that a spreadsheet opens safely: lists joined by '; ', no cell that it would run as a formula."""
    import polars as pl

    from lamplighter.records.outward import neutralise_formulae

    flat = frame.with_columns(
        pl.col(name).cast(pl.List(pl.String)).list.join("; ")
        for name, kind in frame.schema.items()
        if isinstance(kind, pl.List)
    )
    neutralise_formulae(flat).write_csv(path)
