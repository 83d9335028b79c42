"""``lamplighter publish``: tables leave only through the disclosure gate."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from lamplighter.cli.problems import failed

if TYPE_CHECKING:
    from lamplighter.disclosure.gate import Blocked, Released
    from lamplighter.disclosure.printed import Printed

Tables = Annotated[Path, typer.Argument(help="Folder with release.json and a CSV file for each table.")]
Out = Annotated[Path, typer.Option("--out", help="Folder for the release; nothing may be in it.")]
Name = Annotated[str, typer.Option("--profile", help="One of ours (docs/disclosure.md) or of --profiles.")]
Profiles = Annotated[Path | None, typer.Option("--profiles", help="A file of profiles of your own (TOML).")]
OnDate = Annotated[
    datetime | None, typer.Option("--on", formats=["%Y-%m-%d"], help="Take the rules in force on this day.")
]
Earlier = Annotated[
    Path | None,
    typer.Option("--earlier", help="Ledger of everything printed before; this release is entered in it."),
]
Attach = Annotated[
    Path | None, typer.Option("--attach", help="Folder of charts and pages that are to leave as well.")
]
Account = Annotated[
    Path | None,
    typer.Option("--account", help="Write why each cell is hidden to this file. For people inside only."),
]


def add_to(app: typer.Typer) -> None:
    """Put this module's command on the command line."""
    app.command("publish")(publish)


def publish(
    tables: Tables,
    out: Out,
    profile: Name = "police-victim",
    profiles: Profiles = None,
    on: OnDate = None,
    earlier: Earlier = None,
    attach: Attach = None,
    account: Account = None,
) -> None:
    """Protect tables, print them, have the print attacked; release them only if they withstand."""
    from lamplighter.disclosure import folders, gate
    from lamplighter.disclosure import profiles as rules
    from lamplighter.disclosure.errors import DisclosureError

    def files(_: Printed) -> Mapping[str, bytes]:
        if attach is None:
            return {}
        inside = sorted(p for p in attach.rglob("*") if p.is_file())
        return {p.relative_to(attach).as_posix(): p.read_bytes() for p in inside}

    try:
        if account is not None and account.resolve().is_relative_to(out.resolve()):
            raise DisclosureError("The account may not lie in the release.", remedy="Write it elsewhere.")
        outcome = gate.publish(
            folders.read_release(tables),
            rules.profile(profile, on.date() if on else None, profiles),
            out,
            earlier,
            draw=files,
        )
    except DisclosureError as problem:
        raise failed(problem) from None
    if account is not None and outcome.account is not None:
        document = outcome.account.document() | {"attack": outcome.attack.document()}
        account.write_text(json.dumps(document, indent=1, ensure_ascii=False) + "\n", "utf-8")
    _tell(outcome, out)


def _tell(outcome: Released | Blocked, out: Path) -> None:
    from lamplighter.disclosure.attack import told
    from lamplighter.disclosure.gate import Blocked

    if isinstance(outcome, Blocked):
        typer.echo(f"Blocked: nothing was released.\n{outcome.words}", err=True)
        raise typer.Exit(1)
    account = outcome.account
    primary = sum(cell.primary for cell in account.hidden)
    further = len(account.hidden) - primary
    typer.echo(
        f"{account.cells:,} cells: {primary:,} hidden for themselves, {further:,} so that those cannot be "
        f"worked out; hidden value {account.ratio:.2f} of the least possible."
    )
    typer.echo(told(outcome.attack))
    typer.echo(f"Released into {out}")
