"""Runs calls of the services in children, each killed at a later moment than the one before.

``python -m tests.integration.resilience.killed <database>``

Reads ``<id of the case> <name of the call>`` from a line. Then, for that call,
prints ``killed <n>`` or ``done <n>``, or ``failed <n> <what>``, and waits for
any line after each ``killed``. Moments are the statements that the call sends,
and its commit: the n-th child dies, by a signal that nobody can catch, at the
moment it would have sent the n-th.
"""

from __future__ import annotations

import gc
import os
import signal
import sys
from typing import Any, NoReturn

import django
from django.conf import settings


def child(case: int, name: str, last: int) -> NoReturn:
    """Do the call, and die at moment ``last``; the exit code is 0 when there was no such moment."""
    from django.db import connection

    from tests.integration.resilience.all_calls import CALLS
    from tests.integration.resilience.world import World

    count = 0

    def moment() -> None:
        nonlocal count
        count += 1
        if count == last:
            os.kill(os.getpid(), signal.SIGKILL)

    def watched(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        moment()
        return execute(sql, params, many, context)

    commit = connection._commit

    def watched_commit() -> Any:
        moment()
        return commit()

    connection._commit = watched_commit
    code = 0
    try:
        world = World.found(case)
        with connection.execute_wrapper(watched):
            CALLS[name][1](world)
    except Exception as problem:  # noqa: BLE001  told to the test, whatever it is
        sys.stdout.write(f"failed {last} {type(problem).__name__}: {problem}\n")
        sys.stdout.flush()
        code = 1
    os._exit(code)


def each_moment(case: int, name: str) -> None:
    for number in range(1, 1000):
        pid = os.fork()
        if pid == 0:
            child(case, name, number)
        _, status = os.waitpid(pid, 0)
        if os.WIFEXITED(status) and os.WEXITSTATUS(status):
            return
        died = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
        sys.stdout.write(f"{'killed' if died else 'done'} {number}\n")
        sys.stdout.flush()
        if not died:
            return
        sys.stdin.readline()


def ready() -> None:
    """Load what every process of the site has loaded before its first request (``web.ready``), and ask the
    database nothing: each child is killed in a call, not while it compiles the lexicon of all acts anew."""
    from django.urls import get_resolver

    from lamplighter.courses.coding.lexicon_store import lexicon
    from lamplighter.hub.site.config_files.part import parts
    from lamplighter.vocabulary.codes import code_sets

    for part in parts():
        part.state()
    _ = get_resolver().url_patterns
    code_sets()
    lexicon()
    # A collection in a child would touch, and so copy, all that it shares with this process.
    gc.collect()
    gc.freeze()


def main(database: str) -> None:
    settings.DATABASES["default"]["NAME"] = database
    django.setup()
    # What the calls import is imported once, here, and not in every child.
    import tests.integration.resilience.all_calls  # noqa: F401

    ready()
    while line := sys.stdin.readline().strip():
        case, name = line.split(maxsplit=1)
        each_moment(int(case), name)


if __name__ == "__main__":
    main(sys.argv[1])
