"""Tell of a problem that whoever runs a command can correct."""

from __future__ import annotations

import typer


def failed(problem: object) -> typer.Exit:
    """Say it in one line, and return the end of the command: status 2."""
    typer.echo(f"lamplighter: {problem}", err=True)
    return typer.Exit(2)
