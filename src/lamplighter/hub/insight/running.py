"""A run by a worker: one process at a time, its steps in the row, and an end in words whatever happens.

That a worker works on a run is a lock on its connection to the database. It ends with the process, however
that ends, so a run that says "being made" while nobody holds its lock was broken off: nothing has to notice.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterator
from contextlib import contextmanager

from django.db import connection
from django.utils import timezone

from lamplighter.hub.insight.models import Release, Review, Run

log = logging.getLogger(__name__)

LOCKS: dict[type[Run], int] = {Review: 72026, Release: 72027}
HELD = (
    "SELECT objid::bigint FROM pg_locks WHERE locktype = 'advisory' AND granted AND classid = %s"
    " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
)


class UnableError(RuntimeError):
    """A run cannot go on: ``problem`` and ``remedy`` are shown, and hold no data."""

    def __init__(self, problem: str, remedy: str) -> None:
        super().__init__(f"{problem} {remedy}")
        self.problem, self.remedy = problem, remedy


class Steps:
    """The steps of a run as it takes them, each in a transaction of its own, so that a page can show it."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self._number = 0

    def __call__(self, words: str) -> None:
        self._number += 1
        type(self._run).objects.filter(pk=self._run.pk).update(  # type: ignore[attr-defined]  # every model has it
            step=words[:120], step_number=self._number
        )


def worked_on(kind: type[Run]) -> set[int]:
    """Numbers of the runs of this kind that a process holds at this moment."""
    with connection.cursor() as cursor:
        cursor.execute(HELD, [LOCKS[kind]])
        return {int(row[0]) for row in cursor.fetchall()}


def broken_off(runs: Collection[Run]) -> set[int]:
    """Return those of these runs that began and are not worked on any more: their worker ended under them."""
    running = [run for run in runs if run.state == Run.State.RUNNING]
    held = worked_on(type(running[0])) if running else set()
    return {run.pk for run in running if run.pk not in held}


@contextmanager
def carried_out(run: Run) -> Iterator[Steps | None]:
    """The only run of this row. ``None``: somebody else works on it, or it is done; do nothing.

    What is raised inside ends up in the row: :class:`UnableError` with its words, anything else as a fault of
    the software, by the name of its class alone, since its words may hold data.
    """
    kind = type(run)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [LOCKS[kind], run.pk])
        if not cursor.fetchone()[0]:
            yield None
            return
        try:
            yield from _held(run)
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [LOCKS[kind], run.pk])


def _held(run: Run) -> Iterator[Steps | None]:
    run.refresh_from_db()
    if run.state == Run.State.DONE:
        yield None
        return
    run.state, run.started_at, run.finished_at = Run.State.RUNNING, timezone.now(), None
    run.problem = run.remedy = run.step = ""
    run.step_number = 0
    run.save()
    try:
        yield Steps(run)
    except UnableError as problem:
        _stopped(run, problem.problem, problem.remedy)
    except Exception as problem:
        log.exception("Run %s stopped", run.key)
        _stopped(
            run,
            f"The software met a fault ({type(problem).__name__}).",
            "Run it again. If it stops again, tell whoever looks after this hub; the log has the details.",
        )


def _stopped(run: Run, problem: str, remedy: str) -> None:
    run.state, run.finished_at = Run.State.FAILED, timezone.now()
    run.problem, run.remedy = problem, remedy
    run.save(update_fields=["state", "finished_at", "problem", "remedy"])
