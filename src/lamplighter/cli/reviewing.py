"""``lamplighter review``: the review of one bundle, for those inside and, protected, for everybody."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

Bundle = Annotated[Path, typer.Argument(help="Folder of the bundle, or with --mapping the force's own file.")]
Out = Annotated[Path, typer.Option("--out", help="Folder for the report; made if it is not there.")]
Mapping = Annotated[
    str | None,
    typer.Option(
        "--mapping", help="How the force's own spreadsheet becomes a bundle: a TOML file, or a name."
    ),
]
Release = Annotated[
    Path | None,
    typer.Option("--release", help="Also protect the report for everybody, into this folder, if it holds."),
]
Profile = Annotated[str, typer.Option("--profile", help="Disclosure profile of the release.")]
Earlier = Annotated[
    Path | None, typer.Option("--earlier", help="Ledger of everything released before; entered there too.")
]
Edition = Annotated[
    str, typer.Option("--edition", help="Name of this edition; else the last day of the period.")
]


def add_to(app: typer.Typer) -> None:
    """Put this module's command on the command line."""
    app.command("review")(review)


def review(
    bundle: Bundle,
    out: Out,
    mapping: Mapping = None,
    release: Release = None,
    profile: Profile = "police-victim",
    earlier: Earlier = None,
    edition: Edition = "",
) -> None:
    """Review a force's response to stalking: a page, tables and charts, with what must not be concluded."""
    from lamplighter.disclosure.errors import DisclosureError
    from lamplighter.studies.review import engine
    from lamplighter.studies.review.publication.publishing import publish_review
    from lamplighter.studies.review.publication.report_folder import write_review
    from lamplighter.study_bundle import checking
    from lamplighter.study_bundle.spreadsheets import mapped_bundle
    from lamplighter.study_bundle.spreadsheets.mapping import find_mapping

    console = Console(stderr=True)
    with console.status("Reading and checking the bundle") as status:
        checked = (
            checking.check(bundle)
            if mapping is None
            else mapped_bundle.check_mapped(bundle, find_mapping(mapping))
        )
        for name, count in checked.counts.items():
            if count.rows_in:
                console.print(
                    f"{name}: {count.rows_in:,} rows in, {count.accepted:,} taken in, {count.rejected:,} "
                    "left out"
                )
        rejects = checked.rejects
        if rejects.height:
            console.print(f"{rejects.height:,} findings; `lamplighter bundle check` lists them")
        found = engine.review(checked.required(), progress=status.update, rejects=rejects)
        status.update("Writing the report")
        try:
            write_review(found, out)
        except FileExistsError as problem:
            raise typer.BadParameter(str(problem), param_hint="--out") from None
        console.print(f"Internal report: {out / 'report.html'}")
        if release is None:
            return
        status.update("Protecting and testing the release")
        try:
            outcome = publish_review(found, profile, release, earlier, edition)
        except DisclosureError as problem:
            typer.echo(f"lamplighter: {problem}", err=True)
            raise typer.Exit(2) from None
    console.print(outcome.words)
    if not outcome.passed:
        raise typer.Exit(1)
