"""The hub's own records as a study bundle, for an administrator on the server."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from lamplighter.cli.administration.auditing import use_hub
from lamplighter.cli.problems import failed
from lamplighter.hub.site.refusals import NotPossibleError

DAYS = ["%Y-%m-%d"]
Out = Annotated[Path, typer.Option("--out", help="Folder to write to; it must be empty or not there yet.")]
Why = Annotated[str, typer.Option("--reason", help="Why it is taken out; kept in the audit trail.")]


class Scope(StrEnum):
    """Name which reports."""

    REPORTS = "reports"
    CASES = "cases"


def export(
    out: Out,
    reason: Why,
    first: Annotated[
        dt.datetime | None, typer.Option("--from", formats=DAYS, help="First day. Else twelve months back.")
    ] = None,
    last: Annotated[
        dt.datetime | None, typer.Option("--to", formats=DAYS, help="Last day. Else the last whole month's.")
    ] = None,
    scope: Annotated[
        Scope,
        typer.Option("--scope", help="Every report about stalking, or the hub's own cases with what it did."),
    ] = Scope.REPORTS,
) -> None:
    """Take the hub's reports out as a bundle under fresh pseudonyms. It is written in the audit trail."""
    use_hub()
    from django.utils import timezone

    from lamplighter.hub.insight import selectors, services
    from lamplighter.hub.insight.export.bundle import PERSONAL_DATA, TooLittleError, TooTellingError
    from lamplighter.hub.insight.export.unique import COARSER

    usual = selectors.last_year(timezone.localdate())
    period = (first.date() if first else usual[0], last.date() if last else usual[1])
    try:
        made = services.export_to(out, scope.value, period, reason)
    except (TooLittleError, TooTellingError, NotPossibleError, FileExistsError) as problem:
        raise failed(problem) from None
    for name, number in made.tables.items():
        typer.echo(f"{name}: {number:,} rows")
    for why, number in made.left_out.items():
        typer.echo(f"left out: {number:,} {why}")
    if made.coarser:
        typer.echo(
            "left out, so that fewer people stand alone: " + ", ".join(COARSER[c] for c in made.coarser)
        )
    alone = made.unique
    typer.echo(
        f"{alone.alone:,} of {alone.rows:,} reports are of the only victim with their force, "
        "quarter, ages and "
        "relationship."
    )
    typer.echo(f"The bundle is in {out}. {PERSONAL_DATA}")
