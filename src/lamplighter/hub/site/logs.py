"""Logs without people in them.

A log line says when it happened, with the zone, how grave it is, in which request, what happened, where in
the code and to which opaque id. What somebody typed, sent or searched for never reaches it: query strings
and the addresses of pages not found are cut off, requests and their bodies are not printed, and an
exception is logged as its type and place, because its text repeats values ("Key (name)=(Nair) already
exists"). The site, the worker and granian write the same lines.
"""

from __future__ import annotations

import datetime as dt
import logging
import re
import traceback
from contextvars import ContextVar
from pathlib import Path

GRANIAN = Path(__file__).with_name("granian_log.json")
"""Granian's own configuration of its logger: the same lines."""
request_id: ContextVar[str] = ContextVar("request_id", default="")
"""Of the request that is being answered: the same in every line of it, and on the page that says it
failed."""
_QUERY = re.compile(r"\?[^\s\"']*")
_PATH = re.compile(r"(?<![\w.])/[^\s\"']*")
_OPAQUE = re.compile(r"[^\x20-\x7e]")


class Discreet(logging.Filter):
    """Takes the identifying parts out of a record before anything formats it."""

    def filter(self, record: logging.LogRecord) -> bool:
        for name in ("request", "status_code_body", "data", "params", "sql"):
            if name in record.__dict__:
                setattr(record, name, None)
        if record.name.startswith("django.db"):
            return False  # statements carry values
        if record.exc_info and not record.exc_text:
            record.exc_text = _place_only(record)
        record.msg = (
            _QUERY.sub("?...", str(record.getMessage()))
            if record.args or "?" in str(record.msg)
            else record.msg
        )
        record.args = None
        if record.name.startswith("django."):
            # Django logs the address of what was not found or refused, and anybody can type a name into one.
            record.msg = _PATH.sub("/...", str(record.msg))
        return True


def _place_only(record: logging.LogRecord) -> str:
    kind, _, trace = record.exc_info or (None, None, None)
    if kind is None:
        return ""
    frames = traceback.extract_tb(trace)[-6:]
    places = " < ".join(f"{f.filename.rsplit('/', 1)[-1]}:{f.lineno} {f.name}" for f in reversed(frames))
    return f"{kind.__name__} at {places}"


class Line(logging.Formatter):
    """A line a record: ``2026-05-03T14:05:00.123+01:00 INFO lamplighter.hub.intake [request] words | Kind``.

    The zone stands in the time, so that the hour that comes twice in October is told apart.
    """

    def formatTime(self, record: logging.LogRecord, datefmt: str | None = None) -> str:  # noqa: N802  logging's own
        return dt.datetime.fromtimestamp(record.created).astimezone().isoformat(timespec="milliseconds")

    def format(self, record: logging.LogRecord) -> str:
        if record.exc_info and not record.exc_text:
            record.exc_text = _place_only(record)
        message = _QUERY.sub("?...", record.getMessage())
        within = f" [{found}]" if (found := request_id.get()) else ""
        text = f"{self.formatTime(record)} {record.levelname} {record.name}{within} {message}"
        if record.exc_text:
            text += f" | {record.exc_text}"
        # One line a record, whatever was in it: nobody forges a second line.
        return _OPAQUE.sub(lambda m: m.group().encode("unicode_escape").decode(), text)
