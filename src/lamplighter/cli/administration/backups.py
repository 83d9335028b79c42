"""Copies of the hub from the command line: make one, prove that it comes back, bring it back."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from lamplighter.cli.administration.auditing import use_hub
from lamplighter.cli.problems import failed

Folder = Annotated[Path, typer.Argument(help="The folder of the copy.")]
KeyFile = Annotated[
    Path | None, typer.Option("--key", help="A file with the key, as `lamplighter backup-key` printed it.")
]


def add_to(app: typer.Typer) -> None:
    """Put this module's commands on the command line."""
    app.command("backup")(backup)
    app.command("restore")(restore)
    app.command("backup-key")(backup_key)


def backup(
    out: Annotated[Path | None, typer.Option("--out", help="A new folder for the copy.")] = None,
    into: Annotated[
        Path | None,
        typer.Option("--into", help="A folder of copies: this one gets a folder named by the time."),
    ] = None,
    keep: Annotated[
        int,
        typer.Option("--keep", min=0, help="With --into: remove older copies beyond this number (0: none)."),
    ] = 0,
    key: KeyFile = None,
) -> None:
    """Make a sealed copy of the whole hub as it is at this moment, while it goes on working.

    It holds everything that a new machine needs, but for its key.
    """
    if (out is None) == (into is None):
        raise failed("Say where the copy goes: a new folder with --out, or a folder of copies with --into.")
    use_hub()
    from lamplighter.hub.operations.backups import copying

    out = out or copying.folder_in(into or Path())
    made = copying.backup(out, key_file=key)
    for old in copying.remove_older(into, keep) if into and keep else []:
        typer.echo(f"Removed: {old}")
    rows = sum(count for count, _ in made.held.tables.values())
    typer.echo(
        f"{rows:,} rows of {len(made.held.tables)} tables, {made.bytes / 1e6:,.1f} MB, "
        f"in {made.seconds:.1f} s, sealed in {out}."
    )
    typer.echo(
        "Keep the key (`lamplighter backup-key`) somewhere else: without it the copy cannot be opened, and "
        "with it whoever has the copy has the hub."
    )


def restore(
    folder: Folder,
    key: KeyFile = None,
    drill: Annotated[
        bool, typer.Option("--drill", help="Bring it back beside the hub, compare, and throw it away.")
    ] = False,
    replace: Annotated[
        bool,
        typer.Option("--replace", help="Put it in the place of the hub's database; the old one is kept."),
    ] = False,
) -> None:
    """Bring a copy back and prove it equal, the audit chain included; without an option, beside the hub.

    Status 0: equal. 1: it came back, and something differs. 2: it could not be brought back.
    """
    use_hub()
    from lamplighter.hub.operations.backups import copying, sealing, unpacking
    from lamplighter.hub.rights.erasure import ledger

    try:
        found = copying.restore(folder, key_file=key, keep_as="" if drill else copying.RESTORED)
    except ledger.NotALineError as problem:
        raise failed(problem) from None
    rows = sum(count for count, _ in found.held.tables.values())
    typer.echo(f"{rows:,} rows of {len(found.held.tables)} tables came back in {found.seconds:.1f} s.")
    if not found.manifest_sealed:
        typer.echo(
            "This copy was made by an earlier version: when it was made, and what should be in it, stands "
            "beside it unsealed. Compare the day with what you know."
        )
    typer.echo(f"Audit chain: {found.audit}")
    for words in found.differences[:20]:
        typer.echo(f"DIFFERS  {words}")
    if not found.equal:
        typer.echo("NOT EQUAL. Nothing of the hub was touched.")
        raise typer.Exit(1)
    typer.echo("Equal: every table row for row, the rules of the wall, and the audit chain.")
    if found.erased:
        typer.echo(
            f"Erased since the copy was made, and now in it too: {found.erased:,} cases or parts of cases."
        )
    if replace:
        before = copying.replace(found, key_file=key)
        typer.echo("It is the hub's database now.")
        with unpacking.opened(folder / unpacking.FILE, sealing.key(key)) as beside:
            for words in unpacking.bring_back_installation(beside):
                typer.echo(words)
        if before:
            typer.echo(
                f"The one before is kept as {before}. What was written since the copy is in that one only. "
                "Remove it when you no longer need it: it holds people's records."
            )
    elif not drill:
        typer.echo(f"It is in the database {found.database}. With --replace it takes the hub's place.")


def backup_key() -> None:
    """Print the key that this installation seals its copies with. Keep it where the copies are not."""
    use_hub()
    from lamplighter.hub.operations.backups import sealing

    typer.echo(sealing.key().hex())
