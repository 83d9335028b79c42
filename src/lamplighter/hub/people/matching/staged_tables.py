"""Write the persons anew beside those in use and put them in their place at once (``staging_tables``).

Reports are matched against what is in use meanwhile, and wait for no more than the switch.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress

from django.db import Error, OperationalError, connection, transaction
from psycopg.errors import LockNotAvailable

from lamplighter.hub.access.wall.staging_tables import ALONE, SCHEMA
from lamplighter.hub.people.matching import statements as ask
from lamplighter.hub.people.models import Removal


class BusyError(RuntimeError):
    """Refusal: what is in use is being read. It stays in use; try again."""


@contextmanager
def alone() -> Iterator[None]:
    """Nobody else writes everything anew, and nobody copies the hub: whoever comes second waits."""
    within = connection.in_atomic_block
    _call(f"pg_advisory{'_xact' if within else ''}_lock({ALONE})")
    try:
        yield
    finally:
        if not within:
            # A connection that is gone holds nothing.
            with suppress(Error):
                _call(f"pg_advisory_unlock({ALONE})")


@contextmanager
def beside() -> Iterator[None]:
    """One transaction in which the tables that are written anew are those beside, empty and without indexes
    at first. What is in use is ``public.…`` there."""
    with transaction.atomic(), connection.cursor() as cursor:
        _call("access.anew_begin()")
        cursor.execute("SELECT current_setting('search_path')")
        (path,) = cursor.fetchone()
        cursor.execute("SELECT set_config('search_path', %s, true)", [f"{SCHEMA}, public"])
        yield
        cursor.execute("SELECT set_config('search_path', %s, true)", [path])


def indexed() -> None:
    """All that was written beside can be looked up from now on."""
    _call("access.anew_indexed()")


def switch() -> None:
    """Put what is beside in the place of what is in use, which is emptied; nothing may be written beside
    afterwards. Raises ``BusyError`` in a transaction of its own that is to be rolled back."""
    try:
        _call("access.anew_switch()")
    except OperationalError as problem:
        if isinstance(problem.__cause__, LockNotAvailable):
            raise BusyError("Who is who is being read, and cannot be replaced now.") from problem
        raise


def count_removal() -> None:
    """Tell whoever writes everything anew that records were taken out. With the lock of every writer."""
    with connection.cursor() as cursor:
        cursor.execute(ask.COUNT_REMOVAL)


def removals() -> int:
    """Return how often records were taken out, in what is committed."""
    return Removal.objects.values_list("times", flat=True).first() or 0


def told_since(number: int) -> tuple[list[str], int]:
    """Reports that what is in use was told of after the record of this number, and the number of the last."""
    with connection.cursor() as cursor:
        cursor.execute(ask.TOLD, [number])
        rows = cursor.fetchall()
    return list(dict.fromkeys(report for _, report in rows)), rows[-1][0] if rows else number


def last_told() -> int:
    """The number of the last record that what is in use was told of."""
    with connection.cursor() as cursor:
        cursor.execute(ask.LAST_TOLD)
        return int(cursor.fetchone()[0])


def bring_members(report_id: str) -> None:
    """Let the people of a report be who they are in what is in use, so that their ids lead on."""
    with connection.cursor() as cursor:
        cursor.execute(ask.BRING_MEMBERS, [report_id])


def forget_the_forgotten() -> None:
    """Remember nothing of what erased records were: those of which what is in use remembers nothing."""
    with connection.cursor() as cursor:
        cursor.execute(ask.FORGET_THE_FORGOTTEN)


def _call(function: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {function}")
