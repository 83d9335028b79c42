"""Files in; persons, patterns and reasons out: the spine without the hub, for a folder of exports."""

from __future__ import annotations

import datetime as dt
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from lamplighter.cli.output_folder import Overwrite, refuse_used, written
from lamplighter.cli.trace.sources import MappingOption, Paths, console, counts_table, read_sources, since

if TYPE_CHECKING:
    from lamplighter.courses.results import CourseResult
    from lamplighter.linkage import LinkResult
    from lamplighter.records.schema import Bundle

Out = Annotated[
    Path,
    typer.Option("--out", help="Folder for what comes out; made if it is not there. It must hold no files."),
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


def read(paths: Paths, out: Out, mapping: MappingOption = None, overwrite: Overwrite = False) -> None:
    """Read agencies' files, check every row, and write one bundle (a Data Package) and the rejects."""
    from lamplighter.cli.trace.data_package import write_csv
    from lamplighter.records.formats.data_package import write_bundle

    screen = console()
    refuse_used(out, overwrite=overwrite)
    sources = read_sources(paths, mapping, screen)
    with written(out, overwrite=overwrite) as folder:
        write_bundle(sources.bundle, folder)
        write_csv(sources.rejects, folder / "rejects.csv")
    screen.print(counts_table(sources))
    screen.print(f"Bundle and rejects.csv are in {out}", highlight=False, soft_wrap=True)


def trace(
    paths: Paths,
    out: Out,
    mapping: MappingOption = None,
    as_at: AsAt = None,
    overwrite: Overwrite = False,
) -> None:
    """Read agencies' files, find who is who and what belongs together, and write it with its reasons.

    Writes patterns.html (the patterns for people, possible stalking first), patterns.xlsx (the same in
    columns, with every report and person in a pattern) and, in data, every result for machines as CSV with a
    datapackage.json that explains every column. The files hold personal data; only you can read them.
    """
    from lamplighter.cli.trace import results
    from lamplighter.courses.assemble import courses as find_courses
    from lamplighter.linkage import link

    screen = console()
    refuse_used(out, overwrite=overwrite)
    sources = read_sources(paths, mapping, screen)
    moment = as_at or _last_day(sources.bundle)
    started = time.perf_counter()
    with screen.status("Finding who is who"):
        linked = link(sources.bundle, as_at=moment)
    screen.print(f"Who is who: {linked.persons['person_id'].n_unique():,} persons, {since(started)}")
    started = time.perf_counter()
    with screen.status("Finding what belongs together"):
        found = find_courses(sources.bundle, linked, as_at=moment)
    screen.print(f"What belongs together: {found.courses.height:,} courses, {since(started)}")
    with screen.status("Writing"), written(out, overwrite=overwrite) as folder:
        results.write(folder, sources, linked, found, moment)
    screen.print(counts_table(sources))
    screen.print(_summary_table(sources.bundle, linked, found))
    screen.print(
        f"Open {out / results.PAGE} to read the patterns; {out / 'README.txt'} says what else is there. "
        "The files hold personal data, and only you can read them.",
        highlight=False,
        soft_wrap=True,
    )


def _last_day(bundle: Bundle) -> dt.datetime:
    last = bundle["reports"]["reported_at"].max()
    if not isinstance(last, dt.datetime):
        raise typer.BadParameter("No report has a date. Say the moment with --as-at.")
    return dt.datetime.combine(last.date(), dt.time(23, 59, 59))


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
        ("Patterns (two incidents or more)", patterns.height),
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
