"""A hub on its own server: set it up, run it, add people, bring files in, check it, bring it up to date."""

from __future__ import annotations

import os
import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from lamplighter.cli.problems import failed
from lamplighter.hub.site.refusals import NotPossibleError

group = typer.Typer(
    help="A hub on its own server: set it up, run it, look after it.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
Settings = Annotated[
    Path | None,
    typer.Option(
        "--settings",
        help="Folder with web.env and owner.env; without it, the one that LAMPLIGHTER_SETTINGS names.",
    ),
]
Name = Annotated[str, typer.Option("--name", help="What people call them, or it.")]
KeyFile = Annotated[
    Path | None, typer.Option("--key", help="A file with the key, as `lamplighter backup-key` printed it.")
]


class Role(StrEnum):
    """As in ``accounts.models``, which needs a hub to be imported; a test holds them to be the same."""

    COORDINATOR = "coordinator"
    INVESTIGATOR = "investigator"
    STALKING_LEAD = "stalking_lead"
    PROBATION = "probation"
    CLINICIAN = "clinician"
    ADVOCATE = "advocate"
    ADMINISTRATOR = "administrator"
    ANALYST = "analyst"
    AUDITOR = "auditor"


class Kind(StrEnum):
    """Of an agency; likewise."""

    POLICE = "police"
    HEALTH = "health"
    PROBATION = "probation"
    ADVOCACY = "advocacy"
    HUB = "hub"
    OTHER = "other"


class Only(StrEnum):
    """Name which jobs a worker sees to."""

    LONG = "long"
    SHORT = "short"


def add_to(app: typer.Typer) -> None:
    """Put this module's commands on the command line."""
    app.add_typer(group, name="hub")


def say(text: str) -> None:
    """Print a line."""
    typer.echo(text)


def ready(*, as_owner: bool, settings: Path | None = None) -> None:
    """Read the settings, and become the user to whom the hub's folder belongs."""
    from lamplighter.hub.operations import installing
    from lamplighter.hub.site import environment

    if settings is not None:
        os.environ[environment.SETTINGS] = str(settings)
    if not as_owner:
        os.environ["LAMPLIGHTER_DATABASE_LOGIN"] = "app"
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lamplighter.hub.site.settings")
    environment.load(as_owner=as_owner)
    installing.become_owner_of_home()


def prepare(*, as_owner: bool, settings: Path | None = None, checked: bool = True) -> None:
    """Make the hub ready for a command.

    ``checked``: refuse to work in a folder that is no hub's home, or that misses something.
    """
    from lamplighter.hub.operations import installing

    ready(as_owner=as_owner, settings=settings)
    if checked:
        installing.check_home()
    import django

    django.setup()
    _check_login(as_owner=as_owner)


def _check_login(*, as_owner: bool) -> None:
    """Refuse a login with more rights than it should have. A site may start before its database does."""
    from django.db import OperationalError, connection

    from lamplighter.hub.site import database
    from lamplighter.hub.site.postgresql import rights

    try:
        connection.ensure_connection()
    except OperationalError:
        if as_owner:
            raise
        return
    try:
        if as_owner and database.own_server():
            with connection.cursor() as cursor:
                rights.check_owner(cursor.connection)
    finally:
        connection.close()


@group.command()
def roles(
    server: Annotated[
        str, typer.Option("--server", help="Host and port at which the site reaches PostgreSQL.")
    ] = "127.0.0.1:5432",
    name: Annotated[str, typer.Option("--database", help="Name of the hub's database.")] = "lamplighter",
    settings: Settings = None,
) -> None:
    """Print what a database administrator runs once with psql, and write both logins into the settings.

    For a server of your own (PostgreSQL 17 or later). It makes the roles and an empty database and keeps
    people's words out of the server's log. It holds no password.
    """
    from lamplighter.hub.operations import installing
    from lamplighter.hub.site import environment

    if settings is not None:
        os.environ[environment.SETTINGS] = str(settings)
    try:
        script = installing.roles_script(server=server, name=name)
    except (ValueError, PermissionError) as problem:
        raise failed(problem) from None
    sys.stdout.write(script)


@group.command()
def init(
    administrator: Annotated[str, typer.Option("--administrator", help="User name of the first one.")] = "",
    name: Annotated[str, typer.Option("--name", help="Their name.")] = "",
    copy: Annotated[
        Path | None, typer.Option("--from", help="A copy of a hub: bring it back here, on a new machine.")
    ] = None,
    key: KeyFile = None,
    settings: Settings = None,
) -> None:
    """Make this folder the home of a hub: secrets, tables, the wall and the first administrator.

    Prints a link by which the administrator chooses a password and sets up a second step. Without
    DATABASE_URL a PostgreSQL of the hub's own is started, for a trial or a small hub.
    """
    from lamplighter.hub.operations import installing
    from lamplighter.hub.operations.backups import unpacking

    ready(as_owner=True, settings=settings)
    if copy is not None:
        # Before anything asks for a secret, and makes one of its own.
        for line in unpacking.bring_back(copy, key):
            say(line)
    prepare(as_owner=True, checked=False)
    installing.init(say, copy=copy, key=key)
    if administrator:
        if not name:
            raise installing.InstallError("Say the administrator's name with --name.")
        say("Open this link once, within three days, on a device that is yours:")
        say(installing.invite(administrator, name, Role.ADMINISTRATOR))
        say(
            "Whom they invite opens nothing until a second person has confirmed it: an auditor, until the "
            "agency has somebody. Add one: `lamplighter hub add-user NAME --name NAME --role auditor`."
        )
    elif copy is None:
        say("Nobody can sign in yet. Add the first administrator: `lamplighter hub add-user`.")


@group.command()
def serve(
    host: Annotated[
        str, typer.Option("--host", help="Address to listen on; a proxy stands in front.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port")] = 8000,
    settings: Settings = None,
) -> None:
    """Run the site until it is stopped (Ctrl-C, TERM)."""
    from lamplighter.hub.site import processes

    prepare(as_owner=False, settings=settings)
    _check_all()
    status = processes.run([processes.site(host, port)], when_ready=lambda: None)
    raise typer.Exit(status)


@group.command()
def worker(
    only: Annotated[
        Only | None,
        typer.Option("--only", help="Only jobs that may take long, or only the others. Without it, all."),
    ] = None,
    settings: Settings = None,
) -> None:
    """Do the background work until it is stopped: files, feeds, time limits, reviews."""
    from lamplighter.hub.operations.worker import Worker

    prepare(as_owner=False, settings=settings)
    _check_all()
    raise typer.Exit(Worker(only.value if only else None).run())


def _check_all() -> None:
    """Refuse to start with a fault in the declarations of the code or of the installation."""
    from django.core import checks

    from lamplighter.hub.site.errors import OperatorError

    faults = [f for f in checks.run_checks() if f.is_serious()]
    if faults:
        raise OperatorError("\n".join(f"{f.msg} {f.hint or ''}".strip() for f in faults))


@group.command("add-agency")
def add_agency(
    code: Annotated[str, typer.Argument(help="Short and lasting: what reports carry, for example force-a.")],
    name: Name,
    kind: Annotated[Kind, typer.Option("--kind", help="What it is decides what its people may read.")],
    settings: Settings = None,
) -> None:
    """Add an agency."""
    prepare(as_owner=True, settings=settings)
    from lamplighter.hub.accounts.staff import members

    try:
        members.add_agency(None, code=code, name=name, kind=kind.value)
    except NotPossibleError as problem:
        raise failed(problem) from None
    say(f"Added: {name}.")


@group.command("add-user")
def add_user(
    username: str,
    name: Name,
    role: Annotated[Role, typer.Option("--role")],
    agency: Annotated[str, typer.Option("--agency", help="Code of the agency they work for.")] = "",
    settings: Settings = None,
) -> None:
    """Add somebody, and print a link by which they come in, once, within three days."""
    prepare(as_owner=True, settings=settings)
    from lamplighter.hub.operations import installing

    link = installing.invite(username, name, role.value, agency)
    say("Give them this link in person or by a secure channel. It works once, within three days:")
    say(link)


@group.command("confirm-user")
def confirm_user(username: str, settings: Settings = None) -> None:
    """Confirm an account that waits for a second person, where nobody in the hub can. It is written down."""
    prepare(as_owner=True, settings=settings)
    from lamplighter.hub.operations import installing

    say(f"Confirmed: {installing.confirm(username)}.")


@group.command("feed-token")
def feed_token(
    agency: Annotated[str, typer.Argument(help="Code of the agency.")],
    label: Annotated[str, typer.Argument(help="Which system will use it.")],
    settings: Settings = None,
) -> None:
    """Make a token for an agency's feed. It is printed once and not stored."""
    prepare(as_owner=True, settings=settings)
    from lamplighter.hub.operations import installing

    say(installing.feed_token(agency, label))


@group.command("revoke-feed-token")
def revoke_feed_token(
    agency: Annotated[str, typer.Argument(help="Code of the agency.")],
    label: Annotated[str, typer.Argument(help="The label that the token was made with.")],
    settings: Settings = None,
) -> None:
    """Refuse an agency's token from now on: one that was lost, or of a system that sends no more."""
    prepare(as_owner=True, settings=settings)
    from lamplighter.hub.operations import installing

    count = installing.revoke_feed_tokens(agency, label)
    say(f"Revoked: {count} token{'' if count == 1 else 's'} of {agency}. A feed that shows it is refused.")


@group.command("import")
def import_(
    paths: Annotated[
        list[Path], typer.Argument(help="Files (CSV, XLSX, Parquet, JSON Lines), folders of them, bundles.")
    ],
    source: Annotated[
        list[str] | None,
        typer.Option(
            "--source",
            help="Name of a source they may be from; may be given more than once. Without it, any.",
        ),
    ] = None,
    settings: Settings = None,
) -> None:
    """Bring in files of one agency or several, at once; a scheduler can run it.

    Each file goes by the mapping of the source that its columns fit. What was read before changes nothing,
    and an import that was cut short goes on where it stopped. The files stay where they are.

    Status 0: everything is read; rejected rows are counted, and listed on the page Imports. 1: something was
    not read. 2: nothing was read.
    """
    prepare(as_owner=False, settings=settings)
    _check_all()
    from lamplighter.hub.intake import presenters
    from lamplighter.hub.intake.imports import scheduled

    run = scheduled.bring_in(paths, source or ())
    for one in run.brought:
        say(presenters.import_in_a_line(one))
    for left in run.left_aside:
        say(f"Not read: {left.label}: {left.why}.")
    raise typer.Exit(0 if run.complete else 1)


@group.command("load-learned")
def load_learned(
    file: Annotated[Path, typer.Argument(help="What another hub learned, as its page wrote it (TOML).")],
    by: Annotated[str, typer.Option("--by", help="User name of the person here who proposes it.")],
    settings: Settings = None,
) -> None:
    """Propose what another hub learned from corrections. Somebody else here accepts each, or none."""
    prepare(as_owner=False, settings=settings)
    from lamplighter.hub.patterns.learning import files

    new, held = files.bring_in(file, by)
    say(f"Proposed: {new}. Proposed or learned already, or at an end: {held}. Decide on the page Patterns.")


@group.command("check")
def check(
    settings: Settings = None,
    quiet: Annotated[bool, typer.Option("--quiet", help="Only what is not as it should be.")] = False,
) -> None:
    """Say on one screen whether everything runs.

    Status 0: yes, or something to see to this week. 1: something affects people now. 2: it cannot be checked.
    """
    prepare(as_owner=True, settings=settings)
    from lamplighter.hub.operations import checks, installed_checks

    found = [*installed_checks.installed(), *checks.running()]
    shown = [f for f in found if f.state is not checks.State.OK or not quiet]
    width = max((len(f.name) for f in shown), default=0)
    words = {checks.State.OK: "ok", checks.State.SOON: "see to it", checks.State.NOW: "NOW"}
    for finding in shown:
        say(f"{words[finding.state]:<9}  {finding.name:<{width}}  {finding.says}")
        if finding.remedy:
            say(f"{'':<9}  {'':<{width}}  -> {finding.remedy}")
    worst = {f.state for f in found}
    raise typer.Exit(1 if checks.State.NOW in worst else 0)


@group.command("copy-configuration")
def copy_configuration(
    part: Annotated[str, typer.Argument(help="Its name, for example cases; see docs/configuration.md.")],
    settings: Settings = None,
) -> None:
    """Copy a shipped part of the configuration into the hub's folder for editing. Nothing is written over."""
    prepare(as_owner=True, settings=settings)
    from lamplighter.hub.configuration import services

    for path in services.copy_out(part):
        say(str(path))


@group.command()
def upgrade(
    copy_into: Annotated[
        Path | None, typer.Option("--copy-into", help="Folder for the copy that is made first.")
    ] = None,
    no_copy: Annotated[
        bool, typer.Option("--no-copy", help="Make none: somebody has just made one.")
    ] = False,
    settings: Settings = None,
) -> None:
    """Bring the hub up to this version, with a copy before. Stop the site and the worker first."""
    prepare(as_owner=True, settings=settings, checked=False)
    from lamplighter.hub.operations import installing, upgrading
    from lamplighter.hub.site import places

    if places.installed() is None:
        installing.check_home()
    if copy_into is None and not no_copy and upgrading.waiting():
        copy_into = places.home() / "copies"
    upgrading.upgrade(say, copy_into=None if no_copy else copy_into)
    upgrading.note_version()
    _check_all()
    say("Start the site and the worker again.")


@group.command()
def rollback(settings: Settings = None) -> None:
    """Undo what the last upgrade changed in the database, before the earlier version is put back in its
    place.

    What came into tables that are new in this version is lost. Stop the site and the worker first.
    """
    prepare(as_owner=True, settings=settings)
    from lamplighter.hub.operations import upgrading

    before = upgrading.back(say)
    say(f"Now install version {before.version} and run its `lamplighter hub upgrade --no-copy`.")


@group.command()
def restored(settings: Settings = None) -> None:
    """Take in a database that a database administrator brought back, to a point in time for example.

    Signs that the audit trail goes on from where it ends now, and erases again what was erased since then.
    Run it before the site and the worker are started.
    """
    prepare(as_owner=True, settings=settings)
    from lamplighter.hub.operations.backups import copying

    erased = copying.by_hand()
    say(f"Taken in. Erased again: {erased:,} cases or parts of cases.")


@group.command("forget-restored")
def forget_restored(settings: Settings = None) -> None:
    """Remove the database that an earlier `lamplighter restore` left beside the hub's."""
    prepare(as_owner=True, settings=settings)
    from lamplighter.hub.operations.backups import copying

    copying.forget()
    say("Removed.")


@group.command("service-files")
def service_files(
    host: Annotated[str, typer.Option("--host", help="Name under which people reach the hub.")],
    out: Annotated[Path, typer.Option("--out", help="Folder to write to.")],
    tls_port: Annotated[int, typer.Option("--tls-port")] = 443,
    port: Annotated[int, typer.Option("--port", help="Where the site listens, on this machine.")] = 8801,
    certificate: Annotated[Path, typer.Option("--certificate")] = Path("/etc/lamplighter/tls.crt"),
    certificate_key: Annotated[Path, typer.Option("--certificate-key")] = Path("/etc/lamplighter/tls.key"),
    copies: Annotated[Path, typer.Option("--copies", help="Where copies go.")] = Path(
        "/var/backups/lamplighter"
    ),
    settings: Settings = None,
) -> None:
    """Write systemd's services and timers and nginx's configuration for this installation."""
    from lamplighter.hub.operations import deploying
    from lamplighter.hub.site import environment, places

    if settings is not None:
        os.environ[environment.SETTINGS] = str(settings)
    environment.load(as_owner=False)
    server = deploying.Server(
        host=host,
        home=places.home(),
        settings=environment.folder() or Path("/etc/lamplighter"),
        user=deploying.owner_of(places.home()),
        copies=copies,
        certificate=certificate,
        certificate_key=certificate_key,
        port=port,
        tls_port=tls_port,
    )
    for path in deploying.write(server, out):
        say(str(path))
