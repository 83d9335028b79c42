"""Prepare the pages of rows and of what was redacted, as plain values."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.urls import reverse

from lamplighter.hub.access.wall import redaction
from lamplighter.hub.accounts.models import User
from lamplighter.hub.cases.models import Case
from lamplighter.hub.redaction import permissions, selectors
from lamplighter.hub.redaction.models import Redaction, Restoring

SHOWN = 300  # characters of a text in the list


def item(row: Any, case: Case, user: User) -> dict[str, Any]:
    """One row of the list: what it is, who wrote it, what it says, and where to redact it."""
    return {
        "title": redaction.name(type(row)),
        "at": row.at,
        "by": _who(row),
        "texts": [
            {"label": t.label, "words": t.words[:SHOWN] + ("…" if len(t.words) > SHOWN else "")}
            for t in selectors.texts(row)
        ],
        "href": reverse("redaction:row", args=[case.key, selectors.kind(row), row.key]),
        "mine": permissions.owns(user, row, selectors.side(row)),
    }


def _who(row: Any) -> str:
    return ", ".join(name for name in (row.by.display_name if row.by else "", row.owner.name) if name)


def _done(row: Redaction | Restoring) -> dict[str, Any]:
    return {"by": _who_did(row), "at": row.at, "reason": row.reason}


def _who_did(row: Redaction | Restoring) -> str:
    """Who did it. The owner of the row is that of what it is about, and need not be their agency."""
    if row.by is None:
        return ""
    return f"{row.by.display_name}, {row.by.agency.name}" if row.by.agency else row.by.display_name


def acts(rows: Sequence[Redaction]) -> dict[str, Any]:
    """List redactions made at once: who, when, why, in what, and what of each was restored."""
    return _done(rows[0]) | {
        "places": [
            {
                "title": f"{selectors.called(row)}, {row.owner.name}",
                "restored": _done(row.restoring) if hasattr(row, "restoring") else None,
            }
            for row in rows
        ]
    }


def may_restore(user: User, rows: Sequence[Redaction]) -> bool:
    """Tell whether this person may restore some of it: a second person of the agency that owns the row."""
    return any(
        not hasattr(row, "restoring")
        and row.owner_id == user.agency_id
        and row.by_id != user.pk
        and permissions.owns(user, row, row.partition)
        and (not row.of_vault or permissions.reads_vault(user))
        for row in rows
    )
