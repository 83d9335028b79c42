"""Make a folder the home of a hub: secrets, tables, the wall, the first administrator; new, or from a
copy."""

from __future__ import annotations

import datetime as dt
import os
import secrets
from collections.abc import Callable
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from lamplighter.hub.site import database, environment, places
from lamplighter.hub.site.errors import OperatorError
from lamplighter.hub.site.postgresql import administrator, rights
from lamplighter.hub.site.refusals import NotPossibleError

if TYPE_CHECKING:
    from lamplighter.hub.accounts.models import Agency

Say = Callable[[str], None]
HEAD = {
    environment.WEB: "Lamplighter: for the site and the worker. Readable by root and the service's user.",
    environment.OWNER: "Lamplighter: for commands that own the tables. Readable by root only.",
}


class InstallError(OperatorError):
    """A hub cannot be set up here; the text names the thing, the place and the remedy."""


def roles_script(*, server: str, name: str) -> str:
    """Return the script for the database administrator, and write both logins into the folder of settings.

    ``server``: host and port at which the site reaches it. Passwords that stand there already stay.
    Raises :class:`InstallError`.
    """
    folder = environment.folder()
    if folder is None:
        raise InstallError(
            f"Where shall the two logins be written? Set {environment.SETTINGS} to a folder, "
            "/etc/lamplighter for example, and run the command again."
        )
    web, owner = folder / environment.WEB, folder / environment.OWNER
    logins = {
        web: ("DATABASE_URL", rights.APP, _password(web, "DATABASE_URL")),
        owner: ("DATABASE_OWNER_URL", rights.OWNER, _password(owner, "DATABASE_OWNER_URL")),
    }
    for path, (setting, login, password) in logins.items():
        url = f"postgresql://{login}:{quote(password)}@{server}/{name}"
        environment.write(path, {setting: url}, head=HEAD[path.name])
    return administrator.script(
        administrator.scram_verifier(logins[web][2]), administrator.scram_verifier(logins[owner][2]), name
    )


def _password(path: Path, setting: str) -> str:
    from urllib.parse import unquote, urlsplit

    if path.exists() and (url := environment.read(path).get(setting)):
        return unquote(urlsplit(url).password or "") or secrets.token_urlsafe(24)
    return secrets.token_urlsafe(24)


def init(say: Say, *, copy: Path | None = None, key: Path | None = None) -> None:
    """Set the hub up, empty or from a copy. Run again after a failure, it goes on. Raises
    :class:`InstallError`.

    Refuses where tables of a hub are there and the secrets that belong to them are not: with new ones nobody
    could sign in, and nothing says why.
    """
    from lamplighter.hub.configuration import services as configuration

    # Before anything is made.
    configuration.refuse_if_broken()
    known = places.installed()
    if known is not None and copy is None:
        say(f"{places.home()} is the home of a hub already, since {known['hub']['since']:%d %B %Y}.")
    holds = _holds_a_hub()
    if copy is not None and holds:
        raise InstallError(
            f"The database {database.django_settings()['NAME']} holds a hub already. To put a copy in its "
            "place, use `lamplighter restore FOLDER --replace`."
        )
    missing = places.missing_secrets()
    if holds and known is None and missing:
        raise InstallError(
            f"The database holds a hub, and {places.home()} does not have its secrets "
            f"({', '.join(missing)}). Is LAMPLIGHTER_HOME the right folder, and is its disk there?"
        )
    with places.making_secrets():
        if copy is not None:
            _from_copy(copy, key, say)
        for name in places.missing_secrets():
            # Of 256 bits where an algorithm wants just as many, else of 512.
            places.secret(name, 32 if name in {"backup-key", "audit-signing-key"} else 64)
        say(f"Secrets: all there, in {places.home() / 'secrets'}.")
        _migrate(say)
    if known is None:
        kind = "server" if database.own_server() else "embedded"
        since = dt.datetime.now(dt.UTC).replace(microsecond=0)
        places.note_installed(version=metadata.version("lamplighter"), database=kind, since=since)
    say(f"{places.home()} is the home of this hub.")


def _holds_a_hub() -> bool:
    from django.db import connection

    return "cases_case" in connection.introspection.table_names()


def _from_copy(copy: Path, key: Path | None, say: Say) -> None:
    from lamplighter.hub.operations.backups import copying, manifest, sealing

    try:
        found = copying.restore(copy, key_file=key, keep_as=copying.RESTORED)
        if not found.equal:
            why = "; ".join(found.differences[:3]) or found.audit
            raise InstallError(
                f"The copy did not come back as it was made ({why}). It is in the database {found.database}. "
                "Try another copy."
            )
        copying.replace(found, key_file=key)
    except (copying.BackupError, manifest.ManifestError, sealing.NotOpenedError, OSError) as problem:
        raise InstallError(str(problem)) from problem
    rows = sum(count for count, _ in found.held.tables.values())
    say(f"The copy of {found.made_at:%d %B %Y, %H:%M} UTC came back equal: {rows:,} rows.")
    if found.erased:
        say(f"Erased since it was made, and now in it too: {found.erased:,} cases or parts of cases.")


def _migrate(say: Say) -> None:
    from django.core.management import call_command
    from django.db import connection

    call_command("migrate", verbosity=0, interactive=False)
    _configure(say)
    server: int = connection.pg_version  # type: ignore[attr-defined]  # of PostgreSQL alone
    what = "a server of its own" if database.own_server() else "the embedded server"
    say(f"Database: tables and rules are there, on {what} (PostgreSQL {server // 10000}.{server % 10000}).")


