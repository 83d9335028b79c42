"""``lamplighter reoffending``: how many stalk again, of a country, a force or a hub, by every definition."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer
from rich.console import Console
from rich.markup import escape

app = typer.Typer(
    help="How many stalk again: every definition, with doubt about who is who and late proof.",
    no_args_is_help=True,
)
Folder = Annotated[Path, typer.Argument(help="Folder of the country: country.toml, events and links.")]
Own = Annotated[
    Path | None, typer.Option("--definitions", help="Definitions of your own, in place of those shipped.")
]


@contextmanager
def _told() -> Iterator[None]:
    """End with one message and status 2 where a folder or a file of definitions is not as it should be."""
    from lamplighter.disclosure.errors import DisclosureError
    from lamplighter.rule_files.faults import RuleFileError

    try:
        yield
    except (RuleFileError, DisclosureError) as problem:
        typer.echo(f"lamplighter: {problem}", err=True)
        raise typer.Exit(2) from None


@app.command()
def check(folder: Folder) -> None:
    """Check a folder: every fault with its file, rows and remedy. Status 1 if rows would be left out."""
    from lamplighter.studies.reoffending.content.events import read_held
    from lamplighter.studies.reoffending.country import read_country

    console = Console(stderr=True)
    country = read_country(folder)
    held = read_held(folder, country)
    console.print(
        f"{held.read:,} events read, {len(held.rows):,} of a known suspect can be used, "
        f"{held.unknown_suspect:,} have no suspect; {len(held.links.draws)} drawn partitions."
    )
    if held.lacks:
        console.print(f"Not held: {', '.join(sorted(held.lacks))}.")
    for fault in held.faults:
        console.print(escape(str(fault)), soft_wrap=True)
    if held.faults:
        raise typer.Exit(1)


@app.command()
def prepare(
    folder: Folder,
    title: Annotated[str, typer.Option("--title", help="What the country is called on the report.")],
    extracted_on: Annotated[
        str, typer.Option("--extracted-on", help="Day on which forces read their systems, as 2026-11-30.")
    ],
    period_from: Annotated[str, typer.Option("--from", help="First day that the events cover.")],
    source: Annotated[list[str], typer.Option("--source", help="Where events come from; once for each.")],
    hub: Annotated[
        list[str] | None, typer.Option("--hub", help="A hub and its forces: NAME=force-a,force-b.")
    ] = None,
    made_up: Annotated[bool, typer.Option("--made-up", help="Say on every page that it is made up.")] = False,
) -> None:
    """Write country.toml for what forces delivered and the linker linked. Nothing is written over."""
    from lamplighter.studies.reoffending.country import begun

    days = _day(extracted_on, "--extracted-on"), _day(period_from, "--from")
    if days[0] is None or days[1] is None:
        raise typer.BadParameter("Give both days.", param_hint="--from")
    hubs: dict[str, list[str]] = {}
    for told in hub or ():
        name, _, forces = told.partition("=")
        if not name.strip() or not forces.strip():
            raise typer.BadParameter("Write a hub as NAME=force-a,force-b.", param_hint="--hub")
        hubs[name.strip()] = [f.strip() for f in forces.split(",")]
    path = begun(
        folder, title=title, extracted_on=days[0], period_from=days[1], sources=source, hubs=hubs,
        made_up=made_up,
    )  # fmt: skip
    typer.echo(f"{path} says which forces there are. Say in it what a force does not hold, then run check.")


@app.command("definitions")
def definitions_(
    to: Annotated[Path | None, typer.Argument(help="File to copy them to; nothing is written over.")] = None,
) -> None:
    """Print the definitions as shipped, or copy them to a file of your own."""
    from lamplighter.studies.reoffending.definitions import shipped

    if to is None:
        typer.echo(shipped(), nl=False)
        return
    if to.exists():
        raise typer.BadParameter(f"{to} is there already.", param_hint="TO")
    to.write_text(shipped(), "utf-8")


@app.command()
def report(
    folder: Folder,
    out: Annotated[Path, typer.Option("--out", "-o", help="Folder for the report; made if it is not there.")],
    force: Annotated[
        str, typer.Option("--force", help="Only people whose index event is this force’s.")
    ] = "",
    hub: Annotated[str, typer.Option("--hub", help="Only people of the forces of this hub.")] = "",
    own: Own = None,
    first: Annotated[
        str | None, typer.Option("--first", help="First day of the period of day 0, as 2020-01-01.")
    ] = None,
    before: Annotated[str | None, typer.Option("--before", help="First day after that period.")] = None,
    release: Annotated[
        Path | None,
        typer.Option(
            "--release", help="Also a folder for what may leave, if it holds; nothing may be in it."
        ),
    ] = None,
    profile: Annotated[str, typer.Option("--profile", help="Disclosure profile of the release.")] = (
        "police-victim"
    ),
    earlier: Annotated[
        Path | None,
        typer.Option("--earlier", help="Ledger of everything released before; entered there too."),
    ] = None,
    edition: Annotated[
        str, typer.Option("--edition", help="Name of the edition; else the day of the extract.")
    ] = "",
    on: Annotated[
        str | None, typer.Option("--on", help="Day of this run, for the headline’s record; today without it.")
    ] = None,
) -> None:
    """Write the report: a page, tables and the definitions, for those who may see small numbers."""
    from lamplighter.studies.reoffending import headline
    from lamplighter.studies.reoffending.cohort import Window
    from lamplighter.studies.reoffending.report.folder import write_report
    from lamplighter.studies.reoffending.report.release import release_report
    from lamplighter.studies.reoffending.study import study_of

    console = Console(stderr=True)
    today = _day(on, "--on") or dt.datetime.now(tz=ZoneInfo("Europe/London")).date()
    begins, ends = _day(first, "--first"), _day(before, "--before")
    if (begins is None) != (ends is None) or (begins and ends and begins >= ends):
        raise typer.BadParameter("Give --first and a later --before, or neither.", param_hint="--first")
    window = Window(begins, ends) if begins and ends else None
    with _told(), console.status("Reading the definitions") as status:
        found = study_of(
            folder,
            force=force,
            hub=hub,
            definitions_file=own,
            window=window,
            headlines=lambda defs: headline.enter(folder, defs, today),
            say=status.update,
        )
        for fault in found.held.faults:
            console.print(escape(str(fault)), soft_wrap=True)
        status.update("Writing the report")
        try:
            write_report(found, out)
        except FileExistsError as problem:
            raise typer.BadParameter(str(problem), param_hint="--out") from None
        console.print(f"Internal report: {escape(str(out / 'report.html'))}", soft_wrap=True)
        if release is None:
            return
        status.update("Protecting and testing the release")
        outcome = release_report(found, profile, release, earlier, edition)
    console.print(escape(outcome.words), soft_wrap=True)
    if not outcome.passed:
        raise typer.Exit(1)


def _day(text: str | None, option: str) -> dt.date | None:
    try:
        return None if text is None else dt.date.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter("Write the day as 2026-11-30.", param_hint=option) from None


def add_to(to: typer.Typer) -> None:
    """Put this module's commands on the command line."""
    to.add_typer(app, name="reoffending")
