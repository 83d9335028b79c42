"""``lamplighter link``: who is who in any table, with the table's own rows given back."""

from __future__ import annotations

import os
import re
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from lamplighter.cli.studies.bundles import SheetName

if TYPE_CHECKING:
    from lamplighter.records.formats.any_table import AnyTable

STEPS = 6

File = Annotated[
    Path,
    typer.Argument(
        help="The table: CSV (any separator and encoding), Excel (.xlsx), Parquet, JSON or JSON Lines."
    ),
]
Out = Annotated[
    Path, typer.Option("--out", help="Where the rows go, each with who it is: .csv, .parquet or .jsonl.")
]
Truth = Annotated[
    str | None,
    typer.Option("--truth", help="A column that says who is who. It is never looked at while linking."),
]
ReportFile = Annotated[
    Path | None, typer.Option("--report", help="One HTML page: weights, how sure, and where pairs came from.")
]
TwoParty = Annotated[
    bool, typer.Option("--two-party", help="Each row is about two people: which rows are about the same two?")
]
Columns = Annotated[
    list[str] | None,
    typer.Option(
        "--columns",
        help="What columns are, as FIELD=COLUMN (surname=last_name), or which to look at and no others: "
        "a,b,c. May be given several times. What is not said is guessed and told. Of two people a row: "
        "PARTY=BEGINNING of their columns (first=victim_).",
    ),
]
PairsFile = Annotated[
    Path | None, typer.Option("--pairs", help="Also write the pairs of rows, with the reasons for each.")
]
Budget = Annotated[
    float | None,
    typer.Option(
        "--false-links",
        min=0.001,
        max=0.5,
        help="The share of false links to bear: unless said 0.05, or more where a lower bar is expected to "
        "find more than it gets wrong.",
    ),
]


Raw = Annotated[
    bool,
    typer.Option(
        "--raw",
        help="Write cells of CSV as they came. Without it, what a spreadsheet would run as a formula gets "
        "an apostrophe before it.",
    ),
]


def add_to(app: typer.Typer) -> None:
    """Put this module's command on the command line."""
    app.command("link")(link)


def link(
    file: File,
    out: Out,
    truth: Truth = None,
    report: ReportFile = None,
    two_party: TwoParty = False,
    columns: Columns = None,
    pairs: PairsFile = None,
    false_links: Budget = None,
    raw: Raw = False,
    sheet: SheetName = None,
) -> None:
    """Find who is who in a table of people, or of two people a row, and give its rows back with their ids."""
    from lamplighter.linkage_tables import whole_tables
    from lamplighter.records.formats.any_table import kind_of, write_any
    from lamplighter.records.workbook.any_sheet import read_table

    console = _console()
    for path in (out, pairs):
        if path is not None:
            kind_of(path)
    _writable(file, {"--out": out, "--pairs": pairs, "--report": report})
    said = _said(columns)
    if truth is not None and truth in (said or ()):
        raise typer.BadParameter(f"{truth!r} is the truth, which is not looked at.", param_hint="--columns")
    recorded = warnings.catch_warnings(record=True, action="always", category=UserWarning)
    with _progress(console) as step, recorded as warned:
        step("Reading the table")
        table = read_table(file, sheet)
        with _told_of("--truth"):
            answer = whole_tables.truth_of(table.frame, truth)
        frame = table.frame if truth is None else table.frame.drop(truth)
        with _told_of("--columns" if said or not two_party else "--two-party"):
            found = whole_tables.linked(
                frame, said, two_party=two_party, false_link_budget=false_links,
                explained=None if pairs is None else True, progress=step,
            )  # fmt: skip
        step("Writing")
        write_any(found.rows(table.frame), out, raw=raw)
        if pairs is not None:
            write_any(found.pairs_with_reasons(table.frame), pairs, raw=raw)
        measured = None if answer is None else found.measured(answer)
        if report is not None:
            from lamplighter.cli.link_page import page
            from lamplighter.reporting.html_page import html_page

            report.touch(mode=0o600)
            report.chmod(0o600)
            report.write_text(html_page(page(found, measured)), "utf-8")
    for told in _of_the_file(table):
        console.print(told)
    console.print(_taken_table(found.taken_for))
    for told in _of_ours(warned):
        console.print(told)
    console.print(_figures_table(found.figures(), measured.figures() if measured else ()))
    if not found.learned:
        console.print(
            "From so few rows nothing is learned: how likely pairs are comes from the weights that the "
            "library "
            "begins with."
        )
    new = " and ".join(filter(None, (", ".join(found.names[:-1]), found.names[-1])))
    rows = "1 row is" if len(table.frame) == 1 else f"{len(table.frame):,} rows, in their own order, are"
    console.print(f"{rows} in {out}, with {new}")
    for path in (pairs, report):
        if path is not None:
            console.print(f"Also written: {path}")