def _configure(say: Say) -> None:
    """Put the configuration in force, with the agencies of the hub's own file."""
    from lamplighter.hub.configuration import services as configuration

    applied = configuration.apply(configuration.NoticedBy.UPGRADE)
    if applied.agencies_added:
        say(f"Agencies added: {', '.join(applied.agencies_added)}.")
    if applied.agencies_renamed:
        say(f"Agencies with another name: {', '.join(applied.agencies_renamed)}.")


def check_home() -> None:
    """Refuse to work in a folder that is no hub's home. Raises :class:`InstallError`."""
    known = places.installed()
    if known is None:
        raise InstallError(
            f"{places.home()} is not the home of a hub. If it should be, run `lamplighter hub init`. If "
            "not, set LAMPLIGHTER_HOME, and see whether its disk is there."
        )
    if known["hub"]["database"] == "server" and not database.own_server():
        raise InstallError(
            "This hub's database is on a server of its own, and DATABASE_URL is not set. Set "
            f"{environment.SETTINGS} to the folder of its settings, or the variable itself."
        )
    if missing := places.missing_secrets():
        raise InstallError(
            f"Secrets are missing in {places.home() / 'secrets'}: {', '.join(missing)}. Bring them back "
            "from a copy of the folder. Those that are new in this version are made by `lamplighter hub "
            "upgrade`."
        )


def invite(username: str, name: str, role: str, agency_code: str = "") -> str:
    """Make somebody who may come in by a link, once, within three days; returns its address.

    Raises :class:`InstallError` where they cannot be made.
    """
    from lamplighter.hub.accounts.staff import members

    agency = _agency(agency_code) if agency_code else None
    try:
        link = members.invited_at_the_server(username=username, display_name=name, role=role, agency=agency)
    except NotPossibleError as problem:
        raise InstallError(str(problem)) from None
    return _address(link.secret)


def confirm(username: str) -> str:
    """Confirm an account for whoever may run commands on the server; returns whose it is.

    Raises :class:`InstallError` where there is no such account, or it does not wait.
    """
    from lamplighter.hub.accounts.models import User
    from lamplighter.hub.accounts.staff import members

    user = User.objects.called(username)
    if user is None:
        raise InstallError(f"There is nobody with the user name {username}. See the page Accounts.")
    if user.waits_since is None or user.left_at is not None:
        raise InstallError(f"The account {username} does not wait to be confirmed.")
    if not user.is_active:
        raise InstallError(
            f"The account {username} has not come in yet. Confirm it once its owner has used the sign-in "
            "link; without one, `lamplighter hub add-user` makes a link for somebody who never came in."
        )
    members.confirmed_at_the_server(user)
    return user.display_name


def _address(secret: str) -> str:
    from django.conf import settings
    from django.urls import reverse

    hosts = [h for h in settings.ALLOWED_HOSTS if h not in {"127.0.0.1", "[::1]", "*"}] or ["localhost"]
    # Of a trial on one's own machine, the port that `lamplighter hub serve` takes.
    host = f"{hosts[0]}:8000" if hosts[0] == "localhost" else hosts[0]
    usual = f"{'https' if settings.HTTPS else 'http'}://{host}"
    return f"{next(iter(settings.CSRF_TRUSTED_ORIGINS), usual)}{reverse('accounts:invited', args=[secret])}"


def feed_token(agency_code: str, label: str) -> str:
    """Return a new token for the feed of an agency that is there already. Raises :class:`InstallError`."""
    from lamplighter.hub.accounts import services

    return services.issue_feed_token(_agency(agency_code), label)[1]


def revoke_feed_tokens(agency_code: str, label: str) -> int:
    """Refuse an agency's tokens from now on, and return how many. Raises :class:`InstallError`."""
    from lamplighter.hub.accounts import services

    agency = _agency(agency_code)
    revoked = services.revoke_feed_tokens(agency, label)
    if not revoked:
        labels = ", ".join(f"“{said}”" for said in services.feed_labels(agency)) or "none"
        raise InstallError(
            f"No token of {agency_code} that is in use is labelled “{label}” (labels in use: {labels}). "
            "Nothing was revoked: give the label as it was given to `lamplighter hub feed-token`."
        )
    return revoked


def _agency(code: str) -> Agency:
    from lamplighter.hub.accounts.models import Agency

    found = Agency.objects.filter(pk=code).first()
    if found is None:
        known = ", ".join(Agency.objects.order_by("pk").values_list("pk", flat=True)) or "none yet"
        raise InstallError(
            f"There is no agency with the code {code} (there are: {known}). Add it first: "
            f"`lamplighter hub add-agency {code} --name NAME --kind KIND`."
        )
    return found


def become_owner_of_home() -> None:
    """Go on as the user whom the home belongs to, where root runs the command: what it writes is theirs
    then."""
    if os.geteuid() != 0:
        return
    owner = places.home().stat()
    if owner.st_uid == 0:
        return
    import pwd

    name = pwd.getpwuid(owner.st_uid)
    os.initgroups(name.pw_name, owner.st_gid)
    os.setgid(owner.st_gid)
    os.setuid(owner.st_uid)
    os.environ["HOME"], os.environ["USER"] = name.pw_dir, name.pw_name
