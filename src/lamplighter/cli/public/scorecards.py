"""The public scorecard: its sources, its pages, and whether every number of them resolves."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer
from rich.console import Console
from rich.markup import escape

app = typer.Typer(
    help="A public static site of measures and forces, each number with its source.", no_args_is_help=True
)
Day = Annotated[
    str | None, typer.Option("--as-at", help="Day as at which the site is read; today unless told.")
]


def _day(text: str | None, option: str) -> dt.date:
    try:
        return (
            dt.datetime.now(tz=ZoneInfo("Europe/London")).date()
            if text is None
            else dt.date.fromisoformat(text)
        )
    except ValueError:
        raise typer.BadParameter("Write the day as 2026-11-30.", param_hint=option) from None


@app.command()
def add(
    files: Annotated[
        list[Path],
        typer.Argument(
            help="Published files, as downloaded: CSV (also .gz), Excel; or the folder of a release that "
            "the gate has passed."
        ),
    ],
    folder: Annotated[
        Path, typer.Option("--folder", help="The scorecard's folder; begun if it is not there.")
    ],
    published: Annotated[str, typer.Option("--published", help="Day of publication, as 2020-01-23.")],
    obtained: Annotated[str, typer.Option("--obtained", help="Day on which it was downloaded.")],
    address: Annotated[str, typer.Option("--address", help="Address from which it was downloaded.")],
    edition: Annotated[
        str, typer.Option("--edition", help="Month of publication, as 2020-01; a release has its own.")
    ] = "",
    title: Annotated[str, typer.Option("--title", help="Title as published; a release has its own.")] = "",
    publisher: Annotated[str, typer.Option("--publisher", help="Home Office unless told.")] = "",
    licence: Annotated[str, typer.Option("--licence")] = "Open Government Licence v3.0",
    note: Annotated[str, typer.Option("--note", help="What a reader must know of it.")] = "",
    made_up: Annotated[
        bool, typer.Option("--made-up", help="The figures are made up; every page says so.")
    ] = False,
    ledger: Annotated[
        Path | None,
        typer.Option(
            "--ledger", help="Of a release: the ledger in which the gate wrote down what it printed."
        ),
    ] = None,
    force: Annotated[
        list[str] | None,
        typer.Option(
            "--force",
            help="Of a release: code of a force whose cases it counts; once for each. "
            "A study of reoffending names its own.",
        ),
    ] = None,
    first: Annotated[
        str,
        typer.Option(
            "--from", help="Of a release: the first day that it counts; a study of reoffending says it."
        ),
    ] = "",
    last: Annotated[
        str, typer.Option("--until", help="Of a release: the last day that it counts; the same.")
    ] = "",
) -> None:
    """Keep published files, or a release, as snapshots by hash and write them down."""
    from lamplighter.studies.scorecard.folder import add_source
    from lamplighter.studies.scorecard.releases.held import MissingFact, add_release

    console = Console(stderr=True)
    facts = {
        "publisher": publisher or "Home Office",
        "published": _day(published, "--published"),
        "obtained": _day(obtained, "--obtained"),
        "licence": licence,
        "address": address,
        "note": note,
        "made_up": made_up,
    }
    for file in files:
        if file.is_dir():
            if ledger is None:
                raise typer.BadParameter("A release needs it.", param_hint="--ledger")
            if not publisher:
                raise typer.BadParameter("Name the force or hub that published it.", param_hint="--publisher")
            own = {
                **facts,
                "forces": sorted(force or ()),
                "first": _day(first, "--from") if first else None,
                "last": _day(last, "--until") if last else None,
            }
            options = {"forces": "--force", "first": "--from", "last": "--until"}
            with console.status("Holding it against the ledger and attacking it"):
                try:
                    held = add_release(folder, file, ledger, own)
                except MissingFact as missing:
                    raise typer.BadParameter(
                        "A release needs it.", param_hint=options[missing.name]
                    ) from None
            console.print(f"{escape(held.id)}: SHA-256 of its hashes {held.sha256}", soft_wrap=True)
            continue
        for text, option in ((edition, "--edition"), (title, "--title")):
            if not text:
                raise typer.BadParameter("A published file needs it.", param_hint=option)
        made = add_source(folder, file, {**facts, "title": title, "edition": edition})
        console.print(f"{escape(made.id)}: SHA-256 {made.sha256}", soft_wrap=True)


@app.command()
def build(
    folder: Annotated[Path, typer.Argument(help="The scorecard's folder.")],
    out: Annotated[
        Path, typer.Option("--out", help="Folder of the site; an earlier site in it is replaced.")
    ],
    as_at: Day = None,
    since: Annotated[
        Path | None, typer.Option("--since", help="The site that stood before, for what changed.")
    ] = None,
    register: Annotated[
        Path | None,
        typer.Option("--register", help="Folder of the register of recommendations, or “shipped”."),
    ] = None,
) -> None:
    """Build the site: a page a measure, a page a force, one for the country."""
    from lamplighter.studies.scorecard.site import build as build_site
    from lamplighter.studies.scorecard.site import write_site

    console = Console(stderr=True)
    with console.status("Reading the sources and drawing"):
        made = build_site(folder, _day(as_at, "--as-at"), since=since, register=register)
        write_site(made, out)
    console.print(
        f"{made.pages} pages; {made.forces_out} of {made.forces} forces are out. The site: "
        f"{escape(str(out / 'index.html'))}",
        soft_wrap=True,
    )


@app.command()
def check(
    site: Annotated[Path, typer.Argument(help="Folder of a site.")],
    folder: Annotated[
        Path | None,
        typer.Option("--folder", help="The scorecard's folder: figures are worked out anew from it."),
    ] = None,
) -> None:
    """Tell whether every number of a site resolves to its cell, its card and its source. Status 1 if not."""
    import json

    from lamplighter.studies.scorecard.crawl import check_site

    console = Console(stderr=True)
    found = check_site(site)
    faults = [str(fault) for fault in found.faults]
    if folder is not None:
        from lamplighter.studies.scorecard.site import build as build_site

        day = json.loads((site / "manifest.json").read_text("utf-8"))["as_at"]
        made = build_site(folder, dt.date.fromisoformat(day)).files
        faults += [
            f"{name}: the sources give other figures."
            for name in ("data/figures.csv", "data/quarters.csv", "data/editions.csv")
            if made[name] != (site / name).read_bytes()
        ]
    for fault in faults[:50]:
        console.print(escape(fault), soft_wrap=True)
    console.print(
        f"{found.pages} pages, {found.numbers:,} numbers from {len(found.cells):,} cells, "
        f"{found.links:,} links: "
        f"{len(faults):,} faults",
        soft_wrap=True,
    )
    if faults:
        raise typer.Exit(1)


@app.command()
def mail(
    site: Annotated[Path, typer.Argument(help="Folder of the site, built with --since.")],
    to: Annotated[Path, typer.Option("--to", help="File of subscribers (TOML), kept outside the site.")],
    settings: Annotated[Path, typer.Option("--settings", help="How messages leave (TOML).")],
    ledger: Annotated[
        Path, typer.Option("--ledger", help="What was told already; begun if it is not there. Keep it.")
    ],
    out: Annotated[
        Path | None,
        typer.Option("--out", help="Write messages as .eml files into this folder, and send nothing."),
    ] = None,
    since: Annotated[
        str, typer.Option("--since", help="First day of which changes are told, as 2026-11-30.")
    ] = "",
) -> None:
    """Tell subscribers by e-mail what changed: one message a topic, no change twice. Status 1 if refused."""
    from lamplighter.studies.scorecard.mail.sending import send

    done = send(site, to, settings, ledger, out=out, since=_day(since, "--since") if since else None)
    console = Console(stderr=True)
    if done.unknown:
        console.print(
            f"An earlier run was cut off: of {done.unknown} messages nobody knows whether they left. They "
            "are not sent again.",
            soft_wrap=True,
        )
    console.print(
        f"{done.sent} messages {'written' if out else 'sent'}, {done.refused} refused; "
        f"{done.subscribers} subscribers.",
        soft_wrap=True,
    )
    if done.refused:
        raise typer.Exit(1)


def add_to(to: typer.Typer) -> None:
    """Put this module's commands on the command line."""
    to.add_typer(app, name="scorecard")
