"""Bring a hub up to this version, with a copy before, and back again."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from django.core.management import call_command
from django.db import connection, transaction
from django.db.migrations.executor import MigrationExecutor

from lamplighter.hub.access.wall import drift, sync
from lamplighter.hub.site import places
from lamplighter.hub.site.errors import OperatorError
from lamplighter.hub.site.postgresql.rights import APP

Say = Callable[[str], None]
FOLDER = "upgrades"
OTHERS = """
SELECT count(*) FROM pg_stat_activity
WHERE datname = current_database() AND usename = %s AND pid <> pg_backend_pid()
"""


class UpgradeError(OperatorError):
    """The hub cannot be brought to another version now; the text says why and what to do."""


@dataclass(frozen=True, slots=True)
class Before:
    """State of the database before an upgrade: the version that ran, and the last migration of each app."""

    version: str
    at: dt.datetime
    migrations: dict[str, str]

    def to_json(self) -> str:
        told = {"version": self.version, "at": self.at.isoformat(), "migrations": self.migrations}
        return json.dumps(told, indent=1, sort_keys=True)

    @classmethod
    def read(cls, path: Path) -> Before:
        """Read what :meth:`to_json` wrote. Raises :class:`UpgradeError`."""
        try:
            told = json.loads(path.read_text("utf-8"))
            return cls(
                str(told["version"]),
                dt.datetime.fromisoformat(told["at"]),
                {str(k): str(v) for k, v in told["migrations"].items()},
            )
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as problem:
            raise UpgradeError(f"{path} cannot be read: {problem}.") from problem


def waiting() -> list[str]:
    """Return the migrations of this version that have not run."""
    return sync.to_migrate()


def upgrade(say: Say, *, copy_into: Path | None) -> None:
    """Make a copy, bring tables and rules up to this version, and note how they stood before.

    ``copy_into``: a folder for the copy; ``None`` only where somebody has just made one. Raises
    :class:`UpgradeError` while the site or the worker runs: their code is of another version than the tables.
    """
    from lamplighter.hub.configuration import services as configuration
    from lamplighter.hub.operations.backups import copying, sealing

    # Before anything changes: a file of the hub can lack what this version asks for.
    configuration.refuse_if_broken()
    left = waiting()
    if left:
        _nobody_else()
        if copy_into is not None:
            try:
                made = copying.backup(copy_into / f"before-{_stamp()}")
            except (copying.BackupError, sealing.NotOpenedError) as problem:
                raise UpgradeError(f"No copy could be made, so nothing was changed: {problem}") from problem
            say(f"Copy: {made.bytes / 1e6:,.1f} MB in {made.folder}.")
        path = places.private_folder(FOLDER) / f"{_stamp()}.json"
        places.write_whole(path, _now().to_json())
    with places.making_secrets():
        new = [name for name in places.missing_secrets() if places.secret(name)]
    for name in new:
        say(f"Secret made, new in this version: {name}.")
    with transaction.atomic(), connection.cursor() as cursor:
        by_hand = sync.changed_by_hand(cursor)
    call_command("migrate", verbosity=0, interactive=False)
    say(f"Database: {len(left)} changes made." if left else "Database: nothing to change.")
    if by_hand:
        say(
            f"Rules of access: somebody had changed the database by hand. {drift.in_words(by_hand)} Tell the "
            "auditor. `lamplighter hub check` says whether anything of it is left."
        )
    applied = configuration.apply(configuration.NoticedBy.UPGRADE)
    if applied.parts:
        say(f"Configuration in force from now on: {', '.join(applied.parts)}.")


def _stamp() -> str:
    return f"{dt.datetime.now(dt.UTC):%Y%m%dT%H%M%S}"


def _now() -> Before:
    applied = MigrationExecutor(connection).loader.applied_migrations or {}
    last: dict[str, str] = {}
    for app, name in sorted(applied):
        last[app] = name
    known = places.installed() or {"hub": {"version": "unknown"}}
    return Before(str(known["hub"]["version"]), dt.datetime.now(dt.UTC).replace(microsecond=0), last)


def _nobody_else() -> None:
    with connection.cursor() as cursor:
        cursor.execute(OTHERS, [APP])
        (others,) = cursor.fetchone()
    if others:
        raise UpgradeError(
            "The site or the worker is running. Stop both first (`systemctl stop 'lamplighter-*'`): a page "
            "that is read while its table changes would fail."
        )


def last() -> Before | None:
    """Return how the database stood before the last upgrade, if one was made here."""
    paths = sorted((places.home() / FOLDER).glob("*.json"))
    return Before.read(paths[-1]) if paths else None


def back(say: Say) -> Before:
    """Undo what the last upgrade changed in the tables, for the version that ran before it.

    Run with the new version still installed: only it knows how. Data of tables that are new in it is lost.
    Raises :class:`UpgradeError`.
    """
    before = last()
    if before is None:
        raise UpgradeError(
            f"No upgrade is noted in {places.home() / FOLDER}: there is nothing to go back to."
        )
    _nobody_else()
    executor = MigrationExecutor(connection)
    applied = set(executor.loader.applied_migrations or {})
    apps = sorted({app for app, _ in applied})
    targets = []
    for app in apps:
        wanted = before.migrations.get(app)
        if (app, wanted) not in executor.loader.graph.nodes:
            wanted = None
        if any(a == app and (wanted is None or name > wanted) for a, name in applied):
            targets.append((app, wanted))
    if targets:
        plan = executor.migration_plan(targets)
        if any(not undo for _, undo in plan):
            raise UpgradeError("The way back is not known to this version. Bring back the copy made before.")
        executor.migrate(targets, plan=plan)
    with connection.cursor() as cursor:
        # An earlier version's worker proves nothing to the queue (wall.sql), and would be refused by it.
        cursor.execute(
            "DROP FUNCTION IF EXISTS operations_keeps_jobs() CASCADE;"
            "DROP FUNCTION IF EXISTS operations_keeps_queue() CASCADE"
        )
    (places.home() / FOLDER / sorted((places.home() / FOLDER).glob("*.json"))[-1].name).unlink()
    say(f"Database: as it was before the upgrade, for {len(targets)} parts of the hub.")
    return before


def note_version() -> None:
    """Write down in ``hub.toml`` which version runs now."""
    known = places.installed()
    if known is None:
        return
    hub = known["hub"]
    version = metadata.version("lamplighter")
    places.note_installed(version=version, database=hub["database"], since=hub["since"])
