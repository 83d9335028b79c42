"""The audit trail from the command line: is it what was written, and a signed statement to keep elsewhere."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from lamplighter.cli.problems import failed

Elsewhere = Annotated[
    list[Path] | None,
    typer.Option("--checkpoint", help="A checkpoint that was kept elsewhere; can be given many times."),
]
PublicKey = Annotated[
    str,
    typer.Option("--key", help="The public key, as `audit key` printed it. Without it, this installation's."),
]


Folder = Annotated[
    Path | None,
    typer.Option("--folder", help="The folder of checkpoints; without it, this installation's own."),
]


def add_to(app: typer.Typer) -> None:
    """Put this module's commands on the command line."""
    group = typer.Typer(help="The audit trail: verify it, sign how far it reached.", no_args_is_help=True)
    group.command("verify")(verify)
    group.command("checkpoint")(checkpoint)
    group.command("key")(key)
    app.add_typer(group, name="audit")


def use_hub() -> None:
    """Make the hub ready for a command of its owner: its settings and its database."""
    from lamplighter.cli.administration import hub
    from lamplighter.hub.site import environment, places

    environment.load(as_owner=True)
    # A trial in a clone is no installation, and may be copied and verified all the same.
    hub.prepare(as_owner=True, checked=places.installed() is not None)


def verify(checkpoint: Elsewhere = None, key: PublicKey = "", folder: Folder = None) -> None:
    """Work out every hash again. Names the first row that was changed, removed, reordered, put in or cut off.

    Status 0: all as it was written. 1: something is wrong. 2: it could not be checked.
    """
    use_hub()
    from lamplighter.hub.audit.integrity import checkpoints, signing, verification, visibility
    from lamplighter.hub.site import signatures

    try:
        kept = [signing.from_file(path) for path in checkpoint or []]
        where = folder or checkpoints.folder()
        public = [signatures.public_key(key)] if key else signatures.known_keys(where)
    except (signing.NotACheckpointError, signatures.NotAKeyError) as problem:
        raise failed(problem) from None
    statements = [*kept, *checkpoints.in_folder(where), *checkpoints.in_table()]
    away = checkpoints.elsewhere()
    if away is not None and folder is None:
        if away.is_dir():
            statements += checkpoints.in_folder(away)
        else:
            typer.echo(
                f"The folder {away} cannot be reached: its checkpoints were not held against the trail."
            )
    report = verification.verify(statements, public)
    rows = report.links + report.unsealed
    typer.echo(
        f"{rows:,} events read in {report.seconds:.1f} s ({report.speed:,.0f} a second), "
        f"{report.statements} checkpoint{'' if report.statements == 1 else 's'} held against them."
    )
    if report.aside:
        typer.echo(
            f"{report.aside} of them signed about rows after the copy that this hub was brought back from. "
            "Those rows are in the database that was replaced."
        )
    for note in report.notes:
        typer.echo(note)
    if report.first is None:
        typer.echo(
            f"Nothing was changed, removed, reordered, put in or cut off. Last hash: {report.last_hash}"
        )
        if not report.statements:
            typer.echo(
                "There is no checkpoint: a trail cut off at the end, or made anew as a whole, would not show."
            )
        typer.echo(visibility.CANNOT_KNOW)
        return
    typer.echo(f"NOT AS IT WAS WRITTEN. The first: {report.first}")
    if report.fault_count > 1:
        typer.echo(f"{report.fault_count - 1:,} more do not agree. The next:")
        for fault in report.faults[1:4]:
            typer.echo(f"  {fault}")
    raise typer.Exit(1)


def checkpoint(
    out: Annotated[Path, typer.Option("--out", help="The file to write; it must not be there yet.")],
    after: Annotated[
        int, typer.Option("--after", min=0, help="Leave out fingerprints of rows up to this position.")
    ] = 0,
) -> None:
    """Sign how far the trail reaches, into a file to keep elsewhere, and into the table of checkpoints."""
    use_hub()
    from lamplighter.hub.audit.integrity import checkpoints

    try:
        made = checkpoints.make(after=after)
        checkpoints.write(made, out)
    except checkpoints.NothingToSignError as problem:
        raise failed(problem) from None
    except OSError as problem:
        raise failed(f"{out} cannot be written: {problem.strerror}.") from None
    checkpoints.keep_in_table(made)
    typer.echo(
        f"Signed: {made.position:,} rows, last hash {made.hash}. Keep {out} where nobody here can write."
    )


def key() -> None:
    """Print the public key of the checkpoints. Keep a copy elsewhere."""
    use_hub()
    from lamplighter.hub.site import signatures

    typer.echo(signatures.public_text())
