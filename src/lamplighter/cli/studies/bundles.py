"""Study bundles on the command line: check one, begin one, make one up."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from lamplighter.cli.administration import exporting
from lamplighter.cli.studies import comparing

if TYPE_CHECKING:
    from lamplighter.study_bundle.checking import Checked
    from lamplighter.study_bundle.spreadsheets.mapping import BundleMapping

Bundle = Annotated[
    Path, typer.Argument(help="Folder of a bundle, or one spreadsheet (CSV, Excel) with --mapping.")
]
MappingOption = Annotated[
    str | None, typer.Option("--mapping", help="TOML file that says what the spreadsheet's columns are.")
]
Rejects = Annotated[
    Path | None,
    typer.Option("--rejects", help="Write every finding, with file, row and column, to this CSV."),
]
Write = Annotated[
    Path | None, typer.Option("--write", help="Write what was taken in as a bundle (Parquet) to this folder.")
]
Line = Annotated[int | None, typer.Option("--line", help="Number of the line of headings, counted from 1.")]
SheetName = Annotated[str | None, typer.Option("--sheet", help="Name of the sheet of a workbook.")]
Ask = Annotated[
    bool, typer.Option("--ask/--no-ask", help="Ask what is not known, and write the answers down.")
]
Out = Annotated[Path, typer.Option("--out", help="Folder to write to; made if it is not there.")]
#: A table of findings on the screen is cut here; the file has them all.
_SHOWN = 40
_COLUMNS = 12


def add_to(app: typer.Typer) -> None:
    """Put this module's commands on the command line."""
    group = typer.Typer(help="Study bundles: what a review reads.", no_args_is_help=True)
    group.command("check")(check)
    group.command("template")(template)
    group.command("export")(exporting.export)
    group.command("outcomes")(comparing.outcomes)
    app.add_typer(group, name="bundle")


def check(
    bundle: Bundle,
    mapping: MappingOption = None,
    rejects: Rejects = None,
    write: Write = None,
    line: Line = None,
    sheet: SheetName = None,
    ask: Ask = True,
) -> None:
    """Say what is wrong with a bundle, row and column, what to do, and what it costs the analysis.

    Ends with status 1 when the bundle as a whole is refused. No value of a cell is shown, but the words of
    coded columns that are no code: they are asked about.
    """
    from lamplighter.records.formats.formula_injection import neutralise_formulae
    from lamplighter.study_bundle import checking
    from lamplighter.study_bundle.spreadsheets.mapped_bundle import check_mapped

    console = Console(width=None)
    told = None if mapping is None else _told(bundle, mapping, line, sheet, ask, console)
    with console.status("Checking"):
        found = checking.check(bundle) if told is None else check_mapped(bundle, told)
    _show(found, console)
    if rejects is not None:
        rejects.parent.mkdir(parents=True, exist_ok=True)
        neutralise_formulae(found.rejects).write_csv(rejects)
        console.print(f"Every finding is in {escape(str(rejects))}")
    if found.bundle is None:
        raise typer.Exit(1)
    if write is not None:
        from lamplighter.study_bundle.files import data_package

        kept = {
            name: frame.select(c for c in frame.columns if f"{name}.{c}" in found.bundle.given)
            for name, frame in found.bundle.tables.items()
            if name in found.bundle.held_tables
        }
        data_package.write(found.bundle.metadata, kept, write)
        console.print(f"The bundle is in {escape(str(write))}")


def _told(
    bundle: Path, mapping: str, line: int | None, sheet: str | None, ask: bool, console: Console
) -> BundleMapping:
    """Return the mapping with what the reader says of the file: the line of headings, and words for codes.

    Answers are written into the mapping file, so that each is asked for once.
    """
    from lamplighter.study_bundle.spreadsheets import answers
    from lamplighter.study_bundle.spreadsheets.mapped_bundle import headings_of, unknown_words
    from lamplighter.study_bundle.spreadsheets.mapping import built_in, find_mapping
    from lamplighter.vocabulary.codes import code_set

    file = None if mapping in built_in() else Path(mapping)
    asks = ask and file is not None and comparing.can_ask()

    def read() -> BundleMapping:
        own = find_mapping(mapping)
        return replace(own, line=line or own.line, sheet=sheet or own.sheet)

    told = read()
    place = headings_of(bundle, told)
    if place.line > 1:
        shown = ", ".join(h for h in place.headings[:_COLUMNS] if h)
        console.print(escape(f"{place.label}: headings in line {place.line}: {shown}"))
        if asks and file is not None and told.line is None:
            right = typer.confirm("Are these the headings?", default=True)
            number = place.line if right else typer.prompt("In which line do they stand?", type=int)
            answers.set_line(file, number)
            told = read()
    for codes, words in unknown_words(bundle, told).items():
        for word, n in words.items():
            console.print(escape(f"Unknown word for {codes}: “{word}”, in {n:,} lines"))
        if asks and file is not None:
            titles = {c: r.title for c, r in code_set(codes).codes.items()}
            said = {w: code for w, n in words.items() if (code := comparing.asked(w, n, titles, console))}
            if said:
                answers.add_words(file, codes, said)
    return read()


