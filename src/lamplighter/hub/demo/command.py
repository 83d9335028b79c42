"""A fictional force area, imported, linked and on screen, with one command.

Makes the exports of three made-up agencies, imports them with the real
importer, links, finds the patterns, and starts the site and its worker. Run
again, it starts from what is already there.
"""

from __future__ import annotations

import argparse
import os
import socket
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import closing

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from lamplighter.hub.site import processes
from lamplighter.hub.site.errors import OperatorError

PORT = 8000


def main(arguments: Sequence[str] | None = None) -> int:
    options = _options(arguments)
    console = Console()
    try:
        with processes.stoppable():
            return _run(options, console)
    except processes.Stopped:
        return 0
    except OperatorError as problem:
        sys.exit(f"lamplighter: {problem}")
    finally:
        _let_go()


def _run(options: argparse.Namespace, console: Console) -> int:
    started = time.monotonic()
    _prepare_environment()
    with Progress(
        SpinnerColumn(),
        TextColumn("{task.description:<52}"),
        BarColumn(bar_width=24),
        TimeElapsedColumn(),
        console=console,
    ) as progress:
        users = _build(progress, fresh=options.fresh, blind_sample=options.blind_sample)
    console.print(f"Ready after {time.monotonic() - started:.0f} seconds.")
    if options.no_serve:
        return 0
    console.print("Starting the site.")
    return processes.run(
        [processes.site("127.0.0.1", options.port), processes.worker()],
        port=options.port,
        when_ready=lambda: _tell(console, options.port, users),
    )


def _let_go() -> None:
    """End the embedded server, unless somebody else uses it too."""
    from django.db import connections

    from lamplighter.hub.site import database

    if not database.own_server() and database.running():
        connections.close_all()
        database.stop(only_if_idle=True)


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make demo", description=__doc__)
    parser.add_argument(
        "--port", type=int, default=0, help=f"port of the site (default {PORT}, or a free one)"
    )
    parser.add_argument("--fresh", action="store_true", help="empty the demonstration's database first")
    parser.add_argument(
        "--blind-sample",
        action="store_true",
        help="add thirty cases that two people judged blind, for the page of how far second raters agree",
    )
    parser.add_argument("--no-serve", action="store_true", help="build everything, but start no site")
    options = parser.parse_args(arguments)
    options.port = options.port or _free_port()
    return options


def _free_port() -> int:
    for wanted in (PORT, 0):
        with closing(socket.socket()) as probe:
            try:
                probe.bind(("127.0.0.1", wanted))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise OSError("No free port was found.")


def _prepare_environment() -> None:
    """What the demonstration's processes share. Cookies go without TLS: it answers on this machine only."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lamplighter.hub.site.settings")
    os.environ.update(LAMPLIGHTER_DEMO="1", LAMPLIGHTER_HTTPS="0", LAMPLIGHTER_HOSTS="localhost,127.0.0.1")
    os.environ.setdefault("LAMPLIGHTER_LOG_LEVEL", "WARNING")
    # Made-up people have no telephones; with "required" they set up a second step like everybody.
    os.environ.setdefault("LAMPLIGHTER_SECOND_FACTOR", "optional")
    import django

    django.setup()


def _build(progress: Progress, *, fresh: bool, blind_sample: bool) -> list[tuple[str, str, str]]:
    from django.core.management import call_command

    from lamplighter.hub.demo import world
    from lamplighter.hub.site import database

    def step(text: str) -> Callable[[str, float], None]:
        task = progress.add_task(text, total=1.0)

        def report(words: str, share: float) -> None:
            done = share >= 1.0
            progress.update(
                task, completed=share, description=text if done or not words else f"{text}: {words.lower()}"
            )

        return report

    done = step("Starting PostgreSQL")
    if not database.own_server():
        database.place()
        if fresh:
            database.recreate()
            world.forget()
    done("", 1.0)
    done = step("Making the tables")
    call_command("migrate", verbosity=0, interactive=False)
    done("", 1.0)
    done = step("Making the people who sign in")
    users = world.make_users()
    done("", 1.0)
    world.build(step, blind_sample=blind_sample)
    return users


def _tell(console: Console, port: int, users: list[tuple[str, str, str]]) -> None:
    from lamplighter.hub.demo import world

    console.print(f"\n[bold]Lamplighter is at http://localhost:{port}[/bold]  (everybody in it is made up)\n")
    console.print(f"Sign in with the password [bold]{world.PASSWORD}[/bold] as one of:")
    for username, role, agency in users:
        console.print(f"  [bold]{username:<14}[/bold] {role}, {agency}")
    console.print(
        "\nStop with Ctrl-C. Run it again to go on from here, with ARGS=--fresh to begin anew, ending today."
    )


if __name__ == "__main__":
    sys.exit(main())
