"""Forces beside one another, the published tables that they are made from, and words that are asked about."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from lamplighter.cli.problems import failed

if TYPE_CHECKING:
    from lamplighter.study_bundle.national.outcomes import National

Files = Annotated[list[Path], typer.Argument(help="Files of outcomes by force: CSV, Excel (.xlsx) or ODS.")]
Editions = Annotated[
    list[str],
    typer.Option(
        "--edition", help="Month in which a file was published, as 2020-01: one for all, or one each."
    ),
]
Out = Annotated[Path, typer.Option("--out", help="Folder to write to; made if it is not there.")]
Basis = Annotated[
    str | None, typer.Option("--basis", help="recorded or assigned, where the table does not say it.")
]
Year = Annotated[
    str | None, typer.Option("--year", help="Financial year, as 2018/19, where no column says it.")
]
OffenceOf = Annotated[
    str | None, typer.Option("--offence", help="Offence group that a table without offence codes is of.")
]
WordsFile = Annotated[
    Path | None,
    typer.Option("--words", help="TOML file with words of your own; what you answer is written into it."),
]
SheetName = Annotated[
    str | None, typer.Option("--sheet", help="Name of the sheet, where not every one is read.")
]
Line = Annotated[
    int | None, typer.Option("--line", help="Number of the line of headings, where it is not found.")
]
Ask = Annotated[bool, typer.Option("--ask/--no-ask", help="Ask what unknown words mean.")]
Bundle = Annotated[
    Path, typer.Argument(help="Folder of a bundle: of published totals, or of reports by force.")
]
Release = Annotated[
    Path | None,
    typer.Option("--release", help="Folder for a page of reports that may leave; nothing may be in it."),
]
Profile = Annotated[str, typer.Option("--profile", help="Rules of protection (docs/disclosure.md).")]
Earlier = Annotated[
    Path | None,
    typer.Option("--earlier", help="Ledger of every earlier release of forces; this one is entered."),
]
Edition = Annotated[str, typer.Option("--edition", help="Name of this edition; without it, the last day.")]
Offence = Annotated[str, typer.Option("--offence", help="Offence group to compare.")]


_SKIP = "-"


def asked(word: str, times: int, choices: Mapping[str, str], console: Console) -> str | None:
    """Return the code that somebody chooses for a word; ``None`` to leave it out."""
    for code, title in choices.items():
        console.print(f"  {code:>20}  {escape(title)}")
    while True:
        said = typer.prompt(
            f"What is “{word}” ({times:,} rows)? A code, or {_SKIP} to leave it out", err=True
        )
        code = said.strip()
        if code == _SKIP:
            return None
        found = {c.lower(): c for c in choices}.get(code.lower())
        if found is not None:
            return found
        console.print(f"There is no code {escape(code[:40])}.")


def can_ask() -> bool:
    """Tell whether somebody can answer."""
    return sys.stdin is not None and sys.stdin.isatty()


def ask_unknown(found: National, path: Path | None, console: Console) -> bool:
    """Ask for each unknown outcome and force, and write the answers down. Tell whether any was given."""
    from lamplighter.study_bundle.national.words import NO_OUTCOME
    from lamplighter.vocabulary.codes import code_set

    unknown = len(found.unknown_outcomes) + len(found.unknown_forces)
    if not unknown or not can_ask():
        return False
    if path is None:
        raise typer.BadParameter(
            f"{unknown} outcomes or forces are unknown. Name a file for your answers, so that each is asked "
            "once: --words words.toml, or --no-ask to go on without.",
            param_hint="--words",
        )
    outcomes_ = {NO_OUTCOME: "No outcome yet"} | {c: r.title for c, r in code_set("outcomes").codes.items()}
    forces_ = {c: r.title for c, r in code_set("forces").codes.items()}
    answers = {
        table: {w: code for w, n in words.items() if (code := asked(w, n, choices, console)) is not None}
        for table, words, choices in (
            ("outcomes", found.unknown_outcomes, outcomes_),
            ("forces", found.unknown_forces, forces_),
        )
    }
    names = {word: forces_[code] for word, code in answers["forces"].items()}
    if answers["outcomes"] or names:
        _write_words(path, answers["outcomes"], names)
    return bool(answers["outcomes"] or names)


def _write_words(path: Path, outcomes_: Mapping[str, str], forces_: Mapping[str, str]) -> None:
    """Write outcomes and forces in words of one's own into a file of words, beside those that are there."""
    from lamplighter.rule_files.reading import at

    body = at(path) if path.exists() else {}
    held = {code: list(words) for code, words in body.get("outcomes", {}).items()}
    for word, code in outcomes_.items():
        held.setdefault(code, []).append(word)
    body |= {"outcomes": held, "forces": {**body.get("forces", {}), **forces_}}
    lines = []
    for table, rows in body.items():
        lines.append(f"[{table}]")
        lines += [f"{_text(key)} = {json.dumps(value, ensure_ascii=False)}" for key, value in rows.items()]
        lines.append("")
    path.write_text("\n".join(lines), "utf-8")


def _text(key: str) -> str:
    return json.dumps(key, ensure_ascii=False)


