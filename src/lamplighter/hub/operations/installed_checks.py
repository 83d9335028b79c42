"""Findings about the installation: its folder, its secrets, its database and the rights in it.

Asked by ``lamplighter hub check``, as the owner of the tables.
"""

from __future__ import annotations

import os
from typing import Any

from django.conf import settings
from django.db import connection

from lamplighter.hub.access.wall import sync
from lamplighter.hub.operations.checks import Finding, State
from lamplighter.hub.site import database, places
from lamplighter.hub.site.postgresql import administrator, rights

PRELOADED = {"auto_explain": "auto_explain.log_min_duration", "pg_stat_statements": "pg_stat_statements.max"}
"""Modules of PostgreSQL that keep or log statements, with people's words in them, and what tells of each."""


def installed() -> list[Finding]:
    """Return a finding for each thing that the installation consists of."""
    with connection.cursor() as cursor:
        found = [_home(), _server(cursor), _migrations(), *_configuration(), _administrators()]
        if database.own_server():
            found += [_rights(cursor), _quiet(cursor), _fast(cursor)]
    return found


def _home() -> Finding:
    folder = places.home()
    # The embedded server, which does not run as root, has to pass through it where we do.
    others = 0o022 if os.geteuid() == 0 and not database.own_server() else 0o077
    if folder.stat().st_mode & others:
        return Finding(
            "Folder", State.SOON, f"{folder} can be entered by others.", f"Run `chmod 700 {folder}`."
        )
    return Finding("Folder", State.OK, f"{folder}, with all its secrets.")


def _server(cursor: Any) -> Finding:
    cursor.execute(
        "SELECT current_setting('server_version'), datlocprovider FROM pg_database"
        " WHERE datname = current_database()"
    )
    version, provider = cursor.fetchone()
    kind = "a server of its own" if database.own_server() else "the embedded server"
    said = f"PostgreSQL {version}, {kind}."
    if provider == "b":
        return Finding("Database", State.OK, said)
    return Finding(
        "Database",
        State.SOON,
        f"{said} It orders text as the operating system does, which may change with an update of it.",
        "Make a copy, and bring it back with `lamplighter restore FOLDER --replace`: that makes it anew.",
    )


def _migrations() -> Finding:
    left = sync.to_migrate()
    if not left:
        return Finding("Version", State.OK, "The tables are of this version.")
    return Finding(
        "Version", State.NOW, f"{len(left)} changes of the tables wait.", "Run `lamplighter hub upgrade`."
    )


def _configuration() -> list[Finding]:
    """One finding an error of a file, or whether what is on disk is in force."""
    from lamplighter.hub.configuration import selectors
    from lamplighter.hub.configuration import services as configuration

    if sync.to_migrate():
        return []
    if faults := configuration.check() or configuration.contradictions():
        return [Finding("Configuration", State.NOW, f"{f.where}: {f.what}", f.remedy) for f in faults]
    waiting = selectors.not_in_force()
    if not waiting:
        return [Finding("Configuration", State.OK, "No error, and all of it is in force.")]
    return [
        Finding(
            "Configuration",
            State.SOON,
            f"Changed since the hub started, and not in force: {', '.join(waiting)}.",
            "Restart the site and the worker.",
        )
    ]


def _administrators() -> Finding:
    name = "Administrators’ second step"
    if settings.ADMINISTRATOR_STEP == "passkey":
        return Finding(name, State.OK, "A passkey, or their organisation’s sign-on.")
    return Finding(
        name,
        State.SOON,
        "Administrators may sign in with figures from an app, which can be typed on a false page.",
        "Take LAMPLIGHTER_ADMINISTRATOR_STEP out as soon as each of them has a passkey.",
    )


def _rights(cursor: Any) -> Finding:
    faults = rights.of_owner(cursor.connection)
    if not faults:
        return Finding("Rights of the owner", State.OK, "No more than owning the tables.")
    return Finding(
        "Rights of the owner",
        State.NOW,
        f"{'; '.join(faults)}.",
        "Have a database administrator run what `lamplighter hub roles` prints.",
    )


def _fast(cursor: Any) -> Finding:
    slow = []
    for name, fast in administrator.FAST.items():
        cursor.execute("SELECT current_setting(%s, true)", [name])
        if cursor.fetchone()[0] not in (fast, None):
            slow.append(name)
    if not slow:
        return Finding("Database speed", State.OK, "Set as a hub needs it.")
    return Finding(
        "Database speed",
        State.NOW,
        f"PostgreSQL is set so that each page takes seconds ({', '.join(slow)}).",
        "Have a database administrator run what `lamplighter hub roles` prints.",
    )


def _quiet(cursor: Any) -> Finding:
    loud = []
    for name, quiet in administrator.QUIET.items():
        cursor.execute("SELECT current_setting(%s, true)", [name])
        if cursor.fetchone()[0] not in (quiet, None):
            loud.append(name)
    for module, setting in PRELOADED.items():
        cursor.execute("SELECT current_setting(%s, true)", [setting])
        if cursor.fetchone()[0] not in (None, "-1", "0"):
            loud.append(module)
    if not loud:
        return Finding("Database log", State.OK, "Repeats nobody's words.")
    return Finding(
        "Database log",
        State.NOW,
        f"PostgreSQL writes down statements, with people's words in them ({', '.join(loud)}).",
        "Have a database administrator run what `lamplighter hub roles` prints.",
    )
