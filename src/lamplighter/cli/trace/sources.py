"""Files of any number of systems in: told apart, read one system after another, every row accounted for."""

from __future__ import annotations

import secrets
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table

if TYPE_CHECKING:
    import polars as pl

    from lamplighter.records.mapping.mappings import Mapping
    from lamplighter.records.reading.batches import Counts
    from lamplighter.records.reading.recognise import SortedFiles
    from lamplighter.records.schema import Bundle

Paths = Annotated[
    list[Path],
    typer.Argument(
        help="Files of one or several agencies' extracts, bundles, or folders of them: CSV, text, XLSX, JSON "
        "Lines, Parquet."
    ),
]
MappingOption = Annotated[
    list[str] | None,
    typer.Option(
        "--mapping",
        help="A mapping of your own: its TOML file, a folder of them, or a name. May be given several times. "
        "It is asked before those that come with the package; each file is read by the one that fits its "
        "columns.",
    ),
]


@dataclass(frozen=True, slots=True)
class SourcesRead:
    """Hold what all sources of a run gave together, and what became of their files."""

    bundle: Bundle
    rejects: pl.DataFrame
    counts: Counts
    mappings: dict[str, Mapping]
    files: dict[str, list[str]]
    left_aside: list[tuple[str, str]]
    unused: list[str]


def read_sources(paths: Sequence[Path], mappings: Sequence[str] | None, console: Console) -> SourcesRead:
    """Tell the files apart, read them, and say on the way which mapping reads what and what is left aside.

    Raises:
        RecordsError: a file or a mapping cannot be read, or it cannot be told what a file is.
    """
    import polars as pl

    from lamplighter.records import ingest
    from lamplighter.records.reading.batches import Counts
    from lamplighter.records.reading.recognise import sort_out
    from lamplighter.records.reading.repeats import EarlierSources
    from lamplighter.records.schema import TABLES

    found = sort_out(paths, mappings or ())
    _say_left_aside(found, console)
    extracts = found.extracts()
    earlier = EarlierSources() if len(extracts) > 1 else None
    # The tokens of safe contacts have to agree within this run only, so the key is thrown away.
    key = secrets.token_bytes(32)
    bundles, rejects, total = [], [], Counts()
    for mapping, files in extracts:
        started = time.perf_counter()
        with console.status(f"Reading {mapping.name}"):
            bundle, rejected, counted = ingest.read_all(files, mapping, key, earlier=earlier)
        console.print(
            f"Read {mapping.name} ({', '.join(f.label for f in files)}): {counted.reports:,} reports, "
            f"{counted.people:,} people, {since(started)}",
            highlight=False,
            soft_wrap=True,
        )
        bundles.append(bundle)
        rejects.append(rejected)
        total = total + counted
    together = {t.name: pl.concat([b[t.name] for b in bundles]) for t in TABLES}
    return SourcesRead(
        together,
        pl.concat(rejects),
        total,
        found.mappings,
        {name: [f.label for f in files] for name, files in found.files.items()},
        [(a.label, a.why) for a in found.left_aside],
        found.unused,
    )


def _say_left_aside(found: SortedFiles, console: Console) -> None:
    """Name what is not read before the reading begins, while it can still be stopped."""
    for aside in found.left_aside:
        console.print(f"Left aside: {aside.label} ({aside.why}).", highlight=False, soft_wrap=True)
    for name in found.unused:
        console.print(f"No file fits the mapping {name}.", highlight=False, soft_wrap=True)


def since(started: float) -> str:
    """Return the seconds since a moment of the performance counter: '0.4 s'."""
    return f"{time.perf_counter() - started:.1f} s"


def console() -> Console:
    """Return a console whose tables are whole even where the width is not known, in a log or a pipe."""
    made = Console()
    return made if made.is_terminal else Console(width=120)


def counts_table(read: SourcesRead) -> Table:
    """Return what became of the rows of each file, and of all."""
    import polars as pl

    table = Table(title="Rows in, and what became of them")
    for heading in ("file", "rows in", "accepted", "rejected", "repeated", "warnings"):
        table.add_column(heading, justify="left" if heading == "file" else "right")
    counts = read.counts
    warnings = Counter(read.rejects.filter(pl.col("severity") == "warning")["file"].to_list())
    for file, rows in counts.rows_in.items():
        kinds = (counts.accepted[file], counts.rejected[file], counts.duplicates[file], warnings[file])
        table.add_row(file, f"{rows:,}", *(f"{n:,}" for n in kinds))
    totals = counts.totals()
    keys = ("rows_in", "accepted", "rejected", "duplicates", "warnings")
    table.add_section()
    table.add_row("All files", *(f"{totals[k]:,}" for k in keys))
    return table