def _writable(file: Path, paths: Mapping[str, Path | None]) -> None:
    """Refuse, before anything is done, what cannot be written, or would be written over."""
    taken = {file.resolve(): "the table itself"}
    for option, path in paths.items():
        if path is None:
            continue
        if path.resolve() in taken:
            raise typer.BadParameter(
                f"{path} is {taken[path.resolve()]}, which would be written over: say another file.",
                param_hint=option,
            )
        taken[path.resolve()] = f"that of {option}"
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as problem:
            raise typer.BadParameter(
                f"{path.parent} cannot be made ({problem.strerror}).", param_hint=option
            ) from None
        if path.is_dir() or not os.access(path if path.exists() else path.parent, os.W_OK):
            raise typer.BadParameter(f"{path} cannot be written.", param_hint=option)


@contextmanager
def _told_of(option: str) -> Iterator[None]:
    """What is wrong with an option, told of it. The names of columns are not repeated: where a file has none,
    they are somebody's data."""
    from lamplighter.linkage_tables.column_roles.columns import ColumnUnknown

    try:
        yield
    except ColumnUnknown as problem:
        told = _on_the_line(str(problem).split(" Columns are:")[0])
        raise typer.BadParameter(told, param_hint=option) from None


def _of_the_file(table: AnyTable) -> Iterator[str]:
    """What of a file is no row of its table, or may be none."""
    if table.above:
        lines = "1 line stands" if table.above == 1 else f"{table.above} lines stand"
        yield f"{lines} above the names of the columns, as a title does: no row is made of that."
    if table.grouped:
        yield "Two lines are the headings: a column is called by its group, in the upper, and its own name."
    if table.left_out:
        lines = "1 line" if table.left_out == 1 else f"{table.left_out:,} lines"
        yield f"{lines} could not be read, left out; the first is line {table.first_left_out or '?'}."
    if table.repeated:
        yield (
            f"Headings that stand more than once: {', '.join(table.repeated)}. The later columns have "
            "another name, and may be left out or taken for something else. Give each a heading of its own."
        )
    if table.hardly_filled:
        rows = "The last row has" if table.hardly_filled == 1 else f"The last {table.hardly_filled} rows have"
        yield f"{rows} hardly a cell filled, as totals and footers have; nothing is left out."


def _of_ours(warned: Sequence[warnings.WarningMessage]) -> Iterator[str]:
    """What the library warns of, as it is said on the command line."""
    from lamplighter.linkage_tables.column_roles.no_identifiers import NobodyTold, NothingRead, PaymentsTold
    from lamplighter.linkage_tables.two_party.one_person_warning import TwoTold

    for warning in warned:
        if isinstance(warning.message, (NobodyTold, NothingRead, PaymentsTold, TwoTold)):
            yield _on_the_line(str(warning.message).split(" They were taken so")[0])


def _on_the_line(told: str) -> str:
    """A message of the library with ``columns={'a': 'b', ...}`` as it is said on the command line."""
    example = re.search(r"columns=\{(.*?)\}", told)
    if example is None:
        return told
    named = re.findall(r"['\"](\w+)['\"]: \[?['\"]([^'\"]+)['\"]", example[1])
    return told.replace(example[0], " ".join(f"--columns {field}={column!r}" for field, column in named))


def _console() -> Console:
    console = Console()
    return console if console.is_terminal else Console(width=110)


class _progress:  # noqa: N801 - used as a function
    """The steps of linking, on the terminal, with the time that has passed."""

    def __init__(self, console: Console) -> None:
        self._bar = Progress(
            SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn(),
            console=console, transient=True,
        )  # fmt: skip

    def __enter__(self) -> Callable[[str], None]:
        self._bar.start()
        task = self._bar.add_task("Starting", total=STEPS)
        return lambda step: self._bar.update(task, description=step, advance=1)

    def __exit__(self, *error: object) -> None:
        self._bar.stop()


def _said(columns: Sequence[str] | None) -> dict[str, Any] | list[str] | None:
    """What the caller says of the columns: FIELD=COLUMN, or names."""
    if not columns:
        return None
    parts = [p.strip() for text in columns for p in text.split(",") if p.strip()]
    if not all(all(map(str.strip, p.split("="))) for p in parts) or not parts:
        raise typer.BadParameter(
            "Say FIELD=COLUMN, or names of columns: nothing is said here.", param_hint="--columns"
        )
    named = [[s.strip() for s in p.split("=", 1)] for p in parts if "=" in p]
    if named and len(named) < len(parts):
        raise typer.BadParameter(
            "Say each as FIELD=COLUMN, or give names of columns alone; not both.", param_hint="--columns"
        )
    if not named:
        return parts
    said: dict[str, Any] = {}
    for field, column in named:
        said[field] = [*said[field], column] if isinstance(said.get(field), list) else (
            [said[field], column] if field in said else column
        )  # fmt: skip
    return said


def _taken_table(taken_for: Mapping[str, str | None]) -> Table:
    table = Table(title="What each column was taken for", min_width=36)
    table.add_column("column", overflow="fold")
    table.add_column("taken for")
    for column, field in taken_for.items():
        table.add_row(column, field.replace("_", " ") if field else "left out")
    return table


def _figures_table(figures: Sequence[tuple[str, str]], measured: Sequence[tuple[str, str]]) -> Table:
    table = Table(title="What was found", show_header=False)
    table.add_column()
    table.add_column(justify="right")
    for i, (title, value) in enumerate((*figures, *measured)):
        table.add_row(title, value, end_section=bool(measured) and i == len(figures) - 1)
    return table
