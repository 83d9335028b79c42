"""The register of recommendations: check it, see how it stands on a day, and check a plan against it."""

from __future__ import annotations

import csv
import datetime as dt
import sys
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from lamplighter.rule_files.faults import Fault
    from lamplighter.studies.register.entries import Register

Folder = Annotated[
    str, typer.Argument(help="Folder of a register, or “shipped” for the one that comes with the software.")
]
AsAt = Annotated[
    dt.datetime | None,
    typer.Option(
        "--as-at", formats=["%Y-%m-%d"], help="By what was entered on this day. Today, if not said."
    ),
]
Since = Annotated[
    Path | None, typer.Option("--since", help="An earlier edition, of which nothing may be written over.")
]
Plan = Annotated[Path, typer.Argument(help="The plan: a TOML file.")]
Template = Annotated[
    bool, typer.Option("--template", help="Write a plan to fill in, in place of checking one.")
]
Out = Annotated[Path, typer.Argument(help="Folder to write to; made if it is not there.")]
Rows = Annotated[bool, typer.Option("--csv", help="Print a row for each recommendation and body.")]


def add_to(app: typer.Typer) -> None:
    """Put this module's commands on the command line."""
    group = typer.Typer(
        help="Recommendations: what was asked, what was said, what is shown.", no_args_is_help=True
    )
    group.command("check")(check)
    group.command("status")(status)
    group.command("plan")(plan)
    group.command("pages")(pages)
    app.add_typer(group, name="register")


def check(folder: Folder, since: Since = None) -> None:
    """Check a register: status 0 when it can be used, 1 with every fault by file and line when it cannot."""
    from lamplighter.studies.register.changes import changes, written_over
    from lamplighter.studies.register.loading import ahead

    register = _loaded(folder)
    today = dt.datetime.now(dt.UTC).date()
    faults = ahead(register, today)
    old = None if since is None else _loaded(str(since))
    if old is not None:
        faults += written_over(old, register)
    _refuse(faults)
    typer.echo(
        f"{len(register.recommendations)} recommendations of {len(register.sources)} publications: no faults."
    )
    for change in () if old is None else changes(old, register, today, today):
        typer.echo(f"{change.on} {change.kind}: {change.text}")


def status(folder: Folder, as_at: AsAt = None, csv_: Rows = False) -> None:
    """Say how each recommendation stands on a day, by what had been entered by then."""
    from lamplighter.studies.register.tables import STANDINGS, tables
    from lamplighter.studies.register.verdicts import STATUSES, WORDS, standing

    register, on = _loaded(folder), _day(as_at)
    if csv_:
        rows = tables(register, on).rows[STANDINGS]
        writer = csv.writer(sys.stdout)
        writer.writerow(rows[0] if rows else ["id"])
        writer.writerows(row.values() for row in rows)
        return
    held = register.held(on)
    typer.echo(f"As known on {on}: {len(held)} recommendations.")
    for one in held:
        if not one.says_something:
            continue
        found = [standing(register, one, body, on) for body in register.asked(one, on)]
        counts = Counter(s.status for s in found)
        told = "; ".join(f"{WORDS[s]} {counts[s]}" for s in STATUSES if counts[s])
        late = [s.slipped for s in found if s.slipped]
        slip = f" Up to {max(late)} days after the first due date." if late else ""
        typer.echo(f"{one.id}  due {one.due or 'not held'}  {told}.{slip}")
    blank = [one.id for one in held if not one.says_something]
    if blank:
        typer.echo(f"Of {len(blank)} nothing is held but their number.")


def plan(folder: Folder, plan: Plan, template: Template = False, as_at: AsAt = None) -> None:
    """Check whether a plan can be held to account. Status 1 with the reasons, by target and line, if not."""
    from lamplighter.studies.register.plan import check_plan
    from lamplighter.studies.register.template import template as to_fill_in

    register, on = _loaded(folder), _day(as_at)
    if template:
        if plan.exists():
            raise typer.BadParameter(f"{plan} is there already. Name another file.", param_hint="PLAN")
        plan.write_text(to_fill_in(register, on, plan.name), "utf-8")
        typer.echo(f"{plan}: fill in what is empty, and check it without --template.")
        return
    try:
        text = plan.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError):
        raise typer.BadParameter(f"{plan} cannot be read as text.", param_hint="PLAN") from None
    found = check_plan(text, plan.name, register, on)
    for fault in found.faults:
        typer.echo(f"[{fault.name}] {fault}")
    typer.echo(found.in_short)
    if found.left_out:
        typer.echo(
            f"No target takes up: {', '.join(found.left_out)}. Name each under [[left_out]] with a reason."
        )
    if not found.accountable:
        raise typer.Exit(1)


def pages(folder: Folder, out: Out, as_at: AsAt = None) -> None:
    """Write the register's pages and tables as at a day, into a folder that opens in any browser."""
    from lamplighter.studies.register.site import write_site

    try:
        many = write_site(_loaded(folder), _day(as_at), out)
    except FileExistsError as problem:
        raise typer.BadParameter(str(problem), param_hint="OUT") from None
    typer.echo(f"{many} pages. The first: {out / 'register/index.html'}")


def _day(as_at: dt.datetime | None) -> dt.date:
    return (as_at or dt.datetime.now(dt.UTC)).date()


def _loaded(folder: str) -> Register:
    from lamplighter.rule_files.faults import RuleFileError
    from lamplighter.studies.register.loading import SHIPPED, load, shipped

    if folder != SHIPPED and not Path(folder).is_dir():
        raise typer.BadParameter(f"There is no folder {folder}.", param_hint="FOLDER")
    try:
        return shipped() if folder == SHIPPED else load(Path(folder))
    except RuleFileError as problem:
        _refuse(problem.faults)
        raise


def _refuse(faults: Iterable[Fault]) -> None:
    there = list(faults)
    for fault in there:
        typer.echo(f"[{fault.name}] {fault}", err=True)
    if there:
        typer.echo(f"{len(there)} faults." if len(there) > 1 else "1 fault.", err=True)
        raise typer.Exit(1)
