"""Write what a database administrator runs once on a server of the hub's own.

Roles, the database and quiet logs, as a script for ``psql`` as a superuser. It holds no password, only what
SCRAM keeps of one (RFC 5803), so that it can be sent to whoever runs it. Running it again changes nothing but
the two passwords.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
from pathlib import Path

from lamplighter.hub.site import database
from lamplighter.hub.site.postgresql.rights import APP, BECOMES, OWNER

ITERATIONS = 4096  # PostgreSQL's own default, scram_iterations
# PostgreSQL's log repeats statements and rows unless it is told not to, and Django writes values into
# statements. Set for the two logins, so that a database that is renamed or brought back keeps it.
QUIET = {
    # The first line of an error repeats values ("invalid input syntax for type integer: ..."). The site and
    # the worker log each by its kind and place.
    "log_min_messages": "fatal",
    "log_statement": "none",
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "log_min_duration_statement": "-1",
    "log_min_duration_sample": "-1",
    "log_duration": "off",
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
    # Sessions of one login see each other's statements, with their values.
    "track_activities": "off",
}
# Debian's PostgreSQL compiles a statement that it takes to be costly, each time, for half a second or more.
# What the wall asks of a row is told to be costly, so that it is asked of few rows: every statement would
# be compiled.
FAST = {"jit": "off"}
ROLES = Path(__file__).parents[2] / "access" / "wall" / "roles.sql"
_HEAD = """\
-- Lamplighter: roles and a database for a hub, on PostgreSQL {oldest} or later.
-- Run once, as a superuser:  psql -v ON_ERROR_STOP=1 -f this-file
-- No password is in it. Role names belong to the whole server: one hub a server.
\\set ON_ERROR_STOP on
SELECT current_setting('server_version_num')::int >= {oldest}0000 AS new_enough \\gset
\\if :new_enough
\\else
    \\warn 'Lamplighter needs PostgreSQL {oldest} or later. Nothing was changed.'
    \\quit
\\endif
BEGIN;
"""
_OWNER = """\
DO $$ BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{owner}') THEN
        -- CREATEDB: a copy of the hub is brought back beside it before it takes its place.
        CREATE ROLE {owner} LOGIN CREATEDB NOSUPERUSER NOBYPASSRLS NOCREATEROLE;
    END IF;
END $$;
"""


def scram_verifier(password: str, salt: bytes | None = None) -> str:
    """Return what PostgreSQL stores of a password for SCRAM-SHA-256 (RFC 5802, section 3; RFC 5803)."""
    salt = salt or os.urandom(16)
    salted = hashlib.pbkdf2_hmac("sha256", password.encode(), salt, ITERATIONS)
    stored = hashlib.sha256(hmac.digest(salted, b"Client Key", "sha256")).digest()
    server = hmac.digest(salted, b"Server Key", "sha256")
    told = (base64.b64encode(part).decode() for part in (salt, stored, server))
    return "SCRAM-SHA-256${}:{}${}:{}".format(ITERATIONS, *told)


def script(app_verifier: str, owner_verifier: str, name: str = "lamplighter") -> str:
    """Return the script for ``psql``. ``name``: of the database, of letters, figures and low lines only."""
    if not name.replace("_", "").isalnum() or not name.isascii() or name != name.lower():
        raise ValueError(f"A database called {name!r} is not possible: use lowercase letters, numbers and _.")
    becomes = ", ".join(BECOMES)
    lines = [
        _HEAD.format(oldest=database.OLDEST),
        _OWNER.format(owner=OWNER),
        ROLES.read_text(),
        f"ALTER ROLE {OWNER} PASSWORD '{owner_verifier}';",
        f"ALTER ROLE {APP} PASSWORD '{app_verifier}';",
        "-- The owner becomes what a page or a job becomes, and has none of their rights otherwise.",
        f"GRANT {becomes} TO {OWNER} WITH SET TRUE, INHERIT FALSE;",
        "-- To end the site's connections where a copy takes the hub's place.",
        f"GRANT {APP} TO {OWNER} WITH INHERIT TRUE, SET FALSE;",
        "-- Nobody's words in the server's log, and no statement compiled that takes a millisecond.",
        *(
            f"ALTER ROLE {role} SET {key} = '{value}';"
            for role in (OWNER, APP)
            for key, value in (QUIET | FAST).items()
        ),
        "COMMIT;",
        f"SELECT 'CREATE DATABASE {name} OWNER {OWNER} {database.LOCALE.replace(chr(39), chr(39) * 2)}'",
        f"WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = '{name}') \\gexec",
        f"REVOKE ALL ON DATABASE {name} FROM PUBLIC;",
        f"GRANT CONNECT ON DATABASE {name} TO {APP};",
        "",
    ]
    return "\n".join(lines)