def outcomes(
    files: Files,
    edition: Editions,
    out: Out,
    basis: Basis = None,
    year: Year = None,
    offence: OffenceOf = None,
    words: WordsFile = None,
    sheet: SheetName = None,
    line: Line = None,
    ask: Ask = True,
) -> None:
    """Bring in published outcomes by force (Home Office open data, long or wide) as a bundle of totals."""
    from lamplighter.study_bundle.files import data_package
    from lamplighter.study_bundle.national import outcomes as national
    from lamplighter.study_bundle.national import words as known

    console = Console(stderr=True)
    if len(edition) not in (1, len(files)):
        raise typer.BadParameter("Give one edition for all files, or one for each.", param_hint="--edition")
    if basis not in (None, "recorded", "assigned"):
        raise typer.BadParameter("Say recorded or assigned.", param_hint="--basis")
    told = edition * len(files) if len(edition) == 1 else edition
    editions = [national.edition(text, path) for text, path in zip(told, files, strict=True)]

    def read() -> National:
        return national.read_outcomes(
            editions,
            known.with_own(words),
            basis=basis,
            year=year,
            offence=offence,
            sheet=sheet,
            line=line,
        )

    found = read()
    if ask and ask_unknown(found, words, console):
        found = read()
    _say(found, console)
    made = found.checked.required()
    kept = {
        name: frame.select(c for c in frame.columns if f"{name}.{c}" in made.given)
        for name, frame in made.tables.items()
        if name in made.held_tables
    }
    data_package.write(made.metadata, kept, out)
    console.print(f"The bundle is in {escape(str(out))}")


def _say(found: National, console: Console) -> None:
    for sheet in found.sheets:
        console.print(
            f"{escape(sheet.label)}: headings in line {sheet.line}, {sheet.shape}; {sheet.lines:,} lines, "
            f"{sheet.left_out:,} left out"
        )
    for what, words in (("outcome", found.unknown_outcomes), ("force", found.unknown_forces)):
        for word, times in words.items():
            console.print(f"Unknown {what} “{escape(word)}” in {times:,} rows")
    for heading, label in found.unknown_headings.items():
        console.print(f"{escape(label)}: the column “{escape(heading[:80])}” is not read")
    shown = Table("Year", title="Counts as read, all forces together: hold them against the publication")
    for title in ("Offence code", "Basis"):
        shown.add_column(title)
    shown.add_column("Count", justify="right")
    from lamplighter.study_bundle.financial_years import Period
    from lamplighter.study_bundle.national.words import offences

    every: dict[tuple[int, str], int] = {}
    for year, code, basis, n in found.by_code.iter_rows():
        every[year, basis] = every.get((year, basis), 0) + n
        if code in offences(Period(year).first):
            shown.add_row(str(year), code, basis, f"{n:,}")
    for (year, basis), n in every.items():
        shown.add_row(str(year), "all in the file", basis, f"{n:,}")
    console.print(shown)
    grouped = found.checked.in_short
    for row in grouped.filter(grouped["reason_code"] != "column_not_held").iter_rows(named=True):
        force = f", {row['force']}" if row["force"] else ""
        place = f", row {row['row']}" if row["row"] else ""
        console.print(
            escape(f"{row['file']}{place}{force}: {row['reason']} {row['remedy']} ({row['n']:,})"),
            soft_wrap=True,
        )


def forces(
    bundle: Bundle,
    out: Out,
    offence: Offence = "stalking",
    release: Release = None,
    profile: Profile = "police-victim",
    earlier: Earlier = None,
    edition: Edition = "",
) -> None:
    """Set forces beside one another: funnels, what differs by more than chance, what cannot be compared."""
    from lamplighter.disclosure.errors import DisclosureError
    from lamplighter.studies.forces.comparison import compare
    from lamplighter.studies.forces.counts import counts_of
    from lamplighter.studies.forces.page import write_page
    from lamplighter.studies.forces.release import release_page
    from lamplighter.study_bundle.bundle import StudyBundle
    from lamplighter.study_bundle.checking import check
    from lamplighter.study_bundle.errors import BundleRefused
    from lamplighter.vocabulary.codes import code_set

    groups = code_set("offence_groups").codes
    if offence not in groups:
        raise typer.BadParameter(f"Say one of {', '.join(groups)}.", param_hint="--offence")
    console = Console(stderr=True)
    with console.status("Reading and checking the bundle"):
        made: StudyBundle = check(bundle).required()
        counts = counts_of(made, offence)
    if counts is None:
        raise BundleRefused(
            "The bundle holds no outcomes by force.",
            file=bundle.name,
            remedy="Bring in published counts with `lamplighter bundle outcomes`, or reports with outcomes.",
        )
    with console.status("Working out limits and drawing"):
        found = compare(counts)
        try:
            write_page(found, out)
        except FileExistsError as problem:
            raise typer.BadParameter(str(problem), param_hint="--out") from None
    console.print(f"The page: {escape(str(out / 'report.html'))}")
    if counts.of_rows:
        console.print(
            "It is of reports and holds small numbers: it stays inside. --release makes one that may leave."
        )
    if release is None:
        return
    with console.status("Protecting, drawing and attacking the release"):
        try:
            outcome = release_page(counts, profile, release, earlier, edition)
        except DisclosureError as problem:
            raise failed(problem) from None
    typer.echo(outcome.words, err=not outcome.passed)
    if not outcome.passed:
        raise typer.Exit(1)


def add_to(app: typer.Typer) -> None:
    """Put this module's command on the command line."""
    app.command("forces")(forces)
