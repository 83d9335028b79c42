"""The rights with which a process may be signed in to the database, and the refusal to run with more.

The wall is worth what the roles are worth: a site that is signed in as a superuser, or as the owner of the
tables, reads everything by one forgotten filter. So the site and the worker are refused such a login, and the
commands of the owner are refused a superuser's.
"""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ImproperlyConfigured

APP, OWNER = "lamplighter_app", "lamplighter_owner"
BECOMES = ("lamplighter_web", "lamplighter_service", "lamplighter_records", "lamplighter_loader")
"""The roles that a page or a job becomes; what each is for is in ``access.wall.sync``."""

_LOGIN = """
SELECT r.rolname, r.rolsuper, r.rolbypassrls, r.rolcreaterole, r.rolcreatedb, r.rolreplication,
    EXISTS (SELECT FROM pg_database d WHERE d.datname = current_database() AND d.datdba = r.oid)
    OR EXISTS (SELECT FROM pg_class c WHERE c.relowner = r.oid AND c.relkind IN ('r', 'p', 'v', 'm', 'S')),
    ARRAY(
        SELECT g.rolname::text FROM pg_auth_members m JOIN pg_roles g ON g.oid = m.roleid
        WHERE m.member = r.oid AND (m.inherit_option OR g.rolname <> ALL(%(becomes)s)) ORDER BY 1)
FROM pg_roles r WHERE r.rolname = session_user
"""


class RightsError(ImproperlyConfigured):
    """The database lets this process do more than it may, or less than it must. The text says what to do."""


def check_site(connection: Any) -> None:
    """Refuse a connection whose login may do more than the site's. Raises :class:`RightsError`."""
    faults = of_site(connection)
    # Asking began a transaction, in which Django cannot set the connection up.
    connection.rollback()
    if faults:
        connection.close()
        raise RightsError(
            f"The site and the worker must sign in to the database as {APP} or a role like it, and this one "
            f"{'; '.join(faults)}. Set DATABASE_URL to the login that `lamplighter hub roles` makes."
        )


def check_owner(connection: Any) -> None:
    """Refuse a connection whose login may do more than own the tables, or less. Raises
    :class:`RightsError`."""
    faults = of_owner(connection)
    connection.rollback()
    if faults:
        raise RightsError(
            f"This command needs the login of the owner of the tables, and {'; '.join(faults)}. Set "
            f"DATABASE_OWNER_URL to {OWNER}, as `lamplighter hub roles` makes it."
        )


def of_site(connection: Any) -> list[str]:
    """Return in words what this login may do and the site's may not; empty when it is right."""
    name, superuser, bypasses, makes_roles, makes_databases, replicates, owns, more = _login(connection)
    found = [
        words
        for is_so, words in (
            (superuser, "is a superuser"),
            (bypasses, "goes round row security"),
            (makes_roles, "may make roles"),
            (makes_databases, "may make databases"),
            (replicates, "may copy the server"),
            (owns, "owns the database or tables in it"),
        )
        if is_so
    ]
    if more:
        found.append(f"has the rights of {', '.join(more)}")
    return [f"({name}) {found[0]}", *found[1:]] if found else []


def of_owner(connection: Any) -> list[str]:
    """Return in words what is wrong with the login of the owner of the tables; empty when it is right.

    Asked on a server of the hub's own only: the embedded one has nobody else who signs in.
    """
    name, superuser, bypasses, makes_roles, _, replicates, _, _ = _login(connection)
    found = [
        f"{name} {words}"
        for is_so, words in (
            (superuser, "is a superuser"),
            (bypasses, "goes round row security"),
            (makes_roles, "may make roles"),
            (replicates, "may copy the server"),
        )
        if is_so
    ]
    rows = connection.execute(
        "SELECT r.name FROM unnest(%s::text[]) AS r(name)"
        " WHERE NOT EXISTS (SELECT FROM pg_roles p WHERE p.rolname = r.name"
        " AND pg_has_role(session_user, p.oid, 'SET')) ORDER BY 1",
        [list(BECOMES)],
    ).fetchall()
    if rows:
        found.append(f"{name} cannot become {', '.join(row[0] for row in rows)}")
    return found


def _login(connection: Any) -> Any:
    # A tuple whatever rows this connection gives otherwise, and nothing of a page's transaction is touched.
    with connection.cursor() as asked:
        return asked.execute(_LOGIN, {"becomes": list(BECOMES)}).fetchone()
