"""The ``lamplighter`` command: thin commands that read their arguments, call a room and print what came back.

Rooms are imported inside the commands so that ``lamplighter --help`` answers at once.
"""

from __future__ import annotations

import sys

import typer

from lamplighter.cli import auditing, backups, bundles, hub, linking, publishing, reviewing, spine, worlds

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
publishing.add_to(app)
reviewing.add_to(app)


def main() -> None:
    """Run the command. A wrong input ends with one clear message and status 2, never a traceback."""
    from lamplighter.records.errors import RecordsError

    try:
        app()
    except RecordsError as problem:
        typer.echo(f"lamplighter: {problem}", err=True)
        sys.exit(2)


if __name__ == "__main__":
    main()