def template(out: Out) -> None:
    """Write an empty bundle with its dictionary, and an example of a mapping for a spreadsheet."""
    from lamplighter.study_bundle.template import write_template

    write_template(out)
    Console().print(f"Begin with {escape(str(out / 'README.md'))}")


def _show(found: Checked, console: Console) -> None:
    counts = Table("Table", title="Rows", title_justify="left")
    for heading in ("In", "Taken in", "Left out"):
        counts.add_column(heading, justify="right")
    for name, count in found.counts.items():
        counts.add_row(name, f"{count.rows_in:,}", f"{count.accepted:,}", f"{count.rejected:,}")
    console.print(counts)
    _show_findings(found, console)
    _show_costs(found, console)
    _show_answers(found, console)


def _show_findings(found: Checked, console: Console) -> None:
    import polars as pl

    grouped = (
        found.in_short.group_by("table", "reason", "fate", "remedy", maintain_order=True)
        .agg(
            pl.col("n").sum(),
            pl.col("row").drop_nulls().first().alias("first"),
            pl.col("column").filter(pl.col("column") != "").unique(maintain_order=True),
            pl.col("force").drop_nulls().unique().sort(),
        )
        .sort(pl.col("fate") == "taken in", "n", descending=[False, True], maintain_order=True)
    )
    if not grouped.height:
        console.print("Nothing is wrong.")
        return
    shown = Table("Where", title="What was found", title_justify="left", show_lines=True)
    shown.add_column("How many", justify="right")
    for heading in ("What", "What to do"):
        shown.add_column(heading)
    for row in grouped.head(_SHOWN).iter_rows(named=True):
        where = f"{row['table']}\n{_some(row['column'])}".strip()
        first = f"\nfirst in row {row['first']}" if row["first"] is not None else ""
        first += f"\n{_some(row['force'])}" if row["force"] else ""
        shown.add_row(
            escape(where + first), f"{row['n']:,}", f"{row['reason']} ({row['fate']})", escape(row["remedy"])
        )
    console.print(shown)
    if grouped.height > _SHOWN:
        console.print(f"{grouped.height - _SHOWN} more kinds of findings are in the file of --rejects.")


def _some(names: list[str]) -> str:
    more = f" and {len(names) - _COLUMNS} more" if len(names) > _COLUMNS else ""
    return f"{', '.join(names[:_COLUMNS])}{more}"


def _show_costs(found: Checked, console: Console) -> None:
    left_out = found.counts["reports"].rejected if "reports" in found.counts else 0
    if left_out:
        console.print(
            f"Every analysis loses the {left_out:,} reports that are left out, and what hangs on them."
        )
    costs = [c for c in found.costs if c.rows > left_out or c.values]
    if not costs:
        return
    shown = Table("Analysis or indicator", title="What it costs", title_justify="left")
    shown.add_column("Rows left out", justify="right")
    shown.add_column("Values not recorded", justify="right")
    for cost in costs:
        shown.add_row(f"{cost.name}  {cost.title}", f"{cost.rows:,}", f"{cost.values:,}")
    console.print(shown)


def _show_answers(found: Checked, console: Console) -> None:
    from lamplighter.study_bundle.limitations import lacking

    cannot = [a for a in found.answerable if not a.possible]
    can = len(found.answerable) - len(cannot)
    if not found.answerable:
        console.print("The bundle is refused: no analysis can be made of it.")
        return
    console.print(f"Can be answered: {can} of {len(found.answerable)} analyses and indicators.")
    if cannot:
        shown = Table("Cannot be answered", title_justify="left")
        shown.add_column("Because the bundle does not hold")
        for answer in cannot:
            words, columns = "; ".join(lacking(answer.missing)), ", ".join(answer.missing)
            shown.add_row(f"{answer.need.name}  {answer.need.title}", f"{words} ({columns})")
        console.print(shown)
