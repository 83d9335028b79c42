"""The ``lamplighter`` command: thin commands that read their arguments, call a room and print what came back.

Rooms are imported inside the commands so that ``lamplighter --help`` answers at once.
"""

from __future__ import annotations

import os
import sys

import typer

from lamplighter.cli import linking, worlds
from lamplighter.cli.administration import auditing, backups, hub, instruments
from lamplighter.cli.country import national, reoffending
from lamplighter.cli.public import registers, scorecards
from lamplighter.cli.studies import bundles, comparing, publishing, reviewing
from lamplighter.cli.trace import spine

app = typer.Typer(
    name="lamplighter",
    help="Separate reports become one explained course of conduct.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
spine.add_to(app)
linking.add_to(app)
worlds.add_to(app)
auditing.add_to(app)
backups.add_to(app)
hub.add_to(app)
bundles.add_to(app)
instruments.add_to(app)
publishing.add_to(app)
reviewing.add_to(app)
comparing.add_to(app)
scorecards.add_to(app)
registers.add_to(app)
reoffending.add_to(app)
national.add_to(app)


def main() -> None:
    """Run the command. A wrong input ends with one clear message and status 2, never a traceback."""
    # What any command writes may hold persons, or secrets: for whoever runs it, and nobody else.
    os.umask(0o077)
    try:
        app()
    except Exception as problem:
        words = _in_words(problem)
        if words is None:
            raise
        typer.echo(f"lamplighter: {words}", err=True)
        sys.exit(2)


def _in_words(problem: Exception) -> str | None:
    """Return what to tell of a problem that whoever runs the command can put right; ``None`` for a fault of
    ours."""
    from lamplighter.hub.site.errors import OperatorError
    from lamplighter.records.errors import RecordsError

    if isinstance(problem, OperatorError | RecordsError):
        return str(problem)
    if "django" not in sys.modules:
        return None
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management.base import CommandError
    from django.db import OperationalError

    if isinstance(problem, ImproperlyConfigured | CommandError):
        return str(problem).strip()
    if isinstance(problem, OperationalError):
        return f"The database does not answer: {str(problem).strip()}"
    return None


if __name__ == "__main__":
    main()
