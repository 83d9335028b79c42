"""Two people who change the same thing: the second is told, and sees both versions. Nothing is lost.

A page that can be sent over a newer row carries the row that it showed in the
hidden field ``version``. The service compares; the view shows what
:func:`beside` returns, which ``design/both.html`` draws.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable
from typing import Any

from django import forms
from django.db import connection

# The first half of the locks of pages that have no row of their own to lock.
LOCK = 72087


class VersionForm(forms.Form):
    """``version`` says which row the page showed, "" for none."""

    version = forms.CharField(required=False, widget=forms.HiddenInput)

    def written(self) -> dict[str, Any]:
        """Return the answers as typed, with ``seen`` for the version."""
        rest = dict(self.cleaned_data)
        return {"seen": rest.pop("version")} | rest


def key_of(version: str) -> uuid.UUID | None:
    """Return the key of the row that a page showed, as its form carried it; ``None`` where it is none."""
    try:
        return uuid.UUID(version)
    except ValueError:
        return None


def one_at_a_time(number: int, lock: int = LOCK) -> None:
    """Hold the lock of this row until the transaction ends: for rows that the web may not lock themselves.

    ``lock`` says of what: the first half of the lock, and the row is the second.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, (%s %% 2147483648)::int)", [lock, number])


def beside(
    rows: Iterable[tuple[str, str, str]], *, by: Any, owner: Any = None, at: dt.datetime
) -> dict[str, Any]:
    """The context of ``both_versions``: rows are (label, what stands, what was typed)."""
    both = [
        {"label": label, "theirs": theirs or "Nothing", "yours": yours or "Nothing"}
        for label, theirs, yours in rows
        if theirs or yours
    ]
    who = ", ".join(x for x in (by.display_name if by else "", owner.name if owner else "") if x)
    return {"both": both, "who": who or "Somebody", "when": at}
