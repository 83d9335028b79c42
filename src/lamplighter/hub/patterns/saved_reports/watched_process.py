"""One report followed up in a process of its own, while the worker watches.

A worker ends while it works on a report because of the report (it takes all the memory, a library crashes on
it) or for reasons that are none of it (somebody stops the machine, twice). Which of the two it was, only who
lives on has seen. So a report on which workers have ended twice is tried once more by a process that may end.
That process imports this module before there are models.
"""

from __future__ import annotations

import os
import subprocess
import sys
import uuid

COMMAND = (sys.executable, "-m", "lamplighter.hub.patterns.saved_reports.report_process")
NOBODYS = 75
"""The status with which it ends where the database or the machine failed: EX_TEMPFAIL of ``sysexits.h``."""


class NotTriedError(OSError):
    """The database or the machine failed meanwhile: nothing is known of the report, and it is tried again."""


def follow_up(key: uuid.UUID, seconds: float) -> str:
    """Follow the report up; return "", or the fault for which it is to be set aside.

    ``seconds``: after how many on the clock the process is ended. Raises :class:`NotTriedError`.
    """
    from django.db import connection

    from lamplighter.hub.intake.models import SetAside

    name = str(connection.settings_dict["NAME"])
    try:
        done = subprocess.run(  # noqa: S603  our own command
            [*COMMAND, str(key)],
            env=os.environ | {"LAMPLIGHTER_DATABASE_NAME": name, "LAMPLIGHTER_DATABASE_LOGIN": "app"},
            stdin=subprocess.DEVNULL,
            timeout=seconds,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return SetAside.Fault.TIME
    if done.returncode == NOBODYS:
        raise NotTriedError("The database or the machine failed while a report was tried")
    return SetAside.Fault.ENDED if done.returncode else ""
