"""Instruments of one's own, before a hub has them: what the hub would say about each file."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from lamplighter.cli.administration import hub
from lamplighter.cli.problems import failed

if TYPE_CHECKING:
    from lamplighter.rule_files.faults import Fault

group = typer.Typer(
    help="Instruments of your own: check their files before a hub has them.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
Folder = Annotated[
    Path,
    typer.Argument(help="A folder with a folder for each instrument, and a file in it for each version."),
]


def add_to(app: typer.Typer) -> None:
    """Put this module's commands on the command line."""
    app.add_typer(group, name="instruments")


@group.callback()
def of_instruments() -> None:
    """Stand above the commands, so that one alone keeps its name."""


@group.command("check")
def check(folder: Folder, settings: hub.Settings = None) -> None:
    """Say what is wrong with each file: the file, the line, the fault and what to do. No database is asked.

    With --settings the roles and topics of training are those of that hub. Status 0: nothing is wrong. 1:
    something is. 2: the folder cannot be read.
    """
    _ready(folder, settings)
    from lamplighter.hub.instruments.checking import checked
    from lamplighter.reporting.words import count

    files, faults = checked(folder)
    for line in told(faults):
        typer.echo(line)
    if not files and not faults:
        raise failed(f"{folder} holds no file CODE/VERSION.toml.")
    in_files = f"{count(len(files), 'file')} read: "
    typer.echo(in_files + (f"{count(len(faults), 'fault')}." if faults else "nothing is wrong."))
    raise typer.Exit(1 if faults else 0)


@group.command("wording")
def wording(
    folder: Folder,
    out: Annotated[Path, typer.Option("--out", help="The workbook to write, such as wording.xlsx.")],
    settings: hub.Settings = None,
) -> None:
    """Write every question into a workbook, for clinicians and others who review the wording.

    A sheet for each file, with two empty columns for the reviewer. Files with a fault are refused.
    """
    _ready(folder, settings)
    from django.utils import timezone

    from lamplighter.hub.instruments import wording as words
    from lamplighter.hub.instruments.checking import checked, definitions

    _, faults = checked(folder)
    if faults:
        typer.echo("\n".join(told(faults)), err=True)
        raise typer.Exit(1)
    found = definitions(folder)
    if not found:
        raise failed(f"{folder} holds no question.")
    out.write_bytes(words.reviewed(found, timezone.now()))
    typer.echo(f"Written: {out}")


def _ready(folder: Path, settings: Path | None) -> None:
    """Refuse what is no folder, and make the rules of a hub known; no database is asked."""
    if not folder.is_dir():
        typer.echo(
            f"lamplighter: {folder} is no folder. Name the one above those of the instruments.", err=True
        )
        raise typer.Exit(2)
    if settings is not None:
        hub.ready(as_owner=False, settings=settings)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lamplighter.hub.site.settings")
    import django

    django.setup()


def told(faults: tuple[Fault, ...]) -> list[str]:
    """Return every fault in lines: its file and line first, as editors open them, in their order."""
    lines = []
    for fault in sorted(faults, key=lambda fault: (fault.file, _line(fault))):
        place = re.sub(r"\s*\(?line \d+\)?", "", fault.place).strip(" ,")
        file = fault.file.removeprefix("instruments/")
        lines += [
            f"{file}:{_line(fault)}: {place}".rstrip(),
            f"    {fault.what[:1].upper()}{fault.what[1:]}",
            f"    To do: {fault.remedy}",
            "",
        ]
    return lines


def _line(fault: Fault) -> int:
    """Return the line of a fault; of one that is of the whole file the first."""
    found = re.search(r"line (\d+)", fault.place)
    return int(found[1]) if found else 1
