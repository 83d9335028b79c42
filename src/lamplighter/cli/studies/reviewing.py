"""``lamplighter review``: the review of one bundle, for those inside and, protected, for everybody."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.status import Status

from lamplighter.cli.problems import failed

#: What a shell says of a program that was stopped by hand.
STOPPED = 130
_LONG = 5.0  # seconds of a step that are worth a line

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


@contextmanager
def stoppable(console: Console, status: Status, keep: Path) -> Iterator[Callable[[str], None]]:
    """Give what is told of each step, and say of a run that is stopped where it stood and how it goes on.

    A step that took long is said with its time when it is over, on a terminal and in a file alike.
    """
    began = since = time.monotonic()
    current = "Reading and checking the bundle"

    def say(step: str) -> None:
        nonlocal since, current
        now = time.monotonic()
        if now - since >= _LONG:
            console.print(f"{current}: {now - since:.0f} s")
        since, current = now, step
        status.update(step)

    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    # Only the main thread may ask for signals; anywhere else a stop is not for this command to tell.
    main = threading.current_thread() is threading.main_thread()
    before = signal.signal(signal.SIGTERM, stop) if main else None
    try:
        yield say
    except KeyboardInterrupt:
        kept = sorted(file.stem for file in keep.glob("*.json"))
        console.print(f"Stopped after {time.monotonic() - began:.0f} s. It was at: {current}.")
        if kept:
            console.print(
                f"{len(kept)} finished {'model is' if len(kept) == 1 else 'models are'} kept in {keep}, "
                "and contain small numbers. The same command goes on from there; to begin anew, delete "
                "that folder."
            )
        else:
            console.print("Nothing was finished that could be kept: the same command begins anew.")
        raise typer.Exit(STOPPED) from None
    finally:
        if main:
            signal.signal(signal.SIGTERM, before)


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
    from lamplighter.studies.review.finished import forget
    from lamplighter.studies.review.publication.publishing import publish_review
    from lamplighter.studies.review.publication.report_folder import write_review
    from lamplighter.study_bundle import checking
    from lamplighter.study_bundle.spreadsheets import mapped_bundle
    from lamplighter.study_bundle.spreadsheets.mapping import find_mapping

    console = Console(stderr=True)
    keep = out.with_name(f"{out.name}.unfinished")
    with console.status("Reading and checking the bundle") as status, stoppable(console, status, keep) as say:
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
        found = engine.review(checked.required(), progress=say, rejects=rejects, keep=keep)
        say("Writing the report")
        try:
            write_review(found, out)
        except FileExistsError as problem:
            raise typer.BadParameter(str(problem), param_hint="--out") from None
        console.print(f"Internal report: {out / 'report.html'}")
        forget(keep)
        if release is None:
            return
        say("Protecting and testing the release")
        try:
            outcome = publish_review(found, profile, release, earlier, edition)
        except DisclosureError as problem:
            raise failed(problem) from None
    console.print(outcome.words)
    if not outcome.passed:
        raise typer.Exit(1)
